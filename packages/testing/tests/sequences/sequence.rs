//! One sequence of calls.
use std::collections::VecDeque;

use busbar_testing::cosmwasm_std::{coins, from_json, Addr, WasmMsg};
use busbar_testing::oracle::SubmitResult;
use busbar_testing::units::Money;
use cw_multi_test::AppResponse;
use serde_json::{json, Value};

use crate::coverage::Coverage;
use crate::life::{self, Step};
use crate::rng::Rng;
use crate::schema::{Kind, Schema};
use crate::world::World;
use crate::{hooks, CALLS};

/// Of refused calls, every so many-th is checked to have changed nothing.
const SAMPLE: u64 = 8;

/// Messages that contracts send each other: contract, event and the kind that it shows.
const CARRIED: &[(&str, &str, &str, &str)] = &[
    ("oracle", "wasm-oracle_reset", "", "oracle.reset"),
    ("market", "wasm-handed_over", "", "market.hand_over"),
    ("market", "wasm-energy_deposited", "", "market.receive"),
    ("energy-token", "wasm", "mint", "energy-token.mint"),
    ("energy-token", "wasm", "burn", "energy-token.burn"),
];

/// Plays a sequence of 60 calls that is its seed.
pub fn play(seed: u64, worlds: &[World], schema: &Schema) -> Coverage {
    let mut rng = Rng::new(seed);
    let world = &worlds[rng.index(worlds.len())];
    let mut sequence = Sequence {
        world: world.fork(rng),
        schema,
        steps: VecDeque::new(),
        coverage: Coverage::default(),
    };
    let mut ends = false;
    while sequence.coverage.calls < CALLS {
        let days = sequence.world.region.setup().interval_s == 86_400;
        if days && !ends && sequence.coverage.calls + 8 >= CALLS {
            ends = true;
            sequence.steps = life::weeks(&mut sequence.world);
        }
        sequence.step();
    }
    sequence.coverage.sequences = 1;
    sequence.coverage
}

struct Sequence<'a> {
    world: World,
    schema: &'a Schema,
    steps: VecDeque<Step>,
    coverage: Coverage,
}

impl Sequence<'_> {
    fn step(&mut self) {
        if self.world.rng.chance(30) {
            let kind = self.world.rng.index(self.schema.kinds.len());
            self.world.focus = None;
            return self.call(&self.schema.kinds[kind]);
        }
        let Some(step) = self.steps.pop_front() else {
            self.steps = match self.world.rng.below(100) {
                0..=44 => life::interval(&mut self.world),
                45..=59 => [Step::Finish].into(),
                60..=94 => life::errand(&mut self.world),
                _ => [Step::Wait(self.world.rng.below(2_000))].into(),
            };
            return;
        };
        match step {
            Step::Call(kind, focus) => {
                self.world.focus = focus;
                self.call(self.schema.kind(kind));
            }
            Step::Until(interval, instant) => {
                let instant_s = instant(&self.world.region.times(interval));
                self.world.region.reach(instant_s);
            }
            Step::Wait(seconds) => self.world.region.advance(seconds),
            Step::Finish => {
                let mut steps = life::finish(&self.world);
                steps.extend(self.steps.drain(..));
                self.steps = steps;
            }
        }
    }

    fn call(&mut self, kind: &Kind) {
        let (sender, msg) = self.message(kind);
        self.coverage.tried(&kind.name);
        let region = &mut self.world.region;
        let before = (region.app.block_info().height + self.coverage.calls) % SAMPLE == 0;
        let before = before.then(|| region.state());
        match region.send(&sender, msg.clone()) {
            Ok(response) => {
                self.coverage.success(&kind.name);
                self.learn(kind, &msg, &response);
            }
            Err(error) => {
                let text = format!("{:?}", error.root_cause());
                let name: String = text.chars().take_while(|letter| letter.is_alphanumeric()).collect();
                self.coverage.refusal(&kind.name, name);
                let unchanged = before.is_none_or(|before| before == region.state());
                assert!(unchanged, "{} is refused and yet changed something", kind.name);
            }
        }
    }

    /// A message of a kind: what somebody who knows the world sends, or what the schema allows, or the former with
    /// one field of the latter; now and then by somebody else or with coin.
    fn message(&mut self, kind: &Kind) -> (Addr, WasmMsg) {
        let world = &mut self.world;
        let known = if world.rng.chance(80) {
            hooks::draft(&kind.name, world)
        } else {
            None
        };
        let (mut sender, mut msg) = known.unwrap_or_else(|| {
            let arguments = self.schema.arguments(kind, world);
            // Most messages about a device are its owner's.
            let about = arguments["device"].as_u64();
            let device = world
                .devices
                .iter()
                .find(|device| Some(u64::from(device.number)) == about);
            let owner = device.map(|device| device.owner.clone());
            let msg = WasmMsg::Execute {
                contract_addr: world.address(kind.contract).into_string(),
                msg: serde_json::to_vec(&json!({ kind.tag.clone(): arguments }))
                    .unwrap()
                    .into(),
                funds: vec![],
            };
            (owner.unwrap_or_else(|| world.actor()), msg)
        });
        if let WasmMsg::Execute { msg, funds, .. } = &mut msg {
            if world.rng.chance(8) {
                let mut message: Value = serde_json::from_slice(msg).unwrap();
                let fields: Vec<String> = message[&kind.tag]
                    .as_object()
                    .map_or(vec![], |fields| fields.keys().cloned().collect());
                if !fields.is_empty() {
                    let field = world.rng.pick(&fields);
                    if let Some(another) = self.schema.another(kind, &field, world) {
                        message[&kind.tag][&field] = another;
                    }
                    *msg = serde_json::to_vec(&message).unwrap().into();
                }
            }
            if world.rng.chance(3) {
                *funds = coins(1 + u128::from(world.rng.below(1_000)), &world.region.setup().denom);
            }
            if let Some(coin) = funds.first() {
                world.region.fund(&sender, Money::new(coin.amount.u128()));
            }
        }
        if world.rng.chance(6) {
            sender = world.actor();
        }
        (sender, msg)
    }

    /// Remembers what later calls refer to, and counts what the message carried along.
    fn learn(&mut self, kind: &Kind, msg: &WasmMsg, response: &AppResponse) {
        if let ("oracle.submit", Some(data)) = (kind.name.as_str(), &response.data) {
            let result: SubmitResult = from_json(data).unwrap();
            for (outcome, times) in result.counts() {
                *self.coverage.readings.entry(format!("{outcome:?}")).or_default() += u64::try_from(times).unwrap();
            }
        }
        if let ("registry.enrol", WasmMsg::Execute { msg, .. }) = (kind.name.as_str(), msg) {
            let message: Value = serde_json::from_slice(msg).unwrap();
            let number = u32::try_from(message["enrol"]["number"].as_u64().unwrap()).unwrap();
            self.world.enrolled(number);
        }
        if kind.name == "registry.accept_device" {
            self.world.passed();
        }
        for (contract, event, action, carried) in CARRIED {
            let address = self.world.address(contract);
            let shows = |(name, value): (&str, &str)| {
                response.events.iter().any(|emitted| {
                    let has = |name: &str, value: &str| {
                        emitted
                            .attributes
                            .iter()
                            .any(|attribute| attribute.key == name && attribute.value == value)
                    };
                    emitted.ty == *event
                        && has("_contract_address", address.as_str())
                        && (name.is_empty() || has(name, value))
                })
            };
            let sought = if action.is_empty() {
                ("", "")
            } else {
                ("action", *action)
            };
            if shows(sought) && *carried != kind.name {
                self.coverage.success(carried);
            }
        }
    }
}
