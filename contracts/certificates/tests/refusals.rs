//! What the certificates contract refuses.
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
use busbar_testing::certificates::{CertificateId, CertificateResponse, ExecuteMsg, InstantiateMsg, QueryMsg, Status};
use busbar_testing::cosmwasm_std::{coins, Addr, WasmMsg};
use busbar_testing::cw_multi_test::Executor;
use busbar_testing::units::Wh;
use busbar_testing::Region;
use proptest::prelude::*;
use support::{name, noon, street, Street};

/// What a message is refused with.
fn refused(region: &mut Region, sender: &Addr, msg: &ExecuteMsg) -> ContractError {
    let msg = region.to_certificates(msg);
    region.refused(sender, msg)
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
