//! A bank's table as movements: banks call their columns differently, set lines above the titles, and sums below.

use super::rules::Direction;
use crate::imports::{self, CellFault, Holds, Known, narrow, plain};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::platform::workbook::{Given, Row, Table, letters};

/// Rows of a file; a month of a busy cooperative is far less.
pub const MOST_ROWS: usize = 2_000;
/// Columns of a file.
pub const MOST_COLUMNS: usize = 60;
/// Rows above the titles.
const MOST_ABOVE: usize = 20;
/// The longest texts that are kept, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 500;
const LONGEST_REFERENCE: usize = 100;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Day,
    Credit,
    Debit,
    Amount,
    Side,
    Name,
    Account,
    Text,
    Reference,
}

/// Titles as the statements of Chinese banks have them, without spaces and what stands in brackets.
const TITLES: &[(Column, &[&str])] = &[
    (
        Column::Day,
        &[
            "交易日期",
            "记账日期",
            "入账日期",
            "交易时间",
            "交易日",
            "记账日",
            "入账时间",
            "日期",
            "交易日期时间",
            "date",
        ],
    ),
    (
        Column::Credit,
        &[
            "收入金额",
            "贷方金额",
            "贷方发生额",
            "收入",
            "贷方",
            "存入金额",
            "转入金额",
            "收款金额",
            "贷方交易金额",
            "credit",
        ],
    ),
    (
        Column::Debit,
        &[
            "支出金额",
            "借方金额",
            "借方发生额",
            "支出",
            "借方",
            "支取金额",
            "转出金额",
            "付款金额",
            "借方交易金额",
            "debit",
        ],
    ),
    (Column::Amount, &["交易金额", "发生额", "金额", "交易额", "amount"]),
    (
        Column::Side,
        &["借贷标志", "借贷方向", "收支方向", "收付标志", "收支", "借贷", "收/支", "交易方向", "来往账标志", "借/贷"],
    ),
    (
        Column::Name,
        &[
            "对方户名",
            "对方名称",
            "对方账户名称",
            "对方账户名",
            "对手户名",
            "对方单位名称",
            "对方单位",
            "交易对手名称",
            "交易对手",
            "付款人名称",
            "付款方名称",
            "付款方户名",
            "付款人",
            "对方账号名称",
            "name",
        ],
    ),
    (Column::Account, &["对方账号", "对方账户", "对方帐号", "对手账号", "付款人账号", "付款方账号", "交易对手账号"]),
    (Column::Text, &["摘要", "附言", "用途", "备注", "交易附言", "交易摘要", "客户附言", "交易用途", "text", "remark"]),
    (
        Column::Reference,
        &[
            "流水号",
            "交易流水号",
            "银行流水号",
            "交易流水",
            "核心流水号",
            "账户明细编号-交易流水号",
            "交易序号",
            "参考号",
            "交易参考号",
            "业务编号",
            "交易编号",
            "企业流水号",
            "reference",
        ],
    ),
];
/// How sums below the movements begin.
const SUMS: [&str; 10] = ["合计", "总计", "小计", "本页", "承前", "过次", "期初", "期末", "总笔数", "笔数"];
/// Words for money that came, and for money that left.
const CAME: [&str; 8] = ["贷", "贷方", "收", "收入", "来账", "转入", "c", "credit"];
const LEFT: [&str; 8] = ["借", "借方", "支", "支出", "往账", "转出", "d", "debit"];

/// A movement as the file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The row's number as spreadsheets show it.
    pub number: i64,
    /// The bank's day.
    pub day: Day,
    /// Which way the money went.
    pub direction: Direction,
    /// How much, in fen.
    pub amount: Fen,
    /// The other side's name.
    pub name: String,
    /// The other side's account.
    pub account: String,
    /// Summary, purpose and remark.
    pub text: String,
    /// The bank's number.
    pub reference: Option<String>,
}

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongCell {
    /// The row's number.
    pub number: i64,
    /// The letters of the column; empty when no single column is meant.
    pub letters: String,
    /// The column's title.
    pub title: String,
    /// As a stable word.
    pub code: &'static str,
    /// For a person.
    pub message: Message,
}

/// What a table was read as.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The movements, in the order of the file.
    pub movements: Vec<Movement>,
    /// What is wrong with other rows.
    pub wrong: Vec<WrongCell>,
    /// How many rows something is wrong with.
    pub wrong_rows: i64,
    /// Rows that are no movement: sums, and rows without an amount.
    pub skipped: i64,
}

/// Where which column stands.
struct Titles(Vec<(usize, Column, String)>);

