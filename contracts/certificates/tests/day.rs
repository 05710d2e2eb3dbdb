//! A day of two homes, a solar roof and a storage, from issue to retirement.
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
use busbar_testing::attestation::DeviceKind;
use busbar_testing::certificates::{ExecuteMsg, Progress, QueryMsg, Status};
use busbar_testing::units::Wh;
use support::{name, street, told};

#[test]
fn what_was_sold_is_the_buyers_and_the_rest_the_producers() {
    let mut street = street(1_000_000);
    let interval = street.noon();
    let (alice, bob) = (street.homes[0].clone(), street.homes[1].clone());
    let roof = street.roof.number;
    assert_eq!(street.owned(&alice), [(roof, 0, 1_000, Status::Live)]);
    assert_eq!(
        street.owned(&bob),
        [],
        "what he did not buy stays the producer's, though he drew it"
    );
    assert_eq!(street.owned(&street.roof.clone()), [(roof, 1_000, 500, Status::Live)]);
    let region = &street.region;
    let certificate = region
        .certificates
        .certificate(&region.q(), name(&street.roof, interval, 0))
        .unwrap();
    assert_eq!(
        (certificate.kind, certificate.bus, certificate.last.get()),
        (DeviceKind::Solar, 1, 999)
    );
    assert_eq!(
        (certificate.domain.as_str(), certificate.issuer.as_str()),
        ("test-elm-street", "Elm Street registry")
    );
    let hour = certificate.production_end.seconds() - certificate.production_start.seconds();
    assert_eq!(
        (certificate.production_start.seconds(), hour),
        (interval.get() * 3_600, 3_600)
    );
    assert_eq!(
        (certificate.origin, certificate.retirement, certificate.withdrawal),
        (None, None, None)
    );
}

#[test]
fn certificates_are_split_transferred_bundled_and_retired() {
    let mut street = street(1_000_000);
    let interval = street.noon();
    let (alice, bob, roof) = (street.homes[0].clone(), street.homes[1].clone(), street.roof.clone());
    let [first, second] = [0, 250].map(|at| name(&roof, interval, at));
    let region = &mut street.region;
    let split = region.certificates.split(first, Wh::new(250)).unwrap();
    region.must(&alice.owner, split);
    assert_eq!(
        told(&region.certificates_owned(&alice.owner)),
        [
            (roof.number, 0, 250, Status::Live),
            (roof.number, 250, 750, Status::Live)
        ]
    );
    let transfer = region.certificates.transfer(vec![second], &bob.owner).unwrap();
    region.must(&alice.owner, transfer);
    assert_eq!(
        told(&region.certificates_owned(&bob.owner)),
        [(roof.number, 250, 750, Status::Live)]
    );
    let back = region.certificates.transfer(vec![second], &alice.owner).unwrap();
    region.must(&bob.owner, back);
    let bundle = region.certificates.bundle(vec![first, second]).unwrap();
    region.must(&alice.owner, bundle);
    assert_eq!(
        told(&region.certificates_owned(&alice.owner)),
        [(roof.number, 0, 1_000, Status::Live)]
    );
    let retire = region
        .certificates
        .retire(vec![first], "Bakery Ltd", "bread of May")
        .unwrap();
    region.must(&alice.owner, retire);
    let query = QueryMsg::RetiredFor {
        beneficiary: "Bakery Ltd".into(),
        start_after: None,
        limit: None,
    };
    let retired: Vec<busbar_testing::certificates::CertificateResponse> =
        region.certificates.ask(&region.q(), &query).unwrap();
    assert_eq!(told(&retired), [(roof.number, 0, 1_000, Status::Retired)]);
    let claim = retired[0].retirement.clone().unwrap();
    assert_eq!(
        (claim.purpose.as_str(), claim.at.seconds()),
        ("bread of May", region.now_s())
    );
    let totals = region.certificates.totals(&region.q(), Some(roof.number)).unwrap();
    assert_eq!(
        [totals.issued, totals.live, totals.retired].map(Wh::get),
        [1_500, 500, 1_000]
    );
    for error in [
        region.certificates.transfer(vec![first], &bob.owner),
        region.certificates.split(first, Wh::new(1)),
        region.certificates.retire(vec![first], "somebody else", "again"),
    ]
    .map(|msg| region.refused::<ContractError>(&alice.owner, msg.unwrap()))
    {
        let status = Status::Retired;
        assert_eq!(error, ContractError::NotLive { id: first, status });
    }
}

