//! `--evidence`: certificates of the whole run, and what proves one of them.

use busbar_api::certificates::{CertificateResponse, Evidence, ExecuteMsg, MAX_STEP, Progress, QueryMsg};
use busbar_api::{grid, market};
use busbar_units::Interval;

use super::ask::{ask, call};
use super::error::RunError;
use super::hours::Ran;
use super::region::Region;

/// Issues the certificates of all final hours and puts together what proves the largest one of the last hour in which
/// a home fed the grid; none where no home ever did.
pub fn evidence(ran: &mut Ran) -> Result<Option<Evidence>, RunError> {
    let end = market::raw::final_cursor(&ran.region.querier().wrap(), &ran.region.at.market)?;
    issue(&mut ran.region, end)?;
    let Some(certificate) = newest(&ran.region, end)? else {
        return Ok(None);
    };
    let chain = ran.region.querier();
    let contracts = grid::raw::contracts(&chain.wrap(), &ran.region.at.grid)?;
    let records = &mut ran.records;
    let archive = |interval, page| Ok::<_, RunError>(records.page(interval, page)?);
    Evidence::of(&chain.wrap(), &contracts, certificate, archive).map(Some)
}

fn issue(region: &mut Region, end: Interval) -> Result<(), RunError> {
    let certificates = region.at.certificates.clone();
    loop {
        let progress: Progress = ask(region.chain(), &certificates, &QueryMsg::Progress {})?;
        if progress.interval >= end {
            return Ok(());
        }
        let msg = ExecuteMsg::Issue { limit: Some(MAX_STEP) };
        call(
            &mut *region.venue,
            "issue",
            &region.accounts.relayer,
            &certificates,
            &msg,
        )?;
    }
}

/// The homes' largest certificate of the last hour before `end` of which they have any.
fn newest(region: &Region, end: Interval) -> Result<Option<CertificateResponse>, RunError> {
    let mut at = end.minus(1).filter(|last| *last >= region.first);
    while let Some(interval) = at {
        let mut all: Vec<CertificateResponse> = vec![];
        for device in 0..region.battery_device {
            let question = QueryMsg::ByDevice {
                device,
                interval: Some(interval),
                start_after: None,
                limit: None,
            };
            let listed: Vec<CertificateResponse> = ask(region.chain(), &region.at.certificates, &question)?;
            all.extend(listed);
        }
        if let Some(largest) = all.into_iter().max_by_key(|certificate| certificate.wh) {
            return Ok(Some(largest));
        }
        at = interval.minus(1).filter(|before| *before >= region.first);
    }
    Ok(None)
}
