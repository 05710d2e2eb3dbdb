use std::ops::RangeInclusive;

use busbar_clearing::MAX_BUSES;

use super::{Line, NetworkFile, NetworkFileError, Voltage, bounds};
use crate::json::field;
use crate::{Graph, GraphError, Names};

impl NetworkFile {
    /// Checks that the market can clear on it.
    ///
    /// # Errors
    /// The first [`NetworkFileError`]: lists too long, names that are taken or unknown, numbers out of bounds, a line
    /// from a bus to itself, islands, loops without reactance, voltage limits without impedances or of unknown buses,
    /// derated capacities that are not those of the spanning tree.
    pub fn validate(&self) -> Result<(), NetworkFileError> {
        self.validate_at("")
    }

    /// The spanning tree and the loops; buses and lines stand for their positions in the file.
    ///
    /// # Errors
    /// As [`NetworkFile::validate`].
    pub fn graph(&self) -> Result<Graph, NetworkFileError> {
        Paths(String::new()).graph(self)
    }

    /// [`NetworkFile::validate`] for a network at `path` of a larger file.
    pub(super) fn validate_at(&self, path: &str) -> Result<(), NetworkFileError> {
        let paths = Paths(path.to_owned());
        let graph = paths.graph(self)?;
        for (number, line) in self.lines.iter().enumerate() {
            paths.line(number, line)?;
        }
        paths.loops(self, &graph)?;
        paths.fallback(self, &graph)?;
        if let Some(voltage) = &self.voltage {
            paths.voltage(self, voltage)?;
        }
        Ok(())
    }
}

/// Where the network stands in its file.
struct Paths(String);

impl Paths {
    fn of(&self, name: &str) -> String {
        field(&self.0, name)
    }

    fn of_line(&self, number: usize, name: &str) -> String {
        self.of(&format!("lines[{number}].{name}"))
    }

    fn graph(&self, file: &NetworkFile) -> Result<Graph, NetworkFileError> {
        let buses = self.names("buses", "", file.buses.iter())?;
        if buses.all().is_empty() {
            return Err(NetworkFileError::NoBus {
                field: self.of("buses"),
            });
        }
        let find = |name: &str, field: &dyn Fn() -> String| {
            buses.find(name).ok_or_else(|| NetworkFileError::UnknownBus {
                field: field(),
                name: name.to_owned(),
                buses: self.of("buses"),
            })
        };
        let root = find(&file.root, &|| self.of("root"))?;
        let lines = self.names("lines", ".id", file.lines.iter().map(|line| &line.id))?;
        let mut ends = Vec::with_capacity(file.lines.len());
        for (number, line) in file.lines.iter().enumerate() {
            let from = find(&line.from, &|| self.of_line(number, "from"))?;
            ends.push((from, find(&line.to, &|| self.of_line(number, "to"))?));
        }
        Graph::span(file.buses.len(), root, ends).map_err(|error| match error {
            GraphError::SelfLoop { line, bus } => NetworkFileError::SelfLoop {
                field: self.of("lines"),
                line: lines.name(line).to_owned(),
                bus: buses.name(bus).to_owned(),
            },
            GraphError::Island { bus } | GraphError::UnknownBus { bus } => NetworkFileError::Island {
                field: self.of("buses"),
                bus: buses.name(bus).to_owned(),
                root: file.root.clone(),
            },
        })
    }

