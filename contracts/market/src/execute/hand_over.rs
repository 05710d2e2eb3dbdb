//! A device passes to another owner.
use busbar_api::registry::DeviceSummary;
use busbar_units::{Money, Wh};
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage};

use super::owner::trades;
use super::place::take_locks;
use crate::context::Context;
use crate::state::{Account, AccountId, DeviceSlot, Former, StandingOrders};
use crate::{collateral, events, ContractError};

/// Keeps the former owner's account, with the device's margin, for every interval before the new owner's first; the new
/// one holds the margin from here on. Nothing of the device moves from one account to the other.
pub fn hand_over(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    former: String,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    if info.sender != context.contracts.registry {
        return Err(ContractError::NotTheRegistry {
            expected: context.contracts.registry.clone(),
            sender: info.sender,
        });
    }
    let former = deps.api.addr_validate(&former)?;
    let device = context.device(number)?;
    let from = device.owned_from.ok_or(ContractError::Corrupt { what: "transfer" })?;
    trades(&context, number, &device)?;
    if context.pledges(number) {
        return Err(ContractError::DoesNotTrade {
            device: number,
            reason: "the bank's own storage",
        });
    }
    if StandingOrders::load(deps.storage, number)?.any() {
        return Err(ContractError::OrdersStanding { device: number });
    }
    let now = context.params_now(&env)?;
    let old = DeviceSummary {
        owner: former.clone(),
        owned_from: None,
        ..device.clone()
    };
    let slot = context.attach(deps.storage, &now, number, &old)?;
    if let Some(Former { until, .. }) = &slot.former {
        let until = *until;
        return Err(ContractError::StillPassing { device: number, until });
    }
    if let Some(gap) = &slot.gap {
        let since = gap.since;
        return Err(ContractError::GapOpen { device: number, since });
    }
    // The parameters of an interval that is still the former owner's may ask for more.
    let mut dearest = slot.margin;
    for params in context.params_before(from) {
        dearest = dearest.max(collateral::margin(&context, params, number, &device)?);
    }
    let account = AccountId::open(deps.storage, &device.owner)?;
    let margin = collateral::margin(&context, &now, number, &device)?;
    hold(deps.storage, slot.account, dearest.sub(slot.margin)?)?;
    hold(deps.storage, account, margin)?;
    let passed = DeviceSlot {
        account,
        margin,
        former: Some(Former {
            account: slot.account,
            until: from,
            margin: dearest,
        }),
        ..slot
    };
    passed.save(deps.storage, number)?;
    for (account, owner) in [(slot.account, &former), (account, &device.owner)] {
        answers(deps.storage, number, account, owner)?;
    }
    let event = events::handed_over(number, &former, &device.owner, from);
    Ok(Response::new().add_event(event))
}

fn hold(storage: &mut dyn Storage, account: AccountId, margin: Money) -> Result<(), ContractError> {
    Account::update(storage, account, |account| {
        account.margin = account.margin.add(margin)?;
        Ok(())
    })
}

/// Refuses an owner who owes coin or lacks margin, as if he placed an order.
fn answers(storage: &mut dyn Storage, device: u32, account: AccountId, owner: &Addr) -> Result<(), ContractError> {
    let free = take_locks(storage, account, Money::ZERO, Wh::ZERO);
    free.map_err(|error| ContractError::CannotAnswer {
        device,
        owner: owner.clone(),
        error: Box::new(error),
    })
}
