//! The network file: what the market clears on, in whole numbers.
mod error;
mod read;
mod validate;

use std::fmt::Write;

use busbar_clearing::MAX_CAPACITY;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

pub use error::NetworkFileError;

/// Bounds of the file's numbers; the market's own bounds where it has one.
pub mod bounds {
    use std::ops::RangeInclusive;

    /// Energy of one interval over a line, in Wh.
    pub const CAPACITY_WH: RangeInclusive<u64> = 0..=super::MAX_CAPACITY.get();
    /// Series reactance and resistance, in 1e-5 p.u.
    pub const IMPEDANCE: RangeInclusive<u32> = 0..=u32::MAX;
    /// Energy of 1 p.u. in one interval, in Wh.
    pub const BASE_WH: RangeInclusive<u64> = 1..=1 << 48;
    /// Tangent of the angle between apparent and active power, in millionths: a power factor of 0.45 at the ends.
    pub const TAN_PHI_PPM: RangeInclusive<i64> = -2_000_000..=2_000_000;
    /// Voltage of the root, in millionths of 1 p.u.
    pub const ROOT_PPM: RangeInclusive<i64> = 500_000..=2_000_000;
    /// Lowest voltage of a bus, in millionths of 1 p.u.; at most the root's besides.
    pub const MIN_PPM: RangeInclusive<i64> = 0..=2_000_000;
    /// Highest voltage of a bus, in millionths of 1 p.u.; at least the root's besides.
    pub const MAX_PPM: RangeInclusive<i64> = 0..=2_000_000;
}

/// Buses joined by lines. A value of this type may be anything; [`NetworkFile::parse`] and [`NetworkFile::validate`]
/// let through only what the market can clear on.
///
/// ```
/// use busbar_network::NetworkFile;
///
/// let file = NetworkFile::parse(
///     r#"{"root": "1", "buses": ["1", "2"],
///         "lines": [{"id": "l1", "from": "1", "to": "2", "capacity_wh": 5000}]}"#,
/// )?;
/// assert!(file.graph()?.is_radial());
/// assert_eq!(NetworkFile::parse(&file.to_json())?, file);
/// # Ok::<(), busbar_network::NetworkFileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkFile {
    /// Name of the bus that the spanning tree hangs from: the connection to the higher grid.
    pub root: String,
    /// Names of all buses.
    pub buses: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Limits of voltage, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voltage: Option<Voltage>,
}

/// A line between two buses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its name.
    pub id: String,
    /// Name of the bus that positive flow leaves.
    pub from: String,
    /// Name of the bus that positive flow reaches.
    pub to: String,
    /// Most energy of one interval from `from` to `to`, in Wh.
    pub capacity_wh: u64,
    /// Most energy of one interval back, in Wh; equal to `capacity_wh` where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_back_wh: Option<u64>,
    /// Series reactance in 1e-5 p.u.; above 0 on every line of a loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactance: Option<u32>,
    /// Series resistance in 1e-5 p.u.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resistance: Option<u32>,
    /// Capacity in Wh, both ways, where only the spanning tree is cleared: so low that whatever the tree can carry, the
    /// whole network can within all its limits. On the lines of that tree and no others, or nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derated_wh: Option<u64>,
}

/// Limits of voltage by lossless LinDistFlow in squared voltages at one power factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voltage {
    /// Energy of 1 p.u. in one interval, in Wh.
    pub base_wh: u64,
    /// Tangent of the angle between apparent and active power, in millionths, the same at every bus.
    pub tan_phi_ppm: i64,
    /// Voltage of the root, in millionths of 1 p.u.
    pub root_ppm: i64,
    /// Limits by name of bus, at most one each; a bus without one is free.
    #[serde(serialize_with = "by_name")]
    pub limits: Vec<(String, VoltageLimit)>,
}

/// Lowest and highest voltage of a bus, in millionths of 1 p.u., any margin included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VoltageLimit {
    /// Lowest; at most the root's voltage.
    pub min_ppm: i64,
    /// Highest; at least the root's voltage.
    pub max_ppm: i64,
}

fn by_name<S: Serializer>(limits: &[(String, VoltageLimit)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(limits.len()))?;
    for (name, limit) in limits {
        map.serialize_entry(name, limit)?;
    }
    map.end()
}

/// Strict, as [`NetworkFile::parse`]: unknown fields, fields that stand twice and invalid networks are refused.
impl<'de> Deserialize<'de> for NetworkFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(raw.get()).map_err(serde::de::Error::custom)
    }
}

impl Line {
    /// Most energy of one interval from `to` to `from`, in Wh.
    pub fn back_wh(&self) -> u64 {
        self.capacity_back_wh.unwrap_or(self.capacity_wh)
    }
}

/// Texts, integers, lists and maps by text: nothing that JSON cannot hold, so nothing can fail.
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl NetworkFile {
    /// The JSON text, one row per line of the network, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut text = format!(
            "{{\n\"root\": {},\n\"buses\": {},\n\"lines\": [",
            json(&self.root),
            json(&self.buses)
        );
        for (number, line) in self.lines.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}\n{}", if number == 0 { "" } else { "," }, json(line));
        }
        text.push_str("\n]");
        if let Some(voltage) = &self.voltage {
            let _ = write!(text, ",\n\"voltage\": {}", json(voltage));
        }
        text.push_str("\n}\n");
        text
    }
}
