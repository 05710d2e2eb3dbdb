use thiserror::Error;

/// Why a JSON text cannot be read. `field` is the path inside the text, such as `lines[3].from`.
#[derive(Debug, Error)]
pub enum JsonError {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Syntax(serde_json::Error),
    /// A value of another kind than its field holds.
    #[error("{field}: must be {expected}, is {found}")]
    Kind {
        /// Path.
        field: String,
        /// The kind that belongs there.
        expected: &'static str,
        /// The kind that stands there and the beginning of the value.
        found: String,
    },
    /// A number with a fraction or an exponent.
    #[error("{field}: {text} must be a whole number, written without fraction or exponent")]
    NotWhole {
        /// Path.
        field: String,
        /// The number as written.
        text: String,
    },
    /// A number outside its bounds.
    #[error("{field}: {value} is out of bounds, must be {min} to {max}")]
    Bounds {
        /// Path.
        field: String,
        /// The number as written.
        value: String,
        /// The least there may be.
        min: i128,
        /// The most there may be.
        max: i128,
    },
    /// A field that has to be there.
    #[error("{field}: missing")]
    Missing {
        /// Path.
        field: String,
    },
    /// A field twice in one object.
    #[error("{field}: given twice")]
    Twice {
        /// Path.
        field: String,
    },
    /// A field that nothing reads, perhaps misspelt.
    #[error("{field}: unknown field; known here: {known}")]
    Unknown {
        /// Path.
        field: String,
        /// The fields that are read there.
        known: String,
    },
}
