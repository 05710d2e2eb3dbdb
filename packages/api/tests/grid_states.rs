//! Laws of the market's states and of the week.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use busbar_api::codec::CodecError;
use busbar_api::grid::{MarketState, MarketStates, Tariff, WeekTariffs, HOURS_PER_WEEK};
use busbar_units::{Interval, Price};
use proptest::prelude::*;

fn state() -> impl Strategy<Value = MarketState> {
    prop::sample::select(vec![MarketState::Open, MarketState::Restricted, MarketState::Halted])
}

#[derive(Debug, Clone)]
enum Step {
    Tighten(u64, MarketState),
    Set(u64, MarketState),
    Single(u64, MarketState),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0u64..30, state()).prop_map(|(from, state)| Step::Tighten(from, state)),
        (0u64..30, state()).prop_map(|(from, state)| Step::Set(from, state)),
        (0u64..30, state()).prop_map(|(interval, state)| Step::Single(interval, state)),
    ]
}

proptest! {
    #[test]
    fn the_tighter_of_all_and_single_counts(steps in prop::collection::vec(step(), 0..20), needed in 0u64..30) {
        let mut states = MarketStates::default();
        let mut all = [MarketState::Open; 40];
        let mut single = all;
        for step in steps {
            match step {
                Step::Tighten(from, state) => {
                    states.tighten_from(Interval::new(from), state);
                    all.iter_mut().skip(usize::try_from(from).unwrap()).for_each(|held| *held = state.max(*held));
                }
                Step::Set(from, state) => {
                    states.set_from(Interval::new(from), state);
                    all[usize::try_from(from).unwrap()..].fill(state);
                }
                Step::Single(interval, state) => {
                    states.set_single(Interval::new(interval), state);
                    single[usize::try_from(interval).unwrap()] = state;
                }
            }
        }
        prop_assert_eq!(&MarketStates::decode(&states.encode()).unwrap(), &states);
        for forgotten in [false, true] {
            for (interval, (all, single)) in (0u64..).zip(all.iter().zip(&single)) {
                if !forgotten || interval >= needed {
                    prop_assert_eq!(states.at(Interval::new(interval)), *all.max(single));
                }
            }
            states.forget_before(Interval::new(needed));
        }
        prop_assert!(states.changes() <= 31 && states.singles() <= 30);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = MarketStates::decode(&bytes);
        let _ = WeekTariffs::decode(&bytes);
    }

    #[test]
    fn a_week_comes_back_as_it_was(prices in prop::collection::vec(any::<(i64, i64)>(), HOURS_PER_WEEK)) {
        let tariffs: Vec<_> = prices
            .iter()
            .map(|(import, export)| Tariff { import: Price::new(*import), export: Price::new(*export) })
            .collect();
        let week = WeekTariffs::new(&tariffs).unwrap();
        let bytes = week.encode();
        prop_assert_eq!(&WeekTariffs::decode(&bytes).unwrap(), &week);
        prop_assert_eq!(week.hours(), &tariffs[..]);
        prop_assert_eq!(WeekTariffs::decode(&[&bytes[..], &[0]].concat()), Err(CodecError::Trailing { left: 1 }));
        prop_assert!(WeekTariffs::new(&tariffs[1..]).is_none());
        for hour in 0..400u64 {
            prop_assert_eq!(week.at(hour * 3_600), week.at((hour + 168) * 3_600 + 3_599));
        }
    }
}

#[test]
fn states_from_loose_to_tight_stop_more_and_more() {
    let rights = [MarketState::Open, MarketState::Restricted, MarketState::Halted]
        .map(|state| (state.trades(), state.cancels_and_redeems()));
    assert_eq!(rights, [(true, true), (false, true), (false, false)]);
    assert!(MarketStates::decode(&[1, 5, 3]).is_err(), "an unknown code");
    assert!(MarketStates::decode(&[0, 5, 3]).is_err(), "an unknown code");
}

#[test]
fn the_week_starts_on_monday() {
    // Monday 1 January 2024, 0:00 UTC, and Sunday before that, 23:59:59.
    assert_eq!(WeekTariffs::hour_of(1_704_067_200), 0);
    assert_eq!(WeekTariffs::hour_of(1_704_067_199), 167);
}
