//! Standing orders: signed once, in the book of every interval at its gate closure.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::cw_multi_test::AppResponse;
use busbar_testing::grid::MarketState;
use busbar_testing::market::{
    ExecuteMsg, HourBand, OrderResponse, QueryMsg, Side, Standing, StandingQuantity, StandingResponse, Terms,
};
use busbar_testing::units::{Interval, Money, Ppm, Price, Wh};
use busbar_testing::{always, as_yesterday, Device, Region, Setup};
use proptest::prelude::*;

const DAY: u64 = 24;

fn hourly() -> Region {
    Region::with(Setup::hourly())
}

fn book(region: &Region, interval: Interval) -> Vec<OrderResponse> {
    let (owner, start_after, limit) = (None, None, None);
    let orders = QueryMsg::Orders {
        interval,
        owner,
        start_after,
        limit,
    };
    region
        .q()
        .query_wasm_smart(region.market.address(), &orders)
        .expect("a book")
}

/// Quantities of the book by device.
fn quantities(region: &Region, interval: Interval) -> Vec<(u32, u64)> {
    let quantity = |order: OrderResponse| (order.key.device, order.quantity.get());
    book(region, interval).into_iter().map(quantity).collect()
}

/// Reasons for which standing orders were left out, by device and place in its list.
fn left_out(response: &AppResponse) -> Vec<(String, String, String)> {
    let named = |event: &&busbar_testing::cosmwasm_std::Event| event.ty == "wasm-standing_left_out";
    let value = |event: &busbar_testing::cosmwasm_std::Event, key: &str| {
        let found = event.attributes.iter().find(|attribute| attribute.key == key);
        found.expect("an attribute").value.clone()
    };
    let events = response.events.iter().filter(named);
    events
        .map(|event| (value(event, "device"), value(event, "entry"), value(event, "reason")))
        .collect()
}

#[test]
fn a_home_signs_once_and_trades_from_then_on() {
    let mut region = hourly();
    let [roof, home] = ["roof", "home"].map(|name| region.home(name, 5_000, 5_000));
    region.stand(&roof, vec![always(Side::Sell, 800, 140_000)]);
    region.stand(&home, vec![always(Side::Buy, 1_000, 140_000)]);
    let first = region.first_interval();
    for interval in [0, 2, 4].map(|later| first.plus(later).unwrap()) {
        assert!(book(&region, interval).is_empty(), "nothing is locked ahead");
        let cleared = region.clear(interval);
        assert_eq!((cleared.bought.get(), cleared.sold.get()), (800, 800));
        region.deliver(interval, &[(&roof, 0, 800), (&home, 800, 0)]);
        region.settle(interval);
        assert_eq!(region.paid(&home, interval), 112_000);
    }
    region.stand(&home, vec![]);
    let next = first.plus(6).unwrap();
    region.clear(next);
    assert_eq!(quantities(&region, next), [(roof.number, 800)]);
    assert_eq!(region.market.standing(&region.q(), home.number).unwrap(), []);
}

#[test]
fn quantities_follow_the_hour_of_the_week() {
    let mut region = hourly();
    let home = region.home("home", 5_000, 5_000);
    let interval = region.first_interval();
    let start_s = region.times(interval).start_s;
    // 1970 began on a Thursday.
    let hour = u8::try_from((start_s / 3_600 + 72) % 168).unwrap();
    assert!((1..166).contains(&hour), "the test needs an hour on either side");
    let band = |from, to, wh| HourBand {
        from,
        to,
        wh: Wh::new(wh),
    };
    let mut order = always(Side::Buy, 0, 100_000);
    order.quantity = StandingQuantity::ByHour(vec![
        band(hour - 1, hour, 1),
        band(hour, hour + 1, 700),
        band(hour + 2, 168, 3),
    ]);
    region.stand(&home, vec![order]);
    region.close(interval, 10);
    assert_eq!(quantities(&region, interval), [(home.number, 700)]);
    // No entry holds the hour after it: no order, and nothing to name.
    let next = interval.plus(1).unwrap();
    assert_eq!(left_out(&region.close(next, 10)), []);
    assert_eq!(quantities(&region, next), []);
}

