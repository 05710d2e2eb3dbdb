//! The contracts, founded and wired.

use busbar_api::grid::{self, Network, Params, Wiring};
use busbar_api::{certificates, energy_token, market, oracle, registry};
use busbar_chain::Embedded;
use busbar_testing::code;

use super::{Accounts, Contracts, DENOM, DOMAIN, INTERVAL_S};
use crate::demo::ask::call;
use crate::demo::error::RunError;

/// Founds the contracts under the operator's account and tells them of each other.
pub(super) fn deploy(
    chain: &mut Embedded,
    accounts: &Accounts,
    params: Params,
    network: Option<Network>,
) -> Result<Contracts, RunError> {
    let owner = &accounts.operator;
    let stored = chain.store_code(Box::new(code::grid()));
    let founding = grid::InstantiateMsg {
        owner: None,
        domain: DOMAIN.to_owned(),
        denom: DENOM.to_owned(),
        interval_s: INTERVAL_S,
        energy_interval_s: INTERVAL_S,
        operator: owner.to_string(),
        utility: accounts.utility.to_string(),
        params,
        network,
        contracts: None,
    };
    let grid = chain.instantiate(owner, stored, &founding, "grid")?;
    let (owner_text, grid_text) = (owner.to_string(), grid.to_string());
    let stored = chain.store_code(Box::new(code::registry()));
    let founding = registry::InstantiateMsg {
        owner: owner_text.clone(),
        grid: grid_text.clone(),
    };
    let registry = chain.instantiate(owner, stored, &founding, "registry")?;
    let stored = chain.store_code(Box::new(code::oracle()));
    let founding = oracle::InstantiateMsg {
        owner: owner_text.clone(),
        grid: grid_text.clone(),
    };
    let oracle = chain.instantiate(owner, stored, &founding, "oracle")?;
    let stored = chain.store_code(Box::new(code::market()));
    let founding = market::InstantiateMsg {
        owner: owner_text,
        grid: grid_text.clone(),
    };
    let market = chain.instantiate(owner, stored, &founding, "market")?;
    let stored = chain.store_code(Box::new(code::energy_token()));
    let founding = energy_token::InstantiateMsg {
        grid: grid_text,
        name: "Demo energy".to_owned(),
        symbol: "KWH".to_owned(),
        marketing: None,
    };
    let energy_token = chain.instantiate(owner, stored, &founding, "energy token")?;
    let wiring = grid::ExecuteMsg::Wire(Wiring {
        registry: registry.to_string(),
        oracle: oracle.to_string(),
        market: market.to_string(),
        energy_token: energy_token.to_string(),
    });
    call(chain, "wire", owner, &grid, &wiring)?;
    let stored = chain.store_code(Box::new(code::certificates()));
    let founding = certificates::InstantiateMsg {
        grid: grid.to_string(),
        issuer: "Demo certificates".to_owned(),
    };
    let certificates = chain.instantiate(owner, stored, &founding, "certificates")?;
    Ok(Contracts {
        grid,
        registry,
        oracle,
        market,
        energy_token,
        certificates,
    })
}
