//! Who may do what, and the bounds of what is asked for.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_api::feeds::{bounds, ExecuteMsg, Feed, FeedError, Params, Unit};
use busbar_attestation::{Curve, KeyError, SigningKey};
use busbar_feeds::ContractError;
use busbar_testing::cosmwasm_std::{coins, Binary, WasmMsg};
use busbar_units::Money;
use support::{frequency, params, street, Street, FREQUENCY};

fn key(seed: &[u8]) -> busbar_api::registry::Key {
    SigningKey::generate(Curve::Secp256k1, seed)
        .unwrap()
        .public_key()
        .into()
}

/// One of each, without coins.
fn messages(street: &Street) -> Vec<ExecuteMsg> {
    vec![
        ExecuteMsg::Admit {
            account: street.region.guardian.to_string(),
            name: "New".into(),
            key: key(b"new"),
        },
        ExecuteMsg::Remove { reporter: 3 },
        ExecuteMsg::Define {
            name: FREQUENCY.into(),
            feed: frequency(4),
        },
        ExecuteMsg::SetParams {
            params: Params {
                recipient: street.region.utility.to_string(),
                ..params()
            },
        },
        ExecuteMsg::SetKey { key: key(b"other") },
        ExecuteMsg::Bond {},
        ExecuteMsg::Unbond { amount: Money::new(1) },
        ExecuteMsg::Withdraw {},
        ExecuteMsg::Report {
            reports: vec![street.signed(&street.report(FREQUENCY, 0, 50_000))],
        },
        ExecuteMsg::Settle { feed: FREQUENCY.into() },
        ExecuteMsg::Sweep {},
        ExecuteMsg::Advance {
            interval: street.feeds.indices(&street.region.q()).unwrap().next,
        },
    ]
}

/// Owner, grid operator, utility, reporter, stranger: who may send which message.
#[test]
fn owners_govern_reporters_stake_and_anyone_reports() {
    let street = eventful();
    let callers = [
        street.owner(),
        street.region.operator.clone(),
        street.region.utility.clone(),
        street.account(0),
        street.region.app.api().addr_make("stranger"),
    ];
    for (who, caller) in callers.into_iter().enumerate() {
        for (kind, msg) in messages(&street).into_iter().enumerate() {
            let mut street = eventful();
            street.region.fund(&caller, Money::new(9));
            let funds = if matches!(msg, ExecuteMsg::Bond {}) {
                coins(9, "ucoin")
            } else {
                vec![]
            };
            let sent = street.region.send(&caller, street.feeds.execute(&msg, funds).unwrap());
            let allowed = match kind {
                0..=3 => who == 0,
                4..=7 => who == 3,
                _ => true,
            };
            let Err(error) = sent else {
                assert!(allowed, "{msg:?} by caller {who}");
                street.sane();
                continue;
            };
            assert!(!allowed, "{msg:?} by caller {who}: {error:#}");
            let sender = caller.clone();
            let expected = match kind {
                0..=3 => ContractError::NotTheOwner { sender },
                _ => ContractError::NotAReporter { sender },
            };
            assert_eq!(error.downcast::<ContractError>().unwrap(), expected);
        }
    }
}

/// Somebody was off, somebody has unbonded, a round waits to be judged, and an interval is final.
fn eventful() -> Street {
    let mut street = street(4);
    street.minute(&[50_000, 50_000, 50_000, 54_000]);
    street.next_round();
    street.settle();
    street.unbond(0, 1);
    street.region.advance(3 * 86_400);
    let next = street.feeds.indices(&street.region.q()).unwrap().next;
    street.region.finalise(next);
    street.say(1, 50_000);
    street.next_round();
    street
}

#[test]
fn no_message_to_the_feeds_takes_coins_but_a_stake() {
    let mut street = street(4);
    let owner = street.owner();
    street.region.fund(&owner, Money::new(9));
    for msg in messages(&street) {
        if !matches!(msg, ExecuteMsg::Bond {}) {
            let paid = street.feeds.execute(&msg, coins(1, "ucoin")).unwrap();
            assert_eq!(
                street.refused(&owner, paid),
                ContractError::UnexpectedFunds { count: 1 }
            );
        }
    }
}

