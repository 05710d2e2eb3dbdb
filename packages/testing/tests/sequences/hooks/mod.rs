//! Arguments that only the world knows: signed readings, endorsements, what an account has.
mod certificates;
mod grid;
mod market;
mod oracle;
mod pairs;
mod registry;
mod token;

use busbar_testing::cosmwasm_std::{Addr, StdResult, WasmMsg};

use crate::world::World;

/// A sender and his message; none where there is nothing to say.
pub type Draft = Option<(Addr, WasmMsg)>;

type Hook = fn(&mut World) -> Draft;

/// One row per kind of message that chance alone would not get right.
fn tables() -> [&'static [(&'static str, Hook)]; 7] {
    [
        grid::HOOKS,
        registry::HOOKS,
        oracle::HOOKS,
        token::HOOKS,
        market::HOOKS,
        pairs::HOOKS,
        certificates::HOOKS,
    ]
}

/// What somebody who knows the world sends.
pub fn draft(kind: &str, world: &mut World) -> Draft {
    let hook = tables().into_iter().flatten().find(|(known, _)| *known == kind)?.1;
    hook(world)
}

/// Names of all hooks, which must be kinds of the schemas.
pub fn names() -> impl Iterator<Item = &'static str> {
    tables().into_iter().flatten().map(|(name, _)| *name)
}

fn by(sender: Option<Addr>, msg: StdResult<WasmMsg>) -> Draft {
    Some((sender?, msg.unwrap()))
}

/// Offers a contract, takes an offer, or very rarely gives it up.
fn ownership(world: &mut World, contract: &str) -> Draft {
    let [owner, pending] = world.ownership(contract);
    let heir = world.actor();
    let (sender, action) = match pending {
        Some(pending) if world.rng.chance(70) => (Some(pending), serde_json::json!("accept_ownership")),
        _ if world.rng.chance(2) => (owner, serde_json::json!("renounce_ownership")),
        _ => (
            owner,
            serde_json::json!({"transfer_ownership": {"new_owner": heir, "expiry": null}}),
        ),
    };
    let msg = serde_json::to_vec(&serde_json::json!({ "update_ownership": action })).unwrap();
    let contract_addr = world.address(contract).into_string();
    let msg = WasmMsg::Execute {
        contract_addr,
        msg: msg.into(),
        funds: vec![],
    };
    Some((sender?, msg))
}
