//! Money between buyer and supplier: payments, answers, refunds, invoices, on both databases.

use crate::support::TestApp;
use crate::support::market::{Market, confirm};
use crate::support::people::Person;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary};
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::{FileId, ListingId};

/// A market with a person who pays.
#[derive(Clone)]
pub struct Till {
    pub market: Market,
    pub payer: Person,
    pub goods: ListingId,
}

impl Till {
    /// One seller of boxes at 10.00 yuan.
    pub async fn open(app: &TestApp) -> Till {
        let market = Market::open(app, 1).await;
        let payer = app.person(market.trader.org_id, &[Role::Payer]).await;
        let goods = market.listing(app, 0, 1000, "100000", false).await;
        Till { market, payer, goods }
    }
    /// With a payer of the unit that buys here.
    pub async fn paid_by_its_unit(self, app: &TestApp) -> Till {
        Till { payer: app.person(self.market.trader.org_id, &[Role::Payer]).await, ..self }
    }
    pub fn seller(&self) -> &Person {
        &self.market.sellers[0]
    }
    /// An order of so many boxes, delivered and accepted.
    pub async fn accepted(&self, boxes: &str) -> String {
        let id = self.market.deliver(0, &[(self.goods, boxes)]).await;
        self.market.accept(&id, &[(1, boxes, "0")]).await;
        id
    }
    /// Reports a payment; its id.
    pub async fn report(&self, order: &str, fen: i64) -> String {
        self.payer.post(&url(order, "payments"), json!({ "amount_fen": fen })).expect(201).await.id()
    }
    pub async fn confirm(&self, order: &str, payment: &str) {
        let body = json!({ "payment_id": payment, "decision": "confirm" });
        self.seller().post(&url(order, "payment-confirmations"), body).expect(200).await;
    }
    /// Reports and confirms a payment.
    pub async fn pay(&self, order: &str, fen: i64) {
        let payment = self.report(order, fen).await;
        self.confirm(order, &payment).await;
    }
    pub async fn rate(&self, order: &str) {
        let body = json!({ "price": 5, "quality": 4, "delivery": 3, "comment": "很好" });
        self.market.trader.post(&url(order, "ratings"), body).expect(201).await;
    }
    pub async fn refund(&self, order: &str, fen: i64) {
        let body = json!({ "amount_fen": fen, "reason": "短斤少两" });
        self.seller().post(&url(order, "refunds"), body).expect(201).await;
    }
    pub async fn counting(&self, order: &str) -> Value {
        self.market.trader.get(&url(order, "counting")).expect(200).await.json()
    }
}

pub fn url(order: &str, what: &str) -> String {
    format!("/api/v1/orders/{order}/{what}")
}

/// Every counting entry is what the facts say.
pub async fn recounted(app: &TestApp) {
    assert_eq!(app.read(yigou::ordering::verify_counts).await.unwrap(), []);
    assert_eq!(app.read(yigou::ledger::verify).await.unwrap(), []);
}

fn codes(counting: &Value) -> Vec<String> {
    let missing = counting["missing"].as_array().unwrap();
    missing.iter().map(|m| m["code"].as_str().unwrap().to_owned()).filter(|code| code != "plan_not_approved").collect()
}

