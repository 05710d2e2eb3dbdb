use busbar_units::{Money, Ppm, Wh};

use crate::charge::Charge;
use crate::curve::Value;
use crate::{Curve, CurveError, Pool, Terms};

/// What changed hands, seen from the trader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Energy that the trader got or gave.
    pub energy: Wh,
    /// Coin that the trader paid or got, spread and bonus included.
    pub coin: Money,
    /// Coin that moved on the curve.
    pub curve: Money,
    /// Spread of the liquidity providers.
    pub earned: Money,
    /// What went into the bonus pot.
    pub saved: Money,
    /// What came out of the bonus pot.
    pub bonus: Money,
    /// The fund's part, which leaves the pool.
    pub fund: Money,
}

/// How the spread is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Into the bonus pot.
    pub rebate: Ppm,
    /// To the fund.
    pub fund: Ppm,
}

/// A pool that trades on a curve at given terms. Each trade answers with the pool after it.
///
/// All spread is in coin. What a trader gives is rounded up, what he gets is rounded down, once on the curve and once
/// for the spread.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a, C> {
    /// The curve.
    pub curve: &'a C,
    /// What trades are charged.
    pub terms: Terms,
    /// How the spread is shared.
    pub split: Split,
}

impl<C: Curve> Desk<'_, C> {
    /// Buys energy with all of `coin`.
    pub fn buy_for(&self, pool: &Pool, coin: Money) -> Result<(Trade, Pool), CurveError> {
        let (energy, held) = pool.values(self.terms.anchor)?;
        let charge = Charge::on_buyer(self.terms, pool.bonus);
        let net = charge.affordable(coin)?;
        let got = self.curve.receive(held, energy, Value::of_coin(net)?)?;
        let got = got.energy(self.terms.anchor)?;
        let mut cost = charge.of(net)?;
        // A millionth that buys nothing more stays with the liquidity providers.
        cost.spread = cost.spread.add(coin.sub(charge.total(net)?)?)?;
        self.bought(pool, got, coin, net, cost)
    }

    /// Buys exactly `energy`.
    pub fn buy(&self, pool: &Pool, energy: Wh) -> Result<(Trade, Pool), CurveError> {
        let (reserve, held) = pool.values(self.terms.anchor)?;
        if energy > pool.energy {
            return Err(CurveError::Energy {
                wanted: energy,
                available: pool.energy,
            });
        }
        let amount = Value::of_energy(energy, self.terms.anchor)?;
        let net = self.curve.pay(held, reserve, amount)?.coin_up();
        let charge = Charge::on_buyer(self.terms, pool.bonus);
        self.bought(pool, energy, charge.total(net)?, net, charge.of(net)?)
    }

    /// Sells all of `energy`.
    pub fn sell(&self, pool: &Pool, energy: Wh) -> Result<(Trade, Pool), CurveError> {
        let (reserve, held) = pool.values(self.terms.anchor)?;
        let amount = Value::of_energy(energy, self.terms.anchor)?;
        let gross = self.curve.receive(reserve, held, amount)?.coin();
        let charge = Charge::on_seller(self.terms, pool.bonus);
        self.sold(pool, energy, charge.left(gross)?, gross, charge.of(gross)?)
    }

    /// Sells as little energy as brings exactly `coin`.
    pub fn sell_for(&self, pool: &Pool, coin: Money) -> Result<(Trade, Pool), CurveError> {
        let (reserve, held) = pool.values(self.terms.anchor)?;
        let charge = Charge::on_seller(self.terms, pool.bonus);
        let gross = charge.leaving(coin)?;
        if gross > pool.coin {
            return Err(CurveError::Coin {
                wanted: gross,
                available: pool.coin,
            });
        }
        let energy = self.curve.pay(reserve, held, Value::of_coin(gross)?)?;
        let mut cost = charge.of(gross)?;
        cost.spread = cost.spread.add(charge.left(gross)?.sub(coin)?)?;
        self.sold(pool, energy.energy_up(self.terms.anchor)?, coin, gross, cost)
    }

    fn bought(
        &self,
        pool: &Pool,
        energy: Wh,
        paid: Money,
        net: Money,
        cost: Cost,
    ) -> Result<(Trade, Pool), CurveError> {
        if energy.is_zero() || paid.is_zero() {
            return Err(CurveError::Zero { field: "energy bought" });
        }
        if Value::of_coin(paid)? > Value::of_energy(energy, self.terms.cap)? {
            return Err(CurveError::AboveCap { cap: self.terms.cap });
        }
        let bound = self.terms.highest;
        if Value::of_coin(paid)? > Value::of_energy(energy, bound)? {
            return Err(CurveError::Aside { bound });
        }
        let trade = self.trade(energy, paid, net, cost)?;
        let after = Pool {
            energy: pool.energy.sub(energy)?,
            coin: pool.coin.add(net)?,
            ..*pool
        };
        Ok((trade, trade.keep(after)?))
    }

    fn sold(&self, pool: &Pool, energy: Wh, got: Money, gross: Money, cost: Cost) -> Result<(Trade, Pool), CurveError> {
        if energy.is_zero() || got.is_zero() {
            return Err(CurveError::Zero { field: "coin received" });
        }
        let bound = self.terms.lowest;
        if Value::of_coin(got)? < Value::of_energy(energy, bound)? {
            return Err(CurveError::Aside { bound });
        }
        let trade = self.trade(energy, got, gross, cost)?;
        let after = Pool {
            energy: pool.energy.add(energy)?,
            coin: pool.coin.sub(gross)?,
            ..*pool
        };
        Ok((trade, trade.keep(after)?))
    }

    /// Shares the spread; what a share rounds off is the liquidity providers'.
    fn trade(&self, energy: Wh, coin: Money, curve: Money, cost: Cost) -> Result<Trade, CurveError> {
        let fund = part(cost.spread, self.split.fund)?;
        let rebate = part(cost.spread, self.split.rebate)?;
        Ok(Trade {
            energy,
            coin,
            curve,
            earned: cost.spread.sub(fund)?.sub(rebate)?,
            saved: rebate.add(cost.lean)?,
            bonus: cost.bonus,
            fund,
        })
    }
}

impl Trade {
    /// The pool's pots after the trade.
    fn keep(&self, pool: Pool) -> Result<Pool, CurveError> {
        let after = Pool {
            earned: pool.earned.add(self.earned)?,
            saved: pool.saved.add(self.saved)?,
            bonus: pool.bonus.sub(self.bonus)?,
            ..pool
        };
        after.held()?;
        Ok(after)
    }
}

/// What a trade bears beside the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Shared among liquidity providers, bonus pot and fund.
    pub spread: Money,
    /// Into the bonus pot: what frequency adds to a trade that hurts.
    pub lean: Money,
    /// Out of the bonus pot: what frequency adds to a trade that helps.
    pub bonus: Money,
}

/// A share of an amount, rounded down.
pub(crate) fn part(amount: Money, share: Ppm) -> Result<Money, CurveError> {
    let product = amount.get().checked_mul(u128::try_from(share.get()).unwrap_or(0));
    let product = product.ok_or(CurveError::TooLarge { field: "coin" })?;
    Ok(Money::new(product / 1_000_000))
}
