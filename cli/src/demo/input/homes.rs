use std::path::{Path, PathBuf};

use busbar_units::{NetWh, Wh};

use super::InputError;
use super::assets::{Assets, Battery};
use super::column::read_columns;
use super::decimal::{Decimal, DecimalError};

/// What one home generates and uses, hour by hour, before its meter nets the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The file's name without its ending, `Building_<n>`.
    pub name: String,
    /// Solar generation per hour.
    pub generation: Vec<Wh>,
    /// Load per hour.
    pub load: Vec<Wh>,
}

/// The homes of a folder over the hours of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homes {
    /// In the order of their numbers.
    pub homes: Vec<Home>,
    /// Number of hours, the same for each.
    pub hours: usize,
    /// Rows of the files, of which the run takes `hours`.
    pub rows: usize,
    /// Hour of the day (0..24) in which the first hour of the run starts, 0 where the files do not say.
    pub starts_at: u8,
    /// The battery of the first home.
    pub battery: Battery,
    /// What the meters counted in the [`DAY`] hours before the first, hour by hour, home by home; empty where the homes
    /// begin without a yesterday.
    pub day_before: Vec<Vec<NetWh>>,
}

/// Hours between an hour and the one whose meter readings its orders are made from.
pub const DAY: usize = 24;

/// Which rows of the files to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// First row, counted from 0.
    pub from: usize,
    /// Number of rows; all that follow when absent.
    pub hours: Option<usize>,
}

const LOAD: &str = "non_shiftable_load";
const SOLAR: &str = "solar_generation";
const HOUR: &str = "hour";

/// A load or a generation of more than 100 MW is no home's.
const MAX_WH: u64 = 100_000_000;

impl Homes {
    /// Reads every `Building_<n>.csv` of `dir`, in the order of n, and `assets.json`.
    ///
    /// Energy of a row: `non_shiftable_load` [kWh] x 1000 and `solar_generation` [W per kW] x nominal
    /// power [kW] over one hour, each rounded half up once from the decimal text.
    pub fn read(dir: &Path, window: Window) -> Result<Self, InputError> {
        let files = building_files(dir)?;
        let assets = Assets::read(dir)?;
        let mut homes: Vec<Home> = Vec::with_capacity(files.len());
        let mut first: Option<(PathBuf, usize)> = None;
        for (name, file) in files {
            let home = read_home(&name, &file, assets.solar_kw(&name)?)?;
            let rows = home.load.len();
            match &first {
                None => first = Some((file, rows)),
                Some((first, expected)) if *expected != rows => {
                    return Err(InputError::RowCount {
                        file,
                        rows,
                        expected: *expected,
                        first: first.clone(),
                    });
                }
                Some(_) => {}
            }
            homes.push(home);
        }
        let Some((file, rows)) = first else {
            return Err(InputError::NoHomes { dir: dir.to_owned() });
        };
        let range = window.range(rows)?;
        let before = range.start.checked_sub(DAY).map_or(0..0, |start| start..range.start);
        let day_before = before.map(|row| homes.iter().map(|home| home.net(row)).collect());
        let day_before = day_before.collect();
        let starts_at = hour_of_day(&file, range.start)?;
        let battery = assets.battery(homes.first().map_or("", |home| &home.name))?;
        for home in &mut homes {
            home.generation = home.generation.get(range.clone()).unwrap_or_default().to_vec();
            home.load = home.load.get(range.clone()).unwrap_or_default().to_vec();
        }
        Ok(Self {
            homes,
            hours: range.len(),
            rows,
            starts_at,
            battery,
            day_before,
        })
    }
}

impl Home {
    /// What its meter counts in an hour: drawn less fed. The meter sits at the connection: what the roof makes and the
    /// home uses at once never passes it.
    pub fn net(&self, hour: usize) -> NetWh {
        // Neither is above what a home can have: the difference always fits.
        let at = |series: &[Wh]| series.get(hour).copied().unwrap_or(Wh::ZERO);
        NetWh::of(at(&self.load), at(&self.generation)).unwrap_or(NetWh::ZERO)
    }
}

impl Window {
    /// The rows that the window takes of files with `rows` rows.
    pub fn range(self, rows: usize) -> Result<std::ops::Range<usize>, InputError> {
        let left = rows.saturating_sub(self.from);
        let hours = self.hours.unwrap_or(left);
        match self.from.checked_add(hours) {
            Some(end) if hours > 0 && end <= rows => Ok(self.from..end),
            _ => Err(InputError::Window {
                from: self.from,
                hours,
                rows,
            }),
        }
    }
}

/// Name and path of each `Building_<n>.csv`, in the order of n.
fn building_files(dir: &Path) -> Result<Vec<(String, PathBuf)>, InputError> {
    let read_error = |source| InputError::Read {
        file: dir.to_owned(),
        source,
    };
    let mut found: Vec<(u32, String, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(read_error)? {
        let path = entry.map_err(read_error)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".csv"));
        let Some(name) = name.map(str::to_owned) else { continue };
        let Some(number) = name.strip_prefix("Building_").and_then(|number| number.parse().ok()) else {
            continue;
        };
        found.push((number, name, path));
    }
    found.sort();
    for pair in found.windows(2) {
        if let [(a, ..), (b, ..)] = pair
            && a == b
        {
            return Err(InputError::SameHome {
                dir: dir.to_owned(),
                number: *a,
            });
        }
    }
    Ok(found.into_iter().map(|(_, name, path)| (name, path)).collect())
}

fn read_home(name: &str, file: &Path, solar_kw: Decimal) -> Result<Home, InputError> {
    let mut home = Home {
        name: name.to_owned(),
        generation: Vec::new(),
        load: Vec::new(),
    };
    read_columns(file, [LOAD, SOLAR], |[load, solar]| {
        let used = load.value.whole(1000).and_then(bounded);
        home.load.push(used.map_err(|problem| load.error(problem))?);
        let generated = solar
            .value
            .times(solar_kw)
            .and_then(|watt| watt.whole(1))
            .and_then(bounded);
        home.generation.push(generated.map_err(|problem| solar.error(problem))?);
        Ok(())
    })?;
    Ok(home)
}

fn bounded(wh: u64) -> Result<Wh, DecimalError> {
    if wh <= MAX_WH {
        Ok(Wh::new(wh))
    } else {
        Err(DecimalError::Range)
    }
}

/// Hour of the day in which row `row` starts; the column states the hour in which it ends, 1..=24.
fn hour_of_day(file: &Path, row: usize) -> Result<u8, InputError> {
    let mut ends = Vec::new();
    let read = read_columns(file, [HOUR], |[hour]| {
        let end = hour
            .value
            .whole(1)
            .ok()
            .and_then(|end| u8::try_from(end).ok())
            .filter(|end| (1..=24).contains(end));
        ends.push(end.ok_or_else(|| hour.error(DecimalError::Range))?);
        Ok(())
    });
    match read {
        Ok(_) => Ok(ends.get(row).map_or(0, |end| end.saturating_sub(1))),
        Err(InputError::MissingColumn { .. }) => Ok(0),
        Err(error) => Err(error),
    }
}
