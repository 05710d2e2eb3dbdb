//! Two homes on a node: enrolled, with money, trading with each other.
use busbar_api::grid::{Contracts, raw};
use busbar_api::market::{self, NewOrder, Side};
use busbar_api::registry::{self, Reserved};
use busbar_attestation::{Curve, DeviceKind, Domain, Endorsement, Enrolment, SignedReading, SigningKey};
use busbar_chain::grpc::{Grpc, GrpcConfig, Key};
use busbar_chain::{Chain, ChainQuerier, Included, Message};
use busbar_testing::Meter;
use busbar_units::{Interval, Ppm, Price, Watt, Wh};
use cosmwasm_std::{Addr, Binary, coins, from_json};
use serde::Serialize;

const MANUFACTURER: u32 = 58_000;
const DEPOSIT: u128 = 100_000_000;

/// A setting that ci/e2e gives.
pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| unreachable!("{name} is not set: run ci/e2e"))
}

/// The seller, then the buyer.
pub struct Homes {
    pub chain: Grpc,
    pub grid: Addr,
    /// First interval whose readings are accepted.
    pub first: Interval,
    /// What each has deposited.
    pub deposit: u128,
    pub contracts: Contracts,
    owners: [Addr; 2],
    meters: Vec<Meter>,
}

impl Homes {
    /// Both at these buses, in the region that a folder of deployments records.
    pub fn enrol(deployments: &str, buses: [u16; 2]) -> Self {
        Self::enrol_of(deployments, buses, [1, 2])
    }

    /// As [`Self::enrol`], of the homes with these numbers on the devnet.
    pub fn enrol_of(deployments: &str, buses: [u16; 2], homes: [u32; 2]) -> Self {
        let state: serde_json::Value =
            serde_json::from_slice(&std::fs::read(setting("BUSBAR_DEVNET_STATE")).unwrap()).unwrap();
        let text = |key: &str| state[key].as_str().unwrap().to_owned();
        let account = |name: &str| Addr::unchecked(state["accounts"][name].as_str().unwrap());
        let nodes = state["nodes"].as_array().unwrap().iter();
        let endpoints = nodes.map(|node| node["grpc"].as_str().unwrap().to_owned()).collect();
        let gas_price = text("min_gas_price").parse().unwrap();
        let config = GrpcConfig::new(text("chain_id"), endpoints, text("bech32_prefix"), gas_price);
        let keys = [0, 1, 7 + homes[0], 7 + homes[1]]
            .map(|i| Key::parse(&text("mnemonic"), &format!("m/44'/118'/0'/0/{i}")).unwrap());
        let mut chain = Grpc::connect(config, keys).unwrap();
        let record = format!("{deployments}/{}.json", text("chain_id"));
        let record: serde_json::Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
        let grid = Addr::unchecked(record["contracts"]["grid"].as_str().unwrap());
        let contracts = raw::contracts(&ChainQuerier::new(&chain).wrap(), &grid).unwrap();
        let domain = Domain::new(record["domain"].as_str().unwrap()).unwrap().id();
        let registry = contracts.registry.clone();

        let maker = maker();
        let client = registry::Client::new(registry.clone());
        let known = client
            .manufacturer(&ChainQuerier::new(&chain).wrap(), MANUFACTURER)
            .is_ok();
        let admit = registry::ExecuteMsg::AdmitManufacturer {
            id: MANUFACTURER,
            name: "Devnet meters".into(),
            key: maker.public_key().into(),
        };
        if !known {
            send(&mut chain, &account("owner"), &registry, &admit, 0);
        }
        let owners = homes.map(|home| account(&format!("home{home}")));
        let mut meters = Vec::new();
        for (owner, bus) in owners.iter().zip(buses) {
            let included = send(&mut chain, owner, &registry, &registry::ExecuteMsg::Reserve {}, 0);
            let number = from_json::<Reserved>(included.data[0].as_ref().unwrap())
                .unwrap()
                .number;
            let key = SigningKey::generate(Curve::Secp256r1, format!("{owner}/{number}").as_bytes()).unwrap();
            let rating = Watt::new(5_000);
            let (endorsement, manufacturer_signature) = endorsement(&key, &format!("METER-{number}"));
            let enrolment = Enrolment {
                domain,
                number,
                owner: owner.to_string(),
                bus,
                behind: None,
            };
            let enrol = registry::ExecuteMsg::Enrol {
                number,
                manufacturer_signature,
                device_signature: Binary::from(key.sign(&enrolment.message().unwrap())),
                endorsement,
                bus,
                behind: None,
            };
            send(&mut chain, owner, &registry, &enrol, 0);
            let confirm = registry::ExecuteMsg::Confirm {
                number,
                bus,
                usable_import: rating,
                usable_export: rating,
            };
            send(&mut chain, &account("operator"), &registry, &confirm, 0);
            send(
                &mut chain,
                owner,
                &contracts.market,
                &market::ExecuteMsg::Deposit {},
                DEPOSIT,
            );
            meters.push(Meter::new(number, domain, key));
        }
        let client = registry::Client::new(registry);
        let active = |meter: &Meter| {
            let device = client.device(&ChainQuerier::new(&chain).wrap(), meter.number).unwrap();
            device.active_from.unwrap()
        };
        let first = meters.iter().map(active).max().unwrap();
        Self {
            chain,
            grid,
            first,
            deposit: DEPOSIT,
            contracts,
            owners,
            meters,
        }
    }

