//! Issues the certificates of final intervals, in bounded steps, each exactly once.
use busbar_api::certificates::{CertificateId, Progress, DEFAULT_STEP, MAX_STEP};
use busbar_api::market;
use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Ppm, Wh};
use cosmwasm_std::{DepsMut, Env, Response, Storage};

use crate::plan::{plan, Grant, Of};
use crate::region::{Kinds, Region};
use crate::state::{
    dequeue, enqueue, is_withdrawn, load_progress, oldest, reckon, save_progress, Certificate, Change, Claim, Source,
    Stage,
};
use crate::{events, ContractError};

/// Issues up to `limit` certificates, oldest interval first; an interval costs one more.
pub fn issue(deps: DepsMut<'_>, env: &Env, limit: Option<u32>) -> Result<Response, ContractError> {
    let region = Region::load(deps.storage, deps.querier)?;
    let before = load_progress(deps.storage)?;
    let end = market::raw::final_cursor(&deps.querier, &region.contracts.market)?;
    if before.interval >= end {
        return Err(ContractError::NothingToIssue { next: before.interval });
    }
    let mut issuing = Issuing {
        region: &region,
        kinds: Kinds::of(&region),
        now_s: env.block.time.seconds(),
        at: before,
        budget: limit.unwrap_or(DEFAULT_STEP).clamp(1, MAX_STEP),
        issued: Wh::ZERO,
    };
    while issuing.budget > 0 && issuing.at.interval < end {
        issuing.interval(deps.storage)?;
    }
    save_progress(deps.storage, issuing.at);
    Ok(Response::new().add_event(events::issued(before, issuing.at, issuing.issued)))
}

struct Issuing<'a, 'b> {
    region: &'a Region<'b>,
    kinds: Kinds<'a, 'b>,
    now_s: u64,
    at: Progress,
    budget: u32,
    issued: Wh,
}

impl Issuing<'_, '_> {
    /// Goes on with an interval until it is done or the budget is used.
    fn interval(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let (q, market) = (&self.region.querier, &self.region.contracts.market);
        let interval = self.at.interval;
        let line = market::raw::provenance(q, market, interval)?.unwrap_or_default();
        let (bank, efficiency) = line
            .storage
            .map_or((None, Ppm::ZERO), |bank| (Some(bank.device), bank.efficiency));
        let done = usize::try_from(self.at.grants).unwrap_or(usize::MAX);
        for grant in plan(&line, interval)?.iter().skip(done) {
            if self.budget == 0 {
                return Ok(());
            }
            let whole = match grant.of {
                Of::Generation => self.generation(storage, grant, None)?,
                Of::Charge => self.generation(storage, grant, bank)?,
                Of::Discharge => self.discharge(storage, grant, efficiency)?,
            };
            if whole {
                self.at.grants = self.at.grants.saturating_add(1);
                self.at.wh = Wh::ZERO;
            }
        }
        if self.budget > 0 {
            self.spend();
            self.at = Progress {
                interval: interval.plus(1)?,
                grants: 0,
                wh: Wh::ZERO,
            };
        }
        Ok(())
    }

    fn spend(&mut self) {
        self.budget = self.budget.saturating_sub(1);
    }

    /// A certificate of what a device generated, into the queue of a storage where it charged one.
    fn generation(
        &mut self,
        storage: &mut dyn Storage,
        grant: &Grant,
        charged: Option<u32>,
    ) -> Result<bool, ContractError> {
        let Some(kind) = self.kinds.generator(grant.device)? else {
            return Ok(true);
        };
        self.spend();
        let certificate = self.certificate(grant, grant.first, grant.wh, kind, None)?;
        let (stage, change) = match charged {
            Some(bank) => {
                enqueue(storage, bank, certificate.id);
                (Stage::Stored, Change::Stored)
            }
            None => (Stage::Live, Change::Issued),
        };
        self.store(storage, Certificate { stage, ..certificate }, change)?;
        Ok(true)
    }

