//! The account's book: movements in the order of blocks, each with the balance that it leaves.
use busbar_units::{Interval, NetWh, Price};
use serde::{Serialize, Serializer};

/// Amounts are decimal texts in JSON, as the contracts write them.
pub fn decimal<S: Serializer>(value: &impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// What moved an account's balance. Amounts are millionths; positive = to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum What {
    /// A device's settlement of an interval.
    Interval(Settled),
    /// Coin put in; a debt was paid off first.
    Deposit,
    /// Coin taken out.
    Withdrawal,
    /// Energy of an interval turned out to be other than settled.
    Correction {
        /// The interval.
        interval: Interval,
        /// The device.
        device: u32,
    },
    /// The difference between an agreement's price and that of the bus.
    Agreement {
        /// The interval.
        interval: Interval,
        /// The device.
        device: u32,
    },
    /// What none of these explains: bounties, forfeits, what could not be collected or was paid late.
    Other,
}

/// A device's settlement of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// The interval.
    pub interval: Interval,
    /// Start of its delivery in unix seconds.
    #[serde(skip)]
    pub start_s: u64,
    /// The device.
    pub device: u32,
    /// Energy bought less energy sold.
    pub traded: NetWh,
    /// Price at the device's bus; none where it did not trade.
    pub price: Option<Price>,
    /// For the energy traded.
    #[serde(serialize_with = "decimal")]
    pub trade: i128,
    /// Order fees and settlement fee.
    #[serde(serialize_with = "decimal")]
    pub fees: i128,
    /// Drawn beyond what was bought, sold and banked, by the meter; none where no reading came in time.
    pub imbalance_wh: Option<NetWh>,
    /// For the imbalance, losses and the bank's fee.
    #[serde(serialize_with = "decimal")]
    pub imbalance: i128,
}

impl Settled {
    /// What it comes to.
    pub fn change(&self) -> i128 {
        self.trade.saturating_add(self.fees).saturating_add(self.imbalance)
    }
}

/// A movement in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Height of the block.
    pub height: u64,
    /// What it was.
    pub what: What,
    /// Millionths to the account.
    pub change: i128,
}

/// A line of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Height of the block.
    pub height: u64,
    /// What it was.
    #[serde(flatten)]
    pub what: What,
    /// Millionths to the account.
    #[serde(serialize_with = "decimal")]
    pub change: i128,
    /// What the account then had.
    #[serde(serialize_with = "decimal")]
    pub balance: i128,
}

/// Sums over a book.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Wh bought.
    #[serde(serialize_with = "decimal")]
    pub bought: u128,
    /// Wh sold.
    #[serde(serialize_with = "decimal")]
    pub sold: u128,
    /// For energy traded.
    #[serde(serialize_with = "decimal")]
    pub trade: i128,
    /// Fees.
    #[serde(serialize_with = "decimal")]
    pub fees: i128,
    /// For imbalances.
    #[serde(serialize_with = "decimal")]
    pub imbalance: i128,
    /// All changes, those that are no settlement included.
    #[serde(serialize_with = "decimal")]
    pub change: i128,
}

/// Puts movements in the order of blocks and writes the balance beside each. After every block that moved something,
/// and at the end, the balance is compared with the chain's; what the movements do not explain is a line of its own.
pub fn book<E>(
    opening: i128,
    mut movements: Vec<Movement>,
    last: u64,
    balance_at: impl Fn(u64) -> Result<i128, E>,
) -> Result<Vec<Line>, E> {
    // Stable: inside a block the order is that in which they were found.
    movements.sort_by_key(|movement| movement.height);
    let mut lines: Vec<Line> = Vec::with_capacity(movements.len());
    let mut balance = opening;
    let mut movements = movements.into_iter().peekable();
    while let Some(Movement { height, what, change }) = movements.next() {
        balance = balance.saturating_add(change);
        lines.push(Line {
            height,
            what,
            change,
            balance,
        });
        if movements.peek().is_none_or(|next| next.height != height) {
            balance = reconcile(&mut lines, height, balance, balance_at(height)?);
        }
    }
    reconcile(&mut lines, last, balance, balance_at(last)?);
    Ok(lines)
}

