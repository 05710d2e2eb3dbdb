//! Rounds: who is believed, and what an answer is worth.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_api::feeds::{raw, Doubt, ExecuteMsg, Feed, Outcome, QueryMsg, Rejection, RoundResponse, Unit};
use busbar_feeds::ContractError;
use busbar_testing::cosmwasm_std::Binary;
use busbar_units::Money;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use support::{frequency, rejected, street, Street, FREQUENCY, STAKE};

fn doubt(street: &Street) -> Option<Doubt> {
    let (q, now_s) = (street.region.q(), street.region.now_s());
    let strict = raw::strict(&q, street.feeds.address(), FREQUENCY, now_s).unwrap();
    let told = street.feeds.feed(&q, FREQUENCY).unwrap();
    assert_eq!(strict.err(), told.doubt, "people and contracts are told the same");
    told.doubt
}

fn rounds(street: &Street) -> Vec<RoundResponse> {
    street.feeds.rounds(&street.region.q(), FREQUENCY).unwrap()
}

#[test]
fn a_round_closes_beyond_two_thirds_of_the_weight_and_names_its_sources() {
    let mut street = street(4);
    assert_eq!(doubt(&street), Some(Doubt::Missing));
    assert_eq!(street.say(0, 50_010), Outcome::Accepted {});
    assert_eq!(street.say(1, 49_990), Outcome::Accepted {});
    assert_eq!(doubt(&street), Some(Doubt::Missing));
    assert_eq!(street.say(3, 50_000), Outcome::Closed {});
    assert_eq!(doubt(&street), None);
    // Who comes later was there, and moves nothing.
    assert_eq!(street.say(2, 50_090), Outcome::Late {});
    let answer = street.answer().unwrap();
    assert_eq!(
        (answer.value.i64(), answer.deviation.u64(), answer.sources),
        (50_000, 10, 3)
    );
    let [round] = rounds(&street).try_into().unwrap();
    assert_eq!((round.answer, round.judged), (Some(50_000i64.into()), false));
    let told: Vec<_> = round
        .entries
        .iter()
        .map(|entry| (entry.reporter, entry.value.unwrap().i64(), entry.source))
        .collect();
    let told_should = [
        (0, 50_010, true),
        (1, 49_990, true),
        (2, 50_090, false),
        (3, 50_000, true),
    ];
    assert_eq!(told, told_should);
    street.next_round();
    street.settle();
    assert!(rounds(&street)[0].judged);
}

#[test]
fn a_stake_weighs_up_to_the_most_that_the_feed_allows() {
    let mut street = street(4);
    // Ten times the stake of the others, and the same weight.
    street.bond(0, 9 * STAKE);
    street.next_round();
    street.say(0, 50_000);
    let round = rounds(&street).remove(0);
    assert!(round.entries.iter().all(|entry| entry.weight == Money::new(STAKE)));
    // Below the least stake there is none.
    street.unbond(1, STAKE - 1);
    street.next_round();
    street.say(0, 50_000);
    assert_eq!(street.say(1, 50_000), rejected(Rejection::NoWeight));
    let entries = &rounds(&street)[0].entries;
    assert_eq!(
        entries.iter().map(|entry| entry.reporter).collect::<Vec<_>>(),
        [0, 2, 3]
    );
}

#[test]
fn fewer_sources_than_the_quorum_are_no_answer() {
    let mut street = street(4);
    let feed = Feed {
        quorum: 4,
        ..frequency(4)
    };
    street.define(FREQUENCY, feed);
    street.next_round();
    for number in 0..3 {
        assert_eq!(street.say(number, 50_000), Outcome::Accepted {});
    }
    assert_eq!(street.say(3, 50_000), Outcome::Closed {});
}

