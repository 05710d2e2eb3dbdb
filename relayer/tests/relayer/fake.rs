//! A chain that fails on demand: one account, a mempool, blocks made by the test, and an oracle small enough to be
//! seen whole. It counts what reaches the oracle, so that a test can say "exactly once".
use busbar_api::grid::{Contracts, MarketStates, Region, Rules, raw as grid_raw};
use busbar_api::oracle::{
    Batch, ExecuteMsg, Outcome, ReadingPage, Registers, SlotReading, SubmitResult, raw as oracle_raw,
};
use busbar_api::registry::{DevicePage, Meter, Slot, SlotStatus, raw as registry_raw};
use busbar_attestation::{
    Curve, DeviceKind, Domain, HostCrypto, PublicKey, SignedReading, Verifier, decode_batch, page_of, slot_of,
};
use busbar_chain::{BroadcastError, Chain, ChainError, ChainTime, Included, Message, SignedTx, TxHash, TxStatus};
use busbar_units::{Interval, Watt, Wh};
use cosmwasm_std::{Addr, Coin, coin, from_json, to_json_binary};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub const DOMAIN: &str = "test-lane";
pub const INTERVAL_S: u64 = 900;
/// The chain starts at the start of this interval.
pub const FIRST: u64 = 1_000;

/// What happens to the next bytes that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// They arrive.
    Arrives,
    /// They do not arrive, and no answer comes.
    Lost,
    /// They arrive, but the answer is lost.
    ReplyLost,
    /// They arrive, and the process dies before it learns so.
    Crash,
    /// The mempool is full.
    Full,
    /// Another transaction of the account has taken the sequence.
    Stolen,
    /// They arrive and are evicted before the next block.
    Evicted,
    /// They arrive, but the block runs out of gas.
    OutOfGas,
    /// They arrive, but the node's index never shows them.
    Unindexed,
    /// They arrive, but the node keeps no response data.
    NoData,
}

pub struct Fake {
    pub height: u64,
    pub unix_s: u64,
    pub sequence: u64,
    pub timeout_blocks: u64,
    pub tx_bytes: usize,
    /// One for each sending to come; then everything arrives.
    pub sendings: VecDeque<Sending>,
    /// Calls of `now` that get no answer.
    pub deaf: Cell<u32>,
    /// What the oracle answers for a device instead of its own verdict.
    pub verdicts: BTreeMap<u32, Outcome>,
    /// Whole transactions that carry such a device fail.
    pub poison: Option<u32>,
    /// Signing simulates first, as the client of a real chain does.
    pub simulates: bool,
    /// Readings that fit the gas of a transaction.
    pub gas_readings: usize,
    /// How often each record reached the oracle in a block.
    pub delivered: BTreeMap<(u32, u64, u8, u64, u64), u32>,
    /// Transactions in blocks, with their readings.
    pub carried: Vec<usize>,
    pub sent_bytes: Vec<TxHash>,
    pub raw_reads: Cell<u32>,
    mempool: Vec<(Vec<u8>, Sending)>,
    results: BTreeMap<TxHash, (Included, Sending)>,
    storage: BTreeMap<(Addr, Vec<u8>), Vec<u8>>,
    devices: DevicePages,
    suspended: BTreeSet<u32>,
}

/// The readings of a message, by batch.
fn submitted(msg: &[u8]) -> Vec<Vec<SignedReading>> {
    let ExecuteMsg::Submit { batches } = from_json(msg).unwrap() else {
        panic!("not a submission")
    };
    let decode = |batch: &Batch| {
        let readings = decode_batch(batch.interval, batch.page, &batch.readings).unwrap();
        readings.map(Result::unwrap).collect()
    };
    batches.iter().map(decode).collect()
}

type DevicePages = BTreeMap<u32, DevicePage>;

pub fn grid() -> Addr {
    Addr::unchecked("grid")
}

pub fn account() -> Addr {
    Addr::unchecked("lane")
}

fn registry() -> Addr {
    Addr::unchecked("registry")
}

fn oracle() -> Addr {
    Addr::unchecked("oracle")
}

impl Fake {
    pub fn new() -> Self {
        let mut fake = Self {
            height: 1,
            unix_s: FIRST * INTERVAL_S,
            sequence: 0,
            timeout_blocks: 4,
            tx_bytes: 1 << 20,
            sendings: VecDeque::new(),
            deaf: Cell::new(0),
            verdicts: BTreeMap::new(),
            poison: None,
            simulates: false,
            gas_readings: usize::MAX,
            delivered: BTreeMap::new(),
            carried: Vec::new(),
            sent_bytes: Vec::new(),
            raw_reads: Cell::new(0),
            mempool: Vec::new(),
            results: BTreeMap::new(),
            storage: BTreeMap::new(),
            devices: BTreeMap::new(),
            suspended: BTreeSet::new(),
        };
        fake.found(DOMAIN);
        fake
    }

