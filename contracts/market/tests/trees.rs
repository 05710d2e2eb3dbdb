//! Whatever tree and orders there are, the contract clears them as `busbar_clearing` does, its payments cover its
//! receipts, and whatever is metered after that, the fund has the rent.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use std::cell::Cell;
use std::collections::BTreeMap;

use busbar_clearing::{check, clear, Clearing, Line, Network, Order, PriceBounds, Side};
use busbar_testing::attestation::Curve;
use busbar_testing::grid::{self, FrequencyStep};
use busbar_testing::market::{IntervalResponse, NewOrder, OrderResponse, QueryMsg, Terms};
use busbar_testing::pages;
use busbar_testing::units::{Interval, Millihertz, Money, NetWh, Ppm, Price, Watt, Wh};
use busbar_testing::{Device, Region, Setup};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const FLOOR: i64 = -200_000;
const CAP: i64 = 600_000;
const RATING: u64 = 4_000;

/// A device: where it stands, on which side, and its price steps.
#[derive(Clone, Debug)]
struct Trader {
    bus: prop::sample::Index,
    buys: bool,
    steps: Vec<(i64, u64)>,
    /// How far it is from what it trades, drawn beyond (positive) or fed.
    deviation: i64,
}

#[derive(Clone, Debug)]
struct Market {
    network: grid::Network,
    traders: Vec<Trader>,
    tariff: (i64, i64),
    connection: (u64, u64),
    /// What the utility deposits.
    deposit: u128,
    frequency: Option<u32>,
    losses: i64,
}

fn trader() -> impl Strategy<Value = Trader> {
    // Few prices, so that limits meet; sellers ask for little, so that some of it leaves the region.
    let limit = |from: i64, to: i64| (from..=to).prop_map(|step| step * 10_000);
    let quantity = prop_oneof![Just(1u64), 1u64..RATING / 4];
    let side = prop_oneof![
        1 => (
            Just(true),
            prop::collection::vec((limit(-20, 60), quantity.clone()), 1..4)
        ),
        2 => (Just(false), prop::collection::vec((limit(-20, 20), quantity), 1..4)),
    ];
    let deviation = prop_oneof![1 => Just(0i64), 3 => -900i64..900];
    (any::<prop::sample::Index>(), side, deviation).prop_map(|(bus, (buys, steps), deviation)| Trader {
        bus,
        buys,
        steps,
        deviation,
    })
}

fn market(below: impl Strategy<Value = usize>, traders: core::ops::Range<usize>) -> impl Strategy<Value = Market> {
    let carried = || prop_oneof![1 => Just(0u64), 2 => 1u64..3_000, 3 => Just(1_000_000)];
    (
        support::tree(below),
        prop::collection::vec(trader(), traders),
        prop_oneof![3 => Just((210_000, 70_000)), 3 => Just((50_000, -80_000)), 1 => Just((CAP, FLOOR))],
        (carried(), carried()),
        prop_oneof![Just(1u128), Just(30_000), Just(1_000_000_000)],
        prop::option::weighted(0.9, prop_oneof![Just(49_800u32), Just(50_200)]),
        prop_oneof![Just(0i64), 0i64..=100_000],
    )
        .prop_map(
            |(network, traders, tariff, connection, deposit, frequency, losses)| Market {
                network,
                traders,
                tariff,
                connection,
                deposit,
                frequency,
                losses,
            },
        )
}

fn setup(market: &Market) -> Setup {
    let mut setup = Setup {
        curve: Curve::Ed25519,
        network: Some(market.network.clone()),
        utility_deposit: Money::new(market.deposit),
        ..Setup::hourly()
    };
    let params = &mut setup.params;
    (params.import_tariff, params.export_tariff) = (Price::new(market.tariff.0), Price::new(market.tariff.1));
    (params.price_floor, params.price_cap) = (Price::new(FLOOR), Price::new(CAP));
    (params.imbalance_min, params.imbalance_max) = (Price::new(FLOOR), Price::new(CAP));
    params.connection_import = Watt::new(market.connection.0);
    params.connection_export = Watt::new(market.connection.1);
    (
        params.confirmation_window,
        params.dispute_window,
        params.correction_window,
    ) = (1, 1, 2);
    params.losses = Ppm::new(market.losses);
    params.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(100),
        add_on: Price::new(90_000),
    }];
    setup
}

