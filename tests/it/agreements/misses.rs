//! Standing orders that meet a refusal, an approval or an agreement, and who sees them; on both databases.

use super::standing_orders::{STANDING, last_order, made, past, settled, thursdays, trail, work, work_on};
use super::{Schools, answer, figures, nothing_overdrawn};
use crate::approvals::approve;
use crate::ordering::payers::tied;
use crate::ordering::{quota, stock, verified};
use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::market::{CITY, Market};
use crate::support::people::Person;
use actix_web::http::Method;
use serde_json::{Value, json};
use yigou::identity::{self, PayerKind};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;

/// Why the day that was settled last was missed.
pub async fn code_of(who: &Person, path: &str) -> Value {
    past(who, path).await[0].2.clone()
}

/// Changes a listing as its seller.
async fn change_listing(market: &Market, goods: ListingId, what: &str, body: Value) {
    let path = format!("/api/v1/listings/{goods}");
    let version = market.sellers[0].get(&path).expect(200).await.version();
    market.sellers[0].post(&format!("{path}/{what}"), body).if_match(version).expect(200).await;
}

async fn raise(market: &Market, goods: ListingId, fen: i64) {
    let evidence = format!("/api/v1/listings/{goods}/price-evidence");
    market.sellers[0].post(&evidence, json!({ "like_price_per_kg_fen": fen })).expect(201).await;
    change_listing(market, goods, "price-changes", json!({ "price_fen": fen })).await;
}

