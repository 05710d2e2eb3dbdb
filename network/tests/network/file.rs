//! The network file: what it takes and every way to be wrong.
use busbar_network::json::JsonError;
use busbar_network::{NetworkFile, NetworkFileError, VoltageLimit};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::random;

/// A loop of three buses and a fourth at its end, with everything that a file can say.
fn full() -> Value {
    json!({
        "root": "1",
        "buses": ["1", "2", "3", "end"],
        "lines": [
            {"id": "a", "from": "1", "to": "2", "capacity_wh": 900, "capacity_back_wh": 800, "reactance": 10, "resistance": 3, "derated_wh": 500},
            {"id": "b", "from": "3", "to": "1", "capacity_wh": 900, "reactance": 20, "resistance": 3, "derated_wh": 500},
            {"id": "c", "from": "2", "to": "3", "capacity_wh": 900, "reactance": 30, "resistance": 3},
            {"id": "d", "from": "3", "to": "end", "capacity_wh": 0, "reactance": 0, "resistance": 0, "derated_wh": 0}
        ],
        "voltage": {
            "base_wh": 2500, "tan_phi_ppm": 328_684, "root_ppm": 1_000_000,
            "limits": {"2": {"min_ppm": 903_000, "max_ppm": 1_097_000}, "end": {"min_ppm": 903_000, "max_ppm": 1_000_000}}
        }
    })
}

fn refused(file: &Value) -> NetworkFileError {
    NetworkFile::parse(&file.to_string()).unwrap_err()
}

/// The error when the value at a JSON pointer is another.
fn refused_with(pointer: &str, value: Value) -> NetworkFileError {
    let mut file = full();
    *file.pointer_mut(pointer).unwrap() = value;
    refused(&file)
}

/// The error when a field is not there.
fn refused_without(parent: &str, field: &str) -> NetworkFileError {
    let mut file = full();
    let object = file.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    object.remove(field).unwrap();
    refused(&file)
}

macro_rules! assert_refused {
    ($error:expr, $pattern:pat, $message:expr) => {
        let error = $error;
        assert!(matches!(error, $pattern), "{error:?}");
        assert_eq!(error.to_string(), $message);
    };
}

#[test]
fn a_file_says_what_it_was_written_with() {
    let file = NetworkFile::parse(&full().to_string()).unwrap();
    assert_eq!((file.root.as_str(), file.buses.len(), file.lines.len()), ("1", 4, 4));
    assert_eq!((file.lines[0].back_wh(), file.lines[1].back_wh()), (800, 900));
    let limit = VoltageLimit {
        min_ppm: 903_000,
        max_ppm: 1_097_000,
    };
    assert_eq!(file.voltage.as_ref().unwrap().limits[0], ("2".to_owned(), limit));
    assert_eq!(serde_json::from_str::<Value>(&file.to_json()).unwrap(), full());
    assert_eq!(serde_json::to_value(&file).unwrap(), full());
    assert_eq!(serde_json::from_value::<NetworkFile>(full()).unwrap(), file);
}

