//! Amounts as people type them, exactly: energy and power with their unit, coin and prices in the coin or its base unit.
use busbar_units::{Money, Price, Watt, Wh};
use thiserror::Error;

use crate::clear::decimal;

/// Places of the settlement coin: one unit of [`Money`] is its millionth.
pub const COIN_PLACES: u32 = 6;

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// There is no number in front.
    #[error("{field} {value:?} does not begin with a number; write it with digits and a point, as in {example}")]
    NoNumber {
        field: &'static str,
        value: String,
        example: String,
    },
    /// The unit is missing or none of those that are taken.
    #[error("{field} {value:?} has the unit {unit:?}, must have one of {known}; write {example}")]
    Unit {
        field: &'static str,
        value: String,
        unit: String,
        known: String,
        example: String,
    },
    /// More decimal places than the base unit has.
    #[error("{field} {value:?} is finer than the smallest unit: at most {places} decimal places in {unit}")]
    TooFine {
        field: &'static str,
        value: String,
        unit: String,
        places: u32,
    },
    /// Below the least or above the greatest amount, in base units.
    #[error("{field} {value:?} is {amount} {unit}, must be from {min} to {max} {unit}")]
    Bound {
        field: &'static str,
        value: String,
        amount: i128,
        min: i128,
        max: i128,
        unit: String,
    },
}

/// A unit that may be typed, and how many of its decimal places make the base unit.
struct Unit<'a> {
    name: &'a str,
    places: u32,
}

/// What is read: its name, the units that may be typed, and its bounds in the last of them.
struct Kind<'a> {
    field: &'static str,
    units: &'a [Unit<'a>],
    base: &'a str,
    min: i128,
    max: i128,
    example: String,
}

impl Kind<'_> {
    fn read(&self, text: &str) -> Result<i128, AmountError> {
        let (field, value) = (self.field, text.to_owned());
        let text = text.trim();
        let at = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c));
        let (number, unit) = text.split_at(at.unwrap_or(text.len()));
        let unit = unit.trim();
        let no_number = || AmountError::NoNumber {
            field,
            value: value.clone(),
            example: self.example.clone(),
        };
        let (negative, digits) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && fraction.is_empty())
            || !whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit())
        {
            return Err(no_number());
        }
        let known = self.units.iter().find(|known| known.name.eq_ignore_ascii_case(unit));
        let known = known.ok_or_else(|| AmountError::Unit {
            field,
            value: value.clone(),
            unit: unit.to_owned(),
            known: self
                .units
                .iter()
                .map(|unit| unit.name)
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            example: self.example.clone(),
        })?;
        let fraction = fraction.trim_end_matches('0');
        let missing = usize::try_from(known.places)
            .ok()
            .and_then(|places| places.checked_sub(fraction.len()));
        let Some(missing) = missing else {
            return Err(AmountError::TooFine {
                field,
                value,
                unit: if known.name.is_empty() {
                    "the coin".to_owned()
                } else {
                    known.name.to_owned()
                },
                places: known.places,
            });
        };
        let digits = format!("{whole}{fraction}{}", "0".repeat(missing));
        let size = digits.trim_start_matches('0');
        // Beyond 128 bits is beyond every bound.
        let size = if size.is_empty() {
            0
        } else {
            size.parse().unwrap_or(i128::MAX)
        };
        let amount = if negative { size.saturating_neg() } else { size };
        if amount < self.min || amount > self.max {
            return Err(AmountError::Bound {
                field,
                value,
                amount,
                min: self.min,
                max: self.max,
                unit: self.base.to_owned(),
            });
        }
        Ok(amount)
    }
}

/// Most energy of an order, and of anything else that is typed: 2^48 Wh.
const MOST_WH: i128 = 1 << 48;

const ENERGY: [Unit<'_>; 3] = [
    Unit { name: "Wh", places: 0 },
    Unit { name: "kWh", places: 3 },
    Unit { name: "MWh", places: 6 },
];

