//! The demo's region: contracts, accounts, devices.

mod enrol;
mod params;

use enrol::Plate;
use params::rating;
pub use params::{community_battery, fees};

use busbar_api::grid::{self, Params};
use busbar_api::market;
use busbar_attestation::{DeviceKind, Domain, DomainId, PublicKey};
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::{Interval, Money, Ppm, UnitsError, Wh};
use cosmwasm_std::{Addr, coins};
use rand::Rng;

use crate::demo::ask::pay;
use crate::demo::error::RunError;
use crate::demo::feeder::Feeder;
use crate::demo::input::{Homes, HourTariff};
use crate::demo::meters::Meter;
use crate::demo::venue::{Accounts, Contracts, Founding, Ground, Venue};

/// Seconds whose energy an interval carries: the homes' data are hourly.
pub const ENERGY_S: u64 = 3_600;

const REGION_BUS: u16 = grid::REGION_BUS;

/// The founded region.
pub struct Region {
    /// The chain that it lives on.
    pub venue: Box<dyn Venue>,
    /// Its contracts.
    pub at: Contracts,
    /// Its accounts.
    pub accounts: Accounts,
    /// What records are signed for.
    pub domain: DomainId,
    /// Seconds of the chain's clock per interval.
    pub interval_s: u64,
    /// First interval whose energy counts: before it devices give their baseline.
    pub first: Interval,
    /// Whether the chain outlives this process.
    pub real: bool,
    /// The battery's meter.
    pub battery: Meter,
    /// Number of the battery's device; the homes' are the numbers below it.
    pub battery_device: u32,
    /// Coin that each home deposited.
    pub deposits: Vec<Money>,
    /// Public keys by device number.
    pub keys: Vec<PublicKey>,
    /// Parameters, the same in every interval.
    pub params: Params,
    /// Where the devices stand; all at one bus when absent.
    pub feeder: Option<Feeder>,
}

impl Region {
    /// Founds the region where `found` says and enrols every device; the answer holds the homes' meters beside it.
    pub fn found(
        homes: &Homes,
        tariffs: &[HourTariff],
        feeder: Option<Feeder>,
        seed: u64,
        random: &mut impl Rng,
        found: impl FnOnce(Founding) -> Result<Ground, RunError>,
    ) -> Result<(Self, Vec<Meter>), RunError> {
        let battery_device = u32::try_from(homes.homes.len()).unwrap_or(u32::MAX);
        let ground = found(Founding {
            homes: homes.homes.iter().map(|home| home.name.clone()).collect(),
            hours: homes.hours,
            params: params::params(homes, tariffs, battery_device, feeder.is_some())?,
            network: feeder.as_ref().map(|feeder| feeder.network.clone()),
        })?;
        let domain = Domain::new(&ground.domain)?.id();
        let mut region = Self {
            battery: Meter::new(battery_device, &format!("{seed}/battery"), domain, [Wh::ZERO; 2])?,
            venue: ground.venue,
            at: ground.at,
            accounts: ground.accounts,
            domain,
            interval_s: ground.interval_s,
            first: Interval::ZERO,
            real: ground.real,
            battery_device,
            deposits: Vec::new(),
            keys: Vec::new(),
            params: ground.params,
            feeder,
        };
        let amounts = region.amounts(homes)?;
        let fees = (region.accounts.relayer.clone(), Money::ZERO);
        region.venue.fund(&[&amounts[..], &[fees]].concat())?;

        let mut meters = Vec::with_capacity(homes.homes.len());
        let mut plates = Vec::with_capacity(homes.homes.len().saturating_add(1));
        for (number, home) in (0u32..).zip(&homes.homes) {
            // A meter on the wall has counted for years.
            let registers = [(); 2].map(|()| Wh::new(random.gen_range(0..100_000_000)));
            let meter = Meter::new(number, &format!("{seed}/{}", home.name), domain, registers)?;
            let owner = region.accounts.homes.get(meters.len()).cloned();
            let (import, export) = rating(homes, meters.len());
            plates.push(Plate {
                owner: owner.ok_or(RunError::Missing {
                    what: "a home's account",
                })?,
                key: meter.key().clone(),
                kind: DeviceKind::Connection,
                serial: home.name.clone(),
                bus: region.bus(meters.len()),
                import,
                export,
                usable: Wh::ZERO,
                efficiency: Ppm::ZERO,
            });
            meters.push(meter);
        }
        let (power, usable) = (homes.battery.power, homes.battery.capacity);
        plates.push(Plate {
            owner: region.accounts.battery.clone(),
            key: region.battery.key().clone(),
            kind: DeviceKind::Storage,
            serial: "Battery".to_owned(),
            bus: region.feeder.as_ref().map_or(REGION_BUS, |feeder| feeder.battery),
            import: power,
            export: power,
            usable,
            efficiency: homes.battery.efficiency,
        });
        region.venue.tell(&format_args!("enrolling {} devices", plates.len()));
        region.reserve(&plates)?;
        region.enrol(&plates, seed)?;
        region
            .venue
            .tell(&format_args!("depositing the coin of {} accounts", amounts.len()));
        region.deposit(&amounts)?;
        region.deposits = amounts
            .into_iter()
            .take(homes.homes.len())
            .map(|(_, coin)| coin)
            .collect();
        region.confirm(&plates)?;
        let start_s = region.first.start_s(region.interval_s)?;
        let wait = start_s.saturating_sub(region.chain().now()?.unix_s);
        let first = region.first;
        region
            .venue
            .tell(&format_args!("the first hour is {first}, which begins in {wait} s"));
        Ok((region, meters))
    }

