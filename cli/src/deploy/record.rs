//! The record of a deployment: what is on the chain, and what is on its way.
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use busbar_chain::{SignedTx, TxHash};
use cosmwasm_std::{Addr, Binary, Checksum};
use serde::{Deserialize, Serialize};

use super::artifacts::Part;
use super::error::DeployError;
use super::file::ChainFile;
use super::plan::Plan;

/// What `<chain-id>.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The chain.
    pub chain_id: String,
    /// The region.
    pub domain: String,
    /// Who uploaded and founded; none before the first step.
    pub deployer: Option<String>,
    /// Codes by contract.
    pub codes: BTreeMap<String, RecordedCode>,
    /// Addresses by contract.
    pub contracts: BTreeMap<String, String>,
    /// A transaction that may be on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
}

/// A code on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCode {
    /// Its number.
    pub code_id: u64,
    /// SHA-256 of the Wasm, hex.
    pub checksum: String,
}

/// A signed transaction, stored before it is first sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// The step that it takes.
    pub step: String,
    /// The signer.
    pub account: String,
    /// The signer's sequence.
    pub sequence: u64,
    /// Last height at which it may be included.
    pub timeout_height: u64,
    /// What is sent, and sent again.
    pub bytes: Binary,
}

impl Pending {
    /// A transaction of a step.
    pub fn new(step: &str, tx: &SignedTx) -> Self {
        Self {
            step: step.to_owned(),
            account: tx.account.to_string(),
            sequence: tx.sequence,
            timeout_height: tx.timeout_height,
            bytes: Binary::from(tx.bytes.as_slice()),
        }
    }

    /// The transaction.
    pub fn tx(&self) -> SignedTx {
        SignedTx {
            hash: TxHash::of(&self.bytes),
            bytes: self.bytes.to_vec(),
            account: Addr::unchecked(&self.account),
            sequence: self.sequence,
            timeout_height: self.timeout_height,
        }
    }
}

impl Record {
    /// Reads the record, or begins one where there is no file.
    pub fn open(place: &Path, file: &ChainFile) -> Result<Self, DeployError> {
        let (chain_id, domain) = (file.chain.chain_id.clone(), file.region.domain.clone());
        let text = match std::fs::read(place) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self {
                    chain_id,
                    domain,
                    deployer: None,
                    codes: BTreeMap::new(),
                    contracts: BTreeMap::new(),
                    pending: None,
                });
            }
            Err(source) => {
                return Err(DeployError::File {
                    file: place.to_owned(),
                    source,
                });
            }
        };
        let record: Self = serde_json::from_slice(&text).map_err(|error| DeployError::Record {
            file: place.to_owned(),
            error,
        })?;
        if record.domain != domain || record.chain_id != chain_id {
            return Err(DeployError::OtherRegion {
                record: place.to_owned(),
                recorded: record.domain,
                wanted: domain,
            });
        }
        Ok(record)
    }

    /// Writes the record so that it is whole on the disk, the old one or the new one, whenever the machine stops.
    pub fn save(&self, place: &Path) -> Result<(), DeployError> {
        let write = || -> std::io::Result<()> {
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let unfinished = place.with_extension("json.new");
            let mut out = File::create(&unfinished)?;
            serde_json::to_writer_pretty(&mut out, self)?;
            out.write_all(b"\n")?;
            out.sync_all()?;
            std::fs::rename(&unfinished, place)
        };
        write().map_err(|source| DeployError::File {
            file: place.to_owned(),
            source,
        })
    }

    /// Whether every contract is there.
    pub fn is_founded(&self) -> bool {
        Part::ALL.iter().all(|part| self.contracts.contains_key(part.name()))
    }

    /// Refuses to go on with another account or with other Wasm than it was begun with.
    pub fn ensure_follows(&self, place: &Path, plan: &Plan) -> Result<(), DeployError> {
        let wanted = plan.deployer.as_str();
        if let Some(recorded) = self.deployer.as_deref().filter(|recorded| *recorded != wanted) {
            return Err(DeployError::OtherDeployer {
                record: place.to_owned(),
                recorded: recorded.to_owned(),
                wanted: wanted.to_owned(),
            });
        }
        for (part, planned) in &plan.parts {
            let (recorded, built) = (self.codes.get(part.name()), planned.checksum.to_hex());
            if let Some(recorded) = recorded.filter(|recorded| recorded.checksum != built) {
                return Err(DeployError::OtherWasm {
                    part: part.name(),
                    record: place.to_owned(),
                    recorded: recorded.checksum.clone(),
                    built,
                });
            }
        }
        Ok(())
    }

    /// Who uploaded and founded.
    pub fn deployer(&self) -> Result<Addr, DeployError> {
        let deployer = self.deployer.as_ref().map(Addr::unchecked);
        deployer.ok_or(DeployError::Unrecorded { part: "deployer" })
    }

    /// Checksum of a contract's Wasm.
    pub fn checksum(&self, part: Part) -> Option<Checksum> {
        Checksum::from_hex(&self.codes.get(part.name())?.checksum).ok()
    }
}
