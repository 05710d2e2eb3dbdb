/// Defines an integer newtype: checked arithmetic, decimal-string JSON, JSON schema, text form.
/// The first literal is the unit as the schema names it, the second how a value reads in a message.
macro_rules! unit {
    ($(#[$doc:meta])* $name:ident($int:ty), $symbol:literal, $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($int);

        #[allow(clippy::should_implement_trait, reason = "the operator traits cannot return an error")]
        #[allow(clippy::should_implement_trait, reason = "`add` and `sub` can fail, the operators' traits cannot")]
        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);
            /// The largest value that fits.
            pub const MAX: Self = Self(<$int>::MAX);
            /// The smallest value that fits.
            pub const MIN: Self = Self(<$int>::MIN);

            /// The quantity with this many units.
            pub const fn new(value: $int) -> Self {
                Self(value)
            }

            /// The bare number of units.
            pub const fn get(self) -> $int {
                self.0
            }

            /// Whether it is exactly zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The sum, or an overflow error.
            pub fn add(self, other: Self) -> Result<Self, $crate::UnitsError> {
                self.0.checked_add(other.0).map(Self).ok_or($crate::UnitsError::Overflow {
                    unit: stringify!($name),
                    operation: "addition",
                })
            }

            /// The difference, or an overflow error (below zero counts for unsigned units).
            pub fn sub(self, other: Self) -> Result<Self, $crate::UnitsError> {
                self.0.checked_sub(other.0).map(Self).ok_or($crate::UnitsError::Overflow {
                    unit: stringify!($name),
                    operation: "subtraction",
                })
            }

            /// The sum of many, or an overflow error.
            pub fn sum(items: impl IntoIterator<Item = Self>) -> Result<Self, $crate::UnitsError> {
                items.into_iter().try_fold(Self::ZERO, Self::add)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, $text, self.0)
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::UnitsError;

            /// Reads the canonical decimal form: no sign but `-`, no leading zero, no blank.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse::<$int>()
                    .ok()
                    .filter(|value| alloc::string::ToString::to_string(value) == text)
                    .map(Self)
                    .ok_or_else(|| $crate::UnitsError::Parse {
                        unit: stringify!($name),
                        text: text.chars().take(48).collect(),
                    })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::string::String {
                alloc::string::String::from(stringify!($name))
            }

            fn json_schema(_: &mut schemars::gen::SchemaGenerator) -> schemars::schema::Schema {
                schemars::schema::SchemaObject {
                    metadata: Some(alloc::boxed::Box::new(schemars::schema::Metadata {
                        description: Some(alloc::string::String::from(concat!(
                            "A whole number as a decimal string; unit: ", $symbol
                        ))),
                        ..Default::default()
                    })),
                    instance_type: Some(schemars::schema::InstanceType::String.into()),
                    ..Default::default()
                }
                .into()
            }
        }
    };
}
