//! The mathematics of the energy pool: energy tokens against coin, around an anchor price.
//!
//! A token is a stored watt-hour, good in any interval. So the pool's price is not that of the interval that happens to
//! be on, but the mean over the time in which the bank turns over once ([`Profile::anchor`]).
//!
//! 1. [`Curve`] trades value against value: [`Concentrated`] is the pool's own, [`Proactive`] and [`Stable`] are there
//!    to be compared with; `Concentrated::PRODUCT` is the constant product.
//! 2. [`Spread::terms`] says what is added to or taken off the curve's price: base, volatility, inventory, shape of the
//!    day, frequency; each bounded.
//! 3. [`Desk`] does the four swaps on a [`Pool`]; [`Pool::provide`] and [`Pool::withdraw`] are the providers' ways in
//!    and out.
//!
//! Whole numbers only. What rounds, rounds for the pool: curves in [`Curve`], spread in one place, shares in one place.
//!
//! ```
//! use busbar_curves::{Concentrated, Conditions, Desk, Pool, Split, Spread};
//! use busbar_units::{Millihertz, Money, Ppm, Price, Wh};
//!
//! let curve = Concentrated::new(Ppm::new(4_000_000))?;
//! let anchor = Price::new(200_000);
//! let (_, pool) = Pool::default().provide(&curve, anchor, Wh::new(50_000), Money::new(10_000_000))?;
//!
//! let spread = Spread {
//!     base: Ppm::new(3_000),
//!     volatility_gain: Ppm::ZERO,
//!     volatility_max: Ppm::ZERO,
//!     nominal: Millihertz::new(50_000),
//!     dead_band: Millihertz::new(20),
//!     frequency_gain: Ppm::new(1_000),
//!     frequency_max: Ppm::new(100_000),
//!     inventory_max: Ppm::ZERO,
//!     inventory_relief: Ppm::ZERO,
//!     shape_gain: Ppm::ZERO,
//!     shape_max: Ppm::ZERO,
//!     reach: Ppm::new(1_000_000),
//!     rebate: Ppm::ZERO,
//!     fund: Ppm::ZERO,
//! };
//! let conditions = Conditions {
//!     anchor,
//!     expected: anchor,
//!     cap: Price::new(540_000),
//!     volatility: Ppm::ZERO,
//!     frequency: Some(Millihertz::new(49_900)),
//! };
//! let (energy, coin) = pool.values(anchor)?;
//! let desk = Desk {
//!     curve: &curve,
//!     terms: spread.terms(conditions, energy, coin)?,
//!     split: Split { rebate: spread.rebate, fund: spread.fund },
//! };
//!
//! // The grid is short: a kWh costs 0.3 % of spread and 8 % for the frequency, beside 0.4 % for its size.
//! let (trade, _) = desk.buy(&pool, Wh::new(1000))?;
//! assert_eq!(trade.coin, Money::new(217_471));
//! # Ok::<(), busbar_curves::CurveError>(())
//! ```
#![cfg_attr(not(test), no_std)]
#![warn(missing_docs)]
extern crate alloc;

mod anchor;
mod charge;
mod concentrated;
mod curve;
mod error;
mod liquidity;
mod pool;
mod proactive;
mod spread;
mod stable;
mod swap;
mod wide;

pub use anchor::{Band, Profile};
pub use concentrated::Concentrated;
pub use curve::{Curve, Value};
pub use error::CurveError;
pub use liquidity::{Liquidity, LOCKED};
pub use pool::Pool;
pub use proactive::Proactive;
pub use spread::{Conditions, Spread, Terms};
pub use stable::Stable;
pub use swap::{Desk, Split, Trade};
