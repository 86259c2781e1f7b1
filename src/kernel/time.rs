//! Moments as epoch milliseconds and civil days of Asia/Shanghai; SQL never formats or truncates either.

use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// Milliseconds that Asia/Shanghai is ahead of UTC; constant since 1991, before any date here.
const SHANGHAI_MS: i64 = 8 * 3_600_000;
/// Milliseconds of one day.
pub const DAY_MS: i64 = 86_400_000;

/// A moment in epoch milliseconds; JSON writes RFC 3339 with `+08:00`.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct At(pub i64);
crate::bigint_column!(At);

/// The text is not a date or time of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date or time")]
pub struct NotATime;

impl At {
    /// The civil day in Asia/Shanghai.
    #[must_use]
    pub fn day(self) -> Day {
        Day::from_epoch_days((self.0 + SHANGHAI_MS).div_euclid(DAY_MS))
    }
    /// The calendar year in Asia/Shanghai.
    #[must_use]
    pub fn year(self) -> i64 {
        self.day().year()
    }
    /// The moment `ms` milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> At {
        At(self.0.saturating_add(ms))
    }
    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = (self.0 + SHANGHAI_MS).rem_euclid(DAY_MS);
        let (h, m, s, milli) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        write!(f, "{}T{h:02}:{m:02}:{s:02}.{milli:03}+08:00", self.day())
    }
}
impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for At {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| NotATime)?;
        Ok(At(moment.as_millisecond()))
    }
}
crate::json_text!(At, |v| v.to_string(), "date-time", None, Some("2021-03-01T09:30:00.000+08:00"));

/// A civil day in Asia/Shanghai, stored as `YYYY-MM-DD`.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Day(Date);
crate::text_column!(Day, |v| v.to_string(), |t| t.parse::<Day>());

impl Day {
    /// Wraps a civil date.
    #[must_use]
    pub const fn new(date: Date) -> Day {
        Day(date)
    }
    /// A day from its parts; for constants of the program, saturating into the valid range.
    #[must_use]
    pub fn ymd(year: i16, month: i8, day: i8) -> Day {
        Day(Date::new(year, month, day).unwrap_or(Date::MAX))
    }
    /// The civil date.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }
    fn from_epoch_days(days: i64) -> Day {
        let epoch = Date::constant(1970, 1, 1);
        let span = jiff::Span::new().try_days(days.clamp(-700_000, 2_900_000)).unwrap_or_default();
        Day(epoch.checked_add(span).unwrap_or(Date::MAX))
    }
    /// Days since 1970-01-01.
    #[must_use]
    pub fn epoch_days(self) -> i64 {
        let epoch = Date::constant(1970, 1, 1);
        (self.0 - epoch).get_days().into()
    }
    /// The day `days` later (or earlier, when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Day {
        Day::from_epoch_days(self.epoch_days() + days)
    }
    /// Its calendar year.
    #[must_use]
    pub fn year(self) -> i64 {
        self.0.year().into()
    }
    /// Its month as `YYYY-MM`.
    #[must_use]
    pub fn month(self) -> String {
        format!("{:04}-{:02}", self.0.year(), self.0.month())
    }
    /// Its month's number, 1 to 12.
    #[must_use]
    pub fn month_number(self) -> i64 {
        self.0.month().into()
    }
    /// 00:00 of the day in Asia/Shanghai.
    #[must_use]
    pub fn start(self) -> At {
        At(self.epoch_days() * DAY_MS - SHANGHAI_MS)
    }
    /// 24:00 of the day in Asia/Shanghai: what is due on the day may be done before this moment.
    #[must_use]
    pub fn end(self) -> At {
        At(self.start().0 + DAY_MS)
    }
    /// The first day of a year.
    #[must_use]
    pub fn first_of_year(year: i64) -> Day {
        Day::ymd(i16::try_from(year).unwrap_or(i16::MAX), 1, 1)
    }
    /// The last day of a year.
    #[must_use]
    pub fn last_of_year(year: i64) -> Day {
        Day::ymd(i16::try_from(year).unwrap_or(i16::MAX), 12, 31)
    }
}

/// A span of days: its first, and the first one after it; without an end while it is open.
pub type Span = (Day, Option<Day>);

/// Whether a day lies in a span.
#[must_use]
pub fn within(day: Day, (from, to): Span) -> bool {
    from <= day && to.is_none_or(|end| day < end)
}

/// Whether two spans share a day.
#[must_use]
pub fn overlap(one: Span, other: Span) -> bool {
    within(one.0, other) || within(other.0, one)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day()))
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Day {
    type Err = NotATime;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(NotATime);
        }
        text.parse().map(Day).map_err(|_| NotATime)
    }
}
crate::json_text!(Day, |v| v.to_string(), "date", None, Some("2021-03-01"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_civil_day_turns_at_midnight_in_shanghai() {
        let last: At = "2020-12-31T23:59:59.999+08:00".parse().unwrap();
        assert_eq!(last.to_string(), "2020-12-31T23:59:59.999+08:00");
        assert_eq!((last.day().to_string(), last.year()), ("2020-12-31".to_owned(), 2020));
        assert_eq!(At(last.0 + 1).day(), Day::ymd(2021, 1, 1));
        assert_eq!(Day::ymd(2020, 12, 31).end(), Day::ymd(2021, 1, 1).start());
        assert_eq!("2020-12-31T16:00:00Z".parse(), Ok(At(last.0 + 1)));
    }

    #[test]
    fn refuses_what_is_not_a_day() {
        for text in ["2021-02-29", "2021-2-1", "20210201", "2021-13-01", "2021-01-01T00:00", "２０２１-01-01"] {
            assert_eq!(text.parse::<Day>(), Err(NotATime), "{text}");
        }
        assert_eq!("2020-02-29".parse::<Day>().unwrap().plus_days(1), Day::ymd(2020, 3, 1));
        assert_eq!(Day::ymd(1969, 12, 31).epoch_days(), -1);
    }

    #[test]
    fn spans_share_a_day_or_follow_one_another() {
        let cases = [
            (("2020-01-01", "2021-01-01"), ("2021-01-01", ""), false),
            (("2020-01-01", "2021-01-02"), ("2021-01-01", ""), true),
            (("2020-01-01", ""), ("2012-01-01", "2020-01-01"), false),
            (("2020-01-01", ""), ("2012-01-01", ""), true),
            (("2020-03-01", "2020-04-01"), ("2020-01-01", "2021-01-01"), true),
        ];
        for (one, other, shared) in cases {
            let span = |(from, to): (&str, &str)| -> Span { (from.parse().unwrap(), to.parse().ok()) };
            assert_eq!(overlap(span(one), span(other)), shared, "{one:?} {other:?}");
            assert_eq!(overlap(span(other), span(one)), shared, "{other:?} {one:?}");
        }
    }
}
