//! Amounts over months, as lines that are told apart by dashes and marks as well as by colour.

use super::frame::{BASE, Caption, GREY, GRID, INK, MARGIN, WIDTH, in_words, nothing, widest};
use super::scale::{Scale, Unit};
use super::svg::{Anchor, Picture, number};
use super::text::{short, width};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use std::cmp::Ordering;
use std::fmt::Write;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Whose it is.
    pub name: String,
    /// How much in each month.
    pub amounts: Vec<Fen>,
    /// Whether it is the sum of many that are not drawn; it is grey.
    pub rest: bool,
}

/// The most lines that can still be told apart.
pub const MOST_LINES: usize = 6;

/// Colour, dashes and mark of a line. Colours that colour-blind people tell apart, each dark enough on white.
struct Look {
    colour: &'static str,
    dashes: &'static str,
    mark: Mark,
}

#[derive(Debug, Clone, Copy)]
enum Mark {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
    Ring,
}

const LOOKS: [Look; MOST_LINES] = [
    Look { colour: "#0072B2", dashes: "", mark: Mark::Circle },
    Look { colour: "#D55E00", dashes: "9 4", mark: Mark::Square },
    Look { colour: "#111111", dashes: "2 4", mark: Mark::Triangle },
    Look { colour: "#00805F", dashes: "12 4 2 4", mark: Mark::Diamond },
    Look { colour: "#9C3E7D", dashes: "5 3", mark: Mark::Cross },
    Look { colour: "#8A5A00", dashes: "16 5", mark: Mark::Ring },
];
const REST: Look = Look { colour: "#6A6A6A", dashes: "3 3", mark: Mark::Ring };

const HEIGHT: i64 = 36_000;
/// The most that names at the ends may take of the width.
const NAMES: i64 = 24_000;
const GAP: i64 = 1800;

/// Where months and amounts lie.
struct Plot {
    scale: Scale,
    across: (i64, i64),
    down: (i64, i64),
    months: usize,
}

impl Plot {
    fn x(&self, month: usize) -> i64 {
        let (from, to) = self.across;
        match (i64::try_from(month), i64::try_from(self.months)) {
            (Ok(month), Ok(months)) if months > 1 => from + (to - from) * month / (months - 1),
            _ => from.midpoint(to),
        }
    }
    fn y(&self, amount: i128) -> i64 {
        self.down.1 - self.scale.along(amount, self.down.1 - self.down.0)
    }
    fn step(&self) -> i64 {
        if self.months > 1 { self.x(1) - self.x(0) } else { self.across.1 - self.across.0 }
    }
}

/// Months (`YYYY-MM`, one after another) and a line for each series; with one line its amounts are written beside it, with
/// several their names at the lines' ends.
///
/// # Errors
/// Never for amounts of this platform.
pub fn lines(caption: &Caption, months: &[String], series: &[Series]) -> Outcome<Vec<u8>> {
    let all = || series.iter().flat_map(|series| series.amounts.iter().copied());
    let totals = series.iter().map(|one| Fen::total(one.amounts.iter().copied())).collect::<Result<Vec<_>, _>>()?;
    let unit = Unit::fitting(all());
    let caption = caption.in_unit(unit, all());
    let mut picture = Picture::new();
    let top = caption.head(&mut picture) + 1200;
    if series.is_empty() || months.is_empty() {
        let y = nothing(&mut picture, top);
        return Ok(caption.finish(picture, y, &[]));
    }
    let bounds = (all().min().map_or(0, Fen::get), all().max().map_or(0, Fen::get));
    let scale = Scale::covering(bounds.0, bounds.1, 100, 8);
    let ticks: Vec<String> = scale.ticks().map(|tick| unit.tick(tick)).collect();
    let names: Vec<String> = series.iter().map(|one| short(&one.name, 13, NAMES)).collect();
    let ends = if series.len() > 1 { widest(names.iter().map(String::as_str), 13) + 4200 } else { 3000 };
    let left = MARGIN + widest(ticks.iter().map(String::as_str), 12) + 2400;
    let plot = Plot { scale, across: (left, WIDTH - MARGIN - ends), down: (top, top + HEIGHT), months: months.len() };
    axes(&mut picture, &plot, &ticks, months);
    for (index, one) in series.iter().enumerate() {
        let look = look(index, one);
        let title = format!("{}，{} 至 {} 合计", one.name, months[0], months[months.len() - 1]);
        picture.open(&in_words(&title, totals[index]));
        stroke(&mut picture, &plot, one, look);
        picture.close();
        for (month, amount) in one.amounts.iter().enumerate() {
            let at = (plot.x(month), plot.y(amount.get().into()));
            picture.open(&in_words(&format!("{}，{}", one.name, months[month]), *amount));
            let dense = plot.step() < 1400;
            picture.path(&mark(look.mark, at, if dense { 200 } else { 400 }), &filled(look, dense));
            picture.close();
        }
    }
    if let [one] = series {
        amounts(&mut picture, &plot, one, unit)?;
    } else {
        names_at_ends(&mut picture, &plot, series, &names);
    }
    let said: Vec<String> = if let [one] = series {
        one.amounts.iter().zip(months).map(|(amount, month)| in_words(month, *amount)).collect()
    } else {
        series.iter().zip(&totals).map(|(one, total)| in_words(&format!("{}合计", one.name), *total)).collect()
    };
    Ok(caption.finish(picture, plot.down.1 + 3800, &said))
}

