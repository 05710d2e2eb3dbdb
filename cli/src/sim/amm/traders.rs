//! How traders act on a pool.

use busbar_curves::{Pool, Trade};
use busbar_units::{Price, Wh};

use super::flows::{Flows, coin, kwh, per_kwh};
use super::intents::{Intents, Kind, Reference};
use super::measure::Measure;
use super::venue::{Public, Venue, Way};
use super::year::Hour;

/// What a kind of trader holds and has made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    /// Energy tokens.
    pub energy: Wh,
    /// Coin earned so far, without what is held.
    pub coin: f64,
    /// What was paid for the energy held.
    cost: f64,
    /// Gain of what was bought and sold again.
    pub realised: f64,
}

/// The traders of one pool.
#[derive(Debug)]
pub struct Traders<'a> {
    flows: &'a Flows,
    accounts: [Account; 5],
}

/// The hour that is on.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub hour: &'a Hour,
    pub public: Public,
    pub intents: &'a Intents,
    /// What the follower of the table does in this hour.
    pub table: Option<(Way, Wh)>,
}

impl<'a> Traders<'a> {
    /// Traders with what they hold at first.
    pub fn new(flows: &'a Flows) -> Self {
        let mut traders = Self {
            flows,
            accounts: [Account::default(); 5],
        };
        traders.account(Kind::Noise).energy = Wh::new(flows.noise.holding);
        traders.account(Kind::Flexible).energy = Wh::new(flows.flexible.holding);
        traders
    }

    /// A kind's account.
    pub fn account(&mut self, kind: Kind) -> &mut Account {
        let [noise, flexible, follower, informed, arbitrage] = &mut self.accounts;
        match kind {
            Kind::Noise => noise,
            Kind::Flexible => flexible,
            Kind::Follower => follower,
            Kind::Informed => informed,
            Kind::Arbitrage => arbitrage,
        }
    }

    /// Everybody acts once.
    pub fn act(&mut self, venue: &mut Venue, moment: Moment<'_>, measure: &mut Measure) -> anyhow::Result<()> {
        for kind in moment.intents.order {
            match kind {
                Kind::Noise => self.noise(venue, moment, measure)?,
                Kind::Flexible => self.flexible(venue, moment, measure)?,
                Kind::Follower => {
                    if let Some((way, energy)) = moment.table {
                        self.hold(venue, moment, measure, (kind, way, energy), |_| true)?;
                    }
                }
                Kind::Informed if moment.intents.informed => {
                    let known = moment.hour.price;
                    self.convert(venue, moment, measure, (kind, known, self.flows.informed.size))?;
                }
                Kind::Informed => {}
                Kind::Arbitrage => {
                    let guess = moment.hour.price.map(|_| moment.public.expected);
                    self.convert(venue, moment, measure, (kind, guess, self.flows.arbitrage.size))?;
                }
            }
        }
        Ok(())
    }

    fn noise(&mut self, venue: &mut Venue, moment: Moment<'_>, measure: &mut Measure) -> anyhow::Result<()> {
        for whim in &moment.intents.whims {
            let limit = whim.limit.map(|(reference, share)| {
                share
                    * per_kwh(match reference {
                        Reference::Stored => moment.public.anchor,
                        Reference::Hour => moment.public.expected,
                    })
            });
            let takes = |price: f64| match (limit, whim.way) {
                (None, _) => true,
                (Some(limit), Way::Buy) => price <= limit,
                (Some(limit), Way::Sell) => price >= limit,
            };
            self.hold(venue, moment, measure, (Kind::Noise, whim.way, whim.energy), takes)?;
        }
        Ok(())
    }

