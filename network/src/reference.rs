//! Comparison with power flows that others computed.
//!
//! Two forms of file are read. DC: `{"results": [{"case", "rateA_scale", "Pg_MW": {"1": ..}, "flow_MW": {"1:1-2": ..}}]}`,
//! flows at a dispatch by position of the generator. Radial: `{"results": [{"case", "ac": {"vm": {"2": ..}},
//! "lindistflow": {"vm": {"2": ..}}}]}`, voltages by bus at the case's own loads.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::case::{Case, CaseError};
use crate::flow::{FlowError, dc, lindistflow};

/// Why there is nothing to compare with.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// The file is not in a known form.
    #[error("the reference is not in a known form: {0}")]
    Form(#[from] serde_json::Error),
    /// The file does not have the case.
    #[error("the reference has no case {case:?}; it has: {known}")]
    UnknownCase {
        /// Name of the case.
        case: String,
        /// Names in the file.
        known: String,
    },
    /// An entry has neither flows nor voltages.
    #[error("the reference has neither flow_MW with Pg_MW nor vm for case {case:?}")]
    Empty {
        /// Name of the case.
        case: String,
    },
    /// A generator, branch or bus that the case does not have.
    #[error("the reference names {kind} {name:?}, which case {case:?} does not have")]
    Unknown {
        /// Name of the case.
        case: String,
        /// `generator`, `branch` or `bus`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The case does not have the reference's dispatch.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The case has no such flow.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// DC flows in MW, at the reference's dispatch.
    DcFlowMw,
    /// LinDistFlow voltages in p.u.
    LinDistFlowPu,
    /// LinDistFlow voltages against those of an AC power flow, in p.u.
    AcVoltagePu,
}

/// The largest difference of one quantity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What is compared.
    pub quantity: Quantity,
    /// How many values are.
    pub values: usize,
    /// Largest absolute difference, in the unit of the quantity.
    pub largest: f64,
    /// Branch or bus where it is.
    pub at: String,
    /// Multiple of the ratings at which the reference found its dispatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_scale: Option<f64>,
}

#[derive(Deserialize)]
struct File {
    results: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    case: String,
    #[serde(rename = "rateA_scale")]
    rating_scale: Option<f64>,
    #[serde(rename = "Pg_MW")]
    dispatch: Option<BTreeMap<String, f64>>,
    #[serde(rename = "flow_MW")]
    flows: Option<BTreeMap<String, f64>>,
    ac: Option<Voltages>,
    lindistflow: Option<Voltages>,
}

#[derive(Deserialize)]
struct Voltages {
    vm: BTreeMap<String, f64>,
}

/// Compares a case with every entry of its name in a reference.
///
/// # Errors
/// [`ReferenceError`].
pub fn compare(case: &Case, reference: &str) -> Result<Vec<Comparison>, ReferenceError> {
    let file: File = serde_json::from_str(reference)?;
    let mut done = Vec::new();
    let mut known = false;
    for entry in file.results.iter().filter(|entry| entry.case == case.name) {
        known = true;
        if let (Some(dispatch), Some(flows)) = (&entry.dispatch, &entry.flows) {
            let found = dc(&case.dispatched(&positions(case, dispatch)?)?)?;
            let names = case.branches.iter().map(|branch| branch.id.as_str()).zip(found);
            let mut one = largest(case, Quantity::DcFlowMw, "branch", names, flows)?;
            one.rating_scale = entry.rating_scale;
            done.push(one);
        }
        for (quantity, voltages) in [
            (Quantity::LinDistFlowPu, &entry.lindistflow),
            (Quantity::AcVoltagePu, &entry.ac),
        ] {
            if let Some(Voltages { vm }) = voltages {
                let names = case.buses.iter().map(|bus| bus.name.as_str()).zip(lindistflow(case)?);
                done.push(largest(case, quantity, "bus", names, vm)?);
            }
        }
    }
    if !known {
        let mut names: Vec<&str> = file.results.iter().map(|entry| entry.case.as_str()).collect();
        names.dedup();
        return Err(ReferenceError::UnknownCase {
            case: case.name.clone(),
            known: names.join(", "),
        });
    }
    if done.is_empty() {
        return Err(ReferenceError::Empty {
            case: case.name.clone(),
        });
    }
    Ok(done)
}

fn positions(case: &Case, dispatch: &BTreeMap<String, f64>) -> Result<BTreeMap<usize, f64>, ReferenceError> {
    let position = |(name, &mw): (&String, &f64)| match name.parse() {
        Ok(position) => Ok((position, mw)),
        Err(_) => Err(ReferenceError::Unknown {
            case: case.name.clone(),
            kind: "generator",
            name: name.clone(),
        }),
    };
    dispatch.iter().map(position).collect()
}

fn largest<'a>(
    case: &Case,
    quantity: Quantity,
    kind: &'static str,
    found: impl Iterator<Item = (&'a str, f64)>,
    expected: &BTreeMap<String, f64>,
) -> Result<Comparison, ReferenceError> {
    let found: BTreeMap<&str, f64> = found.collect();
    let mut comparison = Comparison {
        quantity,
        values: expected.len(),
        largest: 0.0,
        at: String::new(),
        rating_scale: None,
    };
    for (name, value) in expected {
        let found = found.get(name.as_str()).ok_or_else(|| ReferenceError::Unknown {
            case: case.name.clone(),
            kind,
            name: name.clone(),
        })?;
        let difference = (found - value).abs();
        // A difference that is no number is the largest.
        if difference > comparison.largest || difference.is_nan() || comparison.at.is_empty() {
            comparison.largest = difference;
            comparison.at.clone_from(name);
        }
    }
    Ok(comparison)
}
