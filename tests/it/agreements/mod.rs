//! Framework agreements and call-offs on both databases.

mod histories;
mod misses;
mod standing_orders;

use crate::ordering::{quota, stock, verified};
use crate::payments::url;
use crate::support::market::{CITY, Market, confirm};
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;

const AGREEMENTS: &str = "/api/v1/agreements";

/// A supervising unit with two schools that buy from one supplier.
pub struct Schools {
    pub head: Person,
    pub a: Market,
    pub b: Market,
    pub goods: ListingId,
}

impl Schools {
    /// Boxes, or kilograms of weighed goods, listed at 10.00 yuan.
    pub async fn open(app: &TestApp, weighed: bool) -> Schools {
        let a = Market::open(app, 1).await;
        let b = a.of_unit(app).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        for school in [&a, &b] {
            app.supervise(school.trader.org_id, head.org_id).await;
        }
        let goods = a.listing(app, 0, 1000, "100000", weighed).await;
        Schools { head, a, b, goods }
    }
    pub fn seller(&self) -> &Person {
        &self.a.sellers[0]
    }
    /// For all units below, of one line at 9.00 yuan.
    pub fn proposal(&self, quantity: &str, each: Option<&str>) -> Value {
        json!({ "supplier_id": self.seller().org_id, "coverage": "below", "number": "银教采〔2021〕5号", "from": "2021-03-01",
            "until": "2021-12-31", "notice_days": 10, "delivery_terms": "送到食堂",
            "lines": [{ "listing_id": self.goods, "unit_price_fen": 900, "quantity": quantity, "unit_quantity": each }] })
    }
    /// Proposed and accepted; its address.
    pub async fn agreed(&self, proposal: Value) -> String {
        let id = self.head.post(AGREEMENTS, proposal).expect(201).await.id();
        let path = format!("{AGREEMENTS}/{id}");
        answer(self.seller(), &path, 1, "accept").expect(200).await;
        path
    }
}

pub fn answer(who: &Person, path: &str, revision: i64, decision: &str) -> Ask {
    who.post(&format!("{path}/answers"), json!({ "revision": revision, "decision": decision }))
}

pub fn call_off(quantity: &str, date: &str) -> Value {
    json!({ "fund": "canteen", "purpose": "own_use", "lines": [{ "line_no": 1, "quantity": quantity }], "deliveries": [
        { "address": "北京中路1号食堂", "contact": "马师傅", "phone": "0951-5000000", "date": date }] })
}

pub fn called(who: &Person, path: &str, quantity: &str) -> Ask {
    who.post(&format!("{path}/call-offs"), call_off(quantity, "2021-12-30"))
}

/// Used and left of the first line, as somebody sees it.
pub async fn figures(who: &Person, path: &str) -> (String, String) {
    let view = who.get(path).expect(200).await;
    (view.str("/lines/0/used"), view.str("/lines/0/left"))
}

fn both(used: &str, left: &str) -> (String, String) {
    (used.to_owned(), left.to_owned())
}

/// Asks again while the server is busy, as a client does, with the same key.
async fn patiently(ask: Ask) -> Answered {
    for _ in 0..20 {
        let answered = ask.clone().send().await;
        if answered.status != 503 {
            return answered;
        }
    }
    panic!("the server stays busy")
}

pub async fn nothing_overdrawn(app: &TestApp) {
    assert_eq!(app.read(yigou::agreements::verify).await.unwrap(), []);
}

