//! Reading bodies: bounded in size and time, JSON strict, every wrong field named at once.

use super::{Schemas, bad_header, text_header};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::platform::{files, workbook};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest JSON body, in bytes.
const MAX_JSON: usize = 1024 * 1024;
/// How long an upload waits for a place.
const PLACE_WAIT: Duration = Duration::from_secs(2);

/// What a call carries besides its address.
pub trait Body: Sized + Send + Sync + 'static {
    /// The largest accepted size in bytes; zero means that no body is read.
    const MAX_BYTES: usize;
    /// Makes the value from the raw bytes.
    ///
    /// # Errors
    /// What is wrong with them.
    fn parse(raw: &Bytes, request: &HttpRequest, schemas: &Schemas) -> Outcome<Self>;
}

/// No body.
#[derive(Debug, Clone, Copy)]
pub struct Empty;

impl Body for Empty {
    const MAX_BYTES: usize = 0;
    fn parse(_: &Bytes, _: &HttpRequest, _: &Schemas) -> Outcome<Empty> {
        Ok(Empty)
    }
}

/// A JSON body of a published type.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + utoipa::ToSchema + Send + Sync + 'static> Body for Json<T> {
    const MAX_BYTES: usize = MAX_JSON;
    fn parse(raw: &Bytes, request: &HttpRequest, schemas: &Schemas) -> Outcome<Json<T>> {
        let kind = text_header(request, header::CONTENT_TYPE.as_str()).unwrap_or("");
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            return Err(AppError::new(Code::UnsupportedMediaType)
                .detail("请求内容类型应为 application/json", "send application/json"));
        }
        let Strict(value) = serde_json::from_slice(raw).map_err(|e| malformed(&e))?;
        let wrong = schemas.check(&T::name(), &value)?;
        if !wrong.is_empty() {
            return Err(AppError::invalid(wrong));
        }
        serde_path_to_error::deserialize(value).map(Json).map_err(|e| {
            let pointer = pointer_of(e.path());
            AppError::invalid(vec![FieldError::new(
                pointer,
                "invalid",
                Message::new("不符合要求", e.inner().to_string()),
            )])
        })
    }
}

/// A JSON value in which no member stands twice: readers disagree about which of the two counts.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Strict, D::Error> {
        from.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = from.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = serde_json::Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let Strict(value) = from.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

fn malformed(error: &serde_json::Error) -> AppError {
    AppError::new(Code::MalformedJson).detail(
        format!("第 {} 行第 {} 列", error.line(), error.column()),
        format!("line {}, column {}", error.line(), error.column()),
    )
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{key}"),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

/// An uploaded file: raw bytes whose type was told by their content.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The bytes, shared with the call: no copy of them is made.
    pub bytes: Bytes,
    /// Their type, as sniffed; equal to the declared one.
    pub content_type: &'static str,
}

/// Types of evidence, photos and bank proofs.
const ACCEPTED: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
];

impl Body for Upload {
    const MAX_BYTES: usize = files::MAX_BYTES;
    fn parse(raw: &Bytes, request: &HttpRequest, _: &Schemas) -> Outcome<Upload> {
        let declared = text_header(request, header::CONTENT_TYPE.as_str())
            .unwrap_or("")
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        let Some(known) = ACCEPTED.iter().find(|kind| **kind == declared) else {
            return Err(AppError::new(Code::FileTypeRefused).with("accepted", ACCEPTED.to_vec()));
        };
        if raw.is_empty() {
            return Err(bad_header("body", "文件为空", "the file is empty"));
        }
        let found = files::sniff(raw).unwrap_or("application/octet-stream");
        let same = found == declared || (found == "text/plain" && declared == "text/csv");
        if !same {
            return Err(AppError::new(Code::FileTypeMismatch).detail(
                format!("声明为 {declared}，内容为 {found}"),
                format!("declared {declared}, content is {found}"),
            ));
        }
        Ok(Upload { bytes: raw.clone(), content_type: known })
    }
}

/// An uploaded table: a workbook or a CSV that looks like what it claims to be.
#[derive(Debug, Clone)]
pub struct SheetUpload {
    /// The bytes, shared with the call.
    pub bytes: Bytes,
    /// Which of the two.
    pub content_type: &'static str,
}

impl Body for SheetUpload {
    const MAX_BYTES: usize = files::MAX_BYTES;
    fn parse(raw: &Bytes, request: &HttpRequest, _: &Schemas) -> Outcome<SheetUpload> {
        let declared = text_header(request, header::CONTENT_TYPE.as_str()).unwrap_or("");
        let declared = declared.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let accepted = [workbook::XLSX, workbook::CSV];
        let Some(content_type) = accepted.into_iter().find(|kind| *kind == declared) else {
            return Err(AppError::new(Code::FileTypeRefused).with("accepted", accepted.to_vec()));
        };
        if raw.is_empty() {
            return Err(bad_header("body", "文件为空", "the file is empty"));
        }
        workbook::check_claim(raw, content_type)?;
        Ok(SheetUpload { bytes: raw.clone(), content_type })
    }
}

/// A place for a body too large to hold any number of at once; `None` when the body is a small one.
///
/// # Errors
/// `server_busy` when all places stay taken.
pub(super) async fn place(uploads: &Arc<Semaphore>, most: usize) -> Outcome<Option<OwnedSemaphorePermit>> {
    if most <= MAX_JSON {
        return Ok(None);
    }
    match tokio::time::timeout(PLACE_WAIT, uploads.clone().acquire_owned()).await {
        Ok(Ok(place)) => Ok(Some(place)),
        Ok(Err(_)) | Err(_) => Err(AppError::new(Code::ServerBusy).retry_after(2)),
    }
}

/// Collects a body within a size and a deadline.
pub(super) async fn read(mut payload: Payload, most: usize, deadline: Duration) -> Outcome<Bytes> {
    if most == 0 {
        return Ok(Bytes::new());
    }
    let collect = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|e| AppError::new(Code::MalformedRequest).cause(e))?;
            if bytes.len() + chunk.len() > most {
                return Err(AppError::new(Code::PayloadTooLarge).with("max_bytes", most));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.freeze())
    };
    tokio::time::timeout(deadline, collect).await.unwrap_or_else(|_| Err(Code::RequestTimeout.into()))
}
