use busbar_units::{Money, Ppm, Price, UnitsError, Wh};
use thiserror::Error;

/// Why a pool does not do what it was asked. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CurveError {
    /// A unit's own arithmetic.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// An amount of nothing, or one so small that nothing is left of it after rounding.
    #[error("{field} is zero, or rounds to zero")]
    Zero {
        /// The amount.
        field: &'static str,
    },
    /// Reserves, or what they are worth, beyond what the integers hold exactly.
    #[error("{field} leaves the range of exact arithmetic")]
    TooLarge {
        /// The amount.
        field: &'static str,
    },
    /// The pool holds less energy than is wanted.
    #[error("{wanted} wanted, {available} in the pool")]
    Energy {
        /// Asked for.
        wanted: Wh,
        /// There.
        available: Wh,
    },
    /// The pool holds less coin than is wanted.
    #[error("{wanted} wanted, {available} in the pool")]
    Coin {
        /// Asked for.
        wanted: Money,
        /// There.
        available: Money,
    },
    /// The curve has no finite price where one side is empty.
    #[error("one side of the pool is empty, and the curve has no price there")]
    Empty,
    /// The curve ends before an amount so large.
    #[error("the pool does not hold what so large an amount is worth")]
    Exhausted,
    /// The buyer would pay more than energy is worth to anybody.
    #[error("the mean price lies above {cap}, the highest import tariff ahead")]
    AboveCap {
        /// The bound.
        cap: Price,
    },
    /// The trade would be further from the price expected in the next interval than the pool's reach.
    #[error("the mean price lies beyond {bound}, and the auction is expected to be better")]
    Aside {
        /// The highest price for a buyer or the lowest for a seller.
        bound: Price,
    },
    /// The anchor is not above zero and at most the cap.
    #[error("the anchor of {anchor} is not between 1 and {cap}")]
    Anchor {
        /// The anchor.
        anchor: Price,
        /// Its bound.
        cap: Price,
    },
    /// A parameter outside its bounds.
    #[error("{field} is {value}, allowed are {min} to {max}")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// As given.
        value: Ppm,
        /// The least.
        min: Ppm,
        /// The most.
        max: Ppm,
    },
    /// More shares than there are, or than may leave.
    #[error("there are fewer shares than are to be withdrawn")]
    Shares,
    /// An export tariff that is not below the import tariff.
    #[error("the export tariff of {export} is not below the import tariff of {import}")]
    Band {
        /// Export tariff.
        export: Price,
        /// Import tariff.
        import: Price,
    },
    /// A profile or a list of tariffs without an entry.
    #[error("{field} has no entry")]
    Missing {
        /// The list.
        field: &'static str,
    },
}

/// Refuses a parameter outside its bounds.
pub(crate) fn bounded(field: &'static str, value: Ppm, min: i64, max: i64) -> Result<(), CurveError> {
    let (min, max) = (Ppm::new(min), Ppm::new(max));
    if value < min || value > max {
        return Err(CurveError::Parameter { field, value, min, max });
    }
    Ok(())
}
