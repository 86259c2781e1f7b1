//! What the partners of counties bought, by pair and year.

use super::{followed, office};
use crate::donations;
use crate::payments::Till;
use crate::reporting::gift_box;
use crate::support::TestApp;
use crate::support::market::Market;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const REPORT: &str = "/api/v1/reports/pairings";

/// A unit elsewhere that buys at the market, with who accepts and pays.
async fn buyer(app: &TestApp, till: &Till, region: &str) -> Till {
    let trader = app.new_person(OrgKind::BudgetUnit, region, &[Role::Trader]).await;
    let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
    let payer = app.person(trader.org_id, &[Role::Payer]).await;
    let market = Market { trader, acceptor, sellers: till.market.sellers.clone() };
    Till { market, payer, goods: till.goods }
}

async fn bought(till: &Till, lines: &[(yigou::kernel::ids::ListingId, &str)], fen: i64) -> String {
    let order = till.market.place(lines).await;
    let quantities: Vec<&str> = lines.iter().map(|(_, quantity)| *quantity).collect();
    till.market.hand_over(0, &order, &quantities).await;
    let accepted: Vec<(i64, &str, &str)> = (1..).zip(&quantities).map(|(no, quantity)| (no, *quantity, "0")).collect();
    till.market.accept(&order, &accepted).await;
    till.pay(&order, fen).await;
    order
}

/// The row of a partner: orders, then what was ordered, accepted and paid, and completed.
async fn row(who: &Person, partner: &str, year: i64) -> Option<(i64, [i64; 3], String)> {
    let report = who.get(&format!("{REPORT}?year={year}")).expect(200).await.json();
    let found = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == partner)?.clone();
    let int = |name: &str| found[name].as_i64().unwrap();
    Some((
        int("orders"),
        ["ordered_fen", "accepted_paid_fen", "completed_fen"].map(int),
        found["entries"].as_str().unwrap().to_owned(),
    ))
}

async fn sum(who: &Person, link: &str) -> i64 {
    followed(who, link).await.iter().map(|entry: &Value| entry["amount_fen"].as_i64().unwrap()).sum()
}

