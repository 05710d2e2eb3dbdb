use busbar_api::grid::Params;
use busbar_api::market::{HourBand, Standing, StandingQuantity, MAX_SHARE};
use busbar_clearing::MAX_QUANTITY;
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::owner::{is_owner, trades};
use super::place::check_limit;
use crate::context::Context;
use crate::state::StandingOrders;
use crate::{events, ContractError};

/// Replaces the standing orders of a device from the first interval on whose gate is open. An interval whose gate is
/// closed keeps those that stood then: nobody sees the others' book and changes his own. They stand for the owner
/// that the registry has, from his first interval on.
pub fn stand(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    orders: Vec<Standing>,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let device = context.device(number)?;
    is_owner(deps.storage, number, &device, &info, Interval::MAX)?;
    let current = context.region().current_interval(env.block.time)?;
    // Whoever may not trade may still take his orders back.
    if !orders.is_empty() {
        trades(&context, number, &device)?;
        check(&context.params(current)?, &orders)?;
    }
    let first = current.plus(1)?;
    let open = first_open(&context, first, env.block.time.seconds())?;
    let from = device.owned_from.map_or(open, |owned| open.max(owned));
    let count = orders.len();
    let mut standing = StandingOrders::load(deps.storage, number)?;
    standing.replace(from, orders);
    standing.prune(first);
    standing.save(deps.storage, number);
    Ok(Response::new().add_event(events::standing(number, from, count)))
}

fn check(params: &Params, orders: &[Standing]) -> Result<(), ContractError> {
    let max = usize::try_from(params.steps_per_device).unwrap_or(usize::MAX);
    if orders.len() > max {
        return Err(ContractError::Count {
            field: "orders",
            count: orders.len(),
            min: 0,
            max,
        });
    }
    for (entry, order) in orders.iter().enumerate() {
        check_limit(params, order.limit)?;
        match &order.quantity {
            StandingQuantity::ByHour(bands) => {
                if !HourBand::are_a_week(bands) {
                    return Err(ContractError::Hours { entry });
                }
                if let Some(band) = bands.iter().find(|band| band.wh > MAX_QUANTITY) {
                    return Err(ContractError::Quantity {
                        quantity: band.wh,
                        max: MAX_QUANTITY,
                    });
                }
            }
            StandingQuantity::ShareOfYesterday(share) => {
                if share.get() <= 0 || *share > MAX_SHARE {
                    return Err(ContractError::Share {
                        entry,
                        share: *share,
                        max: MAX_SHARE,
                    });
                }
            }
        }
    }
    Ok(())
}

/// The first interval from `from` on whose gate is open: gates close less than a horizon ahead of delivery.
fn first_open(context: &Context<'_>, from: Interval, now_s: u64) -> Result<Interval, ContractError> {
    let mut interval = from;
    while now_s >= context.times(&context.params(interval)?, interval)?.closes_s {
        interval = interval.plus(1)?;
    }
    Ok(interval)
}
