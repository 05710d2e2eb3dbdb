use busbar_api::grid::{Circuit, LineLimit, MarketState, Network, Tariff};
use busbar_units::{Interval, Millihertz};

use crate::Region;

impl Region {
    /// The operator's network from the first unopened interval on.
    pub fn set_network(&mut self, network: Network) {
        let (operator, msg) = (self.operator.clone(), self.grid.set_network(network));
        self.must(&operator, msg.expect("a message"));
    }

    /// The operator's headroom of one interval.
    pub fn headroom(&mut self, interval: Interval, lines: Vec<LineLimit>) {
        let (operator, msg) = (self.operator.clone(), self.grid.post_headroom(interval, vec![lines]));
        self.must(&operator, msg.expect("a message"));
    }

    /// The operator lowers what lines carry in open intervals.
    pub fn tighten(&mut self, from: Interval, to: Interval, limits: Vec<LineLimit>) {
        let (operator, msg) = (self.operator.clone(), self.grid.tighten(from, to, limits));
        self.must(&operator, msg.expect("a message"));
    }

    /// The guardian tightens the state of one interval, or of all.
    pub fn restrict(&mut self, state: MarketState, only: Option<Interval>) {
        let (guardian, msg) = (self.guardian.clone(), self.grid.set_state(state, only));
        self.must(&guardian, msg.expect("a message"));
    }

    /// The reporter's frequency of a delivered interval, in mHz.
    pub fn frequency(&mut self, interval: Interval, millihertz: u32) {
        let frequency = Millihertz::new(millihertz);
        let (reporter, msg) = (self.reporter.clone(), self.grid.post_frequency(interval, frequency));
        self.must(&reporter, msg.expect("a message"));
    }

    /// The utility's tariffs of consecutive intervals.
    pub fn tariffs(&mut self, from: Interval, tariffs: Vec<Tariff>) {
        let (utility, msg) = (self.utility.clone(), self.grid.post_tariffs(from, tariffs));
        self.must(&utility, msg.expect("a message"));
    }

    /// The network of an interval with every limit in force there.
    pub fn network(&self, interval: Interval) -> Circuit {
        busbar_api::grid::raw::network_at(&self.q(), self.grid.address(), interval).expect("a network")
    }
}
