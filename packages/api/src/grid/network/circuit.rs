use busbar_units::{Ppm, Wh};

use super::{Line, LineLimit, Voltage, VoltageLimit};
use crate::codec::{CodecError, Reader, Writer};

/// A network without names: what other contracts read at every clearing.
///
/// Packed: counts of buses and branches and a byte of flags, then per branch its ends as steps (from the end of
/// the branch before, and from its own start), its capacity as a step from the branch before and the capacity
/// back as a step from that; reactances, resistances and derated capacities only where some branch has one. A
/// usual branch takes 4 to 8 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circuit {
    /// How many buses there are; bus 0 is the utility's.
    pub buses: u16,
    /// Lines by number; branch 0 is the connection.
    pub branches: Vec<Branch>,
    /// Voltage limits of a radial network.
    pub voltage: Option<Voltage>,
}

/// A line without its name; fields as those of [`Line`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Branch {
    /// Bus at which a positive flow starts.
    pub from: u16,
    /// Bus at which a positive flow ends.
    pub to: u16,
    /// Most energy per interval in the direction `from` to `to`.
    pub capacity: Wh,
    /// Most energy per interval in the direction `to` to `from`.
    pub capacity_back: Wh,
    /// Series reactance in 1e-5 p.u.
    pub reactance: u32,
    /// Series resistance in 1e-5 p.u.
    pub resistance: u32,
    /// What it carries in either direction where no certificate was posted.
    pub derated: Option<Wh>,
}

impl From<&Line> for Branch {
    fn from(line: &Line) -> Self {
        Self {
            from: line.from,
            to: line.to,
            capacity: line.capacity,
            capacity_back: line.capacity_back,
            reactance: line.reactance,
            resistance: line.resistance,
            derated: line.derated,
        }
    }
}

const REACTANCE: u8 = 1;
const RESISTANCE: u8 = 2;
const DERATED: u8 = 4;
const VOLTAGE: u8 = 8;

impl Circuit {
    /// Whether the lines of a connected network close no loop.
    pub fn is_radial(&self) -> bool {
        self.branches.len() < usize::from(self.buses)
    }

    /// Whether only a posted certificate clears it at its full capacity: it is a mesh or limits voltages.
    pub fn needs_certificate(&self) -> bool {
        !self.is_radial() || self.voltage.is_some()
    }

    /// Lowers the capacities of one branch to a limit; a branch that does not exist is left alone.
    pub fn limit(&mut self, limit: LineLimit) {
        if let Some(branch) = self.branches.get_mut(usize::from(limit.line)) {
            branch.capacity = branch.capacity.min(limit.capacity);
            branch.capacity_back = branch.capacity_back.min(limit.capacity_back);
        }
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let flag = |bit, present: bool| if present { bit } else { 0 };
        let flags = flag(REACTANCE, self.branches.iter().any(|branch| branch.reactance != 0))
            | flag(RESISTANCE, self.branches.iter().any(|branch| branch.resistance != 0))
            | flag(DERATED, self.branches.iter().any(|branch| branch.derated.is_some()))
            | flag(VOLTAGE, self.voltage.is_some());
        let mut writer = Writer::new()
            .varint(self.buses.into())
            .varint(u128::try_from(self.branches.len()).unwrap_or(u128::MAX))
            .u8(flags);
        let mut last = Branch::default();
        for branch in &self.branches {
            writer = branch.encode(writer, &last, flags);
            last = *branch;
        }
        match &self.voltage {
            Some(voltage) => encode_voltage(writer, voltage).finish(),
            None => writer.finish(),
        }
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let buses = narrow(reader.varint_u64("buses")?, "buses")?;
        let count = reader.varint_u64("branches")?;
        let flags = reader.u8("network flags")?;
        if flags > REACTANCE | RESISTANCE | DERATED | VOLTAGE {
            return Err(CodecError::Range { field: "network flags" });
        }
        let mut branches = Vec::new();
        let mut last = Branch::default();
        for _ in 0..count {
            last = Branch::decode(&mut reader, &last, flags)?;
            branches.push(last);
        }
        let voltage = match flags & VOLTAGE {
            0 => None,
            _ => Some(decode_voltage(&mut reader)?),
        };
        reader.finish()?;
        Ok(Self {
            buses,
            branches,
            voltage,
        })
    }
}

impl Branch {
    fn encode(&self, writer: Writer, last: &Self, flags: u8) -> Writer {
        let (capacity, back) = (self.capacity.get(), self.capacity_back.get());
        let mut writer = writer
            .zigzag(step(last.to.into(), self.to.into()))
            .zigzag(step(self.from.into(), self.to.into()))
            .zigzag(step(last.capacity.get(), capacity))
            .zigzag(step(capacity, back));
        if flags & REACTANCE != 0 {
            writer = writer.zigzag(step(last.reactance.into(), self.reactance.into()));
        }
        if flags & RESISTANCE != 0 {
            writer = writer.zigzag(step(last.resistance.into(), self.resistance.into()));
        }
        if flags & DERATED != 0 {
            let derated = self
                .derated
                .map_or(0, |derated| u128::from(derated.get()).saturating_add(1));
            writer = writer.varint(derated);
        }
        writer
    }

