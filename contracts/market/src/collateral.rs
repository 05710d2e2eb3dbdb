//! What an order locks and what a device asks for as margin: together they cover every outcome.
use busbar_api::grid::Params;
use busbar_api::market::Terms;
use busbar_api::registry::{DeviceSummary, Status};
use busbar_units::{Money, Price, Wh};

use crate::context::Context;
use crate::imbalance::loss_price;
use crate::state::{Agreed, BookOrder};
use crate::ContractError;

/// Coin that an order locks from placing until its interval is settled, order fee included.
///
/// A buy locks `max(0, limit - I_min) * Q`: it may have to pay its limit for energy that it then leaves
/// over at the lowest imbalance price. A sell locks `max(0, I_max - limit) * Q`: it may have to buy at the
/// highest imbalance price what it was paid its limit for; one that may take part at a reference price, as at the
/// price floor. A request to bank locks the bank's fee. The two sides of an agreement: [`agreed_lock`].
pub fn lock(params: &Params, order: &BookOrder) -> Result<Money, ContractError> {
    if let Some(agreed) = &order.agreed {
        return Ok(agreed_lock(params, order, agreed)?.add(params.order_fee)?);
    }
    let per_kwh = match order.at_worst(params) {
        Terms::Buy { limit } => limit.sub(params.imbalance_min)?,
        Terms::Sell { limit } => params.imbalance_max.sub(limit)?,
        Terms::Bank {} => params.bank.as_ref().map_or(Price::ZERO, |bank| bank.fee),
        Terms::Redeem {} => Price::ZERO,
    };
    let coin = per_kwh.positive().charge(order.quantity.drawn()?)?.positive();
    Ok(coin.add(params.order_fee)?)
}

/// What one side of an agreement at price `c` locks, less what the difference has cost it at the clearing.
///
/// The buy locks `(cap - I_min) * Q`, as any buy at the cap, and `(c - floor) * Q` for a difference at a seller's
/// bus that has the floor for its price: the two buses may be on either side of a full line. The sell locks
/// `(max(I_max, cap) - floor) * Q`: on what both sides fill it nets `c`, whatever the price, and what only it fills
/// may be bought back at the highest imbalance price.
fn agreed_lock(params: &Params, order: &BookOrder, agreed: &Agreed) -> Result<Money, ContractError> {
    let (floor, cap) = (params.price_floor, params.price_cap);
    let parts = match order.terms {
        Terms::Buy { .. } => [cap.sub(params.imbalance_min)?, agreed.price.sub(floor)?],
        _ => [params.imbalance_max.max(cap).sub(floor)?, Price::ZERO],
    };
    let mut coin = Money::ZERO;
    for part in parts {
        coin = coin.add(part.positive().charge(order.quantity.drawn()?)?.positive())?;
    }
    Ok(coin.sub(agreed.difference.positive())?)
}

/// The margin of a device: the dearest interval that its rating allows, for each interval from delivery to
/// confirmation; the bank's storage posts its bond on top. Suspension frees none of it: the registers have to
/// catch up first.
pub fn margin(
    context: &Context<'_>,
    params: &Params,
    number: u32,
    device: &DeviceSummary,
) -> Result<Money, ContractError> {
    let bond = params
        .bank
        .as_ref()
        .filter(|bank| bank.device == number)
        .map_or(Money::ZERO, |bank| bank.bond);
    if !matches!(device.status, Status::Active | Status::Suspended) {
        return Ok(bond);
    }
    let (drawn, fed) = context.usable(device)?;
    Ok(rating_margin(params, context.unconfirmed(params)?, drawn, fed)?.add(bond)?)
}