impl Titles {
    fn of<'a>(cells: impl Iterator<Item = (usize, &'a str)>) -> Titles {
        let known = |title: &str| {
            let plain = without_brackets(&narrow(title)).to_lowercase();
            TITLES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
        };
        Titles(
            cells.filter_map(|(at, title)| known(title).map(|column| (at, column, title.trim().to_owned()))).collect(),
        )
    }
    fn has(&self, column: Column) -> bool {
        self.0.iter().any(|(_, known, _)| *known == column)
    }
    /// A day, and an amount in one form or the other.
    fn suffice(&self) -> bool {
        self.has(Column::Day) && (self.has(Column::Credit) || self.has(Column::Amount))
    }
    /// The cells of a column in a row; several columns may hold text.
    fn cells<'r>(&self, row: &'r Row, column: Column) -> impl Iterator<Item = (usize, &str, &'r Given)> {
        let own = self.0.iter().filter(move |(_, known, _)| *known == column);
        own.filter_map(move |(at, _, title)| {
            row.cells.iter().find(|(place, _)| place == at).map(|(_, given)| (*at, title.as_str(), given))
        })
    }
    fn texts(&self, row: &Row, column: Column, most: usize) -> String {
        let parts = self.cells(row, column).map(|(_, _, given)| plain(given));
        let joined = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let clean: String = joined.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        clean.trim().chars().take(most).collect()
    }
}

/// A title without spaces, signs of obligation and what stands in brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_i32;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth -= 1,
            c if depth == 0 && !c.is_whitespace() && !matches!(c, '*' | ':') => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Reads every row below the titles.
///
/// # Errors
/// `sheet_unreadable` when no row has the titles of a day and an amount.
pub fn movements(table: &Table) -> Outcome<Sheet> {
    let header = Titles::of(table.header.iter().map(|(at, title)| (*at, title.as_str())));
    let (titles, rows) = if header.suffice() {
        (header, table.rows.as_slice())
    } else {
        let below = table.rows.iter().take(MOST_ABOVE).enumerate().find_map(|(place, row)| {
            let texts = row.cells.iter().filter_map(|(at, given)| match given {
                Given::Text(text) => Some((*at, text.as_str())),
                _ => None,
            });
            let titles = Titles::of(texts);
            titles.suffice().then_some((place, titles))
        });
        let (place, titles) = below.ok_or_else(no_titles)?;
        (titles, table.rows.get(place + 1..).unwrap_or_default())
    };
    let mut sheet = Sheet::default();
    for row in rows {
        if !row.cells.iter().all(|(_, given)| plain(given).is_empty() && !matches!(given, Given::Formula)) {
            read(&titles, row, table.since_1904, &mut sheet)?;
        }
    }
    Ok(sheet)
}

fn no_titles() -> AppError {
    let zh = "没有找到列标题：须有“交易日期”，以及“收入金额”（或“贷方金额”）或“交易金额”";
    let en = "has no row of titles with a day (交易日期) and an amount (收入金额, 贷方金额 or 交易金额)";
    let message = Message::new(zh, en);
    AppError::new(Code::SheetUnreadable).detail(zh, en).with_field(FieldError::new(
        "/file_id",
        "missing_titles",
        message,
    ))
}

fn read(titles: &Titles, row: &Row, since_1904: bool, sheet: &mut Sheet) -> Outcome<()> {
    let number = i64::try_from(row.number).map_err(AppError::internal)?;
    let first = row.cells.iter().map(|(_, given)| narrow(&plain(given))).find(|text| !text.is_empty());
    if first.is_some_and(|text| SUMS.iter().any(|sum| text.starts_with(sum))) {
        sheet.skipped += 1;
        return Ok(());
    }
    let mut wrong = Vec::new();
    let mut note = |(at, title, fault): (usize, &str, CellFault)| {
        let (letters, title) = (letters(at), title.to_owned());
        wrong.push(WrongCell { number, letters, title, code: fault.code, message: fault.message });
    };
    let day = day(titles, row, since_1904).map_err(&mut note).ok();
    let moved = moved(titles, row).map_err(&mut note).ok();
    let reference = reference(titles, row).map_err(&mut note).ok();
    if !wrong.is_empty() {
        sheet.wrong_rows += 1;
        sheet.wrong.extend(wrong);
        return Ok(());
    }
    match (day, moved.flatten(), reference) {
        (Some(day), Some((direction, amount)), Some(reference)) => sheet.movements.push(Movement {
            number,
            day,
            direction,
            amount,
            name: titles.texts(row, Column::Name, LONGEST_NAME),
            account: titles.texts(row, Column::Account, LONGEST_REFERENCE),
            text: titles.texts(row, Column::Text, LONGEST_TEXT),
            reference,
        }),
        _ => sheet.skipped += 1,
    }
    Ok(())
}

type Placed<'t, T> = Result<T, (usize, &'t str, CellFault)>;

fn fault(code: &'static str, zh: &str, en: &str) -> CellFault {
    CellFault { code, message: Message::new(zh, en) }
}

/// The first column of several that has a value.
fn day<'t>(titles: &'t Titles, row: &Row, since_1904: bool) -> Placed<'t, Day> {
    let known = Known { since_1904, ..Known::default() };
    let Some((at, title, given)) = titles.cells(row, Column::Day).find(|(_, _, given)| !plain(given).is_empty()) else {
        let (at, title) =
            titles.0.iter().find(|(_, column, _)| *column == Column::Day).map_or((0, ""), |t| (t.0, t.2.as_str()));
        return Err((at, title, fault("required", "缺少日期", "has no day")));
    };
    let given = match given {
        Given::Text(text) | Given::Moment(text) => Given::Text(date_of(&narrow(text))),
        other => other.clone(),
    };
    let wrong = || fault("wrong_format", "应为日期，如 2021-03-01", "must be a day such as 2021-03-01");
    let value = imports::read_cell(Holds::Day, &given, &known).map_err(|fault| (at, title, fault))?;
    value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| (at, title, wrong()))
}

