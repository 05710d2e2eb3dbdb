//! Whole lives of intervals on random feeders, under random orders, meters that lie still, speak late or never, owners without
//! coin and calls in any step size. After every call the state is recomputed from scratch (`sanity`); here it
//! is asserted that nobody can be stuck and that traded energy is always paid.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_testing::attestation::{Curve, SignedReading};
use busbar_testing::grid::Network;
use busbar_testing::market::{ExecuteMsg, NewOrder, Stage, Terms};
use busbar_testing::oracle::Outcome;
use busbar_testing::units::{Interval, Money, Ppm, Price, Wh};
use busbar_testing::{Device, Plate, Region, Setup};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

#[derive(Clone, Debug)]
enum Report {
    OnTime,
    /// In time, and an hour later a second revision by the operator: it had counted too much.
    Revised,
    AfterSettlement,
    Never,
}

#[derive(Clone, Debug)]
struct Hour {
    orders: Vec<(usize, Terms, u64)>,
    cleared: bool,
    /// Drawn, fed and how the meter reports, per device; the storage is the first.
    meters: Vec<(u64, u64, Report)>,
    /// Settled at once; else when everything becomes final.
    prompt: bool,
    step: u32,
    withdraw: Option<(usize, u32)>,
    deposit: Option<(usize, u32)>,
}

const DEVICES: usize = 6;

fn report() -> impl Strategy<Value = Report> {
    prop_oneof![
        12 => Just(Report::OnTime),
        1 => Just(Report::Revised),
        1 => Just(Report::AfterSettlement),
        2 => Just(Report::Never),
    ]
}

fn terms() -> impl Strategy<Value = Terms> {
    let limit = |from: i64, to: i64| (from..=to).prop_map(|step| Price::new(step * 10_000));
    prop_oneof![
        5 => limit(-20, 60).prop_map(|limit| Terms::Buy { limit }),
        5 => limit(-20, 30).prop_map(|limit| Terms::Sell { limit }),
        4 => Just(Terms::Bank {}),
        3 => Just(Terms::Redeem {}),
    ]
}

fn hour() -> impl Strategy<Value = Hour> {
    let wh = prop_oneof![Just(0u64), Just(1), 1u64..2_000];
    let meter = (wh.clone(), wh, report()).prop_map(|(drawn, fed, report)| {
        if drawn > fed {
            (drawn, 0, report)
        } else {
            (0, fed, report)
        }
    });
    (
        prop::collection::vec(
            (1..DEVICES, terms(), prop_oneof![1 => Just(1u64), 6 => 1u64..2_000]),
            0..16,
        ),
        prop::bool::weighted(0.85),
        prop::collection::vec(meter, DEVICES),
        (prop::bool::weighted(0.8), 1u32..5),
        prop::option::of((1..DEVICES, 0u32..50_000_000)),
        prop::option::of((1..DEVICES, 1u32..2_000_000)),
    )
        .prop_map(|(orders, cleared, meters, (prompt, step), withdraw, deposit)| Hour {
            orders,
            cleared,
            meters,
            prompt,
            step,
            withdraw,
            deposit,
        })
}

/// The network and the bus of each device.
type Feeder = (Network, Vec<u16>);

/// A tree of up to five buses below the utility's.
fn feeder() -> impl Strategy<Value = Feeder> {
    let places = prop::collection::vec(any::<prop::sample::Index>(), DEVICES);
    (support::tree(1usize..6), places).prop_map(|(network, places)| {
        let below = network.buses.len() - 1;
        let bus = |place: &prop::sample::Index| u16::try_from(place.index(below) + 1).unwrap();
        let buses = places.iter().map(bus).collect();
        (network, buses)
    })
}

