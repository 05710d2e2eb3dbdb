//! A region on an embedded chain: grid, registry and oracle, a stand-in for the market's final cursor,
//! a manufacturer, and meters that really sign. The oracle's tests use it too.
#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]
mod meter;
mod region;

pub use meter::{key, maker, Meter, MAKER};
pub use region::{
    at, data, enrolment, oracle_code, params, purse, registry_code, Region, BUS, DOMAIN, INTERVAL_S, START,
};

use std::fmt::{Debug, Display};

/// The contract's own error out of the chain's.
pub fn typed<E: Display + Debug + Send + Sync + 'static>(error: impl Into<anyhow::Error>) -> E {
    error.into().downcast().expect("an error of the contract under test")
}

/// Runs what must be refused, checks that no byte of the whole chain's storage changed, and gives the error.
pub fn refused<T: Debug, E>(region: &mut Region, action: impl FnOnce(&mut Region) -> Result<T, E>) -> E {
    let before = region.dump();
    let error = match action(region) {
        Err(error) => error,
        Ok(response) => panic!("accepted: {response:?}"),
    };
    assert!(before == region.dump(), "a refusal changed the state");
    error
}
