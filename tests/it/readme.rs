//! README's tables are what the code says.

use yigou::kernel::error::Code;

const README: &str = include_str!("../../README.md");

/// The row of a code, as README shows it.
fn row(code: Code) -> String {
    let (zh, en) = code.titles();
    format!("| `{code}` | {} | {zh} | {en} |", code.status())
}

#[test]
fn every_error_code_stands_in_the_readme() {
    let missing: Vec<String> = Code::ALL.iter().map(|code| row(*code)).filter(|row| !README.contains(row)).collect();
    assert!(missing.is_empty(), "README lacks:\n{}", missing.join("\n"));
    let rows = README.lines().filter(|line| line.starts_with("| `") && line.matches('|').count() == 5).count();
    assert_eq!(rows, Code::ALL.len(), "README names codes that do not exist");
}
