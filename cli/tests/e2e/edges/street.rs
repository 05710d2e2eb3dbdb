//! The street on a node.
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use busbar_api::grid::{Contracts, REGION_BUS, raw};
use busbar_api::{market, registry};
use busbar_attestation::{Enrolment, SignedReading};
use busbar_chain::grpc::{Grpc, GrpcConfig, Key};
use busbar_chain::{Chain, ChainError, ChainQuerier, Message};
use busbar_testing::{Meter, Plate};
use busbar_units::{Interval, Ppm, Watt};
use cosmwasm_std::{Addr, Binary, QuerierWrapper, StdResult, coins};
use serde::Serialize;
use serde_json::Value;

use super::embedded::{DEPOSIT, Twin, UTILITY_DEPOSIT};
use super::script::{HOMES, Part, orders_of};

/// Whoever manufactures the twin's meters.
const MANUFACTURER: u32 = 1;
/// Seconds for which a node may not answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Accounts of the mnemonic: owner, operator, utility, the homes, and the storage's owner last.
const OWNER: u32 = 0;
const OPERATOR: u32 = 1;
const UTILITY: u32 = 2;
/// The account that the crank signs with.
pub const CRANK: u32 = 5;
const FIRST_HOME: u32 = 8;

pub struct Street {
    pub chain: Grpc,
    pub contracts: Contracts,
    /// First interval whose readings are accepted.
    pub first: Interval,
    interval_s: u64,
    accounts: BTreeMap<u32, Addr>,
    meters: Vec<Meter>,
    /// What the meters have signed.
    pub readings: Vec<SignedReading>,
}

/// Account of a device: the storage's owner comes after the homes.
fn owner_of(device: u32) -> u32 {
    match device {
        0 => FIRST_HOME + HOMES,
        home => FIRST_HOME + home - 1,
    }
}

impl Street {
    /// The meters of the twin, enrolled in a region that was deployed; its owners with money.
    pub fn enrol(config: GrpcConfig, mnemonic: &str, record: &Value, interval_s: u64, twin: &mut Twin) -> Self {
        let numbers = [OWNER, OPERATOR, UTILITY, CRANK].into_iter();
        let numbers = numbers.chain((0..=HOMES).map(|device| FIRST_HOME + device));
        let keys: Vec<(u32, Key)> = numbers
            .map(|i| (i, Key::parse(mnemonic, &format!("m/44'/118'/0'/0/{i}")).unwrap()))
            .collect();
        let accounts = keys.iter().map(|(i, key)| (*i, key.address(&config.bech32_prefix)));
        let accounts = accounts.collect();
        let chain = Grpc::connect(config, keys.into_iter().map(|(_, key)| key)).unwrap();
        let grid = Addr::unchecked(record["contracts"]["grid"].as_str().unwrap());
        let contracts = raw::contracts(&ChainQuerier::new(&chain).wrap(), &grid).unwrap();
        let mut street = Self {
            chain,
            contracts,
            first: Interval::ZERO,
            interval_s,
            accounts,
            meters: Vec::new(),
            readings: Vec::new(),
        };
        street.admit(twin);
        street.first = street.enrol_all(twin);
        street
    }