const POWER: [Unit<'_>; 3] = [
    Unit { name: "W", places: 0 },
    Unit { name: "kW", places: 3 },
    Unit { name: "MW", places: 6 },
];

/// Energy with its unit: `1.5kWh`, `250 Wh`.
pub fn energy(text: &str) -> Result<Wh, AmountError> {
    let kind = Kind {
        field: "energy",
        units: &ENERGY,
        base: "Wh",
        min: 1,
        max: MOST_WH,
        example: "1.5kWh or 250Wh".to_owned(),
    };
    let amount = kind.read(text)?;
    Ok(Wh::new(u64::try_from(amount).unwrap_or_default()))
}

/// Power with its unit: `5kW`, `800 W`.
pub fn power(text: &str) -> Result<Watt, AmountError> {
    let kind = Kind {
        field: "power",
        units: &POWER,
        base: "W",
        min: 0,
        max: MOST_WH,
        example: "5kW or 800W".to_owned(),
    };
    let amount = kind.read(text)?;
    Ok(Watt::new(u64::try_from(amount).unwrap_or_default()))
}

/// The settlement coin of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coin {
    /// Base denomination: a millionth of the coin.
    pub denom: String,
    /// What people call the coin.
    pub symbol: String,
}

impl Coin {
    fn read(&self, field: &'static str, text: &str, min: i128, max: i128) -> Result<i128, AmountError> {
        let units = [
            Unit {
                name: &self.symbol,
                places: COIN_PLACES,
            },
            Unit {
                name: "",
                places: COIN_PLACES,
            },
            Unit {
                name: &self.denom,
                places: 0,
            },
        ];
        let kind = Kind {
            field,
            units: &units,
            base: &self.denom,
            min,
            max,
            example: format!("12.5, 12.5{} or 12500000{}", self.symbol, self.denom),
        };
        kind.read(text)
    }

    /// An amount of coin: `12.5`, `12.5COIN`, `12500000ucoin`.
    pub fn amount(&self, text: &str) -> Result<Money, AmountError> {
        let amount = self.read("amount", text, 1, i128::MAX)?;
        Ok(Money::new(amount.unsigned_abs()))
    }

    /// A price per kWh in the coin: `0.14`, `-0.02`, `0.14COIN/kWh`, `140000ucoin`.
    pub fn price(&self, text: &str) -> Result<Price, AmountError> {
        let per_kwh = text.trim().to_ascii_lowercase().ends_with("/kwh");
        let bare = if per_kwh {
            text.trim().get(..text.trim().len().saturating_sub(4))
        } else {
            Some(text)
        };
        let amount = self.read("price", bare.unwrap_or(text), i64::MIN.into(), i64::MAX.into())?;
        Ok(Price::new(i64::try_from(amount).unwrap_or_default()))
    }

    /// Millionths as people and machines read them: `12.5 COIN (12500000 ucoin)`.
    pub fn shown(&self, amount: impl Into<i128>) -> String {
        let amount = amount.into();
        format!("{} {} ({amount} {})", coins(amount), self.symbol, self.denom)
    }

    /// As [`Self::shown`].
    pub fn money(&self, amount: Money) -> String {
        // No coin has more than 2^127 millionths.
        self.shown(i128::try_from(amount.get()).unwrap_or(i128::MAX))
    }

    /// A price as people and machines read it.
    pub fn price_shown(&self, price: Price) -> String {
        let amount = i128::from(price.get());
        format!("{} {} per kWh ({amount} {})", coins(amount), self.symbol, self.denom)
    }
}

/// Millionths as a decimal number of coins, exactly.
pub fn coins(amount: i128) -> String {
    decimal(amount, 6)
}

/// Energy as people and machines read it: `1.5 kWh (1500 Wh)`.
pub fn energy_shown(wh: Wh) -> String {
    format!("{} kWh ({wh})", kwh(wh.get().into()))
}

