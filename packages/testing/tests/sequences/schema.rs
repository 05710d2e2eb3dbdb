//! Message kinds and arguments as the schemas tell them.
use std::fs;
use std::path::Path;

use serde_json::{json, Map, Value};

use crate::hints;
use crate::world::World;

/// The contracts, by the names of their schemas.
pub const CONTRACTS: [&str; 6] = ["grid", "registry", "oracle", "energy-token", "market", "certificates"];

/// One kind of message of one contract.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Contract and message, as `market.place`.
    pub name: String,
    pub contract: &'static str,
    /// The message's tag.
    pub tag: String,
    shape: Value,
    definitions: usize,
}

/// Every kind of message that the six contracts take.
pub struct Schema {
    pub kinds: Vec<Kind>,
    definitions: Vec<Map<String, Value>>,
}

impl Schema {
    pub fn load() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
        let (mut kinds, mut definitions) = (vec![], vec![]);
        for contract in CONTRACTS {
            let text = fs::read_to_string(folder.join(format!("{contract}.json"))).unwrap();
            let mut schema: Value = serde_json::from_str(&text).unwrap();
            let execute = schema["execute"].take();
            let variants = ["oneOf", "anyOf"].iter().find_map(|form| execute[*form].as_array());
            for variant in variants.unwrap() {
                let (tag, shape) = variant["properties"]
                    .as_object()
                    .and_then(|variant| variant.iter().next())
                    .unwrap_or_else(|| panic!("{contract} has a message that is no object: {variant}"));
                kinds.push(Kind {
                    name: format!("{contract}.{tag}"),
                    contract,
                    tag: tag.clone(),
                    shape: shape.clone(),
                    definitions: definitions.len(),
                });
            }
            definitions.push(execute["definitions"].as_object().cloned().unwrap_or_default());
        }
        Self { kinds, definitions }
    }

    pub fn kind(&self, name: &str) -> &Kind {
        let found = self.kinds.iter().find(|kind| kind.name == name);
        found.unwrap_or_else(|| panic!("no schema has {name}"))
    }

    /// Arguments of any message of a kind.
    pub fn arguments(&self, kind: &Kind, world: &mut World) -> Value {
        self.value(kind, &kind.shape, &kind.tag, world, 0)
    }

    /// Another value for one field of the arguments.
    pub fn another(&self, kind: &Kind, field: &str, world: &mut World) -> Option<Value> {
        let shape = self.resolve(kind, &kind.shape);
        let property = shape["properties"].get(field)?.clone();
        Some(self.value(kind, &property, field, world, 0))
    }

    fn resolve<'a>(&'a self, kind: &Kind, shape: &'a Value) -> &'a Value {
        match reference(shape) {
            Some(name) => &self.definitions[kind.definitions][name],
            None => shape,
        }
    }

    fn value(&self, kind: &Kind, shape: &Value, field: &str, world: &mut World, depth: usize) -> Value {
        if let Some(hinted) = hints::value(field, reference(shape), world) {
            return hinted;
        }
        let shape = self.resolve(kind, shape);
        if let Some(all) = shape["allOf"].as_array() {
            return self.value(kind, &all[0], field, world, depth);
        }
        if let Some(any) = ["oneOf", "anyOf"].iter().find_map(|form| shape[*form].as_array()) {
            let one = world.rng.pick(any);
            return self.value(kind, &one, field, world, depth);
        }
        if let Some(texts) = shape["enum"].as_array() {
            return world.rng.pick(texts);
        }
        let form = match &shape["type"] {
            Value::Array(forms) => world.rng.pick(forms),
            form => form.clone(),
        };
        match form.as_str() {
            Some("object") => self.object(kind, shape, world, depth),
            Some("array") => self.array(kind, shape, field, world, depth),
            Some("integer") => integer(shape, world),
            Some("boolean") => json!(world.rng.chance(50)),
            Some("string") => hints::text(world),
            _ => Value::Null,
        }
    }

    fn object(&self, kind: &Kind, shape: &Value, world: &mut World, depth: usize) -> Value {
        let required: Vec<&str> = shape["required"]
            .as_array()
            .map_or(vec![], |names| names.iter().filter_map(Value::as_str).collect());
        let mut object = Map::new();
        for (name, property) in shape["properties"].as_object().into_iter().flatten() {
            if required.contains(&name.as_str()) || world.rng.chance(60) {
                object.insert(name.clone(), self.value(kind, property, name, world, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn array(&self, kind: &Kind, shape: &Value, field: &str, world: &mut World, depth: usize) -> Value {
        if let Some(items) = shape["items"].as_array() {
            let tuple = items.iter().map(|item| self.value(kind, item, field, world, depth + 1));
            return Value::Array(tuple.collect());
        }
        let most = if depth > 3 { 1 } else { 4 };
        let least = shape["minItems"].as_u64().unwrap_or(0);
        let count = shape["maxItems"].as_u64().unwrap_or(least + world.rng.below(most));
        let items = (0..count).map(|_| self.value(kind, &shape["items"], field, world, depth + 1));
        Value::Array(items.collect())
    }
}

/// The name of the type that a shape refers to.
fn reference(shape: &Value) -> Option<&str> {
    let direct = shape["$ref"].as_str();
    let wrapped = || shape["allOf"].as_array().filter(|all| all.len() == 1)?[0]["$ref"].as_str();
    direct.or_else(wrapped)?.strip_prefix("#/definitions/")
}

fn integer(shape: &Value, world: &mut World) -> Value {
    let bits = match shape["format"].as_str() {
        Some("uint8") => 8,
        Some("uint16") => 16,
        _ => 32,
    };
    let largest = (1u64 << bits) - 1;
    let any = world.rng.below(largest);
    let small = world.rng.below(5);
    json!(world.rng.pick(&[0, 1, small, small, small, any, largest]))
}
