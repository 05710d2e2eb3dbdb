//! Files by their content.
use serde_json::{Map, Value};

use crate::case::{Case, CaseError, Form};
use crate::{matpower, pandapower};

/// What a text is by the look of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A power-flow case.
    Case(Form),
    /// The market's own network file.
    NetworkFile,
}

impl Kind {
    /// Recognises a text by its content.
    ///
    /// # Errors
    /// [`CaseError::Json`] for a text that starts like JSON and is none, [`CaseError::Form`] for what is no network.
    pub fn of(text: &str) -> Result<Self, CaseError> {
        let unknown = "it must be MATPOWER (.m, or JSON with baseMVA, bus, gen, branch), pandapower JSON (with _object), \
                       or a network file (JSON with root, buses, lines)";
        if !text.trim_start().starts_with('{') {
            return match text.contains("mpc.") {
                true => Ok(Self::Case(Form::MatpowerM)),
                false => Err(CaseError::Form(unknown)),
            };
        }
        let file: Map<String, Value> = serde_json::from_str(text)?;
        if file.contains_key("_object") {
            Ok(Self::Case(Form::Pandapower))
        } else if file.contains_key("baseMVA") || (file.contains_key("bus") && file.contains_key("branch")) {
            Ok(Self::Case(Form::MatpowerJson))
        } else if file.contains_key("root") && file.contains_key("buses") {
            Ok(Self::NetworkFile)
        } else {
            Err(CaseError::Form(unknown))
        }
    }
}

impl Case {
    /// Reads a case in a given form. Numbers are checked where they stand; [`Case::graph`] finds islands.
    ///
    /// # Errors
    /// [`CaseError`] names the table, row and column or the line of the file.
    pub fn parse(text: &str, form: Form) -> Result<Self, CaseError> {
        match form {
            Form::MatpowerJson => matpower::json::read(text),
            Form::MatpowerM => matpower::m::read(text),
            Form::Pandapower => pandapower::read(text),
        }
    }
}
