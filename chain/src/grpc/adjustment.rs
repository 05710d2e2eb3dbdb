use cosmwasm_std::{Decimal, Uint128};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Thousandths of an adjustment of 1.
const ONE: u64 = 1_000;
/// Least adjustment, in thousandths.
const LEAST: u64 = 100;
/// Greatest adjustment, in thousandths.
const MOST: u64 = 10_000;

/// Gas that a transaction gets per gas of its simulation, as wasmd's `--gas-adjustment`: 0.1 to 10, to the thousandth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GasAdjustment {
    thousandths: u64,
}

/// A text is no adjustment of gas.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no gas adjustment; write a number from 0.1 to 10 with at most three decimals, like 1.3")]
pub struct GasAdjustmentError {
    /// The text.
    pub text: String,
}

impl GasAdjustment {
    /// In thousandths.
    pub const fn thousandths(self) -> u64 {
        self.thousandths
    }
}

impl Default for GasAdjustment {
    /// 1.3
    fn default() -> Self {
        Self { thousandths: 1_300 }
    }
}

impl FromStr for GasAdjustment {
    type Err = GasAdjustmentError;

    fn from_str(text: &str) -> Result<Self, GasAdjustmentError> {
        let error = || GasAdjustmentError { text: text.to_owned() };
        let decimal = Decimal::from_str(text).map_err(|_| error())?;
        let thousandths = decimal
            .checked_mul(Decimal::from_ratio(ONE, 1u64))
            .map_err(|_| error())?;
        let whole = thousandths.to_uint_floor();
        let is_whole = Decimal::from_atomics(whole, 0) == Ok(thousandths);
        let within = (Uint128::from(LEAST)..=Uint128::from(MOST)).contains(&whole);
        match u64::try_from(whole.u128()) {
            Ok(thousandths) if is_whole && within => Ok(Self { thousandths }),
            _ => Err(error()),
        }
    }
}

impl TryFrom<String> for GasAdjustment {
    type Error = GasAdjustmentError;

    fn try_from(text: String) -> Result<Self, GasAdjustmentError> {
        text.parse()
    }
}

impl From<GasAdjustment> for String {
    fn from(adjustment: GasAdjustment) -> Self {
        adjustment.to_string()
    }
}

impl fmt::Display for GasAdjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::from_ratio(self.thousandths, ONE).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_wasmd_takes_it() {
        for (text, thousandths) in [
            ("1.3", 1_300),
            ("0.1", 100),
            ("10", 10_000),
            ("1.125", 1_125),
            ("2.0", 2_000),
        ] {
            assert_eq!(text.parse().map(GasAdjustment::thousandths), Ok(thousandths), "{text}");
        }
        for text in [
            "",
            "0",
            "0.099",
            "10.001",
            "-1",
            "1.2345",
            "30%",
            "340282366920938463463374607431768211455",
        ] {
            let refused = GasAdjustmentError { text: text.to_owned() };
            assert_eq!(text.parse::<GasAdjustment>(), Err(refused));
        }
        let shown: Vec<_> = [1_300, 100, 10_000]
            .map(|thousandths| GasAdjustment { thousandths }.to_string())
            .into();
        assert_eq!(shown, ["1.3", "0.1", "10"]);
        assert_eq!(GasAdjustment::default().to_string(), "1.3");
    }
}
