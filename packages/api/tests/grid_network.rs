//! Networks: what is refused, and what is stored comes back.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::collections::BTreeSet;

use busbar_api::codec::CodecError;
use busbar_api::grid::{
    Branch, Bus, Circuit, Line, LineLimit, LineLimits, Names, Network, NetworkError, Timeline, Voltage, VoltageLimit,
};
use busbar_units::{Interval, Ppm, Wh};
use cosmwasm_std::{from_json, to_json_string};
use proptest::prelude::*;

/// Utility, a bus at the connection and two more in a line.
fn feeder() -> Network {
    Network {
        buses: ["utility", "1", "2", "3"].map(Bus::new).to_vec(),
        lines: vec![
            Line::new("connection", 0, 1, Wh::new(250_000)),
            Line::new("1-2", 1, 2, Wh::new(100_000)),
            Line::new("2-3", 2, 3, Wh::new(50_000)),
        ],
        voltage: None,
    }
}

/// The same with its loop closed, and a tree for clearing without a certificate.
fn mesh() -> Network {
    let mut network = feeder();
    network.lines.push(Line::new("3-1", 3, 1, Wh::new(50_000)));
    for line in &mut network.lines {
        line.reactance = 500;
        line.derated = Some(Wh::new(10_000));
    }
    network.lines[3].derated = None;
    network
}

fn with_voltage() -> Network {
    let mut network = feeder();
    network.lines.iter_mut().for_each(|line| line.resistance = 300);
    network.voltage = Some(Voltage {
        base_wh: Wh::new(2_500_000),
        tan_phi: Ppm::new(484_000),
        root: Ppm::ONE,
        limits: [1, 3]
            .map(|bus| VoltageLimit {
                bus,
                min: Ppm::new(903_000),
                max: Ppm::new(1_097_000),
            })
            .to_vec(),
    });
    network
}

fn voltage(network: &mut Network) -> &mut Voltage {
    network.voltage.as_mut().unwrap()
}

#[test]
fn a_tree_a_mesh_and_voltage_limits_are_networks() {
    for (network, radial, certificate) in [
        (Network::default(), true, false),
        (feeder(), true, false),
        (mesh(), false, true),
        (with_voltage(), true, true),
    ] {
        network.validate().unwrap();
        let circuit = network.circuit();
        assert_eq!(
            (circuit.is_radial(), circuit.needs_certificate()),
            (radial, certificate)
        );
        let (buses, lines) = network.names();
        assert_eq!(Network::named(circuit, buses, lines), network);
        assert_eq!(
            from_json::<Network>(to_json_string(&network).unwrap()).unwrap(),
            network
        );
    }
    let mut fallback = with_voltage();
    fallback
        .lines
        .iter_mut()
        .for_each(|line| line.derated = Some(Wh::new(1)));
    fallback.validate().unwrap();
}

#[test]
fn a_plain_line_is_short_in_json() {
    let line = Line::new("1-2", 1, 2, Wh::new(5));
    let json = r#"{"name":"1-2","from":1,"to":2,"capacity":"5","capacity_back":"5"}"#;
    assert_eq!(to_json_string(&line).unwrap(), json);
    assert_eq!(from_json::<Line>(json).unwrap(), line);
}