#[test]
fn one_bus_is_a_network() {
    let file = NetworkFile::parse(r#"{"root": "a", "buses": ["a"]}"#).unwrap();
    assert_eq!(
        file.to_json(),
        "{\n\"root\": \"a\",\n\"buses\": [\"a\"],\n\"lines\": [\n]\n}\n"
    );
    assert!(file.graph().unwrap().is_radial());
}

#[test]
fn names_that_are_taken_or_unknown() {
    assert_refused!(
        refused_with("/buses/3", json!("1")),
        NetworkFileError::Duplicate(_),
        "buses[3]: \"1\" is taken by buses[0]; names must differ"
    );
    assert_refused!(
        refused_with("/lines/2/id", json!("a")),
        NetworkFileError::Duplicate(_),
        "lines[2].id: \"a\" is taken by lines[0].id; names must differ"
    );
    for (pointer, field) in [
        ("/root", "root"),
        ("/lines/1/from", "lines[1].from"),
        ("/lines/3/to", "lines[3].to"),
    ] {
        assert_refused!(
            refused_with(pointer, json!("9")),
            NetworkFileError::UnknownBus { .. },
            format!("{field}: bus \"9\" is not in buses")
        );
    }
    let mut file = full();
    file["voltage"]["limits"]["9"] = file["voltage"]["limits"]["2"].clone();
    assert_refused!(
        refused(&file),
        NetworkFileError::UnknownBus { .. },
        "voltage.limits.9: bus \"9\" is not in buses"
    );
    assert_refused!(
        refused(&json!({"root": "1", "buses": []})),
        NetworkFileError::NoBus { .. },
        "buses: empty, must name at least one bus"
    );
}

#[test]
fn lines_that_join_nothing() {
    assert_refused!(
        refused_with("/lines/3/to", json!("3")),
        NetworkFileError::SelfLoop { .. },
        "lines: line \"d\" joins bus \"3\" to itself"
    );
    assert_refused!(
        refused_with("/lines/3/to", json!("2")),
        NetworkFileError::Island { .. },
        "buses: no line joins bus \"end\" to the root \"1\"; add one (capacity_wh 0 if nothing may flow)"
    );
}

#[test]
fn loops_need_reactances() {
    for line in 0..3 {
        let name = ["a", "b", "c"][line];
        let message = format!(
            "lines: line \"c\" closes a cycle; leave out the line of the loop that is open, or give \"{name}\" and every \
             other line of the loop a reactance above 0"
        );
        let error = refused_with(&format!("/lines/{line}/reactance"), json!(0));
        assert_refused!(error, NetworkFileError::LoopWithoutReactance { .. }, message);
        let mut file = full();
        file.as_object_mut().unwrap().remove("voltage");
        file["lines"][line].as_object_mut().unwrap().remove("reactance");
        assert_refused!(refused(&file), NetworkFileError::LoopWithoutReactance { .. }, message);
    }
}

#[test]
fn numbers_out_of_bounds() {
    let most = 1u64 << 60;
    for (pointer, value, message) in [
        (
            "/lines/0/capacity_wh",
            json!(most + 1),
            format!(
                "lines[0].capacity_wh: {} is out of bounds, must be 0 to {most}",
                most + 1
            ),
        ),
        (
            "/lines/0/capacity_wh",
            json!(-1),
            format!("lines[0].capacity_wh: -1 is out of bounds, must be 0 to {most}"),
        ),
        (
            "/lines/0/capacity_back_wh",
            json!(-1),
            format!("lines[0].capacity_back_wh: -1 is out of bounds, must be 0 to {most}"),
        ),
        (
            "/lines/0/derated_wh",
            json!(most + 1),
            format!(
                "lines[0].derated_wh: {} is out of bounds, must be 0 to {most}",
                most + 1
            ),
        ),
        (
            "/lines/0/reactance",
            json!(-1),
            "lines[0].reactance: -1 is out of bounds, must be 0 to 4294967295".to_owned(),
        ),
        (
            "/lines/0/resistance",
            json!(1u64 << 32),
            "lines[0].resistance: 4294967296 is out of bounds, must be 0 to 4294967295".to_owned(),
        ),
        (
            "/voltage/base_wh",
            json!(0),
            "voltage.base_wh: 0 is out of bounds, must be 1 to 281474976710656".to_owned(),
        ),
        (
            "/voltage/tan_phi_ppm",
            json!(2_000_001),
            "voltage.tan_phi_ppm: 2000001 is out of bounds, must be -2000000 to 2000000".to_owned(),
        ),
        (
            "/voltage/root_ppm",
            json!(499_999),
            "voltage.root_ppm: 499999 is out of bounds, must be 500000 to 2000000".to_owned(),
        ),
        (
            "/voltage/limits/2/min_ppm",
            json!(-1),
            "voltage.limits.2.min_ppm: -1 is out of bounds, must be 0 to 2000000".to_owned(),
        ),
        (
            "/voltage/limits/2/max_ppm",
            json!(2_000_001),
            "voltage.limits.2.max_ppm: 2000001 is out of bounds, must be 0 to 2000000".to_owned(),
        ),
    ] {
        assert_refused!(
            refused_with(pointer, value),
            NetworkFileError::Json(JsonError::Bounds { .. }),
            message
        );
    }
    // Without flow every bus has the root's voltage.
    assert_refused!(
        refused_with("/voltage/limits/2/min_ppm", json!(1_000_001)),
        NetworkFileError::Bounds { .. },
        "voltage.limits.2.min_ppm: 1000001 is out of bounds, must be 0 to 1000000"
    );
    assert_refused!(
        refused_with("/voltage/limits/end/max_ppm", json!(999_999)),
        NetworkFileError::Bounds { .. },
        "voltage.limits.end.max_ppm: 999999 is out of bounds, must be 1000000 to 2000000"
    );
}

#[test]
fn a_value_made_in_code_is_checked_too() {
    let file = NetworkFile::parse(&full().to_string()).unwrap();
    assert!(file.validate().is_ok());
    let broken = |change: fn(&mut NetworkFile)| {
        let mut file = file.clone();
        change(&mut file);
        file.validate().unwrap_err().to_string()
    };
    assert!(
        broken(|file| file.lines[0].capacity_wh = u64::MAX).starts_with("lines[0].capacity_wh: 18446744073709551615")
    );
    assert!(broken(|file| file.voltage.as_mut().unwrap().base_wh = 0).starts_with("voltage.base_wh: 0 is out of"));
    assert!(
        broken(|file| file.voltage.as_mut().unwrap().tan_phi_ppm = i64::MIN).starts_with("voltage.tan_phi_ppm: -9")
    );
    assert!(broken(|file| file.voltage.as_mut().unwrap().root_ppm = 0).starts_with("voltage.root_ppm: 0 is out of"));
    assert!(broken(|file| file.lines.truncate(2)).starts_with("buses: no line joins bus \"end\""));
    let twice = broken(|file| {
        let limits = &mut file.voltage.as_mut().unwrap().limits;
        limits.push(limits[0].clone());
    });
    assert_eq!(
        twice,
        "voltage.limits[2]: \"2\" is taken by voltage.limits[0]; names must differ"
    );
}

#[test]
fn limits_of_voltage_need_impedances() {
    for field in ["resistance", "reactance"] {
        assert_refused!(
            refused_without("/lines/3", field),
            NetworkFileError::NoImpedance { .. },
            format!("lines[3].{field}: missing; every line needs one where voltage has limits (0 is one)")
        );
    }
}

#[test]
fn the_spanning_tree_is_derated_as_a_whole_or_not_at_all() {
    assert_refused!(
        refused_without("/lines/1", "derated_wh"),
        NetworkFileError::FallbackMissing { .. },
        "lines[1].derated_wh: missing on line \"b\" of the spanning tree; it must stand on all of its lines or nowhere"
    );
    let mut file = full();
    file["lines"][2]["derated_wh"] = json!(1);
    assert_refused!(
        refused(&file),
        NetworkFileError::FallbackOutside { .. },
        "lines[2].derated_wh: line \"c\" is not in the spanning tree (breadth first from the root, lowest bus first), \
         which alone is derated"
    );
}

#[test]
fn fields_that_are_missing_unknown_or_of_another_kind() {
    for (parent, field, path) in [
        ("", "root", "root"),
        ("", "buses", "buses"),
        ("/lines/0", "id", "lines[0].id"),
        ("/lines/0", "from", "lines[0].from"),
        ("/lines/0", "to", "lines[0].to"),
        ("/lines/0", "capacity_wh", "lines[0].capacity_wh"),
        ("/voltage", "base_wh", "voltage.base_wh"),
        ("/voltage", "tan_phi_ppm", "voltage.tan_phi_ppm"),
        ("/voltage", "root_ppm", "voltage.root_ppm"),
        ("/voltage", "limits", "voltage.limits"),
        ("/voltage/limits/2", "min_ppm", "voltage.limits.2.min_ppm"),
        ("/voltage/limits/2", "max_ppm", "voltage.limits.2.max_ppm"),
    ] {
        assert_refused!(
            refused_without(parent, field),
            NetworkFileError::Json(JsonError::Missing { .. }),
            format!("{path}: missing")
        );
    }
    for (parent, path) in [
        ("", ""),
        ("/lines/0", "lines[0]."),
        ("/voltage", "voltage."),
        ("/voltage/limits/2", "voltage.limits.2."),
    ] {
        let mut file = full();
        file.pointer_mut(parent).unwrap()["capacity"] = json!(1);
        let error = refused(&file);
        assert!(
            matches!(error, NetworkFileError::Json(JsonError::Unknown { .. })),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with(&format!("{path}capacity: unknown field; known here: ")),
            "{error}"
        );
    }
    assert_refused!(
        refused_with("/lines", json!({})),
        NetworkFileError::Json(JsonError::Kind { .. }),
        "lines: must be a list, is an object: {}"
    );
    assert_refused!(
        refused_with("/lines/0/capacity_wh", json!(1.5)),
        NetworkFileError::Json(JsonError::NotWhole { .. }),
        "lines[0].capacity_wh: 1.5 must be a whole number, written without fraction or exponent"
    );
    let twice = r#"{"root": "a", "buses": ["a"], "root": "a"}"#;
    assert_refused!(
        NetworkFile::parse(twice).unwrap_err(),
        NetworkFileError::Json(JsonError::Twice { .. }),
        "root: given twice"
    );
    assert!(matches!(
        NetworkFile::parse("{\"root\": NaN}").unwrap_err(),
        NetworkFileError::Json(JsonError::Syntax(_))
    ));
}

#[test]
fn more_lines_than_a_network_may_have() {
    let line = &NetworkFile::parse(&full().to_string()).unwrap().lines[0];
    let file = NetworkFile {
        root: "1".to_owned(),
        buses: vec!["1".to_owned()],
        lines: vec![line.clone(); (1 << 20) + 1],
        voltage: None,
    };
    assert_refused!(
        file.validate().unwrap_err(),
        NetworkFileError::TooMany { .. },
        "lines: 1048577 entries, at most 1048576 fit"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read(file in random::network(12, 6)) {
        prop_assert_eq!(NetworkFile::parse(&file.to_json()).unwrap(), file);
    }

    #[test]
    fn the_auction_sees_the_same_tree_and_loops(file in random::network(12, 6)) {
        let graph = file.graph().unwrap();
        let mesh = file.mesh().unwrap();
        let chords: Vec<usize> = mesh.cycles().iter().map(|cycle| cycle.chord).collect();
        prop_assert_eq!(graph.chords(), chords);
        for (ours, theirs) in graph.loops().iter().zip(mesh.cycles()) {
            let sorted = |lines: &[(usize, bool)]| {
                let mut lines = lines.to_vec();
                lines.sort_unstable();
                lines
            };
            prop_assert_eq!(sorted(&ours.lines), sorted(&theirs.lines));
        }
    }
}
