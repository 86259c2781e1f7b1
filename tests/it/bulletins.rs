//! Bulletins of a finance bureau: drafted, signed, published, corrected; and the units that it urges. On both databases.

use crate::payments::{Till, recounted};
use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::CITY;
use crate::support::people::Person;
use calamine::{Data, Reader, Xlsx};
use diesel::RunQueryDsl;
use serde_json::{Value, json};
use std::io::Cursor;
use yigou::each;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;
use yigou::platform::secret::{hex, sha256};

/// A bureau's two desks, and a unit that has reserved and bought.
pub struct Desk {
    pub drafter: Person,
    pub signer: Person,
    pub till: Till,
}

impl Desk {
    pub async fn open(app: &TestApp) -> Desk {
        let drafter = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let signer = app.person(drafter.org_id, &[Role::Reviewer]).await;
        let till = Till::open(app).await;
        let desk = Desk { drafter, signer, till };
        desk.planned(app, desk.till.market.trader.org_id, 100_000).await;
        desk
    }
    /// An approved plan of the year that reserves a tenth.
    async fn planned(&self, app: &TestApp, unit: OrgId, total: i64) {
        let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true, "canteen": { "total_fen": total, "ratio_ppm": 100_000 } });
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(unit, head.org_id).await;
        approved(app, unit, plan, [&head, &self.signer]).await;
    }
    /// A completed order of so many boxes at 10.00 yuan.
    pub async fn completed(&self, boxes: i64) -> String {
        let order = self.till.accepted(&boxes.to_string()).await;
        self.till.pay(&order, boxes * 1000).await;
        self.till.rate(&order).await;
        order
    }
    pub async fn draft(&self, as_of: &str, by: &str) -> Value {
        let body = json!({ "year": 2021, "as_of": as_of, "by": by });
        self.drafter.post("/api/v1/bulletins", body).expect(201).await.json()
    }
    /// Signs and publishes.
    pub async fn issue(&self, id: &str, number: &str) -> Value {
        self.signer.post(&format!("/api/v1/bulletins/{id}/sign-offs"), json!({})).if_match(1).expect(200).await;
        let body = json!({ "number": number });
        self.drafter.post(&format!("/api/v1/bulletins/{id}/publication"), body).if_match(2).expect(200).await.json()
    }
}

