//! The measurement of one region: four intervals of 10 to 2,000 orders, from their orders to their settlement.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "sizes are constants of this file, and a benchmark may stop"
)]
use std::ops::Range;

use busbar_api::grid::Times;
use busbar_api::market::{ExecuteMsg, NewOrder, OrderRef, Side};
use busbar_api::oracle;
use busbar_attestation::{Curve, SignedReading};
use busbar_chain::Message;
use busbar_testing::Region;
use busbar_units::{Interval, Price, Wh};
use cosmwasm_std::Addr;

use super::region::{Bench, HOMES};
use super::table::Table;
use super::{Options, certificates, feeder, token};
use crate::client::Client;

/// Homes that order in each interval, and how many orders each places.
const SIZES: [(u32, u32); 4] = [(10, 1), (HOMES, 1), (HOMES, 10), (HOMES, 20)];
/// How many of these a short run measures.
const SHORT: usize = 2;
/// Homes of the largest batch.
const MANY: u32 = 500;
/// Intervals of the longest list, and how far beyond those that are cleared it begins.
const LIST: u64 = 192;
const BEYOND: u64 = 10;
/// Devices of a page, and the part of one that comes in each of four batches.
const PAGE: u32 = 64;
const QUARTER: u32 = PAGE / 4;
/// Messages of one transaction.
const AT_ONCE: usize = 20;

/// Measures every action; a short run leaves out the large books, the other curves, networks, tokens and certificates.
pub fn run((client, parties): (Client, Vec<Addr>), options: &Options) -> anyhow::Result<Table> {
    let short = options.short;
    let sizes = if short { &SIZES[..SHORT] } else { &SIZES[..] };
    let mut bench = Bench::found(client, parties)?;
    let market = bench.code_of(&bench.site.at.market)?;
    let mut table = Table::new(bench.chain.pinned_codes()?.contains(&market));
    if let Some(cw20) = options.cw20.as_ref().filter(|_| !short) {
        token::measure(&mut bench, std::fs::read(cw20)?, &mut table)?;
    }
    // Devices that were confirmed in this interval trade from the one after the next on.
    let before = bench.current()?.plus(2)?;
    single(&mut bench, intervals(before)?, short, &mut table)?;
    for (interval, size) in intervals(before)?.into_iter().zip(sizes) {
        place(&mut bench, interval, *size)?;
    }
    let (mut submitted, mut cleared) = (vec![], vec![]);
    let mut last = before;
    for (interval, (homes, orders)) in intervals(before)?.into_iter().zip(sizes) {
        let times = Times::of(&bench.site.region, &bench.site.params, interval)?;
        bench.reach(times.closes_s)?;
        let (owner, market) = (bench.owner.clone(), bench.site.at.market.clone());
        let clear = bench.message(&market, &ExecuteMsg::Clear { interval })?;
        cleared.push((u64::from(homes * orders), bench.call(&owner, vec![clear])?));
        // Delivery of the interval before ends where this one's begins. Its second readings come in two parts, and a
        // page of its fourth in four.
        let parts: &[u32] = match cleared.len() {
            2 => &[10, HOMES - 10],
            4 => &[QUARTER, QUARTER, QUARTER, QUARTER, HOMES - PAGE],
            _ => &[HOMES],
        };
        submitted.extend(read(&mut bench, last, 0..HOMES, parts)?);
        last = interval;
    }
    submitted.extend(read(&mut bench, last, 0..HOMES, &[HOMES])?);
    let whole = u64::from(HOMES);
    table.line("reading_secp256r1", (10, submitted[1]), (whole, submitted[3]));
    table.line("readings_10", (0, 0), (10, submitted[1]));
    table.line("readings_100", (0, 0), (whole, submitted[3]));
    if !short {
        let quarters: u64 = submitted[4..8].iter().sum();
        table.line("page_in_four_batches", (0, 0), (PAGE.into(), quarters));
        table.line("clear", cleared[0], cleared[2]);
    }
    for (orders, gas) in &cleared {
        table.line(&format!("clear_{orders}_orders"), (0, 0), (*orders, *gas));
    }
    // Every home is settled in every interval, whether it has traded or not.
    for (interval, name) in intervals(before)?.into_iter().zip(["settle", "settle_all_traded"]) {
        let (owner, market) = (bench.owner.clone(), bench.site.at.market.clone());
        let settle = bench.message(&market, &ExecuteMsg::Settle { interval, limit: None })?;
        let gas = bench.call(&owner, vec![settle])?;
        table.line(name, (0, 0), (whole, gas));
    }
    if short {
        return Ok(table);
    }
    if let Some(certificates) = &options.certificates {
        certificates::measure(&mut bench, &Addr::unchecked(certificates), before.plus(1)?, &mut table)?;
    }
    curves(&mut bench, &mut table)?;
    for feeder in &options.feeder {
        feeder::measure(&mut bench, feeder, &mut table)?;
    }
    Ok(table)
}

