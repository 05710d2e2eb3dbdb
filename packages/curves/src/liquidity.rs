use busbar_units::{Money, Price, Shares, Wh};

use crate::wide::{scaled, scaled_up};
use crate::{Curve, CurveError, Pool};

/// Shares that the first provider leaves in the pool for good, so that no later share can be made dear enough to round
/// somebody's deposit to nothing.
pub const LOCKED: Shares = Shares::new(1000);

/// What a provider brings or takes, and the shares for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidity {
    /// Energy.
    pub energy: Wh,
    /// Coin, that of the curve and of the earned spread together.
    pub coin: Money,
    /// Shares minted or burned.
    pub shares: Shares,
}

impl Pool {
    /// Provides at most `energy` and `coin`, in the ratio in which the pool holds them, rounded for the pool.
    ///
    /// The first provider sets the ratio and gets a share per millionth of coin that the pool is worth at the anchor,
    /// less [`LOCKED`]; later ones the largest number of shares of which both parts are covered.
    pub fn provide(
        &self,
        curve: &impl Curve,
        anchor: Price,
        energy: Wh,
        coin: Money,
    ) -> Result<(Liquidity, Self), CurveError> {
        if self.shares.is_zero() {
            return self.open(curve, anchor, energy, coin);
        }
        let total = self.shares.get();
        let all = self.coin.add(self.earned)?;
        let by_energy = covered(energy.get().into(), total, self.energy.get().into())?;
        let by_coin = covered(coin.get(), total, all.get())?;
        let shares = match (by_energy, by_coin) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => return Err(CurveError::Empty),
        };
        if shares == 0 {
            return Err(CurveError::Zero { field: "shares" });
        }
        let part = |whole: u128| scaled_up(whole, shares, total).ok_or(CurveError::TooLarge { field: "shares" });
        let brought = Wh::new(
            u64::try_from(part(self.energy.get().into())?).map_err(|_| CurveError::TooLarge { field: "energy" })?,
        );
        // The ratio of curve and spread stays, too: nobody moves the price by providing.
        let paid = Money::new(part(all.get())?);
        let earned = Money::new(part(self.earned.get())?).min(paid);
        let after = Self {
            energy: self.energy.add(brought)?,
            coin: self.coin.add(paid.sub(earned)?)?,
            earned: self.earned.add(earned)?,
            shares: self.shares.add(Shares::new(shares))?,
            ..*self
        };
        after.values(anchor)?;
        let liquidity = Liquidity {
            energy: brought,
            coin: paid,
            shares: Shares::new(shares),
        };
        Ok((liquidity, after))
    }

    fn open(
        &self,
        curve: &impl Curve,
        anchor: Price,
        energy: Wh,
        coin: Money,
    ) -> Result<(Liquidity, Self), CurveError> {
        if energy.is_zero() || coin.is_zero() {
            return Err(CurveError::Zero {
                field: "first provision",
            });
        }
        let mut after = Self { energy, coin, ..*self };
        let shares = Shares::new(after.worth(curve, anchor)?.coin().get());
        let minted = shares.sub(LOCKED).map_err(|_| CurveError::Zero { field: "shares" })?;
        if minted.is_zero() {
            return Err(CurveError::Zero { field: "shares" });
        }
        after.shares = shares;
        let liquidity = Liquidity {
            energy,
            coin,
            shares: minted,
        };
        Ok((liquidity, after))
    }

    /// Withdraws the part of everything that `shares` are, rounded down. Needs no price, so that it is always possible.
    pub fn withdraw(&self, shares: Shares) -> Result<(Liquidity, Self), CurveError> {
        if shares.is_zero() {
            return Err(CurveError::Zero { field: "shares" });
        }
        if shares > self.shares.sub(LOCKED).unwrap_or_default() {
            return Err(CurveError::Shares);
        }
        let total = self.shares.get();
        let part = |whole: u128| scaled(whole, shares.get(), total).ok_or(CurveError::TooLarge { field: "shares" });
        let energy = Wh::new(
            u64::try_from(part(self.energy.get().into())?).map_err(|_| CurveError::TooLarge { field: "energy" })?,
        );
        let (coin, earned) = (Money::new(part(self.coin.get())?), Money::new(part(self.earned.get())?));
        let after = Self {
            energy: self.energy.sub(energy)?,
            coin: self.coin.sub(coin)?,
            earned: self.earned.sub(earned)?,
            shares: self.shares.sub(shares)?,
            ..*self
        };
        let liquidity = Liquidity {
            energy,
            coin: coin.add(earned)?,
            shares,
        };
        Ok((liquidity, after))
    }
}

/// Shares that an amount covers; none where the pool holds none of that side.
fn covered(amount: u128, total: u128, held: u128) -> Result<Option<u128>, CurveError> {
    if held == 0 {
        return Ok(None);
    }
    scaled(amount, total, held)
        .map(Some)
        .ok_or(CurveError::TooLarge { field: "shares" })
}
