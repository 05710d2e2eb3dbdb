use std::collections::BTreeMap;

use busbar_api::grid::{self, Params};
use busbar_api::market::{raw::final_cursor, IntervalResponse, OrderResponse, PositionResponse, QueryMsg, Stage};
use busbar_api::oracle::{self, Energy};
use busbar_api::pages;
use busbar_api::registry;
use busbar_attestation::{device_at, page_of, slot_of};
use busbar_units::{Interval, NetWh, Price, Wh};

use super::nodal::{self, Nodal};
use super::provenance;
use crate::Region;

/// Records of the intervals that are not final; those that have become final are remembered.
pub(super) fn records(region: &mut Region) -> BTreeMap<Interval, IntervalResponse> {
    let cursor = final_cursor(&region.q(), region.market.address()).expect("a cursor");
    // They follow each other without a gap.
    let known = u64::try_from(region.ledger.closed.len()).expect("a count");
    let first = region.setup.start.get() + known;
    for interval in (first..cursor.get()).map(Interval::new) {
        let record = region.interval(interval);
        assert_eq!(record.stage, Stage::Final, "{interval} lies before the final cursor");
        assert!(
            record.escrow.is_zero(),
            "{interval} is final and has an escrow of {}",
            record.escrow
        );
        provenance::check(region, interval);
        region.ledger.closed.insert(interval, record);
    }
    let found = open(region).filter_map(|interval| {
        let record = region.market.interval(&region.q(), interval).expect("a record")?;
        Some((interval, record))
    });
    found.collect()
}

/// Intervals that are not final and may have orders.
pub(super) fn open(region: &Region) -> impl Iterator<Item = Interval> {
    let cursor = final_cursor(&region.q(), region.market.address()).expect("a cursor");
    let current = region.current_interval();
    let horizon = region.params(current).horizon;
    (cursor.get()..=current.get() + u64::from(horizon)).map(Interval::new)
}

/// One device's part in an interval.
pub(super) struct Part {
    pub(super) number: u32,
    pub(super) bus: u16,
    pub(super) position: PositionResponse,
    /// Energy in the interval's frozen net sum; none where it is not.
    pub(super) counted: Option<Energy>,
    /// Energy as the readings tell it at last; none where they do not.
    pub(super) latest: Option<Energy>,
}

/// The sums of an interval agree with its devices, and each device paid what it should.
pub(super) fn check(region: &Region, interval: Interval, record: &IntervalResponse) {
    let traded = NetWh::of(record.bought, record.sold).expect("a net");
    assert_eq!(record.traded_net, traded, "{interval}: bought less sold");
    if !matches!(record.stage, Stage::Cleared | Stage::Skipped | Stage::Settled) {
        return;
    }
    let parts = parts(region, interval);
    let sum = |part: fn(&Part) -> i64| parts.iter().map(part).sum::<i64>();
    assert_eq!(
        sum(|part| part.position.traded.get()),
        traded.get(),
        "{interval}: trades of all devices"
    );
    let nodal = Nodal::of(region, interval, record);
    nodal::check(region, interval, record, &nodal, &parts);
    if record.stage == Stage::Settled {
        let params = region.params(interval);
        check_net(region, interval, record, &parts);
        check_imbalance(region, interval, record);
        check_losses(region, interval, record, &params, &parts);
        check_bank(interval, record, &params, &parts);
        for part in &parts {
            check_paid(region, interval, record, &params, &nodal, part);
        }
    }
}

pub(super) fn parts(region: &Region, interval: Interval) -> Vec<Part> {
    let q = region.q();
    let count = registry::raw::count(&q, region.registry.address()).expect("a count");
    let mut parts = Vec::new();
    for page in 0..count.div_ceil(64) {
        let devices = registry::raw::page(&q, region.registry.address(), page)
            .expect("a page")
            .unwrap_or_default();
        let load = |interval| oracle::raw::page(&q, region.oracle.address(), interval, page).expect("readings");
        let (before, now) = (interval.minus(1).and_then(load), load(interval));
        for (slot, device) in devices.iter() {
            let number = device_at(page, slot).expect("a device");
            assert_eq!((page_of(number), slot_of(number)), (page, slot));
            let meter = registry::raw::meter_at(&q, region.registry.address(), number, device, interval);
            let modulus = meter
                .expect("meters")
                .filter(|_| device.settles)
                .map(|meter| meter.register_modulus);
            let energy = |of: fn(Option<&_>, Option<&_>, u8, Wh) -> Option<Energy>| {
                modulus.and_then(|modulus| of(before.as_ref(), now.as_ref(), slot, modulus))
            };
            let position = region.market.position(&q, interval, number).expect("a position");
            let stored = registry::raw::device(&q, region.registry.address(), number).expect("a device");
            parts.push(Part {
                number,
                bus: stored.expect("a device").bus,
                position,
                counted: energy(oracle::counted),
                latest: energy(oracle::energy),
            });
        }
    }
    parts
}

