//! Names and the positions that stand for them.
use std::collections::HashMap;

use thiserror::Error;

/// A list of different names, each with its position.
#[derive(Clone, Debug, Default)]
pub struct Names {
    list: Vec<String>,
    position: HashMap<String, usize>,
    /// Where in the file the names stand: the path of one is `prefix[i]suffix`.
    prefix: String,
    suffix: &'static str,
}

/// A name that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {name:?} is taken by {first}; names must differ")]
pub struct Taken {
    /// Path of the name.
    pub field: String,
    /// The name.
    pub name: String,
    /// Path of the first that has it.
    pub first: String,
}

impl Names {
    /// No names yet; the path of one in the file is `prefix[i]suffix`.
    pub fn at(prefix: impl Into<String>, suffix: &'static str) -> Self {
        Self {
            prefix: prefix.into(),
            suffix,
            ..Self::default()
        }
    }

    /// Adds a name.
    ///
    /// # Errors
    /// [`Taken`] when it is there already.
    pub fn add(&mut self, name: String) -> Result<(), Taken> {
        let path = |index: usize| format!("{}[{index}]{}", self.prefix, self.suffix);
        if let Some(&first) = self.position.get(&name) {
            return Err(Taken {
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
