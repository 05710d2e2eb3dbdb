use busbar_clearing::{ClearingError, NetworkError, Violation};
use busbar_network::json::JsonError;
use busbar_network::{MeshError, NetworkFileError, Taken};
use busbar_solver::SolverError;
use thiserror::Error;

/// Why a file cannot be cleared. `field` is the path inside the file, such as `orders[3].price`.
#[derive(Debug, Error)]
pub enum InputError {
    /// The file is not JSON, or a value is not what belongs there.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A list longer than what clears in one interval.
    #[error("{field}: {count} entries, at most {max} fit")]
    TooMany { field: String, count: usize, max: usize },
    /// A name that is taken.
    #[error(transparent)]
    Duplicate(#[from] Taken),
    /// A network that no market can clear on.
    #[error(transparent)]
    Network(#[from] NetworkFileError),
    /// Several buses but no network that joins them.
    #[error("{field}: bus {name:?} differs from {first:?}; orders at several buses need a network")]
    SeveralBuses { field: String, name: String, first: String },
    /// A side that is neither.
    #[error("{field}: {text:?} must be \"buy\" or \"sell\"")]
    Side { field: String, text: String },
    /// A floor above the cap.
    #[error("price_bounds: min {min} is above max {max}")]
    FloorAboveCap { min: i64, max: i64 },
    /// Nothing says what prices an empty book could have.
    #[error("price_bounds: missing, and there is no order to take them from")]
    NoPrices,
    /// What the auction refuses.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

/// Why a market of a valid file has no answer.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// The network is none that clears.
    #[error("network: {0}")]
    Network(NetworkError),
    /// The orders are none that clear.
    #[error(transparent)]
    Orders(ClearingError),
    /// The clearing found does not pass the check. Nothing is printed without its proof.
    #[error("the clearing does not pass its own check, so nothing is printed: {0}")]
    Check(Violation),
    /// The linear program was not solved.
    #[error(
        "the solver found no optimum ({status}); bring quantities, capacities and impedances that are many orders of \
         magnitude apart nearer to each other, or leave out the lines that close loops and the limits of voltage: a \
         tree is cleared exactly"
    )]
    Program { status: String },
    /// Nothing in whole watt-hours next to the optimum keeps all rules.
    #[error(
        "the solver found no clearing in whole watt-hours ({0}); order no more than lines can carry and give limits of a \
         few Wh more room, or leave out the lines that close loops and the limits of voltage: a tree is cleared exactly"
    )]
    Whole(SolverError),
}

impl AnswerError {
    /// Whether a better file would help, and not only a better solver.
    pub fn is_bad_input(&self) -> bool {
        matches!(self, Self::Network(_) | Self::Orders(_))
    }
}

impl From<SolverError> for AnswerError {
    fn from(error: SolverError) -> Self {
        match error {
            SolverError::Violation(Violation::Orders(orders)) => Self::Orders(orders),
            SolverError::Network(network) => Self::Network(network),
            SolverError::Program { status } => Self::Program { status },
            SolverError::Violation(_) | SolverError::Boxes { .. } => Self::Whole(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_orders_that_are_refused_are_bad_input() {
        let of = |error: SolverError| AnswerError::from(error);
        let many = ClearingError::TooManyOrders { count: 2, max: 1 };
        assert!(of(SolverError::Violation(Violation::Orders(many))).is_bad_input());
        let unsolved = of(SolverError::Program {
            status: "MaxIterations".to_owned(),
        });
        assert!(!unsolved.is_bad_input());
        assert!(
            unsolved
                .to_string()
                .starts_with("the solver found no optimum (MaxIterations); ")
        );
        for error in [
            SolverError::Violation(Violation::Deficit { rent: -1 }),
            SolverError::Boxes { width: 16, missing: 3 },
        ] {
            let error = of(error);
            assert!(
                matches!(error, AnswerError::Whole(_)) && !error.is_bad_input(),
                "{error}"
            );
        }
    }
}
