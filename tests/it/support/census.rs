//! Everything a database holds, table by table, so that a test can show that nothing was written.

use super::TestApp;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use std::collections::BTreeMap;
use yigou::each;
use yigou::kernel::error::Outcome;
use yigou::platform::db::Read;

#[derive(diesel::QueryableByName)]
struct Cell {
    #[diesel(sql_type = Text)]
    v: String,
}

fn texts(read: &mut Read, sql: &str) -> Outcome<Vec<String>> {
    let cells: Vec<Cell> = each!(read, c => diesel::sql_query(sql).load(c))?;
    Ok(cells.into_iter().map(|cell| cell.v).collect())
}

fn rows_of(read: &mut Read, table: &str, sqlite: bool) -> Outcome<Vec<String>> {
    if !sqlite {
        return texts(read, &format!("SELECT t::text AS v FROM \"{table}\" t ORDER BY 1"));
    }
    let columns = texts(read, &format!("SELECT 'quote(\"' || name || '\")' AS v FROM pragma_table_info('{table}')"))?;
    texts(read, &format!("SELECT {} AS v FROM \"{table}\" ORDER BY 1", columns.join(" || ',' || ")))
}

fn tables(read: &mut Read, sqlite: bool) -> Outcome<BTreeMap<String, Vec<String>>> {
    // The search table has no columns to read on SQLite; the tables behind it have.
    let names = if sqlite {
        "SELECT name AS v FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT table_name::text AS v FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    };
    texts(read, names)?.into_iter().map(|table| Ok((table.clone(), rows_of(read, &table, sqlite)?))).collect()
}

/// Every row of every table.
pub type Census = BTreeMap<String, Vec<String>>;

impl TestApp {
    pub async fn census(&self) -> Census {
        let sqlite = !self.database_url().starts_with("postgres");
        self.read(move |read| tables(read, sqlite)).await.unwrap()
    }
    /// Fails when anything has changed since.
    pub async fn unchanged_since(&self, before: &Census, what: &str) {
        let now = self.census().await;
        for (table, rows) in &now {
            let known = &before[table];
            let fresh: Vec<&String> = rows.iter().filter(|row| known.binary_search(row).is_err()).take(3).collect();
            assert!(known == rows, "{what} wrote to {table} ({} rows were {}): {fresh:#?}", rows.len(), known.len());
        }
    }
}
