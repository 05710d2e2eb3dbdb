//! Numbers as people read them: kilowatt-hours, coin, prices. Rounded half away from zero, for display only.

use busbar_units::{NetMoney, Price, Wh};

/// Thin space between groups of three digits, safe from line breaks.
const GROUP: char = '\u{202f}';

/// `value / 10^scale` with `places` decimals, groups of three digits, and a real minus sign.
fn fixed(value: i128, scale: u32, places: u32) -> String {
    let drop = 10u128.saturating_pow(scale.saturating_sub(places));
    let size = value.unsigned_abs().saturating_add(drop.div_euclid(2)).div_euclid(drop);
    let unit = 10u128.saturating_pow(places);
    let (whole, fraction) = (size.div_euclid(unit).to_string(), size.rem_euclid(unit));
    let mut text = String::new();
    if value < 0 && size > 0 {
        text.push('\u{2212}');
    }
    for (position, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(position);
        if position > 0 && left.rem_euclid(3) == 0 {
            text.push(GROUP);
        }
        text.push(digit);
    }
    if places > 0 {
        text.push_str(&format!(".{fraction:0width$}", width = places.try_into().unwrap_or(0)));
    }
    text
}

/// Energy in kWh with one decimal.
pub fn kwh(wh: Wh) -> String {
    fixed(i128::from(wh.get()), 3, 1)
}

/// Coin with two decimals.
pub fn coin(money: NetMoney) -> String {
    fixed(money.get(), 6, 2)
}

/// Price per kWh with three decimals.
pub fn price(price: Price) -> String {
    fixed(i128::from(price.get()), 6, 3)
}

/// Tenths of a per cent.
pub fn percent(tenths: u64) -> String {
    fixed(i128::from(tenths), 1, 1) + "\u{202f}%"
}

/// A count with groups of three digits.
pub fn count(value: u64) -> String {
    fixed(i128::from(value), 0, 0)
}

/// A home's name for people: `Building_3` is `Home 3`.
pub fn home(name: &str) -> String {
    name.strip_prefix("Building_")
        .map_or_else(|| name.to_owned(), |number| format!("Home {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero_and_groups() {
        assert_eq!(kwh(Wh::new(1_234_567)), "1\u{202f}234.6");
        assert_eq!(kwh(Wh::new(49)), "0.0");
        assert_eq!(kwh(Wh::new(50)), "0.1");
        assert_eq!(
            coin(NetMoney::new(-1_234_567_895_000)),
            "\u{2212}1\u{202f}234\u{202f}567.90"
        );
        assert_eq!(coin(NetMoney::new(-4_999)), "0.00");
        assert_eq!(price(Price::new(-66_500)), "\u{2212}0.067");
        assert_eq!(count(96_371), "96\u{202f}371");
        assert_eq!(home("Building_3"), "Home 3");
        assert_eq!(home("Corner shop"), "Corner shop");
    }
}