    /// Certificates of what the bank's storage gave back, against the oldest of what it was charged with; nothing
    /// where that is used up. True when the grant is done.
    fn discharge(&mut self, storage: &mut dyn Storage, grant: &Grant, efficiency: Ppm) -> Result<bool, ContractError> {
        while self.budget > 0 {
            let left = grant.wh.sub(self.at.wh)?;
            if left.is_zero() || efficiency <= Ppm::ZERO {
                return Ok(true);
            }
            let Some(id) = oldest(storage, grant.device)? else {
                return Ok(true);
            };
            self.spend();
            if is_withdrawn(storage, id.device) {
                dequeue(storage, grant.device, id);
                continue;
            }
            let (kind, given) = self.take(storage, id, grant.device, left, efficiency)?;
            if given.is_zero() {
                continue;
            }
            let origin = Source { certificate: id, kind };
            let first = grant.first.add(self.at.wh)?;
            let certificate = self.certificate(grant, first, given, DeviceKind::Storage, Some(origin))?;
            self.store(storage, certificate, Change::Issued)?;
            self.at.wh = self.at.wh.add(given)?;
        }
        Ok(grant.wh == self.at.wh)
    }

    /// Retires as much of a charge certificate as `wanted` Wh of discharge stand for; returns its kind and what it
    /// gives, rounded down.
    fn take(
        &self,
        storage: &mut dyn Storage,
        id: CertificateId,
        bank: u32,
        wanted: Wh,
        efficiency: Ppm,
    ) -> Result<(DeviceKind, Wh), ContractError> {
        let mut charge = Certificate::load(storage, id)?;
        dequeue(storage, bank, id);
        let needed = needed(wanted, efficiency)?;
        if needed < charge.wh {
            let rest = charge.cut(needed)?;
            enqueue(storage, bank, rest.id);
            rest.save(storage);
        }
        charge.stage = Stage::Retired(Claim {
            beneficiary: charge.owner.to_string(),
            purpose: format!("discharge of device {bank} in {}", self.at.interval),
            at_s: self.now_s,
        });
        charge.save(storage);
        reckon(storage, id.device, Change::Discharged, charge.wh)?;
        Ok((charge.kind, efficiency.of(charge.wh)?.min(wanted)))
    }

    fn certificate(
        &self,
        grant: &Grant,
        first: Wh,
        wh: Wh,
        kind: DeviceKind,
        origin: Option<Source>,
    ) -> Result<Certificate, ContractError> {
        let (q, market) = (&self.region.querier, &self.region.contracts.market);
        Ok(Certificate {
            id: name(grant.device, self.at.interval, first),
            wh,
            owner: market::raw::address_of(q, market, grant.account)?,
            kind,
            issued_s: self.now_s,
            origin,
            stage: Stage::Live,
        })
    }

    fn store(
        &mut self,
        storage: &mut dyn Storage,
        certificate: Certificate,
        change: Change,
    ) -> Result<(), ContractError> {
        certificate.save(storage);
        reckon(storage, certificate.id.device, change, certificate.wh)?;
        self.issued = self.issued.add(certificate.wh)?;
        Ok(())
    }
}

fn name(device: u32, interval: Interval, first: Wh) -> CertificateId {
    CertificateId {
        device,
        interval,
        first,
    }
}

/// The least charge of which this efficiency leaves `wanted`.
fn needed(wanted: Wh, efficiency: Ppm) -> Result<Wh, ContractError> {
    let Ok(below) = wanted.sub(Wh::new(1)) else {
        return Ok(Wh::ZERO);
    };
    Ok(efficiency.largest_within(below).add(Wh::new(1))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is retired gives what was wanted, and one Wh less would not.
        #[test]
        fn the_least_charge_is_taken(wanted in 1u64..1 << 40, efficiency in 1i64..=1_000_000) {
            let efficiency = Ppm::new(efficiency);
            let charge = needed(Wh::new(wanted), efficiency).unwrap();
            prop_assert_eq!(efficiency.of(charge).unwrap(), Wh::new(wanted));
            let less = charge.sub(Wh::new(1)).unwrap();
            prop_assert!(efficiency.of(less).unwrap() < Wh::new(wanted));
        }
    }
}
