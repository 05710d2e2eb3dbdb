use thiserror::Error;

/// A parameter outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} is {value}, must be {bound}")]
pub struct ParamError {
    /// Name of the parameter.
    pub field: &'static str,
    /// What was given; what exceeds the integer shows as its largest value.
    pub value: i128,
    /// What it breaks.
    pub bound: Bound,
}

/// What a parameter must satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Bound {
    /// A least value.
    #[error("at least {0}")]
    AtLeast(i128),
    /// A greatest value.
    #[error("at most {0}")]
    AtMost(i128),
    /// At least another parameter.
    #[error("at least {field} ({value})")]
    AtLeastField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
    /// At most another parameter.
    #[error("at most {field} ({value})")]
    AtMostField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
    /// Strictly above another parameter.
    #[error("above {field} ({value})")]
    AboveField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
    /// Strictly below another parameter or a figure that follows from it.
    #[error("below {field} ({value})")]
    BelowField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
}

/// A named value that is compared with its bounds.
#[derive(Clone, Copy)]
pub(in crate::grid) struct Named(pub &'static str, pub i128);

impl Named {
    pub(in crate::grid) fn within<T: Copy + TryInto<i128>>(
        self,
        range: &core::ops::RangeInclusive<T>,
    ) -> Result<(), ParamError> {
        let (min, max) = (clamped(*range.start()), clamped(*range.end()));
        if self.1 < min {
            return Err(self.breaks(Bound::AtLeast(min)));
        }
        if self.1 > max {
            return Err(self.breaks(Bound::AtMost(max)));
        }
        Ok(())
    }

    pub(in crate::grid) fn at_least(self, other: Self) -> Result<(), ParamError> {
        if self.1 < other.1 {
            return Err(self.breaks(Bound::AtLeastField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    pub(in crate::grid) fn at_most(self, other: Self) -> Result<(), ParamError> {
        if self.1 > other.1 {
            return Err(self.breaks(Bound::AtMostField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    pub(in crate::grid) fn below(self, other: Self) -> Result<(), ParamError> {
        if self.1 >= other.1 {
            return Err(self.breaks(Bound::BelowField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    pub(in crate::grid) fn above(self, other: Self) -> Result<(), ParamError> {
        if self.1 <= other.1 {
            return Err(self.breaks(Bound::AboveField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    fn breaks(self, bound: Bound) -> ParamError {
        ParamError {
            field: self.0,
            value: self.1,
            bound,
        }
    }
}

/// The value, or the largest integer where it does not fit: still outside every bound.
pub(super) fn clamped<T: TryInto<i128>>(value: T) -> i128 {
    value.try_into().unwrap_or(i128::MAX)
}
