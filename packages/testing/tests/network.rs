//! Devices at the buses of a network.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use busbar_grid::ContractError;
use busbar_testing::grid::{self, Bus, Line, LineLimit, MarketState, Network};
use busbar_testing::units::{Watt, Wh};
use busbar_testing::{Plate, Region, Setup};

fn feeder(buses: u16) -> Network {
    Network {
        buses: (0..buses).map(|bus| Bus::new(bus.to_string())).collect(),
        lines: (1..buses)
            .map(|bus| Line::new(bus.to_string(), bus - 1, bus, Wh::new(100_000)))
            .collect(),
        voltage: None,
    }
}

#[test]
fn a_bus_with_a_device_stays_in_every_later_network() {
    let mut region = Region::with(Setup {
        network: Some(feeder(4)),
        ..Setup::default()
    });
    let operator = region.operator.clone();
    let set = |buses| busbar_testing::grid::ExecuteMsg::SetNetwork { network: feeder(buses) };
    let smaller = region.grid.execute(&set(3)).unwrap();
    region.must(&operator, smaller.clone());

    region.set_network(feeder(5));
    let device = region.home_at(3, "alice", 5_000, 5_000);
    let found = region.registry.device(&region.q(), device.number).unwrap();
    assert_eq!(found.bus, 3);
    let refused: ContractError = region.refused(&operator, smaller);
    assert_eq!(refused, ContractError::BusInUse { buses: 3, needed: 4 });
    let larger = region.grid.execute(&set(4)).unwrap();
    region.must(&operator, larger);
}

#[test]
fn a_region_takes_as_many_devices_as_an_interval_has_room_for() {
    let mut setup = Setup::default();
    (setup.params.steps_per_device, setup.params.orders_per_interval) = (8, 23);
    let mut region = Region::with(setup);
    let operator = region.operator.clone();
    let first = region.home("alice", 5_000, 5_000);
    region.home("bob", 5_000, 5_000);

    let third = region.present("carol", &Plate::connection(5_000, 5_000));
    let confirm = region
        .registry
        .confirm(third.number, 1, Watt::new(5_000), Watt::new(5_000))
        .unwrap();
    let full = busbar_registry::ContractError::RegionFull { max: 2 };
    let refused: busbar_registry::ContractError = region.refused(&operator, confirm.clone());
    assert_eq!(refused, full);

    let reason = busbar_testing::registry::Suspension::Operator {
        note: "moved out".into(),
    };
    let suspend = region.registry.suspend(first.number, reason).unwrap();
    region.must(&operator, suspend);
    region.must(&operator, confirm);
    let reinstate = region.registry.reinstate(first.number).unwrap();
    let refused: busbar_registry::ContractError = region.refused(&operator, reinstate);
    assert_eq!(refused, full);
}

#[test]
fn the_market_trades_no_more_than_lines_carry_in_that_interval() {
    let mut region = Region::with(Setup {
        network: Some(feeder(3)),
        ..Setup::default()
    });
    let bob = region.home_at(1, "bob", 8_000, 8_000);
    let alice = region.home_at(2, "alice", 8_000, 8_000);
    let interval = region.first_interval();
    let next = interval.plus(1).unwrap();
    let limit = |capacity_back| LineLimit {
        line: 1,
        capacity: Wh::new(2_000),
        capacity_back: Wh::new(capacity_back),
    };
    region.headroom(interval, vec![limit(700)]);
    assert_eq!(region.network(interval).branches[1].capacity_back, Wh::new(700));
    region.tighten(interval, interval, vec![limit(400)]);
    for interval in [interval, next] {
        region.sell(&alice, interval, 1_000, 100_000);
        region.buy(&bob, interval, 1_000, 180_000);
    }
    assert_eq!(region.network(interval).branches[1].capacity_back, Wh::new(400));
    region.clear(interval);
    assert_eq!(region.position(&alice, interval).traded.get(), -400);
    region.clear(next);
    assert_eq!(region.position(&alice, next).traded.get(), -1_000);

    region.restrict(MarketState::Halted, Some(next.plus(1).unwrap()));
    let state = grid::raw::state_at(&region.q(), region.grid.address(), next.plus(1).unwrap());
    assert_eq!(state.unwrap(), MarketState::Halted);
    region.reach(region.times(interval).end_s);
    region.frequency(interval, 49_950);
    let known = region.grid.frequency(&region.q(), interval).unwrap();
    assert_eq!(known.map(|frequency| frequency.get()), Some(49_950));
}
