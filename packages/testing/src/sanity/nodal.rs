use std::collections::BTreeMap;

use busbar_api::grid::UTILITY_BUS;
use busbar_api::market::{BusPriceResponse, IntervalResponse, Stage};
use busbar_units::{Interval, Price};

use super::interval::Part;
use crate::Region;

/// What energy costs at the buses of one interval.
pub(super) struct Nodal {
    prices: Vec<BusPriceResponse>,
    utility: Price,
}

/// What energy costs at one bus.
pub(super) struct AtBus {
    /// Price of traded energy.
    pub(super) price: Price,
    /// How far it lies above the utility's, where both are traded prices.
    pub(super) step: i64,
}

impl Nodal {
    /// Prices of an interval, as anybody can ask for them.
    pub(super) fn of(region: &Region, interval: Interval, record: &IntervalResponse) -> Self {
        let prices = region.prices(interval);
        let kept = !record.skipped && record.stage != Stage::Final;
        assert_eq!(!prices.is_empty(), kept, "{interval}: prices of its buses");
        let utility = record.price_utility;
        Self { prices, utility }
    }

    /// The prices of a bus; an interval that was not cleared has the utility's price everywhere.
    pub(super) fn at(&self, bus: u16) -> AtBus {
        let find = |bus: u16| self.prices.get(usize::from(bus)).filter(|at| at.bus == bus);
        let (Some(here), Some(utility)) = (find(bus), find(UTILITY_BUS)) else {
            let price = self.utility;
            return AtBus { price, step: 0 };
        };
        let formal = here.no_trade || utility.no_trade;
        let step = if formal {
            0
        } else {
            here.price.get() - utility.price.get()
        };
        let price = here.price;
        AtBus { price, step }
    }
}

/// Trades balance at every bus, flows keep to their lines and leave the rent that the record tells; the mean price
/// is that of the trades.
pub(super) fn check(region: &Region, interval: Interval, record: &IntervalResponse, nodal: &Nodal, parts: &[Part]) {
    if nodal.prices.is_empty() {
        assert!(
            record.rent.is_zero() && record.no_trade,
            "{interval}: nothing was traded"
        );
        return;
    }
    let flows = region.flows(interval);
    let network = region.grid.network(&region.q(), interval).expect("a network");
    let plain = network.lines.len() < network.buses.len() && network.voltage.is_none();
    let utility = i128::from(nodal.at(UTILITY_BUS).price.get());
    assert_eq!(
        utility,
        i128::from(record.price_utility.get()),
        "{interval}: the utility's price"
    );
    let mut drawn: BTreeMap<u16, i64> = BTreeMap::new();
    let (mut paid, mut volume, mut turnover) = (0, 0, 0);
    for part in parts {
        let (traded, price) = (part.position.traded.get(), i128::from(nodal.at(part.bus).price.get()));
        *drawn.entry(part.bus).or_default() += traded;
        paid += i128::from(traded) * price;
        // No device is on both sides of its own bus.
        volume += i128::from(traded.abs());
        turnover += i128::from(traded.abs()) * price;
    }
    let mean = if volume == 0 {
        utility
    } else {
        turnover.div_euclid(volume)
    };
    assert_eq!(i128::from(record.price.get()), mean, "{interval}: the mean price");
    assert_eq!(record.no_trade, volume == 0, "{interval}: whether anything traded");
    // The utility stands on the other side of what the devices trade with it.
    *drawn.entry(UTILITY_BUS).or_default() -= record.traded_net.get();
    paid -= i128::from(record.traded_net.get()) * utility;
    let mut rent = 0;
    for line in &flows {
        let flow = line.flow.get();
        let name = line.line;
        assert!(
            line.flow.positive() <= line.capacity && line.flow.negative() <= line.capacity_back,
            "{interval}: {flow} Wh on line {name}, which carries {} and {} back",
            line.capacity,
            line.capacity_back
        );
        let step = nodal.at(line.to).price.get() - nodal.at(line.from).price.get();
        assert_eq!(line.step.get(), step, "{interval}: step over line {name}");
        let full = match step.signum() {
            1 => line.flow.positive() == line.capacity,
            -1 => line.flow.negative() == line.capacity_back,
            _ => true,
        };
        if plain {
            assert!(full, "{interval}: prices part at line {name}, which is not full");
            assert_eq!(line.binding, step != 0, "{interval}: whether line {name} binds");
        } else {
            // In a loop and under a voltage limit prices part at lines that are not full, too.
            assert!(!line.binding || step != 0, "{interval}: whether line {name} binds");
        }
        rent += i128::from(step) * i128::from(flow);
        *drawn.entry(line.from).or_default() += flow;
        *drawn.entry(line.to).or_default() -= flow;
    }
    for (bus, excess) in drawn {
        assert_eq!(excess, 0, "{interval}: trades and flows at bus {bus}");
    }
    assert_eq!(
        paid, rent,
        "{interval}: what trades leave over and the rent of the lines"
    );
    let told = i128::try_from(record.rent.get()).expect("a rent");
    assert_eq!(told, rent / 1000, "{interval}: the rent");
}
