//! How far amounts have come of what was set for them: for each row a bar of the part over a hatched one of the whole, which is as long
//! in every row, so that rows of any size are compared by their rate.

use super::bars::label;
use super::frame::{BASE, Caption, GREY, INK, MARGIN, WIDTH, nothing, printed, upright, widest};
use super::scale::{Scale, Unit, decimal};
use super::svg::{Anchor, Picture, hatch};
use super::text::at_most;
use crate::kernel::error::Outcome;
use crate::kernel::money::{Fen, rate_hundredths, show_rate};

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attained {
    /// Whose it is.
    pub name: String,
    /// What was attained.
    pub part: Fen,
    /// Of what.
    pub whole: Fen,
}

/// What the two amounts are called.
#[derive(Debug, Clone, Copy)]
pub struct Called {
    /// What was attained.
    pub part: &'static str,
    /// Of what.
    pub whole: &'static str,
    /// What is said where the whole is nothing.
    pub none: &'static str,
}

/// 100 %, in hundredths of a per cent.
const WHOLE: i64 = 10_000;
/// What a bar is cut at, so that one of a tiny whole does not make all others invisible.
const CUT: i64 = 3 * WHOLE;
const CUT_NOTE: &str = "超过 300% 的条形在断口处截断，比例以所标数字为准。";
const PITCH: i64 = 3200;
const THICK: i64 = 2000;
const THIN: i64 = 1000;
const FRAME: &str = "fill=\"#fff\" stroke=\"#555\" stroke-width=\"1\"";
const STROKES: &str = "stroke=\"#8A8A8A\" stroke-width=\"1\" fill=\"none\"";
const FILL: &str = "fill=\"#0072B2\" stroke=\"#fff\" stroke-width=\"1\"";
const LESS: &str = "fill=\"#D55E00\" stroke=\"#fff\" stroke-width=\"1\"";
const FULL: &str = "stroke=\"#222\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\" fill=\"none\"";
/// The most that names may take of the width.
const NAMES: i64 = 24_000;

/// Where everything stands from left to right.
struct Columns {
    names: i64,
    across: (i64, i64),
    rates: i64,
    amounts: i64,
}

/// What is drawn of a row.
struct Row<'a> {
    of: &'a Attained,
    rate: Option<i64>,
    name: Vec<String>,
    amounts: String,
    said: String,
}

/// The rows in the order given, and their total below a line.
///
/// # Errors
/// Never for amounts of this platform.
pub fn attainment(caption: &Caption, called: Called, rows: &[Attained], total: &Attained) -> Outcome<Vec<u8>> {
    let all: Vec<&Attained> = rows.iter().chain([total]).collect();
    let amounts = || all.iter().flat_map(|row| [row.part, row.whole]);
    let unit = Unit::fitting(amounts());
    let mut caption = caption.in_unit(unit, amounts());
    let drawn = all.iter().map(|row| drawn(row, called, unit)).collect::<Outcome<Vec<_>>>()?;
    let rates = || drawn.iter().filter_map(|row| row.rate);
    let (least, most) = (rates().min().unwrap_or(0).max(-WHOLE), rates().max().unwrap_or(0).clamp(WHOLE, CUT));
    if rates().any(|rate| !(-WHOLE..=CUT).contains(&rate)) {
        caption.notes.push(CUT_NOTE.to_owned());
    }
    let mut picture = Picture::new();
    let top = caption.head(&mut picture);
    let said: Vec<String> = drawn.iter().map(|row| row.said.clone()).collect();
    if rows.is_empty() {
        let y = nothing(&mut picture, top);
        return Ok(caption.finish(picture, y, &said));
    }
    let scale = Scale::covering(least, most, WHOLE, 6);
    let head = format!("{} ÷ {}（{}）", called.part, called.whole, unit.name());
    let columns = columns(&drawn, &head);
    legend(&mut picture, called, (columns.across.0, top + 1000));
    picture.text((columns.rates, top + 1400), 12, Anchor::End, "比例（%）", GREY);
    picture.text((columns.amounts, top + 1400), 12, Anchor::End, &head, GREY);
    let top = top + 2600;
    let count = i64::try_from(drawn.len()).unwrap_or(i64::MAX / PITCH);
    let bottom = top + PITCH * count;
    upright(&mut picture, &scale, columns.across, (top, bottom), |tick| format!("{}%", decimal(tick, 100)));
    let full = columns.across.0 + scale.along(WHOLE.into(), columns.across.1 - columns.across.0);
    for (index, row) in (0..).zip(&drawn) {
        let middle = top + PITCH * index + PITCH / 2;
        if index + 1 == count {
            picture.line((MARGIN, middle - PITCH / 2), (WIDTH - MARGIN, middle - PITCH / 2), BASE);
        }
        picture.open(&row.said);
        draw(&mut picture, row, (&scale, &columns), middle, called);
        picture.close();
    }
    picture.line((full, top), (full, bottom), FULL);
    Ok(caption.finish(picture, bottom + 2000, &said))
}

