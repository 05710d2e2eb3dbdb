//! Closes intervals past their correction window, oldest first, in bounded steps.
use busbar_api::grid::{Params, Tariff};
use busbar_api::market::Stage;
use busbar_units::{Interval, Money, NetMoney, NetWh};
use cosmwasm_std::{DepsMut, Env, Response, Storage};

use super::late::carry;
use super::settle::{is_withheld, Case, Party};
use crate::context::Context;
use crate::imbalance::{deviation_price, due};
use crate::metered::Metered;
use crate::state::{
    device_at, final_cursor, locate, pages, remove_nodal, set_final_cursor, Account, AccountId, BookOrder, BusPrices,
    DevicePage, Position, PositionPage, Record, Totals, Work, PAGE,
};
use crate::{events, ContractError};

/// Closes the oldest interval that is not final, as far as `limit` devices go: receipts come free, what was
/// withheld for missing readings is decided, late energy is charged, the escrow goes to the fund.
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
    let utility = context.utility(deps.storage)?;
    let mut closing = Closing {
        context: &context,
        params,
        tariff,
        utility,
        interval,
        prices: BusPrices::of(deps.storage, interval, &record)?,
        record,
    };
    let mut budget = super::step(limit);
    let last = pages(context.devices()?);
    // A page is closed whole: its devices share the readings that have to be read for it.
    while closing.page_number() < last && budget > 0 {
        closing.page(deps.storage)?;
        budget = budget.saturating_sub(PAGE);
    }
    let mut record = closing.record;
    if record.work.next / PAGE >= last {
        let mut totals = Totals::load(deps.storage)?;
        totals.fund = totals.fund.add(record.work.escrow)?;
        totals.save(deps.storage);
        record.to_fund = record.work.escrow;
        record.stage = Stage::Final;
        record.work = Work::default();
        remove_nodal(deps.storage, interval);
        set_final_cursor(deps.storage, interval.plus(1)?);
    }
    record.save(deps.storage, interval);
    Ok(Response::new().add_event(events::finalised(interval, &record)))
}

struct Closing<'a, 'b> {
    context: &'a Context<'b>,
    params: Params,
    tariff: Tariff,
    utility: AccountId,
    interval: Interval,
    prices: BusPrices,
    record: Record,
}

impl Closing<'_, '_> {
    fn page_number(&self) -> u32 {
        self.record.work.next / PAGE
    }

    fn page(&mut self, storage: &mut dyn Storage) -> Result<(), ContractError> {
        let page = self.page_number();
        let metered = Metered::load(self.context, self.interval, page)?;
        let positions = PositionPage::load(storage, self.interval, page)?;
        for slot in 0..u8::try_from(PAGE).unwrap_or(u8::MAX) {
            self.device(storage, &metered, page, slot, positions.get(slot))?;
        }
        PositionPage::remove(storage, self.interval, page);
        self.record.work.next = page.saturating_add(1).saturating_mul(PAGE);
        Ok(())
    }

    fn device(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        page: u32,
        slot: u8,
        position: Option<&Position>,
    ) -> Result<(), ContractError> {
        let number = device_at(page, slot)?;
        let counted = metered.counted(slot)?;
        if let Some(position) = position {
            let party = self.party(storage, number)?;
            let account = party.account;
            release_receipt(storage, account, position)?;
            if counted.is_none() && is_withheld(&party.at, position)? {
                self.decide_withheld(storage, &party, position)?;
            }
            let orders: Result<Vec<_>, _> = BookOrder::of_device(storage, self.interval, account, number)
                .map(|listed| Ok(listed?.0))
                .collect();
            let orders: Result<_, ContractError> = orders;
            for id in orders? {
                BookOrder::remove(storage, id);
            }
        }
        if counted.is_none() && metered.settles(slot) {
            self.late(storage, metered, number, position)?;
        }
        Ok(())
    }

    fn party(&self, storage: &mut dyn Storage, device: u32) -> Result<Party, ContractError> {
        Party::of(storage, self.context, &self.params, &self.prices, device)
    }

