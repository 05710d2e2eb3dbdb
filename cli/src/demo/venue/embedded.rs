//! The chain in this process: its clock is set, its contracts run natively.

use busbar_api::grid::{self, Network, Params, Wiring};
use busbar_api::{certificates, energy_token, market, oracle, registry};
use busbar_chain::{Chain, Embedded, EmbeddedConfig};
use busbar_testing::code;
use busbar_units::{Interval, Money};
use cosmwasm_std::{Addr, coins};

use super::{Accounts, Answer, Call, Contracts, Founding, Ground, Venue};
use crate::demo::ask::call;
use crate::demo::error::RunError;
use crate::demo::region::ENERGY_S;

/// The interval in which the region is founded: 1 January 2026, 0:00 UTC. Any would do.
const FOUNDED: Interval = Interval::new(490_896);

const DOMAIN: &str = "busbar-demo";
const DENOM: &str = "ucoin";

struct InProcess(Embedded);

impl Venue for InProcess {
    fn chain(&self) -> &dyn Chain {
        &self.0
    }

    fn chain_mut(&mut self) -> &mut dyn Chain {
        &mut self.0
    }

    fn until(&mut self, unix_s: u64) -> Result<(), RunError> {
        Ok(self.0.advance_to(unix_s)?)
    }

    /// Whatever was sent is in a block already.
    fn rest(&mut self) -> Result<(), RunError> {
        Err(RunError::Missing {
            what: "what was sent to the chain",
        })
    }

    fn send(&mut self, calls: &[Call]) -> Result<Vec<Answer>, RunError> {
        let mut run = |call: &Call| {
            let messages = call.messages.iter().cloned();
            messages
                .map(|message| Ok(self.0.execute(&call.sender, message)?.data))
                .collect()
        };
        Ok(calls.iter().map(&mut run).collect())
    }

    fn fund(&mut self, accounts: &[(Addr, Money)]) -> Result<(), RunError> {
        for (account, amount) in accounts.iter().filter(|(_, amount)| !amount.is_zero()) {
            self.0.fund(account, coins(amount.get(), DENOM))?;
        }
        Ok(())
    }

    /// The command shows a bar.
    fn tell(&mut self, _what: &dyn std::fmt::Display) {}
}

/// Founds the contracts on a chain of this process.
pub fn in_process(founding: Founding) -> Result<Ground, RunError> {
    let chain = Embedded::new(EmbeddedConfig::at(FOUNDED.start_s(ENERGY_S)?));
    let accounts = Accounts {
        operator: chain.account("operator"),
        utility: chain.account("utility"),
        battery: chain.account("battery"),
        relayer: chain.account("relayer"),
        homes: founding.homes.iter().map(|home| chain.account(home)).collect(),
    };
    let mut venue = InProcess(chain);
    let at = deploy(&mut venue, &accounts, founding.params.clone(), founding.network)?;
    Ok(Ground {
        venue: Box::new(venue),
        at,
        accounts,
        domain: DOMAIN.to_owned(),
        interval_s: ENERGY_S,
        params: founding.params,
        real: false,
    })
}

/// Founds the contracts under the operator's account and tells them of each other.
fn deploy(
    venue: &mut InProcess,
    accounts: &Accounts,
    params: Params,
    network: Option<Network>,
) -> Result<Contracts, RunError> {
    let owner = &accounts.operator;
    let chain = &mut venue.0;
    let stored = chain.store_code(Box::new(code::grid()));
    let founding = grid::InstantiateMsg {
        owner: None,
        domain: DOMAIN.to_owned(),
        denom: DENOM.to_owned(),
        interval_s: ENERGY_S,
        energy_interval_s: ENERGY_S,
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
    call(venue, "wire", owner, &grid, &wiring)?;
    let chain = &mut venue.0;
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
