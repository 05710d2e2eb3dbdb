//! Laws of averages, roots and medians.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_risk::{
    bounded, imbalance_share, median_deviation, relative_change, root_down, root_up, weighted_median, Day, Decay, Ewma,
    Joint, PeakHours, RiskError, WeightedMean, SCALE, VALUE_BOUND,
};
use busbar_units::{Ppm, Price, Wh};
use proptest::prelude::*;

fn decay() -> impl Strategy<Value = Decay> {
    (1u32..1_000_000).prop_map(|ppm| Decay::new(ppm).unwrap())
}

fn value() -> impl Strategy<Value = i64> {
    prop_oneof![
        -VALUE_BOUND..=VALUE_BOUND,
        -1_000i64..1_000,
        Just(VALUE_BOUND),
        Just(-VALUE_BOUND)
    ]
}

fn after(values: &[i64], decay: Decay) -> Ewma {
    let next = |ewma: Ewma, value: &i64| ewma.with(*value, decay).unwrap();
    values.iter().fold(Ewma::default(), next)
}

proptest! {
    #[test]
    fn a_root_is_the_largest_whose_square_fits(value: u128, bits in 0u32..128) {
        for value in [value >> bits, u128::MAX - (value >> bits)] {
            let (down, up) = (root_down(value), root_up(value));
            prop_assert!(down * down <= value);
            prop_assert!((down + 1).checked_mul(down + 1).is_none_or(|square| square > value));
            prop_assert!(up.checked_mul(up).is_none_or(|square| square >= value));
            prop_assert!(up - down <= 1);
        }
    }

    #[test]
    fn a_mean_lies_between_the_observations(values in prop::collection::vec(value(), 1..40), decay in decay()) {
        let mean = after(&values, decay).mean;
        let (least, most) = (values.iter().min().unwrap(), values.iter().max().unwrap());
        prop_assert!(i128::from(*least) * SCALE <= mean && mean <= i128::from(*most) * SCALE);
    }

    /// A series that stands still has no variance; what moves has one, and more of it for the larger move.
    #[test]
    fn variance_is_what_moves(still in value(), one in -1_000i64..1_000, two in -1_000i64..1_000, decay in decay()) {
        prop_assert_eq!(after(&[still; 9], decay).variance, 0);
        let moved = |by: i64| after(&[0, by], decay).variance;
        prop_assert_eq!(moved(one) == 0, one == 0);
        prop_assert_eq!(moved(one).cmp(&moved(two)), one.abs().cmp(&two.abs()));
        prop_assert_eq!(moved(one), moved(-one));
    }

    /// Variance and volatility are never below the exact ones of the same step.
    #[test]
    fn risk_is_not_rounded_down(values in prop::collection::vec(value(), 2..30), decay in decay()) {
        let mut ewma = Ewma::default();
        for value in values {
            let before = ewma;
            ewma = ewma.with(value, decay).unwrap();
            if before.count > 0 {
                let error = i128::from(value) * SCALE - before.mean;
                let exact = u128::from(decay.ppm()) * before.variance
                    + u128::from(1_000_000 - decay.ppm()) * error.unsigned_abs().pow(2);
                prop_assert!(ewma.variance * 1_000_000 >= exact);
                prop_assert!(ewma.variance * 1_000_000 < exact + 1_000_000);
            }
            prop_assert!(ewma.volatility().pow(2) >= ewma.variance);
        }
    }

    /// Of a series with itself the correlation is one, with its mirror image minus one.
    #[test]
    fn a_series_goes_with_itself(values in prop::collection::vec(value(), 2..40), decay in decay()) {
        let (mut same, mut mirrored) = (Joint::default(), Joint::default());
        for value in &values {
            same = same.with(*value, *value, decay).unwrap();
            mirrored = mirrored.with(*value, -value, decay).unwrap();
        }
        if values.iter().any(|value| *value != values[0]) {
            prop_assert!(same.correlation().unwrap().get() >= 999_998);
            prop_assert!(mirrored.correlation().unwrap().get() <= -999_998);
        } else {
            prop_assert_eq!((same.correlation(), mirrored.correlation()), (None, None));
        }
    }

    #[test]
    fn a_correlation_is_symmetric_and_bounded(
        pairs in prop::collection::vec((value(), value()), 1..40), decay in decay(),
    ) {
        let (mut one, mut other) = (Joint::default(), Joint::default());
        for (x, y) in pairs {
            one = one.with(x, y, decay).unwrap();
            other = other.with(y, x, decay).unwrap();
        }
        prop_assert_eq!(one.covariance, other.covariance);
        match (one.correlation(), other.correlation()) {
            (Some(one), Some(other)) => {
                prop_assert!((one.get() - other.get()).abs() <= 1);
                prop_assert!(one.get().abs() <= 1_000_000);
            }
            (one, other) => prop_assert_eq!((one, other), (None, None)),
        }
    }

    #[test]
    fn a_change_mirrors_and_is_bounded(from: i64, to: i64) {
        let (there, back) = (
            relative_change(Price::new(from), Price::new(to)), relative_change(Price::new(to), Price::new(from)),
        );
        prop_assert_eq!(there.get(), -back.get());
        prop_assert!(there.get().abs() <= 2_000_000);
        prop_assert_eq!(there.get().signum(), i64::from(to > from) - i64::from(to < from));
    }

    #[test]
    fn a_share_is_at_most_the_whole(drawn: u64, fed: u64) {
        let share = imbalance_share(Wh::new(drawn), Wh::new(fed));
        prop_assert!(share.get().abs() <= 1_000_000);
        prop_assert_eq!(imbalance_share(Wh::new(fed), Wh::new(drawn)).get(), -share.get());
    }

    /// With f of 3f + 1 sources lying, whatever two thirds have answered: the median lies within the honest range,
    /// and the honest do not seem further apart than they are.
    #[test]
    fn a_third_of_liars_moves_nothing(
        f in 1usize..6, honest in prop::collection::vec(-1_000i64..1_000, 20), lies in prop::collection::vec(any::<i64>(), 6),
        silent in 0usize..6,
    ) {
        let honest = &honest[..(2 * f + 1 - silent.min(f)).max(f + 1)];
        let mut all: Vec<(i64, u128)> = honest.iter().chain(&lies[..f]).map(|value| (*value, 7)).collect();
        all.reverse();
        let median = weighted_median(&all).unwrap();
        let (least, most) = (*honest.iter().min().unwrap(), *honest.iter().max().unwrap());
        prop_assert!((least..=most).contains(&median));
        prop_assert!(median_deviation(&all, median).unwrap() <= most.abs_diff(least));
    }

    /// So it is for weights: below half of the weight nobody moves it out.
    #[test]
    fn less_than_half_of_the_weight_moves_nothing(
        honest in prop::collection::vec((any::<i64>(), 1u128..1 << 90), 1..8),
        lies in prop::collection::vec((any::<i64>(), 1u128..1 << 90), 0..8),
    ) {
        let weight: u128 = honest.iter().map(|(_, weight)| *weight).sum();
        let mut all = honest.clone();
        let mut lied = 0;
        for (value, more) in lies {
            if lied + more < weight {
                lied += more;
                all.push((value, more));
            }
        }
        let median = weighted_median(&all).unwrap();
        prop_assert!(honest.iter().any(|(value, _)| *value <= median));
        prop_assert!(honest.iter().any(|(value, _)| *value >= median));
        let mut turned = all.clone();
        turned.reverse();
        prop_assert_eq!(weighted_median(&turned), Some(median));
    }

    #[test]
    fn a_weighted_mean_lies_between_the_prices(
        trades in prop::collection::vec((-(1i64 << 40)..1 << 40, 1u64..1 << 48), 1..20),
    ) {
        let next = |mean: WeightedMean, (price, wh): &(i64, u64)| mean.with(Price::new(*price), Wh::new(*wh)).unwrap();
        let mean = trades.iter().fold(WeightedMean::default(), next).mean().unwrap().get();
        let prices = trades.iter().map(|(price, _)| *price);
        prop_assert!(prices.clone().min().unwrap() <= mean && mean <= prices.max().unwrap());
    }
}

