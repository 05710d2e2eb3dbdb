//! The walk from a certificate to the meter, one step after the other.
use busbar_api::certificates::{CertificateResponse, Evidence, EvidenceMeter, EvidencePage};
use busbar_api::market::provenance::{Line, Source};
use busbar_api::oracle::Registers;
use busbar_attestation::{Domain, DomainId, HostCrypto, Reading, Verifier, running_hash};
use busbar_units::{Interval, Wh};
use cosmwasm_std::HexBinary;

use super::Reason;

/// What was proven, in the order of the walk, and why it ended if it did.
pub fn walk(evidence: &Evidence) -> (Vec<String>, Result<(), Reason>) {
    let mut proven = vec![];
    let verdict = steps(evidence, &mut proven);
    (proven, verdict)
}

fn steps(evidence: &Evidence, proven: &mut Vec<String>) -> Result<(), Reason> {
    let certificate = &evidence.certificate;
    let (device, interval) = (certificate.id.device, certificate.id.interval);
    standing(certificate)?;
    proven.push(format!(
        "{:?}, Wh {} to {} of device {device} in {interval}",
        certificate.status,
        certificate.id.first.get(),
        certificate.last.get()
    ));

    let domain = Domain::new(&certificate.domain).map_err(|_| Reason::Domain {
        domain: certificate.domain.clone(),
    })?;
    let before = interval.minus(1).ok_or(Reason::FirstInterval { interval })?;
    let mut registers = vec![];
    for (at, page) in [(before, &evidence.before), (interval, &evidence.after)] {
        let reading = signed(evidence, at, page, domain.id(), device)?;
        proven.push(format!(
            "{at}: signed by the key of that interval, registers {} and {}",
            reading.import().get(),
            reading.export().get()
        ));
        hashed(at, page)?;
        proven.push(format!("{at}: {} records hash to the page's hash", page.records.len()));
        registers.push(Registers {
            import: reading.import(),
            export: reading.export(),
        });
    }

    let [first, last] = registers[..] else {
        return Err(Reason::FirstInterval { interval });
    };
    let base = restarted(&evidence.before, before, domain.id(), device).unwrap_or(first);
    let modulus = meter(&evidence.meters, interval)?.register_modulus;
    let energy = base.until(&last, modulus).ok_or(Reason::Registers { modulus })?;
    let fed = fed(evidence, interval, device)?;
    if fed != energy.export {
        return Err(Reason::Energy {
            line: fed,
            metered: energy.export,
        });
    }
    proven.push(format!("{} fed, as on the line of {interval}", energy.export));
    if certificate.last >= fed {
        return Err(Reason::Beyond {
            last: certificate.last.get(),
            fed,
        });
    }
    if let Some(origin) = &certificate.origin {
        let charge = &origin.certificate;
        proven.push(format!("stands for charge {charge}, which has evidence of its own"));
    }
    Ok(())
}

/// What the certificate says of itself.
fn standing(certificate: &CertificateResponse) -> Result<(), Reason> {
    if let Some(withdrawal) = &certificate.withdrawal {
        return Err(Reason::Withdrawn {
            evidence: withdrawal.evidence.clone(),
        });
    }
    let (first, last, wh) = (certificate.id.first, certificate.last, certificate.wh);
    let length = last.sub(first).and_then(|beyond| beyond.add(Wh::new(1)));
    if length != Ok(wh) {
        return Err(Reason::Serials {
            first: first.get(),
            last: last.get(),
            wh: wh.get(),
        });
    }
    let storage = certificate.kind == busbar_attestation::DeviceKind::Storage;
    match &certificate.origin {
        Some(origin) if origin.withdrawn => Err(Reason::OriginWithdrawn {
            charge: origin.certificate.to_string(),
        }),
        origin if origin.is_some() != storage => Err(Reason::Origin),
        _ => Ok(()),
    }
}

/// The device's latest record of a page, if the key of its interval signed it for this region.
fn signed(
    evidence: &Evidence,
    interval: Interval,
    page: &EvidencePage,
    domain: DomainId,
    device: u32,
) -> Result<Reading, Reason> {
    let found = page
        .records
        .iter()
        .filter_map(|record| Some((record, Reading::from_record(record).ok()?)))
        .filter(|(_, (_, reading))| reading.device() == device && reading.interval() == interval)
        .max_by_key(|(_, (_, reading))| reading.revision());
    let (record, (of, reading)) = found.ok_or(Reason::NoRecord { interval, device })?;
    if of != domain {
        return Err(Reason::AnotherRegion { interval });
    }
    let meter = meter(&evidence.meters, interval)?;
    let key = meter.key.check().map_err(|error| Reason::Key { error })?;
    match HostCrypto.verify(record, &page.signature, &key) {
        Ok(true) => Ok(reading),
        _ => Err(Reason::Signature { interval }),
    }
}

