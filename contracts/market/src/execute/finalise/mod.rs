//! Closes intervals past their correction window, oldest first, in bounded steps.
mod correct;
mod late;
mod provenance;
mod square;

use busbar_api::grid::{Params, Tariff};
use busbar_api::market::provenance::Line;
use busbar_api::market::Stage;
use busbar_units::{Interval, Money, NetMoney};
use cosmwasm_std::{DepsMut, Env, Event, Response, Storage};

use super::settle::{is_withheld, Case, Party};
use crate::context::Context;
use crate::imbalance::due;
use crate::metered::Metered;
use crate::state::{
    device_at, final_cursor, pages, remove_nodal, save_line, set_final_cursor, Account, AccountId, BookOrder,
    BusPrices, Capped, DevicePage, DeviceSlot, Position, PositionPage, Record, Totals, Work, PAGE,
};
use crate::{events, ContractError};

pub use correct::Correction;

/// Closes the oldest interval that is not final, as far as `limit` devices go: receipts come free, what was
/// withheld for missing readings is decided, corrections and late energy are settled, the escrow goes to the fund,
/// and the interval's line of provenance is drawn.
pub fn finalise(deps: DepsMut<'_>, env: Env, limit: Option<u32>) -> Result<Response, ContractError> {
    let interval = final_cursor(deps.storage)?;
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let final_s = context.times(&params, interval)?.final_s;
    let now_s = env.block.time.seconds();
    if now_s < final_s {
        return Err(ContractError::NotFinal {
            interval,
            final_s,
            now_s,
        });
    }
    let mut record = match Record::load(deps.storage, interval)? {
        Some(record) if matches!(record.stage, Stage::Settled | Stage::Finalising) => record,
        _ => return Err(ContractError::NotSettled { interval }),
    };
    if record.stage == Stage::Settled {
        record.stage = Stage::Finalising;
        record.work.next = 0;
    }
    let tariff = context.tariff(interval)?;
    let utility = AccountId(record.work.utility);
    let mut closing = Closing {
        context: &context,
        params,
        tariff,
        utility,
        interval,
        prices: BusPrices::of(deps.storage, interval, &record)?,
        line: provenance::begun(deps.storage, interval, utility)?,
        record,
        events: vec![],
    };
    let mut budget = super::step(limit);
    let last = pages(context.devices()?);
    // A page is closed whole: its devices share the readings that have to be read for it.
    while closing.page_number() < last && budget > 0 {
        closing.page(deps.storage)?;
        budget = budget.saturating_sub(PAGE);
    }
    let Closing {
        mut record,
        mut line,
        events: corrected,
        ..
    } = closing;
    if record.work.next / PAGE >= last {
        let mut totals = Totals::load(deps.storage)?;
        totals.fund = totals.fund.add(record.work.escrow)?;
        totals.save(deps.storage);
        record.to_fund = record.work.escrow;
        record.stage = Stage::Final;
        record.work = Work::default();
        remove_nodal(deps.storage, interval);
        Capped::remove(deps.storage, interval);
        set_final_cursor(deps.storage, interval.plus(1)?);
        line.close();
        // Both sides of the line must add up before it stands for ever.
        line.pieces(interval)?;
    }
    save_line(deps.storage, interval, &line);
    record.save(deps.storage, interval);
    Ok(Response::new()
        .add_events(corrected)
        .add_event(events::finalised(interval, &record)))
}

struct Closing<'a, 'b> {
    context: &'a Context<'b>,
    params: Params,
    tariff: Tariff,
    utility: AccountId,
    interval: Interval,
    prices: BusPrices,
    line: Line,
    record: Record,
    events: Vec<Event>,
}

impl Closing<'_, '_> {
    fn page_number(&self) -> u32 {
        self.record.work.next / PAGE
    }

    fn page(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let page = self.page_number();
        let metered = Metered::load(self.context, self.interval, page)?;
        let positions = PositionPage::load(storage, self.interval, page)?;
        let known = DevicePage::load(storage, page)?;
        for slot in 0..u8::try_from(PAGE).unwrap_or(u8::MAX) {
            self.device(storage, &metered, (page, slot), positions.get(slot), known.get(slot))?;
            self.enter(storage, &metered, &known, (page, slot), positions.get(slot))?;
        }
        PositionPage::remove(storage, self.interval, page);
        self.record.work.next = page.saturating_add(1).saturating_mul(PAGE);
        Ok(())
    }

    fn device(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        (page, slot): (u32, u8),
        position: Option<&Position>,
        known: Option<&DeviceSlot>,
    ) -> Result<(), ContractError> {
        let number = device_at(page, slot)?;
        let counted = metered.counted(slot)?;
        if let Some(position) = position {
            let party = self.party(storage, number)?;
            release_receipt(storage, party.account, position)?;
            if counted.is_none() && is_withheld(&party.at, position)? {
                // By itself: what is not collected for a correction reduces nothing that pays for a trade.
                let receipt = self.release_withheld(storage, &party, position)?;
                self.square(storage, party.account, receipt, NetMoney::ZERO)?;
            }
            let orders: Result<Vec<_>, ContractError> =
                BookOrder::of_device(storage, self.interval, party.account, number).collect();
            for (id, order) in orders? {
                if let Some(agreed) = order.agreed {
                    release_pending(storage, party.account, agreed.difference.negative())?;
                }
                BookOrder::remove(storage, id);
            }
        }
        if metered.settles(slot) {
            self.correct(storage, metered, number, position, known)?;
        }
        Ok(())
    }

    fn party(&self, storage: &mut dyn Storage, device: u32) -> Result<Party, ContractError> {
        let known = DeviceSlot::load(storage, device)?;
        Party::of(
            storage,
            self.context,
            &self.params,
            &self.prices,
            (device, self.interval),
            known.as_ref(),
        )
    }

    /// Frees the locks of a device of which nothing was known at settlement, and returns what its trade pays it,
    /// as owed: what the trade costs was charged then.
    fn release_withheld(
        &mut self,
        storage: &mut dyn Storage,
        party: &Party,
        position: &Position,
    ) -> Result<NetMoney, ContractError> {
        let (interval, account) = (self.interval, party.account);
        let case = Case::of(storage, &self.params, &self.record, interval, party, position, None)?;
        Account::update(storage, account, |account| {
            account.locked = account.locked.sub(case.lock)?;
            account.energy_locked = account.energy_locked.sub(case.energy_lock)?;
            Ok(())
        })?;
        let due = due(&self.params, &self.record, &party.at, position, position.net()?)?;
        Ok(due.trade.negative().received()?)
    }
}

/// A receipt of a final interval may be withdrawn.
fn release_receipt(storage: &mut dyn Storage, account: AccountId, position: &Position) -> Result<(), ContractError> {
    release_pending(storage, account, position.paid.negative())
}

fn release_pending(storage: &mut dyn Storage, account: AccountId, receipt: Money) -> Result<(), ContractError> {
    if receipt.is_zero() {
        return Ok(());
    }
    Account::update(storage, account, |account| {
        // A charge may have taken part of a receipt that was still pending.
        account.pending = account.pending.sub(receipt)?;
        Ok(())
    })
}
