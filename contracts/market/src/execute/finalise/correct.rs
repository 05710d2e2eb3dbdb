//! What it costs that a device drew or fed other energy than its settlement took for granted.
use busbar_api::grid::{Params, Tariff};
use busbar_units::{Millihertz, NetMoney, NetWh, Price, UnitsError};

use crate::imbalance::{self, deviation_price, AtBus};
use crate::state::Record;
use crate::ContractError;

/// What a correction or late energy costs the two that it is settled between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// Owed by the device's owner; negative = due.
    pub owner: NetMoney,
    /// Owed by the utility; negative = due.
    pub utility: NetMoney,
}

impl Correction {
    /// The share of `part` in `whole` intervals, toward zero: of both sides the same, so that the fund never pays for it.
    pub fn share(self, part: u64, whole: u64) -> Result<Self, ContractError> {
        let of = |amount: NetMoney| {
            let product = amount.get().checked_mul(part.into());
            let share = product.and_then(|product| product.checked_div(whole.into()));
            share.map(NetMoney::new).ok_or(UnitsError::Overflow {
                unit: "NetMoney",
                operation: "share",
            })
        };
        Ok(Self {
            owner: of(self.owner)?,
            utility: of(self.utility)?,
        })
    }

    pub fn sub(self, other: Self) -> Result<Self, ContractError> {
        Ok(Self {
            owner: self.owner.sub(other.owner)?,
            utility: self.utility.sub(other.utility)?,
        })
    }

    pub fn add(self, other: Self) -> Result<Self, ContractError> {
        Ok(Self {
            owner: self.owner.add(other.owner)?,
            utility: self.utility.add(other.utility)?,
        })
    }
}

/// The interval whose energies turn out to be others.
pub struct Frozen<'a> {
    /// Parameters of the interval.
    pub params: &'a Params,
    /// Tariff of the interval.
    pub tariff: Tariff,
    /// Mean frequency of the grid, where it is known.
    pub frequency: Option<Millihertz>,
    /// What settlement left.
    pub record: &'a Record,
}

impl Frozen<'_> {
    /// Settles a difference in a device's net energy against the utility at the interval's frozen price, or at the
    /// price that the region's net with the difference would have had, whichever is worse for the owner; the
    /// add-on is borne where it makes that worse still. So reporting late never pays.
    ///
    /// The utility has the price without the add-on: what is left over is the fund's.
    pub fn correct(&self, at: &AtBus, difference: NetWh) -> Result<Correction, ContractError> {
        let Self {
            params,
            tariff,
            frequency,
            record,
        } = *self;
        let at_imbalance = |imbalance: Price| {
            let record = Record {
                imbalance,
                ..record.clone()
            };
            deviation_price(params, &record, at, difference)
        };
        let worse = |one: Price, other: Price| {
            if difference.get() > 0 {
                one.max(other)
            } else {
                one.min(other)
            }
        };
        let net = record.net.add(difference)?;
        let moved = imbalance::price(params, tariff, record.price_utility, net);
        let add_on = params.frequency.add_on(frequency, net.sub(record.traded_net()?)?);
        let plain = worse(
            at_imbalance(record.imbalance.sub(record.add_on)?)?,
            at_imbalance(moved)?,
        );
        let lifted = worse(at_imbalance(record.imbalance)?, at_imbalance(moved.add(add_on)?)?);
        Ok(Correction {
            owner: worse(plain, lifted).charge(difference)?,
            utility: plain.charge(difference.negate()?)?,
        })
    }
}

