//! The client of real chains against nodes that lag, belong elsewhere, refuse and fall silent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod failover;
mod node;
mod refusals;
mod tls;
