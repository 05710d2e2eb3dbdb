use busbar_risk::{Day, Decay, Ewma, Joint, PeakHours, RiskError, WeightedMean};
use busbar_units::{Interval, Ppm, Price};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int128, Uint128, Uint64};

use crate::codec::{CodecError, Reader, Writer};

/// How indices are computed; fixed for the contract's life, since an index by another rule is another index.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct IndexRules {
    /// What the volatilities keep of the past at each interval, 1 to 999,999 millionths.
    pub volatility_decay: u32,
    /// What the covariance keeps, likewise.
    pub covariance_decay: u32,
    /// First peak hour of a day, UTC.
    pub peak_from: u8,
    /// Hour behind the last peak hour: above the first, at most 24.
    pub peak_to: u8,
}

impl IndexRules {
    /// Decay of volatilities, decay of the covariance, and peak hours, within their bounds.
    pub fn check(&self) -> Result<(Decay, Decay, PeakHours), RiskError> {
        Ok((
            Decay::new(self.volatility_decay)?,
            Decay::new(self.covariance_decay)?,
            PeakHours::new(self.peak_from, self.peak_to)?,
        ))
    }
}

/// All indices: one packed record, one read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indices {
    /// First interval that is not in them.
    pub next: Interval,
    /// Share by which the region draws more than it feeds, in millionths.
    pub imbalance: Ewma,
    /// Latest interval in `imbalance`; none before the first.
    pub imbalance_at: Option<Interval>,
    /// Relative change of the traded price from one interval with trade to the next, in millionths.
    pub change: Ewma,
    /// Latest traded price and its interval; none before the first.
    pub price: Option<(Price, Interval)>,
    /// What the region's devices fed in, Wh, against the traded price.
    pub joint: Joint,
    /// Latest interval in `joint`; none before the first.
    pub joint_at: Option<Interval>,
    /// Traded prices of the day of the latest interval.
    pub day: Day,
}

impl Indices {
    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let writer = Writer::new().u64(self.next.get());
        let writer = write_ewma(writer, &self.imbalance);
        let writer = write_ewma(writer, &self.change);
        let writer = write_ewma(writer, &self.joint.x);
        let writer = write_ewma(writer, &self.joint.y);
        let (price, price_at) = self.price.unzip();
        let writer = writer
            .zigzag(self.joint.covariance)
            .zigzag(price.map_or(0, Price::get).into());
        let writer = [self.imbalance_at, price_at, self.joint_at]
            .into_iter()
            .fold(writer, write_at);
        write_day(writer, &self.day).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let next = Interval::new(reader.u64("next")?);
        let (imbalance, change) = (read_ewma(&mut reader)?, read_ewma(&mut reader)?);
        let (x, y) = (read_ewma(&mut reader)?, read_ewma(&mut reader)?);
        let covariance = reader.zigzag("covariance")?;
        let price = Price::new(reader.zigzag_i64("price")?);
        let imbalance_at = read_at(&mut reader)?;
        let price_at = read_at(&mut reader)?;
        let indices = Self {
            next,
            imbalance,
            imbalance_at,
            change,
            price: price_at.map(|at| (price, at)),
            joint: Joint { x, y, covariance },
            joint_at: read_at(&mut reader)?,
            day: read_day(&mut reader)?,
        };
        reader.finish()?;
        Ok(indices)
    }
}

fn write_ewma(writer: Writer, ewma: &Ewma) -> Writer {
    writer.varint(ewma.count.into()).zigzag(ewma.mean).varint(ewma.variance)
}

fn read_ewma(reader: &mut Reader<'_>) -> Result<Ewma, CodecError> {
    Ok(Ewma {
        count: reader.varint_u32("count")?,
        mean: reader.zigzag("mean")?,
        variance: reader.varint("variance")?,
    })
}

/// None is 0, interval n is n + 1.
fn write_at(writer: Writer, at: Option<Interval>) -> Writer {
    writer.varint(at.map_or(0, |at| u128::from(at.get()).saturating_add(1)))
}

fn read_at(reader: &mut Reader<'_>) -> Result<Option<Interval>, CodecError> {
    let at = reader.varint("interval")?.checked_sub(1);
    at.map(|at| u64::try_from(at).map(Interval::new))
        .transpose()
        .map_err(|_| CodecError::Range { field: "interval" })
}

