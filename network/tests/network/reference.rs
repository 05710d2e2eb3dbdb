//! Comparison with power flows of others: what it finds, and what it refuses.
use busbar_network::reference::{Quantity, ReferenceError, compare};
use serde_json::{Value, json};

use crate::{data, matpower};

#[test]
fn every_entry_of_the_case_is_compared() {
    let found = compare(&matpower("case9"), &data("reference/dcopf_reference.json")).unwrap();
    let scales: Vec<Option<f64>> = found.iter().map(|one| one.rating_scale).collect();
    assert_eq!(scales, [Some(1.0), Some(0.5)]);
    assert!(
        found
            .iter()
            .all(|one| one.quantity == Quantity::DcFlowMw && one.values == 9 && one.largest < 1e-4)
    );
    let found = compare(&matpower("case69"), &data("reference/radial_reference.json")).unwrap();
    let quantities: Vec<Quantity> = found.iter().map(|one| one.quantity).collect();
    assert_eq!(quantities, [Quantity::LinDistFlowPu, Quantity::AcVoltagePu]);
    assert!(found[0].largest < 1e-5);
    assert_eq!(
        (format!("{:.5}", found[1].largest), found[1].at.as_str()),
        ("0.00388".to_owned(), "65")
    );
}

#[test]
fn the_largest_difference_is_named() {
    let mut file: Value = serde_json::from_str(&data("reference/radial_reference.json")).unwrap();
    let voltage = &mut file["results"][0]["lindistflow"]["vm"]["7"];
    *voltage = json!(voltage.as_f64().unwrap() + 0.5);
    let found = compare(&matpower("case33bw"), &file.to_string()).unwrap();
    assert_eq!(
        (found[0].at.as_str(), format!("{:.4}", found[0].largest)),
        ("7", "0.5000".to_owned())
    );
}

#[test]
fn references_that_say_nothing_of_the_case() {
    let refused = |case: &str, reference: Value| compare(&matpower(case), &reference.to_string()).unwrap_err();
    let error = compare(&matpower("case118"), &data("reference/dcopf_reference.json")).unwrap_err();
    assert!(matches!(error, ReferenceError::UnknownCase { .. }));
    assert_eq!(
        error.to_string(),
        "the reference has no case \"case118\"; it has: case5, case9, case14, case30"
    );
    assert!(matches!(
        refused("case9", json!({"cases": []})),
        ReferenceError::Form(_)
    ));
    let error = refused("case9", json!({"results": [{"case": "case9", "objective": 1}]}));
    assert!(matches!(error, ReferenceError::Empty { .. }));
    for (dispatch, flows, kind) in [
        (
            json!({"9": 1}),
            json!({}),
            "generator 9 of the dispatch does not exist or is out of service",
        ),
        (
            json!({"one": 1}),
            json!({}),
            "the reference names generator \"one\", which case \"case9\" does not have",
        ),
        (
            json!({"1": 1}),
            json!({"1:1-9": 1}),
            "the reference names branch \"1:1-9\", which case \"case9\" does not have",
        ),
    ] {
        let error = refused(
            "case9",
            json!({"results": [{"case": "case9", "Pg_MW": dispatch, "flow_MW": flows}]}),
        );
        assert_eq!(error.to_string(), kind);
    }
    let error = refused(
        "case33bw",
        json!({"results": [{"case": "case33bw", "ac": {"vm": {"99": 1}}}]}),
    );
    assert_eq!(
        error.to_string(),
        "the reference names bus \"99\", which case \"case33bw\" does not have"
    );
    let error = refused("case9", json!({"results": [{"case": "case9", "ac": {"vm": {"1": 1}}}]}));
    assert!(matches!(error, ReferenceError::Flow(_)), "{error:?}");
}
