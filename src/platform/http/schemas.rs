//! Request bodies are checked against the published API document: limits are written once, and every wrong field is named.

use crate::kernel::error::{AppError, FieldError, Message, Outcome};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Draft, JsonType, ValidationError, Validator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// The most errors one reply names.
const MAX_ERRORS: usize = 50;

/// Checkers of the API document's components, made when first needed.
pub struct Schemas {
    components: Value,
    ready: RwLock<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Takes the components of an OpenAPI document.
    #[must_use]
    pub fn new(document: &Value) -> Schemas {
        Schemas {
            components: document.get("components").cloned().unwrap_or_default(),
            ready: RwLock::new(HashMap::new()),
        }
    }

    /// What is wrong with a body that should be of the named component.
    ///
    /// # Errors
    /// When the component does not exist or is no schema.
    pub fn check(&self, component: &str, body: &Value) -> Outcome<Vec<FieldError>> {
        let validator = self.validator(component)?;
        Ok(validator
            .iter_errors(body)
            .flat_map(|error| explain(&error.instance_path().to_string(), error.kind()))
            .take(MAX_ERRORS)
            .collect())
    }

    fn validator(&self, component: &str) -> Outcome<Arc<Validator>> {
        if let Some(found) = self.ready.read().ok().and_then(|ready| ready.get(component).cloned()) {
            return Ok(found);
        }
        let schema = json!({"$ref": format!("#/components/schemas/{component}"), "components": self.components});
        let made =
            Arc::new(options().build(&schema).map_err(|e| AppError::internal(format!("schema {component}: {e}")))?);
        if let Ok(mut ready) = self.ready.write() {
            ready.insert(component.to_owned(), made.clone());
        }
        Ok(made)
    }
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

/// One line: no control characters, not only spaces.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

/// Several lines: no control characters but line ends and tabs.
fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
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
