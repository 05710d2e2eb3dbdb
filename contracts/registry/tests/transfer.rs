//! A connection passes to another owner, with all that sits behind it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::registry::{Device, ExecuteMsg, Status, Suspension, BEHIND_PASSED, MAX_LIMIT, ROTATION_DELAY_S};
use busbar_attestation::{Curve, DeviceKind};
use busbar_registry::ContractError;
use busbar_units::Watt;
use common::{at, key, params, refused, Meter, Region};
use cosmwasm_std::{Addr, StdError, Timestamp};

const NUMBER: u32 = 0;

fn offer(to: &Addr) -> ExecuteMsg {
    ExecuteMsg::OfferDevice {
        number: NUMBER,
        to: to.to_string(),
    }
}

const WITHDRAW: ExecuteMsg = ExecuteMsg::WithdrawOffer { number: NUMBER };
const ACCEPT: ExecuteMsg = ExecuteMsg::AcceptDevice { number: NUMBER };

fn solar(name: &str) -> Meter {
    Meter::new(Curve::Ed25519, name).kind(DeviceKind::Solar)
}

/// Alice's active device 0; she and Bob.
fn region() -> (Region, Meter, [Addr; 2]) {
    let mut region = Region::new();
    let meter = region.home("A-1");
    region.clock(at(2), 0);
    let people = [region.alice.clone(), region.bob.clone()];
    (region, meter, people)
}

fn numbers(region: &Region, owner: &Addr) -> Vec<u32> {
    let devices = region
        .registry
        .devices_by_owner(&region.querier(), owner, None, Some(MAX_LIMIT));
    devices.unwrap().into_iter().map(|device| device.number).collect()
}

fn refusal(region: &mut Region, sender: &Addr, msg: &ExecuteMsg) -> ContractError {
    refused(region, |region| region.register(sender, msg))
}

#[test]
fn a_device_is_the_new_owners_from_the_first_interval_that_nobody_can_have_opened() {
    let (mut region, _, [alice, bob]) = region();
    region.register(&alice, &offer(&bob)).unwrap();
    let before = region.device(NUMBER);
    assert_eq!((&before.owner, &before.offered_to), (&alice, &Some(bob.clone())));
    let response = region.register(&bob, &ACCEPT).unwrap();
    // The present interval is 2 and books open 8 ahead.
    let from = at(2 + u64::from(params().horizon) + 1);
    let passed = Device {
        owner: bob.clone(),
        owned_from: Some(from),
        former_owner: Some(alice.clone()),
        offered_to: None,
        ..before
    };
    assert_eq!(region.device(NUMBER), passed);
    assert_eq!(
        (numbers(&region, &alice), numbers(&region, &bob)),
        (vec![], vec![NUMBER])
    );
    let event = response
        .events
        .iter()
        .find(|event| event.ty == "wasm-registry_passed")
        .unwrap();
    let told: Vec<_> = event
        .attributes
        .iter()
        .map(|pair| (pair.key.as_str(), pair.value.clone()))
        .collect();
    assert_eq!(
        told[1..],
        [
            ("number", "0".to_owned()),
            ("former", alice.to_string()),
            ("owner", bob.to_string()),
            ("from", from.get().to_string())
        ]
    );
    let market = response.events.iter().find(|event| event.ty == "wasm").unwrap();
    assert!(market
        .attributes
        .iter()
        .any(|pair| pair.key == "former" && pair.value == alice.as_str()));
}

