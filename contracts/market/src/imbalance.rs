//! What a deviation from the traded quantity costs.
use busbar_api::grid::{Params, Tariff};
use busbar_units::{Interval, Millihertz, NetMoney, NetWh, Price, UnitsError};

use crate::state::{BusPrices, Position, Record};
use crate::ContractError;

/// The imbalance price at the utility's bus: what the region as a whole had to pay for its last Wh.
///
/// Import tariff where the region drew from the utility, export tariff where it fed it, the utility's
/// clearing price where neither; inside the region's imbalance range.
pub fn price(params: &Params, tariff: Tariff, utility: Price, net: NetWh) -> Price {
    let plain = match net.get() {
        0 => utility,
        drawn if drawn > 0 => tariff.import,
        _ => tariff.export,
    };
    plain.clamp(params.imbalance_min, params.imbalance_max)
}

/// Freezes the region's net and the imbalance price in the interval's record.
///
/// The add-on raises the plain price where the region drew more than it traded while the frequency was low, and
/// lowers it where it drew less while the frequency was high ([`busbar_api::grid::FrequencyTable::add_on`]); the
/// sum stays in the imbalance range.
pub fn freeze(
    params: &Params,
    tariff: Tariff,
    frequency: Option<Millihertz>,
    interval: Interval,
    net: NetWh,
    record: &mut Record,
) -> Result<(), ContractError> {
    let plain = price(params, tariff, record.price_utility, net);
    let deviation = net.sub(record.traded_net()?)?;
    let add_on = params.frequency.add_on(frequency, deviation);
    let sum = plain.add(add_on)?.clamp(params.imbalance_min, params.imbalance_max);
    (record.net, record.imbalance, record.add_on) = (net, sum, sum.sub(plain)?);
    record.work.loss_price = loss_price(params, tariff.import)?;
    match kept(tariff, record) {
        Some(kept) if kept >= 0 => Ok(()),
        _ => Err(ContractError::Deficit {
            interval,
            of: "the deviations",
        }),
    }
}

/// What the fund keeps between devices, who deviate at the imbalance price, and the utility, who trades at the price
/// of its bus and is squared at the plain tariff, in millionths times Wh per kWh:
///
/// ```text
/// (lambda_u - pi) N_traded + (pi - T) N        T = import tariff where N > 0, export tariff where N < 0
/// ```
///
/// Never below zero: the utility sold at no less than its import tariff and bought at no more than its export
/// tariff, and an add-on has the sign of `N - N_traded`.
fn kept(tariff: Tariff, record: &Record) -> Option<i128> {
    let plain = if record.net.get() > 0 {
        tariff.import
    } else {
        tariff.export
    };
    let of = |from: Price, to: Price, wh: NetWh| {
        let step = i128::from(to.get()).checked_sub(from.get().into())?;
        step.checked_mul(wh.get().into())
    };
    let trades = of(record.imbalance, record.price_utility, record.traded_net().ok()?)?;
    trades.checked_add(of(plain, record.imbalance, record.net)?)
}

/// What a kWh drawn costs on top for what lines lose on its way: the losses' share of the import tariff, rounded up.
pub fn loss_price(params: &Params, import_tariff: Price) -> Result<Price, ContractError> {
    let share = i128::from(import_tariff.positive().get()).checked_mul(params.losses.get().into());
    let up = share.and_then(|share| share.checked_add(PPM - 1)?.checked_div(PPM));
    let price = up.and_then(|price| i64::try_from(price).ok());
    let overflow = UnitsError::Overflow {
        unit: "Price",
        operation: "losses",
    };
    Ok(Price::new(price.ok_or(overflow)?))
}

const PPM: i128 = 1_000_000;

/// What energy costs at a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtBus {
    /// Price of traded energy.
    pub price: Price,
    /// How far it lies above the price of the utility's bus; nothing where either is formal only, because a
    /// formal price says nothing about the lines between.
    pub step: Price,
}

impl AtBus {
    /// The prices of a bus.
    pub fn of(prices: &BusPrices, bus: u16) -> Result<Self, ContractError> {
        let (here, utility) = (prices.at(bus), prices.utility());
        let step = if here.no_trade || utility.no_trade {
            Price::ZERO
        } else {
            here.price.sub(utility.price)?
        };
        let price = here.price;
        Ok(Self { price, step })
    }
}

/// What a party owes for one interval, each part rounded for the protocol; positive = pays.
pub struct Due {
    /// Traded energy at the bus price.
    pub trade: NetMoney,
    /// Deviation at the deviation price.
    pub deviation: NetMoney,
}

/// The price of a deviation at a bus: a surplus earns the lower, a shortage costs the higher of the imbalance
/// price and the imbalance price carried over to the bus. A full line cannot be dodged by deviating instead of
/// trading.
pub fn deviation_price(params: &Params, record: &Record, at: &AtBus, deviation: NetWh) -> Result<Price, ContractError> {
    let nodal = record.imbalance.add(at.step)?;
    let price = if deviation.get() < 0 {
        record.imbalance.min(nodal)
    } else {
        record.imbalance.max(nodal)
    };
    Ok(price.clamp(params.imbalance_min, params.imbalance_max))
}

