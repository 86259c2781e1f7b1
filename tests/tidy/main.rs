//! The architecture as a test over the source text. Each test first proves its rule on an example, in which
//! exactly the lines marked `//~` are wrong, and then finds nothing in the repository.

mod habits;
mod layers;
mod lexer;
mod ratchet;
mod source;

use source::{Finding, Tree};
use std::sync::LazyLock;
use std::{fs, io, path::Path};

/// Modules of every example, in order.
const LIB: &str = "//! Modules.
    pub mod kernel; pub mod platform; pub mod audit; pub mod identity; pub mod catalogue;
    pub mod quota; pub mod reporting; pub mod app;";

#[test]
fn rules_import_only_the_kernel() {
    Invariant(layers::rules_are_pure)
        .example(
            "src/quota/rules.rs",
            r"use crate::kernel::{Fen, page::Page as P};
            use std::collections::HashMap;
            use super::rules::shares::Share;
            use self::State::*;
            use super::store; //~
            use crate::{kernel::Actor, platform::db::Tx}; //~
            use serde::Serialize; //~
            #[expect(clippy::too_many_arguments)]
            fn f(s: State) -> i64 { let m: HashMap<i64, P> = HashMap::new(); i64::MAX + Fen::ZERO + s.len() }
            fn g() -> uuid::Uuid { thiserror::f() } //~
            mod shares { use super::Share; use super::super::store; } //~
            #[cfg(test)]
            mod tests { use super::*; use proptest::prelude::*; use crate::audit::Entry; } //~",
        )
        .example("src/quota/rules/shares.rs", "use super::Plan;\nuse super::super::commands; //~")
        .example("src/quota/commands.rs", "use serde::Serialize;")
        .holds();
}

#[test]
fn diesel_is_only_in_stores_and_schemas() {
    let bad = "use diesel::prelude::*; //~\nuse diesel; //~\n// diesel::sql_query\n#[derive(diesel::Queryable)] //~\nstruct Row;";
    let good = "use diesel::prelude::*;";
    Invariant(layers::diesel_stays_in_stores)
        .example("src/quota/commands.rs", bad)
        .example("src/kernel/ids.rs", "use diesel::sql_types; //~\n#[derive(diesel::AsExpression)]\nstruct Id;")
        .example("src/platform/jobs.rs", bad)
        .example("src/kernel/store.rs", "use diesel::sql_query; //~")
        .example("src/quota/store.rs", good)
        .example("src/quota/store/plans.rs", good)
        .example("src/quota/schema.rs", good)
        .example("src/platform/db.rs", good)
        .example("src/platform/db/tx.rs", good)
        .example("src/kernel/columns.rs", good)
        .holds();
}

#[test]
fn actix_is_only_in_http() {
    let good = "use actix_web::web;";
    Invariant(layers::actix_stays_in_http)
        .example("src/quota/commands.rs", "use actix_web::{web, Error}; //~\nfn f() { web::block(g) } //~")
        .example("src/kernel/http.rs", "#[actix_web::main] //~\nasync fn f() {}")
        .example("src/quota/http.rs", good)
        .example("src/quota/http/plans.rs", good)
        .example("src/platform/http/limits.rs", good)
        .example("src/app.rs", good)
        .example("src/app/routes.rs", good)
        .holds();
}

