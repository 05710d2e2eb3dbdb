//! The head balance by feeder. It is struck while the pages of the interval before are pruned: then no energy changes
//! any more, the pages are read anyway, and every interval comes once and in its turn, whoever calls.
use std::collections::BTreeMap;

use busbar_api::oracle::{Feeder, FeederSum, PruneCursor};
use busbar_api::registry::{self, SlotStatus};
use busbar_attestation::device_at;
use busbar_units::{Interval, NetWh, Wh};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Event};

use super::balance::{measured, weigh};
use super::count::known;
use super::region::Context;
use crate::book::Book;
use crate::state::{clear_sums, load_feeder, load_sums, save_feeder, save_sums};
use crate::{events, ContractError};

/// What a step of pruning tells of the feeders.
#[derive(Default)]
pub struct Feeders {
    /// Sums so far, while pages are left; empty when they are done.
    sums: Option<Vec<FeederSum>>,
    /// Feeders that were compared.
    compared: Vec<Feeder>,
    events: Vec<Event>,
}

impl Feeders {
    /// Adds the energies of the interval after the pruned one in the pages from the cursor's up to `next`, to which
    /// pruning goes on; with the last page it compares. Nothing without head meters, nor in an interval half of whose
    /// pages were gone before there were any.
    pub fn step(
        deps: Deps<'_>,
        env: &Env,
        registry: &Addr,
        cursor: PruneCursor,
        next: Option<u32>,
    ) -> Result<Self, ContractError> {
        let begun = load_sums(deps.storage)?.filter(|_| cursor.page > 0);
        let begins = cursor.page == 0 && !registry::raw::heads(&deps.querier, registry)?.is_empty();
        if begun.is_none() && !begins {
            return Ok(Self::default());
        }
        let mut context = Context::load(deps, env)?;
        let mut book = Book::open(deps.storage)?;
        let interval = cursor.interval.plus(1)?;
        let mut sums = match begun {
            Some(sums) => sums,
            None => heads(&mut context, &mut book, interval)?,
        };
        let network = context.network()?;
        let below = sums.iter().map(|sum| network.feeder(sum.bus)).collect::<Vec<_>>();
        for page in cursor.page..next.map_or_else(|| context.pages(), Ok)? {
            for (slot, device) in context.devices(page)? {
                let Some(number) = device_at(page, slot).filter(|_| device.settles) else {
                    continue;
                };
                let counted = book.reading(number, interval)?.is_some_and(|reading| reading.counted);
                let awaited = device.status == SlotStatus::Active && device.awaited_from <= interval;
                if !counted && !awaited {
                    continue;
                }
                let energy = known(&context, &mut book, number, &device, interval)?.filter(|_| counted);
                let on = |below: &Vec<bool>| below.get(usize::from(device.bus)).is_some_and(|on| *on);
                for (sum, _) in sums.iter_mut().zip(&below).filter(|(_, below)| on(below)) {
                    match &energy {
                        Some(known) => {
                            sum.net = sum.net.add(known.energy.net()?)?;
                            sum.drawn = sum.drawn.add(known.energy.import)?;
                        }
                        None => sum.complete = false,
                    }
                }
            }
        }
        if next.is_some() {
            return Ok(Self {
                sums: Some(sums),
                ..Self::default()
            });
        }
        let mut done = Self {
            sums: Some(vec![]),
            ..Self::default()
        };
        for (sum, below) in sums.iter().zip(&below).filter(|(sum, _)| sum.complete) {
            let below = |bus| below.get(usize::from(bus)).is_some_and(|on| *on);
            let unmetered = book.unmetered(interval, below)?;
            done.compare(deps, &context, interval, sum, unmetered)?;
        }
        Ok(done)
    }

    /// Strikes a feeder's balance. A reading that is missing proves nothing and breaks no row either; else whoever
    /// lies would only have to be silent now and then.
    fn compare(
        &mut self,
        deps: Deps<'_>,
        context: &Context<'_>,
        interval: Interval,
        sum: &FeederSum,
        unmetered: NetWh,
    ) -> Result<(), ContractError> {
        let Some(params) = context.params(interval) else {
            return Ok(());
        };
        let balance = weigh(params, sum.head, (sum.net, sum.drawn), unmetered)?;
        let before = load_feeder(deps.storage, sum.bus)?;
        let mut feeder = Feeder {
            bus: sum.bus,
            interval,
            unexplained: balance.unexplained,
            mismatches: 0,
            strikes: before.map_or(0, |before| before.strikes),
            struck: before.map_or(Interval::new(0), |before| before.struck),
        };
        self.events
            .push(events::feeder(interval, sum.bus, balance.unexplained, balance.outside));
        if balance.outside {
            feeder.mismatches = before.map_or(0, |before| before.mismatches).saturating_add(1);
        }
        if (1..=feeder.mismatches).contains(&params.head_mismatches) {
            feeder.mismatches = 0;
            feeder.strikes = feeder.strikes.saturating_add(1);
            feeder.struck = interval;
            self.events.push(events::strike(interval, sum.bus, feeder.strikes));
        }
        self.compared.push(feeder);
        Ok(())
    }

    /// Writes it down; the events tell of it.
    pub fn save(self, deps: &mut DepsMut<'_>) -> Vec<Event> {
        match self.sums {
            Some(sums) if sums.is_empty() => clear_sums(deps.storage),
            Some(sums) => save_sums(deps.storage, &sums),
            None => {}
        }
        self.compared
            .iter()
            .for_each(|feeder| save_feeder(deps.storage, feeder));
        self.events
    }
}

/// What the head meters measured in an interval, by bus.
fn heads(context: &mut Context<'_>, book: &mut Book<'_>, interval: Interval) -> Result<Vec<FeederSum>, ContractError> {
    let mut sums = BTreeMap::new();
    for number in context.heads()? {
        let Some(head) = context.device(number)?.filter(|head| head.awaited_from <= interval) else {
            continue;
        };
        let sum = sums.entry(head.bus).or_insert(FeederSum {
            bus: head.bus,
            head: NetWh::ZERO,
            net: NetWh::ZERO,
            drawn: Wh::ZERO,
            complete: true,
        });
        match measured(context, book, (number, &head), interval)? {
            Some(net) => sum.head = sum.head.add(net)?,
            None => sum.complete = false,
        }
    }
    Ok(sums.into_values().collect())
}
