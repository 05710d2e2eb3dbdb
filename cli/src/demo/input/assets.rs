use std::path::{Path, PathBuf};

use busbar_units::{Ppm, Watt, Wh};
use serde_json::Value;

use super::decimal::{Decimal, DecimalError};
use super::error::InputError;

/// A battery as `assets.json` describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Battery {
    /// Energy that it can hold.
    pub capacity: Wh,
    /// Power at which it charges and discharges at most.
    pub power: Watt,
    /// Share of the charged energy that can be taken out again.
    pub efficiency: Ppm,
}

/// `assets.json`: per home its solar power and its battery.
#[derive(Debug)]
pub struct Assets {
    file: PathBuf,
    homes: Value,
}

const SOLAR_POWER: &str = "pv.attributes.nominal_power";
const CAPACITY: &str = "electrical_storage.attributes.capacity";
const POWER: &str = "electrical_storage.attributes.nominal_power";
const EFFICIENCY: &str = "electrical_storage.attributes.efficiency";

impl Assets {
    /// Reads `assets.json` of the folder.
    pub fn read(dir: &Path) -> Result<Self, InputError> {
        let file = dir.join("assets.json");
        let text = std::fs::read_to_string(&file).map_err(|source| InputError::Read {
            file: file.clone(),
            source,
        })?;
        match serde_json::from_str(&text) {
            Ok(homes) => Ok(Self { file, homes }),
            Err(source) => Err(InputError::Json { file, source }),
        }
    }

    /// Installed solar power of a home in kW.
    pub fn solar_kw(&self, home: &str) -> Result<Decimal, InputError> {
        self.number(home, SOLAR_POWER)
    }

    /// The battery of a home.
    pub fn battery(&self, home: &str) -> Result<Battery, InputError> {
        let capacity = self.whole(home, CAPACITY, 1000, u64::MAX)?;
        let power = self.whole(home, POWER, 1000, u64::MAX)?;
        let efficiency = self.whole(home, EFFICIENCY, 1_000_000, 1_000_000)?;
        let efficiency = i64::try_from(efficiency).map_err(|_| self.problem(home, EFFICIENCY, DecimalError::Range))?;
        Ok(Battery {
            capacity: Wh::new(capacity),
            power: Watt::new(power),
            efficiency: Ppm::new(efficiency),
        })
    }

    /// The number times `factor` as a whole number from 1 to `max`.
    fn whole(&self, home: &str, field: &'static str, factor: u64, max: u64) -> Result<u64, InputError> {
        let whole = self.number(home, field)?.whole(factor);
        whole
            .and_then(|whole| {
                if (1..=max).contains(&whole) {
                    Ok(whole)
                } else {
                    Err(DecimalError::Range)
                }
            })
            .map_err(|problem| self.problem(home, field, problem))
    }

    /// The number as its text states it (up to the 15 digits that JSON numbers keep).
    fn number(&self, home: &str, field: &'static str) -> Result<Decimal, InputError> {
        let text = match self.value(home, field) {
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return Err(self.problem(home, field, DecimalError::NotANumber)),
            None => String::new(),
        };
        text.parse().map_err(|problem| self.problem(home, field, problem))
    }

    fn value(&self, home: &str, field: &str) -> Option<&Value> {
        field
            .split('.')
            .try_fold(self.homes.get(home)?, |value, key| value.get(key))
    }

    fn problem(&self, home: &str, field: &'static str, problem: DecimalError) -> InputError {
        let value = self
            .value(home, field)
            .map_or_else(|| "nothing".to_owned(), Value::to_string);
        InputError::Asset {
            file: self.file.clone(),
            home: home.to_owned(),
            field,
            value,
            problem,
        }
    }
}
