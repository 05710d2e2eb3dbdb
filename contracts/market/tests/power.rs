//! Sellers whom their zone cannot do without. The farm hangs at a lane of 300 Wh; import tariff 0.21, export 0.07, and the
//! farm is a zone with a threshold of 1.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::market::power::CappedResponse;
use busbar_testing::market::{ExecuteMsg, NewOrder, Terms};
use busbar_testing::units::{Interval, Ppm, Price, Watt, Wh};
use busbar_testing::{Device, Region, Setup};

const VILLAGE: u16 = 1;
const FARM: u16 = 2;

fn line(name: &str, from: u16, to: u16, capacity: u64) -> Line {
    Line {
        reactance: 1_000,
        resistance: 1_000,
        ..Line::new(name, from, to, Wh::new(capacity))
    }
}

fn hourly(buses: &[&str], lines: Vec<Line>, zone: u16) -> Setup {
    let mut setup = Setup {
        network: Some(Network {
            buses: buses.iter().map(|name| Bus::new(*name)).collect(),
            lines,
            voltage: None,
        }),
        ..Setup::hourly()
    };
    (setup.params.connection_import, setup.params.connection_export) = (Watt::new(2_000), Watt::new(2_000));
    setup.params.zones = vec![zone];
    setup.params.residual_supply = Ppm::ONE;
    setup
}

fn feeder() -> Setup {
    let lines = vec![
        line("connection", 0, VILLAGE, 1 << 40),
        line("lane", VILLAGE, FARM, 300),
    ];
    hourly(&["utility", "village", "farm"], lines, FARM)
}

/// A home in the village, and on the farm a roof and a home.
fn homes(region: &mut Region) -> [Device; 3] {
    let village = region.home_at(VILLAGE, "village", 5_000, 5_000);
    let [roof, home] = ["roof", "home"].map(|name| region.home_at(FARM, name, 5_000, 5_000));
    [village, roof, home]
}

fn capped(region: &Region, interval: Interval) -> Vec<(i64, i64, bool)> {
    let capped = region.market.capped(&region.q(), interval, None).unwrap();
    let row = |capped: &CappedResponse| (capped.limit.get(), capped.reference.get(), capped.took_part);
    capped.iter().map(row).collect()
}

/// Reference price of the zone and how many intervals it averages.
fn reference(region: &Region, interval: Interval) -> (i64, u32) {
    let [zone] = region.market.references(&region.q(), interval).unwrap()[..] else {
        panic!("one zone");
    };
    (zone.reference.get(), zone.intervals)
}

fn sold(region: &Region, device: &Device, interval: Interval) -> i64 {
    -region.position(device, interval).traded.get()
}

fn farm_price(region: &Region, interval: Interval) -> i64 {
    region.prices(interval)[usize::from(FARM)].price.get()
}

#[test]
fn a_pivotal_seller_takes_part_at_the_reference_if_it_allowed_that() {
    let mut region = Region::with(feeder());
    let [_, roof, home] = homes(&mut region);
    let interval = region.first_interval();
    region.buy(&home, interval, 500, 400_000);
    region.sell_at_reference(&roof, interval, 400, 300_000);
    // What it locks covers the price floor, 0: (1.00 - 0) * 0.4 kWh.
    assert_eq!(region.books(&roof.owner).locked.get(), 400_000);
    region.go(region.times(interval).closes_s);
    let shown = region.market.auction(&region.q(), interval, None).unwrap().orders;
    assert!(shown
        .iter()
        .any(|order| order.limit.get() == 210_000 && order.bus == FARM));
    assert!(
        capped(&region, interval).is_empty(),
        "nothing is capped before the clearing"
    );

    region.clear(interval);
    assert_eq!(capped(&region, interval), [(300_000, 210_000, true)]);
    assert_eq!(farm_price(&region, interval), 210_000);
    assert_eq!(region.position(&home, interval).traded.get(), 500);
    let made = u64::try_from(sold(&region, &roof, interval)).unwrap();
    assert!(made >= 200);

    region.deliver(interval, &[(&roof, 0, made), (&home, 500, 0)]);
    region.settle(interval);
    assert_eq!(region.paid(&roof, interval), -210 * i128::from(made));
    region.finalise(interval);
    assert!(
        capped(&region, interval).is_empty(),
        "gone with the interval's other results"
    );
    assert_eq!(region.books(&roof.owner).locked.get(), 0);
}

