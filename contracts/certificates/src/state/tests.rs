#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_attestation::DeviceKind;
use cosmwasm_std::testing::MockStorage;
use proptest::prelude::*;

use super::*;

fn id(device: u32, interval: u64, first: u64) -> CertificateId {
    CertificateId {
        device,
        interval: Interval::new(interval),
        first: Wh::new(first),
    }
}

fn certificate(id: CertificateId, owner: &str) -> Certificate {
    Certificate {
        id,
        wh: Wh::new(5),
        owner: Addr::unchecked(owner),
        kind: DeviceKind::Solar,
        issued_s: 1_000,
        origin: None,
        stage: Stage::Live,
    }
}

#[test]
fn no_namespace_of_the_certificates_is_a_prefix_of_another() {
    for one in NAMESPACES {
        for other in NAMESPACES {
            assert!(one == other || !other.starts_with(one), "{one:?} and {other:?}");
        }
    }
}

prop_compose! {
    fn any_certificate()(
        device in any::<u32>(), interval in any::<u64>(), first in any::<u64>(), wh in any::<u64>(),
        issued_s in any::<u64>(), stage in 0u8..3, origin in any::<Option<(u32, u64, u64)>>(),
        beneficiary in "[^\\p{C}]{1,20}",
    ) -> Certificate {
        Certificate {
            id: id(device, interval, first),
            wh: Wh::new(wh),
            issued_s,
            origin: origin.map(|(device, interval, first)| Source {
                certificate: id(device, interval, first),
                kind: DeviceKind::Wind,
            }),
            stage: match stage {
                0 => Stage::Live,
                1 => Stage::Stored,
                _ => Stage::Retired(Claim { beneficiary, purpose: "heat".into(), at_s: issued_s }),
            },
            ..certificate(id(device, interval, first), "somebody")
        }
    }
}

proptest! {
    #[test]
    fn stored_certificates_read_back(certificate in any_certificate()) {
        let mut storage = MockStorage::new();
        certificate.save(&mut storage);
        prop_assert_eq!(Certificate::load(&storage, certificate.id).unwrap(), certificate);
    }

    /// Both parts together are the whole, without gap or overlap, or nothing changes.
    #[test]
    fn a_cut_leaves_two_contiguous_parts(whole in 1u64..1_000, wh in 0u64..1_100) {
        let mut first = Certificate { wh: Wh::new(whole), ..certificate(id(1, 2, 30), "a") };
        let before = first.clone();
        match first.cut(Wh::new(wh)) {
            Ok(second) => {
                prop_assert_eq!((first.id, first.wh.get()), (before.id, wh));
                prop_assert_eq!((second.id.first.get(), second.wh.get()), (30 + wh, whole - wh));
                prop_assert_eq!(second.end().unwrap(), before.end().unwrap());
            }
            Err(_) => {
                prop_assert!(wh == 0 || wh >= whole);
                prop_assert_eq!(first, before);
            }
        }
    }
}

#[test]
fn lists_are_of_one_owner_device_or_interval() {
    let mut storage = MockStorage::new();
    let all = [id(1, 2, 0), id(1, 2, 5), id(1, 3, 0), id(2, 2, 0), id(256, 0, 0)];
    for (place, name) in all.into_iter().enumerate() {
        certificate(name, if place % 2 == 0 { "ann" } else { "anna" }).save(&mut storage);
    }
    let owned = |owner: &str, after| -> Vec<CertificateId> {
        ids_of_owner(&storage, &Addr::unchecked(owner), after)
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(owned("ann", None), [all[0], all[2], all[4]]);
    assert_eq!(owned("anna", None), [all[1], all[3]]);
    assert_eq!(owned("ann", Some(all[0])), [all[2], all[4]]);
    assert_eq!(owned("an", None), []);
    let made = |device, interval: Option<u64>, after| -> Vec<CertificateId> {
        ids_of_device(&storage, device, interval.map(Interval::new), after)
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(made(1, None, None), all[..3]);
    assert_eq!(made(1, Some(2), None), all[..2]);
    assert_eq!(made(1, Some(2), Some(all[0])), [all[1]]);
    // A name of an earlier device or interval is before the list, one of a later beyond it.
    assert_eq!(made(2, None, Some(all[0])), [all[3]]);
    assert_eq!(made(1, Some(2), Some(all[2])), []);
}

#[test]
fn charge_leaves_its_queue_oldest_first() {
    let mut storage = MockStorage::new();
    for name in [id(1, 9, 0), id(7, 2, 0), id(3, 2, 4), id(3, 2, 0)] {
        enqueue(&mut storage, 5, name);
    }
    enqueue(&mut storage, 6, id(1, 1, 1));
    let mut order = vec![];
    while let Some(next) = oldest(&storage, 5).unwrap() {
        order.push(next);
        dequeue(&mut storage, 5, next);
    }
    assert_eq!(order, [id(3, 2, 0), id(3, 2, 4), id(7, 2, 0), id(1, 9, 0)]);
    assert_eq!(oldest(&storage, 4).unwrap(), None);
}

#[test]
fn withdrawing_moves_every_wh_of_one_device() {
    let mut storage = MockStorage::new();
    for device in [1, 2] {
        reckon(&mut storage, device, Change::Issued, Wh::new(10)).unwrap();
        reckon(&mut storage, device, Change::Stored, Wh::new(4)).unwrap();
        reckon(&mut storage, device, Change::Retired, Wh::new(3)).unwrap();
        reckon(&mut storage, device, Change::Discharged, Wh::new(1)).unwrap();
    }
    let other = totals_of(&storage, 2).unwrap();
    let told = |totals: busbar_api::certificates::TotalsResponse| {
        [
            totals.issued,
            totals.live,
            totals.stored,
            totals.retired,
            totals.withdrawn,
        ]
        .map(Wh::get)
    };
    assert_eq!(told(other), [14, 7, 3, 4, 0]);
    assert_eq!(withdraw_all(&mut storage, 1).unwrap(), Wh::new(14));
    assert_eq!(told(totals_of(&storage, 1).unwrap()), [14, 0, 0, 0, 14]);
    assert_eq!(told(totals_of_all(&storage).unwrap()), [28, 7, 3, 4, 14]);
    assert_eq!(totals_of(&storage, 2).unwrap(), other);
}
