//! JSON with nothing dropped: every value knows its path, numbers keep their text, a field that stands twice or that
//! nothing reads is an error.
mod error;

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

pub use error::JsonError;

/// A value of the text and where it stands.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    path: String,
    raw: &'a RawValue,
}

/// An object of the text; fields leave it as they are read.
#[derive(Debug)]
pub struct Object<'a> {
    path: String,
    fields: Vec<(String, &'a RawValue)>,
    known: Vec<&'static str>,
}

/// Checks that `text` is one JSON value.
///
/// # Errors
/// [`JsonError::Syntax`].
pub fn document(text: &str) -> Result<Value<'_>, JsonError> {
    let raw = serde_json::from_str(text).map_err(JsonError::Syntax)?;
    Ok(Value {
        path: String::new(),
        raw,
    })
}

/// The path of a field inside the value at `parent`.
pub fn field(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

impl<'a> Value<'a> {
    /// Where it stands, such as `orders[3].price`; empty for the whole text.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn shown_path(&self) -> String {
        if self.path.is_empty() {
            "the file".to_owned()
        } else {
            self.path.clone()
        }
    }

    fn kind(&self) -> &'static str {
        match self.raw.get().as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        }
    }

    fn of_kind(&self, expected: &'static str) -> Result<(), JsonError> {
        if self.kind() == expected {
            return Ok(());
        }
        // Long values do not help: name the kind and the beginning.
        let shown: String = self.raw.get().chars().take(24).collect();
        Err(JsonError::Kind {
            field: self.shown_path(),
            expected,
            found: format!("{}: {shown}", self.kind()),
        })
    }

    fn parse<T: serde::Deserialize<'a>>(&self) -> Result<T, JsonError> {
        serde_json::from_str(self.raw.get()).map_err(JsonError::Syntax)
    }

    /// A list.
    ///
    /// # Errors
    /// [`JsonError::Kind`] for anything else.
    pub fn list(&self) -> Result<Vec<Value<'a>>, JsonError> {
        self.of_kind("a list")?;
        let items: Vec<&'a RawValue> = self.parse()?;
        let at = |(index, raw)| Value {
            path: format!("{}[{index}]", self.path),
            raw,
        };
        Ok(items.into_iter().enumerate().map(at).collect())
    }

    /// A text.
    ///
    /// # Errors
    /// [`JsonError::Kind`] for anything else.
    pub fn text(&self) -> Result<String, JsonError> {
        self.of_kind("a text")?;
        self.parse()
    }

    /// A whole number within bounds.
    ///
    /// # Errors
    /// [`JsonError::Kind`], [`JsonError::NotWhole`], [`JsonError::Bounds`].
    pub fn whole<T: TryFrom<i128>>(&self, min: T, max: T) -> Result<T, JsonError>
    where
        i128: From<T>,
    {
        self.of_kind("a number")?;
        let text = self.raw.get();
        if text.contains(['.', 'e', 'E']) {
            return Err(JsonError::NotWhole {
                field: self.shown_path(),
                text: text.to_owned(),
            });
        }
        let (min, max) = (i128::from(min), i128::from(max));
        let value = text.parse().ok().filter(|value| (min..=max).contains(value));
        value
            .and_then(|value| T::try_from(value).ok())
            .ok_or_else(|| JsonError::Bounds {
                field: self.shown_path(),
                value: text.to_owned(),
                min,
                max,
            })
    }

    /// An object, no field of it twice.
    ///
    /// # Errors
    /// [`JsonError::Kind`], [`JsonError::Twice`].
    pub fn object(&self) -> Result<Object<'a>, JsonError> {
        self.of_kind("an object")?;
        let mut deserializer = serde_json::Deserializer::from_str(self.raw.get());
        let fields = deserializer.deserialize_map(Fields).map_err(JsonError::Syntax)?;
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        }) {
            return Err(JsonError::Twice {
                field: field(&self.path, twice),
            });
        }
        Ok(Object {
            path: self.path.clone(),
            fields,
            known: Vec::new(),
        })
    }
}

impl<'a> Object<'a> {
    /// Where it stands; empty for the whole text.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A field that may be absent or null.
    pub fn optional(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.known.push(name);
        let index = self.fields.iter().position(|(field, _)| field == name)?;
        let (_, raw) = self.fields.remove(index);
        (raw.get() != "null").then(|| Value {
            path: field(&self.path, name),
            raw,
        })
    }

    /// A field that has to be there.
    ///
    /// # Errors
    /// [`JsonError::Missing`].
    pub fn required(&mut self, name: &'static str) -> Result<Value<'a>, JsonError> {
        self.optional(name).ok_or_else(|| JsonError::Missing {
            field: field(&self.path, name),
        })
    }

    /// Refuses what was not asked for: a misspelt option must not pass as absent.
    ///
    /// # Errors
    /// [`JsonError::Unknown`].
    pub fn finish(self) -> Result<(), JsonError> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(JsonError::Unknown {
                field: field(&self.path, name),
                known: self.known.join(", "),
            }),
        }
    }

    /// What was not asked for, in the order of the text: fields whose names are the writer's choice, or notes.
    pub fn others(self) -> Vec<(String, Value<'a>)> {
        let value = |(name, raw): (String, &'a RawValue)| {
            let path = field(&self.path, &name);
            (name, Value { path, raw })
        };
        self.fields.into_iter().map(value).collect()
    }
}

/// Collects the fields of an object in the order of the text.
struct Fields;

impl<'a> Visitor<'a> for Fields {
    type Value = Vec<(String, &'a RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}
