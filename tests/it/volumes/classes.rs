//! The dictionary, and orders that offices classify anew.

use super::{TERMS, VOLUMES, office, rebuilt, rows, term};
use crate::payments::{Till, recounted, url};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use crate::units::Sisters;
use calamine::{Data, Reader, Xlsx};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::io::Cursor;
use yigou::kernel::actor::{OrgKind, Role};

async fn classified(who: &Person, order: &str, body: Value) -> Answered {
    who.post(&url(order, "classifications"), body).expect(201).await
}

async fn by_month(app: &TestApp, dimension: &str) -> Vec<(Vec<String>, i64)> {
    let auditor = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await;
    let path = format!("{VOLUMES}?from=2021-01&to=2021-12&by=month,{dimension}");
    rows(&auditor.get(&path).expect(200).await.json(), &["month", dimension])
}

fn row(values: [&str; 2], fen: i64) -> (Vec<String>, i64) {
    (values.map(str::to_owned).to_vec(), fen)
}

on_both! {
    async fn a_word_means_one_thing_at_a_time_and_belongs_to_its_region(app) {
        let (province, county) = (office(app, "640000").await, office(app, "640422").await);
        let added = province.post(TERMS, term("channel", "campus_market", Some("school"))).expect(201).await;
        assert_eq!((added.str("/rolls_up_to"), added.str("/region_code")), ("school".to_owned(), "640000".to_owned()));
        province.post(TERMS, term("channel", "campus_market", Some("market"))).refused("already_exists").await;
        let own = |kind: &str, code: &str| { let mut body = term(kind, code, None); body["region_code"] = json!("640422"); body };
        county.post(TERMS, own("tag", "livestream")).expect(201).await;
        county.post(TERMS, own("supervised_place", "640422")).expect(201).await;
        // The same word above or below means the same thing, so it is there already; elsewhere it may mean another.
        province.post(TERMS, term("tag", "livestream", None)).refused("already_exists").await;
        let mut elsewhere = own("tag", "livestream");
        elsewhere["region_code"] = json!("640424");
        county.post(TERMS, elsewhere.clone()).refused("forbidden").await;
        province.post(TERMS, elsewhere).expect(201).await;
        let mut nation = term("tag", "fair", None);
        nation["region_code"] = json!("000000");
        province.post(TERMS, nation).refused("forbidden").await;
        let mut wrong = term("mode", "Direct", None);
        wrong["effective_to"] = json!("2019-01-01");
        let refused = province.post(TERMS, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/code", "/rolls_up_to", "/effective_to"]);
        let unknown = province.post(TERMS, term("supervised_place", "640499", None)).refused("validation_failed").await;
        assert_eq!(unknown.pointers(), ["/code"]);
        // Ended words are free again from that day on; only their own region ends them.
        let end = |id: &str| format!("{TERMS}/{id}/endings");
        county.post(&end(&added.id()), json!({ "effective_to": "2021-06-01" })).expect(404).await;
        province.post(&end(&added.id()), json!({ "effective_to": "2020-01-01" })).refused("validation_failed").await;
        province.post(&end(&added.id()), json!({ "effective_to": "2021-06-01" })).expect(200).await;
        province.post(&end(&added.id()), json!({ "effective_to": "2021-06-01" })).refused("wrong_state").await;
        province.post(&end(&added.id()), json!({ "effective_to": "2022-06-01" })).refused("wrong_state").await;
        let mut again = term("channel", "campus_market", Some("market"));
        again["effective_from"] = json!("2021-06-01");
        province.post(TERMS, again).expect(201).await;
        let shown = async |query: &str| -> Vec<String> {
            let items = app.get(&format!("{TERMS}?{query}")).expect(200).await.json()["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["rolls_up_to"].as_str().unwrap_or("").to_owned()).collect()
        };
        assert_eq!(shown("kind=channel&day=2021-05-31").await, ["school"]);
        assert_eq!(shown("kind=channel&day=2021-06-01&region=640422").await, ["market"]);
        assert_eq!(shown("region=640104").await.len(), 2, "the words of Xiji hold in Xiji alone");
    }

    async fn another_class_moves_what_counted_in_the_month_of_the_decision(app) {
        let till = Till::open(app).await;
        let (province, city, elsewhere) = (office(app, "640000").await, office(app, "640100").await, office(app, "640300").await);
        province.post(TERMS, term("channel", "campus_market", Some("school"))).expect(201).await;
        province.post(TERMS, term("tag", "fair", None)).expect(201).await;
        let order = till.accepted("3").await;
        till.pay(&order, 3000).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let progress = async || bureau.get("/api/v1/reports/quota-progress?year=2021&as_of=2021-12-31").expect(200).await.json();
        let before = progress().await;
        app.clock.set_day("2021-05-10");
        let body = json!({ "channel": "school", "channel_term": "campus_market", "tags": ["fair"], "reason": "经核实为校园集市" });
        for stranger in [&elsewhere, till.seller(), &till.market.trader] {
            let answer = stranger.post(&url(&order, "classifications"), body.clone()).send().await;
            assert!(matches!(answer.status, 403 | 404), "{}", answer.text());
        }
        let wrong = json!({ "channel": "market", "channel_term": "campus_market", "mode_term": "unheard", "tags": ["fair", "unheard"], "reason": "错的" });
        let refused = city.post(&url(&order, "classifications"), wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/mode_term", "/channel_term", "/tags/1"]);
        let same = json!({ "channel": "canteen", "reason": "没有变化" });
        assert_eq!(city.post(&url(&order, "classifications"), same).refused("validation_failed").await.pointers(), ["/mode"]);
        let done = classified(&city, &order, body.clone()).await;
        assert_eq!((done.int("/classification/no"), done.str("/classification/channel_term")), (1, "campus_market".to_owned()));
        // March stays what it was; May takes it from one channel to the other.
        let moved = [row(["2021-03", "canteen"], 3000), row(["2021-05", "canteen"], -3000), row(["2021-05", "school"], 3000)];
        assert_eq!(by_month(app, "channel").await, moved);
        assert_eq!(progress().await, before, "no plan changes");
        // What counts later counts under the new class, and a second decision moves that too.
        app.clock.set_day("2021-06-01");
        till.refund(&order, 500).await;
        assert_eq!(by_month(app, "channel").await[3..], [row(["2021-06", "school"], -500)]);
        let words = [row(["2021-03", "-"], 3000), row(["2021-05", "-"], -3000), row(["2021-05", "campus_market"], 3000), row(["2021-06", "campus_market"], -500)];
        assert_eq!(by_month(app, "channel_term").await, words);
        classified(&province, &order, json!({ "mode": "social_organisation", "reason": "由社会组织采购" })).await;
        let modes = by_month(app, "mode").await;
        assert_eq!(modes.last().unwrap(), &row(["2021-06", "social_organisation"], 2500));
        let shown = till.market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!((shown.str("/channel"), shown.str("/classifications/1/channel"), shown.json()["classifications"][1]["tags"].clone()),
            ("canteen".to_owned(), "school".to_owned(), json!([])));
        assert!(shown.text().contains("order.reclassified"));
        recounted(app).await;
        rebuilt(app).await;
    }

    async fn overlays_stand_beside_the_total(app) {
        let till = Till::open(app).await;
        let province = office(app, "640000").await;
        province.post(TERMS, term("tag", "fair", None)).expect(201).await;
        province.post(TERMS, term("tag", "fair_x", None)).expect(201).await;
        let mut place = term("supervised_place", "640323", None);
        (place["effective_from"], place["effective_to"]) = (json!("2021-04-30"), json!("2021-05-01"));
        province.post(TERMS, place).expect(201).await;
        for (day, boxes) in [("2021-03-10", "1"), ("2021-04-01", "2"), ("2021-05-10", "4")] {
            app.clock.set_day(day);
            let order = till.accepted(boxes).await;
            till.pay(&order, boxes.parse::<i64>().unwrap() * 1000).await;
            if boxes != "2" {
                let tags = if boxes == "1" { json!(["fair"]) } else { json!(["fair", "fair_x"]) };
                classified(&province, &order, json!({ "tags": tags, "reason": "展销会" })).await;
            }
        }
        // Under supervision once more in the same month, after another region around it: still what was bought of it once.
        for (code, from, to) in [("640300", "2021-04-01", json!(null)), ("640323", "2021-04-02", json!("2021-04-10")), ("640323", "2021-01-05", json!("2021-02-10"))] {
            let mut place = term("supervised_place", code, None);
            (place["effective_from"], place["effective_to"]) = (json!(from), to);
            province.post(TERMS, place).expect(201).await;
        }
        let path = format!("{VOLUMES}?from=2021-01&to=2021-12&overlays=true&by=county");
        let view = province.get(&path).expect(200).await.json();
        assert_eq!(view["total_fen"], json!(7000));
        let plain = |overlay: &Value| json!({ "kind": overlay["kind"], "code": overlay["code"], "name": overlay["name"], "amount_fen": overlay["amount_fen"] });
        let overlay = |kind: &str, code: &str, fen: i64| json!({ "kind": kind, "code": code, "name": "词条", "amount_fen": fen });
        let want = [overlay("tag", "fair", 5000), overlay("tag", "fair_x", 4000), overlay("supervised_place", "640300", 6000),
            overlay("supervised_place", "640323", 2000)];
        let overlays = view["overlays"].as_array().unwrap();
        assert_eq!(overlays.iter().map(plain).collect::<Vec<_>>(), want);
        // Each leads to its entries, and so does the total.
        for overlay in overlays {
            let mut sum = 0;
            for link in overlay["entries"].as_array().unwrap() {
                sum += crate::volumes::followed(&province, link.as_str().unwrap()).await.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).sum::<i64>();
            }
            assert_eq!(json!(sum), overlay["amount_fen"], "{overlay}");
        }
        let all = crate::volumes::followed(&province, view["entries"].as_str().unwrap()).await;
        assert_eq!(all.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).sum::<i64>(), 7000);
        // One table has no place for them.
        province.get(&path).header("accept", "text/csv").refused("invalid_parameter").await;
        let tagged = crate::volumes::followed(&province, "/api/v1/reports/county-volumes/entries?from=2021-01&to=2021-12&tag=fair_x").await;
        assert_eq!(tagged.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).sum::<i64>(), 4000);
        // The same figures as a workbook; overlays are on a sheet of their own.
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let book = province.get(&path).header("accept", kind).expect(200).await;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.body.clone())).unwrap();
        let last = |range: &calamine::Range<Data>| range.rows().next_back().unwrap().last().unwrap().clone();
        assert_eq!(last(&book.worksheet_range("产销额").unwrap()), Data::Float(70.0));
        assert_eq!(last(&book.worksheet_range("专项（不计入合计）").unwrap()), Data::Float(20.0));
    }

    async fn two_decisions_and_a_merger_leave_everything_under_the_last_class(app) {
        let sisters = Sisters::open(app).await;
        let province = office(app, "640000").await;
        let order = sisters.a.accepted("2").await;
        sisters.a.pay(&order, 2000).await;
        let asked = ["market", "school", "community"].map(|channel| {
            let body = json!({ "channel": channel, "reason": "同时归类" });
            let (who, path) = (&province, url(&order, "classifications"));
            async move { who.post(&path, body).expect(201).await.int("/classification/no") }
        });
        let mut numbers = join_all(asked).await;
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3]);
        recounted(app).await;
        let day = app.ctx().at.day().to_string();
        sisters.merge(sisters.a.unit(), sisters.b.unit(), &day).await;
        classified(&province, &order, json!({ "channel": "supermarket", "reason": "合并后归类" })).await;
        let view = province.get(&format!("{VOLUMES}?from=2021-01&to=2021-12&by=channel&side=purchaser")).expect(200).await.json();
        assert_eq!(rows(&view, &["channel"]), [(vec!["supermarket".to_owned()], 2000)]);
        recounted(app).await;
        rebuilt(app).await;
    }
}
