//! The worked interval of the docs: import tariff 0.21, export 0.07; A sells B 1,000 Wh at 0.14 and delivers
//! 800, B uses 1,300, C exports 500, and the connection's own meter reads 0.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::units::{Interval, Ppm, Price};
use busbar_testing::{Device, Region, Setup};

/// One hour, so that the table's 0.21 per kWh meets round watt-hours.
fn hourly() -> Setup {
    Setup::hourly()
}

fn homes(region: &mut Region) -> [Device; 3] {
    ["A", "B", "C"].map(|name| region.home(name, 5_000, 5_000))
}

fn trade(region: &mut Region, [a, b, _]: &[Device; 3]) -> Interval {
    let interval = region.first_interval();
    region.sell(a, interval, 1_000, 140_000);
    region.buy(b, interval, 1_000, 140_000);
    interval
}

#[test]
fn without_banking_everybody_meets_at_the_bus_price() {
    let mut region = Region::with(hourly());
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    let cleared = region.clear(interval);
    assert_eq!(
        (cleared.price, cleared.price_utility),
        (Price::new(140_000), Price::new(140_000))
    );
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (1_000, 1_000));
    let [a, b, c] = &homes;
    let utility = region.books(&region.utility.clone()).balance;

    region.deliver(interval, &[(a, 0, 800), (b, 1_300, 0), (c, 0, 500)]);
    let settled = region.settle(interval);

    assert_eq!(settled.net.get(), 0);
    assert_eq!(settled.imbalance_price, Price::new(140_000));
    assert_eq!(
        [a, b, c].map(|home| region.paid(home, interval)),
        [-112_000, 182_000, -70_000]
    );
    assert_eq!(region.books(&region.utility.clone()).balance, utility);
    assert!(settled.escrow.is_zero());
}

#[test]
fn with_c_banking_the_utility_supplies_what_is_short() {
    let mut setup = hourly().with_bank(6_400);
    setup.params.bank.as_mut().unwrap().efficiency = Ppm::new(900_000);
    let mut region = Region::with(setup);
    let storage = region.storage("bank", 5_000, 6_400);
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    let [a, b, c] = &homes;
    region.bank(c, interval, 500);
    region.clear(interval);
    let utility = region.books(&region.utility.clone()).balance.get();

    region.deliver(interval, &[(&storage, 500, 0), (a, 0, 800), (b, 1_300, 0), (c, 0, 500)]);
    let settled = region.settle(interval);

    assert_eq!(settled.net.get(), 500);
    assert_eq!(settled.imbalance_price, Price::new(210_000));
    assert_eq!(
        [a, b, c, &storage].map(|device| region.paid(device, interval)),
        [-98_000, 203_000, 0, 0]
    );
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 105_000);
    assert_eq!((settled.banked.get(), settled.minted.get()), (500, 450));
    assert_eq!(region.books(&c.owner).energy.get(), 450);
    assert!(settled.escrow.is_zero());
}

#[test]
fn fees_pay_whoever_clears_and_settles() {
    let mut setup = hourly();
    setup.params.order_fee = busbar_testing::units::Money::new(50);
    setup.params.clear_bounty = busbar_testing::units::Money::new(20);
    setup.params.settlement_fee = busbar_testing::units::Money::new(30);
    setup.params.settle_bounty = busbar_testing::units::Money::new(30);
    let mut region = Region::with(setup);
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    region.clear(interval);
    let [a, b, c] = &homes;
    region.deliver(interval, &[(a, 0, 800), (b, 1_300, 0), (c, 0, 500)]);
    let settled = region.settle(interval);
    assert_eq!(
        [a, b, c].map(|home| region.paid(home, interval)),
        [-111_920, 182_080, -69_970]
    );
    // Two orders and three devices; what is not a bounty waits for the fund.
    let anyone = region.account("anyone");
    assert_eq!(region.books(&anyone).balance.get(), 2 * 20 + 3 * 30);
    assert_eq!(settled.escrow.get(), 2 * 30);
    let closed = region.finalise(interval);
    assert_eq!(closed.to_fund.get(), 2 * 30);
}