    /// No reading came: the device drew what it was to draw and fed nothing. It gets what its trade pays and owes
    /// a shortage to the utility, which delivered instead.
    fn decide_withheld(
        &mut self,
        storage: &mut dyn Storage,
        party: &Party,
        position: &Position,
    ) -> Result<(), ContractError> {
        let (interval, account) = (self.interval, party.account);
        let case = Case::of(storage, &self.params, &self.record, interval, party, position, None)?;
        let drawn = position.net()?.positive().drawn()?;
        let due = due(&self.params, &self.record, &party.at, position, drawn)?;
        let short = drawn.sub(position.net()?)?;
        let utility = deviation_price(&self.params, &self.record, &party.at, short)?.charge(short.negate()?)?;
        // What the trade costs was charged at settlement.
        let receipt = due.trade.negative().received()?;
        Account::update(storage, account, |account| {
            account.locked = account.locked.sub(case.lock)?;
            account.energy_locked = account.energy_locked.sub(case.energy_lock)?;
            Ok(())
        })?;
        self.square(storage, account, receipt.add(due.deviation)?, utility)
    }

    fn late(
        &mut self,
        storage: &mut dyn Storage,
        metered: &Metered<'_, '_>,
        number: u32,
        position: Option<&Position>,
    ) -> Result<(), ContractError> {
        let (page, slot) = locate(number);
        let mut devices = DevicePage::load(storage, page)?;
        let known = devices.get(slot).cloned();
        let gap = known.as_ref().and_then(|device| device.gap.clone());
        let assumed = position.map_or(Ok(NetWh::ZERO), Position::net)?.positive();
        let (after, late) = carry(gap.clone(), metered, slot, self.tariff, assumed)?;
        if after == gap && late == Default::default() {
            return Ok(());
        }
        let account = match known {
            Some(device) => device.account,
            None => {
                let account = self.party(storage, number)?.account;
                devices = DevicePage::load(storage, page)?;
                account
            }
        };
        if let Some(device) = devices.get_mut(slot) {
            device.gap = after;
        }
        devices.save(storage, page);
        self.square(storage, account, late.owner, late.utility)
    }

    /// Collects from whoever of owner and utility owes, into the escrow, and pays the other out of it; what
    /// cannot be collected reduces what the other gets.
    fn square(
        &mut self,
        storage: &mut dyn Storage,
        owner: AccountId,
        owed: NetMoney,
        utility_owed: NetMoney,
    ) -> Result<(), ContractError> {
        let mut missing = Money::ZERO;
        for (account, amount) in [(owner, owed.positive()), (self.utility, utility_owed.positive())] {
            let taken = Account::update(storage, account, |account| account.charge(amount))?;
            self.record.work.escrow = self.record.work.escrow.add(taken)?;
            missing = missing.add(amount.sub(taken)?)?;
        }
        self.record.uncollected = self.record.uncollected.add(missing)?;
        for (account, amount) in [(owner, owed.negative()), (self.utility, utility_owed.negative())] {
            let available = amount.sub(missing).unwrap_or(Money::ZERO).min(self.record.work.escrow);
            let loss = amount.sub(available)?;
            self.record.work.escrow = self.record.work.escrow.sub(available)?;
            Account::update(storage, account, |account| account.credit(available))?;
            if account == self.utility && !loss.is_zero() {
                let mut totals = Totals::load(storage)?;
                totals.utility_loss = totals.utility_loss.add(loss)?;
                totals.save(storage);
            }
        }
        Ok(())
    }
}

/// A receipt of a final interval may be withdrawn.
fn release_receipt(storage: &mut dyn Storage, account: AccountId, position: &Position) -> Result<(), ContractError> {
    let receipt = position.paid.negative();
    if receipt.is_zero() {
        return Ok(());
    }
    Account::update(storage, account, |account| {
        // A charge may have taken part of a receipt that was still pending.
        account.pending = account.pending.sub(receipt)?;
        Ok(())
    })
}
