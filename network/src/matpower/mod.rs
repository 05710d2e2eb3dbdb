//! MATPOWER cases: the `.m` files of the project and their tables as JSON.
//!
//! Formats: MATPOWER User's Manual, appendix B (case format, version 2).
pub(crate) mod json;
pub(crate) mod m;
mod statements;
mod tables;
