//! What must hold after every call, recomputed from scratch by what anybody can ask the contracts.
//!
//! - Grid: networks in force are networks, hold every device and are read raw as they are answered; tariffs stay
//!   inside the price range.
//! - Coin: the market holds exactly what was deposited less what was withdrawn, and that is the sum of all
//!   accounts, the escrows and the fund; what strangers sent on top counts for nobody. Each account locks what
//!   its orders lock, in the book and under seal, never more than its balance, and waits for the receipts of intervals that are
//!   not final; where a device has passed to another owner, each has what is of his intervals.
//! - Energy: supply is what was minted less what was burned, every Wh of it is held by somebody, no call lifts
//!   it above the storage's usable energy, and the market holds what its accounts own.
//! - Intervals: devices' trades sum to the region's traded net, their metered energy to the region's net, their
//!   shares of the bank to what the bank took and gave; and each device paid its trades at the bus price and
//!   the rest of what it drew or fed at the imbalance price of its bus, to the last millionth.
//! - Network: trades and flows balance at every bus, no flow is beyond its line, prices part at full lines only, and
//!   what they leave over is the rent.
//! - Provenance: the line of an interval that has become final has no gap, and every device is on it with what its
//!   readings tell at last.
//! - Certificates: of every issued interval all that generators fed is certified, each Wh once; totals are what the
//!   certificates sum to, and storage gave no more than was retired for it.
mod certificates;
mod coin;
mod energy;
mod grid;
mod interval;
mod locks;
mod nodal;
mod provenance;

use std::collections::{BTreeMap, BTreeSet};

use busbar_api::market::{ExecuteMsg, IntervalResponse};
use busbar_units::Interval;
use cosmwasm_std::{from_json, WasmMsg};

use crate::Region;

/// What the checks remember from call to call.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Coin that was sent to the market without a message.
    pub donated: u128,
    /// Supply of the energy token after the last call.
    supply: u64,
    /// Tokens that each interval's settlement may mint, as its storage was registered when it started.
    mintable: BTreeMap<Interval, u64>,
    /// Intervals for which orders were sent or that have a record.
    ordered: BTreeSet<Interval>,
    /// Records that are final, and cannot change.
    closed: BTreeMap<Interval, IntervalResponse>,
}

impl Ledger {
    /// Remembers into the books of which intervals a message enters orders.
    pub(crate) fn note(&mut self, msg: &WasmMsg) {
        if let WasmMsg::Execute { msg, .. } = msg {
            match from_json(msg) {
                Ok(ExecuteMsg::Place { orders, .. }) => {
                    self.ordered.extend(orders.into_iter().map(|order| order.interval));
                }
                Ok(ExecuteMsg::Close { interval, .. } | ExecuteMsg::Seal { interval, .. }) => {
                    self.ordered.extend([interval]);
                }
                Ok(ExecuteMsg::Agree { agreement, .. }) => drop(self.ordered.insert(agreement.interval)),
                _ => {}
            }
        }
    }
}

/// Checks everything and panics with the numbers where something does not hold.
pub fn check(region: &mut Region) {
    let records = interval::records(region);
    region.ledger.ordered.extend(records.keys());
    grid::check(region);
    coin::check(region);
    energy::check(region, &records);
    locks::check(region, &records);
    for (interval, record) in &records {
        interval::check(region, *interval, record);
    }
    certificates::check(region);
}
