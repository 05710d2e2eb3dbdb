//! Networks with loops and voltage limits: proposed by a solver, proven by the contract.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_clearing::Violation;
use busbar_market::ContractError;
use busbar_testing::grid::{Bus, Line, Network, Voltage, VoltageLimit};
use busbar_testing::market::{ExecuteMsg, Proposal, Side, VoltageMultiplier};
use busbar_testing::units::{Interval, Money, NetWh, Ppm, Watt, Wh};
use busbar_testing::{always, Device, Region, Setup};

fn impedance(name: &str, from: u16, to: u16, capacity: u64, derated: u64) -> Line {
    Line {
        reactance: 1_000,
        resistance: 1_000,
        derated: Some(Wh::new(derated)),
        ..Line::new(name, from, to, Wh::new(capacity))
    }
}

/// A town behind the connection, and a ring of town, hill and mill; the lane from town to mill carries 1,000 Wh.
fn ring() -> Setup {
    let mut setup = hourly(Network {
        buses: ["utility", "town", "hill", "mill"].map(Bus::new).into(),
        lines: vec![
            Line {
                derated: Some(Wh::new(1 << 40)),
                reactance: 1_000,
                ..Line::new("connection", 0, 1, Wh::new(1 << 40))
            },
            impedance("ridge", 1, 2, 10_000, 900),
            impedance("slope", 2, 3, 10_000, 900),
            Line {
                derated: None,
                ..impedance("lane", 1, 3, 1_000, 900)
            },
        ],
        voltage: None,
    });
    // The spanning tree of the fallback: connection, ridge and lane.
    let network = setup.network.as_mut().unwrap();
    (network.lines[2].derated, network.lines[3].derated) = (None, Some(Wh::new(900)));
    setup.params.order_fee = Money::new(100);
    setup.params.solver_bounty = Money::new(250);
    setup
}

fn hourly(network: Network) -> Setup {
    let mut setup = Setup {
        network: Some(network),
        ..Setup::hourly()
    };
    setup.params.connection_import = Watt::new(2_000);
    setup.params.connection_export = Watt::new(2_000);
    setup
}

/// A roof in the town, one on the hill, and the mill that buys.
fn neighbours(region: &mut Region) -> [Device; 3] {
    [(1, "roof"), (2, "terrace"), (3, "mill")].map(|(bus, name)| region.home_at(bus, name, 5_000, 5_000))
}

fn trade(region: &mut Region, [roof, terrace, mill]: &[Device; 3]) -> Interval {
    let interval = region.first_interval();
    region.sell(roof, interval, 3_000, 80_000);
    region.sell(terrace, interval, 3_000, 120_000);
    region.buy(mill, interval, 2_400, 300_000);
    interval
}

/// What a solver sees: the network of the grid contract and the auction of the market.
fn solve(region: &Region, interval: Interval) -> Proposal {
    let network = region.grid.network(&region.q(), interval).unwrap();
    let auction = region.market.auction(&region.q(), interval, None).unwrap();
    assert!(auction.needs_proposal);
    busbar_solver::region::proposal(&network, &auction).unwrap()
}

fn propose(region: &Region, interval: Interval, proposal: &Proposal) -> busbar_testing::cosmwasm_std::WasmMsg {
    let proposal = proposal.clone();
    region.to_market(&ExecuteMsg::Propose { interval, proposal })
}

fn prices(region: &Region, interval: Interval) -> Vec<i64> {
    region.prices(interval).iter().map(|at| at.price.get()).collect()
}

/// The region at an interval's gate closure, with its proposal.
fn closed(setup: Setup) -> (Region, [Device; 3], Interval, Proposal) {
    let mut region = Region::with(setup);
    let homes = neighbours(&mut region);
    let interval = trade(&mut region, &homes);
    region.go(region.times(interval).closes_s);
    let proposal = solve(&region, interval);
    (region, homes, interval, proposal)
}