#[test]
fn a_report_counts_for_one_chain_contract_feed_round_reporter_and_value() {
    let mut street = street(4);
    let other = Feed {
        unit: Unit::Watts,
        ..frequency(4)
    };
    street.define("forecast", other);
    let genuine = street.report(FREQUENCY, 0, 50_000);
    let market = street.region.market.address().clone();
    let signed_for = [
        busbar_attestation::Report {
            chain: "cosmos-testnet-14003",
            ..genuine
        },
        busbar_attestation::Report {
            contract: market.as_str(),
            ..genuine
        },
        busbar_attestation::Report {
            feed: "forecast",
            ..genuine
        },
        busbar_attestation::Report {
            round: genuine.round - 1,
            ..genuine
        },
        busbar_attestation::Report {
            value: 50_001,
            ..genuine
        },
    ];
    let mut replayed: Vec<_> = signed_for
        .iter()
        .map(|report| busbar_api::feeds::SignedReport {
            signature: street.signed(report).signature,
            ..street.signed(&genuine)
        })
        .collect();
    // By another reporter's key, and by bytes that are no signature.
    replayed.push(busbar_api::feeds::SignedReport {
        reporter: 1,
        ..street.signed(&genuine)
    });
    for length in [0, 63, 65] {
        replayed.push(busbar_api::feeds::SignedReport {
            signature: Binary::from(vec![1; length]),
            ..street.signed(&genuine)
        });
    }
    let count = replayed.len();
    let genuine = street.signed(&genuine);
    replayed.push(genuine.clone());
    let outcomes = street.hand_in(replayed);
    assert_eq!(outcomes[..count], vec![rejected(Rejection::Forged); count]);
    assert_eq!(outcomes[count], Outcome::Accepted {}, "bad reports spoil no other");
    // Again it is the same report.
    assert_eq!(street.hand_in(vec![genuine.clone()]), [Outcome::Duplicate {}]);
    street.next_round();
    assert_eq!(street.hand_in(vec![genuine]), [rejected(Rejection::RoundOver)]);
}

#[test]
fn reports_that_cannot_count_are_told_by_reason() {
    let mut street = street(4);
    let told = |street: &mut Street, feed: &str, reporter: u32, value: i64| {
        let signed = street.signed(&street.report(feed, reporter, value));
        street.hand_in(vec![signed]).remove(0)
    };
    assert_eq!(told(&mut street, "weather", 0, 1), rejected(Rejection::UnknownFeed));
    for value in [44_999, 55_001, -50_000] {
        assert_eq!(told(&mut street, FREQUENCY, 0, value), rejected(Rejection::OutOfBounds));
    }
    let ahead = busbar_attestation::Report {
        round: street.round() + 1,
        ..street.report(FREQUENCY, 0, 50_000)
    };
    let ahead = street.signed(&ahead);
    assert_eq!(street.hand_in(vec![ahead]), [rejected(Rejection::RoundAhead)]);
    let mut unknown = street.signed(&street.report(FREQUENCY, 0, 50_000));
    unknown.reporter = 99;
    assert_eq!(street.hand_in(vec![unknown]), [rejected(Rejection::UnknownReporter)]);
    // Admitted and staked, but not of this feed.
    street.admit(4);
    street.bond(4, STAKE);
    assert_eq!(street.say(4, 50_000), rejected(Rejection::NoWeight));
    let remove = street.feeds.remove(0).unwrap();
    street.must(&street.owner(), remove);
    assert_eq!(street.say(0, 50_000), rejected(Rejection::UnknownReporter));
    for count in [0, 65] {
        let reports = vec![street.signed(&street.report(FREQUENCY, 1, 50_000)); count];
        let msg = street.msg(&ExecuteMsg::Report { reports });
        let error = ContractError::Count {
            field: "reports",
            count,
            min: 1,
            max: 64,
        };
        assert_eq!(street.refused(&street.account(1), msg), error);
    }
}

#[test]
fn an_answer_grows_stale_and_leaving_goes_on() {
    let mut street = street(4);
    street.minute(&[50_000; 4]);
    assert_eq!(doubt(&street), None);
    street.region.advance(149);
    assert_eq!(doubt(&street), None);
    street.region.advance(1);
    assert_eq!(doubt(&street), Some(Doubt::Stale));
    // Two of four are silent: no answer any more, and the last one is still there for leaving.
    street.minute(&[50_000; 2]);
    street.region.advance(86_400);
    assert_eq!(doubt(&street), Some(Doubt::Stale));
    assert_eq!(street.answer().unwrap().value.i64(), 50_000);
}

#[test]
fn a_jump_is_believed_when_a_second_round_confirms_it() {
    let mut street = street(4);
    street.minute(&[50_000; 4]);
    let answer = street.minute(&[49_699; 4]);
    assert!(answer.jumped);
    assert_eq!(doubt(&street), Some(Doubt::Jumped));
    street.minute(&[49_700; 4]);
    assert_eq!(doubt(&street), None);
    // Up to the bound it is no jump.
    street.minute(&[50_000; 4]);
    assert_eq!(doubt(&street), None);
}

