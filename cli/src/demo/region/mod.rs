//! The demo's region: contracts, accounts, devices.

mod deploy;
mod params;

use params::rating;
pub use params::{community_battery, fees};

use busbar_api::grid::{self, Params};
use busbar_api::market;
use busbar_api::registry::{self, Reserved};
use busbar_attestation::{Curve, DeviceKind, Domain, DomainId, Endorsement, Enrolment, PublicKey, SigningKey};
use busbar_chain::{Embedded, EmbeddedConfig};
use busbar_units::{Interval, Money, Ppm, UnitsError, Watt, Wh};
use cosmwasm_std::{Addr, Binary, coins, from_json};
use rand::Rng;

use crate::demo::ask::{call, pay};
use crate::demo::error::RunError;
use crate::demo::feeder::Feeder;
use crate::demo::input::{Homes, HourTariff};
use crate::demo::meters::{Meter, REGISTER_MODULUS};

/// Seconds per interval: the homes' data are hourly.
pub const INTERVAL_S: u64 = 3_600;

/// The interval in which the region is founded: 1 January 2026, 0:00 UTC. Any would do.
const FOUNDED: Interval = Interval::new(490_896);

/// First interval whose energy counts: devices confirmed in one interval give their baseline in the next.
pub const FIRST: Interval = Interval::new(490_898);

const DOMAIN: &str = "busbar-demo";
const DENOM: &str = "ucoin";
const MANUFACTURER: u32 = 58_000;
const REGION_BUS: u16 = grid::REGION_BUS;

/// The founded region.
pub struct Region {
    /// The chain that it lives on.
    pub chain: Embedded,
    /// Its contracts.
    pub at: Contracts,
    /// Its accounts.
    pub accounts: Accounts,
    /// What records are signed for.
    pub domain: DomainId,
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

/// Addresses of the contracts.
pub struct Contracts {
    /// Parameters and tariffs.
    pub grid: Addr,
    /// Devices.
    pub registry: Addr,
    /// Readings.
    pub oracle: Addr,
    /// Orders and money.
    pub market: Addr,
    /// The CW20.
    pub energy_token: Addr,
    /// Granular certificates.
    pub certificates: Addr,
}

/// Accounts by role.
pub struct Accounts {
    /// Governs the region, confirms devices.
    pub operator: Addr,
    /// Counterparty of last resort.
    pub utility: Addr,
    /// Owns the battery.
    pub battery: Addr,
    /// Relays readings and pokes clearing and settlement: trusted with nothing.
    pub relayer: Addr,
    /// One per home.
    pub homes: Vec<Addr>,
}

impl Region {
    /// Founds the region and enrols every device; the answer holds the homes' meters beside it.
    pub fn found(
        homes: &Homes,
        tariffs: &[HourTariff],
        feeder: Option<Feeder>,
        seed: u64,
        random: &mut impl Rng,
    ) -> Result<(Self, Vec<Meter>), RunError> {
        let domain = Domain::new(DOMAIN)?.id();
        let mut chain = Embedded::new(EmbeddedConfig::at(FOUNDED.start_s(INTERVAL_S)?));
        let accounts = accounts(&chain, homes);
        let battery_device = u32::try_from(homes.homes.len()).unwrap_or(u32::MAX);
        let params = params::params(homes, tariffs, battery_device, feeder.is_some())?;
        let at = {
            let network = feeder.as_ref().map(|feeder| feeder.network.clone());
            deploy::deploy(&mut chain, &accounts, params.clone(), network)?
        };
        let mut region = Self {
            battery: Meter::new(battery_device, &format!("{seed}/battery"), domain, [Wh::ZERO; 2])?,
            chain,
            at,
            accounts,
            domain,
            battery_device,
            deposits: Vec::new(),
            keys: Vec::new(),
            params,
            feeder,
        };
        let maker = SigningKey::generate(Curve::Secp256r1, format!("{seed}/manufacturer").as_bytes())?;
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Demo Meters".to_owned(),
            key: maker.public_key().into(),
        };
        call(
            &mut region.chain,
            "admit",
            &region.accounts.operator,
            &region.at.registry,
            &admit,
        )?;

        let mut meters = Vec::with_capacity(homes.homes.len());
        for (number, home) in (0u32..).zip(&homes.homes) {
            // A meter on the wall has counted for years.
            let registers = [(); 2].map(|()| Wh::new(random.gen_range(0..100_000_000)));
            let meter = Meter::new(number, &format!("{seed}/{}", home.name), domain, registers)?;
            let owner = region.accounts.homes.get(meters.len()).cloned();
            let owner = owner.ok_or(RunError::Missing {
                what: "a home's account",
            })?;
            let (import, export) = rating(home);
            let plate = Plate {
                kind: DeviceKind::Connection,
                serial: home.name.clone(),
                bus: region.bus(meters.len()),
                import,
                export,
                usable: Wh::ZERO,
                efficiency: Ppm::ZERO,
            };
            region.enrol(&maker, meter.key(), number, &owner, plate)?;
            meters.push(meter);
        }
        let (power, usable) = (homes.battery.power, homes.battery.capacity);
        let plate = Plate {
            kind: DeviceKind::Storage,
            serial: "Battery".to_owned(),
            bus: region.feeder.as_ref().map_or(REGION_BUS, |feeder| feeder.battery),
            import: power,
            export: power,
            usable,
            efficiency: homes.battery.efficiency,
        };
        let owner = region.accounts.battery.clone();
        let key = region.battery.key().clone();
        region.enrol(&maker, &key, battery_device, &owner, plate)?;
        region.deposit(homes)?;
        Ok((region, meters))
    }

