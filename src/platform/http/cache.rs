//! Finished bodies of anonymous reads, kept for at most a second; a process notices another's writes when they expire. And since
//! when each address has been answered as it is now.

use crate::kernel::time::At;
use crate::platform::secret::sha256;
use actix_web::web::Bytes;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// The largest body that is kept, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// All kept bodies together, in bytes.
const MAX_TOTAL: u64 = 16 * 1024 * 1024;

/// Addresses of which is known since when their answers are as they are.
const MAX_ADDRESSES: u64 = 20_000;

/// A kept body.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its bytes.
    pub body: Bytes,
    /// Its entity tag.
    pub etag: String,
    /// Its other headers: what it is, and where the next page starts.
    pub headers: Arc<[(String, String)]>,
    /// Where nothing stored says when it changed last: since when this process has seen it as it is.
    pub seen_since: Option<At>,
}

/// Bodies by path and query, and by the format asked for.
#[derive(Clone)]
pub struct PublicCache {
    bodies: Cache<String, Kept>,
    /// The entity tag of the last answer of an address, and the moment when it was seen first; addresses by their digests, because
    /// anybody may make up long ones.
    seen: Cache<[u8; 32], (String, At)>,
}

impl PublicCache {
    /// An empty cache; a time to live of zero keeps nothing.
    #[must_use]
    pub fn new(ttl: Duration) -> PublicCache {
        let weigh = |key: &String, kept: &Kept| u32::try_from(key.len() + kept.body.len()).unwrap_or(u32::MAX);
        PublicCache {
            bodies: Cache::builder().max_capacity(MAX_TOTAL).weigher(weigh).time_to_live(ttl).build(),
            seen: Cache::new(MAX_ADDRESSES),
        }
    }
    pub(super) fn get(&self, key: &str) -> Option<Kept> {
        self.bodies.get(key)
    }
    /// Since when this process has seen an address answered under this tag.
    pub(super) fn seen_since(&self, key: &str, etag: &str, now: At) -> At {
        let key = sha256(key.as_bytes());
        match self.seen.get(&key) {
            Some((known, since)) if known == etag => since,
            _ => {
                self.seen.insert(key, (etag.to_owned(), now));
                now
            }
        }
    }
    pub(super) fn put(&self, key: &str, kept: Kept) {
        if kept.body.len() <= MAX_BODY {
            self.bodies.insert(key.to_owned(), kept);
        }
    }
    /// Forgets everything: what this process wrote is seen by its next reader.
    pub fn clear(&self) {
        self.bodies.invalidate_all();
    }
}
