//! What a street comes to, for comparison: every field, with people by name.
use std::collections::BTreeMap;

use busbar_api::grid::Contracts;
use busbar_api::{energy_token, market, oracle};
use busbar_units::Interval;
use cosmwasm_std::{Addr, QuerierWrapper, StdResult};
use serde_json::{Value, json};

use super::script::Part;

/// Records of the traded intervals, their readings' sums, accounts, tokens and totals.
pub fn of(
    q: &QuerierWrapper<'_>,
    contracts: &Contracts,
    names: &BTreeMap<Addr, String>,
    parts: &[&Part],
) -> StdResult<Value> {
    let market = market::Client::new(contracts.market.clone());
    let mut intervals = BTreeMap::new();
    for part in parts {
        let interval = part.interval;
        intervals.insert(
            interval.get().to_string(),
            of_interval(q, contracts, &market, interval)?,
        );
    }
    let mut accounts = BTreeMap::new();
    for (address, name) in names {
        let account = market.account(q, address.as_str())?;
        let tokens = energy_token::raw::balance(q, &contracts.energy_token, address)?;
        accounts.insert(name, json!({ "account": account, "tokens": tokens }));
    }
    let supply = energy_token::raw::supply(q, &contracts.energy_token)?;
    let mut totals = serde_json::to_value(market.totals(q)?).unwrap_or_default();
    // How far it is by now, which is a matter of time.
    if let Some(totals) = totals.as_object_mut() {
        totals.remove("final_cursor");
    }
    let whole = json!({ "intervals": intervals, "accounts": accounts, "supply": supply, "totals": totals });
    let mut text = whole.to_string();
    for (address, name) in names {
        text = text.replace(address.as_str(), name);
    }
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn of_interval(
    q: &QuerierWrapper<'_>,
    contracts: &Contracts,
    market: &market::Client,
    interval: Interval,
) -> StdResult<Value> {
    let hash = oracle::raw::page_hash(q, &contracts.oracle, interval, 0)?;
    Ok(json!({
        "record": market.interval(q, interval)?,
        "oracle": oracle::raw::interval(q, &contracts.oracle, interval)?,
        "page": hash,
        "provenance": market.provenance(q, interval, None)?,
    }))
}

/// Where two differ, by path, with both values.
pub fn differences(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(ones), Value::Object(others)) => {
            let keys = ones
                .keys()
                .chain(others.keys().filter(|key| !ones.contains_key(key.as_str())));
            for key in keys {
                differences(
                    &format!("{path}.{key}"),
                    &one[key.as_str()],
                    &other[key.as_str()],
                    found,
                );
            }
        }
        (one, other) if one != other => found.push(format!("{path}: {one} on the node, {other} embedded")),
        _ => {}
    }
}

/// Values in it.
pub fn count(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 1,
    }
}
