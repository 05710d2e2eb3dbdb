//! What makes a generated value mean something: by the name of its field or of its type.
use busbar_testing::units::Interval;
use serde_json::{json, Value};

use crate::world::World;

type Hint = fn(&mut World) -> Value;

/// By field first, then by type; what has no hint is generated from its shape alone.
const FIELDS: &[(&str, Hint)] = &[
    ("device", device),
    ("number", device),
    ("limit", |world| {
        json!(world.rng.pick(&[None, Some(0), Some(1), Some(3), Some(100)]))
    }),
    ("bus", |world| json!(world.rng.below(5))),
    ("line", |world| json!(world.rng.below(4))),
    ("id", |world| json!(world.rng.below(4))),
    ("slot", |world| json!(world.rng.below(4))),
    ("revision", |world| json!(world.rng.below(3))),
    ("domain", |world| {
        json!(world
            .rng
            .pick(&["oak-lane", "test-oak-lane", "elm-street", "test-elm-street", "X"]))
    }),
    ("note", words),
    ("name", words),
    ("evidence", words),
    ("beneficiary", words),
    ("purpose", words),
    ("description", words),
    ("project", words),
    ("public_key", bytes),
    ("mime_type", |world| json!(world.rng.pick(&["image/png", "text/plain"]))),
];

const TYPES: &[(&str, Hint)] = &[
    ("Interval", |world| json!(interval(world).get().to_string())),
    ("Price", price),
    ("Wh", energy),
    ("NetWh", |world| json!(world.rng.between(-3_000, 3_000).to_string())),
    ("Watt", |world| {
        json!(world.rng.pick(&["0", "1", "1000", "4000", "9000"]))
    }),
    ("Money", amount),
    ("Uint128", energy),
    ("Uint64", energy),
    ("Int64", price),
    ("Ppm", |world| {
        json!(world.rng.pick(&["0", "1", "30000", "875000", "1000000", "-1"]))
    }),
    ("Millihertz", |world| json!(world.rng.between(49_700, 50_300))),
    ("Binary", bytes),
    ("HexBinary", |world| json!(format!("{:064x}", world.rng.next()))),
];

/// A value for a field of some type, where a hint is known.
pub fn value(field: &str, of: Option<&str>, world: &mut World) -> Option<Value> {
    let by = |table: &[(&str, Hint)], name: &str| table.iter().find(|(known, _)| *known == name).map(|(_, hint)| *hint);
    // One field in a hundred is whatever its shape allows.
    if world.rng.below(100) == 0 {
        return None;
    }
    let by_field = if of.is_none() { by(FIELDS, field) } else { None };
    let hint = by_field.or_else(|| by(TYPES, of?))?;
    Some(hint(world))
}

/// Any text: mostly an account.
pub fn text(world: &mut World) -> Value {
    if world.rng.chance(70) {
        return json!(world.actor());
    }
    words(world)
}

fn words(world: &mut World) -> Value {
    let long = "x".repeat(300);
    json!(world
        .rng
        .pick(&["", "roof", "moved out", "Elm Street 4", "\u{00e9}t\u{00e9}", &long]))
}

fn device(world: &mut World) -> Value {
    let beyond = u32::try_from(world.devices.len()).unwrap() + 1;
    let stranger = world.rng.chance(10);
    json!(if stranger { beyond } else { world.device().number })
}

/// Mostly near the present.
pub fn interval(world: &mut World) -> Interval {
    if let Some(focus) = world.focus {
        return focus;
    }
    let now = world.region.current_interval().get();
    let near = now - 4 + world.rng.below(11);
    let far = world.rng.pick(&[0, 1, now - 700, now + 700, u64::MAX]);
    Interval::new(if world.rng.chance(3) { far } else { near })
}

fn price(world: &mut World) -> Value {
    let extreme = world
        .rng
        .pick(&[i64::MIN, -(1 << 41), -200_001, -200_000, 0, 600_000, 600_001, i64::MAX]);
    let usual = world.rng.between(-20, 60) * 10_000;
    json!(if world.rng.chance(8) { extreme } else { usual }.to_string())
}

fn energy(world: &mut World) -> Value {
    let extreme = world.rng.pick(&[0, 1, 1 << 48, (1 << 48) + 1, u64::MAX]);
    let usual = 1 + world.rng.below(1_000);
    json!(if world.rng.chance(8) { extreme } else { usual }.to_string())
}

fn amount(world: &mut World) -> Value {
    let extreme = world.rng.pick(&[0, 1, u128::MAX]);
    let usual = 1 + u128::from(world.rng.below(50_000_000));
    json!(if world.rng.chance(8) { extreme } else { usual }.to_string())
}

fn bytes(world: &mut World) -> Value {
    json!(world.rng.pick(&["", "AA==", "eyJkZXBvc2l0Ijp7fX0=", "bm90aGluZw=="]))
}
