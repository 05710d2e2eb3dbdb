//! Every packed value reads back as it was written, and keys keep the order that the book relies on.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_api::market::{Stage, Terms};
use busbar_units::{Interval, Money, NetMoney, NetWh, Ppm, Price, Wh};
use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{Addr, Storage};
use proptest::prelude::*;

use super::*;

#[test]
fn no_namespace_is_a_prefix_of_another() {
    for (i, a) in NAMESPACES.iter().enumerate() {
        for (j, b) in NAMESPACES.iter().enumerate() {
            assert!(i == j || !b.starts_with(a), "{a:?} is a prefix of {b:?}");
        }
    }
}

proptest! {
    #[test]
    fn accounts_read_back(coin in prop::array::uniform5(any::<u128>()), energy in prop::array::uniform2(any::<u64>())) {
        let mut storage = MockStorage::new();
        let id = AccountId::open(&mut storage, &Addr::unchecked("owner")).unwrap();
        let [balance, locked, pending, margin, debt] = coin.map(Money::new);
        let [energy, energy_locked] = energy.map(Wh::new);
        let account = Account { balance, locked, pending, margin, debt, energy, energy_locked };
        account.save(&mut storage, id);
        prop_assert_eq!(Account::load(&storage, id).unwrap(), account.clone());
        prop_assert_eq!(Account::list(&storage, None).collect::<Result<Vec<_>, _>>().unwrap(), vec![(id, account)]);
    }

    #[test]
    fn a_charge_takes_what_no_order_locks(balance in 0u128..1000, locked in 0u128..1000, amount in 0u128..1000) {
        prop_assume!(locked <= balance);
        let mut account = Account { balance: Money::new(balance), locked: Money::new(locked), ..Account::default() };
        let taken = account.charge(Money::new(amount)).unwrap().get();
        prop_assert_eq!(taken, amount.min(balance - locked));
        prop_assert_eq!(account.balance.get(), balance - taken);
        prop_assert_eq!(account.debt.get(), amount - taken);
        prop_assert!(account.balance >= account.locked);
    }

    #[test]
    fn positions_read_back(slots in prop::collection::btree_map(0u8..64, (any::<i64>(), any::<u64>(), any::<u64>(), any::<i64>()), 0..20)) {
        let mut storage = MockStorage::new();
        let mut page = PositionPage::default();
        for (slot, (traded, given, taken, paid)) in &slots {
            *page.entry(*slot).unwrap() = Position {
                traded: NetWh::new(*traded),
                given: Wh::new(*given),
                taken: Wh::new(*taken),
                paid: NetMoney::new((*paid).into()),
            };
        }
        page.save(&mut storage, Interval::new(7), 3);
        let read = PositionPage::load(&storage, Interval::new(7), 3).unwrap();
        prop_assert_eq!(&read, &page);
        prop_assert_eq!(read.iter().map(|(slot, _)| slot).collect::<Vec<_>>(), slots.keys().copied().collect::<Vec<_>>());
        prop_assert!(page.entry(64).is_err());
        PositionPage::default().save(&mut storage, Interval::new(7), 3);
        prop_assert_eq!(storage.range(None, None, Order::Ascending).count(), 0);
    }

    #[test]
    fn devices_read_back(slots in prop::collection::btree_map(0u8..64, (any::<u32>(), any::<u128>(), any::<bool>(), any::<u64>(), any::<i64>(), any::<u16>()), 1..20)) {
        let mut storage = MockStorage::new();
        let mut page = DevicePage::default();
        for (slot, (account, margin, open, wh, price, bus)) in &slots {
            let gap = open.then(|| Gap {
                since: Interval::new(*wh),
                import: Wh::new(*wh),
                export: Wh::new(wh / 2),
                assumed: Wh::new(wh / 3),
                import_tariff: Price::new(*price),
                export_tariff: Price::new(price / 2),
            });
            let former = (bus % 2 == 0).then(|| Former { account: AccountId(account / 2), until: Interval::new(wh / 4), margin: Money::new(margin / 5) });
            page.set(*slot, DeviceSlot { account: AccountId(*account), bus: *bus, margin: Money::new(*margin), gap, former });
        }
        page.save(&mut storage, 2);
        let read = DevicePage::load(&storage, 2).unwrap();
        prop_assert_eq!(&read, &page);
        for slot in 0..64 {
            prop_assert_eq!(read.get(slot).is_some(), slots.contains_key(&slot));
        }
    }

    #[test]
    fn prices_and_flows_read_back(
        prices in prop::collection::vec((prop_oneof![Just(140_000i64), -(1i64 << 40)..=1 << 40], any::<bool>()), 1..80),
        flows in prop::collection::vec(any::<i64>(), 0..20),
    ) {
        let mut storage = MockStorage::new();
        let (interval, other) = (Interval::new(3), Interval::new(4));
        let at: Vec<BusPrice> = prices.iter().map(|(price, no_trade)| BusPrice { price: Price::new(*price), no_trade: *no_trade }).collect();
        let prices = BusPrices::new(at.clone());
        prices.save(&mut storage, interval);
        let read = BusPrices::load(&storage, interval).unwrap().unwrap();
        prop_assert_eq!(&read, &prices);
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), at.clone());
        for (bus, price) in (0u16..).zip(&at) {
            prop_assert_eq!(read.at(bus), *price);
        }
        let beyond = read.at(u16::try_from(at.len()).unwrap());
        prop_assert_eq!(beyond, BusPrice { price: at[0].price, no_trade: true });
        prop_assert_eq!(BusPrices::load(&storage, other).unwrap(), None);

        let flows = LineFlows(flows.into_iter().map(NetWh::new).collect());
        flows.save(&mut storage, interval);
        let read = LineFlows::load(&storage, interval).unwrap();
        prop_assert_eq!(read, (!flows.0.is_empty()).then_some(flows));
        remove_nodal(&mut storage, interval);
        prop_assert_eq!(storage.range(None, None, Order::Ascending).count(), 0);
    }

    #[test]
    fn records_read_back(wh in prop::array::uniform6(any::<u64>()), coin in prop::array::uniform12(any::<u64>()), price in any::<i64>(), stage in 0u8..7, flags in any::<(bool, bool)>()) {
        let stages = [Stage::Cleared, Stage::Skipped, Stage::Charging, Stage::Crediting, Stage::Settled, Stage::Finalising, Stage::Final];
        let stage = stages[usize::from(stage)];
        let coin = coin.map(|coin| Money::new(coin.into()));
        let [bought, sold, banked, minted, redeemed, redeemed_in_coin] = wh.map(Wh::new);
        let work = Work { next: 5, loss_price: Price::new(price / 7), efficiency: Ppm::new(price / 11), clearer: 6, utility: 7, clear_bounty: coin[0], utility_lock: coin[1], escrow: coin[2], credits: coin[3], surplus: coin[4], cut: coin[5], bank_fees: coin[6], withheld: coin[9] };
        let record = Record {
            stage, skipped: flags.0, no_trade: flags.1, orders: 9,
            price: Price::new(price), price_utility: Price::new(price / 2), imbalance: Price::new(price / 3), add_on: Price::new(price / 5), net: NetWh::new(price),
            bought, sold, banked, minted, redeemed, redeemed_in_coin, to_fund: coin[7], uncollected: coin[8], rent: coin[10], losses: coin[11],
            work: if stage == Stage::Final { Work::default() } else { work },
        };
        let mut storage = MockStorage::new();
        record.save(&mut storage, Interval::new(3));
        prop_assert_eq!(Record::load(&storage, Interval::new(3)).unwrap(), Some(record));
    }
}

