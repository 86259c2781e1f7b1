//! Plans on both databases: filing, floors, the two reviews, amendments, the live balance and the ceiling.

use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::error::Code;
use yigou::kernel::ids::{OrderId, OrgId};
use yigou::kernel::terms::Fund;
use yigou::ledger::{self, Hold, Owner};

/// A unit of Yanchi with its supervising unit and the finance bureau of the prefecture: the county has none.
struct Office {
    manager: Person,
    supervisor: Person,
    bureau: Person,
}

async fn office(app: &TestApp) -> Office {
    let manager = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
    let supervisor = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Reviewer]).await;
    app.supervise(manager.org_id, supervisor.org_id).await;
    let bureau = app.new_person(OrgKind::FinanceBureau, "640300", &[Role::Reviewer]).await;
    Office { manager, supervisor, bureau }
}

fn own(total: i64, ratio: i64) -> Value {
    json!({ "year": 2021, "canteen_mode": "own", "canteen": { "total_fen": total, "ratio_ppm": ratio }, "submit": true })
}
fn amendment(total: i64) -> Value {
    json!({ "reason": "食堂人数增加", "canteen_mode": "own", "canteen": { "total_fen": total, "ratio_ppm": 100_000 }, "submit": true })
}

impl Office {
    async fn file(&self, body: Value) -> String {
        self.manager.post("/api/v1/quota-plans", body).expect(201).await.id()
    }
    async fn approve(&self, plan: &str) {
        for person in [&self.supervisor, &self.bureau] {
            review(person, plan, "approve").await.expect(200).await;
        }
    }
    async fn balance(&self) -> Value {
        let path = format!("/api/v1/budget-units/{}/quota/2021", self.manager.org_id);
        self.manager.get(&path).expect(200).await.json()
    }
}

/// A review of what the person reads now.
async fn review(by: &Person, plan: &str, decision: &str) -> crate::support::Ask {
    let path = format!("/api/v1/quota-plans/{plan}");
    let version = by.get(&path).expect(200).await.version();
    let reason = (decision == "return").then_some("合计有误");
    let body = json!({ "decision": decision, "reason": reason });
    by.post(&format!("{path}/reviews"), body).if_match(version)
}

fn submission(by: &Person, plan: &str) -> crate::support::Ask {
    by.request(actix_web::http::Method::POST, &format!("/api/v1/quota-plans/{plan}/submission")).key("submission")
}

async fn hold(app: &TestApp, unit: OrgId, n: u8, amount: i64) -> Result<(), Code> {
    let work = move |tx: &mut yigou::platform::db::Tx<'_>| {
        let account = ledger::account(tx, &Owner::Quota { unit, year: 2021, fund: Fund::Canteen })?;
        let id = ledger::transfer_id(&["test", &n.to_string()]);
        let order_id = OrderId([n; 16]);
        Ok(ledger::hold(
            tx,
            &[Hold { id, account, amount, order_id, line_id: None, code: "placed", enforce_limit: true }],
        )?)
    };
    app.write(work).await.map_err(|error| error.code())
}

