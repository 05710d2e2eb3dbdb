//! Placing and cancelling orders, and every way to be refused.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::market::{ExecuteMsg, NewOrder, OrderRef, Terms};
use busbar_testing::units::{Interval, Money, Price, Wh};
use busbar_testing::{Device, Plate, Region, Setup};

fn buy(limit: i64) -> Terms {
    Terms::Buy {
        limit: Price::new(limit),
    }
}

fn sell(limit: i64) -> Terms {
    Terms::Sell {
        limit: Price::new(limit),
    }
}

fn refused(region: &mut Region, device: &Device, interval: Interval, terms: Terms, wh: u64) -> ContractError {
    let orders = vec![NewOrder {
        interval,
        terms,
        quantity: Wh::new(wh),
        at_reference: false,
    }];
    let place = region.market.place(device.number, orders).unwrap();
    region.refused(&device.owner.clone(), place)
}

fn street() -> (Region, Device, Interval) {
    let mut region = Region::new();
    let alice = region.home("alice", 4_000, 2_000);
    let interval = region.first_interval();
    (region, alice, interval)
}

#[test]
fn an_order_locks_and_its_cancelling_frees() {
    let (mut region, alice, interval) = street();
    region.buy(&alice, interval, 900, 200_000);
    region.sell(&alice, interval, 300, 250_000);
    let books = region.books(&alice.owner);
    // 0.9 kWh * (0.2 + 0.1) + 0.3 kWh * (1 - 0.25)
    assert_eq!(books.locked, Money::new(270_000 + 225_000));
    let cancel = |slot| ExecuteMsg::Cancel {
        device: alice.number,
        orders: vec![OrderRef { interval, slot }],
    };
    let (first, again) = (region.to_market(&cancel(0)), region.to_market(&cancel(0)));
    region.must(&alice.owner, first);
    assert_eq!(region.books(&alice.owner).locked, Money::new(225_000));
    let error: ContractError = region.refused(&alice.owner, again);
    assert_eq!(
        error,
        ContractError::UnknownOrder {
            device: alice.number,
            interval,
            slot: 0
        }
    );
    // The slot that came free is given out again.
    region.buy(&alice, interval, 100, 200_000);
    let second = region.to_market(&cancel(0));
    region.must(&alice.owner, second);
}

#[test]
fn all_orders_of_a_message_or_none() {
    let (mut region, alice, interval) = street();
    let next = interval.plus(1).unwrap();
    let order = |interval, quantity| NewOrder {
        interval,
        terms: buy(100_000),
        quantity: Wh::new(quantity),
        at_reference: false,
    };
    let place = region
        .market
        .place(alice.number, vec![order(interval, 100), order(next, 0)])
        .unwrap();
    assert!(matches!(
        region.refused(&alice.owner, place),
        ContractError::Quantity { .. }
    ));
    let place = region
        .market
        .place(alice.number, vec![order(interval, 100), order(next, 50)])
        .unwrap();
    region.must(&alice.owner, place);
    let cancel = |slots: [u8; 2]| {
        let orders = vec![
            OrderRef {
                interval,
                slot: slots[0],
            },
            OrderRef {
                interval: next,
                slot: slots[1],
            },
        ];
        ExecuteMsg::Cancel {
            device: alice.number,
            orders,
        }
    };
    let wrong = region.to_market(&cancel([0, 7]));
    assert!(matches!(
        region.refused(&alice.owner, wrong),
        ContractError::UnknownOrder { slot: 7, .. }
    ));
    let right = region.to_market(&cancel([0, 0]));
    region.must(&alice.owner, right);
    assert_eq!(region.books(&alice.owner).locked, Money::ZERO);
}

#[test]
fn a_message_holds_one_to_192_orders() {
    let (mut region, alice, interval) = street();
    let order = NewOrder {
        interval,
        terms: buy(100_000),
        quantity: Wh::new(1),
        at_reference: false,
    };
    for count in [0, 193] {
        let place = region.market.place(alice.number, vec![order.clone(); count]).unwrap();
        let error: ContractError = region.refused(&alice.owner, place);
        assert_eq!(
            error,
            ContractError::Count {
                field: "orders",
                count,
                min: 1,
                max: 192
            }
        );
        let orders = vec![OrderRef { interval, slot: 0 }; count];
        let cancel = region.to_market(&ExecuteMsg::Cancel {
            device: alice.number,
            orders,
        });
        let error: ContractError = region.refused(&alice.owner, cancel);
        assert_eq!(
            error,
            ContractError::Count {
                field: "orders",
                count,
                min: 1,
                max: 192
            }
        );
    }
    // The same order named twice is cancelled once or not at all.
    region.buy(&alice, interval, 10, 100_000);
    let orders = vec![OrderRef { interval, slot: 0 }; 2];
    let twice = region.to_market(&ExecuteMsg::Cancel {
        device: alice.number,
        orders,
    });
    assert!(matches!(
        region.refused(&alice.owner, twice),
        ContractError::UnknownOrder { .. }
    ));
}