#[test]
fn a_share_of_yesterday_is_what_accepted_readings_tell() {
    let mut region = hourly();
    let [drew, fed, silent] = ["drew", "fed", "silent"].map(|name| region.home(name, 5_000, 5_000));
    let yesterday = region.first_interval();
    region.deliver(yesterday, &[(&drew, 1_001, 200), (&fed, 0, 900)]);
    let interval = yesterday.plus(DAY).unwrap();
    for device in [&drew, &fed, &silent] {
        let half = as_yesterday(Side::Buy, 500_000, 100_000);
        region.stand(device, vec![half, as_yesterday(Side::Sell, 2_000_000, 200_000)]);
    }
    let closed = region.close(interval, 10);
    // Net import 801, half of it rounded down; net export 900, twice.
    assert_eq!(quantities(&region, interval), [(drew.number, 400), (fed.number, 1_800)]);
    let reason = ContractError::YesterdayUnknown {
        device: silent.number,
        interval: yesterday,
    };
    let number = silent.number.to_string();
    let unknown = |entry: &str| (number.clone(), entry.to_owned(), reason.to_string());
    assert_eq!(left_out(&closed), [unknown("0"), unknown("1")]);
}

#[test]
fn yesterday_is_looked_up_on_every_devices_own_page() {
    let mut region = hourly();
    let first = region.home("first", 5_000, 5_000);
    // The second page begins with the 65th device.
    let between: Vec<_> = (1..64)
        .map(|n| region.home(&format!("home{n}"), 5_000, 5_000))
        .collect();
    let last = region.home("last", 5_000, 5_000);
    assert_eq!((first.number, last.number), (0, 64));
    let yesterday = region.first_interval();
    let still = between.iter().map(|home| (home, 0, 0));
    let metered: Vec<_> = [(&first, 300, 0), (&last, 700, 0)].into_iter().chain(still).collect();
    region.deliver(yesterday, &metered);
    for device in [&first, &last] {
        region.stand(device, vec![as_yesterday(Side::Buy, 1_000_000, 100_000)]);
    }
    let interval = yesterday.plus(DAY).unwrap();
    region.close(interval, 100);
    assert_eq!(quantities(&region, interval), [(first.number, 300), (last.number, 700)]);
}

#[test]
fn estimated_readings_tell_nothing_of_yesterday() {
    let mut region = hourly();
    let home = region.home("home", 5_000, 5_000);
    let known = region.first_interval();
    region.deliver(known, &[(&home, 100, 0)]);
    // The next reading comes two hours later: both hours are estimates or end in one.
    let gap = known.plus(2).unwrap();
    region.at(gap.plus(1).unwrap());
    let meter = region.meter(&home);
    meter.count(400, 0);
    let late = meter.sign(gap);
    let relayer = region.account("relayer");
    region.submit(&relayer, &[late]);
    region.stand(&home, vec![as_yesterday(Side::Buy, 1_000_000, 100_000)]);
    region.close(known.plus(DAY).unwrap(), 10);
    assert_eq!(quantities(&region, known.plus(DAY).unwrap()), [(home.number, 100)]);
    for after in [1, 2] {
        let interval = known.plus(DAY + after).unwrap();
        let left_out = left_out(&region.close(interval, 10));
        assert!(left_out[0].2.contains("no accepted readings"), "{left_out:?}");
    }
}

