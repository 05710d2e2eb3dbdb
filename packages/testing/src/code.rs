//! The contracts as cw-multi-test runs them: for an `App`, and for whatever else stores their code.
use cosmwasm_std::Empty;
use cw_multi_test::{Contract, ContractWrapper};

macro_rules! code {
    ($($(#[$doc:meta])* $name:ident: $contract:ident),*) => {$(
        $(#[$doc])*
        pub fn $name() -> impl Contract<Empty> {
            use $contract::contract::{execute, instantiate, query};
            ContractWrapper::new(execute, instantiate, query)
        }
    )*};
}

code! {
    /// The grid contract.
    grid: busbar_grid,
    /// The registry.
    registry: busbar_registry,
    /// The oracle.
    oracle: busbar_oracle,
    /// The market.
    market: busbar_market,
    /// The energy token.
    energy_token: busbar_energy_token,
    /// The certificates.
    certificates: busbar_certificates
}