#[test]
fn accounts_keys_and_names_of_reporters_are_checked() {
    let mut street = street(4);
    let owner = street.owner();
    let taken = street.account(1);
    let fresh = street.region.account("fresh");
    let admit = |street: &Street, account: &str, name: &str, key| {
        street.feeds.execute(
            &ExecuteMsg::Admit {
                account: account.into(),
                name: name.into(),
                key,
            },
            vec![],
        )
    };
    let msg = admit(&street, taken.as_str(), "Again", key(b"k")).unwrap();
    assert_eq!(
        street.refused(&owner, msg),
        ContractError::AccountTaken {
            account: taken,
            reporter: 1
        }
    );
    let own = street.reporters[2].1.public_key();
    let msg = admit(&street, fresh.as_str(), "Twin", own.into()).unwrap();
    assert_eq!(street.refused(&owner, msg), ContractError::KeyTaken { reporter: 2 });
    let set = street.feeds.set_key(own).unwrap();
    let account = street.account(1);
    assert_eq!(street.refused(&account, set), ContractError::KeyTaken { reporter: 2 });
    let short = busbar_api::registry::Key {
        curve: Curve::Ed25519,
        bytes: Binary::from([1; 31]),
    };
    let msg = admit(&street, fresh.as_str(), "Short", short).unwrap();
    let error = KeyError::Length {
        curve: Curve::Ed25519,
        expected: 32,
        length: 31,
    };
    assert_eq!(street.refused(&owner, msg), ContractError::Key(error));
    for name in ["".to_owned(), "a".repeat(65), "a\nb".into()] {
        let msg = admit(&street, fresh.as_str(), &name, key(b"k")).unwrap();
        let (field, length, max) = ("name", name.len(), 64);
        assert_eq!(street.refused(&owner, msg), ContractError::Text { field, length, max });
    }
    // An address in another case is nobody's.
    let msg = admit(&street, &fresh.as_str().to_uppercase(), "Loud", key(b"k")).unwrap();
    assert!(matches!(street.refused(&owner, msg), ContractError::Std(_)));
    let remove = street.feeds.remove(9).unwrap();
    assert_eq!(
        street.refused(&owner, remove),
        ContractError::UnknownReporter { reporter: 9 }
    );
    // A key that was given up is free, and the old one signs nothing any more.
    let set = street
        .feeds
        .set_key(SigningKey::generate(Curve::Ed25519, b"x").unwrap().public_key())
        .unwrap();
    street.must(&account, set);
    let forged = support::rejected(busbar_api::feeds::Rejection::Forged);
    assert_eq!(street.say(1, 50_000), forged);
}

