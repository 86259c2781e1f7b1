//! Every answer of the test run is checked against the API document.

use super::Answered;
use actix_web::http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use yigou::app;

/// The document as the code makes it.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(app::openapi()).unwrap());
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The template of an address, and its operations.
pub fn find(path: &str) -> Option<(&'static str, &'static Value)> {
    let path = path.split('?').next().unwrap_or_default();
    let asked: Vec<&str> = path.split('/').collect();
    let matches = |template: &str| {
        let known: Vec<&str> = template.split('/').collect();
        known.len() == asked.len() && known.iter().zip(&asked).all(|(k, a)| k.starts_with('{') || k == a)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let exact = paths.get_key_value(path);
    exact.or_else(|| paths.iter().find(|(template, _)| matches(template))).map(|(t, item)| (t.as_str(), item))
}

pub fn check(method: &Method, path: &str, answered: &Answered) {
    for header in ["x-request-id", "x-content-type-options", "content-security-policy", "cache-control"] {
        assert!(answered.header(header).is_some(), "{}: no {header}", answered.asked);
    }
    if answered.status >= 400 {
        assert_eq!(answered.header("content-type"), Some("application/problem+json"), "{}", answered.asked);
        valid(&json!({"$ref": "#/components/schemas/Problem"}), answered);
        if answered.status >= 500 {
            let body = answered.json();
            let members: Vec<&String> = body.as_object().unwrap().keys().collect();
            assert_eq!(members, ["code", "request_id", "status", "title", "type"], "{}", answered.asked);
        }
        return;
    }
    let Some((template, item)) = find(path) else { return };
    let operation = &item[method.as_str().to_lowercase()];
    assert!(operation.is_object(), "{} answered {} but is not in the document", answered.asked, answered.status);
    let response = &operation["responses"][answered.status.to_string()];
    assert!(
        response.is_object() || answered.status == 304,
        "{method} {template}: status {} is not documented",
        answered.status
    );
    let content = &response["content"];
    let kind = answered.header("content-type").map(|t| t.split(';').next().unwrap_or_default());
    match (kind, content.as_object()) {
        (Some("application/json"), Some(kinds)) if kinds.contains_key("application/json") => {
            valid(&content["application/json"]["schema"], answered);
        }
        (Some(kind), Some(kinds)) => assert!(kinds.contains_key(kind), "{method} {template}: {kind} is not documented"),
        (Some(kind), None) => panic!("{method} {template}: answered {kind}, documented without content"),
        (None, _) => assert!(answered.body.is_empty(), "{method} {template}: a body without a type"),
    }
}

fn valid(schema: &Value, answered: &Answered) {
    let validator = VALIDATORS
        .lock()
        .unwrap()
        .entry(schema.to_string())
        .or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = DOCUMENT["components"].clone();
            Arc::new(jsonschema::options().build(&whole).unwrap_or_else(|e| panic!("{schema}: {e}")))
        })
        .clone();
    let body = answered.json();
    let errors: Vec<String> = validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{} {}: not as documented: {errors:#?}\n{body:#}", answered.asked, answered.status);
}
