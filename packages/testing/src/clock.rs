use busbar_api::grid::{self, Params, Times};
use busbar_units::Interval;
use cosmwasm_std::Timestamp;

use crate::Region;

impl Region {
    /// Unix seconds of the block.
    pub fn now_s(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// The interval in delivery.
    pub fn current_interval(&self) -> Interval {
        Interval::containing(self.now_s(), self.setup.interval_s).expect("an interval")
    }

    /// Parameters of an interval.
    pub fn params(&self, interval: Interval) -> Params {
        grid::raw::params_at(&self.q(), self.grid.address(), interval).expect("parameters")
    }

    /// Life of an interval.
    pub fn times(&self, interval: Interval) -> Times {
        self.grid.times(&self.q(), interval).expect("times")
    }

    /// Moves the clock to an instant; a clock never goes back.
    pub fn go(&mut self, unix_s: u64) {
        let now = self.now_s();
        assert!(unix_s >= now, "the clock shows {now} and cannot go back to {unix_s}");
        self.app.update_block(|block| {
            block.time = Timestamp::from_seconds(unix_s);
            block.height += 1;
        });
    }

    /// Moves the clock to an instant unless it is past it.
    pub fn reach(&mut self, unix_s: u64) {
        self.go(unix_s.max(self.now_s()));
    }

    /// Moves the clock some seconds ahead.
    pub fn advance(&mut self, seconds: u64) {
        self.go(self.now_s() + seconds);
    }

    /// Moves the clock to the start of an interval.
    pub fn at(&mut self, interval: Interval) {
        self.go(interval.start_s(self.setup.interval_s).expect("an instant"));
    }

    /// The first interval that is open and in which every active device can trade.
    pub fn first_interval(&self) -> Interval {
        let mut first = self.current_interval().plus(1).expect("an interval");
        for number in self.meters.keys() {
            let device = self.registry.device(&self.q(), *number).expect("a device");
            if let Some(active) = device.active_from {
                first = first.max(active.plus(1).expect("an interval"));
            }
        }
        if self.now_s() >= self.times(first).closes_s {
            return first.plus(1).expect("an interval");
        }
        first
    }
}