#[test]
fn without_permission_a_pivotal_seller_takes_no_part() {
    let mut region = Region::with(feeder());
    let [_, roof, home] = homes(&mut region);
    let interval = region.first_interval();
    region.buy(&home, interval, 500, 400_000);
    region.sell(&roof, interval, 100, 150_000);
    region.sell(&roof, interval, 300, 300_000);
    let cleared = region.clear(interval);
    assert_eq!(capped(&region, interval), [(300_000, 210_000, false)]);
    assert_eq!(cleared.orders, 2);
    // The order below the reference price stands as it is.
    assert_eq!(sold(&region, &roof, interval), 100);
    assert_eq!((farm_price(&region, interval), cleared.bought.get()), (400_000, 400));
    region.deliver(interval, &[(&roof, 0, 100), (&home, 400, 0)]);
    region.settle(interval);
    assert_eq!(region.books(&roof.owner).locked.get(), 0);
}

#[test]
fn at_the_threshold_nobody_is_pivotal() {
    for (bought, pivotal) in [(300, false), (301, true)] {
        let mut region = Region::with(feeder());
        let [_, roof, home] = homes(&mut region);
        let interval = region.first_interval();
        region.buy(&home, interval, bought, 400_000);
        // Would not pay the reference, and makes nobody pivotal.
        region.buy(&home, interval, 1_000, 200_000);
        region.sell(&roof, interval, 1_000, 300_000);
        region.clear(interval);
        assert_eq!(!capped(&region, interval).is_empty(), pivotal, "{bought} Wh");
    }
}

#[test]
fn of_two_sellers_the_larger_is_pivotal() {
    let mut region = Region::with(feeder());
    let [_, roof, home] = homes(&mut region);
    let barn = region.home_at(FARM, "barn", 5_000, 5_000);
    let interval = region.first_interval();
    region.buy(&home, interval, 650, 400_000);
    region.sell(&roof, interval, 400, 300_000);
    region.sell(&barn, interval, 300, 350_000);
    region.clear(interval);
    // Without the roof 600 Wh for 650; without the barn 700 Wh.
    assert_eq!(capped(&region, interval), [(300_000, 210_000, false)]);
    assert_eq!(
        (sold(&region, &roof, interval), sold(&region, &barn, interval)),
        (0, 300)
    );
}

#[test]
fn uncongested_trade_makes_the_reference_and_congested_trade_leaves_it() {
    let mut region = Region::with(feeder());
    let [_, roof, home] = homes(&mut region);
    let first = region.first_interval();
    assert_eq!(reference(&region, first), (210_000, 0), "the import tariff");
    region.buy(&home, first, 200, 150_000);
    region.sell(&roof, first, 200, 150_000);
    region.clear(first);
    let second = first.plus(1).unwrap();
    assert_eq!(reference(&region, second), (150_000, 1));

    // The lane is full, and parts 0.21 from 0.40.
    region.buy(&home, second, 500, 400_000);
    region.sell_at_reference(&roof, second, 150, 300_000);
    region.clear(second);
    assert_eq!(farm_price(&region, second), 400_000);
    assert_eq!(capped(&region, second), [(300_000, 150_000, true)]);
    let third = second.plus(1).unwrap();
    assert_eq!(reference(&region, third), (150_000, 1));

    // Nothing trades.
    region.sell(&roof, third, 100, 900_000);
    region.clear(third);
    assert_eq!(reference(&region, third.plus(1).unwrap()), (150_000, 1));
    region.finalise(third);
}

#[test]
fn the_oldest_interval_leaves_the_reference_when_the_window_is_full() {
    let mut setup = feeder();
    setup.params.reference_window = 2;
    let mut region = Region::with(setup);
    let [_, roof, home] = homes(&mut region);
    let mut interval = region.first_interval();
    for (wh, price, mean) in [
        (100, 100_000, 100_000),
        (200, 130_000, 120_000),
        (200, 160_000, 145_000),
    ] {
        region.buy(&home, interval, wh, price);
        region.sell(&roof, interval, wh, price);
        region.clear(interval);
        interval = interval.plus(1).unwrap();
        assert_eq!(reference(&region, interval).0, mean);
    }
    assert_eq!(reference(&region, interval).1, 2);
}

