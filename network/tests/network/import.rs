//! The import: capacities by their formula, voltages that the whole numbers keep, real feeders.
use busbar_network::flow::lindistflow;
use busbar_network::import::{Import, Options, import};
use busbar_network::{Case, NetworkFile, derate};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{case, data, matpower};

fn options() -> Options {
    Options {
        rating_w: Some(5_000_000),
        ..Options::default()
    }
}

/// Nothing derated, so that figures are round.
fn plain() -> Options {
    Options {
        power_factor: 1.0,
        loss_margin: 0.0,
        peak_to_mean: 1.0,
        ..options()
    }
}

fn imported(case: &Case, options: &Options) -> Import {
    let import = import(case, options, None).unwrap();
    // What is written is what was made, and valid.
    assert_eq!(NetworkFile::parse(&import.network.to_json()).unwrap(), import.network);
    import
}

#[test]
fn a_rating_becomes_a_capacity_by_the_formula() {
    let file = imported(&matpower("case9"), &plain()).network;
    // 250 MVA in a quarter of an hour.
    assert_eq!(
        (file.lines[0].id.as_str(), file.lines[0].capacity_wh),
        ("1:1-4", 62_500_000)
    );
    let derated = Options {
        power_factor: 0.8,
        rating_scale: 0.5,
        loss_margin: 0.1,
        peak_to_mean: 1.5,
        interval_s: 3600,
        ..options()
    };
    let import = imported(&matpower("case9"), &derated);
    // 250 MVA x 0.5 x 0.8 x 0.9 / 1.5 for an hour.
    assert_eq!(import.network.lines[0].capacity_wh, 60_000_000);
    assert!((import.report.capacity.factor - 0.24).abs() < 1e-15);
    assert_eq!(import.report.capacity.without_rating, 0);
}

#[test]
fn lines_without_a_rating_get_the_one_of_the_options() {
    let import = imported(&matpower("case5"), &plain());
    let capacities: Vec<u64> = import.network.lines.iter().map(|line| line.capacity_wh).collect();
    assert_eq!(
        capacities,
        [100_000_000, 1_250_000, 1_250_000, 1_250_000, 1_250_000, 60_000_000]
    );
    assert_eq!(import.report.capacity.without_rating, 4);
}

#[test]
fn a_mesh_has_reactances_and_a_fallback_and_no_voltage() {
    let import = imported(&matpower("case14"), &plain());
    let file = &import.network;
    assert_eq!((import.report.loops, file.voltage.is_none()), (7, true));
    assert!(file.lines.iter().all(|line| line.resistance.is_none()));
    // x of line 1 is 0.05917; that of the transformer 4-7 is 0.20912 times its ratio of 0.978.
    assert_eq!(
        (file.lines[0].reactance, file.lines[7].reactance),
        (Some(5917), Some(20452))
    );
    assert_eq!(file.lines.iter().filter(|line| line.derated_wh.is_none()).count(), 7);
    let mut bare = file.clone();
    bare.lines.iter_mut().for_each(|line| line.derated_wh = None);
    let again: Vec<Option<u64>> = file.lines.iter().map(|line| line.derated_wh).collect();
    assert_eq!(derate(&bare).unwrap().wh, again);
    let fallback = import.report.fallback.unwrap();
    assert_eq!(fallback.open.len(), 7);
    assert!((0.0..1.0).contains(&fallback.least_scale));
}

