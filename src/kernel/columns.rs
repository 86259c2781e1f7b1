//! How vocabulary types stand in columns, JSON and the API document: one macro per shape, one impl for both databases.
//!
//! Columns are TEXT, BIGINT, BOOLEAN and BYTEA/BLOB only, so that one statement serves SQLite and PostgreSQL.

/// Implements the diesel side of a type that is stored as TEXT through `as_str`-like and parse functions.
#[macro_export]
macro_rules! text_column {
    ($name:ident, |$to:ident| $out:expr, |$from:ident| $parse:expr) => {
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::Text;
            impl ToSql<Text, diesel::sqlite::Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
                    let $to = self;
                    out.set_value(String::from($out));
                    Ok(serialize::IsNull::No)
                }
            }
            impl ToSql<Text, diesel::pg::Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
                    let $to = self;
                    std::io::Write::write_all(out, String::from($out).as_bytes())?;
                    Ok(serialize::IsNull::No)
                }
            }
            impl<DB: Backend> FromSql<Text, DB> for $name
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    let text = String::from_sql(value)?;
                    let $from: &str = &text;
                    $parse.map_err(|_| format!(concat!("stored ", stringify!($name), " is not valid: {}"), text).into())
                }
            }
        };
    };
}

/// Implements the diesel side of a newtype over `i64`, stored as BIGINT.
#[macro_export]
macro_rules! bigint_column {
    ($name:ident) => {
        const _: () = {
            use diesel::backend::Backend;
            use diesel::deserialize::{self, FromSql};
            use diesel::serialize::{self, Output, ToSql};
            use diesel::sql_types::BigInt;
            impl<DB: Backend> ToSql<BigInt, DB> for $name
            where
                i64: ToSql<BigInt, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
                }
            }
            impl<DB: Backend> FromSql<BigInt, DB> for $name
            where
                i64: FromSql<BigInt, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok($name(i64::from_sql(value)?))
                }
            }
        };
    };
}

/// Declares typed ids: UUIDv7 in 16 bytes, shown as TypeIDs (`ord_01h4…`).
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Binary)]
        pub struct $name(pub [u8; 16]);
        impl $crate::kernel::ids::Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_bytes(bytes: [u8; 16]) -> Self { $name(bytes) }
            fn bytes(&self) -> [u8; 16] { self.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { $crate::kernel::ids::show($prefix, &self.0, f) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { std::fmt::Display::fmt(self, f) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::kernel::ids::NotAnId;
            fn from_str(text: &str) -> Result<Self, Self::Err> { $crate::kernel::ids::read($prefix, text).map($name) }
        }
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Binary, DB> for $name
        where [u8]: diesel::serialize::ToSql<diesel::sql_types::Binary, DB> {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <[u8] as diesel::serialize::ToSql<diesel::sql_types::Binary, DB>>::to_sql(&self.0, out)
            }
        }
        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Binary, DB> for $name
        where Vec<u8>: diesel::deserialize::FromSql<diesel::sql_types::Binary, DB> {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok($name(<Vec<u8>>::from_sql(value)?.try_into().map_err(|_| "id is not 16 bytes")?))
            }
        }
        $crate::json_text!($name, |v| v.to_string(), $prefix, Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")), None);
    )* };
}

/// serde and API-document side of a type whose JSON form is a string read by `FromStr`.
#[macro_export]
macro_rules! json_text {
    ($name:ident, |$v:ident| $out:expr, $format:expr, $pattern:expr, $example:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $v = self;
                let text: std::borrow::Cow<'_, str> = $out.into();
                serializer.serialize_str(&text)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|e| serde::de::Error::custom(format_args!("{e}")))
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::kernel::columns::text_schema($format, $pattern, $example)
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}

/// A string schema with a named format (checked on every request) and an optional pattern.
#[must_use]
pub fn text_schema(
    format: &str,
    pattern: Option<&str>,
    example: Option<&str>,
) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
    let format = match format {
        "date" => SchemaFormat::KnownFormat(KnownFormat::Date),
        "date-time" => SchemaFormat::KnownFormat(KnownFormat::DateTime),
        other => SchemaFormat::Custom(other.to_owned()),
    };
    let mut object = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
    if let Some(pattern) = pattern {
        object = object.pattern(Some(pattern));
    }
    if let Some(example) = example {
        object = object.examples([serde_json::Value::from(example)]);
    }
    object.into()
}

/// Declares an enum that is one lower-case word in columns, JSON and the API document.
#[macro_export]
macro_rules! text_enum {
    ($(#[doc = $doc:expr])* $name:ident { $($(#[doc = $vdoc:expr])* $variant:ident $text:literal)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[doc = $vdoc])* #[serde(rename = $text)] $variant),* }
        impl $name {
            /// Every value, in the order declared.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The word used in columns and JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $text),* } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::kernel::columns::UnknownWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok($name::$variant),)* _ => Err($crate::kernel::columns::UnknownWord) }
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::kernel::columns::word_schema(concat!($($doc),*), &[$(($text, concat!($($vdoc),*))),*])
            }
        }
        impl utoipa::ToSchema for $name {}
        $crate::text_column!($name, |v| v.as_str(), |t| t.parse::<$name>());
    };
}

/// A string schema of a few words with their meanings; a derive would not see the words that a macro hands to serde.
#[must_use]
pub fn word_schema(about: &str, words: &[(&str, &str)]) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    let meanings = words.iter().map(|(word, meaning)| format!("\n- `{word}`: {}", meaning.trim()));
    let text = format!("{}\n{}", about.trim(), meanings.collect::<String>());
    let values = words.iter().map(|(word, _)| *word);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).description(Some(text)).into()
}

/// The word is not one of the enum's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown value")]
pub struct UnknownWord;
