//! Messages that have an answer: offers and agreements, orders under seal and what they reveal.
use busbar_testing::cosmwasm_std::{Addr, Binary};
use busbar_testing::market::bilateral::{Agreement, OfferResponse};
use busbar_testing::market::{ExecuteMsg, SealResponse, SealedOrder, Side, SALT_LENGTH};
use busbar_testing::units::{Interval, Price, Wh};

use super::{by, Draft, Hook};
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("market.agree", agree),
    ("market.retract", retract),
    ("market.seal", seal),
    ("market.unseal", unseal),
    ("market.reveal", reveal),
];

fn send(world: &World, sender: Option<Addr>, msg: &ExecuteMsg) -> Draft {
    by(sender, world.region.market.execute(msg, vec![]))
}

/// The interval in focus, else those from `first` to `last` after the present one.
fn intervals(world: &World, first: u64, last: u64) -> Vec<Interval> {
    let now = world.region.current_interval();
    match world.focus {
        Some(interval) => vec![interval],
        None => (first..=last).map(|ahead| now.plus(ahead).unwrap()).collect(),
    }
}

fn offers(world: &World, interval: Interval) -> Vec<OfferResponse> {
    let market = &world.region.market;
    market.offers(&world.region.q(), interval, None).unwrap_or_default()
}

/// Mostly the answer to an offer, where there is one.
fn agree(world: &mut World) -> Draft {
    let near = intervals(world, 1, 3);
    let interval = world.rng.pick(&near);
    let open = offers(world, interval);
    let (device, agreement) = match open.first() {
        Some(offer) if world.rng.chance(75) => {
            let agreement = Agreement {
                interval,
                side: offer.side.opposite(),
                counterparty: offer.key.device,
                quantity: offer.quantity,
                price: offer.price,
            };
            (offer.key.counterparty, agreement)
        }
        _ => {
            let homes = world.devices[1..4].to_vec();
            let agreement = Agreement {
                interval,
                side: world.rng.pick(&[Side::Buy, Side::Sell]),
                counterparty: world.rng.pick(&homes).number,
                quantity: Wh::new(20 + world.rng.below(100)),
                price: Price::new(world.rng.between(-20, 60) * 10_000),
            };
            (world.rng.pick(&homes).number, agreement)
        }
    };
    send(
        world,
        world.owner(device, interval),
        &ExecuteMsg::Agree { device, agreement },
    )
}

fn retract(world: &mut World) -> Draft {
    let near = intervals(world, 0, 5).into_iter();
    let mut open = near.flat_map(|interval| {
        offers(world, interval)
            .into_iter()
            .map(move |offer| (interval, offer.key))
    });
    let (interval, key) = open.next()?;
    let msg = ExecuteMsg::Retract {
        device: key.device,
        counterparty: key.counterparty,
        interval,
    };
    send(world, world.owner(key.device, interval), &msg)
}

/// What somebody may have sealed.
fn sealed() -> Vec<SealedOrder> {
    let order = |number: u8| SealedOrder {
        side: if number % 2 == 0 { Side::Buy } else { Side::Sell },
        limit: Price::new(60_000 + 30_000 * i64::from(number)),
        quantity: Wh::new(30 + 10 * u64::from(number)),
        salt: Binary::from([number; SALT_LENGTH]),
    };
    (0..6).map(order).collect()
}

fn hash(world: &World, order: &SealedOrder, owner: &Addr, device: u32, interval: Interval) -> Binary {
    let region = &world.region;
    let hash = order.hash(&region.setup().domain, region.market.address(), owner, device, interval);
    Binary::from(hash)
}

fn seal(world: &mut World) -> Draft {
    let homes = world.devices[1..4].to_vec();
    let device = world.rng.pick(&homes).number;
    let near = intervals(world, 1, 3);
    let (interval, order) = (world.rng.pick(&near), world.rng.pick(&sealed()));
    let owner = world.owner(device, interval)?;
    let hash = hash(world, &order, &owner, device, interval);
    send(world, Some(owner), &ExecuteMsg::Seal { device, interval, hash })
}

fn seals(world: &World, near: Vec<Interval>) -> Option<(Interval, SealResponse)> {
    let (q, market) = (world.region.q(), &world.region.market);
    let mut all = near.into_iter().flat_map(|interval| {
        let page = market.seals(&q, interval, None).unwrap_or_default();
        page.into_iter().map(move |seal| (interval, seal))
    });
    all.next()
}

fn unseal(world: &mut World) -> Draft {
    let (interval, seal) = seals(world, intervals(world, 1, 5))?;
    let (device, slot) = (seal.key.device, seal.key.slot);
    let msg = ExecuteMsg::Unseal { device, interval, slot };
    send(world, world.owner(device, interval), &msg)
}

/// What was sealed; sometimes something else.
fn reveal(world: &mut World) -> Draft {
    let (interval, seal) = seals(world, intervals(world, 0, 2))?;
    let (device, slot) = (seal.key.device, seal.key.slot);
    let owner = world.owner(device, interval)?;
    let opens = |order: &SealedOrder| hash(world, order, &owner, device, interval) == seal.hash;
    let honest = sealed().into_iter().find(opens)?;
    let order = if world.rng.chance(10) {
        world.rng.pick(&sealed())
    } else {
        honest
    };
    let msg = ExecuteMsg::Reveal {
        device,
        interval,
        slot,
        order,
    };
    send(world, Some(owner), &msg)
}