fn meter(meters: &[EvidenceMeter], interval: Interval) -> Result<&EvidenceMeter, Reason> {
    let valid = meters.iter().filter(|meter| meter.from <= interval);
    valid.max_by_key(|meter| meter.from).ok_or(Reason::NoMeter { interval })
}

/// The page's records are those that the oracle accepted, in their order.
fn hashed(interval: Interval, page: &EvidencePage) -> Result<(), Reason> {
    let found = page
        .records
        .iter()
        .fold([0; 32], |hash, record| running_hash(&hash, record));
    if page.hash == found.as_slice() {
        return Ok(());
    }
    Err(Reason::PageHash {
        interval,
        found: HexBinary::from(found).to_hex(),
        hash: page.hash.to_hex(),
    })
}

/// Registers at which a new meter began after the last record of the page, where one did
/// ([`busbar_attestation::Reset`]: header 8, domain 16, device 4, interval 8, last registers 12, first 12, key).
fn restarted(page: &EvidencePage, interval: Interval, domain: DomainId, device: u32) -> Option<Registers> {
    let opening = [&domain.0[..], &device.to_be_bytes(), &interval.get().to_be_bytes()].concat();
    let mut resets = page.records.iter().filter(|record| {
        record.get(8..36) == Some(&opening[..]) && record.get(48..60).is_some() && Reading::from_record(record).is_err()
    });
    let first = resets.next_back()?.get(48..60)?;
    let register = |bytes: &[u8]| bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let (import, export) = first.split_at(6);
    Some(Registers {
        import: Wh::new(register(import)),
        export: Wh::new(register(export)),
    })
}

/// What the device fed, as it stands on the line.
fn fed(evidence: &Evidence, interval: Interval, device: u32) -> Result<Wh, Reason> {
    let line = Line::decode(&evidence.line).map_err(|error| Reason::Line { error })?;
    let sums = |error| Reason::LineSums { error };
    let pieces = line.pieces(interval).map_err(sums)?;
    let of_device = pieces.iter().filter(|piece| match piece.supply.source {
        Source::Device { device: number } | Source::Bank { device: number } => number == device,
        Source::Utility {} => false,
    });
    let fed = Wh::sum(of_device.map(|piece| piece.supply.wh)).map_err(|error| sums(error.into()))?;
    if fed.is_zero() {
        return Err(Reason::NotOnLine { device, interval });
    }
    Ok(fed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use busbar_attestation::{Curve, Reset, SigningKey};

    use super::*;

    /// Where a meter took over, its first registers are what the next reading is compared with.
    #[test]
    fn registers_start_over_where_a_meter_was_replaced() {
        let domain = Domain::new("test-elm-street").unwrap().id();
        let interval = Interval::new(7);
        let reset = |number, interval| Reset {
            domain,
            number,
            interval,
            last: [900, 800].map(Wh::new),
            first: [5, 1 << 40].map(Wh::new),
            key: SigningKey::generate(Curve::Ed25519, b"new").unwrap().public_key(),
        };
        let page = |records: Vec<Vec<u8>>| EvidencePage {
            hash: HexBinary::from([0; 32]),
            records: records.into_iter().map(HexBinary::from).collect(),
            signature: HexBinary::from([0; 64]),
        };
        let own = Reading::new(3, interval, 0, Wh::new(900), Wh::new(800)).unwrap();
        let others = [reset(4, interval), reset(3, Interval::new(8))].map(|reset| reset.message().unwrap());
        let mut records = vec![own.record(&domain).to_vec()];
        records.extend(others);
        assert_eq!(restarted(&page(records.clone()), interval, domain, 3), None);
        records.push(reset(3, interval).message().unwrap());
        let first = Registers {
            import: Wh::new(5),
            export: Wh::new(1 << 40),
        };
        assert_eq!(restarted(&page(records), interval, domain, 3), Some(first));
    }
}