#[test]
fn quantities_are_positive_and_within_the_rating() {
    let (mut region, alice, interval) = street();
    assert_eq!(
        refused(&mut region, &alice, interval, buy(100_000), 0),
        ContractError::Quantity {
            quantity: Wh::ZERO,
            max: Wh::new(1 << 48)
        }
    );
    let beyond = (1 << 48) + 1;
    assert!(matches!(
        refused(&mut region, &alice, interval, buy(100_000), beyond),
        ContractError::Quantity { .. }
    ));
    assert!(matches!(
        refused(&mut region, &alice, interval, buy(100_000), 1 << 48),
        ContractError::AboveRating { .. }
    ));
    // A quarter of an hour: 1,000 Wh drawn, 500 Wh fed.
    region.buy(&alice, interval, 600, 100_000);
    let error = refused(&mut region, &alice, interval, buy(90_000), 401);
    let (total, max) = (Wh::new(1_001), Wh::new(1_000));
    assert_eq!(
        error,
        ContractError::AboveRating {
            device: alice.number,
            interval,
            direction: "draw",
            total,
            max
        }
    );
    region.buy(&alice, interval, 400, 90_000);
    let error = refused(&mut region, &alice, interval, sell(500_000), 501);
    assert!(
        matches!(error, ContractError::AboveRating { direction: "feed", .. }),
        "{error}"
    );
    region.sell(&alice, interval, 500, 500_000);
}

#[test]
fn limits_lie_within_the_regions_bounds() {
    let (mut region, alice, interval) = street();
    for limit in [-1, 1_000_001, i64::MIN, i64::MAX] {
        let (floor, cap) = (Price::ZERO, Price::new(1_000_000));
        let error = refused(&mut region, &alice, interval, buy(limit), 1);
        assert_eq!(
            error,
            ContractError::LimitPrice {
                limit: Price::new(limit),
                floor,
                cap
            }
        );
    }
    region.buy(&alice, interval, 1, 0);
    region.sell(&alice, interval, 1, 1_000_000);
}

#[test]
fn orders_wait_for_the_opening_and_end_with_the_gate() {
    let (mut region, alice, _) = street();
    let late = region.current_interval().plus(97).unwrap();
    let times = region.times(late);
    let now_s = region.now_s();
    assert_eq!(
        refused(&mut region, &alice, late, buy(100_000), 1),
        ContractError::NotOpen {
            interval: late,
            opens_s: times.opens_s,
            now_s
        }
    );
    let opens = region.current_interval().plus(98).unwrap();
    region.go(region.times(opens).opens_s - 1);
    assert!(matches!(
        refused(&mut region, &alice, opens, buy(100_000), 1),
        ContractError::NotOpen { .. }
    ));
    region.go(region.times(opens).opens_s);
    region.buy(&alice, opens, 1, 100_000);
    let interval = region.first_interval();
    let closes_s = region.times(interval).closes_s;
    region.go(closes_s - 1);
    region.buy(&alice, interval, 1, 100_000);
    region.go(closes_s);
    assert_eq!(
        refused(&mut region, &alice, interval, buy(100_000), 1),
        ContractError::GateClosed {
            interval,
            closed_s: closes_s,
            now_s: closes_s
        }
    );
    let cancel = region.to_market(&ExecuteMsg::Cancel {
        device: alice.number,
        orders: vec![OrderRef { interval, slot: 0 }],
    });
    assert!(matches!(
        region.refused(&alice.owner, cancel),
        ContractError::GateClosed { .. }
    ));
}

#[test]
fn an_owner_does_not_trade_with_himself() {
    let (mut region, alice, interval) = street();
    let second = region.home("alice", 4_000, 4_000);
    let interval = interval.max(region.first_interval());
    region.sell(&alice, interval, 10, 200_000);
    for limit in [200_000, 200_001] {
        let error = refused(&mut region, &second, interval, buy(limit), 10);
        let other = Price::new(200_000);
        assert_eq!(
            error,
            ContractError::CrossesOwn {
                interval,
                limit: Price::new(limit),
                other
            }
        );
    }
    region.buy(&second, interval, 10, 199_999);
    let error = refused(&mut region, &alice, interval, sell(199_999), 10);
    assert!(matches!(error, ContractError::CrossesOwn { .. }), "{error}");
    // Somebody else may cross.
    let bob = region.home("bob", 1_000, 1_000);
    let interval = region.first_interval();
    region.buy(&bob, interval, 10, 300_000);
}

#[test]
fn a_device_has_so_many_price_steps() {
    let (mut region, alice, interval) = street();
    for step in 0..8 {
        region.buy(&alice, interval, 10, 100_000 + step);
    }
    let error = refused(&mut region, &alice, interval, buy(50_000), 10);
    assert_eq!(
        error,
        ContractError::TooManyOrders {
            device: alice.number,
            interval,
            max: 8
        }
    );
    region.buy(&alice, interval.plus(1).unwrap(), 10, 50_000);
}

