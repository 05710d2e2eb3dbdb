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
use busbar_chain::grpc::{Action, Grpc};
use busbar_chain::{BroadcastError, Chain, ChainError, ChainQuerier, Included, Message};
use busbar_testing::Meter;
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::{Addr, Binary, Uint128, coins};
use serde::Serialize;

use crate::client::Client;

/// Homes of the region, half of them sellers: two pages.
pub const HOMES: u32 = 100;
/// Homes that are enrolled in one transaction: all of one owner.
const AT_ONCE: usize = 25;
/// Number of the manufacturer of all meters.
pub const MANUFACTURER: u32 = 58_000;

/// A region on a real chain and its meters.
pub struct Site {
    pub grid: Addr,
    pub region: Region,
    pub params: Params,
    pub at: Contracts,
    pub meters: Vec<Meter>,
    /// Buses that homes stand at, the utility's not among them.
    pub buses: u32,
}

/// A real chain, who acts on it, and the region that is measured.
pub struct Bench {
    pub chain: Grpc,
    pub owner: Addr,
    pub utility: Addr,
    /// Seller and buyer.
    pub traders: [Addr; 2],
    pub site: Site,
}

impl Bench {
    /// Reads the region, enrols the homes and pays deposits in.
    pub fn found(client: Client, parties: Vec<Addr>) -> anyhow::Result<Self> {
        let Client { chain, account, grid } = client;
        let [utility, seller, buyer] = <[Addr; 3]>::try_from(parties)
            .map_err(|given| anyhow::anyhow!("--parties names {} keys, must name 3", given.len()))?;
        let mut bench = Self {
            site: Site::read(&chain, grid, 1)?,
            chain,
            owner: account,
            utility,
            traders: [seller, buyer],
        };
        ensure!(
            bench.site.region.utility == bench.utility,
            "the region's utility is {}, --parties begins with {}",
            bench.site.region.utility,
            bench.utility
        );
        bench.settle_in()?;
        Ok(bench)
    }

    /// Enrols the homes of the region and pays deposits in.
    pub fn settle_in(&mut self) -> anyhow::Result<()> {
        self.enrol(Curve::Secp256r1, HOMES)?;
        let amount = 1_000_000_000;
        let [seller, buyer] = self.traders.clone();
        for account in [self.utility.clone(), seller, buyer] {
            let deposit = self.message(&self.site.at.market, &market::ExecuteMsg::Deposit {})?;
            self.call(
                &account,
                vec![deposit.with_funds(coins(amount, &self.site.region.denom))],
            )?;
        }
        Ok(())
    }

    /// Whose home it is: sellers first.
    pub fn owner_of(&self, home: u32) -> &Addr {
        &self.traders[usize::from(home >= HOMES / 2)]
    }

    /// Where a home stands: the homes are spread over the buses.
    fn bus_of(&self, home: u32) -> anyhow::Result<u16> {
        let place = home % HOMES * self.site.buses / HOMES;
        Ok(REGION_BUS + u16::try_from(place)?)
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

    /// Sends a transaction of anything, waits for its block, and returns what became of it.
    pub fn act(&mut self, account: &Addr, actions: &[Action]) -> anyhow::Result<Included> {
        let tx = self.chain.sign_actions(account, actions)?;
        let included = self.chain.wait(&tx)?;
        match included.failure() {
            Some(failure) => Err(failure.into()),
            None => Ok(included),
        }
    }

    /// Gas of a call for which no fee is paid; none where the node asks for one.
    pub fn call_without_fee(&mut self, account: &Addr, message: Message) -> anyhow::Result<Option<u64>> {
        let action = [Action::Execute(message)];
        let mut estimate = self.chain.estimate(account, &action, "")?;
        estimate.fee.amount = Uint128::zero();
        let tx = self.chain.sign_estimated(account, &action, "", &estimate)?;
        match self.chain.wait(&tx) {
            Ok(included) => match included.failure() {
                Some(failure) => Err(failure.into()),
                None => Ok(self.chain.gas_used(&tx.hash)?),
            },
            Err(ChainError::NotTaken { error }) if matches!(*error, BroadcastError::InsufficientFee { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gas of a call that the contract refuses.
    pub fn refused(&mut self, account: &Addr, message: Message, like: Message) -> anyhow::Result<u64> {
        // Simulation would refuse it: gas and fee are those of another call.
        let estimate = self.chain.estimate(account, &[Action::Execute(like)], "")?;
        let tx = self
            .chain
            .sign_estimated(account, &[Action::Execute(message)], "", &estimate)?;
        ensure!(self.chain.wait(&tx)?.failure().is_some(), "the call was not refused");
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
        Ok(self.site.region.current_interval(now)?)
    }

    /// Waits until a block has this time.
    pub fn reach(&self, at_s: u64) -> anyhow::Result<()> {
        while self.now_s()? < at_s {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        Ok(())
    }

    /// Admits the manufacturer of all meters.
    pub fn admit(&mut self) -> anyhow::Result<SigningKey> {
        let maker = maker()?;
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Bench meters".to_owned(),
            key: maker.public_key().into(),
        };
        let (owner, registry) = (self.owner.clone(), self.site.at.registry.clone());
        let admit = self.message(&registry, &admit)?;
        self.call(&owner, vec![admit])?;
        Ok(maker)
    }

    /// Enrols as many homes more, whose keys are of a curve.
    pub fn enrol(&mut self, curve: Curve, homes: u32) -> anyhow::Result<()> {
        let domain = Domain::new(&self.site.region.domain)?.id();
        let known = registry::raw::count(&ChainQuerier::new(&self.chain).wrap(), &self.site.at.registry)?;
        ensure!(
            usize::try_from(known)? == self.site.meters.len(),
            "the region has {known} devices: deploy one of its own"
        );
        let (owner, registry) = (self.owner.clone(), self.site.at.registry.clone());
        let maker = match known {
            0 => self.admit()?,
            _ => maker()?,
        };
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
                    bus: self.bus_of(number)?,
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
                        bus: enrolment.bus,
                        behind: None,
                    },
                )?);
                confirmed.push(self.message(
                    &registry,
                    &registry::ExecuteMsg::Confirm {
                        number,
                        bus: enrolment.bus,
                        usable_import: Watt::new(4_000),
                        usable_export: Watt::new(4_000),
                    },
                )?);
                self.site.meters.push(Meter::new(number, domain, key));
            }
            self.call(&account, theirs)?;
            self.call(&owner, confirmed)?;
        }
        Ok(())
    }
}

/// The manufacturer's key.
fn maker() -> anyhow::Result<SigningKey> {
    Ok(SigningKey::generate(Curve::Secp256r1, b"bench gas manufacturer")?)
}

impl Site {
    /// What the chain says of a region with so many buses for homes.
    pub fn read(chain: &Grpc, grid: Addr, buses: u32) -> anyhow::Result<Self> {
        let rules = grid::raw::rules(&ChainQuerier::new(chain).wrap(), &grid)?;
        let now = cosmwasm_std::Timestamp::from_seconds(chain.now()?.unix_s);
        let params = rules.params(rules.region.current_interval(now)?)?.clone();
        Ok(Self {
            grid,
            at: rules.contracts()?.clone(),
            region: rules.region,
            params,
            meters: vec![],
            buses,
        })
    }
}