pub(super) fn expected(position: &PositionResponse) -> i64 {
    position.traded.get() - wh(position.banked) + wh(position.redeemed)
}

fn wh(energy: busbar_units::Wh) -> i64 {
    i64::try_from(energy.get()).expect("energy of 63 bits")
}

fn net(energy: &Energy) -> i64 {
    energy.net().expect("a net").get()
}

/// The region's net is what its meters say; who is missing counts as traded.
fn check_net(region: &Region, interval: Interval, record: &IntervalResponse, parts: &[Part]) {
    let counted: i64 = parts.iter().filter_map(|part| part.counted.as_ref().map(net)).sum();
    let state = region
        .oracle
        .interval(&region.q(), interval)
        .expect("a state")
        .expect("a confirmed interval");
    assert_eq!(
        state.net.get(),
        counted,
        "{interval}: the oracle's net and the readings"
    );
    let missing: i64 = parts
        .iter()
        .filter(|part| part.counted.is_none())
        .map(|part| expected(&part.position))
        .sum();
    assert_eq!(record.net.get(), counted + missing, "{interval}: the region's net");
}

/// What homes gave to the bank it took, and what it owes them it gave, in energy or in coin.
fn check_bank(interval: Interval, record: &IntervalResponse, params: &Params, parts: &[Part]) {
    let Some(bank) = &params.bank else {
        assert!(
            record.minted.is_zero() && record.burned.is_zero(),
            "{interval}: there is no bank"
        );
        return;
    };
    let (storage, homes): (Vec<_>, Vec<_>) = parts.iter().partition(|part| part.number == bank.device);
    let (banked, redeemed) = homes.iter().fold((0, 0), |(banked, redeemed), part| {
        (banked + wh(part.position.banked), redeemed + wh(part.position.redeemed))
    });
    assert_eq!(wh(record.banked), banked, "{interval}: banked");
    assert_eq!(
        wh(record.redeemed) + wh(record.redeemed_in_coin),
        redeemed,
        "{interval}: redeemed"
    );
    assert_eq!(wh(record.burned), redeemed, "{interval}: burned");
    assert!(
        record.minted <= record.banked,
        "{interval}: minted {} of {}",
        record.minted,
        record.banked
    );
    for part in storage {
        assert_eq!(wh(part.position.banked), redeemed, "{interval}: what the storage owes");
        assert_eq!(wh(part.position.redeemed), banked, "{interval}: what the storage took");
        if let Some(energy) = &part.counted {
            assert!(
                record.banked <= energy.import,
                "{interval}: the bank took more than its meter says"
            );
            assert!(
                record.redeemed <= energy.export,
                "{interval}: the bank gave more than its meter says"
            );
        }
    }
}

