//! The worked feeder of the docs: utility, village and farm in a row, import tariff 0.21, export 0.07; the lane
//! between village and farm carries 300 Wh.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::units::{Interval, Ppm, Watt, Wh};
use busbar_testing::{Device, Region, Setup};

const VILLAGE: u16 = 1;
const FARM: u16 = 2;

fn feeder() -> Setup {
    let mut setup = Setup {
        network: Some(Network {
            buses: ["utility", "village", "farm"].map(Bus::new).into(),
            lines: vec![
                Line::new("connection", 0, VILLAGE, Wh::new(1 << 40)),
                Line::new("lane", VILLAGE, FARM, Wh::new(300)),
            ],
            voltage: None,
        }),
        ..Setup::hourly()
    };
    (setup.params.connection_import, setup.params.connection_export) = (Watt::new(2_000), Watt::new(2_000));
    setup
}

/// A home in the village, and on the farm a roof and a home.
fn homes(region: &mut Region) -> [Device; 3] {
    let village = region.home_at(VILLAGE, "village", 5_000, 5_000);
    let [roof, home] = ["roof", "home"].map(|name| region.home_at(FARM, name, 5_000, 5_000));
    [village, roof, home]
}

fn trade(region: &mut Region, [village, roof, home]: &[Device; 3]) -> Interval {
    let interval = region.first_interval();
    region.buy(village, interval, 800, 250_000);
    region.sell(roof, interval, 1_000, 100_000);
    region.buy(home, interval, 200, 150_000);
    interval
}

fn prices(region: &Region, interval: Interval) -> Vec<(i64, bool)> {
    let prices = region.prices(interval);
    prices.iter().map(|at| (at.price.get(), at.no_trade)).collect()
}

#[test]
fn a_full_lane_parts_the_prices_and_its_rent_goes_to_the_fund() {
    let mut region = Region::with(feeder());
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    let cleared = region.clear(interval);
    assert_eq!(
        prices(&region, interval),
        [(210_000, false), (210_000, false), (100_000, false)]
    );
    let flows: Vec<_> = region
        .flows(interval)
        .iter()
        .map(|line| (line.flow.get(), line.step.get(), line.binding, line.rent.get()))
        .collect();
    assert_eq!(flows, [(500, 0, false, 0), (-300, -110_000, true, 33_000)]);
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (1_000, 500));
    // 800 Wh at 0.21, 200 Wh bought and 500 sold at 0.10.
    assert_eq!((cleared.price.get(), cleared.rent.get()), (158_666, 33_000));

    let [village, roof, home] = &homes;
    let utility = region.books(&region.utility.clone()).balance.get();
    region.deliver(interval, &[(village, 800, 0), (roof, 0, 500), (home, 200, 0)]);
    let settled = region.settle(interval);
    assert_eq!(
        [village, roof, home].map(|home| region.paid(home, interval)),
        [168_000, -50_000, 20_000]
    );
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 105_000);
    assert_eq!(settled.escrow.get(), 33_000);
    assert_eq!(region.finalise(interval).to_fund.get(), 33_000);
    assert_eq!(region.market.totals(&region.q()).unwrap().fund.get(), 33_000);
    assert!(region.prices(interval).is_empty() && region.flows(interval).is_empty());
    assert_eq!(region.interval(interval).rent.get(), 33_000, "the record stays");
}

#[test]
fn behind_a_full_lane_a_surplus_earns_less_than_the_imbalance_price() {
    let mut region = Region::with(feeder());
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    region.clear(interval);
    let [village, roof, home] = &homes;
    region.deliver(interval, &[(village, 900, 0), (roof, 0, 600), (home, 200, 0)]);
    let settled = region.settle(interval);
    assert_eq!((settled.net.get(), settled.imbalance_price.get()), (500, 210_000));
    // The village's 100 Wh at 0.21, the roof's 100 Wh at 0.21 - 0.11.
    assert_eq!(
        [village, roof, home].map(|home| region.paid(home, interval)),
        [168_000 + 21_000, -50_000 - 10_000, 20_000]
    );
    // The rent, and what the surplus did not earn.
    assert_eq!(region.finalise(interval).to_fund.get(), 33_000 + 11_000);
}