/// Readings of meters in pages of their own: of the other curves, and in batches of one and of hundreds. In the second
/// interval in two parts, in the third in one.
fn curves(bench: &mut Bench, table: &mut Table) -> anyhow::Result<()> {
    let mut measured = vec![];
    for (curve, homes, few) in [
        (Curve::Secp256k1, HOMES, 10),
        (Curve::Ed25519, HOMES, 10),
        (Curve::Secp256r1, MANY, 1),
    ] {
        let known = u32::try_from(bench.site.meters.len())?;
        let first = known.next_multiple_of(PAGE);
        bench.enrol(curve, first - known + homes)?;
        measured.push((first..first + homes, [few, homes - few], vec![]));
    }
    let active = bench.current()?.plus(1)?;
    for ahead in 0..3 {
        for (homes, parts, gas) in &mut measured {
            let all = [homes.end - homes.start];
            let parts = if ahead == 1 { &parts[..] } else { &all[..] };
            gas.extend(read(bench, active.plus(ahead)?, homes.clone(), parts)?);
        }
    }
    let [secp256k1, ed25519, many] = <[_; 3]>::try_from(measured).map_err(|_| anyhow::anyhow!("three sets"))?;
    table.line(
        "reading_secp256k1",
        (10, secp256k1.2[1]),
        (HOMES.into(), secp256k1.2[3]),
    );
    table.line("reading_ed25519", (10, ed25519.2[1]), (HOMES.into(), ed25519.2[3]));
    table.line("readings_1", (0, 0), (1, many.2[1]));
    table.line("readings_500", (0, 0), (MANY.into(), many.2[3]));
    Ok(())
}

fn intervals(before: Interval) -> anyhow::Result<[Interval; 4]> {
    Ok([before.plus(1)?, before.plus(2)?, before.plus(3)?, before.plus(4)?])
}

/// Half of the homes sell to the other half: limits cross in part, so that some orders are filled and some are not.
pub fn place(bench: &mut Bench, interval: Interval, (homes, orders): (u32, u32)) -> anyhow::Result<()> {
    // Sellers from the first home on, buyers from the middle on.
    let sellers = 0..homes / 2;
    let buyers = HOMES / 2..HOMES / 2 + homes / 2;
    let mut messages: Vec<(Addr, Message)> = vec![];
    for home in sellers.chain(buyers) {
        let placed = (0..orders).map(|step| order(interval, home, step)).collect();
        let place = ExecuteMsg::Place {
            device: home,
            orders: placed,
        };
        messages.push((
            bench.owner_of(home).clone(),
            bench.message(&bench.site.at.market, &place)?,
        ));
    }
    for some in messages.chunk_by(|a, b| a.0 == b.0).flat_map(|of| of.chunks(AT_ONCE)) {
        let calls = some.iter().map(|(_, message)| message.clone()).collect();
        bench.call(&some[0].0, calls)?;
    }
    Ok(())
}