fn look(index: usize, series: &Series) -> &'static Look {
    if series.rest { &REST } else { &LOOKS[index % LOOKS.len()] }
}

/// Lines across at the round numbers, months below, the year below the first one and every January.
fn axes(picture: &mut Picture, plot: &Plot, ticks: &[String], months: &[String]) {
    let (from, to) = (plot.across.0 - 1000, plot.across.1 + 1000);
    for (tick, name) in plot.scale.ticks().zip(ticks) {
        let y = plot.y(tick);
        picture.line((from, y), (to, y), if tick == 0 { BASE } else { GRID });
        picture.text((from - 600, y + 400), 12, Anchor::End, name, GREY);
    }
    let every = [1, 2, 3, 6, 12].into_iter().find(|every| plot.step() * every >= 3200).unwrap_or(12);
    for (index, month) in months.iter().enumerate() {
        let (year, number) = month.split_once('-').unwrap_or((month.as_str(), "1"));
        let number: i64 = number.parse().unwrap_or(1);
        let x = plot.x(index);
        if (number - 1) % every == 0 || months.len() == 1 {
            picture.text((x, plot.down.1 + 2000), 12, Anchor::Middle, &format!("{number}月"), GREY);
        }
        let far = index > 0 && (index > 2 || plot.step() * 2 > 4000);
        if index == 0 || (number == 1 && far) {
            picture.text((x, plot.down.1 + 3700), 12, Anchor::Middle, year, GREY);
        }
    }
}

/// How a mark is filled; a white edge sets it off from its line where there is room.
fn filled(look: &Look, dense: bool) -> String {
    let colour = look.colour;
    match look.mark {
        Mark::Ring => format!("fill=\"#fff\" stroke=\"{colour}\" stroke-width=\"1.8\""),
        Mark::Cross => format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.2\""),
        _ if dense => format!("fill=\"{colour}\""),
        _ => format!("fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"0.8\""),
    }
}

fn stroke(picture: &mut Picture, plot: &Plot, series: &Series, look: &Look) {
    let mut path = String::new();
    for (month, amount) in series.amounts.iter().enumerate() {
        let letter = if month == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", number(plot.x(month)), number(plot.y(amount.get().into())));
    }
    let dashes = if look.dashes.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", look.dashes) };
    let colour = look.colour;
    picture.path(
        &path,
        &format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.2\" stroke-linejoin=\"round\"{dashes}"),
    );
}

