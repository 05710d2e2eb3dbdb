//! What must hold after every call, recomputed from scratch by what anybody can ask the contracts.
//!
//! - Coin: the market holds exactly what was deposited less what was withdrawn, and that is the sum of all
//!   accounts, the escrows and the fund; what strangers sent on top counts for nobody. No account's locks
//!   exceed its balance.
//! - Energy: supply is what was minted less what was burned, every Wh of it is held by somebody, no call lifts
//!   it above the storage's usable energy, and the market holds what its accounts own.
//! - Intervals: devices' trades sum to the region's traded net, their metered energy to the region's net, their
//!   shares of the bank to what the bank took and gave; and each device paid its trades at the bus price and
//!   the rest of what it drew or fed at the imbalance price, to the last millionth.
mod coin;
mod energy;
mod interval;

use std::collections::BTreeMap;

use busbar_api::market::IntervalResponse;
use busbar_units::Interval;

use crate::Region;

/// What the checks remember from call to call.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Coin that was sent to the market without a message.
    pub donated: u128,
    /// Supply of the energy token after the last call.
    supply: u64,
    /// Records that are final, and cannot change.
    closed: BTreeMap<Interval, IntervalResponse>,
}

/// Checks everything and panics with the numbers where something does not hold.
pub fn check(region: &mut Region) {
    let records = interval::records(region);
    coin::check(region);
    energy::check(region, &records);
    for (interval, record) in &records {
        interval::check(region, *interval, record);
    }
}