    fn flexible(&mut self, venue: &mut Venue, moment: Moment<'_>, measure: &mut Measure) -> anyhow::Result<()> {
        let worth = per_kwh(moment.public.anchor);
        let size = Wh::new(self.flows.flexible.size);
        for way in [Way::Buy, Way::Sell] {
            let takes = |price: f64| match way {
                Way::Buy => price <= worth * (1.0 - moment.intents.premium),
                Way::Sell => price >= worth * (1.0 + moment.intents.premium),
            };
            self.hold(venue, moment, measure, (Kind::Flexible, way, size), takes)?;
        }
        Ok(())
    }

    /// A trade out of or into what the kind holds: at most twice what it began with, the follower's lot.
    fn hold(
        &mut self,
        venue: &mut Venue,
        moment: Moment<'_>,
        measure: &mut Measure,
        (kind, way, energy): (Kind, Way, Wh),
        takes: impl Fn(f64) -> bool,
    ) -> anyhow::Result<()> {
        let most = match kind {
            Kind::Noise => self.flows.noise.holding.saturating_mul(2),
            Kind::Flexible => self.flows.flexible.holding.saturating_mul(2),
            _ => self.flows.follower.lot,
        };
        let account = self.account(kind);
        let held = account.energy;
        let energy = match way {
            Way::Buy => energy.min(Wh::new(most.saturating_sub(held.get()))),
            Way::Sell => energy.min(held),
        };
        let Ok((trade, after)) = venue.quote(way, energy) else {
            return Ok(());
        };
        if !takes(coin(trade.coin) / kwh(trade.energy)) {
            return Ok(());
        }
        match way {
            Way::Buy => {
                account.energy = held.add(trade.energy)?;
                account.coin -= coin(trade.coin);
                account.cost += coin(trade.coin);
            }
            Way::Sell => {
                let cost = account.cost * kwh(trade.energy) / kwh(held);
                account.cost -= cost;
                account.realised += coin(trade.coin) - cost;
                account.energy = held.sub(trade.energy)?;
                account.coin += coin(trade.coin);
            }
        }
        commit(venue, moment, measure, way, (trade, after))
    }

    /// Trades what pays best at a price of the auction that is believed in, and converts it at the true one.
    fn convert(
        &mut self,
        venue: &mut Venue,
        moment: Moment<'_>,
        measure: &mut Measure,
        (kind, believed, size): (Kind, Option<Price>, u64),
    ) -> anyhow::Result<()> {
        let (Some(believed), Some(price)) = (believed, moment.hour.price) else {
            return Ok(());
        };
        let mut best: Option<(f64, Way, Trade, Pool)> = None;
        for way in [Way::Buy, Way::Sell] {
            for eighth in 1..=8 {
                let energy = Wh::new(size.saturating_mul(eighth) / 8);
                let Ok((trade, after)) = venue.quote(way, energy) else {
                    continue;
                };
                let gain = self.gain(way, &trade, believed);
                if gain > best.as_ref().map_or(0.0, |best| best.0) {
                    best = Some((gain, way, trade, after));
                }
            }
        }
        let Some((_, way, trade, after)) = best else {
            return Ok(());
        };
        let gain = self.gain(way, &trade, price);
        self.account(kind).coin += gain;
        commit(venue, moment, measure, way, (trade, after))
    }

    /// What a trade brings that is converted at a price of the auction.
    fn gain(&self, way: Way, trade: &Trade, price: Price) -> f64 {
        let arbitrage = &self.flows.arbitrage;
        match way {
            Way::Buy => kwh(trade.energy) * per_kwh(price) - coin(trade.coin),
            Way::Sell => {
                let efficiency = f64::from(arbitrage.efficiency) / 1e6;
                let cost = per_kwh(price) / efficiency + f64::from(arbitrage.bank_fee) / 1e6;
                coin(trade.coin) - kwh(trade.energy) * cost
            }
        }
    }
}

fn commit(
    venue: &mut Venue,
    moment: Moment<'_>,
    measure: &mut Measure,
    way: Way,
    (trade, after): (Trade, Pool),
) -> anyhow::Result<()> {
    measure.trade(way, &trade, moment.hour, venue.mid()?);
    venue.pool = after;
    Ok(())
}
