//! Contracts that a benchmark founds for itself, of the codes of the region that was deployed.
use anyhow::Context;
use busbar_chain::grpc::Action;
use cosmwasm_std::{Addr, to_json_binary};
use serde::Serialize;

use super::region::Bench;

impl Bench {
    /// The code of a contract.
    pub fn code_of(&self, contract: &Addr) -> anyhow::Result<u64> {
        let found = self.chain.contract(contract)?;
        Ok(found.with_context(|| format!("no contract at {contract}"))?.code_id)
    }

    /// Uploads a code.
    pub fn upload(&mut self, wasm: Vec<u8>) -> anyhow::Result<u64> {
        let said = self.attribute(Action::Store { wasm }, "code_id")?;
        Ok(said.parse()?)
    }

    /// Founds a contract; its label tells it from the others.
    pub fn instantiate(&mut self, code_id: u64, label: &str, msg: &impl Serialize) -> anyhow::Result<Addr> {
        let action = Action::Instantiate {
            admin: None,
            code_id,
            label: label.to_owned(),
            msg: to_json_binary(msg)?,
            salt: label.as_bytes().to_vec(),
        };
        Ok(Addr::unchecked(self.attribute(action, "_contract_address")?))
    }

    /// What the chain says of an action.
    fn attribute(&mut self, action: Action, key: &str) -> anyhow::Result<String> {
        let owner = self.owner.clone();
        let included = self.act(&owner, &[action])?;
        let mut said = included.events.into_iter().flat_map(|event| event.attributes);
        let found = said.find(|attribute| attribute.key == key);
        Ok(found.with_context(|| format!("the chain says no {key}"))?.value)
    }
}
