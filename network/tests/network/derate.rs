//! The fallback: what the derated tree can carry, the mesh can.
use busbar_network::flow::Circuit;
use busbar_network::{NetworkFile, derate};
use proptest::prelude::*;

use crate::random;

/// Flows of the mesh when the tree's lines carry these shares of their derated capacities.
fn in_the_mesh(file: &NetworkFile, derated: &[Option<u64>], shares: &[f64]) -> Vec<f64> {
    let lines: Vec<(f64, &str)> = file
        .lines
        .iter()
        .map(|line| (f64::from(line.reactance.unwrap()), line.id.as_str()))
        .collect();
    let circuit = Circuit::new(&file.graph().unwrap(), &lines).unwrap();
    let tree = derated
        .iter()
        .zip(shares)
        .map(|(wh, share)| wh.unwrap_or(0) as f64 * share);
    circuit.flows(tree.collect(), &[])
}

fn parallel(capacities: [u64; 2], reactances: [u32; 2]) -> NetworkFile {
    let line = |number: usize| {
        format!(
            r#"{{"id": "{number}", "from": "a", "to": "b", "capacity_wh": {}, "reactance": {}}}"#,
            capacities[number], reactances[number]
        )
    };
    let text = format!(
        r#"{{"root": "a", "buses": ["a", "b"], "lines": [{}, {}]}}"#,
        line(0),
        line(1)
    );
    NetworkFile::parse(&text).unwrap()
}

#[test]
fn parallel_lines_carry_together_what_the_stiffer_one_allows() {
    // Equal lines share evenly: twice one.
    assert_eq!(
        derate(&parallel([1000, 1000], [10, 10])).unwrap().wh,
        [Some(1999), None]
    );
    // The first takes three quarters, the second is full at four times its capacity.
    assert_eq!(derate(&parallel([1000, 100], [10, 30])).unwrap().wh, [Some(399), None]);
    assert_eq!(derate(&parallel([1000, 0], [10, 30])).unwrap().wh, [Some(0), None]);
    assert_eq!(derate(&parallel([0, 100], [10, 30])).unwrap().wh, [Some(0), None]);
}

#[test]
fn a_network_that_is_not_valid_is_refused() {
    let mut file = parallel([1, 1], [1, 1]);
    file.root = "c".to_owned();
    assert_eq!(
        derate(&file).unwrap_err().to_string(),
        "root: bus \"c\" is not in buses"
    );
}

proptest! {
    #[test]
    fn a_tree_keeps_its_capacities(file in random::network(12, 0)) {
        let kept = derate(&file).unwrap();
        let whole: Vec<Option<u64>> = file.lines.iter().map(|line| Some(line.capacity_wh)).collect();
        prop_assert_eq!(kept.wh, whole);
        prop_assert!(kept.scale.iter().all(|scale| *scale == Some(1.0)));
    }

    #[test]
    fn what_the_derated_tree_carries_the_mesh_carries(
        mut file in random::network(10, 8),
        shares in prop::collection::vec(prop::sample::select(vec![-1.0, 1.0, 0.3, -0.7, 0.0]), 20),
        back in prop::collection::vec(prop::option::of(0..100_000u64), 20),
    ) {
        for (line, back) in file.lines.iter_mut().zip(back) {
            line.capacity_back_wh = back;
        }
        let derated = derate(&file).unwrap();
        for (line, flow) in file.lines.iter().zip(in_the_mesh(&file, &derated.wh, &shares)) {
            prop_assert!(flow <= line.capacity_wh as f64 + 1e-6, "{} carries {}", line.id, flow);
            prop_assert!(-flow <= line.back_wh() as f64 + 1e-6, "{} carries {}", line.id, flow);
        }
        // The file with its fallback is a valid one.
        for (line, wh) in file.lines.iter_mut().zip(&derated.wh) {
            line.derated_wh = *wh;
        }
        prop_assert!(file.validate().is_ok());
    }

    #[test]
    fn nothing_more_than_a_watt_hour_per_line_is_given_away(file in random::network(8, 6)) {
        // Some line of a loop is full when the tree carries all it may in the worst direction.
        let graph = file.graph().unwrap();
        prop_assume!(!graph.is_radial() && file.lines.iter().all(|line| line.capacity_wh > 1000));
        let derated = derate(&file).unwrap();
        let tree: Vec<usize> = (0..file.lines.len()).filter(|line| derated.wh[*line].is_some()).collect();
        let mut load = vec![0.0; file.lines.len()];
        for &line in &tree {
            let mut one = vec![0.0; file.lines.len()];
            one[line] = 1.0;
            for (load, flow) in load.iter_mut().zip(in_the_mesh(&file, &derated.wh, &one)) {
                *load += flow.abs();
            }
        }
        let looped: Vec<usize> = graph.loops().into_iter().flat_map(|each| each.lines).map(|(line, _)| line).collect();
        let full = looped.iter().map(|&line| file.lines[line].capacity_wh as f64 - load[line]);
        let slack = full.fold(f64::INFINITY, f64::min);
        prop_assert!((-1e-3..2.0 * tree.len() as f64).contains(&slack), "slack {}", slack);
    }

    #[test]
    fn what_the_derated_tree_carries_keeps_the_voltages(
        file in random::feeder(12),
        shares in prop::collection::vec(prop::sample::select(vec![-1.0, 1.0, 0.3, -0.7, 0.0]), 12),
    ) {
        let derated = derate(&file).unwrap();
        let flow = |line: usize| (derated.wh[line].unwrap() as f64 * shares[line]).floor() as i128;
        for row in file.mesh().unwrap().voltage_rows() {
            let signed = |(line, away, coefficient): &(usize, bool, i128)| {
                coefficient * if *away { flow(*line) } else { -flow(*line) }
            };
            let sum: i128 = row.lines.iter().map(signed).sum();
            // Flows are rounded to whole watt-hours here, by less than one each.
            let slack: i128 = row.lines.iter().map(|(_, _, coefficient)| coefficient.abs()).sum();
            prop_assert!(sum <= row.drop + slack && -sum <= row.rise + slack, "bus {} sums to {}", row.bus, sum);
        }
        for (line, wh) in file.lines.iter().zip(&derated.wh) {
            prop_assert!(wh.unwrap() <= line.capacity_wh);
        }
    }
}
