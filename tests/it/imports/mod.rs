//! Bulk imports, from the template to the last row, on both databases.

mod bulk;
mod console;
mod files;
mod invoices;
mod rows;
mod suppliers;
mod template;
mod units;

use crate::certification::{cooperative, file, household_list};
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The sheet of products.
pub const PRODUCTS: &str = "产品与认定申请";

static KEYS: AtomicU64 = AtomicU64::new(1);

/// What a cell is given as.
#[derive(Debug, Clone)]
pub enum Cell {
    Text(String),
    Number(f64),
    Formula(&'static str),
    Day(u16, u8, u8),
    Truth(bool),
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

pub fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, text).unwrap(),
        Cell::Number(number) => sheet.write_number(row, column, *number).unwrap(),
        Cell::Formula(formula) => sheet.write_formula(row, column, Formula::new(*formula).set_result("1")).unwrap(),
        Cell::Day(y, m, d) => {
            let date = ExcelDateTime::from_ymd(*y, *m, *d).unwrap();
            sheet.write_datetime_with_format(row, column, &date, &day).unwrap()
        }
        Cell::Truth(truth) => sheet.write_boolean(row, column, *truth).unwrap(),
        Cell::Empty => sheet,
    };
}

/// A workbook with one sheet of products.
pub fn workbook(titles: &[&str], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(PRODUCTS).unwrap();
    for (column, title) in (0..).zip(titles) {
        sheet.write_string(0, column, *title).unwrap();
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            write(sheet, row, column, cell);
        }
    }
    book.save_to_buffer().unwrap()
}

/// The least that a product has.
pub const SHORT: [&str; 4] = ["产品名称", "类别", "产地", "是否称重"];

pub fn short(name: &str) -> Vec<Cell> {
    ["肉类", "640303", "否"].into_iter().fold(vec![name.into()], |mut row, text| {
        row.push(text.into());
        row
    })
}

pub fn ask(person: &Person, kind: &str, mode: &str, content_type: &str, bytes: Vec<u8>) -> Ask {
    let key = format!("import-{}", KEYS.fetch_add(1, Ordering::SeqCst));
    let path = format!("/api/v1/imports/{kind}?mode={mode}");
    person.bare_post(&path, Value::Null).raw(content_type, bytes).key(&key)
}

/// Imports products, and what became of it.
pub async fn imported(app: &TestApp, seller: &Person, mode: &str, bytes: Vec<u8>) -> Answered {
    let begun = ask(seller, "products", mode, XLSX, bytes).expect(202).await;
    assert_eq!((begun.str("/state").as_str(), begun.str("/phase").as_str()), ("queued", "reading"));
    app.run_jobs().await;
    let at = begun.header("location").unwrap().to_owned();
    assert_eq!(at, format!("/api/v1/imports/{}", begun.id()));
    seller.get(&at).expect(200).await
}

/// Every error of an import: row, column, code.
pub async fn errors(person: &Person, import: &str) -> Vec<(i64, String, String)> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            person.get(&format!("/api/v1/imports/{import}/errors?limit=30&cursor={cursor}")).expect(200).await.json();
        for item in page["items"].as_array().unwrap() {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            found.push((item["row"].as_i64().unwrap(), text("column"), text("code")));
        }
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
}

pub fn counts(import: &Answered) -> [i64; 4] {
    ["/good", "/bad", "/created", "/applications"].map(|name| import.int(name))
}

/// How many products a seller has.
pub async fn products(app: &TestApp, seller: &Person) -> usize {
    count(app, "products", seller).await
}

pub async fn count(app: &TestApp, table: &'static str, of: &Person) -> usize {
    use diesel::RunQueryDsl;
    use diesel::sql_types::{BigInt, Binary};
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let org = of.org_id.0.to_vec();
    let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE org_id = $1");
    let found: Count = app
        .read(move |read| {
            Ok(yigou::each!(read, c => diesel::sql_query(&sql).bind::<Binary, _>(org.clone()).get_result(c))?)
        })
        .await
        .unwrap();
    usize::try_from(found.n).unwrap()
}

/// A cooperative that is admitted, with a file for quality and one for linkage.
pub async fn grower(app: &TestApp) -> (Person, String, String) {
    let seller = cooperative(app, "红寺堡枸杞合作社").await;
    let (quality, list) = (file(app, &seller).await, household_list(&seller).await);
    (seller, quality, list)
}
