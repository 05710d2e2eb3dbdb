use busbar_api::market::{AuctionOrder, AuctionResponse, Side, MAX_AUCTION_PAGE};
use busbar_units::{Interval, Money};
use cosmwasm_std::{Deps, Env, Int128, Uint64};

use crate::auction::Auction;
use crate::context::Context;
use crate::execute::{check_closed, check_revealed, solver_window_ends};
use crate::state::{Account, AccountId, Best};
use crate::ContractError;

/// A page of an interval's auction as a proposal has to solve it.
pub fn auction(
    deps: Deps<'_>,
    env: Env,
    interval: Interval,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<AuctionResponse, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    check_revealed(deps.storage, &params, &times, interval, env.block.time.seconds())?;
    check_closed(deps.storage, interval)?;
    let circuit = context.network(&params, interval)?;
    let best = Best::load(deps.storage, interval)?;
    let (utility, utility_lock) = match &best {
        Some(best) => (best.utility.owner(deps.storage)?, best.utility_lock),
        None => (context.region().utility.clone(), Money::ZERO),
    };
    let free = match AccountId::of(deps.storage, &utility)? {
        Some(account) => Account::load(deps.storage, account)?
            .free_of_locks()?
            .add(utility_lock)?,
        None => Money::ZERO,
    };
    let tariff = context.tariff(interval)?;
    let auction = Auction::of(deps.storage, interval, &circuit, &params, tariff, free)?;
    let page = limit.unwrap_or(MAX_AUCTION_PAGE).clamp(1, MAX_AUCTION_PAGE);
    let orders = (0u32..)
        .zip(&auction.orders)
        .filter(|(number, _)| start_after.is_none_or(|after| *number > after))
        .take(usize::try_from(page).unwrap_or(1))
        .map(|(_, order)| {
            Ok(AuctionOrder {
                bus: u16::try_from(order.bus).map_err(|_| ContractError::Corrupt { what: "bus" })?,
                side: match order.side {
                    busbar_clearing::Side::Buy => Side::Buy,
                    busbar_clearing::Side::Sell => Side::Sell,
                },
                limit: order.price,
                quantity: order.quantity,
            })
        });
    Ok(AuctionResponse {
        orders: orders.collect::<Result<_, ContractError>>()?,
        count: u32::try_from(auction.orders.len()).unwrap_or(u32::MAX),
        floor: auction.bounds.floor,
        cap: auction.bounds.cap,
        epsilon: params.epsilon,
        needs_proposal: circuit.needs_certificate(),
        until_s: Uint64::new(solver_window_ends(&params, times.closes_s)),
        best: best.map(|best| Int128::new(best.welfare)),
        utility,
        utility_lock,
    })
}
