//! A whole Busbar region in a few lines, for cw-multi-test suites.
//!
//! ```
//! use busbar_testing::Region;
//!
//! let mut region = Region::new();
//! let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
//! let interval = region.first_interval();
//! region.sell(&alice, interval, 1_000, 140_000);
//! region.buy(&bob, interval, 1_000, 140_000);
//! region.clear(interval);
//! region.deliver(interval, &[(&alice, 0, 1_000), (&bob, 1_000, 0)]);
//! region.settle(interval);
//! assert_eq!(region.paid(&bob, interval), 140_000);
//! ```
//!
//! [`Region`] deploys and wires the six contracts, funds the roles, enrols devices with real keys and
//! moves the clock. After every call the whole state is recomputed from scratch and must agree
//! ([`sanity`]). Whatever a script cannot go on without panics and says why; what a contract should refuse
//! is asked for with [`Region::refused`], which returns the contract's typed error.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test support: a script that cannot go on stops with a message"
)]

mod claims;
mod clock;
pub mod code;
mod enrol;
mod evidence;
mod fork;
mod household;
mod meter;
mod operate;
mod region;
pub mod sanity;
mod sealed;
mod setup;
mod standing;
mod trade;
mod transfer;

pub use busbar_api::{certificates, energy_token, grid, market, oracle, pages, registry};
pub use busbar_attestation as attestation;
pub use busbar_units as units;
pub use cosmwasm_std;
pub use cw20;
pub use cw_multi_test;

pub use enrol::{Device, Plate};
pub use household::household;
pub use meter::Meter;
pub use region::Region;
pub use sealed::sealed;
pub use setup::Setup;
pub use standing::{always, as_yesterday};
