//! `busbar schema`: the JSON schema of every contract, one file each, in the form that code generators read.
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use busbar_api::{certificates, energy_token, feeds, grid, market, oracle, registry};
use cosmwasm_schema::{Api, generate_api};

/// Options of `busbar schema`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Folder to write into; made where it is missing
    #[arg(long, value_name = "DIR", default_value = "schema")]
    out: PathBuf,
}

/// Writes `<contract>.json` for every contract.
pub fn run(options: &Options) -> anyhow::Result<()> {
    fs::create_dir_all(&options.out).with_context(|| format!("cannot create {}", options.out.display()))?;
    for api in contracts() {
        let path = options.out.join(format!("{}.json", api.contract_name));
        let schema = api.render().to_string()?;
        fs::write(&path, schema + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Messages and responses of every contract.
#[allow(clippy::unwrap_used, reason = "the macro unwraps what its own derive made")]
fn contracts() -> [Api; 7] {
    [
        generate_api! {
            name: "certificates",
            instantiate: certificates::InstantiateMsg,
            execute: certificates::ExecuteMsg,
            query: certificates::QueryMsg,
        },
        generate_api! {
            name: "energy-token",
            instantiate: energy_token::InstantiateMsg,
            execute: energy_token::ExecuteMsg,
            query: energy_token::QueryMsg,
        },
        generate_api! {
            name: "feeds",
            instantiate: feeds::InstantiateMsg,
            execute: feeds::ExecuteMsg,
            query: feeds::QueryMsg,
        },
        generate_api! {
            name: "grid",
            instantiate: grid::InstantiateMsg,
            execute: grid::ExecuteMsg,
            query: grid::QueryMsg,
        },
        generate_api! {
            name: "market",
            instantiate: market::InstantiateMsg,
            execute: market::ExecuteMsg,
            query: market::QueryMsg,
        },
        generate_api! {
            name: "oracle",
            instantiate: oracle::InstantiateMsg,
            execute: oracle::ExecuteMsg,
            query: oracle::QueryMsg,
            migrate: oracle::MigrateMsg,
        },
        generate_api! {
            name: "registry",
            instantiate: registry::InstantiateMsg,
            execute: registry::ExecuteMsg,
            query: registry::QueryMsg,
            migrate: registry::MigrateMsg,
        },
    ]
}
