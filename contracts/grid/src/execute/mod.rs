//! Actions, one file each.
mod appoint;
mod instantiate;
mod ownership;
mod permission;
mod post_tariffs;
mod set_network;
mod update;
mod wire;

pub use appoint::{set_operator, set_utility};
pub use instantiate::instantiate;
pub use ownership::update_ownership;
pub use permission::{nonpayable, permit};
pub use post_tariffs::post_tariffs;
pub use set_network::set_network;
pub use update::update;
pub use wire::wire;
