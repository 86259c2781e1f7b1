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

    async fn lines_of_several_counties_are_split_as_their_volumes_are(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 1, [500_000, 500_000]).await;
        let partner = buyer(app, &till, "350504").await;
        app.clock.set_day("2021-12-20");
        let order = partner.market.deliver(0, &[(gift, "2")]).await;
        partner.pay(&order, 2).await;
        app.clock.set_day("2022-01-03");
        partner.market.accept(&order, &[(1, "1", "0")]).await;
        // Counted second, and dated back into the year before.
        app.clock.set_day("2022-01-04");
        let note = json!({ "occurred_on": "2021-12-31", "lines": [{ "line_no": 1, "accepted": "1" }] });
        partner.market.acceptor.post(&format!("/api/v1/orders/{order}/acceptances"), note).expect(201).await;
        let county = office(app, "640323").await;
        for year in [2021, 2022] {
            let path = format!("/api/v1/reports/county-volumes?from={year}-01&to={year}-12&by=county");
            let volume = county.get(&path).expect(200).await.int("/total_fen");
            let (_, amounts, link) = row(&county, "泉州市洛江区", year).await.unwrap();
            assert_eq!((amounts[1], sum(&county, &link).await), (volume, volume), "{year}");
        }
    }

    async fn an_office_ends_a_pairing_and_corrects_its_days(app) {
        let till = Till::open(app).await;
        let (county, elsewhere) = (office(app, "640323").await, office(app, "640522").await);
        let partner = buyer(app, &till, "350504").await;
        bought(&partner, &[(till.goods, "2")], 2000).await;
        let report = county.get(REPORT).expect(200).await.json();
        let known = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == "泉州市洛江区").unwrap().clone();
        let path = format!("/api/v1/pairings/{}/days", known["pairing_id"].as_str().unwrap());
        let days = |from: &str, to: Option<&str>| json!({ "valid_from": from, "valid_to": to, "reason": "县办〔2021〕7号" });
        elsewhere.post(&path, days("2012-01-01", None)).expect(404).await;
        assert_eq!(county.post(&path, days("2012-01-01", Some("2012-01-01"))).refused("validation_failed").await.pointers(), ["/valid_to"]);
        let ended = county.post(&path, days("2013-01-01", Some("2021-01-01"))).expect(200).await;
        assert_eq!((ended.str("/valid_from"), ended.str("/valid_to")), ("2013-01-01".to_owned(), "2021-01-01".to_owned()));
        assert!(row(&county, "泉州市洛江区", 2021).await.is_none(), "ended before the purchase");
        assert_eq!(county.get("/api/v1/pairings?county=640323&day=2021-01-01").expect(200).await.json().to_string().matches("洛江").count(), 0);
        // The same partner comes back: not on days on which it stood already.
        let again = |from: &str| json!({ "kind": "pairing", "a_code": "640323", "b_code": "350504", "b_name": "洛江", "valid_from": from, "source": "测试" });
        assert_eq!(county.post("/api/v1/pairings", again("2020-12-31")).refused("validation_failed").await.pointers(), ["/valid_from"]);
        county.post("/api/v1/pairings", again("2021-01-01")).expect(201).await;
        assert_eq!(county.post(&path, days("2013-01-01", None)).refused("validation_failed").await.pointers(), ["/valid_from"]);
        assert_eq!(row(&county, "洛江", 2021).await.unwrap().1[1], 2000);
        // Of several at once one enters it.
        let again = json!({ "kind": "designated_unit", "a_code": "640323", "b_name": "某集团", "valid_from": "2021-01-01", "source": "测试" });
        let asked = (0..4).map(|_| county.post("/api/v1/pairings", again.clone()).send());
        let entered = futures_util::future::join_all(asked).await.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(entered, 1);
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
        // From April on it buys for another group; what it bought before stays.
        let one = format!("{path}/{}", member.market.trader.org_id);
        app.clock.set_day("2021-04-10");
        bought(&member, &[(till.goods, "4")], 4000).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [7000, 7000, 0]);
        let (end, ending) = (|day: &str| json!({ "valid_to": day }), format!("{one}/endings"));
        elsewhere.post(&ending, end("2021-04-01")).expect(404).await;
        assert_eq!(county.post(&ending, end("1999-01-01")).refused("validation_failed").await.pointers(), ["/valid_to"]);
        county.post(&ending, end("2021-04-01")).expect(204).await;
        county.post(&ending, end("2021-04-01")).expect(404).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [3000, 3000, 0]);
        // And for this one again.
        let span = |from: &str, to: Option<&str>| {
            json!({ "organisation_id": member.market.trader.org_id, "valid_from": from, "valid_to": to })
        };
        county.post(&path, span("2021-03-31", None)).refused("already_exists").await;
        assert_eq!(county.post(&path, span("2021-04-11", Some("2021-04-10"))).refused("validation_failed").await.pointers(), ["/valid_to"]);
        county.post(&path, span("2021-04-10", Some("2021-04-11"))).expect(204).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [7000, 7000, 0]);
        elsewhere.request(actix_web::http::Method::DELETE, &one).expect(404).await;
        county.request(actix_web::http::Method::DELETE, &one).expect(204).await;
        county.request(actix_web::http::Method::DELETE, &one).expect(404).await;
        assert_eq!(row(&county, "中国航油", 2021).await.unwrap().1, [0, 0, 0]);
    }

    async fn declared_activities_stand_beside(app) {
        let scene = donations::Scene::set(app).await;
        let id = scene.verified(donations::ACTIVITIES, scene.body()).await;
        // The organiser's own county serves as the partner; of it and the prefecture around it the county.
        let around = json!({ "kind": "pairing", "a_code": "640323", "b_code": "640300", "b_name": "外围结对", "valid_from": "2020-01-01", "source": "测试" });
        scene.county.post("/api/v1/pairings", around).expect(201).await;
        let pairing = json!({ "kind": "pairing", "a_code": "640323", "b_code": "640323", "b_name": "测试结对", "valid_from": "2020-01-01", "source": "测试" });
        scene.county.post("/api/v1/pairings", pairing).expect(201).await;
        let report = scene.county.get(&format!("{REPORT}?year=2021")).expect(200).await.json();
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == "测试结对").unwrap().clone();
        let shown = scene.county.get(&format!("/api/v1/donation-activities/{id}")).expect(200).await;
        assert_eq!((row["declared_activities"].as_i64(), row["declared_fen"].as_i64()), (Some(1), Some(shown.int("/amount_fen"))));
        assert_eq!(row["ordered_fen"], json!(0));
        let link = row["declared_entries"].as_str().unwrap().to_owned();
        let behind = followed(&scene.county, &link).await;
        assert_eq!((behind.len(), &behind[0]["declaration_id"], &behind[0]["amount_fen"]), (1, &json!(id), &row["declared_fen"]));
        scene.organiser.get(&link).expect(403).await;
        let buyer = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        buyer.get(&link).expect(404).await;
        let row = report["rows"].as_array().unwrap().iter().find(|row| row["partner"] == "外围结对").unwrap().clone();
        assert_eq!((&row["declared_activities"], &row["declared_fen"]), (&json!(0), &json!(0)));
    }
}