    /// The chain, for questions.
    pub fn chain(&self) -> &dyn Chain {
        self.venue.chain()
    }

    /// The chain as readers of raw state take it.
    pub fn querier(&self) -> ChainQuerier<'_> {
        ChainQuerier::new(self.chain())
    }

    /// The interval of an hour of the run.
    pub fn interval_of(&self, hour: usize) -> Result<Interval, UnitsError> {
        self.first.plus(u64::try_from(hour).unwrap_or(u64::MAX))
    }

    /// Bus of a home.
    fn bus(&self, home: usize) -> u16 {
        let placed = self.feeder.as_ref().and_then(|feeder| feeder.homes.get(home));
        placed.copied().unwrap_or(REGION_BUS)
    }

    /// What each account deposits, homes first: what the dearest run could cost, margin and locks on top.
    fn amounts(&self, homes: &Homes) -> Result<Vec<(Addr, Money)>, UnitsError> {
        let dearest = self.params.imbalance_max;
        let cost = |energy: Wh| -> Result<Money, UnitsError> { Ok(dearest.charge(energy.drawn()?)?.positive()) };
        let mut parties = Vec::new();
        let mut fed = Wh::ZERO;
        for (position, (home, owner)) in homes.homes.iter().zip(&self.accounts.homes).enumerate() {
            let (import, export) = rating(homes, position);
            let outstanding = u64::from(self.params.confirmation_window).saturating_add(8);
            let rated = Wh::sum([import.over_seconds(ENERGY_S)?, export.over_seconds(ENERGY_S)?])?;
            let amount = cost(Wh::sum(home.load.iter().copied())?)?.add(cost(rated)?.times(outstanding)?)?;
            parties.push((owner.clone(), amount));
            fed = fed.add(Wh::sum(home.generation.iter().copied())?)?;
        }
        let bank = self.params.bank.as_ref().map_or(Money::ZERO, |bank| bank.bond);
        let rated = homes.battery.power.over_seconds(ENERGY_S)?;
        parties.push((
            self.accounts.battery.clone(),
            bank.times(2)?.add(cost(rated)?.times(16)?)?,
        ));
        parties.push((
            self.accounts.utility.clone(),
            cost(fed)?.add(WHOLE_COIN.times(1_000_000)?)?,
        ));
        for (_, amount) in &mut parties {
            // Whole coins, and some of them for fees.
            let whole = amount.get().div_ceil(WHOLE_COIN.get()).saturating_add(100);
            *amount = Money::new(WHOLE_COIN.get().saturating_mul(whole));
        }
        Ok(parties)
    }

    /// One after the other: accounts are numbered in the order of their first deposits.
    fn deposit(&mut self, amounts: &[(Addr, Money)]) -> Result<(), RunError> {
        let region = grid::raw::region(&self.querier().wrap(), &self.at.grid)?;
        for (owner, amount) in amounts {
            let deposit = market::ExecuteMsg::Deposit {};
            pay(
                &mut *self.venue,
                "deposit",
                owner,
                &self.at.market,
                &deposit,
                coins(amount.get(), &region.denom),
            )?;
        }
        Ok(())
    }
}

/// A coin in millionths.
const WHOLE_COIN: Money = Money::new(1_000_000);
