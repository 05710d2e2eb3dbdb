//! Actions, one file each.
mod appoint;
mod instantiate;
mod limits;
mod ownership;
mod permission;
mod post_frequency;
mod post_tariffs;
mod set_network;
mod set_state;
mod set_week;
mod update;
mod wire;

pub use appoint::{set_guardian, set_operator, set_reporter, set_utility};
pub use instantiate::instantiate;
pub use limits::{post_headroom, tighten};
pub use ownership::update_ownership;
pub use permission::{nonpayable, permit};
pub use post_frequency::post_frequency;
pub use post_tariffs::post_tariffs;
pub use set_network::set_network;
pub use set_state::set_state;
pub use set_week::set_week;
pub use update::update;
pub use wire::wire;
