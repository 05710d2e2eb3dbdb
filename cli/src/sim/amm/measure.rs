//! What is measured of a pool over a stretch of hours.

use busbar_curves::Trade;
use busbar_units::{Money, Price};
use serde::Serialize;

use super::flows::{coin, kwh, per_kwh};
use super::storms::NOMINAL;
use super::venue::Way;
use super::year::Hour;

/// Sums of a stretch.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    volume: f64,
    error: f64,
    traded_error: f64,
    priced: f64,
    priced_error: f64,
    mid_error: f64,
    hours: f64,
    open: [f64; 2],
    spread: f64,
    loss: f64,
    hour_loss: f64,
    worst: f64,
    worst_at: usize,
    helpful: f64,
    unhelpful: f64,
    /// Loss so far, hour by hour.
    pub losses: Vec<f64>,
    /// The curve's price, hour by hour.
    pub mids: Vec<f64>,
}

/// The figures of a stretch. Energy in kWh, prices in coin per kWh.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Energy traded.
    pub volume: f64,
    /// Mean distance of what was paid from the price of the next confirmed interval, weighted by energy.
    pub price_error: f64,
    /// The same from the price of the next interval that traded in the auction.
    pub traded_error: f64,
    /// The same over trades in intervals that traded in the auction themselves.
    pub priced_error: f64,
    /// Mean distance of the curve's own price from it, every hour alike.
    pub mid_error: f64,
    /// What trades paid away from the curve's price before them, twice, as a share of it.
    pub effective_spread: f64,
    /// What the providers lost against a holder of the same reserves who trades at the next confirmed price, in coin.
    pub loss: f64,
    /// The same as a share of what they brought.
    pub loss_share: f64,
    /// Share of the hours in which the pool sold a tenth of a kWh, and in which it bought one.
    pub open: [f64; 2],
    /// Most that was lost in an hour, in coin, and which hour it was.
    pub worst_hour: f64,
    /// Number of that hour.
    pub worst_at: usize,
    /// Change of what the providers hold, at the worth of stored energy.
    pub lp_return: f64,
    /// The same against having kept what they held at first.
    pub against_holding: f64,
    /// Energy of trades that helped the grid in frequency events.
    pub helpful: f64,
    /// Energy of trades that hurt it in them.
    pub unhelpful: f64,
}

/// What the providers hold at the ends of a stretch.
#[derive(Debug, Clone, Copy)]
pub struct Holdings {
    pub before: Money,
    pub after: Money,
    /// What was held before, at the prices after.
    pub kept: Money,
}

impl Measure {
    /// Takes a trade that met a curve's price of `mid`.
    pub fn trade(&mut self, way: Way, trade: &Trade, hour: &Hour, mid: Price) {
        let (energy, paid, next, mid) = (kwh(trade.energy), coin(trade.coin), per_kwh(hour.next), per_kwh(mid));
        let price = paid / energy;
        self.volume += energy;
        let error = (price - next).abs() * energy;
        self.error += error;
        self.traded_error += (price - per_kwh(hour.traded)).abs() * energy;
        if hour.price.is_some() {
            self.priced += energy;
            self.priced_error += error;
        }
        self.spread += 2.0 * (price - mid).abs() / mid.max(1e-6) * energy;
        let (on_curve, earned) = (coin(trade.curve), coin(trade.earned));
        self.hour_loss += match way {
            Way::Buy => energy * next - on_curve - earned,
            Way::Sell => on_curve - earned - energy * next,
        };
        if hour.event {
            let low = hour.frequency < NOMINAL;
            if low == (way == Way::Sell) {
                self.helpful += energy;
            } else {
                self.unhelpful += energy;
            }
        }
    }

    /// Takes whether the pool sells and whether it buys as an hour begins.
    pub fn begin(&mut self, open: [bool; 2]) {
        for (sum, open) in self.open.iter_mut().zip(open) {
            *sum += f64::from(u8::from(open));
        }
    }

    /// Ends an hour.
    pub fn end(&mut self, at: usize, hour: &Hour, mid: Price) {
        self.hours += 1.0;
        self.mid_error += (per_kwh(mid) - per_kwh(hour.next)).abs();
        if self.hour_loss > self.worst {
            (self.worst, self.worst_at) = (self.hour_loss, at);
        }
        self.loss += self.hour_loss;
        self.hour_loss = 0.0;
        self.losses.push(self.loss);
        self.mids.push(per_kwh(mid));
    }

    /// The figures.
    pub fn figures(&self, holdings: Holdings) -> Figures {
        let (before, after, kept) = (coin(holdings.before), coin(holdings.after), coin(holdings.kept));
        Figures {
            volume: self.volume,
            price_error: self.error / self.volume.max(1e-9),
            traded_error: self.traded_error / self.volume.max(1e-9),
            priced_error: self.priced_error / self.priced.max(1e-9),
            mid_error: self.mid_error / self.hours.max(1.0),
            effective_spread: self.spread / self.volume.max(1e-9),
            loss: self.loss,
            loss_share: self.loss / before,
            open: self.open.map(|hours| hours / self.hours.max(1.0)),
            worst_hour: self.worst,
            worst_at: self.worst_at,
            lp_return: after / before - 1.0,
            against_holding: after / kept - 1.0,
            helpful: self.helpful,
            unhelpful: self.unhelpful,
        }
    }
}
