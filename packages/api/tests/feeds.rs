//! Answers of feeds as they are stored, and what may be done on them.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
use busbar_api::codec::CodecError;
use busbar_api::feeds::{Answer, Doubt};
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
