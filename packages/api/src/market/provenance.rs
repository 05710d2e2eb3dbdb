//! Where the energy of an interval came from: the line that the market draws once, when the interval is final.
//!
//! Sources and sinks of an interval are laid out as stretches on two lines of equal length, and whatever lies
//! opposite belongs together. The line is a rule of accounting: it says nothing about which way a current flowed.
//!
//! | sources | sinks |
//! |---|---|
//! | bank discharge that was redeemed | consumption that was redeemed |
//! | per device, min(fed, sold) | per account, min(drawn, bought) |
//! | the rest of the bank's discharge | the bank's charge |
//! | per device, fed beyond what it sold | per account, drawn beyond what it bought |
//! | import from the utility | export to the utility, and losses |
//!
//! The utility is the balance, so both sides have the same length. Inside a row devices stand in the order of
//! their numbers and accounts in the order of theirs, starting at the interval modulo how many they are, so that
//! nobody always comes first.
//!
//! Nothing here reads storage: whoever has the market's record of an interval ([`Line::decode`]) can work out every
//! answer that the market gives.
mod line;

use busbar_units::{Interval, UnitsError, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::StdError;
use thiserror::Error;

pub use line::{Draw, Feed, Line, Storage};

/// Why a line cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProvenanceError {
    /// A sum of energies does not fit.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The two sides differ, though the utility is their balance.
    #[error("sources of {sources} and sinks of {sinks} differ")]
    Unbalanced {
        /// Length of the sources.
        sources: Wh,
        /// Length of the sinks.
        sinks: Wh,
    },
}

impl From<ProvenanceError> for StdError {
    fn from(error: ProvenanceError) -> Self {
        StdError::generic_err(error.to_string())
    }
}

/// Where energy comes from.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A device that fed the grid.
    Device {
        /// Its number.
        device: u32,
    },
    /// The bank's storage.
    Bank {
        /// Number of the storage.
        device: u32,
    },
    /// The utility's grid.
    Utility {},
}

/// What energy was used for.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// Drawn and redeemed out of the bank's metered discharge.
    Redeemed,
    /// Drawn and bought.
    Bought,
    /// Charged the bank's storage.
    Charge,
    /// Drawn without having been bought.
    Unbought,
    /// Left the region, or was lost in its lines.
    Export,
}

/// A stretch of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply {
    /// Where it comes from.
    pub source: Source,
    /// Account of whoever fed it.
    pub account: u32,
    /// Whether it was sold; what the bank discharges and the utility supplies counts as sold.
    pub sold: bool,
    /// Energy of the same source that lies before it: its first Wh is number `first` of the source's.
    pub first: Wh,
    /// Its length.
    pub wh: Wh,
}

/// A stretch of the sinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Account of whoever used it.
    pub account: u32,
    /// What for.
    pub used: Use,
    /// Its length.
    pub wh: Wh,
}

/// The overlap of a source and a sink: the exact source of these Wh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its place among the pieces of the interval, from 0.
    pub index: u32,
    /// Where it lies on the line.
    pub at: Wh,
    /// The source, with `first` and `wh` of this piece.
    pub supply: Supply,
    /// The sink, with `wh` of this piece.
    pub demand: Demand,
}

impl Line {
    /// The sources in their order on the line.
    pub fn supplies(&self, interval: Interval) -> Result<Vec<Supply>, ProvenanceError> {
        let (redeemed, balance) = (self.redeemed()?, self.balance()?);
        let feeds = rotated(self.feeds(), interval);
        let device = |feed: &Feed, sold| Supply {
            source: Source::Device { device: feed.device },
            account: feed.account,
            sold,
            first: if sold { Wh::ZERO } else { feed.delivered() },
            wh: if sold { feed.delivered() } else { feed.rest() },
        };
        let bank = |first, wh| {
            self.storage.iter().map(move |storage| Supply {
                source: Source::Bank { device: storage.device },
                account: storage.account,
                sold: true,
                first,
                wh,
            })
        };
        let beyond = self.discharge().sub(redeemed)?;
        let mut all: Vec<Supply> = bank(Wh::ZERO, redeemed).collect();
        all.extend(feeds.clone().map(|feed| device(feed, true)));
        all.extend(bank(redeemed, beyond));
        all.extend(feeds.map(|feed| device(feed, false)));
        all.push(Supply {
            source: Source::Utility {},
            account: self.utility,
            sold: true,
            first: Wh::ZERO,
            wh: balance.positive(),
        });
        all.retain(|supply| !supply.wh.is_zero());
        Ok(all)
    }

