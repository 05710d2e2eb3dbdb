//! Devices, their readings, and a relayer that can be dropped and opened again.
use crate::fake::{CURVE, DOMAIN, FIRST, Fake, account, grid};
use busbar_attestation::{Domain, Reading, SignedReading, SigningKey};
use busbar_relayer::{Durability, Relayer, RelayerConfig, State};
use busbar_units::{Interval, Wh};
use tempfile::TempDir;

pub struct Site {
    pub chain: Fake,
    pub config: RelayerConfig,
    relayer: Option<Relayer>,
    folder: TempDir,
}

/// No waiting for full pages, two threads, no fsync.
pub fn quick() -> RelayerConfig {
    RelayerConfig {
        durability: Durability::Process,
        batch_age_s: 0,
        threads: 2,
        ..RelayerConfig::default()
    }
}

pub fn key(device: u32) -> SigningKey {
    SigningKey::generate(CURVE, &device.to_be_bytes()).unwrap()
}

pub fn sign(key: &SigningKey, device: u32, interval: u64, import: u64) -> SignedReading {
    let reading = Reading::new(device, Interval::new(interval), 0, Wh::new(import), Wh::ZERO).unwrap();
    let signature = key.sign(&reading.record(&Domain::new(DOMAIN).unwrap().id()));
    SignedReading { reading, signature }
}

/// A reading by the device's own key.
pub fn reading(device: u32, interval: u64, import: u64) -> SignedReading {
    sign(&key(device), device, interval, import)
}

/// The readings of devices 0, 1, .. for the first interval.
pub fn readings(devices: u32) -> Vec<SignedReading> {
    (0..devices)
        .map(|device| reading(device, FIRST, 100 + u64::from(device)))
        .collect()
}

impl Site {
    /// A region of confirmed devices whose first interval has ended.
    pub fn new(devices: u32) -> Self {
        Self::with(devices, quick())
    }

    pub fn with(devices: u32, config: RelayerConfig) -> Self {
        let mut chain = Fake::new();
        for device in 0..devices {
            chain.enrol(device, key(device).public_key(), FIRST);
        }
        chain.end_of(FIRST);
        let mut site = Self {
            chain,
            config,
            relayer: None,
            folder: TempDir::new().unwrap(),
        };
        site.reopen();
        site
    }

    /// Ends the relayer, wherever it is, and starts one on the same file.
    pub fn reopen(&mut self) {
        self.relayer = None;
        let file = self.folder.path().join("queue.sqlite");
        self.relayer = Some(Relayer::open(&file, self.config.clone(), &self.chain, &grid(), account()).unwrap());
    }

    pub fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("queue.sqlite")
    }

    pub fn close(&mut self) {
        self.relayer = None;
    }

    pub fn relayer(&mut self) -> &mut Relayer {
        self.relayer.as_mut().unwrap()
    }

    /// Relayer and chain, for calls that need both.
    pub fn both(&mut self) -> (&mut Relayer, &mut Fake) {
        (self.relayer.as_mut().unwrap(), &mut self.chain)
    }

    pub fn step(&mut self) {
        let (relayer, chain) = self.both();
        relayer.step(chain).unwrap();
    }

    /// Passes and blocks until nothing is on its way.
    pub fn drain(&mut self) {
        for _ in 0..2_000 {
            if self.relayer().open_readings() == 0 {
                return;
            }
            // A chain that does not answer ends a pass; the next one goes on.
            let (relayer, chain) = self.both();
            let _unanswered = relayer.step(chain);
            self.chain.unix_s += 5;
            self.chain.block();
        }
        panic!("still open: {:?}", self.relayer().census().unwrap());
    }

    pub fn count(&mut self, state: State) -> u64 {
        self.relayer().census().unwrap().count(state)
    }

    /// The law: every reading is in the oracle, and reached it once.
    pub fn assert_exactly_once(&mut self, readings: &[SignedReading]) {
        for signed in readings {
            let it = &signed.reading;
            let place = (it.device(), it.interval().get());
            assert_eq!(
                self.chain.register(place.0, place.1),
                Some(it.import().get()),
                "reading of {place:?}"
            );
        }
        assert_eq!(self.chain.delivered.len(), readings.len());
        assert!(
            self.chain.delivered.values().all(|times| *times == 1),
            "{:?}",
            self.chain.delivered
        );
        let census = self.relayer().census().unwrap();
        assert_eq!(census.states.values().sum::<u64>(), readings.len() as u64);
        assert_eq!(census.count(State::Confirmed), readings.len() as u64);
    }
}
