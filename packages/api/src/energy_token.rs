//! Messages of the contract `energy_token`.
