//! The linear program, in floating point.
use busbar_clearing::mesh::Mesh;
use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use crate::SolverError;
use crate::groups::Group;

/// The optimum of the relaxed market.
#[derive(Clone, Debug, Default)]
pub struct Optimum {
    /// Fill of each step, Wh.
    pub fills: Vec<f64>,
    /// Flow on each line, Wh, positive from its `from` to its `to`.
    pub flows: Vec<f64>,
    /// Price of each bus, millionths per kWh.
    pub prices: Vec<f64>,
    /// Multiplier of each basis cycle, price per 1e-5 p.u.
    pub kirchhoff: Vec<f64>,
    /// Multipliers of the voltage limits in the order of [`Mesh::voltage_rows`], price per 1e-8 p.u.; positive
    /// where the lowest voltage binds.
    pub voltage: Vec<f64>,
}

/// Interior-point steps; a market that needs more is not going to be solved.
const MAX_STEPS: u32 = 200;
/// Relative accuracy of prices and energies.
const ACCURACY: f64 = 1e-10;

/// Largest welfare of `steps` that the mesh can carry, each fill from 0 to its quantity, with Kirchhoff's law held
/// to `share` of its tolerance: what whole watt-hours do not need of the tolerance makes the bound tighter.
pub fn solve(mesh: &Mesh, steps: &[Group], share: f64) -> Result<Optimum, SolverError> {
    let scale = Scale::of(mesh, steps);
    let lines = mesh.lines();
    let voltage: Vec<_> = mesh.voltage_rows().collect();
    let equalities = mesh.buses();
    let mut matrix = Triplets::default();
    let mut bounds = vec![0.0; equalities];

    // Balance of each bus: drawn and flowing out less flowing in.
    for (column, step) in steps.iter().enumerate() {
        matrix.push(step.bus, column, step.sign());
    }
    for (number, member) in lines.iter().enumerate() {
        matrix.push(member.line.from, steps.len() + number, 1.0);
        matrix.push(member.line.to, steps.len() + number, -1.0);
    }
    // Kirchhoff's law on each cycle.
    for cycle in mesh.cycles() {
        for sign in [1.0, -1.0] {
            for &(line, along) in &cycle.lines {
                let drop = sign * f64::from(lines[line].reactance) / scale.reactance;
                matrix.push(bounds.len(), steps.len() + line, if along { drop } else { -drop });
            }
            bounds.push(share * cycle.tolerance as f64 / scale.reactance / scale.energy);
        }
    }
    // Voltages, drawn in by what the whole watt-hours of each line can move them: one by its box, one around a cycle.
    let moved = if mesh.cycles().is_empty() { 1.0 } else { 2.0 };
    for row in &voltage {
        let slack: f64 = row
            .lines
            .iter()
            .map(|&(.., coefficient)| (coefficient as f64).abs())
            .sum();
        for (sign, room) in [(1.0, row.drop), (-1.0, row.rise)] {
            for &(line, away, coefficient) in &row.lines {
                let part = coefficient as f64 / scale.voltage * if away { sign } else { -sign };
                matrix.push(bounds.len(), steps.len() + line, part);
            }
            bounds.push((room as f64 - moved * slack).max(0.0) / scale.voltage / scale.energy);
        }
    }
    // Every fill and flow within its bounds. By Kirchhoff's law no line carries more than everybody feeds in.
    let fed: f64 = steps
        .iter()
        .filter(|step| step.sign() < 0.0)
        .map(|step| step.quantity)
        .sum();
    let ranges = steps
        .iter()
        .map(|step| (0.0, step.quantity))
        .chain(lines.iter().map(|member| {
            let line = &member.line;
            (
                (line.capacity_back.get() as f64).min(fed),
                (line.capacity.get() as f64).min(fed),
            )
        }));
    for (column, (down, up)) in ranges.enumerate() {
        for (sign, room) in [(1.0, up), (-1.0, down)] {
            matrix.push(bounds.len(), column, sign);
            bounds.push(room / scale.energy);
        }
    }

    let columns = steps.len() + lines.len();
    let costs: Vec<f64> = steps
        .iter()
        .map(|step| -step.sign() * step.price / scale.price)
        .chain(lines.iter().map(|_| 0.0))
        .collect();
    let cones = [
        SupportedConeT::ZeroConeT(equalities),
        SupportedConeT::NonnegativeConeT(bounds.len() - equalities),
    ];
    let solution = run(columns, &costs, matrix, &bounds, &cones)?;
    // Rows of one limit stand in pairs, the second with the opposite sign.
    let signed = |pair: usize| {
        let row = equalities + 2 * pair;
        solution.1[row] - solution.1[row + 1]
    };
    let energy = |value: &f64| value * scale.energy;
    Ok(Optimum {
        fills: solution.0.iter().take(steps.len()).map(energy).collect(),
        flows: solution.0.iter().skip(steps.len()).map(energy).collect(),
        prices: solution
            .1
            .iter()
            .take(mesh.buses())
            .map(|dual| dual * scale.price)
            .collect(),
        kirchhoff: (0..mesh.cycles().len())
            .map(|row| signed(row) * scale.price / scale.reactance)
            .collect(),
        voltage: (0..voltage.len())
            .map(|row| signed(mesh.cycles().len() + row) * scale.price / scale.voltage)
            .collect(),
    })
}

