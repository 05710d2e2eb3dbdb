//! Answers of feeds as they are stored, and what may be done on them.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
use busbar_api::codec::CodecError;
use busbar_api::feeds::{decode_day, encode_day, Answer, Doubt, Indices};
use busbar_risk::{Day, Ewma, Joint, WeightedMean};
use busbar_units::{Interval, Price};
use proptest::prelude::*;

fn answers() -> impl Strategy<Value = Answer> {
    let numbers = (any::<u64>(), any::<i64>(), any::<u64>(), any::<u64>(), any::<u64>());
    (numbers, any::<u8>(), any::<u32>(), any::<[bool; 3]>()).prop_map(
        |((round, value, at_s, stale_from_s, deviation), sources, unmoved, [dispersed, jumped, flat])| Answer {
            round: round.into(),
            value: value.into(),
            at_s: at_s.into(),
            stale_from_s: stale_from_s.into(),
            deviation: deviation.into(),
            sources,
            unmoved,
            dispersed,
            jumped,
            flat,
        },
    )
}

proptest! {
    #[test]
    fn an_answer_reads_back(answer in answers()) {
        prop_assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(answer) = Answer::decode(&bytes) {
            prop_assert_eq!(answer.encode(), bytes);
        }
    }

    /// Risk is taken on an answer against which nothing stands, before it is stale.
    #[test]
    fn an_answer_is_doubted_for_what_stands_against_it(answer in answers(), now_s: u64) {
        let stale = now_s >= answer.stale_from_s.u64();
        let clean = !(stale || answer.dispersed || answer.jumped || answer.flat);
        prop_assert_eq!(answer.doubt(now_s).is_none(), clean);
        prop_assert_eq!(answer.doubt(now_s) == Some(Doubt::Stale), stale);
    }
}

#[test]
fn an_answer_has_no_other_flags() {
    assert_eq!(Answer::decode(&[8]), Err(CodecError::Range { field: "flags" }));
}

fn ewmas() -> impl Strategy<Value = Ewma> {
    (-(1i128 << 100)..1 << 100, 0u128..1 << 110, any::<u32>()).prop_map(|(mean, variance, count)| Ewma {
        mean,
        variance,
        count,
    })
}

fn days() -> impl Strategy<Value = Day> {
    let mean =
        || (-(1i128 << 100)..1 << 100, 0u128..1 << 100).prop_map(|(value, volume)| WeightedMean { value, volume });
    (any::<u64>(), mean(), mean()).prop_map(|(number, base, peak)| Day { number, base, peak })
}

fn intervals() -> impl Strategy<Value = Option<Interval>> {
    prop::option::of(any::<u64>().prop_map(Interval::new))
}

proptest! {
    #[test]
    fn indices_read_back(
        averages in prop::array::uniform4(ewmas()), covariance in -(1i128 << 110)..1 << 110, price: i64,
        ats in prop::array::uniform3(intervals()), day in days(), next: u64,
    ) {
        let ([imbalance, change, x, y], [imbalance_at, price_at, joint_at]) = (averages, ats);
        let indices = Indices {
            next: Interval::new(next),
            imbalance,
            imbalance_at,
            change,
            price: price_at.map(|at| (Price::new(price), at)),
            joint: Joint { x, y, covariance },
            joint_at,
            day,
        };
        prop_assert_eq!(Indices::decode(&indices.encode()), Ok(indices));
        prop_assert_eq!(decode_day(&encode_day(&day)), Ok(day));
    }

    #[test]
    fn any_bytes_are_indices_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(indices) = Indices::decode(&bytes) {
            prop_assert_eq!(Indices::decode(&indices.encode()), Ok(indices));
        }
    }
}
