use busbar_api::grid::bounds::CAPACITY;
use busbar_network::NetworkFile;

use super::FeederError;
use crate::demo::input::Decimal;

/// Millionths in one.
const ONE: u64 = 1_000_000;

/// A multiple of ratings, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale(u64);

impl Scale {
    /// Reads a decimal number.
    pub fn parse(text: &str) -> Result<Self, FeederError> {
        let scale = text.parse::<Decimal>().and_then(|scale| scale.whole(ONE));
        match scale {
            Ok(scale) if (1_000..=1_000_000_000).contains(&scale) => Ok(Self(scale)),
            _ => Err(FeederError::Scale { value: text.to_owned() }),
        }
    }

    /// Scales every capacity of a network.
    pub fn apply(self, network: &mut NetworkFile) {
        for line in &mut network.lines {
            line.capacity_wh = self.of(line.capacity_wh);
            line.capacity_back_wh = line.capacity_back_wh.map(|back| self.of(back));
            line.derated_wh = line.derated_wh.map(|derated| self.of(derated));
        }
    }

    /// Rounded down, so that no line carries more than its scaled rating; at most what a region's network may hold.
    fn of(self, capacity: u64) -> u64 {
        let scaled = u128::from(capacity)
            .saturating_mul(self.0.into())
            .div_euclid(ONE.into());
        u64::try_from(scaled).unwrap_or(u64::MAX).min(*CAPACITY.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_down_and_stays_in_bounds() {
        assert_eq!(Scale::parse("0.05").unwrap().of(228_159), 11_407);
        assert_eq!(Scale::parse("1").unwrap().of(7), 7);
        let most = *CAPACITY.end();
        assert_eq!(Scale::parse("1000").unwrap().of(most), most);
        for bad in ["0", "0.0009", "1000.1", "-1", "all", ""] {
            assert!(matches!(Scale::parse(bad), Err(FeederError::Scale { .. })), "{bad}");
        }
    }
}
