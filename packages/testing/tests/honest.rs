//! What the checks must not call wrong.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod support;

use busbar_testing::attestation::DeviceKind;
use busbar_testing::certificates::ExecuteMsg;
use busbar_testing::grid::LineLimit;
use busbar_testing::units::Wh;
use busbar_testing::{Plate, Region};
use support::{setup, village};

#[test]
fn what_is_being_issued_is_not_called_incomplete() {
    let mut village = village();
    village.region.finalise(village.hours[1]);
    let anyone = village.region.account("anyone");
    let one = ExecuteMsg::Issue { limit: Some(1) };
    let one = village.region.to_certificates(&one);
    let progress = |region: &Region| region.certificates.progress(&region.q()).unwrap();
    while progress(&village.region).interval < village.hours[0] {
        village.region.must(&anyone, one.clone());
    }
    village.region.must(&anyone, one);
    let progress = progress(&village.region);
    assert_eq!((progress.interval, progress.grants), (village.hours[0], 1));
}

/// A village with a mill in the town that buys 1,000 Wh from the utility, and a roof on the hill.
fn street() -> (Region, [busbar_testing::Device; 2]) {
    let mut region = Region::with(setup([2, 1]));
    region.storage("battery", 5_000, 6_400);
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
    region.buy(&mill, noon, 1_000, 250_000);
    (region, [roof, mill])
}

#[test]
fn who_drew_less_than_he_bought_bears_no_add_on_of_a_low_frequency() {
    let (mut region, [_, mill]) = street();
    let noon = region.first_interval();
    region.clear(noon);
    region.reach(region.times(noon).end_s);
    region.frequency(noon, 49_900);
    region.deliver(noon, &[(&mill, 800, 0)]);
    let record = region.settle(noon);
    assert_eq!((record.traded_net.get(), record.net.get()), (1_000, 800));
    assert_eq!((record.imbalance_price.get(), record.add_on.get()), (210_000, 0));
}

#[test]
fn a_formal_price_carries_no_imbalance_to_its_bus() {
    let (mut region, [roof, mill]) = street();
    let noon = region.first_interval();
    let (line, capacity, capacity_back) = (1, Wh::ZERO, Wh::ZERO);
    let shut = LineLimit {
        line,
        capacity,
        capacity_back,
    };
    region.tighten(noon, noon, vec![shut]);
    region.clear(noon);
    let hill = &region.prices(noon)[2];
    assert!(hill.no_trade && hill.price.get() != 210_000, "{hill:?}");
    region.deliver(noon, &[(&mill, 1_000, 0), (&roof, 0, 500)]);
    let record = region.settle(noon);
    assert_eq!(
        region.paid(&roof, noon),
        -i128::from(record.imbalance_price.get()) * 500 / 1000
    );
}

#[test]
fn an_order_that_got_nothing_comes_free_though_its_device_is_silent() {
    let (mut region, [roof, mill]) = street();
    let noon = region.first_interval();
    region.sell(&roof, noon, 500, 900_000);
    region.clear(noon);
    assert_eq!(region.position(&roof, noon).traded.get(), 0);
    region.deliver(noon, &[(&mill, 1_000, 0)]);
    region.settle(noon);
    assert!(region.books(&roof.owner).locked.is_zero());
}
