//! Request bodies are checked against the published API document: limits are written once, and every wrong field is named.

use crate::kernel::error::{AppError, FieldError, Message, Outcome};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Draft, JsonType, ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

/// The most errors one reply names.
const MAX_ERRORS: usize = 50;

/// Checkers of the API document's components and of its operations' queries, made when first needed.
pub struct Schemas {
    /// Schemas by name, as text: most are needed once or never, and a tree takes ten times the memory.
    components: HashMap<String, Box<str>>,
    /// What type a value of a named schema has.
    types: HashMap<String, Box<str>>,
    /// By `method path`: an object whose members are the operation's query parameters.
    queries: HashMap<String, Value>,
    ready: RwLock<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Takes the components of an OpenAPI document.
    #[must_use]
    pub fn new(document: &Value) -> Schemas {
        let empty = serde_json::Map::new();
        let schemas = document["components"]["schemas"].as_object().unwrap_or(&empty);
        let typed = schemas.iter().filter_map(|(name, schema)| Some((name.clone(), schema["type"].as_str()?.into())));
        Schemas {
            components: schemas.iter().map(|(name, schema)| (name.clone(), schema.to_string().into())).collect(),
            types: typed.collect(),
            queries: queries(document),
            ready: RwLock::new(HashMap::new()),
        }
    }

    /// What is wrong with a body that should be of the named component.
    ///
    /// # Errors
    /// When the component does not exist or is no schema.
    pub fn check(&self, component: &str, body: &Value) -> Outcome<Vec<FieldError>> {
        Ok(wrong(&*self.validator(component, &json!({"$ref": format!("#/components/schemas/{component}")}))?, body))
    }

    /// A value as the published type of a request, with everything that is wrong with it.
    ///
    /// # Errors
    /// `validation_failed` with each field at fault.
    pub fn read<T: DeserializeOwned + utoipa::ToSchema>(&self, value: &Value) -> Outcome<T> {
        let wrong = self.check(&T::name(), value)?;
        if !wrong.is_empty() {
            return Err(AppError::invalid(wrong));
        }
        T::deserialize(value).map_err(|e| {
            AppError::invalid(vec![FieldError::new("", "invalid", Message::new("不符合要求", e.to_string()))])
        })
    }

    /// What is wrong with the query of an operation, named by its method and path; a parameter is pointed to by its name alone.
    ///
    /// # Errors
    /// When the document's schema is none.
    pub fn check_query(&self, operation: &str, pairs: &[(String, String)]) -> Outcome<Vec<FieldError>> {
        let Some(schema) = self.queries.get(operation).filter(|_| !pairs.is_empty()) else { return Ok(Vec::new()) };
        let query = pairs.iter().map(|(name, text)| (name.clone(), self.typed(&schema["properties"][name], text)));
        let faults = wrong(&*self.validator(operation, schema)?, &Value::Object(query.collect()));
        Ok(faults.into_iter().map(|fault| FieldError { pointer: unescape(&fault.pointer), ..fault }).collect())
    }

    /// A parameter's text as its schema means it; what does not read as that stays text, and is then of the wrong type.
    fn typed(&self, schema: &Value, text: &str) -> Value {
        let named = schema["$ref"].as_str().and_then(|path| self.types.get(name_in(path)?));
        match named.map(|name| &**name).or_else(|| schema["type"].as_str()) {
            Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
            Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            _ => text.into(),
        }
    }

    fn validator(&self, name: &str, schema: &Value) -> Outcome<Arc<Validator>> {
        if let Some(found) = self.ready.read().ok().and_then(|ready| ready.get(name).cloned()) {
            return Ok(found);
        }
        let mut schema = schema.clone();
        schema["components"] = json!({ "schemas": self.reached_from(&schema)? });
        let made = Arc::new(options().build(&schema).map_err(|e| AppError::internal(format!("schema {name}: {e}")))?);
        if let Ok(mut ready) = self.ready.write() {
            ready.insert(name.to_owned(), made.clone());
        }
        Ok(made)
    }