    /// Bus of a home.
    fn bus(&self, home: usize) -> u16 {
        let placed = self.feeder.as_ref().and_then(|feeder| feeder.homes.get(home));
        placed.copied().unwrap_or(REGION_BUS)
    }

    fn enrol(
        &mut self,
        maker: &SigningKey,
        key: &SigningKey,
        number: u32,
        owner: &Addr,
        plate: Plate,
    ) -> Result<(), RunError> {
        let registry = self.at.registry.clone();
        let reserved = call(
            &mut self.chain,
            "reserve",
            owner,
            &registry,
            &registry::ExecuteMsg::Reserve {},
        )?;
        let reserved: Reserved = from_json(reserved.data.ok_or(RunError::Missing {
            what: "the reserved number",
        })?)?;
        if reserved.number != number {
            return Err(RunError::Missing {
                what: "the next device number",
            });
        }
        let endorsement = Endorsement {
            manufacturer: MANUFACTURER,
            serial: plate.serial,
            kind: plate.kind,
            key: key.public_key(),
            rated_import: plate.import,
            rated_export: plate.export,
            usable: plate.usable,
            efficiency: plate.efficiency,
            register_modulus: REGISTER_MODULUS,
        };
        let enrolment = Enrolment {
            domain: self.domain,
            number,
            owner: owner.to_string(),
            bus: plate.bus,
            behind: None,
        };
        let enrol = registry::ExecuteMsg::Enrol {
            number,
            manufacturer_signature: Binary::from(maker.sign(&endorsement.message()?)),
            device_signature: Binary::from(key.sign(&enrolment.message()?)),
            endorsement: (&endorsement).into(),
            bus: plate.bus,
            behind: None,
        };
        call(&mut self.chain, "enrol", owner, &registry, &enrol)?;
        let confirm = registry::ExecuteMsg::Confirm {
            number,
            bus: plate.bus,
            usable_import: plate.import,
            usable_export: plate.export,
        };
        call(&mut self.chain, "confirm", &self.accounts.operator, &registry, &confirm)?;
        self.keys.push(key.public_key());
        Ok(())
    }

    /// Gives every account its coin and deposits it: what the dearest run could cost, margin and locks on top.
    fn deposit(&mut self, homes: &Homes) -> Result<(), RunError> {
        let dearest = self.params.imbalance_max;
        let cost = |energy: Wh| -> Result<Money, UnitsError> { Ok(dearest.charge(energy.drawn()?)?.positive()) };
        let mut parties = Vec::new();
        let mut fed = Wh::ZERO;
        for (home, owner) in homes.homes.iter().zip(&self.accounts.homes) {
            let (import, export) = rating(home);
            let outstanding = u64::from(self.params.confirmation_window).saturating_add(8);
            let rated = Wh::sum([import.over_seconds(INTERVAL_S)?, export.over_seconds(INTERVAL_S)?])?;
            let amount = cost(Wh::sum(home.load.iter().copied())?)?.add(cost(rated)?.times(outstanding)?)?;
            parties.push((owner.clone(), amount));
            fed = fed.add(Wh::sum(home.generation.iter().copied())?)?;
        }
        let bank = self.params.bank.as_ref().map_or(Money::ZERO, |bank| bank.bond);
        let rated = homes.battery.power.over_seconds(INTERVAL_S)?;
        parties.push((
            self.accounts.battery.clone(),
            bank.times(2)?.add(cost(rated)?.times(16)?)?,
        ));
        parties.push((
            self.accounts.utility.clone(),
            cost(fed)?.add(WHOLE_COIN.times(1_000_000)?)?,
        ));
        for (owner, amount) in parties {
            // Whole coins, and some of them for fees.
            let whole = amount.get().div_ceil(WHOLE_COIN.get()).saturating_add(100);
            let amount = WHOLE_COIN.get().saturating_mul(whole);
            if self.deposits.len() < homes.homes.len() {
                self.deposits.push(Money::new(amount));
            }
            self.chain.fund(&owner, coins(amount, DENOM))?;
            let deposit = market::ExecuteMsg::Deposit {};
            pay(
                &mut self.chain,
                "deposit",
                &owner,
                &self.at.market,
                &deposit,
                coins(amount, DENOM),
            )?;
        }
        Ok(())
    }
}

/// A coin in millionths.
const WHOLE_COIN: Money = Money::new(1_000_000);

/// What a device's type plate says.
struct Plate {
    kind: DeviceKind,
    serial: String,
    bus: u16,
    import: Watt,
    export: Watt,
    usable: Wh,
    efficiency: Ppm,
}

fn accounts(chain: &Embedded, homes: &Homes) -> Accounts {
    Accounts {
        operator: chain.account("operator"),
        utility: chain.account("utility"),
        battery: chain.account("battery"),
        relayer: chain.account("relayer"),
        homes: homes.homes.iter().map(|home| chain.account(&home.name)).collect(),
    }
}
