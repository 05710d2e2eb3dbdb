use busbar_api::grid::{raw, Network};
use busbar_api::registry;
use busbar_units::Interval;

use crate::Region;

/// The networks that are or may come into force are networks, hold every device, and are limited by their ratings;
/// tariffs leave the utility a margin inside the price range.
pub(super) fn check(region: &Region) {
    let (q, grid) = (region.q(), region.grid.address());
    let current = region.current_interval();
    let networks = raw::networks(&q, grid).expect("networks");
    for (from, buses) in networks.since(current) {
        let interval = from.max(current);
        let network = region.grid.network(&q, interval).expect("a network");
        network.validate().expect("a network");
        assert_eq!(network.buses.len(), usize::from(buses), "buses from {from} on");
        let in_force = raw::network_at(&q, grid, interval).expect("a network");
        assert_eq!(
            network.circuit(),
            in_force,
            "asked and raw network of {interval} differ"
        );
        check_devices(region, &network, interval);
    }
    for interval in [Some(current), current.plus(1).ok()].into_iter().flatten() {
        let tariff = raw::tariff_at(&q, grid, interval).expect("a tariff");
        tariff
            .validate(&region.params(interval))
            .expect("a tariff inside the price range");
        assert_eq!(region.grid.tariff(&q, interval).expect("a tariff"), tariff);
    }
}

fn check_devices(region: &Region, network: &Network, interval: Interval) {
    for number in region.meters.keys() {
        // A number that lapsed before its device was confirmed is nobody's again.
        let found = registry::raw::device(&region.q(), region.registry.address(), *number).expect("a registry");
        let Some(device) = found else { continue };
        assert!(
            usize::from(device.bus) < network.buses.len(),
            "device {number} stands at bus {}, which the network of {interval} lacks",
            device.bus
        );
    }
}
