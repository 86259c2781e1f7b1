//! Lists: strict query parameters, keyset pages, opaque cursors bound to their filters.

use super::{Web, bad_parameter};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::page::{DEFAULT_LIMIT, MAX_LIMIT, Page, PageRequest};
use crate::platform::secret::{base64url, from_base64url, hex, sha256_parts};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The form of cursors; a cursor of another form is refused.
const CURSOR_VERSION: u8 = 1;

/// The filter of a list and the page asked for. `limit` and `cursor` are taken here, the rest is the filter's.
pub struct List<Q> {
    /// The filter.
    pub filter: Q,
    /// The page.
    pub page: PageRequest,
    path: String,
    filters: Vec<(String, String)>,
    filter_hash: String,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    v: u8,
    f: String,
    k: Vec<String>,
}

impl<Q: DeserializeOwned> FromRequest for List<Q> {
    type Error = AppError;
    type Future = std::future::Ready<Outcome<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(List::of(request))
    }
}

impl<Q: DeserializeOwned> List<Q> {
    /// What the document says of the parameters is checked first, so that every wrong one is named at once.
    fn of(request: &HttpRequest) -> Outcome<List<Q>> {
        List::parse(request.path(), pairs(request.query_string())?, |filters| {
            let Some(web) = request.app_data::<Data<Web>>() else { return Ok(Vec::new()) };
            let operation = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
            web.schemas.check_query(&operation, filters)
        })
    }
}

fn pairs(query: &str) -> Outcome<Vec<(String, String)>> {
    serde_urlencoded::from_str(query).map_err(|e| AppError::new(Code::MalformedRequest).cause(e))
}

impl<Q: DeserializeOwned> List<Q> {
    fn parse(
        path: &str,
        pairs: Vec<(String, String)>,
        check: impl Fn(&[(String, String)]) -> Outcome<Vec<FieldError>>,
    ) -> Outcome<List<Q>> {
        let (mut limit, mut cursor, mut filters) = (DEFAULT_LIMIT, None, Vec::new());
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => limit = parse_limit(&value)?,
                // An empty cursor asks for the first page, like none.
                "cursor" => cursor = Some(value).filter(|text| !text.is_empty()),
                _ => filters.push((name, value)),
            }
        }
        let wrong = check(&filters)?;
        if !wrong.is_empty() {
            return Err(wrong.into_iter().fold(AppError::new(Code::InvalidParameter), AppError::with_field));
        }
        filters.sort();
        let filter_hash = hash(path, &filters);
        let after = cursor.map(|text| open_cursor(&text, &filter_hash)).transpose()?;
        Ok(List {
            filter: parse_filter(&filters)?,
            page: PageRequest { limit, after },
            path: path.to_owned(),
            filters,
            filter_hash,
        })
    }
}

fn parse_limit(value: &str) -> Outcome<i64> {
    value.parse().ok().filter(|n| (1..=MAX_LIMIT).contains(n)).ok_or_else(|| {
        let message = Message::new(format!("应为 1 至 {MAX_LIMIT}"), format!("must be 1 to {MAX_LIMIT}"));
        AppError::field(Code::InvalidParameter, "limit", message)
    })
}

/// Each parameter is tried alone first, so that the wrong one is named.
fn parse_filter<Q: DeserializeOwned>(filters: &[(String, String)]) -> Outcome<Q> {
    let encoded = serde_urlencoded::to_string(filters).map_err(AppError::internal)?;
    serde_urlencoded::from_str(&encoded).map_err(|whole| {
        let fault = |text: String| Message::new("参数不正确", text);
        let mut error = AppError::new(Code::InvalidParameter);
        let mut named = false;
        for (name, value) in filters {
            let alone = serde_urlencoded::to_string([(name, value)]).unwrap_or_default();
            if let Err(e) = serde_urlencoded::from_str::<Q>(&alone) {
                let text = e.to_string();
                if text.starts_with("missing field") {
                    continue;
                }
                let field = bad_parameter(name, fault(text));
                error = error.at(field.pointer, field.detail);
                named = true;
            }
        }
        if named { error } else { of_all(error, &whole.to_string()) }
    })
}