#[test]
fn an_interval_is_issued_once_and_only_when_it_is_final() {
    let mut street = street(1_000_000);
    let interval = street.hour(|_, _| {}, [(0, 0), (0, 0), (300, 0), (0, 300)]);
    let anyone = street.region.account("anyone");
    street.region.finalise(interval.minus(1).unwrap());
    street.region.issue();
    let issue = street.region.to_certificates(&ExecuteMsg::Issue { limit: None });
    let refused: ContractError = street.region.refused(&anyone, issue.clone());
    assert_eq!(refused, ContractError::NothingToIssue { next: interval });
    street.region.finalise(interval);
    street.region.must(&anyone, issue.clone());
    assert_eq!(street.region.certificates_of(street.roof.number).len(), 1);
    let next = interval.plus(1).unwrap();
    let refused: ContractError = street.region.refused(&anyone, issue);
    assert_eq!(refused, ContractError::NothingToIssue { next });
}

/// However small the steps, the same certificates come out.
#[test]
fn issuing_goes_on_where_it_stopped() {
    let issued = |limit: Option<u32>| {
        let mut street = street(900_000);
        let charged = street.hour(
            |street, interval| {
                let home = street.homes[0].clone();
                street.region.bank(&home, interval, 1_000);
            },
            [(1_000, 0), (0, 700), (50, 0), (0, 600)],
        );
        let given = street.hour(
            |street, interval| {
                let home = street.homes[0].clone();
                street.region.redeem(&home, interval, 500);
            },
            [(0, 700), (500, 0), (100, 0), (0, 10)],
        );
        street.region.finalise(given);
        let anyone = street.region.account("anyone");
        let mut calls = 0;
        let end = given.plus(1).unwrap();
        while street
            .region
            .certificates
            .progress(&street.region.q())
            .unwrap()
            .interval
            < end
        {
            let issue = street.region.to_certificates(&ExecuteMsg::Issue { limit });
            street.region.must(&anyone, issue);
            calls += 1;
        }
        let all: Vec<_> = (0..4)
            .flat_map(|device| street.region.certificates_of(device))
            .collect();
        let totals = street.region.certificates.totals(&street.region.q(), None).unwrap();
        assert!(charged < given);
        (
            calls,
            told(&all),
            totals,
            all.iter()
                .map(|certificate| certificate.owner.clone())
                .collect::<Vec<_>>(),
        )
    };
    let whole = issued(None);
    let small = issued(Some(1));
    assert_eq!(whole.0, 1);
    assert!(small.0 > 8, "{} calls", small.0);
    assert_eq!((whole.1, whole.2, whole.3), (small.1, small.2, small.3));
}

/// The storage gives back less than the region asks: charge is retired at what was minted for it.
#[test]
fn discharge_stands_for_charge_at_the_efficiency_of_minting() {
    let mut street = support::street_with(1_000_000, 800_000);
    let bank = |street: &mut support::Street, interval| {
        let alice = street.homes[0].clone();
        street.region.bank(&alice, interval, 1_000);
    };
    street.hour(bank, [(1_000, 0), (0, 1_000), (0, 0), (0, 0)]);
    let alice = street.homes[0].clone();
    assert_eq!(street.region.books(&alice.owner).energy.get(), 800);
    let given = street.hour(
        |street, interval| {
            let alice = street.homes[0].clone();
            street.region.redeem(&alice, interval, 400);
        },
        [(0, 400), (400, 0), (0, 0), (0, 0)],
    );
    street.region.finalise(given);
    street.region.issue();
    let storage = street.storage.clone();
    assert_eq!(
        street.owned(&storage),
        [
            (alice.number, 0, 500, Status::Retired),
            (alice.number, 500, 500, Status::Stored)
        ]
    );
    assert_eq!(street.owned(&alice), [(storage.number, 0, 400, Status::Live)]);
}

