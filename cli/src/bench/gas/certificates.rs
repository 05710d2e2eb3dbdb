//! Certificates of an interval, issued once it is final, and retired.
use std::time::Duration;

use anyhow::ensure;
use busbar_api::certificates::{CertificateId, CertificateResponse, ExecuteMsg, Progress, QueryMsg};
use busbar_api::grid::Times;
use busbar_api::market;
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::Interval;
use cosmwasm_std::{Addr, from_json, to_json_vec};
use serde::de::DeserializeOwned;

use super::region::Bench;
use super::table::Table;
use crate::crank::Crank;

/// Certificates of a short call and of a long one.
const ISSUED: [u32; 2] = [10, 40];
const RETIRED: [usize; 2] = [1, 11];

/// Issues certificates of an interval in which every seller fed, and retires some of the seller's.
pub fn measure(bench: &mut Bench, at: &Addr, interval: Interval, table: &mut Table) -> anyhow::Result<()> {
    make_final(bench, interval)?;
    // What came before has no certificates; each interval takes one step.
    let progress: Progress = ask(bench, at, &QueryMsg::Progress {})?;
    let empty = interval.get().saturating_sub(progress.interval.get());
    issue(bench, at, u32::try_from(empty)?)?;
    let mut issued = vec![];
    for count in ISSUED {
        issued.push((u64::from(count), issue(bench, at, count)?));
    }
    let progress: Progress = ask(bench, at, &QueryMsg::Progress {})?;
    ensure!(
        progress.interval == interval,
        "{interval} has fewer certificates than were to be measured"
    );
    let [seller, _] = bench.traders.clone();
    let of_seller = QueryMsg::ByOwner {
        owner: seller.to_string(),
        start_after: None,
        limit: None,
    };
    let held: Vec<CertificateResponse> = ask(bench, at, &of_seller)?;
    let mut held = held.into_iter().map(|certificate| certificate.id);
    let mut retired = vec![];
    for count in RETIRED {
        let certificates: Vec<CertificateId> = held.by_ref().take(count).collect();
        ensure!(certificates.len() == count, "the seller holds too few certificates");
        let retire = ExecuteMsg::Retire {
            certificates,
            beneficiary: "Bench".to_owned(),
            purpose: "gas".to_owned(),
        };
        let retire = bench.message(at, &retire)?;
        retired.push((u64::try_from(count)?, bench.call(&seller, vec![retire])?));
    }
    for (name, measured) in [("certificate_issue", issued), ("certificate_retire", retired)] {
        if let [few, many] = measured[..] {
            table.line(name, few, many);
        }
    }
    Ok(())
}

fn issue(bench: &mut Bench, at: &Addr, limit: u32) -> anyhow::Result<u64> {
    let (owner, issue) = (bench.owner.clone(), ExecuteMsg::Issue { limit: Some(limit) });
    let issue = bench.message(at, &issue)?;
    bench.call(&owner, vec![issue])
}

fn ask<T: DeserializeOwned>(bench: &Bench, at: &Addr, question: &QueryMsg) -> anyhow::Result<T> {
    let answer = bench.chain.query_smart(at, &to_json_vec(question)?)?;
    Ok(from_json(answer)?)
}

/// Settles and closes everything up to an interval, as a crank does.
fn make_final(bench: &mut Bench, interval: Interval) -> anyhow::Result<()> {
    let times = Times::of(&bench.site.region, &bench.site.params, interval)?;
    bench.reach(times.final_s)?;
    let mut crank = Crank::new(&bench.chain, bench.site.grid.clone(), bench.owner.clone())?;
    // Bounded by what a region that was just deployed can have behind it.
    for _ in 0..500 {
        let market = &bench.site.at.market;
        let cursor = market::raw::final_cursor(&ChainQuerier::new(&bench.chain).wrap(), market)?;
        if cursor > interval {
            return Ok(());
        }
        if crank.turn(&mut bench.chain)?.is_empty() {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    anyhow::bail!("{interval} did not become final")
}
