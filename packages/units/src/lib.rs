//! Units of the market: every quantity is an integer newtype with checked arithmetic.
//!
//! | type | integer | unit |
//! |---|---|---|
//! | [`Wh`] | `u64` | watt-hour, never negative |
//! | [`NetWh`] | `i64` | watt-hour, positive = drawn from the grid |
//! | [`Watt`] | `u64` | watt |
//! | [`Price`] | `i64` | millionth of the settlement coin per kWh, may be negative |
//! | [`Money`] | `u128` | millionth of the settlement coin (its base denomination) |
//! | [`NetMoney`] | `i128` | the same, positive = paid by the party in question |
//! | [`Shares`] | `u128` | shares of a pool |
//! | [`Interval`] | `u64` | index: unix seconds / interval length |
//! | [`Millihertz`] | `u32` | grid frequency |
//! | [`Ppm`] | `i64` | millionth, for ratios and efficiencies |
//!
//! In JSON each of them is a decimal string, because JavaScript numbers are exact only to 2^53.
//! Arithmetic returns [`UnitsError`] instead of wrapping; [`Price::charge`] is the one place where
//! energy becomes money and the only one that rounds it.
#![cfg_attr(not(test), no_std)]
#![warn(missing_docs)]
extern crate alloc;

mod error;
#[macro_use]
mod newtype;
mod energy;
mod money;
mod ratio;
mod share;
mod time;

pub use energy::{NetWh, Watt, Wh};
pub use error::UnitsError;
pub use money::{Money, NetMoney, Price, Shares};
pub use ratio::Ppm;
pub use share::largest_remainder;
pub use time::{Interval, Millihertz};
