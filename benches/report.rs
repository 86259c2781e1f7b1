//! One aligned table: what was measured, the floor measured beside it, their ratio, and the target from the plan.

use crate::process::Busy;
use comfy_table::{CellAlignment, Table, presets};

/// A text in Chinese and English.
pub type Text = (&'static str, &'static str);

/// What a line must show; nothing fails when it does not.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Value over floor, at least.
    Ratio(f64),
    /// The value, at most.
    AtMost(f64),
    /// Shown for reading only.
    None,
}

/// A unit and how many decimals its numbers have.
#[derive(Debug, Clone, Copy)]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Seconds,
    MiB,
    Count,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Unit::PerSecond => format!("{value:.0} /s"),
            Unit::Milliseconds => format!("{value:.1} ms"),
            Unit::Seconds => format!("{value:.2} s"),
            Unit::MiB => format!("{value:.1} MiB"),
            Unit::Count => format!("{value:.0}"),
        }
    }
}

struct Line {
    measure: Text,
    value: f64,
    floor: Option<(f64, Text)>,
    unit: Unit,
    target: Target,
    busy: Option<Busy>,
}

/// The lines in the order they were measured.
#[derive(Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Requests in a second with the processors they kept busy, their floor and what that is.
    pub fn against(&mut self, measure: Text, (value, busy): (f64, Busy), floor: (f64, Text), least: f64) {
        let (unit, target) = (Unit::PerSecond, Target::Ratio(least));
        self.add(Line { measure, value, floor: Some(floor), unit, target, busy: Some(busy) });
    }
    /// How long something took, in milliseconds, beside what the floor took.
    pub fn took(&mut self, measure: Text, value: f64, floor: (f64, Text), target: Target) {
        self.add(Line { measure, value, floor: Some(floor), unit: Unit::Milliseconds, target, busy: None });
    }
    /// A value that has no floor.
    pub fn plain(&mut self, measure: Text, unit: Unit, value: f64, target: Target) {
        self.add(Line { measure, value, floor: None, unit, target, busy: None });
    }
    fn add(&mut self, line: Line) {
        let floor = line.floor.map(|(floor, _)| format!(" / {}", line.unit.show(floor))).unwrap_or_default();
        eprintln!("  {} {}: {}{floor}", line.measure.0, line.measure.1, line.unit.show(line.value));
        self.lines.push(line);
    }

    /// The table, ready to be printed; a Chinese character is two columns wide.
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "指标\nmeasure",
            "实测\nvalue",
            "底线\nfloor",
            "底线是什么\nfloor of what",
            "比值\nratio",
            "目标\ntarget",
            "结果\nreached",
            "处理器：服务＋其余\nCPUs: server + rest",
        ]);
        for line in &self.lines {
            let floor = line.floor.map(|(floor, _)| line.unit.show(floor)).unwrap_or_default();
            let what = line.floor.map(|(_, what)| both(what)).unwrap_or_default();
            let ratio = line.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let busy = line.busy.map(|busy| format!("{:.2} + {:.2}", busy.server, busy.rest)).unwrap_or_default();
            let value = line.unit.show(line.value);
            let (target, verdict) = (line.wanted(), line.verdict().to_owned());
            table.add_row([both(line.measure), value, floor, what, ratio, target, verdict, busy]);
        }
        for column in [1, 2, 4, 5, 7] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }
}

fn both((zh, en): Text) -> String {
    format!("{zh}\n{en}")
}

impl Line {
    fn ratio(&self) -> Option<f64> {
        self.floor.map(|(floor, _)| self.value / floor)
    }
    fn wanted(&self) -> String {
        match self.target {
            Target::Ratio(least) => format!("≥ {least:.2}"),
            Target::AtMost(most) => format!("≤ {}", self.unit.show(most)),
            Target::None => String::new(),
        }
    }
    fn verdict(&self) -> &'static str {
        let met = match self.target {
            Target::Ratio(least) => self.ratio().is_some_and(|ratio| ratio >= least),
            Target::AtMost(most) => self.value <= most,
            Target::None => return "",
        };
        if met { "达到 yes" } else { "未达 no" }
    }
}