/// Hull, Options, Futures and Other Derivatives: L = 0.9, variance 1e-4, then a move of 2 %: 1.3e-4.
#[test]
fn the_textbook_case_of_a_variance() {
    let decay = Decay::new(900_000).unwrap();
    let before = Ewma {
        mean: 0,
        variance: 100_000_000 * 1_000_000_000_000,
        count: 9,
    };
    // Returns in millionths: 1 % is 10,000.
    let after = before.with(20_000, decay).unwrap();
    assert_eq!(after.variance, 130_000_000 * 1_000_000_000_000);
    assert_eq!(after.volatility(), 11_401_754_251);
}

#[test]
fn nothing_has_no_average() {
    assert_eq!(WeightedMean::default().mean(), None);
    assert_eq!(weighted_median(&[]), None);
    assert_eq!(weighted_median(&[(5, 0)]), None);
    assert_eq!(median_deviation(&[], 0), None);
    assert_eq!(relative_change(Price::ZERO, Price::ZERO), Ppm::ZERO);
    assert_eq!(imbalance_share(Wh::ZERO, Wh::ZERO), Ppm::ZERO);
}

#[test]
fn distances_may_span_all_integers() {
    let ends = [(i64::MIN, 1), (i64::MAX, 1)];
    assert_eq!(weighted_median(&ends), Some(i64::MIN));
    assert_eq!(median_deviation(&[(i64::MAX, 1)], i64::MIN), Some(u64::MAX));
}

#[test]
fn peak_hours_are_those_named() {
    let hours = PeakHours::new(8, 20).unwrap();
    for (unix_s, inside) in [(7 * 3_600 + 3_599, false), (8 * 3_600, true), (20 * 3_600, false)] {
        assert_eq!(hours.contain(86_400 * 9 + unix_s), inside);
    }
    let day = Day::new(9).with(86_400 * 9, hours, Price::new(5), Wh::new(1)).unwrap();
    assert_eq!((day.base.mean(), day.peak.mean()), (Some(Price::new(5)), None));
}

#[test]
fn what_is_out_of_bounds_is_refused_and_named() {
    for ppm in [0, 1_000_000] {
        assert_eq!(Decay::new(ppm), Err(RiskError::Decay { ppm }));
    }
    for (from, to) in [(8, 8), (9, 8), (0, 25)] {
        assert_eq!(PeakHours::new(from, to), Err(RiskError::PeakHours { from, to }));
    }
    let decay = Decay::new(940_000).unwrap();
    for value in [VALUE_BOUND + 1, -VALUE_BOUND - 1] {
        let error = RiskError::Value {
            value,
            max: VALUE_BOUND,
        };
        assert_eq!(Ewma::default().with(value, decay), Err(error.clone()));
        assert_eq!(Joint::default().with(0, value, decay), Err(error));
        assert!(Ewma::default().with(bounded(value.into()), decay).is_ok());
    }
    let full = WeightedMean {
        value: i128::MAX,
        volume: u128::MAX,
    };
    for (price, what) in [(1, "price times volume"), (0, "volume")] {
        let error = full.with(Price::new(price), Wh::new(1));
        assert_eq!(error, Err(RiskError::Overflow { what }));
    }
}
