//! What is fixed when a region is founded, and who runs it.
use busbar_units::{Interval, UnitsError, Watt, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Timestamp};
use thiserror::Error;

/// The region: fixed for its life but for the two roles.
#[cw_serde]
pub struct Region {
    /// Region id that devices sign for: lowercase letters, digits and `-`, 3 to 32 characters. The prefix
    /// `test-` is reserved for test regions, whose records never count elsewhere.
    pub domain: String,
    /// Base denomination of the settlement coin (its millionth).
    pub denom: String,
    /// Seconds of chain time per interval.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub interval_s: u64,
    /// Seconds of physical time whose energy one interval carries. Equal to `interval_s`, except on test
    /// regions with a compressed clock.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub energy_interval_s: u64,
    /// Grid operator: confirms, suspends, reinstates and replaces devices. Changed by the owner.
    pub operator: Addr,
    /// Account of the utility, counterparty of last resort. Changed by the owner.
    pub utility: Addr,
}

/// The region's other contracts.
#[cw_serde]
pub struct Contracts {
    /// Registry of devices.
    pub registry: Addr,
    /// Oracle of readings.
    pub oracle: Addr,
    /// Market.
    pub market: Addr,
    /// Energy token.
    pub energy_token: Addr,
}

/// Who may do what to the region.
#[cw_serde]
pub struct Roles {
    /// Changes parameters, appoints the others; nobody where ownership was renounced.
    pub owner: Option<Addr>,
    /// Grid operator.
    pub operator: Addr,
    /// Account of the utility.
    pub utility: Addr,
    /// Tightens the market's state in an emergency.
    pub guardian: Option<Addr>,
    /// Reports the grid's frequency.
    pub reporter: Option<Addr>,
}

impl Roles {
    /// Whether this account governs the region.
    pub fn is_owner(&self, account: &Addr) -> bool {
        self.owner.as_ref() == Some(account)
    }
}

/// Bounds of what is fixed.
pub mod bounds {
    use core::ops::RangeInclusive;

    /// Characters of a domain.
    pub const DOMAIN_LENGTH: RangeInclusive<usize> = 3..=32;
    /// Prefix that test regions alone bear.
    pub const TEST_PREFIX: &str = "test-";
    /// Characters of a denomination (Cosmos SDK `bank`).
    pub const DENOM_LENGTH: RangeInclusive<usize> = 3..=128;
    /// Seconds per interval; each divides a day.
    pub const INTERVAL_S: RangeInclusive<u64> = 60..=86_400;
    /// Seconds of chain time per interval on a test region.
    pub const TEST_INTERVAL_S: RangeInclusive<u64> = 1..=86_400;
}

/// Seconds in a day.
const DAY_S: u64 = 86_400;

/// Why a region cannot be founded as asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegionError {
    /// The domain breaks the rule of [`Region::domain`].
    #[error("domain {domain:?} must be 3 to 32 lowercase letters, digits or '-'")]
    Domain {
        /// The domain that was given.
        domain: String,
    },
    /// The denomination is none that the bank module would take.
    #[error("denom {denom:?} must be 3 to 128 letters, digits or '/:._-' after a first letter")]
    Denom {
        /// The denomination that was given.
        denom: String,
    },
    /// A length is out of bounds.
    #[error("{field} is {value} s, must be from {min} to {max} s and divide a day of 86400 s")]
    Length {
        /// `interval_s` or `energy_interval_s`.
        field: &'static str,
        /// Seconds that were given.
        value: u64,
        /// Least seconds.
        min: u64,
        /// Most seconds.
        max: u64,
    },
    /// Only test regions may have a compressed clock.
    #[error("interval_s {interval_s} and energy_interval_s {energy_interval_s} must be equal outside domains test-*")]
    Clock {
        /// Chain seconds per interval.
        interval_s: u64,
        /// Physical seconds per interval.
        energy_interval_s: u64,
    },
}

impl Region {
    /// Whether the region's records never count elsewhere.
    pub fn is_test(&self) -> bool {
        self.domain.starts_with(bounds::TEST_PREFIX)
    }

    /// Checks domain, denomination and interval lengths.
    pub fn validate(&self) -> Result<(), RegionError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !bounds::DOMAIN_LENGTH.contains(&self.domain.len()) || !self.domain.chars().all(plain) {
            return Err(RegionError::Domain {
                domain: self.domain.clone(),
            });
        }
        let rest = |c: char| c.is_ascii_alphanumeric() || "/:._-".contains(c);
        let first = self.denom.starts_with(|c: char| c.is_ascii_alphabetic());
        if !bounds::DENOM_LENGTH.contains(&self.denom.len()) || !first || !self.denom.chars().all(rest) {
            return Err(RegionError::Denom {
                denom: self.denom.clone(),
            });
        }
        let chain = if self.is_test() {
            bounds::TEST_INTERVAL_S
        } else {
            bounds::INTERVAL_S
        };
        length("interval_s", self.interval_s, chain)?;
        length("energy_interval_s", self.energy_interval_s, bounds::INTERVAL_S)?;
        if self.interval_s != self.energy_interval_s && !self.is_test() {
            return Err(RegionError::Clock {
                interval_s: self.interval_s,
                energy_interval_s: self.energy_interval_s,
            });
        }
        Ok(())
    }

    /// The interval that contains the instant `now`.
    pub fn current_interval(&self, now: Timestamp) -> Result<Interval, UnitsError> {
        Interval::containing(now.seconds(), self.interval_s)
    }

    /// Energy that a power carries in one interval, rounded down; physical time counts.
    pub fn energy(&self, power: Watt) -> Result<Wh, UnitsError> {
        power.over_seconds(self.energy_interval_s)
    }
}

fn length(field: &'static str, value: u64, range: core::ops::RangeInclusive<u64>) -> Result<(), RegionError> {
    let divides = DAY_S.checked_rem(value) == Some(0);
    if range.contains(&value) && divides {
        return Ok(());
    }
    Err(RegionError::Length {
        field,
        value,
        min: *range.start(),
        max: *range.end(),
    })
}

/// Seconds as decimal strings in JSON, like every other 64-bit integer.
pub(super) mod decimal {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}
