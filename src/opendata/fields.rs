//! Columns of open data: where a value stands in what the API answers, and as what Frictionless Table Schema describes it.

use crate::platform::sheet::Cell;
use serde_json::{Value, json};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Code,
    Count,
    Amount,
    Number,
    Flag,
    Day,
    Month,
    Moment,
    /// Several values, or this member of each; joined by semicolons.
    List(&'static str),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// What it is called.
    pub name: &'static str,
    from: &'static str,
    kind: Kind,
    title: &'static str,
    required: bool,
    /// Whether it is part of the primary key.
    pub key: bool,
}

const fn field(name: &'static str, from: &'static str, kind: Kind, title: &'static str) -> Field {
    Field { name, from, kind, title, required: false, key: false }
}
/// A text.
pub const fn text(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Text, title)
}
/// A word of a closed list; always there.
pub const fn word(name: &'static str, from: &'static str, title: &'static str) -> Field {
    text(name, from, title).required()
}
/// The code of a region.
pub const fn code(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Code, title)
}
/// A whole number that is never negative.
pub const fn count(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Count, title)
}
/// An amount in fen; negative where more was taken back than counted.
pub const fn fen(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Amount, title)
}
/// A decimal number.
pub const fn number(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Number, title)
}
/// True or false; always there.
pub const fn flag(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Flag, title).required()
}
/// A day.
pub const fn day(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Day, title)
}
/// A month.
pub const fn month(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Month, title)
}
/// A moment, with the offset of Shanghai.
pub const fn moment(name: &'static str, from: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::Moment, title)
}
/// Several values joined by semicolons: these themselves, or a member of each.
pub const fn list(name: &'static str, from: &'static str, member: &'static str, title: &'static str) -> Field {
    field(name, from, Kind::List(member), title)
}
/// Part of the primary key.
pub const fn key(field: Field) -> Field {
    Field { key: true, required: true, ..field }
}

impl Field {
    /// Always there.
    pub const fn required(self) -> Field {
        Field { required: true, ..self }
    }

    /// Its value in what the API answers.
    #[must_use]
    pub fn of(&self, whole: &Value) -> Value {
        let found = whole.pointer(self.from).cloned().unwrap_or(Value::Null);
        match (self.kind, found) {
            (Kind::List(member), Value::Array(items)) => {
                let one = |item: &Value| plain(if member.is_empty() { item } else { &item[member] });
                Value::String(items.iter().map(one).collect::<Vec<_>>().join(";"))
            }
            (_, found) => found,
        }
    }

    /// Its value as a cell.
    #[must_use]
    pub fn cell(&self, value: &Value) -> Cell {
        match self.kind {
            Kind::Text | Kind::List(_) => Cell::Text(plain(value)),
            _ => Cell::Figure(plain(value)),
        }
    }

    /// What Table Schema says of it.
    #[must_use]
    pub fn described(&self) -> Value {
        let (kind, more) = match self.kind {
            Kind::Text | Kind::List(_) => ("string", json!({})),
            Kind::Code => ("string", json!({ "pattern": "^[0-9]{6}([0-9]{3}){0,2}$" })),
            Kind::Count => ("integer", json!({ "minimum": 0 })),
            Kind::Amount => ("integer", json!({})),
            Kind::Number => ("number", json!({})),
            Kind::Flag => ("boolean", json!({})),
            Kind::Day => ("date", json!({})),
            Kind::Month => ("yearmonth", json!({})),
            Kind::Moment => ("datetime", json!({})),
        };
        let mut constraints = more;
        if self.required {
            constraints["required"] = json!(true);
        }
        let mut described = json!({ "name": self.name, "title": self.title, "type": kind, "constraints": constraints });
        if self.kind == Kind::Moment {
            described["format"] = json!("any");
        }
        described
    }
}

/// A value as it is written in a cell; nothing for none.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
