//! What the text of a file may not say, wherever it stands.

use crate::layers::each_path;
use crate::lexer::{Token, is_word, words};
use crate::source::{Finding, Source, Tree};
use std::collections::BTreeMap;

/// Tables whose rows are never changed: they are corrected by adding.
const APPEND_ONLY: [&str; 12] = [
    "ledger_transfers",
    "ledger_counts",
    "audit_entries",
    "audit_parties",
    "certificate_keys",
    "catalogue_batches",
    "catalogue_batch_rows",
    "statement_lines",
    "statement_differences",
    "donation_steps",
    "donation_entries",
    "donation_entry_parts",
];

/// Where time, chance and identity come from; `*` is any ending.
const WORLD: [&[&str]; 13] = [
    &["SystemTime", "now"],
    &["Instant", "now"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["Utc", "now"],
    &["Local", "now"],
    &["Uuid", "now*"],
    &["Uuid", "new_v*"],
    &["rand"],
    &["getrandom"],
    &["thread_rng"],
    &["OsRng"],
    &["SystemRandom"],
];

pub fn the_world_comes_in_with_the_transaction(tree: &Tree) -> Vec<Finding> {
    let files = tree.src().filter(|source| source.path != "src/main.rs");
    each_path(files, |source, path| {
        if path.has(&["std", "env"]) {
            return Some("only main.rs reads the environment: take it from the Config".to_owned());
        }
        let inside = source.module().first() == Some(&"platform");
        let found = !inside && WORLD.iter().any(|origin| path.has(origin));
        found.then(|| "take time, randomness and ids from the transaction's context".to_owned())
    })
}

pub fn tests_neither_sleep_nor_wait_in_line(tree: &Tree) -> Vec<Finding> {
    let mut findings = each_path(tree.tests(), |_, path| {
        let sleeps = path.has(&["thread", "sleep"]) || path.has(&["time", "sleep"]);
        let serial = path.has(&["serial_test"]);
        (sleeps || serial).then(|| "turn the injected clock; every test has its own database".to_owned())
    });
    for source in tree.tests() {
        for attribute in ["ignore", "serial"] {
            let found = source.find(&["#", "[", attribute]).into_iter().map(|at| source.line(at));
            let what = format!("#[{attribute}]: a test runs always and beside others; mend it or delete it");
            findings.extend(found.map(|line| source.finding(line, what.as_str())));
        }
    }
    findings
}

/// Components of the API document are kept by name: of two types with one name the later silently replaces the other.
pub fn published_names_are_unique(tree: &Tree) -> Vec<Finding> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    for source in tree.src() {
        for at in published(source) {
            let name = source.at(at);
            let here = source.finding(source.line(at), "");
            if let Some(other) = first.insert(name, (here.path.clone(), here.line)) {
                let what = format!("{name} is also published by {}:{}: give one another name", other.0, other.1);
                findings.push(source.finding(here.line, what));
            }
        }
    }
    findings
}

/// Where the names of published types stand: of those that derive `ToSchema`, and of words made by `text_enum!`.
fn published(source: &Source) -> Vec<usize> {
    let derived = source.find(&["derive", "("]).into_iter().filter_map(|at| {
        let end = (at..).find(|index| matches!(source.at(*index), ")" | ""))?;
        (at..end).find(|index| source.at(*index) == "ToSchema")?;
        let item = (end..).take(400).find(|index| matches!(source.at(*index), "struct" | "enum"))?;
        Some(item + 1)
    });
    let words = source.find(&["text_enum", "!", "{"]).into_iter().map(|at| {
        let mut name = at + 3;
        while source.at(name) == "#" {
            name = (name..).find(|index| matches!(source.at(*index), "]" | "")).unwrap_or(name) + 1;
        }
        name
    });
    // A macro's `$name` stands where it is called.
    let stands = |at: &usize| source.at(*at) != "$" && source.code.get(*at).is_some_and(|token| !token.test);
    derived.chain(words).filter(stands).collect()
}

pub fn files_say_what_they_are_for(tree: &Tree) -> Vec<Finding> {
    let silent = tree.src().filter(|source| !source.text.starts_with("//!") && !source.text.starts_with("#![doc"));
    silent.map(|source| source.finding(1, "begin with a `//!` line that says what this file is for")).collect()
}

pub fn nothing_is_left_for_later(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.src().chain(tree.tests()) {
        let marks = source.comments.iter().flat_map(words);
        let marks = marks.filter(|(_, word)| matches!(*word, "TODO" | "FIXME" | "XXX"));
        let calls = ["todo", "unimplemented", "dbg"].into_iter().flat_map(|name| source.find(&[name, "!"]));
        let unfinished = marks.chain(calls.map(|at| (source.line(at), source.at(at))));
        findings
            .extend(unfinished.map(|(line, word)| source.finding(line, format!("{word}: finish it or open an issue"))));
        let dead = source.comments.iter().filter(|comment| is_dead_code(comment));
        findings
            .extend(dead.map(|comment| source.finding(comment.line, "code in a comment: delete it, git remembers")));
    }
    findings
}

