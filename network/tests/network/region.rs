//! The network as the auction and as the grid contract take it.
use busbar_api::grid;
use busbar_network::import::{Options, import};
use busbar_network::{NetworkFile, RegionError};
use busbar_units::Wh;
use proptest::prelude::*;

use crate::{case, matpower, random};

const IMPORT: Wh = Wh::new(1_000_000);
const EXPORT: Wh = Wh::new(600_000);

fn imported(case: &busbar_network::Case, voltage: bool) -> NetworkFile {
    let options = Options {
        voltage,
        rating_w: Some(5_000_000),
        ..Options::default()
    };
    import(case, &options, None).unwrap().network
}

#[test]
fn a_region_has_the_utility_beyond_the_root() {
    // The reference bus of case5 is its fourth.
    let file = imported(&matpower("case5"), true);
    let region = file.region(IMPORT, EXPORT).unwrap();
    let names: Vec<&str> = region.buses.iter().map(|bus| bus.name.as_str()).collect();
    assert_eq!(names, ["utility", "4", "1", "2", "3", "5"]);
    let connection = &region.lines[0];
    assert_eq!(
        (connection.name.as_str(), connection.from, connection.to),
        ("connection", 0, 1)
    );
    assert_eq!((connection.capacity, connection.capacity_back), (IMPORT, EXPORT));
    assert_eq!((connection.reactance, connection.derated), (0, Some(EXPORT)));
    // 1:1-2 and 2:1-4.
    let ends: Vec<(u16, u16)> = region.lines[1..3].iter().map(|line| (line.from, line.to)).collect();
    assert_eq!(ends, [(2, 3), (2, 1)]);
    assert_eq!(region.lines[1].reactance, 2810);
    assert_eq!(region.lines.iter().filter(|line| line.derated.is_some()).count(), 5);
}

#[test]
fn every_imported_case_is_a_network_of_the_grid_contract() {
    let cases = [
        "case5", "case9", "case14", "case30", "case33bw", "case69", "case118", "case141",
    ]
    .map(matpower);
    let feeders = ["mv_oberrhein", "european_lv"].map(|name| case(&format!("pandapower/{name}.json")));
    for case in cases.iter().chain(&feeders) {
        for voltage in [true, false] {
            let file = imported(case, voltage);
            let region = file.region(IMPORT, EXPORT).unwrap();
            assert_eq!(region.buses.len(), file.buses.len() + 1);
            assert_eq!(region.lines.len(), file.lines.len() + 1);
            assert_eq!(region.voltage.is_some(), file.voltage.is_some());
            let mesh = file.mesh().unwrap();
            let limited = file.voltage.as_ref().map_or(0, |voltage| voltage.limits.len());
            assert_eq!((mesh.buses(), mesh.voltage_rows().count()), (file.buses.len(), limited));
        }
    }
}

#[test]
fn a_plain_tree_is_not_derated() {
    let mut file = imported(&matpower("case33bw"), true);
    assert!(
        file.region(IMPORT, EXPORT)
            .unwrap()
            .lines
            .iter()
            .all(|line| line.derated.is_some())
    );
    file.voltage = None;
    assert!(
        file.region(IMPORT, EXPORT)
            .unwrap()
            .lines
            .iter()
            .all(|line| line.derated.is_none())
    );
}

#[test]
fn what_the_grid_contract_refuses() {
    let mut file = imported(&matpower("case33bw"), false);
    file.buses[3] = "utility".to_owned();
    for line in &mut file.lines {
        for end in [&mut line.from, &mut line.to] {
            if *end == "4" {
                *end = "utility".to_owned();
            }
        }
    }
    let error = file.region(IMPORT, EXPORT).unwrap_err();
    assert!(
        matches!(error, RegionError::Network(grid::NetworkError::NameTaken { .. })),
        "{error:?}"
    );
    file.buses[3] = "nowhere".to_owned();
    assert!(matches!(file.region(IMPORT, EXPORT).unwrap_err(), RegionError::File(_)));
    let many = NetworkFile {
        root: "0".to_owned(),
        buses: (0..70_000).map(|bus| bus.to_string()).collect(),
        lines: Vec::new(),
        voltage: None,
    };
    assert!(matches!(many.region(IMPORT, EXPORT).unwrap_err(), RegionError::File(_)));
    let lines = (1..70_000u32).map(|bus| busbar_network::Line {
        id: bus.to_string(),
        from: (bus / 2).to_string(),
        to: bus.to_string(),
        capacity_wh: 1,
        capacity_back_wh: None,
        reactance: None,
        resistance: None,
        derated_wh: None,
    });
    let many = NetworkFile {
        lines: lines.collect(),
        ..many
    };
    let error = many.region(IMPORT, EXPORT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "70001 buses with the utility's, at most 65535 can be numbered"
    );
}

proptest! {
    #[test]
    fn a_region_keeps_every_line_between_its_buses(file in random::network(12, 6)) {
        let region = file.region(IMPORT, EXPORT).unwrap();
        for (line, kept) in file.lines.iter().zip(&region.lines[1..]) {
            let name = |bus: u16| &region.buses[usize::from(bus)].name;
            prop_assert_eq!((&line.id, &line.from, &line.to), (&kept.name, name(kept.from), name(kept.to)));
            prop_assert_eq!((line.capacity_wh, line.reactance), (kept.capacity.get(), Some(kept.reactance)));
        }
        prop_assert_eq!(&region.buses[1].name, &file.root);
    }
}