on_both! {
    async fn an_agreed_price_stands_whatever_the_listing_costs(app) {
        let schools = Schools::open(app, false).await;
        let path = schools.agreed(schools.proposal("100", None)).await;
        let listing = format!("/api/v1/listings/{}", schools.goods);
        let version = schools.seller().get(&listing).expect(200).await.version();
        let cheaper = schools.seller().post(&format!("{listing}/price-changes"), json!({ "price_fen": 800 }));
        cheaper.if_match(version).expect(200).await;
        let school = &schools.a.trader;
        let placed = called(school, &path, "10").expect(201).await;
        let order = school.get(&format!("/api/v1/orders/{}", placed.str("/orders/0/id"))).expect(200).await;
        assert_eq!((order.int("/lines/0/unit_price_fen"), order.int("/ordered_fen")), (900, 9_000));
        assert_eq!((order.str("/agreement/number"), order.int("/agreement/revision"), order.str("/agreement/delivery_terms")),
            ("银教采〔2021〕5号".to_owned(), 1, "送到食堂".to_owned()));
        assert_eq!(format!("{AGREEMENTS}/{}", order.str("/agreement/id")), path);
        // Quota and stock are held as for any order.
        assert_eq!((quota(app, school.org_id, 2021).await.pending, stock(app, schools.goods).await.pending), (9_000, 10_000));
        // A plain order of the same listing is at the listing's price.
        let plain = schools.b.place(&[(schools.goods, "1")]).await;
        let plain = schools.b.trader.get(&format!("/api/v1/orders/{plain}")).expect(200).await;
        assert_eq!(plain.json()["agreement"], Value::Null);
        assert_eq!(plain.int("/lines/0/unit_price_fen"), 800);
        // An amendment holds for what is called off later.
        let amendment = json!({ "revision": 1, "reason": "降价", "number": "补1", "lines": [{ "line_no": 1, "unit_price_fen": 700 }] });
        schools.seller().post(&format!("{path}/amendments"), amendment).expect(201).await;
        assert_eq!(called(school, &path, "1").expect(201).await.int("/orders/0/ordered_fen"), 900);
        answer(&schools.head, &path, 2, "accept").expect(200).await;
        assert_eq!(called(school, &path, "1").expect(201).await.int("/orders/0/ordered_fen"), 700);
        let before = school.get(&format!("/api/v1/orders/{}", placed.str("/orders/0/id"))).expect(200).await;
        assert_eq!((before.int("/lines/0/unit_price_fen"), before.int("/agreement/revision")), (900, 1));
        assert_eq!(figures(&schools.head, &path).await, both("12", "88"));
        nothing_overdrawn(app).await;
        verified(app).await;
    }

    async fn a_call_off_that_needs_approval_is_approved_at_the_agreed_price(app) {
        let schools = Schools::open(app, false).await;
        let path = schools.agreed(schools.proposal("5000", None)).await;
        let (school, seller) = (&schools.a.trader, schools.seller());
        let manager = app.person(school.org_id, &[Role::Manager]).await;
        // What was written a moment ago has no place in the feed yet.
        let events = async || {
            app.clock.advance(std::time::Duration::from_secs(1));
            app.run_jobs().await;
            seller.get("/api/v1/events?after=0&limit=200").expect(200).await.text()
        };
        let mut known = Vec::new();
        for decided in ["approve", "reject"] {
            let placed = called(school, &path, "2000").expect(201).await;
            let order = placed.str("/orders/0/id");
            assert_eq!(placed.str("/orders/0/state"), "awaiting_approval", "{}", placed.text());
            // It takes up room, and does not exist for the supplier.
            let (used, left) = figures(&schools.head, &path).await;
            assert_eq!((used, left), if known.is_empty() { both("2000", "3000") } else { both("4000", "1000") });
            assert_eq!(figures(seller, &path).await.0, if known.is_empty() { "0" } else { "2000" });
            let shown = seller.get(&format!("{path}/call-offs")).expect(200).await.text();
            assert!(!shown.contains(&order) && !events().await.contains(&order), "{shown}");
            let verdict = json!({ "verdict": decided, "reason": "不需要" });
            let verdict = if decided == "approve" { json!({ "verdict": decided }) } else { verdict };
            manager.post(&format!("/api/v1/orders/{order}/approvals"), verdict).expect(200).await;
            if decided == "approve" {
                known.push(order);
            }
        }
        let shown = seller.get(&format!("{path}/call-offs")).expect(200).await.json();
        assert_eq!(shown["items"].as_array().unwrap().iter().map(|one| one["order_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), known);
        assert!(events().await.contains(&known[0]));
        assert_eq!(figures(&schools.head, &path).await, both("2000", "3000"));
        nothing_overdrawn(app).await;
    }

    async fn a_contractor_or_union_sees_what_is_its_units_and_no_more(app) {
        let schools = Schools::open(app, false).await;
        let path = schools.agreed(schools.proposal("100", None)).await;
        let (school, head) = (&schools.a.trader, &schools.head);
        called(school, &path, "10").expect(201).await;
        called(&schools.b.trader, &path, "20").expect(201).await;
        let contractor = app.new_person(OrgKind::Contractor, CITY, &[Role::Trader]).await;
        let (serves, kitchen) = (school.org_id, contractor.org_id);
        let above = head.org_id;
        contractor.get(&path).refused("not_found").await;
        app.write(move |tx| {
            let from = tx.at().day();
            yigou::identity::tie_contractor(tx, None, kitchen, serves, from, None)?;
            yigou::identity::tie_contractor(tx, None, kitchen, above, from, None)
        }).await.unwrap();
        // It serves the holder too, and is neither of the two sides.
        assert_eq!(figures(&contractor, &path).await.0, "10");
        assert_eq!(contractor.get(&path).expect(200).await.json()["revisions"], json!([]));
        assert_eq!(contractor.get(&format!("{path}/call-offs")).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        assert_eq!(contractor.get(AGREEMENTS).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn two_schools_for_the_last_kilo(app) {
        let schools = Schools::open(app, true).await;
        let path = schools.agreed(schools.proposal("10", Some("8"))).await;
        called(&schools.a.trader, &path, "5").expect(201).await;
        // Twelve at once want one of the last five; six of each school, of which one may have three more.
        let asks = (0..12).map(|n| patiently(called(if n % 2 == 0 { &schools.a.trader } else { &schools.b.trader }, &path, "1")));
        let answers = join_all(asks).await;
        assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 5);
        let other: Vec<String> = answers.iter().filter(|a| a.status != 201 && a.json()["code"] != "quantity_exceeded").map(Answered::text).collect();
        assert!(other.is_empty(), "{other:?}");
        assert_eq!(figures(schools.seller(), &path).await, both("10", "0"));
        assert_eq!(stock(app, schools.goods).await.pending, 10_000);
        let refused = called(&schools.b.trader, &path, "0.001").refused("quantity_exceeded").await;
        assert_eq!(refused.pointers(), ["/lines/0/quantity"]);
        nothing_overdrawn(app).await;
        verified(app).await;
    }

    async fn each_unit_has_its_limit_and_a_request_is_taken_as_a_whole(app) {
        let schools = Schools::open(app, false).await;
        let path = schools.agreed(schools.proposal("10", Some("4"))).await;
        let mut twice = call_off("3", "2021-12-30");
        twice["lines"] = json!([{ "line_no": 1, "quantity": "3" }, { "line_no": 1, "quantity": "2" }]);
        let refused = schools.a.trader.post(&format!("{path}/call-offs"), twice).refused("quantity_exceeded").await;
        assert_eq!(refused.pointers(), ["/lines/0/quantity"]);
        called(&schools.a.trader, &path, "4").expect(201).await;
        called(&schools.a.trader, &path, "1").refused("quantity_exceeded").await;
        called(&schools.b.trader, &path, "1").expect(201).await;
        assert_eq!(figures(&schools.a.trader, &path).await, both("4", "0"));
        assert_eq!(figures(&schools.b.trader, &path).await, both("1", "3"));
        assert_eq!(figures(&schools.head, &path).await, both("5", "5"));
        // Less than was called off is never promised.
        for (field, quantity) in [("quantity", "4"), ("unit_quantity", "3")] {
            let body = json!({ "revision": 1, "reason": "减量", "number": "补1", "lines": [{ "line_no": 1, field: quantity }] });
            schools.head.post(&format!("{path}/amendments"), body).refused("quantity_exceeded").await;
        }
        // What was enough when it was proposed may not be when it is answered.
        let body = json!({ "revision": 1, "reason": "减量", "number": "补1", "lines": [{ "line_no": 1, "quantity": "6" }] });
        schools.head.post(&format!("{path}/amendments"), body).expect(201).await;
        called(&schools.b.trader, &path, "2").expect(201).await;
        answer(schools.seller(), &path, 2, "accept").refused("quantity_exceeded").await;
        answer(schools.seller(), &path, 2, "decline").expect(200).await;
        assert_eq!(schools.head.get(&path).expect(200).await.int("/revision"), 1);
    }

    async fn goods_come_on_days_of_the_term(app) {
        let schools = Schools::open(app, false).await;
        let mut proposal = schools.proposal("100", None);
        proposal["calendar"] = json!({ "weekdays": [1, 4], "excluded": [{ "from": "2021-07-10", "until": "2021-08-31", "name": "暑假" }] });
        proposal["until"] = json!("2021-11-30");
        let path = schools.agreed(proposal).await;
        let at = |date: &str| schools.a.trader.post(&format!("{path}/call-offs"), call_off("1", date));
        for (date, fits) in [("2021-03-04", true), ("2021-03-05", false), ("2021-07-08", true), ("2021-07-12", false), ("2021-09-02", true), ("2021-12-02", false)] {
            if fits {
                at(date).expect(201).await;
            } else {
                assert_eq!(at(date).refused("validation_failed").await.pointers(), ["/deliveries/0/date"], "{date}");
            }
        }
        // Notice is given in time, once; nothing comes later, and from the day after nothing is called off.
        let end = |who: &Person, day: &str| who.post(&format!("{path}/ending"), json!({ "ends_on": day, "reason": "换供应商" }));
        assert_eq!(end(schools.seller(), "2021-03-10").refused("validation_failed").await.pointers(), ["/ends_on"]);
        end(schools.seller(), "2021-06-30").expect(200).await;
        end(&schools.head, "2021-05-31").refused("wrong_state").await;
        at("2021-07-08").refused("validation_failed").await;
        at("2021-06-28").expect(201).await;
        app.clock.set_day("2021-07-01");
        at("2021-07-08").refused("wrong_state").await;
        assert_eq!(schools.head.get(&path).expect(200).await.str("/state"), "ended");
        let listed = async |state: &str| schools.head.get(&format!("{AGREEMENTS}?state={state}")).expect(200).await.json()["items"].as_array().unwrap().len();
        assert_eq!((listed("ended").await, listed("in_force").await, listed("expired").await, listed("proposed").await), (1, 0, 0, 0));
    }

    async fn what_is_given_back_may_be_called_off_again(app) {
        let schools = Schools::open(app, false).await;
        let path = schools.agreed(schools.proposal("10", None)).await;
        let (school, seller) = (&schools.a, schools.seller());
        let take = async || called(&school.trader, &path, "10").expect(201).await.str("/orders/0/id");
        let left = async || figures(&schools.head, &path).await.1;
        let cancelled = take().await;
        called(&schools.b.trader, &path, "1").refused("quantity_exceeded").await;
        school.trader.post(&url(&cancelled, "cancellations"), json!({ "reason": "不要了" })).expect(200).await;
        assert_eq!(left().await, "10");
        let declined = take().await;
        seller.post(&url(&declined, "declines"), json!({ "reason": "售罄" })).expect(200).await;
        assert_eq!(left().await, "10");
        take().await;
        app.clock.advance(Duration::from_secs(7 * 86_400));
        yigou::ordering::expire_unconfirmed(&app.installation.store.clone(), app.ctx()).await.unwrap();
        assert_eq!(left().await, "10");
        // Three of ten are rejected, two never come; five stay used, though one of them goes back.
        let order = take().await;
        school.hand_over(0, &order, &["8"]).await;
        assert_eq!(left().await, "0");
        school.accept(&order, &[(1, "5", "3")]).await;
        assert_eq!(left().await, "3");
        seller.post(&url(&order, "short-closures"), json!({ "reason": "无货", "lines": [{ "line_no": 1 }] })).expect(201).await;
        assert_eq!(left().await, "5");
        school.acceptor.post(&url(&order, "returns"), json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] })).expect(201).await;
        assert_eq!(left().await, "5");
        let calls = schools.head.get(&format!("{path}/call-offs?limit=3")).expect(200).await;
        let states: Vec<Value> = calls.json()["items"].as_array().unwrap().iter().map(|c| c["state"].clone()).collect();
        assert_eq!(states, ["cancelled", "declined", "expired"]);
        let next = schools.head.get(&format!("{path}/call-offs?limit=3&cursor={}", calls.str("/next_cursor"))).expect(200).await;
        assert_eq!((next.str("/items/0/used"), next.str("/items/0/order_id")), ("5".to_owned(), order));
        verified(app).await;
    }

    async fn both_sides_see_all_and_a_unit_its_own(app) {
        let schools = Schools::open(app, false).await;
        let mut proposal = schools.proposal("10", None);
        proposal["coverage"] = json!("listed");
        proposal["unit_ids"] = json!([schools.a.trader.org_id]);
        let id = schools.head.post(AGREEMENTS, proposal).expect(201).await.id();
        let path = format!("{AGREEMENTS}/{id}");
        // Before the supplier accepts, it is nobody's but the two sides'.
        schools.a.trader.get(&path).refused("not_found").await;
        called(&schools.a.trader, &path, "1").refused("not_found").await;
        answer(schools.seller(), &path, 1, "accept").expect(200).await;
        called(&schools.head, &path, "2").expect(201).await;
        called(&schools.a.trader, &path, "3").expect(201).await;
        let above = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(schools.head.org_id, above.org_id).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let far = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Auditor]).await;
        let stranger = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        for (who, units) in [(&schools.head, 2), (schools.seller(), 2), (&above, 2), (&bureau, 2), (&schools.a.trader, 1)] {
            let view = who.get(&path).expect(200).await.json();
            assert_eq!(view["lines"][0]["units"].as_array().unwrap().len(), units, "{view}");
            assert_eq!(view["revisions"].as_array().unwrap().is_empty(), units == 1);
            let calls = who.get(&format!("{path}/call-offs")).expect(200).await.json();
            assert_eq!(calls["items"].as_array().unwrap().len(), units);
            assert_eq!(who.get(AGREEMENTS).expect(200).await.json()["items"][0]["id"], json!(id));
        }
        assert_eq!(figures(&schools.a.trader, &path).await, both("3", "5"));
        // A sister that is not named, another region and another supplier know nothing of it.
        for who in [&schools.b.trader, &far, &stranger] {
            who.get(&path).refused("not_found").await;
            who.get(&format!("{path}/call-offs")).refused("not_found").await;
            assert_eq!(who.get(AGREEMENTS).expect(200).await.json()["items"], json!([]));
        }
        called(&schools.b.trader, &path, "1").refused("not_found").await;
        let mut for_sister = call_off("1", "2021-12-30");
        for_sister["unit_id"] = json!(schools.a.trader.org_id);
        schools.b.trader.post(&format!("{path}/call-offs"), for_sister).refused("not_found").await;
        answer(&stranger, &path, 1, "accept").refused("not_found").await;
    }

    async fn a_proposal_is_answered_by_the_other_side_once(app) {
        let schools = Schools::open(app, false).await;
        let propose = async || format!("{AGREEMENTS}/{}", schools.head.post(AGREEMENTS, schools.proposal("10", None)).expect(201).await.id());
        let state = async |path: &str| schools.head.get(path).expect(200).await.str("/state");
        let withdraw = |who: &Person, path: &str| who.post(&format!("{path}/withdrawals"), json!({ "revision": 1, "reason": "写错" }));
        let first = propose().await;
        called(&schools.head, &first, "1").refused("wrong_state").await;
        answer(&schools.head, &first, 1, "accept").refused("separation_of_duties").await;
        withdraw(schools.seller(), &first).refused("separation_of_duties").await;
        answer(schools.seller(), &first, 2, "accept").refused("wrong_state").await;
        answer(schools.seller(), &first, 1, "decline").expect(200).await;
        assert_eq!(state(&first).await, "declined");
        answer(schools.seller(), &first, 1, "accept").refused("wrong_state").await;
        let second = propose().await;
        withdraw(&schools.head, &second).expect(200).await;
        assert_eq!(state(&second).await, "withdrawn");
        // One amendment waits at a time, and it says what it changes.
        let third = propose().await;
        answer(schools.seller(), &third, 1, "accept").expect(200).await;
        let amend = |who: &Person, revision: i64, until: &str| who.post(&format!("{third}/amendments"), json!({ "revision": revision, "until": until, "reason": "延期", "number": "补1" }));
        amend(&schools.head, 2, "2022-03-31").refused("stale_version").await;
        amend(&schools.head, 1, "2021-12-31").refused("validation_failed").await;
        amend(&schools.head, 1, "2022-03-31").expect(201).await;
        amend(schools.seller(), 1, "2022-06-30").refused("wrong_state").await;
        answer(schools.seller(), &third, 2, "accept").expect(200).await;
        let view = schools.head.get(&third).expect(200).await;
        assert_eq!((view.str("/until"), view.int("/revision")), ("2022-03-31".to_owned(), 2));
        let states: Vec<Value> = view.json()["revisions"].as_array().unwrap().iter().map(|r| r["state"].clone()).collect();
        assert_eq!(states, ["superseded", "in_force"]);
        app.clock.set_day("2022-04-01");
        assert_eq!(state(&third).await, "expired");
        called(&schools.head, &third, "1").refused("wrong_state").await;
    }

    async fn everything_wrong_with_a_proposal_is_named_at_once(app) {
        let schools = Schools::open(app, false).await;
        let other = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        let mut wrong = schools.proposal("1.5", Some("2"));
        wrong["coverage"] = json!("listed");
        wrong["unit_ids"] = json!([schools.a.trader.org_id, other.org_id]);
        wrong["until"] = json!("2021-02-01");
        wrong["lines"][0]["unit_price_fen"] = json!(1001);
        let again = wrong["lines"][0].clone();
        wrong["lines"].as_array_mut().unwrap().push(again);
        let refused = schools.head.post(AGREEMENTS, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/unit_ids/1", "/lines/0/unit_price_fen", "/lines/0/quantity", "/lines/0/unit_quantity", "/lines/1/listing_id", "/until"]);
        // Who has nobody below concludes for itself.
        assert_eq!(other.post(AGREEMENTS, schools.proposal("10", None)).refused("validation_failed").await.pointers(), ["/coverage"]);
        let mut own = schools.proposal("10", None);
        own["coverage"] = json!("own");
        let id = other.post(AGREEMENTS, own.clone()).expect(201).await.id();
        // A buying enterprise too.
        let enterprise = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        let bought = enterprise.post(AGREEMENTS, own.clone()).expect(201).await.id();
        own["supplier_id"] = json!(other.org_id);
        assert_eq!(schools.head.post(AGREEMENTS, own).refused("validation_failed").await.pointers(), ["/supplier_id", "/lines/0/listing_id"]);
        let path = format!("{AGREEMENTS}/{bought}");
        answer(schools.seller(), &path, 1, "accept").expect(200).await;
        let mut order = call_off("2", "2021-12-30");
        order["fund"] = json!("enterprise");
        let placed = enterprise.post(&format!("{path}/call-offs"), order).expect(201).await.str("/orders/0/id");
        confirm(schools.seller(), &placed).expect(200).await;
        other.get(&path).refused("not_found").await;
        schools.seller().get(&format!("{AGREEMENTS}/{id}")).expect(200).await;
        // A line that there is none of, and one that a listing refuses, are named as the request names them.
        let mut lost = call_off("1", "2021-12-30");
        lost["lines"][0]["line_no"] = json!(2);
        lost["fund"] = json!("enterprise");
        assert_eq!(enterprise.post(&format!("{path}/call-offs"), lost.clone()).refused("validation_failed").await.pointers(), ["/lines/0/line_no"]);
        let listing = format!("/api/v1/listings/{}", schools.goods);
        let version = schools.seller().get(&listing).expect(200).await.version();
        let gone = schools.seller().post(&format!("{listing}/withdrawal"), json!({ "reason": "售罄" }));
        gone.if_match(version).expect(200).await;
        lost["lines"][0]["line_no"] = json!(1);
        assert_eq!(enterprise.post(&format!("{path}/call-offs"), lost).refused("listing_not_on_sale").await.pointers(), ["/lines/0/line_no"]);
    }
}