#[test]
fn every_figure_of_a_feed_is_bounded() {
    let mut street = street(4);
    let owner = street.owner();
    let refuse = |street: &mut Street, feed: Feed, error: FeedError| {
        let define = street.feeds.define("other", feed).unwrap();
        assert_eq!(street.refused(&owner, define), ContractError::Feed(error));
    };
    let bound = |field, value: u128, min: u128, max: u128| FeedError::Bounds { field, value, min, max };
    let feed = || frequency(4);
    for round_s in [0, 86_401] {
        let error = bound("round_s", round_s.into(), 1, 86_400);
        refuse(&mut street, Feed { round_s, ..feed() }, error);
    }
    for staleness_s in [0, 604_801] {
        let error = bound("staleness_s", staleness_s.into(), 1, 604_800);
        refuse(&mut street, Feed { staleness_s, ..feed() }, error);
    }
    let reporters = (0..17).collect();
    refuse(
        &mut street,
        Feed { reporters, ..feed() },
        bound("count of reporters", 17, 0, 16),
    );
    for quorum in [0, 5] {
        refuse(
            &mut street,
            Feed { quorum, ..feed() },
            bound("quorum", quorum.into(), 1, 4),
        );
    }
    let top = *bounds::COIN.end();
    for value in [0, top + 1] {
        let most = Money::new(value);
        refuse(&mut street, Feed { most, ..feed() }, bound("most", value, 1, top));
    }
    let beyond = Money::new(top + 1);
    let outlier_slash = bound("outlier_slash", top + 1, 0, top);
    refuse(
        &mut street,
        Feed {
            outlier_slash: beyond,
            ..feed()
        },
        outlier_slash,
    );
    let missing_slash = bound("missing_slash", top + 1, 0, top);
    refuse(
        &mut street,
        Feed {
            missing_slash: beyond,
            ..feed()
        },
        missing_slash,
    );
    let (min, max) = (55_000i64.into(), 55_000i64.into());
    refuse(&mut street, Feed { min, ..feed() }, FeedError::Range { min, max });
    let (outlier, deviation) = (19u64.into(), 20u64.into());
    refuse(
        &mut street,
        Feed { outlier, ..feed() },
        FeedError::Outlier { outlier, deviation },
    );
    let reporters = vec![0, 1, 2, 1];
    refuse(
        &mut street,
        Feed { reporters, ..feed() },
        FeedError::Twice { reporter: 1 },
    );
    for name in ["".to_owned(), "a".repeat(33), "Wind".into(), "a/b".into()] {
        let define = street.feeds.define(&name, feed()).unwrap();
        assert_eq!(
            street.refused(&owner, define),
            ContractError::Feed(FeedError::Name { name })
        );
    }
    // Its reporters are there.
    let define = street.feeds.define("other", frequency(5)).unwrap();
    assert_eq!(
        street.refused(&owner, define),
        ContractError::UnknownReporter { reporter: 4 }
    );
    let remove = street.feeds.remove(3).unwrap();
    street.must(&owner, remove);
    let define = street.feeds.define("other", feed()).unwrap();
    assert_eq!(street.refused(&owner, define), ContractError::Removed { reporter: 3 });
}

#[test]
fn every_parameter_of_stakes_is_bounded() {
    let mut street = street(4);
    let owner = street.owner();
    let top = *bounds::COIN.end();
    let recipient = street.region.utility.to_string();
    let params = || Params {
        recipient: recipient.clone(),
        ..params()
    };
    let mut refuse = |params: Params, field, value: u128, min: u128, max: u128| {
        let msg = street.feeds.set_params(params).unwrap();
        let error = FeedError::Bounds { field, value, min, max };
        assert_eq!(street.refused(&owner, msg), ContractError::Feed(error));
    };
    for unbonding_s in [3 * 86_400 - 1, 90 * 86_400 + 1] {
        let asked = Params {
            unbonding_s,
            ..params()
        };
        refuse(asked, "unbonding_s", unbonding_s.into(), 259_200, 7_776_000);
    }
    for value in [0, top + 1] {
        let min_stake = Money::new(value);
        refuse(Params { min_stake, ..params() }, "min_stake", value, 1, top);
    }
    let day_slash = Money::new(top + 1);
    refuse(Params { day_slash, ..params() }, "day_slash", top + 1, 0, top);
    let nobody = Params {
        recipient: "nobody".into(),
        ..params()
    };
    let msg = street.feeds.set_params(nobody).unwrap();
    assert!(matches!(street.refused(&owner, msg), ContractError::Std(_)));
}

#[test]
fn a_feed_changes_from_its_next_round_on_and_keeps_unit_and_length() {
    let mut street = street(4);
    let owner = street.owner();
    street.next_round();
    street.say(0, 50_000);
    let changed = Feed {
        missing_slash: Money::new(77),
        ..frequency(4)
    };
    street.define(FREQUENCY, changed.clone());
    // The running round is judged by what it began with.
    let told = street.feeds.feed(&street.region.q(), FREQUENCY).unwrap();
    assert_eq!(told.feed, frequency(4));
    assert_eq!(told.pending.unwrap().from_round.u64(), street.round() + 1);
    street.all_say(1..3, 50_000);
    street.next_round();
    let told = street.feeds.feed(&street.region.q(), FREQUENCY).unwrap();
    assert_eq!((told.feed, told.pending), (changed, None));
    street.all_say(0..3, 50_000);
    assert_eq!(street.lost(3), 10_000);
    street.next_round();
    street.settle();
    assert_eq!(street.lost(3), 10_077);
    for (field, feed) in [
        (
            "unit",
            Feed {
                unit: Unit::Ppm,
                ..frequency(4)
            },
        ),
        (
            "round_s",
            Feed {
                round_s: 61,
                ..frequency(4)
            },
        ),
    ] {
        let define = street.feeds.define(FREQUENCY, feed).unwrap();
        assert_eq!(street.refused(&owner, define), ContractError::Fixed { field });
    }
}