/// Margin for a device that can draw and feed this much in an interval, for so many intervals; what is drawn bears
/// its losses.
pub fn rating_margin(params: &Params, intervals: u64, drawn: Wh, fed: Wh) -> Result<Money, ContractError> {
    let dearest = params.imbalance_max.add(loss_price(params, params.imbalance_max)?)?;
    let short = dearest.charge(drawn.drawn()?)?.positive();
    let long = params.imbalance_min.charge(fed.fed()?)?.positive();
    Ok(short.max(long).times(intervals)?)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
mod tests {
    use busbar_api::grid::{FrequencyStep, Params, Tariff};
    use busbar_api::market::{Stage, Terms};
    use busbar_units::{Interval, Millihertz, Money, NetMoney, NetWh, Ppm, Price, Wh};
    use proptest::prelude::*;

    use super::{lock, rating_margin};
    use crate::imbalance;
    use crate::state::{Agreed, BookOrder, Position, Record};

    fn params(low: i64, high: i64, tariff: Tariff) -> Params {
        Params {
            import_tariff: tariff.import,
            export_tariff: tariff.export,
            price_floor: Price::new(low),
            price_cap: Price::new(high),
            imbalance_min: Price::new(low),
            imbalance_max: Price::new(high),
            ..busbar_testing::household()
        }
    }

    proptest! {
        /// Whatever the auction, the meter and the region do, one interval of one device never costs more than
        /// its order locks and a single interval's margin.
        #[test]
        fn lock_and_margin_cover_every_outcome(
            low in -400_000i64..=0,
            span in 1i64..2_000_000,
            tariff in (0u32..1000, 0u32..1000),
            limit in 0u32..=1000,
            better in 0u32..=1000,
            utility in 0u32..=1000,
            (drawn, fed) in (0u64..10_000, 0u64..10_000),
            quantity in 0u32..=1000,
            metered in 0u32..=1000,
            (buy, at_reference, reference) in (any::<bool>(), any::<bool>(), 0u32..=1000),
            net in -1i64..=1,
            (losses, add_on, off) in (0i64..=200_000, 0i64..2_000_000, any::<bool>()),
        ) {
            let high = low + span;
            prop_assume!(high > 0);
            let at = |share: u32| Price::new(low + span * i64::from(share) / 1000);
            let tariff = Tariff { import: at(tariff.0.max(tariff.1)), export: at(tariff.0.min(tariff.1)) };
            let mut params = params(low, high, tariff);
            params.losses = Ppm::new(losses);
            params.frequency.steps = vec![FrequencyStep { deviation: Millihertz::new(1), add_on: Price::new(add_on) }];
            let rated = if buy { drawn } else { fed };
            let filled = rated * u64::from(quantity) / 1000;
            let limit = at(limit);
            // Where its owner is pivotal a sell takes part at a reference price that is no higher.
            let least = if at_reference && !buy { limit.min(at(reference)) } else { limit };
            // A fill never costs a buyer more, or earns a seller less, than the limit.
            let room = if buy { limit.get() - low } else { high - least.get() };
            let gain = room * i64::from(better) / 1000;
            let price = Price::new(if buy { limit.get() - gain } else { least.get() + gain });
            let mut record = Record::new(Stage::Cleared, at(utility));
            let frequency = Some(Millihertz::new(if off { 49_000 } else { 51_000 }));
            imbalance::freeze(&params, tariff, frequency, Interval::ZERO, NetWh::new(net), &mut record).unwrap();
            let traded = i64::try_from(filled).unwrap();
            let position = Position { traded: NetWh::new(if buy { traded } else { -traded }), ..Position::default() };
            let span_wh = i64::try_from(drawn + fed).unwrap();
            let net = NetWh::new(span_wh * i64::from(metered) / 1000 - i64::try_from(fed).unwrap());
            let at = imbalance::AtBus { price, step: Price::new(price.get() - record.price_utility.get()) };
            let due = imbalance::due(&params, &record, &at, &position, net).unwrap();
            let terms = if buy { Terms::Buy { limit } } else { Terms::Sell { limit } };
            let order = BookOrder { bus: 1, terms, quantity: Wh::new(filled), at_reference: at_reference && !buy, agreed: None };
            let locked = lock(&params, &order).unwrap();
            let margin = rating_margin(&params, 1, Wh::new(drawn), Wh::new(fed)).unwrap().get();
            let lost = record.work.loss_price.charge(net.positive().drawn().unwrap()).unwrap();
            let owed = due.trade.add(due.deviation).unwrap().add(lost).unwrap().get();
            // Four roundings for the protocol stand on the owed side, two on the locked side.
            prop_assert!(owed <= i128::try_from(locked.get() + margin).unwrap() + 2, "owed {owed}, locked {locked}, margin {margin}");
        }
    }

    proptest! {
        /// Whatever the prices of the two buses, the fills and the meter, either side of an agreement pays its difference
        /// out of its lock, and what is left covers its trade and deviation with a single interval's margin.
        #[test]
        fn an_agreement_covers_its_difference_and_every_outcome(
            (low, span, above) in (-400_000i64..=0, 1i64..1_000_000, 0i64..1_000_000),
            (floor, cap, tariffs) in (0u32..=1000, 0u32..=1000, (0u32..=1000, 0u32..=1000)),
            (agreed, own, other) in (0u32..=1000, 0u32..=1000, 0u32..=1000),
            (rated, share, less) in (1u64..10_000, 0u32..=1000, 0u32..=1000),
            metered in 0u32..=1000,
            (buy, net) in (any::<bool>(), -1i64..=1),
        ) {
            let high = low + span;
            prop_assume!(high > 0);
            let of = |low: i64, high: i64, share: u32| low + (high - low) * i64::from(share) / 1000;
            let within = |share| Price::new(of(low, high, share));
            let tariff = Tariff { import: within(tariffs.0.max(tariffs.1)), export: within(tariffs.0.min(tariffs.1)) };
            let (floor, cap) = (of(low, high, floor.min(cap)), of(low, high + above, floor.max(cap)).max(of(low, high, floor.min(cap))));
            let mut params = params(low, high, tariff);
            (params.price_floor, params.price_cap) = (Price::new(floor), Price::new(cap));
            let at = |share| Price::new(of(floor, cap, share));
            let filled = rated * u64::from(share) / 1000;
            let both = filled * u64::from(less) / 1000;
            // The difference is paid at the price of the seller's bus.
            let price = at(own);
            let seller_price = if buy { at(other) } else { price };
            let gap = at(agreed).sub(seller_price).unwrap();
            let owes = if buy { gap } else { gap.negate().unwrap() };
            let difference = owes.positive().charge(NetWh::new(i64::try_from(both).unwrap())).unwrap();
            let order = |difference| BookOrder {
                bus: 1,
                terms: if buy { Terms::Buy { limit: params.price_cap } } else { Terms::Sell { limit: params.price_floor } },
                quantity: Wh::new(filled),
                at_reference: false,
                agreed: Some(Agreed { price: at(agreed), counterparty: 2, slot: 0, difference }),
            };
            let left = lock(&params, &order(difference)).unwrap();
            prop_assert_eq!(left.get() + difference.positive().get(), lock(&params, &order(NetMoney::ZERO)).unwrap().get());

            let mut record = Record::new(Stage::Cleared, within(500));
            imbalance::freeze(&params, tariff, None, Interval::ZERO, NetWh::new(net), &mut record).unwrap();
            let traded = i64::try_from(filled).unwrap();
            let position = Position { traded: NetWh::new(if buy { traded } else { -traded }), ..Position::default() };
            let rated = i64::try_from(rated).unwrap();
            let net = NetWh::new(2 * rated * i64::from(metered) / 1000 - rated);
            let at = imbalance::AtBus { price, step: Price::new(price.get() - record.price_utility.get()) };
            let due = imbalance::due(&params, &record, &at, &position, net).unwrap();
            let rated = Wh::new(u64::try_from(rated).unwrap());
            let margin = rating_margin(&params, 1, rated, rated).unwrap().get();
            let owed = due.trade.add(due.deviation).unwrap().get();
            let held = i128::try_from(left.get() + margin).unwrap();
            prop_assert!(owed <= held + 2, "owed {owed}, locked {left}, margin {margin}");
        }
    }

    #[test]
    fn the_margin_covers_every_interval_from_delivery_to_confirmation() {
        let tariff = Tariff {
            import: Price::new(210_000),
            export: Price::new(70_000),
        };
        let params = params(-100_000, 1_000_000, tariff);
        // 1,000 Wh at 1.00, or 20,000 Wh given away at -0.10, in five intervals.
        assert_eq!(
            rating_margin(&params, 5, Wh::new(1000), Wh::new(4000)).unwrap(),
            Money::new(5_000_000)
        );
        assert_eq!(
            rating_margin(&params, 5, Wh::new(1000), Wh::new(20_000)).unwrap(),
            Money::new(10_000_000)
        );
        assert_eq!(rating_margin(&params, 5, Wh::ZERO, Wh::ZERO).unwrap(), Money::ZERO);
        // Two per cent of what is drawn come on top.
        let lossy = Params {
            losses: Ppm::new(20_000),
            ..params
        };
        assert_eq!(
            rating_margin(&lossy, 5, Wh::new(1000), Wh::new(4000)).unwrap(),
            Money::new(5_100_000)
        );
    }
}
