//! Who has to wait: after failed sign-ins, and after having made us write many mails.

use super::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::kernel::time::At;

/// Failed sign-ins counted for one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many.
    pub count: i64,
    /// The first of them.
    pub since: At,
    /// The last of them.
    pub last: At,
}

/// Whether a sign-in may be tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// Try; when it fails the counts become these.
    Go {
        /// Of the account from this source.
        pair: Failures,
        /// Of the source.
        source: Failures,
    },
    /// Not before so many seconds.
    Wait(u64),
}

/// Failures that an account may have from one source before it has to wait.
const FREE: i64 = 5;
/// Failures that a source may have in a window; a school behind one address has many people.
const SOURCE_MOST: i64 = 100;
/// The window of a source, in milliseconds; also the longest wait.
const WINDOW_MS: i64 = 15 * MINUTE_MS;

/// An account is slowed down only towards the source that fails: its owner, elsewhere, is never locked out.
#[must_use]
pub fn throttle(pair: Failures, source: Failures, now: At) -> Throttle {
    let pair = if now.0 - pair.last.0 > HOUR_MS { Failures::default() } else { pair };
    let source = if now.0 - source.since.0 > WINDOW_MS { Failures::default() } else { source };
    let until_pair = if pair.count < FREE { now } else { pair.last.plus_ms(backoff_ms(pair.count - FREE)) };
    let until_source = if source.count < SOURCE_MOST { now } else { source.since.plus_ms(WINDOW_MS) };
    let wait_ms = until_pair.max(until_source).0 - now.0;
    if wait_ms > 0 {
        return Throttle::Wait(u64::try_from(wait_ms.div_euclid(SECOND_MS) + 1).unwrap_or(1));
    }
    Throttle::Go { pair: one_more(pair, now), source: one_more(source, now) }
}

fn one_more(failures: Failures, now: At) -> Failures {
    let since = if failures.count == 0 { now } else { failures.since };
    Failures { count: failures.count + 1, since, last: now }
}

/// Half a minute, then twice as long each time.
fn backoff_ms(extra: i64) -> i64 {
    let doubled = (30 * SECOND_MS).saturating_mul(1_i64 << extra.clamp(0, 20));
    doubled.min(WINDOW_MS)
}

/// Mails that somebody may make us write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// To an address that only the asker names, with a name that the asker chose; counted by source.
    Registration,
    /// To an address that is known here; counted by source.
    Link,
    /// By an organisation's administrators; counted by organisation.
    Invitation,
}

impl MailKind {
    /// What its counts are kept under.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            MailKind::Registration => "mail-registration",
            MailKind::Link => "mail-link",
            MailKind::Invitation => "mail-invitation",
        }
    }
    /// How many, within how many milliseconds.
    fn most(self) -> (i64, i64) {
        match self {
            MailKind::Registration => (10, HOUR_MS),
            MailKind::Link => (60, HOUR_MS),
            MailKind::Invitation => (50, DAY_MS),
        }
    }
}

/// The count after one more mail, or the seconds to wait.
///
/// # Errors
/// When the asker had all that a window allows.
pub fn mail_allowance(kind: MailKind, before: Failures, now: At) -> Result<Failures, u64> {
    let (most, window_ms) = kind.most();
    let before = if now.0 - before.since.0 >= window_ms { Failures::default() } else { before };
    if before.count < most {
        return Ok(one_more(before, now));
    }
    let wait_ms = before.since.0 + window_ms - now.0;
    Err(u64::try_from(wait_ms.div_euclid(SECOND_MS) + 1).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_waits_longer_each_time() {
        let now = At(1_000_000_000);
        let failed =
            |count, ago_s: i64| Failures { count, since: At(now.0 - ago_s * 1000), last: At(now.0 - ago_s * 1000) };
        let table = [
            (failed(0, 0), failed(0, 0), None),
            (failed(4, 0), failed(4, 0), None),
            (failed(5, 0), failed(5, 0), Some(31)),
            (failed(5, 29), failed(5, 29), Some(2)),
            (failed(5, 30), failed(5, 30), None),
            (failed(6, 0), failed(6, 0), Some(61)),
            (failed(40, 0), failed(40, 0), Some(901)),
            (failed(40, 3601), failed(40, 3601), None),
            (failed(0, 0), failed(99, 0), None),
            (failed(0, 0), failed(100, 60), Some(841)),
            (failed(0, 0), failed(100, 901), None),
        ];
        for (pair, source, wait) in table {
            match (throttle(pair, source, now), wait) {
                (Throttle::Wait(seconds), Some(expected)) => assert_eq!(seconds, expected, "{pair:?} {source:?}"),
                (Throttle::Go { pair: after, .. }, None) => assert!(after.count >= 1 && after.last == now),
                (other, _) => panic!("{pair:?} {source:?}: {other:?}, not {wait:?}"),
            }
        }
    }

    #[test]
    fn mails_for_one_asker_are_counted_within_a_window() {
        let now = At(1_000_000_000);
        let table = [
            (MailKind::Registration, 0, 0, Ok(1)),
            (MailKind::Registration, 9, 0, Ok(10)),
            (MailKind::Registration, 10, 0, Err(3601)),
            (MailKind::Registration, 10, HOUR_MS - 1, Err(1)),
            (MailKind::Registration, 10, HOUR_MS, Ok(1)),
            (MailKind::Link, 60, 0, Err(3601)),
            (MailKind::Invitation, 49, HOUR_MS, Ok(50)),
            (MailKind::Invitation, 50, HOUR_MS, Err(23 * 3600 + 1)),
        ];
        for (kind, count, ago, expected) in table {
            let before = Failures { count, since: At(now.0 - ago), last: now };
            assert_eq!(mail_allowance(kind, before, now).map(|after| after.count), expected, "{kind:?} {count} {ago}");
        }
    }
}