/// A network, what is done to it, and how that is refused.
type Case = (fn() -> Network, fn(&mut Network), &'static str);

#[test]
fn what_is_no_network_is_refused_and_named() {
    let cases: Vec<Case> = vec![
        (feeder, |n| n.buses.truncate(1), "1 buses, must be 2 to 2048"),
        (feeder, |n| n.lines.clear(), "0 lines, must be 1 to 4096"),
        (
            feeder,
            |n| n.buses[2].name = String::new(),
            r#"name "" of bus 2 must be 1 to 30 visible ASCII characters or blanks"#,
        ),
        (
            feeder,
            |n| n.lines[1].name = "ü".into(),
            r#"name "ü" of line 1 must be 1 to 30 visible ASCII characters or blanks"#,
        ),
        (
            feeder,
            |n| n.buses[2].name = "1".into(),
            r#"name "1" of bus 2 is taken"#,
        ),
        (
            feeder,
            |n| n.lines[2].name = "1-2".into(),
            r#"name "1-2" of line 2 is taken"#,
        ),
        (
            feeder,
            |n| (n.lines[0].from, n.lines[0].to) = (1, 0),
            "line 0 starts at bus 1, must start at bus 0: it is the connection to the utility",
        ),
        (
            feeder,
            |n| n.lines[2].from = 0,
            "line 2 ends at bus 0, which only line 0 may touch",
        ),
        (
            feeder,
            |n| n.lines[2].to = 4,
            "line 2 ends at bus 4, there are 4 (0 is the first)",
        ),
        (feeder, |n| n.lines[2].to = 2, "line 2 starts and ends at bus 2"),
        (
            feeder,
            |n| n.lines[1].capacity = Wh::new((1 << 48) + 1),
            "line 1: capacity is 281474976710657, must be at most 281474976710656",
        ),
        (
            feeder,
            |n| n.lines[1].capacity_back = Wh::MAX,
            "line 1: capacity_back is 18446744073709551615, must be at most 281474976710656",
        ),
        (
            feeder,
            |n| n.lines[0].reactance = 100_000_001,
            "line 0: reactance is 100000001, must be at most 100000000",
        ),
        (
            feeder,
            |n| n.lines[0].resistance = 100_000_001,
            "line 0: resistance is 100000001, must be at most 100000000",
        ),
        (
            mesh,
            |n| n.lines[2].derated = Some(Wh::new((1 << 48) + 1)),
            "line 2: derated is 281474976710657, must be at most 281474976710656",
        ),
        (feeder, |n| drop(n.lines.pop()), "no lines lead from bus 0 to bus 3"),
        (
            feeder,
            |n| n.lines[2] = Line::new("2-1", 2, 1, Wh::new(1)),
            "no lines lead from bus 0 to bus 3",
        ),
        (mesh, |n| n.lines[3].reactance = 0, "line 3 of a mesh has no reactance"),
        (
            feeder,
            |n| n.lines[1].derated = Some(Wh::ZERO),
            "line 1 is derated, but a radial network without voltage limits always clears",
        ),
        (
            mesh,
            |n| n.lines[3].derated = Some(Wh::ZERO),
            "line 3 closes a loop of derated lines, which must form a tree",
        ),
        (
            mesh,
            |n| n.lines[1].derated = None,
            "no derated lines lead from bus 0 to bus 2",
        ),
        (
            mesh,
            |n| n.voltage = with_voltage().voltage,
            "4 lines between 4 buses close loops: voltage limits need a radial network",
        ),
        (
            with_voltage,
            |n| n.lines.iter_mut().for_each(|line| line.resistance = 0),
            "voltage limits without any resistance",
        ),
        (
            with_voltage,
            |n| voltage(n).base_wh = Wh::ZERO,
            "voltage: base_wh is 0, must be at least 1",
        ),
        (
            with_voltage,
            |n| voltage(n).tan_phi = Ppm::new(-1),
            "voltage: tan_phi is -1, must be at least 0",
        ),
        (
            with_voltage,
            |n| voltage(n).root = Ppm::new(1_500_001),
            "voltage: root is 1500001, must be at most 1500000",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[0].bus = 0,
            "voltage limit 0 names bus 0, must ascend from 1 to 3",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[1].bus = 4,
            "voltage limit 1 names bus 4, must ascend from 1 to 3",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[1].bus = 1,
            "voltage limit 1 names bus 1, must ascend from 1 to 3",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[1].min = Ppm::new(499_999),
            "voltage limit of bus 3: min is 499999, must be at least 500000",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[1].max = Ppm::new(1_500_001),
            "voltage limit of bus 3: max is 1500001, must be at most 1500000",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[0].min = Ppm::new(1_000_001),
            "voltage limit of bus 1: min is 1000001, must be at most root (1000000)",
        ),
        (
            with_voltage,
            |n| voltage(n).limits[0].max = Ppm::new(999_999),
            "voltage limit of bus 1: max is 999999, must be at least root (1000000)",
        ),
    ];
    for (start, change, expected) in cases {
        let mut network = start();
        change(&mut network);
        assert_eq!(network.validate().unwrap_err().to_string(), expected);
    }
}

#[test]
fn sizes_at_their_bounds() {
    let chain = |buses: u16| Network {
        buses: (0..buses).map(|bus| Bus::new(format!("b{bus:029}"))).collect(),
        lines: (1..buses)
            .map(|bus| Line::new(format!("{bus}"), bus - 1, bus, Wh::new(1)))
            .collect(),
        voltage: None,
    };
    chain(2_048).validate().unwrap();
    let (what, count, min, max) = ("buses", 2_049, 2, 2_048);
    assert_eq!(
        chain(2_049).validate().unwrap_err(),
        NetworkError::Count { what, count, min, max }
    );
    let mut dense = chain(2_048);
    dense.lines.iter_mut().for_each(|line| line.reactance = 1);
    for step in 0..2_049u16 {
        let mut line = Line::new(format!("x{step}"), 1 + step % 2_040, 3 + step % 2_040, Wh::new(1));
        line.reactance = 1;
        dense.lines.push(line);
    }
    dense.validate().unwrap();
    assert_eq!(dense.lines.len(), 4_096);
    dense.lines.push(dense.lines[4_000].clone());
    let (what, count, min, max) = ("lines", 4_097, 1, 4_096);
    assert_eq!(
        dense.validate().unwrap_err(),
        NetworkError::Count { what, count, min, max }
    );
    let mut long = feeder();
    long.lines[0].name = "x".repeat(31);
    assert!(matches!(
        long.validate(),
        Err(NetworkError::Name {
            what: "line",
            number: 0,
            ..
        })
    ));
}

#[test]
fn the_largest_network_fits_a_stored_value() {
    // CosmWasm stores values of at most 128 KiB. Every figure jumps from bound to bound; a tree can be derated.
    let branch = |number: u32| {
        let high = number % 2 == 0;
        let (energy, impedance) = ([1 << 48, 0], [100_000_000, 0]);
        let pick = usize::from(!high);
        Branch {
            from: if high { 2_047 } else { 0 },
            to: if high { 0 } else { 2_047 },
            capacity: Wh::new(energy[pick]),
            capacity_back: Wh::new(energy[1 - pick]),
            reactance: impedance[pick],
            resistance: impedance[pick],
            derated: (number < 2_047).then_some(Wh::new(1 << 48)),
        }
    };
    let circuit = Circuit {
        buses: 2_048,
        branches: (0..4_096).map(branch).collect(),
        voltage: None,
    };
    let bytes = circuit.encode().len();
    assert!((126_000..=128 * 1024).contains(&bytes), "{bytes}");
    let names = Names(vec!["x".repeat(30); 4_096]).encode().len();
    assert!(names <= 128 * 1024, "{names}");
}

/// 906 lines of eleven kinds of cable, as a low-voltage feeder has them, with impedances where asked.
fn feeder_of_907(impedances: bool) -> Circuit {
    let branch = |to: u16| {
        let kind = u32::from(to / 83);
        Branch {
            from: if to % 9 == 0 { to / 2 } else { to - 1 },
            to,
            capacity: Wh::new(20_000 + 7_000 * u64::from(kind)),
            capacity_back: Wh::new(20_000 + 7_000 * u64::from(kind)),
            reactance: if impedances { 13 + u32::from(to) * 37 % 190 } else { 0 },
            resistance: if impedances { 40 + u32::from(to) * 53 % 900 } else { 0 },
            derated: None,
        }
    };
    Circuit {
        buses: 907,
        branches: (1..907).map(branch).collect(),
        voltage: None,
    }
}

#[test]
fn a_feeder_of_907_buses_takes_a_few_kilobytes() {
    let plain = feeder_of_907(false).encode();
    let full = feeder_of_907(true).encode();
    println!("907 buses: {} bytes, {} with impedances", plain.len(), full.len());
    assert!(plain.len() < 5_000, "{}", plain.len());
    assert!(full.len() < 8_000, "{}", full.len());
    assert_eq!(Circuit::decode(&full).unwrap(), feeder_of_907(true));
}

#[test]
fn a_feeder_is_what_the_utility_reaches_through_its_bus_alone() {
    let below = |network: &Network, bus| {
        let feeder = network.circuit().feeder(bus);
        let on = feeder.iter().enumerate().filter(|(_, on)| **on);
        on.map(|(bus, _)| bus).collect::<Vec<_>>()
    };
    let radial = feeder();
    let all = [0, 1, 2, 3].map(|bus| below(&radial, bus));
    assert_eq!(all, [vec![0, 1, 2, 3], vec![1, 2, 3], vec![2, 3], vec![3]]);
    // In a loop there is a second way to every bus.
    let looped = mesh();
    let all = [0, 1, 2, 3].map(|bus| below(&looped, bus));
    assert_eq!(all, [vec![0, 1, 2, 3], vec![1, 2, 3], vec![2], vec![3]]);
    assert_eq!(below(&radial, 4), Vec::<usize>::new());
}

#[test]
fn a_limit_lowers_and_never_lifts() {
    let mut circuit = feeder().circuit();
    let limit = |line, capacity, back| LineLimit {
        line,
        capacity: Wh::new(capacity),
        capacity_back: Wh::new(back),
    };
    circuit.limit(limit(1, 40_000, 900_000));
    circuit.limit(limit(99, 0, 0));
    let branch = circuit.branches[1];
    assert_eq!((branch.capacity.get(), branch.capacity_back.get()), (40_000, 100_000));
    circuit.limit(limit(1, 50_000, 0));
    let branch = circuit.branches[1];
    assert_eq!((branch.capacity.get(), branch.capacity_back.get()), (40_000, 0));
}

fn branches() -> impl Strategy<Value = Vec<Branch>> {
    let branch = (
        any::<(u16, u16)>(),
        any::<(u64, u64)>(),
        any::<(u32, u32)>(),
        prop::option::of(any::<u64>()),
    );
    let plain = (any::<bool>(), any::<bool>(), any::<bool>());
    (prop::collection::vec(branch, 0..12), plain).prop_map(|(branches, (x, r, d))| {
        let build =
            |((from, to), (capacity, back), (reactance, resistance), derated): (_, (u64, u64), _, Option<u64>)| {
                Branch {
                    from,
                    to,
                    capacity: Wh::new(capacity),
                    capacity_back: Wh::new(back),
                    reactance: if x { reactance } else { 0 },
                    resistance: if r { resistance } else { 0 },
                    derated: derated.filter(|_| d).map(Wh::new),
                }
            };
        branches.into_iter().map(build).collect()
    })
}

fn voltages() -> impl Strategy<Value = Voltage> {
    let limits = prop::collection::vec(any::<(u16, i64, i64)>(), 0..5);
    (any::<(u64, i64, i64)>(), limits).prop_map(|((base, tan_phi, root), limits)| Voltage {
        base_wh: Wh::new(base),
        tan_phi: Ppm::new(tan_phi),
        root: Ppm::new(root),
        limits: limits
            .into_iter()
            .map(|(bus, min, max)| VoltageLimit {
                bus,
                min: Ppm::new(min),
                max: Ppm::new(max),
            })
            .collect(),
    })
}

proptest! {
    #[test]
    fn a_circuit_comes_back_as_it_was(buses: u16, branches in branches(), voltage in prop::option::of(voltages())) {
        let circuit = Circuit { buses, branches, voltage };
        let bytes = circuit.encode();
        prop_assert_eq!(Circuit::decode(&bytes).unwrap(), circuit);
        prop_assert_eq!(Circuit::decode(&[&bytes[..], &[0]].concat()), Err(CodecError::Trailing { left: 1 }));
        prop_assert!(Circuit::decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn anything_else_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Circuit::decode(&bytes);
        let _ = LineLimits::decode(&bytes);
        let _ = Names::decode(&bytes);
        let _ = Timeline::decode(&bytes);
    }

    #[test]
    fn limits_come_back_by_ascending_line(set in prop::collection::vec(any::<(u16, u64, u64)>(), 0..20)) {
        let mut limits = LineLimits::default();
        for (line, capacity, back) in &set {
            limits.set(LineLimit { line: *line, capacity: Wh::new(*capacity), capacity_back: Wh::new(*back) });
        }
        prop_assert_eq!(&LineLimits::decode(&limits.encode()).unwrap(), &limits);
        let lines: Vec<_> = limits.iter().map(|limit| limit.line).collect();
        let named: BTreeSet<u16> = set.iter().map(|(line, ..)| *line).collect();
        prop_assert_eq!(lines, Vec::from_iter(named));
        for (line, ..) in &set {
            let (_, capacity, back) = set.iter().rev().find(|(other, ..)| other == line).unwrap();
            let found = limits.get(*line).unwrap();
            prop_assert_eq!((found.capacity.get(), found.capacity_back.get()), (*capacity, *back));
        }
    }

    #[test]
    fn names_come_back_as_they_were(names in prop::collection::vec("[ -~]{1,30}", 0..20)) {
        let names = Names(names);
        prop_assert_eq!(Names::decode(&names.encode()).unwrap(), names);
    }

    #[test]
    fn a_timeline_is_what_was_last_said_of_each_interval(
        said in prop::collection::vec((0u64..40, any::<u16>()), 0..12),
        needed in 0u64..40,
    ) {
        let mut timeline = Timeline::from_start(7);
        let mut expected = vec![7; 50];
        for (from, value) in said {
            timeline.replace_from(Interval::new(from), value);
            expected[usize::try_from(from).unwrap()..].fill(value);
        }
        prop_assert_eq!(&Timeline::decode(&timeline.encode()).unwrap(), &timeline);
        for round in 0..2 {
            for (interval, value) in (0u64..).zip(&expected) {
                if round == 0 || interval >= needed {
                    prop_assert_eq!(timeline.at(Interval::new(interval)).map(|(_, value)| value), Some(*value));
                    let least = timeline.since(Interval::new(interval)).map(|(_, value)| value).min();
                    prop_assert_eq!(least, expected[usize::try_from(interval).unwrap()..].iter().min().copied());
                }
            }
            timeline.forget_before(Interval::new(needed));
        }
    }
}
