//! Messages, responses and raw storage of every Busbar contract, and typed clients for them.
//!
//! One module per contract. Each holds the messages and responses, the `raw` readers by which other
//! contracts read its storage at plain read price, and a `Client` that builds messages and queries, so
//! that nobody writes JSON by hand.

pub mod certificates;
pub mod codec;
pub mod energy_token;
pub mod feeds;
pub mod grid;
pub mod market;
pub mod oracle;
pub mod pages;
pub mod registry;
pub mod verify;
