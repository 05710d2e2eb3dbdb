use crate::UnitsError;

unit! {
    /// A delivery interval: unix seconds divided by the region's interval length.
    Interval(u64), "interval", "interval {}"
}

unit! {
    /// Frequency of the grid, in thousandths of a hertz.
    Millihertz(u32), "mHz", "{} mHz"
}

impl Interval {
    /// The interval that contains the instant `unix_s`.
    pub fn containing(unix_s: u64, length_s: u64) -> Result<Self, UnitsError> {
        unix_s
            .checked_div(length_s)
            .map(Self::new)
            .ok_or(UnitsError::ZeroLength)
    }

    /// Unix seconds at which delivery starts.
    pub fn start_s(self, length_s: u64) -> Result<u64, UnitsError> {
        self.get().checked_mul(length_s).ok_or(UnitsError::Overflow {
            unit: "Interval",
            operation: "start in seconds",
        })
    }

    /// Unix seconds at which delivery ends and the registers are read.
    pub fn end_s(self, length_s: u64) -> Result<u64, UnitsError> {
        self.plus(1)?.start_s(length_s)
    }

    /// The interval `count` later.
    pub fn plus(self, count: u64) -> Result<Self, UnitsError> {
        self.add(Self::new(count))
    }

    /// The interval `count` earlier, or none before the first.
    pub fn minus(self, count: u64) -> Option<Self> {
        self.get().checked_sub(count).map(Self::new)
    }
}