fn setup(import: i64, export: i64, fees: bool, connection: u64, rich_utility: bool) -> Setup {
    let mut setup = Setup {
        curve: Curve::Ed25519,
        purse: Money::new(120_000_000),
        utility_deposit: Money::new(if rich_utility { 1_000_000_000 } else { 30_000 }),
        ..Setup::hourly()
    }
    .with_bank(3_000);
    let params = &mut setup.params;
    (params.import_tariff, params.export_tariff) = (Price::new(import), Price::new(export));
    (params.price_floor, params.price_cap) = (Price::new(-200_000), Price::new(600_000));
    (params.imbalance_min, params.imbalance_max) = (Price::new(-200_000), Price::new(600_000));
    params.connection_import = busbar_testing::units::Watt::new(connection);
    params.connection_export = busbar_testing::units::Watt::new(connection);
    (
        params.confirmation_window,
        params.dispute_window,
        params.correction_window,
    ) = (1, 2, 3);
    if fees {
        params.losses = Ppm::new(30_000);
        (params.order_fee, params.clear_bounty) = (Money::new(50), Money::new(20));
        (params.settlement_fee, params.settle_bounty) = (Money::new(70), Money::new(40));
    }
    let bank = params.bank.as_mut().unwrap();
    (bank.efficiency, bank.fee, bank.bond) = (Ppm::new(875_000), Price::new(3_333), Money::new(1_000));
    setup
}

struct Street {
    region: Region,
    devices: Vec<Device>,
    late: Vec<SignedReading>,
    revisions: Vec<SignedReading>,
    estimates: usize,
    revised: usize,
}

impl Street {
    fn new(setup: Setup, (network, buses): &Feeder) -> Self {
        let mut region = Region::with(Setup {
            network: Some(network.clone()),
            ..setup
        });
        let mut devices = vec![];
        for (number, bus) in buses.iter().enumerate() {
            let plate = match number {
                0 => Plate::storage(4_000, 3_000),
                _ => Plate::connection(4_000, 4_000),
            };
            let device = region.enrol(&format!("owner {number}"), Plate { bus: *bus, ..plate });
            // The last has next to nothing: charges of it cannot be collected.
            let deposit = if number + 1 == DEVICES { 20_000 } else { 60_000_000 };
            region.deposit(&device.owner, deposit);
            devices.push(device);
        }
        Self {
            region,
            devices,
            late: vec![],
            revisions: vec![],
            estimates: 0,
            revised: 0,
        }
    }

    /// What a refused call must leave alone is checked by `Region::state` elsewhere; here most are accepted.
    fn try_to(&mut self, device: usize, message: &ExecuteMsg) -> bool {
        let owner = self.devices[device].owner.clone();
        let message = self.region.to_market(message);
        self.region.send(&owner, message).is_ok()
    }

    /// Money moves, orders are placed, and at gate closure the interval is cleared, or is left to be skipped.
    fn open(&mut self, interval: Interval, hour: &Hour) -> usize {
        if let Some((device, amount)) = hour.withdraw {
            self.try_to(
                device,
                &ExecuteMsg::Withdraw {
                    amount: Money::new(amount.into()),
                },
            );
        }
        if let Some((device, amount)) = hour.deposit {
            let owner = self.devices[device].owner.clone();
            if self.region.coin(&owner) >= Money::new(amount.into()) {
                self.region.deposit(&owner, amount.into());
            }
        }
        let mut placed = 0;
        for (device, terms, quantity) in &hour.orders {
            let order = NewOrder {
                interval,
                terms: *terms,
                quantity: Wh::new(*quantity),
                at_reference: false,
            };
            let place = ExecuteMsg::Place {
                device: self.devices[*device].number,
                orders: vec![order],
            };
            placed += usize::from(self.try_to(*device, &place));
        }
        if hour.cleared {
            self.region.clear(interval);
        }
        placed
    }

    /// Every meter's first reading, which carries no energy.
    fn baseline(&mut self, interval: Interval) {
        let relayer = self.region.account("relayer");
        let devices = self.devices.clone();
        let readings: Vec<_> = devices
            .iter()
            .map(|device| self.region.meter(device).sign(interval))
            .collect();
        let end_s = self.region.times(interval).end_s;
        self.region.reach(end_s);
        self.region.submit(&relayer, &readings);
    }

