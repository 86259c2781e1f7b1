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

/// Two schemas of one name would be one in the document, and a body would be checked against the other's.
#[test]
fn every_schema_has_a_name_of_its_own() {
    fn walk(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, names);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for derived in text
                    .split("#[derive(")
                    .skip(1)
                    .filter(|part| part.lines().next().is_some_and(|line| line.contains("ToSchema")))
                {
                    let named = derived
                        .lines()
                        .take(8)
                        .find_map(|line| line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")));
                    names.extend(
                        named.map(|name| name.split(['<', ' ', '(', ';']).next().unwrap_or_default().to_owned()),
                    );
                }
            }
        }
    }
    let mut names = Vec::new();
    walk(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut names);
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(names.len() > 100 && twice.is_empty(), "{twice:?}");
}
