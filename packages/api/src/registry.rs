//! Messages of the contract `registry`.
