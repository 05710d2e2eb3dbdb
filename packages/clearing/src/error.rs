use busbar_units::{Price, UnitsError, Wh};
use thiserror::Error;

/// Why lines and buses are not a network that can be cleared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// No bus, or more than [`crate::MAX_BUSES`].
    #[error("buses: {count} buses, must be 1 to {max}")]
    Buses {
        /// How many were given.
        count: usize,
        /// The most there may be.
        max: usize,
    },
    /// The root is none of the buses.
    #[error("root: bus {root} does not exist, there are {buses} buses (0 is the first)")]
    UnknownRoot {
        /// The bus that was named.
        root: usize,
        /// How many there are.
        buses: usize,
    },
    /// A line ends at a bus that does not exist.
    #[error("line {line}: bus {bus} does not exist, there are {buses} buses (0 is the first)")]
    UnknownBus {
        /// Position of the line.
        line: usize,
        /// The bus that was named.
        bus: usize,
        /// How many there are.
        buses: usize,
    },
    /// A capacity above [`crate::MAX_CAPACITY`].
    #[error("line {line}: capacity {capacity} is above the bound {max}")]
    Capacity {
        /// Position of the line.
        line: usize,
        /// The capacity that was given.
        capacity: Wh,
        /// The largest there may be.
        max: Wh,
    },
    /// A line joins two buses that are joined already; a line from a bus to itself counts.
    #[error("line {line}: closes a cycle, a tree has one way between any two buses; open one line of the loop")]
    Cycle {
        /// Position of the line, in the order given.
        line: usize,
    },
    /// A line that starts and ends at the same bus.
    #[error("line {line}: starts and ends at bus {bus}")]
    SelfLoop {
        /// Position of the line.
        line: usize,
        /// The bus.
        bus: usize,
    },
    /// A line of a loop without reactance: nothing would say how the flow divides.
    #[error("line {line}: is part of a loop and needs a reactance above 0 (1e-5 p.u.)")]
    Reactance {
        /// Position of the line.
        line: usize,
    },
    /// A figure of the voltage limits outside its bounds.
    #[error("{field}: {value} must be {min} to {max}")]
    Voltage {
        /// The figure.
        field: &'static str,
        /// What was given.
        value: i128,
        /// The least there may be.
        min: i128,
        /// The most there may be.
        max: i128,
    },
    /// A voltage limit of a bus that does not exist.
    #[error("voltage: bus {bus} does not exist, there are {buses} buses (0 is the first)")]
    VoltageBus {
        /// The bus that was named.
        bus: usize,
        /// How many there are.
        buses: usize,
    },
    /// Two voltage limits of one bus.
    #[error("voltage: bus {bus} has two limits")]
    VoltageTwice {
        /// The bus.
        bus: usize,
    },
    /// A bus that no lines join to the root.
    #[error("bus {bus}: no line joins it to the root; add one (capacity 0 if nothing may flow)")]
    Island {
        /// The lowest such bus.
        bus: usize,
    },
}

/// Why orders cannot be cleared. Orders are named by their position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClearingError {
    /// The floor of the price bounds lies above the cap.
    #[error("price bounds: floor {floor} is above cap {cap}")]
    FloorAboveCap {
        /// The lower end.
        floor: Price,
        /// The upper end.
        cap: Price,
    },
    /// An end of the price bounds is beyond [`crate::MAX_PRICE`].
    #[error("price bounds: {value} is beyond the bound {max} in either direction")]
    BoundTooLarge {
        /// The end that was given.
        value: Price,
        /// The largest size there may be.
        max: Price,
    },
    /// More orders than [`crate::MAX_ORDERS`].
    #[error("orders: {count} orders, at most {max} clear in one interval")]
    TooManyOrders {
        /// How many were given.
        count: usize,
        /// The most there may be.
        max: usize,
    },
    /// An order at a bus that the network does not have.
    #[error("order {order}: bus {bus} does not exist, there are {buses} buses (0 is the first)")]
    UnknownBus {
        /// Position of the order.
        order: usize,
        /// The bus that was named.
        bus: usize,
        /// How many there are.
        buses: usize,
    },
    /// A quantity of zero or above [`crate::MAX_QUANTITY`].
    #[error("order {order}: quantity {quantity} must be 1 Wh to {max}")]
    Quantity {
        /// Position of the order.
        order: usize,
        /// The quantity that was given.
        quantity: Wh,
        /// The largest there may be.
        max: Wh,
    },
    /// A limit price outside the price bounds.
    #[error("order {order}: price {price} is outside the price bounds, {floor} to {cap}")]
    Price {
        /// Position of the order.
        order: usize,
        /// The limit price that was given.
        price: Price,
        /// The lowest price.
        floor: Price,
        /// The highest price.
        cap: Price,
    },
    /// Integer arithmetic left its bounds. Orders and networks within their bounds cannot cause it.
    #[error("arithmetic: {0}")]
    Units(#[from] UnitsError),
}

/// The error of an exact result that does not fit; a function so that it can stand in `ok_or_else`.
pub(crate) fn overflow() -> UnitsError {
    UnitsError::Overflow {
        unit: "Wh",
        operation: "clearing",
    }
}