    /// The components that a schema refers to, itself or through others.
    fn reached_from(&self, schema: &Value) -> Outcome<serde_json::Map<String, Value>> {
        let mut reached = serde_json::Map::new();
        let mut open = Vec::new();
        collect_names(schema, &mut open);
        while let Some(name) = open.pop() {
            if let Some(text) = self.components.get(&name).filter(|_| !reached.contains_key(&name)) {
                let component = serde_json::from_str(text).map_err(AppError::internal)?;
                collect_names(&component, &mut open);
                reached.insert(name, component);
            }
        }
        Ok(reached)
    }
}

/// The name in a reference to a component.
fn name_in(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The names of the components that a schema itself refers to.
fn collect_names(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).and_then(name_in).map(str::to_owned));
            members.values().for_each(|member| collect_names(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, found)),
        _ => {}
    }
}

/// The query parameters of every operation; the page's own are checked where pages are made.
fn queries(document: &Value) -> HashMap<String, Value> {
    let empty = serde_json::Map::new();
    let mut found = HashMap::new();
    for (path, operations) in document["paths"].as_object().unwrap_or(&empty) {
        for (method, operation) in operations.as_object().unwrap_or(&empty) {
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let of_query = parameters.iter().filter(|p| p["in"] == "query");
            let own = of_query.filter(|p| p["name"] != "limit" && p["name"] != "cursor");
            let properties: serde_json::Map<String, Value> =
                own.filter_map(|p| Some((p["name"].as_str()?.to_owned(), p["schema"].clone()))).collect();
            let schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
            found.insert(format!("{} {path}", method.to_uppercase()), schema);
        }
    }
    found
}

fn wrong(validator: &Validator, value: &Value) -> Vec<FieldError> {
    let faults = validator.iter_errors(value);
    let named = faults.flat_map(|error| explain(&error.instance_path().to_string(), error.kind()));
    // A pattern and a format may say the same of one field.
    let mut told = HashSet::new();
    named.filter(|fault| told.insert((fault.pointer.clone(), fault.code))).take(MAX_ERRORS).collect()
}

/// The formats of our own vocabulary are checked like the built-in ones.
fn options() -> jsonschema::ValidationOptions<'static> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("uscc", |text: &str| Uscc::parse(text).is_ok())
        .with_format("decimal", |text: &str| text.parse::<Quantity>().is_ok())
        .with_format("region-code", |text: &str| text.parse::<RegionCode>().is_ok())
        .with_format("date", |text: &str| text.parse::<Day>().is_ok())
        .with_format("date-time", |text: &str| text.parse::<At>().is_ok())
        .with_format("line", is_line)
        .with_format("text", is_text)
        .with_format("email", is_email)
}

/// One line: no control or invisible characters, not only spaces.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(|c| c.is_control() || is_invisible(c))
}

/// Characters that show nothing, or turn the direction of what follows: two texts that look alike would be different ones.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Several lines: no control characters but line ends and tabs, and no invisible ones.
fn is_text(text: &str) -> bool {
    let stray = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    !text.trim().is_empty() && !text.chars().any(|c| stray(c) || is_invisible(c))
}

/// Whether a text has the form of an e-mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    text.is_ascii() && text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
}