#[test]
fn what_could_not_be_placed_is_left_out_and_named() {
    let mut region = hourly();
    let home = region.home("home", 5_000, 5_000);
    let poor = region.home("poor", 1_000, 1_000);
    let interval = region.first_interval();
    // Placed by hand, so first: 4,000 of 5,000 Wh and a price that standing sells may not cross.
    region.buy(&home, interval, 4_000, 150_000);
    region.stand(
        &home,
        vec![
            always(Side::Buy, 1_001, 100_000),
            always(Side::Sell, 500, 150_000),
            always(Side::Buy, 1_000, 100_000),
        ],
    );
    region.stand(&poor, vec![always(Side::Buy, 1_000, 100_000)]);
    let rest = region.books(&poor.owner).withdrawable.get();
    region.withdraw(&poor.owner, rest);
    let closed = region.close(interval, 10);
    assert_eq!(
        quantities(&region, interval),
        [(home.number, 4_000), (home.number, 1_000)]
    );
    let above = ContractError::AboveRating {
        device: home.number,
        interval,
        direction: "draw",
        total: Wh::new(5_001),
        max: Wh::new(5_000),
    };
    let crosses = ContractError::CrossesOwn {
        interval,
        limit: Price::new(150_000),
        other: Price::new(150_000),
    };
    let short = ContractError::InsufficientCollateral {
        lock: Money::new(200_000),
        free: Money::ZERO,
        margin: region.books(&poor.owner).margin,
    };
    let named = |device: &Device, entry: &str, reason: ContractError| {
        (device.number.to_string(), entry.to_owned(), reason.to_string())
    };
    assert_eq!(
        left_out(&closed),
        [
            named(&home, "0", above),
            named(&home, "1", crosses),
            named(&poor, "0", short)
        ]
    );
    assert_eq!(region.clear(interval).orders, 2);
}

