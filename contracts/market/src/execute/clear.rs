use busbar_api::grid::{Network as GridNetwork, Params, Tariff, REGION_BUS, UTILITY_BUS};
use busbar_api::market::{Stage, Terms};
use busbar_clearing::{clear as auction, Clearing, Line, Network, Order, PriceBounds, Side};
use busbar_units::{Interval, Money, NetWh, Price, Wh};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use crate::context::Context;
use crate::execute::skip::start_positions;
use crate::state::{locate, Account, AccountId, OrderId, PositionPage, Record};
use crate::{events, ContractError};

/// Clears an interval between its gate closure and its delivery.
///
/// The utility takes part at its own bus beyond the connection: it sells at the import tariff more than the
/// connection carries, and buys at the export tariff as much as it carries and its free deposit pays.
pub fn clear(deps: DepsMut<'_>, env: Env, info: MessageInfo, interval: Interval) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    let now_s = env.block.time.seconds();
    if let Some(record) = Record::load(deps.storage, interval)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    if now_s < times.closes_s {
        return Err(ContractError::GateOpen {
            interval,
            closes_s: times.closes_s,
            now_s,
        });
    }
    if now_s >= times.start_s {
        return Err(ContractError::DeliveryStarted {
            interval,
            start_s: times.start_s,
            now_s,
        });
    }
    let tariff = context.tariff(interval)?;
    let grid = GridNetwork::of(&context.region, &params)?;
    let network = network(&grid)?;
    let utility = context.utility(deps.storage)?;
    let free = Account::load(deps.storage, utility)?.free_of_locks()?;

    let (ids, mut orders) = start_positions(deps.storage, interval)?;
    orders.extend(utility_orders(&grid, tariff, free));
    let bounds = PriceBounds {
        floor: params.price_floor,
        cap: params.price_cap,
    };
    let clearing = auction(&network, &orders, bounds)?;

    let mut record = open_record(&clearing, &orders, ids.len())?;
    record.work.clearer = AccountId::open(deps.storage, &info.sender)?.0;
    record.work.clear_bounty = params.clear_bounty.times(record.orders.into())?;
    fill_positions(deps.storage, interval, &ids, &orders, &clearing)?;
    record.work.utility_lock = lock_utility(deps.storage, utility, &params, tariff, &record)?;
    record.save(deps.storage, interval);
    Ok(Response::new().add_event(events::cleared(interval, &record)?))
}

fn bus(bus: u16) -> usize {
    usize::from(bus)
}

/// The region's network as the auction knows it, hung up at the utility's bus.
fn network(grid: &GridNetwork) -> Result<Network, ContractError> {
    let lines = grid.lines.iter().map(|line| Line {
        from: bus(line.from),
        to: bus(line.to),
        capacity: line.capacity,
        capacity_back: line.capacity_back,
    });
    Ok(Network::new(grid.buses.len(), bus(UTILITY_BUS), lines.collect())?)
}

/// The utility's two orders; quantities above what the connection carries keep it at its tariff.
fn utility_orders(grid: &GridNetwork, tariff: Tariff, free: Money) -> Vec<Order> {
    let more = |line: Wh| line.add(Wh::new(1)).unwrap_or(line);
    let (import, export) = grid
        .lines
        .first()
        .map_or((Wh::ZERO, Wh::ZERO), |line| (line.capacity, line.capacity_back));
    let sell = Order {
        bus: bus(UTILITY_BUS),
        side: Side::Sell,
        price: tariff.import,
        quantity: more(import),
    };
    let affordable = affordable(tariff.export, free).min(more(export));
    let buy = Order {
        bus: bus(UTILITY_BUS),
        side: Side::Buy,
        price: tariff.export,
        quantity: affordable,
    };
    [sell, buy]
        .into_iter()
        .filter(|order| !order.quantity.is_zero())
        .collect()
}

/// Energy that `free` coin pays for at `price`, rounded down; without bound at a price of nothing or less.
fn affordable(price: Price, free: Money) -> Wh {
    let price = u128::try_from(price.get()).unwrap_or(0);
    let wh = free.get().saturating_mul(1000).checked_div(price);
    wh.map_or(Wh::MAX, |wh| u64::try_from(wh).map_or(Wh::MAX, Wh::new))
}

/// What the auction decided, devices' orders first, the utility's after them.
fn open_record(clearing: &Clearing, orders: &[Order], devices: usize) -> Result<Record, ContractError> {
    let price = |number: u16| clearing.prices.get(bus(number)).copied().unwrap_or(Price::ZERO);
    let mut record = Record::new(Stage::Cleared, price(REGION_BUS), price(UTILITY_BUS));
    record.no_trade = clearing.no_trade.get(bus(REGION_BUS)).copied().unwrap_or(true);
    for (order, fill) in orders.iter().zip(&clearing.fills).take(devices) {
        record.orders = record.orders.saturating_add(1);
        match order.side {
            Side::Buy => record.bought = record.bought.add(*fill)?,
            Side::Sell => record.sold = record.sold.add(*fill)?,
        }
    }
    Ok(record)
}

/// Writes what each device traded into its position.
fn fill_positions(
    storage: &mut dyn Storage,
    interval: Interval,
    ids: &[OrderId],
    orders: &[Order],
    clearing: &Clearing,
) -> Result<(), ContractError> {
    let mut fills: Vec<(u32, NetWh)> = Vec::with_capacity(ids.len());
    for ((id, order), fill) in ids.iter().zip(orders).zip(&clearing.fills) {
        if !fill.is_zero() {
            let net = match order.side {
                Side::Buy => fill.drawn()?,
                Side::Sell => fill.fed()?,
            };
            fills.push((id.device, net));
        }
    }
    fills.sort_unstable_by_key(|(device, _)| *device);
    for page in fills.chunk_by(|a, b| locate(a.0).0 == locate(b.0).0) {
        let Some((number, _)) = page.first().map(|(device, _)| locate(*device)) else {
            continue;
        };
        let mut positions = PositionPage::load(storage, interval, number)?;
        for (device, net) in page {
            let position = positions.entry(locate(*device).1)?;
            position.traded = position.traded.add(*net)?;
        }
        positions.save(storage, interval, number);
    }
    Ok(())
}

/// Locks on the utility's account what its purchases may cost.
fn lock_utility(
    storage: &mut dyn Storage,
    utility: AccountId,
    params: &Params,
    tariff: Tariff,
    record: &Record,
) -> Result<Money, ContractError> {
    let purchases = record.traded_net()?.negative();
    let price = tariff.export.positive().clamp(Price::ZERO, params.price_cap);
    let lock = price.charge(purchases.drawn()?)?.positive();
    Account::update(storage, utility, |account| {
        account.locked = account.locked.add(lock)?;
        Ok(())
    })?;
    Ok(lock)
}

/// The book's price orders as the auction takes them.
pub fn auction_order(bus_number: u16, terms: Terms, quantity: Wh) -> Option<Order> {
    let (side, price) = match terms {
        Terms::Buy { limit } => (Side::Buy, limit),
        Terms::Sell { limit } => (Side::Sell, limit),
        Terms::Bank {} | Terms::Redeem {} => return None,
    };
    Some(Order {
        bus: bus(bus_number),
        side,
        price,
        quantity,
    })
}
