//! The crate from outside: files as users have them, laws on random networks.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation
)]
mod broken;
mod derate;
mod file;
mod flow;
mod import;
mod import_refused;
mod matpower;
mod pandapower;
mod random;
mod reference;
mod region;

use busbar_network::{Case, Form, Kind};

/// A file of the repository's networks.
fn data(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../data/networks/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A case of the repository's networks, in the form that its content shows.
fn case(name: &str) -> Case {
    let text = data(name);
    let Kind::Case(form) = Kind::of(&text).unwrap() else {
        panic!("{name} is no case")
    };
    Case::parse(&text, form).unwrap()
}

/// A MATPOWER case by its name.
fn matpower(name: &str) -> Case {
    let case = case(&format!("matpower/{name}.json"));
    assert_eq!((case.name.as_str(), case.form), (name, Form::MatpowerJson));
    case
}