#[test]
fn dependencies_run_in_the_order_of_lib() {
    Invariant(layers::dependencies_run_one_way)
        .example(
            "src/identity/commands.rs",
            "use crate::kernel::page::Page; use crate::platform::db::store::Tx; use crate::audit::Entry;
            use crate::catalogue::Product; //~
            use super::store; use crate::identity::rules; use crate::audit;
            use crate::{audit::{Entry, store::Row}, kernel}; //~
            use super::super::quota; //~
            fn f() { audit::queries::list(); } //~
            fn g() { let text = \"crate::quota::X\"; crate::quota::reserve() } //~",
        )
        .example("src/kernel/money.rs", "use crate::platform::db; //~")
        .example("src/reporting/store.rs", "use crate::identity::schema::users;\nuse crate::identity::store; //~")
        .example("src/quota/store.rs", "use crate::identity::schema::users; //~")
        .example("src/app.rs", "use crate::quota::http;")
        .example("src/main.rs", "use crate::quota::commands;")
        .example("src/stray/mod.rs", "//! Nobody declares this. //~")
        .holds();
}

#[test]
fn time_chance_and_identity_come_in() {
    let clock = "use jiff::Timestamp as T;\nfn f() { T::now(); } //~";
    Invariant(habits::the_world_comes_in_with_the_transaction)
        .example("src/quota/commands.rs", clock)
        .example(
            "src/app.rs",
            r#"fn f() { std::time::SystemTime::now(); } //~
            fn g() { let id = uuid::Uuid::now_v7(); } //~
            use rand::random; //~
            use std::{env, fs}; //~
            fn h() { env::var("A"); } //~
            const A: &str = env!("CARGO_PKG_VERSION"); fn i() { let now = "Instant::now"; }"#,
        )
        .example("src/platform/clock.rs", "fn f() { jiff::Timestamp::now(); Uuid::now_v7(); }\nuse std::env; //~")
        .example("src/main.rs", "use std::env; fn f() { std::time::Instant::now(); }")
        .holds();
}

#[test]
fn tests_do_not_sleep_or_queue() {
    Invariant(habits::tests_neither_sleep_nor_wait_in_line)
        .example(
            "tests/it/orders.rs",
            r#"use std::{thread, time::Duration};
            fn f() { thread::sleep(Duration::ZERO); } //~
            async fn g() { tokio::time::sleep(d).await; } //~
            #[ignore = "slow"] //~
            #[serial] //~
            #[serial_test::serial(a)] //~
            fn h() {}"#,
        )
        .example("src/platform/jobs.rs", "fn f() { std::thread::sleep(d) }")
        .holds();
}

#[test]
fn amounts_are_integers() {
    Invariant(ratchet::amounts_are_integers)
        .example("src/kernel/money.rs", "fn f() -> i64 { 0x1f32 }\nfn g(x: f64) -> f64 { x } //~\nfn h() {}")
        .example("src/quota/rules.rs", "// f64\nlet x = 1.5_f32; //~\nlet n = value.as_f64();")
        .example_with("src/platform/telemetry.rs", "fn f(x: f64) {}", "float src/platform/telemetry.rs 1 histograms")
        .holds();
}

#[test]
fn names_say_something() {
    Invariant(layers::names_say_something)
        .example("src/quota/utils.rs", "//~")
        .example("tests/it/helpers/mod.rs", "//~")
        .example("src/quota/common/plan.rs", "//~")
        .example("src/quota/mod.rs", "mod commonwealth {}\nmod misc {} //~\nmod rules;")
        .holds();
}

#[test]
fn published_names_are_unique() {
    let plan = "#[derive(Debug, ToSchema)]\n#[serde(deny_unknown_fields)]\npub struct ";
    Invariant(habits::published_names_are_unique)
        .files(&[
            ("src/catalogue/http.rs", &format!("{plan}Plan {{}}\n#[derive(Debug)]\nstruct Row;")),
            ("src/quota/http.rs", &format!("{plan}Plan {{}} //~\n#[derive(Debug)]\nstruct Row;")),
            ("src/quota/rules.rs", "crate::text_enum! {\n/// What.\nKind {\nA \"a\" } }"),
            (
                "src/reporting/http.rs",
                &format!("{plan}Kind<T> {{}} //~\n#[cfg(test)]\nmod tests {{\n{plan}Plan {{}} }}"),
            ),
        ])
        .holds();
}

#[test]
fn files_are_short() {
    let lines = |count: usize| "fn f() {}\n".repeat(count);
    Invariant(ratchet::files_are_short)
        .example("src/quota/rules.rs", &lines(500))
        .example("tests/it/quota.rs", &format!("//~\n{}", lines(500)))
        .example_with("src/app.rs", &lines(510), "file src/app.rs 510 one route table")
        .example_with("src/app.rs", &format!("//~\n{}", lines(510)), "file src/app.rs 510 one route table")
        .holds();
}

#[test]
fn functions_are_short() {
    let function = |head: &str, count: usize| format!("{head}\n{}}}\n", "    let s = \"}\"; // }\n".repeat(count - 2));
    Invariant(ratchet::functions_are_short)
        .example("src/quota/rules.rs", &function("fn f<'a>(x: &'a [u8; 2]) -> char { '{'; \"{\"; r#\"}\"#;", 70))
        .example("src/quota/store.rs", &function("pub async fn f() { //~", 71))
        .example("src/quota/mod.rs", &format!("trait T {{ fn g(&self);\n{}}}", "fn f(g: fn(u8)) {}\n".repeat(80)))
        .example_with("src/app.rs", &function("fn f() {", 75), "function src/app.rs f 75 one table")
        .example_with("src/app.rs", &function("fn f() { //~", 76), "function src/app.rs f 75 one table")
        .holds();
}

#[test]
fn exceptions_only_shrink() {
    let file = "fn f() {}\n".repeat(510);
    Invariant(ratchet::exceptions_only_shrink)
        .example_with("src/app.rs", &file, "# a comment\n\nfile src/app.rs 510 one route table")
        .example_with("src/app.rs", &file, "file src/app.rs 511 one route table //~")
        .example_with("src/app.rs", "", "file src/app.rs 500 one route table //~")
        .example_with("src/app.rs", &file, "file src/gone.rs 510 one route table //~")
        .example_with("src/app.rs", &file, "file src/app.rs 510 //~")
        .example_with(
            "src/app.rs",
            "fn f(x: f64) {}",
            "float src/app.rs 2 a gauge //~\nfunction src/app.rs f 90 long //~",
        )
        .holds();
}

#[test]
fn files_say_what_they_are_for() {
    Invariant(habits::files_say_what_they_are_for)
        .example("src/main.rs", "fn main() {} //~")
        .example("src/app.rs", "//! Composition root.")
        .example("src/lib.rs", "#![doc = include_str!(\"ARCHITECTURE.md\")]")
        .holds();
}

#[test]
fn nothing_is_left_for_later() {
    let example = r#"//! Prose may end in a semicolon;
        // as this line does; it says `f();` and so does this:
        // let x = f(); //~
        // if ready { //~
        // the lock (see the store);
        fn f() { let s = "TODO"; g(); }
        // See above. TODO: more. //~
        /* FIXME //~
        */ fn h() { todo!() } //~
        fn i() { dbg!(1); } //~
        /// let documented = true;
        fn todo() {}"#;
    Invariant(habits::nothing_is_left_for_later)
        .example("src/app.rs", example)
        .example("tests/it/main.rs", example)
        .holds();
}

#[test]
fn failures_are_answered() {
    let bad = "#[expect(clippy::all)]\nfn f() { g().unwrap() } //~\nfn h() { i()\n.expect(\"x\") //~\n}";
    Invariant(habits::failures_are_answered)
        .example("src/quota/rules.rs", bad)
        .example("src/quota/store.rs", "fn f() { g().map(Option::unwrap); } //~\nfn h() { i().unwrap_or(1); }")
        .example(
            "src/quota/rules.rs",
            "#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }\nfn h() { i().unwrap() } //~",
        )
        .example("src/main.rs", "fn f() { g().unwrap() }")
        .files(&[
            ("src/quota/rules.rs", "#[cfg(test)]\nmod tests;"),
            ("src/quota/rules/tests.rs", "fn f() { g().unwrap() }"),
            ("src/audit/rules/tests.rs", "fn f() { g().unwrap() } //~"),
        ])
        .holds();
}

#[test]
fn ledger_and_audit_are_append_only() {
    Invariant(habits::history_is_only_added_to)
        .example(
            "src/audit/store.rs",
            r#"fn a() { diesel::update(schema::audit_entries::table.filter(x)); } //~
            fn b() { delete(&ledger_transfers::table); } //~
            fn c() { update(users::table).set(x); insert_into(audit_entries::table); }
            fn d() { sql_query("
                update ledger_counts SET n = 1"); } //~
            fn e() { sql_query("DELETE FROM ONLY \"audit_entries\""); } //~
            fn f() { sql_query("SELECT 1 FROM audit_entries; UPDATE users SET n = 1"); }"#,
        )
        .holds();
}

#[test]
fn no_path_of_one_machine() {
    let example =
        ["see @work/x //~", "in (@root/x) //~", "https://a.org@home/x", "./target@work/x", "the homes"].join("\n");
    Invariant(habits::no_path_of_one_machine).example("README.md", &example.replace('@', "/")).holds();
}

#[test]
fn named_guards_exist() {
    let document = "## Invariants\n1. Kept (`ledger::what_is_kept_stays`).\n2. Lost (`ledger::what_is_lost`). //~\n\
        3. Gone with its file (`gone::what_was_there`). //~\n4. `Store::write` and `attacks` are none.\n## More\n`ledger::what_is_told`";
    Invariant(habits::named_guards_exist)
        .files(&[("src/ARCHITECTURE.md", document), ("tests/it/ledger.rs", "async fn what_is_kept_stays(app) {}")])
        .holds();
}

struct Invariant(fn(&Tree) -> Vec<Finding>);

impl Invariant {
    fn example(self, path: &str, text: &str) -> Self {
        self.files(&[(path, text)])
    }

    fn example_with(self, path: &str, text: &str, exceptions: &str) -> Self {
        self.files(&[(path, text), (ratchet::EXCEPTIONS, exceptions)])
    }

    /// In these files the rule finds the marked lines and no others.
    fn files(self, files: &[(&str, &str)]) -> Self {
        let marked = |(path, text): &(&str, &str)| {
            let lines = text.lines().enumerate().filter(|(_, line)| line.ends_with("//~"));
            lines.map(|(index, _)| (path.to_string(), index + 1)).collect::<Vec<_>>()
        };
        let expected: Vec<_> = files.iter().flat_map(marked).collect();
        let clean: Vec<_> = files.iter().map(|(path, text)| (*path, text.replace("//~", ""))).collect();
        let lib = [("src/lib.rs", LIB)].into_iter().filter(|(path, _)| files.iter().all(|file| file.0 != *path));
        let tree = Tree::new(lib.chain(clean.iter().map(|(path, text)| (*path, text.as_str()))));
        let mut found: Vec<_> = (self.0)(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        found.sort();
        found.dedup();
        assert_eq!(found, expected);
        self
    }

    /// And in the repository it finds nothing.
    fn holds(self) {
        static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
            let mut files = Vec::new();
            let read = walk(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
            assert!(read.is_ok(), "the repository cannot be read: {read:?}");
            files
        });
        static TREE: LazyLock<Tree> =
            LazyLock::new(|| Tree::new(FILES.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
        let mut findings = (self.0)(&TREE);
        findings.sort();
        findings.dedup();
        let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}

/// Every text file of the repository with its path from the root.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if matches!(path.as_str(), "target" | ".git" | "yigou-data") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            // What is not text has nothing to say here.
            files.push((path, text));
        }
    }
    Ok(())
}
