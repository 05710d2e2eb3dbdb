//! Indices: after every interval they are what a computation from scratch gives.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_api::feeds::{raw, DayResponse, IndexRules, Indices, InstantiateMsg, Params, QueryMsg};
use busbar_api::market::raw::{final_cursor, summary};
use busbar_feeds::ContractError;
use busbar_risk::{imbalance_share, relative_change, Day, Decay, PeakHours, RiskError};
use busbar_testing::{Device, Region, Setup};
use busbar_units::{Interval, Price, Wh};
use support::{founded, params, Street, RULES};

struct Hours {
    street: Street,
    homes: [Device; 2],
    first: Interval,
}

fn hours() -> Hours {
    let mut setup = Setup::hourly();
    setup.params.correction_window = 8;
    let mut region = Region::with(setup);
    let homes = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let street = founded(region);
    let first = street.indices().next;
    Hours { street, homes, first }
}

impl Street {
    fn indices(&self) -> Indices {
        raw::indices(&self.region.q(), self.feeds.address()).unwrap()
    }

    fn cursor(&self) -> Interval {
        final_cursor(&self.region.q(), self.region.market.address()).unwrap()
    }
}

impl Hours {
    /// An hour in which Alice sells Bob at a price and both draw and feed, settled.
    fn trade(&mut self, price: i64, wh: u64, energies: [(u64, u64); 2]) -> Interval {
        self.hour(Some((price, wh)), energies)
    }

    fn hour(&mut self, trade: Option<(i64, u64)>, energies: [(u64, u64); 2]) -> Interval {
        let region = &mut self.street.region;
        let interval = region.first_interval();
        let [alice, bob] = &self.homes;
        if let Some((price, wh)) = trade {
            region.sell(alice, interval, wh, price);
            region.buy(bob, interval, wh, price);
            region.clear(interval);
        }
        let [(alice_drew, alice_fed), (bob_drew, bob_fed)] = energies;
        region.deliver(interval, &[(alice, alice_drew, alice_fed), (bob, bob_drew, bob_fed)]);
        if trade.is_some() {
            region.settle(interval);
        }
        interval
    }

    /// Everything up to an interval becomes final and comes into the indices, which are checked at every step.
    fn close(&mut self, last: Interval) -> Indices {
        self.street.region.finalise(last);
        let anyone = self.street.region.account("anyone");
        while self.street.indices().next < self.street.cursor() {
            let next = self.street.indices().next;
            let advance = self.street.feeds.advance(next).unwrap();
            self.street.must(&anyone, advance);
            assert_eq!(self.street.indices(), self.scratch(), "{next}");
        }
        self.street.indices()
    }

    /// The indices from scratch: from what the market and the oracle answer people.
    fn scratch(&self) -> Indices {
        let region = &self.street.region;
        let (volatility, covariance) = (Decay::new(940_000).unwrap(), Decay::new(950_000).unwrap());
        let mut indices = Indices::default();
        let mut next = self.first;
        while next < self.street.indices().next {
            let start_s = next.start_s(3_600).unwrap();
            if indices.day.number != Day::of(start_s) {
                indices.day = Day::new(Day::of(start_s));
            }
            let state = region.oracle.interval(&region.q(), next).unwrap();
            let flows = state.filter(|state| state.confirmed).map(|state| {
                let fed = state.drawn.get() as i64 - state.net.get();
                (state.drawn, Wh::new(fed as u64))
            });
            let flows = flows.filter(|(drawn, fed)| drawn.get() + fed.get() > 0);
            if let Some((drawn, fed)) = flows {
                let share = imbalance_share(drawn, fed).get();
                indices.imbalance = indices.imbalance.with(share, volatility).unwrap();
                indices.imbalance_at = Some(next);
            }
            let result = region.interval(next);
            if !result.no_trade {
                let volume = result.bought.add(result.sold).unwrap();
                let peak = PeakHours::new(8, 20).unwrap();
                indices.day = indices.day.with(start_s, peak, result.price, volume).unwrap();
                if let Some((before, _)) = indices.price {
                    let change = relative_change(before, result.price).get();
                    indices.change = indices.change.with(change, volatility).unwrap();
                }
                indices.price = Some((result.price, next));
                if let Some((_, fed)) = flows {
                    let pair = (fed.get() as i64, result.price.get());
                    indices.joint = indices.joint.with(pair.0, pair.1, covariance).unwrap();
                    indices.joint_at = Some(next);
                }
            }
            next = next.plus(1).unwrap();
        }
        indices.next = next;
        indices
    }
}

