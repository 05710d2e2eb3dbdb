//! Between the book and the auction.
//!
//! [`Auction`] is what is auctioned: the region's network, the devices' orders and the utility's. Whoever finds
//! its clearing, it is checked against the auction itself ([`Outcome`]) before [`book`] writes what follows from it.
mod input;
mod mesh;
mod result;

pub use input::{Auction, Listed};
pub use mesh::{mesh, proposal};
pub use result::{book, open_positions, Outcome};
