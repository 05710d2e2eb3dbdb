//! Registers of a meter and the energy between two readings.
use busbar_units::{NetWh, UnitsError, Wh};
use cosmwasm_schema::cw_serde;

use crate::codec::{CodecError, Reader, Writer};

/// Cumulative registers of a device, each below 2^48 Wh.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Registers {
    /// Energy drawn from the grid.
    pub import: Wh,
    /// Energy fed into the grid.
    pub export: Wh,
}

/// Energy of a device between two readings, each direction below 2^48 Wh.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Energy {
    /// Energy drawn from the grid.
    pub import: Wh,
    /// Energy fed into the grid.
    pub export: Wh,
}

impl Energy {
    /// Neither drawn nor fed.
    pub const ZERO: Self = Self {
        import: Wh::ZERO,
        export: Wh::ZERO,
    };

    /// Drawn less fed.
    pub fn net(&self) -> Result<NetWh, UnitsError> {
        NetWh::of(self.import, self.export)
    }

    pub(super) fn write(&self, writer: Writer) -> Result<Writer, CodecError> {
        writer
            .u48("energy drawn", self.import.get())?
            .u48("energy fed", self.export.get())
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            import: Wh::new(reader.u48("energy drawn")?),
            export: Wh::new(reader.u48("energy fed")?),
        })
    }
}

impl Registers {
    pub(super) fn write(&self, writer: Writer) -> Result<Writer, CodecError> {
        writer
            .u48("import", self.import.get())?
            .u48("export", self.export.get())
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            import: Wh::new(reader.u48("import")?),
            export: Wh::new(reader.u48("export")?),
        })
    }

    /// Energy from these registers to later ones of the same meter: the steps forward, over the
    /// modulus where a register started over. None where a register is not below the modulus.
    pub fn until(&self, later: &Self, modulus: Wh) -> Option<Energy> {
        Some(Energy {
            import: step(self.import, later.import, modulus)?,
            export: step(self.export, later.export, modulus)?,
        })
    }

    /// Where the registers stand `after` of `intervals` intervals on the way to later ones of the same meter,
    /// if each interval has an even share of the energy, rounded down: the last one has the remainder.
    ///
    /// None where a register is not below the modulus, and where there is no interval.
    pub fn on_the_way(&self, later: &Self, modulus: Wh, after: u64, intervals: u64) -> Option<Self> {
        if after >= intervals {
            return (after == intervals && intervals > 0).then_some(*later);
        }
        let energy = self.until(later, modulus)?;
        Some(Self {
            import: part(self.import, energy.import, modulus, after, intervals)?,
            export: part(self.export, energy.export, modulus, after, intervals)?,
        })
    }
}

fn step(from: Wh, to: Wh, modulus: Wh) -> Option<Wh> {
    if from >= modulus || to >= modulus {
        return None;
    }
    let to = if to < from { to.add(modulus).ok()? } else { to };
    to.sub(from).ok()
}

fn part(from: Wh, energy: Wh, modulus: Wh, after: u64, intervals: u64) -> Option<Wh> {
    let share = energy.get().checked_div(intervals)?.checked_mul(after)?;
    let to = from.add(Wh::new(share)).ok()?;
    Some(to.sub(modulus).unwrap_or(to))
}
