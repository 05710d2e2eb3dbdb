//! Prices as colours.

/// Viridis without its darkest and lightest ends (Smith and van der Walt, matplotlib): lightness rises evenly, so that
/// it reads the same with any colour vision and in grey.
const RAMP: [[u8; 3]; 8] = [
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [235, 229, 26],
];

/// The colour of a share of the way from the lowest (0) to the highest price (1), as `#rrggbb`.
pub fn colour(share: f64) -> String {
    let mut from = RAMP[0];
    let mut left = share.clamp(0.0, 1.0) * STEPS;
    for &to in &RAMP[1..] {
        if left <= 1.0 {
            return mixed(from, to, left);
        }
        left -= 1.0;
        from = to;
    }
    mixed(from, from, 0.0)
}

/// The ramp as stops of a gradient: share of the way and colour.
pub fn stops() -> impl Iterator<Item = (f64, String)> {
    (0u8..8).map(|step| {
        let share = f64::from(step) / STEPS;
        (share, colour(share))
    })
}

/// Colours of the ramp less one.
const STEPS: f64 = 7.0;

fn mixed(from: [u8; 3], to: [u8; 3], share: f64) -> String {
    let mut text = String::from("#");
    for (from, to) in from.into_iter().zip(to) {
        let (from, to) = (f64::from(from), f64::from(to));
        text += &format!("{:02x}", channel(from + (to - from) * share));
    }
    text
}

/// A channel between those of two colours.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 255"
)]
fn channel(value: f64) -> u8 {
    value.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_the_ends_of_the_ramp_and_all_between_gets_lighter() {
        assert_eq!((colour(0.0), colour(1.0)), ("#472d7b".into(), "#ebe51a".into()));
        assert_eq!((colour(-1.0), colour(f64::NAN.max(2.0))), (colour(0.0), colour(1.0)));
        let lightness: Vec<u32> = (0..=100u8)
            .map(|percent| {
                let hex = colour(f64::from(percent) / 100.0);
                let channel = |at: usize| u32::from_str_radix(&hex[at..at.saturating_add(2)], 16).unwrap_or(0);
                channel(1) * 2126 + channel(3) * 7152 + channel(5) * 722
            })
            .collect();
        assert!(lightness.windows(2).all(|pair| pair[0] <= pair[1]), "{lightness:?}");
    }
}
