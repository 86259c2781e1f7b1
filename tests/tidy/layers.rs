//! Who may know whom: rules about the places of modules and the paths they mention.

use crate::source::{Finding, Path, Source, Tree};

/// Parts of a slice that no other slice may reach past its door for.
const INNER: [&str; 6] = ["store", "schema", "rules", "commands", "queries", "http"];
const DATABASE: [&str; 4] = ["diesel", "diesel_migrations", "libsqlite3_sys", "pq_sys"];
/// The standard library, and the names of lints.
const STANDARD: [&str; 4] = ["std", "core", "alloc", "clippy"];
const PRIMITIVES: [&str; 16] = [
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "slice",
];
const VAGUE: [&str; 6] = ["utils", "util", "common", "helpers", "helper", "misc"];

pub fn rules_are_pure(tree: &Tree) -> Vec<Finding> {
    let files = tree.src().filter(|source| source.module().get(1..).is_some_and(|inner| inner.contains(&"rules")));
    let remedy = "rules see only kernel, std and other rules of their slice: take the value as an argument";
    each_path(files, |source, path| {
        let pure = match path.segments[..] {
            [] | ["crate", "kernel", ..] => true,
            // A macro of the kernel; macros are exported at the root.
            ["crate", "text_enum"] => true,
            ["crate", slice, "rules", ..] => source.module().first() == Some(&slice),
            ["crate", ..] => false,
            [root, ..] => {
                let local = PRIMITIVES.contains(&root) || root == "Self" || root.starts_with(char::is_uppercase);
                // A derived form in JSON decides nothing; `text_enum` derives the same.
                let derived = path.attribute && matches!(root, "serde" | "utoipa");
                local || derived || STANDARD.contains(&root) || path.test
            }
        };
        (!pure).then(|| remedy.to_owned())
    })
}

pub fn diesel_stays_in_stores(tree: &Tree) -> Vec<Finding> {
    let files = tree.src().filter(|source| match source.module()[..] {
        ["platform", "db", ..] | ["kernel", "columns", ..] => false,
        ["kernel", ..] => true,
        _ => !source.module().iter().skip(1).any(|part| matches!(*part, "store" | "schema")),
    });
    each_path(files, |source, path| {
        // A vocabulary type derives its column where it is declared.
        if path.attribute && source.module().first() == Some(&"kernel") {
            return None;
        }
        let known = path.segments.iter().any(|segment| DATABASE.contains(segment));
        known.then(|| "SQL outside a store: move it to store.rs (a column mapping: kernel/columns.rs)".to_owned())
    })
}

pub fn actix_stays_in_http(tree: &Tree) -> Vec<Finding> {
    let files = tree.src().filter(|source| match source.module()[..] {
        ["app", ..] | ["platform", "http", ..] => false,
        ["kernel" | "platform", ..] => true,
        _ => !source.module().iter().skip(1).any(|part| *part == "http"),
    });
    each_path(files, |_, path| {
        let known = path.segments.iter().any(|segment| segment.starts_with("actix_") || *segment == "utoipa_actix_web");
        known.then(|| "HTTP outside http.rs: answer a plain value and let the slice's http.rs turn it".to_owned())
    })
}

pub fn dependencies_run_one_way(tree: &Tree) -> Vec<Finding> {
    let order = tree.modules();
    let place = |module: &str| order.iter().position(|name| *name == module);
    let files = tree.src().filter(|source| !matches!(source.module()[..], [] | ["main" | "app", ..]));
    let (known, strangers): (Vec<_>, Vec<_>) = files.partition(|source| place(source.module()[0]).is_some());
    let stray = "is in no module of src/lib.rs: declare it there at its place in the order, or delete it";
    let mut findings: Vec<_> = strangers.iter().map(|source| source.finding(1, stray)).collect();
    findings.extend(each_path(known, |source, path| {
        let ["crate", other, ref inner @ ..] = path.segments[..] else {
            return None;
        };
        let own = source.module()[0];
        if place(other)? > place(own)? {
            let remedy = "ask at the moment of use from above, or post an outbox fact that app.rs binds";
            return Some(format!("`{own}` comes before `{other}` in src/lib.rs: {remedy}"));
        }
        let part = inner.first().filter(|part| INNER.contains(part))?;
        let allowed =
            own == other || matches!(other, "kernel" | "platform") || (own == "reporting" && *part == "schema");
        (!allowed)
            .then(|| format!("reaches past the door of `{other}` into its {part}: use what {other}/mod.rs offers"))
    }));
    findings
}

pub fn names_say_something(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.src().chain(tree.tests()) {
        let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
        let named = parts.filter(|part| VAGUE.contains(part)).map(|part| (1, part));
        let inline = source.find(&["mod", "_", "{"]).into_iter().map(|at| (source.line(at), source.at(at + 1)));
        for (line, name) in named.chain(inline.filter(|(_, name)| VAGUE.contains(name))) {
            findings.push(source.finding(line, format!("`{name}` says nothing: name the module after what it holds")));
        }
    }
    findings
}

/// What `judge` says against each path of these files.
pub fn each_path<'t, 'a: 't>(
    sources: impl IntoIterator<Item = &'t Source<'a>>,
    judge: impl Fn(&Source<'a>, &Path<'a>) -> Option<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        for path in source.paths() {
            let said = judge(source, path);
            findings
                .extend(said.map(|said| source.finding(path.line, format!("{}: {said}", path.segments.join("::")))));
        }
    }
    findings
}