on_both! {
    async fn the_fill_campaign_lists_who_is_behind(app) {
        let office = office(app).await;
        let unit = async |name: &str| {
            let manager = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
            app.supervise(manager.org_id, office.supervisor.org_id).await;
            (name.to_owned(), manager)
        };
        let all = [unit("none").await, unit("draft").await, unit("late").await, unit("low").await, unit("waiting").await];
        let [_, draft, late, low, waiting] = &all;
        let mut unsent = own(1_000_000, 100_000);
        unsent["submit"] = json!(false);
        draft.1.post("/api/v1/quota-plans", unsent).expect(201).await;
        let approved = async |manager: &Person| {
            let plan = manager.post("/api/v1/quota-plans", own(1_000_000, 100_000)).expect(201).await.id();
            office.approve(&plan).await;
        };
        approved(&low.1).await;
        app.clock.set_day("2021-04-01");
        approved(&late.1).await;
        waiting.1.post("/api/v1/quota-plans", own(1_000_000, 120_000)).expect(201).await;
        let view = office.bureau.get("/api/v1/reports/plan-filling?year=2021").expect(200).await.json();
        let marks = |manager: &Person| -> Vec<String> {
            let rows = view["rows"].as_array().unwrap();
            let row = rows.iter().find(|row| row["unit_id"] == json!(manager.org_id));
            row.map(|row| row["marks"].as_array().unwrap().iter().map(|mark| mark.as_str().unwrap().to_owned()).collect()).unwrap_or_default()
        };
        assert_eq!(marks(&all[0].1), ["not_filled"]);
        assert_eq!(marks(&draft.1), ["not_filled"]);
        assert_eq!(marks(&late.1)[0], "late");
        assert!(marks(&late.1).contains(&"not_started".to_owned()) && marks(&low.1).contains(&"not_started".to_owned()));
        assert_eq!(marks(&waiting.1)[0], "in_review");
        // The office's own manager and supervisor have filed nothing either.
        let counts = ["units", "not_filled", "in_review", "late", "not_started"].map(|name| view[name].as_i64().unwrap());
        assert_eq!(counts, [7, 4, 1, 2, 2], "{view}");
        let only = office.bureau.get("/api/v1/reports/plan-filling?year=2021&mark=late").expect(200).await.json();
        assert_eq!((only["rows"].as_array().unwrap().len(), only["units"].as_i64()), (2, Some(7)));
        let csv = office.supervisor.get("/api/v1/reports/plan-filling?year=2021").header("accept", "text/csv").expect(200).await.text();
        assert!(csv.contains("逾期填报、未启动") && csv.contains("未填报"), "{csv}");
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Auditor]).await;
        assert_eq!(elsewhere.get("/api/v1/reports/plan-filling?year=2021").expect(200).await.int("/units"), 0);
    }

    async fn a_year_is_filled_from_its_opening_on(app) {
        let office = office(app).await;
        app.clock.set_day("2020-01-02");
        office.manager.post("/api/v1/quota-plans", own(1_000_000, 100_000)).expect(201).await;
        app.clock.set_day("2020-12-30");
        let early = json!({ "year": 2022, "canteen_mode": "none" });
        office.manager.post("/api/v1/quota-plans", early).refused("fill_window_closed").await;
    }

    async fn a_plan_is_filed_reviewed_twice_and_sets_the_ceiling(app) {
        let office = office(app).await;
        // Buying does not wait for the plan.
        hold(app, office.manager.org_id, 1, 9_000).await.unwrap();
        let before = office.balance().await;
        assert_eq!((before["class"].as_str(), &before["funds"][0]["ceiling_fen"]), (Some("not_reserved"), &Value::Null));

        let filed = office.manager.post("/api/v1/quota-plans", own(100_005, 100_000)).expect(201).await;
        assert_eq!((filed.str("/state"), filed.int("/current/canteen/reserved_fen")), ("submitted".to_owned(), 10_001));
        let plan = filed.id();
        let again = office.manager.post("/api/v1/quota-plans", own(1, 1_000_000)).refused("already_exists").await;
        assert_eq!(again.str("/existing"), plan);

        // The bureau waits for its turn; who filed never reviews; a stale reading decides nothing.
        review(&office.bureau, &plan, "approve").await.refused("forbidden").await;
        let path = format!("/api/v1/quota-plans/{plan}/reviews");
        office.supervisor.post(&path, json!({ "decision": "approve" })).if_match(99).refused("stale_version").await;
        office.supervisor.post(&path, json!({ "decision": "approve" })).refused("if_match_required").await;
        office.approve(&plan).await;
        let read = office.manager.get(&format!("/api/v1/quota-plans/{plan}")).expect(200).await.json();
        assert_eq!((read["state"].as_str(), read["reviews"].as_array().map(Vec::len)), (Some("approved"), Some(2)));
        assert_eq!(read["in_force"], Value::Null, "the figures in force are the current ones");

        let live = office.balance().await;
        assert_eq!(live["class"], "reserved");
        assert_eq!(live["funds"][0], json!({ "fund": "canteen", "held_fen": 9_000, "posted_fen": 0, "ceiling_fen": 100_005, "remaining_fen": 91_005 }));
        hold(app, office.manager.org_id, 2, 91_005).await.unwrap();
        assert_eq!(hold(app, office.manager.org_id, 3, 1).await, Err(Code::CeilingExceeded));
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn what_was_approved_stays_in_force_until_the_amendment_is(app) {
        let office = office(app).await;
        let plan = office.file(own(100_000, 100_000)).await;
        let amend = format!("/api/v1/quota-plans/{plan}/amendments");
        office.manager.post(&amend, amendment(50_000)).refused("wrong_state").await;
        office.approve(&plan).await;
        hold(app, office.manager.org_id, 1, 80_000).await.unwrap();
        let amended = office.manager.post(&amend, amendment(50_000)).expect(201).await;
        assert_eq!((amended.int("/current/number"), amended.int("/in_force/canteen/total_fen")), (2, 100_000));
        assert_eq!(office.balance().await["funds"][0]["ceiling_fen"], 100_000);
        review(&office.supervisor, &plan, "return").await.expect(200).await;
        assert_eq!(office.balance().await["reserved_fen"], 10_000);
        // Returned, changed, submitted again; the ceiling may fall below what is used: then only new orders are refused.
        let path = format!("/api/v1/quota-plans/{plan}");
        let version = office.manager.get(&path).expect(200).await.version();
        let change = json!({ "canteen_mode": "own", "canteen": { "total_fen": 60_000, "ratio_ppm": 200_000 }, "reason": "改正" });
        let put = || office.manager.request(actix_web::http::Method::PUT, &path).json(change.clone());
        put().refused("if_match_required").await;
        put().if_match(version - 1).refused("stale_version").await;
        put().if_match(version).expect(200).await;
        submission(&office.manager, &plan).expect(200).await;
        put().if_match(version + 2).refused("wrong_state").await;
        office.approve(&plan).await;
        let live = office.balance().await;
        assert_eq!((live["reserved_fen"].as_i64(), live["funds"][0]["remaining_fen"].as_i64()), (Some(12_000), Some(-20_000)));
        assert_eq!(hold(app, office.manager.org_id, 2, 1).await, Err(Code::CeilingExceeded));
        assert_eq!(app.read(ledger::verify).await.unwrap(), []);
    }

    async fn a_closed_year_keeps_its_figures(app) {
        let office = office(app).await;
        let plan = office.file(own(100_000, 100_000)).await;
        office.approve(&plan).await;
        app.clock.set_day("2022-01-14");
        let amend = format!("/api/v1/quota-plans/{plan}/amendments");
        office.manager.post(&amend, amendment(500_000)).expect(201).await;
        app.clock.set_day("2022-01-15");
        review(&office.supervisor, &plan, "approve").await.expect(200).await;
        app.clock.set_day("2022-01-16");
        review(&office.bureau, &plan, "approve").await.refused("fill_window_closed").await;
        review(&office.bureau, &plan, "return").await.expect(200).await;
        let live = office.balance().await;
        assert_eq!((live["reserved_fen"].as_i64(), live["funds"][0]["ceiling_fen"].as_i64()), (Some(10_000), Some(100_000)));
    }

    async fn a_ceiling_that_only_warns_says_so_with_the_order(app) {
        let market = crate::support::market::Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "100", false).await;
        let unit = market.trader.org_id;
        app.write(move |tx| {
            let account = ledger::account(tx, &Owner::Quota { unit, year: 2021, fund: Fund::Canteen })?;
            ledger::set_limit(tx, ledger::transfer_id(&["test", "ceiling"]), account, 2_500)
        }).await.unwrap();
        let order = |n: &str| market.trader.post("/api/v1/orders", market.order(&[(goods, n)]));
        let within = order("2").expect(201).await.json();
        assert_eq!(within["warnings"], Value::Null);
        order("1").refused("ceiling_exceeded").await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let rule = json!({ "name": "ceiling_mode", "region_code": "640100", "value": "warn", "effective_from": "2021-03-02", "source": "银川市财政局通知" });
        bureau.post("/api/v1/rules", rule).expect(201).await;
        app.clock.set_day("2021-03-02");
        let beyond = order("1").expect(201).await;
        assert_eq!((beyond.str("/warnings/0/code"), beyond.int("/warnings/0/beyond_fen")), ("ceiling_exceeded".to_owned(), 500));
        assert_eq!(beyond.int("/warnings/0/ceiling_fen"), 2_500);
        let path = format!("/api/v1/budget-units/{unit}/quota/2021");
        let live = market.trader.get(&path).expect(200).await.json();
        assert_eq!((live["ceiling_mode"].as_str(), live["funds"][0]["remaining_fen"].as_i64()), (Some("warn"), Some(-500)));
    }

    async fn a_member_is_planned_by_a_unit_that_files_for_all(app) {
        let office = office(app).await;
        let member = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        let body = json!({ "year": 2021, "canteen_mode": "shared_member", "representative_id": office.manager.org_id, "submit": true });
        // Not filed yet: nothing is known against it.
        let draft = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        draft.post("/api/v1/quota-plans", body.clone()).expect(201).await;
        office.file(own(1_000, 100_000)).await;
        let refused = member.post("/api/v1/quota-plans", body.clone()).refused("representative_required").await;
        assert_eq!(refused.pointers(), ["/representative_id"]);
        // Nor may two members name each other, and plan nothing.
        let mut circle = body;
        circle["representative_id"] = json!(draft.org_id);
        member.post("/api/v1/quota-plans", circle).refused("representative_required").await;
        let leader = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        let shared = json!({ "year": 2021, "canteen_mode": "shared_representative", "canteen": { "total_fen": 9_000, "ratio_ppm": 100_000 } });
        leader.post("/api/v1/quota-plans", shared).expect(201).await;
        let named = json!({ "year": 2021, "canteen_mode": "shared_member", "representative_id": leader.org_id });
        member.post("/api/v1/quota-plans", named).expect(201).await;
    }

    async fn floors_and_forms_are_refused_by_name(app) {
        let office = office(app).await;
        let file = |body| office.manager.post("/api/v1/quota-plans", body);
        let below = file(own(1_000, 99_999)).refused("below_floor").await;
        assert_eq!((below.pointers(), below.int("/floor_ppm")), (vec!["/canteen/ratio_ppm".to_owned()], 100_000));
        assert!(below.str("/rule_id").starts_with("rul_"));
        let member = json!({ "year": 2021, "canteen_mode": "shared_member" });
        file(member.clone()).refused("representative_required").await;
        for other in [office.manager.org_id, office.bureau.org_id, OrgId([0; 16])] {
            let mut named = member.clone();
            named["representative_id"] = json!(other.to_string());
            file(named).refused("representative_required").await;
        }
        file(json!({ "year": 2021, "canteen_mode": "own" })).refused("validation_failed").await;
        file(json!({ "year": 2023, "canteen_mode": "none" })).refused("fill_window_closed").await;
        file(json!({ "year": 2020, "canteen_mode": "none" })).refused("fill_window_closed").await;
        // Before 2021 there was no floor.
        app.clock.set_day("2020-05-01");
        let early = file(json!({ "year": 2020, "canteen_mode": "own", "canteen": { "total_fen": 1_000, "ratio_ppm": 0 }, "submit": true }));
        let early = early.expect(201).await.json();
        assert_eq!((early["current"]["canteen"]["reserved_fen"].as_i64(), early["late"].as_bool()), (Some(0), Some(true)));
        app.clock.set_day("2021-03-31");
        assert_eq!(file(own(1_000, 100_000)).expect(201).await.json()["late"], false);
    }

    async fn nobody_takes_two_steps_and_nobody_sees_beyond_the_scope(app) {
        let office = office(app).await;
        // One person who fills for the unit and reviews for the supervising unit.
        let both = app.person(office.manager.org_id, &[Role::Manager]).await;
        let (user, above) = (both.user_id, office.supervisor.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, above, &[Role::Reviewer])).await.unwrap();
        let at = |org: OrgId| org.to_string();
        let filed = both.post("/api/v1/quota-plans", own(1_000, 100_000)).header("yigou-organisation", &at(both.org_id));
        let filed = filed.expect(201).await;
        let reviews = format!("/api/v1/quota-plans/{}/reviews", filed.id());
        let own_review = both.post(&reviews, json!({ "decision": "approve" })).header("yigou-organisation", &at(above));
        own_review.if_match(filed.version()).refused("separation_of_duties").await;
        // Another county's bureau, another unit.
        let stranger = app.new_person(OrgKind::FinanceBureau, "640324", &[Role::Reviewer]).await;
        let other = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        for person in [&stranger, &other] {
            person.get(&format!("/api/v1/quota-plans/{}", filed.id())).refused("not_found").await;
            person.get(&format!("/api/v1/budget-units/{}/quota/2021", both.org_id)).refused("not_found").await;
            let list = person.get("/api/v1/quota-plans?year=2021").expect(200).await.json();
            assert_eq!(list["items"], json!([]));
        }
        stranger.post(&reviews, json!({ "decision": "approve" })).if_match(filed.version()).refused("not_found").await;
        submission(&other, &filed.id()).refused("not_found").await;
        let list = office.bureau.get("/api/v1/quota-plans?state=submitted&region=640323").expect(200).await.json();
        assert_eq!(list["items"][0]["etag"], format!("\"v{}\"", filed.version()));
    }

    async fn several_reviews_answer_each_for_itself(app) {
        let office = office(app).await;
        let second = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        app.supervise(second.org_id, office.supervisor.org_id).await;
        let first = office.manager.post("/api/v1/quota-plans", own(1_000, 100_000)).expect(201).await;
        let other = second.post("/api/v1/quota-plans", json!({ "year": 2021, "canteen_mode": "none" })).expect(201).await;
        let item = |plan: &crate::support::Answered, decision: &str| {
            json!({ "plan_id": plan.id(), "etag": format!("\"v{}\"", plan.version()), "decision": decision })
        };
        let items = json!({ "items": [item(&first, "approve"), item(&other, "approve"), item(&first, "return")] });
        let answer = office.supervisor.post("/api/v1/quota-plan-reviews", items).expect(200).await.json();
        let statuses: Vec<_> = (0..3).map(|n| answer["items"][n]["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [200, 409, 412]);
        assert_eq!(answer["items"][0]["body"]["state"], "unit_approved");
        assert_eq!(answer["items"][1]["problem"]["code"], "wrong_state");
    }

    async fn every_mode_has_its_class_and_a_member_shows_its_representative(app) {
        let office = office(app).await;
        let member = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        let lone = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Manager]).await;
        let via = office.manager.org_id.to_string();
        let filings = [
            (&member, json!({ "year": 2021, "canteen_mode": "shared_member", "representative_id": via, "submit": true }), "shared_member"),
            (&lone, json!({ "year": 2021, "canteen_mode": "none", "submit": true }), "not_applicable"),
        ];
        for (person, body, class) in filings {
            let plan = person.post("/api/v1/quota-plans", body).expect(201).await.id();
            // Without a supervising unit the bureau is first.
            review(&office.bureau, &plan, "approve").await.expect(200).await;
            let live = person.get(&format!("/api/v1/budget-units/{}/quota/2021", person.org_id)).expect(200).await.json();
            assert_eq!((live["class"].as_str(), live["funds"][0]["ceiling_fen"].as_i64()), (Some(class), Some(0)));
            assert_eq!(live["shared_via"].is_string(), class == "shared_member");
        }
    }
}
