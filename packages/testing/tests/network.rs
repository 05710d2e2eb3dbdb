//! Devices at the buses of a network.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
use busbar_grid::ContractError;
use busbar_testing::grid::{Bus, Line, Network};
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

    let far = region.grid.execute(&set(5)).unwrap();
    region.must(&operator, far);
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