/// Trades at the bus price, the rest at the imbalance price, fees: each rounded up for the protocol.
fn check_paid(
    region: &Region,
    interval: Interval,
    record: &IntervalResponse,
    params: &Params,
    nodal: &Nodal,
    part: &Part,
) {
    // Charges that could not be collected may cut credits for surplus; missing readings wait.
    let Some(energy) = part.counted.as_ref().filter(|_| record.uncollected.is_zero()) else {
        return;
    };
    let (net, expected) = (net(energy), expected(&part.position));
    let charge = |price: Price, wh: i64| price.charge(NetWh::new(wh)).expect("a charge").get();
    let at = nodal.at(part.bus);
    let trade = charge(at.price, part.position.traded.get());
    let deviation = charge(deviation_price(record, params, at.step, net - expected), net - expected);
    let banked = params.bank.as_ref().filter(|bank| bank.device != part.number);
    let bank_fee = banked.map_or(0, |bank| charge(bank.fee, wh(part.position.banked)));
    let placed = if record.skipped || params.order_fee.is_zero() {
        0
    } else {
        let all = orders(region, interval).into_iter();
        all.filter(|order| order.key.device == part.number).count() as u128
    };
    let fees = params.order_fee.get() * placed + params.settlement_fee.get();
    let losses = charge(loss_price(region, interval, params), net.max(0));
    let owed = trade + deviation + losses + bank_fee + i128::try_from(fees).expect("fees");
    assert_eq!(
        part.position.paid.get(),
        owed,
        "{interval}, device {}: {trade} for trades, {deviation} for {} Wh beyond, {bank_fee} to the bank, {losses} for losses, {fees} fees",
        part.number,
        net - expected
    );
}

/// A surplus is paid the lower, a shortage pays the higher of the imbalance price and the same carried over
/// from the utility's bus.
fn deviation_price(record: &IntervalResponse, params: &Params, step: i64, deviation: i64) -> Price {
    let (here, there) = (record.imbalance_price.get(), record.imbalance_price.get() + step);
    let price = if deviation.is_negative() {
        here.min(there)
    } else {
        here.max(there)
    };
    Price::new(price.clamp(params.imbalance_min.get(), params.imbalance_max.get()))
}

/// Orders of an interval that are not yet removed.
pub(super) fn orders(region: &Region, interval: Interval) -> Vec<OrderResponse> {
    let page = |start_after| {
        let query = QueryMsg::Orders {
            interval,
            owner: None,
            start_after,
            limit: None,
        };
        region.q().query_wasm_smart(region.market.address(), &query)
    };
    pages::all(|order: &OrderResponse| order.key, page).expect("orders")
}

/// The imbalance price is what the region as a whole had to pay for its last Wh.
fn check_imbalance(region: &Region, interval: Interval, record: &IntervalResponse) {
    let tariff = grid::raw::tariff_at(&region.q(), region.grid.address(), interval).expect("a tariff");
    let price = match record.net.get().signum() {
        0 => record.price_utility,
        1 => tariff.import,
        _ => tariff.export,
    };
    let params = region.params(interval);
    let range = |price: i64| price.clamp(params.imbalance_min.get(), params.imbalance_max.get());
    let frequency = grid::raw::frequency_at(&region.q(), region.grid.address(), interval).expect("a frequency");
    let deviation = NetWh::new(record.net.get() - record.traded_net.get());
    let sum = range(range(price.get()) + params.frequency.add_on(frequency, deviation).get());
    assert_eq!(
        record.imbalance_price.get(),
        sum,
        "{interval}: the imbalance price at a net of {} and a frequency of {frequency:?}",
        record.net
    );
    assert_eq!(record.add_on.get(), sum - range(price.get()), "{interval}: the add-on");
}

/// What a kWh drawn bears for losses: their share of the import tariff, rounded up.
fn loss_price(region: &Region, interval: Interval, params: &Params) -> Price {
    let tariff = grid::raw::tariff_at(&region.q(), region.grid.address(), interval).expect("a tariff");
    let share = tariff.import.get().max(0) * params.losses.get();
    Price::new((share + 999_999) / 1_000_000)
}

/// The utility gets what was charged for losses: of the energy that was drawn, and of purchases of those of whom
/// nothing is known.
fn check_losses(region: &Region, interval: Interval, record: &IntervalResponse, params: &Params, parts: &[Part]) {
    let price = loss_price(region, interval, params);
    let drawn = |part: &Part| match &part.counted {
        Some(energy) => net(energy).max(0),
        None => expected(&part.position).max(0),
    };
    let charged: i128 = parts
        .iter()
        .map(|part| price.charge(NetWh::new(drawn(part))).expect("a charge").get())
        .sum();
    let told = i128::try_from(record.losses.get()).expect("losses");
    assert!(told <= charged, "{interval}: {told} for losses, {charged} at most");
    // A purchase that its buyer is paid for waits, and bears none.
    if parts.iter().all(|part| part.counted.is_some()) {
        assert_eq!(told, charged, "{interval}: charged for losses");
    }
}
