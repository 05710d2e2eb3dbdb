//! The count of awaited devices agrees with a plain model, whatever happens to the devices.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use std::collections::BTreeMap;

use busbar_api::registry::{raw, ExecuteMsg, Status, Suspension};
use busbar_attestation::Curve;
use common::{at, Meter, Region};
use proptest::prelude::*;

/// One thing that the operator does, after some time.
#[derive(Debug, Clone, Copy)]
enum Act {
    Join,
    Suspend(usize),
    Reinstate(usize),
    Retire(usize),
}

fn acts() -> impl Strategy<Value = Vec<(u64, Act)>> {
    let act = prop_oneof![
        Just(Act::Join),
        (0..6usize).prop_map(Act::Suspend),
        (0..6usize).prop_map(Act::Reinstate),
        (0..6usize).prop_map(Act::Retire),
    ];
    prop::collection::vec((0u64..3, act), 1..24)
}

/// Runs an act if the device's status allows it, and notes in which intervals the device is awaited.
fn run(region: &mut Region, now: u64, act: Act, model: &mut BTreeMap<u32, Vec<(u64, Option<u64>)>>) {
    let (operator, alice) = (region.operator.clone(), region.alice.clone());
    let number = |index: usize| u32::try_from(index).unwrap();
    let status = |region: &Region, number| {
        let device = raw::device(&region.querier(), region.registry.address(), number).unwrap();
        device.map(|device| device.status)
    };
    match act {
        Act::Join => {
            let name = format!("A-{}", model.len());
            let meter = region.join(&alice, Meter::new(Curve::Ed25519, &name), None);
            model.insert(meter.number, vec![(now + 2, None)]);
        }
        Act::Suspend(index) if status(region, number(index)) == Some(Status::Active) => {
            let reason = Suspension::Operator { note: "x".into() };
            let number = number(index);
            region
                .register(&operator, &ExecuteMsg::Suspend { number, reason })
                .unwrap();
            let last = model.get_mut(&number).unwrap().last_mut().unwrap();
            last.1 = Some(now.max(last.0));
        }
        Act::Reinstate(index) if status(region, number(index)) == Some(Status::Suspended) => {
            let number = number(index);
            region.register(&operator, &ExecuteMsg::Reinstate { number }).unwrap();
            model.get_mut(&number).unwrap().push((now + 2, None));
        }
        Act::Retire(index) => {
            let number = number(index);
            let before = status(region, number);
            if matches!(before, Some(Status::Active | Status::Suspended)) {
                region.register(&operator, &ExecuteMsg::Retire { number }).unwrap();
            }
            if before == Some(Status::Active) {
                let last = model.get_mut(&number).unwrap().last_mut().unwrap();
                last.1 = Some(now.max(last.0));
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_interval_awaits_the_devices_of_the_model(acts in acts()) {
        let mut region = Region::new();
        let mut model = BTreeMap::new();
        let mut now = 0;
        for (wait, act) in acts {
            now += wait;
            region.clock(at(now), 0);
            run(&mut region, now, act, &mut model);
            for interval in 0..now + 4 {
                let spans = model.values().flatten();
                let expected = spans.filter(|(from, to)| *from <= interval && to.is_none_or(|to| interval < to)).count();
                let awaited = raw::awaited_at(&region.querier(), region.registry.address(), at(interval)).unwrap();
                prop_assert_eq!(usize::try_from(awaited).unwrap(), expected, "interval {} at {}", interval, now);
            }
        }
    }
}
