//! The head balance: devices, losses and what is unmetered against the meters at the head of the feeder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::grid::Params;
use busbar_api::oracle::{Batch, ExecuteMsg};
use busbar_api::registry;
use busbar_attestation::{Curve, DeviceKind};
use busbar_oracle::ContractError;
use busbar_units::{NetWh, Watt};
use common::{at, refused, Meter, Region, INTERVAL_S};

fn head(region: &mut Region, name: &str) -> Meter {
    let operator = region.operator.clone();
    let mut meter = Meter::new(Curve::Ed25519, name).kind(DeviceKind::HeadMeter);
    meter.endorsement.rated_import = Watt::new(1_000_000);
    region.join(&operator, meter, None)
}

/// A home and a head meter, both with their baseline.
fn street() -> (Region, Meter, Meter) {
    let mut region = Region::new();
    let home = region.home("A-1");
    let head = head(&mut region, "H-1");
    region.clock(at(3), 0);
    region.submit(&[home.reads(at(1), 0, 0), head.reads(at(1), 0, 0)]);
    (region, home, head)
}

fn confirm(interval: u64) -> ExecuteMsg {
    ExecuteMsg::Confirm { interval: at(interval) }
}

#[test]
fn within_the_tolerance_the_last_reading_confirms() {
    let (mut region, home, head) = street();
    // 2,000 Wh and 2 % of losses; what is unexplained is within 100 Wh and 1 % of what flows.
    for (offset, beyond) in [(2, 0), (3, 121)] {
        region.clock(at(offset + 1), 0);
        let through = (offset - 1) * 2_040;
        region.submit(&[head.reads(at(offset), through + beyond, 0)]);
        region.submit(&[home.reads(at(offset), (offset - 1) * 2_000, 0)]);
        let state = region.interval(at(offset));
        assert!(state.confirmed && state.disputed.is_none());
        assert_eq!(state.unexplained, Some(NetWh::new(i64::try_from(beyond).unwrap())));
    }
}

#[test]
fn beyond_the_tolerance_the_interval_waits_for_the_end_of_the_dispute_window() {
    for head_wh in [1_918, 2_162] {
        let (mut region, home, head) = street();
        let bob = region.bob.clone();
        region.submit(&[head.reads(at(2), head_wh, 0), home.reads(at(2), 2_000, 0)]);
        let state = region.interval(at(2));
        assert_eq!((state.measured, state.awaited, state.confirmed), (1, 1, false));
        // 3 to 6 are the confirmation window, 7 to 10 the dispute window.
        assert_eq!(state.disputed, Some(at(11)));
        let unexplained = NetWh::new(i64::try_from(head_wh).unwrap() - 2_040);
        assert_eq!(state.unexplained, Some(unexplained));
        region.clock(at(10), INTERVAL_S - 1);
        let error = refused(&mut region, |region| region.observe(&bob, &confirm(2)));
        let expected = ContractError::NotConfirmable {
            interval: at(2),
            from_s: at(11).get() * INTERVAL_S,
        };
        assert_eq!(error, expected);
        region.clock(at(11), 0);
        let response = region.observe(&bob, &confirm(2)).unwrap();
        assert!(response.events.iter().any(|event| event.ty == "wasm-oracle_confirmed"));
        // It is settled on what the devices read.
        let state = region.interval(at(2));
        assert_eq!((state.net.get(), state.confirmed), (2_000, true));
        assert_eq!(state.unexplained, Some(unexplained));
    }
}

#[test]
fn a_correction_ends_the_dispute() {
    let (mut region, home, head) = street();
    region.submit(&[head.reads(at(2), 1_020, 0), home.reads(at(2), 2_000, 0)]);
    assert!(!region.interval(at(2)).confirmed);
    let operator = region.operator.clone();
    let batch = Batch::new(at(2), 0, &[home.revises(at(2), 1, 1_000, 0)]).unwrap();
    region
        .observe(&operator, &ExecuteMsg::Submit { batches: vec![batch] })
        .unwrap();
    let state = region.interval(at(2));
    assert_eq!((state.net.get(), state.confirmed), (1_000, true));
    assert_eq!(state.unexplained, Some(NetWh::ZERO));
}

