//! Between the book and the auction.
//!
//! [`Auction`] is what is auctioned: the region's network, the devices' orders and the utility's. Whoever finds
//! its clearing, [`book`] checks it against the auction itself and writes what follows from it.
mod input;
mod result;

pub use input::{Auction, Listed};
pub use result::{book, open_positions};
