//! What is deployed where: known before anything is sent.
use std::collections::BTreeMap;

use busbar_api::grid::Wiring;
use busbar_api::{certificates, energy_token, grid, market, oracle, registry};
use cosmwasm_std::{Addr, Binary, CanonicalAddr, Checksum, StdError, instantiate2_address, to_json_binary};

use super::artifacts::{Artifacts, Part};
use super::error::DeployError;
use super::file::ChainFile;
use super::record::Record;

/// Codes, addresses and messages of a deployment.
pub struct Plan {
    /// Who uploads and founds.
    pub deployer: Addr,
    /// Who governs, and may migrate.
    pub owner: Addr,
    /// Per contract.
    pub parts: BTreeMap<Part, Planned>,
}

/// One contract.
pub struct Planned {
    /// SHA-256 of its Wasm.
    pub checksum: Checksum,
    /// Where it is or will be.
    pub address: Addr,
    /// What it is founded with.
    pub msg: Binary,
    /// Distinguishes the contracts of one deployer and code.
    pub salt: Vec<u8>,
    /// What explorers show.
    pub label: String,
}

impl Plan {
    /// The plan of a deployer with these contracts.
    pub fn new(file: &ChainFile, artifacts: &Artifacts, deployer: &Addr) -> Result<Self, DeployError> {
        Self::of(file, deployer, |part| Some(artifacts.checksum(part)))
    }

    /// The plan that a finished deployment followed.
    pub fn recorded(file: &ChainFile, record: &Record) -> Result<Self, DeployError> {
        Self::of(file, &record.deployer()?, |part| record.checksum(part))
    }

    fn of(file: &ChainFile, deployer: &Addr, checksum: impl Fn(Part) -> Option<Checksum>) -> Result<Self, DeployError> {
        let region = &file.region;
        let owner = region.owner.as_ref().map_or_else(|| deployer.clone(), Addr::unchecked);
        let creator = canonical(deployer, &file.chain.bech32_prefix)?;
        for (field, account) in [
            ("region.owner", owner.as_str()),
            ("region.operator", &region.operator),
            ("region.utility", &region.utility),
        ] {
            canonical(&Addr::unchecked(account), &file.chain.bech32_prefix).map_err(|_| DeployError::Account {
                field,
                account: account.to_owned(),
                prefix: file.chain.bech32_prefix.clone(),
            })?;
        }
        let mut parts = BTreeMap::new();
        for part in Part::ALL {
            let checksum = checksum(part).ok_or(DeployError::Unrecorded { part: part.name() })?;
            let salt = format!("busbar/{}/{}", region.domain, part.name()).into_bytes();
            let address = instantiate2_address(checksum.as_slice(), &creator, &salt)
                .map_err(|error| DeployError::Plan(StdError::generic_err(error.to_string())))?;
            let planned = Planned {
                checksum,
                address: human(&address, &file.chain.bech32_prefix)?,
                msg: Binary::default(),
                salt,
                label: format!("busbar {} {}", region.domain, part.name()),
            };
            parts.insert(part, planned);
        }
        let mut plan = Self {
            deployer: deployer.clone(),
            owner,
            parts,
        };
        for part in Part::ALL {
            let msg = plan.msg(file, part).map_err(DeployError::Plan)?;
            if let Some(planned) = plan.parts.get_mut(&part) {
                planned.msg = msg;
            }
        }
        Ok(plan)
    }

    /// Address of a contract.
    pub fn address(&self, part: Part) -> Addr {
        let planned = self.parts.get(&part);
        planned.map_or_else(|| Addr::unchecked(""), |planned| planned.address.clone())
    }

    /// The founding message: wired and owned from the start, so there is no moment at which anyone else could step in.
    fn msg(&self, file: &ChainFile, part: Part) -> Result<Binary, StdError> {
        let region = &file.region;
        let (owner, grid) = (self.owner.to_string(), self.address(Part::Grid).to_string());
        match part {
            Part::Grid => to_json_binary(&grid::InstantiateMsg {
                owner: Some(owner),
                domain: region.domain.clone(),
                denom: region.denom.clone(),
                interval_s: region.interval_s,
                energy_interval_s: region.energy_interval_s(),
                operator: region.operator.clone(),
                utility: region.utility.clone(),
                params: region.params.clone(),
                network: file.network.clone(),
                contracts: Some(Wiring {
                    registry: self.address(Part::Registry).to_string(),
                    oracle: self.address(Part::Oracle).to_string(),
                    market: self.address(Part::Market).to_string(),
                    energy_token: self.address(Part::EnergyToken).to_string(),
                }),
            }),
            Part::Registry => to_json_binary(&registry::InstantiateMsg { owner, grid }),
            Part::Oracle => to_json_binary(&oracle::InstantiateMsg { owner, grid }),
            Part::Market => to_json_binary(&market::InstantiateMsg { owner, grid }),
            Part::EnergyToken => to_json_binary(&energy_token::InstantiateMsg {
                grid,
                name: region.token.name.clone(),
                symbol: region.token.symbol.clone(),
                marketing: None,
            }),
            Part::Certificates => to_json_binary(&certificates::InstantiateMsg {
                grid,
                issuer: region.issuer.clone(),
            }),
        }
    }
}

fn canonical(account: &Addr, prefix: &str) -> Result<CanonicalAddr, DeployError> {
    let error = || DeployError::Account {
        field: "the deployer",
        account: account.to_string(),
        prefix: prefix.to_owned(),
    };
    let decoded = bech32::primitives::decode::CheckedHrpstring::new::<bech32::Bech32>(account.as_str());
    let decoded = decoded.map_err(|_| error())?;
    if decoded.hrp().as_str() != prefix {
        return Err(error());
    }
    Ok(CanonicalAddr::from(decoded.byte_iter().collect::<Vec<u8>>()))
}

/// An address as people write it.
pub fn human(address: &CanonicalAddr, prefix: &str) -> Result<Addr, DeployError> {
    let unusable = |error: String| DeployError::Plan(StdError::generic_err(error));
    let hrp = bech32::Hrp::parse(prefix).map_err(|error| unusable(error.to_string()))?;
    let text =
        bech32::encode::<bech32::Bech32>(hrp, address.as_slice()).map_err(|error| unusable(error.to_string()))?;
    Ok(Addr::unchecked(text))
}
