//! What the chain answers, beside what the file says.
use busbar_api::grid::{Contracts, raw};
use busbar_api::{certificates, energy_token};
use busbar_chain::grpc::Grpc;
use busbar_chain::{Chain, ChainError, ChainQuerier};
use cosmwasm_std::{Addr, Empty, QuerierWrapper, StdError, to_json_vec};
use cw_ownable::Ownership;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::artifacts::Part;
use super::error::DeployError;
use super::file::ChainFile;
use super::plan::Plan;

/// Everything that was asked.
pub struct Findings(Vec<Finding>);

struct Finding {
    what: String,
    expected: String,
    found: String,
}

impl Findings {
    /// One line per answer; those that differ say how.
    pub fn text(&self) -> String {
        let line = |one: &Finding| {
            if one.expected == one.found {
                format!("ok       {:28} {}\n", one.what, shorten(&one.found))
            } else {
                format!(
                    "DIFFERS  {:28} {}\n         {:28} {}  (the file)\n",
                    one.what, one.found, "", one.expected
                )
            }
        };
        self.0.iter().map(line).collect()
    }

    /// An error where anything differs.
    pub fn verdict(&self) -> Result<(), DeployError> {
        let count = self.0.iter().filter(|one| one.expected != one.found).count();
        if count > 0 {
            return Err(DeployError::Differs {
                count,
                of: self.0.len(),
            });
        }
        Ok(())
    }

    fn add<T: Serialize>(&mut self, what: impl Into<String>, expected: &T, found: Result<T, String>) {
        self.0.push(Finding {
            what: what.into(),
            expected: plain(expected),
            found: found.map_or_else(|reason| format!("no answer: {reason}"), |found| plain(&found)),
        });
    }
}

/// A text as it is, anything else as JSON.
fn plain(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Enough of an answer to recognise it.
fn shorten(text: &str) -> String {
    let mut start: String = text.chars().take(72).collect();
    if start.len() < text.len() {
        start.push_str("...");
    }
    start
}

/// Asks the chain for all that the file says. A chain that does not answer at all is an error.
pub fn check(chain: &Grpc, file: &ChainFile, plan: &Plan) -> Result<Findings, DeployError> {
    let mut findings = Findings(Vec::new());
    for (part, planned) in &plan.parts {
        let info = chain.contract(&planned.address)?;
        let code = match &info {
            Some(info) => chain.code(info.code_id)?,
            None => None,
        };
        let there = || "no contract at this address".to_owned();
        let name = part.name();
        findings.add(
            format!("{name} address"),
            &planned.address,
            info.as_ref().map(|_| planned.address.clone()).ok_or_else(there),
        );
        let checksum = code.map(|code| code.checksum.to_hex()).ok_or_else(there);
        findings.add(format!("{name} checksum"), &planned.checksum.to_hex(), checksum);
        let admin = info.map(|info| info.admin).ok_or_else(there);
        findings.add(format!("{name} admin"), &Some(plan.owner.clone()), admin);
    }
    let querier = ChainQuerier::new(chain);
    region(&mut findings, &querier.wrap(), file, plan);
    for part in [Part::Registry, Part::Oracle, Part::Market] {
        let found = item::<Ownership<Addr>>(chain, &plan.address(part), raw::OWNERSHIP);
        let owner = found.map(|ownership| ownership.owner);
        findings.add(format!("{} owner", part.name()), &Some(plan.owner.clone()), owner);
    }
    token(&mut findings, chain, file, plan);
    Ok(findings)
}

fn region(findings: &mut Findings, querier: &QuerierWrapper<'_, Empty>, file: &ChainFile, plan: &Plan) {
    let (grid, wanted) = (plan.address(Part::Grid), &file.region);
    let said = |error: StdError| error.to_string();
    let region = raw::region(querier, &grid).map_err(said);
    let mut fact = |what: &str, expected: String, found: Option<String>| {
        let found = found.ok_or_else(|| match &region {
            Ok(_) => "nobody".to_owned(),
            Err(reason) => reason.clone(),
        });
        findings.add(what, &expected, found);
    };
    let of = region.as_ref().ok();
    fact("region.domain", wanted.domain.clone(), of.map(|r| r.domain.clone()));
    fact("region.denom", wanted.denom.clone(), of.map(|r| r.denom.clone()));
    let seconds = |r: &busbar_api::grid::Region| r.interval_s.to_string();
    fact("region.interval_s", wanted.interval_s.to_string(), of.map(seconds));
    let seconds = |r: &busbar_api::grid::Region| r.energy_interval_s.to_string();
    fact(
        "region.energy_interval_s",
        wanted.energy_interval_s().to_string(),
        of.map(seconds),
    );
    fact(
        "region.operator",
        wanted.operator.clone(),
        of.map(|r| r.operator.to_string()),
    );
    fact(
        "region.utility",
        wanted.utility.clone(),
        of.map(|r| r.utility.to_string()),
    );
    let owner = raw::roles(querier, &grid).map(|roles| roles.owner).map_err(said);
    findings.add("region.owner", &Some(plan.owner.clone()), owner);
    let wired = Contracts {
        registry: plan.address(Part::Registry),
        oracle: plan.address(Part::Oracle),
        market: plan.address(Part::Market),
        energy_token: plan.address(Part::EnergyToken),
    };
    findings.add("grid contracts", &wired, raw::contracts(querier, &grid).map_err(said));
    // Those that hold last: governance may have changed them since, and then the file should say so.
    let params = raw::versions(querier, &grid).map_err(said);
    let params = params.and_then(|all| all.last().map(|last| last.params.clone()).ok_or_else(String::new));
    findings.add("region.params", &wanted.params, params);
}

fn token(findings: &mut Findings, chain: &Grpc, file: &ChainFile, plan: &Plan) {
    let at = plan.address(Part::EnergyToken);
    let info = ask::<cw20::TokenInfoResponse>(chain, &at, &energy_token::QueryMsg::TokenInfo {});
    let wanted = (&file.region.token.name, &file.region.token.symbol);
    findings.add(
        "energy_token name",
        &(wanted.0.clone(), wanted.1.clone()),
        info.map(|info| (info.name, info.symbol)),
    );
    let minter = ask::<Option<cw20::MinterResponse>>(chain, &at, &energy_token::QueryMsg::Minter {});
    let minter = minter.map(|minter| minter.map(|minter| minter.minter));
    let market = plan.address(Part::Market).to_string();
    findings.add("energy_token minter", &Some(market), minter);
    let at = plan.address(Part::Certificates);
    let config = ask::<certificates::ConfigResponse>(chain, &at, &certificates::QueryMsg::Config {});
    findings.add("region.issuer", &file.region.issuer, config.map(|config| config.issuer));
}

fn ask<T: DeserializeOwned>(chain: &Grpc, contract: &Addr, question: &impl Serialize) -> Result<T, String> {
    let json = to_json_vec(question).map_err(|error| error.to_string())?;
    let answer = chain
        .query_smart(contract, &json)
        .map_err(|error: ChainError| error.to_string())?;
    cosmwasm_std::from_json(answer).map_err(|error| error.to_string())
}

fn item<T: DeserializeOwned>(chain: &Grpc, contract: &Addr, key: &str) -> Result<T, String> {
    let stored = chain
        .query_raw(contract, key.as_bytes())
        .map_err(|error| error.to_string())?;
    let stored = stored.ok_or_else(|| format!("nothing under {key}"))?;
    cosmwasm_std::from_json(stored).map_err(|error| error.to_string())
}