    /// The sinks in their order on the line.
    pub fn demands(&self, interval: Interval) -> Result<Vec<Demand>, ProvenanceError> {
        let balance = self.balance()?;
        let draws = rotated(self.draws(), interval);
        let (mut redeemed, mut bought, mut unbought) = (vec![], vec![], vec![]);
        let mut left = self.redeemed()?;
        for draw in draws {
            let out = draw.redeemable().min(left);
            left = left.sub(out)?;
            let demand = |used, wh| Demand {
                account: draw.account,
                used,
                wh,
            };
            redeemed.push(demand(Use::Redeemed, out));
            bought.push(demand(Use::Bought, draw.covered()));
            unbought.push(demand(Use::Unbought, draw.rest().sub(out)?));
        }
        let charge = self.storage.iter().map(|storage| Demand {
            account: storage.account,
            used: Use::Charge,
            wh: storage.charge,
        });
        let mut all = redeemed;
        all.append(&mut bought);
        all.extend(charge);
        all.append(&mut unbought);
        all.push(Demand {
            account: self.utility,
            used: Use::Export,
            wh: balance.negative(),
        });
        all.retain(|demand| !demand.wh.is_zero());
        Ok(all)
    }

    /// The overlaps of sources and sinks, along the line: at most as many as stretches on both sides.
    pub fn pieces(&self, interval: Interval) -> Result<Vec<Piece>, ProvenanceError> {
        let (supplies, demands) = (self.supplies(interval)?, self.demands(interval)?);
        let sources = Wh::sum(supplies.iter().map(|supply| supply.wh))?;
        let sinks = Wh::sum(demands.iter().map(|demand| demand.wh))?;
        if sources != sinks {
            return Err(ProvenanceError::Unbalanced { sources, sinks });
        }
        let (mut supplies, mut demands) = (supplies.into_iter(), demands.into_iter());
        let (mut supply, mut demand) = (supplies.next(), demands.next());
        let (mut pieces, mut index, mut at) = (vec![], 0u32, Wh::ZERO);
        while let (Some(from), Some(to)) = (supply, demand) {
            let wh = from.wh.min(to.wh);
            pieces.push(Piece {
                index,
                at,
                supply: Supply { wh, ..from },
                demand: Demand { wh, ..to },
            });
            index = index.saturating_add(1);
            at = at.add(wh)?;
            supply = match from.wh.sub(wh)? {
                Wh::ZERO => supplies.next(),
                left => Some(Supply {
                    first: from.first.add(wh)?,
                    wh: left,
                    ..from
                }),
            };
            demand = match to.wh.sub(wh)? {
                Wh::ZERO => demands.next(),
                left => Some(Demand { wh: left, ..to }),
            };
        }
        Ok(pieces)
    }

    /// The sources of what one account used, along the line.
    pub fn sources_of(&self, interval: Interval, account: u32) -> Result<Vec<Piece>, ProvenanceError> {
        let mut pieces = self.pieces(interval)?;
        pieces.retain(|piece| piece.demand.account == account);
        Ok(pieces)
    }
}

/// The entries in their order, from the one at the interval modulo their count on.
fn rotated<T>(entries: &[T], interval: Interval) -> impl Iterator<Item = &T> + Clone {
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let start = interval.get().checked_rem(count).unwrap_or(0);
    let (before, from) = entries.split_at(usize::try_from(start).unwrap_or(0));
    from.iter().chain(before)
}
