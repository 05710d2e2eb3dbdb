//! Each term does what it says and stays within its bound; the anchor is a mean over whole days.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod support;

use busbar_curves::{Band, Conditions, CurveError, Profile, Spread, Terms, Value};
use busbar_units::{Millihertz, Ppm, Price};
use proptest::prelude::*;
use support::{any_conditions, any_spread};

const SPREAD: Spread = Spread {
    base: Ppm::new(4_000),
    volatility_gain: Ppm::new(100_000),
    volatility_max: Ppm::new(20_000),
    nominal: Millihertz::new(50_000),
    dead_band: Millihertz::new(20),
    frequency_gain: Ppm::new(1_000),
    frequency_max: Ppm::new(100_000),
    inventory_max: Ppm::new(30_000),
    inventory_relief: Ppm::new(500_000),
    shape_gain: Ppm::new(500_000),
    shape_max: Ppm::new(300_000),
    reach: Ppm::new(400_000),
    rebate: Ppm::new(200_000),
    fund: Ppm::new(100_000),
};

const CALM: Conditions = Conditions {
    anchor: Price::new(200_000),
    expected: Price::new(200_000),
    cap: Price::new(540_000),
    volatility: Ppm::ZERO,
    frequency: None,
};

fn terms(conditions: Conditions, energy: u128, coin: u128) -> (i64, i64, i64) {
    let Terms { ask, bid, lean, .. } = SPREAD.terms(conditions, Value::new(energy), Value::new(coin)).unwrap();
    (ask.get(), bid.get(), lean.get())
}

#[test]
fn calm_and_even_is_the_base_on_both_sides() {
    assert_eq!(terms(CALM, 100, 100), (4_000, 4_000, 0));
}

#[test]
fn volatility_widens_both_sides_up_to_its_bound() {
    let at = |volatility| {
        let volatility = Ppm::new(volatility);
        terms(Conditions { volatility, ..CALM }, 100, 100)
    };
    assert_eq!(at(50_000), (9_000, 9_000, 0));
    assert_eq!(at(500_000), (24_000, 24_000, 0));
    assert_eq!(at(-1), (4_000, 4_000, 0));
}

#[test]
fn a_short_pool_charges_buyers_more_and_sellers_less() {
    // Three quarters coin: half one-sided.
    assert_eq!(terms(CALM, 100, 300), (19_000, 3_000, 0));
    assert_eq!(terms(CALM, 300, 100), (3_000, 19_000, 0));
    assert_eq!(terms(CALM, 0, 100), (34_000, 2_000, 0));
    assert_eq!(terms(CALM, 0, 0), (4_000, 4_000, 0));
}

#[test]
fn low_frequency_raises_both_prices_and_high_frequency_mirrors_it() {
    let at = |frequency| {
        let frequency = Some(Millihertz::new(frequency));
        terms(Conditions { frequency, ..CALM }, 100, 100)
    };
    assert_eq!(at(49_980), (4_000, 4_000, 0));
    assert_eq!(at(49_979), (4_000, 4_000, 1_000));
    assert_eq!(at(50_021), (4_000, 4_000, -1_000));
    assert_eq!(at(49_000), (4_000, 4_000, 100_000));
    assert_eq!(at(51_000), (4_000, 4_000, -100_000));
}

#[test]
fn the_shape_of_the_day_moves_only_the_side_that_takes_what_is_short() {
    let at = |expected| {
        let expected = Price::new(expected);
        terms(Conditions { expected, ..CALM }, 100, 100)
    };
    assert_eq!(at(280_000), (204_000, 4_000, 0));
    assert_eq!(at(120_000), (4_000, 204_000, 0));
    assert_eq!(at(500_000), (304_000, 4_000, 0));
    assert_eq!(at(-500_000), (4_000, 304_000, 0));
}

