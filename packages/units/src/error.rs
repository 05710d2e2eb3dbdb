use thiserror::Error;

/// What can go wrong in unit arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitsError {
    /// The exact result does not fit the integer behind the unit.
    #[error("{operation} overflows {unit}")]
    Overflow {
        /// The unit that could not hold the result.
        unit: &'static str,
        /// The operation that was tried.
        operation: &'static str,
    },
    /// A text is not the canonical decimal form of the unit.
    #[error("{text:?} is not a whole number of {unit}")]
    Parse {
        /// The unit that was expected.
        unit: &'static str,
        /// The text that was given.
        text: alloc::string::String,
    },
    /// An interval or energy length of zero seconds divides nothing.
    #[error("the interval length must be at least 1 second")]
    ZeroLength,
}