/// What a device that drew `known` owes for losses beyond what one that drew `charged` was charged for them.
pub fn losses(loss_price: Price, known: NetWh, charged: NetWh) -> Result<Correction, ContractError> {
    let of = |net: NetWh| Ok::<_, ContractError>(loss_price.charge(net.positive().drawn()?)?);
    let owner = of(known)?.sub(of(charged)?)?;
    Ok(Correction {
        owner,
        utility: owner.negate()?,
    })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
mod tests {
    use busbar_api::grid::Tariff;
    use busbar_api::market::Stage;
    use busbar_units::{Interval, Millihertz, NetWh, Price, Wh};
    use proptest::prelude::*;

    use super::{losses, Correction, Frozen};
    use crate::imbalance::tests::params;
    use crate::imbalance::{deviation_price, freeze, AtBus};
    use crate::state::Record;

    proptest! {
        /// Of a device that settlement knew nothing of: what it pays late is at least what it would have paid in
        /// time, and the fund never pays for it.
        #[test]
        fn reporting_late_never_pays(
            low in -400_000i64..=0, high in 1i64..2_000_000,
            tariffs in (0i64..=1000, 0i64..=1000), beyond in 0i64..300_000,
            traded in -5_000i64..5_000, net in -5_000i64..5_000, difference in -5_000i64..5_000,
            add_on in 0i64..500_000, frequency in prop::option::of(49_000u32..51_000),
            step in -300_000i64..300_000, price in -400_000i64..2_000_000,
        ) {
            let params = params(low, high, add_on);
            let share = |share: i64| Price::new(low + (high - low) * share / 1000);
            let tariff = Tariff { import: share(tariffs.0.max(tariffs.1)), export: share(tariffs.0.min(tariffs.1)) };
            // The utility sells at no less than its import tariff and buys at no more than its export tariff.
            let utility = match traded {
                0 => (tariff.import.get() + tariff.export.get()) / 2,
                1.. => tariff.import.get() + beyond,
                _ => tariff.export.get() - beyond,
            };
            let mut record = Record::new(Stage::Cleared, Price::new(utility));
            let wh = Wh::new(traded.unsigned_abs());
            *(if traded > 0 { &mut record.bought } else { &mut record.sold }) = wh;
            let at = AtBus { price: Price::new(price), step: Price::new(step) };
            let frequency = frequency.map(Millihertz::new);
            let (net, difference) = (NetWh::new(net), NetWh::new(difference));
            let mut in_time = record.clone();
            let with = net.add(difference).unwrap();
            freeze(&params, tariff, frequency, Interval::ZERO, with, &mut in_time).unwrap();
            freeze(&params, tariff, frequency, Interval::ZERO, net, &mut record).unwrap();

            let frozen = Frozen { params: &params, tariff, frequency, record: &record };
            let late = frozen.correct(&at, difference).unwrap();
            let fund = late.owner.get() + late.utility.get();
            prop_assert!(fund >= 0, "the fund gets {fund}");
            let price = deviation_price(&params, &in_time, &at, difference).unwrap();
            let owed = price.charge(difference).unwrap();
            prop_assert!(late.owner >= owed, "{:?} late and {:?} in time", late.owner, owed);
        }

        /// What a gap costs is shared out to the last millionth, and neither side of it by the fund.
        #[test]
        fn a_share_and_the_rest_are_the_whole(
            owner in -1_000_000_000i128..1_000_000_000, fund in 0i128..1_000_000, part in 0u64..=2_000, more in 1u64..2_000,
        ) {
            let net = busbar_units::NetMoney::new;
            let whole = Correction { owner: net(owner), utility: net(fund - owner) };
            let share = whole.share(part, part + more).unwrap();
            let rest = whole.sub(share).unwrap();
            prop_assert_eq!(share.add(rest).unwrap(), whole);
            for side in [share, rest] {
                prop_assert!(side.owner.get() + side.utility.get() >= 0, "{:?}", side);
                prop_assert!(side.owner.get() * owner >= 0, "nobody is paid where the other pays: {:?}", side);
            }
            prop_assert_eq!(whole.share(7, 7).unwrap(), whole);
        }

        /// Losses are charged once for what was drawn at last, whatever was charged before.
        #[test]
        fn losses_follow_the_energy_drawn(price in 0i64..100_000, known in -5_000i64..5_000, charged in -5_000i64..5_000) {
            let (price, known, charged) = (Price::new(price), NetWh::new(known), NetWh::new(charged));
            let first = losses(price, charged, NetWh::ZERO).unwrap();
            let then = losses(price, known, charged).unwrap();
            let all = losses(price, known, NetWh::ZERO).unwrap();
            prop_assert_eq!(first.add(then).unwrap(), all);
            prop_assert_eq!(all.owner, price.charge(NetWh::new(known.get().max(0))).unwrap());
            prop_assert_eq!(then.owner.get(), -then.utility.get());
        }
    }
}
