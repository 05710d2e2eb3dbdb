use busbar_api::market::Stage;
use busbar_units::{Interval, Money, Price};
use cosmwasm_std::{DepsMut, Env, Response};

use super::propose::forget;
use super::reveal::lapse;
use crate::auction::{open_positions, Listed};
use crate::context::Context;
use crate::state::{final_cursor, Best, BookClosing, FixedReferences, Offer, Record};
use crate::{events, ContractError};

/// Gives up an interval that nobody cleared before its delivery began: nothing is traded, all energy is
/// settled at tariff, and settlement releases the locks.
pub fn skip(deps: DepsMut<'_>, env: Env, interval: Interval) -> Result<Response, ContractError> {
    if let Some(record) = Record::load(deps.storage, interval)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    if interval < final_cursor(deps.storage)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: Stage::Final,
        });
    }
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let start_s = context.times(&params, interval)?.start_s;
    let now_s = env.block.time.seconds();
    if now_s < start_s {
        return Err(ContractError::StillClearable {
            interval,
            start_s,
            now_s,
        });
    }
    let best = Best::load(deps.storage, interval)?;
    let utility = context.utility_of(deps.storage, best.as_ref())?;
    if let Some(best) = &best {
        forget(deps.storage, interval, best)?;
    }
    BookClosing::remove(deps.storage, interval);
    FixedReferences::remove(deps.storage, interval);
    Offer::lapse(deps.storage, interval);
    // Nobody cleared: it is nobody's fault that a seal was not opened.
    lapse(deps.storage, &params, interval, Money::ZERO)?;
    let book = Listed::all(deps.storage, interval)?;
    open_positions(deps.storage, interval, &book, &[])?;
    let tariff = context.tariff(interval)?;
    let price = Price::midpoint(tariff.export, tariff.import);
    let mut record = Record::new(Stage::Skipped, price);
    record.work.utility = utility.0;
    record.save(deps.storage, interval);
    Ok(Response::new().add_event(events::skipped(interval)))
}
