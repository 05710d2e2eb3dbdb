//! What a home orders for an hour, from what its own meter measured in the same hour of the day before.

use busbar_api::market::{NewOrder, Terms};
use busbar_units::{Interval, NetWh, Ppm, Price, UnitsError, Wh};
use rand::Rng;

use super::input::HourTariff;

/// How a home prices its orders: positions between the export tariff (0) and the import tariff (1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// Where its highest price to pay lies: the upper half.
    pub buy: Ppm,
    /// Where its lowest price to accept lies: the lower half.
    pub sell: Ppm,
}

impl Preference {
    /// Draws a preference.
    pub fn draw(random: &mut impl Rng) -> Self {
        Self {
            buy: Ppm::new(random.gen_range(500_000..1_000_000)),
            sell: Ppm::new(random.gen_range(0..500_000)),
        }
    }
}

/// With whom homes trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Among themselves: limits lie strictly between the tariffs, where neighbours gain and the utility does not
    /// trade; a spread of less than two millionths leaves no such limit and no trade.
    Neighbours,
    /// With the utility too, for what neighbours do not take: on a feeder everything that flows is to be scheduled.
    /// Limits lie at the tariffs or beyond, so that a home trades wherever the lines let it, and has a price where
    /// they do not.
    Utility,
}

/// Highest limit price of a buyer, as a multiple of the import tariff: where lines are full.
pub const DEAREST: Ppm = Ppm::new(1_500_000);

/// The orders of one home for one hour.
///
/// A surplus yesterday: sell all of it, and bank what is not sold. A shortage yesterday: buy all of it,
/// and take the energy that the account holds (`tokens`) for what could not be bought.
pub fn plan(
    interval: Interval,
    yesterday: NetWh,
    tariff: HourTariff,
    preference: Preference,
    reach: Reach,
    tokens: Wh,
) -> Result<Vec<NewOrder>, UnitsError> {
    let order = |terms, quantity| NewOrder {
        interval,
        terms,
        quantity,
        at_reference: false,
    };
    let (shortage, surplus) = (yesterday.positive(), yesterday.negative());
    let mut orders = Vec::with_capacity(2);
    if !surplus.is_zero() {
        orders.extend(
            reach
                .seller(tariff, preference)?
                .map(|limit| order(Terms::Sell { limit }, surplus)),
        );
        orders.push(order(Terms::Bank {}, surplus));
    }
    if !shortage.is_zero() {
        orders.extend(
            reach
                .buyer(tariff, preference)?
                .map(|limit| order(Terms::Buy { limit }, shortage)),
        );
        let taken = shortage.min(tokens);
        if !taken.is_zero() {
            orders.push(order(Terms::Redeem {}, taken));
        }
    }
    Ok(orders)
}

impl Reach {
    fn seller(self, tariff: HourTariff, preference: Preference) -> Result<Option<Price>, UnitsError> {
        match self {
            Self::Neighbours => between(tariff, preference.sell),
            // Down to half the export tariff.
            Self::Utility => Ok(Some(tariff.export.sub(share(tariff.export, preference.sell)?)?)),
        }
    }

    fn buyer(self, tariff: HourTariff, preference: Preference) -> Result<Option<Price>, UnitsError> {
        match self {
            Self::Neighbours => between(tariff, preference.buy),
            // Up to `DEAREST` times the import tariff.
            Self::Utility => {
                let above = Ppm::ONE.get().saturating_sub(preference.buy.get());
                Ok(Some(tariff.import.add(share(tariff.import, Ppm::new(above))?)?))
            }
        }
    }
}

/// A share of a price that is not negative, rounded down.
pub fn share(price: Price, share: Ppm) -> Result<Price, UnitsError> {
    let part = i128::from(price.get())
        .saturating_mul(share.get().into())
        .div_euclid(1_000_000);
    i64::try_from(part).map(Price::new).map_err(|_| UnitsError::Overflow {
        unit: "Price",
        operation: "share",
    })
}

