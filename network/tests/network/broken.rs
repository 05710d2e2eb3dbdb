//! Broken files: an error, never a panic, whatever is in them.
use busbar_network::flow::{dc, lindistflow};
use busbar_network::import::{Options, import};
use busbar_network::{Case, Kind, NetworkFile};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::data;

/// Cuts of a text and what stands in their place.
#[derive(Clone, Debug)]
struct Cut {
    at: Index,
    length: usize,
    text: &'static str,
}

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let texts = vec![
        "",
        "0",
        "1",
        "-1",
        "2",
        "1e308",
        "-1e308",
        "1e-308",
        "null",
        "NaN",
        "Inf",
        "\"\"",
        "[]",
        "{}",
        "true",
        ",",
        ";",
        "[",
        "]",
        "%",
        "'",
        "...",
        "\n",
        "999999999999999999999",
    ];
    let cut = (any::<Index>(), 0..6usize, prop::sample::select(texts));
    prop::collection::vec(cut.prop_map(|(at, length, text)| Cut { at, length, text }), 1..4)
}

/// The text with its cuts. With `numbers`, each takes the place of a whole number of the text, so that it stays well formed.
fn broken(text: &str, cuts: &[Cut], numbers: bool) -> String {
    let mut text = text.to_owned();
    for cut in cuts {
        let bytes = text.as_bytes();
        let is_number = |at: &usize| bytes[*at].is_ascii_digit() || bytes[*at] == b'.';
        let mut start = cut.at.index(bytes.len());
        let mut end = (start + cut.length).min(bytes.len());
        if numbers {
            start = (start..bytes.len()).find(is_number).unwrap_or(start);
            end = (start..bytes.len()).find(|at| !is_number(at)).unwrap_or(start);
        }
        // Between characters: the files are ASCII but for the cuts.
        if text.is_char_boundary(start) && text.is_char_boundary(end) {
            text.replace_range(start..end, cut.text);
        }
    }
    text
}

/// Goes as far as it can with a text.
fn use_up(text: &str) {
    let options = Options {
        rating_w: Some(1_000_000),
        ..Options::default()
    };
    match Kind::of(text) {
        Ok(Kind::Case(form)) => {
            if let Ok(case) = Case::parse(text, form) {
                let _ = (dc(&case), lindistflow(&case));
                if let Ok(import) = import(&case, &options, None) {
                    // What comes out is always a valid file.
                    assert_eq!(NetworkFile::parse(&import.network.to_json()).unwrap(), import.network);
                }
            }
        }
        Ok(Kind::NetworkFile) => {
            let _ = NetworkFile::parse(text);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A small case file.
const M: &str = "function mpc = small\nmpc.version = '2';\nmpc.baseMVA = 10;\nmpc.bus = [\n\t1 3 0 0 0 0 1 1 0 12.66 1 1 1;\n\
                 \t2 1 100 60 0 0 1 1 0 12.66 1 1.1 0.9;\n];\nmpc.gen = [ 1 0 0 10 -10 1 100 1 10 0 ];\nmpc.branch = [\n\
                 \t1 2 0.0922 0.047 0 0 0 0 0 0 1 -360 360;\n];\nVbase = mpc.bus(1, BASE_KV) * 1e3;\n\
                 Sbase = mpc.baseMVA * 1e6;\nmpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\n";

proptest! {
    #[test]
    fn matpower_json(cuts in cuts(), numbers: bool) {
        for name in ["case5", "case33bw"] {
            use_up(&broken(&data(&format!("matpower/{name}.json")), &cuts, numbers));
        }
    }

    #[test]
    fn matpower_m(cuts in cuts(), numbers: bool) {
        use_up(&broken(M, &cuts, numbers));
    }

    #[test]
    fn network_files(cuts in cuts(), numbers: bool) {
        let text = r#"{"root": "1", "buses": ["1", "2"], "lines": [{"id": "3", "from": "1", "to": "2", "capacity_wh": 5,
            "reactance": 6, "resistance": 7, "derated_wh": 4}], "voltage": {"base_wh": 9, "tan_phi_ppm": 8,
            "root_ppm": 1000000, "limits": {"2": {"min_ppm": 900000, "max_ppm": 1100000}}}}"#;
        use_up(&broken(text, &cuts, numbers));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pandapower(cuts in cuts(), numbers: bool) {
        use_up(&broken(&data("pandapower/mv_oberrhein.json"), &cuts, numbers));
    }
}
