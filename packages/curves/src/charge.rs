use busbar_units::{Money, Ppm};

use crate::swap::{part, Cost};
use crate::{CurveError, Terms};

/// How much of the coin on the curve a trader bears beside it, and the inverse of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    /// Share that is the spread.
    spread: Ppm,
    /// Share that frequency adds to the bonus pot; zero where it gives.
    hurts: Ppm,
    /// Share that frequency gives from the bonus pot; zero where it adds.
    helps: Ppm,
    /// What the bonus pot holds.
    pot: Money,
}

const ONE: i64 = 1_000_000;

impl Charge {
    pub fn on_buyer(terms: Terms, pot: Money) -> Self {
        Self::new(terms.ask, terms.lean, pot)
    }

    pub fn on_seller(terms: Terms, pot: Money) -> Self {
        Self::new(terms.bid, Ppm::new(terms.lean.get().saturating_neg()), pot)
    }

    fn new(spread: Ppm, hurts: Ppm, pot: Money) -> Self {
        Self {
            spread,
            hurts: hurts.max(Ppm::ZERO),
            helps: Ppm::new(hurts.get().min(0).saturating_neg()),
            pot,
        }
    }

    /// Spread and surcharge rounded up together, so that more on the curve never leaves a seller less; bonus rounded
    /// down and at most the pot.
    pub fn of(self, curve: Money) -> Result<Cost, CurveError> {
        let lean = part(curve, self.hurts)?;
        Ok(Cost {
            spread: part_up(curve, self.spread.add(self.hurts)?)?.sub(lean)?,
            lean,
            bonus: part(curve, self.helps)?.min(self.pot),
        })
    }

    /// What a buyer pays for `net` on the curve.
    pub fn total(self, net: Money) -> Result<Money, CurveError> {
        let cost = self.of(net)?;
        Ok(net.add(cost.spread)?.add(cost.lean)?.sub(cost.bonus)?)
    }

    /// What a seller gets of `gross` on the curve; nothing where the spread, rounded up, takes all of it.
    pub fn left(self, gross: Money) -> Result<Money, CurveError> {
        let cost = self.of(gross)?;
        let (with, taken) = (gross.add(cost.bonus)?, cost.spread.add(cost.lean)?);
        Ok(with.sub(taken).unwrap_or_default())
    }

    /// The most on the curve for which a buyer pays at most `coin`.
    pub fn affordable(self, coin: Money) -> Result<Money, CurveError> {
        let charged = ONE.saturating_add(self.spread.get()).saturating_add(self.hurts.get());
        let whole = scale(coin, ONE, charged.saturating_sub(self.helps.get()))?;
        let without = scale(coin.add(self.pot)?, ONE, charged)?;
        // Each of the three parts is rounded once: the estimate is off by few millionths, in either direction.
        let mut net = whole.min(without).add(Money::new(MARGIN))?;
        while self.total(net)? > coin {
            net = net.sub(Money::new(1)).map_err(|_| CurveError::Zero { field: "coin" })?;
        }
        Ok(net)
    }

    /// The least on the curve that leaves a seller `coin` or more.
    pub fn leaving(self, coin: Money) -> Result<Money, CurveError> {
        let charged = ONE.saturating_sub(self.spread.get()).saturating_sub(self.hurts.get());
        let whole = scale(coin, ONE, charged.saturating_add(self.helps.get()))?;
        let without = scale(Money::new(coin.get().saturating_sub(self.pot.get())), ONE, charged)?;
        let mut gross = Money::new(whole.max(without).get().saturating_sub(MARGIN));
        while self.left(gross)? < coin {
            gross = gross.add(Money::new(1))?;
        }
        Ok(gross)
    }
}

/// Millionths of a coin by which an estimate may be off.
const MARGIN: u128 = 8;

fn part_up(amount: Money, share: Ppm) -> Result<Money, CurveError> {
    let product = amount.get().checked_mul(u128::try_from(share.get()).unwrap_or(0));
    let product = product.ok_or(CurveError::TooLarge { field: "coin" })?;
    Ok(Money::new(product.div_ceil(1_000_000)))
}

fn scale(amount: Money, by: i64, over: i64) -> Result<Money, CurveError> {
    let scaled = u128::try_from(by).ok().and_then(|by| amount.get().checked_mul(by));
    let over = u128::try_from(over).ok().filter(|over| *over > 0);
    let scaled = scaled.zip(over).and_then(|(scaled, over)| scaled.checked_div(over));
    scaled.map(Money::new).ok_or(CurveError::TooLarge { field: "coin" })
}