/// Takes a person out of its organisation.
async fn leaves(app: &TestApp, who: &Person) {
    let admin = app.person(who.org_id, &[Role::OrgAdmin]).await;
    app.reachable(&admin).await;
    let path = format!("/api/v1/organisations/{}/members/{}", who.org_id, who.user_id);
    admin.request(Method::DELETE, &path).expect(204).await;
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

on_both! {
    async fn what_cannot_be_ordered_is_missed_with_its_reason_and_holds_up_no_other(app) {
        let market = Market::open(app, 1).await;
        let trader = &market.trader;
        let [scarce, gone, dear, plenty] = [
            market.listing(app, 0, 1000, "5", false).await,
            market.listing(app, 0, 1000, "100", false).await,
            market.listing(app, 0, 1000, "100", false).await,
            market.listing(app, 0, 1000, "100", false).await,
        ];
        app.reachable(trader).await;
        let short = made(trader, thursdays(scarce, "6")).await;
        let withdrawn = made(trader, thursdays(gone, "1")).await;
        let line = |most: i64| json!([{ "listing_id": dear, "quantity": "1", "most_unit_price_fen": most }]);
        let limited = made(trader, with(thursdays(dear, "1"), "lines", line(1499))).await;
        let enough = made(trader, with(thursdays(dear, "1"), "lines", line(1500))).await;
        let several = json!([{ "listing_id": scarce, "quantity": "6" }, { "listing_id": plenty, "quantity": "1" }, { "listing_id": gone, "quantity": "1" }]);
        let mixed = made(trader, with(thursdays(plenty, "1"), "lines", several)).await;
        let good = made(trader, thursdays(plenty, "1")).await;
        change_listing(&market, gone, "withdrawal", json!({ "reason": "停产" })).await;
        raise(&market, dear, 1500).await;
        assert_eq!(work_on(app, "2021-03-02").await, 6);
        let mut codes = Vec::new();
        for path in [&short, &withdrawn, &limited, &enough, &mixed, &good] {
            codes.push(code_of(trader, path).await);
        }
        let want = [json!("out_of_stock"), json!("listing_not_on_sale"), json!("price_changed"), Value::Null, json!("listing_not_on_sale"), Value::Null];
        assert_eq!(codes, want);
        let view = trader.get(&short).expect(200).await;
        assert_eq!((view.str("/past/0/reason_zh"), view.str("/past/0/reason_en")),
            ("库存不足：第 1 行，可订 5".to_owned(), "Not enough stock: line 1, 5 can still be ordered".to_owned()));
        assert_eq!((view.str("/past/0/errors/0/pointer"), view.str("/past/0/errors/0/code")), ("/lines/0/quantity".to_owned(), "out_of_stock".to_owned()));
        let view = trader.get(&limited).expect(200).await;
        assert_eq!(view.str("/past/0/reason_zh"), "价格已变动：第 1 行，现价 15.00 元");
        // Nothing of what was refused is left, and nothing is tried again.
        assert_eq!((stock(app, scarce).await.pending, stock(app, plenty).await.pending, quota(app, trader.org_id, 2021).await.pending), (0, 1_000, 2_500));
        assert_eq!((work(app).await, work_on(app, "2021-03-03").await), (0, 0));
        assert_eq!(trail(app, &short).await, ["standing_order.created", "standing_order.missed"]);
        let told: Vec<_> = app.mails().await.into_iter().filter(|mail| mail.to == trader.email && mail.subject.contains("定期订单")).collect();
        assert_eq!(told.len(), 4);
        assert!(told.iter().any(|mail| mail.text.contains("原因：库存不足：第 1 行，可订 5。该次不再重试")), "{}", told[0].text);
        // Later days go on.
        let arrived = json!({ "direction": "in", "quantity": "100", "reason": "到货" });
        market.sellers[0].post(&format!("/api/v1/listings/{scarce}/stock-changes"), arrived).expect(201).await;
        assert_eq!(work_on(app, "2021-03-09").await, 6);
        assert_eq!(code_of(trader, &short).await, Value::Null);
        verified(app).await;
    }

    async fn a_ceiling_a_leaver_and_the_end_of_a_unit_are_reasons_too(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let trader = &market.trader;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(trader.org_id, head.org_id).await;
        let plan = json!({ "year": 2021, "canteen_mode": "own", "canteen": { "total_fen": 5000, "ratio_ppm": 100_000 }, "submit": true });
        approved(app, trader.org_id, plan, [&head, &bureau]).await;
        let path = made(trader, thursdays(goods, "4")).await;
        assert_eq!((work_on(app, "2021-03-02").await, work_on(app, "2021-03-09").await), (1, 1));
        assert_eq!(code_of(trader, &path).await, json!("ceiling_exceeded"));
        assert_eq!(trader.get(&path).expect(200).await.str("/past/0/reason_zh"), "超出年度采购总额：年度余额 10.00 元");
        // Who answers for it leaves: missed until somebody takes it over.
        let other = market.of_unit(app).await;
        let path = made(&other.trader, with(thursdays(goods, "1"), "from", json!("2021-03-10"))).await;
        leaves(app, &other.trader).await;
        assert_eq!(work_on(app, "2021-03-16").await, 3);
        let colleague = app.person(other.trader.org_id, &[Role::Trader]).await;
        assert_eq!(past(&colleague, &path).await, [settled("2021-03-18", "missed", json!("forbidden")), settled("2021-03-11", "missed", json!("expired"))]);
        let mails = app.mails().await;
        assert!(mails.iter().any(|mail| mail.text.contains("须由其他交易人员修订后接手")), "the administrator is told");
        let taken = json!({ "revision": 1, "from": "2021-03-19", "reason": "接手" });
        colleague.post(&format!("{path}/amendments"), taken).expect(200).await;
        let (unit, day) = (other.trader.org_id, "2021-03-29".parse().unwrap());
        assert_eq!(work_on(app, "2021-03-23").await, 2);
        assert_eq!(code_of(&colleague, &path).await, Value::Null);
        // A unit that is closed orders no more, and its standing orders end.
        app.write(move |tx| identity::end_unit(tx, unit, day, None)).await.unwrap();
        app.clock.set_day("2021-03-30");
        work(app).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640100", &[Role::Auditor]).await;
        let view = auditor.get(&path).expect(200).await;
        assert_eq!((view.str("/past/0/code"), view.str("/state"), view.json()["next_delivery_on"].clone()), ("unit_ended".to_owned(), "ended".to_owned(), Value::Null));
        assert_eq!(trail(app, &path).await.last().unwrap(), "standing_order.ended");
        app.clock.set_day("2021-04-06");
        work(app).await;
        assert_eq!(past(&auditor, &path).await.len(), 4);
        verified(app).await;
    }

    async fn what_the_server_fails_at_is_given_up_after_so_many_times(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let (broken, sound) = (made(&market.trader, thursdays(goods, "1")).await, made(&market.trader, thursdays(goods, "1")).await);
        let id: yigou::kernel::ids::StandingOrderId = broken.rsplit('/').next().unwrap().parse().unwrap();
        let set = async |failures: i64, retry: &str| {
            let (sql, id, at) = ("UPDATE standing_orders SET failures = $1, retry_at = $2 WHERE id = $3", id.0.to_vec(), retry.parse::<yigou::kernel::time::Day>().unwrap().start().0);
            app.write(move |tx| {
                let query = diesel::sql_query(sql).bind::<diesel::sql_types::BigInt, _>(failures).bind::<diesel::sql_types::BigInt, _>(at)
                    .bind::<diesel::sql_types::Binary, _>(id.clone());
                yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
                Ok(())
            }).await.unwrap();
        };
        // Left alone for a while it holds up nobody.
        set(3, "2021-03-03").await;
        assert_eq!(work_on(app, "2021-03-02").await, 1);
        assert_eq!(past(&market.trader, &sound).await.len(), 1);
        set(8, "2021-03-02").await;
        assert_eq!(work(app).await, 1);
        assert_eq!(code_of(&market.trader, &broken).await, json!("internal"));
        // The next day begins anew.
        assert_eq!(work_on(app, "2021-03-09").await, 2);
        assert_eq!(code_of(&market.trader, &broken).await, Value::Null);
    }

    async fn an_order_that_needs_approval_waits_for_it(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "100000", false).await;
        let (trader, seller) = (&market.trader, &market.sellers[0]);
        let path = made(trader, thursdays(goods, "2000")).await;
        // Nobody may approve it: missed, and nothing is held.
        assert_eq!(work_on(app, "2021-03-02").await, 1);
        assert_eq!((code_of(trader, &path).await, stock(app, goods).await.pending), (json!("approvers_missing"), 0));
        let manager = app.person(trader.org_id, &[Role::Manager]).await;
        assert_eq!(work_on(app, "2021-03-09").await, 1);
        let order = last_order(trader, &path).await;
        assert_eq!(order.str("/state"), "awaiting_approval");
        let listed = async || seller.get("/api/v1/orders").expect(200).await.json()["items"].as_array().unwrap().len();
        assert_eq!(listed().await, 0);
        assert_eq!(approve(trader, &order.id()).send().await.status, 403);
        approve(&manager, &order.id()).expect(200).await;
        assert_eq!((listed().await, last_order(trader, &path).await.str("/state")), (1, "placed".to_owned()));
    }

    async fn a_standing_call_off_has_the_agreed_price_and_its_cap(app) {
        let schools = Schools::open(app, false).await;
        let agreement = schools.agreed(schools.proposal("100", Some("50"))).await;
        let id = agreement.rsplit('/').next().unwrap();
        let school = &schools.a.trader;
        let body = |quantity: &str| {
            let lines = json!([{ "line_no": 1, "quantity": quantity, "most_unit_price_fen": 900 }]);
            with(with(thursdays(schools.goods, "1"), "lines", lines), "agreement_id", json!(id))
        };
        // More than the agreement has for a unit, after its term, for a unit that it does not cover.
        let too_much = with(body("51"), "until", json!("2022-01-31"));
        assert_eq!(school.post(STANDING, too_much).refused("validation_failed").await.pointers(), ["/lines/0/quantity", "/until"]);
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        assert_eq!(stranger.post(STANDING, body("1")).refused("validation_failed").await.pointers(), ["/agreement_id"]);
        let path = made(school, body("20")).await;
        assert_eq!((work_on(app, "2021-03-02").await, work_on(app, "2021-03-09").await), (1, 1));
        let order = last_order(school, &path).await;
        assert_eq!((order.int("/lines/0/unit_price_fen"), order.str("/agreement/number")), (900, "银教采〔2021〕5号".to_owned()));
        assert_eq!(figures(school, &agreement).await, ("40".to_owned(), "10".to_owned()));
        // The unit's part is used up.
        assert_eq!(work_on(app, "2021-03-16").await, 1);
        assert_eq!(code_of(school, &path).await, json!("quantity_exceeded"));
        assert_eq!(school.get(&path).expect(200).await.str("/past/0/reason_zh"), "数量超出可办理范围：第 1 行，协议余量 10");
        // A price that both sides raise is more than the school accepts.
        let raised = json!({ "revision": 1, "reason": "涨价", "number": "补1", "lines": [{ "line_no": 1, "unit_price_fen": 950, "unit_quantity": "100" }] });
        schools.seller().post(&format!("{agreement}/amendments"), raised).expect(201).await;
        answer(&schools.head, &agreement, 2, "accept").expect(200).await;
        assert_eq!(work_on(app, "2021-03-23").await, 1);
        assert_eq!(code_of(school, &path).await, json!("price_changed"));
        let accepted = json!({ "revision": 1, "from": "2021-03-26", "reason": "接受", "lines": [{ "line_no": 1, "quantity": "20", "most_unit_price_fen": 950 }] });
        school.post(&format!("{path}/amendments"), accepted).expect(200).await;
        assert_eq!(work_on(app, "2021-03-30").await, 1);
        assert_eq!(last_order(school, &path).await.int("/lines/0/unit_price_fen"), 950);
        // Days on which the agreement has no deliveries, and its end.
        schools.head.post(&format!("{agreement}/ending"), json!({ "ends_on": "2021-04-14", "reason": "换供应商" })).expect(200).await;
        assert_eq!((work_on(app, "2021-04-06").await, work_on(app, "2021-04-13").await, work_on(app, "2021-04-20").await), (1, 1, 1));
        assert_eq!(past(school, &path).await[..3], [settled("2021-04-22", "missed", json!("wrong_state")),
            settled("2021-04-15", "missed", json!("validation_failed")), settled("2021-04-08", "placed", Value::Null)]);
        nothing_overdrawn(app).await;
        verified(app).await;
    }

    async fn contractors_and_unions_order_for_their_units(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let unit = market.trader.org_id;
        let kitchen = app.new_person(OrgKind::Contractor, CITY, &[Role::Trader]).await;
        let union = app.new_person(OrgKind::Union, CITY, &[Role::Trader]).await;
        let manager = app.person(unit, &[Role::Manager]).await;
        app.reachable(&manager).await;
        let asked = |fund: &str| with(with(thursdays(goods, "1"), "unit_id", json!(unit)), "fund", json!(fund));
        assert_eq!(kitchen.post(STANDING, asked("canteen")).refused("validation_failed").await.pointers(), ["/unit_id"]);
        let (cook, until) = (kitchen.org_id, "2021-03-08".parse().unwrap());
        app.write(move |tx| {
            let from = tx.at().day();
            identity::tie_contractor(tx, None, cook, unit, from, Some(until))
        }).await.unwrap();
        tied(app, unit, union.org_id, PayerKind::Union).await;
        let cooked = made(&kitchen, asked("canteen")).await;
        assert_eq!(union.post(STANDING, asked("canteen")).refused("fund_not_allowed").await.pointers(), ["/fund"]);
        let given = made(&union, asked("union")).await;
        assert_eq!(work_on(app, "2021-03-02").await, 2);
        for (who, path) in [(&kitchen, &cooked), (&union, &given)] {
            let order = last_order(who, path).await;
            assert_eq!((order.str("/unit_id"), order.str("/buyer_id"), order.str("/payer_id")), (unit.to_string(), who.org_id.to_string(), who.org_id.to_string()));
            // The unit reads it and does not act on it.
            market.trader.get(path).expect(200).await;
            market.trader.post(&format!("{path}/pauses"), json!({})).refused("not_found").await;
        }
        // The contractor's days are over; the unit is told too.
        assert_eq!(work_on(app, "2021-03-09").await, 2);
        assert_eq!((code_of(&kitchen, &cooked).await, code_of(&union, &given).await), (json!("validation_failed"), Value::Null));
        assert!(app.mails().await.iter().any(|mail| mail.to == manager.email && mail.text.contains("不能为该单位订购")));
    }

    async fn no_supplier_sees_one_and_no_other_unit(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let (trader, seller) = (&market.trader, &market.sellers[0]);
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(trader.org_id, head.org_id).await;
        let path = made(trader, thursdays(goods, "1")).await;
        let id = path.rsplit('/').next().unwrap().to_owned();
        let sister = market.of_unit(app).await;
        let near = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let far = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Auditor]).await;
        let listed = async |who: &Person| who.get(STANDING).expect(200).await.json()["items"].as_array().unwrap().len();
        assert_eq!(work_on(app, "2021-03-02").await, 1);
        while app.write(yigou::audit::sequence).await.unwrap() > 0 {}
        let told = async |who: &Person| who.get("/api/v1/events?limit=200").expect(200).await.text().contains(&id);
        for who in [trader, &market.acceptor, &head, &near] {
            who.get(&path).expect(200).await;
            who.get(&format!("{path}/occurrences")).expect(200).await;
            assert_eq!(listed(who).await, 1);
        }
        for who in [seller, &sister.trader, &far] {
            who.get(&path).refused("not_found").await;
            who.get(&format!("{path}/occurrences")).refused("not_found").await;
            assert_eq!((listed(who).await, told(who).await), (0, false));
        }
        assert!(told(trader).await);
        let order = last_order(trader, &path).await.id();
        seller.get(&format!("/api/v1/orders/{order}")).expect(200).await;
        for (what, body) in [("skips", json!({ "date": "2021-03-11" })), ("skip-withdrawals", json!({ "date": "2021-03-11" })), ("pauses", json!({})),
            ("resumptions", json!({})), ("ending", json!({ "reason": "x" })), ("amendments", json!({ "revision": 1, "from": "2021-03-12", "reason": "x" }))] {
            sister.trader.post(&format!("{path}/{what}"), body.clone()).refused("not_found").await;
            seller.post(&format!("{path}/{what}"), body).refused("forbidden").await;
        }
        assert_eq!(trader.get(&format!("{STANDING}?unit_id={}", sister.trader.org_id)).expect(200).await.json()["items"], json!([]));
    }
}