pub fn id(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_bulletin_is_signed_by_another_and_never_changes(app) {
        let desk = Desk::open(app).await;
        let order = desk.completed(2).await;
        app.clock.set_day("2022-01-16");
        let today = json!({ "year": 2021, "as_of": "2022-01-16", "by": "region" });
        let refused = desk.drafter.post("/api/v1/bulletins", today).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/as_of"]);
        let draft = desk.draft("2022-01-15", "region").await;
        let path = format!("/api/v1/bulletins/{}", id(&draft));
        let total = &draft["content"]["table"]["total"];
        assert_eq!((&total["reserved_fen"], &total["completed_fen"], &total["rate"]), (&json!(10_000), &json!(2_000), &json!("20.00")));
        assert_eq!((&draft["closes_year"], &draft["state"]), (&json!(true), &json!("draft")));
        // A draft is its bureau's: neither the unit nor a bureau elsewhere sees it.
        let unit = app.person(desk.till.market.trader.org_id, &[Role::Manager]).await;
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Reviewer]).await;
        for who in [&unit, &elsewhere] {
            who.get(&path).refused("not_found").await;
        }
        let above = app.new_person(OrgKind::FinanceBureau, "640000", &[Role::Reviewer]).await;
        above.get(&path).expect(200).await;
        above.post(&format!("{path}/sign-offs"), json!({})).if_match(1).refused("forbidden").await;
        // Who drafts never signs, and nothing is published unsigned.
        desk.drafter.post(&format!("{path}/sign-offs"), json!({})).if_match(1).refused("separation_of_duties").await;
        desk.signer.post(&format!("{path}/sign-offs"), json!({})).if_match(7).refused("stale_version").await;
        let number = json!({ "number": "银财函〔2022〕3号" });
        desk.drafter.post(&format!("{path}/publication"), number.clone()).if_match(1).refused("wrong_state").await;
        let published = desk.issue(&id(&draft), "银财函〔2022〕3号").await;
        assert_eq!((&published["state"], &published["sha256"]), (&json!("published"), &draft["sha256"]));
        desk.drafter.post(&format!("{path}/discarding"), json!({})).if_match(3).refused("wrong_state").await;
        // Everybody reads it, in every form; the hash is of the very text.
        for who in [&unit, &elsewhere] {
            assert_eq!(who.get(&path).expect(200).await.json()["content"], draft["content"]);
        }
        let text = unit.get(&path).header("accept", "application/jsonl").expect(200).await;
        assert_eq!(json!(hex(&sha256(text.text().as_bytes()))), draft["sha256"]);
        let csv = unit.get(&path).header("accept", "text/csv").expect(200).await.text();
        assert!(csv.contains("预留份额（元）") && csv.lines().last().unwrap().starts_with("合计,") && csv.contains(",20.00,20.00,"), "{csv}");
        let sheet = unit.get(&path).header("accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").expect(200).await;
        let mut book = Xlsx::new(Cursor::new(sheet.body.clone())).unwrap();
        let read = book.worksheet_range("进度通报").unwrap();
        let last = u32::try_from(read.height()).unwrap() - 2;
        assert!(read.get_value((1, 0)).unwrap().to_string().contains("银财函〔2022〕3号"));
        assert_eq!((read.get_value((last, 0)), read.get_value((last, 6))), (Some(&Data::String("合计".into())), Some(&Data::Float(20.0))));
        // The number is used once; what was published is changed by nobody.
        let other = id(&desk.draft("2021-12-31", "unit").await);
        desk.signer.post(&format!("/api/v1/bulletins/{other}/sign-offs"), json!({})).if_match(1).expect(200).await;
        let twice = desk.drafter.post(&format!("/api/v1/bulletins/{other}/publication"), number).if_match(2).refused("already_exists").await;
        assert_eq!(twice.pointers(), ["/number"]);
        for sql in ["UPDATE bulletins SET title = 'x' WHERE state = 'published'", "UPDATE bulletins SET content = 'x'", "DELETE FROM bulletins"] {
            let changed = app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c))?)).await;
            assert!(changed.is_err(), "{sql}");
        }
        assert_eq!(app.read(yigou::bulletins::verify).await.unwrap(), []);
        // What happens later changes nothing of it.
        desk.till.refund(&order, 100).await;
        assert_eq!(unit.get(&path).expect(200).await.json()["content"], draft["content"]);
        recounted(app).await;
    }

    async fn a_correction_names_every_figure_and_every_order(app) {
        let desk = Desk::open(app).await;
        let (first, second) = (desk.completed(2).await, desk.completed(3).await);
        app.clock.set_day("2022-01-16");
        let bulletin = id(&desk.draft("2022-01-15", "city").await);
        let path = format!("/api/v1/bulletins/{bulletin}/corrections");
        let body = |as_of: &str| json!({ "as_of": as_of, "reason": "关账后退款" });
        desk.drafter.post(&path, body("2022-01-15")).refused("wrong_state").await;
        desk.issue(&bulletin, "银财函〔2022〕3号").await;
        app.clock.set_day("2022-02-10");
        desk.drafter.post(&path, body("2022-02-09")).refused("wrong_state").await;
        desk.till.refund(&first, 100).await;
        app.clock.set_day("2022-02-11");
        assert_eq!(desk.drafter.post(&path, body("2022-01-15")).refused("validation_failed").await.pointers(), ["/as_of"]);
        let (one, other) = (desk.drafter.post(&path, body("2022-02-10")).expect(201).await.json(), desk.drafter.post(&path, body("2022-02-10")).expect(201).await.json());
        let corrected = &one["content"]["corrected"];
        let figures: Vec<(&Value, &Value, &Value, &Value)> =
            corrected["figures"].as_array().unwrap().iter().map(|f| (&f["key"], &f["column"], &f["before"], &f["after"])).collect();
        let (city, total, column) = (json!("640100"), Value::Null, json!("corrections_fen"));
        assert_eq!(figures, [(&city, &column, &json!(0), &json!(-100)), (&total, &column, &json!(0), &json!(-100))]);
        let orders: Vec<(&Value, &Value, &Value)> =
            corrected["orders"].as_array().unwrap().iter().filter(|o| o["basis"] == json!("completed")).map(|o| (&o["order_id"], &o["amount_fen"], &o["because"])).collect();
        assert_eq!(orders, [(&json!(first), &json!(-100), &json!(["refunded"]))]);
        // Published in turn: the second draft was compared with figures that are corrected by now.
        let issued = desk.issue(&id(&one), "银财函〔2022〕9号").await;
        assert_eq!((&issued["correction_no"], &issued["corrects"]), (&json!(1), &json!(bulletin)));
        let late = id(&other);
        desk.signer.post(&format!("/api/v1/bulletins/{late}/sign-offs"), json!({})).if_match(1).expect(200).await;
        let number = json!({ "number": "银财函〔2022〕10号" });
        desk.drafter.post(&format!("/api/v1/bulletins/{late}/publication"), number).if_match(2).refused("wrong_state").await;
        desk.till.refund(&second, 200).await;
        app.clock.set_day("2022-02-12");
        let again = desk.drafter.post(&path, body("2022-02-11")).expect(201).await.json();
        assert_eq!(again["content"]["corrected"]["number"], json!("银财函〔2022〕9号"));
        assert_eq!(again["content"]["corrected"]["figures"][0]["after"], json!(-300));
        assert_eq!(desk.issue(&id(&again), "银财函〔2022〕11号").await["correction_no"], json!(2));
        let listed = desk.drafter.get(&path).expect(200).await.json();
        let states: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|b| &b["correction_no"]).collect();
        assert_eq!(states, [&json!(2), &Value::Null, &json!(1)]);
        // A correction is not corrected; its bulletin is.
        desk.drafter.post(&format!("/api/v1/bulletins/{}/corrections", id(&again)), body("2022-02-11")).refused("wrong_state").await;
    }

    async fn a_published_year_is_counted_again_under_other_rules(app) {
        let desk = Desk::open(app).await;
        let counted = desk.completed(2).await;
        let unrated = desk.till.accepted("3").await;
        desk.till.pay(&unrated, 3_000).await;
        app.clock.set_day("2022-01-16");
        let bulletin = id(&desk.draft("2022-01-15", "region").await);
        // Rated after the books closed: it completes in the next year, and would have completed in this one without the rating.
        desk.till.rate(&unrated).await;
        let again = async |query: &str| {
            let path = format!("/api/v1/bulletins/{bulletin}/recount?{query}");
            desk.drafter.get(&path).expect(200).await.json()["items"].as_array().unwrap().clone()
        };
        desk.drafter.get(&format!("/api/v1/bulletins/{bulletin}/recount")).refused("invalid_parameter").await;
        assert!(again("product_rule=either").await.is_empty() && again("rating_required=true").await.is_empty());
        let rated = again("rating_required=false").await;
        assert_eq!((rated.len(), &rated[0]["order_id"], &rated[0]["counted_fen"], &rated[0]["recounted_fen"]), (1, &json!(unrated), &json!(0), &json!(3_000)));
        assert_eq!(rated[0]["because"][0]["rule"], json!("rating_required"));
        // The goods are of an 832 county and have no certificate.
        let product = again("product_rule=both").await;
        assert_eq!((product.len(), &product[0]["order_id"], &product[0]["counted_fen"], &product[0]["recounted_fen"]), (1, &json!(counted), &json!(2_000), &json!(0)));
        assert_eq!((&product[0]["because"][0]["rule"], &product[0]["because"][0]["line_no"]), (&json!("quota_product_rule"), &json!(1)));
        let both = again("product_rule=both&rating_required=false").await;
        assert_eq!(both.len(), 1);
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Reviewer]).await;
        elsewhere.get(&format!("/api/v1/bulletins/{bulletin}/recount?product_rule=both")).refused("not_found").await;
    }

    async fn rows_stand_by_level_city_and_department_with_their_places(app) {
        let desk = Desk::open(app).await;
        desk.completed(2).await;
        let county = app.organisation(OrgKind::BudgetUnit, "640121").await;
        desk.planned(app, county, 50_000).await;
        let above = app.new_person(OrgKind::FinanceBureau, "640000", &[Role::Auditor]).await;
        let rows = async |by: &str| {
            let path = format!("/api/v1/reports/quota-progress?year=2021&by={by}");
            let view = above.get(&path).expect(200).await.json();
            let row = |row: &Value| (row["name"].as_str().unwrap().to_owned(), row["reserved_fen"].as_i64().unwrap(), row["rank"].as_i64());
            view["rows"].as_array().unwrap().iter().map(row).collect::<Vec<_>>()
        };
        // 640104 and 640121 are counties of Yinchuan.
        assert_eq!(rows("level").await, [("县级".to_owned(), 15_000, Some(1))]);
        assert_eq!(rows("city").await, [("银川市".to_owned(), 15_000, Some(1))]);
        let mut places: Vec<(i64, Option<i64>)> = rows("department").await.into_iter().map(|(_, reserved, rank)| (reserved, rank)).collect();
        places.sort_unstable();
        assert_eq!(places, [(5_000, Some(2)), (10_000, Some(1))]);
    }

    async fn a_unit_that_needs_no_urging_any_more_sends_no_page_back_to_the_beginning(app) {
        let desk = Desk::open(app).await;
        let middle = desk.till.market.trader.org_id;
        let first = app.organisation(OrgKind::BudgetUnit, "640100").await;
        let last = app.organisation(OrgKind::BudgetUnit, "640121").await;
        for unit in [first, last] {
            desk.planned(app, unit, 100_000).await;
        }
        let path = "/api/v1/reports/urge-list?year=2021&cause=not_started&limit=2";
        let page = desk.drafter.get(path).expect(200).await.json();
        let units = |page: &Value| page["items"].as_array().unwrap().iter().map(|row| row["unit_id"].clone()).collect::<Vec<_>>();
        assert_eq!(units(&page), [json!(first), json!(middle)]);
        desk.completed(1).await;
        let next = desk.drafter.get(&format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap())).expect(200).await.json();
        assert_eq!((units(&next), &next["next_cursor"]), (vec![json!(last)], &Value::Null));
    }

    async fn units_are_urged_for_what_their_year_lacks(app) {
        let desk = Desk::open(app).await;
        let unit = desk.till.market.trader.org_id;
        let manager = app.person(unit, &[Role::Manager]).await;
        app.reachable(&manager).await;
        let idle = app.organisation(OrgKind::BudgetUnit, "640121").await;
        app.clock.set_day("2021-07-01");
        let list = async |query: &str| {
            let items = desk.drafter.get(&format!("/api/v1/reports/urge-list?year=2021&{query}")).expect(200).await.json()["items"].clone();
            items.as_array().unwrap().iter().map(|row| (row["unit_id"].clone(), row["cause"].clone(), row["urged_times"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(list("cause=not_started").await, [(json!(unit), json!("not_started"), json!(0))]);
        assert!(list("cause=no_plan").await.contains(&(json!(idle), json!("no_plan"), json!(0))));
        assert_eq!(list("region=640121").await.len(), 1);
        // Page by page, each unit once.
        let mut seen = Vec::new();
        let mut path = "/api/v1/reports/urge-list?year=2021&limit=1".to_owned();
        loop {
            let page = desk.drafter.get(&path).expect(200).await.json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["unit_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("/api/v1/reports/urge-list?year=2021&limit=1&cursor={next}");
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((seen.len(), all), (list("").await.len(), all));
        let stranger = app.organisation(OrgKind::BudgetUnit, "640502").await;
        let items: Vec<Value> = [unit, idle, stranger].iter().map(|unit| json!({ "unit_id": unit, "year": 2021, "words": "请于月底前下单。" })).collect();
        desk.drafter.bare_post("/api/v1/urges", json!({ "items": items })).refused("idempotency_key_required").await;
        let answered = desk.drafter.post("/api/v1/urges", json!({ "items": items })).expect(200).await.json();
        let statuses: Vec<&Value> = answered["items"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
        assert_eq!(statuses, [&json!(200), &json!(409), &json!(404)], "{answered}");
        app.run_jobs().await;
        let mails = received(&manager.email);
        assert!(mails.iter().any(|mail| mail.text().contains("已预留但尚未启动采购") && mail.text().contains("请于月底前下单。")), "{:?}", mails.len());
        assert_eq!(list("cause=not_started").await, [(json!(unit), json!("not_started"), json!(1))]);
        // Half of the year is over: 20 % is behind, everything is not.
        desk.completed(2).await;
        assert_eq!(list("cause=behind").await, [(json!(unit), json!("behind"), json!(1))]);
        desk.completed(8).await;
        assert_eq!(list(&format!("region={CITY}")).await.iter().filter(|row| row.0 == json!(unit)).count(), 0);
    }
}
