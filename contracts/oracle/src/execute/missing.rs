//! Having a silent device suspended.
use busbar_api::registry::{self, SlotStatus, Suspension};
use cosmwasm_std::{DepsMut, Env, Response, StdError};

use super::around::{earlier, Earlier};
use super::region::Context;
use crate::book::Book;
use crate::{events, ContractError};

/// Suspends an active device that has been awaited but not read for more than `missing_limit`
/// intervals up to the last that ended.
pub fn report_missing(deps: DepsMut<'_>, env: &Env, device: u32) -> Result<Response, ContractError> {
    let mut context = Context::load(deps.as_ref(), env)?;
    let slot = context.device(device)?.ok_or(ContractError::UnknownDevice { device })?;
    if slot.status != SlotStatus::Active {
        return Err(ContractError::NotActive { device });
    }
    let params = context.params(context.current);
    let params = params.ok_or_else(|| StdError::not_found(format!("parameters of {}", context.current)))?;
    let limit = u64::from(params.missing_limit);
    let to = context.current.minus(1).unwrap_or_default();
    let from = to.minus(limit).unwrap_or_default();
    let not_missing = ContractError::NotMissing { device, from, to };
    if from < slot.awaited_from {
        return Err(not_missing);
    }
    // The search looks at the silence and the interval under way alone; pruned ones have left an anchor.
    let mut book = Book::open(deps.storage)?;
    let (until, search) = (context.current.plus(1)?, limit.saturating_add(2));
    let found = match earlier(&context, &mut book, device, until, from, search)? {
        Earlier::Found(last) => last.interval >= from,
        Earlier::None | Earlier::Unsearched => false,
    };
    if found {
        return Err(not_missing);
    }
    let registry = registry::Client::new(context.contracts.registry);
    Ok(Response::new()
        .add_event(events::missing(device, to))
        .add_message(registry.suspend(device, Suspension::Missing { interval: to })?))
}
