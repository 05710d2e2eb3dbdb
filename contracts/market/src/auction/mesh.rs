//! Networks that are cleared by a certificate.
use busbar_api::grid::{Circuit, UTILITY_BUS};
use busbar_api::market::Proposal;
use busbar_clearing::mesh::{self, Mesh, MeshLine, Proof, VoltageLimit};
use busbar_clearing::{Line, NetworkError};

use super::Outcome;

/// The region's network with its loops and voltage limits, hung up at the utility's bus.
pub fn mesh(circuit: &Circuit) -> Result<Mesh, NetworkError> {
    let lines = circuit.branches.iter().map(|branch| MeshLine {
        line: Line {
            from: branch.from.into(),
            to: branch.to.into(),
            capacity: branch.capacity,
            capacity_back: branch.capacity_back,
        },
        reactance: branch.reactance,
        resistance: branch.resistance,
    });
    let voltage = circuit.voltage.as_ref().map(|voltage| mesh::Voltage {
        base: voltage.base_wh,
        tan_phi: voltage.tan_phi,
        root: voltage.root,
        limits: voltage
            .limits
            .iter()
            .map(|limit| VoltageLimit {
                bus: limit.bus.into(),
                min: limit.min,
                max: limit.max,
            })
            .collect(),
    });
    Mesh::new(
        circuit.buses.into(),
        UTILITY_BUS.into(),
        lines.collect(),
        voltage.as_ref(),
    )
}

/// A posted proposal as the check takes it.
pub fn proposal(posted: Proposal) -> mesh::Proposal {
    let whole = |values: Vec<cosmwasm_std::Int64>| values.into_iter().map(|value| value.i64()).collect();
    mesh::Proposal {
        fills: posted.fills,
        prices: whole(posted.prices),
        chords: posted.chords,
        kirchhoff: whole(posted.kirchhoff),
        voltage: posted
            .voltage
            .into_iter()
            .map(|row| (row.bus.into(), row.multiplier.i64()))
            .collect(),
    }
}

impl From<Proof> for Outcome {
    fn from(proof: Proof) -> Self {
        Self {
            prices: proof.prices,
            no_trade: proof.no_trade,
            fills: proof.fills,
            flows: proof.flows,
            rent: proof.rent,
        }
    }
}
