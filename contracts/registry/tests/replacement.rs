//! A device gets another meter, or its registers start over.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::oracle::{self, Batch, Outcome, Registers, SubmitResult};
use busbar_api::registry::{raw, ExecuteMsg, Key, Status, Suspension};
use busbar_attestation::{Curve, DeviceKind};
use busbar_registry::ContractError;
use busbar_units::{Interval, Ppm, Watt, Wh};
use common::{at, key, refused, Meter, Region};
use cosmwasm_std::{from_json, Addr};

/// The operator's message that replaces a meter after an interval.
fn replacement(
    old: &Meter,
    next: &Meter,
    interval: Interval,
    last: [u64; 2],
    first: [u64; 2],
    signs: bool,
) -> ExecuteMsg {
    let message = old.reset(next, interval, last, first);
    ExecuteMsg::Replace {
        number: old.number,
        endorsement: (&next.endorsement).into(),
        manufacturer_signature: next.vouched(),
        device_signature: next.key.sign(&message).into(),
        old_signature: signs.then(|| old.key.sign(&message).into()),
        interval,
        final_import: Wh::new(last[0]),
        final_export: Wh::new(last[1]),
        initial_import: Wh::new(first[0]),
        initial_export: Wh::new(first[1]),
    }
}

/// Device 0 with readings of 1, 2 and 3, and a new meter of 5 kW for it; the clock is in 6.
fn worn() -> (Region, Addr, Meter, Meter) {
    let mut region = Region::new();
    let operator = region.operator.clone();
    let old = region.home("A-1");
    let mut next = Meter {
        number: old.number,
        ..Meter::new(Curve::Secp256k1, "A-2")
    };
    next.endorsement.rated_import = Watt::new(5_000);
    next.endorsement.rated_export = Watt::new(5_000);
    next.endorsement.register_modulus = Wh::new(100_000_000);
    region.clock(at(6), 0);
    let result = region.submit(&[
        old.reads(at(1), 1_000, 0),
        old.reads(at(2), 1_500, 0),
        old.reads(at(3), 2_000, 0),
    ]);
    assert_eq!(result.count(Outcome::Accepted), 3);
    (region, operator, old, next)
}

#[test]
fn a_meter_is_replaced_and_its_registers_start_over() {
    let (mut region, operator, old, next) = worn();
    region
        .register(&operator, &replacement(&old, &next, at(4), [2_600, 0], [7, 3], true))
        .unwrap();
    let device = region.device(0);
    assert_eq!(
        (device.serial.as_str(), device.key),
        ("A-2", Key::from(next.key.public_key()))
    );
    assert_eq!(
        (device.usable_import, device.endorsed_import),
        (Watt::new(5_000), Watt::new(5_000))
    );
    let q = region.querier();
    let readings = region.oracle.readings(&q, at(4), 0).unwrap().readings;
    let registers = |import, export| Registers {
        import: Wh::new(import),
        export: Wh::new(export),
    };
    assert_eq!(
        (readings[0].registers, readings[0].reset),
        (registers(2_600, 0), Some(registers(7, 3)))
    );
    assert_eq!(region.interval(at(4)).net.get(), 600);
    // The next reading is compared with the new meter's first registers and signed by its key.
    let result = region.submit(&[old.reads(at(5), 3_000, 0), next.reads(at(5), 507, 3)]);
    assert_eq!(result.batches, [[Outcome::Forged, Outcome::Accepted]]);
    assert_eq!(region.interval(at(5)).net.get(), 500);
    // The old meter's own record of the interval: the same registers, or turned down without more.
    let result = region.submit(&[old.reads(at(4), 2_600, 0), old.reads(at(4), 2_601, 0)]);
    assert_eq!(result.batches, [[Outcome::Duplicate, Outcome::Conflict]]);
    assert_eq!(region.device(0).status, Status::Active);
    // Both records are in the page's hash.
    let records = vec![old.reset(&next, at(4), [2_600, 0], [7, 3]).into()];
    let q = region.querier();
    assert!(region.oracle.verify_record(&q, at(4), 0, records).unwrap().verified);
}

#[test]
fn the_silence_before_a_replacement_is_shared_up_to_the_last_registers_and_onward_from_the_first() {
    let (mut region, operator, old, next) = worn();
    region.clock(at(10), 0);
    // Nothing since 3; the old meter stood at 2,900 at the end of 6, the new one begins with 7.
    region
        .register(&operator, &replacement(&old, &next, at(6), [2_900, 0], [7, 0], false))
        .unwrap();
    assert_eq!(
        region.submit(&[next.reads(at(8), 407, 0)]).batches,
        [[Outcome::Accepted]]
    );
    let nets = [4, 5, 6, 7, 8].map(|offset| {
        let state = region.interval(at(offset));
        (state.net.get(), state.measured, state.estimated)
    });
    assert_eq!(nets, [(300, 0, 1), (300, 0, 1), (300, 0, 1), (200, 0, 1), (200, 0, 1)]);
    // A reading of the old meter from before it was replaced still counts.
    assert_eq!(
        region.submit(&[old.reads(at(5), 2_100, 0)]).batches,
        [[Outcome::Accepted]]
    );
    assert_eq!(
        [4, 5, 6, 7].map(|offset| region.interval(at(offset)).net.get()),
        [50, 50, 800, 200]
    );
}

