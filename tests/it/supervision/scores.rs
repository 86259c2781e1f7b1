//! Suppliers' scores, and the ladder through three months.

use super::*;
use crate::payments::{Till, url};
use crate::support::mail::received;

const SCORES: &str = "/api/v1/supplier-scores";
const PROPOSALS: &str = "/api/v1/score-proposals";

async fn day(app: &TestApp, day: &str) {
    app.clock.set_day(day);
    app.run_jobs().await;
}

/// Five orders that the supplier declines.
async fn decline(till: &Till) {
    for _ in 0..5 {
        let order = till.market.place(&[(till.goods, "1")]).await;
        till.seller().post(&url(&order, "declines"), json!({ "reason": "缺货" })).expect(200).await;
    }
}

async fn latest(by: &Person, seller: &Person) -> Value {
    by.get(&format!("{SCORES}/{}", seller.org_id)).expect(200).await.json()["items"][0].clone()
}

/// A supplier of 盐池 about which the county found something, so that five declined orders give 66 points:
/// 30 for the price; for the quality no complaint, and one finding in five orders: 36; nothing for the delivery.
async fn poor(app: &TestApp) -> (Till, Person, Person) {
    let till = Till::open(app).await;
    app.reachable(till.seller()).await;
    let county = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
    let found = json!({ "supplier_id": till.seller().org_id, "code": "records", "text": "进货台账不全" });
    county.post(FINDINGS, found).expect(201).await;
    let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
    (till, county, operator)
}

fn decide(by: &Person, id: &str, version: i64, decision: &str) -> crate::support::Ask {
    let body = json!({ "decision": decision, "reason": "连续多月评分过低" });
    by.post(&format!("{PROPOSALS}/{id}/decisions"), body).if_match(version)
}

