use std::collections::BTreeMap;

use busbar_api::market::{IntervalResponse, OrderResponse, SealResponse, Stage, Terms};
use busbar_api::registry::Device;
use busbar_api::{pages, registry};
use busbar_units::Interval;

use super::coin::accounts;
use super::interval::{expected, open, orders, parts, Part};
use super::nodal::Nodal;
use crate::Region;

/// What an account should lock and wait for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    coin: u128,
    energy: u64,
    pending: u128,
}

/// Locks are those of orders in the book and under seal, pending are the receipts of intervals that are not final: nothing is
/// locked for ever, nothing comes free early.
pub(super) fn check(region: &Region, records: &BTreeMap<Interval, IntervalResponse>) {
    let halfway =
        |record: &IntervalResponse| matches!(record.stage, Stage::Charging | Stage::Crediting | Stage::Finalising);
    // Between two steps of a settlement some devices are released and some are not.
    if records.values().any(halfway) {
        return;
    }
    let devices = devices(region);
    // Most open intervals have no orders; all of them are looked at before anything is called wrong.
    let noted: Vec<Interval> = open(region)
        .filter(|interval| region.ledger.ordered.contains(interval))
        .collect();
    let found = found(region);
    if found != expected_in(region, &noted, records, &devices) {
        let all: Vec<Interval> = open(region).collect();
        let expected = expected_in(region, &all, records, &devices);
        assert_eq!(
            found, expected,
            "accounts hold other locks than their orders and receipts"
        );
    }
}

/// What each account holds, where it is anything.
fn found(region: &Region) -> BTreeMap<String, Held> {
    let held = accounts(region).into_iter().map(|account| {
        let (coin, energy, pending) = (account.locked.get(), account.energy_locked.get(), account.pending.get());
        (account.address.into_string(), Held { coin, energy, pending })
    });
    held.filter(|(_, held)| *held != Held::default()).collect()
}

/// What each account should hold, where it is anything.
fn expected_in(
    region: &Region,
    intervals: &[Interval],
    records: &BTreeMap<Interval, IntervalResponse>,
    devices: &BTreeMap<u32, Device>,
) -> BTreeMap<String, Held> {
    let mut held = BTreeMap::new();
    for interval in intervals {
        add(region, *interval, records.get(interval), devices, &mut held);
    }
    held.retain(|_, held| *held != Held::default());
    held
}

/// What the registry knows of each device.
fn devices(region: &Region) -> BTreeMap<u32, Device> {
    let (q, registry) = (region.q(), region.registry.address());
    let device = |number: &u32| {
        let device = registry::raw::device(&q, registry, *number).expect("a registry")?;
        Some((*number, device))
    };
    region.meters.keys().filter_map(device).collect()
}

fn add(
    region: &Region,
    interval: Interval,
    record: Option<&IntervalResponse>,
    devices: &BTreeMap<u32, Device>,
    held: &mut BTreeMap<String, Held>,
) {
    let settled = record.filter(|record| record.stage == Stage::Settled);
    let parts = settled.map_or(vec![], |_| parts(region, interval));
    let nodal = settled.map(|record| Nodal::of(region, interval, record));
    let (utility, utility_lock) = utility_lock(region, interval, record);
    held.entry(utility).or_default().coin += utility_lock;
    // Whoever owned a device then, whoever does today.
    let owner = |number: u32| devices[&number].owner_in(interval).to_string();
    let mut differences = 0;
    for order in orders(region, interval) {
        assert_eq!(
            order.lock.get(),
            lock(region, interval, &order),
            "{interval}: lock of {order:?}"
        );
        if let Some(agreed) = order.agreed {
            let received = agreed.difference.negative().get();
            held.entry(owner(order.key.device)).or_default().pending += received;
            differences += agreed.difference.get();
        }
        let waits = |nodal: &Nodal| {
            let part = parts.iter().find(|part| part.number == order.key.device);
            part.is_some_and(|part| withheld(nodal, part))
        };
        if nodal.as_ref().is_none_or(waits) {
            let entry = held.entry(owner(order.key.device)).or_default();
            entry.coin += order.lock.get();
            entry.energy += if order.terms == (Terms::Redeem {}) {
                order.quantity.get()
            } else {
                0
            };
        }
    }
    assert_eq!(differences, 0, "{interval}: what agreements cost is what they earn");
    for seal in seals(region, interval) {
        let entry = held.entry(owner(seal.key.device)).or_default();
        entry.coin += seal.lock.get();
    }
    for part in &parts {
        let receipt = part.position.paid.negative().get();
        held.entry(owner(part.number)).or_default().pending += receipt;
    }
}

/// Whose account is locked for what the utility buys in an interval, and how much: by the best proposal, then by the
/// clearing, until it is settled.
fn utility_lock(region: &Region, interval: Interval, record: Option<&IntervalResponse>) -> (String, u128) {
    if let Some(record) = record {
        let lock = record.utility_lock.get();
        if record.stage != Stage::Cleared {
            assert_eq!(lock, 0, "{interval}: the utility's lock outlives its settlement");
        }
        let utility = record.utility.as_ref().expect("a utility until finality");
        return (utility.to_string(), lock);
    }
    // Nothing is proposed while the book is not closed or seals may be revealed.
    match region.market.auction(&region.q(), interval, None) {
        Ok(auction) => (auction.utility.into_string(), auction.utility_lock.get()),
        Err(_) => (String::new(), 0),
    }
}

/// What an order locks: the dearest that its trade and the lack of it can come to, and its fee.
fn lock(region: &Region, interval: Interval, order: &OrderResponse) -> u128 {
    let params = region.params(interval);
    let thousandths = |per_kwh: i64| {
        let coin = u128::try_from(per_kwh.max(0)).expect("a price") * u128::from(order.quantity.get());
        coin.div_ceil(1000)
    };
    if let Some(agreed) = order.agreed {
        let (floor, cap) = (params.price_floor.get(), params.price_cap.get());
        let whole = match order.terms {
            Terms::Buy { .. } => {
                thousandths(cap - params.imbalance_min.get()) + thousandths(agreed.price.get() - floor)
            }
            _ => thousandths(cap.max(params.imbalance_max.get()) - floor),
        };
        return whole - agreed.difference.positive().get() + params.order_fee.get();
    }
    let per_kwh = match order.terms {
        Terms::Buy { limit } => limit.get() - params.imbalance_min.get(),
        // A reference price is at least the floor.
        Terms::Sell { .. } if order.at_reference => params.imbalance_max.get() - params.price_floor.get(),
        Terms::Sell { limit } => params.imbalance_max.get() - limit.get(),
        Terms::Bank {} => params.bank.map_or(0, |bank| bank.fee.get()),
        Terms::Redeem {} => 0,
    };
    thousandths(per_kwh) + params.order_fee.get()
}

/// Sealed orders of an interval that nobody has revealed.
fn seals(region: &Region, interval: Interval) -> Vec<SealResponse> {
    let page = |after| region.market.seals(&region.q(), interval, after);
    pages::all(|seal: &SealResponse| seal.key, page).expect("seals")
}

/// Something would be due to a device of which nothing is known: that waits until the interval is final.
fn withheld(nodal: &Nodal, part: &Part) -> bool {
    let trade = nodal.at(part.bus).price.charge(part.position.traded).expect("a charge");
    part.counted.is_none() && (expected(&part.position) < 0 || trade.get() < 0)
}