#[test]
fn a_ring_is_cleared_as_proposed_and_settled_at_four_prices() {
    let (mut region, [roof, terrace, mill], interval, proposal) = closed(ring());
    let (solver, anyone) = (region.account("solver"), region.account("anyone"));
    let message = propose(&region, interval, &proposal);
    region.must(&solver, message);
    let closes_s = region.times(interval).closes_s;
    let early = region.market.clear(interval).unwrap();
    let refused: ContractError = region.refused(&anyone, early.clone());
    let expected = ContractError::Solving {
        interval,
        until_s: closes_s + 120,
        now_s: region.now_s(),
    };
    assert_eq!(refused, expected);
    region.go(closes_s + 120);
    region.must(&anyone, early);

    // Two thirds of what the town sends and one third of what the hill sends take the lane, which is full: 600 Wh
    // from the town and 1,800 from the hill. A Wh more for the mill: two from the hill, one less from the town.
    assert_eq!(prices(&region, interval), [80_000, 80_000, 120_000, 160_000]);
    let cleared = region.interval(interval);
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (2_400, 2_400));
    let flows = region.flows(interval);
    let lane = &flows[3];
    assert_eq!((lane.flow.get(), lane.binding, lane.step.get()), (1_000, true, 80_000));
    assert!(
        (flows[1].flow.get() + 400).abs() <= 3,
        "the hill sends 400 Wh round by the town: {flows:?}"
    );
    let sold = region.position(&terrace, interval).traded.get();
    assert!((sold + 1_800).abs() <= 3, "{sold}");

    let [a, b] = [&roof, &terrace].map(|home| u64::try_from(-region.position(home, interval).traded.get()).unwrap());
    region.deliver(interval, &[(&roof, 0, a), (&terrace, 0, b), (&mill, 2_400, 0)]);
    region.settle(interval);
    assert_eq!(region.paid(&mill, interval), 160 * 2_400 + 100);
    // Flat, out of three order fees.
    assert_eq!(region.books(&solver).balance.get(), 250);
    region.finalise(interval);
}

#[test]
fn the_proposal_of_largest_welfare_wins() {
    let (mut region, _, interval, best) = closed(ring());
    let solver = region.account("solver");
    let orders = region.market.auction(&region.q(), interval, None).unwrap().orders;
    // Less is traded at the mill and on the hill: feasible, near enough the optimum, and worse.
    let mut worse = best.clone();
    let hill = orders.iter().position(|order| order.bus == 2).unwrap();
    let mill = orders.iter().position(|order| order.bus == 3).unwrap();
    for order in [hill, mill] {
        worse.fills[order] = Wh::new(worse.fills[order].get() - 1);
    }
    // What the hill sends no more over the slope.
    worse.chords[0] = NetWh::new(worse.chords[0].get() - 1);
    let message = propose(&region, interval, &worse);
    region.must(&solver, message.clone());
    let welfare = |region: &Region| {
        region
            .market
            .auction(&region.q(), interval, None)
            .unwrap()
            .best
            .unwrap()
            .i128()
    };
    let before = welfare(&region);
    let again: ContractError = region.refused(&solver, message.clone());
    assert_eq!(
        again,
        ContractError::NotBetter {
            interval,
            welfare: before,
            best: before
        }
    );
    let better = propose(&region, interval, &best);
    region.must(&solver, better);
    assert_eq!(welfare(&region) - before, 300_000 - 120_000);
    let late: ContractError = region.refused(&solver, message);
    assert!(matches!(late, ContractError::NotBetter { .. }));
}

#[test]
fn standing_orders_of_later_intervals_leave_the_auction_as_it_was_proven() {
    let (mut region, [roof, ..], interval, proposal) = closed(ring());
    let solver = region.account("solver");
    let message = propose(&region, interval, &proposal);
    region.must(&solver, message.clone());
    let before = region.market.auction(&region.q(), interval, None).unwrap();
    region.stand(&roof, vec![always(Side::Sell, 100, 90_000)]);
    assert_eq!(region.market.auction(&region.q(), interval, None).unwrap(), before);
    let again: ContractError = region.refused(&solver, message);
    assert!(matches!(again, ContractError::NotBetter { .. }), "{again}");
}

#[test]
fn what_is_not_proven_is_refused() {
    let (mut region, _, interval, proposal) = closed(ring());
    let solver = region.account("solver");
    let mut refused = |change: &dyn Fn(&mut Proposal)| -> ContractError {
        let mut changed = proposal.clone();
        change(&mut changed);
        let message = propose(&region, interval, &changed);
        region.refused(&solver, message)
    };
    let violation = |error| match error {
        ContractError::Violation(violation) => violation,
        other => panic!("{other}"),
    };
    assert!(matches!(
        violation(refused(&|proposal| proposal.kirchhoff[0] = 0.into())),
        Violation::Gap { .. }
    ));
    assert!(matches!(
        violation(refused(&|proposal| proposal.chords[0] = NetWh::new(0))),
        Violation::Flow { .. } | Violation::Kirchhoff { .. }
    ));
    assert!(matches!(
        violation(refused(
            &|proposal| proposal.fills[0] = Wh::new(proposal.fills[0].get() + 1)
        )),
        Violation::Balance { .. } | Violation::Flow { .. }
    ));
    assert!(matches!(
        violation(refused(&|proposal| proposal.fills.truncate(2))),
        Violation::Length { field: "fills", .. }
    ));
    assert!(matches!(
        violation(refused(&|proposal| proposal.voltage.push(VoltageMultiplier {
            bus: 3,
            multiplier: 1.into()
        }))),
        Violation::NoVoltageLimit { bus: 3 }
    ));
}

