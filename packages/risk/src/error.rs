use thiserror::Error;

/// Why a figure cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RiskError {
    /// A decay is a share between nothing and the whole, both excluded.
    #[error("decay is {ppm} millionths, allowed are 1 to 999999")]
    Decay {
        /// Millionths that were given.
        ppm: u32,
    },
    /// An observation is too large for the exact arithmetic.
    #[error("observation is {value}, its size may be at most {max}")]
    Value {
        /// The observation.
        value: i64,
        /// Largest size.
        max: i64,
    },
    /// Peak hours are a stretch within a day.
    #[error("peak hours are from {from} to {to}, allowed are 0 to 24, the first below the second")]
    PeakHours {
        /// First hour.
        from: u8,
        /// Hour behind the last.
        to: u8,
    },
    /// A sum leaves its integer.
    #[error("{what} overflows")]
    Overflow {
        /// What was summed.
        what: &'static str,
    },
}
