//! A pool in the run: its curve, its anchor, what it charges in this hour.

use busbar_curves::{
    Concentrated, Conditions, Curve, CurveError, Desk, Pool, Proactive, Split, Spread, Stable, Trade, Value,
};
use busbar_units::{Money, Ppm, Price, Wh};

use super::flows::{AnchorKind, CurveKind, Design, Fee, SpreadFile};
use super::year::Hour;

/// Any curve behind one type.
#[derive(Debug, Clone, Copy)]
pub enum AnyCurve {
    Concentrated(Concentrated),
    Proactive(Proactive),
    Stable(Stable),
}

impl AnyCurve {
    fn curve(&self) -> &dyn Curve {
        match self {
            Self::Concentrated(curve) => curve,
            Self::Proactive(curve) => curve,
            Self::Stable(curve) => curve,
        }
    }
}

impl Curve for AnyCurve {
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError> {
        self.curve().level(a, b)
    }

    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError> {
        self.curve().other(level, known)
    }

    fn marginal(&self, energy: Value, coin: Value) -> Result<Ppm, CurveError> {
        self.curve().marginal(energy, coin)
    }
}

/// What everybody knows in an hour, before it.
#[derive(Debug, Clone, Copy)]
pub struct Public {
    /// Worth of stored energy by the confirmed index.
    pub anchor: Price,
    /// Price expected in this hour.
    pub expected: Price,
    /// Highest import tariff ahead.
    pub cap: Price,
    /// How far prices were from what was expected.
    pub volatility: Ppm,
}

/// A pool in the run.
#[derive(Debug, Clone)]
pub struct Venue {
    curve: AnyCurve,
    spread: Spread,
    kind: AnchorKind,
    /// Reserves and pots.
    pub pool: Pool,
    conditions: Conditions,
}

/// What an own average keeps of itself from hour to hour: a day's worth.
const OWN_KEEPS: i64 = 23;
const OWN_HOURS: i64 = 24;

/// A side of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Energy out of the pool.
    Buy,
    /// Energy into it.
    Sell,
}

impl Venue {
    /// A pool with energy and coin of the same worth.
    pub fn found(design: &Design, fee: &Fee, energy: Wh, public: Public) -> anyhow::Result<Self> {
        let parameter = Ppm::new(design.parameter.into());
        let curve = match design.curve {
            CurveKind::Product => AnyCurve::Concentrated(Concentrated::PRODUCT),
            CurveKind::Concentrated => AnyCurve::Concentrated(Concentrated::new(parameter)?),
            CurveKind::Proactive => AnyCurve::Proactive(Proactive::new(parameter)?),
            CurveKind::Stable => AnyCurve::Stable(Stable::new(design.parameter)?),
        };
        let spread = design
            .spread
            .clone()
            .unwrap_or_else(|| SpreadFile::flat(fee.base))
            .spread();
        spread.check()?;
        let coin = public.anchor.charge(energy.drawn()?)?.positive();
        let (_, pool) = Pool::default().provide(&curve, public.anchor, energy, coin)?;
        Ok(Self {
            curve,
            spread,
            kind: design.anchor,
            pool,
            conditions: Conditions {
                anchor: public.anchor,
                expected: public.expected,
                cap: public.cap,
                volatility: public.volatility,
                frequency: None,
            },
        })
    }

    /// Begins an hour: the spread of the last one joins the pool, the anchor moves.
    pub fn begin(&mut self, public: Public, hour: &Hour) -> anyhow::Result<()> {
        let mid = self.mid()?;
        self.pool = self.pool.compound()?;
        let anchor = match self.kind {
            AnchorKind::Fixed => self.conditions.anchor,
            AnchorKind::Index => public.anchor,
            AnchorKind::Own => {
                let sum = self.conditions.anchor.get().saturating_mul(OWN_KEEPS);
                Price::new(sum.saturating_add(mid.get()) / OWN_HOURS)
            }
        };
        self.conditions = Conditions {
            anchor: anchor.min(public.cap),
            expected: public.expected,
            cap: public.cap,
            volatility: public.volatility,
            frequency: Some(hour.frequency),
        };
        Ok(())
    }

    /// The curve's price.
    pub fn mid(&self) -> anyhow::Result<Price> {
        let (energy, coin) = self.pool.values(self.conditions.anchor)?;
        let part = self.curve.marginal(energy, coin).unwrap_or(Ppm::ONE);
        let price = i128::from(part.get()).saturating_mul(self.conditions.anchor.get().into()) / 1_000_000;
        Ok(Price::new(i64::try_from(price).unwrap_or(i64::MAX)))
    }

    /// What a trade would be, and the pool after it.
    pub fn quote(&self, way: Way, energy: Wh) -> Result<(Trade, Pool), CurveError> {
        let (held, coin) = self.pool.values(self.conditions.anchor)?;
        let desk = Desk {
            curve: &self.curve,
            terms: self.spread.terms(self.conditions, held, coin)?,
            split: Split {
                rebate: self.spread.rebate,
                fund: self.spread.fund,
            },
        };
        match way {
            Way::Buy => desk.buy(&self.pool, energy),
            Way::Sell => desk.sell(&self.pool, energy),
        }
    }

    /// What the providers hold, at a price.
    pub fn worth(&self, price: Price) -> anyhow::Result<Money> {
        let energy = price.charge(self.pool.energy.drawn()?)?.positive();
        Ok(energy.add(self.pool.coin)?.add(self.pool.earned)?)
    }
}
