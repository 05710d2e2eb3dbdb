//! What the certificates contract refuses, and devices that were proven false.
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
use busbar_testing::certificates::{
    CertificateId, CertificateResponse, ExecuteMsg, InstantiateMsg, QueryMsg, Status, Withdrawal,
};
use busbar_testing::cosmwasm_std::{coins, Addr, WasmMsg};
use busbar_testing::cw_multi_test::Executor;
use busbar_testing::registry::{self, Suspension};
use busbar_testing::units::{Interval, Wh};
use busbar_testing::{Device, Region};
use proptest::prelude::*;
use support::{name, street, told, Street};

/// What a message is refused with.
fn refused(region: &mut Region, sender: &Addr, msg: &ExecuteMsg) -> ContractError {
    let msg = region.to_certificates(msg);
    region.refused(sender, msg)
}

fn noon() -> (Street, Interval, [Device; 3]) {
    let mut street = street(1_000_000);
    let interval = street.noon();
    let [alice, bob] = street.homes.clone();
    let roof = street.roof.clone();
    (street, interval, [alice, bob, roof])
}

#[test]
fn no_message_to_the_certificates_takes_coins() {
    let (mut street, interval, [alice, bob, roof]) = noon();
    let id = name(&roof, interval, 0);
    let recipient = bob.owner.to_string();
    let certificates = vec![id];
    for msg in [
        ExecuteMsg::Issue { limit: None },
        ExecuteMsg::Transfer {
            certificates: certificates.clone(),
            recipient,
        },
        ExecuteMsg::Split {
            certificate: id,
            wh: Wh::new(1),
        },
        ExecuteMsg::Bundle {
            certificates: certificates.clone(),
        },
        ExecuteMsg::Retire {
            certificates,
            beneficiary: "a".into(),
            purpose: "b".into(),
        },
        ExecuteMsg::Withdraw {
            device: 1,
            evidence: "c".into(),
        },
    ] {
        let WasmMsg::Execute { contract_addr, msg, .. } = street.region.to_certificates(&msg) else {
            panic!("a call")
        };
        let funds = coins(1, "ucoin");
        let paid = WasmMsg::Execute {
            contract_addr,
            msg,
            funds,
        };
        let error: ContractError = street.region.refused(&alice.owner, paid);
        assert_eq!(error, ContractError::UnexpectedFunds { count: 1 });
    }
}

#[test]
fn only_the_owner_moves_a_certificate() {
    let (mut street, interval, [alice, bob, roof]) = noon();
    let id = name(&roof, interval, 0);
    let beyond = name(&roof, interval, 1_000);
    for msg in [
        ExecuteMsg::Transfer {
            certificates: vec![id],
            recipient: bob.owner.to_string(),
        },
        ExecuteMsg::Split {
            certificate: id,
            wh: Wh::new(1),
        },
        ExecuteMsg::Bundle {
            certificates: vec![id, beyond],
        },
        ExecuteMsg::Retire {
            certificates: vec![id],
            beneficiary: "Bob".into(),
            purpose: "theft".into(),
        },
    ] {
        assert_eq!(
            refused(&mut street.region, &bob.owner, &msg),
            ContractError::NotTheOwner {
                id,
                owner: alice.owner.clone(),
                sender: bob.owner.clone()
            }
        );
    }
    // All or none: the second of these is the roof's own.
    let msg = ExecuteMsg::Transfer {
        certificates: vec![id, beyond],
        recipient: bob.owner.to_string(),
    };
    let owner = roof.owner.clone();
    let sender = alice.owner.clone();
    assert_eq!(
        refused(&mut street.region, &alice.owner, &msg),
        ContractError::NotTheOwner {
            id: beyond,
            owner,
            sender
        }
    );
}

