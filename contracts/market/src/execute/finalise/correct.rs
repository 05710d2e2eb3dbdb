//! What it costs that a device drew or fed other energy than its settlement took for granted.
use busbar_api::grid::{Params, Tariff};
use busbar_units::{NetMoney, NetWh, Price};

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
    pub fn add(self, other: Self) -> Result<Self, ContractError> {
        Ok(Self {
            owner: self.owner.add(other.owner)?,
            utility: self.utility.add(other.utility)?,
        })
    }
}

/// Settles a difference in a device's net energy against the utility at the interval's frozen price, or at the
/// price that the region's net with the difference would have had, whichever is worse for the owner; the add-on
/// is borne where it makes that worse still. So reporting late never pays.
///
/// The utility has the price without the add-on: what is left over is the fund's.
pub fn correct(
    params: &Params,
    tariff: Tariff,
    record: &Record,
    at: &AtBus,
    difference: NetWh,
) -> Result<Correction, ContractError> {
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
    let frozen = record.imbalance.sub(record.add_on)?;
    let moved = imbalance::price(params, tariff, record.price_utility, record.net.add(difference)?);
    let plain = worse(at_imbalance(frozen)?, at_imbalance(moved)?);
    let borne = worse(
        at_imbalance(record.imbalance)?,
        at_imbalance(moved.add(record.add_on)?)?,
    );
    let borne = worse(plain, borne);
    Ok(Correction {
        owner: borne.charge(difference)?,
        utility: plain.charge(difference.negate()?)?,
    })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
mod tests {
    use busbar_api::grid::{Params, Tariff};
    use busbar_api::market::Stage;
    use busbar_units::{NetWh, Price};
    use proptest::prelude::*;

    use super::correct;
    use crate::imbalance::{self, deviation_price, AtBus};
    use crate::state::Record;

    fn params(low: i64, high: i64) -> Params {
        Params {
            imbalance_min: Price::new(low),
            imbalance_max: Price::new(high),
            ..busbar_testing::household()
        }
    }

    proptest! {
        /// Of a device that settlement knew nothing of: what it pays late is at least what it would have paid in
        /// time, and the fund never pays for it.
        #[test]
        fn reporting_late_never_pays(
            low in -400_000i64..=0, high in 1i64..2_000_000,
            tariffs in (0u32..=1000, 0u32..=1000), utility in 0u32..=1000,
            net in -5_000i64..5_000, difference in -5_000i64..5_000,
            add_on in -300_000i64..300_000, step in -300_000i64..300_000, price in 0u32..=1000,
        ) {
            let params = params(low, high);
            let share = |share: u32| Price::new(low + (high - low) * i64::from(share) / 1000);
            let tariff = Tariff { import: share(tariffs.0.max(tariffs.1)), export: share(tariffs.0.min(tariffs.1)) };
            let at = AtBus { price: share(price), step: Price::new(step) };
            let (net, difference) = (NetWh::new(net), NetWh::new(difference));
            let mut record = Record::new(Stage::Cleared, share(utility));
            // The add-on is what it lifts or lowers the price by inside the range.
            let with = |net: NetWh| {
                let plain = imbalance::price(&params, tariff, record.price_utility, net);
                let lifted = Price::new(plain.get() + add_on).clamp(params.imbalance_min, params.imbalance_max);
                (lifted, lifted.sub(plain).unwrap())
            };
            let (in_time, _) = with(net.add(difference).unwrap());
            let (imbalance, borne) = with(net);
            record.net = net;
            (record.imbalance, record.add_on) = (imbalance, borne);
            let late = correct(&params, tariff, &record, &at, difference).unwrap();
            let fund = late.owner.get() + late.utility.get();
            prop_assert!(fund >= 0, "the fund gets {fund}");
            let timely = Record { imbalance: in_time, ..record.clone() };
            let price = deviation_price(&params, &timely, &at, difference).unwrap();
            let owed = price.charge(difference).unwrap();
            prop_assert!(late.owner >= owed, "{:?} late and {:?} in time", late.owner, owed);
        }
    }
}