    /// Nobody waits for their readings any more.
    pub fn retire(&mut self) {
        for (meter, owner) in self.meters.iter().zip(&self.owners) {
            let retire = registry::ExecuteMsg::Retire { number: meter.number };
            send(&mut self.chain, owner, &self.contracts.registry, &retire, 0);
        }
    }

    /// The first sells, the second buys, each at a limit in millionths per kWh.
    pub fn trade(&mut self, interval: Interval, quantity: Wh, limits: [i64; 2]) {
        let terms = [Side::Sell, Side::Buy].into_iter().zip(limits);
        for ((meter, owner), (side, limit)) in self.meters.iter().zip(&self.owners).zip(terms) {
            let order = NewOrder {
                interval,
                terms: side.terms(Price::new(limit)),
                quantity,
                at_reference: false,
            };
            let place = market::ExecuteMsg::Place {
                device: meter.number,
                orders: vec![order],
            };
            send(&mut self.chain, owner, &self.contracts.market, &place, 0);
        }
    }

    /// Readings of every interval up to the one that is traded, in which the energy flows.
    pub fn read(&mut self, traded: Interval, wh: u64) -> Vec<SignedReading> {
        let mut readings = Vec::new();
        for number in self.first.get()..=traded.get() {
            let interval = Interval::new(number);
            for (meter, [drawn, fed]) in self.meters.iter_mut().zip([[0, wh], [wh, 0]]) {
                if interval == traded {
                    meter.count(drawn, fed);
                }
                readings.push(meter.sign(interval));
            }
        }
        readings
    }

    /// Number of the seller's device.
    pub fn seller(&self) -> u32 {
        self.meters[0].number
    }

    /// What each has in the market.
    pub fn balances(&self) -> [u128; 2] {
        let client = market::Client::new(self.contracts.market.clone());
        self.owners.each_ref().map(|owner| {
            let account = client
                .account(&ChainQuerier::new(&self.chain).wrap(), owner.as_str())
                .unwrap();
            account.balance.get()
        })
    }
}

fn maker() -> SigningKey {
    SigningKey::generate(Curve::Secp256r1, b"maker").unwrap()
}

/// What the manufacturer hands out with a meter of 5 kW.
pub fn endorsement(meter: &SigningKey, serial: &str) -> (registry::Endorsement, Binary) {
    let rating = Watt::new(5_000);
    let endorsement = Endorsement {
        manufacturer: MANUFACTURER,
        serial: serial.to_owned(),
        kind: DeviceKind::Connection,
        key: meter.public_key(),
        rated_import: rating,
        rated_export: rating,
        usable: Wh::ZERO,
        efficiency: Ppm::ZERO,
        register_modulus: Wh::new(100_000_000),
    };
    let signature = maker().sign(&endorsement.message().unwrap());
    ((&endorsement).into(), Binary::from(signature))
}

fn send(chain: &mut Grpc, account: &Addr, contract: &Addr, msg: &impl Serialize, coin: u128) -> Included {
    let mut message = Message::new(contract.clone(), msg).unwrap();
    if coin > 0 {
        message = message.with_funds(coins(coin, "ucoin"));
    }
    let tx = chain.sign(account, &[message]).unwrap();
    let included = chain.wait(&tx).unwrap();
    assert_eq!(included.failure(), None);
    included
}
