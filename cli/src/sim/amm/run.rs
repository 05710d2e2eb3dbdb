//! One pool through the year.

use busbar_curves::Profile;
use busbar_risk::{Decay, Ewma, relative_change};
use busbar_units::{Ppm, Price, Wh};
use serde::Serialize;

use super::DAY;
use super::flows::{Design, Flows, Index, kwh, per_kwh, ppm};
use super::intents::{Intents, Kind};
use super::measure::{Figures, Holdings, Measure};
use super::traders::{Moment, Traders};
use super::venue::{Public, Venue, Way};
use super::year::{Hour, Year};

/// What came of a pool.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The pool's name.
    pub pool: String,
    /// The hours that pools were tuned on.
    pub tuned: Figures,
    /// The hours after them.
    pub held_out: Option<Figures>,
    /// What each kind of trader made over all, in coin, with what it holds valued as stored energy; at the end what the
    /// follower of the table made by what it sold again.
    pub profits: Vec<(&'static str, f64)>,
    /// Loss so far, hour by hour.
    #[serde(skip)]
    pub losses: Vec<f64>,
    /// The curve's price, hour by hour.
    #[serde(skip)]
    pub mids: Vec<f64>,
}

/// First hour with a pool: the first day has no orders, the second makes the first index.
pub const FIRST: usize = 2 * DAY;

/// An amount that says whether a pool is open.
const PROBE: Wh = Wh::new(100);

/// What an index knows in every hour, before it; none before the pools exist, nor where no whole day lies ahead.
pub fn knowledge(year: &Year, index: Index) -> anyhow::Result<Vec<Option<Public>>> {
    let decay = Decay::new(940_000)?;
    let mut profile = Profile::new(DAY)?;
    let mut surprise = Ewma::default();
    let mut known = Vec::with_capacity(year.hours.len());
    for (at, hour) in year.hours.iter().enumerate() {
        let ahead: Vec<_> = year.hours.iter().skip(at).take(DAY).map(|hour| hour.band).collect();
        let volatility = surprise.volatility() / 1_000_000;
        let public = Public {
            anchor: profile.anchor(at, &ahead)?.max(Price::new(1)),
            expected: profile.expected(at, hour.band, ppm(index.carry))?,
            cap: Profile::cap(&ahead)?,
            volatility: Ppm::new(i64::try_from(volatility).unwrap_or(i64::MAX)),
        };
        known.push((at >= FIRST && ahead.len() == DAY).then_some(public));
        if let Some(price) = hour.price {
            surprise = surprise.with(relative_change(public.expected, price).get(), decay)?;
        }
        profile.record(at, hour.band, hour.price, ppm(index.weight))?;
    }
    Ok(known)
}

/// What the follower of the table does in every hour.
pub fn table(year: &Year, lot: Wh) -> Vec<Option<(Way, Wh)>> {
    let first = DAY.saturating_sub(year.starts_at) % DAY;
    let mut plans = vec![None; first.min(year.hours.len())];
    for day in year.hours.get(first..).unwrap_or_default().chunks(DAY) {
        let tariff = |hour: &Hour| hour.band.import();
        let (low, high) = (day.iter().map(tariff).min(), day.iter().map(tariff).max());
        let part = |of: Option<Price>| {
            let count = day.iter().filter(|hour| Some(tariff(hour)) == of).count();
            let part = u64::try_from(count).ok().and_then(|count| lot.get().checked_div(count));
            Wh::new(part.unwrap_or(0))
        };
        plans.extend(day.iter().map(|hour| match Some(tariff(hour)) {
            _ if low == high => None,
            tariff if tariff == low => Some((Way::Buy, part(low))),
            tariff if tariff == high => Some((Way::Sell, part(high))),
            _ => None,
        }));
    }
    plans
}

/// Sends the year through a pool.
pub fn run(
    design: &Design,
    flows: &Flows,
    year: &Year,
    (known, yesterday): (&[Option<Public>], &[Option<Public>]),
    intents: &[Intents],
    until: usize,
) -> anyhow::Result<Option<Outcome>> {
    let table = table(year, Wh::new(flows.follower.lot));
    let mut traders = Traders::new(flows);
    let start: Vec<_> = Kind::ALL.iter().map(|kind| traders.account(*kind).energy).collect();
    let mut measures = [Measure::default(), Measure::default()];
    let mut venue: Option<Venue> = None;
    // The pool at the start, at the end of tuning and at the end, with the worth of stored energy there.
    let mut marks: Vec<(Venue, Price)> = Vec::new();
    let knowledge = known.iter().zip(yesterday);
    let hours = year.hours.iter().zip(knowledge).zip(intents).zip(table).enumerate();
    let mut last = None;
    for (at, (((hour, (public, yesterday)), intents), table)) in hours.take(until) {
        let (Some(public), Some(yesterday)) = (*public, *yesterday) else {
            continue;
        };
        let venue = match &mut venue {
            Some(venue) => venue,
            none => {
                let founded = Venue::found(design, &flows.fee, Wh::new(flows.liquidity.energy), public)?;
                marks.push((founded.clone(), yesterday.anchor));
                none.insert(founded)
            }
        };
        if at == flows.tuned_hours {
            marks.push((venue.clone(), yesterday.anchor));
        }
        venue.begin(public, hour)?;
        let [tuned, held_out] = &mut measures;
        let measure = if at < flows.tuned_hours { tuned } else { held_out };
        measure.begin([Way::Buy, Way::Sell].map(|way| venue.quote(way, PROBE).is_ok()));
        let moment = Moment {
            hour,
            public: yesterday,
            intents,
            table,
        };
        traders.act(venue, moment, measure)?;
        measure.end(at, hour, venue.mid()?);
        last = Some(yesterday.anchor);
    }
    let (Some(venue), Some(last)) = (venue, last) else {
        return Ok(None);
    };
    marks.push((venue, last));
    let figures = |mark: usize, measure: &Measure| -> anyhow::Result<Option<Figures>> {
        let (Some((before, then)), Some((after, now))) = (marks.get(mark), marks.get(mark.saturating_add(1))) else {
            return Ok(None);
        };
        let holdings = Holdings {
            before: before.worth(*then)?,
            after: after.worth(*now)?,
            kept: before.worth(*now)?,
        };
        Ok(Some(measure.figures(holdings)))
    };
    let [tuned, held_out] = &measures;
    let Some(first) = figures(0, tuned)? else {
        return Ok(None);
    };
    let mut profits: Vec<_> = Kind::ALL
        .iter()
        .zip(start)
        .map(|(kind, start)| {
            let account = traders.account(*kind);
            let held = (kwh(account.energy) - kwh(start)) * per_kwh(last);
            (kind.name(), account.coin + held)
        })
        .collect();
    profits.push(("follower, sold again", traders.account(Kind::Follower).realised));
    let after = tuned.losses.last().copied().unwrap_or(0.0);
    let later = held_out.losses.iter().map(|loss| after + loss);
    Ok(Some(Outcome {
        pool: design.name.clone(),
        held_out: figures(1, held_out)?,
        profits,
        losses: tuned.losses.iter().copied().chain(later).collect(),
        mids: tuned.mids.iter().chain(&held_out.mids).copied().collect(),
        tuned: first,
    }))
}
