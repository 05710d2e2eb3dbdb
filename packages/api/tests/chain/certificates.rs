use busbar_api::certificates::{
    CertificateId, CertificateResponse, Client, ExecuteMsg, Progress, QueryMsg, Status, TotalsResponse, MAX_PAGE,
};
use busbar_attestation::DeviceKind;
use busbar_units::Wh;
use cosmwasm_std::{Addr, Timestamp};

use super::{asks, at, calls, contract};

fn id() -> CertificateId {
    CertificateId {
        device: 7,
        interval: at(3),
        first: Wh::new(600),
    }
}

#[test]
fn each_builder_sends_its_message() {
    let client = Client::new(contract());
    assert_eq!(client.address(), &contract());
    let limit = Some(5);
    calls(client.issue(limit), ExecuteMsg::Issue { limit }, &[]);
    let (certificate, certificates) = (id(), vec![id()]);
    let msg = ExecuteMsg::Transfer {
        certificates: certificates.clone(),
        recipient: "ann".into(),
    };
    calls(client.transfer(certificates.clone(), "ann"), msg, &[]);
    let wh = Wh::new(100);
    calls(
        client.split(certificate, wh),
        ExecuteMsg::Split { certificate, wh },
        &[],
    );
    let msg = ExecuteMsg::Bundle {
        certificates: certificates.clone(),
    };
    calls(client.bundle(certificates.clone()), msg, &[]);
    let msg = ExecuteMsg::Retire {
        certificates: certificates.clone(),
        beneficiary: "the mill".into(),
        purpose: "flour".into(),
    };
    calls(client.retire(certificates, "the mill", "flour"), msg, &[]);
    let msg = ExecuteMsg::Withdraw {
        device: 7,
        evidence: "seal broken".into(),
    };
    calls(client.withdraw(7, "seal broken"), msg, &[]);
}

#[test]
fn each_question_gets_its_answer() {
    let client = Client::new(contract());
    let held = || CertificateResponse {
        id: id(),
        last: Wh::new(899),
        wh: Wh::new(300),
        owner: Addr::unchecked("ann"),
        status: Status::Live,
        kind: DeviceKind::Solar,
        production_start: Timestamp::from_seconds(900),
        production_end: Timestamp::from_seconds(1_800),
        domain: "elm-street".into(),
        bus: 1,
        issuer: "registry".into(),
        issued: Timestamp::from_seconds(2_000),
        origin: None,
        retirement: None,
        withdrawal: None,
    };
    asks(QueryMsg::Certificate { id: id() }, held(), |q| {
        client.certificate(q, id())
    });
    let (start_after, limit) = (Some(id()), Some(MAX_PAGE));
    let question = QueryMsg::ByOwner {
        owner: "ann".into(),
        start_after,
        limit,
    };
    asks(question, vec![held()], |q| client.by_owner(q, "ann", start_after));
    let (device, interval) = (7, Some(at(3)));
    let question = QueryMsg::ByDevice {
        device,
        interval,
        start_after,
        limit,
    };
    asks(question, vec![held()], |q| {
        client.by_device(q, device, interval, start_after)
    });
    let totals = TotalsResponse {
        issued: Wh::new(1),
        live: Wh::new(2),
        stored: Wh::new(3),
        retired: Wh::new(4),
        withdrawn: Wh::new(5),
    };
    let device = Some(device);
    asks(QueryMsg::Totals { device }, totals, |q| client.totals(q, device));
    let progress = Progress {
        interval: at(3),
        grants: 4,
        wh: Wh::new(5),
    };
    asks(QueryMsg::Progress {}, progress, |q| client.progress(q));
}
