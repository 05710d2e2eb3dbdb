//! The import: what it refuses, and what it says then.
use busbar_network::import::{ImportError, Options, import};
use busbar_network::{Case, CaseError, Form, Kind};

use crate::{case, data, matpower};

fn options() -> Options {
    Options {
        rating_w: Some(5_000_000),
        ..Options::default()
    }
}

fn refused(case: &Case, options: &Options) -> ImportError {
    import(case, options, None).unwrap_err()
}

#[test]
fn options_out_of_bounds() {
    let base = options();
    for (options, message) in [
        (
            Options {
                voltage_margin_pu: -0.001,
                ..base
            },
            "--voltage-margin-pu: -0.001 is out of bounds, must be 0 to 0.1",
        ),
        (
            Options {
                voltage_min_pu: 1.01,
                ..base
            },
            "--voltage-min-pu: 1.01 is out of bounds, must be 0.5 to 1",
        ),
        (
            Options {
                voltage_max_pu: 0.99,
                ..base
            },
            "--voltage-max-pu: 0.99 is out of bounds, must be 1 to 1.5",
        ),
        (
            Options {
                power_factor: 0.49,
                ..base
            },
            "--power-factor: 0.49 is out of bounds, must be 0.5 to 1",
        ),
        (
            Options {
                power_factor: 1.01,
                ..base
            },
            "--power-factor: 1.01 is out of bounds, must be 0.5 to 1",
        ),
        (
            Options {
                rating_scale: 0.0,
                ..base
            },
            "--rating-scale: 0 is out of bounds, must be 0.001 to 1000",
        ),
        (
            Options {
                rating_w: Some(0),
                ..base
            },
            "--rating-w: 0 is out of bounds, must be 1 to 1000000000000",
        ),
        (
            Options {
                loss_margin: 0.51,
                ..base
            },
            "--loss-margin: 0.51 is out of bounds, must be 0 to 0.5",
        ),
        (
            Options {
                peak_to_mean: 0.9,
                ..base
            },
            "--peak-to-mean: 0.9 is out of bounds, must be 1 to 10",
        ),
        (
            Options {
                peak_to_mean: f64::NAN,
                ..base
            },
            "--peak-to-mean: NaN is out of bounds, must be 1 to 10",
        ),
        (
            Options { interval_s: 59, ..base },
            "--interval-s: 59 is out of bounds, must be 60 to 86400",
        ),
    ] {
        let error = refused(&matpower("case9"), &options);
        assert!(matches!(error, ImportError::Option { .. }), "{error:?}");
        assert_eq!(error.to_string(), message);
    }
    let widest = Options {
        voltage_margin_pu: 0.0,
        voltage_min_pu: 0.5,
        voltage_max_pu: 1.5,
        power_factor: 0.5,
        rating_scale: 1000.0,
        rating_w: Some(1_000_000_000_000),
        loss_margin: 0.5,
        peak_to_mean: 10.0,
        interval_s: 86_400,
        voltage: true,
    };
    assert!(import(&matpower("case33bw"), &widest, None).is_ok());
}

#[test]
fn capacities_that_the_market_cannot_have() {
    let error = refused(
        &matpower("case33bw"),
        &Options {
            rating_w: None,
            ..options()
        },
    );
    assert!(matches!(error, ImportError::NoRating { .. }));
    assert_eq!(
        error.to_string(),
        "branch 1:1-2 has no rating, and 31 others; give those without one a rating by --rating-w"
    );
    let error = refused(
        &matpower("case33bw"),
        &Options {
            rating_w: Some(1),
            ..options()
        },
    );
    assert!(matches!(error, ImportError::Capacity { .. }));
    assert!(
        error
            .to_string()
            .ends_with("Wh per interval is out of bounds, must be 1 to 1152921504606846976"),
        "{error}"
    );
    let mut huge = matpower("case9");
    huge.branches[0].rating_mva = Some(1e15);
    assert!(matches!(refused(&huge, &options()), ImportError::Capacity { .. }));
}

#[test]
fn impedances_that_the_market_cannot_have() {
    let mut looped = matpower("case9");
    looped.branches[1].x_pu = 0.0;
    assert_eq!(
        refused(&looped, &options()).to_string(),
        "branch 2:4-5: reactance is 0 p.u., must be above 0"
    );
    looped.branches[1].x_pu = -0.1;
    assert!(matches!(refused(&looped, &options()), ImportError::Impedance { .. }));
    let mut feeder = matpower("case33bw");
    feeder.branches[3].r_pu = -0.001;
    assert_eq!(
        refused(&feeder, &options()).to_string(),
        "branch 4:4-5: resistance is -0.001 p.u., must be 0 or above"
    );
    let mut wide = matpower("case9");
    wide.branches[1].x_pu = 1e9;
    assert!(matches!(refused(&wide, &options()), ImportError::Span { .. }));
    let mut narrow = matpower("case9");
    narrow.branches[1].x_pu = 1e-12;
    let error = refused(&narrow, &options());
    assert!(matches!(error, ImportError::Span { .. }), "{error:?}");
}

#[test]
fn a_phase_shift_around_a_loop_is_refused_and_one_beside_it_is_not() {
    let mut case = matpower("case9");
    case.branches[0].shift_rad = 0.5;
    assert!(import(&case, &options(), None).is_ok());
    case.branches[1].shift_rad = 0.1;
    let error = refused(&case, &options());
    assert!(matches!(error, ImportError::PhaseShift { .. }));
    assert!(
        error
            .to_string()
            .starts_with("the loop that branch 6:7-8 closes has a phase shift of "),
        "{error}"
    );
}

#[test]
fn limits_of_voltage_that_leave_nothing() {
    let mut case = matpower("case33bw");
    case.buses[4].limits_pu = Some((0.995, 1.1));
    let error = refused(&case, &options());
    assert!(matches!(error, ImportError::VoltageLimits { .. }));
    assert_eq!(
        error.to_string(),
        "bus 5: without flow it has 1 p.u., outside its limits with margin, 1.005 to 1.09; choose a smaller \
         --voltage-margin-pu, other limits, or --no-voltage"
    );
    let no_voltage = Options {
        voltage: false,
        ..options()
    };
    assert!(import(&case, &no_voltage, None).is_ok());
}

#[test]
fn islands_and_references_of_other_cases() {
    let mut case = matpower("case33bw");
    case.branches.pop();
    assert!(matches!(
        refused(&case, &options()),
        ImportError::Case(CaseError::Island { .. })
    ));
    let text = data("reference/dcopf_reference.json");
    let error = import(&matpower("case33bw"), &options(), Some(&text)).unwrap_err();
    assert!(matches!(error, ImportError::Reference(_)));
}

#[test]
fn files_are_known_by_their_content() {
    assert_eq!(
        Kind::of("function mpc = a\nmpc.bus = [];").unwrap(),
        Kind::Case(Form::MatpowerM)
    );
    assert_eq!(Kind::of(&data("european-lv/network.json")).unwrap(), Kind::NetworkFile);
    assert_eq!(case("pandapower/mv_oberrhein.json").form, Form::Pandapower);
    for text in ["", "a,b\n1,2", "{}", "{\"root\": 1}"] {
        assert!(matches!(Kind::of(text).unwrap_err(), CaseError::Form(_)), "{text}");
    }
    assert!(matches!(Kind::of("{").unwrap_err(), CaseError::Json(_)));
}
