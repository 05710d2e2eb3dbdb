use busbar_units::{Ppm, Price, Wh};

/// Millionths in one.
const ONE: i128 = 1_000_000;

/// Change of a price relative to the mean of the sizes of both: `2 (q - p) / (|p| + |q|)`, in millionths, rounded away
/// from zero; nothing where both are zero.
///
/// The first term of `ln(q / p) = 2 (z + z^3 / 3 + ...)`, `z = (q - p) / (q + p)` (Abramowitz and Stegun, 4.1.27): it
/// differs from the logarithmic return by less than a thousandth of it for moves of 10 % and less. Unlike a logarithm
/// it is defined for prices of zero and below, lies within two wholes, and changes its sign alone when the prices swap.
pub fn relative_change(from: Price, to: Price) -> Ppm {
    let (p, q) = (i128::from(from.get()), i128::from(to.get()));
    let sizes = p.saturating_abs().saturating_add(q.saturating_abs());
    share(q.saturating_sub(p).saturating_mul(2), sizes)
}

/// How far a region draws more than it feeds: `(drawn - fed) / (drawn + fed)`, in millionths from -1,000,000 to
/// 1,000,000, rounded away from zero; nothing where nothing flowed.
pub fn imbalance_share(drawn: Wh, fed: Wh) -> Ppm {
    let (drawn, fed) = (i128::from(drawn.get()), i128::from(fed.get()));
    share(drawn.saturating_sub(fed), drawn.saturating_add(fed))
}

/// A ratio in millionths, rounded away from zero. The parts are below 2^66, the ratio below 3.
fn share(part: i128, whole: i128) -> Ppm {
    let millionfold = part.saturating_abs().saturating_mul(ONE);
    let down = millionfold.checked_div(whole).unwrap_or(0);
    let rest = millionfold.checked_rem(whole).unwrap_or(0);
    let size = down.saturating_add(i128::from(rest != 0));
    // Two wholes at most.
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Ppm::new(if part < 0 { size.saturating_neg() } else { size })
}
