//! Allowances (折让): what a settlement leaves unpaid is owed no more, on both databases.

use super::{quota, verified};
use crate::payments::{Till, recounted, url};
use crate::support::TestApp;
use crate::support::market::CITY;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

/// A dispute over amounts of lines; its id.
pub async fn disputed(who: &Person, order: &str, lines: &[(i64, i64)]) -> String {
    let lines: Vec<Value> = lines.iter().map(|(no, fen)| json!({ "line_no": no, "amount_fen": fen })).collect();
    let body = json!({ "kind": "quality", "text": "有霉斑", "lines": lines });
    who.post(&url(order, "disputes"), body).expect(201).await.id()
}

/// Proposed by the one and agreed by the other: what stays payable of lines.
pub async fn settled(by: &Person, with: &Person, dispute: &str, remedy: &str, payable: &[(i64, i64)]) {
    let lines: Vec<Value> = payable.iter().map(|(no, fen)| json!({ "line_no": no, "payable_fen": fen })).collect();
    let body = json!({ "remedy": remedy, "text": "折让了结", "lines": lines });
    let shown = by.post(&format!("/api/v1/disputes/{dispute}/settlements"), body).expect(201).await.json();
    let id = shown["settlements"].as_array().unwrap().last().unwrap()["id"].clone();
    let yes = json!({ "settlement_id": id, "decision": "agree" });
    with.post(&format!("/api/v1/disputes/{dispute}/settlement-answers"), yes).expect(200).await;
}

async fn shown(who: &Person, order: &str) -> Value {
    who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json()
}

fn owed(order: &Value) -> (i64, i64, i64) {
    let fen = |name: &str| order["owed"][name].as_i64().unwrap();
    (fen("unpaid_fen"), fen("disputed_fen"), fen("undisputed_fen"))
}

/// The tasks of a person: kind, subject, amount, due.
async fn tasks(who: &Person) -> Vec<(String, String, i64, Value)> {
    let items = who.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let task = |t: &Value| (text(t, "kind"), text(t, "subject"), t["amount_fen"].as_i64().unwrap(), t["due"].clone());
    items.iter().map(task).collect()
}

async fn has(who: &Person, kind: &str, order: &str) -> Option<(i64, Value)> {
    tasks(who).await.into_iter().find(|(is, of, ..)| is == kind && of == order).map(|(_, _, fen, due)| (fen, due))
}

/// An order of boxes with freight, accepted.
async fn with_freight(till: &Till, boxes: &str, freight: i64) -> String {
    let mut body = till.market.order(&[(till.goods, boxes)]);
    body["freights"] = json!([{ "supplier_id": till.seller().org_id, "freight_fen": freight }]);
    let id = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
    till.market.hand_over(0, &id, &[boxes]).await;
    till.market.accept(&id, &[(1, boxes, "0")]).await;
    id
}

fn invoice(order: &str, number: &str, lines: &[(i64, i64)]) -> Value {
    let gross: i64 = lines.iter().map(|(_, fen)| fen).sum();
    let lines: Vec<Value> =
        lines.iter().map(|(no, fen)| json!({ "order_id": order, "line_no": no, "gross_fen": fen })).collect();
    json!({ "code": "064002100111", "number": number, "issued_on": "2021-03-01", "net_fen": gross, "tax_fen": 0,
        "gross_fen": gross, "lines": lines })
}

async fn differences(who: &Person, order: &str, line: i64) -> Vec<(String, i64)> {
    let view = who.get(&url(order, "invoice-matching")).expect(200).await.json();
    let lines = view["lines"].as_array().unwrap();
    let line = lines.iter().find(|one| one["line_no"] == json!(line)).unwrap();
    let of = |d: &Value| (d["difference"].as_str().unwrap().to_owned(), d["amount_fen"].as_i64().unwrap());
    line["differences"].as_array().unwrap().iter().map(of).collect()
}

fn named(all: &[(&str, i64)]) -> Vec<(String, i64)> {
    all.iter().map(|(name, fen)| ((*name).to_owned(), *fen)).collect()
}

