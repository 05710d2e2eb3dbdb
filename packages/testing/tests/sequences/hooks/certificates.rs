use busbar_testing::certificates::{CertificateResponse, ExecuteMsg, Status};
use busbar_testing::registry;
use busbar_testing::units::Wh;

use super::{by, Draft, Hook};
use crate::hooks::grid::roles;
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("certificates.issue", issue),
    ("certificates.transfer", transfer),
    ("certificates.split", split),
    ("certificates.bundle", bundle),
    ("certificates.retire", retire),
    ("certificates.withdraw", withdraw),
];

fn issue(world: &mut World) -> Draft {
    let limit = world.rng.pick(&[None, None, Some(1), Some(2)]);
    by(Some(world.actor()), world.region.certificates.issue(limit))
}

/// Live certificates of one account, which has some.
fn live(world: &mut World) -> Option<Vec<CertificateResponse>> {
    let start = world.rng.index(world.actors.len());
    for at in 0..world.actors.len() {
        let owner = &world.actors[(start + at) % world.actors.len()];
        let mut owned = world.region.certificates_owned(owner);
        owned.retain(|certificate| certificate.status == Status::Live);
        if !owned.is_empty() {
            return Some(owned);
        }
    }
    None
}

fn one(world: &mut World) -> Option<CertificateResponse> {
    let live = live(world)?;
    Some(world.rng.pick(&live))
}

fn transfer(world: &mut World) -> Draft {
    let certificate = one(world)?;
    let recipient = world.actor();
    by(
        Some(certificate.owner),
        world.region.certificates.transfer(vec![certificate.id], recipient),
    )
}

fn split(world: &mut World) -> Draft {
    let certificate = one(world)?;
    let wh = Wh::new(world.rng.below(certificate.wh.get()).max(1));
    by(
        Some(certificate.owner),
        world.region.certificates.split(certificate.id, wh),
    )
}

/// Two neighbours, such as a split has left.
fn bundle(world: &mut World) -> Draft {
    let live = live(world)?;
    for one in &live {
        let same = |other: &&CertificateResponse| {
            (other.id.device, other.id.interval) == (one.id.device, one.id.interval)
                && other.id.first.get() == one.last.get() + 1
        };
        if let Some(next) = live.iter().find(same) {
            return by(
                Some(one.owner.clone()),
                world.region.certificates.bundle(vec![one.id, next.id]),
            );
        }
    }
    None
}

fn retire(world: &mut World) -> Draft {
    let certificate = one(world)?;
    let msg = ExecuteMsg::Retire {
        certificates: vec![certificate.id],
        beneficiary: "Elm Street 4".into(),
        purpose: "consumption".into(),
    };
    by(Some(certificate.owner), world.region.certificates.execute(&msg))
}

fn withdraw(world: &mut World) -> Draft {
    let (q, registry) = (world.region.q(), world.region.registry.address());
    let status = |number| {
        registry::raw::device(&q, registry, number)
            .unwrap()
            .map(|device| device.status)
    };
    let unsound = |number: &u32| {
        matches!(
            status(*number),
            Some(registry::Status::Suspended | registry::Status::Retired)
        )
    };
    let device = world.devices.iter().map(|device| device.number).find(unsound)?;
    by(
        Some(roles(world).operator),
        world.region.certificates.withdraw(device, "two records"),
    )
}