/// What is wrong with the parameters together: one is missing, or given twice.
fn of_all(error: AppError, text: &str) -> AppError {
    let named = |prefix: &str| text.strip_prefix(prefix)?.split('`').next();
    match (named("missing field `"), named("duplicate field `")) {
        (Some(name), _) => error.at(name, Message::new("必填", "is required")),
        (_, Some(name)) => error.at(name, Message::new("只能给出一次", "is given more than once")),
        _ => error.at("query", Message::new("参数不正确", text)),
    }
}

fn hash(path: &str, filters: &[(String, String)]) -> String {
    let mut parts: Vec<&[u8]> = vec![path.as_bytes()];
    for (name, value) in filters {
        parts.push(name.as_bytes());
        parts.push(value.as_bytes());
    }
    hex(&sha256_parts(&parts)[..8])
}

fn open_cursor(text: &str, filter_hash: &str) -> Outcome<Vec<String>> {
    let cursor = from_base64url(text).and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
    match cursor {
        Some(cursor) if cursor.v == CURSOR_VERSION && cursor.f == filter_hash => Ok(cursor.k),
        _ => Err(Code::InvalidCursor.into()),
    }
}

/// A page as it is answered.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PageOf<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> PageOf<T> {
    /// The view of a page, and the Link header to the next one.
    pub(super) fn of<Q>(page: Page<T>, list: &List<Q>) -> (PageOf<T>, Option<String>) {
        let cursor = page.next.map(|keys| seal_cursor(keys, &list.filter_hash));
        let link = cursor.as_ref().map(|cursor| {
            let mut pairs = list.filters.clone();
            pairs.push(("limit".to_owned(), list.page.limit.to_string()));
            pairs.push(("cursor".to_owned(), cursor.clone()));
            format!("<{}?{}>; rel=\"next\"", list.path, serde_urlencoded::to_string(pairs).unwrap_or_default())
        });
        (PageOf { items: page.items, next_cursor: cursor }, link)
    }
}

fn seal_cursor(keys: Vec<String>, filter_hash: &str) -> String {
    let cursor = Cursor { v: CURSOR_VERSION, f: filter_hash.to_owned(), k: keys };
    base64url(serde_json::to_string(&cursor).unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        county: Option<String>,
        year: Option<i64>,
    }

    fn parse(path: &str, query: &str) -> Outcome<List<Filter>> {
        List::parse(path, pairs(query)?, |_| Ok(Vec::new()))
    }

    #[test]
    fn a_cursor_belongs_to_its_filters() {
        let list = parse("/x", "county=640323&limit=2").unwrap();
        let page = Page { items: vec![1, 2], next: Some(vec!["a".into()]) };
        let (view, link) = PageOf::of(page, &list);
        let cursor = view.next_cursor.unwrap();
        assert!(link.unwrap().contains("rel=\"next\""));
        let again = parse("/x", &format!("limit=2&county=640323&cursor={cursor}")).unwrap();
        assert_eq!((again.page.after, again.filter.county.as_deref()), (Some(vec!["a".to_owned()]), Some("640323")));
        for other in [format!("county=640324&cursor={cursor}"), format!("cursor={cursor}"), "cursor=x".to_owned()] {
            assert_eq!(parse("/x", &other).err().unwrap().code(), Code::InvalidCursor);
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (query, name) in
            [("limit=1000000000", "limit"), ("limit=0", "limit"), ("year=x", "year"), ("colour=red", "colour")]
        {
            let error = parse("/x", query).err().unwrap();
            assert_eq!((error.code(), error.parts().fields[0].pointer.as_str()), (Code::InvalidParameter, name));
        }
        assert_eq!(parse("/x", "year=2021").unwrap().filter.year, Some(2021));
    }
}