/// A mark around a point.
fn mark(mark: Mark, (x, y): (i64, i64), half: i64) -> String {
    let n = |x: i64, y: i64| format!("{} {}", number(x), number(y));
    match mark {
        Mark::Circle | Mark::Ring => {
            let (r, d) = (number(half), number(2 * half));
            format!("M{}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z", n(x - half, y))
        }
        Mark::Square => format!("M{}h{d}v{d}h-{d}Z", n(x - half, y - half), d = number(2 * half)),
        Mark::Triangle => {
            let wide = half * 6 / 5;
            format!("M{}L{}L{}Z", n(x, y - wide), n(x + wide, y + half), n(x - wide, y + half))
        }
        Mark::Diamond => {
            let wide = half * 13 / 10;
            format!("M{}L{}L{}L{}Z", n(x, y - wide), n(x + wide, y), n(x, y + wide), n(x - wide, y))
        }
        Mark::Cross => format!(
            "M{}L{}M{}L{}",
            n(x - half, y - half),
            n(x + half, y + half),
            n(x - half, y + half),
            n(x + half, y - half)
        ),
    }
}

/// The amounts of one line, where all of them have room: above its peaks, below its valleys, and beside its slopes.
fn amounts(picture: &mut Picture, plot: &Plot, series: &Series, unit: Unit) -> Outcome<()> {
    let shown = super::frame::printed(unit, &series.amounts)?;
    if plot.months > 1 && shown.iter().any(|text| width(text, 12) + 400 > plot.step()) {
        return Ok(());
    }
    for (month, text) in shown.iter().enumerate() {
        let amount = series.amounts[month];
        let before = month.checked_sub(1).and_then(|near| series.amounts.get(near)).map(|near| near.cmp(&amount));
        let after = series.amounts.get(month + 1).map(|near| near.cmp(&amount));
        let (x, y) = (plot.x(month), plot.y(amount.get().into()));
        let (place, anchor) = match (before, after) {
            (Some(Ordering::Less), Some(Ordering::Greater)) => ((x - 300, y - 700), Anchor::End),
            (Some(Ordering::Greater), Some(Ordering::Less)) => ((x + 300, y - 700), Anchor::Start),
            (Some(Ordering::Greater), _) | (None, Some(Ordering::Greater)) => ((x, y + 1700), Anchor::Middle),
            _ => ((x, y - 900), Anchor::Middle),
        };
        picture.outlined(place, 12, anchor, text, INK);
    }
    Ok(())
}

/// Names beside the ends of their lines, moved apart where ends lie close to each other.
fn names_at_ends(picture: &mut Picture, plot: &Plot, series: &[Series], names: &[String]) {
    let end = |one: &Series| plot.y(one.amounts.last().copied().unwrap_or_default().get().into());
    let mut order: Vec<usize> = (0..series.len()).collect();
    order.sort_by_key(|index| (end(&series[*index]), *index));
    let places = apart(&order.iter().map(|index| end(&series[*index])).collect::<Vec<_>>(), plot.down);
    for (index, y) in order.into_iter().zip(places) {
        let (look, from) = (look(index, &series[index]), plot.across.1);
        let thin = format!("stroke=\"{}\" stroke-width=\"1\" fill=\"none\"", look.colour);
        picture.line((from + 600, end(&series[index])), (from + 2200, y), &thin);
        picture.path(&mark(look.mark, (from + 2700, y), 400), &filled(look, false));
        picture.text((from + 3500, y + 450), 13, Anchor::Start, &names[index], INK);
    }
}

/// Places from top to bottom, moved as little as keeps them apart and between two bounds.
fn apart(wanted: &[i64], (top, bottom): (i64, i64)) -> Vec<i64> {
    let mut places = wanted.to_vec();
    let mut least = top;
    for place in &mut places {
        *place = (*place).max(least);
        least = *place + GAP;
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = (*place).min(most);
        most = *place - GAP;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart_within_their_bounds() {
        let table: [(&[i64], &[i64]); 4] = [
            (&[], &[]),
            (&[100, 5000], &[100, 5000]),
            (&[100, 100, 100], &[100, 1900, 3700]),
            (&[9000, 9900, 10_000], &[6400, 8200, 10_000]),
        ];
        for (wanted, expected) in table {
            assert_eq!(apart(wanted, (0, 10_000)), expected, "{wanted:?}");
        }
    }

    #[test]
    fn every_line_has_a_look_of_its_own() {
        for (at, one) in LOOKS.iter().enumerate() {
            for other in LOOKS.iter().skip(at + 1).chain([&REST]) {
                assert_ne!((one.colour, one.dashes), (other.colour, other.dashes));
                assert_ne!(one.dashes, other.dashes);
            }
        }
    }
}
