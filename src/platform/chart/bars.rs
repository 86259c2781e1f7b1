//! Amounts side by side, as bars from left to right.

use super::frame::{Caption, INK, MARGIN, WIDTH, in_words, nothing, printed, upright, widest};
use super::scale::{Scale, Unit};
use super::svg::{Anchor, Picture, hatch};
use super::text::at_most;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Whose it is.
    pub name: String,
    /// How much.
    pub amount: Fen,
    /// Whether it is the sum of many that are not drawn; it is hatched.
    pub rest: bool,
}

const THICK: i64 = 1800;
const FILL: &str = "fill=\"#0072B2\" stroke=\"#222\" stroke-width=\"0.75\"";
const FILL_REST: &str = "fill=\"#fff\" stroke=\"#222\" stroke-width=\"1\"";
const STROKES: &str = "stroke=\"#555\" stroke-width=\"1.2\" fill=\"none\"";
/// The most that names may take of the width.
const NAMES: i64 = 26_000;

/// Bars in the order given, with their amounts at their ends. What is below 0 goes to the left.
///
/// # Errors
/// Never for amounts of this platform.
pub fn bars(caption: &Caption, bars: &[Bar]) -> Outcome<Vec<u8>> {
    let amounts: Vec<Fen> = bars.iter().map(|bar| bar.amount).collect();
    let unit = Unit::fitting(amounts.iter().copied());
    let caption = caption.in_unit(unit, amounts.iter().copied());
    let mut picture = Picture::new();
    let top = caption.head(&mut picture);
    let said: Vec<String> = bars.iter().map(|bar| in_words(&bar.name, bar.amount)).collect();
    if bars.is_empty() {
        let y = nothing(&mut picture, top);
        return Ok(caption.finish(picture, y, &said));
    }
    let shown = printed(unit, &amounts)?;
    let (least, most) = (amounts.iter().min(), amounts.iter().max());
    let bounds = (least.map_or(0, |fen| fen.get()), most.map_or(0, |fen| fen.get()));
    let scale = Scale::covering(bounds.0, bounds.1, 100, 8);
    let names: Vec<Vec<String>> = bars.iter().map(|bar| at_most(2, &bar.name, 14, NAMES)).collect();
    let pitch = if names.iter().any(|lines| lines.len() > 1) { 4200 } else { 3000 };
    let room = widest(shown.iter().map(String::as_str), 13) + 1000;
    let names_end = MARGIN + widest(names.iter().flatten().map(String::as_str), 14);
    let right = WIDTH - MARGIN - room;
    // An amount below 0 stands left of its bar, where the axis may leave it no room.
    let end = scale.along(bounds.0.into(), right - names_end - 1000);
    let lacking = if bounds.0 < 0 { (room - end).max(0) } else { 0 };
    let across = (names_end + 1000 + lacking, right);
    let bottom = top + pitch * i64::try_from(bars.len()).unwrap_or(i64::MAX / pitch);
    upright(&mut picture, &scale, across, (top, bottom), |tick| unit.tick(tick));
    let mut middle = top + pitch / 2;
    for (index, bar) in bars.iter().enumerate() {
        picture.open(&said[index]);
        label(&mut picture, &names[index], (names_end, middle));
        draw(&mut picture, bar, (&scale, across), middle, &shown[index]);
        picture.close();
        middle += pitch;
    }
    Ok(caption.finish(picture, bottom + 2000, &said))
}

/// A name of one or two lines that ends at a place.
pub fn label(picture: &mut Picture, lines: &[String], (x, middle): (i64, i64)) {
    let mut y = middle + 500 - 850 * i64::try_from(lines.len().saturating_sub(1)).unwrap_or(0);
    for line in lines {
        picture.text((x, y), 14, Anchor::End, line, INK);
        y += 1700;
    }
}

fn draw(picture: &mut Picture, bar: &Bar, (scale, across): (&Scale, (i64, i64)), middle: i64, shown: &str) {
    let place = |value: i128| across.0 + scale.along(value, across.1 - across.0);
    let (zero, end) = (place(0), place(bar.amount.get().into()));
    let (at, size) = ((zero.min(end), middle - THICK / 2), ((end - zero).abs(), THICK));
    picture.rect(at, size, if bar.rest { FILL_REST } else { FILL });
    if bar.rest {
        picture.path(&hatch(at, size, 700), STROKES);
    }
    let (x, anchor) = if bar.amount < Fen::ZERO { (end - 500, Anchor::End) } else { (end + 500, Anchor::Start) };
    picture.text((x, middle + 450), 13, anchor, shown, INK);
}
