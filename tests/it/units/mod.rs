//! Changes of budget units on both databases: renamed, moved, closed, merged, and who decides it.

mod histories;
mod transfers;

use crate::payments::{Till, recounted, url};
use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::market::{CITY, Market};
use crate::support::people::Person;
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

/// Two sister units below one supervising unit in Yinchuan, who buy from the same supplier.
pub struct Sisters {
    pub a: Till,
    pub b: Till,
    pub head: Person,
    pub bureau: Person,
}

impl Sisters {
    pub async fn open(app: &TestApp) -> Sisters {
        let a = Till::open(app).await;
        let market = a.market.of_unit(app).await;
        let b = Till { market, ..a.clone() }.paid_by_its_unit(app).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        for unit in [a.unit(), b.unit()] {
            app.supervise(unit, head.org_id).await;
        }
        Sisters { a, b, head, bureau }
    }
    /// Files and approves a plan of canteen money.
    pub async fn plan(&self, app: &TestApp, unit: OrgId, year: i64, total: i64, ratio: i64) {
        let plan = json!({ "year": year, "canteen_mode": "own", "canteen": { "total_fen": total, "ratio_ppm": ratio }, "submit": true });
        approved(app, unit, plan, [&self.head, &self.bureau]).await;
    }
    pub fn merger(&self, from: OrgId, into: OrgId, on: &str) -> Value {
        json!({ "kind": "merged", "unit_id": into, "predecessor_ids": [from], "effective_on": on, "reason": "机构改革",
            "document_number": "银编发〔2021〕3号" })
    }
    pub async fn merge(&self, from: OrgId, into: OrgId, on: &str) -> Value {
        self.head.post("/api/v1/unit-changes", self.merger(from, into, on)).expect(201).await.json()["items"][0].clone()
    }
    pub async fn quota(&self, unit: OrgId, year: i64) -> Value {
        self.bureau.get(&format!("/api/v1/budget-units/{unit}/quota/{year}")).expect(200).await.json()
    }
    /// The row of a unit in the bulletin as of a day.
    pub async fn row(&self, unit: OrgId, year: i64, as_of: &str) -> Value {
        let path = format!("/api/v1/reports/quota-progress?year={year}&by=unit&as_of={as_of}");
        let view = self.bureau.get(&path).expect(200).await.json();
        let rows = view["rows"].as_array().unwrap();
        let one = |row: &&Value| row["key"] == json!(unit.to_string());
        rows.iter().find(one).cloned().unwrap_or(Value::Null)
    }
}

impl Till {
    pub fn unit(&self) -> OrgId {
        self.market.trader.org_id
    }
    /// An order of so many boxes that counts as completed.
    pub async fn completed(&self, boxes: i64) -> String {
        let order = self.accepted(&boxes.to_string()).await;
        self.pay(&order, boxes * 1000).await;
        self.rate(&order).await;
        order
    }
}

fn figures(row: &Value) -> [i64; 4] {
    ["reserved_fen", "ordered_fen", "accepted_paid_fen", "completed_fen"].map(|name| row[name].as_i64().unwrap())
}

fn canteen(quota: &Value) -> [Option<i64>; 3] {
    ["held_fen", "posted_fen", "ceiling_fen"].map(|name| quota["funds"][0][name].as_i64())
}

