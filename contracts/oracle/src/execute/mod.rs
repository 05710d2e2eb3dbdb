//! Actions, one file each.
mod accept;
mod around;
mod balance;
mod conclude;
mod confirm;
mod count;
mod enter;
mod feeders;
mod instantiate;
mod missing;
mod permission;
mod prune;
mod region;
mod reset;
mod submit;
mod unmetered;

pub use confirm::confirm;
pub use instantiate::instantiate;
pub use missing::report_missing;
pub use permission::{nonpayable, permit};
pub use prune::prune;
pub use reset::reset;
pub use submit::submit;
pub use unmetered::declare_unmetered;
