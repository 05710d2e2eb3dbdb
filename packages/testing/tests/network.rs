//! Devices at the buses of a network.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
use busbar_grid::ContractError;
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::units::Wh;
use busbar_testing::{Region, Setup};

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