/// Units in which the program's numbers are near 1.
struct Scale {
    energy: f64,
    price: f64,
    reactance: f64,
    voltage: f64,
}

impl Scale {
    fn of(mesh: &Mesh, steps: &[Group]) -> Self {
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value.abs(), count + 1.0));
            if sum > 0.0 { sum / count } else { 1.0 }
        };
        Self {
            energy: mean(&mut steps.iter().map(|step| step.quantity)),
            price: mean(&mut steps.iter().map(|step| step.price)),
            reactance: mean(&mut mesh.lines().iter().map(|line| f64::from(line.reactance))),
            voltage: mean(&mut mesh.voltage_rows().flat_map(|row| row.lines).map(|(.., k)| k as f64)),
        }
    }
}

/// Entries of a matrix by row and column.
#[derive(Default)]
struct Triplets {
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

impl Triplets {
    fn push(&mut self, row: usize, column: usize, value: f64) {
        self.rows.push(row);
        self.columns.push(column);
        self.values.push(value);
    }
}

/// Primal and dual solution.
fn run(
    columns: usize,
    costs: &[f64],
    matrix: Triplets,
    bounds: &[f64],
    cones: &[SupportedConeT<f64>],
) -> Result<(Vec<f64>, Vec<f64>), SolverError> {
    let quadratic = CscMatrix::zeros((columns, columns));
    let matrix = CscMatrix::new_from_triplets(bounds.len(), columns, matrix.rows, matrix.columns, matrix.values);
    let mut last = String::new();
    // Refining every step of the linear algebra takes as long again and is seldom needed.
    for iterative_refinement_enable in [false, true] {
        let settings = DefaultSettings {
            verbose: false,
            max_iter: MAX_STEPS,
            presolve_enable: false,
            tol_gap_abs: ACCURACY,
            tol_gap_rel: ACCURACY,
            tol_feas: ACCURACY,
            iterative_refinement_enable,
            ..DefaultSettings::default()
        };
        let failed = |status: String| SolverError::Program { status };
        let mut solver = DefaultSolver::new(&quadratic, costs, &matrix, bounds, cones, settings)
            .map_err(|error| failed(error.to_string()))?;
        solver.solve();
        let status = solver.solution.status;
        let solved = matches!(status, SolverStatus::Solved);
        // The last digits may be out of reach; verification says whether what was reached is enough.
        let nearly = matches!(status, SolverStatus::AlmostSolved | SolverStatus::InsufficientProgress);
        if solved || (nearly && iterative_refinement_enable) {
            return Ok((solver.solution.x, solver.solution.z));
        }
        last = format!("{status:?}");
    }
    Err(SolverError::Program { status: last })
}