    fn decode(reader: &mut Reader<'_>, last: &Self, flags: u8) -> Result<Self, CodecError> {
        let to = stepped(reader, last.to.into(), "to")?;
        // The step runs from start to end, so the start lies the other way.
        let from = unstepped(reader, to, "from")?;
        let capacity = stepped(reader, last.capacity.get(), "capacity")?;
        let capacity_back = stepped(reader, capacity, "capacity back")?;
        let mut branch = Self {
            from: narrow(from, "from")?,
            to: narrow(to, "to")?,
            capacity: Wh::new(capacity),
            capacity_back: Wh::new(capacity_back),
            ..Self::default()
        };
        if flags & REACTANCE != 0 {
            branch.reactance = narrow(stepped(reader, last.reactance.into(), "reactance")?, "reactance")?;
        }
        if flags & RESISTANCE != 0 {
            branch.resistance = narrow(stepped(reader, last.resistance.into(), "resistance")?, "resistance")?;
        }
        if flags & DERATED != 0 {
            let derated = reader.varint("derated")?.checked_sub(1).map(u64::try_from).transpose();
            branch.derated = derated
                .map_err(|_| CodecError::Range { field: "derated" })?
                .map(Wh::new);
        }
        Ok(branch)
    }
}

fn encode_voltage(writer: Writer, voltage: &Voltage) -> Writer {
    let head = writer
        .varint(voltage.base_wh.get().into())
        .zigzag(voltage.tan_phi.get().into())
        .zigzag(voltage.root.get().into())
        .varint(u128::try_from(voltage.limits.len()).unwrap_or(u128::MAX));
    let mut last = VoltageLimit {
        bus: 0,
        min: Ppm::ZERO,
        max: Ppm::ZERO,
    };
    voltage.limits.iter().fold(head, |writer, limit| {
        let before = core::mem::replace(&mut last, *limit);
        writer
            .zigzag(step(before.bus.into(), limit.bus.into()))
            .zigzag(difference(before.min.get(), limit.min.get()))
            .zigzag(difference(before.max.get(), limit.max.get()))
    })
}

fn decode_voltage(reader: &mut Reader<'_>) -> Result<Voltage, CodecError> {
    let mut voltage = Voltage {
        base_wh: Wh::new(reader.varint_u64("base_wh")?),
        tan_phi: Ppm::new(reader.zigzag_i64("tan_phi")?),
        root: Ppm::new(reader.zigzag_i64("root")?),
        limits: Vec::new(),
    };
    let (mut bus, mut min, mut max) = (0, 0, 0);
    for _ in 0..reader.varint_u64("voltage limits")? {
        bus = stepped(reader, bus, "voltage bus")?;
        min = moved(reader, min, "lowest voltage")?;
        max = moved(reader, max, "highest voltage")?;
        voltage.limits.push(VoltageLimit {
            bus: narrow(bus, "voltage bus")?,
            min: Ppm::new(min),
            max: Ppm::new(max),
        });
    }
    Ok(voltage)
}

/// From one unsigned value to another.
pub(super) fn step(from: u64, to: u64) -> i128 {
    i128::from(to).saturating_sub(i128::from(from))
}

fn difference(from: i64, to: i64) -> i128 {
    i128::from(to).saturating_sub(i128::from(from))
}

/// The value one step on.
pub(super) fn stepped(reader: &mut Reader<'_>, from: u64, field: &'static str) -> Result<u64, CodecError> {
    let to = i128::from(from).checked_add(reader.zigzag(field)?);
    to.and_then(|to| u64::try_from(to).ok())
        .ok_or(CodecError::Range { field })
}

/// The value from which the step leads to `to`.
fn unstepped(reader: &mut Reader<'_>, to: u64, field: &'static str) -> Result<u64, CodecError> {
    let from = i128::from(to).checked_sub(reader.zigzag(field)?);
    from.and_then(|from| u64::try_from(from).ok())
        .ok_or(CodecError::Range { field })
}

fn moved(reader: &mut Reader<'_>, from: i64, field: &'static str) -> Result<i64, CodecError> {
    let to = i128::from(from).checked_add(reader.zigzag(field)?);
    to.and_then(|to| i64::try_from(to).ok())
        .ok_or(CodecError::Range { field })
}

pub(super) fn narrow<T: TryFrom<u64>>(value: u64, field: &'static str) -> Result<T, CodecError> {
    T::try_from(value).map_err(|_| CodecError::Range { field })
}
