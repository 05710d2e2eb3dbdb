//! The relayer against a chain that fails in every way a node can.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::cast_possible_truncation, missing_docs)]

mod config;
mod contracts;
mod csv;
mod fake;
mod faults;
mod ingest;
mod keys;
mod kill;
mod outcomes;
mod pipeline;
mod restart;
mod retention;
mod site;
