//! What a person typed into a cell, as the single-record API would be sent it. Whether it may be so is not asked here: the
//! published schemas and the commands say that.

use crate::kernel::error::Message;
use crate::kernel::ids::SchemeId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;
use crate::platform::workbook::Given;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Words that a column is chosen from: as people write them, and as the API does.
pub type Words = &'static [(&'static str, &'static str)];

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// Text as it is.
    Text,
    /// A number or code of letters and digits, whatever their width.
    Code,
    /// An e-mail address.
    Email,
    /// A whole number.
    Whole,
    /// Yuan with at most two decimals.
    Yuan,
    /// A day.
    Day,
    /// 是 or 否.
    YesNo,
    /// One of these words.
    Word(Words),
    /// A region: its code, or a name that only one county has.
    Region,
    /// Counties of production, with their shares when there are several.
    Origins,
    /// A certification scheme by name, prefix of its numbers or id.
    Scheme,
    /// Ids, with semicolons between them.
    Ids,
    /// A rate of tax, or 免税.
    Rate,
    /// A quantity with at most three decimals.
    Quantity,
    /// Texts as they are, with semicolons between them.
    Listed,
}

/// What cells may refer to.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Regions by code.
    pub regions: BTreeMap<RegionCode, String>,
    /// Schemes that take applications today: id, name, prefix of numbers.
    pub schemes: Vec<(SchemeId, String, String)>,
    /// Whether serial numbers of days count from 1904.
    pub since_1904: bool,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As a stable word.
    pub code: &'static str,
    /// For a person.
    pub message: Message,
}

fn fault<T>(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { code, message: Message::new(zh, en) })
}

