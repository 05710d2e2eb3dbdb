//! Devices that were proven false.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_certificates::ContractError;
use busbar_testing::certificates::{QueryMsg, Status, Withdrawal};
use busbar_testing::cosmwasm_std::WasmMsg;
use busbar_testing::registry::{self, Suspension};
use busbar_testing::units::Wh;
use busbar_testing::{Device, Region};
use support::{name, noon, street, told, Street};

fn suspend(region: &mut Region, device: &Device) {
    let operator = region.operator.clone();
    let reason = Suspension::Operator {
        note: "shown false".into(),
    };
    let suspend = region.registry.suspend(device.number, reason).unwrap();
    region.must(&operator, suspend);
}

fn withdraw(region: &Region, device: &Device) -> WasmMsg {
    region.certificates.withdraw(device.number, "case 7").unwrap()
}

#[test]
fn a_device_proven_false_loses_all_its_certificates_and_nobody_else_any() {
    let (mut street, interval, [alice, bob, roof]) = noon();
    let id = name(&roof, interval, 0);
    let retire = street.region.certificates.retire(vec![id], "Alice", "heat").unwrap();
    street.region.must(&alice.owner, retire);
    // Bob's home feeds beside the roof, and both intervals are final but not issued when the roof is found out.
    let next = street.hour(|_, _| {}, [(0, 0), (0, 0), (0, 300), (0, 200)]);
    street.region.finalise(next);
    suspend(&mut street.region, &roof);
    let operator = street.region.operator.clone();
    let withdraw = withdraw(&street.region, &roof);
    street.region.must(&operator, withdraw.clone());
    let told_of = |street: &Street, device: &Device| told(&street.region.certificates_of(device.number));
    let number = roof.number;
    assert_eq!(
        told_of(&street, &roof),
        [
            (number, 0, 1_000, Status::Withdrawn),
            (number, 1_000, 500, Status::Withdrawn)
        ]
    );
    street.region.issue();
    assert_eq!(told_of(&street, &roof)[2], (number, 0, 200, Status::Withdrawn));
    assert_eq!(told_of(&street, &bob), [(bob.number, 0, 300, Status::Live)]);
    let region = &mut street.region;
    let totals = region.certificates.totals(&region.q(), None).unwrap();
    assert_eq!(
        [totals.issued, totals.live, totals.retired, totals.withdrawn].map(Wh::get),
        [2_000, 300, 0, 1_700]
    );
    let certificate = region.certificates.certificate(&region.q(), id).unwrap();
    assert_eq!(certificate.retirement.unwrap().beneficiary, "Alice");
    let why: Option<Withdrawal> = region
        .certificates
        .ask(&region.q(), &QueryMsg::Withdrawal { device: number })
        .unwrap();
    let why = why.unwrap();
    assert_eq!((why.evidence.as_str(), &why.by), ("case 7", &operator));
    assert_eq!(certificate.withdrawal, Some(why));

    let id = name(&roof, interval, 1_000);
    let transfer = region.certificates.transfer(vec![id], &bob.owner).unwrap();
    let error: ContractError = region.refused(&roof.owner, transfer);
    let status = Status::Withdrawn;
    assert_eq!(error, ContractError::NotLive { id, status });
    let error: ContractError = region.refused(&operator, withdraw);
    assert_eq!(error, ContractError::AlreadyWithdrawn { device: number });
}

#[test]
fn charge_of_a_false_device_stands_for_no_discharge() {
    let mut street = street(1_000_000);
    let [alice, bob] = street.homes.clone();
    let charged = street.hour(
        |street, interval| {
            let (alice, bob) = (street.homes[0].clone(), street.homes[1].clone());
            street.region.bank(&alice, interval, 400);
            street.region.bank(&bob, interval, 400);
        },
        [(800, 0), (0, 400), (0, 400), (0, 0)],
    );
    street.region.finalise(charged);
    street.region.issue();
    let first = street.hour(
        |street, interval| {
            let alice = street.homes[0].clone();
            street.region.redeem(&alice, interval, 100);
        },
        [(0, 100), (100, 0), (0, 0), (0, 0)],
    );
    street.region.finalise(first);
    street.region.issue();
    suspend(&mut street.region, &alice);
    let (operator, message) = (street.region.operator.clone(), withdraw(&street.region, &alice));
    street.region.must(&operator, message);
    let reinstate = street.region.registry.reinstate(alice.number).unwrap();
    street.region.must(&operator, reinstate);
    let storage = street.storage.clone();
    let given = street.hour(
        |street, interval| {
            let bob = street.homes[1].clone();
            street.region.redeem(&bob, interval, 400);
        },
        [(0, 400), (0, 0), (400, 0), (0, 0)],
    );
    street.region.finalise(given);
    street.region.issue();
    let discharged = street.region.certificates_of(storage.number);
    let origins: Vec<_> = discharged
        .iter()
        .map(|certificate| certificate.origin.as_ref().unwrap())
        .map(|origin| (origin.certificate.device, origin.withdrawn))
        .collect();
    assert_eq!(origins, [(alice.number, true), (bob.number, false)]);
    assert_eq!(
        told(&discharged),
        [
            (storage.number, 0, 100, Status::Live),
            (storage.number, 0, 400, Status::Live)
        ]
    );
}

#[test]
fn only_operator_and_owner_withdraw_and_only_of_a_device_that_is_out() {
    let (mut street, _, [alice, _, roof]) = noon();
    let region = &mut street.region;
    let (operator, owner) = (region.operator.clone(), region.owner.clone());
    let device = roof.number;
    for sender in [&operator, &owner] {
        let status = registry::Status::Active;
        let message = withdraw(region, &roof);
        let error: ContractError = region.refused(sender, message);
        assert_eq!(error, ContractError::NotProvenFalse { device, status });
    }
    suspend(region, &roof);
    for sender in [alice.owner.clone(), roof.owner.clone(), region.utility.clone()] {
        let message = withdraw(region, &roof);
        let error: ContractError = region.refused(&sender, message);
        assert_eq!(error, ContractError::NotPermitted { sender });
    }
    let unknown = region.certificates.withdraw(77, "case 7").unwrap();
    let error: ContractError = region.refused(&operator, unknown);
    assert_eq!(error, ContractError::UnknownDevice { device: 77 });
    let silent = region.certificates.withdraw(device, "").unwrap();
    let error: ContractError = region.refused(&operator, silent);
    assert_eq!(
        error,
        ContractError::Text {
            field: "evidence",
            length: 0,
            max: 128
        }
    );
    let message = withdraw(region, &roof);
    region.must(&owner, message);
}