#[test]
fn a_feeder_has_limits_of_voltage_unless_they_are_declined() {
    let import = imported(&matpower("case33bw"), &options());
    let file = &import.network;
    assert_eq!((file.root.as_str(), file.buses.len(), file.lines.len()), ("1", 33, 32));
    let voltage = file.voltage.as_ref().unwrap();
    // On a base of 100 MVA: 25 MWh in a quarter of an hour.
    assert_eq!(
        (voltage.base_wh, voltage.root_ppm, voltage.tan_phi_ppm),
        (25_000_000, 1_000_000, 328_684)
    );
    assert_eq!(voltage.limits.len(), 32);
    assert!(
        voltage
            .limits
            .iter()
            .all(|(_, limit)| (limit.min_ppm, limit.max_ppm) == (910_000, 1_090_000))
    );
    let bare = Options {
        voltage: false,
        ..options()
    };
    let file = imported(&matpower("case33bw"), &bare).network;
    assert_eq!(file.voltage, None);
    assert!(
        file.lines
            .iter()
            .all(|line| (line.reactance, line.resistance, line.derated_wh) == (None, None, None))
    );
}

/// Voltages by the rule of the network file, from its whole numbers, at the case's own loads and the file's power factor.
fn by_the_file(case: &Case, file: &NetworkFile, hours: f64) -> Vec<f64> {
    let voltage = file.voltage.as_ref().unwrap();
    let graph = file.graph().unwrap();
    let at = |name: &str| file.buses.iter().position(|bus| bus == name).unwrap();
    let mut injections = vec![0.0; file.buses.len()];
    for (bus, (p, _)) in case.buses.iter().zip(case.injections()) {
        injections[at(&bus.name)] = p;
    }
    let flows = graph.tree_flows(&injections);
    let mut squared = vec![(voltage.root_ppm as f64 * 1e-6).powi(2); file.buses.len()];
    for &bus in graph.top_down() {
        let Some(up) = graph.up(bus) else { continue };
        let line = &file.lines[up.line];
        let (r, x) = (
            f64::from(line.resistance.unwrap()) * 1e-5,
            f64::from(line.reactance.unwrap()) * 1e-5,
        );
        let wh = if up.down { flows[up.line] } else { -flows[up.line] } * 1e6 * hours;
        squared[bus] =
            squared[up.parent] - 2.0 * (r + x * voltage.tan_phi_ppm as f64 * 1e-6) * wh / voltage.base_wh as f64;
    }
    case.buses.iter().map(|bus| squared[at(&bus.name)].sqrt()).collect()
}

#[test]
fn the_whole_numbers_keep_the_voltages() {
    for name in ["case33bw", "case69", "case141"] {
        let mut case = matpower(name);
        let options = options();
        // One power factor for all loads, as the file has it.
        case.loads
            .iter_mut()
            .for_each(|load| load.q_mvar = load.p_mw * options.tan_phi());
        let import = imported(&case, &options);
        let exact = lindistflow(&case).unwrap();
        for (bus, (one, other)) in case
            .buses
            .iter()
            .zip(exact.iter().zip(by_the_file(&case, &import.network, 0.25)))
        {
            assert!((one - other).abs() < 1e-5, "{name} bus {}: {other} for {one}", bus.name);
        }
        assert!(import.report.voltage.unwrap().one_power_factor_pu.value < 1e-5);
    }
}

#[test]
fn voltages_behind_transformers_are_seen_from_the_root() {
    let mut case = case("pandapower/mv_oberrhein.json");
    let options = Options {
        power_factor: 1.0,
        ..Options::default()
    };
    case.loads.iter_mut().for_each(|load| load.q_mvar = 0.0);
    let import = imported(&case, &options);
    let limits = &import.network.voltage.as_ref().unwrap().limits;
    let seen = by_the_file(&case, &import.network, 0.25);
    let exact = lindistflow(&case).unwrap();
    let mut ratios = std::collections::BTreeSet::new();
    for (bus, (seen, exact)) in case.buses.iter().zip(seen.iter().zip(&exact)) {
        let Some((_, limit)) = limits.iter().find(|(name, _)| *name == bus.name) else {
            assert_eq!(bus.name, import.network.root);
            continue;
        };
        // Both transformers have their taps off the neutral position, so voltages and limits carry their ratio.
        let ratio = seen / exact;
        ratios.insert(format!("{ratio:.3}"));
        assert!(
            (limit.min_ppm as f64 * 1e-6 - 0.91 * ratio).abs() < 2e-5,
            "bus {}: {limit:?}",
            bus.name
        );
        assert!(
            (limit.max_ppm as f64 * 1e-6 - 1.09 * ratio).abs() < 2e-5,
            "bus {}: {limit:?}",
            bus.name
        );
    }
    assert_eq!(ratios.into_iter().collect::<Vec<_>>(), ["0.955", "0.970"]);
}

