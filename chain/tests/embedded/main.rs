//! The embedded chain, with a contract small enough to be seen whole.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(missing_docs, elided_lifetimes_in_paths)]

mod deploy;
mod reads;
mod support;
mod transactions;
mod wait;
