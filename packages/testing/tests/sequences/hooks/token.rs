use busbar_testing::cosmwasm_std::{Addr, Binary, WasmMsg};
use busbar_testing::units::Wh;
use serde_json::{json, Value};

use super::{Draft, Hook};
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("energy-token.transfer", transfer),
    ("energy-token.send", send),
    ("energy-token.increase_allowance", |world| {
        allowance(world, "increase_allowance")
    }),
    ("energy-token.decrease_allowance", |world| {
        allowance(world, "decrease_allowance")
    }),
    ("energy-token.transfer_from", transfer_from),
    ("energy-token.send_from", send_from),
    ("energy-token.update_marketing", update_marketing),
    ("energy-token.upload_logo", upload_logo),
];

fn draft(world: &World, sender: Option<Addr>, msg: &Value) -> Draft {
    let msg = WasmMsg::Execute {
        contract_addr: world.address("energy-token").into_string(),
        msg: serde_json::to_vec(msg).unwrap().into(),
        funds: vec![],
    };
    Some((sender?, msg))
}

fn balance(world: &World, account: &Addr) -> u64 {
    let token = &world.region.energy_token;
    token.balance(&world.region.q(), account).unwrap_or(Wh::ZERO).get()
}

/// Somebody with tokens, or the market's owner of some.
fn holder(world: &World) -> Option<Addr> {
    world.actors.iter().find(|actor| balance(world, actor) > 0).cloned()
}

fn part(world: &mut World, account: &Addr) -> String {
    let all = balance(world, account);
    (1 + world.rng.below(all.clamp(1, 40))).to_string()
}

fn transfer(world: &mut World) -> Draft {
    let sender = holder(world)?;
    let (recipient, amount) = (world.actor(), part(world, &sender));
    draft(
        world,
        Some(sender),
        &json!({"transfer": {"recipient": recipient, "amount": amount}}),
    )
}

fn deposit() -> Binary {
    Binary::from(br#"{"deposit":{}}"#)
}

fn send(world: &mut World) -> Draft {
    let sender = holder(world)?;
    let (market, amount) = (world.address("market"), part(world, &sender));
    let msg = json!({"send": {"contract": market, "amount": amount, "msg": deposit()}});
    draft(world, Some(sender), &msg)
}

fn allowance(world: &mut World, tag: &str) -> Draft {
    let granted = granted(world);
    let (owner, spender) = match granted {
        Some((owner, spender, _)) if tag == "decrease_allowance" => (owner, spender),
        _ => (holder(world).unwrap_or_else(|| world.actor()), world.actor()),
    };
    let amount = (1 + world.rng.below(60)).to_string();
    let msg = json!({tag: {"spender": spender, "amount": amount, "expires": null}});
    draft(world, Some(owner), &msg)
}

/// An owner of tokens, who may spend them, and how many.
fn granted(world: &World) -> Option<(Addr, Addr, u64)> {
    for owner in &world.actors {
        let ask = json!({"all_allowances": {"owner": owner}});
        let told: Value = world
            .region
            .q()
            .query_wasm_smart(world.address("energy-token"), &ask)
            .ok()?;
        for allowance in told["allowances"].as_array()? {
            let amount: u64 = allowance["allowance"].as_str()?.parse().unwrap_or(0);
            let usable = amount.min(balance(world, owner));
            if usable > 0 {
                return Some((owner.clone(), Addr::unchecked(allowance["spender"].as_str()?), usable));
            }
        }
    }
    None
}

fn transfer_from(world: &mut World) -> Draft {
    let (owner, spender, most) = granted(world)?;
    let (recipient, amount) = (world.actor(), (1 + world.rng.below(most.min(9))).to_string());
    let msg = json!({"transfer_from": {"owner": owner, "recipient": recipient, "amount": amount}});
    draft(world, Some(spender), &msg)
}

fn send_from(world: &mut World) -> Draft {
    let (owner, spender, most) = granted(world)?;
    let amount = (1 + world.rng.below(most.min(9))).to_string();
    let market = world.address("market");
    let msg = json!({"send_from": {"owner": owner, "contract": market, "amount": amount, "msg": deposit()}});
    draft(world, Some(spender), &msg)
}

/// Who tells wallets about the token.
fn marketing(world: &World) -> Option<Addr> {
    let ask = json!({"marketing_info": {}});
    let told: Value = world
        .region
        .q()
        .query_wasm_smart(world.address("energy-token"), &ask)
        .unwrap();
    told["marketing"].as_str().map(Addr::unchecked)
}

fn upload_logo(world: &mut World) -> Draft {
    draft(
        world,
        marketing(world),
        &json!({"upload_logo": {"url": "https://example.org/logo.svg"}}),
    )
}

fn update_marketing(world: &mut World) -> Draft {
    let sender = marketing(world);
    let project = world.rng.pick(&["energy", ""]);
    draft(world, sender, &json!({"update_marketing": {"project": project}}))
}