#[test]
fn the_report_says_what_was_left_out_and_compares() {
    let text = data("reference/radial_reference.json");
    let report = import(&matpower("case33bw"), &options(), Some(&text)).unwrap().report;
    assert_eq!(
        report.dropped.branches_out_of_service,
        ["33:21-8", "34:9-15", "35:12-22", "36:18-33", "37:25-29"]
    );
    assert_eq!(report.comparisons.len(), 2);
    assert!(report.comparisons[0].largest < 1e-5);
    assert_eq!(report.own_flow.lowest_pu.as_ref().unwrap().at, "18");
    assert!((report.voltage.as_ref().unwrap().load_power_factor.unwrap() - 0.850_24).abs() < 1e-5);
    // 3.715 MW of 5 MVA x 0.95 x 0.95 / 1.2, which the lossless flow of the first line is.
    assert!((report.own_flow.loading.value - 3.715 / (5.0 * 0.95 * 0.95 / 1.2)).abs() < 1e-6);
    let json: Value = serde_json::to_value(&report).unwrap();
    assert_eq!(json["rounding"]["capacity"]["line"], json!("1:1-2"));
    assert_eq!(json["form"], json!("matpower-json"));
}

#[test]
fn the_european_feeder_is_the_one_that_is_kept() {
    let options = Options {
        interval_s: 3600,
        voltage: false,
        ..Options::default()
    };
    let import = imported(&case("pandapower/european_lv.json"), &options);
    assert_eq!(import.network.to_json(), data("european-lv/network.json"));
    assert_eq!(
        (import.report.buses, import.report.lines, import.report.loops),
        (907, 906, 0)
    );
    let loads: Value = serde_json::from_str(&data("european-lv/loads.json")).unwrap();
    let loads = loads["loads"].as_array().unwrap();
    assert_eq!(loads.len(), 55);
    for (kept, load) in loads.iter().zip(&import.report.loads) {
        assert_eq!((&kept["name"], &kept["bus"]), (&json!(load.name), &json!(load.bus)));
        assert!((kept["w"].as_f64().unwrap() - load.w).abs() <= 0.5);
        assert!((kept["var"].as_f64().unwrap() - load.var).abs() <= 0.5);
    }
}

#[test]
fn larger_cases_pass() {
    for (name, loops) in [("case118", 69), ("case141", 0), ("case30", 12)] {
        let import = imported(&matpower(name), &options());
        assert_eq!(import.report.loops, loops);
        let reactance = import.report.rounding.reactance.unwrap();
        assert!(reactance.relative < 1e-3, "{name}: {reactance:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_tighter_option_never_widens_a_capacity(
        power_factor in 0.5..1.0f64, loss_margin in 0.0..0.5f64, peak_to_mean in 1.0..3.0f64, share in 0.1..1.0f64,
    ) {
        let case = matpower("case9");
        let one = Options { power_factor, loss_margin, peak_to_mean, ..options() };
        let capacities = |options: &Options| -> Vec<u64> {
            import(&case, options, None).unwrap().network.lines.iter().map(|line| line.capacity_wh).collect()
        };
        let wide = capacities(&one);
        for tight in [
            Options { power_factor: (power_factor * share).max(0.5), ..one },
            Options { loss_margin: (loss_margin + 0.1 * share).min(0.5), ..one },
            Options { peak_to_mean: (peak_to_mean / share).min(10.0), ..one },
            Options { rating_scale: share, ..one },
        ] {
            prop_assert!(capacities(&tight).iter().zip(&wide).all(|(tight, wide)| tight <= wide));
        }
    }
}
