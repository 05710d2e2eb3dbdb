use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::grid::{InstantiateMsg, LineLimit, MarketState, Roles, Tariff, Wiring};
use busbar_testing::units::{Interval, Millihertz, Money, Ppm, Price, Wh};
use busbar_testing::{code, grid};
use cw_multi_test::Executor;

use super::{by, ownership, Draft, Hook};
use crate::hints;
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("grid.wire", wire),
    ("grid.update", update),
    ("grid.post_tariffs", post_tariffs),
    ("grid.set_network", set_network),
    ("grid.post_headroom", post_headroom),
    ("grid.tighten", tighten),
    ("grid.set_state", set_state),
    ("grid.post_frequency", post_frequency),
    ("grid.set_week", set_week),
    ("grid.set_guardian", set_guardian),
    ("grid.set_reporter", set_reporter),
    ("grid.set_operator", set_operator),
    ("grid.set_utility", set_utility),
    ("grid.update_ownership", |world| ownership(world, "grid")),
];

pub fn roles(world: &World) -> Roles {
    world.region.grid.roles(&world.region.q()).unwrap()
}

fn owner(world: &World) -> Option<Addr> {
    roles(world).owner
}

/// The first interval that nobody can trade in yet.
fn unopened(world: &World) -> Interval {
    let now = world.region.current_interval();
    now.plus(u64::from(world.region.params(now).horizon) + 1).unwrap()
}

/// A region is wired once: another one is founded beside it.
fn wire(world: &mut World) -> Draft {
    let setup = world.region.setup().clone();
    let owner = world.region.owner.clone();
    let msg = InstantiateMsg {
        owner: None,
        domain: setup.domain,
        denom: setup.denom,
        interval_s: setup.interval_s,
        energy_interval_s: setup.energy_interval_s,
        operator: world.region.operator.to_string(),
        utility: world.region.utility.to_string(),
        params: setup.params,
        network: setup.network,
        contracts: None,
    };
    let code = world.region.app.store_code(Box::new(code::grid()));
    let app = &mut world.region.app;
    let beside = app
        .instantiate_contract(code, owner.clone(), &msg, &[], "beside", None)
        .unwrap();
    let address = |contract: &str| world.address(contract).into_string();
    let wiring = Wiring {
        registry: address("registry"),
        oracle: address("oracle"),
        market: address("market"),
        energy_token: address("energy-token"),
    };
    by(Some(owner), grid::Client::new(beside).wire(wiring))
}

fn tariff(world: &mut World) -> Tariff {
    let export = world.rng.between(-15, 20) * 10_000;
    Tariff {
        import: Price::new(export + world.rng.between(1, 20) * 10_000),
        export: Price::new(export),
    }
}

fn update(world: &mut World) -> Draft {
    let mut params = world.region.params(unopened(world));
    let tariff = tariff(world);
    (params.import_tariff, params.export_tariff) = (tariff.import, tariff.export);
    params.losses = Ppm::new(world.rng.between(0, 60_000));
    params.order_fee = Money::new(u128::from(20 + world.rng.below(100)));
    params.settlement_fee = Money::new(u128::from(40 + world.rng.below(100)));
    if let Some(bank) = &mut params.bank {
        bank.efficiency = Ppm::new(world.rng.between(500_000, 1_000_000));
        bank.fee = Price::new(world.rng.between(0, 9_999));
        bank.bond = Money::new(u128::from(world.rng.below(2_000)));
        // More than registered is refused; now and then it is asked for.
        if !world.rng.chance(10) {
            *bank = grid::raw::bank_within(&world.region.q(), world.region.registry.address(), bank).unwrap();
        }
    }
    by(owner(world), world.region.grid.update(params))
}

fn post_tariffs(world: &mut World) -> Draft {
    let from = unopened(world).plus(world.rng.below(3)).unwrap();
    let tariffs = (0..1 + world.rng.below(4)).map(|_| tariff(world)).collect();
    let roles = roles(world);
    let sender = if world.rng.chance(50) {
        Some(roles.utility)
    } else {
        roles.owner
    };
    by(sender, world.region.grid.post_tariffs(from, tariffs))
}

