use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Devices whose readings share one page of storage.
pub const DEVICES_PER_PAGE: u32 = 64;

/// The page that holds a device number.
pub const fn page_of(device: u32) -> u32 {
    device / DEVICES_PER_PAGE
}

/// The place of a device number inside its page, 0 to 63.
pub const fn slot_of(device: u32) -> u8 {
    // The remainder by 64 is the number's lowest six bits.
    device.to_le_bytes()[0] & 63
}

/// The device number at a place of a page; none for a slot above 63 or beyond the last number.
pub fn device_at(page: u32, slot: u8) -> Option<u32> {
    let offset = u32::from(slot);
    if offset >= DEVICES_PER_PAGE {
        return None;
    }
    page.checked_mul(DEVICES_PER_PAGE)?.checked_add(offset)
}

/// What a metering device measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename_all = "snake_case")]
pub enum DeviceKind {
    /// The connection of a home or a site, which imports and exports.
    Connection,
    /// A consumer.
    Load,
    /// A photovoltaic generator.
    Solar,
    /// A wind generator.
    Wind,
    /// A battery or another storage.
    Storage,
    /// A charger of vehicles.
    Charger,
    /// The meter at the head of a feeder: a check on the others, never a party.
    HeadMeter,
}

impl DeviceKind {
    /// All kinds, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Connection,
        Self::Load,
        Self::Solar,
        Self::Wind,
        Self::Storage,
        Self::Charger,
        Self::HeadMeter,
    ];

    /// The byte that stands for the kind in signed messages and packed storage.
    pub const fn code(self) -> u8 {
        match self {
            Self::Connection => 1,
            Self::Load => 2,
            Self::Solar => 3,
            Self::Wind => 4,
            Self::Storage => 5,
            Self::Charger => 6,
            Self::HeadMeter => 7,
        }
    }

    /// The kind behind a code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
