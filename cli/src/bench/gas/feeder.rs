//! Clearing on a network, in a region that is founded for it.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "sizes are constants, and a benchmark may stop"
)]
use std::path::Path;

use busbar_api::grid::{self, Times, Wiring};
use busbar_api::{energy_token, market, oracle, registry};
use busbar_network::NetworkFile;

use super::region::{Bench, HOMES, Site};
use super::run::place;
use super::table::Table;
use crate::exit::BadInput;

/// Homes that order, and how many orders each places: as on one bus.
const SIZES: [(u32, u32); 2] = [(10, 1), (HOMES, 10)];

/// Founds a region on the network of a file, and clears two intervals there.
pub fn measure(bench: &mut Bench, file: &Path, table: &mut Table) -> anyhow::Result<()> {
    let text = crate::text::read(file).map_err(BadInput::of)?;
    let file: NetworkFile = serde_json::from_str(&text).map_err(BadInput::of)?;
    let params = &bench.site.params;
    let import = bench.site.region.energy(params.connection_import)?;
    let export = bench.site.region.energy(params.connection_export)?;
    let network = file.region(import, export).map_err(BadInput::of)?;
    let buses = u32::try_from(network.buses.len())? - 1;
    let site = found(bench, network, buses)?;
    let main = std::mem::replace(&mut bench.site, site);
    bench.settle_in()?;
    // Devices that were confirmed in this interval trade from the one after the next on.
    let first = bench.current()?.plus(3)?;
    let mut cleared = vec![];
    let intervals = [first, first.plus(1)?];
    for (interval, size) in intervals.into_iter().zip(SIZES) {
        place(bench, interval, size)?;
    }
    for (interval, (homes, orders)) in intervals.into_iter().zip(SIZES) {
        let times = Times::of(&bench.site.region, &bench.site.params, interval)?;
        bench.reach(times.closes_s)?;
        let (owner, market) = (bench.owner.clone(), bench.site.at.market.clone());
        let clear = bench.message(&market, &market::ExecuteMsg::Clear { interval })?;
        cleared.push((u64::from(homes * orders), bench.call(&owner, vec![clear])?));
    }
    if let [few, many] = cleared[..] {
        table.line(&format!("clear_{buses}_buses"), few, many);
    }
    bench.site = main;
    Ok(())
}

/// A region like the one that was deployed, but on this network.
fn found(bench: &mut Bench, network: grid::Network, buses: u32) -> anyhow::Result<Site> {
    let codes = {
        let main = &bench.site;
        let at = &main.at;
        let all = [&main.grid, &at.registry, &at.oracle, &at.market, &at.energy_token];
        all.map(|contract| bench.code_of(contract))
    };
    let [grid, registry, oracle, market, token] = codes;
    let main = &bench.site;
    let (owner, region) = (bench.owner.to_string(), main.region.clone());
    let found = grid::InstantiateMsg {
        owner: Some(owner.clone()),
        domain: format!("test-buses-{buses}"),
        denom: region.denom,
        interval_s: region.interval_s,
        energy_interval_s: region.energy_interval_s,
        operator: region.operator.to_string(),
        utility: region.utility.to_string(),
        params: main.params.clone(),
        network: Some(network),
        contracts: None,
    };
    let label = |what: &str| format!("{what} of {buses} buses");
    let at = bench.instantiate(grid?, &label("grid"), &found)?;
    let grid = at.to_string();
    let contracts = Wiring {
        registry: bench
            .instantiate(
                registry?,
                &label("registry"),
                &registry::InstantiateMsg {
                    owner: owner.clone(),
                    grid: grid.clone(),
                },
            )?
            .into_string(),
        oracle: bench
            .instantiate(
                oracle?,
                &label("oracle"),
                &oracle::InstantiateMsg {
                    owner: owner.clone(),
                    grid: grid.clone(),
                },
            )?
            .into_string(),
        market: bench
            .instantiate(
                market?,
                &label("market"),
                &market::InstantiateMsg {
                    owner,
                    grid: grid.clone(),
                },
            )?
            .into_string(),
        energy_token: bench
            .instantiate(
                token?,
                &label("token"),
                &energy_token::InstantiateMsg {
                    grid,
                    name: "Bench energy".to_owned(),
                    symbol: "BENCH".to_owned(),
                    marketing: None,
                },
            )?
            .into_string(),
    };
    let wire = bench.message(&at, &grid::ExecuteMsg::Wire(contracts))?;
    let owner = bench.owner.clone();
    bench.call(&owner, vec![wire])?;
    Site::read(&bench.chain, at, buses)
}