#[test]
fn what_was_attested_at_a_replacement_is_not_revised() {
    let (mut region, operator, old, next) = worn();
    region
        .register(&operator, &replacement(&old, &next, at(4), [2_600, 0], [7, 3], true))
        .unwrap();
    let batch = Batch::new(at(4), 0, &[old.revises(at(4), 1, 2_500, 0)]).unwrap();
    let submit = oracle::ExecuteMsg::Submit { batches: vec![batch] };
    let response = region.observe(&operator, &submit).unwrap();
    let result: SubmitResult = from_json(common::data(&response)).unwrap();
    assert_eq!(result.batches, [[Outcome::Revision]]);
}

#[test]
fn a_reset_keeps_serial_and_key_and_may_follow_the_meters_own_reading() {
    let (mut region, operator, old, _) = worn();
    let reset = replacement(&old, &old, at(3), [2_000, 0], [0, 0], true);
    region.register(&operator, &reset).unwrap();
    let result = region.submit(&[old.reads(at(4), 250, 0)]);
    assert_eq!(result.count(Outcome::Accepted), 1);
    assert_eq!(
        (region.interval(at(3)).net.get(), region.interval(at(4)).net.get()),
        (500, 250)
    );
}

#[test]
fn a_reset_at_a_revised_reading_keeps_its_revision() {
    let (mut region, operator, old, _) = worn();
    let batch = Batch::new(at(3), 0, &[old.revises(at(3), 1, 1_900, 0)]).unwrap();
    let submit = oracle::ExecuteMsg::Submit { batches: vec![batch] };
    let response = region.observe(&operator, &submit).unwrap();
    let result: SubmitResult = from_json(common::data(&response)).unwrap();
    assert_eq!(result.batches, [[Outcome::Accepted]]);
    let reset = replacement(&old, &old, at(3), [1_900, 0], [0, 0], true);
    region.register(&operator, &reset).unwrap();
    let q = region.querier();
    let reading = region.oracle.readings(&q, at(3), 0).unwrap().readings[0].clone();
    let registers = (reading.registers.import, reading.reset.is_some());
    assert_eq!((reading.revision, registers), (1, (Wh::new(1_900), true)));
    // The record that was revised stays what it was: outdated, not a second record of equal revision.
    let first = region.submit(&[old.reads(at(3), 2_000, 0)]);
    assert_eq!(first.batches, [[Outcome::Revision]]);
    assert_eq!(region.device(0).status, Status::Active);
}

#[test]
fn a_meter_may_be_replaced_from_its_first_interval_on() {
    let mut region = Region::new();
    let operator = region.operator.clone();
    let old = region.home("A-1");
    let next = Meter {
        number: old.number,
        ..Meter::new(Curve::Secp256k1, "A-2")
    };
    let first = region.device(0).active_from.unwrap();
    region.clock(first.plus(2).unwrap(), 0);
    let early = replacement(&old, &next, first.minus(1).unwrap(), [0, 0], [0, 0], true);
    let error = refused(&mut region, |region| region.register(&operator, &early));
    let expected = ContractError::BeforeActive {
        number: 0,
        interval: first.minus(1).unwrap(),
        active_from: first,
    };
    assert_eq!(error, expected);
    let replace = replacement(&old, &next, first, [0, 0], [0, 0], true);
    region.register(&operator, &replace).unwrap();
    assert_eq!(region.device(0).serial, "A-2");
}

