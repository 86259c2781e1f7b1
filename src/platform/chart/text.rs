//! Lines of text as wide as there is room.

use super::glyphs::{EM, advance};

/// How wide a text is in hundredths of a pixel, at a size in pixels.
pub fn width(text: &str, size: i64) -> i64 {
    let units: i64 = text.chars().map(advance).sum();
    (units * size * 100 + EM - 1) / EM
}

/// A text in lines that are at most so wide; words, numbers and what belongs to the character before stay together where
/// they can.
pub fn lines(text: &str, size: i64, room: i64) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for piece in pieces(text) {
        if !line.is_empty() && width(&format!("{line}{}", piece.trim_end()), size) > room {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if line.is_empty() && width(&piece, size) > room {
            for c in piece.chars() {
                if !line.is_empty() && width(&format!("{line}{c}"), size) > room {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        } else if !line.is_empty() || !piece.trim().is_empty() {
            line.push_str(&piece);
        }
    }
    if !line.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The same, in at most so many lines; what does not fit ends in an ellipsis.
pub fn at_most(most: usize, text: &str, size: i64, room: i64) -> Vec<String> {
    let mut all = lines(text, size, room);
    if all.len() > most {
        let rest: String = all.drain(most.saturating_sub(1)..).collect();
        all.push(short(&rest, size, room));
    }
    all
}

/// A text in one line, with an ellipsis where it does not fit.
pub fn short(text: &str, size: i64, room: i64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if width(&format!("{kept}{c}…"), size) > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// What is not torn apart: words and numbers, and a character with the closing marks after it or the opening ones before.
fn pieces(text: &str) -> Vec<String> {
    let word = |c: char| c.is_ascii_graphic();
    let closes = |c: char| "，。、；：！？）》”’…％%".contains(c) || c == ' ';
    let opens = |c: char| "（《“‘".contains(c);
    let mut pieces: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars() {
        let joins = closes(c) || opens(last) || (word(c) && word(last));
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        last = c;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_between_words_and_not_before_closing_marks() {
        let room = width("盐池县一二", 10);
        assert_eq!(width("盐池县", 10), 3000);
        let table: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("盐池县", &["盐池县"]),
            ("盐池县一二，三四", &["盐池县一", "二，三四"]),
            ("合计12345.67元", &["合计", "12345.67", "元"]),
            ("一二三（四）五", &["一二三", "（四）五"]),
            ("aaaaaaaaaaaaaaaaaa", &["aaaaaaaa", "aaaaaaaa", "aa"]),
        ];
        for (text, expected) in table {
            assert_eq!(lines(text, 10, room), expected, "{text}");
            assert!(lines(text, 10, room).iter().all(|line| width(line, 10) <= room), "{text}");
        }
        assert_eq!(at_most(2, "一二三四五六七八九十一二三", 10, room), ["一二三四五", "六七八九…"]);
        assert_eq!((short("盐池县", 10, room), short("盐池县一二三", 10, room)), ("盐池县".into(), "盐池县一…".into()));
    }
}