/// Confirmed and shipped, with two persons to accept it: the order, and who they are.
async fn proposed_by_two(app: &TestApp, till: &Till) -> (String, String, Person) {
    let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
    let rule = json!({ "name": "two_person_acceptance_fen", "region_code": CITY, "effective_from": app.ctx().at.day(),
        "value": "1", "source": "测试通知〔2021〕4号" });
    operator.post("/api/v1/rules", rule).expect(201).await;
    let second = app.person(till.market.trader.org_id, &[Role::Acceptor]).await;
    let order = till.market.deliver(0, &[(till.goods, "2")]).await;
    let body = json!({ "second_person": second.user_id, "lines": [{ "line_no": 1, "accepted": "2" }] });
    let id = till.market.acceptor.post(&url(&order, "acceptances"), body).expect(201).await.id();
    (order, id, second)
}

on_both! {
    async fn what_a_settlement_leaves_unpaid_is_allowed_and_the_order_completes(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("10").await;
        seller.post("/api/v1/invoices", invoice(&order, "00000001", &[(1, 10_000)])).expect(201).await;
        let dispute = disputed(trader, &order, &[(1, 3000)]).await;
        till.pay(&order, 7000).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["completed"], json!(false));
        settled(seller, trader, &dispute, "none", &[(1, 2000)]).await;
        let seen = shown(trader, &order).await;
        assert_eq!(owed(&seen), (2000, 0, 2000));
        assert_eq!((&seen["returned_fen"], &seen["lines"][0]["allowed_fen"]), (&json!(1000), &json!(1000)));
        let fact = &seen["allowances"][0];
        assert_eq!((&fact["dispute_id"], &fact["reason"]), (&json!(dispute), &json!("折让了结")));
        assert_eq!(fact["lines"], json!([{ "line_no": 1, "amount_fen": 1000, "left_fen": 9000 }]));
        assert!(seen["history"].as_array().unwrap().iter().any(|event| event["action"] == "order.allowed"), "{seen}");
        assert_eq!(quota(app, trader.org_id, 2021).await.posted, 9000);
        // The invoice names more than is kept now: a red letter is due.
        assert_eq!(differences(seller, &order, 1).await, named(&[("allowed", 1000), ("over_invoiced", 1000)]));
        assert_eq!(has(seller, "issue_red_letter", &order).await.map(|(fen, _)| fen), Some(1000));
        till.pay(&order, 2000).await;
        let done = till.counting(&order).await;
        assert_eq!((&done["completed"], &done["completed_fen"], &done["unpaid_fen"]), (&json!(true), &json!(9000), &json!(0)));
        let kinds: Vec<&str> = done["facts"].as_array().unwrap().iter().map(|fact| fact["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["accepted", "line_closed", "paid", "rated", "allowed", "paid"]);
        // A return afterwards gives back its share of what the boxes still cost.
        let back = json!({ "reason": "霉斑", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let back = till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        assert_eq!(back.int("/order/returned_fen"), 1900);
        assert_eq!(till.counting(&order).await["completed_fen"], json!(8100));
        verified(app).await;
        recounted(app).await;
    }

    async fn an_allowance_alone_may_complete_an_order(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("4").await;
        let dispute = disputed(seller, &order, &[(1, 1000)]).await;
        till.pay(&order, 3000).await;
        till.rate(&order).await;
        settled(trader, seller, &dispute, "short_closure", &[]).await;
        let done = till.counting(&order).await;
        assert_eq!((&done["completed"], &done["completed_fen"], &done["credit_fen"]), (&json!(true), &json!(3000), &json!(0)));
        // Where goods are to go back, they lower what is owed themselves.
        let other = till.accepted("4").await;
        let dispute = disputed(trader, &other, &[(1, 1000)]).await;
        settled(seller, trader, &dispute, "return", &[]).await;
        let seen = shown(trader, &other).await;
        assert_eq!((owed(&seen), &seen["allowances"]), ((4000, 1000, 3000), &json!([])));
        verified(app).await;
        recounted(app).await;
    }

    async fn freight_is_allowed_beside_the_goods(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = with_freight(&till, "2", 500).await;
        let dispute = disputed(trader, &order, &[(0, 400), (1, 600)]).await;
        assert_eq!(owed(&shown(trader, &order).await), (2500, 1000, 1500));
        settled(trader, seller, &dispute, "other", &[(0, 100), (1, 500)]).await;
        let seen = shown(seller, &order).await;
        assert_eq!((owed(&seen), &seen["freight_fen"]), ((2100, 0, 2100), &json!(200)));
        assert_eq!(seen["allowances"][0]["lines"], json!([{ "line_no": 0, "amount_fen": 300, "left_fen": 200 },
            { "line_no": 1, "amount_fen": 100, "left_fen": 1900 }]));
        assert_eq!(differences(trader, &order, 0).await, named(&[("allowed", 300), ("to_invoice", 200)]));
        seller.post("/api/v1/invoices", invoice(&order, "00000001", &[(0, 202)])).refused("invoice_mismatch").await;
        seller.post("/api/v1/invoices", invoice(&order, "00000001", &[(0, 200), (1, 1900)])).expect(201).await;
        assert_eq!(differences(trader, &order, 0).await, named(&[("allowed", 300)]));
        // Freight alone is a fact as well, and in no count.
        let again = disputed(trader, &order, &[(0, 200)]).await;
        settled(seller, trader, &again, "none", &[]).await;
        assert_eq!(owed(&shown(trader, &order).await), (1900, 0, 1900));
        till.pay(&order, 1900).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["completed_fen"], json!(1900));
        assert_eq!(quota(app, trader.org_id, 2021).await.posted, 1900);
        verified(app).await;
        recounted(app).await;
    }

    async fn freight_is_not_lost_with_the_price_of_the_goods(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = with_freight(&till, "2", 500).await;
        let dispute = disputed(trader, &order, &[(1, 2000), (0, 300)]).await;
        let path = format!("/api/v1/disputes/{dispute}/settlements");
        let free = |payable: i64| json!({ "remedy": "none", "text": "货款全免", "lines": [{ "line_no": 0, "payable_fen": payable }] });
        let refused = trader.post(&path, free(300)).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/lines"]);
        assert!(refused.text().contains("运费 5.00 元"), "{}", refused.text());
        trader.post(&path, free(0)).refused("validation_failed").await;
        settled(trader, seller, &dispute, "none", &[(0, 300), (1, 1)]).await;
        assert_eq!(owed(&shown(seller, &order).await), (501, 0, 501));
        recounted(app).await;
    }

    async fn what_was_paid_and_allowed_is_sent_back_for_it(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("3").await;
        let dispute = disputed(trader, &order, &[(1, 900)]).await;
        till.pay(&order, 3000).await;
        settled(trader, seller, &dispute, "refund", &[(1, 200)]).await;
        let counting = till.counting(&order).await;
        assert_eq!((&counting["credit_fen"], &counting["unpaid_fen"]), (&json!(700), &json!(0)));
        let allowance = shown(trader, &order).await["allowances"][0]["id"].clone();
        let ask = |fen: i64, more: Value| {
            let mut body = json!({ "amount_fen": fen, "allowance_id": allowance, "reason": "折让" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            seller.post(&url(&order, "refunds"), body)
        };
        assert_eq!(ask(701, json!({})).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        let unknown = json!({ "allowance_id": crate::support::sample::absent("alw") });
        assert_eq!(ask(1, unknown).refused("validation_failed").await.pointers(), ["/allowance_id"]);
        let back = json!({ "reason": "霉斑", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let back = till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await.id();
        assert_eq!(ask(1, json!({ "return_id": back })).refused("validation_failed").await.pointers(), ["/allowance_id"]);
        ask(400, json!({})).expect(201).await;
        assert_eq!(ask(301, json!({})).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        let refund = ask(300, json!({})).expect(201).await;
        assert_eq!(refund.json()["allowance_id"], allowance);
        // Of 23.00 for three boxes one gave back a third.
        assert_eq!(till.counting(&order).await["credit_fen"], json!(767));
        verified(app).await;
        recounted(app).await;
    }

    async fn what_was_freed_has_its_own_day_wherever_a_day_to_pay_is_told(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("10").await;
        let dispute = disputed(trader, &order, &[(1, 10_000)]).await;
        app.clock.set_day("2021-03-15");
        let other = till.accepted("2").await;
        app.clock.set_day("2021-03-20");
        assert_eq!(till.counting(&order).await["payment_due_on"], json!("2021-03-31"));
        settled(seller, trader, &dispute, "none", &[(1, 8000)]).await;
        assert_eq!(till.counting(&order).await["payment_due_on"], json!("2021-04-19"));
        let (fen, due) = has(&till.payer, "report_payment", &order).await.unwrap();
        assert_eq!((fen, due), (8000, json!("2021-04-20T00:00:00.000+08:00")));
        // The other order, to be paid by the 14th, is paid first.
        let orders = json!([{ "order_id": order }, { "order_id": other }]);
        let body = json!({ "items": [{ "amount_fen": 3000, "orders": orders }] });
        let paid = till.payer.post("/api/v1/payments", body).expect(200).await.json();
        let parts = paid["items"][0]["body"]["orders"].as_array().unwrap().clone();
        let of = |id: &str| parts.iter().find(|p| p["order_id"] == json!(id)).map_or(0, |p| p["amount_fen"].as_i64().unwrap());
        assert_eq!((of(&other), of(&order)), (2000, 1000));
        // Part of an order in dispute changes nothing of the day of the rest.
        let mixed = till.accepted("4").await;
        let part = disputed(trader, &mixed, &[(1, 1000)]).await;
        app.clock.set_day("2021-03-25");
        settled(seller, trader, &part, "none", &[(1, 1000)]).await;
        assert_eq!(till.counting(&mixed).await["payment_due_on"], json!("2021-04-19"));
        till.report(&mixed, 3000).await;
        let (_, due) = has(&till.payer, "report_payment", &mixed).await.unwrap();
        assert_eq!(due, json!("2021-04-26T00:00:00.000+08:00"), "what is reported pays what was due first");
        recounted(app).await;
    }

    async fn who_mediates_opens_what_both_sides_brought(app) {
        let bureau = app.new_person(OrgKind::FinanceBureau, CITY, &[Role::Reviewer]).await;
        let city = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640200", &[Role::Reviewer]).await;
        let till = Till::open(app).await;
        let order = till.accepted("2").await;
        let dispute = disputed(&till.market.trader, &order, &[(1, 500)]).await;
        let report = crate::documents::store(till.seller(), "a.txt", "evidence", "text/plain", "出库照片".as_bytes()).await.id();
        let said = json!({ "text": "出库时完好", "files": [report] });
        let path = |what: &str| format!("/api/v1/disputes/{dispute}/{what}");
        till.seller().post(&path("statements"), said).expect(201).await;
        let file = format!("/api/v1/files/{report}");
        bureau.get(&file).expect(200).await;
        for nobody in [&elsewhere, &city] {
            nobody.get(&file).refused("not_found").await;
        }
        city.post(&path("mediations"), json!({ "text": "建议折让" })).expect(201).await;
        city.get(&file).expect(200).await;
        let more = crate::documents::store(till.seller(), "b.txt", "evidence", "text/plain", "装车照片".as_bytes()).await.id();
        let said = json!({ "text": "装车时完好", "files": [more] });
        till.seller().post(&path("statements"), said).expect(201).await;
        for who in [&bureau, &city] {
            who.get(&format!("/api/v1/files/{more}")).expect(200).await;
        }
        elsewhere.get(&format!("/api/v1/files/{more}")).refused("not_found").await;
    }

    async fn an_acceptance_is_taken_back_by_others_once_both_have_left(app) {
        let till = Till::open(app).await;
        let (order, id, second) = proposed_by_two(app, &till).await;
        let (first, unit) = (&till.market.acceptor, till.market.trader.org_id);
        let third = app.person(unit, &[Role::Acceptor]).await;
        for who in [first, &second, &third] {
            assert_eq!(has(who, "accept_goods", &order).await, None, "it waits for the second person");
        }
        assert!(has(&second, "confirm_acceptance", &order).await.is_some());
        let answer = format!("/api/v1/orders/{order}/acceptances/{id}/confirmations");
        let no = || json!({ "decision": "decline", "reason": "两人均已离岗" });
        third.post(&answer, no()).refused("separation_of_duties").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        for gone in [first, &second] {
            third.post(&answer, no()).refused("separation_of_duties").await;
            let member = format!("/api/v1/organisations/{unit}/members/{}", gone.user_id);
            admin.request(actix_web::http::Method::DELETE, &member).expect(204).await;
        }
        assert!(has(&third, "accept_goods", &order).await.is_some(), "it blocks nobody any more");
        third.post(&answer, json!({ "decision": "confirm" })).refused("separation_of_duties").await;
        assert_eq!(third.post(&answer, json!({ "decision": "decline" })).refused("validation_failed").await.pointers(), ["/reason"]);
        third.post(&answer, no()).expect(201).await;
        let fourth = app.person(unit, &[Role::Acceptor]).await;
        let body = json!({ "second_person": fourth.user_id, "lines": [{ "line_no": 1, "accepted": "2" }] });
        let again = third.post(&url(&order, "acceptances"), body).expect(201).await.id();
        let answer = format!("/api/v1/orders/{order}/acceptances/{again}/confirmations");
        assert_eq!(fourth.post(&answer, json!({ "decision": "confirm" })).expect(201).await.int("/order/accepted_fen"), 2000);
        verified(app).await;
        recounted(app).await;
    }
}