    /// Makes it the chain of another region.
    pub fn found(&mut self, domain: &str) {
        let region = Region {
            domain: domain.into(),
            denom: "uusd".into(),
            interval_s: INTERVAL_S,
            energy_interval_s: INTERVAL_S,
            operator: Addr::unchecked("operator"),
            utility: Addr::unchecked("utility"),
        };
        let (market, energy_token) = (Addr::unchecked("market"), Addr::unchecked("token"));
        let contracts = Contracts {
            registry: registry(),
            oracle: oracle(),
            market,
            energy_token,
        };
        let rules = Rules {
            region,
            contracts: Some(contracts),
            versions: vec![],
            states: MarketStates::default(),
        };
        self.storage.insert((grid(), grid_raw::RULES.into()), rules.encode());
    }

    /// Confirms a device, or gives it another key from an interval on.
    pub fn enrol(&mut self, device: u32, key: PublicKey, from: u64) {
        let page = self.devices.entry(page_of(device)).or_default();
        if let Some(before) = page.get(slot_of(device)) {
            let past = Meter::encode_list(&[before.meter]);
            self.storage
                .insert((registry(), registry_raw::meters_key(device)), past);
        }
        let meter = Meter {
            from: Interval::new(from),
            key,
            rated_import: Watt::new(20_000),
            rated_export: Watt::new(20_000),
            register_modulus: Wh::new(1 << 40),
        };
        let slot = Slot {
            status: SlotStatus::Active,
            kind: DeviceKind::Connection,
            bus: 1,
            settles: true,
            active_from: Interval::new(FIRST),
            awaited_from: Interval::new(FIRST + 1),
            meter,
        };
        page.set(slot_of(device), slot);
        self.storage
            .insert((registry(), registry_raw::page_key(page_of(device))), page.encode());
    }

    /// Puts the clock to the end of an interval.
    pub fn end_of(&mut self, interval: u64) {
        self.unix_s = (interval + 1) * INTERVAL_S;
        self.block();
    }

    /// Makes a block of the mempool.
    pub fn block(&mut self) {
        self.height += 1;
        for (bytes, sending) in std::mem::take(&mut self.mempool) {
            if sending == Sending::Evicted {
                continue;
            }
            let (sequence, timeout, msg) = split(&bytes);
            if sequence != self.sequence || timeout < self.height {
                continue;
            }
            self.sequence += 1;
            let included = self.run(&msg, sending);
            self.results.insert(TxHash::of(&bytes), (included, sending));
        }
    }

    fn run(&mut self, msg: &[u8], sending: Sending) -> Included {
        let readings = submitted(msg);
        let failed = |codespace: &str, code, log: &str| Included {
            height: self.height,
            codespace: codespace.into(),
            code,
            events: vec![],
            data: vec![],
            log: log.into(),
        };
        if sending == Sending::OutOfGas {
            return failed("sdk", 11, "out of gas in location: wasm");
        }
        if self.is_poisoned(&readings) {
            return failed("wasm", 5, "the contract stumbles");
        }
        self.carried.push(readings.iter().flatten().count());
        let height = self.height;
        let batches = readings
            .iter()
            .map(|batch| batch.iter().map(|signed| self.submit(signed)).collect())
            .collect();
        let data = (sending != Sending::NoData).then(|| to_json_binary(&SubmitResult { batches }).unwrap());
        Included {
            height,
            codespace: String::new(),
            code: 0,
            events: vec![],
            data: vec![data],
            log: String::new(),
        }
    }

    fn is_poisoned(&self, readings: &[Vec<SignedReading>]) -> bool {
        let mut devices = readings.iter().flatten().map(|signed| signed.reading.device());
        devices.any(|device| Some(device) == self.poison)
    }

    fn submit(&mut self, signed: &SignedReading) -> Outcome {
        let reading = &signed.reading;
        let (device, interval) = (reading.device(), reading.interval());
        let record = (
            device,
            interval.get(),
            reading.revision(),
            reading.import().get(),
            reading.export().get(),
        );
        *self.delivered.entry(record).or_default() += 1;
        if let Some(verdict) = self.verdicts.get(&device) {
            return *verdict;
        }
        let Some(key) = self.key(device, interval) else {
            return Outcome::UnknownDevice;
        };
        let message = reading.record(&Domain::new(DOMAIN).unwrap().id());
        if !HostCrypto.verify(&message, &signed.signature, &key).unwrap() {
            return Outcome::Forged;
        }
        if self.suspended.contains(&device) {
            return Outcome::Suspended;
        }
        let mut page = self.page(interval, page_of(device)).unwrap_or_default();
        let registers = Registers {
            import: reading.import(),
            export: reading.export(),
        };
        match page.get(slot_of(device)) {
            Some(stored) if stored.registers == registers => return Outcome::Duplicate,
            Some(_) => {
                self.suspended.insert(device);
                return Outcome::Conflict;
            }
            None => {}
        }
        let revision = reading.revision();
        page.set(
            slot_of(device),
            SlotReading {
                revision,
                counted: true,
                registers,
                ..SlotReading::default()
            },
        );
        let place = oracle_raw::page_key(interval, page_of(device));
        self.storage.insert((oracle(), place), page.encode().unwrap());
        Outcome::Accepted
    }

