use std::path::Path;

use busbar_units::Price;

use super::column::read_columns;
use super::decimal::{Decimal, DecimalError};
use super::{InputError, Window};

/// What the utility asks and pays in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourTariff {
    /// Price of energy drawn from the utility.
    pub import: Price,
    /// Price of energy fed to the utility, always below `import`.
    pub export: Price,
}

/// Import tariff where no file states one: 0.30 coin per kWh.
pub const FLAT_IMPORT: Price = Price::new(300_000);

const PRICE: &str = "electricity_pricing";

/// Share of the import tariff that the utility pays for export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportShare(u64);

/// The share's own unit: millionths.
const SHARE_ONE: u64 = 1_000_000;

impl ExportShare {
    /// Reads a share of at least 0 and below 1, kept in millionths (half up).
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let share = text.parse::<Decimal>().and_then(|share| share.whole(SHARE_ONE));
        match share {
            Ok(share) if share < SHARE_ONE => Ok(Self(share)),
            _ => Err(InputError::ExportShare { value: text.to_owned() }),
        }
    }

    /// The export tariff beside an import tariff, rounded down, so that it stays below.
    fn of(self, import: Price) -> Price {
        let share = i128::from(import.get())
            .saturating_mul(i128::from(self.0))
            .div_euclid(i128::from(SHARE_ONE));
        Price::new(i64::try_from(share).unwrap_or(0))
    }
}

/// The tariff of every hour of the window.
///
/// With a file: its column `electricity_pricing` in coin per kWh, in millionths rounded half up; the file
/// has as many rows as the homes (`rows`). Without: [`FLAT_IMPORT`] in every hour.
pub fn read_tariffs(
    file: Option<&Path>,
    share: ExportShare,
    window: Window,
    rows: usize,
    first: &Path,
) -> Result<Vec<HourTariff>, InputError> {
    let range = window.range(rows)?;
    let Some(file) = file else {
        let flat = HourTariff {
            import: FLAT_IMPORT,
            export: share.of(FLAT_IMPORT),
        };
        return Ok(vec![flat; range.len()]);
    };
    let mut tariffs = Vec::new();
    let read = read_columns(file, [PRICE], |[price]| {
        let import = price
            .value
            .whole(1_000_000)
            .and_then(bounded)
            .map_err(|problem| price.error(problem))?;
        let tariff = HourTariff {
            import,
            export: share.of(import),
        };
        if tariff.export >= tariff.import {
            return Err(price.no_spread(import.get()));
        }
        tariffs.push(tariff);
        Ok(())
    })?;
    if read != rows {
        return Err(InputError::RowCount {
            file: file.to_owned(),
            rows: read,
            expected: rows,
            first: first.to_owned(),
        });
    }
    Ok(tariffs.get(range).unwrap_or_default().to_vec())
}

/// Bound of every price in the market, in millionths per kWh.
const MAX_PRICE: u64 = 1 << 40;

fn bounded(price: u64) -> Result<Price, DecimalError> {
    match i64::try_from(price) {
        Ok(value) if price <= MAX_PRICE => Ok(Price::new(value)),
        _ => Err(DecimalError::Range),
    }
}