#[test]
fn records_are_listed_from_an_interval_on() {
    let mut storage = MockStorage::new();
    for (interval, price) in [(3, 1), (4, 2), (300, 3)] {
        Record::new(Stage::Skipped, Price::new(price)).save(&mut storage, Interval::new(interval));
    }
    let from = |interval| -> Vec<i64> {
        Record::from(&storage, Interval::new(interval))
            .map(|record| record.unwrap().price.get())
            .collect()
    };
    assert_eq!(from(0), [1, 2, 3]);
    assert_eq!(from(3), [1, 2, 3]);
    assert_eq!(from(4), [2, 3]);
    assert_eq!(from(301), Vec::<i64>::new());
}

#[test]
fn the_book_is_sorted_by_account_device_and_slot() {
    let mut storage = MockStorage::new();
    let id = |interval, account, device, slot| OrderId {
        interval: Interval::new(interval),
        account: AccountId(account),
        device,
        slot,
    };
    let order = |terms| BookOrder {
        bus: 1,
        terms,
        quantity: Wh::new(1 << 48),
        at_reference: matches!(terms, Terms::Sell { .. }),
        agreed: matches!(terms, Terms::Buy { .. }).then_some(Agreed {
            price: Price::new(-3),
            counterparty: u32::MAX,
            slot: 31,
            difference: NetMoney::new(i128::MIN),
        }),
    };
    let orders = [
        (id(5, 256, 1, 0), order(Terms::Sell { limit: Price::new(-7) })),
        (
            id(5, 2, 300, 1),
            order(Terms::Buy {
                limit: Price::new(i64::MAX),
            }),
        ),
        (id(5, 2, 300, 0), order(Terms::Bank {})),
        (id(5, 2, 4, 0), order(Terms::Redeem {})),
        (id(6, 2, 4, 0), order(Terms::Bank {})),
    ];
    for (id, order) in orders {
        order.save(&mut storage, id);
    }
    let all: Vec<_> = BookOrder::of_interval(&storage, Interval::new(5), None)
        .map(Result::unwrap)
        .collect();
    assert_eq!(all, [orders[3], orders[2], orders[1], orders[0]]);
    let after: Vec<_> = BookOrder::of_interval(&storage, Interval::new(5), Some(orders[2].0))
        .map(Result::unwrap)
        .collect();
    assert_eq!(after, [orders[1], orders[0]]);
    let account = AccountId(2);
    assert_eq!(
        BookOrder::of_account(&storage, Interval::new(5), account, None).count(),
        3
    );
    assert_eq!(
        BookOrder::of_account(&storage, Interval::new(5), account, Some(orders[3].0)).count(),
        2
    );
    assert_eq!(
        BookOrder::of_device(&storage, Interval::new(5), account, 300).count(),
        2
    );
    BookOrder::remove(&mut storage, orders[1].0);
    assert_eq!(BookOrder::load(&storage, orders[1].0).unwrap(), None);
    assert_eq!(
        BookOrder::of_device(&storage, Interval::new(5), account, 300).count(),
        1
    );
}

#[test]
fn numbers_are_dense_and_stay() {
    let mut storage = MockStorage::new();
    let (a, b) = (Addr::unchecked("a"), Addr::unchecked("b"));
    assert_eq!(AccountId::of(&storage, &a).unwrap(), None);
    assert_eq!(AccountId::open(&mut storage, &a).unwrap(), AccountId(0));
    assert_eq!(AccountId::open(&mut storage, &b).unwrap(), AccountId(1));
    assert_eq!(AccountId::open(&mut storage, &a).unwrap(), AccountId(0));
    assert_eq!(AccountId(1).owner(&storage).unwrap(), b);
    assert_eq!(Totals::load(&storage).unwrap().accounts, 2);
}

#[test]
fn pages_and_slots() {
    assert_eq!(
        [locate(0), locate(63), locate(64), locate(200)],
        [(0, 0), (0, 63), (1, 0), (3, 8)]
    );
    assert_eq!([pages(0), pages(1), pages(64), pages(65)], [0, 1, 1, 2]);
    assert_eq!(device_at(3, 8).unwrap(), 200);
    assert!(device_at(u32::MAX, 0).is_err());
}
