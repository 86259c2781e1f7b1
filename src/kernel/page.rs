//! Keyset pages: a page of items and the opaque cursor to the next one.

use super::error::{AppError, Code, Outcome};

/// The largest page a request may ask for.
pub const MAX_LIMIT: i64 = 200;
/// The page size when none is asked for.
pub const DEFAULT_LIMIT: i64 = 20;

/// Which page a request asks for: how many, and the keys of the last row seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many rows.
    pub limit: i64,
    /// The sort keys of the last row of the page before, as text.
    pub after: Option<Vec<String>>,
}

impl PageRequest {
    /// The first page.
    #[must_use]
    pub fn first(limit: i64) -> PageRequest {
        PageRequest { limit, after: None }
    }
    /// One more row than the page holds, so that it is known whether another page follows.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }
    /// The keys of the last row, typed.
    ///
    /// # Errors
    /// `invalid_cursor` when the keys are not of this sort.
    pub fn keys<A: std::str::FromStr, B: std::str::FromStr>(&self) -> Result<Option<(A, B)>, AppError> {
        let Some(after) = &self.after else { return Ok(None) };
        let [a, b] = after.as_slice() else { return Err(Code::InvalidCursor.into()) };
        match (a.parse(), b.parse()) {
            (Ok(a), Ok(b)) => Ok(Some((a, b))),
            _ => Err(Code::InvalidCursor.into()),
        }
    }
    /// The single key of the last row, typed.
    ///
    /// # Errors
    /// `invalid_cursor` when the key is not of this sort.
    pub fn key<A: std::str::FromStr>(&self) -> Result<Option<A>, AppError> {
        let Some(after) = &self.after else { return Ok(None) };
        let [a] = after.as_slice() else { return Err(Code::InvalidCursor.into()) };
        a.parse().map(Some).map_err(|_| Code::InvalidCursor.into())
    }
}

/// Rows of one page; `next` holds the keys of its last row when more follow.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts.
    pub next: Option<Vec<String>>,
}

impl<T> Page<T> {
    /// Cuts the extra row that [`PageRequest::fetch`] asked for and keeps the last row's keys.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, request: &PageRequest, keys: impl Fn(&T) -> Vec<String>) -> Page<T> {
        let limit = usize::try_from(request.limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(keys) } else { None };
        Page { items: rows, next }
    }
    /// The page with every row turned into its view, unless one cannot be.
    ///
    /// # Errors
    /// What the view of a row returns.
    pub fn try_map<U>(self, view: impl FnMut(T) -> Outcome<U>) -> Outcome<Page<U>> {
        Ok(Page { items: self.items.into_iter().map(view).collect::<Outcome<_>>()?, next: self.next })
    }
    /// The page with every row turned into its view.
    #[must_use]
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next: self.next }
    }
}