#[test]
fn a_flat_line_is_doubted_until_it_moves() {
    let mut street = street(4);
    for _ in 0..3 {
        street.minute(&[50_000; 4]);
        assert_eq!(doubt(&street), None);
    }
    assert_eq!(street.minute(&[50_000; 4]).unmoved, 4);
    assert_eq!(doubt(&street), Some(Doubt::Flat));
    street.minute(&[50_001; 4]);
    assert_eq!(doubt(&street), None);
    // Where standing still is natural, as for the sun at night, it is no matter.
    let feed = Feed {
        flat_rounds: 0,
        ..frequency(4)
    };
    street.define(FREQUENCY, feed);
    for _ in 0..9 {
        street.minute(&[50_002; 4]);
    }
    assert_eq!(doubt(&street), None);
}

#[test]
fn sources_that_disagree_are_doubted_and_one_liar_is_not_enough() {
    let mut street = street(4);
    street.minute(&[50_000, 50_021, 50_042]);
    assert_eq!(doubt(&street), Some(Doubt::Dispersed));
    street.minute(&[50_000, 50_010, 54_000]);
    let answer = street.answer().unwrap();
    assert_eq!((answer.value.i64(), answer.deviation.u64()), (50_010, 10));
    assert_eq!(doubt(&street), None);
}

/// A wholesale price may be negative; a frequency may not, whatever is signed.
#[test]
fn negative_values_are_taken_where_the_feed_allows_them() {
    let mut street = street(4);
    let price = Feed {
        unit: Unit::MillionthsPerKwh,
        min: (-500_000i64).into(),
        max: 4_000_000i64.into(),
        ..frequency(4)
    };
    street.define("wholesale", price);
    let reports = (0..3).map(|number| street.signed(&street.report("wholesale", number, -70_000)));
    let outcomes = street.hand_in(reports.collect());
    assert_eq!(outcomes[2], Outcome::Closed {});
    let answer = raw::relaxed(&street.region.q(), street.feeds.address(), "wholesale").unwrap();
    assert_eq!(answer.unwrap().value.i64(), -70_000);
    assert_eq!(street.say(0, -70_000), rejected(Rejection::OutOfBounds));
}

#[test]
fn rounds_are_kept_in_a_ring_and_read_by_pages() {
    let mut street = street(4);
    let first = street.round() + 1;
    for _ in 0..260 {
        street.next_round();
        street.say(0, 50_000);
    }
    let mut all: Vec<RoundResponse> = vec![];
    loop {
        let query = QueryMsg::Rounds {
            feed: FREQUENCY.into(),
            before: all.last().map(|round| round.round),
            limit: None,
        };
        let page: Vec<RoundResponse> = street.feeds.ask(&street.region.q(), &query).unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 30);
        all.extend(page);
    }
    let numbers: Vec<u64> = all.iter().map(|round| round.round.u64()).collect();
    // The running round and the last 256 that were judged.
    let kept: Vec<u64> = (first + 3..first + 260).rev().collect();
    assert_eq!(numbers, kept);
    assert!(all[1..].iter().all(|round| round.judged && round.answer.is_none()));
}

/// With f of 3f + 1 reporters lying, whatever they say and whenever: the answer lies within the honest range.
#[test]
fn with_f_of_3f_and_1_lying_the_answer_is_an_honest_one() {
    let streets: Vec<Street> = (1u32..=5).map(|f| street(3 * f + 1)).collect();
    let values = (
        1u32..=5,
        prop::collection::vec(49_000i64..51_000, 11),
        prop::collection::vec(45_000i64..=55_000, 5),
        Just((0u32..16).collect::<Vec<_>>()).prop_shuffle(),
    );
    let mut runner = TestRunner::new(ProptestConfig::with_cases(128));
    let law = runner.run(&values, |(f, honest, lies, order)| {
        let mut street = streets[f as usize - 1].fork();
        // The liars are the first f.
        let value = |number: u32| match number < f {
            true => lies[number as usize],
            false => honest[(number - f) as usize],
        };
        let reporters = order.into_iter().filter(|number| *number < 3 * f + 1);
        let reports = reporters.map(|number| street.signed(&street.report(FREQUENCY, number, value(number))));
        let reports = reports.collect();
        let outcomes = street.hand_in(reports);
        let closed = outcomes.contains(&Outcome::Closed {});
        prop_assert!(closed);
        let answer = street.answer().unwrap();
        let entries = rounds(&street).remove(0).entries;
        let sources: Vec<_> = entries.iter().filter(|entry| entry.source).collect();
        prop_assert_eq!(sources.len(), usize::from(answer.sources));
        let honest: Vec<_> = sources
            .iter()
            .filter(|entry| entry.reporter >= f)
            .map(|entry| entry.value.unwrap())
            .collect();
        prop_assert!(honest.iter().min().unwrap() <= &answer.value && &answer.value <= honest.iter().max().unwrap());
        Ok(())
    });
    law.unwrap();
}
