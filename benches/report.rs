//! One aligned table: what was measured, the floor measured beside it, their ratio, and the target from the plan.

use comfy_table::{CellAlignment, Table, presets};

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
    measure: String,
    value: f64,
    floor: Option<(f64, &'static str)>,
    unit: Unit,
    target: Target,
}

/// The lines in the order they were measured.
#[derive(Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// A value with its floor and what the floor is.
    pub fn against(&mut self, measure: &str, unit: Unit, value: f64, floor: (f64, &'static str), least: f64) {
        let line = Line { measure: measure.to_owned(), value, floor: Some(floor), unit, target: Target::Ratio(least) };
        eprintln!("  {measure}: {} against {}", unit.show(value), unit.show(floor.0));
        self.lines.push(line);
    }
    /// A value that has no floor.
    pub fn plain(&mut self, measure: &str, unit: Unit, value: f64, target: Target) {
        eprintln!("  {measure}: {}", unit.show(value));
        self.lines.push(Line { measure: measure.to_owned(), value, floor: None, unit, target });
    }

    /// The table, ready to be printed.
    pub fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        table.set_header(["measure", "value", "floor", "of what", "ratio", "target", ""]);
        for line in &self.lines {
            let floor = line.floor.map(|(floor, _)| line.unit.show(floor)).unwrap_or_default();
            let what = line.floor.map(|(_, what)| what).unwrap_or_default();
            let ratio = line.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let value = line.unit.show(line.value);
            table.add_row([&line.measure, &value, &floor, what, &ratio, &line.wanted(), line.verdict()]);
        }
        for column in [1, 2, 4, 5] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }
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
        if met { "met" } else { "short" }
    }
}
