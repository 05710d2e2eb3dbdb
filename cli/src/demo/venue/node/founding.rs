//! From a chain to a region of its own: accounts, clock, contracts.

use busbar_chain::grpc::{Grpc, Key};
use busbar_chain::{Chain, ChainError};
use cosmwasm_std::{Addr, Checksum};

use super::patient::Patient;
use super::{Node, NodeError, Prepared, clock};
use crate::demo::error::RunError;
use crate::demo::region::ENERGY_S;
use crate::demo::venue::{Accounts, Contracts, Founding, Ground};
use crate::deploy::{ChainFile, DeployError, Deployer, Part, Plan, Record, directory};

impl Prepared {
    /// Founds the contracts.
    pub fn found(self, founding: Founding) -> Result<Ground, RunError> {
        let Self {
            mut file,
            mnemonic,
            deployer,
            artifacts,
            ..
        } = self;
        let prefix = file.chain.bech32_prefix.clone();
        let chain = Grpc::connect(file.chain.clone(), None).map_err(down)?;
        let block = clock::block_time(&chain)?;
        let interval_s = self.interval_s.unwrap_or_else(|| clock::interval_s(block));
        let region = match self.region {
            Some(region) => region,
            None => format!("test-demo-{}", chain.now()?.unix_s),
        };

        let owner = deployer.address(&prefix);
        let mut keys = vec![deployer];
        for number in 0..founding.homes.len().saturating_add(3) {
            keys.push(derived(&mnemonic, &region, number)?);
        }
        let mut others = keys.iter().skip(1).map(|key| key.address(&prefix));
        let mut next = || others.next().unwrap_or_else(|| Addr::unchecked(""));
        let accounts = Accounts {
            operator: owner.clone(),
            relayer: next(),
            utility: next(),
            battery: next(),
            homes: founding.homes.iter().map(|_| next()).collect(),
        };
        let params = clock::compressed(founding.params, interval_s);

        file.region.domain.clone_from(&region);
        file.region.interval_s = interval_s;
        file.region.energy_interval_s = Some(ENERGY_S);
        file.region.owner = None;
        file.region.operator = owner.to_string();
        file.region.utility = accounts.utility.to_string();
        file.region.issuer = "Demo certificates".to_owned();
        file.region.token.name = "Demo energy".to_owned();
        file.region.token.symbol = "KWH".to_owned();
        file.region.params = params.clone();
        file.network = founding.network;

        let plan = Plan::new(&file, &artifacts, &owner)?;
        let chain = Grpc::connect(file.chain.clone(), keys).map_err(down)?;
        if chain.contract(&plan.address(Part::Grid))?.is_some() {
            return Err(NodeError::Exists {
                chain_id: file.chain.chain_id,
                region,
            }
            .into());
        }
        let chain_id = &file.chain.chain_id;
        eprintln!(
            "founding region {region} on {chain_id}: blocks of {} ms, intervals of {interval_s} s for an hour of energy",
            block.as_millis()
        );
        let folder = self.deployments.join(&region);
        // Not by `with_extension`, which would cut a chain id at its last dot.
        let place = folder.join(format!("{chain_id}.json"));
        let chain = deploy(chain, &file, &place, &artifacts, &plan)?;
        directory::write(&folder.join(chain_id), &file, &plan)?;
        eprintln!(
            "look at it with: busbar price --last 20 --deployment {}",
            place.display()
        );
        let at = |part| plan.address(part);
        Ok(Ground {
            venue: Box::new(Node {
                chain: Patient(chain),
                owner,
                relayer: accounts.relayer.clone(),
                denom: file.region.denom.clone(),
                hours: u64::try_from(founding.hours).unwrap_or(u64::MAX),
            }),
            at: Contracts {
                grid: at(Part::Grid),
                registry: at(Part::Registry),
                oracle: at(Part::Oracle),
                market: at(Part::Market),
                energy_token: at(Part::EnergyToken),
                certificates: at(Part::Certificates),
            },
            accounts,
            domain: region,
            interval_s,
            params,
            real: true,
        })
    }
}

fn deploy(
    chain: Grpc,
    file: &ChainFile,
    place: &std::path::Path,
    artifacts: &crate::deploy::Artifacts,
    plan: &Plan,
) -> Result<Grpc, DeployError> {
    let mut record = Record::open(place, file)?;
    let mut deployer = Deployer {
        chain,
        record: &mut record,
        record_file: place,
        artifacts,
        plan,
    };
    deployer.run()?;
    Ok(deployer.chain)
}

/// The key of an account of a region: m/44'/118'/N'/0/number, where N is made of the region's name, so that no two runs
/// share an account.
fn derived(mnemonic: &str, region: &str, number: usize) -> Result<Key, RunError> {
    let hash = Checksum::generate(region.as_bytes());
    let head = hash.as_slice().iter().take(4);
    let run = head.fold(0u32, |sum, byte| sum.wrapping_shl(8) | u32::from(*byte)) & 0x7fff_ffff;
    let path = format!("m/44'/118'/{run}'/0/{number}");
    Ok(Key::parse(mnemonic, &path).map_err(NodeError::from)?)
}

fn down(error: ChainError) -> RunError {
    match error {
        error @ ChainError::Unreachable { .. } => NodeError::Down { error }.into(),
        error => error.into(),
    }
}
