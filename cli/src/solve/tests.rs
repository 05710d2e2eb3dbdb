//! A solver beside a ring of town, hill and mill on the embedded chain.
#![allow(clippy::arithmetic_side_effects)]

use busbar_chain::{Embedded, EmbeddedConfig};
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::market::{Client, Side};
use busbar_testing::units::{Interval, Ppm, Wh};
use busbar_testing::{Device, Region, Setup, always, sealed};
use cosmwasm_std::Addr;

use super::round::{Round, Step};

/// Lines of 1,000 Wh, so that what the hill sells to the mill fills the slope.
fn ring() -> Region {
    let line = |name: &str, from, to, capacity| Line {
        reactance: 1_000,
        resistance: 1_000,
        derated: Some(Wh::new(900)),
        ..Line::new(name, from, to, Wh::new(capacity))
    };
    let mut setup = Setup::hourly();
    setup.network = Some(Network {
        buses: ["utility", "town", "hill", "mill"].map(Bus::new).into(),
        lines: vec![
            line("connection", 0, 1, 100_000),
            line("ridge", 1, 2, 10_000),
            line("slope", 2, 3, 1_000),
            Line {
                derated: None,
                ..line("lane", 1, 3, 10_000)
            },
        ],
        voltage: None,
    });
    setup.params.epsilon = Ppm::new(1_000);
    setup.params.reveal_s = 60;
    Region::with(setup)
}

struct World {
    chain: Embedded,
    grid: Addr,
    market: Client,
    solver: Addr,
    interval: Interval,
    closes_s: u64,
}

/// The ring at the gate closure of an interval in which the hill sells to the mill; `more` has a hand in it before.
fn world(more: impl FnOnce(&mut Region, &[Device; 2], Interval)) -> World {
    let mut region = ring();
    let homes = [(2, "hill"), (3, "mill")].map(|(bus, name)| region.home_at(bus, name, 5_000, 5_000));
    let interval = region.first_interval();
    region.sell(&homes[0], interval, 3_000, 80_000);
    region.buy(&homes[1], interval, 2_500, 300_000);
    more(&mut region, &homes, interval);
    let closes_s = region.times(interval).closes_s;
    region.go(closes_s);
    let solver = region.account("solver");
    World {
        solver,
        interval,
        closes_s,
        grid: region.grid.address().clone(),
        market: region.market.clone(),
        chain: Embedded::over(region.app, EmbeddedConfig::at(0)),
    }
}

impl World {
    fn round(&mut self) -> Round<'_> {
        Round {
            chain: &mut self.chain,
            account: &self.solver,
            grid: &self.grid,
        }
    }

    fn step(&mut self) -> Step {
        let interval = self.interval;
        self.round().step(interval).unwrap()
    }

    fn best(&self) -> Option<i128> {
        let querier = busbar_chain::ChainQuerier::new(&self.chain);
        let auction = self.market.auction(&querier.wrap(), self.interval, None).unwrap();
        auction.best.map(|best| best.i128())
    }
}

#[test]
fn an_interval_is_solved_once_and_what_stands_is_not_posted_again() {
    let mut world = world(|_, _, _| {});
    assert_eq!(world.round().waiting().unwrap(), [world.interval]);
    let Step::Proposed { welfare, orders } = world.step() else {
        panic!("nothing is proposed")
    };
    // The two homes and the utility's two bids.
    assert_eq!(orders, 4);
    assert_eq!(world.best(), Some(welfare));
    assert_eq!(world.step(), Step::Outranked { best: welfare, welfare });
    world.chain.advance_to(world.closes_s + 60 + 120).unwrap();
    // The market would clear now; without its best proposal beaten there is nothing to send.
    assert_eq!(world.step(), Step::Outranked { best: welfare, welfare });
}

#[test]
fn standing_orders_enter_the_book_first() {
    let mut world = world(|region, [hill, _], _| {
        region.stand(hill, vec![always(Side::Sell, 500, 70_000)]);
    });
    assert_eq!(world.step(), Step::Closed);
    let Step::Proposed { orders, .. } = world.step() else {
        panic!("nothing is proposed")
    };
    assert_eq!(orders, 5);
}

#[test]
fn a_seal_is_waited_for_and_the_market_says_so() {
    let mut world = world(|region, [hill, _], interval| {
        region.seal(hill, interval, &sealed(Side::Sell, 500, 70_000, 7));
    });
    let Step::Waits { reason } = world.step() else {
        panic!("the seal is not waited for")
    };
    assert!(reason.contains("sealed"), "{reason}");
    world.chain.advance_to(world.closes_s + 60).unwrap();
    assert!(matches!(world.step(), Step::Proposed { .. }));
}

#[test]
fn late_proposals_are_not_sent() {
    let mut world = world(|_, _, _| {});
    world.chain.advance_to(world.closes_s + 60 + 120).unwrap();
    let Step::Waits { reason } = world.step() else {
        panic!("a late proposal is sent")
    };
    assert!(reason.contains("proposals"), "{reason}");
}

#[test]
fn a_feeder_is_left_to_the_contract() {
    let mut region = Region::with(Setup::hourly());
    let interval = region.first_interval();
    region.go(region.times(interval).closes_s);
    let (solver, grid) = (region.account("solver"), region.grid.address().clone());
    let mut chain = Embedded::over(region.app, EmbeddedConfig::at(0));
    let mut round = Round {
        chain: &mut chain,
        account: &solver,
        grid: &grid,
    };
    assert_eq!(round.step(interval).unwrap(), Step::ClearsByItself);
}
