//! What a proof says of an accepted proposal: formal prices, and how far the bound reaches.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod support;

use busbar_clearing::mesh::{Mesh, MeshLine, Proposal, Terms, DUAL_SCALE};
use busbar_clearing::{Order, Violation};
use busbar_units::{NetWh, Ppm, Wh};
use support::{bounds, buy, line, sell};

fn mesh_line(from: usize, to: usize, capacity: u64) -> MeshLine {
    MeshLine {
        line: line(from, to, capacity, capacity),
        reactance: 1000,
        resistance: 0,
    }
}

fn terms(epsilon: i64) -> Terms {
    Terms {
        bounds: bounds(0, 200),
        epsilon: Ppm::new(epsilon),
    }
}

#[test]
fn a_price_is_formal_where_nothing_trades_at_floor_or_cap() {
    let lines = [1, 2, 3].map(|to| mesh_line(0, to, 0));
    let mesh = Mesh::new(4, 0, lines.to_vec(), None).unwrap();
    // At bus 0 energy is traded at the cap itself.
    let orders: [Order; 2] = [sell(0, 150, 10), buy(0, 200, 10)];
    let proposal = Proposal {
        fills: vec![Wh::new(10); 2],
        prices: [200, 0, 100, 200].map(|price| price * DUAL_SCALE).to_vec(),
        ..Proposal::default()
    };
    let proof = mesh.verify(&orders, &proposal, terms(0)).unwrap();
    assert_eq!(proof.no_trade, [false, true, false, true]);
    assert_eq!((proof.welfare, proof.gap, proof.rent), (500, 0, 0));
}

/// Three equal lines, the one from the cheap plant at 0 to the load at 2 narrow; the wide ones drawn against the flow.
#[test]
fn a_wide_line_counts_backwards_too_with_what_can_reach_it() {
    let lines = vec![
        mesh_line(1, 0, 100_000),
        mesh_line(2, 1, 100_000),
        mesh_line(0, 2, 40_000),
    ];
    let mesh = Mesh::new(3, 0, lines, None).unwrap();
    let orders = [sell(0, 10, 80_000), sell(1, 30, 80_000), buy(2, 100, 90_000)];
    let proposal = Proposal {
        fills: [30_000, 60_000, 90_000].map(Wh::new).to_vec(),
        prices: [10, 30, 50].map(|price| price * DUAL_SCALE).to_vec(),
        chords: vec![NetWh::new(-50_000)],
        kirchhoff: vec![0],
        voltage: vec![],
    };
    // The load gains 50 on each Wh. Each wide line counts 20 on all that is fed in and 4 Wh that may circulate, the
    // narrow one 40 on its capacity.
    let Err(Violation::Gap { welfare, dual, .. }) = mesh.verify(&orders, &proposal, terms(10)) else {
        unreachable!("without multipliers the loop is not seen to be full");
    };
    assert_eq!(
        (welfare, dual),
        (6_900_000, 50 * 90_000 + 2 * 20 * 90_004 + 40 * 40_000)
    );
}

#[test]
fn three_equal_orders_share_in_proportion_and_the_first_takes_the_odd_watt_hour() {
    let mesh = Mesh::new(1, 0, vec![], None).unwrap();
    let orders = [
        buy(0, 20, 100),
        sell(0, 20, 100),
        sell(0, 20, 100),
        sell(0, 20, 100),
        buy(0, 20, 10),
    ];
    let proposal = Proposal {
        fills: [100, 10, 0, 100, 10].map(Wh::new).to_vec(),
        prices: vec![20 * DUAL_SCALE],
        ..Proposal::default()
    };
    let proof = mesh.verify(&orders, &proposal, terms(0)).unwrap();
    assert_eq!(proof.fills, [100, 37, 37, 36, 10].map(Wh::new));
}
