//! An enterprise's year: what it bought by county and purpose, and beside it what it helped to sell.

use super::{Giving, blend, school};
use crate::donations::{SALES, Scene, item, office, proof};
use crate::payments::url;
use crate::support::TestApp;
use crate::support::people::Person;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary};
use serde_json::{Value, json};
use yigou::kernel::ids::OrgId;

const STATEMENT: &str = "/api/v1/reports/purchase-statement";

#[derive(diesel::QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    fen: i64,
}

/// What the ledger counts as accepted and paid for an organisation in a year.
async fn ledger(app: &TestApp, unit: OrgId, year: i64) -> i64 {
    let sql = format!("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) AS fen FROM ledger_counts
        WHERE basis = 'accepted_paid' AND standing <> 'void' AND unit_id = $1 AND month >= '{year}-01' AND month <= '{year}-12'");
    app.read(move |read| {
        let query = diesel::sql_query(&sql).bind::<Binary, _>(unit.0.to_vec());
        let sum: Sum = yigou::each!(read, c => query.get_result(c))?;
        Ok(sum.fen)
    })
    .await
    .unwrap()
}

async fn statement(person: &Person, year: i64) -> Value {
    person.get(&format!("{STATEMENT}?year={year}")).expect(200).await.json()
}

/// County, purpose, amount.
fn rows(statement: &Value) -> Vec<(String, String, i64)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = statement["rows"].as_array().unwrap().iter();
    rows.map(|row| (text(row, "county"), text(row, "purpose"), row["amount_fen"].as_i64().unwrap())).collect()
}

on_both! {
    async fn a_year_is_told_to_the_fen_of_the_ledger(app) {
        let giving = Giving::open(app).await;
        let gifts = blend(app, giving.seller(), 3334).await;
        let unit = giving.trader().org_id;
        assert_eq!(statement(giving.trader(), 2021).await["rows"], json!([]));
        let first = giving.done("5").await;
        // Part of it is paid: the oldest goods first.
        let second = giving.accepted(&[(gifts, "3")], school()).await;
        giving.till.pay(&second, 5000).await;
        let mut own = giving.till.market.order(&[(giving.till.goods, "4")]);
        (own["fund"], own["purpose"]) = (json!("enterprise"), json!("welfare"));
        let own = giving.trader().post("/api/v1/orders", own).expect(201).await.str("/orders/0/id");
        giving.till.market.hand_over(0, &own, &["4"]).await;
        giving.till.market.accept(&own, &[(1, "4", "0")]).await;
        giving.till.pay(&own, 4000).await;
        giving.certify(&first).expect(201).await;
        let told = statement(giving.trader(), 2021).await;
        assert_eq!(told["total_fen"], json!(14_000));
        assert_eq!(ledger(app, unit, 2021).await, 14_000);
        // 50.00 yuan of three counties: 16.67, 16.66, 16.67 by largest remainder.
        let donation = "purchase_for_donation".to_owned();
        assert_eq!(rows(&told), [
            ("640323".to_owned(), "welfare".to_owned(), 4000),
            ("640323".to_owned(), donation.clone(), 5000 + 1667),
            ("640402".to_owned(), donation.clone(), 1667),
            ("640422".to_owned(), donation, 1666),
        ]);
        assert_eq!(told["purposes"], json!([
            { "purpose": "welfare", "orders": 1, "amount_fen": 4000 },
            { "purpose": "purchase_for_donation", "orders": 2, "amount_fen": 10_000 },
        ]));
        assert_eq!((told["orders"].clone(), told["certificates"][0]["amount_fen"].clone()), (json!(3), json!(5000)));
        assert_eq!(told["certificates"][0]["status"], "valid");
        // The next year takes back what was refunded in it; the year before stays as it is.
        giving.till.pay(&second, 5002).await;
        app.clock.set_day("2022-02-01");
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        giving.till.market.acceptor.post(&url(&second, "returns"), back).expect(201).await;
        giving.till.refund(&second, 3334).await;
        let (before, after) = (statement(giving.trader(), 2021).await, statement(giving.trader(), 2022).await);
        assert_eq!((before["total_fen"].clone(), after["total_fen"].clone()), (json!(5000 + 10_002 + 4000), json!(-3334)));
        for (year, told) in [(2021, &before), (2022, &after)] {
            assert_eq!(told["total_fen"], json!(ledger(app, unit, year).await));
            assert_eq!(rows(told).iter().map(|row| row.2).sum::<i64>(), told["total_fen"].as_i64().unwrap());
        }
        // As CSV in yuan.
        let csv = giving.trader().get(&format!("{STATEMENT}?year=2021")).header("accept", "text/csv").expect(200).await.text();
        assert!(csv.contains("购买,640323,盐池县,福利,,,,40.00"), "{csv}");
        assert!(csv.contains("购买,,合计,,3,,,190.02"), "{csv}");
        assert!(csv.contains("购买凭证,,,有效,,GZ2021-000001-"), "{csv}");
        // It is the organisation's own, and nobody else's.
        assert_eq!(statement(Giving::open(app).await.trader(), 2021).await["total_fen"], json!(0));
    }

    async fn helped_sales_stand_beside_it_and_are_never_added(app) {
        let giving = Giving::open(app).await;
        giving.done("5").await;
        let file = proof(giving.trader()).await;
        let (village, township) = (office(app, crate::donations::VILLAGE).await, office(app, crate::donations::TOWNSHIP).await);
        let county = office(app, "640323").await;
        let scene = Scene { village, township, county, organiser: giving.trader().clone(), proof: file };
        let mut sale = scene.body();
        sale["items"] = json!([item("NX000001", "registered_poor", 12_000)]);
        scene.verified(SALES, sale.clone()).await;
        sale["document_number"] = json!(crate::donations::number());
        scene.submitted(sale).await;
        let told = statement(giving.trader(), 2021).await;
        assert_eq!((told["total_fen"].clone(), told["helped_fen"].clone()), (json!(5000), json!(12_000)));
        assert_eq!(told["helped_sales"], json!([{ "county": "640323", "county_name": "盐池县", "sales": 1, "amount_fen": 12_000 }]));
        assert!(rows(&told).iter().map(|row| row.2).sum::<i64>() == 5000);
    }
}
