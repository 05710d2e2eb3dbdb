use std::str::FromStr;

use thiserror::Error;

/// A non-negative decimal number exactly as its text states it: `digits / 10^scale`.
///
/// No binary floating point is involved anywhere, so that a sum over the rows of a file is the same
/// number in every programme that reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    scale: u32,
}

/// Why a text is not a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Nothing, or blanks only.
    #[error("is blank")]
    Blank,
    /// Below zero, where only zero and more make sense.
    #[error("is negative")]
    Negative,
    /// Text, NaN, an infinity.
    #[error("is not a decimal number")]
    NotANumber,
    /// More digits or a larger exponent than any meter or price has.
    #[error("is out of range")]
    Range,
}

/// Largest exponent, either way, that is read.
const MAX_EXPONENT: i32 = 30;

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// The exact product.
    pub fn times(self, other: Self) -> Result<Self, DecimalError> {
        let digits = self.digits.checked_mul(other.digits).ok_or(DecimalError::Range)?;
        let scale = self.scale.checked_add(other.scale).ok_or(DecimalError::Range)?;
        Ok(Self { digits, scale })
    }

    /// The number times `factor`, rounded half up to a whole number: the only rounding there is.
    pub fn whole(self, factor: u64) -> Result<u64, DecimalError> {
        let product = self.digits.checked_mul(u128::from(factor)).ok_or(DecimalError::Range)?;
        let Some(unit) = 10u128.checked_pow(self.scale) else {
            // The unit exceeds every product that fits.
            return Ok(0);
        };
        let floor = product.checked_div(unit).ok_or(DecimalError::Range)?;
        let rest = product.checked_rem(unit).ok_or(DecimalError::Range)?;
        // rest >= unit / 2, written so that nothing overflows; a unit of 1 leaves no rest.
        let up = u128::from(rest > 0 && rest >= unit.saturating_sub(rest));
        floor
            .checked_add(up)
            .and_then(|whole| u64::try_from(whole).ok())
            .ok_or(DecimalError::Range)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `digits[.digits][e[+-]digits]`, with blanks around it ignored.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DecimalError::Blank);
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let number = read_unsigned(unsigned)?;
        // Minus zero is what some writers print for a rounded small number.
        if negative && number.digits != 0 {
            Err(DecimalError::Negative)
        } else {
            Ok(number)
        }
    }
}

fn read_unsigned(text: &str) -> Result<Decimal, DecimalError> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| DecimalError::NotANumber)?),
        None => (text, 0),
    };
    if exponent.abs() > MAX_EXPONENT {
        return Err(DecimalError::Range);
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(DecimalError::NotANumber);
    }
    // Zeros at the end of a fraction say nothing and would only cost range.
    let fraction = fraction.trim_end_matches('0');
    let mut digits: u128 = 0;
    for symbol in whole.chars().chain(fraction.chars()) {
        let digit = symbol.to_digit(10).ok_or(DecimalError::NotANumber)?;
        let shifted = digits
            .checked_mul(10)
            .and_then(|digits| digits.checked_add(u128::from(digit)));
        digits = shifted.ok_or(DecimalError::Range)?;
    }
    let places = i32::try_from(fraction.len()).map_err(|_| DecimalError::Range)?;
    let scale = places.checked_sub(exponent).ok_or(DecimalError::Range)?;
    match u32::try_from(scale) {
        Ok(scale) => Ok(Decimal { digits, scale }),
        Err(_) => {
            let factor = 10u128.checked_pow(scale.unsigned_abs()).ok_or(DecimalError::Range)?;
            Ok(Decimal {
                digits: digits.checked_mul(factor).ok_or(DecimalError::Range)?,
                scale: 0,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str, factor: u64) -> Result<u64, DecimalError> {
        text.parse::<Decimal>().and_then(|number| number.whole(factor))
    }

    #[test]
    fn halves_round_up_and_exponents_count() {
        for (text, factor, expected) in [
            ("1.5208", 1000, 1521),
            ("0.0005", 1000, 1),
            ("0.00049999999999999999999999", 1000, 0),
            ("2.1539166", 1000, 2154),
            ("1.001358e-07", 1000, 0),
            ("5e-1", 1, 1),
            ("12E2", 1, 1200),
            ("7", 1, 7),
            (".5", 1, 1),
            ("3.", 1, 3),
            ("+4.50", 10, 45),
            ("-0.0", 1000, 0),
            ("1e-30", 1000, 0),
        ] {
            assert_eq!(whole(text, factor), Ok(expected), "{text}");
        }
    }

    #[test]
    fn product_is_exact_before_the_one_rounding() {
        let watt_per_kw: Decimal = "123.125".parse().unwrap();
        let kw: Decimal = "4.0".parse().unwrap();
        // 492.5 exactly; rounding 123.125 first would give 492.
        assert_eq!(watt_per_kw.times(kw).unwrap().whole(1), Ok(493));
    }

    #[test]
    fn what_is_no_number_is_named() {
        for (text, error) in [
            ("", DecimalError::Blank),
            ("  ", DecimalError::Blank),
            ("-1", DecimalError::Negative),
            ("-0.001", DecimalError::Negative),
            ("NaN", DecimalError::NotANumber),
            ("nan", DecimalError::NotANumber),
            ("inf", DecimalError::NotANumber),
            ("-", DecimalError::NotANumber),
            (".", DecimalError::NotANumber),
            ("1.2.3", DecimalError::NotANumber),
            ("1,5", DecimalError::NotANumber),
            ("1e", DecimalError::NotANumber),
            ("e5", DecimalError::NotANumber),
            ("0x10", DecimalError::NotANumber),
            ("1e31", DecimalError::Range),
            ("1e30", DecimalError::Range),
            ("99999999999999999999999999999999999999999", DecimalError::Range),
        ] {
            assert_eq!(whole(text, 1000), Err(error), "{text:?}");
        }
    }

    proptest! {
        /// Any split of a number into whole and fraction reads as that number.
        #[test]
        fn thousandths_come_back(wh in 0u64..10_000_000_000) {
            let text = format!("{}.{:03}", wh / 1000, wh % 1000);
            prop_assert_eq!(whole(&text, 1000), Ok(wh));
            let shifted = format!("{wh}e-3");
            prop_assert_eq!(whole(&shifted, 1000), Ok(wh));
        }
    }
}
