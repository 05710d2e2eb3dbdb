//! Questions of wallets and auditors.
use std::collections::BTreeMap;

use busbar_api::certificates::{
    CertificateId, CertificateResponse, ConfigResponse, Origin, Progress, Retirement, TotalsResponse, MAX_PAGE,
};
use busbar_api::grid;
use busbar_units::{Interval, UnitsError, Wh};
use cosmwasm_std::{Deps, Timestamp};

use crate::region::Region;
use crate::state::{
    ids_of_device, ids_of_owner, ids_retired_for, is_withdrawn, load_progress, totals_of, totals_of_all, withdrawal,
    Certificate, Stage, GRID, ISSUER,
};
use crate::ContractError;

/// What the contract was founded with.
pub fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let grid = GRID.load(deps.storage)?;
    let domain = grid::raw::region(&deps.querier, &grid)?.domain;
    let issuer = ISSUER.load(deps.storage)?;
    Ok(ConfigResponse { grid, issuer, domain })
}

/// A certificate.
pub fn certificate(deps: Deps<'_>, id: CertificateId) -> Result<CertificateResponse, ContractError> {
    Told::of(deps)?.certificate(id)
}

/// Certificates of an owner.
pub fn by_owner(
    deps: Deps<'_>,
    owner: &str,
    start_after: Option<CertificateId>,
    limit: Option<u32>,
) -> Result<Vec<CertificateResponse>, ContractError> {
    let owner = deps.api.addr_validate(owner)?;
    page(deps, ids_of_owner(deps.storage, &owner, start_after), limit)
}

/// Certificates of a device.
pub fn by_device(
    deps: Deps<'_>,
    device: u32,
    interval: Option<Interval>,
    start_after: Option<CertificateId>,
    limit: Option<u32>,
) -> Result<Vec<CertificateResponse>, ContractError> {
    page(deps, ids_of_device(deps.storage, device, interval, start_after), limit)
}

/// Certificates that were retired for a beneficiary.
pub fn retired_for(
    deps: Deps<'_>,
    beneficiary: &str,
    start_after: Option<CertificateId>,
    limit: Option<u32>,
) -> Result<Vec<CertificateResponse>, ContractError> {
    page(deps, ids_retired_for(deps.storage, beneficiary, start_after), limit)
}

/// Wh by status.
pub fn totals(deps: Deps<'_>, device: Option<u32>) -> Result<TotalsResponse, ContractError> {
    match device {
        Some(device) => totals_of(deps.storage, device),
        None => totals_of_all(deps.storage),
    }
}

/// How far certificates have been issued.
pub fn progress(deps: Deps<'_>) -> Result<Progress, ContractError> {
    load_progress(deps.storage)
}

fn page(
    deps: Deps<'_>,
    ids: impl Iterator<Item = Result<CertificateId, ContractError>>,
    limit: Option<u32>,
) -> Result<Vec<CertificateResponse>, ContractError> {
    let limit = usize::try_from(limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE)).unwrap_or(1);
    let mut told = Told::of(deps)?;
    ids.take(limit).map(|id| told.certificate(id?)).collect()
}

/// What all answers share, and the buses that were looked up.
struct Told<'a> {
    deps: Deps<'a>,
    region: Region<'a>,
    grid: grid::Region,
    issuer: String,
    buses: BTreeMap<u32, u16>,
}

impl<'a> Told<'a> {
    fn of(deps: Deps<'a>) -> Result<Self, ContractError> {
        let region = Region::load(deps.storage, deps.querier)?;
        Ok(Self {
            deps,
            grid: grid::raw::region(&deps.querier, &region.grid)?,
            region,
            issuer: ISSUER.load(deps.storage)?,
            buses: BTreeMap::new(),
        })
    }

    fn bus(&mut self, device: u32) -> Result<u16, ContractError> {
        if let Some(bus) = self.buses.get(&device) {
            return Ok(*bus);
        }
        let bus = self.region.device(device)?.bus;
        self.buses.insert(device, bus);
        Ok(bus)
    }

    fn certificate(&mut self, id: CertificateId) -> Result<CertificateResponse, ContractError> {
        let storage = self.deps.storage;
        let certificate = Certificate::load(storage, id)?;
        let withdrawal = withdrawal(storage, id.device)?;
        let length_s = self.grid.interval_s;
        Ok(CertificateResponse {
            id,
            last: certificate.end()?.sub(Wh::new(1))?,
            wh: certificate.wh,
            status: certificate.status(withdrawal.is_some()),
            kind: certificate.kind,
            production_start: instant(id.interval.start_s(length_s)?)?,
            production_end: instant(id.interval.end_s(length_s)?)?,
            domain: self.grid.domain.clone(),
            bus: self.bus(id.device)?,
            issuer: self.issuer.clone(),
            issued: instant(certificate.issued_s)?,
            origin: certificate.origin.map(|origin| Origin {
                certificate: origin.certificate,
                kind: origin.kind,
                withdrawn: is_withdrawn(storage, origin.certificate.device),
            }),
            retirement: match certificate.stage {
                Stage::Retired(claim) => Some(Retirement {
                    beneficiary: claim.beneficiary,
                    purpose: claim.purpose,
                    at: instant(claim.at_s)?,
                }),
                _ => None,
            },
            owner: certificate.owner,
            withdrawal,
        })
    }
}

fn instant(unix_s: u64) -> Result<Timestamp, UnitsError> {
    let nanos = unix_s.checked_mul(1_000_000_000).ok_or(UnitsError::Overflow {
        unit: "Timestamp",
        operation: "nanoseconds",
    })?;
    Ok(Timestamp::from_nanos(nanos))
}