fn drawn<'a>(row: &'a Attained, called: Called, unit: Unit) -> Outcome<Row<'a>> {
    let rate = rate_hundredths(row.part, row.whole);
    let shown = printed(unit, &[row.part, row.whole])?;
    let percent = if rate.is_some() { "%" } else { "" };
    let said = format!(
        "{}：{} {} 元，{} {} 元，比例 {}{percent}",
        row.name,
        called.part,
        row.part,
        called.whole,
        row.whole,
        show_rate(rate)
    );
    Ok(Row { of: row, rate, name: at_most(2, &row.name, 14, NAMES), amounts: shown.join(" ÷ "), said })
}

fn columns(rows: &[Row<'_>], head: &str) -> Columns {
    let names = MARGIN + widest(rows.iter().flat_map(|row| &row.name).map(String::as_str), 14);
    let amounts = WIDTH - MARGIN;
    let rates = amounts - widest(rows.iter().map(|row| row.amounts.as_str()), 13).max(widest([head], 12)) - 1600;
    let shown: Vec<String> = rows.iter().map(|row| show_rate(row.rate)).collect();
    let right = rates - widest(shown.iter().map(String::as_str), 14).max(widest(["比例（%）"], 12)) - 2000;
    Columns { names, across: (names + 1000, right), rates, amounts }
}

/// What the bars are.
fn legend(picture: &mut Picture, called: Called, (x, middle): (i64, i64)) {
    picture.rect((x, middle - 600), (2400, 1200), FRAME);
    picture.path(&hatch((x, middle - 600), (2400, 1200), 500), STROKES);
    let whole = format!("{}（100%）", called.whole);
    picture.text((x + 3000, middle + 400), 12, Anchor::Start, &whole, INK);
    let next = x + 3000 + widest([whole.as_str()], 12) + 1600;
    picture.rect((next, middle - 500), (2400, 1000), FILL);
    picture.text((next + 3000, middle + 400), 12, Anchor::Start, called.part, INK);
}

fn draw(picture: &mut Picture, row: &Row<'_>, (scale, columns): (&Scale, &Columns), middle: i64, called: Called) {
    label(picture, &row.name, (columns.names, middle));
    let place = |rate: i64| columns.across.0 + scale.along(rate.into(), columns.across.1 - columns.across.0);
    let (zero, full) = (place(0), place(WHOLE));
    if let Some(rate) = row.rate {
        let (at, size) = ((zero, middle - THICK / 2), (full - zero, THICK));
        picture.rect(at, size, FRAME);
        picture.path(&hatch(at, size, 600), STROKES);
        let end = place(rate.clamp(-WHOLE, CUT));
        if end != zero {
            let at = (zero.min(end), middle - THIN / 2);
            picture.rect(at, ((end - zero).abs(), THIN), if rate < 0 { LESS } else { FILL });
        }
        if !(-WHOLE..=CUT).contains(&rate) {
            cut(picture, (if rate < 0 { end + 900 } else { end - 900 }, middle));
        }
    } else {
        picture.text((zero + 600, middle + 450), 13, Anchor::Start, called.none, GREY);
    }
    picture.text((columns.rates, middle + 500), 14, Anchor::End, &show_rate(row.rate), INK);
    let shown = if row.of.whole.is_zero() && row.of.part.is_zero() { "—" } else { row.amounts.as_str() };
    picture.text((columns.amounts, middle + 450), 13, Anchor::End, shown, INK);
}

/// A gap through a bar that is longer than drawn.
fn cut(picture: &mut Picture, (x, middle): (i64, i64)) {
    for (shift, look) in [
        (0, "stroke=\"#fff\" stroke-width=\"4\""),
        (-250, "stroke=\"#222\" stroke-width=\"1\""),
        (250, "stroke=\"#222\" stroke-width=\"1\""),
    ] {
        picture.line((x + shift - 300, middle + 900), (x + shift + 300, middle - 900), look);
    }
}
