//! The steps of a deployment. Each is looked for on the chain first, then signed, recorded, sent and waited for.
use std::path::Path;

use busbar_chain::grpc::{Action, Grpc};
use busbar_chain::{Chain, ChainError, Edge, SignedTx};

use super::artifacts::{Artifacts, Part};
use super::error::DeployError;
use super::plan::{Plan, Planned};
use super::record::{Pending, Record, RecordedCode};

/// Hundreds of the newest codes among which an upload that the record does not know is looked for.
const CODE_PAGES: u64 = 10;

/// A deployment under way.
pub struct Deployer<'a> {
    pub chain: Grpc,
    pub record: &'a mut Record,
    pub record_file: &'a Path,
    pub artifacts: &'a Artifacts,
    pub plan: &'a Plan,
}

impl Deployer<'_> {
    /// Takes every step that the chain does not have yet.
    pub fn run(&mut self) -> Result<(), DeployError> {
        self.record.ensure_follows(self.record_file, self.plan)?;
        self.record.deployer = Some(self.plan.deployer.to_string());
        let plan = self.plan;
        for (part, planned) in &plan.parts {
            self.store(*part, planned)?;
        }
        for (part, planned) in &plan.parts {
            self.found(*part, planned)?;
        }
        self.record.pending = None;
        self.save()
    }

    fn store(&mut self, part: Part, planned: &Planned) -> Result<(), DeployError> {
        let step = format!("store {}", part.name());
        if let Some(recorded) = self.record.codes.get(part.name()) {
            let code_id = recorded.code_id;
            let found = self.chain.code(code_id)?;
            if found.is_none_or(|code| code.checksum != planned.checksum) {
                return Err(DeployError::Forgotten {
                    part: part.name(),
                    record: self.record_file.to_owned(),
                    code_id,
                });
            }
            return self.done(&step);
        }
        loop {
            if let Some(code) = self.chain.find_code(&planned.checksum, CODE_PAGES)? {
                let recorded = RecordedCode {
                    code_id: code.id,
                    checksum: planned.checksum.to_hex(),
                };
                self.record.codes.insert(part.name().to_owned(), recorded);
                return self.done(&step);
            }
            let wasm = self.artifacts.wasm(part).to_vec();
            self.take(&step, Action::Store { wasm })?;
        }
    }

    fn found(&mut self, part: Part, planned: &Planned) -> Result<(), DeployError> {
        let step = format!("found {}", part.name());
        let code = self.record.codes.get(part.name());
        let code_id = code.ok_or(DeployError::Unrecorded { part: part.name() })?.code_id;
        loop {
            if let Some(info) = self.chain.contract(&planned.address)? {
                if info.code_id != code_id || info.admin.as_ref() != Some(&self.plan.owner) {
                    return Err(DeployError::Taken {
                        part: part.name(),
                        address: planned.address.to_string(),
                        code_id: info.code_id,
                        admin: info.admin.map(Into::into),
                    });
                }
                self.record
                    .contracts
                    .insert(part.name().to_owned(), planned.address.to_string());
                return self.done(&step);
            }
            let admin = Some(self.plan.owner.clone());
            self.take(
                &step,
                Action::Instantiate {
                    admin,
                    code_id,
                    label: planned.label.clone(),
                    msg: planned.msg.clone(),
                    salt: planned.salt.clone(),
                },
            )?;
        }
    }

    /// Sends a step's transaction and waits for it: the one on record until its timeout height has passed, else one
    /// that is signed here.
    fn take(&mut self, step: &str, action: Action) -> Result<(), DeployError> {
        let failed = |error: ChainError| DeployError::Step {
            step: step.to_owned(),
            error,
        };
        let tx = match self.record.pending.as_ref().filter(|pending| pending.step == step) {
            Some(pending) => pending.tx(),
            None => {
                let signed = self.chain.sign_actions(&self.plan.deployer, &[action]);
                let signed: SignedTx = signed.map_err(failed)?;
                self.record.pending = Some(Pending::new(step, &signed));
                Edge::DeploySigned.reached();
                self.save()?;
                Edge::DeployRecorded.reached();
                signed
            }
        };
        let waited = self.chain.wait(&tx);
        match waited {
            Err(ChainError::TimedOut { .. }) => eprintln!("{step}: in no block in time, signing again"),
            Err(ChainError::Overtaken { .. }) => eprintln!("{step}: its sequence was used elsewhere, signing again"),
            Err(error) => return Err(failed(error)),
            Ok(included) => {
                Edge::DeployAnswered.reached();
                self.record.pending = None;
                self.save()?;
                if let Some(failure) = included.failure() {
                    return Err(DeployError::Failed {
                        step: step.to_owned(),
                        failure,
                    });
                }
                let gas = self.chain.gas_used(&tx.hash)?.unwrap_or_default();
                eprintln!("{step:20} height {:8}  gas {gas:9}", included.height);
            }
        }
        self.record.pending = None;
        self.save()
    }

    /// What is on the chain needs no transaction any more.
    fn done(&mut self, step: &str) -> Result<(), DeployError> {
        if self.record.pending.as_ref().is_some_and(|pending| pending.step == step) {
            self.record.pending = None;
        }
        Edge::DeployFound.reached();
        self.save()
    }

    fn save(&self) -> Result<(), DeployError> {
        self.record.save(self.record_file)
    }
}
