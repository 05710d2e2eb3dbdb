//! Why the grid contract refuses.
use busbar_api::grid::{NetworkError, ParamError, RegionError};
use busbar_units::{Interval, UnitsError, Wh};
use cosmwasm_std::{Addr, StdError};
use cw_ownable::OwnershipError;
use thiserror::Error;

/// Why the grid contract refuses; nothing has changed then.
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
    /// A parameter is out of bounds.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// What is fixed at the start is out of bounds.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// The network is none.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Coins are attached where none belong.
    #[error("{count} coins are attached to a message that takes none")]
    Funds {
        /// Denominations attached.
        count: usize,
    },
    /// Only the owner and the utility may post tariffs.
    #[error("{sender} is neither owner nor utility")]
    NotOwnerOrUtility {
        /// Who tried.
        sender: Addr,
    },
    /// Only the grid operator may do this.
    #[error("{sender} is not the grid operator")]
    NotOperator {
        /// Who tried.
        sender: Addr,
    },
    /// The other contracts are named once.
    #[error("the region's contracts are wired already")]
    AlreadyWired,
    /// Two roles cannot be one contract.
    #[error("{address} is named for two of the region's contracts")]
    SameContract {
        /// The address named twice.
        address: Addr,
    },
    /// Too many parameter versions may still be needed.
    #[error("{live} parameter versions may still be needed, at most {max} fit")]
    TooManyVersions {
        /// Versions there would be.
        live: usize,
        /// Most versions.
        max: usize,
    },
    /// Too many networks may still be needed.
    #[error("{live} networks may still be needed, at most {max} fit")]
    TooManyNetworks {
        /// Networks there would be.
        live: usize,
        /// Most networks.
        max: usize,
    },
    /// Devices stand at buses that the network does not have.
    #[error("the network has {buses} buses, devices stand at the first {needed}")]
    BusInUse {
        /// Buses that were given.
        buses: u16,
        /// Buses that hold every device.
        needed: u16,
    },
    /// A zone hangs below a bus that the network does not have.
    #[error("zone at bus {bus}, the network has {buses} buses (0 is the first)")]
    Zone {
        /// The bus at the top of the zone.
        bus: u16,
        /// Buses of the network.
        buses: u16,
    },
    /// More devices settle than have room for their price steps in an interval.
    #[error("{devices} devices settle, the orders of {max} fit an interval")]
    TooManyDevices {
        /// Devices that settle.
        devices: u32,
        /// Most devices.
        max: u32,
    },
    /// The bank would hold more than its storage.
    #[error("bank.usable is {usable}, storage device {device} is endorsed for {registered}")]
    BankUsable {
        /// The bank's device.
        device: u32,
        /// Energy that was asked for.
        usable: Wh,
        /// Energy that the registered storage can deliver; zero where the device is none.
        registered: Wh,
    },
    /// A tariff posted ahead would leave the bounds that the update sets.
    #[error("the tariff posted for {interval}: {source}")]
    PostedTariff {
        /// Its interval.
        interval: Interval,
        /// What it breaks.
        source: ParamError,
    },
    /// A tariff breaks the bounds of its interval.
    #[error("tariff of {interval}: {source}")]
    Tariff {
        /// Its interval.
        interval: Interval,
        /// What it breaks.
        source: ParamError,
    },
    /// Fewer than one or too many tariffs in one message.
    #[error("{count} tariffs in one message, must be 1 to {max}")]
    TariffCount {
        /// Tariffs given.
        count: usize,
        /// Most tariffs.
        max: usize,
    },
    /// The interval is open, and traders count on its tariff.
    #[error("{interval} opened at {opens_s}: its tariff stands")]
    TariffOpened {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which it opened.
        opens_s: u64,
    },
    /// The interval lies too far ahead.
    #[error("{interval} is beyond the last that can be posted, {last}")]
    TariffTooFar {
        /// Last interval of the message.
        interval: Interval,
        /// Last interval that can be posted.
        last: Interval,
    },
    /// Tariffs of intervals that are long final are not kept.
    #[error("the tariff of {interval} is not kept any more")]
    TariffPruned {
        /// The interval.
        interval: Interval,
    },
    /// No parameters are known for an interval before the region was founded.
    #[error("no parameters for {interval}")]
    NoParams {
        /// The interval.
        interval: Interval,
    },
}