#[test]
fn without_a_proposal_the_derated_tree_is_cleared() {
    let (mut region, _, interval, _) = closed(ring());
    let until_s = region.times(interval).closes_s + 120;
    region.go(until_s);
    let cleared = region.clear(interval);
    // The tree reaches the mill by the lane alone, which carries 900 Wh there.
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (900, 900));
    assert_eq!(prices(&region, interval), [80_000, 80_000, 80_000, 300_000]);
}

#[test]
fn proposals_have_their_time_and_their_networks() {
    let mut region = Region::with(ring());
    let homes = neighbours(&mut region);
    let interval = trade(&mut region, &homes);
    let solver = region.account("solver");
    let times = region.times(interval);
    let empty = Proposal {
        fills: vec![],
        prices: vec![],
        chords: vec![],
        kirchhoff: vec![],
        voltage: vec![],
    };
    let message = propose(&region, interval, &empty);
    let open: ContractError = region.refused(&solver, message.clone());
    assert!(matches!(open, ContractError::GateOpen { .. }), "{open}");
    region.go(times.closes_s + 120);
    let late: ContractError = region.refused(&solver, message.clone());
    let until_s = times.closes_s + 120;
    assert_eq!(
        late,
        ContractError::SolverWindow {
            interval,
            until_s,
            now_s: until_s
        }
    );
    region.go(times.start_s);
    let delivered: ContractError = region.refused(&solver, message);
    assert!(
        matches!(delivered, ContractError::DeliveryStarted { .. }),
        "{delivered}"
    );

    let mut region = Region::new();
    let interval = region.first_interval();
    region.go(region.times(interval).closes_s);
    let message = propose(&region, interval, &empty);
    let solver = region.account("solver");
    let tree: ContractError = region.refused(&solver, message);
    assert_eq!(tree, ContractError::ClearsByItself { interval });
}

#[test]
fn an_agreement_rides_on_a_ring_at_the_sellers_price() {
    let mut region = Region::with(ring());
    let [roof, terrace, mill] = neighbours(&mut region);
    let interval = region.first_interval();
    region.sell(&roof, interval, 3_000, 80_000);
    region.agree((&terrace, &mill), interval, 1_000, 200_000);
    region.go(region.times(interval).closes_s);
    let (solver, proposal) = (region.account("solver"), solve(&region, interval));
    let message = propose(&region, interval, &proposal);
    region.must(&solver, message);
    region.go(region.times(interval).closes_s + 120);
    let before = [&terrace, &mill].map(|home| region.books(&home.owner).balance.get());
    region.clear(interval);
    // The ring carries the thousand Wh; nobody else buys, so the price is the same everywhere.
    let prices = prices(&region, interval);
    let at_seller = prices[2];
    assert_eq!(prices, [at_seller; 4]);
    assert_eq!(region.position(&terrace, interval).traded.get(), -1_000);
    assert_eq!(region.position(&mill, interval).traded.get(), 1_000);
    let after = [&terrace, &mill].map(|home| region.books(&home.owner).balance.get());
    let difference = u128::try_from(200_000 - at_seller).unwrap();
    assert_eq!(after[0] - before[0], difference);
    assert_eq!(before[1] - after[1], difference);
    region.deliver(interval, &[(&terrace, 0, 1_000), (&mill, 1_000, 0)]);
    region.finalise(interval);
    // On the seller's account in all: the agreed price, less its order fee.
    assert_eq!(region.books(&terrace.owner).balance.get() - before[0], 200_000 - 100);
}

#[test]
fn what_the_utility_is_to_buy_is_locked_until_it_is_settled_or_given_up() {
    let mut region = Region::with(ring());
    let [roof, terrace, _] = neighbours(&mut region);
    let interval = region.first_interval();
    region.sell(&roof, interval, 1_700, 50_000);
    region.buy(&terrace, interval, 200, 180_000);
    region.go(region.times(interval).closes_s);
    let proposal = solve(&region, interval);
    let (solver, utility) = (region.account("solver"), region.utility.clone());
    let locked = |region: &Region| region.books(&utility).locked.get();
    let before = locked(&region);
    let message = propose(&region, interval, &proposal);
    region.must(&solver, message);
    assert_eq!(locked(&region) - before, 70 * 1_500);
    // Nobody clears: the interval is skipped, and what was proposed for it is forgotten.
    region.skip(interval);
    assert_eq!(locked(&region), before);
    assert_eq!(region.market.auction(&region.q(), interval, None).unwrap().best, None);
}

