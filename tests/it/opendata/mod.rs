//! Open data: what is shown to anybody and what is not, revisions, entity tags, bulk files; on both databases.

mod files;
mod shown;

use crate::payments::Till;
use crate::support::TestApp;
use serde_json::Value;

const VOLUMES: &str = "/api/v1/open-data/county-volumes";
const BULLETINS: &str = "/api/v1/open-data/bulletins";

/// So many units that buy from the same supplier.
async fn tills(app: &TestApp, units: usize) -> Vec<Till> {
    let first = Till::open(app).await;
    let mut tills = Vec::new();
    for _ in 1..units {
        tills.push(Till { market: first.market.of_unit(app).await, ..first.clone() }.paid_by_its_unit(app).await);
    }
    tills.insert(0, first);
    tills
}

/// Publishes what has ended; how many months.
async fn published(app: &TestApp) -> usize {
    yigou::opendata::publish_months(&app.installation.store, &*app.installation.clock, &app.ctx()).await.unwrap()
}

async fn volumes(app: &TestApp) -> Value {
    app.get(&format!("{VOLUMES}?year=2021")).expect(200).await.json()
}

/// The row of a county in a month.
fn row<'a>(view: &'a Value, month: &str, county: &str) -> &'a Value {
    let rows = view["rows"].as_array().unwrap();
    rows.iter().find(|row| row["month"] == month && row["county"] == county).unwrap_or_else(|| panic!("{view}"))
}
