//! Why the registry refuses.
use busbar_api::registry::Status;
use busbar_attestation::{DomainError, EndorsementError, EnrolmentError, KeyError, ReadingError, SignatureError};
use busbar_units::{Interval, UnitsError, Watt, Wh};
use cosmwasm_std::{Addr, StdError, Timestamp};
use cw_ownable::OwnershipError;
use thiserror::Error;

/// Why the registry refuses; nothing has changed then.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// Storage, address or JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// An integer would overflow.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The sender is not the owner, or a transfer of ownership is not possible.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// Bytes are no public key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An endorsement is out of bounds.
    #[error(transparent)]
    Endorsement(#[from] EndorsementError),
    /// An enrolment cannot have been signed.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// Bytes are no record, or a register is out of bounds.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// Bytes are no signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A text is no region id.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// Coins are attached where none belong.
    #[error("{count} coins are attached to a message that takes none")]
    Funds {
        /// Denominations attached.
        count: usize,
    },
    /// Only the grid operator may do this.
    #[error("{sender} is not the grid operator")]
    NotOperator {
        /// Who tried.
        sender: Addr,
    },
    /// Only the grid operator and the oracle may do this.
    #[error("{sender} is neither the grid operator nor the oracle")]
    NotOperatorOrOracle {
        /// Who tried.
        sender: Addr,
    },
    /// Only the device's owner may do this.
    #[error("{sender} does not own device {number}")]
    NotDeviceOwner {
        /// The device.
        number: u32,
        /// Who tried.
        sender: Addr,
    },
    /// Only the device's owner and the grid operator may do this.
    #[error("{sender} is neither the owner of device {number} nor the grid operator")]
    NotDeviceOwnerOrOperator {
        /// The device.
        number: u32,
        /// Who tried.
        sender: Addr,
    },
    /// Nobody has offered the device to the sender.
    #[error("device {number} is not offered to {sender}")]
    NotOfferedTo {
        /// The device.
        number: u32,
        /// Who tried.
        sender: Addr,
    },
    /// Nobody is offered the device.
    #[error("device {number} is offered to nobody")]
    NotOffered {
        /// The device.
        number: u32,
    },
    /// A device is not offered to its own owner.
    #[error("{owner} owns device {number} already")]
    OwnDevice {
        /// The device.
        number: u32,
        /// Its owner.
        owner: Addr,
    },
    /// Only connections pass by themselves: what sits behind one passes with it, a head meter is the grid's.
    #[error("device {number} is no connection and does not pass by itself")]
    DoesNotPass {
        /// The device.
        number: u32,
    },
    /// The device is on its way to its owner.
    #[error("device {number} becomes its owner's with {from} only")]
    Passing {
        /// The device.
        number: u32,
        /// The owner's first interval.
        from: Interval,
    },
    /// Too many devices would have to pass with the connection.
    #[error("more than {max} devices sit behind connection {number}")]
    TooManyBehind {
        /// The connection.
        number: u32,
        /// Most devices that pass with it.
        max: usize,
    },
    /// The number is reserved for somebody else.
    #[error("{sender} did not reserve number {number}")]
    NotReserver {
        /// The number.
        number: u32,
        /// Who tried.
        sender: Addr,
    },
    /// A text is empty or too long.
    #[error("{field} has {length} bytes, must have 1 to {max}")]
    Text {
        /// Which text.
        field: &'static str,
        /// Its bytes.
        length: usize,
        /// Most bytes.
        max: usize,
    },
    /// No manufacturer has this number.
    #[error("manufacturer {id} is unknown")]
    UnknownManufacturer {
        /// The number.
        id: u32,
    },
    /// The manufacturer's endorsements count no more.
    #[error("manufacturer {id} is not admitted")]
    ManufacturerRemoved {
        /// Its number.
        id: u32,
    },
    /// The manufacturer's number is in use.
    #[error("manufacturer {id} is admitted already")]
    ManufacturerAdmitted {
        /// Its number.
        id: u32,
    },
    /// The endorsement was not signed by the manufacturer it names.
    #[error("manufacturer {id} did not sign this endorsement")]
    ManufacturerSignature {
        /// Its number.
        id: u32,
    },
    /// The endorsed key did not sign.
    #[error("the endorsed key did not sign for number {number}")]
    DeviceSignature {
        /// Number of the device.
        number: u32,
    },
    /// The device's present key did not sign.
    #[error("the present key of device {number} did not sign")]
    OldSignature {
        /// Number of the device.
        number: u32,
    },
    /// All numbers are given out.
    #[error("all device numbers are given out")]
    NumbersExhausted,
    /// An account holds as many reservations as it may.
    #[error("{owner} holds {max} reservations, which is the most")]
    TooManyReservations {
        /// The account.
        owner: Addr,
        /// Most reservations.
        max: u32,
    },
    /// The number is not reserved.
    #[error("number {number} is not reserved")]
    NotReserved {
        /// The number.
        number: u32,
    },
    /// The reservation is over.
    #[error("the reservation of {number} lapsed at {lapses}")]
    Lapsed {
        /// The number.
        number: u32,
        /// When it lapsed.
        lapses: Timestamp,
    },
    /// The reservation is not over.
    #[error("the reservation of {number} stands until {lapses}")]
    NotLapsed {
        /// The number.
        number: u32,
        /// When it lapses.
        lapses: Timestamp,
    },
    /// A device is enrolled under the number.
    #[error("a device is enrolled under number {number}")]
    AlreadyEnrolled {
        /// The number.
        number: u32,
    },
    /// The key belongs to a device.
    #[error("the key belongs to device {number}")]
    KeyTaken {
        /// The device.
        number: u32,
    },
    /// The serial number belongs to a device.
    #[error("serial {serial} of manufacturer {manufacturer} belongs to device {number}")]
    SerialTaken {
        /// Number of the manufacturer.
        manufacturer: u32,
        /// Serial number.
        serial: String,
        /// The device.
        number: u32,
    },
    /// No device has this number.
    #[error("device {number} is unknown")]
    UnknownDevice {
        /// The number.
        number: u32,
    },
    /// The device's status does not allow this.
    #[error("device {number} is {status:?}")]
    Status {
        /// The device.
        number: u32,
        /// Where it stands.
        status: Status,
    },
    /// The price steps of another device would not fit an interval.
    #[error("the orders of {max} devices that settle fit an interval, and as many do")]
    RegionFull {
        /// Most devices.
        max: u32,
    },
    /// No device can stand at the bus.
    #[error("devices stand at buses 1 to {last} of the region's network, not at {bus}")]
    Bus {
        /// Bus that was given.
        bus: u16,
        /// Last bus of the network.
        last: u16,
    },
    /// The operator found the device elsewhere.
    #[error("device {number} signed for bus {enrolled}, not {found}")]
    BusMismatch {
        /// The device.
        number: u32,
        /// Bus that the device signed.
        enrolled: u16,
        /// Bus that the operator named.
        found: u16,
    },
    /// The device sits behind something that is no active connection.
    #[error("device {behind} is not an active connection")]
    NotConnection {
        /// The device that was named as connection.
        behind: u32,
    },
    /// A usable rating is above what bounds it.
    #[error("{field} {value} is above {bound}")]
    Rating {
        /// `usable_import` or `usable_export`.
        field: &'static str,
        /// Value that was given.
        value: Watt,
        /// The endorsed rating, or the present usable one.
        bound: Watt,
    },
    /// A rating would be lowered by a message that raises it.
    #[error("{field} {value} is below the present {bound}: the device's owner lowers it")]
    RatingBelow {
        /// `usable_import` or `usable_export`.
        field: &'static str,
        /// Value that was given.
        value: Watt,
        /// The present usable rating.
        bound: Watt,
    },
    /// The oracle has not found the feeder's balance outside the tolerance too often, or its ratings are lowered for
    /// that already.
    #[error(
        "the ratings below bus {bus} were lowered {strikes} times, and no strike is left: see the oracle's feeder"
    )]
    NothingToLower {
        /// Bus of the head meters.
        bus: u16,
        /// Strikes that have lowered ratings.
        strikes: u32,
    },
    /// The endorsement differs where it must not.
    #[error("{field} of device {number} must stay as it is")]
    Changed {
        /// The device.
        number: u32,
        /// Field of the endorsement.
        field: &'static str,
    },
    /// Another key stands in public already.
    #[error("a key of device {number} stands in public until {due}")]
    RotationPending {
        /// The device.
        number: u32,
        /// When it may take over.
        due: Timestamp,
    },
    /// No key stands in public.
    #[error("no key of device {number} stands in public")]
    NoRotation {
        /// The device.
        number: u32,
    },
    /// The public delay is not over.
    #[error("the key of device {number} stands in public until {due}")]
    RotationNotDue {
        /// The device.
        number: u32,
        /// When it may take over.
        due: Timestamp,
    },
    /// Too many earlier meters may still be needed for late readings.
    #[error("device {number} changed its meter {max} times within the correction window")]
    TooManyMeters {
        /// The device.
        number: u32,
        /// Most meters kept.
        max: usize,
    },
    /// The head balance reads every head meter.
    #[error("a region has at most {max} head meters")]
    TooManyHeads {
        /// Most head meters.
        max: usize,
    },
    /// Registers start over before the device's first reading.
    #[error("{interval} lies before the first interval of device {number}, {active_from}")]
    BeforeActive {
        /// The device.
        number: u32,
        /// Interval that was given.
        interval: Interval,
        /// First interval of the device.
        active_from: Interval,
    },
    /// A register is not below the modulus of its meter.
    #[error("{register} {value} is not below the register modulus {modulus}")]
    Register {
        /// Which register.
        register: &'static str,
        /// Value that was given.
        value: Wh,
        /// Modulus of the meter.
        modulus: Wh,
    },
    /// The record was signed for this region.
    #[error("the record is not for another region")]
    OwnRegion,
    /// Records of test regions never count, nor does anything in one.
    #[error("records of a test region do not count: {domain}")]
    TestRegion {
        /// The test region.
        domain: String,
    },
    /// The record's domain is not that of the region named.
    #[error("the record was not signed for region {domain}")]
    RecordDomain {
        /// The region named.
        domain: String,
    },
    /// The device's key did not sign the record.
    #[error("the key of device {number} did not sign the record")]
    RecordSignature {
        /// The device.
        number: u32,
    },
}