#[test]
fn orders_need_collateral_beyond_the_margin() {
    let mut region = Region::new();
    let poor = region.enrol("poor", Plate::connection(1_000, 1_000));
    let interval = region.first_interval();
    // Margin: 250 Wh * 1.00 * 5 intervals.
    region.deposit(&poor.owner, 1_249_999);
    let error = refused(&mut region, &poor, interval, sell(1_000_000), 1);
    assert!(
        matches!(error, ContractError::InsufficientCollateral { .. }),
        "a lock of nothing still needs the margin"
    );
    region.deposit(&poor.owner, 1);
    region.sell(&poor, interval, 1, 1_000_000);
    let error = refused(&mut region, &poor, interval, buy(200_000), 100);
    let (lock, free, margin) = (Money::new(30_000), Money::ZERO, Money::new(1_250_000));
    assert_eq!(error, ContractError::InsufficientCollateral { lock, free, margin });
    region.deposit(&poor.owner, 29_999);
    assert!(matches!(
        refused(&mut region, &poor, interval, buy(200_000), 100),
        ContractError::InsufficientCollateral { .. }
    ));
    region.deposit(&poor.owner, 1);
    region.buy(&poor, interval, 100, 200_000);
}

#[test]
fn only_the_owner_trades_a_device_that_settles() {
    let (mut region, alice, interval) = street();
    let mallory = region.home("mallory", 1_000, 1_000);
    let order = vec![NewOrder {
        interval,
        terms: buy(100_000),
        quantity: Wh::new(1),
        at_reference: false,
    }];
    let place = region.market.place(alice.number, order.clone()).unwrap();
    let error: ContractError = region.refused(&mallory.owner, place);
    let (owner, sender) = (alice.owner.clone(), mallory.owner.clone());
    assert_eq!(
        error,
        ContractError::NotTheOwner {
            device: alice.number,
            owner,
            sender
        }
    );
    let place = region.market.place(99, order.clone()).unwrap();
    assert_eq!(
        region.refused::<ContractError>(&alice.owner, place),
        ContractError::UnknownDevice { device: 99 }
    );

    let plate = Plate {
        behind: Some(alice.number),
        ..Plate::connection(1_000, 1_000)
    };
    let roof = region.enrol(
        "alice",
        Plate {
            kind: busbar_testing::attestation::DeviceKind::Solar,
            ..plate
        },
    );
    let error = refused(&mut region, &roof, interval, sell(100_000), 1);
    assert_eq!(
        error,
        ContractError::DoesNotTrade {
            device: roof.number,
            reason: "behind another meter"
        }
    );
    let waiting = region.present("bob", &Plate::connection(1_000, 1_000));
    let error = refused(&mut region, &waiting, interval, sell(100_000), 1);
    assert_eq!(
        error,
        ContractError::DoesNotTrade {
            device: waiting.number,
            reason: "not confirmed yet"
        }
    );
    let operator = region.operator.clone();
    let note = busbar_testing::registry::ExecuteMsg::Suspend {
        number: alice.number,
        reason: busbar_testing::registry::Suspension::Operator {
            note: "broken seal".into(),
        },
    };
    let suspend = region.registry.execute(&note).unwrap();
    region.must(&operator, suspend);
    let error = refused(&mut region, &alice, interval, buy(100_000), 1);
    assert_eq!(
        error,
        ContractError::DoesNotTrade {
            device: alice.number,
            reason: "suspended"
        }
    );
}

#[test]
fn a_device_trades_from_its_second_reading_on() {
    let mut region = Region::new();
    let alice = region.home("alice", 1_000, 1_000);
    let active = region.active_from(&alice);
    let error = refused(&mut region, &alice, active, buy(100_000), 1);
    let first = active.plus(1).unwrap();
    assert_eq!(
        error,
        ContractError::NotYetSettling {
            device: alice.number,
            first,
            interval: active
        }
    );
    region.buy(&alice, first, 1, 100_000);
}

#[test]
fn bank_requests_need_a_bank_and_tokens() {
    let (mut region, alice, interval) = street();
    assert_eq!(
        refused(&mut region, &alice, interval, Terms::Bank {}, 1),
        ContractError::NoBank { interval }
    );

    let mut region = Region::with(Setup::default().with_bank(1_000));
    let storage = region.storage("bank", 4_000, 1_000);
    let alice = region.home("alice", 4_000, 4_000);
    let interval = region.first_interval();
    for terms in [Terms::Bank {}, buy(100_000)] {
        let error = refused(&mut region, &storage, interval, terms, 1);
        assert_eq!(
            error,
            ContractError::DoesNotTrade {
                device: 0,
                reason: "the bank's own storage"
            }
        );
    }
    let error = refused(&mut region, &alice, interval, Terms::Redeem {}, 1);
    assert_eq!(
        error,
        ContractError::InsufficientEnergy {
            asked: Wh::new(1),
            free: Wh::ZERO
        }
    );
    region.bank(&alice, interval, 1_000);
    let error = refused(&mut region, &alice, interval, Terms::Bank {}, 1);
    assert!(matches!(error, ContractError::AboveRating { .. }), "{error}");
    let next = interval.plus(1).unwrap();
    region.bank(&alice, next, 10);
    let error = refused(&mut region, &alice, next, Terms::Bank {}, 1);
    assert_eq!(
        error,
        ContractError::TooManyOrders {
            device: alice.number,
            interval: next,
            max: 1
        }
    );
}