#[test]
fn no_reference_is_above_the_import_tariff() {
    let mut region = Region::with(feeder());
    let [village, roof, home] = homes(&mut region);
    let first = region.first_interval();
    // The connection is full; the lane is not.
    region.buy(&village, first, 3_000, 400_000);
    region.sell(&roof, first, 100, 100_000);
    region.clear(first);
    assert_eq!(farm_price(&region, first), 400_000);
    let second = first.plus(1).unwrap();
    assert_eq!(reference(&region, second), (210_000, 1));
    region.buy(&home, second, 500, 400_000);
    region.sell_at_reference(&roof, second, 400, 211_000);
    region.clear(second);
    assert_eq!(capped(&region, second), [(211_000, 210_000, true)]);
}

#[test]
fn a_proposal_solves_the_book_as_capped_whatever_is_cleared_meanwhile() {
    // A ring of village, hill and mill behind the connection; the village is the zone.
    let lines = vec![
        Line {
            derated: Some(Wh::new(1 << 40)),
            ..line("connection", 0, 1, 1 << 40)
        },
        Line {
            derated: Some(Wh::new(900)),
            ..line("ridge", 1, 2, 10_000)
        },
        line("slope", 2, 3, 10_000),
        Line {
            derated: Some(Wh::new(900)),
            ..line("lane", 1, 3, 10_000)
        },
    ];
    let mut setup = hourly(&["utility", "village", "hill", "mill"], lines, 1);
    setup.params.connection_import = Watt::new(500);
    // Two intervals wait for their clearing at the same time.
    setup.params.gate_closure_s = 4_200;
    setup.params.solver_window_s = 600;
    let mut region = Region::with(setup);
    let [hill, mill] = [(2, "hill"), (3, "mill")].map(|(bus, name)| region.home_at(bus, name, 5_000, 5_000));
    let first = region.first_interval().plus(2).unwrap();
    let second = first.plus(1).unwrap();
    region.buy(&mill, first, 100, 120_000);
    region.sell(&hill, first, 100, 120_000);
    region.buy(&mill, second, 1_000, 400_000);
    region.sell_at_reference(&hill, second, 2_000, 300_000);

    let solver = region.account("solver");
    let closes_s = region.times(second).closes_s;
    region.go(closes_s);
    let network = region.grid.network(&region.q(), second).unwrap();
    let auction = region.market.auction(&region.q(), second, None).unwrap();
    assert!(auction
        .orders
        .iter()
        .any(|order| order.bus == 2 && order.limit.get() == 210_000));
    let proposal = busbar_solver::region::proposal(&network, &auction).unwrap();
    let propose = region.to_market(&ExecuteMsg::Propose {
        interval: second,
        proposal,
    });
    region.must(&solver, propose);

    // What the first interval is cleared at would move the reference of the second; it is fixed.
    let clear = region.market.clear(first).unwrap();
    region.must(&solver, clear);
    assert_eq!(reference(&region, second.plus(1).unwrap()).1, 1);
    assert_eq!(reference(&region, second).0, 210_000);
    region.go(closes_s + 600);
    let clear = region.market.clear(second).unwrap();
    region.must(&solver, clear);
    assert_eq!(capped(&region, second), [(300_000, 210_000, true)]);
    assert_eq!(region.position(&mill, second).traded.get(), 1_000);
    let price = region.prices(second)[3].price.get();
    assert!((price - 210_000).abs() <= 1, "{price}");
}

#[test]
fn only_a_sell_takes_part_at_a_reference_and_it_crosses_as_at_the_floor() {
    let mut region = Region::with(feeder());
    let [_, roof, _] = homes(&mut region);
    let interval = region.first_interval();
    let mut refused = |terms| -> ContractError {
        let order = NewOrder {
            interval,
            terms,
            quantity: Wh::new(10),
            at_reference: true,
        };
        let place = region.market.place(roof.number, vec![order]).unwrap();
        region.refused(&roof.owner, place)
    };
    let limit = Price::new(100_000);
    let terms = Terms::Buy { limit };
    assert_eq!(refused(terms), ContractError::NoReference { interval, terms });
    let terms = Terms::Redeem {};
    assert_eq!(refused(terms), ContractError::NoReference { interval, terms });

    region.buy(&roof, interval, 10, 100_000);
    let order = NewOrder {
        interval,
        terms: Terms::Sell {
            limit: Price::new(300_000),
        },
        quantity: Wh::new(10),
        at_reference: true,
    };
    let place = region.market.place(roof.number, vec![order]).unwrap();
    let error: ContractError = region.refused(&roof.owner, place);
    let (limit, other) = (Price::ZERO, Price::new(100_000));
    assert_eq!(error, ContractError::CrossesOwn { interval, limit, other });
}
