//! What the run is fed with: homes, their assets and the utility's prices, read exactly.

mod assets;
mod column;
mod decimal;
mod error;
mod homes;
mod tariffs;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub use assets::Battery;
pub use decimal::Decimal;
pub use error::InputError;
pub use homes::{DAY, Home, Homes, Window};
pub use tariffs::{ExportShare, FLAT_IMPORT, HourTariff, read_tariffs};
