//! What is shown and what is suppressed, what later entries change, and what a caller who knows it is told.

use super::{BULLETINS, VOLUMES, published, row, tills, volumes};
use crate::bulletins::{Desk, id};
use crate::payments::url;
use crate::reporting::gift_box;
use crate::support::TestApp;
use crate::support::market::COUNTY;
use diesel::RunQueryDsl;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use yigou::each;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::time::At;
use yigou::platform::clock::Clock;

const OTHER: &str = "640522";

/// What an office of the platform is told of a county's month.
async fn reported(app: &TestApp, basis: &str, county: &str) -> i64 {
    let office = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Reviewer]).await;
    let path = format!("/api/v1/reports/county-volumes?basis={basis}&from=2021-03&to=2021-03&by=county");
    let view = office.get(&path).expect(200).await.json();
    let rows = view["rows"].as_array().unwrap();
    rows.iter().find(|row| row["county"] == county).map_or(0, |row| row["amount_fen"].as_i64().unwrap())
}

/// A minute later each time it is asked.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> At {
        At(self.0.fetch_add(60_000, Ordering::Relaxed))
    }
}

on_both! {
    async fn no_figure_of_too_few_units_is_shown_or_follows_from_a_total(app) {
        let tills = tills(app, 3).await;
        let gift = gift_box(app, &tills[0], 333, [600_000, 400_000]).await;
        for (till, boxes) in tills.iter().zip(["1", "2", "3"]) {
            till.market.place(&[(till.goods, boxes)]).await;
        }
        for till in &tills[..2] {
            till.market.place(&[(gift, "1")]).await;
        }
        let paid = tills[0].accepted("5").await;
        tills[0].pay(&paid, 5000).await;
        // Nothing of the month under way.
        assert_eq!(published(app).await, 0);
        assert_eq!(volumes(app).await["rows"], json!([]));
        app.clock.set_day("2021-04-01");
        assert_eq!((published(app).await, published(app).await), (1, 0));
        let view = volumes(app).await;
        assert_eq!(view["rows"].as_array().unwrap().len(), 2);
        // All three ordered goods of this county; only one of them paid.
        let shown = row(&view, "2021-03", COUNTY);
        let ordered = reported(app, "ordered", COUNTY).await;
        assert!(ordered > 11_000);
        assert_eq!((&shown["ordered_fen"], &shown["purchasers"], &shown["orders"]), (&json!(ordered), &json!(3), &json!(6)));
        assert_eq!((&shown["completed_fen"], &shown["suppressed"], shown.get("accepted_paid_fen")), (&json!(0), &json!(true), None));
        // Two bought of that one.
        let hidden = row(&view, "2021-03", OTHER);
        let names: Vec<&String> = hidden.as_object().unwrap().keys().collect();
        assert_eq!(names, ["county", "county_name", "month", "revised_at", "revision", "suppressed"]);
        assert_eq!(hidden["suppressed"], json!(true));
        // A total of everything would give both away.
        assert!(reported(app, "ordered", OTHER).await > 0 && reported(app, "accepted_paid", COUNTY).await == 5000);
        assert_eq!(view["total"], json!({ "ordered_fen": ordered, "accepted_paid_fen": 0, "completed_fen": 0, "suppressed_rows": 2 }));
        let csv = app.get(&format!("{VOLUMES}?year=2021")).header("accept", "text/csv").expect(200).await.text();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[1].starts_with(&format!("2021-03,{COUNTY},")) && lines[1].contains(&format!(",true,{ordered},,0,6,3,1,")), "{csv}");
        assert!(lines[2].starts_with(&format!("2021-03,{OTHER},")) && lines[2].contains(",true,,,,,,1,"), "{csv}");
        // The platform decides that a figure needs two units.
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin, Role::Reviewer, Role::Auditor]).await;
        let rule = json!({ "name": "open_data_min_purchasers", "region_code": "640000", "effective_from": "2021-04-02", "value": "2", "source": "测试" });
        operator.post("/api/v1/rules", rule).expect(201).await;
        app.clock.set_day("2021-04-02");
        let view = volumes(app).await;
        assert_eq!(row(&view, "2021-03", OTHER)["ordered_fen"], json!(reported(app, "ordered", OTHER).await));
        assert_eq!(row(&view, "2021-03", COUNTY).get("accepted_paid_fen"), None);
        app.get(&format!("{VOLUMES}?year=1999")).refused("invalid_parameter").await;
    }

    async fn no_order_of_one_unit_is_the_difference_of_two_amounts(app) {
        let tills = tills(app, 4).await;
        for (till, boxes) in tills.iter().zip(["1", "2", "3", "50"]) {
            let order = till.accepted(boxes).await;
            if boxes != "50" {
                till.pay(&order, boxes.parse::<i64>().unwrap() * 1000).await;
            }
        }
        app.clock.set_day("2021-04-01");
        assert_eq!(published(app).await, 1);
        assert_eq!(reported(app, "accepted_paid", COUNTY).await, 6000);
        // Four ordered and three of them paid: what the fourth ordered is for nobody to know.
        let view = volumes(app).await;
        let shown = row(&view, "2021-03", COUNTY);
        assert_eq!((&shown["ordered_fen"], shown.get("accepted_paid_fen"), &shown["suppressed"]), (&json!(56_000), None, &json!(true)));
        assert_eq!(view["total"]["accepted_paid_fen"], json!(0));
    }

    async fn a_month_to_which_something_is_counted_later_gets_a_revision(app) {
        let tills = tills(app, 3).await;
        let mut orders = Vec::new();
        for till in &tills {
            orders.push(till.accepted("2").await);
        }
        app.clock.set_day("2021-04-01");
        assert_eq!(published(app).await, 1);
        let path = format!("{VOLUMES}?year=2021");
        let first = app.get(&path).expect(200).await;
        let (tag, since) = (first.header("etag").unwrap().to_owned(), first.header("last-modified").unwrap().to_owned());
        let before = first.json();
        let shown = row(&before, "2021-03", COUNTY);
        assert_eq!((&shown["ordered_fen"], &shown["accepted_paid_fen"], &shown["revision"]), (&json!(6000), &json!(0), &json!(1)));
        // Whoever has it is told so, by its tag, or without one by its moment.
        for (name, value, status) in [("if-none-match", tag.as_str(), 304), ("if-modified-since", since.as_str(), 304),
            ("if-none-match", "\"other\"", 200), ("if-modified-since", "Mon, 01 Jan 2018 00:00:00 GMT", 200), ("if-modified-since", "yesterday", 200)] {
            let again = app.get(&path).header(name, value).expect(status).await;
            assert_eq!((again.body.is_empty(), again.header("etag")), (status == 304, Some(tag.as_str())), "{name}: {value}");
        }
        app.get(&path).header("if-none-match", "\"other\"").header("if-modified-since", &since).expect(200).await;
        // By the papers they paid in March.
        app.clock.advance(Duration::from_secs(3600));
        for (till, order) in tills.iter().zip(&orders) {
            let body = json!({ "amount_fen": 2000, "occurred_on": "2021-03-31" });
            let payment = till.payer.post(&url(order, "payments"), body).expect(201).await.id();
            till.confirm(order, &payment).await;
        }
        let late = reported(app, "accepted_paid", COUNTY).await;
        assert_eq!((late, volumes(app).await), (6000, before), "published by the job, not at once");
        let published_at_once = futures_util::future::join_all((0..3).map(|_| published(app))).await;
        assert_eq!(published_at_once.iter().sum::<usize>(), 1, "of several that publish at once one does");
        let after = volumes(app).await;
        let shown = row(&after, "2021-03", COUNTY);
        assert_eq!((&shown["accepted_paid_fen"], &shown["revision"]), (&json!(6000), &json!(2)));
        let changed = app.get(&path).header("if-modified-since", &since).expect(200).await;
        assert_ne!(changed.header("last-modified"), Some(since.as_str()));
        app.get(&path).header("if-none-match", &tag).expect(200).await;
        for sql in ["UPDATE open_county_months SET orders = 9", "DELETE FROM open_county_months"] {
            let changed = app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c))?)).await;
            assert!(changed.is_err(), "{sql}");
        }
    }

    async fn every_list_says_when_it_changed_and_whoever_knows_it_is_told_so(app) {
        let till = crate::payments::Till::open(app).await;
        app.clock.advance(Duration::from_secs(5));
        for path in ["/api/v1/listings", "/api/v1/certificates", "/api/v1/public-notices", "/api/v1/regions?level=province"] {
            let told = |answer: &crate::support::Answered| answer.header("last-modified").unwrap().to_owned();
            // Within the second in which it is seen first it may still change: that second is not told yet.
            let first = told(&app.get(path).expect(200).await);
            app.clock.advance(Duration::from_secs(2));
            let since = told(&app.get(path).header("if-modified-since", &first).expect(200).await);
            assert_ne!(first, since);
            app.clock.advance(Duration::from_secs(60));
            let again = app.get(path).header("if-modified-since", &since).expect(304).await;
            assert_eq!((told(&again), again.body.is_empty()), (since.clone(), true));
            app.get(path).header("if-modified-since", "Mon, 01 Jan 2018 00:00:00 GMT").expect(200).await;
            app.get(path).header("if-none-match", "\"other\"").header("if-modified-since", &since).expect(200).await;
        }
        // A change, and the moment before it is no longer enough.
        let path = "/api/v1/listings";
        let since = app.get(path).expect(200).await.header("last-modified").unwrap().to_owned();
        app.get(path).header("if-modified-since", &since).expect(304).await;
        let url = format!("/api/v1/listings/{}/withdrawal", till.goods);
        let version = app.get(&format!("/api/v1/listings/{}", till.goods)).expect(200).await.version();
        till.seller().post(&url, json!({ "reason": "售罄" })).if_match(version).expect(200).await;
        let changed = app.get(path).header("if-modified-since", &since).expect(200).await;
        assert_ne!(changed.header("last-modified"), Some(since.as_str()));
        assert_eq!(changed.json()["items"], json!([]));
    }

    async fn months_of_one_run_are_published_each_at_its_moment(app) {
        let till = crate::payments::Till::open(app).await;
        till.market.place(&[(till.goods, "1")]).await;
        app.clock.set_day("2021-04-02");
        till.market.place(&[(till.goods, "1")]).await;
        app.clock.set_day("2021-05-01");
        let clock = Ticking(AtomicI64::new(app.ctx().at.0));
        let published = yigou::opendata::publish_months(&app.installation.store, &clock, &app.ctx()).await.unwrap();
        let view = volumes(app).await;
        let moments = ["2021-03", "2021-04"].map(|month| row(&view, month, COUNTY)["revised_at"].as_str().unwrap().to_owned());
        assert!(published == 2 && moments[0] < moments[1], "{moments:?}");
    }

    async fn only_what_a_bureau_published_is_shown_and_nobody(app) {
        let desk = Desk::open(app).await;
        let order = desk.completed(2).await;
        app.clock.set_day("2021-12-30");
        let (draft, signed, gone) = (desk.draft("2021-12-27", "region").await, desk.draft("2021-12-28", "unit").await, desk.draft("2021-12-26", "region").await);
        desk.signer.post(&format!("/api/v1/bulletins/{}/sign-offs", id(&signed)), json!({})).if_match(1).expect(200).await;
        desk.drafter.post(&format!("/api/v1/bulletins/{}/discarding", id(&gone)), json!({})).if_match(1).expect(200).await;
        assert_eq!(app.get(BULLETINS).expect(200).await.json()["items"], json!([]));
        desk.issue(&id(&draft), "银财函〔2021〕9号").await;
        desk.till.refund(&order, 100).await;
        app.clock.set_day("2022-01-02");
        let body = json!({ "as_of": "2022-01-01", "reason": "退款" });
        let correction = desk.drafter.post(&format!("/api/v1/bulletins/{}/corrections", id(&draft)), body).expect(201).await.json();
        assert_eq!(app.get(BULLETINS).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        desk.issue(&id(&correction), "银财函〔2022〕1号").await;
        let listed = app.get(BULLETINS).expect(200).await;
        assert!(listed.header("last-modified").is_some());
        app.get(BULLETINS).header("if-none-match", listed.header("etag").unwrap()).expect(304).await;
        let items = listed.json()["items"].as_array().unwrap().clone();
        let numbers: Vec<&str> = items.iter().map(|item| item["number"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["银财函〔2022〕1号", "银财函〔2021〕9号"]);
        assert_eq!((&items[0]["corrects"], &items[0]["correction_no"]), (&json!("银财函〔2021〕9号"), &json!(1)));
        // As it was published, to the byte that it names.
        let path = format!("{BULLETINS}/%E9%93%B6%E8%B4%A2%E5%87%BD%E3%80%942021%E3%80%959%E5%8F%B7");
        let one = app.get(&path).expect(200).await;
        assert_eq!((&one.json()["table"], &one.json()["sha256"]), (&draft["content"]["table"], &draft["sha256"]));
        app.get(&format!("{path}?region=640100")).header("if-modified-since", one.header("last-modified").unwrap()).expect(304).await;
        app.get(&format!("{path}?region=640500")).refused("not_found").await;
        app.get(&format!("{BULLETINS}/NONE")).refused("not_found").await;
        let csv = app.get(&path).header("accept", "text/csv").expect(200).await.text();
        let rows = draft["content"]["table"]["rows"].as_array().unwrap().len();
        assert_eq!(csv.lines().count(), rows + 2, "{csv}");
        assert!(csv.lines().last().unwrap().contains(",合计,"), "{csv}");
        // No person, no reason in free words, no order, nothing that was not published.
        let all = [listed.text(), one.text(), csv];
        let secret = [desk.drafter.user_id.to_string(), desk.signer.user_id.to_string(), "usr_".to_owned(), "退款".to_owned(),
            order, signed["sha256"].as_str().unwrap().to_owned(), gone["sha256"].as_str().unwrap().to_owned()];
        for text in &all {
            for word in &secret {
                assert!(!text.contains(word.as_str()), "{word} in {text}");
            }
        }
    }

    async fn the_list_of_sets_says_where_they_are_and_when_they_changed(app) {
        let tills = tills(app, 1).await;
        tills[0].market.place(&[(tills[0].goods, "1")]).await;
        app.clock.set_day("2021-04-01");
        published(app).await;
        let index = app.get("/api/v1/open-data").expect(200).await;
        app.get("/api/v1/open-data").header("if-none-match", index.header("etag").unwrap()).expect(304).await;
        let items = index.json()["items"].as_array().unwrap().clone();
        let names: Vec<&str> = items.iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["county-volumes", "certificates", "notices", "bulletins", "catalogue"]);
        assert!(items[0]["last_change"].as_str().unwrap().starts_with("2021-04-01T"));
        assert_eq!((&items[3]["last_change"], &items[0]["licence"]), (&Value::Null, &json!("CC-BY-4.0")));
        for item in &items {
            for link in item["links"].as_array().unwrap() {
                let media_type = link["media_type"].as_str().unwrap();
                let there = app.get(link["href"].as_str().unwrap()).header("accept", media_type).expect(200).await;
                assert!(there.header("content-type").unwrap().starts_with(media_type));
            }
        }
    }
}