/// A statement or the head of a block behind `//`. Prose that quotes code does it in backticks.
fn is_dead_code(comment: &Token) -> bool {
    let text = comment.text.trim_start_matches('/').trim();
    let plain = comment.text.starts_with("//") && !comment.text.starts_with("///") && !comment.text.starts_with("//!");
    if !plain || text.contains('`') {
        return false;
    }
    let opens = |words: &[&str]| {
        words.iter().any(|word| text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_word)))
    };
    let calls = text.match_indices('(').any(|(at, _)| text[..at].ends_with(|c: char| is_word(c) || c == '!'));
    if text.ends_with(';') {
        return calls
            || text.contains(" = ")
            || text.contains("::")
            || opens(&["let", "use", "return", "mod", "pub", "break"]);
    }
    let block =
        ["if", "for", "while", "loop", "match", "fn", "pub", "async", "impl", "struct", "enum", "mod", "else", "}"];
    text.ends_with('{') && (text.contains(") {") || text.contains("=> {") || opens(&block))
}

pub fn failures_are_answered(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.src().filter(|source| source.path != "src/main.rs") {
        for name in ["unwrap", "unwrap_err", "expect", "expect_err"] {
            let called = source.find(&[".", name, "("]).into_iter().chain(source.find(&["::", name]));
            let called = called.filter(|at| !source.code[*at].test);
            let what = format!("{name}: answer the failure with `?`, a Refusal or a default");
            findings.extend(called.map(|at| source.finding(source.line(at + 1), what.as_str())));
        }
    }
    findings
}

pub fn history_is_only_added_to(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.src() {
        let calls = ["update", "delete"].into_iter().flat_map(|verb| source.find(&[verb, "("]));
        let targets = calls.filter_map(|at| {
            let mut target = source.code[at + 2..].iter().take_while(|token| token.text.starts_with(is_of_path));
            let table = target.find_map(|token| append_only(token.text))?;
            Some((source.line(at), table))
        });
        let statements = source.literals.iter().flat_map(changed_in_sql);
        let what = |table| format!("{table} is append-only: correct it by adding a row");
        findings.extend(targets.chain(statements).map(|(line, table)| source.finding(line, what(table))));
    }
    findings
}

/// The append-only tables that this SQL changes, each with its line.
fn changed_in_sql(literal: &Token) -> Vec<(usize, &'static str)> {
    let mut tables = Vec::new();
    let (mut before, mut last) = (String::new(), String::new());
    for (line, word) in words(literal) {
        let word = word.to_lowercase();
        if matches!((before.as_str(), last.as_str()), (_, "update" | "truncate") | ("delete", "from")) {
            tables.extend(append_only(&word).map(|table| (line, table)));
        }
        if word != "only" {
            before = std::mem::replace(&mut last, word);
        }
    }
    tables
}

fn append_only(name: &str) -> Option<&'static str> {
    APPEND_ONLY.into_iter().find(|table| *table == name)
}

fn is_of_path(c: char) -> bool {
    is_word(c) || c == ':' || c == '&'
}

pub fn no_path_of_one_machine(tree: &Tree) -> Vec<Finding> {
    let folders = ["root", "work", "home"].map(|folder| format!("/{folder}/"));
    let mut findings = Vec::new();
    for source in &tree.sources {
        for (index, line) in source.text.lines().enumerate() {
            // Behind a name it is the middle of a longer path or of an address.
            let absolute = |at: usize| !line[..at].ends_with(|c: char| is_word(c) || "-.~}$)".contains(c));
            let named = folders.iter().filter(|folder| line.match_indices(folder.as_str()).any(|(at, _)| absolute(at)));
            let what = |folder| format!("{folder} is a path of one machine: make it relative or a setting");
            findings.extend(named.map(|folder| source.finding(index + 1, what(folder))));
        }
    }
    findings
}

/// A test that a document names as a guard is there: `module::name` in backticks is a function below `tests/`, in a file or
/// folder of that module. What is no function with a name of several words is no guard.
pub fn named_guards_exist(tree: &Tree) -> Vec<Finding> {
    let tests: Vec<&Source> = tree.sources.iter().filter(|source| source.path.starts_with("tests/")).collect();
    let there = |module: &str, name: &str| {
        let function = format!("fn {name}(");
        let of_module = |path: &str| path.split(['/', '.']).any(|part| part == module);
        tests.iter().any(|source| of_module(source.path) && source.text.contains(&function))
    };
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| source.path == "src/ARCHITECTURE.md") {
        let invariants = source.text.lines().enumerate().skip_while(|(_, line)| *line != "## Invariants").skip(1);
        for (index, line) in invariants.take_while(|(_, line)| !line.starts_with("## ")) {
            for (module, name) in line.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once("::")) {
                let guard = name.chars().all(is_word) && name.contains('_');
                if guard && !there(module, name) {
                    findings.push(source.finding(index + 1, format!("there is no test {module}::{name}")));
                }
            }
        }
    }
    findings
}