    fn names<'a>(
        &self,
        list: &str,
        suffix: &'static str,
        names: impl ExactSizeIterator<Item = &'a String>,
    ) -> Result<Names, NetworkFileError> {
        let (field, count) = (self.of(list), names.len());
        if count > MAX_BUSES {
            return Err(NetworkFileError::TooMany {
                field,
                count,
                max: MAX_BUSES,
            });
        }
        let mut taken = Names::at(field, suffix);
        for name in names {
            taken.add(name.clone())?;
        }
        Ok(taken)
    }

    fn line(&self, number: usize, line: &Line) -> Result<(), NetworkFileError> {
        for (name, value) in [
            ("capacity_wh", Some(line.capacity_wh)),
            ("capacity_back_wh", line.capacity_back_wh),
            ("derated_wh", line.derated_wh),
        ] {
            if let Some(value) = value {
                within(|| self.of_line(number, name), value, bounds::CAPACITY_WH)?;
            }
        }
        Ok(())
    }

    fn loops(&self, file: &NetworkFile, graph: &Graph) -> Result<(), NetworkFileError> {
        let id = |line: usize| file.lines.get(line).map_or(String::new(), |line| line.id.clone());
        for each in graph.loops() {
            let bare = |line: usize| {
                file.lines
                    .get(line)
                    .is_some_and(|line| line.reactance.unwrap_or(0) == 0)
            };
            if let Some(&(without, _)) = each.lines.iter().find(|(line, _)| bare(*line)) {
                return Err(NetworkFileError::LoopWithoutReactance {
                    field: self.of("lines"),
                    line: each.lines.first().map_or(String::new(), |&(chord, _)| id(chord)),
                    without: id(without),
                });
            }
        }
        Ok(())
    }

    fn fallback(&self, file: &NetworkFile, graph: &Graph) -> Result<(), NetworkFileError> {
        if file.lines.iter().all(|line| line.derated_wh.is_none()) {
            return Ok(());
        }
        for (number, line) in file.lines.iter().enumerate() {
            let field = || self.of_line(number, "derated_wh");
            let outside = graph.chords().binary_search(&number).is_ok();
            match (outside, line.derated_wh) {
                (true, Some(_)) => {
                    return Err(NetworkFileError::FallbackOutside {
                        field: field(),
                        line: line.id.clone(),
                    });
                }
                (false, None) => {
                    return Err(NetworkFileError::FallbackMissing {
                        field: field(),
                        line: line.id.clone(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn voltage(&self, file: &NetworkFile, voltage: &Voltage) -> Result<(), NetworkFileError> {
        within(|| self.of("voltage.base_wh"), voltage.base_wh, bounds::BASE_WH)?;
        within(
            || self.of("voltage.tan_phi_ppm"),
            voltage.tan_phi_ppm,
            bounds::TAN_PHI_PPM,
        )?;
        within(|| self.of("voltage.root_ppm"), voltage.root_ppm, bounds::ROOT_PPM)?;
        let known: std::collections::HashSet<&String> = file.buses.iter().collect();
        let mut taken = Names::at(self.of("voltage.limits"), "");
        for (bus, limit) in &voltage.limits {
            let field = |name: &str| self.of(&format!("voltage.limits.{bus}{name}"));
            if !known.contains(bus) {
                return Err(NetworkFileError::UnknownBus {
                    field: field(""),
                    name: bus.clone(),
                    buses: self.of("buses"),
                });
            }
            taken.add(bus.clone())?;
            // Without any flow every bus has the root's voltage: a limit beyond it could never be kept.
            let (lowest, highest) = (*bounds::MIN_PPM.start(), *bounds::MAX_PPM.end());
            within(|| field(".min_ppm"), limit.min_ppm, lowest..=voltage.root_ppm)?;
            within(|| field(".max_ppm"), limit.max_ppm, voltage.root_ppm..=highest)?;
        }
        for (number, line) in file.lines.iter().enumerate() {
            for (name, value) in [("resistance", line.resistance), ("reactance", line.reactance)] {
                if value.is_none() {
                    return Err(NetworkFileError::NoImpedance {
                        field: self.of_line(number, name),
                    });
                }
            }
        }
        Ok(())
    }
}

fn within<T: PartialOrd + Copy>(
    field: impl Fn() -> String,
    value: T,
    bounds: RangeInclusive<T>,
) -> Result<(), NetworkFileError>
where
    i128: From<T>,
{
    if bounds.contains(&value) {
        return Ok(());
    }
    Err(NetworkFileError::Bounds {
        field: field(),
        value: value.into(),
        min: (*bounds.start()).into(),
        max: (*bounds.end()).into(),
    })
}
