use busbar_api::market::provenance::ProvenanceError;
use busbar_api::market::Stage;
use busbar_clearing::{ClearingError, NetworkError, Violation};
use busbar_units::{Interval, Money, Ppm, Price, UnitsError, Wh};
use cosmwasm_std::{Addr, StdError};
use cw_ownable::OwnershipError;
use thiserror::Error;

/// Why the market refuses a call. Nothing has changed when one of these comes back.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// Storage, JSON or another contract's state.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Unit arithmetic.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The auction.
    #[error(transparent)]
    Clearing(#[from] ClearingError),
    /// What was found is no clearing of the auction.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The line of provenance.
    #[error(transparent)]
    Provenance(#[from] ProvenanceError),
    /// The region's network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Ownership of the contract.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),

    /// Coins came with a message that takes none.
    #[error("this message takes no coins, {count} kinds were attached")]
    UnexpectedFunds {
        /// Number of coins attached.
        count: usize,
    },
    /// A deposit must be exactly one coin of the settlement denomination, above zero.
    #[error("a deposit is one coin of {expected} above zero, got {got}")]
    WrongCoin {
        /// The settlement denomination.
        expected: String,
        /// What was attached.
        got: String,
    },
    /// Only the energy token may report received tokens.
    #[error("only the energy token {expected} may send tokens here, not {sender}")]
    NotTheEnergyToken {
        /// The region's energy token.
        expected: Addr,
        /// Who called.
        sender: Addr,
    },
    /// Only the registry may hand devices over.
    #[error("only the registry {expected} hands devices over, not {sender}")]
    NotTheRegistry {
        /// The region's registry.
        expected: Addr,
        /// Who called.
        sender: Addr,
    },
    /// Standing orders would outlive their owner.
    #[error("device {device} has standing orders")]
    OrdersStanding {
        /// The device.
        device: u32,
    },
    /// Energy of the device's final intervals is not known.
    #[error("the readings of device {device} have a gap since {since}")]
    GapOpen {
        /// The device.
        device: u32,
        /// First interval of the gap.
        since: Interval,
    },
    /// Not all of the intervals of the owner before are done with.
    #[error("the owner of device {device} before still answers for intervals before {until}")]
    StillPassing {
        /// The device.
        device: u32,
        /// First interval that is not his.
        until: Interval,
    },
    /// One of the two owners cannot answer for the device.
    #[error("{owner} cannot answer for device {device}: {error}")]
    CannotAnswer {
        /// The device.
        device: u32,
        /// Who.
        owner: Addr,
        /// What stands in the way.
        error: Box<ContractError>,
    },
    /// An amount of zero moves nothing.
    #[error("{field} must be above zero")]
    Zero {
        /// The field.
        field: &'static str,
    },
    /// A list is empty or too long.
    #[error("{field} has {count} entries, allowed are {min} to {max}")]
    Count {
        /// The field.
        field: &'static str,
        /// Entries given.
        count: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },

    /// More coin was asked for than is free.
    #[error("{asked} asked for, {free} are free of locks, pending receipts and margin")]
    InsufficientFree {
        /// Coin asked for.
        asked: Money,
        /// Coin that is free.
        free: Money,
    },
    /// More energy was asked for than is free.
    #[error("{asked} asked for, {free} are free of redeem orders")]
    InsufficientEnergy {
        /// Energy asked for.
        asked: Wh,
        /// Energy that is free.
        free: Wh,
    },
    /// The account cannot cover the locks of the orders beside its margin.
    #[error("the orders lock {lock}; the account has {free} free beyond its margin of {margin}")]
    InsufficientCollateral {
        /// Coin that the orders lock.
        lock: Money,
        /// Coin beyond locks and margin.
        free: Money,
        /// Margin of the account's devices.
        margin: Money,
    },
    /// The account owes coin.
    #[error("the account owes {debt}; a deposit pays it off first")]
    InDebt {
        /// What it owes.
        debt: Money,
    },

    /// No device has this number.
    #[error("device {device} does not exist")]
    UnknownDevice {
        /// Number asked for.
        device: u32,
    },
    /// The device belongs to somebody else.
    #[error("device {device} belongs to {owner}, not to {sender}")]
    NotTheOwner {
        /// The device.
        device: u32,
        /// Its owner.
        owner: Addr,
        /// Who called.
        sender: Addr,
    },
    /// The device may not trade: it is not active, behind another meter, or the bank's own storage.
    #[error("device {device} does not trade: it is {reason}")]
    DoesNotTrade {
        /// The device.
        device: u32,
        /// Why.
        reason: &'static str,
    },
    /// The device's first reading closes a later interval.
    #[error("device {device} settles from {first} on, not in {interval}")]
    NotYetSettling {
        /// The device.
        device: u32,
        /// First interval with a known energy.
        first: Interval,
        /// Interval asked for.
        interval: Interval,
    },

    /// The interval is not open yet.
    #[error("{interval} opens at {opens_s}, it is {now_s}")]
    NotOpen {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which it opens.
        opens_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// Orders of the interval are no longer taken.
    #[error("the gate of {interval} closed at {closed_s}, it is {now_s}")]
    GateClosed {
        /// The interval.
        interval: Interval,
        /// Unix seconds of gate closure.
        closed_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// The interval cannot be cleared before its gate closes.
    #[error("the gate of {interval} closes at {closes_s}, it is {now_s}")]
    GateOpen {
        /// The interval.
        interval: Interval,
        /// Unix seconds of gate closure.
        closes_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// The contract clears this interval's network exactly by itself: it takes no proposals.
    #[error("{interval} needs no proposal: its network is a tree without voltage limits; clear it")]
    ClearsByItself {
        /// The interval.
        interval: Interval,
    },
    /// Proposals are taken inside the solver window only.
    #[error("proposals for {interval} ended at {until_s}, it is {now_s}; clear it")]
    SolverWindow {
        /// The interval.
        interval: Interval,
        /// Unix seconds of the window's end.
        until_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// A network that needs a proposal is cleared when the solver window has ended.
    #[error("proposals for {interval} are taken until {until_s}, it is {now_s}; clear it then")]
    Solving {
        /// The interval.
        interval: Interval,
        /// Unix seconds of the window's end.
        until_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// A proposal at least as good is there already.
    #[error("{interval}: welfare {welfare} is not above {best}, the best proposed so far")]
    NotBetter {
        /// The interval.
        interval: Interval,
        /// Welfare of the proposal, price times Wh.
        welfare: i128,
        /// Welfare of the best one.
        best: i128,
    },
    /// Delivery has begun: the interval can only be skipped.
    #[error("delivery of {interval} began at {start_s}, it is {now_s}; skip it")]
    DeliveryStarted {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which delivery began.
        start_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// Standing orders have not all entered the book.
    #[error("the book of {interval} is closed up to device {next}; close it first")]
    BookOpen {
        /// The interval.
        interval: Interval,
        /// First device whose standing orders have not been looked at.
        next: u32,
    },
    /// Nothing is left to enter the book.
    #[error("the book of {interval} is closed")]
    BookClosed {
        /// The interval.
        interval: Interval,
    },
    /// A sealed order's hash has 32 bytes.
    #[error("a sealed order's hash has 32 bytes, not {length}")]
    HashLength {
        /// Bytes given.
        length: usize,
    },
    /// A sealed order's salt has 32 bytes.
    #[error("a sealed order's salt has 32 bytes, not {length}")]
    SaltLength {
        /// Bytes given.
        length: usize,
    },
    /// The region takes no sealed orders.
    #[error("no sealed orders are taken for {interval}: nobody could reveal them")]
    NothingSealed {
        /// The interval.
        interval: Interval,
    },
    /// No such seal: never made, taken back, revealed, or somebody else's.
    #[error("device {device} has no sealed order {slot} in {interval}")]
    UnknownSeal {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Slot asked for.
        slot: u8,
    },
    /// What is revealed is not what was sealed.
    #[error("this is not what device {device} sealed as {slot} in {interval}")]
    WrongReveal {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Slot of the seal.
        slot: u8,
    },
    /// Nothing is revealed any more.
    #[error("sealed orders of {interval} were revealed until {until_s}, it is {now_s}")]
    RevealWindow {
        /// The interval.
        interval: Interval,
        /// Unix seconds of the window's end.
        until_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// Sealed orders may still be revealed.
    #[error("{interval} waits for sealed orders until {until_s}, it is {now_s}")]
    Revealing {
        /// The interval.
        interval: Interval,
        /// Unix seconds of the window's end.
        until_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// Hours of a standing order are not ascending hours of the week.
    #[error("hours of standing order {entry} are not ascending, apart from each other and within the week")]
    Hours {
        /// Place in the list.
        entry: usize,
    },
    /// A standing order's share of yesterday is out of its bounds.
    #[error("share {share} of standing order {entry} is not within 0.000001 to {max}")]
    Share {
        /// Place in the list.
        entry: usize,
        /// Share given.
        share: Ppm,
        /// Largest allowed.
        max: Ppm,
    },
    /// What a device drew or fed a day before is not known from accepted readings.
    #[error("no accepted readings tell what device {device} drew or fed in {interval}")]
    YesterdayUnknown {
        /// The device.
        device: u32,
        /// The interval a day before.
        interval: Interval,
    },
    /// The interval may still be cleared.
    #[error("{interval} may be cleared until {start_s}, it is {now_s}")]
    StillClearable {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which delivery begins.
        start_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// The interval is past the stage that the call works on.
    #[error("{interval} is already {stage:?}")]
    AlreadyAt {
        /// The interval.
        interval: Interval,
        /// Its stage.
        stage: Stage,
    },
    /// The interval was neither cleared nor skipped.
    #[error("{interval} is neither cleared nor skipped; skip it once its delivery has begun")]
    NotCleared {
        /// The interval.
        interval: Interval,
    },
    /// The oracle has not confirmed the interval.
    #[error("the oracle has not confirmed {interval}: {measured} of {awaited} readings are in")]
    NotConfirmed {
        /// The interval.
        interval: Interval,
        /// Devices whose energy is known.
        measured: u32,
        /// Devices awaited.
        awaited: u32,
    },
    /// The interval is not settled yet.
    #[error("{interval} is not settled yet; settle it first")]
    NotSettled {
        /// The interval.
        interval: Interval,
    },
    /// The correction window of the interval is open.
    #[error("{interval} is final from {final_s} on, it is {now_s}")]
    NotFinal {
        /// The interval.
        interval: Interval,
        /// Unix seconds from which it may be closed.
        final_s: u64,
        /// Block time.
        now_s: u64,
    },

    /// A quantity is out of its bounds.
    #[error("quantity {quantity} is not within 1 Wh to {max}")]
    Quantity {
        /// Quantity given.
        quantity: Wh,
        /// Largest allowed.
        max: Wh,
    },
    /// A limit price is out of the region's bounds.
    #[error("limit {limit} is not within {floor} to {cap}")]
    LimitPrice {
        /// Limit given.
        limit: Price,
        /// The region's price floor.
        floor: Price,
        /// The region's price cap.
        cap: Price,
    },
    /// The device's orders of one direction exceed what it can draw or feed in an interval.
    #[error("device {device} would {direction} {total} in {interval}, its rating allows {max}")]
    AboveRating {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// `draw` or `feed`.
        direction: &'static str,
        /// Sum of its orders of that direction.
        total: Wh,
        /// Usable rated energy of an interval.
        max: Wh,
    },
    /// In the last seconds before gate closure orders are placed and not cancelled.
    #[error("orders of {interval} stand from {standing_s} on, it is {now_s}")]
    OrdersStand {
        /// The interval.
        interval: Interval,
        /// Unix seconds from which nothing is cancelled.
        standing_s: u64,
        /// Block time.
        now_s: u64,
    },
    /// The market does not do this in its present state.
    #[error("the market is {state:?} in {interval}")]
    State {
        /// The interval.
        interval: Interval,
        /// What the market does in it.
        state: busbar_api::grid::MarketState,
    },
    /// Too many orders of one device in one interval.
    #[error("device {device} has {max} orders in {interval} already")]
    TooManyOrders {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Most orders.
        max: u32,
    },
    /// The order would trade with its own owner.
    #[error("the order at {limit} crosses the owner's own order at {other} in {interval}")]
    CrossesOwn {
        /// The interval.
        interval: Interval,
        /// Limit of the new order.
        limit: Price,
        /// Limit of the order that stands.
        other: Price,
    },
    /// Only a sell takes part at a reference price.
    #[error("only a sell can take part at a reference price, not {terms:?} in {interval}")]
    NoReference {
        /// The interval.
        interval: Interval,
        /// What the order asks for.
        terms: busbar_api::market::Terms,
    },
    /// Both devices of an agreement belong to one owner.
    #[error("devices {device} and {counterparty} have one owner, who agrees with nobody else")]
    AgreesWithItself {
        /// The sender's device.
        device: u32,
        /// The other one.
        counterparty: u32,
    },
    /// Too many offers of one device in one interval.
    #[error("device {device} has {max} offers in {interval} already")]
    TooManyOffers {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Most offers.
        max: u32,
    },
    /// No such offer.
    #[error("device {device} has no offer to {counterparty} in {interval}")]
    UnknownOffer {
        /// The device.
        device: u32,
        /// The device it would be made to.
        counterparty: u32,
        /// The interval.
        interval: Interval,
    },
    /// The other side cannot stand by its offer.
    #[error("the offer of device {device} does not stand: {error}")]
    Counterparty {
        /// The device that offered.
        device: u32,
        /// What stands in the way.
        error: Box<ContractError>,
    },
    /// What two have agreed is not cancelled.
    #[error("order {slot} of device {device} in {interval} is agreed with device {counterparty}")]
    Agreed {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Slot of the order.
        slot: u8,
        /// The other side.
        counterparty: u32,
    },
    /// No such order.
    #[error("device {device} has no order {slot} in {interval}")]
    UnknownOrder {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Slot asked for.
        slot: u8,
    },
    /// The region has no bank in that interval.
    #[error("there is no bank in {interval}")]
    NoBank {
        /// The interval.
        interval: Interval,
    },

    /// Credits of traded energy exceed what was collected: the conservation of coin would break.
    #[error("{interval} lacks {missing} for traded energy")]
    Insolvent {
        /// The interval.
        interval: Interval,
        /// Coin that is missing.
        missing: Money,
    },
    /// Less would be collected than is due: the conservation of coin would break.
    #[error("{of} of {interval} would collect less than they pay out")]
    Deficit {
        /// The interval.
        interval: Interval,
        /// Which payments.
        of: &'static str,
    },
    /// Stored bytes do not fit their type.
    #[error("stored {what} is not readable")]
    Corrupt {
        /// What was read.
        what: &'static str,
    },
}

impl From<busbar_api::codec::CodecError> for ContractError {
    fn from(error: busbar_api::codec::CodecError) -> Self {
        Self::Std(error.into())
    }
}
