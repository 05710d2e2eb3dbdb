//! Names and the positions that stand for them.
use std::collections::HashMap;

use super::error::InputError;

/// A list of different names, each with its position.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<String>,
    position: HashMap<String, usize>,
    /// Where in the file the names stand: the path of one is `prefix[i]suffix`.
    prefix: &'static str,
    suffix: &'static str,
}

impl Names {
    /// No names yet; the path of one in the file is `prefix[i]suffix`.
    pub fn at(prefix: &'static str, suffix: &'static str) -> Self {
        Self {
            prefix,
            suffix,
            ..Self::default()
        }
    }

    /// Adds a name, unless it is taken.
    pub fn add(&mut self, name: String) -> Result<(), InputError> {
        let path = |index: usize| format!("{}[{index}]{}", self.prefix, self.suffix);
        if let Some(&first) = self.position.get(&name) {
            return Err(InputError::Duplicate {
                field: path(self.list.len()),
                name,
                first: path(first),
            });
        }
        self.position.insert(name.clone(), self.list.len());
        self.list.push(name);
        Ok(())
    }

    /// The position of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.position.get(name).copied()
    }

    /// The name at a position; positions come from these names.
    pub fn name(&self, position: usize) -> &str {
        self.list.get(position).map_or("", String::as_str)
    }

    /// All names in order.
    pub fn all(&self) -> &[String] {
        &self.list
    }
}
