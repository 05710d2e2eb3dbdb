use busbar_api::market::{ExecuteMsg, HourBand, Side, Standing, StandingQuantity};
use busbar_units::{Interval, Ppm, Price, Wh};
use cw_multi_test::AppResponse;

use crate::{Device, Region};

/// A standing order of the same Wh in each interval of the week, limit in millionths per kWh.
pub fn always(side: Side, wh: u64, limit: i64) -> Standing {
    let wh = Wh::new(wh);
    let band = HourBand { from: 0, to: 168, wh };
    Standing {
        side,
        limit: Price::new(limit),
        quantity: StandingQuantity::ByHour(vec![band]),
    }
}

/// A standing order of a share of yesterday's net, in millionths, limit in millionths per kWh.
pub fn as_yesterday(side: Side, share: i64, limit: i64) -> Standing {
    Standing {
        side,
        limit: Price::new(limit),
        quantity: StandingQuantity::ShareOfYesterday(Ppm::new(share)),
    }
}

impl Region {
    /// Replaces the standing orders of a device.
    pub fn stand(&mut self, device: &Device, orders: Vec<Standing>) -> AppResponse {
        let stand = self.market.stand(device.number, orders).expect("a message");
        self.must(&device.owner, stand)
    }

    /// Closes the book of an interval at its gate closure, so many devices in one call.
    pub fn close(&mut self, interval: Interval, limit: u32) -> AppResponse {
        let closes_s = self.times(interval).closes_s;
        self.reach(closes_s);
        let limit = Some(limit);
        let (anyone, close) = (
            self.account("anyone"),
            self.to_market(&ExecuteMsg::Close { interval, limit }),
        );
        self.must(&anyone, close)
    }
}