#[test]
fn behind_a_full_lane_a_shortage_costs_more_than_the_imbalance_price() {
    let mut region = Region::with(feeder());
    let homes = homes(&mut region);
    let [village, roof, home] = &homes;
    let interval = region.first_interval();
    region.buy(home, interval, 500, 400_000);
    region.sell(roof, interval, 100, 300_000);
    region.buy(village, interval, 100, 250_000);
    region.clear(interval);
    // 300 Wh reach the farm, 100 more are its own; the last 100 Wh that it wants nobody brings.
    assert_eq!(
        prices(&region, interval),
        [(210_000, false), (210_000, false), (400_000, false)]
    );
    region.deliver(interval, &[(village, 110, 0), (roof, 0, 100), (home, 410, 0)]);
    let settled = region.settle(interval);
    assert_eq!(settled.imbalance_price.get(), 210_000);
    assert_eq!(
        [village, roof, home].map(|home| region.paid(home, interval)),
        [23_100, -40_000, 160_000 + 4_000]
    );
    // 300 Wh * 0.19, and 10 Wh * 0.19 that were drawn over the full lane.
    assert_eq!(region.finalise(interval).to_fund.get(), 57_000 + 1_900);
}

#[test]
fn where_nothing_can_trade_the_price_is_formal_and_deviations_meet_the_plain_imbalance_price() {
    let mut setup = feeder();
    setup.network.as_mut().unwrap().lines[1] = Line::new("lane", VILLAGE, FARM, Wh::ZERO);
    let mut region = Region::with(setup);
    let homes = homes(&mut region);
    let [village, roof, home] = &homes;
    let interval = region.first_interval();
    region.sell(roof, interval, 1_000, 100_000);
    region.buy(village, interval, 800, 250_000);
    let cleared = region.clear(interval);
    let [_, _, (farm, formal)] = prices(&region, interval)[..] else {
        panic!("three buses");
    };
    // Anything from the floor to the roof's limit is as good; the middle is formal.
    assert_eq!((farm, formal, cleared.sold.get()), (50_000, true, 0));
    region.deliver(interval, &[(village, 800, 0), (roof, 0, 100), (home, 100, 0)]);
    region.settle(interval);
    assert_eq!([roof, home].map(|home| region.paid(home, interval)), [-21_000, 21_000]);
}

#[test]
fn a_storage_behind_a_full_lane_banks_at_no_price_and_deviates_at_its_own() {
    let mut setup = feeder().with_bank(6_400);
    setup.params.bank.as_mut().unwrap().device = 0;
    let mut region = Region::with(setup);
    let plate = busbar_testing::Plate {
        bus: FARM,
        ..busbar_testing::Plate::storage(5_000, 6_400)
    };
    let storage = region.enrol("storage", plate);
    region.deposit(&storage.owner, 500_000_000);
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    let [village, roof, home] = &homes;
    region.bank(roof, interval, 400);
    region.clear(interval);
    // The roof feeds 500 it sold, 400 for the bank and 50 more; the storage takes 420.
    region.deliver(
        interval,
        &[(&storage, 420, 0), (village, 800, 0), (roof, 0, 950), (home, 200, 0)],
    );
    let settled = region.settle(interval);
    assert_eq!((settled.banked.get(), settled.minted.get()), (400, 400));
    assert_eq!((settled.net.get(), settled.imbalance_price.get()), (470, 210_000));
    // 20 Wh beyond the bank at 0.21, 50 Wh of surplus at 0.10.
    assert_eq!(
        [&storage, roof].map(|device| region.paid(device, interval)),
        [4_200, -50_000 - 5_000]
    );
    assert_eq!(region.books(&roof.owner).energy, Wh::new(400));
}

#[test]
fn what_is_drawn_bears_losses_and_the_utility_gets_them() {
    let mut setup = feeder();
    setup.params.losses = Ppm::new(20_000);
    let mut region = Region::with(setup);
    let homes = homes(&mut region);
    let interval = trade(&mut region, &homes);
    region.clear(interval);
    let [village, roof, home] = &homes;
    let utility = region.books(&region.utility.clone()).balance.get();
    region.deliver(interval, &[(village, 800, 0), (roof, 0, 500), (home, 200, 0)]);
    let settled = region.settle(interval);
    // Two per cent of 0.21 on 800 and 200 Wh.
    assert_eq!(
        [village, roof, home].map(|home| region.paid(home, interval)),
        [168_000 + 3_360, -50_000, 20_000 + 840]
    );
    assert_eq!((settled.losses.get(), settled.escrow.get()), (4_200, 33_000));
    assert_eq!(
        region.books(&region.utility.clone()).balance.get(),
        utility + 105_000 + 4_200
    );
}
