//! The region that gas is measured in: its homes, and calls whose gas is kept.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "sizes are constants of this file, and a benchmark may stop"
)]
use anyhow::{Context, ensure};
use busbar_api::grid::{self, Contracts, Params, REGION_BUS, Region};
use busbar_api::{market, registry};
use busbar_attestation::{Curve, DeviceKind, Domain, Endorsement, Enrolment, SigningKey};
use busbar_chain::grpc::Grpc;
use busbar_chain::{Chain, ChainQuerier, Message};
use busbar_testing::Meter;
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::{Addr, Binary, coins};
use serde::Serialize;

use crate::client::Client;

/// Homes of the region, half of them sellers: two pages.
pub const HOMES: u32 = 100;
/// Homes that are enrolled in one transaction: all of one owner.
const AT_ONCE: usize = 25;
const MANUFACTURER: u32 = 58_000;

/// A region on a real chain.
pub struct Bench {
    pub chain: Grpc,
    pub owner: Addr,
    pub utility: Addr,
    /// Seller and buyer.
    pub traders: [Addr; 2],
    pub region: Region,
    pub params: Params,
    pub at: Contracts,
    pub meters: Vec<Meter>,
}

impl Bench {
    /// Reads the region, enrols the homes and pays deposits in.
    pub fn found(client: Client, parties: Vec<Addr>) -> anyhow::Result<Self> {
        let Client { chain, account, grid } = client;
        let [utility, seller, buyer] = <[Addr; 3]>::try_from(parties)
            .map_err(|given| anyhow::anyhow!("--parties names {} keys, must name 3", given.len()))?;
        let (region, at, params) = {
            let querier = ChainQuerier::new(&chain);
            let q = querier.wrap();
            let region = grid::raw::region(&q, &grid)?;
            let now = region.current_interval(cosmwasm_std::Timestamp::from_seconds(chain.now()?.unix_s))?;
            (
                region,
                grid::raw::contracts(&q, &grid)?,
                grid::raw::params_at(&q, &grid, now)?,
            )
        };
        ensure!(
            region.utility == utility,
            "the region's utility is {}, --parties begins with {utility}",
            region.utility
        );
        let mut bench = Self {
            chain,
            owner: account,
            utility,
            traders: [seller, buyer],
            region,
            params,
            at,
            meters: vec![],
        };
        bench.enrol(Curve::Secp256r1, HOMES)?;
        let amount = 1_000_000_000;
        for account in [
            bench.utility.clone(),
            bench.traders[0].clone(),
            bench.traders[1].clone(),
        ] {
            let deposit = bench.message(&bench.at.market, &market::ExecuteMsg::Deposit {})?;
            bench.call(&account, vec![deposit.with_funds(coins(amount, &bench.region.denom))])?;
        }
        Ok(bench)
    }

    /// Whose home it is: sellers first.
    pub fn owner_of(&self, home: u32) -> &Addr {
        &self.traders[usize::from(home >= HOMES / 2)]
    }

    /// A message to a contract.
    pub fn message(&self, contract: &Addr, msg: &impl Serialize) -> anyhow::Result<Message> {
        Ok(Message::new(contract.clone(), msg)?)
    }

    /// Sends a transaction, waits for its block, and returns its gas.
    pub fn call(&mut self, account: &Addr, messages: Vec<Message>) -> anyhow::Result<u64> {
        let tx = self.chain.sign(account, &messages)?;
        let included = self.chain.wait(&tx)?;
        if let Some(failure) = included.failure() {
            return Err(failure.into());
        }
        self.chain
            .gas_used(&tx.hash)?
            .context("the node has no index of transactions")
    }

    /// Unix seconds of the last block.
    pub fn now_s(&self) -> anyhow::Result<u64> {
        Ok(self.chain.now()?.unix_s)
    }

    /// The interval in delivery.
    pub fn current(&self) -> anyhow::Result<Interval> {
        let now = cosmwasm_std::Timestamp::from_seconds(self.now_s()?);
        Ok(self.region.current_interval(now)?)
    }

    /// Waits until a block has this time.
    pub fn reach(&self, at_s: u64) -> anyhow::Result<()> {
        while self.now_s()? < at_s {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        Ok(())
    }

    /// Enrols as many homes more, whose keys are of a curve.
    pub fn enrol(&mut self, curve: Curve, homes: u32) -> anyhow::Result<()> {
        let domain = Domain::new(&self.region.domain)?.id();
        let known = registry::raw::count(&ChainQuerier::new(&self.chain).wrap(), &self.at.registry)?;
        ensure!(
            usize::try_from(known)? == self.meters.len(),
            "the region has {known} devices: deploy one of its own"
        );
        let maker = SigningKey::generate(Curve::Secp256r1, b"bench gas manufacturer")?;
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Bench meters".to_owned(),
            key: maker.public_key().into(),
        };
        let (owner, registry) = (self.owner.clone(), self.at.registry.clone());
        if known == 0 {
            let admit = self.message(&registry, &admit)?;
            self.call(&owner, vec![admit])?;
        }
        let numbers: Vec<u32> = (known..known + homes).collect();
        for some in numbers.chunks(AT_ONCE) {
            let account = self.owner_of(some[0]).clone();
            let (mut theirs, mut confirmed) = (vec![], vec![]);
            for number in some.iter().copied() {
                let key = SigningKey::generate(curve, format!("bench gas home {number}").as_bytes())?;
                let endorsement = Endorsement {
                    manufacturer: MANUFACTURER,
                    serial: format!("HOME-{number:05}"),
                    kind: DeviceKind::Connection,
                    key: key.public_key(),
                    rated_import: Watt::new(4_000),
                    rated_export: Watt::new(4_000),
                    usable: Wh::ZERO,
                    efficiency: Ppm::ZERO,
                    register_modulus: Wh::new(1_000_000_000),
                };
                let enrolment = Enrolment {
                    domain,
                    number,
                    owner: account.to_string(),
                    bus: REGION_BUS,
                    behind: None,
                };
                theirs.push(self.message(&registry, &registry::ExecuteMsg::Reserve {})?);
                theirs.push(self.message(
                    &registry,
                    &registry::ExecuteMsg::Enrol {
                        number,
                        manufacturer_signature: Binary::from(maker.sign(&endorsement.message()?)),
                        device_signature: Binary::from(key.sign(&enrolment.message()?)),
                        endorsement: (&endorsement).into(),
                        bus: REGION_BUS,
                        behind: None,
                    },
                )?);
                confirmed.push(self.message(
                    &registry,
                    &registry::ExecuteMsg::Confirm {
                        number,
                        bus: REGION_BUS,
                        usable_import: Watt::new(4_000),
                        usable_export: Watt::new(4_000),
                    },
                )?);
                self.meters.push(Meter::new(number, domain, key));
            }
            self.call(&account, theirs)?;
            self.call(&owner, confirmed)?;
        }
        Ok(())
    }
}