#[test]
fn reach_bounds_both_sides_within_zero_and_the_cap() {
    let at = |expected| {
        let expected = Price::new(expected);
        let conditions = Conditions { expected, ..CALM };
        let Terms { highest, lowest, .. } = SPREAD.terms(conditions, Value::new(100), Value::new(100)).unwrap();
        (highest.get(), lowest.get())
    };
    assert_eq!(at(200_000), (280_000, 120_000));
    assert_eq!(at(500_000), (540_000, 300_000));
    assert_eq!(at(-100_000), (-140_000, 0));
}

#[test]
fn every_parameter_has_bounds() {
    assert_eq!(SPREAD.check(), Ok(()));
    type Change = fn(&mut Spread, Ppm);
    let fields: [(&str, Change, i64); 11] = [
        ("base", |s, v| s.base = v, 100_000),
        ("volatility_gain", |s, v| s.volatility_gain = v, 10_000_000),
        ("volatility_max", |s, v| s.volatility_max = v, 200_000),
        ("frequency_gain", |s, v| s.frequency_gain = v, 100_000),
        ("frequency_max", |s, v| s.frequency_max = v, 350_000),
        ("inventory_max", |s, v| s.inventory_max = v, 200_000),
        ("inventory_relief", |s, v| s.inventory_relief = v, 1_000_000),
        ("shape_gain", |s, v| s.shape_gain = v, 1_000_000),
        ("shape_max", |s, v| s.shape_max = v, 3_000_000),
        ("rebate", |s, v| s.rebate = v, 1_000_000),
        ("fund", |s, v| s.fund = v, 1_000_000),
    ];
    for (name, change, max) in fields {
        for value in [-1, max + 1] {
            let mut spread = SPREAD;
            change(&mut spread, Ppm::new(value));
            let refused = spread.check().unwrap_err();
            assert!(
                matches!(refused, CurveError::Parameter { field, .. } if field == name),
                "{name}"
            );
        }
    }
    for value in [49_999, 100_000_001] {
        let reach = Ppm::new(value);
        let refused = Spread { reach, ..SPREAD }.check().unwrap_err();
        assert!(matches!(refused, CurveError::Parameter { field: "reach", .. }));
    }
    let greedy = Spread {
        rebate: Ppm::new(600_000),
        fund: Ppm::new(600_000),
        ..SPREAD
    };
    assert!(matches!(
        greedy.check(),
        Err(CurveError::Parameter {
            field: "rebate and fund",
            ..
        })
    ));
}

#[test]
fn positions_and_prices_of_a_band() {
    let band = Band::new(Price::new(60_000), Price::new(210_000)).unwrap();
    for (price, position) in [
        (60_000, 0),
        (135_000, 500_000),
        (210_000, 1_000_000),
        (0, 0),
        (900_000, 1_000_000),
    ] {
        assert_eq!(band.position(Price::new(price)), Ppm::new(position));
    }
    assert_eq!(band.price(Ppm::new(250_000)), Price::new(97_500));
    let (export, import) = (Price::new(5), Price::new(5));
    assert_eq!(
        Band::new(export, import).unwrap_err(),
        CurveError::Band { export, import }
    );
}

#[test]
fn a_profile_needs_entries_tariffs_and_a_weight() {
    assert_eq!(Profile::new(0).unwrap_err(), CurveError::Missing { field: "profile" });
    let mut profile = Profile::new(24).unwrap();
    assert_eq!(
        profile.anchor(0, &[]).unwrap_err(),
        CurveError::Missing { field: "tariffs" }
    );
    assert_eq!(Profile::cap(&[]).unwrap_err(), CurveError::Missing { field: "tariffs" });
    let band = Band::new(Price::new(0), Price::new(100)).unwrap();
    let refused = profile.record(0, band, None, Ppm::new(1_000_001)).unwrap_err();
    assert!(matches!(refused, CurveError::Parameter { field: "weight", .. }));
}

