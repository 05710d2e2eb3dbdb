//! `chain.json` and `assetlist.json`, in the form of the Cosmos chain registry: what wallets and relayers read.
use std::path::Path;

use serde_json::{Value, json};

use super::artifacts::Part;
use super::error::DeployError;
use super::file::{ChainFile, CoinName, NetworkType};
use super::plan::Plan;

/// Writes both files.
pub fn write(folder: &Path, file: &ChainFile, plan: &Plan) -> Result<(), DeployError> {
    for (name, value) in [("chain.json", chain(file)), ("assetlist.json", assets(file, plan))] {
        let place = folder.join(name);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&place, format!("{value:#}\n")));
        written.map_err(|source| DeployError::File { file: place, source })?;
    }
    Ok(())
}

fn chain_name(file: &ChainFile) -> String {
    let named = file.directory.chain_name.clone();
    named.unwrap_or_else(|| {
        let id = file.chain.chain_id.to_lowercase();
        id.chars().filter(char::is_ascii_alphanumeric).collect()
    })
}

/// `chain.json`.
pub fn chain(file: &ChainFile) -> Value {
    let (of, chain) = (&file.directory, &file.chain);
    let addresses = |urls: &[String]| -> Vec<Value> { urls.iter().map(|url| json!({ "address": url })).collect() };
    let price = chain.gas_price.amount().to_string();
    // The registry wants numbers; written as the decimal that it is, not through a binary fraction.
    let price = serde_json::from_str(&price).unwrap_or(Value::Null);
    let network_type = match of.network_type {
        NetworkType::Mainnet => "mainnet",
        NetworkType::Testnet => "testnet",
        NetworkType::Devnet => "devnet",
    };
    json!({
        "$schema": "../chain.schema.json",
        "chain_name": chain_name(file),
        "chain_type": "cosmos",
        "chain_id": chain.chain_id,
        "pretty_name": of.pretty_name.as_ref().unwrap_or(&chain.chain_id),
        "status": "live",
        "network_type": network_type,
        "bech32_prefix": chain.bech32_prefix,
        "slip44": 118,
        "key_algos": ["secp256k1"],
        "fees": { "fee_tokens": [{
            "denom": chain.gas_price.denom(),
            "fixed_min_gas_price": price,
            "low_gas_price": price,
            "average_gas_price": price,
            "high_gas_price": price,
        }] },
        "apis": {
            "rpc": addresses(&of.rpc),
            "rest": addresses(&of.rest),
            "grpc": addresses(&chain.grpc),
        },
    })
}

/// `assetlist.json`.
pub fn assets(file: &ChainFile, plan: &Plan) -> Value {
    let mut assets: Vec<Value> = file.directory.coins.iter().map(coin).collect();
    let token = plan.address(Part::EnergyToken);
    let base = format!("cw20:{token}");
    let symbol = &file.region.token.symbol;
    let display = symbol.to_lowercase();
    assets.push(json!({
        "type_asset": "cw20",
        "address": token,
        "description": format!("One kWh held in the storage of the region {}", file.region.domain),
        "denom_units": [
            { "denom": base, "exponent": 0 },
            { "denom": display, "exponent": busbar_api::energy_token::DECIMALS },
        ],
        "base": base,
        "name": file.region.token.name,
        "display": display,
        "symbol": symbol,
    }));
    json!({
        "$schema": "../assetlist.schema.json",
        "chain_name": chain_name(file),
        "assets": assets,
    })
}

fn coin(coin: &CoinName) -> Value {
    json!({
        "type_asset": "sdk.coin",
        "denom_units": [
            { "denom": coin.denom, "exponent": 0 },
            { "denom": coin.display, "exponent": coin.exponent },
        ],
        "base": coin.denom,
        "name": coin.name,
        "display": coin.display,
        "symbol": coin.symbol,
    })
}
