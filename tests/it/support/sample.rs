//! The smallest body that the API document allows, so that an attack fails for what it attacks and not for its form.

use super::contract::DOCUMENT;
use serde_json::{Map, Value, json};

/// A well-formed id that names nothing.
pub fn absent(prefix: &str) -> String {
    format!("{prefix}_00000000000000000000000009")
}

/// A body for a request schema: the least that the document allows.
pub fn of(schema: &Value) -> Value {
    Sampler { record: None }.of(schema)
}

/// A body that names records wherever it can: the least, and every part that can hold an id.
pub fn naming(schema: &Value, record: &dyn Fn(&str) -> Option<String>) -> Value {
    Sampler { record: Some(record) }.of(schema)
}

/// A body with every field.
pub fn full(schema: &Value) -> Value {
    let (schema, _) = plain(schema);
    match (schema["properties"].as_object(), schema["items"].is_object()) {
        (Some(members), _) => members.iter().map(|(name, part)| (name.clone(), full(part))).collect(),
        (None, true) => json!([full(&schema["items"])]),
        (None, false) => of(&schema),
    }
}

/// What a schema says without references and alternatives, and whether the value may also be null.
pub fn plain(schema: &Value) -> (Value, bool) {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return plain(&DOCUMENT["components"]["schemas"][name]);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[key].as_array() {
            let meant = parts.iter().find(|part| part["type"] != "null");
            let (inner, nullable) = meant.map_or((Value::Null, true), plain);
            return (inner, nullable || parts.iter().any(|part| part["type"] == "null"));
        }
    }
    let mut own = schema.clone();
    let kinds = schema["type"].as_array().cloned().unwrap_or_default();
    if let Some(kind) = kinds.iter().find(|kind| **kind != "null") {
        own["type"] = kind.clone();
    }
    (own, kinds.contains(&json!("null")))
}

/// Whether a value of the schema can name a record.
pub fn names_records(schema: &Value, depth: usize) -> bool {
    if depth > 6 {
        return false;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return names_records(&DOCUMENT["components"]["schemas"][name], depth + 1);
    }
    let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    let members = schema["properties"].as_object().into_iter().flat_map(|members| members.values());
    schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("_[0-7]"))
        || parts.chain(members).chain([&schema["items"]]).any(|part| part.is_object() && names_records(part, depth + 1))
}

/// Which record stands for an id of a prefix.
type Record<'a> = &'a dyn Fn(&str) -> Option<String>;

struct Sampler<'a> {
    record: Option<Record<'a>>,
}

impl Sampler<'_> {
    fn of(&self, schema: &Value) -> Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
            return self.of(&DOCUMENT["components"]["schemas"][name]);
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(parts) = schema[key].as_array() {
                let first = parts.iter().find(|part| part["type"] != "null");
                return first.map_or(Value::Null, |part| self.of(part));
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let members = parts.iter().filter_map(|part| self.of(part).as_object().cloned());
            return Value::Object(members.flatten().collect());
        }
        if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").cloned().unwrap_or_default(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => self.object(schema),
            Some("array") => {
                let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).unwrap_or(0);
                let least = if self.wants(&schema["items"]) { least.max(1) } else { least };
                Value::Array(vec![self.of(&schema["items"]); least])
            }
            Some("integer") => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least.max(1))),
            Some("boolean") => json!(false),
            Some("string") => json!(self.text(schema)),
            _ => Value::Null,
        }
    }

    fn wants(&self, schema: &Value) -> bool {
        self.record.is_some() && names_records(schema, 0)
    }

    fn object(&self, schema: &Value) -> Value {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let members = schema["properties"].as_object().into_iter().flatten();
        let held = members.filter(|(name, part)| required.contains(&name.as_str()) || self.wants(part));
        Value::Object(held.map(|(name, part)| (name.clone(), self.of(part))).collect::<Map<_, _>>())
    }

    fn text(&self, schema: &Value) -> String {
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        if let Some(prefix) = pattern.strip_prefix('^').and_then(|p| p.split_once("_[0-7]")).map(|(prefix, _)| prefix) {
            return self.record.and_then(|record| record(prefix)).unwrap_or_else(|| absent(prefix));
        }
        match schema["format"].as_str().unwrap_or_default() {
            "uscc" => "91110000600037341L".to_owned(),
            "decimal" => "1".to_owned(),
            "region-code" | "territory" => "640323".to_owned(),
            "date" => "2021-03-01".to_owned(),
            "date-time" => "2021-03-01T09:00:00+08:00".to_owned(),
            "email" => "nobody@yigou.example".to_owned(),
            _ => {
                let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap_or(1);
                "x".repeat(least.max(1))
            }
        }
    }
}
