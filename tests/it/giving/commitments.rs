//! 最低采购承诺: declared, decided, revised, and how far each is met.

use super::receipts::patiently;
use super::{Giving, blend, mails_to, school, tasks};
use crate::support::TestApp;
use crate::support::market::COUNTY;
use crate::support::people::Person;
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const LIST: &str = "/api/v1/purchase-commitments";
const REPORT: &str = "/api/v1/reports/purchase-commitments";

async fn office(app: &TestApp) -> Person {
    app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await
}

fn body(office: &Person, amount: i64) -> Value {
    json!({ "office_id": office.org_id, "year": 2021, "amount_fen": amount })
}

/// A request about the version that is read now.
async fn about(who: &Person, id: &str, what: &str, body: Value) -> crate::support::Ask {
    let version = who.get(&format!("{LIST}/{id}")).expect(200).await.version();
    who.post(&format!("{LIST}/{id}/{what}"), body).if_match(version)
}

async fn accepted(who: &Person, office: &Person, body: Value) -> String {
    let id = who.post(LIST, body).expect(201).await.id();
    about(office, &id, "decisions", json!({ "decision": "accept" })).await.expect(200).await;
    id
}

async fn report(who: &Person, query: &str) -> Vec<Value> {
    who.get(&format!("{REPORT}?{query}")).expect(200).await.json()["items"].as_array().unwrap().clone()
}