/// The date of a moment: `2021-03-01 09:30:00`, `20210301093000`.
fn date_of(text: &str) -> String {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let digits = date.len() > 8 && date.bytes().all(|b| b.is_ascii_digit());
    if digits { date.chars().take(8).collect() } else { date.to_owned() }
}

/// Which way how much went; nothing where a row has no amount. What is taken back (negative) went the other way.
fn moved<'t>(titles: &'t Titles, row: &Row) -> Placed<'t, Option<(Direction, Fen)>> {
    let (credit, debit) = (amount(titles, row, Column::Credit)?, amount(titles, row, Column::Debit)?);
    let signed = match (credit, debit) {
        (Some((at, title, _)), Some(_)) => {
            return Err((
                at,
                title,
                fault("ambiguous", "同一行既有收入又有支出", "has money that came and money that left"),
            ));
        }
        (Some((_, _, fen)), None) => Some(fen),
        (None, Some((_, _, fen))) => Some(-fen),
        (None, None) => match amount(titles, row, Column::Amount)? {
            Some((at, title, fen)) => match side(titles, row)? {
                // A sign and a word may say the same, or that it was taken back: only a person knows.
                Some(_) if fen < 0 => {
                    let (zh, en) =
                        ("负数金额旁又注明借贷（收支），无法判断方向", "has a sign and a word for the direction");
                    return Err((at, title, fault("ambiguous", zh, en)));
                }
                Some(false) => Some(-fen),
                Some(true) | None => Some(fen),
            },
            None => None,
        },
    };
    Ok(signed.map(|fen| {
        let direction = if fen > 0 { Direction::Credit } else { Direction::Debit };
        (direction, Fen::new(fen.abs()))
    }))
}

/// Whether the row says that money came.
fn side<'t>(titles: &'t Titles, row: &Row) -> Placed<'t, Option<bool>> {
    let Some((at, title, given)) = titles.cells(row, Column::Side).next() else { return Ok(None) };
    let word = narrow(&plain(given)).to_lowercase();
    if CAME.contains(&word.as_str()) {
        return Ok(Some(true));
    }
    if LEFT.contains(&word.as_str()) {
        return Ok(Some(false));
    }
    Err((at, title, fault("not_allowed", "应为“借”或“贷”（收、支）", "must say which way the money went: 借 or 贷")))
}

/// An amount that is not nothing, in fen.
fn amount<'t>(titles: &'t Titles, row: &Row, column: Column) -> Placed<'t, Option<(usize, &'t str, i64)>> {
    for (at, title, given) in titles.cells(row, column) {
        let given = match given {
            Given::Text(text) => {
                let clean = narrow(text).replace(['¥', '￥', '元', '+'], "").replace("CNY", "").replace("RMB", "");
                let clean = clean.trim().to_owned();
                if clean.is_empty() || clean.chars().all(|c| matches!(c, '-' | '—')) {
                    continue;
                }
                Given::Text(clean)
            }
            other => other.clone(),
        };
        let value = imports::read_cell(Holds::Yuan, &given, &Known::default()).map_err(|fault| (at, title, fault))?;
        match value.as_i64() {
            Some(0) | None => {}
            Some(fen) => return Ok(Some((at, title, fen))),
        }
    }
    Ok(None)
}

fn reference<'t>(titles: &'t Titles, row: &Row) -> Placed<'t, Option<String>> {
    for (at, title, given) in titles.cells(row, Column::Reference) {
        let value = imports::read_cell(Holds::Code, given, &Known::default()).map_err(|fault| (at, title, fault))?;
        let text = value.as_str().unwrap_or_default().replace(char::is_whitespace, "");
        if text.chars().count() > LONGEST_REFERENCE {
            return Err((at, title, fault("too_long", "流水号过长", "is too long for a bank's number")));
        }
        if !text.is_empty() {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// What tells a movement of an account from every other one, as text: the bank's number, or name and text, and its ordinal among
/// the movements of the file that are equal otherwise (a batch may give several the same number).
#[must_use]
pub fn identities(account: &str, movements: &[Movement]) -> Vec<String> {
    let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let one = |m: &Movement| {
        let base = [account, &m.day.to_string(), m.direction.as_str(), &m.amount.get().to_string()].join("\u{1f}");
        let base = match &m.reference {
            Some(reference) => [base.as_str(), "reference", reference].join("\u{1f}"),
            None => {
                [base.as_str(), "text", &super::rules::folded(&m.name), &super::rules::folded(&m.text)].join("\u{1f}")
            }
        };
        let ordinal = seen.entry(base.clone()).and_modify(|n| *n += 1).or_insert(1);
        format!("{base}\u{1f}{ordinal}")
    };
    movements.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
