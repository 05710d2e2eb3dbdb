//! The registry: manufacturers, devices, their keys, endorsements and physical limits.
//!
//! A device joins in three steps: its owner reserves a number, enrols it with the manufacturer's
//! endorsement and the device's own signature, and the grid operator confirms bus and usable rating.
mod client;
mod device;
mod page;
pub mod raw;
mod summary;

use busbar_units::{Interval, Watt, Wh};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Binary, Timestamp};
use cw_ownable::{cw_ownable_execute, cw_ownable_query};

pub use client::Client;
pub use device::{Device, DeviceDetails, Endorsement, Key, Manufacturer, PendingKey, Reservation, Status, Suspension};
pub use page::{DevicePage, Meter, Slot, SlotStatus};
pub use summary::{DeviceSummary, StorageRating};

/// Seconds after which a reserved number lapses unless the operator has confirmed its device: 30 days.
pub const RESERVATION_S: u64 = 30 * 86_400;
/// Seconds for which a key that the old one did not sign for stands in public: 7 days.
pub const ROTATION_DELAY_S: u64 = 7 * 86_400;
/// Reserved numbers, not yet confirmed, that one account may hold.
pub const RESERVATIONS_PER_OWNER: u32 = 64;
/// Meters of a device that are kept beside its present one, for readings that come late.
pub const PAST_METERS: usize = 16;
/// Numbers that one call of [`ExecuteMsg::LowerFeeder`] goes through.
pub const NUMBERS_PER_LOWERING: u32 = 64;
/// Devices behind a connection that pass to another owner with it.
pub const BEHIND_PASSED: usize = 32;
/// Most head meters of a region: the head balance reads each of them.
pub const HEAD_METERS: usize = 16;
/// Longest name of a manufacturer and longest note of a suspension, in bytes.
pub const TEXT_LIMIT: usize = 128;
/// Entries of a list query when no limit is given.
pub const DEFAULT_LIMIT: u32 = 30;
/// Most entries of a list query.
pub const MAX_LIMIT: u32 = 100;

/// Genesis of the registry. Domain, operator and the other contracts are read from the grid contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Admits and removes manufacturers.
    pub owner: String,
    /// The region's grid contract.
    pub grid: String,
}

/// Nothing has to be told to a migration.
#[cw_serde]
pub struct MigrateMsg {}

/// What one may do. No message takes coins.
#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Admits a manufacturer whose endorsements count from here on. Owner only.
    AdmitManufacturer {
        /// Its IANA private enterprise number: the same in every region.
        id: u32,
        /// Name, 1 to 128 bytes.
        name: String,
        /// The key that signs its endorsements.
        key: Key,
    },
    /// Takes no more endorsements of a manufacturer; devices that are enrolled stay. Owner only.
    RemoveManufacturer {
        /// Its number.
        id: u32,
    },
    /// Reserves the next free number for the sender for 30 days; the number is in the response's data.
    Reserve {},
    /// Frees a number whose reservation lapsed before its device was confirmed. Anyone.
    ReleaseLapsed {
        /// The number.
        number: u32,
    },
    /// Enrols a device under a reserved number; it waits for the operator's confirmation.
    /// Only the account that reserved the number.
    Enrol {
        /// The reserved number.
        number: u32,
        /// What the manufacturer vouches for.
        endorsement: Endorsement,
        /// The manufacturer's signature over it.
        manufacturer_signature: Binary,
        /// The device's signature over domain, number, owner, bus and `behind`.
        device_signature: Binary,
        /// Bus of the region's network.
        bus: u16,
        /// The connection of the same owner that the device sits behind; none for a connection itself.
        behind: Option<u32>,
    },
    /// Confirms an enrolled device: its readings are accepted from the next interval on, and it is awaited
    /// from the one after. Operator only.
    Confirm {
        /// The device.
        number: u32,
        /// Bus that the operator found it at; must be the enrolled one.
        bus: u16,
        /// Power that it may draw, at most the endorsed one.
        usable_import: Watt,
        /// Power that it may feed, at most the endorsed one.
        usable_export: Watt,
    },
    /// Lowers the usable ratings of a device. Its owner only, once the device is his.
    LowerRating {
        /// The device.
        number: u32,
        /// At most the present one.
        usable_import: Watt,
        /// At most the present one.
        usable_export: Watt,
    },
    /// Lowers the usable ratings on a feeder by the region's `head_derating`, once for each time that the oracle
    /// found its balance outside the tolerance too often ([`crate::oracle::Feeder`]); devices confirmed later are left
    /// alone. At most 64 numbers at a time: again while the event says so. Anyone.
    LowerFeeder {
        /// Bus of the feeder's head meters.
        bus: u16,
    },
    /// Raises the usable ratings of a device, as after the cause of a mismatch was found. Operator only.
    RaiseRating {
        /// The device.
        number: u32,
        /// At least the present one, at most the endorsed one.
        usable_import: Watt,
        /// At least the present one, at most the endorsed one.
        usable_export: Watt,
    },
    /// Gives a device another key. With the old key's signature it is valid from the next interval but one;
    /// without it the key first stands in public for 7 days ([`ExecuteMsg::CompleteRotation`]). Its owner only.
    RotateKey {
        /// The device.
        number: u32,
        /// As enrolled, but for the key.
        endorsement: Endorsement,
        /// The manufacturer's signature over it.
        manufacturer_signature: Binary,
        /// The new key's signature over domain, number and new key.
        device_signature: Binary,
        /// The old key's signature over the same.
        old_key_signature: Option<Binary>,
    },
    /// Puts a key in force that has stood in public for 7 days, from the next interval but one on. Anyone.
    CompleteRotation {
        /// The device.
        number: u32,
    },
    /// Withdraws a key that stands in public. Operator only.
    CancelRotation {
        /// The device.
        number: u32,
    },
    /// Replaces the meter of a device, or resets its registers. Operator only, as meter operator.
    Replace {
        /// The device.
        number: u32,
        /// The new meter: same kind; another serial and key, or the old ones for a reset.
        endorsement: Endorsement,
        /// The manufacturer's signature over it.
        manufacturer_signature: Binary,
        /// The new meter's signature over the registers and its key.
        device_signature: Binary,
        /// The old meter's signature over the same, where it can still sign.
        old_signature: Option<Binary>,
        /// Last interval of the old registers; the new key is valid from the next one on.
        interval: Interval,
        /// Import register of the old meter at the end of `interval`.
        final_import: Wh,
        /// Export register of the old meter at the end of `interval`.
        final_export: Wh,
        /// Import register of the new meter at that moment.
        initial_import: Wh,
        /// Export register of the new meter at that moment.
        initial_export: Wh,
    },
    /// Refuses the device's readings until it is reinstated. Operator or oracle.
    Suspend {
        /// The device.
        number: u32,
        /// Why.
        reason: Suspension,
    },
    /// Suspends a device whose key signed a record for another region. Test regions never count. Anyone.
    ReportForeignRecord {
        /// The device in this region.
        number: u32,
        /// Id of the other region.
        domain: String,
        /// The record that was signed for it: 49 bytes.
        record: Binary,
        /// The signature by the key that the device holds here.
        signature: Binary,
    },
    /// Accepts the device's readings again; it is awaited from the next interval but one on. Operator only.
    Reinstate {
        /// The device.
        number: u32,
    },
    /// Ends a device for good. Its owner or the operator.
    Retire {
        /// The device.
        number: u32,
    },
    /// Offers an active connection, with all that sits behind it, to another owner; an earlier offer is replaced. Its
    /// owner only.
    OfferDevice {
        /// The device.
        number: u32,
        /// Who may take it over.
        to: String,
    },
    /// Withdraws the offer of a device. Its owner only.
    WithdrawOffer {
        /// The device.
        number: u32,
    },
    /// Takes over a device that is offered, from the first interval on for which nobody can have placed orders yet:
    /// one more than the longest horizon ahead. What comes before stays the former owner's for good. The market
    /// refuses it while either side owes coin or lacks the device's margin ([`crate::market::ExecuteMsg::HandOver`]).
    /// Only the account that it is offered to.
    AcceptDevice {
        /// The device.
        number: u32,
    },
}