#[test]
fn lists_texts_and_recipients_have_bounds() {
    let (mut street, interval, [alice, bob, roof]) = noon();
    let region = &mut street.region;
    let id = name(&roof, interval, 0);
    let send = |certificates, recipient: &str| ExecuteMsg::Transfer {
        certificates,
        recipient: recipient.into(),
    };
    let counted = |count, min| ContractError::Count {
        field: "certificates",
        count,
        min,
        max: 64,
    };
    let bob_name = bob.owner.as_str();
    for count in [0, 65] {
        let certificates = vec![id; count];
        assert_eq!(
            refused(region, &alice.owner, &send(certificates.clone(), bob_name)),
            counted(count, 1)
        );
        let bundle = ExecuteMsg::Bundle { certificates };
        assert_eq!(refused(region, &alice.owner, &bundle), counted(count, 2));
    }
    let one = ExecuteMsg::Bundle { certificates: vec![id] };
    assert_eq!(refused(region, &alice.owner, &one), counted(1, 2));
    // Named twice it is no longer the sender's.
    assert!(matches!(
        refused(region, &alice.owner, &send(vec![id, id], bob_name)),
        ContractError::NotTheOwner { .. }
    ));
    let recipient = alice.owner.clone();
    assert_eq!(
        refused(region, &alice.owner, &send(vec![id], alice.owner.as_str())),
        ContractError::OwnRecipient { id, recipient }
    );
    assert!(matches!(
        refused(region, &alice.owner, &send(vec![id], &bob_name.to_uppercase())),
        ContractError::Std(_)
    ));
    let nobody = CertificateId {
        first: Wh::new(1),
        ..id
    };
    assert_eq!(
        refused(region, &alice.owner, &send(vec![nobody], bob_name)),
        ContractError::UnknownCertificate { id: nobody }
    );
    for (beneficiary, purpose, field, length) in [
        (String::new(), "p".to_owned(), "beneficiary", 0),
        ("b".repeat(129), "p".into(), "beneficiary", 129),
        ("b\0".into(), "p".into(), "beneficiary", 2),
        ("b".into(), String::new(), "purpose", 0),
        ("b".into(), "p\n".into(), "purpose", 2),
    ] {
        let msg = ExecuteMsg::Retire {
            certificates: vec![id],
            beneficiary,
            purpose,
        };
        assert_eq!(
            refused(region, &alice.owner, &msg),
            ContractError::Text {
                field,
                length,
                max: 128
            }
        );
    }
}

#[test]
fn a_split_leaves_something_on_both_sides() {
    let (mut street, interval, [alice, _, roof]) = noon();
    let id = name(&roof, interval, 0);
    let whole = Wh::new(1_000);
    for wh in [0, 1_000, 1_001, u64::MAX].map(Wh::new) {
        let msg = ExecuteMsg::Split { certificate: id, wh };
        assert_eq!(
            refused(&mut street.region, &alice.owner, &msg),
            ContractError::SplitBounds { id, wh, whole }
        );
    }
    for wh in [999, 1] {
        let split = street.region.certificates.split(id, Wh::new(wh)).unwrap();
        street.region.must(&alice.owner, split);
    }
    assert_eq!(
        street
            .owned(&alice)
            .iter()
            .map(|part| (part.1, part.2))
            .collect::<Vec<_>>(),
        [(0, 1), (1, 998), (999, 1)]
    );
}

#[test]
fn only_contiguous_certificates_of_one_origin_are_bundled() {
    let (mut street, interval, [alice, _, roof]) = noon();
    let [a, b, c] = [0, 100, 300].map(|first| name(&roof, interval, first));
    for (id, wh) in [(a, 100), (b, 200)] {
        let split = street.region.certificates.split(id, Wh::new(wh)).unwrap();
        street.region.must(&alice.owner, split);
    }
    for (certificates, id, end) in [(vec![a, c], c, 100), (vec![b, a], a, 300), (vec![a, a], a, 100)] {
        let end = Wh::new(end);
        assert_eq!(
            refused(&mut street.region, &alice.owner, &ExecuteMsg::Bundle { certificates }),
            ContractError::NotContiguous { id, end }
        );
    }
}

#[test]
fn discharge_of_different_charges_is_not_bundled_and_stored_charge_does_not_move() {
    let mut street = street(1_000_000);
    let bank = |street: &mut Street, interval| {
        let alice = street.homes[0].clone();
        street.region.bank(&alice, interval, 1_000);
    };
    street.hour(bank, [(400, 0), (0, 400), (0, 0), (0, 0)]);
    let later = street.hour(bank, [(600, 0), (0, 600), (0, 0), (0, 0)]);
    let given = street.hour(
        |street, interval| {
            let alice = street.homes[0].clone();
            street.region.redeem(&alice, interval, 500);
        },
        [(0, 500), (500, 0), (0, 0), (0, 0)],
    );
    street.region.finalise(given);
    street.region.issue();
    let (alice, storage) = (street.homes[0].clone(), street.storage.clone());
    let parts = [0, 400].map(|first| name(&storage, given, first));
    let msg = ExecuteMsg::Bundle {
        certificates: parts.to_vec(),
    };
    assert_eq!(
        refused(&mut street.region, &alice.owner, &msg),
        ContractError::AnotherOrigin { id: parts[1] }
    );
    let id = name(&alice, later, 100);
    let msg = ExecuteMsg::Transfer {
        certificates: vec![id],
        recipient: alice.owner.to_string(),
    };
    let status = Status::Stored;
    assert_eq!(
        refused(&mut street.region, &storage.owner, &msg),
        ContractError::NotLive { id, status }
    );
}

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