#[test]
fn suspended_devices_enter_nothing_and_retired_ones_are_forgotten() {
    let mut region = hourly();
    let [first, second] = ["first", "second"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    for device in [&first, &second] {
        region.stand(device, vec![always(Side::Buy, 100, 100_000)]);
    }
    let note = busbar_testing::registry::Suspension::Operator { note: "seal".into() };
    let number = first.number;
    let suspend = busbar_testing::registry::ExecuteMsg::Suspend { number, reason: note };
    let number = second.number;
    let retire = busbar_testing::registry::ExecuteMsg::Retire { number };
    for msg in [suspend, retire] {
        let (operator, msg) = (region.operator.clone(), region.registry.execute(&msg).unwrap());
        region.must(&operator, msg);
    }
    let reasons = left_out(&region.close(interval, 10));
    assert!(reasons[0].2.contains("suspended"), "{reasons:?}");
    assert!(reasons[1].2.contains("retired"), "{reasons:?}");
    assert_eq!(quantities(&region, interval), []);
    let standing = |region: &Region, device: &Device| region.market.standing(&region.q(), device.number).unwrap();
    assert_eq!(standing(&region, &first).len(), 1);
    assert_eq!(standing(&region, &second), []);
}

#[test]
fn a_book_is_closed_some_devices_at_a_time() {
    let mut region = hourly();
    let homes = ["a", "b", "c", "d", "e"].map(|name| region.home(name, 5_000, 5_000));
    for home in &homes {
        region.stand(home, vec![always(Side::Buy, 100, 100_000)]);
    }
    let interval = region.first_interval();
    region.close(interval, 2);
    assert_eq!(book(&region, interval).len(), 2);
    let open = region.market.auction(&region.q(), interval, None).unwrap_err();
    let next = homes[2].number;
    let reason = ContractError::BookOpen { interval, next };
    assert!(open.to_string().contains(&reason.to_string()), "{open}");
    region.close(interval, 2);
    region.close(interval, 2);
    assert_eq!(book(&region, interval).len(), 5);
    assert_eq!(
        region.market.auction(&region.q(), interval, None).unwrap().orders.len(),
        7
    );
    let again = region.market.close(interval).unwrap();
    let error: ContractError = region.refused(&homes[0].owner, again);
    assert_eq!(error, ContractError::BookClosed { interval });
    assert_eq!(region.clear(interval).orders, 5);
}

#[test]
fn clearing_does_what_is_left_of_closing() {
    let mut region = hourly();
    let homes = ["a", "b", "c"].map(|name| region.home(name, 5_000, 5_000));
    for home in &homes {
        region.stand(home, vec![always(Side::Buy, 100, 100_000)]);
    }
    let interval = region.first_interval();
    region.close(interval, 1);
    assert_eq!(region.clear(interval).orders, 3);
}

#[test]
fn a_book_closes_between_gate_and_delivery_where_the_market_trades() {
    let mut region = hourly();
    let home = region.home("home", 5_000, 5_000);
    region.stand(&home, vec![always(Side::Buy, 100, 100_000)]);
    let interval = region.first_interval();
    let times = region.times(interval);
    region.go(times.closes_s - 1);
    let close = region.market.close(interval).unwrap();
    let early: ContractError = region.refused(&home.owner, close.clone());
    assert!(matches!(early, ContractError::GateOpen { .. }), "{early}");
    region.go(times.start_s);
    let late: ContractError = region.refused(&home.owner, close);
    assert!(matches!(late, ContractError::DeliveryStarted { .. }), "{late}");
    region.skip(interval);
    assert_eq!(quantities(&region, interval), []);

    let next = interval.plus(1).unwrap();
    region.restrict(MarketState::Restricted, None);
    region.go(region.times(next).closes_s);
    let close = region.market.close(next).unwrap();
    let state: ContractError = region.refused(&home.owner, close);
    assert!(matches!(state, ContractError::State { .. }), "{state}");
}

#[test]
fn a_book_half_closed_is_skipped_and_its_locks_come_free() {
    let mut region = hourly();
    let [a, b] = ["a", "b"].map(|name| region.home(name, 5_000, 5_000));
    for home in [&a, &b] {
        region.stand(home, vec![always(Side::Buy, 1_000, 100_000)]);
    }
    let interval = region.first_interval();
    region.close(interval, 1);
    assert_eq!(region.books(&a.owner).locked, Money::new(200_000));
    region.skip(interval);
    region.stand(&a, vec![]);
    region.stand(&b, vec![]);
    region.deliver(interval, &[(&a, 0, 0), (&b, 0, 0)]);
    region.settle(interval);
    for home in [&a, &b] {
        assert_eq!(region.books(&home.owner).locked, Money::ZERO);
    }
}

#[test]
fn after_gate_closure_nothing_changes_what_stood() {
    let mut region = hourly();
    let [stood, newcomer] = ["stood", "newcomer"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    let order = always(Side::Buy, 300, 100_000);
    region.stand(&stood, vec![order.clone()]);
    region.go(region.times(interval).closes_s);
    region.stand(&stood, vec![]);
    let changed = always(Side::Sell, 400, 200_000);
    region.stand(&stood, vec![changed.clone()]);
    region.stand(&newcomer, vec![order.clone()]);
    let next = interval.plus(1).unwrap();
    let lists = region.market.standing(&region.q(), stood.number).unwrap();
    let counted = |list: &StandingResponse| (list.from, list.orders.clone());
    assert_eq!(counted(&lists[1]), (next, vec![changed]));
    assert_eq!(lists.len(), 2, "a change that never counted is forgotten");
    assert_eq!(lists[0].orders, [order]);
    region.clear(interval);
    assert_eq!(quantities(&region, interval), [(stood.number, 300)]);
    region.clear(next);
    assert_eq!(quantities(&region, next), [(stood.number, 400), (newcomer.number, 300)]);
}

#[test]
fn a_list_is_bounded_and_its_owners() {
    let mut region = hourly();
    let home = region.home("home", 5_000, 5_000);
    let mallory = region.home("mallory", 5_000, 5_000);
    let good = always(Side::Buy, 1, 100_000);
    let mut refused = |sender: &Device, number: u32, orders: Vec<Standing>| -> ContractError {
        let stand = region.market.stand(number, orders).unwrap();
        region.refused(&sender.owner, stand)
    };
    let (owner, sender) = (home.owner.clone(), mallory.owner.clone());
    let device = home.number;
    for orders in [vec![], vec![good.clone()]] {
        let error = refused(&mallory, device, orders);
        let (owner, sender) = (owner.clone(), sender.clone());
        assert_eq!(error, ContractError::NotTheOwner { device, owner, sender });
    }
    let unknown = refused(&home, 99, vec![]);
    assert_eq!(unknown, ContractError::UnknownDevice { device: 99 });
    let count = ContractError::Count {
        field: "orders",
        count: 9,
        min: 0,
        max: 8,
    };
    assert_eq!(refused(&home, device, vec![good.clone(); 9]), count);
    let error = refused(&home, device, vec![always(Side::Buy, 1, 1_000_001)]);
    assert!(matches!(error, ContractError::LimitPrice { .. }), "{error}");
    let error = refused(&home, device, vec![always(Side::Buy, (1 << 48) + 1, 1)]);
    assert!(matches!(error, ContractError::Quantity { .. }), "{error}");
    let mut hours = good.clone();
    let band = |from, to| HourBand {
        from,
        to,
        wh: Wh::new(1),
    };
    hours.quantity = StandingQuantity::ByHour(vec![band(5, 7), band(6, 8)]);
    let error = refused(&home, device, vec![good, hours]);
    assert_eq!(error, ContractError::Hours { entry: 1 });
    for share in [i64::MIN, 0, 2_000_001] {
        let error = refused(&home, device, vec![as_yesterday(Side::Buy, share, 1)]);
        let (share, max) = (Ppm::new(share), Ppm::new(2_000_000));
        assert_eq!(error, ContractError::Share { entry: 0, share, max });
    }
    // At the bounds themselves.
    let most = [
        always(Side::Buy, 1 << 48, 1_000_000),
        as_yesterday(Side::Buy, 2_000_000, 1),
    ];
    let full: Vec<_> = most.into_iter().cycle().take(8).collect();
    region.stand(&home, full.clone());
    let lists = region.market.standing(&region.q(), device).unwrap();
    assert_eq!(lists[0].orders, full);
}

/// A device's orders: side, quantity and limit.
type Drawn = Vec<(bool, u64, i64)>;

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let order = (any::<bool>(), 1u64..3_000, 0i64..400_000);
    prop::collection::vec(prop::collection::vec(order, 0..5), 3)
}

fn side(buy: bool) -> Side {
    if buy {
        Side::Buy
    } else {
        Side::Sell
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// Standing orders clear exactly as if each owner had placed them by hand, those left out as well as those that
    /// would have been refused.
    #[test]
    fn a_standing_book_clears_as_one_placed_by_hand(orders in drawn()) {
        let found = [true, false].map(|standing| {
            let mut region = hourly();
            let homes = ["a", "b", "c"].map(|name| region.home(name, 5_000, 5_000));
            let interval = region.first_interval();
            for (home, orders) in homes.iter().zip(&orders) {
                if standing {
                    let list = orders.iter().map(|(buy, wh, limit)| always(side(*buy), *wh, *limit));
                    region.stand(home, list.collect());
                    continue;
                }
                for (buy, wh, limit) in orders {
                    let terms = always(side(*buy), *wh, *limit).terms();
                    let quantity = Wh::new(*wh);
                    let order = busbar_testing::market::NewOrder { interval, terms, quantity, at_reference: false };
                    let place = region.market.place(home.number, vec![order]).unwrap();
                    drop(region.send(&home.owner, place));
                }
            }
            let record = region.clear(interval);
            let owners: Vec<_> = homes.iter().map(|home| home.owner.clone()).collect();
            let accounts: Vec<_> = owners.iter().map(|owner| region.books(owner)).collect();
            let positions: Vec<_> = homes.iter().map(|home| region.position(home, interval)).collect();
            (book(&region, interval), record, accounts, positions)
        });
        prop_assert_eq!(&found[0], &found[1]);
    }
}

#[test]
fn standing_terms_are_those_of_an_order() {
    let limit = Price::new(5);
    assert_eq!(always(Side::Buy, 1, 5).terms(), Terms::Buy { limit });
    assert_eq!(always(Side::Sell, 1, 5).terms(), Terms::Sell { limit });
    let close = ExecuteMsg::Close {
        interval: Interval::new(7),
        limit: None,
    };
    let json = busbar_testing::cosmwasm_std::to_json_string(&close).unwrap();
    assert_eq!(json, r#"{"close":{"interval":"7","limit":null}}"#);
}