    fn deliver(&mut self, interval: Interval, hour: &Hour) {
        let relayer = self.region.account("relayer");
        let mut now = vec![];
        let late = std::mem::take(&mut self.late);
        let revisions = std::mem::take(&mut self.revisions);
        for (device, (drawn, fed, report)) in self.devices.clone().iter().zip(&hour.meters) {
            let meter = self.region.meter(device);
            meter.count(*drawn, *fed);
            match report {
                Report::OnTime => now.push(meter.sign(interval)),
                Report::Revised => {
                    now.push(meter.sign(interval));
                    let (import, export) = (meter.import - drawn / 2, meter.export - fed / 3);
                    self.revisions.push(meter.revise(interval, 1, import, export));
                }
                Report::AfterSettlement => self.late.push(meter.sign(interval)),
                Report::Never => {}
            }
        }
        let end_s = self.region.times(interval).end_s;
        self.region.reach(end_s);
        for readings in [now, late] {
            if !readings.is_empty() {
                self.region.submit(&relayer, &readings);
            }
        }
        if !revisions.is_empty() {
            let operator = self.region.operator.clone();
            self.revised += self.region.submit(&operator, &revisions).count(Outcome::Accepted);
        }
        let before = interval.minus(1).unwrap();
        let page = self.region.oracle.readings(&self.region.q(), before, 0).unwrap();
        self.estimates += page.readings.iter().filter(|reading| reading.estimated).count();
    }

    /// All readings are in, or the confirmation window has ended.
    fn may_settle(&self, interval: Interval) -> bool {
        let state = self.region.oracle.interval(&self.region.q(), interval).unwrap();
        let ends_s = self.region.times(interval).confirmation_ends_s;
        state.is_some_and(|state| state.confirmed) || self.region.now_s() >= ends_s
    }

    /// Settles in steps of any size; a settlement that is refused would hold everybody's money for ever.
    fn settle(&mut self, interval: Interval, step: u32) {
        self.region.confirm(interval);
        let anyone = self.region.account("anyone");
        while self.region.interval(interval).stage != Stage::Settled {
            let settle = self.region.to_market(&ExecuteMsg::Settle {
                interval,
                limit: Some(step),
            });
            self.region.must(&anyone, settle);
        }
    }

    /// Every device that traded and was measured as traded has its trade's price, to the rounding and the fees.
    fn traded_energy_is_paid(&self, interval: Interval, hour: &Hour) {
        let params = self.region.params(interval);
        let prices = self.region.prices(interval);
        for (device, (drawn, fed, _)) in self.devices.iter().zip(&hour.meters).skip(1) {
            let position = self.region.position(device, interval);
            let exact = i128::from(position.traded.get()) == i128::from(*drawn) - i128::from(*fed);
            if exact && position.banked.is_zero() && position.redeemed.is_zero() && position.paid.get() < 0 {
                let bus = self
                    .region
                    .registry
                    .device(&self.region.q(), device.number)
                    .unwrap()
                    .bus;
                // Nothing was traded where there are no prices.
                let Some(at) = prices.get(usize::from(bus)) else {
                    continue;
                };
                let price = at.price.charge(position.traded).unwrap().get();
                let fees = 10 * params.order_fee.get() + params.settlement_fee.get();
                assert!(
                    position.paid.get() <= price + i128::try_from(fees).unwrap(),
                    "{device:?} sold and was not paid"
                );
            }
        }
    }
}

/// How often something happened over all lives: a law over what never happens says nothing.
#[derive(Default)]
struct Seen {
    orders: Cell<usize>,
    traded: Cell<usize>,
    skipped: Cell<usize>,
    banked: Cell<usize>,
    redeemed: Cell<usize>,
    uncollected: Cell<usize>,
    negative: Cell<usize>,
    connection: Cell<usize>,
    congested: Cell<usize>,
    rent: Cell<usize>,
    estimates: Cell<usize>,
    revised: Cell<usize>,
}

fn add(count: &Cell<usize>, more: usize) {
    count.set(count.get() + more);
}

impl Seen {
    fn cleared(&self, placed: usize, region: &Region, interval: Interval) {
        add(&self.orders, placed);
        let binding = |line: &busbar_testing::market::FlowResponse| usize::from(line.binding);
        let flows = region.flows(interval);
        add(&self.connection, flows.first().map_or(0, binding));
        add(&self.congested, flows.iter().skip(1).map(binding).sum());
    }

    fn closed(&self, region: &Region, interval: Interval) {
        let record = region.interval(interval);
        add(&self.traded, usize::from(!record.no_trade));
        add(&self.skipped, usize::from(record.skipped));
        add(&self.banked, usize::from(!record.banked.is_zero()));
        add(&self.redeemed, usize::from(!record.burned.is_zero()));
        add(&self.uncollected, usize::from(!record.uncollected.is_zero()));
        add(&self.negative, usize::from(record.price.get() < 0));
        add(&self.rent, usize::from(!record.rent.is_zero()));
    }

