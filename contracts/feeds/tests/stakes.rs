//! Stakes: what an outlier and a missing reporter lose, and how coin comes and goes.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_api::feeds::{ExecuteMsg, Feed, Outcome, Params};
use busbar_feeds::ContractError;
use busbar_testing::cosmwasm_std::coin;
use busbar_units::Money;
use support::{frequency, params, street, FREQUENCY, STAKE};

const DAY_S: u64 = 86_400;

#[test]
fn outliers_and_missing_reporters_lose_what_the_feed_says() {
    let mut street = street(5);
    street.minute(&[50_000, 50_000, 50_100, 50_101]);
    street.next_round();
    street.settle();
    // Up to the distance nobody is an outlier.
    assert_eq!(
        (0..5).map(|number| street.lost(number)).collect::<Vec<_>>(),
        [0, 0, 0, 50_000, 10_000]
    );
    let round = street.feeds.rounds(&street.region.q(), FREQUENCY).unwrap().remove(0);
    let slashed: Vec<_> = round.entries.iter().map(|entry| entry.slashed.get()).collect();
    assert_eq!(slashed, [0, 0, 0, 50_000, 10_000]);
    // It goes to the recipient, once.
    let (utility, anyone) = (street.region.utility.clone(), street.region.account("anyone"));
    let before = street.region.coin(&utility).get();
    let sweep = street.feeds.sweep().unwrap();
    street.must(&anyone, sweep.clone());
    assert_eq!(street.region.coin(&utility).get() - before, 60_000);
    assert_eq!(street.refused(&anyone, sweep), ContractError::NothingToSweep {});
}

#[test]
fn where_too_few_answered_nobody_is_an_outlier_and_the_silent_pay() {
    let mut street = street(4);
    street.next_round();
    street.say(0, 50_000);
    street.say(1, 46_000);
    // A round that nobody spoke in costs nobody anything: a chain that stands still is nobody's fault.
    street.region.advance(600);
    street.settle();
    assert_eq!(
        (0..4).map(|number| street.lost(number)).collect::<Vec<_>>(),
        [0, 0, 10_000, 10_000]
    );
}

#[test]
fn two_values_for_one_round_cost_what_an_outlier_pays() {
    let mut street = street(4);
    street.next_round();
    street.say(0, 50_000);
    assert_eq!(street.say(0, 50_001), Outcome::Conflict {});
    assert_eq!(street.say(0, 50_002), Outcome::Conflict {});
    street.all_say(1..4, 50_000);
    street.next_round();
    // The next round's first report judges the one before.
    street.say(1, 50_000);
    assert_eq!(
        (0..4).map(|number| street.lost(number)).collect::<Vec<_>>(),
        [50_000, 0, 0, 0]
    );
    let judged = street.feeds.rounds(&street.region.q(), FREQUENCY).unwrap().remove(1);
    assert!(judged.entries[0].conflict);
    assert_eq!(judged.entries[0].value.unwrap().i64(), 50_000, "the first one stands");
}

#[test]
fn a_day_costs_no_more_than_its_bound_and_never_more_than_the_stake() {
    let mut street = street(4);
    let start = (street.region.now_s() / DAY_S + 1) * DAY_S;
    street.region.go(start);
    for _ in 0..4 {
        street.minute(&[50_000, 50_000, 50_000, 54_000]);
    }
    street.next_round();
    street.settle();
    assert_eq!(street.lost(3), 100_000, "four rounds of 50,000");
    street.region.go(start + DAY_S);
    street.minute(&[50_000, 50_000, 50_000, 54_000]);
    street.next_round();
    street.settle();
    assert_eq!(street.lost(3), 150_000);
    // A slash beyond all that is there takes all, what unbonds included.
    street.unbond(3, STAKE - 150_000 - 2_000_000);
    let owner = street.owner();
    let recipient = street.region.utility.to_string();
    let params = Params {
        day_slash: Money::new(1 << 80),
        recipient,
        ..params()
    };
    let msg = street.feeds.set_params(params).unwrap();
    street.must(&owner, msg);
    let feed = Feed {
        outlier_slash: Money::new(9_000_000),
        ..frequency(4)
    };
    street.define(FREQUENCY, feed);
    street.minute(&[50_000, 50_000, 50_000, 54_000]);
    street.next_round();
    street.settle();
    let left = street.reporter(3);
    assert_eq!((left.bonded.get(), left.slashed.get()), (0, 9_150_000));
    assert_eq!(left.unbonding[0].amount.get(), STAKE - 9_150_000);
    // Without stake there is no weight, and no further loss.
    street.minute(&[50_000, 50_000, 50_000, 54_000]);
    street.next_round();
    street.settle();
    assert_eq!(street.lost(3), 9_150_000);
    street.bond(3, 1_000_000);
    street.minute(&[50_000, 50_000, 50_000, 54_000]);
    street.next_round();
    street.settle();
    assert_eq!(street.lost(3), STAKE + 1_000_000);
    assert!(street.reporter(3).unbonding.is_empty());
}

#[test]
fn a_stake_goes_out_after_the_unbonding_period() {
    let mut street = street(4);
    let account = street.account(0);
    street.unbond(0, 4_000_000);
    let due_s = street.region.now_s() + 3 * DAY_S;
    let withdraw = street.feeds.withdraw().unwrap();
    let error = ContractError::NothingDue { next_s: Some(due_s) };
    assert_eq!(street.refused(&account, withdraw.clone()), error);
    street.region.go(due_s - 1);
    assert_eq!(street.refused(&account, withdraw.clone()), error);
    street.region.go(due_s);
    let before = street.region.coin(&account).get();
    street.must(&account, withdraw.clone());
    assert_eq!(street.region.coin(&account).get() - before, 4_000_000);
    let error = ContractError::NothingDue { next_s: None };
    assert_eq!(street.refused(&account, withdraw), error);
}