#[test]
fn a_replacement_is_refused_where_registers_or_signatures_do_not_fit() {
    let (mut region, operator, old, next) = worn();
    let stranger = Meter {
        key: key("stranger"),
        ..next.clone()
    };
    let mut solar = next.clone();
    solar.endorsement.kind = DeviceKind::Solar;
    let mut unsigned = replacement(&old, &next, at(4), [2_600, 0], [0, 0], true);
    if let ExecuteMsg::Replace { device_signature, .. } = &mut unsigned {
        *device_signature = stranger.key.sign(&old.reset(&next, at(4), [2_600, 0], [0, 0])).into();
    }
    let mut usurped = replacement(&old, &next, at(4), [2_600, 0], [0, 0], true);
    if let ExecuteMsg::Replace { old_signature, .. } = &mut usurped {
        *old_signature = Some(stranger.key.sign(&old.reset(&next, at(4), [2_600, 0], [0, 0])).into());
    }
    let table = [
        (
            replacement(&old, &solar, at(4), [2_600, 0], [0, 0], true),
            ContractError::Changed {
                number: 0,
                field: "kind",
            },
        ),
        (unsigned, ContractError::DeviceSignature { number: 0 }),
        (usurped, ContractError::OldSignature { number: 0 }),
        (
            replacement(&old, &next, at(0), [0, 0], [0, 0], true),
            ContractError::BeforeActive {
                number: 0,
                interval: at(0),
                active_from: at(1),
            },
        ),
        (
            replacement(&old, &next, at(4), [2_600, 0], [100_000_000, 0], true),
            ContractError::Register {
                register: "initial_import",
                value: Wh::new(100_000_000),
                modulus: Wh::new(100_000_000),
            },
        ),
    ];
    for (msg, expected) in table {
        let error = refused(&mut region, |region| region.register(&operator, &msg));
        assert_eq!(error, expected);
    }
    // What the oracle refuses rolls the registry back as well.
    use busbar_oracle::ContractError as OracleError;
    let refusal = |interval, outcome| OracleError::ResetRefused {
        device: 0,
        interval,
        outcome,
    };
    let table = [
        (at(4), [1_999, 0], refusal(at(4), Outcome::Backwards)),
        (at(4), [4_501, 0], refusal(at(4), Outcome::AboveRating)),
        (at(4), [1_000_000_000, 0], refusal(at(4), Outcome::Malformed)),
        (at(6), [2_600, 0], refusal(at(6), Outcome::Future)),
        (
            at(2),
            [1_500, 0],
            OracleError::LaterReading {
                device: 0,
                interval: at(3),
            },
        ),
        (
            at(3),
            [2_001, 0],
            OracleError::ResetDiffers {
                device: 0,
                interval: at(3),
                accepted: Registers {
                    import: Wh::new(2_000),
                    export: Wh::ZERO,
                },
            },
        ),
    ];
    for (interval, last, expected) in table {
        let msg = replacement(&old, &next, interval, last, [0, 0], false);
        let before = region.dump();
        let registry = region.registry.address().clone();
        let error = cw_multi_test::Executor::execute_contract(&mut region.app, operator.clone(), registry, &msg, &[]);
        assert_eq!(common::typed::<OracleError>(error.unwrap_err()), expected);
        assert!(before == region.dump());
    }
    // Twice at the same moment.
    region
        .register(&operator, &replacement(&old, &next, at(4), [2_600, 0], [0, 0], false))
        .unwrap();
    let third = Meter {
        number: 0,
        ..Meter::new(Curve::Ed25519, "A-3")
    };
    let again = replacement(&next, &third, at(4), [2_600, 0], [0, 0], false);
    let registry = region.registry.address().clone();
    let error = cw_multi_test::Executor::execute_contract(&mut region.app, operator, registry, &again, &[]);
    let expected = OracleError::AlreadyReset {
        device: 0,
        interval: at(4),
    };
    assert_eq!(common::typed::<OracleError>(error.unwrap_err()), expected);
}

#[test]
fn the_last_registers_of_a_suspended_device_do_not_count() {
    let (mut region, operator, old, next) = worn();
    let reason = Suspension::Operator { note: "seal".into() };
    region
        .register(&operator, &ExecuteMsg::Suspend { number: 0, reason })
        .unwrap();
    let replace = replacement(&old, &next, at(4), [2_600, 0], [7, 3], true);
    region.register(&operator, &replace).unwrap();
    let state = region.interval(at(4));
    assert_eq!((state.net.get(), state.measured, state.confirmed), (0, 0, false));
    // Reinstated, it goes on with the new meter.
    region
        .register(&operator, &ExecuteMsg::Reinstate { number: 0 })
        .unwrap();
    assert_eq!(region.submit(&[next.reads(at(5), 507, 3)]).count(Outcome::Accepted), 1);
}

#[test]
fn a_replaced_storage_gives_back_what_the_new_one_is_endorsed_for() {
    let mut region = Region::new();
    let (operator, alice) = (region.operator.clone(), region.alice.clone());
    let storage = |name: &str, usable, efficiency| {
        let mut meter = Meter::new(Curve::Ed25519, name).kind(DeviceKind::Storage);
        meter.endorsement.usable = Wh::new(usable);
        meter.endorsement.efficiency = Ppm::new(efficiency);
        meter
    };
    let old = region.join(&alice, storage("B-1", 6_400, 913_247), None);
    let rating = |region: &Region| {
        let known = raw::storage(&region.querier(), region.registry.address(), 0).unwrap();
        (known.usable.get(), known.efficiency.get())
    };
    assert_eq!(region.device(0).efficiency, Ppm::new(913_247));
    assert_eq!(rating(&region), (6_400, 913_247));
    let next = storage("B-2", 5_000, 870_000);
    region.clock(at(6), 0);
    let replace = replacement(&old, &next, at(4), [0, 0], [0, 0], true);
    region.register(&operator, &replace).unwrap();
    assert_eq!(rating(&region), (5_000, 870_000));
    region.register(&operator, &ExecuteMsg::Retire { number: 0 }).unwrap();
    assert_eq!(rating(&region), (0, 870_000), "a retired storage holds nothing more");
}
