use std::collections::BTreeMap;

use busbar_api::certificates::{CertificateId, CertificateResponse, Progress, Status, TotalsResponse};
use busbar_api::market::raw;
use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Wh};

use crate::Region;

/// Everything that was issued is the whole of what generators fed in the issued intervals, each Wh once; totals are
/// what the certificates sum to; and storage gave no more than was retired for it.
pub(super) fn check(region: &Region) {
    let all = region.certificates.totals(&region.q(), None).expect("totals");
    if all.issued.is_zero() {
        return;
    }
    let devices = busbar_api::registry::raw::count(&region.q(), region.registry.address()).expect("a count");
    let (mut sum, mut certificates) = (TotalsResponse::default(), vec![]);
    for device in 0..devices {
        let of_device = region.certificates_of(device);
        let told = region.certificates.totals(&region.q(), Some(device)).expect("totals");
        let counted = totals(&of_device);
        assert_eq!(counted, told, "device {device}: certificates and totals");
        sum = add(&sum, &counted);
        certificates.extend(of_device);
    }
    assert_eq!(sum, all, "certificates of all devices and totals");
    check_serials(&certificates);
    check_origins(&certificates);
    check_complete(region, &certificates);
}

fn totals(certificates: &[CertificateResponse]) -> TotalsResponse {
    let mut totals = TotalsResponse::default();
    for certificate in certificates {
        let part = match certificate.status {
            Status::Live => &mut totals.live,
            Status::Stored => &mut totals.stored,
            Status::Retired => &mut totals.retired,
            Status::Withdrawn => &mut totals.withdrawn,
        };
        *part = Wh::new(part.get() + certificate.wh.get());
        totals.issued = Wh::new(totals.issued.get() + certificate.wh.get());
    }
    totals
}

fn add(one: &TotalsResponse, other: &TotalsResponse) -> TotalsResponse {
    let sum = |part: fn(&TotalsResponse) -> Wh| Wh::new(part(one).get() + part(other).get());
    TotalsResponse {
        issued: sum(|totals| totals.issued),
        live: sum(|totals| totals.live),
        stored: sum(|totals| totals.stored),
        retired: sum(|totals| totals.retired),
        withdrawn: sum(|totals| totals.withdrawn),
    }
}

/// No two certificates hold the same Wh.
fn check_serials(certificates: &[CertificateResponse]) {
    for pair in certificates.windows(2) {
        let [one, other] = pair else { continue };
        let same = (one.id.device, one.id.interval) == (other.id.device, other.id.interval);
        assert!(
            !same || one.last < other.id.first,
            "certificates {} and {} overlap",
            one.id,
            other.id
        );
    }
}

/// What a storage gave back is backed by retired charge.
fn check_origins(certificates: &[CertificateResponse]) {
    let by_name: BTreeMap<CertificateId, &CertificateResponse> = certificates
        .iter()
        .map(|certificate| (certificate.id, certificate))
        .collect();
    let mut given = BTreeMap::<CertificateId, u64>::new();
    for certificate in certificates {
        assert_eq!(
            certificate.origin.is_some(),
            certificate.kind == DeviceKind::Storage,
            "certificate {}: only storage has an origin",
            certificate.id
        );
        if let Some(origin) = &certificate.origin {
            *given.entry(origin.certificate).or_default() += certificate.wh.get();
        }
    }
    for (id, wh) in given {
        let charge = by_name.get(&id).unwrap_or_else(|| panic!("charge {id} is gone"));
        let spent = matches!(charge.status, Status::Retired | Status::Withdrawn);
        assert!(spent && wh <= charge.wh.get(), "{wh} Wh were given for charge {id}");
    }
}

/// Of each interval that is issued all that generators fed is certified, of later ones nothing.
fn check_complete(region: &Region, certificates: &[CertificateResponse]) {
    let Progress { interval: next, .. } = region.certificates.progress(&region.q()).expect("progress");
    let mut certified = BTreeMap::<(Interval, u32), u64>::new();
    for certificate in certificates {
        assert!(
            certificate.id.interval <= next,
            "{} is issued too early",
            certificate.id
        );
        *certified
            .entry((certificate.id.interval, certificate.id.device))
            .or_default() += certificate.wh.get();
    }
    let closed = region.ledger.closed.keys().filter(|interval| **interval < next);
    for interval in closed {
        let line = raw::provenance(&region.q(), region.market.address(), *interval).expect("a record");
        for feed in line.expect("a line").feeds() {
            let device = region.registry.device(&region.q(), feed.device).expect("a device");
            let generates = matches!(
                device.kind,
                DeviceKind::Connection | DeviceKind::Solar | DeviceKind::Wind
            );
            let wh = certified.get(&(*interval, feed.device)).copied().unwrap_or(0);
            let fed = if generates { feed.fed.get() } else { 0 };
            assert_eq!(wh, fed, "{interval}, device {}: certified and fed", feed.device);
        }
    }
}