    fn key(&self, device: u32, interval: Interval) -> Option<PublicKey> {
        let slot = self.devices.get(&page_of(device))?.get(slot_of(device))?;
        if slot.meter.from <= interval {
            return Some(slot.meter.key);
        }
        let past = self.storage.get(&(registry(), registry_raw::meters_key(device)))?;
        Meter::decode_list(past)
            .unwrap()
            .into_iter()
            .rev()
            .find(|it| it.from <= interval)
            .map(|it| it.key)
    }

    fn page(&self, interval: Interval, page: u32) -> Option<ReadingPage> {
        let stored = self.storage.get(&(oracle(), oracle_raw::page_key(interval, page)))?;
        ReadingPage::decode(stored).unwrap()
    }

    /// The import register that the oracle holds.
    pub fn register(&self, device: u32, interval: u64) -> Option<u64> {
        let page = self.page(Interval::new(interval), page_of(device))?;
        Some(page.get(slot_of(device))?.registers.import.get())
    }
}

fn split(bytes: &[u8]) -> (u64, u64, Vec<u8>) {
    let number = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
    (number(0), number(8), bytes[16..].to_vec())
}

impl Chain for Fake {
    fn chain_id(&self) -> &str {
        "fake-1"
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        if let Some(left) = self.deaf.get().checked_sub(1) {
            self.deaf.set(left);
            return Err(ChainError::Unreachable { reason: "deaf".into() });
        }
        Ok(ChainTime {
            height: self.height,
            unix_s: self.unix_s,
        })
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        self.raw_reads.set(self.raw_reads.get() + 1);
        Ok(self.storage.get(&(contract.clone(), key.to_vec())).cloned())
    }

    fn query_smart(&self, _: &Addr, _: &[u8]) -> Result<Vec<u8>, ChainError> {
        panic!("the relayer reads raw")
    }

    fn balance(&self, _: &Addr, denom: &str) -> Result<Coin, ChainError> {
        Ok(coin(0, denom))
    }

    fn sequence(&self, _: &Addr) -> Result<u64, ChainError> {
        Ok(self.sequence)
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        let [message] = messages else {
            panic!("one message expected")
        };
        let (sequence, timeout_height) = (self.sequence, self.height + self.timeout_blocks);
        let bytes = [&sequence.to_be_bytes()[..], &timeout_height.to_be_bytes(), &message.msg].concat();
        if bytes.len() > self.tx_bytes {
            return Err(ChainError::TooLarge {
                bytes: bytes.len(),
                limit: self.tx_bytes,
            });
        }
        let readings = submitted(&message.msg);
        if self.simulates && self.is_poisoned(&readings) {
            return Err(ChainError::WouldFail {
                text: "the contract stumbles".into(),
            });
        }
        if readings.iter().flatten().count() > self.gas_readings {
            return Err(ChainError::GasTooHigh { needed: 2, ceiling: 1 });
        }
        Ok(SignedTx {
            hash: TxHash::of(&bytes),
            bytes,
            account: account.clone(),
            sequence,
            timeout_height,
        })
    }

    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        self.sent_bytes.push(tx.hash);
        let sending = self.sendings.pop_front().unwrap_or(Sending::Arrives);
        match sending {
            Sending::Lost => return Err(BroadcastError::Unreachable { reason: "lost".into() }),
            Sending::Full => return Err(BroadcastError::MempoolFull { limit: None }),
            Sending::Stolen => self.sequence += 1,
            _ => {}
        }
        if self.mempool.iter().any(|(known, _)| *known == tx.bytes) {
            return Ok(());
        }
        if tx.timeout_height <= self.height {
            return Err(BroadcastError::Expired {
                timeout_height: tx.timeout_height,
                height: self.height,
            });
        }
        if tx.sequence != self.sequence {
            let (account, expected, given) = (tx.account.clone(), self.sequence, tx.sequence);
            return Err(BroadcastError::Sequence {
                account,
                expected,
                given,
            });
        }
        self.mempool.push((tx.bytes.clone(), sending));
        match sending {
            Sending::ReplyLost => Err(BroadcastError::Unreachable {
                reason: "reply lost".into(),
            }),
            Sending::Crash => panic!("the process dies"),
            _ => Ok(()),
        }
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        Ok(match self.results.get(hash) {
            Some((_, Sending::Unindexed)) => TxStatus::Unknown,
            Some((included, _)) => TxStatus::Included(included.clone()),
            None if self.mempool.iter().any(|(bytes, _)| TxHash::of(bytes) == *hash) => TxStatus::Pending,
            None => TxStatus::Unknown,
        })
    }
}

/// Curve of the test devices: the cheapest to check.
pub const CURVE: Curve = Curve::Ed25519;
