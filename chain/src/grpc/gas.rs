use super::GasAdjustment;
use std::collections::BTreeMap;
use thiserror::Error;

/// Most that a kind can come to need by learning, in thousandths of the simulated gas.
const MOST: u64 = 4_000;
/// Added to what a transaction was seen to need.
const SPARE: u64 = 1_100;

/// How much gas a transaction gets.
///
/// A simulation tells what a transaction would use on the state of the last block. It runs on another state, so it
/// gets more, by default 1.3 times as much; where a kind of message was seen to need more, or ran out, it gets more from
/// there on. What ran out at the ceiling is not tried again: each try would cost its fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GasModel {
    ceiling: u64,
    first: GasAdjustment,
    learned: BTreeMap<String, u64>,
    /// Least simulated gas with which a kind has run out at the ceiling.
    exhausted: BTreeMap<String, u64>,
}

/// A transaction needs more gas than it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the transaction needs {needed} gas, the ceiling is {ceiling}")]
pub struct GasTooHigh {
    /// Gas that its simulation used, or that it is expected to use where its kind has run out at the ceiling.
    pub needed: u64,
    /// Most gas of one transaction.
    pub ceiling: u64,
}

impl GasModel {
    /// A model that has learned nothing.
    pub fn new(ceiling: u64, first: GasAdjustment) -> Self {
        Self {
            ceiling,
            first,
            exhausted: BTreeMap::new(),
            learned: BTreeMap::new(),
        }
    }

    /// Thousandths of the simulated gas that a kind of message gets.
    pub fn factor(&self, kind: &str) -> u64 {
        self.learned.get(kind).copied().unwrap_or(self.first.thousandths())
    }

    /// The gas limit of a transaction whose simulation used so much: never above the ceiling.
    pub fn limit(&self, kind: &str, simulated: u64) -> Result<u64, GasTooHigh> {
        let ceiling = self.ceiling;
        let wanted = self.wanted(kind, simulated);
        let exhausted = self.exhausted.get(kind).is_some_and(|least| simulated >= *least);
        if simulated > ceiling || (exhausted && wanted > ceiling) {
            let needed = if exhausted { wanted } else { simulated };
            return Err(GasTooHigh { needed, ceiling });
        }
        Ok(wanted.min(ceiling))
    }

    fn wanted(&self, kind: &str, simulated: u64) -> u64 {
        let factor = u128::from(self.factor(kind));
        let wanted = u128::from(simulated).saturating_mul(factor).div_ceil(1_000);
        u64::try_from(wanted).unwrap_or(u64::MAX)
    }

    /// Learns from a transaction that a block holds.
    pub fn learn(&mut self, kind: &str, simulated: u64, used: u64, out_of_gas: bool) {
        let known = self.factor(kind);
        if out_of_gas && self.wanted(kind, simulated) >= self.ceiling {
            let least = self.exhausted.entry(kind.to_owned()).or_insert(simulated);
            *least = simulated.min(*least);
        }
        let seen = if out_of_gas {
            known.saturating_mul(3).div_ceil(2)
        } else {
            let ratio = u128::from(used)
                .saturating_mul(u128::from(SPARE))
                .checked_div(u128::from(simulated));
            ratio.and_then(|ratio| u64::try_from(ratio).ok()).unwrap_or(known)
        };
        if seen > known {
            self.learned.insert(kind.to_owned(), seen.min(MOST.max(known)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_gets_a_third_more_until_it_needed_more() {
        let mut gas = GasModel::new(10_000_000, GasAdjustment::default());
        assert_eq!(gas.limit("submit", 100_001), Ok(130_002));
        gas.learn("submit", 100_000, 110_000, false);
        assert_eq!(gas.factor("submit"), 1_300, "what was seen fits");
        gas.learn("submit", 100_000, 125_000, false);
        assert_eq!(gas.limit("submit", 100_000), Ok(137_500));
        gas.learn("submit", 100_000, 90_000, false);
        assert_eq!(gas.factor("submit"), 1_375, "need is not forgotten");
        assert_eq!(gas.factor("clear"), 1_300, "kinds are apart");
    }

    #[test]
    fn running_out_raises_a_kind_by_half_up_to_four() {
        let mut gas = GasModel::new(10_000_000, GasAdjustment::default());
        gas.learn("clear", 100, 130, true);
        assert_eq!(gas.factor("clear"), 1_950);
        for _ in 0..9 {
            gas.learn("clear", 100, 130, true);
        }
        assert_eq!(gas.factor("clear"), 4_000);
    }

    #[test]
    fn the_ceiling_cuts_the_spare_and_refuses_what_cannot_fit() {
        let gas = GasModel::new(1_000, GasAdjustment::default());
        assert_eq!(gas.limit("store", 900), Ok(1_000));
        let refused = GasTooHigh {
            needed: 1_001,
            ceiling: 1_000,
        };
        assert_eq!(gas.limit("store", 1_001), Err(refused));
    }

    #[test]
    fn what_ran_out_at_the_ceiling_is_not_tried_again() {
        let mut gas = GasModel::new(1_000, GasAdjustment::default());
        gas.learn("settle", 700, 910, true);
        assert_eq!(gas.limit("settle", 700), Ok(1_000), "it had 910 of the 1,000");
        gas.learn("settle", 700, 1_000, true);
        let refused = GasTooHigh {
            needed: 2_048,
            ceiling: 1_000,
        };
        assert_eq!(gas.limit("settle", 700), Err(refused));
        assert_eq!(gas.limit("settle", 300), Ok(878), "smaller ones go on");
        assert_eq!(gas.limit("clear", 700), Ok(910), "and other kinds");
    }

    #[test]
    fn a_given_adjustment_is_where_learning_begins() {
        let of = |text: &str| GasModel::new(10_000_000, text.parse().unwrap());
        let mut gas = of("0.8");
        assert_eq!(gas.limit("submit", 100_000), Ok(80_000));
        gas.learn("submit", 100_000, 80_000, true);
        assert_eq!(gas.limit("submit", 100_000), Ok(120_000));
        let mut gas = of("6");
        gas.learn("submit", 100_000, 600_000, true);
        assert_eq!(gas.factor("submit"), 6_000, "learning takes nothing away");
    }
}
