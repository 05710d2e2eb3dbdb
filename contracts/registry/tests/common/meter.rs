//! Manufacturers and meters.
use busbar_attestation::{
    Curve, DeviceKind, Domain, Endorsement, Enrolment, Reading, Reset, Rotation, SignedReading, SigningKey,
};
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::{Addr, Binary};

use super::region::{BUS, DOMAIN};

/// Number of the manufacturer that every region of the tests admits.
pub const MAKER: u32 = 32_473;

/// The manufacturer's key.
pub fn maker() -> SigningKey {
    SigningKey::generate(Curve::Secp256k1, b"manufacturer").unwrap()
}

/// A key that follows from a name.
pub fn key(name: &str) -> SigningKey {
    SigningKey::generate(Curve::Secp256k1, name.as_bytes()).unwrap()
}

/// A meter with its key and what its manufacturer vouches for.
#[derive(Clone, Debug)]
pub struct Meter {
    pub number: u32,
    pub bus: u16,
    pub key: SigningKey,
    pub endorsement: Endorsement,
}

impl Meter {
    /// A meter of a home: 10 kW in, 8 kW out; its key and serial number follow from the name.
    pub fn new(curve: Curve, name: &str) -> Self {
        let key = SigningKey::generate(curve, name.as_bytes()).unwrap();
        let endorsement = Endorsement {
            manufacturer: MAKER,
            serial: name.to_owned(),
            kind: DeviceKind::Connection,
            key: key.public_key(),
            rated_import: Watt::new(10_000),
            rated_export: Watt::new(8_000),
            usable: Wh::ZERO,
            efficiency: Ppm::ZERO,
            register_modulus: Wh::new(1_000_000_000),
        };
        Self {
            number: 0,
            bus: BUS,
            key,
            endorsement,
        }
    }

    pub fn kind(mut self, kind: DeviceKind) -> Self {
        self.endorsement.kind = kind;
        self
    }

    pub fn at_bus(self, bus: u16) -> Self {
        Self { bus, ..self }
    }

    /// The manufacturer's signature over the endorsement.
    pub fn vouched(&self) -> Binary {
        maker().sign(&self.endorsement.message().unwrap()).into()
    }

    /// The device's signature that it takes its number for an owner.
    pub fn joins(&self, owner: &Addr, behind: Option<u32>) -> Binary {
        let enrolment = Enrolment {
            domain: domain(),
            number: self.number,
            owner: owner.to_string(),
            bus: self.bus,
            behind,
        };
        self.key.sign(&enrolment.message().unwrap()).into()
    }

    /// The signature by `signer` that the device gets the key of `next`.
    pub fn rotation(&self, next: &SigningKey, signer: &SigningKey) -> Binary {
        let rotation = Rotation {
            domain: domain(),
            number: self.number,
            key: next.public_key(),
        };
        signer.sign(&rotation.message()).into()
    }

    /// What both meters sign when this one hands over to another.
    pub fn reset(&self, next: &Self, interval: Interval, last: [u64; 2], first: [u64; 2]) -> Vec<u8> {
        let reset = Reset {
            domain: domain(),
            number: self.number,
            interval,
            last: last.map(Wh::new),
            first: first.map(Wh::new),
            key: next.key.public_key(),
        };
        reset.message().unwrap()
    }

    /// A reading without its signature.
    pub fn reading(&self, interval: Interval, import: u64, export: u64) -> Reading {
        Reading::new(self.number, interval, 0, Wh::new(import), Wh::new(export)).unwrap()
    }

    /// The signed registers at the end of an interval.
    pub fn reads(&self, interval: Interval, import: u64, export: u64) -> SignedReading {
        self.signs(self.reading(interval, import, export))
    }

    /// The signed registers in a revision of the reading of an interval.
    pub fn revises(&self, interval: Interval, revision: u8, import: u64, export: u64) -> SignedReading {
        let (import, export) = (Wh::new(import), Wh::new(export));
        self.signs(Reading::new(self.number, interval, revision, import, export).unwrap())
    }

    pub fn signs(&self, reading: Reading) -> SignedReading {
        SignedReading {
            reading,
            signature: self.key.sign(&reading.record(&domain())),
        }
    }

    /// The record of a reading as the page's hash takes it in.
    pub fn record(&self, interval: Interval, import: u64, export: u64) -> Binary {
        self.reading(interval, import, export).record(&domain()).into()
    }
}

fn domain() -> busbar_attestation::DomainId {
    Domain::new(DOMAIN).unwrap().id()
}
