//! Agreements between two devices at a fixed price.
//!
//! Two owners post the same interval, quantity and price with opposite sides ([`super::ExecuteMsg::Agree`]). The first
//! post is an offer that locks nothing; the second makes the agreement, and both orders enter the book as price-taking:
//! the buy at the price cap, the sell at the price floor. Each trades at the price of its own bus like every order, and
//! at the clearing the difference is paid between the two:
//!
//! ```text
//! the buyer pays the seller (price - lambda_s) * x        x = the smaller of the two fills
//! ```
//!
//! with `lambda_s` the price of the seller's bus (negative: the seller pays the buyer). So on `x` the seller nets the
//! agreed price, and the buyer pays the agreed price and what the network takes from the seller's bus to his.
use busbar_units::{Interval, NetMoney, Price, Wh};
use cosmwasm_schema::cw_serde;

use super::Side;

/// What is offered to another device.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Agreement {
    /// Delivery interval.
    pub interval: Interval,
    /// What the sender's device does.
    pub side: Side,
    /// The device on the other side; of another owner.
    pub counterparty: u32,
    /// Quantity in Wh, within the usable ratings of both.
    pub quantity: Wh,
    /// Fixed price, within the price floor and cap.
    pub price: Price,
}

/// Names an offer inside an interval.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct OfferKey {
    /// The device whose owner made it.
    pub device: u32,
    /// The device it is made to.
    pub counterparty: u32,
}

/// An offer that waits for its other side.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct OfferResponse {
    /// Who offers to whom.
    pub key: OfferKey,
    /// What the offering device does.
    pub side: Side,
    /// Quantity.
    pub quantity: Wh,
    /// Fixed price.
    pub price: Price,
}

/// The agreement that an order of the book belongs to.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct AgreedResponse {
    /// The device on the other side.
    pub counterparty: u32,
    /// Fixed price.
    pub price: Price,
    /// What the owner paid to the other side at the clearing; negative = received, and pending until the interval is
    /// final.
    pub difference: NetMoney,
}
