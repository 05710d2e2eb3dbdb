//! Lives of intervals, step by step: what random calls are mixed with.
use std::collections::VecDeque;

use busbar_testing::grid::Times;
use busbar_testing::market::Stage;
use busbar_testing::units::Interval;

use crate::regions::REVEAL_S;
use crate::world::World;

/// What comes next.
#[derive(Clone, Debug)]
pub enum Step {
    /// A call of a kind about an interval.
    Call(&'static str, Option<Interval>),
    /// The clock goes to an instant of an interval.
    Until(Interval, fn(&Times) -> u64),
    /// Everything that makes the first interval that is not final final.
    Finish,
    /// The clock goes some seconds ahead.
    Wait(u64),
}

/// From orders to settlement; a rare one is not cleared, not read or not confirmed in time.
pub fn interval(world: &mut World) -> VecDeque<Step> {
    let now = world.region.current_interval();
    let late = world.region.now_s() >= world.region.times(now.plus(1).unwrap()).closes_s;
    let interval = now.plus(if late { 2 } else { 1 }).unwrap();
    let call = |kind| Step::Call(kind, Some(interval));
    let mut steps = VecDeque::new();
    for _ in 0..2 + world.rng.below(3) {
        steps.push_back(call("market.place"));
    }
    if world.rng.chance(30) {
        steps.extend([call("market.agree"), call("market.agree")]);
    }
    let sealed = world.rng.chance(30);
    if sealed {
        steps.push_back(call("market.seal"));
    }
    steps.push_back(Step::Until(interval, |times| times.closes_s));
    steps.push_back(call("market.close"));
    if sealed && world.rng.chance(80) {
        steps.push_back(call("market.reveal"));
    }
    steps.push_back(Step::Wait(REVEAL_S.into()));
    steps.push_back(call("market.propose"));
    steps.push_back(Step::Wait(125));
    if world.rng.chance(90) {
        steps.push_back(call("market.clear"));
    } else {
        steps.push_back(Step::Until(interval, |times| times.start_s));
        steps.push_back(call("market.skip"));
    }
    steps.push_back(Step::Until(interval, |times| times.end_s));
    steps.push_back(Step::Call("oracle.submit", interval.minus(1)));
    if world.rng.chance(90) {
        steps.push_back(call("oracle.submit"));
    }
    if world.rng.chance(60) {
        steps.push_back(Step::Until(interval, |times| times.confirmation_ends_s));
        steps.push_back(call("oracle.confirm"));
    }
    steps.push_back(call("market.settle"));
    steps.push_back(call("market.settle"));
    if world.rng.chance(50) {
        steps.push_back(Step::Finish);
    }
    steps
}

/// The call that brings the first interval that is not final nearer to that.
pub fn finish(world: &World) -> VecDeque<Step> {
    let cursor = world.cursor();
    let record = world.region.market.interval(&world.region.q(), cursor).unwrap();
    let steps: &[Step] = &match record.map(|record| record.stage) {
        None => vec![
            Step::Until(cursor, |times| times.start_s),
            Step::Call("market.skip", Some(cursor)),
            Step::Finish,
        ],
        Some(Stage::Cleared | Stage::Skipped | Stage::Charging | Stage::Crediting) => vec![
            Step::Until(cursor, |times| times.confirmation_ends_s),
            Step::Call("oracle.confirm", Some(cursor)),
            Step::Call("market.settle", Some(cursor)),
            Step::Call("market.settle", Some(cursor)),
            Step::Until(cursor, |times| times.final_s),
            Step::Call("market.finalise", None),
        ],
        Some(Stage::Settled | Stage::Finalising | Stage::Final) => vec![
            Step::Until(cursor, |times| times.final_s),
            Step::Call("market.finalise", None),
            Step::Call("certificates.issue", None),
            Step::Call("oracle.prune", None),
        ],
    };
    steps.iter().cloned().collect()
}

/// Short lives of other things: calls that belong together.
pub fn errand(world: &mut World) -> VecDeque<Step> {
    let errands: &[&[&str]] = &[
        &["registry.reserve", "registry.enrol", "registry.confirm"],
        &["registry.rotate_key", "registry.cancel_rotation"],
        &["registry.offer_device", "registry.withdraw_offer"],
        &["registry.offer_device", "registry.accept_device"],
        &["registry.suspend", "certificates.withdraw", "registry.reinstate"],
        &["market.withdraw_energy", "energy-token.transfer", "energy-token.send"],
        &[
            "market.withdraw_energy",
            "energy-token.increase_allowance",
            "energy-token.transfer_from",
        ],
        &[
            "energy-token.increase_allowance",
            "energy-token.send_from",
            "energy-token.decrease_allowance",
        ],
        &[
            "certificates.split",
            "certificates.bundle",
            "certificates.transfer",
            "certificates.retire",
        ],
        &["market.place", "market.cancel"],
        &["market.agree", "market.retract"],
        &["market.seal", "market.unseal"],
        &["registry.admit_manufacturer", "registry.remove_manufacturer"],
    ];
    let errand = world.rng.pick(errands);
    errand.iter().map(|kind| Step::Call(kind, None)).collect()
}

/// What takes weeks, at the end of a sequence in a region of days.
pub fn weeks(world: &mut World) -> VecDeque<Step> {
    let (before, days, after) = world.rng.pick(&[
        ("registry.rotate_key", 8, "registry.complete_rotation"),
        ("registry.reserve", 31, "registry.release_lapsed"),
    ]);
    [
        Step::Call(before, None),
        Step::Wait(days * 86_400),
        Step::Call(after, None),
    ]
    .into()
}