/// Questions about devices and manufacturers.
#[cw_ownable_query]
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What the contract was founded with.
    #[returns(ConfigResponse)]
    Config {},
    /// A device, enrolled or later.
    #[returns(Device)]
    Device {
        /// Its number.
        number: u32,
    },
    /// The device that holds a key, at present or earlier.
    #[returns(Device)]
    DeviceByKey {
        /// The key.
        key: Key,
    },
    /// The device with a serial number.
    #[returns(Device)]
    DeviceBySerial {
        /// Number of the manufacturer.
        manufacturer: u32,
        /// Serial number.
        serial: String,
    },
    /// Devices in the order of their numbers.
    #[returns(Vec<Device>)]
    Devices {
        /// Continue after this number.
        start_after: Option<u32>,
        /// At most [`MAX_LIMIT`].
        limit: Option<u32>,
    },
    /// Devices of an owner in the order of their numbers.
    #[returns(Vec<Device>)]
    DevicesByOwner {
        /// The owner.
        owner: String,
        /// Continue after this number.
        start_after: Option<u32>,
        /// At most [`MAX_LIMIT`].
        limit: Option<u32>,
    },
    /// The reservation of a number that is not yet confirmed.
    #[returns(Reservation)]
    Reservation {
        /// The number.
        number: u32,
    },
    /// Reservations of an owner in the order of their numbers.
    #[returns(Vec<Reservation>)]
    ReservationsByOwner {
        /// The owner.
        owner: String,
        /// Continue after this number.
        start_after: Option<u32>,
        /// At most [`MAX_LIMIT`].
        limit: Option<u32>,
    },
    /// A manufacturer.
    #[returns(Manufacturer)]
    Manufacturer {
        /// Its number.
        id: u32,
    },
    /// Manufacturers in the order of their numbers.
    #[returns(Vec<Manufacturer>)]
    Manufacturers {
        /// Continue after this number.
        start_after: Option<u32>,
        /// At most [`MAX_LIMIT`].
        limit: Option<u32>,
    },
    /// How many settling devices are awaited in an interval.
    #[returns(AwaitedResponse)]
    Awaited {
        /// The interval.
        interval: Interval,
    },
    /// How many numbers were ever given out: the lowest number above all devices.
    #[returns(CountResponse)]
    Count {},
}

/// Answer to [`QueryMsg::Config`].
#[cw_serde]
pub struct ConfigResponse {
    /// The region's grid contract.
    pub grid: Addr,
    /// Region id that devices sign for.
    pub domain: String,
}

/// Answer to [`QueryMsg::Awaited`].
#[cw_serde]
pub struct AwaitedResponse {
    /// Settling devices.
    pub awaited: u32,
}

/// Answer to [`QueryMsg::Count`].
#[cw_serde]
pub struct CountResponse {
    /// Numbers.
    pub count: u32,
}

/// Data of the response to [`ExecuteMsg::Reserve`].
#[cw_serde]
pub struct Reserved {
    /// The number.
    pub number: u32,
    /// When the reservation lapses.
    pub lapses: Timestamp,
}
