//! What a mesh says of itself: where it hangs, how its tree runs, and the flows that follow from what is fed in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops at the first surprise"
)]
mod support;

use busbar_clearing::mesh::{Mesh, MeshLine, Voltage, PER_UNIT};
use busbar_clearing::{NetworkError, MAX_BUSES};
use busbar_units::{NetWh, Ppm, Wh};
use support::line;

fn mesh_line((from, to): (usize, usize)) -> MeshLine {
    MeshLine {
        line: line(from, to, 1000, 1000),
        reactance: 10,
        resistance: 10,
    }
}

fn mesh(buses: usize, root: usize, ends: &[(usize, usize)]) -> Mesh {
    Mesh::new(buses, root, ends.iter().copied().map(mesh_line).collect(), None).unwrap()
}

/// A square 0-1-2-3 that hangs from 2, and a tail 4 beside bus 0, opposite of it.
fn square() -> Mesh {
    mesh(5, 2, &[(0, 1), (1, 2), (2, 3), (3, 0), (4, 0)])
}

#[test]
fn the_tree_runs_from_the_root_down() {
    let mesh = square();
    assert_eq!((mesh.buses(), mesh.root()), (5, 2));
    // Both ways to 0 are two lines long: the one by the lower bus is taken, and 3-0 closes the loop.
    assert_eq!(mesh.branches(), [0, 1, 2, 4]);
    let descent: Vec<_> = mesh.descent().collect();
    assert_eq!(
        descent,
        [(1, 2, 1, true), (3, 2, 2, false), (0, 1, 0, true), (4, 0, 4, true)]
    );
    let cycle = &mesh.cycles()[0];
    assert_eq!(cycle.lines, [(3, true), (0, true), (1, true), (2, true)]);
    assert_eq!((cycle.chord, cycle.tolerance), (3, 40));
}

#[test]
fn a_tree_without_limits_of_voltage_is_plain() {
    let lines = || [(0, 1), (1, 2)].map(mesh_line).to_vec();
    let voltage = Voltage {
        base: Wh::new(1000),
        tan_phi: Ppm::ZERO,
        root: Ppm::new(PER_UNIT),
        limits: vec![],
    };
    let plain = |voltage| Mesh::new(3, 0, lines(), voltage).unwrap().is_plain_tree();
    assert!(plain(None));
    assert!(!plain(Some(&voltage)));
    assert!(!square().is_plain_tree());
}

#[test]
fn flows_follow_from_exports_and_chords() {
    // 3 feeds 70 and 4 feeds 30; all is drawn at 1. Of the 70 the chord takes 20.
    let (flows, left) = square().flows(&[0, -100, 0, 70, 30], &[NetWh::new(20)]).unwrap();
    assert_eq!(flows, [50, -50, -50, 20, 30].map(NetWh::new));
    assert_eq!(left, 0);
    let (_, left) = square().flows(&[0, -100, 0, 70, 33], &[NetWh::new(20)]).unwrap();
    assert_eq!(left, 3);
}

#[test]
fn a_flow_beyond_64_bits_is_none() {
    let pair = mesh(2, 0, &[(0, 1)]);
    let most = i128::from(i64::MAX);
    assert_eq!(pair.flows(&[-most, most], &[]).unwrap().0, [NetWh::new(-i64::MAX)]);
    assert_eq!(pair.flows(&[-most - 1, most + 1], &[]), None);
}

#[test]
fn a_mesh_has_at_most_a_million_buses() {
    let island = Mesh::new(MAX_BUSES, 0, vec![], None).map(|_| ());
    assert_eq!(island, Err(NetworkError::Island { bus: 1 }));
    let count = MAX_BUSES + 1;
    let max = MAX_BUSES;
    let refused = Mesh::new(count, 0, vec![], None).map(|_| ());
    assert_eq!(refused, Err(NetworkError::Buses { count, max }));
}
