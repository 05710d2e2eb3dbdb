//! Market power: what a seller that a zone cannot do without may ask for.
//!
//! A zone is a bus and all that it alone connects with the utility ([`crate::grid::Params::zones`]). Of a seller, an
//! account with sell orders in the zone, the residual supply index is
//!
//! ```text
//! RSI = (sells in the zone + import capacity of the lines into it - the seller's own sells in it) / demand
//! ```
//!
//! with the zone's buys at its reference price or above as demand: a buy that would not pay the reference makes nobody
//! pivotal. Below [`crate::grid::Params::residual_supply`] the seller is pivotal, and its orders above the reference
//! price take part at the reference or not at all ([`super::NewOrder::at_reference`]). In nested zones the lowest
//! reference of those in which the seller is pivotal counts. The utility is no seller.
//!
//! The reference price is the mean, weighted by traded energy, of the prices in the zone's last
//! [`crate::grid::Params::reference_window`] cleared intervals in which it traded and no line into it was binding; never
//! above the interval's import tariff, which it is where there is no such interval, and never below the price floor.
use busbar_units::{Price, Wh};
use cosmwasm_schema::cw_serde;

use super::OrderKey;

/// An order of a pivotal seller above the reference price of its zone.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct CappedResponse {
    /// Its identity in the interval.
    pub key: OrderKey,
    /// Its own limit.
    pub limit: Price,
    /// The reference price below it.
    pub reference: Price,
    /// Whether it took part, at the reference price.
    pub took_part: bool,
}

/// The reference price of a zone.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct ReferenceResponse {
    /// The zone: the bus at its top.
    pub zone: u16,
    /// Its reference price.
    pub reference: Price,
    /// Uncongested intervals with trade that are averaged; 0 where the import tariff stands for them.
    pub intervals: u32,
    /// Energy bought and sold by the zone's devices in them: the weight of the mean.
    pub wh: Wh,
}