#[test]
fn on_the_way_nobody_but_the_operator_touches_the_device() {
    let (mut region, meter, [alice, bob]) = region();
    let operator = region.operator.clone();
    region.register(&alice, &offer(&bob)).unwrap();
    region.register(&bob, &ACCEPT).unwrap();
    let from = region.device(NUMBER).owned_from.unwrap();
    let next = key("next");
    let mut endorsed = meter.clone();
    endorsed.endorsement.key = next.public_key();
    let owners = [
        ExecuteMsg::LowerRating {
            number: NUMBER,
            usable_import: Watt::ZERO,
            usable_export: Watt::ZERO,
        },
        ExecuteMsg::RotateKey {
            number: NUMBER,
            endorsement: (&endorsed.endorsement).into(),
            manufacturer_signature: endorsed.vouched(),
            device_signature: meter.rotation(&next, &next),
            old_key_signature: Some(meter.rotation(&next, &meter.key)),
        },
        offer(&alice),
        WITHDRAW,
        ExecuteMsg::Retire { number: NUMBER },
    ];
    let passing = || ContractError::Passing { number: NUMBER, from };
    for msg in &owners {
        assert_eq!(refusal(&mut region, &bob, msg), passing(), "{msg:?}");
        let gone = match msg {
            ExecuteMsg::Retire { number } => ContractError::NotDeviceOwnerOrOperator {
                number: *number,
                sender: alice.clone(),
            },
            _ => ContractError::NotDeviceOwner {
                number: NUMBER,
                sender: alice.clone(),
            },
        };
        assert_eq!(refusal(&mut region, &alice, msg), gone, "{msg:?}");
    }
    // The margin of the one who answers for the intervals until then goes by the ratings.
    let raise = ExecuteMsg::RaiseRating {
        number: NUMBER,
        usable_import: meter.endorsement.rated_import,
        usable_export: meter.endorsement.rated_export,
    };
    assert_eq!(refusal(&mut region, &operator, &raise), passing());
    let suspend = ExecuteMsg::Suspend {
        number: NUMBER,
        reason: Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    region
        .register(&operator, &ExecuteMsg::Reinstate { number: NUMBER })
        .unwrap();
    region.clock(from, 0);
    region.register(&operator, &raise).unwrap();
    // And offering it back is a transfer as any other.
    region.register(&bob, &offer(&alice)).unwrap();
    region.register(&alice, &ACCEPT).unwrap();
    let back = region.device(NUMBER);
    assert_eq!((back.owner, back.former_owner), (alice, Some(bob)));
}

#[test]
fn an_offer_can_be_changed_and_withdrawn_until_it_is_accepted() {
    let (mut region, _, [alice, bob]) = region();
    let owner = region.owner.clone();
    assert_eq!(
        refusal(&mut region, &alice, &WITHDRAW),
        ContractError::NotOffered { number: NUMBER }
    );
    region.register(&alice, &offer(&bob)).unwrap();
    region.register(&alice, &offer(&owner)).unwrap();
    let not_offered = |sender: &Addr| ContractError::NotOfferedTo {
        number: NUMBER,
        sender: sender.clone(),
    };
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), not_offered(&bob));
    region.register(&alice, &WITHDRAW).unwrap();
    assert_eq!(region.device(NUMBER).offered_to, None);
    for sender in [&bob, &owner, &alice] {
        assert_eq!(refusal(&mut region, sender, &ACCEPT), not_offered(sender));
    }
}

#[test]
fn an_offer_is_to_somebody_else() {
    let (mut region, _, [alice, _]) = region();
    let own = ContractError::OwnDevice {
        number: NUMBER,
        owner: alice.clone(),
    };
    assert_eq!(refusal(&mut region, &alice, &offer(&alice)), own);
    for nobody in ["nobody".to_owned(), alice.to_string().to_uppercase()] {
        let to = Addr::unchecked(nobody);
        let error = refusal(&mut region, &alice, &offer(&to));
        assert!(
            matches!(error, ContractError::Std(StdError::GenericErr { .. })),
            "{error}"
        );
    }
}

#[test]
fn what_sits_behind_a_connection_passes_with_it_and_not_alone() {
    let (mut region, _, [alice, bob]) = region();
    let roof = region.join(&alice, solar("roof"), Some(NUMBER));
    let retired = region.join(&alice, solar("old-roof"), Some(NUMBER));
    let other = region.home("A-2");
    let shed = region.join(&alice, solar("shed"), Some(other.number));
    region
        .register(&alice, &ExecuteMsg::Retire { number: retired.number })
        .unwrap();
    let alone = ExecuteMsg::OfferDevice {
        number: roof.number,
        to: bob.to_string(),
    };
    let number = roof.number;
    assert_eq!(
        refusal(&mut region, &alice, &alone),
        ContractError::DoesNotPass { number }
    );

    region.register(&alice, &offer(&bob)).unwrap();
    region.register(&bob, &ACCEPT).unwrap();
    assert_eq!(numbers(&region, &bob), [NUMBER, roof.number]);
    assert_eq!(numbers(&region, &alice), [retired.number, other.number, shed.number]);
    let [house, roof] = [NUMBER, roof.number].map(|number| region.device(number));
    assert_eq!(
        (roof.owned_from, roof.former_owner),
        (house.owned_from, house.former_owner)
    );
    // What is put behind it from here on is the new owner's.
    region.join(&bob, solar("new-roof"), Some(NUMBER));
}

