//! Closing the book: standing orders enter it.
use busbar_api::grid::{Params, WeekTariffs};
use busbar_api::market::{HourBand, NewOrder, Side, Standing, StandingQuantity, MAX_STEP};
use busbar_api::registry::Status;
use busbar_units::{Interval, Wh};
use cosmwasm_std::{DepsMut, Env, Event, Response, Storage};

use super::clear::uncleared;
use super::owner::trades;
use super::place::{take_locks, Placing};
use crate::context::Context;
use crate::metered::Metered;
use crate::state::{locate, BookClosing, StandingOrders};
use crate::{events, ContractError};

/// Seconds of a day.
const DAY_S: u64 = 86_400;

/// Enters the standing orders of at most `limit` devices into the book of an interval whose gate is closed.
pub fn close(deps: DepsMut<'_>, env: Env, interval: Interval, limit: Option<u32>) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    context.allows(interval, |state| state.trades())?;
    let params = context.params(interval)?;
    uncleared(deps.storage, &env, &context.times(&params, interval)?, interval)?;
    let closing = BookClosing::load(deps.storage, interval)?;
    if closing.complete {
        return Err(ContractError::BookClosed { interval });
    }
    let (closing, entered) = walk(
        deps.storage,
        &context,
        &params,
        &env,
        interval,
        closing,
        super::step(limit),
    )?;
    closing.save(deps.storage, interval);
    let event = events::book_closed(interval, &closing);
    Ok(Response::new().add_events(entered).add_event(event))
}

/// Refuses an interval whose book is not closed.
pub fn check_closed(storage: &dyn Storage, interval: Interval) -> Result<(), ContractError> {
    let closing = BookClosing::load(storage, interval)?;
    if closing.complete {
        return Ok(());
    }
    let next = closing.next;
    Err(ContractError::BookOpen { interval, next })
}

/// Does what is left of closing a book, if that fits one step.
pub fn finish(
    storage: &mut dyn Storage,
    context: &Context<'_>,
    params: &Params,
    env: &Env,
    interval: Interval,
) -> Result<Vec<Event>, ContractError> {
    let closing = BookClosing::load(storage, interval)?;
    if closing.complete {
        return Ok(vec![]);
    }
    let (closing, entered) = walk(storage, context, params, env, interval, closing, MAX_STEP)?;
    if !closing.complete {
        let next = closing.next;
        return Err(ContractError::BookOpen { interval, next });
    }
    Ok(entered)
}

fn walk(
    storage: &mut dyn Storage,
    context: &Context<'_>,
    params: &Params,
    env: &Env,
    interval: Interval,
    closing: BookClosing,
    budget: u32,
) -> Result<(BookClosing, Vec<Event>), ContractError> {
    let budget = usize::try_from(budget).unwrap_or(usize::MAX);
    let current = context.region().current_interval(env.block.time)?;
    let mut entering = Entering {
        context,
        params,
        interval,
        current,
        now: context.params(current)?,
        yesterday: None,
        events: vec![],
    };
    let listed: Result<Vec<_>, ContractError> = StandingOrders::from(storage, closing.next)
        .take(budget.saturating_add(1))
        .collect();
    let mut listed = listed?.into_iter();
    for (number, standing) in listed.by_ref().take(budget) {
        entering.device(storage, number, standing)?;
    }
    let closing = match listed.next() {
        Some((next, _)) => BookClosing { next, complete: false },
        None => BookClosing {
            next: closing.next,
            complete: true,
        },
    };
    Ok((closing, entering.events))
}

struct Entering<'a, 'b> {
    context: &'a Context<'b>,
    params: &'a Params,
    interval: Interval,
    /// The interval in delivery and its parameters, which the margin goes by.
    current: Interval,
    now: Params,
    /// Readings of the day before of the last page of devices.
    yesterday: Option<(u32, Metered<'a, 'b>)>,
    events: Vec<Event>,
}

impl Entering<'_, '_> {
    /// Enters the orders of one device as far as they could be placed; no order stops another.
    fn device(
        &mut self,
        storage: &mut dyn Storage,
        number: u32,
        mut standing: StandingOrders,
    ) -> Result<(), ContractError> {
        let device = self.context.device(number)?;
        let orders = standing.at(self.interval).to_vec();
        let stored = standing.clone();
        standing.prune(self.current.plus(1)?);
        if device.status == Status::Retired {
            standing = StandingOrders::default();
        }
        if standing != stored {
            standing.save(storage, number);
        }
        if orders.is_empty() {
            return Ok(());
        }
        if let Err(reason) = trades(self.context, number, &device) {
            for entry in 0..orders.len() {
                self.events
                    .push(events::left_out(self.interval, number, entry, &reason));
            }
            return Ok(());
        }
        let placing = Placing::of(storage, self.context, &self.now, number, &device, self.interval)?;
        for (entry, order) in orders.iter().enumerate() {
            match self.enter(storage, &placing, order) {
                Ok(placed) => self.events.extend(placed),
                Err(reason) => self
                    .events
                    .push(events::left_out(self.interval, number, entry, &reason)),
            }
        }
        Ok(())
    }

    /// Enters one order; none where it comes to nothing in this interval. Nothing is written before all is checked.
    fn enter(
        &mut self,
        storage: &mut dyn Storage,
        placing: &Placing<'_, '_>,
        order: &Standing,
    ) -> Result<Option<Event>, ContractError> {
        let quantity = self.quantity(placing.number, order)?;
        if quantity.is_zero() {
            return Ok(None);
        }
        let order = NewOrder {
            interval: self.interval,
            terms: order.terms(),
            quantity,
            at_reference: false,
        };
        let entry = placing.check(storage, self.params, &order)?;
        take_locks(storage, placing.account, entry.coin, entry.energy)?;
        Ok(Some(entry.save(storage)))
    }

    fn quantity(&mut self, number: u32, order: &Standing) -> Result<Wh, ContractError> {
        let start_s = self.interval.start_s(self.context.region().interval_s)?;
        match &order.quantity {
            StandingQuantity::ByHour(bands) => Ok(HourBand::at(bands, WeekTariffs::hour_of(start_s))),
            StandingQuantity::ShareOfYesterday(share) => {
                let (page, slot) = locate(number);
                let day_before = Interval::containing(start_s.saturating_sub(DAY_S), self.context.region().interval_s)?;
                if self.yesterday.as_ref().is_none_or(|(loaded, _)| *loaded != page) {
                    self.yesterday = Some((page, Metered::load(self.context, day_before, page)?));
                }
                let energy = match &self.yesterday {
                    Some((_, metered)) => metered.accepted(slot)?,
                    None => None,
                };
                let net = energy
                    .ok_or(ContractError::YesterdayUnknown {
                        device: number,
                        interval: day_before,
                    })?
                    .net()?;
                Ok(share.of(match order.side {
                    Side::Buy => net.positive(),
                    Side::Sell => net.negative(),
                })?)
            }
        }
    }
}