/// Full-width letters, digits and signs as ASCII ones, and spaces of any kind as plain ones.
#[must_use]
pub fn narrow(text: &str) -> String {
    let narrowed = text.chars().map(|c| match c {
        '\u{3000}' | '\u{A0}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    });
    narrowed.collect::<String>().trim().to_owned()
}

/// Text without the spaces around it, of whatever width.
#[must_use]
pub fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{A0}' || c == '\u{FEFF}').to_owned()
}

/// Whether a cell looks empty.
#[must_use]
pub fn is_blank(given: &Given) -> bool {
    matches!(given, Given::Text(text) if trimmed(text).is_empty())
}

/// The value of a cell as the API takes it.
///
/// # Errors
/// What is wrong with it.
pub fn read(holds: Holds, given: &Given, known: &Known) -> Result<Value, Fault> {
    match given {
        Given::Formula => return fault("formula", "是公式，请粘贴为数值", "is a formula; paste its value"),
        Given::Fault(shown) => {
            return fault("spreadsheet_error", format!("单元格错误 {shown}"), format!("holds the error {shown}"));
        }
        Given::Text(_) | Given::Number(_) | Given::Moment(_) | Given::Truth(_) => {}
    }
    match holds {
        Holds::Text => Ok(json!(plain(given))),
        Holds::Code | Holds::Email => code(given).map(|text| json!(text)),
        Holds::Whole => whole(given),
        Holds::Yuan => yuan(given),
        Holds::Day => day(given, known.since_1904).map(|day| json!(day)),
        Holds::YesNo => yes_no(given),
        Holds::Word(words) => word(given, words),
        Holds::Region => region(&narrow(&plain(given)), known).map(|code| json!(code)),
        Holds::Origins => origins(&narrow(&plain(given)), known),
        Holds::Scheme => scheme(&plain(given), known),
        Holds::Rate => rate(given),
        Holds::Ids => Ok(json!(listed(&narrow(&plain(given))).collect::<Vec<_>>())),
        Holds::Quantity => quantity(given),
        Holds::Listed => Ok(json!(texts(&plain(given)).collect::<Vec<_>>())),
    }
}

/// A cell as text.
pub fn plain(given: &Given) -> String {
    match given {
        Given::Text(text) => trimmed(text),
        Given::Number(text) | Given::Moment(text) | Given::Fault(text) => text.clone(),
        Given::Truth(true) => "TRUE".to_owned(),
        Given::Truth(false) => "FALSE".to_owned(),
        Given::Formula => String::new(),
    }
}

/// Spreadsheets keep 15 digits of a number: a longer code has lost its last ones.
fn code(given: &Given) -> Result<String, Fault> {
    if let Given::Number(digits) = given
        && digits.bytes().filter(u8::is_ascii_digit).count() > 15
    {
        return fault(
            "digits_lost",
            "数字超过 15 位，末位已丢失，请将单元格设为文本后重新填写",
            "is a number of more than 15 digits, whose last ones are lost; format the cell as text and type it again",
        );
    }
    Ok(narrow(&plain(given)))
}

/// Digits with a sign, without the commas between thousands.
fn digits(given: &Given) -> Option<(bool, String, String)> {
    let text = match given {
        Given::Text(_) | Given::Number(_) => narrow(&plain(given)).replace([',', ' '], ""),
        Given::Moment(_) | Given::Truth(_) | Given::Formula | Given::Fault(_) => return None,
    };
    let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    let given = !whole.is_empty() && plain(whole) && plain(part) && (!part.is_empty() || !text.contains('.'));
    given.then(|| (negative, whole.to_owned(), part.trim_end_matches('0').to_owned()))
}

fn number(negative: bool, digits: &str) -> Option<Value> {
    let value: i64 = digits.parse().ok()?;
    Some(json!(if negative { -value } else { value }))
}

fn whole(given: &Given) -> Result<Value, Fault> {
    let read = digits(given).filter(|(_, _, part)| part.is_empty());
    read.and_then(|(negative, whole, _)| number(negative, &whole))
        .map_or_else(|| fault("wrong_format", "应为整数", "must be a whole number"), Ok)
}

fn yuan(given: &Given) -> Result<Value, Fault> {
    let read = digits(given).filter(|(_, _, part)| part.len() <= 2);
    read.and_then(|(negative, whole, part)| number(negative, &format!("{whole}{part:0<2}"))).map_or_else(
        || fault("wrong_format", "应为金额（元），最多两位小数", "must be an amount in yuan with at most two decimals"),
        Ok,
    )
}

fn yes_no(given: &Given) -> Result<Value, Fault> {
    let text = match given {
        Given::Truth(truth) => return Ok(json!(truth)),
        given => narrow(&plain(given)).to_lowercase(),
    };
    match text.as_str() {
        "是" | "yes" | "y" | "true" | "1" => Ok(json!(true)),
        "否" | "no" | "n" | "false" | "0" => Ok(json!(false)),
        _ => fault("not_allowed", "应为“是”或“否”", "must be 是 (yes) or 否 (no)"),
    }
}

fn word(given: &Given, words: Words) -> Result<Value, Fault> {
    let text = narrow(&plain(given));
    let folded = text.to_lowercase();
    let found = words.iter().find(|(zh, word)| *zh == text || *word == folded);
    found.map_or_else(
        || {
            let zh: Vec<&str> = words.iter().map(|(zh, _)| *zh).collect();
            let en: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
            fault("not_allowed", format!("只能是：{}", zh.join("、")), format!("must be one of: {}", en.join(", ")))
        },
        |(_, word)| Ok(json!(word)),
    )
}

/// Days as people write them and as spreadsheets keep them: a date, a text of several forms, or a serial number.
fn day(given: &Given, since_1904: bool) -> Result<Day, Fault> {
    let read = match given {
        Given::Moment(text) => text.parse().ok(),
        Given::Number(serial) => of_serial(serial, since_1904).or_else(|| of_digits(serial)),
        Given::Text(text) => of_text(&narrow(text)),
        Given::Truth(_) | Given::Formula | Given::Fault(_) => None,
    };
    read.map_or_else(|| fault("wrong_format", "应为日期，如 2021-03-01", "must be a day such as 2021-03-01"), Ok)
}

/// Days since 30 December 1899, from 1 March 1900 on (29 February 1900 never was), or since 1 January 1904.
fn of_serial(serial: &str, since_1904: bool) -> Option<Day> {
    let days: i64 = serial.parse().ok().filter(|days| (61..=200_000).contains(days))?;
    let first = if since_1904 { Day::ymd(1904, 1, 1) } else { Day::ymd(1899, 12, 30) };
    Some(first.plus_days(days))
}

fn of_digits(text: &str) -> Option<Day> {
    (text.len() == 8 && text.is_ascii()).then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))?.parse().ok()
}

fn of_text(text: &str) -> Option<Day> {
    if let Some(day) = of_digits(text) {
        return Some(day);
    }
    let text = text.replace(['年', '月', '/', '.'], "-").replace(['日', ' '], "");
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    (year.len() == 4).then(|| format!("{year}-{month:0>2}-{day:0>2}"))?.parse().ok()
}

/// A code, a code with its name behind it (as the template offers it), or the name of one county only.
fn region(text: &str, known: &Known) -> Result<RegionCode, Fault> {
    let first = text.split_whitespace().next().unwrap_or_default();
    if let Ok(code) = first.parse() {
        return Ok(code);
    }
    let named =
        known.regions.iter().filter(|(code, name)| code.level() == RegionLevel::County && name.as_str() == text);
    let codes: Vec<&RegionCode> = named.map(|(code, _)| code).collect();
    match codes.as_slice() {
        [one] => Ok(**one),
        [] => fault("wrong_format", "应为行政区划代码，如 640323", "must be a region's code such as 640323"),
        _ => fault("ambiguous", "有多个同名县（区），请填写代码", "names several counties; give the code"),
    }
}

