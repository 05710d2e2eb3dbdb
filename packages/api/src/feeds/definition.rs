use core::ops::RangeInclusive;

use busbar_units::Money;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int64, Uint64};
use thiserror::Error;

/// What a feed's values count. Each is a whole number of these.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Unit {
    /// Grid frequency, mHz.
    Millihertz,
    /// Irradiance, W per square metre.
    WattsPerSquareMetre,
    /// Temperature, thousandths of a degree Celsius.
    Millicelsius,
    /// Wind speed, mm per second.
    MillimetresPerSecond,
    /// Wholesale price, millionths of the settlement coin per kWh.
    MillionthsPerKwh,
    /// Power, W.
    Watts,
    /// Energy, such as a forecast of generation, Wh per interval.
    WattHours,
    /// A ratio, millionths.
    Ppm,
}

/// What a feed is.
#[cw_serde]
pub struct Feed {
    /// What its values count; fixed for its life.
    pub unit: Unit,
    /// Seconds per round: round n runs from `n * round_s` to `(n + 1) * round_s` of unix time. Fixed for its life.
    pub round_s: u32,
    /// Least value that is taken.
    pub min: Int64,
    /// Largest value that is taken.
    pub max: Int64,
    /// Seconds after which an answer is stale.
    pub staleness_s: u32,
    /// Most that sources may lie apart for taking risk: median distance from the answer.
    pub deviation: Uint64,
    /// From a larger distance to the answer on a reporter is an outlier; at least `deviation`.
    pub outlier: Uint64,
    /// Most that an answer may differ from the one before for taking risk without a second round.
    pub jump: Uint64,
    /// Answers in a row of one value beyond which no risk is taken; 0 where standing still is natural.
    pub flat_rounds: u32,
    /// Fewest sources of an answer, beside the two thirds of the weight.
    pub quorum: u8,
    /// Most that one reporter weighs: its stake counts up to here.
    pub most: Money,
    /// Numbers of its reporters, 1 to 16; none while the feed rests.
    pub reporters: Vec<u32>,
    /// What an outlier loses in a round.
    pub outlier_slash: Money,
    /// What a missing reporter loses in a round.
    pub missing_slash: Money,
}

/// Stakes and slashing of all feeds.
#[cw_serde]
pub struct Params {
    /// Seconds between unbonding and withdrawal: longer than the longest round.
    pub unbonding_s: u32,
    /// Least bonded stake that gives weight.
    pub min_stake: Money,
    /// Most that a reporter loses in a day (UTC) over all feeds.
    pub day_slash: Money,
    /// Account that gets what is slashed.
    pub recipient: String,
}

/// Bounds of what is asked for.
pub mod bounds {
    use core::ops::RangeInclusive;

    /// Bytes of a feed's name.
    pub const NAME: RangeInclusive<usize> = 1..=32;
    /// Bytes of a reporter's name.
    pub const REPORTER_NAME: RangeInclusive<usize> = 1..=64;
    /// Seconds per round.
    pub const ROUND_S: RangeInclusive<u32> = 1..=86_400;
    /// Seconds until an answer is stale.
    pub const STALENESS_S: RangeInclusive<u32> = 1..=7 * 86_400;
    /// Reporters of a feed.
    pub const REPORTERS: RangeInclusive<usize> = 0..=16;
    /// Feeds of a region: withdrawing looks at each.
    pub const FEEDS: usize = 16;
    /// Seconds of unbonding: the longest round has long been judged by then.
    pub const UNBONDING_S: RangeInclusive<u32> = 3 * 86_400..=90 * 86_400;
    /// Amounts of stakes and slashing, in millionths.
    pub const COIN: RangeInclusive<u128> = 1..=1 << 80;
    /// Unbondings of one reporter at a time.
    pub const UNBONDINGS: usize = 8;
    /// Reports in one message.
    pub const REPORTS: RangeInclusive<usize> = 1..=64;
    /// Judged rounds of a feed that are kept.
    pub const HISTORY: u64 = 256;
    /// Most entries of one page of a list query.
    pub const PAGE: u32 = 30;
}

/// Why a definition is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeedError {
    /// A name breaks its rule.
    #[error("a feed's name has 1 to 32 lowercase letters, digits or '-', not {name:?}")]
    Name {
        /// The name that was given.
        name: String,
    },
    /// A figure is out of bounds.
    #[error("{field} is {value}, allowed are {min} to {max}")]
    Bounds {
        /// The field.
        field: &'static str,
        /// What was given.
        value: u128,
        /// Least.
        min: u128,
        /// Most.
        max: u128,
    },
    /// The least value is not below the largest.
    #[error("min {min} is not below max {max}")]
    Range {
        /// Least value given.
        min: Int64,
        /// Largest value given.
        max: Int64,
    },
    /// Who is no outlier would be cause for doubt.
    #[error("outlier {outlier} is below deviation {deviation}")]
    Outlier {
        /// Distance given for outliers.
        outlier: Uint64,
        /// Distance given for taking risk.
        deviation: Uint64,
    },
    /// A reporter is named twice.
    #[error("reporter {reporter} is named twice")]
    Twice {
        /// Its number.
        reporter: u32,
    },
}

impl Feed {
    /// Checks a feed's name.
    pub fn validate_name(name: &str) -> Result<(), FeedError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if bounds::NAME.contains(&name.len()) && name.chars().all(plain) {
            return Ok(());
        }
        Err(FeedError::Name {
            name: name.chars().take(48).collect(),
        })
    }

    /// Checks every field against [`bounds`] and against the others.
    pub fn validate(&self) -> Result<(), FeedError> {
        within("round_s", self.round_s, &bounds::ROUND_S)?;
        within("staleness_s", self.staleness_s, &bounds::STALENESS_S)?;
        let count = u32::try_from(self.reporters.len()).unwrap_or(u32::MAX);
        within("count of reporters", count, &(0..=16))?;
        let most = u8::try_from(self.reporters.len().max(1)).unwrap_or(u8::MAX);
        within("quorum", self.quorum, &(1..=most))?;
        within("most", self.most.get(), &bounds::COIN)?;
        for (field, amount) in [
            ("outlier_slash", self.outlier_slash),
            ("missing_slash", self.missing_slash),
        ] {
            within(field, amount.get(), &(0..=*bounds::COIN.end()))?;
        }
        if self.min >= self.max {
            return Err(FeedError::Range {
                min: self.min,
                max: self.max,
            });
        }
        if self.outlier < self.deviation {
            return Err(FeedError::Outlier {
                outlier: self.outlier,
                deviation: self.deviation,
            });
        }
        let mut sorted = self.reporters.clone();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        });
        twice.map_or(Ok(()), |reporter| Err(FeedError::Twice { reporter }))
    }
}

impl Params {
    /// Checks the figures; the recipient is checked by the chain.
    pub fn validate(&self) -> Result<(), FeedError> {
        within("unbonding_s", self.unbonding_s, &bounds::UNBONDING_S)?;
        within("min_stake", self.min_stake.get(), &bounds::COIN)?;
        within("day_slash", self.day_slash.get(), &(0..=*bounds::COIN.end()))
    }
}

fn within<T: Copy + PartialOrd + Into<u128>>(
    field: &'static str,
    value: T,
    range: &RangeInclusive<T>,
) -> Result<(), FeedError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(FeedError::Bounds {
        field,
        value: value.into(),
        min: (*range.start()).into(),
        max: (*range.end()).into(),
    })
}
