//! 大写金额: amounts in Chinese capital numerals, as papers write them (《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》).

use super::money::Fen;

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// Powers of ten within a group of four digits, and the words behind them.
const PLACES: [(u64, &str); 4] = [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")];
/// Powers of ten that have words of their own, the greatest first.
const GROUPS: [(u64, &str); 2] = [(100_000_000, "亿"), (10_000, "万")];

/// An amount in capital numerals, with yuan, jiao and fen: `壹仟肆佰零玖元伍角`. Whole yuan end with 整; below them a missing place is
/// named by 零 where the regulation names it.
#[must_use]
pub fn capitals(amount: Fen) -> String {
    let fen = amount.get().unsigned_abs();
    let (yuan, jiao, rest) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::from(if amount < Fen::ZERO { "负" } else { "" });
    if yuan > 0 || fen == 0 {
        text.push_str(&number(yuan));
        text.push('元');
    }
    if jiao == 0 && rest == 0 {
        text.push('整');
        return text;
    }
    // A place that is nothing before one that is something is named, the last one of the yuan too.
    if yuan > 0 && (jiao == 0 || yuan.is_multiple_of(10)) {
        text.push('零');
    }
    if jiao > 0 {
        text.push_str(digit(jiao));
        text.push('角');
    }
    if rest > 0 {
        text.push_str(digit(rest));
        text.push('分');
    }
    text
}

fn digit(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|place| DIGITS.get(place)).copied().unwrap_or_default()
}

/// A whole number.
fn number(value: u64) -> String {
    for (unit, word) in GROUPS {
        if value >= unit {
            let (above, below) = (value / unit, value % unit);
            return format!("{}{word}{}", number(above), behind(below, unit / 10));
        }
    }
    let Some((power, word)) = PLACES.into_iter().find(|(power, _)| value >= *power) else { return digit(0).to_owned() };
    let below = value % power;
    format!("{}{word}{}", digit(value / power), behind(below, power / 10))
}

/// What follows a group or a digit: nothing, or a number before which a 零 stands when it does not begin at once.
fn behind(value: u64, first: u64) -> String {
    match value {
        0 => String::new(),
        _ if value < first => format!("{}{}", digit(0), number(value)),
        _ => number(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the regulation, and the edges.
    #[test]
    fn amounts_are_written_as_the_regulation_writes_them() {
        let table = [
            (140_950, "壹仟肆佰零玖元伍角"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元零叁角贰分"),
            (10_700_053, "壹拾万柒仟元零伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (0, "零元整"),
            (1, "壹分"),
            (50, "伍角"),
            (100, "壹元整"),
            (101, "壹元零壹分"),
            (1_000, "壹拾元整"),
            (1_010, "壹拾元零壹角"),
            (10_000_000, "壹拾万元整"),
            (10_000_100, "壹拾万零壹元整"),
            (1_001_000, "壹万零壹拾元整"),
            (100_000_000_000, "壹拾亿元整"),
            (100_000_100_000, "壹拾亿零壹仟元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (123_456_789_012, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元零壹角贰分"),
            (120_000_000_000_000, "壹万贰仟亿元整"),
            (-101, "负壹元零壹分"),
            (i64::MAX, "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分"),
        ];
        for (fen, expected) in table {
            assert_eq!(capitals(Fen::new(fen)), expected, "{fen}");
        }
    }

    /// Whatever the amount, no 零 stands twice or before a unit, and it can be read back.
    #[test]
    fn what_is_written_is_what_it_was() {
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        for round in 0..20_000_u32 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let fen = i64::try_from(state % 10_u64.pow(round % 16 + 1)).unwrap();
            let text = capitals(Fen::new(fen));
            for wrong in ["零零", "零仟", "零佰", "零拾", "零万", "零亿", "零角", "零分", "亿万"] {
                assert!(!text.contains(wrong), "{fen}: {text}");
            }
            assert_eq!(read(&text), fen, "{text}");
        }
    }

    fn read(text: &str) -> i64 {
        let (mut whole, mut group, mut digit, mut cents) = (0_i64, 0_i64, 0_i64, 0_i64);
        for letter in text.chars().map(String::from) {
            if let Some(value) = DIGITS.iter().position(|known| **known == letter) {
                digit = i64::try_from(value).unwrap();
                continue;
            }
            match letter.as_str() {
                "拾" | "佰" | "仟" => {
                    group +=
                        digit * [("拾", 10), ("佰", 100), ("仟", 1_000)].iter().find(|(w, _)| *w == letter).unwrap().1;
                    digit = 0;
                }
                "万" => (whole, group, digit) = (whole + (group + digit) * 10_000, 0, 0),
                "亿" => (whole, group, digit) = ((whole + group + digit) * 100_000_000, 0, 0),
                "元" => (whole, group, digit) = (whole + group + digit, 0, 0),
                "角" => (cents, digit) = (cents + digit * 10, 0),
                "分" => (cents, digit) = (cents + digit, 0),
                _ => {}
            }
        }
        whole * 100 + cents
    }
}