/// `9%`, `9`, or 0.09 as spreadsheets keep a percentage; 免税 is none.
fn rate(given: &Given) -> Result<Value, Fault> {
    let text = narrow(&plain(given)).replace(' ', "");
    if text == "免税" {
        return Ok(Value::Null);
    }
    let bare = text.strip_suffix('%').unwrap_or(&text);
    let fraction = bare.len() == text.len() && bare.starts_with("0.");
    let read = if fraction { parts_of_one(bare, 6) } else { parts_of_one(bare, 4) };
    let whole = "应为税率，如 9%，或“免税”";
    read.filter(|ppm| *ppm <= 1_000_000).map_or_else(
        || fault("wrong_format", whole, "must be a rate such as 9%, or 免税 (exempt)"),
        |ppm| Ok(json!(ppm)),
    )
}

/// A number with at most so many decimals, in units of its last one.
fn parts_of_one(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && digits(whole) && digits(part) && part.len() <= decimals;
    fits.then(|| format!("{whole}{part:0<decimals$}"))?.parse().ok()
}

/// A decimal as the API takes it.
fn quantity(given: &Given) -> Result<Value, Fault> {
    let read = digits(given).filter(|(negative, _, part)| !negative && part.len() <= 3);
    let shown = read.map(|(_, whole, part)| {
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
    });
    shown.map_or_else(
        || fault("wrong_format", "应为数量，最多三位小数", "must be a quantity with at most three decimals"),
        |text| Ok(json!(text)),
    )
}

/// Texts between semicolons or line ends.
fn texts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// The items of a list.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', ',', '、', '\n']).map(str::trim).filter(|item| !item.is_empty())
}

/// Counties, each with its share when there are several: `640323 60%; 640522 40%`.
fn origins(text: &str, known: &Known) -> Result<Value, Fault> {
    let items: Vec<&str> = listed(text).collect();
    let mut origins = Vec::new();
    for item in &items {
        let (place, share) = match item.strip_suffix('%') {
            Some(rest) => {
                let at = rest
                    .rfind(|c: char| !c.is_ascii_digit() && c != '.')
                    .map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
                (rest[..at].trim_end_matches([' ', '=', ':']), ppm(&rest[at..]))
            }
            None => (*item, (items.len() == 1).then_some(1_000_000)),
        };
        let Some(ppm) = share else {
            return fault(
                "wrong_format",
                "多个产地须各写占比，如 640323 60%；640522 40%",
                "several counties each have a share: 640323 60%; 640522 40%",
            );
        };
        origins.push(json!({ "county": region(place, known)?, "ppm": ppm }));
    }
    Ok(json!(origins))
}

/// A percentage with at most four decimals in parts per million.
fn ppm(percent: &str) -> Option<i64> {
    parts_of_one(percent, 4)
}

