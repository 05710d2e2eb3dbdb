use busbar_testing::cosmwasm_std::{coins, Addr};
use busbar_testing::market::{ExecuteMsg, NewOrder, OrderRef, OrderResponse, QueryMsg, Terms};
use busbar_testing::units::{Interval, Money, Price, Wh};
use busbar_testing::Device;

use super::{by, ownership, Draft, Hook};
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("market.deposit", deposit),
    ("market.withdraw", withdraw),
    ("market.withdraw_energy", withdraw_energy),
    ("market.place", place),
    ("market.cancel", cancel),
    ("market.propose", propose),
    ("market.clear", |world| {
        at(world, &[0, 1], |interval| ExecuteMsg::Clear { interval })
    }),
    ("market.skip", skip),
    ("market.settle", settle),
    ("market.finalise", finalise),
    ("market.refresh", refresh),
    ("market.update_ownership", |world| ownership(world, "market")),
];

fn send(world: &World, sender: Addr, msg: &ExecuteMsg) -> Draft {
    by(Some(sender), world.region.market.execute(msg, vec![]))
}

/// A message about an interval at one of these distances from the present, whoever sends it.
fn at(world: &mut World, ahead: &[u64], msg: fn(Interval) -> ExecuteMsg) -> Draft {
    let near = world.region.current_interval().plus(world.rng.pick(ahead)).unwrap();
    let (sender, interval) = (world.actor(), world.focus.unwrap_or(near));
    send(world, sender, &msg(interval))
}

fn deposit(world: &mut World) -> Draft {
    let (sender, amount) = (world.actor(), 1 + u128::from(world.rng.below(3_000_000)));
    let funds = coins(amount, &world.region.setup().denom);
    by(
        Some(sender),
        world.region.market.execute(&ExecuteMsg::Deposit {}, funds),
    )
}

/// Some or all of what is free; once in a while one millionth more.
fn withdraw(world: &mut World) -> Draft {
    let sender = world.actor();
    let free = world.region.books(&sender).withdrawable.get();
    let some = 1 + u128::from(world.rng.below(1_000_000));
    let amount = world
        .rng
        .pick(&[some.min(free.max(1)), some.min(free.max(1)), free, free + 1]);
    send(
        world,
        sender,
        &ExecuteMsg::Withdraw {
            amount: Money::new(amount),
        },
    )
}

fn withdraw_energy(world: &mut World) -> Draft {
    let free = |world: &World, actor: &Addr| {
        let books = world.region.books(actor);
        books.energy.get().saturating_sub(books.energy_locked.get())
    };
    let actors = world.actors.clone();
    let sender = actors.iter().find(|actor| free(world, actor) > 0)?.clone();
    let wh = 1 + world.rng.below(free(world, &sender).min(60));
    send(world, sender, &ExecuteMsg::WithdrawEnergy { wh: Wh::new(wh) })
}

fn terms(world: &mut World) -> Terms {
    let limit = Price::new(world.rng.between(-20, 60) * 10_000);
    let eager = Price::new(world.rng.between(5, 25) * 10_000);
    let banks = world.region.setup().params.bank.is_some();
    match world.rng.below(if banks { 10 } else { 6 }) {
        0 => Terms::Buy { limit },
        1 => Terms::Sell { limit },
        2 | 3 => Terms::Buy { limit: eager },
        4 | 5 => Terms::Sell { limit: eager },
        6 | 7 => Terms::Bank {},
        _ => Terms::Redeem {},
    }
}

fn place(world: &mut World) -> Draft {
    // The storage trades nothing while it is the bank's; the homes of the beginning do.
    let homes = world.devices[1..4].to_vec();
    let Device { number, .. } = if world.rng.chance(80) {
        world.rng.pick(&homes)
    } else {
        world.device()
    };
    let near = world.region.current_interval().plus(1 + world.rng.below(4)).unwrap();
    let interval = world.focus.unwrap_or(near);
    let owner = world.owner(number, interval);
    let orders = (0..1 + world.rng.below(3)).map(|offset| {
        let quantity = Wh::new(world.rng.pick(&[1, 50, 120, 240]) + world.rng.below(60));
        let interval = interval.plus(offset).unwrap();
        NewOrder {
            interval: world.focus.unwrap_or(interval),
            at_reference: world.rng.chance(10),
            terms: terms(world),
            quantity,
        }
    });
    let orders = orders.collect();
    by(owner, world.region.market.place(number, orders))
}

fn orders(world: &World, interval: Interval) -> Vec<OrderResponse> {
    let query = QueryMsg::Orders {
        interval,
        owner: None,
        start_after: None,
        limit: None,
    };
    world
        .region
        .q()
        .query_wasm_smart(world.region.market.address(), &query)
        .unwrap_or_default()
}

fn cancel(world: &mut World) -> Draft {
    let now = world.region.current_interval();
    let ahead = (1..6).filter_map(|ahead| now.plus(ahead).ok());
    let (interval, order) = ahead
        .flat_map(|at| orders(world, at).into_iter().map(move |order| (at, order)))
        .next()?;
    let number = order.key.device;
    let owner = world.owner(number, interval)?;
    let msg = ExecuteMsg::Cancel {
        device: number,
        orders: vec![OrderRef {
            interval,
            slot: order.key.slot,
        }],
    };
    send(world, owner, &msg)
}

/// What a solver finds; sometimes with something changed.
fn propose(world: &mut World) -> Draft {
    let (q, now) = (world.region.q(), world.region.current_interval());
    let (interval, auction) = (0..3).find_map(|ahead| {
        let interval = world.focus.unwrap_or(now.plus(ahead).unwrap());
        let auction = world.region.market.auction(&q, interval, None).ok()?;
        auction.needs_proposal.then_some((interval, auction))
    })?;
    let network = world.region.grid.network(&q, interval).ok()?;
    let mut proposal = busbar_solver::region::proposal(&network, &auction).ok()?;
    if world.rng.chance(25) {
        for fill in &mut proposal.fills {
            *fill = Wh::new(fill.get().saturating_sub(world.rng.below(2)));
        }
    }
    let sender = world.actor();
    send(world, sender, &ExecuteMsg::Propose { interval, proposal })
}

/// The first interval that has no record.
fn skip(world: &mut World) -> Draft {
    let (q, cursor) = (world.region.q(), world.cursor());
    let open = |ahead: &u64| {
        let interval = cursor.plus(*ahead).unwrap();
        world.region.market.interval(&q, interval).unwrap().is_none()
    };
    let interval = cursor.plus((0..10).find(open)?).unwrap();
    let interval = world.focus.unwrap_or(interval);
    let sender = world.actor();
    send(world, sender, &ExecuteMsg::Skip { interval })
}

fn settle(world: &mut World) -> Draft {
    let near = world.cursor().plus(world.rng.below(4)).unwrap();
    let interval = world.focus.unwrap_or(near);
    let (sender, limit) = (world.actor(), world.rng.pick(&[None, None, Some(1), Some(3)]));
    send(world, sender, &ExecuteMsg::Settle { interval, limit })
}

fn finalise(world: &mut World) -> Draft {
    let (sender, limit) = (world.actor(), world.rng.pick(&[None, None, Some(1), Some(3)]));
    send(world, sender, &ExecuteMsg::Finalise { limit })
}

fn refresh(world: &mut World) -> Draft {
    let (sender, device) = (world.actor(), world.device().number);
    send(world, sender, &ExecuteMsg::Refresh { device })
}