on_both! {
    async fn a_score_is_made_of_what_was_recorded_in_its_month(app) {
        let till = Till::open(app).await;
        let county = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        for accepted in [("2", "0"), ("2", "0"), ("2", "0"), ("2", "0"), ("1", "1")] {
            let order = till.market.deliver(0, &[(till.goods, "2")]).await;
            till.market.accept(&order, &[(1, accepted.0, accepted.1)]).await;
            till.rate(&order).await;
        }
        day(app, "2021-04-01").await;
        let score = latest(&county, till.seller()).await;
        let parts: Vec<(&str, i64, i64)> = score["parts"].as_array().unwrap().iter()
            .map(|part| (part["part"].as_str().unwrap(), part["numerator"].as_i64().unwrap(), part["denominator"].as_i64().unwrap())).collect();
        assert_eq!(parts, [("price_stars", 25, 25), ("prices_in_order", 1, 1), ("quality_stars", 20, 25), ("accepted", 9000, 10_000),
            ("inspections_passed", 0, 0), ("without_finding", 5, 5), ("without_complaint", 5, 5), ("delivery_stars", 15, 25),
            ("confirmed", 5, 5), ("shipped_in_time", 5, 5), ("shipped_in_full", 10_000, 10_000)]);
        // Price 1; quality (4/5 + 9/10 + 1 + 1)/4 = 37/40; delivery (3/5 + 1 + 1 + 1)/4 = 9/10: 30 + 37 + 27.
        assert_eq!((score["points"].clone(), score["orders"].clone(), score["step"].clone(), score["month"].clone()), (json!(94), json!(5), Value::Null, json!("2021-03")));
        assert!(score["parts"][0]["weight_rule_id"].as_str().unwrap().starts_with("rul_"));
        assert_eq!(latest(till.seller(), till.seller()).await["points"], json!(94));
        // Nobody else's.
        let other = supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        other.get(&format!("{SCORES}/{}", till.seller().org_id)).expect(404).await;
        other.get(SCORES).expect(403).await;
        let next = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        assert_eq!(next.get(SCORES).expect(200).await.json()["items"], json!([]));
        let listed = |query: &str| county.get(&format!("{SCORES}?month=2021-03&{query}"));
        assert_eq!(listed("below=95&county=640323").expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed("below=94").expect(200).await.json()["items"], json!([]));
        // Run again, nothing changes; what is rated later is of the next month.
        let before = app.census().await;
        yigou::supervision::score_suppliers(&app.installation.store.clone(), app.ctx()).await.unwrap();
        app.unchanged_since(&before, "a second run").await;
    }

    async fn fewer_orders_than_the_rule_says_give_no_score(app) {
        let till = Till::open(app).await;
        for _ in 0..4 {
            till.accepted("1").await;
        }
        day(app, "2021-04-01").await;
        let seen = till.seller().get(&format!("{SCORES}/{}", till.seller().org_id)).expect(200).await.json();
        assert_eq!(seen["items"], json!([]));
    }

    async fn the_ladder_goes_through_three_months(app) {
        let (till, county, operator) = poor(app).await;
        let seller = till.seller().clone();
        decline(&till).await;
        day(app, "2021-04-01").await;
        let score = latest(&seller, &seller).await;
        assert_eq!((score["points"].clone(), score["step"].clone()), (json!(66), json!("warn")));
        let warned = county.get(&format!("{FINDINGS}?source=score")).expect(200).await;
        assert_eq!((warned.str("/items/0/id"), warned.str("/items/0/source_id")), (score["finding_id"].as_str().unwrap().to_owned(), score["id"].as_str().unwrap().to_owned()));
        let told = |what: &str| received(&seller.email).iter().filter(|mail| mail.text().contains(what)).count();
        assert_eq!(told("低于预警线，请改进"), 1);
        assert_eq!(operator.get(PROPOSALS).expect(200).await.json()["items"], json!([]));
        // Still below a month later: a suspension is proposed, and nothing happens.
        decline(&till).await;
        day(app, "2021-05-06").await;
        let proposed = operator.get(PROPOSALS).expect(200).await;
        let (first, figures) = (proposed.str("/items/0/id"), proposed.json()["items"][0].clone());
        // Ten working days from Thursday 6 May: 7, 8 (worked), 10, 11, 12, then 开斋节 on 13 and 14, 17 to 21.
        assert_eq!((figures["step"].clone(), figures["state"].clone(), figures["answer_by"].clone()), (json!("suspend"), json!("open"), json!("2021-05-21")));
        assert_eq!(told("拟暂停销售"), 1);
        decide(&operator, &first, 1, "carry_out").refused("wrong_state").await;
        // And again: removal, in place of the suspension.
        decline(&till).await;
        day(app, "2021-06-01").await;
        let proposed = seller.get(&format!("{PROPOSALS}?state=open")).expect(200).await;
        let second = proposed.str("/items/0/id");
        assert_eq!(proposed.str("/items/0/step"), "remove");
        assert_eq!(seller.get(&format!("{PROPOSALS}?state=superseded")).expect(200).await.str("/items/0/id"), first);
        decide(&operator, &second, 1, "carry_out").refused("wrong_state").await;
        let answer = || seller.post(&format!("{PROPOSALS}/{second}/answers"), json!({ "text": "已整顿货源" }));
        assert_eq!(answer().expect(200).await.str("/answer"), "已整顿货源");
        answer().refused("already_exists").await;
        decide(&operator, &second, 1, "carry_out").refused("stale_version").await;
        let version = seen(&operator, &second).await;
        let done = decide(&operator, &second, version, "carry_out").expect(200).await;
        assert_eq!(done.str("/state"), "carried_out");
        let admitted = seller.get("/api/v1/supplier-applications").expect(200).await;
        assert_eq!((admitted.str("/items/0/status").as_str(), told("已执行")), ("ended", 0));
        app.run_jobs().await;
        assert_eq!(told("已执行"), 1);
    }

    async fn a_suspension_is_carried_out_when_the_days_are_over(app) {
        let (till, _, operator) = poor(app).await;
        let seller = till.seller().clone();
        decline(&till).await;
        day(app, "2021-04-01").await;
        decline(&till).await;
        day(app, "2021-05-06").await;
        let id = operator.get(PROPOSALS).expect(200).await.str("/items/0/id");
        day(app, "2021-05-22").await;
        seller.post(&format!("{PROPOSALS}/{id}/answers"), json!({ "text": "迟到" })).refused("wrong_state").await;
        let version = seen(&operator, &id).await;
        assert_eq!(decide(&operator, &id, version, "carry_out").expect(200).await.str("/state"), "carried_out");
        assert_eq!(operator.get(&format!("/api/v1/organisations/{}", seller.org_id)).expect(200).await.str("/status"), "suspended");
        decide(&operator, &id, version + 1, "dismiss").refused("wrong_state").await;
    }

    async fn what_was_dismissed_is_proposed_again_rather_than_more(app) {
        let (till, _, operator) = poor(app).await;
        decline(&till).await;
        day(app, "2021-04-01").await;
        decline(&till).await;
        day(app, "2021-05-06").await;
        let id = operator.get(PROPOSALS).expect(200).await.str("/items/0/id");
        assert_eq!(decide(&operator, &id, 1, "dismiss").expect(200).await.str("/state"), "dismissed");
        assert_eq!(operator.get(&format!("/api/v1/organisations/{}", till.seller().org_id)).expect(200).await.str("/status"), "active");
        decline(&till).await;
        day(app, "2021-06-01").await;
        assert_eq!(operator.get(&format!("{PROPOSALS}?state=open")).expect(200).await.str("/items/0/step"), "suspend");
    }
}

/// The version of the first proposal in a list, by its ETag.
async fn seen(by: &Person, id: &str) -> i64 {
    let listed = by.get(PROPOSALS).expect(200).await.json();
    let one = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    one["etag"].as_str().unwrap().trim_matches(['"', 'v']).parse().unwrap()
}