/// A long line to a farm whose voltage may rise by 1 %: it feeds less than its line could carry.
#[test]
fn a_voltage_limit_is_kept_and_priced() {
    let mut setup = hourly(Network {
        buses: ["utility", "village", "farm"].map(Bus::new).into(),
        lines: vec![
            Line {
                derated: Some(Wh::new(1 << 40)),
                ..Line::new("connection", 0, 1, Wh::new(1 << 40))
            },
            Line {
                derated: Some(Wh::new(800)),
                ..impedance("long line", 1, 2, 100_000, 800)
            },
        ],
        voltage: Some(Voltage {
            base_wh: Wh::new(1_000),
            tan_phi: Ppm::ZERO,
            root: Ppm::ONE,
            limits: vec![VoltageLimit {
                bus: 2,
                min: Ppm::new(990_000),
                max: Ppm::new(1_010_000),
            }],
        }),
    });
    setup.params.epsilon = Ppm::new(5_000);
    let mut region = Region::with(setup);
    let (farm, village) = (
        region.home_at(2, "farm", 5_000, 5_000),
        region.home_at(1, "village", 5_000, 5_000),
    );
    let interval = region.first_interval();
    region.sell(&farm, interval, 3_000, 60_000);
    region.buy(&village, interval, 3_000, 200_000);
    region.go(region.times(interval).closes_s);
    let proposal = solve(&region, interval);
    let solver = region.account("solver");
    let message = propose(&region, interval, &proposal);
    region.must(&solver, message);
    region.go(region.times(interval).closes_s + 120);
    region.clear(interval);
    // 2 x 0.01 p.u. x flow / 1,000 Wh may be 1.01^2 - 1 = 0.0201: 1,005 Wh, one less for whole numbers.
    let flow = region.flows(interval)[1].flow.get();
    assert!((-1_005..=-1_003).contains(&flow), "{flow}");
    let at = prices(&region, interval);
    assert_eq!(at[2], 60_000);
    assert_eq!(at[1], 200_000, "the village's own limit, below the import tariff");
    region.deliver(interval, &[(&farm, 0, flow.unsigned_abs()), (&village, 1_200, 0)]);
    region.settle(interval);
}

#[test]
fn proposals_are_for_a_closed_book() {
    let mut region = Region::with(ring());
    let homes = neighbours(&mut region);
    let interval = trade(&mut region, &homes);
    let standing = busbar_testing::always(busbar_testing::market::Side::Buy, 100, 310_000);
    region.stand(&homes[2], vec![standing]);
    region.go(region.times(interval).closes_s);
    let nothing = Proposal {
        fills: vec![],
        prices: vec![],
        chords: vec![],
        kirchhoff: vec![],
        voltage: vec![],
    };
    let propose = region.market.propose(interval, nothing).unwrap();
    let anyone = region.account("anyone");
    let error: ContractError = region.refused(&anyone, propose);
    assert_eq!(error, ContractError::BookOpen { interval, next: 0 });
    region.close(interval, 1);
    let proposal = solve(&region, interval);
    assert_eq!(
        proposal.fills[..4].len(),
        4,
        "the standing order is in what a solver sees"
    );
    let propose = region.market.propose(interval, proposal).unwrap();
    region.must(&anyone, propose);
}

#[test]
fn proposals_wait_for_seals_and_have_their_window_after_them() {
    let mut setup = ring();
    setup.params.reveal_s = 60;
    let mut region = Region::with(setup);
    let homes = neighbours(&mut region);
    let interval = trade(&mut region, &homes);
    let bid = busbar_testing::sealed(busbar_testing::market::Side::Buy, 100, 310_000, 1);
    region.seal(&homes[2], interval, &bid);
    let closes_s = region.times(interval).closes_s;
    region.go(closes_s);
    let nothing = Proposal {
        fills: vec![],
        prices: vec![],
        chords: vec![],
        kirchhoff: vec![],
        voltage: vec![],
    };
    let propose = region.market.propose(interval, nothing).unwrap();
    let anyone = region.account("anyone");
    let error: ContractError = region.refused(&anyone, propose);
    let waits = ContractError::Revealing {
        interval,
        until_s: closes_s + 60,
        now_s: closes_s,
    };
    assert_eq!(error, waits);
    region.reveal(&homes[2], interval, 1, &bid);
    let auction = region.market.auction(&region.q(), interval, None).unwrap();
    assert_eq!(auction.until_s.u64(), closes_s + 180);
    region.go(closes_s + 179);
    let propose = region.market.propose(interval, solve(&region, interval)).unwrap();
    region.must(&anyone, propose);
    region.go(closes_s + 180);
    assert_eq!(region.clear(interval).orders, 4);
}