#[test]
fn indices_are_what_the_confirmed_intervals_say() {
    let mut hours = hours();
    let mut last = hours.first;
    for hour in 0..15u64 {
        let price = 100_000 + 7_000 * (hour as i64 % 5);
        let (drew, fed) = (600 + 40 * hour, 900 - 50 * (hour % 4));
        last = hours.trade(price, 500, [(0, fed), (drew, 0)]);
    }
    let indices = hours.close(last);
    // Between the hours with trade lie others that nobody touched.
    assert!(indices.next.get() - hours.first.get() > 20);
    assert_eq!(
        (indices.imbalance.count, indices.change.count, indices.joint.x.count),
        (15, 14, 15)
    );
    assert!(indices.imbalance.variance > 0 && indices.change.variance > 0);
    // People are told the same.
    let told = hours.street.feeds.indices(&hours.street.region.q()).unwrap();
    assert_eq!(told, indices.response(RULES));
    assert_eq!(told.change.volatility.u128(), indices.change.volatility());
    assert_eq!(told.correlation, indices.joint.correlation());
}

#[test]
fn an_interval_without_trade_leaves_prices_unchanged_and_ages_them() {
    let mut hours = hours();
    let traded = hours.trade(120_000, 500, [(0, 500), (500, 0)]);
    let before = hours.close(traded);
    // They draw and feed without a trade: the imbalance is measured, the price is not.
    let measured = hours.hour(None, [(0, 300), (900, 0)]);
    let after = hours.close(measured);
    assert_eq!((after.change, after.price), (before.change, before.price));
    assert_eq!(after.joint, before.joint);
    assert_eq!(after.imbalance.count, before.imbalance.count + 1);
    assert_eq!(after.price, Some((Price::new(120_000), traded)));
    let told = hours.street.feeds.indices(&hours.street.region.q()).unwrap();
    let latest = after.next.get() - 1;
    assert_eq!(told.imbalance.age.unwrap().u64(), latest - measured.get());
    assert_eq!(told.change.age.unwrap().u64(), latest - traded.get());
    assert_eq!(told.generation.age, told.change.age);
}

#[test]
fn nothing_has_no_index_and_no_age() {
    let mut hours = hours();
    let nobody = hours.street.region.first_interval();
    hours.close(nobody);
    let told = hours.street.feeds.indices(&hours.street.region.q()).unwrap();
    assert_eq!((told.price, told.correlation, told.day.base), (None, None, None));
    for index in [told.imbalance, told.change, told.generation, told.generation_price] {
        assert_eq!((index.count, index.age, index.volatility.u128()), (0, None, 0));
    }
}

#[test]
fn days_end_with_the_first_interval_of_the_next() {
    let mut hours = hours();
    let mut last = hours.first;
    let mut volumes = std::collections::BTreeMap::<u64, (u128, u128)>::new();
    for hour in 0..16u64 {
        let (price, wh) = (100_000 + 2_000 * (hour as i64), 100 + 10 * hour);
        let interval = hours.trade(price, wh, [(0, wh), (wh, 0)]);
        last = interval;
        let day = volumes.entry(interval.get() / 24).or_default();
        day.0 += 2 * u128::from(wh);
        if (8..20).contains(&(interval.get() % 24)) {
            day.1 += 2 * u128::from(wh);
        }
    }
    hours.close(last);
    let query = |before: Option<u64>, limit| {
        let before = before.map(Into::into);
        let days: Vec<DayResponse> = hours
            .street
            .feeds
            .ask(&hours.street.region.q(), &QueryMsg::Days { before, limit })
            .unwrap();
        days
    };
    let running = hours.street.indices().day;
    let over = query(None, None);
    assert!(!over.is_empty());
    let told: Vec<_> = over.iter().map(|day| day.day.u64()).collect();
    let with_trade = volumes.keys().rev().copied().filter(|day| *day < running.number);
    assert_eq!(told, with_trade.collect::<Vec<_>>());
    for day in &over {
        let (volume, peak) = volumes[&day.day.u64()];
        assert_eq!((day.volume.u128(), day.peak_volume.u128()), (volume, peak));
        let stored = raw::day(&hours.street.region.q(), hours.street.feeds.address(), day.day.u64()).unwrap();
        assert_eq!(DayResponse::from(stored.unwrap()), *day);
    }
    assert_eq!(query(None, Some(1)), over[..1]);
    assert_eq!(query(Some(told[0]), None), over[1..]);
    let quiet = raw::day(&hours.street.region.q(), hours.street.feeds.address(), 1).unwrap();
    assert_eq!(quiet, None);
}

