//! Decisions about files: what a name may be, under which key the bytes lie.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::At;

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// What an organisation may bring in one civil day, in bytes: so that nobody fills the disk of all. It guards the disk, no
/// money: uploads that PostgreSQL enters at the same moment do not see one another, and may pass it by what is in flight.
pub const DAILY_BYTES: i64 = 512 * 1024 * 1024;

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The name is empty, too long, or not a plain file name.
    Name,
    /// The organisation has brought its share of the day; so many seconds are left of it.
    Share(u64),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::Name => AppError::field(
                Code::InvalidParameter,
                "name",
                Message::new(
                    "须为 1 至 200 个字符的文件名，不含路径",
                    "must be a file name of 1 to 200 characters without a path",
                ),
            ),
            Refusal::Share(seconds) => AppError::new(Code::TooManyRequests).retry_after(seconds).detail(
                "本单位今日上传已满 512 MiB，请明日再传",
                "the organisation has uploaded its 512 MiB of the day; go on tomorrow",
            ),
        }
    }
}

/// Is there room for a file of `size` bytes after the `brought` bytes of the day of `at`?
///
/// # Errors
/// When the share of the day is used up.
pub fn check_share(brought: i64, size: i64, at: At) -> Result<(), Refusal> {
    if brought.saturating_add(size) <= DAILY_BYTES {
        return Ok(());
    }
    Err(Refusal::Share(u64::try_from((at.day().end().0 - at.0) / 1000).unwrap_or_default() + 1))
}

/// The name as it is kept.
///
/// # Errors
/// When it is no plain file name.
pub fn check_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let plain = !name
        .chars()
        .any(|c| c.is_control() || matches!(c, '/' | '\\' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'));
    if plain && !name.is_empty() && name.chars().count() <= MAX_NAME && !matches!(name, "." | "..") {
        Ok(name.to_owned())
    } else {
        Err(Refusal::Name)
    }
}

/// The header that makes a browser save a file under its name instead of showing it (RFC 6266, RFC 8187).
#[must_use]
pub fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        let long = "长".repeat(200);
        let table = [
            ("检验报告.pdf", true),
            (" a.txt ", true),
            (long.as_str(), true),
            ("", false),
            ("  ", false),
            ("..", false),
            ("../a.pdf", false),
            ("a\\b", false),
            ("a\nb", false),
            ("gpj.\u{202E}exe", false),
        ];
        for (name, good) in table {
            assert_eq!(check_name(name).is_ok(), good, "{name:?}");
        }
        assert!(check_name(&format!("{long}长")).is_err());
    }

    #[test]
    fn a_day_has_room_for_its_share_and_no_more() {
        let at: At = "2021-03-01T23:59:00.500+08:00".parse().unwrap();
        assert_eq!(check_share(DAILY_BYTES - 10, 10, at), Ok(()));
        assert_eq!(check_share(DAILY_BYTES - 10, 11, at), Err(Refusal::Share(60)));
        assert_eq!(check_share(i64::MAX, 1, at), Err(Refusal::Share(60)));
    }

    #[test]
    fn names_travel_in_a_header() {
        assert_eq!(disposition("检 1.pdf"), "attachment; filename*=UTF-8''%E6%A3%80%201.pdf");
        assert_eq!(disposition("a\"b;.txt"), "attachment; filename*=UTF-8''a%22b%3B.txt");
    }
}