on_both! {
    async fn a_commitment_is_declared_decided_and_revised(app) {
        let (giving, office) = (Giving::open(app).await, office(app).await);
        app.reachable(&office).await;
        app.reachable(giving.trader()).await;
        let enterprise = giving.trader();
        let id = enterprise.post(LIST, body(&office, 1_000_000)).expect(201).await.id();
        assert_eq!(mails_to(app, &office).await, ["最低采购承诺"]);
        assert_eq!(tasks(&office).await, [("decide_commitment".to_owned(), id.clone())]);
        // It stands only once the office has accepted it.
        assert_eq!(report(enterprise, "year=2021").await, Vec::<Value>::new());
        about(&office, &id, "decisions", json!({ "decision": "return" })).await.refused("validation_failed").await;
        about(&office, &id, "decisions", json!({ "decision": "return", "reason": "金额有误" })).await.expect(200).await;
        assert_eq!(mails_to(app, enterprise).await, ["最低采购承诺"]);
        assert!(tasks(enterprise).await.contains(&("revise_commitment".to_owned(), id.clone())));
        let same = json!({ "amount_fen": 1_000_000, "reason": "重报" });
        about(enterprise, &id, "revisions", same).await.refused("validation_failed").await;
        let less = json!({ "amount_fen": 800_000, "from_month": 3, "reason": "按预算调整" });
        about(enterprise, &id, "revisions", less).await.expect(200).await;
        let shown = about(&office, &id, "decisions", json!({ "decision": "accept" })).await.expect(200).await;
        assert_eq!((shown.str("/state"), shown.int("/in_force")), ("accepted".into(), 2));
        assert_eq!((shown.int("/revisions/0/amount_fen"), shown.str("/revisions/0/answer")), (1_000_000, "金额有误".into()));
        // What was accepted stands while another revision waits, and when it is sent back.
        let more = json!({ "amount_fen": 900_000, "reason": "追加" });
        about(enterprise, &id, "revisions", more).await.expect(200).await;
        assert_eq!(report(enterprise, "year=2021").await[0]["amount_fen"], json!(800_000));
        about(enterprise, &id, "withdrawals", json!({ "reason": "撤" })).await.refused("wrong_state").await;
        about(&office, &id, "decisions", json!({ "decision": "return", "reason": "不需要" })).await.expect(200).await;
        assert_eq!(report(enterprise, "year=2021").await[0]["amount_fen"], json!(800_000));
        // Once the year is over nothing is revised.
        app.clock.set_day("2022-01-01");
        let later = json!({ "amount_fen": 1, "reason": "未完成" });
        about(enterprise, &id, "revisions", later).await.refused("expired").await;
        // What no office ever accepted may be taken back.
        let mut next = body(&office, 5);
        next["year"] = json!(2022);
        let other = enterprise.post(LIST, next).expect(201).await.id();
        about(enterprise, &other, "withdrawals", json!({ "reason": "撤" })).await.expect(200).await;
        about(&office, &other, "decisions", json!({ "decision": "accept" })).await.refused("wrong_state").await;
    }

    async fn everything_wrong_with_a_commitment_is_named(app) {
        let (giving, office) = (Giving::open(app).await, office(app).await);
        let mut wrong = body(&office, 100);
        (wrong["office_id"], wrong["year"]) = (json!(giving.seller().org_id), json!(2020));
        (wrong["from_month"], wrong["to_month"]) = (json!(6), json!(5));
        (wrong["region_code"], wrong["supplier_id"]) = (json!("649999"), json!(giving.trader().org_id));
        let refused = giving.trader().post(LIST, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/year", "/to_month", "/supplier_id", "/region_code", "/supplier_id", "/office_id"]);
        // Nobody decides about an organisation whose member he is.
        let id = giving.trader().post(LIST, body(&office, 100)).expect(201).await.id();
        let (person, org) = (office.user_id, giving.trader().org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, person, org, &[Role::Payer])).await.unwrap();
        let ask = about(&office, &id, "decisions", json!({ "decision": "accept" })).await;
        ask.refused("separation_of_duties").await;
        // A unit has its plan and declares none.
        let unit = app.new_person(OrgKind::BudgetUnit, COUNTY, &[Role::Trader, Role::Manager]).await;
        unit.post(LIST, body(&office, 100)).refused("forbidden").await;
    }

    async fn only_who_is_concerned_sees_it(app) {
        let (giving, own) = (Giving::open(app).await, office(app).await);
        let id = accepted(giving.trader(), &own, body(&own, 100)).await;
        let person = async |kind, region| app.new_person(kind, region, &[Role::Auditor]).await;
        let seen = [
            (person(OrgKind::PovertyOffice, "640300").await, true),
            (person(OrgKind::PovertyOffice, "640422").await, false),
            (person(OrgKind::AuditBody, "640100").await, true),
            (person(OrgKind::AuditBody, "640500").await, false),
            (person(OrgKind::EnterpriseBuyer, "640104").await, false),
        ];
        for (who, sees) in &seen {
            let found = who.get(&format!("{LIST}/{id}")).send().await;
            assert_eq!(found.status, if *sees { 200 } else { 404 }, "{} {}", who.kind, who.region);
            let listed = who.get(LIST).expect(200).await.json()["items"].as_array().unwrap().len();
            let told = report(who, "year=2021").await.len();
            assert_eq!((listed, told), (usize::from(*sees), usize::from(*sees)), "{} {}", who.kind, who.region);
        }
        // Another office than the one that was named decides nothing, also above it.
        let above = app.new_person(OrgKind::PovertyOffice, "640300", &[Role::Reviewer]).await;
        let version = above.get(&format!("{LIST}/{id}")).expect(200).await.version();
        let ask = above.post(&format!("{LIST}/{id}/decisions"), json!({ "decision": "accept" })).if_match(version);
        ask.refused("not_found").await;
    }

    async fn of_a_decision_and_a_revision_at_once_one_is_about_what_was_read(app) {
        let (giving, office) = (Giving::open(app).await, office(app).await);
        let id = giving.trader().post(LIST, body(&office, 100)).expect(201).await.id();
        let revise = about(giving.trader(), &id, "revisions", json!({ "amount_fen": 50, "reason": "减" })).await;
        let decide = about(&office, &id, "decisions", json!({ "decision": "accept" })).await;
        let (revised, decided) = join(patiently(revise), patiently(decide)).await;
        assert_eq!([revised.status, decided.status].iter().filter(|status| **status == 200).count(), 1, "{} {}", revised.text(), decided.text());
        let loser = if revised.status == 200 { decided } else { revised };
        assert_eq!(loser.json()["code"], "stale_version");
    }

    async fn progress_is_what_was_accepted_and_paid_in_its_months(app) {
        let (giving, office) = (Giving::open(app).await, office(app).await);
        let gifts = blend(app, giving.seller(), 3333).await;
        let enterprise = giving.trader();
        let declare = async |more: Value| {
            let mut one = body(&office, 9000);
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            accepted(enterprise, &office, one).await
        };
        let ids = [
            declare(json!({})).await,
            declare(json!({ "to_month": 3 })).await,
            declare(json!({ "from_month": 4 })).await,
            declare(json!({ "region_code": "640400" })).await,
            declare(json!({ "supplier_id": giving.seller().org_id })).await,
        ];
        giving.done("5").await;
        let order = giving.accepted(&[(gifts, "1")], school()).await;
        app.clock.set_day("2021-04-06");
        giving.till.pay(&order, 3333).await;
        let found = report(enterprise, "year=2021").await;
        let of = |id: &str| found.iter().find(|one| one["id"] == json!(id)).unwrap().clone();
        let expected = [
            (8333, 667, "92.59"),
            (5000, 4000, "55.56"),
            (3333, 5667, "37.03"),
            (2222, 6778, "24.69"),
            (8333, 667, "92.59"),
        ];
        for (id, (bought, remaining, rate)) in ids.iter().zip(expected) {
            let one = of(id);
            assert_eq!((one["bought_fen"].clone(), one["remaining_fen"].clone(), one["rate"].clone()), (json!(bought), json!(remaining), json!(rate)));
            assert_eq!(one["met"], json!(false));
        }
        // The office sees the same, and of past months those that were not met.
        assert_eq!(report(&office, "year=2021").await, found);
        let unmet = report(&office, "year=2021&unmet=true").await;
        assert_eq!(unmet.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(), [json!(ids[1])]);
        giving.done("1").await;
        app.clock.set_day("2022-01-10");
        let unmet: Vec<Value> = report(&office, "year=2021&unmet=true").await.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(unmet, [json!(ids[1]), json!(ids[2]), json!(ids[3])]);
        assert_eq!(report(enterprise, "year=2021").await[0]["met"], json!(true));
    }
}
