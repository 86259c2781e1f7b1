//! The smallest body that the API document allows, so that an attack fails for what it attacks and not for its form.

use super::contract::DOCUMENT;
use serde_json::{Map, Value, json};

/// A well-formed id that names nothing.
pub fn absent(prefix: &str) -> String {
    format!("{prefix}_00000000000000000000000009")
}

/// A body for a request schema.
pub fn of(schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return of(&DOCUMENT["components"]["schemas"][name]);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(parts) = schema[key].as_array() {
            let first = parts.iter().find(|part| part["type"] != "null");
            return first.map_or(Value::Null, of);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return merged(parts);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str() {
        Some("object") => object(schema),
        Some("array") => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).unwrap_or(0);
            Value::Array(vec![of(&schema["items"]); least])
        }
        Some("integer") => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least.max(1))),
        Some("boolean") => json!(false),
        Some("string") => json!(text(schema)),
        _ => Value::Null,
    }
}

fn merged(parts: &[Value]) -> Value {
    let mut whole = Map::new();
    for part in parts {
        if let Value::Object(members) = of(part) {
            whole.extend(members);
        }
    }
    Value::Object(whole)
}

fn object(schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Value::Object(required.map(|name| (name.to_owned(), of(&schema["properties"][name]))).collect())
}

fn text(schema: &Value) -> String {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    if let Some(prefix) = pattern.strip_prefix('^').and_then(|p| p.split_once("_[0-7]")).map(|(prefix, _)| prefix) {
        return absent(prefix);
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
