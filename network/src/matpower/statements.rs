//! The text of a MATPOWER file as statements, comments and continuations taken out.
use crate::case::CaseError;

/// A statement and the line of the file where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub line: usize,
    pub text: String,
}

/// Splits at `;` and at ends of lines, both outside brackets; inside them an end of line stays.
///
/// # Errors
/// [`CaseError::Unclosed`].
pub fn statements(text: &str) -> Result<Vec<Statement>, CaseError> {
    let mut done = Vec::new();
    let mut open = Open::default();
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let (code, continued) = code(line);
        for letter in code.chars() {
            open.take(letter, number, &mut done);
        }
        if !continued {
            open.take('\n', number, &mut done);
        }
    }
    if let Some(&line) = open.brackets.last() {
        return Err(CaseError::Unclosed { line });
    }
    open.end(&mut done);
    Ok(done)
}

/// The part of a line before a comment or a continuation, and whether it goes on in the next line.
fn code(line: &str) -> (&str, bool) {
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        let rest = line.get(at..).unwrap_or("");
        let before = line.get(..at).unwrap_or("");
        match letter {
            '\'' => quoted = !quoted,
            '%' if !quoted => return (before, false),
            '.' if !quoted && rest.starts_with("...") => return (before, true),
            _ => {}
        }
    }
    (line, false)
}

/// The statement being read.
#[derive(Default)]
struct Open {
    text: String,
    line: usize,
    /// Line of each bracket that is open.
    brackets: Vec<usize>,
    quoted: bool,
}

impl Open {
    fn take(&mut self, letter: char, line: usize, done: &mut Vec<Statement>) {
        // A text does not go over the end of a line.
        self.quoted = letter != '\n' && (self.quoted != (letter == '\''));
        if !self.quoted {
            match letter {
                '[' | '{' => self.brackets.push(line),
                ']' | '}' => {
                    self.brackets.pop();
                }
                ';' | '\n' if self.brackets.is_empty() => return self.end(done),
                _ => {}
            }
        }
        if self.text.is_empty() {
            if letter.is_whitespace() {
                return;
            }
            self.line = line;
        }
        self.text.push(letter);
    }

    fn end(&mut self, done: &mut Vec<Statement>) {
        let text = std::mem::take(&mut self.text).trim().to_owned();
        if !text.is_empty() {
            done.push(Statement { line: self.line, text });
        }
    }
}

/// The numbers between the brackets of a statement, row by row.
///
/// # Errors
/// [`CaseError::Number`].
pub fn matrix(statement: &Statement, inside: &str) -> Result<Vec<Vec<f64>>, CaseError> {
    let mut rows = Vec::new();
    let mut line = statement.line;
    for text in inside.split_inclusive(['\n', ';']) {
        let cells = text.trim_end_matches(['\n', ';']).split([' ', '\t', ',', '\r']);
        let cells = cells.filter(|cell| !cell.is_empty()).map(|cell| {
            number(cell).ok_or_else(|| CaseError::Number {
                line,
                text: cell.to_owned(),
            })
        });
        let cells: Vec<f64> = cells.collect::<Result<_, _>>()?;
        if !cells.is_empty() {
            rows.push(cells);
        }
        line = line.saturating_add(usize::from(text.ends_with('\n')));
    }
    Ok(rows)
}

/// A number as MATLAB writes it.
pub fn number(text: &str) -> Option<f64> {
    match text {
        "Inf" | "inf" | "+Inf" => Some(f64::INFINITY),
        "-Inf" | "-inf" => Some(f64::NEG_INFINITY),
        "NaN" | "nan" => Some(f64::NAN),
        // Rust's parser also takes words; MATLAB's numbers have digits, a point, an exponent and signs.
        _ if text
            .chars()
            .all(|letter| letter.is_ascii_digit() || ".eE+-".contains(letter)) =>
        {
            text.parse().ok()
        }
        _ => None,
    }
}
