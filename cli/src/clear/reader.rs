//! JSON by hand: every value knows its path in the file, numbers keep their text, nothing is dropped.
use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::InputError;

/// A value of the file and where it stands.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    path: String,
    raw: &'a RawValue,
}

/// An object of the file; fields leave it as they are read.
#[derive(Debug)]
pub struct Object<'a> {
    path: String,
    fields: Vec<(String, &'a RawValue)>,
    known: Vec<&'static str>,
}

/// Checks that `text` is one JSON value.
pub fn document(text: &str) -> Result<Value<'_>, InputError> {
    let raw = serde_json::from_str(text).map_err(InputError::Syntax)?;
    Ok(Value {
        path: String::new(),
        raw,
    })
}

impl<'a> Value<'a> {
    /// Where it stands, such as `orders[3].price`.
    pub fn path(&self) -> String {
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

    fn of_kind(&self, expected: &'static str) -> Result<(), InputError> {
        if self.kind() == expected {
            return Ok(());
        }
        // Long values do not help: name the kind and the beginning.
        let shown: String = self.raw.get().chars().take(24).collect();
        Err(InputError::Kind {
            field: self.path(),
            expected,
            found: format!("{}: {shown}", self.kind()),
        })
    }

    fn parse<T: serde::Deserialize<'a>>(&self) -> Result<T, InputError> {
        serde_json::from_str(self.raw.get()).map_err(InputError::Syntax)
    }

    /// A list.
    pub fn list(&self) -> Result<Vec<Value<'a>>, InputError> {
        self.of_kind("a list")?;
        let items: Vec<&'a RawValue> = self.parse()?;
        let at = |(index, raw)| Value {
            path: format!("{}[{index}]", self.path),
            raw,
        };
        Ok(items.into_iter().enumerate().map(at).collect())
    }

    /// A text.
    pub fn text(&self) -> Result<String, InputError> {
        self.of_kind("a text")?;
        self.parse()
    }

    /// A whole number within bounds.
    pub fn whole<T: TryFrom<i128>>(&self, min: T, max: T) -> Result<T, InputError>
    where
        i128: From<T>,
    {
        self.of_kind("a number")?;
        let text = self.raw.get();
        if text.contains(['.', 'e', 'E']) {
            return Err(InputError::NotWhole {
                field: self.path(),
                text: text.to_owned(),
            });
        }
        let (min, max) = (i128::from(min), i128::from(max));
        let value = text.parse().ok().filter(|value| (min..=max).contains(value));
        value
            .and_then(|value| T::try_from(value).ok())
            .ok_or_else(|| InputError::Bounds {
                field: self.path(),
                value: text.to_owned(),
                min,
                max,
            })
    }

    /// An object, no field of it twice.
    pub fn object(&self) -> Result<Object<'a>, InputError> {
        self.of_kind("an object")?;
        let mut deserializer = serde_json::Deserializer::from_str(self.raw.get());
        let fields = deserializer.deserialize_map(Fields).map_err(InputError::Syntax)?;
        let object = Object {
            path: self.path.clone(),
            fields,
            known: Vec::new(),
        };
        for (index, (name, _)) in object.fields.iter().enumerate() {
            if object.fields.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(InputError::Twice {
                    field: object.field(name),
                });
            }
        }
        Ok(object)
    }
}

impl<'a> Object<'a> {
    fn field(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// A field that may be absent or null.
    pub fn optional(&mut self, name: &'static str) -> Option<Value<'a>> {
        self.known.push(name);
        let index = self.fields.iter().position(|(field, _)| field == name)?;
        let (_, raw) = self.fields.swap_remove(index);
        (raw.get() != "null").then(|| Value {
            path: self.field(name),
            raw,
        })
    }

    /// A field that has to be there.
    pub fn required(&mut self, name: &'static str) -> Result<Value<'a>, InputError> {
        self.optional(name).ok_or_else(|| InputError::Missing {
            field: self.field(name),
        })
    }

    /// Refuses what was not asked for: a misspelt option must not pass as absent.
    pub fn finish(self) -> Result<(), InputError> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(InputError::Unknown {
                field: self.field(name),
                known: self.known.join(", "),
            }),
        }
    }

    /// Names what was not asked for, in a place where notes are allowed.
    pub fn others(self) -> Vec<String> {
        self.fields.into_iter().map(|(name, _)| name).collect()
    }
}

/// Collects the fields of an object in the order of the file.
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