/// The price at a position of the band, strictly inside it; none where nothing lies inside.
fn between(tariff: HourTariff, position: Ppm) -> Result<Option<Price>, UnitsError> {
    let spread = u64::try_from(tariff.import.sub(tariff.export)?.get()).unwrap_or(0);
    if spread < 2 {
        return Ok(None);
    }
    // `Ppm::of` is the one rule for a share of a whole number; the unit does not matter to it.
    let step = position.of(Wh::new(spread))?.get().clamp(1, spread.saturating_sub(1));
    let step = i64::try_from(step).map(Price::new);
    step.map_or(Ok(None), |step| tariff.export.add(step).map(Some))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    const TARIFF: HourTariff = HourTariff {
        import: Price::new(210_000),
        export: Price::new(70_000),
    };
    const HALF_AND_QUARTER: Preference = Preference {
        buy: Ppm::new(500_000),
        sell: Ppm::new(250_000),
    };

    fn planned(yesterday: i64, tokens: u64) -> Vec<(Terms, u64)> {
        let orders = plan(
            Interval::new(9),
            NetWh::new(yesterday),
            TARIFF,
            HALF_AND_QUARTER,
            Reach::Neighbours,
            Wh::new(tokens),
        )
        .unwrap();
        orders
            .into_iter()
            .map(|order| (order.terms, order.quantity.get()))
            .collect()
    }

    #[test]
    fn surplus_is_offered_and_banked() {
        let sell = Terms::Sell {
            limit: Price::new(105_000),
        };
        assert_eq!(planned(-1500, 900), [(sell, 1500), (Terms::Bank {}, 1500)]);
    }

    #[test]
    fn shortage_is_bought_and_redeemed_as_far_as_tokens_reach() {
        let buy = Terms::Buy {
            limit: Price::new(140_000),
        };
        assert_eq!(planned(800, 0), [(buy, 800)]);
        assert_eq!(planned(800, 300), [(buy, 800), (Terms::Redeem {}, 300)]);
        assert_eq!(planned(800, 5000), [(buy, 800), (Terms::Redeem {}, 800)]);
    }

    #[test]
    fn nothing_yesterday_orders_nothing() {
        assert_eq!(planned(0, 5000), []);
    }

    proptest! {
        /// On a feeder every home trades at the tariffs, and its limits stay within what the parameters allow.
        #[test]
        fn limits_lie_at_the_tariffs_or_beyond(export in 0i64..1_000_000, spread in 1i64..1_000_000, seed in any::<u64>()) {
            let tariff = HourTariff { import: Price::new(export + spread), export: Price::new(export) };
            let preference = Preference::draw(&mut rand_chacha::ChaCha8Rng::seed_from_u64(seed));
            let sell = Reach::Utility.seller(tariff, preference).unwrap().unwrap();
            let buy = Reach::Utility.buyer(tariff, preference).unwrap().unwrap();
            prop_assert!(Price::ZERO <= sell && sell <= tariff.export);
            prop_assert!(tariff.import <= buy && buy <= share(tariff.import, DEAREST).unwrap());
        }

        /// Any buyer's limit covers any seller's, and both lie strictly between the tariffs.
        #[test]
        fn limits_lie_inside_the_band(export in 0i64..1_000_000, spread in 1i64..1_000_000, seed in any::<u64>()) {
            let tariff = HourTariff { import: Price::new(export + spread), export: Price::new(export) };
            let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let (a, b) = (Preference::draw(&mut random), Preference::draw(&mut random));
            let limits = (between(tariff, a.buy).unwrap(), between(tariff, b.sell).unwrap());
            match limits {
                (Some(buy), Some(sell)) => {
                    prop_assert!(tariff.export < sell && sell <= buy && buy < tariff.import);
                }
                (None, None) => prop_assert_eq!(spread, 1),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