#[test]
fn a_head_meter_does_not_pass() {
    let (mut region, _, [alice, bob]) = region();
    let head = region.join(
        &alice,
        Meter::new(Curve::Ed25519, "head").kind(DeviceKind::HeadMeter),
        None,
    );
    let number = head.number;
    let msg = ExecuteMsg::OfferDevice {
        number,
        to: bob.to_string(),
    };
    assert_eq!(
        refusal(&mut region, &alice, &msg),
        ContractError::DoesNotPass { number }
    );
}

#[test]
fn only_an_active_connection_passes() {
    let (mut region, _, [alice, bob]) = region();
    let operator = region.operator.clone();
    // Neither one that waits for the operator,
    let waiting = Meter {
        number: region.reserve(&alice).number,
        ..Meter::new(Curve::Ed25519, "A-2")
    };
    region.enrol(&alice, &waiting).unwrap();
    let status = |number, status| ContractError::Status { number, status };
    let msg = ExecuteMsg::OfferDevice {
        number: waiting.number,
        to: bob.to_string(),
    };
    let error = refusal(&mut region, &alice, &msg);
    assert_eq!(error, status(waiting.number, Status::Enrolled));
    // nor one that was suspended, or retired, since it was offered.
    region.register(&alice, &offer(&bob)).unwrap();
    let suspend = ExecuteMsg::Suspend {
        number: NUMBER,
        reason: Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), status(NUMBER, Status::Suspended));
    region
        .register(&operator, &ExecuteMsg::Retire { number: NUMBER })
        .unwrap();
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), status(NUMBER, Status::Retired));
}

#[test]
fn a_key_that_stands_in_public_holds_a_transfer_up() {
    let (mut region, meter, [alice, bob]) = region();
    let next = key("next");
    let mut endorsed = meter.clone();
    endorsed.endorsement.key = next.public_key();
    let rotate = ExecuteMsg::RotateKey {
        number: NUMBER,
        endorsement: (&endorsed.endorsement).into(),
        manufacturer_signature: endorsed.vouched(),
        device_signature: meter.rotation(&next, &next),
        old_key_signature: None,
    };
    region.register(&alice, &offer(&bob)).unwrap();
    region.register(&alice, &rotate).unwrap();
    let due = Timestamp::from_seconds(region.app.block_info().time.seconds() + ROTATION_DELAY_S);
    let pending = ContractError::RotationPending { number: NUMBER, due };
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), pending);
}

#[test]
fn a_device_behind_that_waits_for_the_operator_and_too_many_of_them_hold_a_transfer_up() {
    let (mut region, _, [alice, bob]) = region();
    region.register(&alice, &offer(&bob)).unwrap();
    let mut roof = solar("roof");
    roof.number = region.reserve(&alice).number;
    region.enrol_behind(&alice, &roof, Some(NUMBER)).unwrap();
    let status = ContractError::Status {
        number: roof.number,
        status: Status::Enrolled,
    };
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), status);
    region.confirm(&roof).unwrap();
    for more in 1..=BEHIND_PASSED {
        region.join(&alice, solar(&format!("roof {more}").replace(' ', "-")), Some(NUMBER));
    }
    let too_many = ContractError::TooManyBehind {
        number: NUMBER,
        max: BEHIND_PASSED,
    };
    assert_eq!(refusal(&mut region, &bob, &ACCEPT), too_many);
    region
        .register(&alice, &ExecuteMsg::Retire { number: roof.number })
        .unwrap();
    region.register(&bob, &ACCEPT).unwrap();
    assert_eq!(numbers(&region, &bob).len(), 1 + BEHIND_PASSED);
}
