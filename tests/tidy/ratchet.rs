//! Limits with exceptions that can only shrink: `tests/expected/tidy_ratchet.txt` holds one per line,
//! `file <path> <limit> <reason>`, `function <path> <name> <limit> <reason>` or `float <path> <limit> <reason>`.

use crate::source::{Finding, Source, Tree};

pub const EXCEPTIONS: &str = "tests/expected/tidy_ratchet.txt";

/// Something counted, and how much of it every file may have.
struct Measure<'a> {
    kind: &'static str,
    path: &'a str,
    name: &'a str,
    line: usize,
    value: usize,
    limit: usize,
}

struct Exception<'a> {
    kind: &'a str,
    path: &'a str,
    name: &'a str,
    limit: usize,
}

impl<'a> Exception<'a> {
    /// `None` for a line without all its parts; the reason is one of them.
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (kind, path) = (words.next()?, words.next()?);
        let name = if kind == "function" { words.next()? } else { "" };
        let limit = words.next()?.parse().ok()?;
        words.next().map(|_| Self { kind, path, name, limit })
    }

    fn covers(&self, measure: &Measure) -> bool {
        (self.kind, self.path, self.name) == (measure.kind, measure.path, measure.name)
    }
}

pub fn files_are_short(tree: &Tree) -> Vec<Finding> {
    over(tree, "file", "lines: split the file into a folder of its name")
}

pub fn functions_are_short(tree: &Tree) -> Vec<Finding> {
    over(tree, "function", "lines: give its steps names of their own")
}

pub fn amounts_are_integers(tree: &Tree) -> Vec<Finding> {
    over(tree, "float", "uses of f32 or f64 from here on: count in Fen, Quantity or a ratio of integers")
}

pub fn exceptions_only_shrink(tree: &Tree) -> Vec<Finding> {
    let all = measures(tree);
    let mut findings = Vec::new();
    for (index, line) in exception_lines(tree) {
        let complaint = match Exception::parse(line) {
            None => Some("not `kind path [name] limit reason`".to_owned()),
            Some(exception) => {
                let measured = all.iter().filter(|measure| exception.covers(measure));
                let needed =
                    measured.filter(|measure| measure.value > measure.limit).map(|measure| measure.value).max();
                match needed {
                    None => Some("no longer needed: delete the line".to_owned()),
                    Some(value) if value < exception.limit => Some(format!("lower it to {value}")),
                    Some(_) => None,
                }
            }
        };
        findings.extend(complaint.map(|what| Finding { path: EXCEPTIONS.to_owned(), line: index, what }));
    }
    findings
}

fn over(tree: &Tree, kind: &str, remedy: &str) -> Vec<Finding> {
    let exceptions: Vec<_> = exception_lines(tree).filter_map(|(_, line)| Exception::parse(line)).collect();
    let finding = |measure: Measure| {
        let granted =
            exceptions.iter().filter(|exception| exception.covers(&measure)).map(|exception| exception.limit).max();
        let limit = measure.limit.max(granted.unwrap_or(0));
        let Measure { path, name, line, value, .. } = measure;
        let what = format!("{name}{}{value} of at most {limit} {remedy}", if name.is_empty() { "" } else { ": " });
        (value > limit).then(|| Finding { path: path.to_owned(), line, what })
    };
    measures(tree).into_iter().filter(|measure| measure.kind == kind).filter_map(finding).collect()
}

fn exception_lines<'a>(tree: &Tree<'a>) -> impl Iterator<Item = (usize, &'a str)> {
    let lines = tree.text(EXCEPTIONS).lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

fn measures<'a>(tree: &Tree<'a>) -> Vec<Measure<'a>> {
    let mut measures = Vec::new();
    for source in tree.src().chain(tree.tests()) {
        let lines = source.text.lines().count();
        measures.push(Measure { kind: "file", path: source.path, name: "", line: 1, value: lines, limit: 500 });
        measures.extend(functions(source));
    }
    measures.extend(tree.src().map(floats));
    measures
}

fn functions<'a>(source: &Source<'a>) -> impl Iterator<Item = Measure<'a>> {
    source.find(&["fn", "_"]).into_iter().filter_map(|at| {
        // In a macro the name may be a variable: `fn $name`.
        let name = if source.at(at + 1) == "$" { source.at(at + 2) } else { source.at(at + 1) };
        let end = source.item_end(at);
        let (line, last) = (source.line(at), source.line(end));
        let has_body = name != "(" && source.at(end) == "}";
        has_body.then(|| Measure { kind: "function", path: source.path, name, line, value: last - line + 1, limit: 70 })
    })
}

fn floats<'a>(source: &Source<'a>) -> Measure<'a> {
    let suffixed = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && !text.starts_with("0x");
    let is_float = |text: &str| {
        let end = text.strip_suffix("f64").or_else(|| text.strip_suffix("f32"));
        end.is_some_and(|start| start.is_empty() || suffixed(text))
    };
    let found = source.code.iter().filter(|token| is_float(token.text)).map(|token| token.line);
    let line = found.clone().next().unwrap_or(1);
    Measure { kind: "float", path: source.path, name: "", line, value: found.count(), limit: 0 }
}