/// Watt-hours as a decimal number of kilowatt-hours, exactly.
pub fn kwh(wh: i128) -> String {
    decimal(wh, 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coin() -> Coin {
        Coin {
            denom: "ucoin".to_owned(),
            symbol: "COIN".to_owned(),
        }
    }

    #[test]
    fn energy_is_read_to_the_watt_hour() {
        for (text, wh) in [
            ("1.5kWh", 1_500),
            ("250 Wh", 250),
            ("250wh", 250),
            (" 0.001 kWh ", 1),
            ("1.500000 kWh", 1_500),
            (".5kWh", 500),
            ("2MWh", 2_000_000),
            ("281474976710656Wh", 1 << 48),
        ] {
            assert_eq!(energy(text), Ok(Wh::new(wh)), "{text}");
        }
        assert_eq!(power("5kW"), Ok(Watt::new(5_000)));
        assert_eq!(power("0W"), Ok(Watt::ZERO));
        assert!(matches!(power("5kWh"), Err(AmountError::Unit { field: "power", .. })));
    }

    #[test]
    fn what_is_no_energy_says_what_to_write() {
        for (text, words) in [
            (
                "1.5",
                "energy \"1.5\" has the unit \"\", must have one of Wh, kWh, MWh; write 1.5kWh or 250Wh",
            ),
            ("1.5kW", "has the unit \"kW\""),
            ("1,5kWh", "has the unit \",5kWh\""),
            ("kWh", "does not begin with a number"),
            ("1.2.3kWh", "does not begin with a number"),
            ("1-2kWh", "does not begin with a number"),
            ("", "does not begin with a number"),
            ("0.0001kWh", "at most 3 decimal places in kWh"),
            ("1.5Wh", "at most 0 decimal places in Wh"),
            ("0Wh", "is 0 Wh, must be from 1 to 281474976710656 Wh"),
            ("-1kWh", "is -1000 Wh, must be from 1"),
            ("281474976710657Wh", "must be from 1 to 281474976710656"),
            ("9999999999999999999999999999999999999999999Wh", "must be from 1"),
        ] {
            let error = energy(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn coin_is_read_in_coins_or_in_the_base_unit() {
        for text in ["12.5", "12.5COIN", "12.5 coin", "12500000ucoin"] {
            assert_eq!(coin().amount(text), Ok(Money::new(12_500_000)), "{text}");
        }
        assert_eq!(coin().price("-0.02"), Ok(Price::new(-20_000)));
        assert_eq!(coin().price("0.14COIN/kWh"), Ok(Price::new(140_000)));
        assert_eq!(coin().price("140000ucoin"), Ok(Price::new(140_000)));
        assert!(matches!(coin().amount("0"), Err(AmountError::Bound { .. })));
        assert!(matches!(coin().amount("-1"), Err(AmountError::Bound { .. })));
        assert!(matches!(coin().amount("1uatom"), Err(AmountError::Unit { .. })));
        assert!(matches!(coin().amount("0.0000001"), Err(AmountError::TooFine { .. })));
        assert!(matches!(coin().amount("0.5ucoin"), Err(AmountError::TooFine { .. })));
        assert!(matches!(
            coin().price("9223372036854775808ucoin"),
            Err(AmountError::Bound { .. })
        ));
    }

    #[test]
    fn what_was_read_is_shown_exactly() {
        assert_eq!(coin().money(Money::new(12_500_000)), "12.5 COIN (12500000 ucoin)");
        assert_eq!(coin().price_shown(Price::new(-1)), "-0.000001 COIN per kWh (-1 ucoin)");
        assert_eq!(energy_shown(Wh::new(1_500)), "1.5 kWh (1500 Wh)");
    }

    proptest! {
        /// What is shown reads as the same amount.
        #[test]
        fn shown_amounts_come_back(amount in 1u64.., price: i64, wh in 1u64..=(1 << 48)) {
            let money = Money::new(amount.into());
            prop_assert_eq!(coin().amount(&coins(amount.into())), Ok(money));
            prop_assert_eq!(coin().price(&coins(price.into())), Ok(Price::new(price)));
            prop_assert_eq!(energy(&format!("{} kWh", kwh(wh.into()))), Ok(Wh::new(wh)));
        }
    }
}
