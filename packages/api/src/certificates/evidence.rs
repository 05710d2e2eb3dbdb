use busbar_attestation::{page_of, slot_of, Domain, SignedReading};
use busbar_units::{Interval, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{HexBinary, QuerierWrapper, StdError, StdResult};

use super::CertificateResponse;
use crate::grid::Contracts;
use crate::registry::{self, Key};
use crate::{market, oracle};

/// Everything that leads from a certificate back to the records that its meter signed: what the chain answers about
/// it, and the records as an archive keeps them. Needs no chain to be checked.
#[cw_serde]
pub struct Evidence {
    /// The certificate as its contract answers it.
    pub certificate: CertificateResponse,
    /// The market's record of the interval ([`crate::market::raw::provenance_key`]).
    pub line: HexBinary,
    /// Meters of the device by their first interval, ascending: those valid in the interval and in the one before.
    pub meters: Vec<EvidenceMeter>,
    /// The device's page of the interval before.
    pub before: EvidencePage,
    /// Its page of the interval.
    pub after: EvidencePage,
}

/// A meter that signs from an interval on.
#[cw_serde]
pub struct EvidenceMeter {
    /// First interval.
    pub from: Interval,
    /// Its key.
    pub key: Key,
    /// Registers run from 0 to this value less one.
    pub register_modulus: Wh,
}

/// The records of one interval and 64 devices.
#[cw_serde]
pub struct EvidencePage {
    /// The page's hash in the oracle: running SHA-256 over its records.
    pub hash: HexBinary,
    /// All records that the page accepted, in the order of acceptance.
    pub records: Vec<HexBinary>,
    /// Signature of the device's latest record.
    pub signature: HexBinary,
}

impl Evidence {
    /// Puts together what proves a certificate of a final interval: what the chain answers, and the records of two
    /// pages out of an archive.
    ///
    /// `archive` gives all records that the oracle accepted for an interval and a page of 64 devices, in the order of
    /// their acceptance. What it leaves out, the bundle lacks, and its verification says so.
    pub fn of<E: From<StdError>>(
        querier: &QuerierWrapper<'_>,
        contracts: &Contracts,
        certificate: CertificateResponse,
        mut archive: impl FnMut(Interval, u32) -> Result<Vec<SignedReading>, E>,
    ) -> Result<Self, E> {
        let (device, interval) = (certificate.id.device, certificate.id.interval);
        let lacking = |what: &str| StdError::not_found(format!("{what} of device {device} in {interval}"));
        let before = interval.minus(1).ok_or_else(|| lacking("interval before that"))?;
        let domain = Domain::new(&certificate.domain).map_err(|error| StdError::generic_err(error.to_string()))?;
        let key = market::raw::provenance_key(interval);
        let line = querier.query_wasm_raw(&contracts.market, key)?;
        let line = line.filter(|line| !line.is_empty()).ok_or_else(|| lacking("line"))?;
        let mut page = |at| {
            let signed = archive(at, page_of(device))?;
            let own = signed.iter().rfind(|signed| signed.reading.device() == device);
            let hash = oracle::raw::page_hash(querier, &contracts.oracle, at, page_of(device))?;
            let record = |signed: &SignedReading| HexBinary::from(signed.reading.record(&domain.id()));
            Ok::<_, E>(EvidencePage {
                hash: HexBinary::from(hash.unwrap_or_default()),
                records: signed.iter().map(record).collect(),
                signature: own.map(|own| HexBinary::from(own.signature)).unwrap_or_default(),
            })
        };
        Ok(Self {
            line: HexBinary::from(line),
            before: page(before)?,
            after: page(interval)?,
            meters: meters(querier, contracts, device, [before, interval])?,
            certificate,
        })
    }
}

/// The meters of a device that are valid in two intervals, ascending.
fn meters(
    querier: &QuerierWrapper<'_>,
    contracts: &Contracts,
    device: u32,
    intervals: [Interval; 2],
) -> StdResult<Vec<EvidenceMeter>> {
    let mut meters: Vec<EvidenceMeter> = vec![];
    let page = registry::raw::page(querier, &contracts.registry, page_of(device))?.unwrap_or_default();
    let Some(slot) = page.get(slot_of(device)) else {
        return Ok(meters);
    };
    for interval in intervals {
        let meter = registry::raw::meter_at(querier, &contracts.registry, device, slot, interval)?;
        if let Some(meter) = meter.filter(|meter| meters.last().is_none_or(|last| last.from != meter.from)) {
            meters.push(EvidenceMeter {
                from: meter.from,
                key: meter.key.into(),
                register_modulus: meter.register_modulus,
            });
        }
    }
    Ok(meters)
}
