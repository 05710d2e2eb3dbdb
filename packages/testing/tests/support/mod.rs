//! What the suites share: a village in which everything happens that the checks look at, and facts that are falsified.
#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::panic::{catch_unwind, AssertUnwindSafe};

use busbar_testing::attestation::DeviceKind;
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::grid::{Bus, FrequencyStep, Line, Network};
use busbar_testing::market::{ExecuteMsg, Stage};
use busbar_testing::units::{Interval, Millihertz, Ppm, Price, Wh};
use busbar_testing::{sanity, Device, Plate, Region, Setup};

/// A region after two hours.
pub struct Village {
    pub region: Region,
    pub battery: Device,
    pub roof: Device,
    pub mill: Device,
    /// The full hour and the one after it.
    pub hours: [Interval; 2],
}

/// Utility, town and hill; the lane between hill and town carries 600 Wh.
fn network(lane: [u16; 2]) -> Network {
    let [from, to] = lane;
    Network {
        buses: ["utility", "town", "hill"].map(Bus::new).into(),
        lines: vec![
            Line::new("connection", 0, 1, Wh::new(1 << 40)),
            Line::new("lane", from, to, Wh::new(600)),
        ],
        voltage: None,
    }
}

/// The region before anything happens.
pub fn setup(lane: [u16; 2]) -> Setup {
    let mut setup = Setup {
        network: Some(network(lane)),
        ..Setup::hourly()
    };
    (setup.params.correction_window, setup.params.losses) = (8, Ppm::new(20_000));
    setup.params.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(20),
        add_on: Price::new(40_000),
    }];
    setup.with_bank(6_400)
}

/// Two hours: the roof on the hill sells the mill in the town what the lane carries and the battery takes in what
/// more it feeds; then the battery gives it back.
pub fn village() -> Village {
    village_by([2, 1])
}

/// The same, the lane drawn from one bus to the other.
pub fn village_by(lane: [u16; 2]) -> Village {
    let mut region = Region::with(setup(lane));
    let battery = region.storage("battery", 5_000, 6_400);
    let solar = Plate {
        kind: DeviceKind::Solar,
        bus: 2,
        ..Plate::connection(1_000, 5_000)
    };
    let roof = region.enrol("roof", solar);
    let deposit = region.setup().purse.get() / 2;
    region.deposit(&roof.owner, deposit);
    let mill = region.home("mill", 5_000, 5_000);
    let noon = region.first_interval();
    region.sell(&roof, noon, 1_000, 100_000);
    region.buy(&mill, noon, 900, 180_000);
    region.bank(&roof, noon, 300);
    region.clear(noon);
    let end_s = region.times(noon).end_s;
    region.reach(end_s);
    region.frequency(noon, 49_900);
    region.deliver(noon, &[(&battery, 300, 0), (&roof, 0, 900), (&mill, 1_000, 0)]);
    region.settle(noon);
    let evening = region.first_interval();
    region.redeem(&roof, evening, 200);
    region.clear(evening);
    region.deliver(evening, &[(&battery, 0, 200), (&roof, 200, 0), (&mill, 0, 0)]);
    // One device at a time: the checks look at every step.
    region.confirm(evening);
    let limit = Some(1);
    let (interval, anyone) = (evening, region.account("anyone"));
    let step = region.to_market(&ExecuteMsg::Settle { interval, limit });
    let stage = |region: &Region| region.interval(evening).stage;
    while stage(&region) != Stage::Settled {
        region.must(&anyone, step.clone());
    }
    Village {
        region,
        battery,
        roof,
        mill,
        hours: [noon, evening],
    }
}

/// The village, final and certified.
pub fn certified() -> Village {
    let mut village = village();
    village.region.finalise(village.hours[1]);
    village.region.issue();
    village
}

/// What the checks say of a region in which nothing is wrong but this.
pub fn complaint(mut region: Region, falsify: impl FnOnce(&mut Region)) -> String {
    sanity::check(&mut region);
    falsify(&mut region);
    let complaint = catch_unwind(AssertUnwindSafe(|| sanity::check(&mut region)));
    complaint.unwrap_err().downcast_ref::<String>().unwrap().clone()
}

/// Keys and values that a contract stores under keys that meet a condition.
pub fn stored(region: &Region, contract: &Addr, fits: impl Fn(&[u8]) -> bool) -> Vec<(Vec<u8>, Vec<u8>)> {
    let stored = region.app.dump_wasm_raw(contract).into_iter();
    stored.filter(|(key, _)| fits(key)).collect()
}

/// Changes a stored value.
pub fn change(region: &mut Region, contract: &Addr, key: &[u8], change: impl FnOnce(&mut Vec<u8>)) {
    let mut storage = region.app.contract_storage_mut(contract);
    let mut value = storage.get(key).unwrap();
    change(&mut value);
    storage.set(key, &value);
}

/// Position of a varint behind some fixed bytes.
pub fn varint(value: &[u8], fixed: usize, field: usize) -> usize {
    let mut ends = (fixed..value.len()).filter(|position| value[*position] & 0x80 == 0);
    field
        .checked_sub(1)
        .map_or(fixed, |before| ends.nth(before).unwrap() + 1)
}
