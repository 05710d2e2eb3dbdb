//! Orders that enter the book of every interval at its gate closure, until they are replaced.
use busbar_units::{Interval, Ppm, Price, Wh};
use cosmwasm_schema::cw_serde;

use super::{Side, Terms};
use crate::grid::HOURS_PER_WEEK;

/// Largest share of yesterday's energy that a standing order asks for: twice as much.
pub const MAX_SHARE: Ppm = Ppm::new(2_000_000);

/// A standing order of a device.
#[cw_serde]
pub struct Standing {
    /// Buy or sell.
    pub side: Side,
    /// Highest price to pay, or lowest price to accept.
    pub limit: Price,
    /// How much in which interval.
    pub quantity: StandingQuantity,
}

/// How much a standing order asks for in an interval; where it comes to nothing, no order enters.
#[cw_serde]
pub enum StandingQuantity {
    /// By the hour of the week (UTC) in which delivery starts; nothing in hours that no entry holds.
    ByHour(Vec<HourBand>),
    /// This share (above 0, at most [`MAX_SHARE`]) of the device's metered net import (a buy) or net export (a sell)
    /// in the interval 24 hours before, rounded down. Estimated readings do not count: where a reading is missing,
    /// no order enters.
    ShareOfYesterday(Ppm),
}

/// The same quantity in each interval of some hours of the week.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct HourBand {
    /// First hour, from 0: Monday 0:00 to 1:00 UTC.
    pub from: u8,
    /// First hour after it; at most 168.
    pub to: u8,
    /// Quantity per interval.
    pub wh: Wh,
}

/// Answer to [`super::QueryMsg::Standing`]: a list of standing orders and when it counts.
#[cw_serde]
pub struct StandingResponse {
    /// First interval of which the list enters the book; it counts until the next list's first one.
    pub from: Interval,
    /// The orders; none where the list cancels the one before.
    pub orders: Vec<Standing>,
}

impl Standing {
    /// What the order asks for once it is in the book.
    pub fn terms(&self) -> Terms {
        self.side.terms(self.limit)
    }
}

impl HourBand {
    /// Whether the bands are hours of the week, each of at least one hour, ascending and apart from each other.
    pub fn are_a_week(bands: &[Self]) -> bool {
        let mut next = 0;
        bands.iter().all(|band| {
            let fits = next <= band.from && band.from < band.to && usize::from(band.to) <= HOURS_PER_WEEK;
            next = band.to;
            fits
        })
    }

    /// The quantity in an hour of the week.
    pub fn at(bands: &[Self], hour: usize) -> Wh {
        let holds = |band: &&Self| (usize::from(band.from)..usize::from(band.to)).contains(&hour);
        bands.iter().find(holds).map_or(Wh::ZERO, |band| band.wh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(from: u8, to: u8, wh: u64) -> HourBand {
        let wh = Wh::new(wh);
        HourBand { from, to, wh }
    }

    #[test]
    fn bands_are_ascending_hours_of_the_week() {
        for good in [
            vec![],
            vec![band(0, 168, 1)],
            vec![band(0, 1, 1), band(1, 2, 1), band(9, 168, 1)],
        ] {
            assert!(HourBand::are_a_week(&good), "{good:?}");
        }
        let overlap = vec![band(0, 2, 1), band(1, 3, 1)];
        let backwards = vec![band(5, 6, 1), band(1, 2, 1)];
        for bad in [vec![band(3, 3, 1)], vec![band(0, 169, 1)], overlap, backwards] {
            assert!(!HourBand::are_a_week(&bad), "{bad:?}");
        }
    }

    #[test]
    fn each_hour_has_the_quantity_of_its_band() {
        let bands = [band(0, 2, 7), band(5, 168, 9)];
        let found = [0, 1, 2, 4, 5, 167].map(|hour| HourBand::at(&bands, hour).get());
        assert_eq!(found, [7, 7, 0, 0, 9, 9]);
    }
}