fn reconcile(lines: &mut Vec<Line>, height: u64, balance: i128, found: i128) -> i128 {
    if found != balance {
        lines.push(Line {
            height,
            what: What::Other,
            change: found.saturating_sub(balance),
            balance: found,
        });
    }
    found
}

/// The sums over lines.
pub fn totals(lines: &[Line]) -> Totals {
    let mut totals = Totals::default();
    for line in lines {
        totals.change = totals.change.saturating_add(line.change);
        if let What::Interval(settled) = &line.what {
            let traded = settled.traded;
            totals.bought = totals.bought.saturating_add(traded.positive().get().into());
            totals.sold = totals.sold.saturating_add(traded.negative().get().into());
            totals.trade = totals.trade.saturating_add(settled.trade);
            totals.fees = totals.fees.saturating_add(settled.fees);
            totals.imbalance = totals.imbalance.saturating_add(settled.imbalance);
        }
    }
    totals
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    fn movement(height: u64, change: i128) -> Movement {
        Movement {
            height,
            what: What::Deposit,
            change,
        }
    }

    #[test]
    fn what_is_not_explained_stands_apart() {
        let movements = vec![movement(7, 30), movement(5, 100), movement(5, -20)];
        let chain = |height: u64| {
            Ok::<_, Infallible>(match height {
                5 => 80,
                7 => 115,
                _ => 116,
            })
        };
        let lines = book(0, movements, 9, chain).unwrap();
        let shown: Vec<_> = lines
            .iter()
            .map(|line| (line.height, line.change, line.balance))
            .collect();
        assert_eq!(
            shown,
            [(5, 100, 100), (5, -20, 80), (7, 30, 110), (7, 5, 115), (9, 1, 116)]
        );
        assert_eq!(lines[3].what, What::Other);
        assert_eq!(totals(&lines).change, 116);
    }

    #[test]
    fn the_parts_of_settlements_are_summed() {
        let settled = |traded: i64, trade, fees, imbalance| Settled {
            interval: Interval::new(1),
            start_s: 0,
            device: 3,
            traded: NetWh::new(traded),
            price: None,
            trade,
            fees,
            imbalance_wh: None,
            imbalance,
        };
        let line = |settled: Settled| Line {
            height: 1,
            change: settled.change(),
            what: What::Interval(settled),
            balance: 0,
        };
        let lines = [line(settled(250, -35, -2, -1)), line(settled(-1_000, 140, -2, 4))];
        let expected = Totals {
            bought: 250,
            sold: 1_000,
            trade: 105,
            fees: -4,
            imbalance: 3,
            change: 104,
        };
        assert_eq!(totals(&lines), expected);
    }

    proptest! {
        /// Whatever moved: opening and changes make the balance of the chain, line by line and in all.
        #[test]
        fn it_adds_up(
            opening in 0i128..1_000_000,
            moved in prop::collection::vec((1u64..50, -1_000i128..1_000), 0..40),
            found in prop::collection::vec(-1_000i128..1_000, 60),
        ) {
            let movements = moved.iter().map(|(height, change)| movement(*height, *change)).collect();
            let chain = |height: u64| Ok::<_, Infallible>(found[usize::try_from(height).unwrap()]);
            let lines = book(opening, movements, 59, chain).unwrap();
            let mut balance = opening;
            for line in &lines {
                balance += line.change;
                prop_assert_eq!(line.balance, balance);
            }
            prop_assert_eq!(balance, found[59]);
            prop_assert_eq!(opening + totals(&lines).change, found[59]);
            prop_assert!(lines.is_sorted_by_key(|line| line.height));
        }
    }
}
