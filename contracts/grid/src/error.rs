//! Why the grid contract refuses.
use busbar_api::grid::{MarketState, NetworkError, ParamError, RegionError};
use busbar_units::{Interval, Ppm, UnitsError, Wh};
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
    /// Only owner and guardian may do this.
    #[error("{sender} is neither owner nor guardian")]
    NotOwnerOrGuardian {
        /// Who tried.
        sender: Addr,
    },
    /// Only the reporter may do this.
    #[error("{sender} is not the reporter of frequencies")]
    NotReporter {
        /// Who tried.
        sender: Addr,
    },
    /// From gate closure on nothing about an interval changes.
    #[error("the gate of {interval} closed at {closes_s}")]
    GateClosed {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which it closed.
        closes_s: u64,
    },
    /// Only open intervals are tightened; headroom and network rule the others.
    #[error("{interval} is not open")]
    NotOpen {
        /// The interval.
        interval: Interval,
    },
    /// The interval lies too far ahead.
    #[error("{interval} is beyond the last that can be changed, {last}")]
    TooFar {
        /// The interval.
        interval: Interval,
        /// Last interval that can be changed.
        last: Interval,
    },
    /// Fewer than one or too many intervals in one message.
    #[error("{count} intervals in one message, must be 1 to {max}")]
    LimitedIntervals {
        /// Intervals given.
        count: u64,
        /// Most intervals.
        max: u64,
    },
    /// Fewer than one or too many limits in one message.
    #[error("{count} limits in one message, must be 1 to {max}")]
    LimitCount {
        /// Limits given, over all intervals.
        count: usize,
        /// Most limits.
        max: usize,
    },
    /// The network has no such line.
    #[error("line {line} does not exist, there are {lines} (0 is the first)")]
    UnknownLine {
        /// The line that was named.
        line: u16,
        /// How many there are.
        lines: usize,
    },
    /// A limit only lowers.
    #[error("line {line} in {interval}: {source}")]
    Limit {
        /// The interval.
        interval: Interval,
        /// The line.
        line: u16,
        /// What it breaks.
        source: ParamError,
    },
    /// Every line carries no more already.
    #[error("no line would carry less")]
    NothingTighter,
    /// An open interval is only tightened, and a guardian only tightens.
    #[error("state {state:?} is not tighter than {in_force:?}")]
    NotTighter {
        /// The state that was asked for.
        state: MarketState,
        /// The state in force.
        in_force: MarketState,
    },
    /// Too many states would be kept.
    #[error("{count} states to come, at most {max} fit")]
    TooManyStates {
        /// States there would be.
        count: usize,
        /// Most states.
        max: usize,
    },
    /// A frequency is the mean of a whole interval.
    #[error("{interval} is delivered at {end_s}")]
    NotDelivered {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which it ends.
        end_s: u64,
    },
    /// The confirmation window is over.
    #[error("the confirmation window of {interval} ended at {ends_s}")]
    FrequencyTooLate {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which it ended.
        ends_s: u64,
    },
    /// The imbalance price was frozen when the interval was confirmed.
    #[error("{interval} is confirmed")]
    FrequencyConfirmed {
        /// The interval.
        interval: Interval,
    },
    /// A frequency is reported once.
    #[error("the frequency of {interval} is known")]
    FrequencyPosted {
        /// The interval.
        interval: Interval,
    },
    /// A week has so many hours.
    #[error("{count} tariffs by hour of the week, must be {expected}")]
    WeekCount {
        /// Tariffs given.
        count: usize,
        /// Hours in a week.
        expected: usize,
    },
    /// A tariff of the week breaks the bounds of an interval that it may count in.
    #[error("tariff of hour {hour} of the week: {source}")]
    WeekTariff {
        /// The hour, from 0.
        hour: usize,
        /// What it breaks.
        source: ParamError,
    },
    /// Too many tables may still be needed.
    #[error("{live} weeks may still be needed, at most {max} fit")]
    TooManyWeeks {
        /// Tables there would be.
        live: usize,
        /// Most tables.
        max: usize,
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
    /// The bank would mint more than its storage gives back.
    #[error("bank.efficiency is {efficiency}, storage device {device} is endorsed for {registered}")]
    BankEfficiency {
        /// The bank's device.
        device: u32,
        /// Efficiency that was asked for.
        efficiency: Ppm,
        /// Round-trip efficiency of the registered storage; zero where the device is none.
        registered: Ppm,
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