#[test]
fn intervals_come_one_after_another_and_when_they_are_final() {
    let mut hours = hours();
    let traded = hours.trade(120_000, 500, [(0, 500), (500, 0)]);
    hours.close(traded);
    let street = &mut hours.street;
    let (anyone, next) = (street.region.account("anyone"), street.indices().next);
    for interval in [next.minus(1).unwrap(), next.plus(1).unwrap()] {
        let advance = street.feeds.advance(interval).unwrap();
        assert_eq!(
            street.refused(&anyone, advance),
            ContractError::OutOfTurn { interval, next }
        );
    }
    let advance = street.feeds.advance(next).unwrap();
    let (interval, cursor) = (next, street.cursor());
    assert_eq!(
        street.refused(&anyone, advance),
        ContractError::NotFinal { interval, cursor }
    );
}

/// The head of the market's record, which contracts read, says what its query says.
#[test]
fn what_contracts_read_of_an_interval_is_what_the_market_answers() {
    let mut hours = hours();
    let traded = hours.trade(120_000, 500, [(0, 450), (520, 0)]);
    hours.close(traded);
    let region = &hours.street.region;
    for interval in [traded, traded.minus(1).unwrap()] {
        let read = summary(&region.q(), region.market.address(), interval)
            .unwrap()
            .unwrap();
        let told = region.interval(interval);
        assert_eq!(
            (read.stage, read.skipped, read.no_trade, read.orders),
            (told.stage, told.skipped, told.no_trade, told.orders)
        );
        assert_eq!(
            (read.price, read.price_utility, read.imbalance, read.add_on),
            (told.price, told.price_utility, told.imbalance_price, told.add_on)
        );
        assert_eq!((read.net, read.bought, read.sold), (told.net, told.bought, told.sold));
    }
    let beyond = summary(&region.q(), region.market.address(), traded.plus(99).unwrap());
    assert_eq!(beyond.unwrap(), None);
}

#[test]
fn the_rules_of_indices_are_bounded() {
    use busbar_testing::cw_multi_test::Executor;
    let mut street = founded(Region::new());
    let code = support::store(&mut street.region);
    let owner = street.owner();
    let refused = [
        (
            IndexRules {
                volatility_decay: 0,
                ..RULES
            },
            RiskError::Decay { ppm: 0 },
        ),
        (
            IndexRules {
                covariance_decay: 1_000_000,
                ..RULES
            },
            RiskError::Decay { ppm: 1_000_000 },
        ),
        (
            IndexRules { peak_to: 25, ..RULES },
            RiskError::PeakHours { from: 8, to: 25 },
        ),
        (
            IndexRules { peak_to: 8, ..RULES },
            RiskError::PeakHours { from: 8, to: 8 },
        ),
    ];
    for (indices, error) in refused {
        let msg = InstantiateMsg {
            grid: street.region.grid.address().to_string(),
            params: Params {
                recipient: street.region.utility.to_string(),
                ..params()
            },
            indices,
        };
        let founded = street
            .region
            .app
            .instantiate_contract(code, owner.clone(), &msg, &[], "feeds", None);
        let refusal: ContractError = founded.unwrap_err().downcast().unwrap();
        assert_eq!(refusal, ContractError::Risk(error));
    }
}
