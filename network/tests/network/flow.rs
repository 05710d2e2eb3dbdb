//! Power flow: known answers and the laws that any flow obeys.
use std::collections::BTreeMap;

use busbar_network::flow::{FlowError, dc, lindistflow};
use busbar_network::{Branch, Case, Load, NetworkFile};
use proptest::prelude::*;
use serde_json::Value;

use crate::{case, data, matpower, random};

fn reference(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(&data(&format!("reference/{name}"))).unwrap();
    file["results"].as_array().unwrap().clone()
}

#[test]
fn dc_flows_of_transmission_cases_are_those_of_the_reference() {
    let results = reference("dcopf_reference.json");
    assert_eq!(results.len(), 5);
    let mut flows = 0;
    for result in &results {
        let dispatch = result["Pg_MW"].as_object().unwrap().iter();
        let dispatch: BTreeMap<usize, f64> = dispatch
            .map(|(at, mw)| (at.parse().unwrap(), mw.as_f64().unwrap()))
            .collect();
        let case = matpower(result["case"].as_str().unwrap())
            .dispatched(&dispatch)
            .unwrap();
        let found = dc(&case).unwrap();
        assert_eq!(found.len(), result["flow_MW"].as_object().unwrap().len());
        for (branch, mw) in case.branches.iter().zip(found) {
            let expected = result["flow_MW"][&branch.id].as_f64().unwrap();
            assert!(
                (mw - expected).abs() < 1e-4,
                "{} {}: {mw} for {expected}",
                case.name,
                branch.id
            );
            flows += 1;
        }
    }
    assert_eq!(flows, 6 + 9 + 9 + 20 + 41);
}

#[test]
fn voltages_of_radial_feeders_are_those_of_the_reference() {
    for result in reference("radial_reference.json") {
        let case = matpower(result["case"].as_str().unwrap());
        let voltages = lindistflow(&case).unwrap();
        assert_eq!(voltages.len(), result["lindistflow"]["vm"].as_object().unwrap().len());
        let mut off = 0f64;
        for (bus, pu) in case.buses.iter().zip(voltages) {
            let expected = |model: &str| result[model]["vm"][&bus.name].as_f64().unwrap();
            assert!(
                (pu - expected("lindistflow")).abs() < 1e-5,
                "{} bus {}: {pu}",
                case.name,
                bus.name
            );
            // Without losses it is optimistic, by no more than the margin that the import takes by default.
            assert!(
                (-1e-5..0.01).contains(&(pu - expected("ac"))),
                "{} bus {}: {pu}",
                case.name,
                bus.name
            );
            off = off.max(pu - expected("ac"));
        }
        assert!((off - result["lindistflow"]["max_abs_dv_vs_ac"].as_f64().unwrap()).abs() < 1e-5);
    }
}

#[test]
fn voltages_of_real_feeders_are_near_the_ac_flow_that_their_files_keep() {
    for (file, buses, off) in [("mv_oberrhein", 178, 0.006), ("european_lv", 907, 0.0005)] {
        let case = case(&format!("pandapower/{file}.json"));
        let voltages = lindistflow(&case).unwrap();
        assert_eq!(voltages.len(), buses);
        for (bus, pu) in case.buses.iter().zip(voltages) {
            let solved = bus.solved_pu.unwrap();
            assert!((pu - solved).abs() < off, "{file} bus {}: {pu} for {solved}", bus.name);
        }
    }
}

#[test]
fn a_meshed_network_has_no_lindistflow_voltages() {
    let error = lindistflow(&matpower("case9")).unwrap_err();
    assert!(matches!(error, FlowError::Meshed { .. }));
    assert_eq!(
        error.to_string(),
        "the network is meshed (branch 6:7-8 closes a loop); LinDistFlow voltages need a radial one"
    );
}

#[test]
fn a_line_of_a_loop_needs_a_reactance_and_a_bridge_does_not() {
    let mut looped = matpower("case9");
    looped.branches[0].x_pu = 0.0;
    assert!(dc(&looped).is_ok());
    for x_pu in [0.0, -0.1, f64::NAN] {
        looped.branches[1].x_pu = x_pu;
        let error = dc(&looped).unwrap_err();
        assert!(error.to_string().starts_with("branch 2:4-5: reactance "), "{error}");
    }
}

