use busbar_api::certificates::{CertificateId, Evidence, EvidenceMeter, EvidencePage};
use busbar_api::{market, oracle, registry};
use busbar_attestation::{page_of, slot_of, SignedReading};
use busbar_units::Interval;
use cosmwasm_std::HexBinary;

use crate::Region;

impl Region {
    /// What leads from a certificate back to its meter: the chain's answers, and the records that were handed in by
    /// [`Region::submit`] and accepted.
    pub fn evidence(&self, id: CertificateId) -> Evidence {
        let key = market::raw::provenance_key(id.interval);
        let line = self.q().query_wasm_raw(self.market.address(), key).expect("a record");
        let before = id.interval.minus(1).expect("an interval before");
        Evidence {
            certificate: self.certificates.certificate(&self.q(), id).expect("a certificate"),
            line: HexBinary::from(line.expect("a final interval")),
            meters: self.meters_at(id.device, &[before, id.interval]),
            before: self.page_of_evidence(before, id.device),
            after: self.page_of_evidence(id.interval, id.device),
        }
    }

    fn meters_at(&self, device: u32, intervals: &[Interval]) -> Vec<EvidenceMeter> {
        let (q, registry) = (self.q(), self.registry.address());
        let page = registry::raw::page(&q, registry, page_of(device)).expect("a page");
        let slots = page.expect("a confirmed device");
        let slot = slots.get(slot_of(device)).expect("a confirmed device");
        let mut meters: Vec<EvidenceMeter> = vec![];
        for interval in intervals {
            let meter = registry::raw::meter_at(&q, registry, device, slot, *interval).expect("meters");
            if let Some(meter) = meter.filter(|meter| meters.last().is_none_or(|last| last.from < meter.from)) {
                meters.push(EvidenceMeter {
                    from: meter.from,
                    key: meter.key.into(),
                    register_modulus: meter.register_modulus,
                });
            }
        }
        meters
    }

    fn page_of_evidence(&self, interval: Interval, device: u32) -> EvidencePage {
        let page = page_of(device);
        let hash = oracle::raw::page_hash(&self.q(), self.oracle.address(), interval, page).expect("a hash");
        let signed: &[SignedReading] = self.archive.get(&(interval, page)).map_or(&[], Vec::as_slice);
        let own = signed.iter().rfind(|signed| signed.reading.device() == device);
        let domain = self.domain();
        EvidencePage {
            hash: HexBinary::from(hash.unwrap_or_default()),
            records: signed
                .iter()
                .map(|signed| HexBinary::from(signed.reading.record(&domain)))
                .collect(),
            signature: HexBinary::from(own.map_or([0; 64], |own| own.signature)),
        }
    }
}
