//! The auction: exact clearing of an interval on a tree of lines, and its check.
//!
//! Orders of one interval sit at the buses of a radial network. [`clear`] finds the fills that
//! maximise welfare within the lines' capacities, and the price of every bus:
//!
//! ```text
//! maximise    W = sum_i s_i p_i x_i                                  s_i = +1 buy, -1 sell
//! subject to  sum_{i at b} s_i x_i + flows out - flows in = 0        at each bus b (dual: lambda_b)
//!             -capacity_back_l <= f_l <= capacity_l                  on each line l = (from -> to)
//!             0 <= x_i <= Q_i
//! ```
//!
//! On a tree this is a network flow, so with integer watt-hours and integer prices an integer
//! optimum with integer prices exists. It is found without a linear-programming solver and without
//! rounding, in `O(n log n)` and without recursion, so that a contract can do it by itself.
//!
//! 1. Each bus has a curve of net export by price; curves are merged up the tree and clipped at
//!    each line (module `curve`).
//! 2. Walking back down gives the lowest and the highest optimal price of every bus at once; the
//!    settlement price is the floor of their mean (module `prices`).
//! 3. At those prices every order strictly inside its limit is filled, every order outside is not,
//!    and orders exactly at the price are shared by one rule (module `ties`).
//!
//! [`check`] proves a clearing right without knowing how it was made: weak duality bounds the
//! welfare of every feasible clearing, and a gap of 0 leaves no better one.
//!
//! ```
//! use busbar_clearing::{check, clear, Line, Network, Order, PriceBounds, Side};
//! use busbar_units::{NetWh, Price, Wh};
//!
//! // A home at bus 0 and a solar roof at bus 1, behind a line that carries 800 Wh.
//! let line = Line { from: 1, to: 0, capacity: Wh::new(800), capacity_back: Wh::new(800) };
//! let network = Network::new(2, 0, vec![line])?;
//! let orders = [
//!     Order { bus: 0, side: Side::Buy, price: Price::new(210_000), quantity: Wh::new(1000) },
//!     Order { bus: 1, side: Side::Sell, price: Price::new(70_000), quantity: Wh::new(1500) },
//! ];
//! let bounds = PriceBounds { floor: Price::new(0), cap: Price::new(1_000_000) };
//!
//! let clearing = clear(&network, &orders, bounds)?;
//! assert_eq!(clearing.fills, [Wh::new(800), Wh::new(800)]);
//! assert_eq!(clearing.prices, [Price::new(210_000), Price::new(70_000)]);
//! assert_eq!(clearing.flows, [NetWh::new(800)]);
//!
//! let proof = check(&network, &orders, &clearing.fills, &clearing.flows, &clearing.prices)?;
//! assert_eq!((proof.gap, proof.rent), (0, 112_000_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), no_std)]
#![allow(
    clippy::indexing_slicing,
    reason = "indices are positions in lists of known length: `validate` and `Network::new` bound every one from outside"
)]
extern crate alloc;

mod book;
mod check;
mod clear;
mod curve;
mod error;
mod heap;
pub mod mesh;
mod network;
mod order;
mod prices;
mod sums;
mod ties;

pub use check::{check, Certificate, Violation};
pub use clear::{clear, Clearing};
pub use error::{ClearingError, NetworkError};
pub use network::{Line, Network, MAX_BUSES, MAX_CAPACITY};
pub use order::{Order, PriceBounds, Side, MAX_ORDERS, MAX_PRICE, MAX_QUANTITY};