fn place(region: &mut Region, market: &Market, interval: Interval) -> Vec<Device> {
    let below = market.network.buses.len() - 1;
    let mut devices = vec![];
    for (number, trader) in market.traders.iter().enumerate() {
        let bus = u16::try_from(trader.bus.index(below) + 1).unwrap();
        let device = region.home_at(bus, &format!("home {number}"), RATING, RATING);
        let order = |(limit, quantity): &(i64, u64)| {
            let limit = Price::new(*limit);
            NewOrder {
                interval,
                terms: if trader.buys {
                    Terms::Buy { limit }
                } else {
                    Terms::Sell { limit }
                },
                quantity: Wh::new(*quantity),
                at_reference: false,
            }
        };
        let orders = trader.steps.iter().map(order).collect();
        let place = region.market.place(device.number, orders).unwrap();
        region.must(&device.owner, place);
        devices.push(device);
    }
    devices
}

/// The same auction without any contract.
fn expected(
    region: &Region,
    market: &Market,
    interval: Interval,
) -> (Vec<OrderResponse>, Network, Vec<Order>, Clearing) {
    let page = |start_after| {
        let query = QueryMsg::Orders {
            interval,
            owner: None,
            start_after,
            limit: None,
        };
        region.q().query_wasm_smart(region.market.address(), &query)
    };
    let listed = pages::all(|order: &OrderResponse| order.key, page).unwrap();
    let mut orders: Vec<Order> = listed
        .iter()
        .map(|order| {
            let (side, price) = match order.terms {
                Terms::Buy { limit } => (Side::Buy, limit),
                Terms::Sell { limit } => (Side::Sell, limit),
                other => panic!("{other:?}"),
            };
            Order {
                bus: order.bus.into(),
                side,
                price,
                quantity: order.quantity,
            }
        })
        .collect();
    let lines = market.network.lines.iter().enumerate().map(|(number, line)| Line {
        from: line.from.into(),
        to: line.to.into(),
        capacity: Wh::new(if number == 0 {
            market.connection.0
        } else {
            line.capacity.get()
        }),
        capacity_back: Wh::new(if number == 0 {
            market.connection.1
        } else {
            line.capacity_back.get()
        }),
    });
    let network = Network::new(market.network.buses.len(), 0, lines.collect()).unwrap();
    let (import, export) = market.tariff;
    let affordable = match u128::try_from(export) {
        Ok(price) if price > 0 => u64::try_from(market.deposit * 1_000 / price).unwrap(),
        _ => u64::MAX,
    };
    let utility = [
        (Side::Sell, import, market.connection.0 + 1),
        (Side::Buy, export, affordable.min(market.connection.1 + 1)),
    ];
    for (side, price, quantity) in utility.into_iter().filter(|(_, _, quantity)| *quantity > 0) {
        orders.push(Order {
            bus: 0,
            side,
            price: Price::new(price),
            quantity: Wh::new(quantity),
        });
    }
    let bounds = PriceBounds {
        floor: Price::new(FLOOR),
        cap: Price::new(CAP),
    };
    let clearing = clear(&network, &orders, bounds).unwrap();
    (listed, network, orders, clearing)
}

#[derive(Default)]
struct Seen {
    binding: Cell<usize>,
    traded: Cell<usize>,
    formal: Cell<usize>,
    negative: Cell<usize>,
    exports: Cell<usize>,
    add_on: Cell<usize>,
    losses: Cell<usize>,
    collected: Cell<usize>,
}

/// Everybody does what was traded but for the deviations; the whole state is checked after every call.
fn deliver(region: &mut Region, market: &Market, interval: Interval, devices: &[Device]) -> IntervalResponse {
    let energies: Vec<(&Device, u64, u64)> = devices
        .iter()
        .zip(&market.traders)
        .map(|(device, trader)| {
            let net = region.position(device, interval).traded.get() + trader.deviation;
            let wh = net.unsigned_abs().min(RATING);
            if net > 0 {
                (device, wh, 0)
            } else {
                (device, 0, wh)
            }
        })
        .collect();
    let end_s = region.times(interval).end_s;
    region.reach(end_s);
    if let Some(millihertz) = market.frequency {
        let (owner, reporter) = (region.owner.clone(), region.account("reporter"));
        let appoint = grid::ExecuteMsg::SetReporter {
            reporter: Some(reporter.to_string()),
        };
        let appoint = region.grid.execute(&appoint).unwrap();
        region.must(&owner, appoint);
        let frequency = Millihertz::new(millihertz);
        let post = grid::ExecuteMsg::PostFrequency { interval, frequency };
        let post = region.grid.execute(&post).unwrap();
        region.must(&reporter, post);
    }
    region.deliver(interval, &energies);
    region.settle(interval)
}