#[test]
fn more_loops_than_are_solved() {
    let mut case = matpower("case9");
    let line = case.branches[0].clone();
    case.branches.extend(std::iter::repeat_n(line, 4096));
    assert_eq!(
        dc(&case).unwrap_err().to_string(),
        "4097 independent loops, at most 4096 can be solved"
    );
}

#[test]
fn more_load_than_a_feeder_can_carry_leaves_no_voltage() {
    let mut case = matpower("case33bw");
    case.loads.iter_mut().for_each(|load| load.p_mw *= 20.0);
    let error = lindistflow(&case).unwrap_err();
    assert!(matches!(error, FlowError::Collapse { .. }));
    assert!(error.to_string().starts_with("bus "), "{error}");
}

#[test]
fn an_ideal_transformer_divides_voltages_whichever_way_it_stands() {
    let branch = |from: usize, to: usize| Branch {
        id: "t".to_owned(),
        from,
        to,
        r_pu: 0.01,
        x_pu: 0.02,
        rating_mva: None,
        tap: 1.05,
        shift_rad: 0.5,
    };
    let mut case = matpower("case33bw");
    case.buses.truncate(2);
    case.base_mva = 1.0;
    case.loads = vec![Load {
        name: String::new(),
        bus: 1,
        p_mw: 1.0,
        q_mvar: 0.5,
    }];
    let drop = 2.0 * (0.01 * 1.0 + 0.02 * 0.5);
    case.branches = vec![branch(0, 1)];
    let down = lindistflow(&case).unwrap()[1];
    assert!((down - (1.0f64 / 1.05f64.powi(2) - drop).sqrt()).abs() < 1e-12);
    case.branches = vec![branch(1, 0)];
    let up = lindistflow(&case).unwrap()[1];
    assert!((up - ((1.0f64 - drop) * 1.05f64.powi(2)).sqrt()).abs() < 1e-12);
    assert!((dc(&case).unwrap()[0] + 1.0).abs() < 1e-12);
}

/// The case of a random network: buses with loads, lines with shifts.
fn random_case(file: &NetworkFile, loads: &[f64], shifts: &[f64]) -> Case {
    let mut case = matpower("case9");
    let graph = file.graph().unwrap();
    let bus = case.buses[0].clone();
    case.root = graph.root();
    case.buses = file
        .buses
        .iter()
        .map(|name| busbar_network::Bus {
            name: name.clone(),
            ..bus.clone()
        })
        .collect();
    case.generators.clear();
    case.loads = (0..file.buses.len())
        .map(|bus| Load {
            name: String::new(),
            bus,
            p_mw: loads[bus],
            q_mvar: 0.0,
        })
        .collect();
    let lines = file.lines.iter().zip(graph.ends()).enumerate();
    case.branches = lines
        .map(|(number, (line, &(from, to)))| Branch {
            id: line.id.clone(),
            from,
            to,
            r_pu: 0.0,
            x_pu: f64::from(line.reactance.unwrap()) * 1e-5,
            rating_mva: None,
            tap: 1.0,
            shift_rad: shifts[number],
        })
        .collect();
    case
}

proptest! {
    #[test]
    fn dc_flows_balance_at_every_bus_and_around_every_loop(
        file in random::network(15, 10),
        loads in prop::collection::vec(-100.0..100.0f64, 15),
        shifts in prop::collection::vec(-0.1..0.1f64, 25),
    ) {
        let case = random_case(&file, &loads, &shifts);
        let flows = dc(&case).unwrap();
        let mut left: Vec<f64> = case.injections().iter().map(|&(p, _)| p).collect();
        for (branch, flow) in case.branches.iter().zip(&flows) {
            left[branch.from] -= flow;
            left[branch.to] += flow;
        }
        // What does not balance is the root's.
        for (bus, left) in left.iter().enumerate() {
            prop_assert!(bus == case.root || left.abs() < 1e-6, "bus {} keeps {}", bus, left);
        }
        for each in case.graph().unwrap().loops() {
            let around: f64 = each.lines.iter().map(|&(line, along)| {
                let branch = &case.branches[line];
                let angle = branch.x_pu * flows[line] / case.base_mva + branch.shift_rad;
                if along { angle } else { -angle }
            }).sum();
            prop_assert!(around.abs() < 1e-9, "{:?} leaves {}", each, around);
        }
    }
}
