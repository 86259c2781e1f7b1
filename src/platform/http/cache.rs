//! Finished bodies of anonymous reads, kept for at most a second; a process notices another's writes when they expire.

use actix_web::web::Bytes;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// The largest body that is kept, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// All kept bodies together, in bytes.
const MAX_TOTAL: u64 = 16 * 1024 * 1024;

/// A kept body.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its bytes.
    pub body: Bytes,
    /// Its entity tag.
    pub etag: String,
    /// Its other headers: what it is, and where the next page starts.
    pub headers: Arc<[(String, String)]>,
}

/// Bodies by path and query, and by the format asked for.
#[derive(Clone)]
pub struct PublicCache(Cache<String, Kept>);

impl PublicCache {
    /// An empty cache; a time to live of zero keeps nothing.
    #[must_use]
    pub fn new(ttl: Duration) -> PublicCache {
        let weigh = |key: &String, kept: &Kept| u32::try_from(key.len() + kept.body.len()).unwrap_or(u32::MAX);
        PublicCache(Cache::builder().max_capacity(MAX_TOTAL).weigher(weigh).time_to_live(ttl).build())
    }
    pub(super) fn get(&self, key: &str) -> Option<Kept> {
        self.0.get(key)
    }
    pub(super) fn put(&self, key: &str, kept: Kept) {
        if kept.body.len() <= MAX_BODY {
            self.0.insert(key.to_owned(), kept);
        }
    }
    /// Forgets everything: what this process wrote is seen by its next reader.
    pub fn clear(&self) {
        self.0.invalidate_all();
    }
}
