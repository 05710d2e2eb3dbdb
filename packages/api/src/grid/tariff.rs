//! What the utility charges and pays, interval by interval.
use busbar_units::{Interval, Price};
use cosmwasm_schema::cw_serde;

use super::params::Named;
use super::{ParamError, Params};
use crate::codec::{CodecError, Reader, Writer};

/// The utility's prices of one interval, per kWh.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Tariff {
    /// What the utility charges.
    pub import: Price,
    /// What the utility pays; below `import`.
    pub export: Price,
}

/// Bounds of the tariff schedule.
pub mod bounds {
    /// Most tariffs in one message.
    pub const TARIFFS_PER_POST: usize = 192;
    /// Farthest interval after the current one that can be posted: two weeks of quarter-hours.
    pub const TARIFFS_AHEAD: u64 = 1344;
    /// Intervals that share one stored page.
    pub const TARIFFS_PER_PAGE: u64 = 32;
}

impl Tariff {
    /// Checks that export is below import and that both lie inside the imbalance range and between price
    /// floor and cap: the utility's orders stand in the auction, its tariffs price imbalance.
    pub fn validate(&self, params: &Params) -> Result<(), ParamError> {
        let import = Named("import_tariff", self.import.get().into());
        let export = Named("export_tariff", self.export.get().into());
        export.below(import)?;
        export.at_least(Named("price_floor", params.price_floor.get().into()))?;
        import.at_most(Named("price_cap", params.price_cap.get().into()))?;
        export.at_least(Named("imbalance_min", params.imbalance_min.get().into()))?;
        import.at_most(Named("imbalance_max", params.imbalance_max.get().into()))
    }
}

/// The posted tariffs of [`bounds::TARIFFS_PER_PAGE`] consecutive intervals, as stored.
///
/// Packed: presence bitmap (4 bytes), then import and export as zigzag varints for each present slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TariffPage([Option<Tariff>; 32]);

impl TariffPage {
    /// Page and slot of an interval.
    pub fn locate(interval: Interval) -> (u64, usize) {
        let slot = usize::try_from(interval.get() % bounds::TARIFFS_PER_PAGE).unwrap_or(0);
        (interval.get() / bounds::TARIFFS_PER_PAGE, slot)
    }

    /// The tariff in a slot, where one is posted.
    pub fn get(&self, slot: usize) -> Option<Tariff> {
        self.0.get(slot).copied().flatten()
    }

    /// Posts a tariff; a slot that a page does not have is ignored.
    pub fn set(&mut self, slot: usize, tariff: Tariff) {
        if let Some(place) = self.0.get_mut(slot) {
            *place = Some(tariff);
        }
    }

    /// Slots with a tariff, ascending.
    pub fn posted(&self) -> impl Iterator<Item = (u64, Tariff)> + '_ {
        (0u64..)
            .zip(self.0)
            .filter_map(|(slot, tariff)| tariff.map(|tariff| (slot, tariff)))
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let bitmap = self
            .0
            .iter()
            .rev()
            .fold(0u32, |bits, slot| (bits << 1) | u32::from(slot.is_some()));
        self.0
            .iter()
            .flatten()
            .fold(Writer::new().u32(bitmap), |writer, tariff| {
                writer
                    .zigzag(tariff.import.get().into())
                    .zigzag(tariff.export.get().into())
            })
            .finish()
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut bitmap = reader.u32("tariff bitmap")?;
        let mut page = Self::default();
        for slot in &mut page.0 {
            if bitmap & 1 == 1 {
                let import = Price::new(reader.zigzag_i64("import tariff")?);
                let export = Price::new(reader.zigzag_i64("export tariff")?);
                *slot = Some(Tariff { import, export });
            }
            bitmap >>= 1;
        }
        reader.finish()?;
        Ok(page)
    }
}
