//! Messages of the contract `market`.