#[test]
fn founding_checks_issuer_and_region() {
    let mut street = street(1_000_000);
    let region = &mut street.region;
    let code = region.app.store_code(Box::new(busbar_testing::code::certificates()));
    let grid = region.grid.address().to_string();
    for (grid, issuer, funds) in [
        (grid.clone(), String::new(), vec![]),
        (grid.clone(), "x".repeat(129), vec![]),
        (grid.to_uppercase(), "issuer".into(), vec![]),
        (region.market.address().to_string(), "issuer".into(), vec![]),
        (grid, "issuer".into(), coins(1, "ucoin")),
    ] {
        let msg = InstantiateMsg { grid, issuer };
        let sender = region.owner.clone();
        let founded = region
            .app
            .instantiate_contract(code, sender, &msg, &funds, "certificates", None);
        founded.unwrap_err().downcast::<ContractError>().unwrap();
    }
}

#[test]
fn answers_of_the_certificates_come_in_pages() {
    let (mut street, interval, [alice, _, roof]) = noon();
    for first in 0..5 {
        let split = street
            .region
            .certificates
            .split(name(&roof, interval, first), Wh::new(1))
            .unwrap();
        street.region.must(&alice.owner, split);
    }
    let region = &street.region;
    let ask = |start_after: Option<CertificateId>| -> Vec<CertificateResponse> {
        let query = QueryMsg::ByOwner {
            owner: alice.owner.to_string(),
            start_after,
            limit: Some(4),
        };
        region.certificates.ask(&region.q(), &query).unwrap()
    };
    let first = ask(None);
    let second = ask(first.last().map(|last| last.id));
    assert_eq!((first.len(), second.len()), (4, 2));
    assert_eq!([first, second].concat(), region.certificates_owned(&alice.owner));
    let query = QueryMsg::ByDevice {
        device: roof.number,
        interval: interval.plus(1).ok(),
        start_after: None,
        limit: None,
    };
    let none: Vec<CertificateResponse> = region.certificates.ask(&region.q(), &query).unwrap();
    assert_eq!(none, []);
    assert!(region
        .certificates
        .certificate(&region.q(), name(&roof, interval, 7))
        .is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever owners do in whatever order, each Wh stays in exactly one certificate (checked after every call),
    /// and what is retired stays retired.
    #[test]
    fn no_order_of_moves_makes_or_loses_a_wh(
        moves in prop::collection::vec((0u8..4, 0usize..12, 1u64..700, any::<bool>()), 1..25),
    ) {
        let (mut street, _, [alice, bob, roof]) = noon();
        let region = &mut street.region;
        let mut retired = 0;
        for (action, which, wh, forth) in moves {
            let all = region.certificates_of(roof.number);
            let chosen = &all[which % all.len()];
            let next = all.get(which % all.len() + 1).map_or(chosen.id, |next| next.id);
            let recipient = if forth { &alice.owner } else { &bob.owner };
            let certificates = vec![chosen.id];
            let msg = match action {
                0 => region.certificates.transfer(certificates, recipient),
                1 => region.certificates.split(chosen.id, Wh::new(wh)),
                2 => region.certificates.bundle(vec![chosen.id, next]),
                _ => region.certificates.retire(certificates, "anyone", "proof"),
            };
            let done = region.send(&chosen.owner, msg.unwrap());
            if action == 3 && done.is_ok() {
                retired += chosen.wh.get();
            }
            let totals = region.certificates.totals(&region.q(), None).unwrap();
            prop_assert_eq!([totals.issued, totals.retired, totals.withdrawn].map(Wh::get), [1_500, retired, 0]);
        }
    }
}