on_both! {
    async fn a_purchase_belongs_to_the_pairing_in_force_on_its_day(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        let county = office(app, "640323").await;
        // 泉州市洛江区 350504 is the partner of Yanchi since 2012; another district from May on.
        let partner = buyer(app, &till, "350504").await;
        let other = buyer(app, &till, "350505").await;
        let pairing = json!({ "kind": "pairing", "a_code": "640323", "b_code": "350500", "b_name": "泉州全市", "valid_from": "2021-05-01",
            "valid_to": "2022-01-01", "source": "测试" });
        county.post("/api/v1/pairings", pairing).expect(201).await;
        let first = bought(&partner, &[(till.goods, "2"), (gift, "1")], 2333).await;
        bought(&other, &[(till.goods, "1")], 1000).await;
        app.clock.set_day("2021-05-10");
        bought(&other, &[(till.goods, "4")], 4000).await;
        // Yanchi has 60 % of the gift box, rounded to the fen.
        let (orders, amounts, link) = row(&county, "泉州市洛江区", 2021).await.unwrap();
        assert_eq!((orders, amounts), (1, [2200, 2200, 0]));
        assert_eq!(sum(&county, &link).await, 2200);
        assert_eq!(row(&county, "泉州全市", 2021).await.unwrap().1, [4000, 4000, 0]);
        // A refund counts in its year, to the pairing of the day on which the order was placed.
        app.clock.set_day("2022-02-01");
        partner.refund(&first, 333).await;
        let (_, amounts, link) = row(&county, "泉州市洛江区", 2022).await.unwrap();
        assert_eq!(amounts[1], -(285 + 29), "286 of the 333 are of the boxes");
        assert_eq!(sum(&county, &link).await, amounts[1]);
        assert!(row(&county, "泉州全市", 2022).await.is_none(), "it ended with 2021 and nothing came after");
        // Offices of either side see it, others do not; who buys sees its own purchases.
        let (fujian, elsewhere) = (office(app, "350500").await, office(app, "640402").await);
        assert_eq!(row(&fujian, "泉州市洛江区", 2021).await.unwrap().1[1], 2200);
        assert!(row(&elsewhere, "泉州市洛江区", 2021).await.is_none());
        elsewhere.get(&link).expect(404).await;
        let manager = app.person(partner.market.trader.org_id, &[Role::Manager]).await;
        assert_eq!(row(&manager, "泉州市洛江区", 2021).await.unwrap().1[1], 2200);
        assert!(row(&manager, "泉州全市", 2021).await.is_none());
        let csv = county.get(&format!("{REPORT}?year=2021")).header("accept", "text/csv").expect(200).await.text();
        assert!(csv.contains("结对协作,640323,盐池县,350504,泉州市洛江区,2012-01-01,,1,22.00,22.00,0.00,0,0.00"), "{csv}");
        county.get(&format!("{REPORT}?year=1999")).refused("invalid_parameter").await;
    }

    async fn a_designated_unit_is_the_organisations_that_the_office_enters(app) {
        let till = Till::open(app).await;
        let (county, elsewhere) = (office(app, "640323").await, office(app, "640522").await);
        let member = buyer(app, &till, "110000").await;
        bought(&member, &[(till.goods, "3")], 3000).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [0, 0, 0]);
        let report = county.get(REPORT).expect(200).await.json();
        let id = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == "中国航油").unwrap()["pairing_id"].as_str().unwrap().to_owned();
        let (path, body) = (format!("/api/v1/pairings/{id}/units"), json!({ "organisation_id": member.market.trader.org_id }));
        elsewhere.post(&path, body.clone()).expect(404).await;
        let unknown = json!({ "organisation_id": "org_01h45ytscbebyvny4gc8cr8ma2" });
        assert_eq!(county.post(&path, unknown).refused("validation_failed").await.pointers(), ["/organisation_id"]);
        let region = report["rows"].as_array().unwrap().iter().find(|row| row["kind"] == "pairing").unwrap()["pairing_id"].as_str().unwrap().to_owned();
        county.post(&format!("/api/v1/pairings/{region}/units"), body.clone()).refused("validation_failed").await;
        county.post(&path, body.clone()).expect(204).await;
        county.post(&path, body).refused("already_exists").await;
        let (orders, amounts, link) = row(&county, "中国航油", 2021).await.unwrap();
        assert_eq!((orders, amounts), (1, [3000, 3000, 0]));
        assert_eq!(sum(&county, &link).await, 3000);
        let one = format!("{path}/{}", member.market.trader.org_id);
        elsewhere.request(actix_web::http::Method::DELETE, &one).expect(404).await;
        county.request(actix_web::http::Method::DELETE, &one).expect(204).await;
        county.request(actix_web::http::Method::DELETE, &one).expect(404).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [0, 0, 0]);
    }

    async fn declared_activities_stand_beside(app) {
        let scene = donations::Scene::set(app).await;
        let id = scene.verified(donations::ACTIVITIES, scene.body()).await;
        // The organiser's own county serves as the partner.
        let pairing = json!({ "kind": "pairing", "a_code": "640323", "b_code": "640323", "b_name": "测试结对", "valid_from": "2020-01-01", "source": "测试" });
        scene.county.post("/api/v1/pairings", pairing).expect(201).await;
        let report = scene.county.get(&format!("{REPORT}?year=2021")).expect(200).await.json();
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == "测试结对").unwrap().clone();
        let shown = scene.county.get(&format!("/api/v1/donation-activities/{id}")).expect(200).await;
        assert_eq!((row["declared_activities"].as_i64(), row["declared_fen"].as_i64()), (Some(1), Some(shown.int("/amount_fen"))));
        assert_eq!(row["ordered_fen"], json!(0));
    }
}