/// 1,000 Wh of charge stand for 900 Wh of discharge; the last 100 Wh that the storage gives have no origin left.
#[test]
fn storage_gives_back_what_was_retired_for_it_oldest_first() {
    let mut street = street(900_000);
    let bank = |street: &mut support::Street, interval| {
        let alice = street.homes[0].clone();
        street.region.bank(&alice, interval, 1_000);
    };
    let charged = street.hour(bank, [(400, 0), (0, 400), (0, 0), (0, 0)]);
    let later = street.hour(bank, [(600, 0), (0, 600), (0, 0), (0, 0)]);
    let given = street.hour(
        |street, interval| {
            let alice = street.homes[0].clone();
            street.region.redeem(&alice, interval, 450);
        },
        [(0, 450), (450, 0), (0, 0), (0, 0)],
    );
    street.region.finalise(given);
    street.region.issue();
    let (alice, storage) = (street.homes[0].clone(), street.storage.clone());
    // 360 Wh of the first 400, and 90 Wh of 100 of the second 600.
    assert_eq!(
        street.owned(&storage),
        [
            (alice.number, 0, 400, Status::Retired),
            (alice.number, 0, 100, Status::Retired),
            (alice.number, 100, 500, Status::Stored)
        ]
    );
    assert_eq!(
        street.owned(&alice),
        [
            (storage.number, 0, 360, Status::Live),
            (storage.number, 360, 90, Status::Live)
        ]
    );
    let origins: Vec<_> = street
        .region
        .certificates_owned(&alice.owner)
        .into_iter()
        .map(|certificate| certificate.origin.unwrap())
        .map(|origin| (origin.certificate, origin.kind))
        .collect();
    assert_eq!(
        origins,
        [
            (name(&alice, charged, 0), DeviceKind::Connection),
            (name(&alice, later, 0), DeviceKind::Connection)
        ]
    );

    let rest = street.hour(
        |street, interval| {
            let alice = street.homes[0].clone();
            street.region.redeem(&alice, interval, 450);
        },
        [(0, 550), (450, 0), (100, 0), (0, 0)],
    );
    street.region.finalise(rest);
    street.region.issue();
    let totals = street
        .region
        .certificates
        .totals(&street.region.q(), Some(storage.number))
        .unwrap();
    assert_eq!(totals.issued.get(), 900);
    let stored = street.region.certificates.totals(&street.region.q(), None).unwrap();
    assert_eq!((stored.stored.get(), stored.retired.get()), (0, 1_000));
    let stands = street.region.certificates.progress(&street.region.q()).unwrap();
    let next = Progress {
        interval: rest.plus(1).unwrap(),
        grants: 0,
        wh: Wh::ZERO,
    };
    assert_eq!(stands, next);
}

#[test]
fn utility_energy_is_certified_to_nobody_and_what_it_buys_is_its_own() {
    let mut street = street(1_000_000);
    let interval = street.hour(
        |street, interval| {
            let roof = street.roof.clone();
            // At the export tariff the utility buys.
            street.region.sell(&roof, interval, 400, 70_000);
        },
        [(0, 0), (0, 0), (0, 0), (0, 600)],
    );
    let night = street.hour(|_, _| {}, [(0, 0), (900, 0), (0, 0), (0, 0)]);
    street.region.finalise(night);
    street.region.issue();
    let (roof, utility) = (street.roof.clone(), street.region.utility.clone());
    assert_eq!(
        told(&street.region.certificates_owned(&utility)),
        [(roof.number, 0, 400, Status::Live)]
    );
    assert_eq!(street.owned(&roof), [(roof.number, 400, 200, Status::Live)]);
    let all = street.region.certificates.totals(&street.region.q(), None).unwrap();
    assert_eq!(all.issued.get(), 600, "{interval}");
}