/// A change that comes while a round has ended unjudged: that round is judged by what it began with.
#[test]
fn a_change_judges_what_has_ended_first() {
    let mut street = street(4);
    street.minute(&[50_000; 3]);
    street.next_round();
    let dear = Feed {
        missing_slash: Money::new(90_000),
        ..frequency(4)
    };
    street.define(FREQUENCY, dear);
    assert_eq!(street.lost(3), 10_000);
}

#[test]
fn a_region_has_a_bounded_number_of_feeds_and_lists_them() {
    let mut street = street(4);
    let owner = street.owner();
    for number in 1..bounds::FEEDS {
        street.define(&format!("feed-{number:02}"), frequency(4));
    }
    let define = street.feeds.define("one-more", frequency(4)).unwrap();
    let max = bounds::FEEDS;
    assert_eq!(street.refused(&owner, define), ContractError::TooManyFeeds { max });
    let page = |start_after: Option<String>, limit| {
        let query = busbar_api::feeds::QueryMsg::Feeds { start_after, limit };
        let feeds: Vec<busbar_api::feeds::FeedResponse> = street.feeds.ask(&street.region.q(), &query).unwrap();
        feeds.into_iter().map(|feed| feed.name).collect::<Vec<_>>()
    };
    assert_eq!(page(None, None).len(), max);
    assert_eq!(page(Some("feed-14".into()), Some(1)), ["feed-15"]);
    assert_eq!(page(Some("feed-15".into()), None), [FREQUENCY]);
}

#[test]
fn founding_feeds_checks_grid_and_recipient() {
    use busbar_testing::cw_multi_test::Executor;
    let mut street = street(4);
    let owner = street.owner();
    let code = support::store(&mut street.region);
    let (grid, market) = (
        street.region.grid.address().to_string(),
        street.region.market.address().to_string(),
    );
    let utility = street.region.utility.to_string();
    for (grid, recipient) in [
        ("nobody", utility.as_str()),
        (market.as_str(), &utility),
        (grid.as_str(), "nobody"),
    ] {
        let msg = busbar_api::feeds::InstantiateMsg {
            grid: grid.into(),
            params: Params {
                recipient: recipient.into(),
                ..params()
            },
            indices: support::RULES,
        };
        let founded = street
            .region
            .app
            .instantiate_contract(code, owner.clone(), &msg, &[], "feeds", None);
        let error: ContractError = founded.unwrap_err().downcast().unwrap();
        assert!(matches!(error, ContractError::Std(_)), "{grid} {recipient}: {error}");
    }
    let config: busbar_api::feeds::ConfigResponse = street
        .feeds
        .ask(&street.region.q(), &busbar_api::feeds::QueryMsg::Config {})
        .unwrap();
    assert_eq!((config.grid.as_str(), config.denom.as_str()), (grid.as_str(), "ucoin"));
}

#[test]
fn nested_or_unknown_messages_to_the_feeds_are_errors() {
    let mut street = street(4);
    let owner = street.owner();
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for json in [nested.as_str(), "{\"mint\":{}}", "{\"withdraw\":{},\"sweep\":{}}", ""] {
        let msg = WasmMsg::Execute {
            contract_addr: street.feeds.address().to_string(),
            msg: json.as_bytes().into(),
            funds: vec![],
        };
        assert!(street.region.send(&owner, msg).is_err(), "no message");
    }
}
