//! Settlement of a confirmed interval, in bounded steps: share out the bank, collect what is owed, square
//! the utility, pay what is due.
mod case;
mod charge;
mod credit;
mod prepare;
mod utility;

use busbar_api::grid::Params;
use busbar_api::market::Stage;
use busbar_api::oracle;
use busbar_units::{Interval, Money};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use crate::context::Context;
use crate::metered::Metered;
use crate::state::{locate, pages, Account, AccountId, BusPrices, DevicePage, PositionPage, Record};
use crate::{events, ContractError};

pub use case::{is_withheld, Case, Party};

/// Settles an interval as far as `limit` devices go; whoever calls earns the bounty of each device whose
/// fee could be collected.
pub fn settle(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    interval: Interval,
    limit: Option<u32>,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let record = Record::load(deps.storage, interval)?.ok_or(ContractError::NotCleared { interval })?;
    if matches!(record.stage, Stage::Settled | Stage::Finalising | Stage::Final) {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    let confirmed = oracle::raw::interval(&deps.querier, &context.contracts.oracle, interval)?;
    let state = match confirmed {
        Some(state) if state.confirmed => state,
        other => {
            let (measured, awaited) = other.map_or((0, 0), |state| (state.measured, state.awaited));
            return Err(ContractError::NotConfirmed {
                interval,
                measured,
                awaited,
            });
        }
    };
    let params = context.params(interval)?;
    let mut step = Step {
        context: &context,
        params,
        interval,
        prices: BusPrices::of(deps.storage, interval, &record)?,
        record,
        devices: DevicePage::default(),
        budget: super::step(limit),
        bounty: Money::ZERO,
    };
    let mut response = Response::new();
    if matches!(step.record.stage, Stage::Cleared | Stage::Skipped) {
        response = response.add_messages(step.prepare(deps.storage, &env, state.net)?);
        step.enter(Stage::Charging);
    }
    if step.record.stage == Stage::Charging && step.walk(deps.storage, Step::charge)? {
        step.square_utility(deps.storage)?;
        step.enter(Stage::Crediting);
    }
    if step.record.stage == Stage::Crediting && step.walk(deps.storage, Step::credit)? {
        step.enter(Stage::Settled);
    }
    let (record, bounty) = (step.record, step.bounty);
    record.save(deps.storage, interval);
    if !bounty.is_zero() {
        let caller = AccountId::open(deps.storage, &info.sender)?;
        Account::update(deps.storage, caller, |account| account.credit(bounty))?;
    }
    Ok(response.add_event(events::settled(interval, &record, bounty)))
}

/// One call's worth of settlement.
struct Step<'a, 'b> {
    context: &'a Context<'b>,
    params: Params,
    interval: Interval,
    prices: BusPrices,
    record: Record,
    /// The page that is walked.
    devices: DevicePage,
    budget: u32,
    bounty: Money,
}

/// What is done with one device of a page; true where it had to be worked on.
type Visit<'a, 'b> =
    fn(&mut Step<'a, 'b>, &mut dyn Storage, &Metered<'a, 'b>, &mut PositionPage, u32) -> Result<bool, ContractError>;

impl<'a, 'b> Step<'a, 'b> {
    fn enter(&mut self, stage: Stage) {
        self.record.stage = stage;
        self.record.work.next = 0;
    }

    /// Visits devices from the cursor on until the budget is used; true when all were visited.
    fn walk(&mut self, storage: &mut dyn Storage, visit: Visit<'a, 'b>) -> Result<bool, ContractError> {
        let devices = self.context.devices()?;
        while self.record.work.next < devices {
            if self.budget == 0 {
                return Ok(false);
            }
            // A page costs reads even where no device of it settles.
            self.budget = self.budget.saturating_sub(1);
            self.page(storage, devices, visit)?;
        }
        Ok(true)
    }

    fn page(&mut self, storage: &mut dyn Storage, devices: u32, visit: Visit<'a, 'b>) -> Result<(), ContractError> {
        let (page, _) = locate(self.record.work.next);
        let metered = Metered::load(self.context, self.interval, page)?;
        let mut positions = PositionPage::load(storage, self.interval, page)?;
        self.devices = DevicePage::load(storage, page)?;
        let mut next = self.record.work.next;
        let mut visited = false;
        while next < devices && locate(next).0 == page {
            if visited && self.budget == 0 {
                break;
            }
            if visit(self, storage, &metered, &mut positions, next)? {
                visited = true;
                self.budget = self.budget.saturating_sub(1);
            }
            next = next.saturating_add(1);
        }
        self.record.work.next = next;
        positions.save(storage, self.interval, page);
        Ok(())
    }

    /// Every page of devices with its readings and positions.
    fn each_page(
        &self,
        storage: &mut dyn Storage,
        mut visit: impl FnMut(u32, &Metered<'a, 'b>, &mut PositionPage) -> Result<(), ContractError>,
    ) -> Result<(), ContractError> {
        for page in 0..pages(self.context.devices()?) {
            let mut positions = PositionPage::load(storage, self.interval, page)?;
            if positions.iter().next().is_none() {
                continue;
            }
            let metered = Metered::load(self.context, self.interval, page)?;
            visit(page, &metered, &mut positions)?;
            positions.save(storage, self.interval, page);
        }
        Ok(())
    }

    /// Adds the bounty of one device whose settlement fee was collected, out of `spare` coin of the escrow.
    fn earn_bounty(&mut self, spare: Money) -> Result<(), ContractError> {
        let bounty = self.params.settle_bounty.min(spare);
        self.record.work.escrow = self.record.work.escrow.sub(bounty)?;
        self.bounty = self.bounty.add(bounty)?;
        Ok(())
    }
}