fn write_day(writer: Writer, day: &Day) -> Writer {
    let writer = writer.varint(day.number.into());
    [day.base, day.peak]
        .iter()
        .fold(writer, |writer, mean| writer.zigzag(mean.value).varint(mean.volume))
}

fn read_day(reader: &mut Reader<'_>) -> Result<Day, CodecError> {
    let number = reader.varint_u64("day")?;
    let mut mean = || {
        Ok::<_, CodecError>(WeightedMean {
            value: reader.zigzag("value")?,
            volume: reader.varint("volume")?,
        })
    };
    Ok(Day {
        number,
        base: mean()?,
        peak: mean()?,
    })
}

/// The packed form of a day that is over.
pub fn encode_day(day: &Day) -> Vec<u8> {
    write_day(Writer::new(), day).finish()
}

/// Reads [`encode_day`].
pub fn decode_day(bytes: &[u8]) -> Result<Day, CodecError> {
    let mut reader = Reader::new(bytes);
    let day = read_day(&mut reader)?;
    reader.finish()?;
    Ok(day)
}

/// Indices as people are told them. Ages are intervals between the latest one in an index and the latest one taken.
#[cw_serde]
#[derive(Eq)]
pub struct IndicesResponse {
    /// First interval that is not in them.
    pub next: Interval,
    /// How they are computed.
    pub rules: IndexRules,
    /// Share by which the region draws more than it feeds: mean and volatility in millionths.
    pub imbalance: IndexResponse,
    /// Relative change of the traded price: mean and volatility in millionths.
    pub change: IndexResponse,
    /// Latest traded price.
    pub price: Option<Price>,
    /// What the region's devices fed in: mean and volatility in Wh.
    pub generation: IndexResponse,
    /// The traded price where what was fed in is known: mean and volatility in millionths per kWh.
    pub generation_price: IndexResponse,
    /// Correlation of the two, rounded towards +1; none where one of them never moved.
    pub correlation: Option<Ppm>,
    /// The running day.
    pub day: DayResponse,
}

impl Indices {
    /// What people are told.
    pub fn response(&self, rules: IndexRules) -> IndicesResponse {
        let price_at = self.price.map(|(_, at)| at);
        IndicesResponse {
            next: self.next,
            rules,
            imbalance: self.told(&self.imbalance, self.imbalance_at),
            change: self.told(&self.change, price_at),
            price: self.price.map(|(price, _)| price),
            generation: self.told(&self.joint.x, self.joint_at),
            generation_price: self.told(&self.joint.y, self.joint_at),
            correlation: self.joint.correlation(),
            day: self.day.into(),
        }
    }

    /// Intervals taken since one; none where there was none.
    pub fn age(&self, at: Option<Interval>) -> Option<u64> {
        let latest = self.next.get().checked_sub(1)?;
        latest.checked_sub(at?.get())
    }

    fn told(&self, ewma: &Ewma, at: Option<Interval>) -> IndexResponse {
        IndexResponse {
            mean: ewma.mean.into(),
            volatility: ewma.volatility().into(),
            count: ewma.count,
            age: self.age(at).map(Uint64::new),
        }
    }
}

impl From<Day> for DayResponse {
    fn from(day: Day) -> Self {
        Self {
            day: day.number.into(),
            base: day.base.mean(),
            peak: day.peak.mean(),
            volume: day.base.volume.into(),
            peak_volume: day.peak.volume.into(),
        }
    }
}

/// A mean and a volatility, both in millionths of the unit as decimal strings.
#[cw_serde]
#[derive(Eq)]
pub struct IndexResponse {
    /// Mean, rounded to the nearest.
    pub mean: Int128,
    /// Standard deviation, rounded up.
    pub volatility: Uint128,
    /// Observations so far.
    pub count: u32,
    /// Intervals without an observation since the latest one; none before the first.
    pub age: Option<Uint64>,
}

/// Average prices of a day (UTC), weighted by volume and rounded down.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct DayResponse {
    /// Days since the epoch.
    pub day: Uint64,
    /// Of all hours; none where nothing was traded.
    pub base: Option<Price>,
    /// Of the peak hours.
    pub peak: Option<Price>,
    /// Energy traded: bought and sold, Wh.
    pub volume: Uint128,
    /// Energy traded in the peak hours, Wh.
    pub peak_volume: Uint128,
}
