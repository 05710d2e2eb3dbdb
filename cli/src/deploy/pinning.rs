//! Codes that a node keeps in memory cost less to call. On wasmd the chain's own governance decides which: a deployment
//! ends with the proposal that asks for it.
use std::path::{Path, PathBuf};

use busbar_chain::grpc::Grpc;
use cosmwasm_std::{CanonicalAddr, Checksum, Coin};
use serde_json::{Value, json};

use super::error::DeployError;
use super::file::ChainFile;
use super::plan::human;
use super::record::Record;

/// Name of the proposal's file.
const FILE: &str = "pin-codes.json";
/// Bytes of an SDK module's address: the first of the hash of its name.
const MODULE_BYTES: usize = 20;

/// Which codes of a deployment are pinned.
pub struct Pinning {
    codes: usize,
    /// Numbers of those that are not.
    missing: Vec<u64>,
    /// What a proposal has to deposit; none where the chain has no governance.
    deposit: Option<Vec<Coin>>,
}

impl Pinning {
    /// Asks the chain about the codes of a record.
    pub fn ask(chain: &Grpc, record: &Record) -> Result<Self, DeployError> {
        let pinned = chain.pinned_codes()?;
        let codes: Vec<u64> = record.codes.values().map(|code| code.code_id).collect();
        let missing: Vec<u64> = codes.iter().copied().filter(|code| !pinned.contains(code)).collect();
        let deposit = if missing.is_empty() {
            None
        } else {
            chain.proposal_deposit()?
        };
        Ok(Self {
            codes: codes.len(),
            missing,
            deposit,
        })
    }

    /// Writes the proposal for what is missing, in the form of `wasmd tx gov submit-proposal`, where there is somebody to
    /// decide.
    pub fn write(&self, folder: &Path, file: &ChainFile) -> Result<Option<PathBuf>, DeployError> {
        let Some(deposit) = self.deposit.as_deref().filter(|_| !self.missing.is_empty()) else {
            return Ok(None);
        };
        let place = folder.join(FILE);
        let proposal = proposal(file, &self.missing, deposit)?;
        std::fs::write(&place, format!("{proposal:#}\n")).map_err(|source| DeployError::File {
            file: place.clone(),
            source,
        })?;
        Ok(Some(place))
    }

    /// One line, and what to do where a proposal was written.
    pub fn text(&self, written: Option<&Path>) -> String {
        let pinned = self.codes.saturating_sub(self.missing.len());
        let mut text = format!("pinned   {pinned} of {} codes\n", self.codes);
        if let Some(place) = written {
            text += &format!(
                "         calls cost less once the chain has voted: wasmd tx gov submit-proposal {} --from KEY\n",
                place.display()
            );
        }
        text
    }
}

/// Asks the chain's governance to pin these codes.
pub fn proposal(file: &ChainFile, codes: &[u64], deposit: &[Coin]) -> Result<Value, DeployError> {
    let name = Checksum::generate(b"gov");
    let module = name.as_slice().get(..MODULE_BYTES).unwrap_or_default();
    let authority = human(&CanonicalAddr::from(module), &file.chain.bech32_prefix)?;
    let deposit: Vec<String> = deposit.iter().map(ToString::to_string).collect();
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    Ok(json!({
        "messages": [{ "@type": "/cosmwasm.wasm.v1.MsgPinCodes", "authority": authority, "code_ids": codes }],
        "metadata": "",
        "deposit": deposit.join(","),
        "title": format!("Pin the contracts of {}", file.region.domain),
        "summary": "Nodes keep these codes in memory, and each call to one of them costs less gas.",
        "expedited": false,
    }))
}
