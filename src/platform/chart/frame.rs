//! What stands around every chart: its title, what is said about the figures, and notes.

use super::scale::{Scale, Unit};
use super::svg::{Anchor, Picture};
use super::text::lines;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::time::At;

/// How wide every picture is, in hundredths of a pixel like all lengths here.
pub const WIDTH: i64 = 96_000;
/// What is left free around it.
pub const MARGIN: i64 = 2400;
/// The colour of text and axes.
pub const INK: &str = "#222";
/// The colour of what is less important; 7 to 1 against white.
pub const GREY: &str = "#555";
/// A thin line behind the figures.
pub const GRID: &str = "stroke=\"#D0D0D0\" stroke-width=\"1\" fill=\"none\"";
/// A line at which figures begin.
pub const BASE: &str = "stroke=\"#222\" stroke-width=\"1.5\" fill=\"none\"";
/// What is written where there is nothing to draw.
pub const NOTHING: &str = "此范围内没有金额";
/// What is said where figures are rounded.
const ROUNDED: &str = "图中金额四舍五入到 0.01 万元，分项与合计可能存在尾差；精确到分的金额见各图形的说明文字。";

/// What is said about a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caption {
    /// What it shows.
    pub title: String,
    /// Below the title: whose and which figures, of when, on what they rest, and what they come to.
    pub facts: Vec<String>,
    /// Below the chart.
    pub notes: Vec<String>,
}

impl Caption {
    /// The same with the unit of the amounts, and a note where they are rounded.
    pub fn in_unit(&self, unit: Unit, amounts: impl IntoIterator<Item = Fen>) -> Caption {
        let mut caption = self.clone();
        caption.facts.push(format!("单位：{}", unit.name()));
        if amounts.into_iter().any(|amount| !unit.exact(amount)) {
            caption.notes.push(ROUNDED.to_owned());
        }
        caption
    }
    /// Title and facts; answers where the chart may begin.
    pub fn head(&self, picture: &mut Picture) -> i64 {
        let mut y = MARGIN;
        for line in lines(&self.title, 22, WIDTH - 2 * MARGIN) {
            y += 2800;
            picture.text((MARGIN, y - 600), 22, Anchor::Start, &line, INK);
        }
        for line in lines(&self.facts.join("　"), 13, WIDTH - 2 * MARGIN) {
            y += 2100;
            picture.text((MARGIN, y - 200), 13, Anchor::Start, &line, GREY);
        }
        y + 1400
    }
    /// Notes below the chart, which ends at `y`; answers the finished picture, of which `said` are the figures in words.
    pub fn finish(&self, mut picture: Picture, mut y: i64, said: &[String]) -> Vec<u8> {
        y += 800;
        for note in &self.notes {
            for line in lines(&format!("注：{note}"), 12, WIDTH - 2 * MARGIN) {
                y += 1900;
                picture.text((MARGIN, y - 300), 12, Anchor::Start, &line, GREY);
            }
        }
        let figures = if said.is_empty() { NOTHING.to_owned() } else { said.join("；") };
        let sentences = [self.facts.join("；"), figures, self.notes.join("")];
        let description: String =
            sentences.iter().filter(|text| !text.is_empty()).map(|text| format!("{text}。")).collect();
        picture.finish((WIDTH, y + MARGIN), &self.title, &description.replace("。。", "。"))
    }
}

/// Lines across a chart at the round numbers of an axis from left to right, with the numbers below.
pub fn upright(
    picture: &mut Picture,
    scale: &Scale,
    across: (i64, i64),
    down: (i64, i64),
    name: impl Fn(i128) -> String,
) {
    for tick in scale.ticks() {
        let x = across.0 + scale.along(tick, across.1 - across.0);
        picture.line((x, down.0), (x, down.1), if tick == 0 { BASE } else { GRID });
        picture.text((x, down.1 + 1700), 12, Anchor::Middle, &name(tick), GREY);
    }
}

/// Writes that there is nothing.
pub fn nothing(picture: &mut Picture, y: i64) -> i64 {
    picture.text((WIDTH / 2, y + 4000), 16, Anchor::Middle, NOTHING, GREY);
    y + 8000
}

/// An amount to the fen, in words.
pub fn in_words(name: &str, amount: Fen) -> String {
    format!("{name}：{amount} 元")
}

/// The widest of some texts.
pub fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: i64) -> i64 {
    texts.into_iter().map(|text| super::text::width(text, size)).max().unwrap_or(0)
}

/// Amounts as they are printed.
pub fn printed(unit: Unit, amounts: &[Fen]) -> Outcome<Vec<String>> {
    Ok(amounts.iter().map(|amount| unit.show(*amount)).collect::<Result<_, _>>()?)
}

/// A moment to the minute, as people write it.
#[must_use]
pub fn moment(at: At) -> String {
    let text = at.to_string();
    format!("{} {}", at.day(), text.get(11..16).unwrap_or_default())
}
