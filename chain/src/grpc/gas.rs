use std::collections::BTreeMap;
use thiserror::Error;

/// Gas per gas of the simulation, in thousandths, for a kind of message that has never needed more.
const FIRST: u64 = 1_300;
/// Most that a kind can come to need.
const MOST: u64 = 4_000;
/// Added to what a transaction was seen to need.
const SPARE: u64 = 1_100;

/// How much gas a transaction gets.
///
/// A simulation tells what a transaction would use on the state of the last block. It runs on another state, so it
/// gets 1.3 times as much; where a kind of message was seen to need more, or ran out, it gets more from there on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GasModel {
    ceiling: u64,
    learned: BTreeMap<String, u64>,
}

/// A transaction needs more gas than it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the transaction uses {simulated} gas, the ceiling is {ceiling}")]
pub struct GasTooHigh {
    /// Gas that its simulation used.
    pub simulated: u64,
    /// Most gas of one transaction.
    pub ceiling: u64,
}

impl GasModel {
    /// A model that has learned nothing.
    pub fn new(ceiling: u64) -> Self {
        Self {
            ceiling,
            learned: BTreeMap::new(),
        }
    }

    /// Thousandths of the simulated gas that a kind of message gets.
    pub fn factor(&self, kind: &str) -> u64 {
        self.learned.get(kind).copied().unwrap_or(FIRST)
    }

    /// The gas limit of a transaction whose simulation used so much: never above the ceiling.
    pub fn limit(&self, kind: &str, simulated: u64) -> Result<u64, GasTooHigh> {
        let ceiling = self.ceiling;
        if simulated > ceiling {
            return Err(GasTooHigh { simulated, ceiling });
        }
        let wanted = u128::from(simulated)
            .saturating_mul(u128::from(self.factor(kind)))
            .div_ceil(1_000);
        Ok(u64::try_from(wanted).unwrap_or(ceiling).min(ceiling))
    }

    /// Learns from a transaction that a block holds.
    pub fn learn(&mut self, kind: &str, simulated: u64, used: u64, out_of_gas: bool) {
        let known = self.factor(kind);
        let seen = if out_of_gas {
            known.saturating_mul(3).div_ceil(2)
        } else {
            let ratio = u128::from(used)
                .saturating_mul(u128::from(SPARE))
                .checked_div(u128::from(simulated));
            ratio.and_then(|ratio| u64::try_from(ratio).ok()).unwrap_or(known)
        };
        if seen > known {
            self.learned.insert(kind.to_owned(), seen.min(MOST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_gets_a_third_more_until_it_needed_more() {
        let mut gas = GasModel::new(10_000_000);
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
        let mut gas = GasModel::new(10_000_000);
        gas.learn("clear", 100, 130, true);
        assert_eq!(gas.factor("clear"), 1_950);
        for _ in 0..9 {
            gas.learn("clear", 100, 130, true);
        }
        assert_eq!(gas.factor("clear"), 4_000);
    }

    #[test]
    fn the_ceiling_cuts_the_spare_and_refuses_what_cannot_fit() {
        let gas = GasModel::new(1_000);
        assert_eq!(gas.limit("store", 900), Ok(1_000));
        let refused = GasTooHigh {
            simulated: 1_001,
            ceiling: 1_000,
        };
        assert_eq!(gas.limit("store", 1_001), Err(refused));
    }
}