fn scheme(text: &str, known: &Known) -> Result<Value, Fault> {
    let narrowed = narrow(text);
    let found = known.schemes.iter().find(|(id, name, prefix)| {
        *name == text || prefix.trim_end_matches('-') == narrowed.trim_end_matches('-') || id.to_string() == narrowed
    });
    found.map_or_else(
        || fault("not_found", "没有这个受理中的认定方案", "is no scheme that takes applications"),
        |(id, _, _)| Ok(json!(id)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }
    fn typed(text: &str) -> Given {
        Given::Number(text.to_owned())
    }
    fn known() -> Known {
        let named = |code: &str, name: &str| (code.parse().unwrap(), name.to_owned());
        let regions =
            [named("640323", "盐池县"), named("640522", "海原县"), named("110105", "城区"), named("640402", "城区")];
        let schemes = vec![(SchemeId([7; 16]), "宁夏扶贫产品认定".to_owned(), "NX-".to_owned())];
        Known { regions: regions.into(), schemes, since_1904: false }
    }
    fn shown(holds: Holds, given: &Given) -> String {
        match read(holds, given, &known()) {
            Ok(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            Err(fault) => format!("!{}", fault.code),
        }
    }

    #[test]
    fn numbers_are_read_however_they_are_kept() {
        let table = [
            (typed("12"), "12", "1200"),
            (typed("19.8"), "!wrong_format", "1980"),
            (text(" １，２３４．５０ "), "!wrong_format", "123450"),
            (text("1,200.00"), "1200", "120000"),
            (text("-3"), "-3", "-300"),
            (text("1.005"), "!wrong_format", "!wrong_format"),
            (text("十二"), "!wrong_format", "!wrong_format"),
            (text("1."), "!wrong_format", "!wrong_format"),
            (text("99999999999999999999"), "!wrong_format", "!wrong_format"),
            (Given::Moment("2021-03-01".to_owned()), "!wrong_format", "!wrong_format"),
            (Given::Formula, "!formula", "!formula"),
            (Given::Fault("#N/A".to_owned()), "!spreadsheet_error", "!spreadsheet_error"),
        ];
        for (given, whole, yuan) in table {
            assert_eq!(
                (shown(Holds::Whole, &given).as_str(), shown(Holds::Yuan, &given).as_str()),
                (whole, yuan),
                "{given:?}"
            );
        }
    }

    #[test]
    fn days_are_read_however_they_are_kept() {
        let good = [
            text("2021-03-01"),
            text("２０２１年３月１日"),
            text("2021/3/1"),
            text("2021.3.1 "),
            text("20210301"),
            typed("44256"),
            typed("20210301"),
            Given::Moment("2021-03-01".to_owned()),
        ];
        for given in good {
            assert_eq!(shown(Holds::Day, &given), "2021-03-01", "{given:?}");
        }
        for given in
            [text("2021-02-29"), text("3/1/2021"), text("明年"), typed("60"), typed("44256.5"), text("2021年3月")]
        {
            assert_eq!(shown(Holds::Day, &given), "!wrong_format", "{given:?}");
        }
        assert_eq!(of_serial("42794", true), Some(Day::ymd(2021, 3, 1)));
    }

    #[test]
    fn words_codes_and_places_are_found() {
        const WORDS: Words = &[("肉类", "meat"), ("粮油", "grain_oil")];
        assert_eq!(shown(Holds::Word(WORDS), &text("　肉类 ")), "meat");
        assert_eq!(shown(Holds::Word(WORDS), &text("ＭＥＡＴ")), "meat");
        assert_eq!(shown(Holds::Word(WORDS), &text("肉")), "!not_allowed");
        assert_eq!(shown(Holds::YesNo, &Given::Truth(false)), "false");
        assert_eq!(shown(Holds::YesNo, &text("是")), "true");
        assert_eq!(shown(Holds::Code, &text(" ＳＣ１０１６４０３２３００１２９ ")), "SC10164032300129");
        assert_eq!(shown(Holds::Code, &typed("121200004013590820")), "!digits_lost");
        assert_eq!(shown(Holds::Region, &text("640323 盐池县")), "640323");
        assert_eq!(shown(Holds::Region, &text("盐池县")), "640323");
        assert_eq!(shown(Holds::Region, &text("城区")), "!ambiguous");
        assert_eq!(shown(Holds::Region, &text("某县")), "!wrong_format");
        assert_eq!(shown(Holds::Scheme, &text("NX")), SchemeId([7; 16]).to_string());
        assert_eq!(shown(Holds::Scheme, &text("别的")), "!not_found");
        assert_eq!(shown(Holds::Ids, &text("a；b , c")), r#"["a","b","c"]"#);
        for (written, ppm) in [
            ("9%", "90000"),
            ("９％", "90000"),
            ("13", "130000"),
            ("0.03", "30000"),
            ("1.5 %", "15000"),
            ("免税", "null"),
            ("0", "0"),
            ("0%", "0"),
            ("九", "!wrong_format"),
            ("", "!wrong_format"),
            ("-3%", "!wrong_format"),
            ("101%", "!wrong_format"),
        ] {
            assert_eq!(shown(Holds::Rate, &text(written)), ppm, "{written}");
        }
        assert_eq!(shown(Holds::Rate, &typed("0.09")), "90000");
        assert_eq!(shown(Holds::Listed, &text("甲（集团）；乙/丙/A1\n 丁 ;")), r#"["甲（集团）","乙/丙/A1","丁"]"#);
        for (written, quantity) in [
            ("20", "20"),
            ("２．５００", "2.5"),
            ("1,000", "1000"),
            ("007", "7"),
            ("-1", "!wrong_format"),
            ("1.2345", "!wrong_format"),
        ] {
            assert_eq!(shown(Holds::Quantity, &text(written)), quantity, "{written}");
        }
    }

    #[test]
    fn several_counties_have_shares() {
        let one = r#"[{"county":"640323","ppm":1000000}]"#;
        for written in ["640323", "盐池县", "640323 盐池县", "640323=100%"] {
            assert_eq!(shown(Holds::Origins, &text(written)), one, "{written}");
        }
        let two = r#"[{"county":"640323","ppm":605000},{"county":"640522","ppm":395000}]"#;
        assert_eq!(shown(Holds::Origins, &text("盐池县 60.5%；海原县39.5％")), two);
        assert_eq!(shown(Holds::Origins, &text("640323；640522")), "!wrong_format");
        assert_eq!(shown(Holds::Origins, &text("640323 1.23456%")), "!wrong_format");
    }
}