#[test]
fn an_interval_without_trade_leaves_the_index_where_it_stood() {
    let band = Band::new(Price::new(0), Price::new(100)).unwrap();
    let mut profile = Profile::new(3).unwrap();
    profile.record(0, band, Some(Price::new(90)), Ppm::ONE).unwrap();
    profile.record(1, band, None, Ppm::ONE).unwrap();
    profile
        .record(2, band, Some(Price::new(10)), Ppm::new(500_000))
        .unwrap();
    let expected =
        |carry| [0, 1, 2, 3].map(|interval| profile.expected(interval, band, Ppm::new(carry)).unwrap().get());
    assert_eq!(expected(0), [90, 90, 30, 90]);
    // The last price lay 40 below its entry of one half: half of that is carried on.
    assert_eq!(expected(500_000), [70, 70, 10, 70]);
    assert_eq!(profile.anchor(5, &[band; 3]), Ok(Price::new(70)));
    let refused = profile.expected(0, band, Ppm::new(1_000_001)).unwrap_err();
    assert!(matches!(refused, CurveError::Parameter { field: "carry", .. }));
}

fn any_day() -> impl Strategy<Value = Vec<(Band, Price)>> {
    let hour = (0i64..300_000, 1i64..500_000, 0i64..800_000);
    prop::collection::vec(hour, 1..48).prop_map(|day| {
        let hour = |(export, width, price)| {
            let band = Band::new(Price::new(export), Price::new(export + width)).unwrap();
            (band, Price::new(price))
        };
        day.into_iter().map(hour).collect()
    })
}

proptest! {
    /// While days repeat, the anchor is the same in every interval: who knows the table of tariffs alone knows nothing.
    #[test]
    fn the_anchor_does_not_follow_the_table(day in any_day(), start in 0usize..1000) {
        let mut profile = Profile::new(day.len()).unwrap();
        for (interval, (band, price)) in day.iter().enumerate() {
            profile.record(interval, *band, Some(*price), Ppm::ONE).unwrap();
        }
        let bands = |first: usize| (0..day.len()).map(|step| day[(first + step) % day.len()].0).collect::<Vec<_>>();
        prop_assert_eq!(profile.anchor(start, &bands(start)).unwrap(), profile.anchor(0, &bands(0)).unwrap());
    }

    /// One interval moves the anchor by no more than its part of the widest band.
    #[test]
    fn one_interval_moves_the_anchor_by_its_part(day in any_day(), spot in 0i64..10_000_000) {
        let mut profile = Profile::new(day.len()).unwrap();
        let bands: Vec<_> = day.iter().map(|(band, _)| *band).collect();
        let before = profile.anchor(0, &bands).unwrap().get();
        profile.record(0, bands[0], Some(Price::new(spot)), Ppm::ONE).unwrap();
        let after = profile.anchor(0, &bands).unwrap().get();
        let count = i64::try_from(bands.len()).unwrap();
        prop_assert!((after - before).abs() <= 500_000 / count + 1);
    }

    /// Whatever the conditions: no side is ever below zero, a seller keeps something, and a buyer and a seller of the
    /// same moment never cross.
    #[test]
    fn terms_stay_within_bounds(spread in any_spread(), conditions in any_conditions(), x in 0u128..1 << 90, y in 0u128..1 << 90) {
        spread.check().unwrap();
        let terms = spread.terms(conditions, Value::new(x), Value::new(y)).unwrap();
        prop_assert!(terms.ask >= Ppm::ZERO && terms.bid >= Ppm::ZERO);
        let bound = spread.base.get() + spread.volatility_max.get() + spread.inventory_max.get() + spread.shape_max.get();
        prop_assert!(terms.ask.get() <= bound && terms.bid.get() <= bound);
        prop_assert!(terms.lean.get().abs() <= spread.frequency_max.get());
        prop_assert!(terms.bid.get() + terms.lean.get().abs() < 1_000_000);
    }
}