#[test]
fn nobody_leaves_before_the_verdict() {
    let mut street = street(4);
    street.next_round();
    street.say(3, 54_000);
    street.unbond(3, STAKE);
    street.all_say(0..3, 50_000);
    // Nobody judges the round for three days.
    street.region.advance(3 * DAY_S);
    let account = street.account(3);
    let before = street.region.coin(&account).get();
    let withdraw = street.feeds.withdraw().unwrap();
    street.must(&account, withdraw);
    assert_eq!(street.lost(3), 50_000);
    assert_eq!(street.region.coin(&account).get() - before, STAKE - 50_000);
}

#[test]
fn a_removed_reporter_pays_for_what_it_said_and_not_for_silence() {
    let mut street = street(4);
    let owner = street.owner();
    for (says, lost) in [(true, 50_000), (false, 50_000)] {
        street.next_round();
        if says {
            street.say(3, 54_000);
        } else {
            let admit = street
                .feeds
                .admit(street.account(3), "Back", street.reporters[3].1.public_key());
            street.must(&owner, admit.unwrap());
        }
        street.all_say(0..3, 50_000);
        let remove = street.feeds.remove(3).unwrap();
        street.must(&owner, remove.clone());
        assert_eq!(street.refused(&owner, remove), ContractError::Removed { reporter: 3 });
        street.next_round();
        street.settle();
        assert_eq!(street.lost(3), lost);
    }
    // Its stake stays its own, and takes no more.
    let account = street.account(3);
    let bond = street.feeds.bond(coin(1, "ucoin")).unwrap();
    assert_eq!(street.refused(&account, bond), ContractError::Removed { reporter: 3 });
    street.unbond(3, STAKE - 50_000);
    street.region.advance(3 * DAY_S);
    let withdraw = street.feeds.withdraw().unwrap();
    street.must(&account, withdraw);
}

#[test]
fn a_stake_is_one_positive_amount_of_the_regions_coin() {
    let mut street = street(4);
    let account = street.account(0);
    street.region.fund(&account, Money::new(5));
    let denom = || "ucoin".to_owned();
    let none = street.msg(&ExecuteMsg::Bond {});
    assert_eq!(
        street.refused(&account, none),
        ContractError::Stake {
            denom: denom(),
            count: 0
        }
    );
    let other = busbar_testing::cw_multi_test::BankSudo::Mint {
        to_address: account.to_string(),
        amount: vec![coin(5, "uother")],
    };
    street.region.app.sudo(other.into()).unwrap();
    for funds in [vec![coin(5, "uother")], vec![coin(5, "ucoin"), coin(5, "uother")]] {
        let count = funds.len();
        let bond = street.feeds.execute(&ExecuteMsg::Bond {}, funds).unwrap();
        let error = ContractError::Stake { denom: denom(), count };
        assert_eq!(street.refused(&account, bond), error);
    }
}

#[test]
fn unbondings_are_bounded_in_amount_and_number() {
    let mut street = street(4);
    let account = street.account(0);
    for amount in [0, STAKE + 1] {
        let amount = Money::new(amount);
        let unbond = street.feeds.unbond(amount).unwrap();
        let bonded = Money::new(STAKE);
        assert_eq!(
            street.refused(&account, unbond),
            ContractError::UnbondBounds { amount, bonded }
        );
    }
    (0..8).for_each(|_| street.unbond(0, 1));
    let unbond = street.feeds.unbond(Money::new(1)).unwrap();
    assert_eq!(
        street.refused(&account, unbond),
        ContractError::TooManyUnbondings { count: 8 }
    );
}

#[test]
fn what_strangers_send_to_the_feeds_counts_for_nobody() {
    let mut street = street(4);
    let stranger = street.region.account("stranger");
    let feeds = street.feeds.address().clone();
    let before = street.feeds.totals(&street.region.q()).unwrap();
    use busbar_testing::cw_multi_test::Executor;
    street
        .region
        .app
        .send_tokens(stranger, feeds, &[coin(777, "ucoin")])
        .unwrap();
    assert_eq!(street.feeds.totals(&street.region.q()).unwrap(), before);
}

#[test]
fn a_round_is_judged_once_and_when_it_has_ended() {
    let mut street = street(4);
    let anyone = street.region.account("anyone");
    let settle = street.feeds.settle(FREQUENCY).unwrap();
    let name = || FREQUENCY.to_owned();
    let nothing = ContractError::NothingToSettle { name: name() };
    assert_eq!(street.refused(&anyone, settle.clone()), nothing);
    street.minute(&[50_000; 4]);
    let round = street.round();
    let runs = ContractError::RoundRuns {
        name: name(),
        round,
        until_s: (round + 1) * 60,
    };
    assert_eq!(street.refused(&anyone, settle.clone()), runs);
    street.next_round();
    street.settle();
    assert_eq!(street.refused(&anyone, settle), nothing);
    let unknown = street.feeds.settle("weather").unwrap();
    let error = ContractError::UnknownFeed { name: "weather".into() };
    assert_eq!(street.refused(&anyone, unknown), error);
}
