use alloc::string::String;
use alloc::vec::Vec;

use busbar_units::{Ppm, Watt, Wh};
use thiserror::Error;

use crate::message::{push_text, Kind};
use crate::reading::REGISTER_BOUND;
use crate::{DeviceKind, PublicKey};

/// Longest serial number, in bytes.
pub const SERIAL_LIMIT: usize = 32;
/// Highest rated power: 2^40 W.
pub const RATED_LIMIT: Watt = Watt::new(1 << 40);
/// Smallest register modulus: a register of three digits of kWh.
pub const MODULUS_MINIMUM: Wh = Wh::new(1_000_000);

/// Why an endorsement cannot be signed or taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EndorsementError {
    /// A serial number has 1 to 32 printable ASCII characters and no blank.
    #[error("serial {serial:?} is not 1 to 32 printable ASCII characters without blanks")]
    Serial {
        /// What was given, cut to 48 characters.
        serial: String,
    },
    /// A rated power is above 2^40 W.
    #[error("{field} {value} is above {RATED_LIMIT}")]
    Rated {
        /// `rated_import` or `rated_export`.
        field: &'static str,
        /// Value that was given.
        value: Watt,
    },
    /// A device that can neither import nor export has nothing to measure.
    #[error("both rated powers are zero")]
    NoPower,
    /// Usable energy above the largest register.
    #[error("usable energy {value} is above {REGISTER_BOUND}")]
    Usable {
        /// Value that was given.
        value: Wh,
    },
    /// A storage holds something.
    #[error("a storage has usable energy")]
    EmptyStorage,
    /// A storage gives back something, and never more than it took.
    #[error("round-trip efficiency {value} of a storage is outside 1 to {}", Ppm::ONE)]
    Efficiency {
        /// Value that was given.
        value: Ppm,
    },
    /// What stores nothing gives nothing back.
    #[error("round-trip efficiency {value} of a device that is no storage is not zero")]
    NoStorage {
        /// Value that was given.
        value: Ppm,
    },
    /// The register modulus lies outside 10^6 to 2^48 Wh.
    #[error("register modulus {value} is outside {MODULUS_MINIMUM} to {REGISTER_BOUND}")]
    Modulus {
        /// Value that was given.
        value: Wh,
    },
}

/// What a manufacturer vouches for: this key sits in the device with this serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endorsement {
    /// The manufacturer's number, the same in every region (its IANA private enterprise number).
    pub manufacturer: u32,
    /// Serial number, unique for the manufacturer.
    pub serial: String,
    /// What the device measures.
    pub kind: DeviceKind,
    /// Public part of the key that never leaves the device.
    pub key: PublicKey,
    /// Highest power drawn from the grid.
    pub rated_import: Watt,
    /// Highest power fed into the grid.
    pub rated_export: Watt,
    /// Energy that a storage can deliver when full; zero for others.
    pub usable: Wh,
    /// Share of the energy that a storage draws at its meter and can feed there again: 1 to 1,000,000 millionths;
    /// zero for others.
    pub efficiency: Ppm,
    /// Registers run from 0 to this value less one, then start over.
    pub register_modulus: Wh,
}

impl Endorsement {
    /// The bytes that the manufacturer signs, after checking every bound.
    pub fn message(&self) -> Result<Vec<u8>, EndorsementError> {
        let efficiency = self.check()?;
        let mut message = Vec::from(Kind::Endorsement.header());
        message.extend(self.manufacturer.to_be_bytes());
        push_text(&mut message, &self.serial);
        message.push(self.kind.code());
        push_key(&mut message, &self.key);
        message.extend(self.rated_import.get().to_be_bytes());
        message.extend(self.rated_export.get().to_be_bytes());
        message.extend(self.usable.get().to_be_bytes());
        message.extend(efficiency.to_be_bytes());
        message.extend(self.register_modulus.get().to_be_bytes());
        Ok(message)
    }

    /// Every bound; returns the efficiency as it is signed.
    fn check(&self) -> Result<u32, EndorsementError> {
        check_serial(&self.serial)?;
        for (field, value) in [("rated_import", self.rated_import), ("rated_export", self.rated_export)] {
            if value > RATED_LIMIT {
                return Err(EndorsementError::Rated { field, value });
            }
        }
        if self.rated_import.is_zero() && self.rated_export.is_zero() {
            return Err(EndorsementError::NoPower);
        }
        if self.usable > REGISTER_BOUND {
            return Err(EndorsementError::Usable { value: self.usable });
        }
        if self.kind == DeviceKind::Storage && self.usable.is_zero() {
            return Err(EndorsementError::EmptyStorage);
        }
        if !(MODULUS_MINIMUM..=REGISTER_BOUND).contains(&self.register_modulus) {
            return Err(EndorsementError::Modulus {
                value: self.register_modulus,
            });
        }
        self.check_efficiency()
    }

    fn check_efficiency(&self) -> Result<u32, EndorsementError> {
        let value = self.efficiency;
        let storage = self.kind == DeviceKind::Storage;
        match u32::try_from(value.get()) {
            Ok(0) if !storage => Ok(0),
            Ok(millionths) if storage && millionths > 0 && value <= Ppm::ONE => Ok(millionths),
            _ if storage => Err(EndorsementError::Efficiency { value }),
            _ => Err(EndorsementError::NoStorage { value }),
        }
    }
}

fn check_serial(serial: &str) -> Result<(), EndorsementError> {
    let fits = (1..=SERIAL_LIMIT).contains(&serial.len()) && serial.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(())
    } else {
        Err(EndorsementError::Serial {
            serial: serial.chars().take(48).collect(),
        })
    }
}

/// Appends a key behind the code of its curve, which tells its length.
pub(crate) fn push_key(message: &mut Vec<u8>, key: &PublicKey) {
    message.push(key.curve().code());
    message.extend(key.as_bytes());
}