fn explain(path: &str, kind: &Kind) -> Vec<FieldError> {
    let one = |code: &'static str, zh: String, en: String| vec![FieldError::new(path, code, Message::new(zh, en))];
    match kind {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                FieldError::new(
                    format!("{path}/{}", escape(name)),
                    "unknown_field",
                    Message::new("没有这个字段", "there is no such field"),
                )
            })
            .collect(),
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![FieldError::new(format!("{path}/{}", escape(name)), "required", Message::new("必填", "is required"))]
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => meant(path, context),
        Kind::Type { .. } => one("wrong_type", "类型不正确".to_owned(), "is of the wrong type".to_owned()),
        Kind::Enum { options } => {
            one("not_allowed", format!("只能是 {options} 之一"), format!("must be one of {options}"))
        }
        Kind::MaxLength { limit } => {
            one("too_long", format!("最多 {limit} 个字符"), format!("has more than {limit} characters"))
        }
        Kind::MinLength { limit } => {
            one("too_short", format!("至少 {limit} 个字符"), format!("has fewer than {limit} characters"))
        }
        Kind::MaxItems { limit } => one("too_many", format!("最多 {limit} 项"), format!("has more than {limit} items")),
        Kind::MinItems { limit } => one("too_few", format!("至少 {limit} 项"), format!("has fewer than {limit} items")),
        Kind::Maximum { limit } => one("too_large", format!("不能大于 {limit}"), format!("is more than {limit}")),
        Kind::Minimum { limit } => one("too_small", format!("不能小于 {limit}"), format!("is less than {limit}")),
        Kind::Pattern { .. } => one("wrong_format", "格式不正确".to_owned(), "has the wrong format".to_owned()),
        Kind::Format { format } => {
            one("wrong_format", format!("{}不正确", format_name(format)), format!("is not a valid {format}"))
        }
        _ => one("invalid", "不符合要求".to_owned(), "is not valid".to_owned()),
    }
}

/// What is wrong with a value that may also be absent: only the alternative to `null` can have been meant.
fn meant(path: &str, alternatives: &[Vec<ValidationError<'static>>]) -> Vec<FieldError> {
    let asks_null =
        |error: &ValidationError<'_>| matches!(error.kind(), Kind::Type { kind: TypeKind::Single(JsonType::Null) });
    let mut others = alternatives.iter().filter(|errors| !errors.iter().any(asks_null));
    match (others.next(), others.next()) {
        (Some(errors), None) => {
            errors.iter().flat_map(|error| explain(&error.instance_path().to_string(), error.kind())).collect()
        }
        _ => vec![FieldError::new(path, "invalid", Message::new("不符合要求", "is not valid"))],
    }
}

fn format_name(format: &str) -> &'static str {
    match format {
        "uscc" => "统一社会信用代码",
        "decimal" => "数量",
        "region-code" => "行政区划代码",
        "date" => "日期",
        "date-time" => "时间",
        "email" => "邮箱地址",
        "line" | "text" => "文字内容",
        _ => "编号",
    }
}

fn escape(name: &str) -> String {
    let short: String = name.chars().take(100).collect();
    short.replace('~', "~0").replace('/', "~1")
}

fn unescape(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_parameter_of_a_query_is_named() {
        let parameter = |name: &str, schema: Value| json!({"name": name, "in": "query", "schema": schema});
        let parameters = [
            parameter("after", json!({"type": "integer", "minimum": 0})),
            parameter("open", json!({"type": "boolean"})),
            parameter("ref", json!({"type": "string", "minLength": 1, "maxLength": 3})),
            parameter("county", json!({"$ref": "#/components/schemas/County"})),
            parameter("limit", json!({"type": "integer"})),
        ];
        let document = json!({
            "paths": {"/x/{id}": {"get": {"parameters": parameters}}},
            "components": {"schemas": {"County": {"type": "string", "format": "region-code"}}},
        });
        let schemas = Schemas::new(&document);
        let check = |query: &[(&str, &str)]| {
            let pairs: Vec<(String, String)> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let wrong = schemas.check_query("GET /x/{id}", &pairs).unwrap();
            wrong.into_iter().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>()
        };
        assert_eq!(check(&[("after", "7"), ("open", "true"), ("ref", "A1"), ("county", "640323")]), []);
        let mut wrong = check(&[("after", "-1"), ("open", "maybe"), ("ref", ""), ("county", "999"), ("colour", "red")]);
        wrong.sort();
        let named = |name: &str, code| (name.to_owned(), code);
        let expected = [
            named("after", "too_small"),
            named("colour", "unknown_field"),
            named("county", "wrong_format"),
            named("open", "wrong_type"),
            named("ref", "too_short"),
        ];
        assert_eq!(wrong, expected);
        assert_eq!(check(&[("ref", "long")]), [named("ref", "too_long")]);
    }
}
