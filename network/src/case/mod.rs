//! A power-flow case: a network at its own loads and dispatch, in floating point, as measured data are.
mod error;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Graph, GraphError};
pub use error::CaseError;

/// A network in service with its loads and generators. Powers in MW and Mvar, impedances and voltages in p.u. on
/// [`Case::base_mva`] and the voltage base of each bus.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name that the file gives itself.
    pub name: String,
    /// Form of the file.
    pub form: Form,
    /// 1 p.u. of power.
    pub base_mva: f64,
    /// Position of the reference bus, which takes up what does not balance.
    pub root: usize,
    /// Voltage that the reference bus holds.
    pub root_voltage_pu: f64,
    /// Buses in service.
    pub buses: Vec<Bus>,
    /// Branches in service.
    pub branches: Vec<Branch>,
    /// Loads in service.
    pub loads: Vec<Load>,
    /// Generators in service, those at the reference bus included.
    pub generators: Vec<Generator>,
    /// What the file has and the case has not.
    pub dropped: Dropped,
}

/// Form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Tables of a MATPOWER case as JSON.
    MatpowerJson,
    /// A MATPOWER case file.
    MatpowerM,
    /// A pandapower network as JSON.
    Pandapower,
}

/// A bus.
#[derive(Clone, Debug)]
pub struct Bus {
    /// Its number in the file.
    pub name: String,
    /// Power that a shunt draws at 1 p.u.
    pub shunt_mw: f64,
    /// Reactive power that a shunt injects at 1 p.u.
    pub shunt_mvar: f64,
    /// Lowest and highest voltage, where the file has both.
    pub limits_pu: Option<(f64, f64)>,
    /// Voltage that the file says an AC power flow found.
    pub solved_pu: Option<f64>,
}

/// A line or transformer: series impedance behind an ideal transformer at `from`.
#[derive(Clone, Debug)]
pub struct Branch {
    /// `position:from-to`, the position from 1 in the file's table of branches.
    pub id: String,
    /// Position of the bus that positive flow leaves.
    pub from: usize,
    /// Position of the bus that positive flow reaches.
    pub to: usize,
    /// Series resistance.
    pub r_pu: f64,
    /// Series reactance.
    pub x_pu: f64,
    /// Most apparent power, where the file has one.
    pub rating_mva: Option<f64>,
    /// Turns ratio of the ideal transformer, 1 for a line.
    pub tap: f64,
    /// Phase shift of the ideal transformer, radians.
    pub shift_rad: f64,
}

/// A load.
#[derive(Clone, Debug)]
pub struct Load {
    /// Its name.
    pub name: String,
    /// Position of its bus.
    pub bus: usize,
    /// Power drawn.
    pub p_mw: f64,
    /// Reactive power drawn.
    pub q_mvar: f64,
}

/// A generator.
#[derive(Clone, Debug)]
pub struct Generator {
    /// Position in its table, from 1.
    pub position: usize,
    /// Position of its bus.
    pub bus: usize,
    /// Power fed in.
    pub p_mw: f64,
    /// Reactive power fed in.
    pub q_mvar: f64,
}

/// What a file has and its [`Case`] has not. A network that is cleared on is known by what it leaves out, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Branches that are out of service.
    pub branches_out_of_service: Vec<String>,
    /// Branches that an open switch cuts off.
    pub branches_open: Vec<String>,
    /// Buses that are out of service or isolated.
    pub buses: Vec<String>,
    /// Buses that a closed switch or a common source makes one with another: the bus and the other.
    pub buses_joined: Vec<(String, String)>,
    /// Loads and generators that are out of service.
    pub loads_and_generators: usize,
    /// Branches with charging or magnetising, which neither a DC flow nor LinDistFlow knows.
    pub branches_with_charging: usize,
    /// Generators that hold a voltage: their reactive power is what the file says.
    pub voltage_controls: usize,
    /// Loads of three phases that are taken as balanced.
    pub balanced_equivalents: usize,
    /// Tables that have rows and that nothing reads.
    pub tables: Vec<String>,
    /// Unit conversions that were carried out, as the file states them.
    pub conversions: Vec<String>,
}

impl Case {
    /// The spanning tree from the reference bus, and the loops.
    ///
    /// # Errors
    /// [`CaseError::Island`], [`CaseError::SelfLoop`].
    pub fn graph(&self) -> Result<Graph, CaseError> {
        let ends = self.branches.iter().map(|branch| (branch.from, branch.to)).collect();
        let name = |bus: usize| self.buses.get(bus).map_or(String::new(), |bus| bus.name.clone());
        Graph::span(self.buses.len(), self.root, ends).map_err(|error| match error {
            GraphError::SelfLoop { line, .. } => CaseError::SelfLoop {
                branch: self
                    .branches
                    .get(line)
                    .map_or(String::new(), |branch| branch.id.clone()),
            },
            GraphError::Island { bus } | GraphError::UnknownBus { bus } => CaseError::Island {
                bus: name(bus),
                root: name(self.root),
            },
        })
    }

    /// Power and reactive power that each bus feeds in, MW and Mvar, shunts at 1 p.u.
    pub fn injections(&self) -> Vec<(f64, f64)> {
        let mut sums: Vec<(f64, f64)> = self.buses.iter().map(|bus| (-bus.shunt_mw, bus.shunt_mvar)).collect();
        let loads = self.loads.iter().map(|load| (load.bus, -load.p_mw, -load.q_mvar));
        let generators = self.generators.iter().map(|each| (each.bus, each.p_mw, each.q_mvar));
        for (bus, p, q) in loads.chain(generators) {
            if let Some(sum) = sums.get_mut(bus) {
                sum.0 += p;
                sum.1 += q;
            }
        }
        sums
    }

    /// Total load, MW and Mvar.
    pub fn total_load(&self) -> (f64, f64) {
        let sum = |(p, q): (f64, f64), load: &Load| (p + load.p_mw, q + load.q_mvar);
        self.loads.iter().fold((0.0, 0.0), sum)
    }

    /// The same case at another dispatch: MW by position of the generator in its table, from 1; the others keep theirs.
    ///
    /// # Errors
    /// [`CaseError::UnknownGenerator`].
    pub fn dispatched(&self, dispatch: &BTreeMap<usize, f64>) -> Result<Self, CaseError> {
        let mut case = self.clone();
        for (&position, &p_mw) in dispatch {
            let generator = case.generators.iter_mut().find(|each| each.position == position);
            generator.ok_or(CaseError::UnknownGenerator { position })?.p_mw = p_mw;
        }
        Ok(case)
    }
}
