//! Messages of the contract `grid`.