/// What a device with this position at this bus owes that drew `metered` net.
pub fn due(
    params: &Params,
    record: &Record,
    at: &AtBus,
    position: &Position,
    metered: NetWh,
) -> Result<Due, ContractError> {
    let deviation = metered.sub(position.net()?)?;
    Ok(Due {
        trade: at.price.charge(position.traded)?,
        deviation: deviation_price(params, record, at, deviation)?.charge(deviation)?,
    })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
pub mod tests {
    use busbar_api::grid::{FrequencyStep, Params, Tariff};
    use busbar_api::market::Stage;
    use busbar_units::{Interval, Millihertz, NetWh, Ppm, Price, Wh};
    use proptest::prelude::*;

    use super::{freeze, kept, loss_price};
    use crate::state::Record;

    /// A household's, with these bounds of the imbalance price and an add-on from 100 mHz on.
    pub fn params(low: i64, high: i64, add_on: i64) -> Params {
        let mut params = Params {
            imbalance_min: Price::new(low),
            imbalance_max: Price::new(high),
            ..busbar_testing::household()
        };
        params.frequency.steps = vec![FrequencyStep {
            deviation: Millihertz::new(100),
            add_on: Price::new(add_on),
        }];
        params
    }

    fn record(utility: i64, traded: i64) -> Record {
        let mut record = Record::new(Stage::Cleared, Price::new(utility));
        let wh = Wh::new(traded.unsigned_abs());
        if traded > 0 {
            record.bought = wh;
        } else {
            record.sold = wh;
        }
        record
    }

    proptest! {
        /// Whatever was traded, metered and measured on the grid, the fund keeps something or nothing. The utility
        /// sells at no less than its import tariff and buys at no more than its export tariff.
        #[test]
        fn the_fund_never_pays_for_deviations(
            low in -400_000i64..=0, high in 1i64..2_000_000,
            tariffs in (0i64..=1000, 0i64..=1000), beyond in 0i64..300_000,
            traded in -5_000i64..5_000, net in prop_oneof![Just(0i64), -5_000i64..5_000],
            add_on in 0i64..2_000_000, frequency in prop::option::of(49_000u32..51_000),
        ) {
            let params = params(low, high, add_on);
            let share = |share: i64| Price::new(low + (high - low) * share / 1000);
            let tariff = Tariff { import: share(tariffs.0.max(tariffs.1)), export: share(tariffs.0.min(tariffs.1)) };
            let utility = match traded {
                0 => (tariff.import.get() + tariff.export.get()) / 2,
                1.. => tariff.import.get() + beyond,
                _ => tariff.export.get() - beyond,
            };
            let mut record = record(utility, traded);
            let (net, frequency) = (NetWh::new(net), frequency.map(Millihertz::new));
            freeze(&params, tariff, frequency, Interval::ZERO, net, &mut record).unwrap();
            prop_assert!(kept(tariff, &record).unwrap() >= 0);
            prop_assert!((params.imbalance_min..=params.imbalance_max).contains(&record.imbalance));
            // An add-on never goes against what the region did.
            prop_assert!(record.add_on.get() * (net.get() - traded).signum() >= 0);
        }
    }

    #[test]
    fn the_add_on_needs_a_frequency_that_points_the_same_way() {
        let (params, tariff) = (
            params(-100_000, 500_000, 40_000),
            Tariff {
                import: Price::new(210_000),
                export: Price::new(70_000),
            },
        );
        let at = |millihertz: Option<u32>, traded: i64, net: i64| {
            let mut record = record(if traded > 0 { 210_000 } else { 70_000 }, traded);
            let frequency = millihertz.map(Millihertz::new);
            freeze(&params, tariff, frequency, Interval::ZERO, NetWh::new(net), &mut record).unwrap();
            (record.imbalance.get(), record.add_on.get())
        };
        assert_eq!(at(Some(49_900), 500, 600), (250_000, 40_000), "drew more while low");
        assert_eq!(
            at(Some(49_901), 500, 600),
            (210_000, 0),
            "off by less than the first step"
        );
        assert_eq!(at(Some(49_900), 500, 400), (210_000, 0), "drew less while low");
        assert_eq!(at(Some(50_100), 500, 400), (170_000, -40_000), "drew less while high");
        assert_eq!(at(Some(50_100), -500, -600), (30_000, -40_000), "fed more while high");
        assert_eq!(at(Some(49_900), 500, 500), (210_000, 0), "did as it traded");
        assert_eq!(at(None, 500, 600), (210_000, 0), "nobody knows the frequency");
    }

    #[test]
    fn losses_are_a_share_of_the_import_tariff_rounded_up() {
        let params = |losses| Params {
            losses: Ppm::new(losses),
            ..busbar_testing::household()
        };
        let price = |losses, tariff| loss_price(&params(losses), Price::new(tariff)).unwrap().get();
        assert_eq!(price(20_000, 210_000), 4_200);
        assert_eq!(price(1, 1), 1);
        assert_eq!(price(0, 210_000), 0);
        assert_eq!(price(20_000, -80_000), 0, "who is paid to draw pays nothing for losses");
    }
}