    fn counts(&self) -> [(&'static str, usize); 12] {
        [
            ("orders", self.orders.get()),
            ("intervals with trade", self.traded.get()),
            ("skipped", self.skipped.get()),
            ("with banking", self.banked.get()),
            ("with redemption", self.redeemed.get()),
            ("with uncollected charges", self.uncollected.get()),
            ("at a negative price", self.negative.get()),
            ("with rent", self.rent.get()),
            ("full connections", self.connection.get()),
            ("other full lines", self.congested.get()),
            ("estimates", self.estimates.get()),
            ("revisions", self.revised.get()),
        ]
    }
}

fn live(hours: &[Hour], setup: Setup, feeder: &Feeder, seen: &Seen) {
    let mut street = Street::new(setup, feeder);
    let mut interval = street.region.first_interval();
    for home in [1, 2] {
        street.region.bank(&street.devices[home].clone(), interval, 1_000);
    }
    street.region.clear(interval);
    let mut placed = street.open(interval.plus(1).unwrap(), &hours[0]);
    // The homes stock the bank, so that there is something to redeem.
    let mut stocking = Hour {
        meters: vec![(0, 0, Report::OnTime); DEVICES],
        ..hours[0].clone()
    };
    (stocking.meters[0].0, stocking.meters[1].1, stocking.meters[2].1) = (2_000, 1_000, 1_000);
    street.baseline(interval.minus(1).unwrap());
    street.deliver(interval, &stocking);
    street.settle(interval, 3);
    let mut open = vec![];
    for (index, hour) in hours.iter().enumerate() {
        interval = interval.plus(1).unwrap();
        if !hour.cleared {
            street.region.skip(interval);
        }
        // The next interval's gate closes while this one is in delivery.
        let next = hours
            .get(index + 1)
            .map(|next| street.open(interval.plus(1).unwrap(), next));
        street.deliver(interval, hour);
        seen.cleared(placed, &street.region, interval);
        open.push((interval, hour));
        open.retain(|(interval, hour)| {
            let waits = !hour.prompt || !street.may_settle(*interval);
            if !waits {
                street.settle(*interval, hour.step);
                street.traded_energy_is_paid(*interval, hour);
            }
            waits
        });
        placed = next.unwrap_or(0);
    }
    seen.estimates.set(seen.estimates.get() + street.estimates);
    seen.revised.set(seen.revised.get() + street.revised);
    let closed = street.region.finalise(interval);
    assert_eq!(closed.stage, Stage::Final);
    for back in 0..hours.len() {
        seen.closed(
            &street.region,
            Interval::new(interval.get() - u64::try_from(back).unwrap()),
        );
    }
    let totals = street.region.market.totals(&street.region.q()).unwrap();
    assert!(totals.escrows.is_zero(), "an escrow is left after everything is final");
    // All who owe nothing can leave with all that is theirs but the margin of their devices.
    for device in street.devices.clone() {
        let books = street.region.books(&device.owner);
        assert!(books.locked.is_zero() && books.pending.is_zero() && books.energy_locked.is_zero());
        if books.debt.is_zero() && !books.withdrawable.is_zero() {
            street.region.withdraw(&device.owner, books.withdrawable.get());
        }
    }
}

#[test]
fn coin_and_energy_are_conserved_and_nobody_is_stuck() {
    // PROPTEST_CASES=4096 makes the long form.
    let default = ProptestConfig::default();
    let config = ProptestConfig {
        cases: default.cases.div_ceil(16),
        max_shrink_iters: 64,
        failure_persistence: None,
        ..default
    };
    let tariffs = prop_oneof![Just((210_000, 70_000)), Just((50_000, -80_000)), Just((100, 99))];
    let connections = prop_oneof![Just(1_000_000u64), Just(700), Just(0)];
    let lives = (
        prop::collection::vec(hour(), 3..6),
        tariffs,
        any::<bool>(),
        connections,
        any::<bool>(),
        feeder(),
    );
    let seen = Seen::default();
    TestRunner::new(config)
        .run(&lives, |(hours, (import, export), fees, connection, rich, feeder)| {
            live(&hours, setup(import, export, fees, connection, rich), &feeder, &seen);
            Ok(())
        })
        .unwrap();
    for (what, count) in seen.counts() {
        println!("{count} {what}");
        assert!(count > 0, "no life saw {what}");
    }
}
