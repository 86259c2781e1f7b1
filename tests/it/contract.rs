//! The API document itself: every operation says what it needs.

use crate::support::contract::DOCUMENT;
use serde_json::Value;
use yigou::kernel::actor::PERMISSIONS;

fn operations() -> Vec<(String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    all.collect()
}

#[test]
fn every_operation_is_named_summarised_and_tagged() {
    let mut names = std::collections::HashSet::new();
    for (name, operation) in operations() {
        assert!(names.insert(operation["operationId"].to_string()), "{name}: operationId twice");
        assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{name} has no summary");
        assert!(operation["tags"].as_array().is_some_and(|t| t.len() == 1), "{name} has not one tag");
    }
}

#[test]
fn every_named_permission_exists() {
    for (name, operation) in operations() {
        for requirement in operation["security"].as_array().unwrap() {
            let scopes = requirement["bearer"].as_array().unwrap_or_else(|| panic!("{name}: {requirement}"));
            assert_eq!(scopes.len(), 1, "{name} names one permission");
            assert!(PERMISSIONS.iter().any(|(known, _)| scopes[0] == *known), "{name}: {scopes:?} is no permission");
        }
    }
}

#[test]
fn every_request_field_is_bounded_and_closed() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let mut loose = Vec::new();
    for (operation, value) in operations() {
        let body = &value["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        if let Some(name) = body.as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
            bounded(&format!("{operation} {name}"), &schemas[name], schemas, &mut loose, 0);
        }
    }
    assert!(loose.is_empty(), "unbounded request fields:\n{}", loose.join("\n"));
}

fn bounded(at: &str, schema: &Value, all: &serde_json::Map<String, Value>, loose: &mut Vec<String>, depth: usize) {
    if depth > 8 {
        return;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return bounded(at, &all[name], all, loose, depth + 1);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            bounded(at, part, all, loose, depth + 1);
        }
    }
    let kind = schema["type"].to_string();
    if kind.contains("object") {
        let open = schema["additionalProperties"] != Value::Bool(false);
        if schema["properties"].is_object() && open {
            loose.push(format!("{at}: unknown fields are not refused"));
        }
        for (name, part) in schema["properties"].as_object().into_iter().flatten() {
            bounded(&format!("{at}/{name}"), part, all, loose, depth + 1);
        }
    }
    if kind.contains("array") {
        if schema["maxItems"].is_null() {
            loose.push(format!("{at}: no maxItems"));
        }
        bounded(&format!("{at}/*"), &schema["items"], all, loose, depth + 1);
    }
    let closed = |keys: &[&str]| keys.iter().any(|key| !schema[*key].is_null());
    let short = ["date", "date-time", "uscc", "email", "region-code"].iter().any(|f| schema["format"] == **f);
    if kind.contains("string") && !short && !closed(&["maxLength", "enum", "pattern", "const"]) {
        loose.push(format!("{at}: a text without maxLength"));
    }
    if kind.contains("integer") && !(closed(&["maximum"]) && closed(&["minimum"])) {
        loose.push(format!("{at}: an integer without minimum and maximum"));
    }
}
