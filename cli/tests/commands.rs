//! The command line as a whole: help, exit codes, completions, benchmark.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod support;

use support::busbar;

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let run = busbar(&["--help"], "");
    assert_eq!(run.code, 0);
    for part in ["clear", "bench", "completions", "Exit codes: 0 done, 1 failed, 2"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let run = busbar(&["clear", "--help"], "");
    assert!(
        run.stdout.contains("capacity_back_wh") && run.stdout.contains("millionths"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_wrong_command_line_is_exit_code_two() {
    for wrong in [
        &["clear"][..],
        &["no-such-command"],
        &["bench", "clear", "--orders", "0"],
        &["clear", "a", "--yaml"],
    ] {
        let run = busbar(wrong, "");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{wrong:?}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = busbar(&["completions", shell], "");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(
            run.stdout.contains("busbar") && run.stdout.contains("completions"),
            "{shell}"
        );
    }
}

#[test]
fn the_benchmark_reports_what_it_did() {
    let options = [
        "bench", "clear", "--orders", "20", "--buses", "5", "--runs", "3", "--json",
    ];
    let figures = busbar(&options, "").json();
    assert_eq!(
        (&figures["orders"], &figures["buses"], &figures["runs"]),
        (&40.into(), &5.into(), &3.into())
    );
    let [min, median, max] = ["min_ns", "median_ns", "max_ns"].map(|field| figures[field].as_u64().unwrap());
    assert!(0 < min && min <= median && median <= max, "{figures}");
    assert!(figures["verification_permille"].as_u64().unwrap() <= 1000);
    let text = busbar(&["bench", "clear", "--orders", "20", "--runs", "3"], "").stdout;
    assert!(
        text.starts_with("40 orders on 1 bus: median ") && text.contains("% verification"),
        "{text}"
    );
}