    fn admit(&mut self, twin: &Twin) {
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Meter works".into(),
            key: twin.region.manufacturer().public_key().into(),
        };
        let admit = self.to_registry(&admit);
        self.send(OWNER, vec![admit]);
        let deposit = self.deposit(UTILITY_DEPOSIT);
        self.send(UTILITY, vec![deposit]);
    }

    fn enrol_all(&mut self, twin: &mut Twin) -> Interval {
        let mut confirm = Vec::new();
        for device in twin.devices.clone() {
            let number = device.number;
            let meter = twin.region.meter(&device).clone();
            let plate = match number {
                0 => Plate {
                    efficiency: Ppm::ONE,
                    ..Plate::storage(5_000, 10_000)
                },
                _ => Plate::connection(5_000, 5_000),
            };
            let endorsement = twin.region.endorsement(&format!("METER-{number}"), &plate, &meter.key);
            let enrolment = Enrolment {
                domain: twin.region.domain(),
                number,
                owner: self.accounts[&owner_of(number)].to_string(),
                bus: REGION_BUS,
                behind: None,
            };
            let manufacturer_signature = twin.region.manufacturer().sign(&endorsement.message().unwrap());
            let enrol = registry::ExecuteMsg::Enrol {
                number,
                manufacturer_signature: Binary::from(manufacturer_signature),
                device_signature: Binary::from(meter.key.sign(&enrolment.message().unwrap())),
                endorsement: (&endorsement).into(),
                bus: REGION_BUS,
                behind: None,
            };
            // One after the other: numbers of devices and of accounts decide ties.
            let messages = vec![
                self.to_registry(&registry::ExecuteMsg::Reserve {}),
                self.to_registry(&enrol),
                self.deposit(DEPOSIT),
            ];
            self.send(owner_of(number), messages);
            confirm.push(self.to_registry(&registry::ExecuteMsg::Confirm {
                number,
                bus: REGION_BUS,
                usable_import: Watt::new(plate.import),
                usable_export: Watt::new(plate.export),
            }));
            self.meters.push(meter);
        }
        self.send(OPERATOR, confirm);
        let client = registry::Client::new(self.contracts.registry.clone());
        let active = |meter: &Meter| self.ask(|q| client.device(q, meter.number)).active_from.unwrap();
        self.meters.iter().map(active).max().unwrap()
    }

    /// The first interval whose gate closes no sooner than in so many seconds.
    pub fn open_for(&self, margin_s: u64, gate_closure_s: u64) -> Interval {
        let now_s = self.chain.now().unwrap().unix_s;
        Interval::containing(now_s + margin_s + gate_closure_s, self.interval_s)
            .and_then(|interval| interval.plus(1))
            .unwrap()
    }

    /// Places what is ordered in these intervals, device by device.
    pub fn place(&mut self, parts: &[Part]) {
        for device in 1..=HOMES {
            let orders = orders_of(parts, device);
            let place = market::ExecuteMsg::Place { device, orders };
            let place = Message::new(self.contracts.market.clone(), &place).unwrap();
            self.send(owner_of(device), vec![place]);
        }
    }

    /// The meters sign every interval up to the last of these, in which the energy flows.
    pub fn read(&mut self, parts: &[Part]) {
        let from = self.readings.last().map(|signed| signed.reading.interval().get() + 1);
        let to = parts.iter().map(|part| part.interval.get()).max().unwrap();
        for interval in from.unwrap_or(self.first.get())..=to {
            let interval = Interval::new(interval);
            let part = parts.iter().find(|part| part.interval == interval);
            for (device, meter) in self.meters.iter_mut().enumerate() {
                if let Some(part) = part {
                    let [drawn, fed] = part.energy[device];
                    meter.count(drawn, fed);
                }
                self.readings.push(meter.sign(interval));
            }
        }
    }

    /// Whether all are settled.
    pub fn are_settled(&self, parts: &[Part]) -> bool {
        use market::Stage::{Final, Finalising, Settled};
        let stage = |part: &Part| self.stage(part.interval);
        parts
            .iter()
            .all(|part| matches!(stage(part), Some(Settled | Finalising | Final)))
    }

    /// How far an interval is.
    pub fn stage(&self, interval: Interval) -> Option<market::Stage> {
        let client = market::Client::new(self.contracts.market.clone());
        self.ask(|q| client.interval(q, interval)).map(|record| record.stage)
    }

    /// Whoever has an account in the market, by address.
    pub fn names(&self) -> BTreeMap<Addr, String> {
        let named = |(number, address): (&u32, &Addr)| {
            let name = match *number {
                UTILITY => "utility".to_owned(),
                CRANK => "crank".to_owned(),
                number if number == owner_of(0) => "store".to_owned(),
                number if number >= FIRST_HOME => format!("home{}", number - FIRST_HOME + 1),
                _ => return None,
            };
            Some((address.clone(), name))
        };
        self.accounts.iter().filter_map(named).collect()
    }

    /// An answer of the chain, however long the node is away.
    pub fn ask<T>(&self, question: impl Fn(&QuerierWrapper<'_>) -> StdResult<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            match question(&ChainQuerier::new(&self.chain).wrap()) {
                Ok(answer) => return answer,
                Err(error) => assert!(Instant::now() < until, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn deposit(&self, coin: u128) -> Message {
        let deposit = Message::new(self.contracts.market.clone(), &market::ExecuteMsg::Deposit {});
        deposit.unwrap().with_funds(coins(coin, "ucoin"))
    }

    fn to_registry(&self, msg: &impl Serialize) -> Message {
        Message::new(self.contracts.registry.clone(), msg).unwrap()
    }

    fn send(&mut self, account: u32, messages: Vec<Message>) {
        let account = self.accounts[&account].clone();
        let sent: Result<_, ChainError> = self.chain.sign(&account, &messages).and_then(|tx| self.chain.wait(&tx));
        assert_eq!(sent.unwrap().failure(), None);
    }
}
