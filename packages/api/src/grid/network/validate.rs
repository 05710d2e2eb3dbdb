use std::collections::BTreeSet;

use busbar_units::Wh;

use super::{bounds, Line, Network, NetworkError, Voltage, VoltageLimit, UTILITY_BUS};
use crate::grid::params::Named;
use crate::grid::ParamError;

impl Network {
    /// Checks the network against [`bounds`] and the rules of [`NetworkError`], buses first.
    pub fn validate(&self) -> Result<(), NetworkError> {
        count("buses", self.buses.len(), &bounds::BUSES)?;
        count("lines", self.lines.len(), &bounds::LINES)?;
        names("bus", self.buses.iter().map(|bus| &bus.name))?;
        names("line", self.lines.iter().map(|line| &line.name))?;
        for (number, line) in self.lines.iter().enumerate() {
            self.validate_ends(number, line)?;
            line.validate()
                .map_err(|source| NetworkError::Line { line: number, source })?;
        }
        let (joined, _) = self.join(|_| true);
        if let Some(bus) = joined.apart() {
            return Err(NetworkError::Island { bus });
        }
        let radial = self.lines.len() < self.buses.len();
        if let (false, Some(line)) = (radial, self.lines.iter().skip(1).position(|line| line.reactance == 0)) {
            return Err(NetworkError::NoReactance {
                line: line.saturating_add(1),
            });
        }
        self.validate_fallback(radial)?;
        match &self.voltage {
            Some(voltage) => self.validate_voltage(radial, voltage),
            None => Ok(()),
        }
    }

    fn validate_ends(&self, number: usize, line: &Line) -> Result<(), NetworkError> {
        let buses = self.buses.len();
        for bus in [line.from, line.to] {
            if usize::from(bus) >= buses {
                return Err(NetworkError::UnknownBus {
                    line: number,
                    bus,
                    buses,
                });
            }
        }
        if line.from == line.to {
            let bus = line.from;
            return Err(NetworkError::Loop { line: number, bus });
        }
        match number {
            0 if line.from != UTILITY_BUS => Err(NetworkError::Connection { from: line.from }),
            1.. if line.from == UTILITY_BUS || line.to == UTILITY_BUS => {
                Err(NetworkError::BesideConnection { line: number })
            }
            _ => Ok(()),
        }
    }

    /// Joins the ends of the lines that `with` takes; returns the first of them that closed a loop.
    fn join(&self, with: impl Fn(&Line) -> bool) -> (Joined, Option<usize>) {
        let mut joined = Joined((0..self.buses.len()).collect());
        let mut closing = None;
        for (number, line) in self.lines.iter().enumerate().filter(|(_, line)| with(line)) {
            if !joined.join(line.from.into(), line.to.into()) {
                closing = closing.or(Some(number));
            }
        }
        (joined, closing)
    }

    fn validate_fallback(&self, radial: bool) -> Result<(), NetworkError> {
        let Some(line) = self.lines.iter().position(|line| line.derated.is_some()) else {
            return Ok(());
        };
        if radial && self.voltage.is_none() {
            return Err(NetworkError::NeedlesslyDerated { line });
        }
        let (joined, closing) = self.join(|line| line.derated.is_some());
        if let Some(line) = closing {
            return Err(NetworkError::FallbackLoop { line });
        }
        match joined.apart() {
            Some(bus) => Err(NetworkError::FallbackIsland { bus }),
            None => Ok(()),
        }
    }

    fn validate_voltage(&self, radial: bool, voltage: &Voltage) -> Result<(), NetworkError> {
        let (lines, buses) = (self.lines.len(), self.buses.len());
        if !radial {
            return Err(NetworkError::VoltageOfMesh { lines, buses });
        }
        if self.lines.iter().all(|line| line.resistance == 0) {
            return Err(NetworkError::NoResistance);
        }
        voltage.validate().map_err(NetworkError::Voltage)?;
        let mut before = 0;
        for (number, limit) in voltage.limits.iter().enumerate() {
            if limit.bus <= before || usize::from(limit.bus) >= buses {
                return Err(NetworkError::LimitBus {
                    number,
                    bus: limit.bus,
                    last: buses.saturating_sub(1),
                });
            }
            before = limit.bus;
            let refused = |source| NetworkError::Limit { bus: limit.bus, source };
            limit.validate(voltage).map_err(refused)?;
        }
        Ok(())
    }
}

impl Line {
    fn validate(&self) -> Result<(), ParamError> {
        let energy = |field, wh: Wh| Named(field, wh.get().into()).within(&bounds::CAPACITY);
        energy("capacity", self.capacity)?;
        energy("capacity_back", self.capacity_back)?;
        Named("reactance", self.reactance.into()).within(&bounds::IMPEDANCE)?;
        Named("resistance", self.resistance.into()).within(&bounds::IMPEDANCE)?;
        self.derated.map_or(Ok(()), |derated| energy("derated", derated))
    }
}

impl Voltage {
    fn validate(&self) -> Result<(), ParamError> {
        Named("base_wh", self.base_wh.get().into()).within(&bounds::BASE_WH)?;
        Named("tan_phi", self.tan_phi.get().into()).within(&bounds::TAN_PHI)?;
        Named("root", self.root.get().into()).within(&bounds::VOLTAGE)
    }
}

impl VoltageLimit {
    /// The voltage without any flow lies within the limits, else nobody could trade.
    fn validate(&self, voltage: &Voltage) -> Result<(), ParamError> {
        let (min, max) = (Named("min", self.min.get().into()), Named("max", self.max.get().into()));
        let root = Named("root", voltage.root.get().into());
        min.within(&bounds::VOLTAGE)?;
        max.within(&bounds::VOLTAGE)?;
        min.at_most(root)?;
        max.at_least(root)
    }
}

fn count(what: &'static str, count: usize, range: &core::ops::RangeInclusive<usize>) -> Result<(), NetworkError> {
    if range.contains(&count) {
        return Ok(());
    }
    Err(NetworkError::Count {
        what,
        count,
        min: *range.start(),
        max: *range.end(),
    })
}

fn names<'a>(what: &'static str, names: impl Iterator<Item = &'a String>) -> Result<(), NetworkError> {
    let mut taken = BTreeSet::new();
    for (number, name) in names.enumerate() {
        let plain = name.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        let name = name.clone();
        if !plain || !bounds::NAME.contains(&name.len()) {
            return Err(NetworkError::Name { what, number, name });
        }
        if !taken.insert(name.clone()) {
            return Err(NetworkError::NameTaken { what, number, name });
        }
    }
    Ok(())
}

/// Which buses are joined so far: each points towards the bus that stands for its group.
struct Joined(Vec<usize>);

impl Joined {
    fn above(&self, bus: usize) -> usize {
        self.0.get(bus).copied().unwrap_or(bus)
    }

    /// The bus that stands for all that are joined with `bus`; the way there is halved as it is walked.
    fn representative(&mut self, mut bus: usize) -> usize {
        while self.above(bus) != bus {
            let beyond = self.above(self.above(bus));
            if let Some(above) = self.0.get_mut(bus) {
                *above = beyond;
            }
            bus = beyond;
        }
        bus
    }

    /// Joins two groups; false if they were one already.
    fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.representative(a), self.representative(b));
        if let (true, Some(above)) = (a != b, self.0.get_mut(a.max(b))) {
            *above = a.min(b);
        }
        a != b
    }

    /// The lowest bus that is not joined with bus 0.
    fn apart(mut self) -> Option<usize> {
        let start = self.representative(0);
        (1..self.0.len()).find(|bus| self.representative(*bus) != start)
    }
}