#[test]
fn a_missing_head_meter_delays_nothing_and_is_heard_later() {
    let (mut region, home, head) = street();
    let response = region.submit(&[home.reads(at(2), 2_000, 0)]);
    assert_eq!(response.counts().len(), 1);
    let state = region.interval(at(2));
    assert_eq!((state.confirmed, state.unexplained), (true, None));
    region.submit(&[head.reads(at(2), 3_040, 0)]);
    let later = region.interval(at(2));
    assert_eq!(later.unexplained, Some(NetWh::new(1_000)));
    assert_eq!((later.net, later.confirmed), (state.net, true));
    // An estimate of a head meter says nothing.
    region.clock(at(6), 0);
    region.submit(&[head.reads(at(5), 20_000, 0)]);
    region.submit(&[home.reads(at(3), 2_000, 0), home.reads(at(4), 2_000, 0)]);
    assert_eq!(region.interval(at(4)).unexplained, None);
    assert!(region.interval(at(4)).confirmed);
}

#[test]
fn all_head_meters_together_are_the_head() {
    let (mut region, home, first) = street();
    let operator = region.operator.clone();
    let second = head(&mut region, "H-2");
    // The second counts from interval 5 on; until then the first is all there is.
    region.clock(at(5), 0);
    let mut wh = 0;
    for offset in 2..=4 {
        wh += 1_000;
        region.submit(&[
            first.reads(at(offset), wh * 102 / 100, 0),
            home.reads(at(offset), wh, 0),
        ]);
        assert_eq!(region.interval(at(offset)).unexplained, Some(NetWh::ZERO));
    }
    // Feeding in is negative: 5,000 Wh flow in at the first and 3,980 out at the second.
    region.clock(at(6), 0);
    region.submit(&[second.reads(at(4), 0, 7), first.reads(at(5), 8_060, 0)]);
    region.submit(&[home.reads(at(5), wh + 1_000, 0)]);
    let state = region.interval(at(5));
    assert_eq!(
        (state.confirmed, state.unexplained),
        (true, None),
        "the second is missing"
    );
    region.submit(&[second.reads(at(5), 0, 1_987)]);
    assert_eq!(region.interval(at(5)).unexplained, Some(NetWh::new(2_000)));
    // Nobody waits for a suspended one, and a retired one is none.
    let suspend = registry::ExecuteMsg::Suspend {
        number: second.number,
        reason: registry::Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    region.clock(at(7), 0);
    region.submit(&[first.reads(at(6), 9_080, 0), home.reads(at(6), wh + 2_000, 0)]);
    let state = region.interval(at(6));
    assert_eq!((state.confirmed, state.unexplained), (true, None));
    let retire = registry::ExecuteMsg::Retire { number: second.number };
    region.register(&operator, &retire).unwrap();
    region.clock(at(8), 0);
    region.submit(&[first.reads(at(7), 10_100, 0), home.reads(at(7), wh + 3_000, 0)]);
    assert_eq!(region.interval(at(7)).unexplained, Some(NetWh::ZERO));
}

#[test]
fn what_the_operator_declares_as_unmetered_is_explained_from_the_next_interval_on() {
    let (mut region, home, head) = street();
    let operator = region.operator.clone();
    let declare = |net| ExecuteMsg::DeclareUnmetered {
        bus: common::BUS,
        net: NetWh::new(net),
    };
    // The clock is in 3: it holds from 4 on, until another declaration.
    region.observe(&operator, &declare(900)).unwrap();
    region.observe(&operator, &declare(1_000)).unwrap();
    region.clock(at(5), 0);
    region.observe(&operator, &declare(-50)).unwrap();
    let declared = [0, 3, 4, 5, 6, 99].map(|offset| region.oracle.unmetered(&region.querier(), at(offset)).unwrap());
    assert_eq!(declared.map(|net| net.get()), [0, 0, 1_000, 1_000, -50, -50]);
    for (offset, head_wh) in [(2, 2_020), (3, 4_040), (4, 6_060)] {
        region.submit(&[
            head.reads(at(offset), head_wh, 0),
            home.reads(at(offset), (offset - 1) * 1_000, 0),
        ]);
    }
    assert_eq!(region.interval(at(3)).unexplained, Some(NetWh::new(1_000)));
    let state = region.interval(at(4));
    assert_eq!((state.unexplained, state.confirmed), (Some(NetWh::ZERO), true));
}

#[test]
fn a_mismatch_that_shows_at_the_end_of_the_confirmation_window_waits_as_long() {
    let (mut region, home, head) = street();
    let bob = region.bob.clone();
    let _silent = region.home("B-1");
    region.clock(at(7), 0);
    region.submit(&[
        home.reads(at(2), 0, 0),
        head.reads(at(2), 0, 0),
        head.reads(at(3), 0, 0),
        head.reads(at(4), 0, 0),
    ]);
    region.submit(&[
        home.reads(at(4), 0, 0),
        head.reads(at(5), 5_000, 0),
        home.reads(at(5), 0, 0),
    ]);
    // The silent one is awaited in 5: its confirmation window ends at 10.
    region.clock(at(10), 0);
    region.observe(&bob, &confirm(5)).unwrap();
    let state = region.interval(at(5));
    assert_eq!((state.confirmed, state.measured, state.awaited), (false, 1, 2));
    assert_eq!(state.disputed, Some(at(14)));
    refused(&mut region, |region| region.observe(&bob, &confirm(5)));
    region.clock(at(14), 0);
    region.observe(&bob, &confirm(5)).unwrap();
    assert!(region.interval(at(5)).confirmed);
    // A correction ends the wait before: the head meter had counted too much.
    let (mut region, home, head) = street();
    let operator = region.operator.clone();
    let _silent = region.home("B-1");
    region.clock(at(7), 0);
    region.submit(&[head.reads(at(4), 0, 0), home.reads(at(4), 0, 0)]);
    region.submit(&[head.reads(at(5), 5_000, 0), home.reads(at(5), 0, 0)]);
    region.clock(at(10), 0);
    region.observe(&bob, &confirm(5)).unwrap();
    assert!(!region.interval(at(5)).confirmed);
    let batch = Batch::new(at(5), 0, &[head.revises(at(5), 1, 50, 0)]).unwrap();
    region
        .observe(&operator, &ExecuteMsg::Submit { batches: vec![batch] })
        .unwrap();
    region.observe(&bob, &confirm(5)).unwrap();
    assert!(region.interval(at(5)).confirmed);
    // Whoever calls only then waits no more.
    let (mut region, home, head) = street();
    region.submit(&[head.reads(at(2), 5_000, 0)]);
    let _silent = region.home("B-1");
    region.clock(at(6), 0);
    region.submit(&[
        head.reads(at(5), 9_000, 0),
        head.reads(at(4), 6_000, 0),
        home.reads(at(4), 0, 0),
    ]);
    region.submit(&[home.reads(at(5), 0, 0)]);
    region.clock(at(14), 0);
    region.observe(&bob, &confirm(5)).unwrap();
    let state = region.interval(at(5));
    assert_eq!((state.confirmed, state.disputed), (true, None));
    assert_eq!(state.unexplained, Some(NetWh::new(3_000)));
}

#[test]
fn without_a_dispute_window_nothing_waits() {
    let params = Params {
        dispute_window: 0,
        ..common::params()
    };
    let mut region = Region::with(common::DOMAIN, params);
    let home = region.home("A-1");
    let head = head(&mut region, "H-1");
    region.clock(at(3), 0);
    region.submit(&[home.reads(at(1), 0, 0), head.reads(at(1), 0, 0)]);
    region.submit(&[head.reads(at(2), 5_000, 0), home.reads(at(2), 0, 0)]);
    let state = region.interval(at(2));
    assert_eq!((state.confirmed, state.disputed), (true, None));
    assert_eq!(state.unexplained, Some(NetWh::new(5_000)));
}
