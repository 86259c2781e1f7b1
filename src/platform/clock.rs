//! The only sources of time and of ids; both come from outside so that tests and the demo bring their own.

use crate::kernel::time::At;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Tells the moment.
pub trait Clock: Send + Sync {
    /// The moment now.
    fn now(&self) -> At;
}

/// Makes ids: UUIDv7, so that they sort by time.
pub trait IdSource: Send + Sync {
    /// Sixteen fresh bytes for a thing that happens at a moment.
    fn next(&self, at: At) -> [u8; 16];
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> At {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that goes on from a moment at the machine's pace: the demo is served on the evening at which its play ended.
#[derive(Debug, Clone, Copy)]
pub struct ClockFrom {
    from: At,
    since: Instant,
}

impl ClockFrom {
    /// Starts at a moment.
    #[must_use]
    pub fn new(from: At) -> ClockFrom {
        ClockFrom { from, since: Instant::now() }
    }
}

impl Clock for ClockFrom {
    fn now(&self) -> At {
        self.from.plus_ms(i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// Ids from the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next(&self, at: At) -> [u8; 16] {
        let mut random = [0u8; 10];
        super::secret::fill_random(&mut random);
        uuid_v7(at, random)
    }
}

/// A UUIDv7 from a moment and ten bytes.
#[must_use]
pub fn uuid_v7(at: At, random: [u8; 10]) -> [u8; 16] {
    let ms = u64::try_from(at.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid().into_bytes()
}

/// What a command knows of the world outside the database.
#[derive(Clone)]
pub struct Ctx {
    /// When the command happens.
    pub at: At,
    /// The request (or job) that caused it.
    pub request_id: Arc<str>,
    /// Where its new ids come from.
    pub ids: Arc<dyn IdSource>,
}