fn law(market: &Market, seen: &Seen) {
    let mut region = Region::with(setup(market));
    let interval = Interval::new(region.current_interval().get() + 3);
    let devices = place(&mut region, market, interval);
    let (listed, network, orders, expected) = expected(&region, market, interval);
    let record = region.clear(interval);

    let prices = region.prices(interval);
    assert_eq!(prices.iter().map(|at| at.price).collect::<Vec<_>>(), expected.prices);
    assert_eq!(
        prices.iter().map(|at| at.no_trade).collect::<Vec<_>>(),
        expected.no_trade
    );
    let flows = region.flows(interval);
    assert_eq!(flows.iter().map(|line| line.flow).collect::<Vec<_>>(), expected.flows);
    let mut traded: BTreeMap<u32, i64> = BTreeMap::new();
    for ((listed, order), fill) in listed.iter().zip(&orders).zip(&expected.fills) {
        let fill = i64::try_from(fill.get()).unwrap();
        let net = if order.side == Side::Buy { fill } else { -fill };
        *traded.entry(listed.key.device).or_default() += net;
    }
    for device in &devices {
        let position = region.position(device, interval);
        assert_eq!(position.traded.get(), traded[&device.number], "{device:?}");
    }
    // Everybody's payment is rounded up, everybody's receipt down: what is left covers the rent.
    let charged: i128 = orders
        .iter()
        .zip(&expected.fills)
        .map(|(order, fill)| {
            let fill = i64::try_from(fill.get()).unwrap();
            let net = NetWh::new(if order.side == Side::Buy { fill } else { -fill });
            expected.prices[order.bus].charge(net).unwrap().get()
        })
        .sum();
    let proof = check(&network, &orders, &expected.fills, &expected.flows, &expected.prices).unwrap();
    assert!(proof.gap == 0 && proof.rent >= 0);
    assert_eq!(i128::try_from(record.rent.get()).unwrap(), proof.rent / 1_000);
    assert!(
        charged * 1_000 >= proof.rent,
        "{charged} collected, rent {}",
        proof.rent
    );

    let add = |count: &Cell<usize>, more: bool| count.set(count.get() + usize::from(more));
    add(&seen.traded, !record.no_trade);
    add(&seen.exports, record.traded_net.get() < 0);
    for line in &flows {
        add(&seen.binding, line.binding && !line.flow.is_zero());
    }
    for at in &prices {
        add(&seen.formal, at.no_trade);
        add(&seen.negative, at.price.get() < 0);
    }
    // Every check of the state asks for every price: what is delivered on large trees takes long and shows no more.
    if prices.len() > 60 {
        return;
    }
    let settled = deliver(&mut region, market, interval, &devices);
    let closed = region.finalise(interval);
    if closed.uncollected.is_zero() {
        let to_fund = i128::try_from(closed.to_fund.get()).unwrap();
        assert!(
            to_fund * 1_000 >= proof.rent,
            "{to_fund} to the fund, rent {}",
            proof.rent
        );
    }
    add(&seen.add_on, !settled.add_on.is_zero());
    add(&seen.losses, !settled.losses.is_zero());
    add(&seen.collected, settled.uncollected.is_zero());
}

#[test]
fn the_contract_clears_any_tree_as_the_library_does() {
    // PROPTEST_CASES=4096 makes the long form.
    let default = ProptestConfig::default();
    let cases = default.cases.div_ceil(16);
    let config = |cases| ProptestConfig {
        cases,
        max_shrink_iters: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let seen = Seen::default();
    let run = |cases, markets| {
        let runner = &mut TestRunner::new(config(cases));
        let markets: BoxedStrategy<Market> = markets;
        runner
            .run(&markets, |market| {
                law(&market, &seen);
                Ok(())
            })
            .unwrap();
    };
    run(cases, market(1usize..8, 4..14).boxed());
    run(cases, market(8usize..50, 8..16).boxed());
    run(cases.div_ceil(8), market(200usize..908, 8..16).boxed());
    for (what, count) in [
        ("markets with trade", &seen.traded),
        ("with export", &seen.exports),
        ("with an add-on", &seen.add_on),
        ("with losses", &seen.losses),
        ("where everything was collected", &seen.collected),
        ("full lines with flow", &seen.binding),
        ("buses at a formal price", &seen.formal),
        ("buses at a negative price", &seen.negative),
    ] {
        println!("{} {what}", count.get());
        // A run shorter than the default may miss a kind of market by chance.
        assert!(cases < 16 || count.get() > 0, "no market saw {what}");
    }
}