fn order(interval: Interval, home: u32, step: u32) -> NewOrder {
    let spread = i64::from((home * 7 + step * 13) % 100) * 1_000;
    let side = if home < HOMES / 2 { Side::Sell } else { Side::Buy };
    NewOrder {
        interval,
        terms: side.terms(Price::new(80_000 + spread)),
        quantity: Wh::new(30),
        at_reference: false,
    }
}

/// One order in an empty book, its withdrawal, a call that is refused at its first byte, an order for which no fee is
/// paid, and a list of orders. The first order of all opens the account's books and is not measured.
fn single(bench: &mut Bench, intervals: [Interval; 4], short: bool, table: &mut Table) -> anyhow::Result<()> {
    let (seller, market) = (bench.owner_of(0).clone(), bench.site.at.market.clone());
    let mut gas = vec![];
    for interval in &intervals[..2] {
        let orders = vec![order(*interval, 0, 0)];
        let place = bench.message(&market, &ExecuteMsg::Place { device: 0, orders })?;
        let interval = *interval;
        let orders = vec![OrderRef { interval, slot: 0 }];
        let cancel = bench.message(&market, &ExecuteMsg::Cancel { device: 0, orders })?;
        gas.push((bench.call(&seller, vec![place])?, bench.call(&seller, vec![cancel])?));
    }
    table.single("order", gas[1].0);
    table.single("cancel", gas[1].1);
    let empty = bench.message(&market, &serde_json::json!({ "": {} }))?;
    let orders = vec![order(intervals[0], 0, 0)];
    let like = bench.message(&market, &ExecuteMsg::Place { device: 0, orders })?;
    let empty = bench.refused(&seller, empty, like)?;
    table.single("empty_call", empty);
    let orders = vec![order(intervals[2], 0, 0)];
    let place = bench.message(&market, &ExecuteMsg::Place { device: 0, orders })?;
    if let Some(gas) = bench.call_without_fee(&seller, place)? {
        table.single("order_without_fee", gas);
        let interval = intervals[2];
        let orders = vec![OrderRef { interval, slot: 0 }];
        let cancel = bench.message(&market, &ExecuteMsg::Cancel { device: 0, orders })?;
        bench.call(&seller, vec![cancel])?;
    }
    if !short {
        let orders = (0..LIST)
            .map(|ahead| Ok(order(intervals[0].plus(BEYOND + ahead)?, 0, 0)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let list = bench.message(&market, &ExecuteMsg::Place { device: 0, orders })?;
        let all = bench.call(&seller, vec![list])?;
        table.line("order_in_192", (1, gas[1].0), (LIST, all));
    }
    Ok(())
}

/// Reads the meters of some homes at the end of an interval and submits the readings in batches of these sizes; gas of
/// each.
fn read(bench: &mut Bench, interval: Interval, homes: Range<u32>, batches: &[u32]) -> anyhow::Result<Vec<u64>> {
    let times = Times::of(&bench.site.region, &bench.site.params, interval)?;
    bench.reach(times.end_s)?;
    let mut readings: Vec<SignedReading> = vec![];
    for (number, meter) in (0u32..)
        .zip(&mut bench.site.meters)
        .filter(|(number, _)| homes.contains(number))
    {
        match number < HOMES / 2 {
            true => meter.count(0, 500),
            false => meter.count(500, 0),
        }
        readings.push(meter.sign(interval));
    }
    let mut gas = vec![];
    for size in batches {
        let rest = readings.split_off(usize::try_from(*size)?);
        let submit = oracle::ExecuteMsg::Submit {
            batches: Region::batches(&readings),
        };
        let (owner, oracle) = (bench.owner.clone(), bench.site.at.oracle.clone());
        let submit = bench.message(&oracle, &submit)?;
        gas.push(bench.call(&owner, vec![submit])?);
        readings = rest;
    }
    Ok(gas)
}