/// Lines grow and shrink; buses stay.
fn set_network(world: &mut World) -> Draft {
    let from = unopened(world);
    let mut network = world.region.grid.network(&world.region.q(), from).unwrap();
    for line in network.lines.iter_mut().skip(1) {
        line.capacity = Wh::new(world.rng.pick(&[0, 1, 100, 250, 600, 1 << 40]));
        line.capacity_back = Wh::new(world.rng.pick(&[0, 1, 100, 250, 600, 1 << 40]));
        line.derated = line
            .derated
            .map(|derated| derated.min(line.capacity).min(line.capacity_back));
    }
    by(Some(roles(world).operator), world.region.grid.set_network(network))
}

/// Lower limits of some line in an interval.
fn limits(world: &mut World, interval: Interval) -> Vec<LineLimit> {
    let lines = world.region.network(interval).branches;
    let line = world.rng.index(lines.len());
    let lower = |capacity: Wh, share: u64| Wh::new(capacity.get().min(2_000) * share / 100);
    vec![LineLimit {
        line: u16::try_from(line).unwrap(),
        capacity: lower(lines[line].capacity, world.rng.below(101)),
        capacity_back: lower(lines[line].capacity_back, world.rng.below(101)),
    }]
}

fn post_headroom(world: &mut World) -> Draft {
    let from = world.region.current_interval().plus(1 + world.rng.below(8)).unwrap();
    let limits = limits(world, from);
    by(
        Some(roles(world).operator),
        world.region.grid.post_headroom(from, vec![limits]),
    )
}

fn tighten(world: &mut World) -> Draft {
    let from = world.region.current_interval().plus(1 + world.rng.below(4)).unwrap();
    let limits = limits(world, from);
    by(
        Some(roles(world).operator),
        world.region.grid.tighten(from, from, limits),
    )
}

/// The guardian tightens single intervals; the owner opens the market again.
fn set_state(world: &mut World) -> Draft {
    let only = world.rng.chance(75).then(|| hints::interval(world));
    let roles = roles(world);
    let open = only.is_none() || world.rng.chance(30);
    let state = if open && world.rng.chance(90) {
        MarketState::Open
    } else {
        world.rng.pick(&[MarketState::Restricted, MarketState::Halted])
    };
    let sender = if state == MarketState::Open {
        roles.owner
    } else {
        roles.guardian
    };
    by(sender, world.region.grid.set_state(state, only))
}

fn post_frequency(world: &mut World) -> Draft {
    let ended = world.region.current_interval().minus(1 + world.rng.below(3)).unwrap();
    let frequency = Millihertz::new(u32::try_from(world.rng.between(49_800, 50_200)).unwrap());
    by(
        roles(world).reporter,
        world.region.grid.post_frequency(ended, frequency),
    )
}

fn set_week(world: &mut World) -> Draft {
    let flat = tariff(world);
    let mut week = vec![flat; 168];
    week[world.rng.index(168)] = tariff(world);
    let week = world.rng.chance(70).then_some(week);
    by(owner(world), world.region.grid.set_week(week))
}

fn set_guardian(world: &mut World) -> Draft {
    let guardian = world.rng.chance(90).then(|| world.actor().into_string());
    by(owner(world), world.region.grid.set_guardian(guardian))
}

fn set_reporter(world: &mut World) -> Draft {
    let reporter = world.rng.chance(90).then(|| world.actor().into_string());
    by(owner(world), world.region.grid.set_reporter(reporter))
}

fn set_operator(world: &mut World) -> Draft {
    let operator = world.actor();
    by(owner(world), world.region.grid.set_operator(operator))
}

fn set_utility(world: &mut World) -> Draft {
    let utility = world.actor();
    by(owner(world), world.region.grid.set_utility(utility))
}