on_both! {
    async fn a_merger_carries_the_whole_year(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        // 100,005 × 10 % is 10,000.5: both reserves were rounded up, and the sum keeps both.
        units.plan(app, a, 2021, 100_005, 100_000).await;
        units.plan(app, b, 2021, 100_005, 100_000).await;
        units.a.completed(3).await;
        units.b.completed(2).await;
        let accepted = units.a.accepted("4").await;
        let placed = units.a.market.place(&[(units.a.goods, "5")]).await;
        assert_eq!(canteen(&units.quota(a, 2021).await), [Some(5_000), Some(7_000), Some(100_005)]);
        app.clock.set_day("2021-06-01");
        let change = units.merge(a, b, "2021-06-01").await;
        assert_eq!((change["kind"].clone(), change["successor_id"].clone(), change["beyond_fen"].clone()), (json!("merged"), json!(b), json!(0)));
        recounted(app).await;

        let (of_a, of_b) = (units.quota(a, 2021).await, units.quota(b, 2021).await);
        assert_eq!((of_a["class"].clone(), of_a["merged_into"].clone(), of_a["reserved_fen"].clone()), (json!("merged"), json!(b), json!(0)));
        assert_eq!(canteen(&of_a), [Some(0), Some(0), Some(0)]);
        assert_eq!((of_b["class"].clone(), of_b["reserved_fen"].clone()), (json!("reserved"), json!(20_002)));
        assert_eq!(canteen(&of_b), [Some(5_000), Some(9_000), Some(200_010)]);
        // The bulletin of the day before shows the old picture, the one of today no account twice.
        assert_eq!(figures(&units.row(a, 2021, "2021-05-31").await), [10_001, 12_000, 3_000, 3_000]);
        assert_eq!(figures(&units.row(b, 2021, "2021-05-31").await), [10_001, 2_000, 2_000, 2_000]);
        let gone = units.row(a, 2021, "2021-06-01").await;
        assert_eq!((figures(&gone), gone["class"].clone(), gone["merged_units"].clone(), gone["accounts"].clone()), ([0; 4], json!("merged"), json!(1), json!(1)));
        assert_eq!(gone["merged_into"], of_b["unit_name"]);
        assert_eq!(figures(&units.row(b, 2021, "2021-06-01").await), [20_002, 14_000, 5_000, 5_000]);
        let total = units.bureau.get("/api/v1/reports/quota-progress?year=2021&by=unit&as_of=2021-06-01").expect(200).await.json();
        let classes = ["reserved_units", "not_reserved_units", "not_applicable_units", "shared_member_units", "merged_units"];
        let sum: i64 = classes.iter().map(|class| total["total"][class].as_i64().unwrap()).sum();
        assert_eq!((total["total"]["accounts"].as_i64(), total["total"]["completed_fen"].clone()), (Some(sum), json!(5_000)));

        // What comes later on the predecessor's orders counts at the successor.
        units.a.pay(&accepted, 4_000).await;
        units.a.rate(&accepted).await;
        units.a.market.trader.post(&url(&placed, "cancellations"), json!({ "reason": "计划调整" })).expect(200).await;
        assert_eq!(figures(&units.row(b, 2021, "2021-06-01").await), [20_002, 9_000, 9_000, 9_000]);
        assert_eq!(figures(&units.row(a, 2021, "2021-06-01").await), [0; 4]);
        assert_eq!(canteen(&units.quota(b, 2021).await), [Some(0), Some(9_000), Some(200_010)]);
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        units.a.market.acceptor.post(&url(&accepted, "returns"), back).expect(201).await;
        units.a.refund(&accepted, 1_000).await;
        assert_eq!(figures(&units.row(b, 2021, "2021-06-01").await), [20_002, 9_000, 8_000, 8_000]);
        assert_eq!(canteen(&units.quota(b, 2021).await), [Some(0), Some(8_000), Some(200_010)]);
        recounted(app).await;

        // It neither orders nor plans, and nothing becomes of it any more.
        let order = units.a.market.trader.post("/api/v1/orders", units.a.market.order(&[(units.a.goods, "1")]));
        let refused = order.refused("unit_ended").await;
        assert_eq!(refused.str("/successor_id"), b.to_string());
        let manager = app.person(a, &[Role::Manager]).await;
        manager.post("/api/v1/quota-plans", json!({ "year": 2022, "canteen_mode": "none" })).refused("unit_ended").await;
        for body in [
            units.merger(a, b, "2021-06-01"),
            units.merger(b, a, "2021-06-01"),
            json!({ "kind": "moved", "unit_id": a, "supervising_unit": b, "effective_on": "2021-06-01", "reason": "调整", "document_number": "1号" , }),
            json!({ "kind": "closed", "unit_id": a, "effective_on": "2021-06-01", "reason": "撤销", "document_number": "1号" }),
            json!({ "kind": "renamed", "unit_id": a, "name": "新名称", "effective_on": "2021-06-01", "reason": "更名", "document_number": "1号" }),
        ] {
            let mut body = body;
            body["document_number"] = json!("银编发〔2021〕4号");
            units.head.post("/api/v1/unit-changes", body).refused("unit_ended").await;
        }
        let listed = manager.get(&format!("/api/v1/unit-changes?unit_id={b}&year=2021")).expect(200).await.json();
        assert_eq!((listed["items"].as_array().unwrap().len(), listed["items"][0]["id"].clone()), (1, change["id"].clone()));
    }

    async fn last_years_floor_is_the_sum(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        units.plan(app, a, 2021, 100_000, 200_000).await;
        units.plan(app, b, 2021, 100_000, 100_000).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let rule = json!({ "name": "not_below_last_year", "region_code": CITY, "effective_from": "2022-01-01", "value": "true", "source": "测试通知〔2022〕1号" });
        operator.post("/api/v1/rules", rule).expect(201).await;
        app.clock.set_day("2022-01-10");
        // The closed year stays where it was; the new one begins with the successor alone.
        operator.post("/api/v1/unit-changes", units.merger(a, b, "2022-01-01")).expect(201).await;
        assert_eq!((units.quota(a, 2021).await["class"].clone(), units.quota(a, 2022).await["class"].clone()), (json!("reserved"), json!("merged")));
        assert_eq!(units.quota(a, 2021).await["reserved_fen"], json!(20_000));
        let manager = app.person(b, &[Role::Manager]).await;
        let plan = |total: i64| json!({ "year": 2022, "canteen_mode": "own", "canteen": { "total_fen": total, "ratio_ppm": 100_000 } });
        let below = manager.post("/api/v1/quota-plans", plan(299_990)).refused("below_floor").await;
        assert_eq!(below.int("/floor_fen"), 30_000);
        manager.post("/api/v1/quota-plans", plan(300_000)).expect(201).await;
        assert_eq!(figures(&units.row(a, 2021, "2022-01-10").await)[0], 20_000);
        assert_eq!(units.row(a, 2022, "2022-01-10").await["class"], json!("merged"));
        assert_eq!(units.row(a, 2023, "2022-01-10").await, Value::Null, "who ended before the year is in its table no more");
        recounted(app).await;
    }

    async fn a_chain_of_mergers_ends_at_its_last_link(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let c = app.organisation(OrgKind::BudgetUnit, CITY).await;
        app.supervise(c, units.head.org_id).await;
        let done = units.a.completed(3).await;
        let open = units.a.accepted("2").await;
        units.merge(a, b, "2021-03-01").await;
        units.merge(b, c, "2021-03-01").await;
        units.a.refund(&done, 500).await;
        recounted(app).await;
        // Nothing is planned: what was bought stands apart.
        let apart = |row: &Value| ["before_plan_ordered_fen", "before_plan_accepted_paid_fen", "before_plan_completed_fen"].map(|name| row[name].as_i64().unwrap());
        assert_eq!(apart(&units.row(c, 2021, "2021-03-01").await), [5_000, 2_500, 2_500]);
        // The year turns with goods under way: what is held goes on at the last link, and counts there.
        let placed = units.b.market.trader.post("/api/v1/orders", units.b.market.order(&[(units.b.goods, "1")]));
        placed.refused("unit_ended").await;
        app.clock.set_day("2022-02-01");
        units.a.pay(&open, 2_000).await;
        units.a.rate(&open).await;
        recounted(app).await;
        assert_eq!(apart(&units.row(c, 2022, "2022-02-01").await), [0, 2_000, 2_000]);
        assert_eq!(units.row(a, 2022, "2022-02-01").await, Value::Null);
    }

    async fn what_is_held_when_the_year_turns_follows_the_merger(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let waiting = units.a.market.deliver(0, &[(units.a.goods, "4")]).await;
        app.clock.set_day("2022-01-05");
        units.merge(a, b, "2022-01-01").await;
        assert_eq!(canteen(&units.quota(a, 2021).await), [Some(0), Some(0), None]);
        assert_eq!(canteen(&units.quota(b, 2022).await), [Some(4_000), Some(0), None]);
        units.a.market.accept(&waiting, &[(1, "3", "1")]).await;
        assert_eq!(canteen(&units.quota(b, 2022).await), [Some(0), Some(3_000), None]);
        // It was ordered in a year that is the predecessor's own.
        assert_eq!(units.row(a, 2021, "2022-01-05").await["before_plan_ordered_fen"], json!(4_000));
        units.a.pay(&waiting, 3_000).await;
        units.a.rate(&waiting).await;
        recounted(app).await;
        assert_eq!(units.row(b, 2022, "2022-01-05").await["before_plan_completed_fen"], json!(3_000));
    }

    async fn a_merger_beyond_the_ceiling_says_so(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let manager = app.person(b, &[Role::Manager]).await;
        app.reachable(&manager).await;
        units.plan(app, b, 2021, 5_000, 100_000).await;
        units.a.completed(4).await;
        units.b.completed(3).await;
        let change = units.merge(a, b, "2021-03-01").await;
        assert_eq!(change["beyond_fen"], json!(2_000));
        let order = || units.b.market.trader.post("/api/v1/orders", units.b.market.order(&[(units.b.goods, "1")]));
        order().refused("ceiling_exceeded").await;
        let mails = app.mails().await;
        assert!(mails.iter().any(|mail| mail.text.contains("20.00")), "{mails:?}");
        recounted(app).await;
    }

    async fn a_plan_under_review_is_decided_first(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let manager = app.person(a, &[Role::Manager]).await;
        let body = json!({ "year": 2022, "canteen_mode": "own", "canteen": { "total_fen": 10_000, "ratio_ppm": 100_000 }, "submit": true });
        let early = manager.post("/api/v1/quota-plans", body).expect(201).await;
        let refused = units.head.post("/api/v1/unit-changes", units.merger(a, b, "2021-03-01")).refused("wrong_state").await;
        assert_eq!(refused.str("/plan_id"), early.id());
        for reviewer in [&units.head, &units.bureau] {
            let path = format!("/api/v1/quota-plans/{}", early.id());
            let version = reviewer.get(&path).expect(200).await.version();
            reviewer.post(&format!("{path}/reviews"), json!({ "decision": "approve" })).if_match(version).expect(200).await;
        }
        // The next year, planned already, goes over with this one.
        units.merge(a, b, "2021-03-01").await;
        assert_eq!((units.quota(b, 2022).await["reserved_fen"].clone(), canteen(&units.quota(b, 2022).await)[2]), (json!(1_000), Some(10_000)));
        assert_eq!(canteen(&units.quota(a, 2022).await)[2], Some(0));
        recounted(app).await;
    }

    async fn who_stands_above_all_decides_and_nobody_else_knows(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let other = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        let alone = app.organisation(OrgKind::BudgetUnit, CITY).await;
        app.supervise(alone, other.org_id).await;
        let change = |by: &Person, body: Value| by.post("/api/v1/unit-changes", body);
        change(&other, units.merger(a, b, "2021-03-01")).refused("not_found").await;
        change(&units.head, units.merger(a, alone, "2021-03-01")).refused("not_found").await;
        change(&units.head, units.merger(a, units.head.org_id, "2021-03-01")).refused("forbidden").await;
        let far = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Reviewer]).await;
        change(&far, units.merger(a, b, "2021-03-01")).refused("not_found").await;
        change(&units.head, units.merger(a, b, "2021-03-02")).refused("validation_failed").await;
        change(&units.head, units.merger(a, b, "2020-12-31")).refused("validation_failed").await;
        let mut twice = units.merger(a, b, "2021-03-01");
        twice["predecessor_ids"] = json!([a, a]);
        change(&units.head, twice).refused("validation_failed").await;
        let supplier = units.a.seller().org_id;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let refused = change(&operator, units.merger(supplier, b, "2021-03-01")).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/predecessor_ids"]);
        // Between the trees of two heads the bureau of both decides; into the head itself too.
        change(&units.bureau, units.merger(a, alone, "2021-03-01")).expect(201).await;
        change(&units.bureau, units.merger(b, units.head.org_id, "2021-03-01")).expect(201).await;
        change(&units.bureau, units.merger(other.org_id, units.head.org_id, "2021-03-01")).refused("wrong_state").await;
        let seen = other.get("/api/v1/unit-changes").expect(200).await.json();
        assert_eq!(seen["items"].as_array().unwrap().len(), 1);
        assert_eq!(far.get("/api/v1/unit-changes").expect(200).await.json()["items"], json!([]));
    }

    async fn names_and_places_change_and_a_closed_unit_finishes_its_orders(app) {
        let units = Sisters::open(app).await;
        let (a, b) = (units.a.unit(), units.b.unit());
        let base = |kind: &str, unit: OrgId, on: &str| {
            json!({ "kind": kind, "unit_id": unit, "effective_on": on, "reason": "机构改革", "document_number": "银编发〔2021〕5号" })
        };
        let before = units.row(a, 2021, "2021-03-01").await["name"].clone();
        app.clock.set_day("2021-03-05");
        let mut renamed = base("renamed", a, "2021-03-03");
        renamed["name"] = json!("银川市第一中学");
        let row = units.head.post("/api/v1/unit-changes", renamed.clone()).expect(201).await;
        assert_eq!((row.str("/items/0/name_before"), row.str("/items/0/name_after")), (before.as_str().unwrap().to_owned(), "银川市第一中学".to_owned()));
        units.head.post("/api/v1/unit-changes", renamed).refused("validation_failed").await;
        // What was published stays as it was.
        assert_eq!(units.row(a, 2021, "2021-03-04").await["name"], before);
        assert_eq!(units.row(a, 2021, "2021-03-05").await["name"], json!("银川市第一中学"));
        let mut moved = base("moved", a, "2021-04-01");
        moved["supervising_unit"] = json!(b);
        units.head.post("/api/v1/unit-changes", moved).expect(201).await;
        units.head.post("/api/v1/unit-changes", base("moved", a, "2021-05-01")).refused("forbidden").await;
        units.head.post("/api/v1/unit-changes", base("closed", b, "2021-05-01")).refused("wrong_state").await;

        let open = units.a.market.deliver(0, &[(units.a.goods, "2")]).await;
        units.head.post("/api/v1/unit-changes", base("closed", a, "2021-03-08")).expect(201).await;
        units.a.market.place(&[(units.a.goods, "1")]).await;
        app.clock.set_day("2021-03-08");
        units.a.market.trader.post("/api/v1/orders", units.a.market.order(&[(units.a.goods, "1")])).refused("unit_ended").await;
        units.a.market.accept(&open, &[(1, "2", "0")]).await;
        units.a.pay(&open, 2_000).await;
        units.a.rate(&open).await;
        assert_eq!(units.row(a, 2021, "2021-03-08").await["before_plan_completed_fen"], json!(2_000));
        recounted(app).await;
    }

    async fn an_order_at_the_moment_of_a_merger_counts_once(app) {
        let units = Sisters::open(app).await;
        let b = units.b.unit();
        let mut placed = 0;
        for _ in 0..6 {
            let market: Market = units.a.market.of_unit(app).await;
            let from = market.trader.org_id;
            app.supervise(from, units.head.org_id).await;
            let till = Till { market, ..units.a.clone() }.paid_by_its_unit(app).await;
            let done = till.accepted("1").await;
            let payment = till.report(&done, 1_000).await;
            let answer = json!({ "payment_id": payment, "decision": "confirm" });
            let order = till.market.trader.post("/api/v1/orders", till.market.order(&[(till.goods, "1")]));
            let pay = till.seller().post(&url(&done, "payment-confirmations"), answer);
            let merger = units.head.post("/api/v1/unit-changes", units.merger(from, b, "2021-03-01"));
            let (merged, (ordered, paid)) = join(merger.send(), join(order.send(), pay.send())).await;
            assert_eq!((merged.status, paid.status), (201, 200), "{} {}", merged.text(), paid.text());
            assert!(ordered.status == 201 || ordered.json()["code"] == "unit_ended", "{}", ordered.text());
            placed += i64::from(ordered.status == 201);
            assert_eq!(canteen(&units.quota(from, 2021).await), [Some(0), Some(0), None]);
        }
        recounted(app).await;
        assert_eq!(canteen(&units.quota(b, 2021).await), [Some(placed * 1_000), Some(6_000), None]);
        let row = units.row(b, 2021, "2021-03-01").await;
        assert_eq!((row["before_plan_ordered_fen"].as_i64(), row["before_plan_accepted_paid_fen"].as_i64()), (Some(6_000 + placed * 1_000), Some(6_000)));
    }
}
