//! The region's five contracts on the embedded chain.
use super::Embedded;
use crate::{ChainError, Message};
use busbar_api::grid::{Contracts, Wiring};
use busbar_api::{energy_token, grid, market, oracle, registry};
use cosmwasm_std::{Addr, Empty};
use cw_multi_test::{Contract, ContractWrapper};

/// Name and ticker of a region's energy token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Name, 3 to 50 bytes.
    pub name: String,
    /// Ticker, 3 to 12 letters or `-`.
    pub symbol: String,
}

/// Where a region's contracts are.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployed {
    /// The grid contract, which names the others.
    pub grid: Addr,
    /// The others.
    pub contracts: Contracts,
}

macro_rules! codes {
    ($($name:ident: $contract:ident),*) => {$(
        fn $name() -> Box<dyn Contract<Empty>> {
            use $contract::contract::{execute, instantiate, query};
            Box::new(ContractWrapper::new(execute, instantiate, query))
        }
    )*};
}

codes! {
    grid: busbar_grid,
    registry: busbar_registry,
    oracle: busbar_oracle,
    market: busbar_market,
    energy_token: busbar_energy_token
}

impl Embedded {
    /// Stores, instantiates and wires the five contracts; `owner` owns them all. The region's `contracts` must be
    /// none, since this call wires them.
    pub fn deploy(
        &mut self,
        owner: &Addr,
        region: &grid::InstantiateMsg,
        token: Token,
    ) -> Result<Deployed, ChainError> {
        let grid = self.found(owner, grid(), region, "grid")?;
        let (by, of) = (owner.to_string(), grid.to_string());
        let msg = registry::InstantiateMsg {
            owner: by.clone(),
            grid: of.clone(),
        };
        let registry = self.found(owner, registry(), &msg, "registry")?;
        let msg = oracle::InstantiateMsg {
            owner: by.clone(),
            grid: of.clone(),
        };
        let oracle = self.found(owner, oracle(), &msg, "oracle")?;
        let msg = market::InstantiateMsg {
            owner: by,
            grid: of.clone(),
        };
        let market = self.found(owner, market(), &msg, "market")?;
        let msg = energy_token::InstantiateMsg {
            grid: of,
            name: token.name,
            symbol: token.symbol,
            marketing: None,
        };
        let energy_token = self.found(owner, energy_token(), &msg, "energy token")?;
        let wire = grid::ExecuteMsg::Wire(Wiring {
            registry: registry.to_string(),
            oracle: oracle.to_string(),
            market: market.to_string(),
            energy_token: energy_token.to_string(),
        });
        let failed = |text| ChainError::Setup {
            step: "wiring the contracts",
            text,
        };
        let wire = Message::new(grid.clone(), &wire).map_err(|error| failed(error.to_string()))?;
        self.execute(owner, wire).map_err(|error| failed(error.to_string()))?;
        Ok(Deployed {
            grid,
            contracts: Contracts {
                registry,
                oracle,
                market,
                energy_token,
            },
        })
    }

    fn found(
        &mut self,
        owner: &Addr,
        code: Box<dyn Contract<Empty>>,
        msg: &impl serde::Serialize,
        label: &str,
    ) -> Result<Addr, ChainError> {
        let code = self.store_code(code);
        self.instantiate(owner, code, msg, label)
    }
}
