//! Volumes by county: as what orders are classified, what is folded in, and the entries behind every figure; on both databases.

mod classes;
mod folding;
mod histories;
mod pairings;
mod schemes;

use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const VOLUMES: &str = "/api/v1/reports/county-volumes";
const TERMS: &str = "/api/v1/classification-terms";

/// A poverty office that reviews.
async fn office(app: &TestApp, region: &str) -> Person {
    app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]).await
}

/// A word of Ningxia's dictionary since 2020.
fn term(kind: &str, code: &str, rolls_up_to: Option<&str>) -> Value {
    json!({ "kind": kind, "code": code, "rolls_up_to": rolls_up_to, "region_code": "640000", "name_zh": "词条", "name_en": "a word",
        "effective_from": "2020-01-01", "source": "测试通知〔2021〕1号" })
}

/// Nothing that is kept differs from a rebuild.
async fn rebuilt(app: &TestApp) {
    assert_eq!(app.read(yigou::volumes::verify_sums).await.unwrap(), []);
}

/// The rows of a report as `(values, amount)`.
fn rows(view: &Value, by: &[&str]) -> Vec<(Vec<String>, i64)> {
    let value = |row: &Value, name: &&str| match &row[*name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| (by.iter().map(|name| value(row, name)).collect(), row["amount_fen"].as_i64().unwrap());
    view["rows"].as_array().unwrap().iter().map(row).collect()
}

/// Everything on the pages behind a link.
async fn followed(who: &Person, link: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), format!("{link}&limit=2"));
    loop {
        let page = who.get(&next).expect(200).await.json();
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        next = format!("{link}&limit=2&cursor={cursor}");
    }
}