on_both! {
    async fn a_payment_counts_when_the_supplier_confirms(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let before = till.counting(&order).await;
        assert_eq!((before["unpaid_fen"].clone(), before["completed"].clone()), (json!(3000), json!(false)));
        assert_eq!(codes(&before), ["unpaid", "not_rated"]);
        let payment = till.report(&order, 3000).await;
        let reported = till.counting(&order).await;
        assert_eq!((reported["reported_fen"].clone(), reported["accepted_paid_fen"].clone()), (json!(3000), json!(0)));
        assert_eq!(codes(&reported), ["unpaid", "payment_unconfirmed", "not_rated"]);
        till.confirm(&order, &payment).await;
        till.rate(&order).await;
        let done = till.counting(&order).await;
        assert_eq!((done["completed"].clone(), done["year"].clone()), (json!(true), json!(2021)));
        assert_eq!((done["completed_fen"].clone(), done["accepted_paid_fen"].clone()), (json!(3000), json!(3000)));
        assert!(codes(&done).is_empty(), "{done}");
        let kinds: Vec<&Value> = done["facts"].as_array().unwrap().iter().map(|f| &f["kind"]).collect();
        assert_eq!(kinds, ["accepted", "line_closed", "paid", "rated"]);
        // An answered payment is answered; a rated order is rated.
        let again = json!({ "payment_id": payment, "decision": "deny", "reason": "没有收到" });
        till.seller().post(&url(&order, "payment-confirmations"), again).refused("wrong_state").await;
        let rating = json!({ "price": 5, "quality": 4, "delivery": 3 });
        till.market.trader.post(&url(&order, "ratings"), rating).refused("already_exists").await;
        recounted(app).await;
    }

    async fn whoever_may_do_it_finds_what_waits(app) {
        let till = Till::open(app).await;
        let admin = app.person(till.market.trader.org_id, &[Role::OrgAdmin]).await;
        let both = app.person(till.market.trader.org_id, &[Role::Acceptor, Role::Payer, Role::Trader]).await;
        let work = async |who: &Person| -> Vec<(String, String, i64)> {
            let items = who.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
            let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
            items.iter().map(|t| (text(t, "kind"), text(t, "subject"), t["amount_fen"].as_i64().unwrap())).collect()
        };
        let task = |kind: &str, subject: &str, fen: i64| (kind.to_owned(), subject.to_owned(), fen);
        let order = till.market.deliver(0, &[(till.goods, "3")]).await;
        assert_eq!(work(&till.market.acceptor).await, [task("accept_goods", &order, 3000)]);
        for nobody in [&till.payer, &till.market.trader, &admin, till.seller()] {
            assert_eq!(work(nobody).await, [], "{:?}", nobody.roles);
        }
        till.market.accept(&order, &[(1, "3", "0")]).await;
        assert_eq!(work(&till.market.acceptor).await, []);
        assert_eq!(work(&till.payer).await, [task("report_payment", &order, 3000)]);
        assert_eq!(work(till.seller()).await, [task("issue_invoice", &order, 3000)]);
        assert_eq!(work(&till.market.trader).await, [task("rate_order", &order, 3000)]);
        assert_eq!(work(&both).await, [task("report_payment", &order, 3000), task("rate_order", &order, 3000)]);
        // A part is reported: the rest is still to be paid, and the supplier answers.
        let payment = till.report(&order, 1000).await;
        assert_eq!(work(&till.payer).await, [task("report_payment", &order, 2000)]);
        assert_eq!(work(till.seller()).await, [task("confirm_payment", &payment, 1000), task("issue_invoice", &order, 3000)]);
        till.confirm(&order, &payment).await;
        till.pay(&order, 2000).await;
        assert_eq!(work(&till.payer).await, []);
        let invoice = json!({ "code": "064002100111", "number": "00000009", "issued_on": "2021-03-01", "net_fen": 2999, "tax_fen": 0,
            "gross_fen": 2999, "lines": [{ "order_id": order, "line_no": 1, "gross_fen": 2999 }] });
        till.seller().post("/api/v1/invoices", invoice).expect(201).await;
        assert_eq!(work(till.seller()).await, [], "a fen of rounding is nothing to invoice");
        till.rate(&order).await;
        assert_eq!(work(&till.market.trader).await, []);
        // Who orders never accepts, who accepts never reports the payment: neither is asked to.
        let own = both.post("/api/v1/orders", till.market.order(&[(till.goods, "1")])).expect(201).await.str("/orders/0/id");
        confirm(till.seller(), &own).expect(200).await;
        let shipment = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": "1" }] });
        till.seller().post(&url(&own, "shipments"), shipment).expect(201).await;
        assert_eq!((work(&both).await, work(&till.market.acceptor).await), (Vec::new(), vec![task("accept_goods", &own, 1000)]));
        let second = till.market.deliver(0, &[(till.goods, "2")]).await;
        let lines = json!({ "lines": [{ "line_no": 1, "accepted": "2" }] });
        both.post(&url(&second, "acceptances"), lines).expect(201).await;
        assert_eq!(work(&both).await, [task("rate_order", &second, 2000)]);
        assert_eq!(work(&till.payer).await, [task("report_payment", &second, 2000)]);
        // One page at a time, the list is the same.
        let (mut seen, mut next) = (Vec::new(), "/api/v1/tasks?limit=1".to_owned());
        till.report(&second, 1).await;
        let all = work(till.seller()).await;
        loop {
            let page = till.seller().get(&next).expect(200).await.json();
            seen.push(page["items"][0]["subject"].as_str().unwrap().to_owned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/api/v1/tasks?limit=1&cursor={cursor}");
        }
        assert_eq!(seen, all.iter().map(|task| task.1.clone()).collect::<Vec<_>>());
    }

    async fn the_other_side_hears_of_a_payment_by_mail(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        for who in [&till.payer, till.seller(), &till.market.trader, &till.market.acceptor] {
            app.reachable(who).await;
        }
        let mails = async || -> Vec<(String, String)> {
            let waiting = app.mails().await.into_iter().map(|mail| (mail.to, mail.text)).collect();
            app.run_jobs().await;
            waiting
        };
        app.run_jobs().await;
        let payment = till.report(&order, 2999).await;
        let told = mails().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].0, till.seller().email);
        assert!(told[0].1.contains("29.99") && told[0].1.contains(&order) && told[0].1.contains("2021-03-08"), "{told:?}");
        let no = json!({ "payment_id": payment, "decision": "deny", "reason": "没有到账" });
        till.seller().post(&url(&order, "payment-confirmations"), no).expect(200).await;
        let told = mails().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].0, till.payer.email);
        assert!(told[0].1.contains("没有到账") && told[0].1.contains("29.99"), "{told:?}");
        till.pay(&order, 3000).await;
        let told = mails().await;
        assert!(told.iter().all(|(to, _)| *to == till.seller().email), "a confirmation is no news: {told:?}");
    }

    async fn duties_are_separate_and_parties_are_kept_apart(app) {
        let till = Till::open(app).await;
        let both = app.person(till.market.trader.org_id, &[Role::Acceptor, Role::Payer]).await;
        let order = till.market.deliver(0, &[(till.goods, "2")]).await;
        let lines = json!({ "lines": [{ "line_no": 1, "accepted": "2" }] });
        both.post(&url(&order, "acceptances"), lines).expect(201).await;
        both.post(&url(&order, "payments"), json!({ "amount_fen": 1 })).refused("separation_of_duties").await;
        // Nor may who reports a payment accept afterwards.
        let early = till.market.deliver(0, &[(till.goods, "1")]).await;
        both.post(&url(&early, "payments"), json!({ "amount_fen": 1 })).expect(201).await;
        let lines = json!({ "lines": [{ "line_no": 1, "accepted": "1" }] });
        both.post(&url(&early, "acceptances"), lines).refused("separation_of_duties").await;
        let payment = till.report(&order, 2000).await;
        let stranger = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let yes = json!({ "payment_id": payment, "decision": "confirm" });
        stranger.post(&url(&order, "payment-confirmations"), yes.clone()).refused("not_found").await;
        stranger.post(&url(&order, "refunds"), json!({ "amount_fen": 1, "reason": "x" })).refused("not_found").await;
        let elsewhere = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Payer, Role::Trader]).await;
        elsewhere.post(&url(&order, "payments"), json!({ "amount_fen": 1 })).refused("not_found").await;
        elsewhere.get(&url(&order, "counting")).refused("not_found").await;
        assert_eq!(elsewhere.get("/api/v1/payments").expect(200).await.json()["items"], json!([]));
        assert_eq!(elsewhere.get("/api/v1/invoices").expect(200).await.json()["items"], json!([]));
        for who in [&till.payer, till.seller()] {
            let list = who.get(&format!("/api/v1/payments?status=reported&order_id={order}")).expect(200).await;
            assert_eq!(list.str("/items/0/id"), payment);
        }
        // The payment of another order does not answer by way of this one.
        let other = till.accepted("1").await;
        till.seller().post(&url(&other, "payment-confirmations"), yes).refused("not_found").await;
        till.payer.bare_post(&url(&order, "payments"), json!({ "amount_fen": 1 })).refused("idempotency_key_required").await;
    }

    async fn an_unanswered_payment_with_proof_is_deemed_received(app) {
        let till = Till::open(app).await;
        let (proven, bare) = (till.accepted("1").await, till.accepted("1").await);
        till.rate(&proven).await;
        let unproven = till.report(&bare, 1000).await;
        let payment = reported_with_proof(app, &till, &proven, 1000).await;
        // Reported on Monday 1 March: five working days end on Monday the 8th.
        let listed = till.payer.get("/api/v1/payments").expect(200).await;
        assert_eq!(listed.str("/items/0/answer_by"), "2021-03-08");
        app.clock.set_day("2021-03-08");
        app.run_jobs().await;
        assert_eq!(till.counting(&proven).await["completed"], json!(false));
        app.clock.set_day("2021-03-09");
        app.run_jobs().await;
        let deemed = till.counting(&proven).await;
        // It counts by the date of its report, and is flagged.
        assert_eq!((deemed["completed"].clone(), deemed["completed_on"].clone()), (json!(true), json!("2021-03-01")));
        let flagged = till.seller().get("/api/v1/payments?status=deemed").expect(200).await;
        assert_eq!((flagged.str("/items/0/id"), flagged.json()["items"].as_array().unwrap().len()), (payment.clone(), 1));
        let waiting = till.seller().get("/api/v1/payments?status=reported").expect(200).await;
        assert_eq!(waiting.str("/items/0/id"), unproven);
        // The supplier denies it after all: taken back as an adjustment.
        let no = json!({ "payment_id": payment, "decision": "deny", "reason": "没有到账" });
        till.seller().post(&url(&proven, "payment-confirmations"), no).expect(200).await;
        let denied = till.counting(&proven).await;
        assert_eq!((denied["completed_fen"].clone(), denied["accepted_paid_fen"].clone()), (json!(0), json!(0)));
        assert_eq!((denied["paid_fen"].clone(), denied["unpaid_fen"].clone()), (json!(0), json!(1000)));
        recounted(app).await;
    }

    async fn one_denied_part_takes_the_whole_order_back_until_it_is_paid(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let order = till.accepted("10").await;
        till.pay(&order, 6000).await;
        till.rate(&order).await;
        let proven = reported_with_proof(app, &till, &order, 4000).await;
        app.clock.set_day("2021-12-29");
        app.run_jobs().await;
        let counted = till.counting(&order).await;
        assert_eq!((counted["year"].clone(), counted["completed_fen"].clone()), (json!(2021), json!(10_000)));
        app.clock.set_day("2022-01-10");
        let no = json!({ "payment_id": proven, "decision": "deny", "reason": "没有到账" });
        till.seller().post(&url(&order, "payment-confirmations"), no).expect(200).await;
        let denied = till.counting(&order).await;
        assert_eq!((denied["completed"].clone(), denied["completed_fen"].clone()), (json!(false), json!(0)));
        assert_eq!((codes(&denied), denied["unpaid_fen"].clone()), (vec!["unpaid".to_owned()], json!(4000)));
        recounted(app).await;
        app.clock.set_day("2022-03-01");
        till.pay(&order, 4000).await;
        let paid = till.counting(&order).await;
        assert_eq!((paid["year"].clone(), paid["completed_fen"].clone()), (json!(2022), json!(10_000)));
        recounted(app).await;
    }

    async fn money_is_sent_back_once(app) {
        let till = Till::open(app).await;
        let order = till.accepted("4").await;
        till.pay(&order, 4000).await;
        let body = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let back = till.market.acceptor.post(&url(&order, "returns"), body).expect(201).await.id();
        let ask = |fen: i64, reference: &str, back: Option<&String>| {
            let body = json!({ "amount_fen": fen, "bank_reference": reference, "return_id": back, "reason": "退货" });
            till.seller().post(&url(&order, "refunds"), body)
        };
        for alike in ["RF-1 ", "RF\u{200B}-1", "ＲＦ-1"] {
            assert_eq!(ask(1000, alike, Some(&back)).refused("validation_failed").await.pointers(), ["/bank_reference"]);
        }
        ask(600, "RF-1", Some(&back)).expect(201).await;
        assert_eq!(ask(400, "RF-1", Some(&back)).refused("already_exists").await.pointers(), ["/bank_reference"]);
        // Of the return's 10.00 yuan 4.00 are left; what has another reason is bounded by what was paid.
        ask(401, "RF-2", Some(&back)).refused("payment_mismatch").await;
        ask(400, "RF-2", Some(&back)).expect(201).await;
        ask(1, "RF-3", Some(&back)).refused("payment_mismatch").await;
        ask(500, "RF-4", None).expect(201).await;
        recounted(app).await;
    }

    async fn the_second_person_is_one_who_accepts(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let order = till.market.deliver(0, &[(till.goods, "2")]).await;
        let keeper = app.person(unit, &[Role::Acceptor]).await;
        let (admin, strange) = (app.person(unit, &[Role::OrgAdmin]).await, app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Acceptor]).await);
        let with = |who: &Person| {
            let body = json!({ "second_person": who.user_id, "lines": [{ "line_no": 1, "accepted": "1" }] });
            till.market.acceptor.post(&url(&order, "acceptances"), body)
        };
        for who in [&till.payer, &admin, &strange] {
            assert_eq!(with(who).refused("validation_failed").await.pointers(), ["/second_person"]);
        }
        with(&keeper).expect(201).await;
    }

    async fn one_transfer_pays_many_orders(app) {
        let till = Till::open(app).await;
        let first = till.accepted("3").await;
        app.clock.advance(Duration::from_secs(86_400));
        let second = till.accepted("5").await;
        let parts = |orders: &[(&str, Option<i64>)]| -> Value {
            orders.iter().map(|(id, fen)| json!({ "order_id": id, "amount_fen": fen })).collect()
        };
        let body = json!({ "items": [
            { "amount_fen": 4000, "bank_reference": "B1", "orders": parts(&[(&second, None), (&first, None)]) },
            { "amount_fen": 500, "bank_reference": "B2", "orders": parts(&[(&second, Some(300)), (&first, Some(199))]) },
            { "amount_fen": 5000, "bank_reference": "B3", "orders": parts(&[(&second, Some(4000)), (&first, Some(1000))]) },
            { "amount_fen": 1, "bank_reference": "B1", "orders": parts(&[(&second, None)]) },
            { "amount_fen": 1, "orders": parts(&[(&second, None), (&second, None)]) },
        ] });
        let answered = till.payer.post("/api/v1/payments", body).expect(200).await.json();
        let of = |item: usize, order: &str| -> i64 {
            let orders = answered["items"][item]["body"]["orders"].as_array().unwrap();
            orders.iter().find(|o| o["order_id"] == json!(order)).map_or(0, |o| o["amount_fen"].as_i64().unwrap())
        };
        assert_eq!((of(0, &first), of(0, &second)), (3000, 1000));
        assert_eq!((of(2, &first), of(2, &second)), (1000, 4000));
        let code = |item: usize| answered["items"][item]["problem"]["code"].clone();
        assert_eq!((code(1), code(3), code(4)), (json!("payment_mismatch"), json!("already_exists"), json!("validation_failed")));
        // One answer holds for both orders; what is beyond is a credit.
        let ids = [0, 2].map(|item: usize| answered["items"][item]["body"]["id"].clone());
        let items: Vec<Value> = ids.iter().map(|id| json!({ "payment_id": id, "decision": "confirm" })).collect();
        let answers = till.seller().post("/api/v1/payment-confirmations", json!({ "items": items })).expect(200).await;
        assert_eq!((answers.int("/items/0/status"), answers.int("/items/1/status")), (200, 200));
        let counting = till.counting(&first).await;
        assert_eq!((counting["paid_fen"].clone(), counting["credit_fen"].clone()), (json!(4000), json!(1000)));
        assert_eq!(counting["accepted_paid_fen"], json!(3000));
        till.seller().post(&url(&first, "refunds"), json!({ "amount_fen": 4001, "reason": "x" })).refused("payment_mismatch").await;
        till.refund(&first, 1000).await;
        let counting = till.counting(&first).await;
        assert_eq!((counting["credit_fen"].clone(), counting["accepted_paid_fen"].clone()), (json!(0), json!(3000)));
        recounted(app).await;
    }

    async fn a_transfer_pays_what_is_due_before_what_is_still_to_come(app) {
        let till = Till::open(app).await;
        let open = till.market.deliver(0, &[(till.goods, "10")]).await;
        till.market.accept(&open, &[(1, "1", "4")]).await;
        app.clock.set_day("2021-03-02");
        let whole = till.accepted("5").await;
        let orders = json!([{ "order_id": open }, { "order_id": whole }]);
        let transfer = async |fen: i64| {
            let items = json!({ "items": [{ "amount_fen": fen, "orders": orders }] });
            let paid = till.payer.post("/api/v1/payments", items).expect(200).await.json();
            let parts = paid["items"][0]["body"]["orders"].as_array().unwrap().clone();
            let of = |order: &str| parts.iter().find(|part| part["order_id"] == json!(order)).map_or(0, |part| part["amount_fen"].as_i64().unwrap());
            (of(&open), of(&whole))
        };
        assert_eq!(transfer(6000).await, (1000, 5000));
        // Ten were ordered and four rejected: the first order can cost 50.00 more at most; what is beyond is a credit.
        assert_eq!(transfer(4000).await, (4000, 0));
        assert_eq!(transfer(1500).await, (1500, 0));
    }

    async fn invoices_agree_with_order_and_receipt(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let body = |number: &str, gross: i64, lines: Value| {
            json!({ "code": "064002100111", "number": number, "issued_on": "2021-03-01", "net_fen": gross, "tax_fen": 0,
                "gross_fen": gross, "lines": lines })
        };
        let line = |fen: i64| json!([{ "order_id": order, "line_no": 1, "gross_fen": fen }]);
        till.seller().post("/api/v1/invoices", body("00000001", 3002, line(3002))).refused("invoice_mismatch").await;
        till.seller().post("/api/v1/invoices", body("00000001", 3000, line(2999))).refused("invoice_mismatch").await;
        let id = till.seller().post("/api/v1/invoices", body("00000001", 3000, line(3000))).expect(201).await.id();
        till.payer.post("/api/v1/invoices", body("00000001", 3000, line(3000))).refused("invoice_mismatch").await;
        let other = till.accepted("1").await;
        let again = json!([{ "order_id": other, "line_no": 1, "gross_fen": 1000 }]);
        till.payer.post("/api/v1/invoices", body("00000001", 1000, again)).refused("invoice_duplicate").await;
        let mut red = body("00000002", -1000, line(-1000));
        red["net_fen"] = json!(-1000);
        till.seller().post("/api/v1/invoices", red.clone()).refused("invoice_mismatch").await;
        red["reverses"] = json!(id);
        till.seller().post("/api/v1/invoices", red).expect(201).await;
        let mut whole = body("00000003", -2001, line(-2001));
        whole["reverses"] = json!(id);
        till.seller().post("/api/v1/invoices", whole).refused("invoice_mismatch").await;
        let mut electronic = body("21640000000000000001", 1000, line(1000));
        till.seller().post("/api/v1/invoices", electronic.clone()).refused("validation_failed").await;
        electronic.as_object_mut().unwrap().remove("code");
        till.seller().post("/api/v1/invoices", electronic).expect(201).await;
        let listed = till.payer.get(&format!("/api/v1/invoices?order_id={order}")).expect(200).await;
        assert_eq!(listed.json()["items"].as_array().unwrap().len(), 3);
    }
}

/// Reports a payment with a proof. The file's row is stored directly: uploads have tests of their own.
pub async fn reported_with_proof(app: &TestApp, till: &Till, order: &str, fen: i64) -> String {
    let (org, user) = (till.payer.org_id, till.payer.user_id);
    let file: FileId = app
        .write(move |tx| {
            let (id, at): (FileId, _) = (tx.new_id(), tx.at().0);
            let text = "INSERT INTO files (id, org_id, region_code, name, content_type, size_bytes, sha256, class, uploaded_by, at)
                VALUES ($1, $2, '640104', 'proof.pdf', 'application/pdf', 1, $1, 'evidence', $3, $4)";
            yigou::each!(tx, c => diesel::sql_query(text).bind::<Binary, _>(id.0.to_vec()).bind::<Binary, _>(org.0.to_vec())
                .bind::<Binary, _>(user.0.to_vec()).bind::<BigInt, _>(at).execute(c))?;
            Ok(id)
        })
        .await
        .unwrap();
    let body = json!({ "amount_fen": fen, "proof_file": file });
    till.payer.post(&url(order, "payments"), body).expect(201).await.id()
}
