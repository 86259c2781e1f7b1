//! Statements of account (对账单) on both databases: drawn up, matched, confirmed, invoiced and paid, to the fen.

mod money;

use crate::ordering::payers::tied;
use crate::ordering::verified;
use crate::payments::{Till, recounted, url};
use crate::support::mail::received;
use crate::support::market::{CITY, COUNTY};
use crate::support::people::Person;
use crate::support::{Answered, Ask};
use diesel::connection::SimpleConnection;
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::each;
use yigou::identity::PayerKind;
use yigou::kernel::actor::{OrgKind, Role};

pub const STATEMENTS: &str = "/api/v1/statements";

pub fn of(id: &str, what: &str) -> String {
    format!("{STATEMENTS}/{id}/{what}")
}

/// What a supplier asks to be stated of a buyer for days.
pub fn period(till: &Till, from: &str, until: &str) -> Value {
    json!({ "buyer_id": till.market.trader.org_id, "from": from, "until": until })
}

/// Everything of March.
pub fn march(till: &Till) -> Value {
    period(till, "2021-03-01", "2021-03-31")
}

/// Drawn up; its id.
pub async fn drafted(till: &Till) -> String {
    till.seller().post(STATEMENTS, march(till)).expect(201).await.id()
}

pub async fn submit(till: &Till, id: &str) -> Answered {
    till.seller().post(&of(id, "submission"), json!({})).expect(200).await
}

/// Drawn up and submitted; its id.
pub async fn submitted(till: &Till) -> String {
    let id = drafted(till).await;
    submit(till, &id).await;
    id
}

pub async fn shown(who: &Person, id: &str) -> Value {
    who.get(&format!("{STATEMENTS}/{id}")).expect(200).await.json()
}

/// Every line of the shown revision is agreed on.
pub fn agreed(view: &Value) -> Value {
    let lines: Vec<Value> =
        (1..=view["lines"].as_array().unwrap().len()).map(|no| json!({ "line_no": no, "result": "agreed" })).collect();
    json!({ "revision": view["revision"], "lines": lines })
}

/// The buyer agrees with every line of what it is shown.
pub async fn agree(till: &Till, id: &str) -> Value {
    let view = shown(&till.market.trader, id).await;
    till.market.trader.post(&of(id, "reconciliations"), agreed(&view)).expect(200).await.json()
}

/// Drawn up, submitted and confirmed; its id.
pub async fn confirmed(till: &Till) -> String {
    let id = submitted(till).await;
    assert_eq!(agree(till, &id).await["state"], "confirmed");
    id
}

pub fn transfer(who: &Person, id: &str, fen: i64) -> Ask {
    who.post(&of(id, "payments"), json!({ "amount_fen": fen }))
}

/// The amounts of each line: accepted, returned, disputed, paid, reported, payable.
pub fn amounts(view: &Value) -> Vec<[i64; 6]> {
    let names = ["amount_fen", "returned_fen", "disputed_fen", "paid_fen", "reported_fen", "payable_fen"];
    let line = |line: &Value| names.map(|name| line[name].as_i64().unwrap());
    view["lines"].as_array().unwrap().iter().map(line).collect()
}

/// What stands open of each order today: to be paid and to be invoiced.
pub fn open(view: &Value) -> Vec<(i64, i64)> {
    let fen = |order: &Value, name: &str| order[name].as_i64().unwrap();
    view["orders"].as_array().unwrap().iter().map(|o| (fen(o, "open_fen"), fen(o, "to_invoice_fen"))).collect()
}

/// Line, source, kind, stated and found of a difference.
type Told = (Option<i64>, String, String, i64, Option<i64>);

/// The differences of a revision.
fn differences(view: &Value, revision: i64) -> Vec<Told> {
    let own = view["differences"].as_array().unwrap().iter().filter(|one| one["revision"] == json!(revision));
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    own.map(|d| {
        let stated = d["stated_fen"].as_i64().unwrap();
        (d["line_no"].as_i64(), text(d, "source"), text(d, "kind"), stated, d["found_fen"].as_i64())
    })
    .collect()
}

fn told(source: &str, line: Option<i64>, kind: &str, stated: i64, found: i64) -> Told {
    (line, source.to_owned(), kind.to_owned(), stated, Some(found))
}

async fn ids(who: &Person, filter: &str) -> Vec<String> {
    let page = who.get(&format!("{STATEMENTS}?limit=200{filter}")).expect(200).await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// An order with freight, accepted in full; its id.
async fn with_freight(till: &Till, boxes: &str, freight: i64) -> String {
    let mut body = till.market.order(&[(till.goods, boxes)]);
    body["freights"] = json!([{ "supplier_id": till.seller().org_id, "freight_fen": freight }]);
    let order = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
    till.market.hand_over(0, &order, &[boxes]).await;
    till.market.accept(&order, &[(1, boxes, "0")]).await;
    order
}

on_both! {
    async fn a_statement_goes_its_whole_way(app) {
        let till = Till::open(app).await;
        let (seller, buyer) = (till.seller(), &till.market.trader);
        for who in [seller, buyer, &till.payer] {
            app.reachable(who).await;
        }
        let first = with_freight(&till, "3", 300).await;
        let second = till.accepted("2").await;
        till.pay(&second, 500).await;
        // Not accepted yet: nothing to state.
        till.market.deliver(0, &[(till.goods, "9")]).await;
        let made = seller.post(STATEMENTS, march(&till)).expect(201).await;
        let (id, view) = (made.id(), made.json());
        assert_eq!(amounts(&view), [[3000, 0, 0, 0, 0, 3000], [300, 0, 0, 0, 0, 300], [2000, 0, 0, 500, 0, 1500]]);
        let line = |no: usize, name: &str| view["lines"][no][name].clone();
        assert_eq!([line(0, "order_id"), line(1, "order_line_no"), line(1, "quantity"), line(2, "order_id")], [json!(first), json!(0), Value::Null, json!(second)]);
        assert_eq!([line(0, "quantity"), line(0, "unit_price_fen"), line(0, "accepted_on")], [json!("3"), json!(1000), json!("2021-03-01")]);
        assert_eq!((&view["state"], &view["payable_fen"], &view["payer_id"]), (&json!("draft"), &json!(4800), &json!(till.payer.org_id)));
        // A draft is the supplier's alone.
        buyer.get(&format!("{STATEMENTS}/{id}")).refused("not_found").await;
        buyer.post(&of(&id, "reconciliations"), agreed(&view)).refused("not_found").await;
        assert_eq!((ids(buyer, "").await, ids(seller, "&status=draft").await), (vec![], vec![id.clone()]));
        let set = json!({ "invoices": [paper(1, 3300, &[&first])] });
        seller.post(&of(&id, "invoices"), set).refused("wrong_state").await;
        transfer(&till.payer, &id, 1).refused("not_found").await;
        app.run_jobs().await;
        let mails = received(&buyer.email).len();
        assert_eq!(submit(&till, &id).await.int("/revision"), 1);
        app.run_jobs().await;
        let mail = received(&buyer.email).split_off(mails);
        assert!(mail.len() == 1 && mail[0].text().contains("48.00") && mail[0].text().contains(&id), "{}", mail.len());
        seller.post(&of(&id, "submission"), json!({})).refused("wrong_state").await;
        seller.post(&of(&id, "amendments"), json!({ "leave_out": [second] })).refused("wrong_state").await;
        // The buyer agrees; the lines are frozen.
        let view = shown(buyer, &id).await;
        let key = buyer.bare_post(&of(&id, "reconciliations"), agreed(&view)).key("match-1");
        let done = key.clone().expect(200).await;
        assert_eq!((done.str("/state"), done.int("/payable_fen")), ("confirmed".to_owned(), 4800));
        assert_eq!(done.json()["confirmed_by"], json!(buyer.user_id));
        assert_eq!(key.expect(200).await.header("idempotency-replayed"), Some("true"));
        buyer.post(&of(&id, "reconciliations"), agreed(&view)).refused("wrong_state").await;
        seller.post(&of(&id, "withdrawals"), json!({ "reason": "写错" })).refused("wrong_state").await;
        for table in ["statement_lines", "statement_differences"] {
            for sql in [format!("UPDATE {table} SET line_no = 7"), format!("DELETE FROM {table}")] {
                let refused = app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await;
                assert!(table != "statement_lines" || refused.unwrap_err().parts().cause.as_deref().unwrap().contains("append-only"));
            }
        }
        assert_eq!(open(&shown(buyer, &id).await), [(3300, 3300), (1500, 2000)]);
        // One set of invoices, one transfer.
        let set = json!({ "invoices": [paper(1, 3300, &[&first]), paper(2, 2000, &[&second])] });
        let filed = seller.post(&of(&id, "invoices"), set).expect(201).await.json();
        assert_eq!(filed["invoices"][0]["lines"].as_array().unwrap().len(), 2);
        let paid = transfer(&till.payer, &id, 4800).expect(201).await;
        assert_eq!((paid.str("/allocation"), paid.int("/open_fen"), paid.str("/state")), ("exact".to_owned(), 0, "reported".to_owned()));
        let parts: Vec<(Value, Value)> = paid.json()["orders"].as_array().unwrap().iter().map(|p| (p["order_id"].clone(), p["amount_fen"].clone())).collect();
        assert_eq!(parts, [(json!(first), json!(3300)), (json!(second), json!(1500))]);
        transfer(&till.payer, &id, 1).refused("payment_mismatch").await;
        till.confirm(&first, &paid.id()).await;
        let end = shown(seller, &id).await;
        assert_eq!((open(&end), &end["payment_ids"], end["invoice_ids"].as_array().unwrap().len()), (vec![(0, 0), (0, 0)], &json!([paid.id()]), 2));
        // What was stated stays as it was stated.
        assert_eq!(amounts(&end), amounts(&view));
        for order in [&first, &second] {
            till.rate(order).await;
            assert_eq!(till.counting(order).await["completed"], json!(true));
        }
        verified(app).await;
        recounted(app).await;
    }

    async fn differences_send_it_back_and_a_revision_says_what_changed(app) {
        let till = Till::open(app).await;
        let (seller, buyer) = (till.seller(), &till.market.trader);
        let mut orders = Vec::new();
        for boxes in ["5", "4", "3", "2"] {
            orders.push(till.accepted(boxes).await);
        }
        let id = submitted(&till).await;
        // Since then: goods accepted, returned, disputed and paid.
        let late = till.accepted("1").await;
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "2" }] });
        till.market.acceptor.post(&url(&orders[0], "returns"), back).expect(201).await;
        let claim = json!({ "kind": "quality", "text": "有霉斑", "lines": [{ "line_no": 1, "amount_fen": 700 }] });
        buyer.post(&url(&orders[1], "disputes"), claim).expect(201).await;
        till.report(&orders[2], 1000).await;
        let view = shown(buyer, &id).await;
        // Every result is looked at, and every fault named.
        let results = |lines: Value| json!({ "revision": 1, "lines": lines });
        let wrong = results(json!([{ "line_no": 1, "result": "differing" }, { "line_no": 1, "result": "agreed" }, { "line_no": 9, "result": "agreed" },
            { "line_no": 2, "result": "agreed", "quantity": "1" }]));
        let refused = buyer.post(&of(&id, "reconciliations"), wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/lines/0/amount_fen", "/lines/0/reason", "/lines/1/line_no", "/lines/2/line_no", "/lines/3/quantity", "/lines"]);
        let stale = json!({ "revision": 2, "lines": agreed(&view)["lines"] });
        buyer.post(&of(&id, "reconciliations"), stale).refused("stale_version").await;
        let said = results(json!([{ "line_no": 1, "result": "agreed" }, { "line_no": 2, "result": "agreed" }, { "line_no": 3, "result": "agreed" },
            { "line_no": 4, "result": "differing", "quantity": "1", "amount_fen": 1000, "reason": "只收到一箱" }]));
        let answered = buyer.post(&of(&id, "reconciliations"), said).expect(200).await.json();
        assert_eq!(answered["state"], "differing");
        let want = [
            told("buyer", Some(4), "claimed", 2000, 1000),
            told("records", Some(1), "returned_since", 0, 2000),
            told("records", Some(2), "in_dispute", 0, 700),
            told("records", Some(3), "already_paid", 0, 1000),
            told("records", None, "accepted_since", 0, 1000),
        ];
        assert_eq!(differences(&answered, 1), want);
        // The supplier looks into it and leaves the order out that they do not agree about. The buyer sees that once it is submitted.
        let amend = |out: Value| seller.post(&of(&id, "amendments"), json!({ "leave_out": out, "note": "第四单另行核对" }));
        let strange = till.market.place(&[(till.goods, "1")]).await;
        assert_eq!(amend(json!([orders[3], strange])).refused("not_found").await.pointers(), ["/leave_out/1"]);
        let amended = amend(json!([orders[3]])).expect(200).await.json();
        assert_eq!((&amended["state"], &amended["revision"], &amended["left_out"]), (&json!("differing"), &json!(2), &json!([orders[3]])));
        assert_eq!(amend(json!([orders[3]])).refused("validation_failed").await.pointers(), ["/leave_out"]);
        assert_eq!(amounts(&amended), [[5000, 2000, 0, 0, 0, 3000], [4000, 0, 700, 0, 0, 3300], [3000, 0, 0, 0, 1000, 2000], [1000, 0, 0, 0, 0, 1000]]);
        let still = shown(buyer, &id).await;
        assert_eq!((&still["revision"], still["lines"].as_array().unwrap().len(), still["revisions"].as_array().unwrap().len()), (&json!(1), 4, 1));
        buyer.post(&of(&id, "reconciliations"), agreed(&still)).refused("wrong_state").await;
        submit(&till, &id).await;
        let changes = shown(buyer, &id).await["revisions"][1]["changes"].clone();
        let changes: Vec<(Value, Value, i64, i64)> = changes.as_array().unwrap().iter()
            .map(|c| (c["change"].clone(), c["order_id"].clone(), c["before_fen"].as_i64().unwrap(), c["after_fen"].as_i64().unwrap())).collect();
        assert_eq!(changes, [
            (json!("changed"), json!(orders[0]), 5000, 3000),
            (json!("changed"), json!(orders[1]), 4000, 3300),
            (json!("changed"), json!(orders[2]), 3000, 2000),
            (json!("added"), json!(late), 0, 1000),
            (json!("removed"), json!(orders[3]), 2000, 0),
        ]);
        let done = agree(&till, &id).await;
        assert_eq!((&done["state"], &done["payable_fen"], differences(&done, 2)), (&json!("confirmed"), &json!(9300), vec![]));
        // The order that was left out may stand in another statement.
        let other = shown(seller, &drafted(&till).await).await;
        assert_eq!((other["lines"].as_array().unwrap().len(), &other["lines"][0]["order_id"]), (1, &json!(orders[3])));
        recounted(app).await;
    }

    async fn it_is_submitted_again_as_it_is_and_as_the_records_stand(app) {
        let till = Till::open(app).await;
        let (seller, buyer) = (till.seller(), &till.market.trader);
        till.accepted("5").await;
        let id = drafted(&till).await;
        // What came before it was submitted is in what is submitted.
        till.accepted("1").await;
        let sent = seller.post(&of(&id, "submission"), json!({ "note": "三月" })).expect(200).await.json();
        assert_eq!((&sent["revision"], sent["lines"].as_array().unwrap().len(), &sent["revisions"][1]["note"]), (&json!(2), 2, &json!("三月")));
        assert_eq!(shown(buyer, &id).await["revisions"].as_array().unwrap().len(), 1);
        let claim = json!({ "revision": 2, "lines": [{ "line_no": 1, "result": "differing", "amount_fen": 4000, "reason": "少一箱" },
            { "line_no": 2, "result": "agreed" }] });
        assert_eq!(buyer.post(&of(&id, "reconciliations"), claim).expect(200).await.str("/state"), "differing");
        // The supplier insists: a revision of its own, without a change.
        assert_eq!(submit(&till, &id).await.int("/revision"), 3);
        let view = shown(buyer, &id).await;
        assert_eq!((&view["revisions"][1]["changes"], amounts(&view).len()), (&json!([]), 2));
        assert_eq!(agree(&till, &id).await["state"], "confirmed");
        assert_eq!(open(&shown(buyer, &id).await), [(5000, 5000), (1000, 1000)]);
    }

    async fn an_acceptance_stands_in_one_statement(app) {
        let till = Till::open(app).await;
        let seller = till.seller();
        let order = till.market.deliver(0, &[(till.goods, "10")]).await;
        till.market.accept(&order, &[(1, "4", "0")]).await;
        let first = drafted(&till).await;
        let again = seller.post(STATEMENTS, march(&till)).refused("already_exists").await;
        assert_eq!(again.json()["statements"], json!([first]));
        // The same order goes on: what is accepted later stands in the next one.
        submit(&till, &first).await;
        assert_eq!(agree(&till, &first).await["state"], "confirmed");
        app.clock.set_day("2021-04-02");
        till.market.accept(&order, &[(1, "5", "1")]).await;
        assert_eq!(seller.post(STATEMENTS, march(&till)).refused("already_exists").await.json()["statements"], json!([first]));
        let april = period(&till, "2021-03-01", "2021-04-30");
        let next = seller.post(STATEMENTS, april.clone()).expect(201).await;
        assert_eq!(amounts(&next.json()), [[5000, 0, 0, 0, 0, 5000]]);
        // What is taken back is free again; nothing else happens to it.
        let gone = seller.post(&of(&next.id(), "withdrawals"), json!({ "reason": "重做" })).expect(200).await;
        assert_eq!((gone.str("/state"), gone.str("/withdrawal_reason")), ("withdrawn".to_owned(), "重做".to_owned()));
        for (what, body) in [("submission", json!({})), ("amendments", json!({ "leave_out": [] })), ("withdrawals", json!({ "reason": "x" }))] {
            seller.post(&of(&next.id(), what), body).refused("wrong_state").await;
        }
        let anew = seller.post(STATEMENTS, april).expect(201).await.id();
        submit(&till, &anew).await;
        assert_eq!(agree(&till, &anew).await["state"], "confirmed");
        // A transfer for the second statement pays that, although the first one is older and unpaid.
        let paid = transfer(&till.payer, &anew, 5000).expect(201).await;
        assert_eq!(paid.str("/allocation"), "exact");
        assert_eq!((open(&shown(seller, &first).await), open(&shown(seller, &anew).await)), (vec![(4000, 4000)], vec![(0, 5000)]));
        till.confirm(&order, &paid.id()).await;
        // Any other money pays the oldest first.
        till.pay(&order, 1500).await;
        assert_eq!((open(&shown(seller, &first).await), open(&shown(seller, &anew).await)), (vec![(2500, 4000)], vec![(0, 5000)]));
        // Either is invoiced for itself.
        for (n, id, fen) in [(1, &first, 4000), (2, &anew, 5000)] {
            seller.post(&of(id, "invoices"), json!({ "invoices": [paper(n, fen, &[&order])] })).expect(201).await;
        }
        recounted(app).await;
    }

    async fn of_two_statements_at_one_moment_one_is_drawn_up(app) {
        let till = Till::open(app).await;
        for boxes in ["3", "2"] {
            till.accepted(boxes).await;
        }
        let other = app.person(till.seller().org_id, &[Role::Seller]).await;
        let ask = |who: &Person| who.post(STATEMENTS, march(&till)).send();
        let (a, b) = join(ask(till.seller()), ask(&other)).await;
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", a.text(), b.text());
        let refused = if a.status == 409 { &a } else { &b };
        assert_eq!(refused.str("/code"), "already_exists");
        assert_eq!(ids(till.seller(), "").await.len(), 1);
        // So it is when both are submitted, and one person at the buyer's is first.
        let id = ids(till.seller(), "").await.remove(0);
        submit(&till, &id).await;
        let view = shown(&till.market.trader, &id).await;
        let match_it = |who: &Person| who.post(&of(&id, "reconciliations"), agreed(&view)).send();
        let (a, b) = join(match_it(&till.market.trader), match_it(&till.market.acceptor)).await;
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", a.text(), b.text());
    }

    async fn a_confirmation_and_a_return_at_one_moment_are_one_after_another(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let id = submitted(&till).await;
        let view = shown(&till.market.trader, &id).await;
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let returned = till.market.acceptor.post(&url(&order, "returns"), back).send();
        let matched = till.market.trader.post(&of(&id, "reconciliations"), agreed(&view)).send();
        let (returned, matched) = join(returned, matched).await;
        assert_eq!((returned.status, matched.status), (201, 200), "{} {}", returned.text(), matched.text());
        let end = shown(&till.market.trader, &id).await;
        let since = end["orders"].as_array().unwrap().first().map(|order| order["returned_since_fen"].clone());
        match end["state"].as_str().unwrap() {
            "confirmed" => assert_eq!((since, open(&end)), (Some(json!(1000)), vec![(2000, 2000)])),
            other => assert_eq!((other, differences(&end, 1)), ("differing", vec![told("records", Some(1), "returned_since", 0, 1000)])),
        }
        recounted(app).await;
    }

    async fn others_see_nothing_of_it(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(till.payer.org_id, head.org_id).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, CITY, &[Role::Reviewer]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::Auditor]).await;
        let strangers = [
            app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await,
            app.new_person(OrgKind::Cooperative, COUNTY, &[Role::Seller]).await,
            app.new_person(OrgKind::FinanceBureau, "640323", &[Role::Reviewer]).await,
        ];
        let id = drafted(&till).await;
        let path = format!("{STATEMENTS}/{id}");
        for who in strangers.iter().chain([&head, &bureau, &operator, &till.payer]) {
            who.get(&path).refused("not_found").await;
            assert_eq!(ids(who, "").await, Vec::<String>::new());
        }
        submit(&till, &id).await;
        let again = till.seller().post(&of(&id, "withdrawals"), json!({ "reason": "先撤" })).expect(200).await;
        assert_eq!(shown(&till.payer, &again.id()).await["state"], "withdrawn");
        let id = submitted(&till).await;
        let path = format!("{STATEMENTS}/{id}");
        for who in [&head, &bureau, &operator, &till.payer, till.seller()] {
            who.get(&path).expect(200).await;
            assert_eq!(ids(who, "&status=submitted").await, std::slice::from_ref(&id));
        }
        let view = shown(&till.payer, &id).await;
        for who in &strangers {
            who.get(&path).refused("not_found").await;
            assert_eq!(ids(who, &format!("&buyer_id={}", till.payer.org_id)).await, Vec::<String>::new());
        }
        strangers[0].post(&of(&id, "reconciliations"), agreed(&view)).refused("not_found").await;
        strangers[1].post(&of(&id, "withdrawals"), json!({ "reason": "x" })).refused("not_found").await;
        strangers[1].post(&of(&id, "submission"), json!({})).refused("not_found").await;
        // Nobody learns with whom others trade.
        let foreign = json!({ "buyer_id": strangers[0].org_id, "from": "2021-03-01", "until": "2021-03-31" });
        assert_eq!(till.seller().post(STATEMENTS, foreign).refused("validation_failed").await.pointers(), ["/buyer_id"]);
        assert_eq!(strangers[1].post(STATEMENTS, march(&till)).refused("validation_failed").await.pointers(), ["/buyer_id"]);
        let long = period(&till, "2021-01-01", "2021-04-03");
        assert_eq!(strangers[1].post(STATEMENTS, long).refused("validation_failed").await.pointers(), ["/until", "/buyer_id"]);
        let mut out = march(&till);
        out["leave_out"] = json!([order]);
        assert_eq!(till.seller().post(STATEMENTS, out).refused("validation_failed").await.pointers(), ["/leave_out"]);
        let csv = till.payer.get(&path).header("accept", "text/csv").expect(200).await;
        assert!(csv.text().contains("盐池滩羊") && csv.text().contains("合计") && csv.text().contains("30.00"), "{}", csv.text());
        let list = till.payer.get(&format!("{STATEMENTS}?limit=1")).header("accept", "text/csv").expect(200).await;
        assert!(list.text().contains(&id) && list.header("link").unwrap().contains("cursor="), "{}", list.text());
    }

    async fn whoever_pays_is_one_and_sees_it(app) {
        let till = Till::open(app).await;
        let (seller, buyer) = (till.seller(), &till.market.trader);
        let centre = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Payer, Role::Trader]).await;
        tied(app, buyer.org_id, centre.org_id, PayerKind::AccountingCentre).await;
        app.reachable(&centre).await;
        let own = till.accepted("2").await;
        let mut body = till.market.order(&[(till.goods, "3")]);
        body["payer_id"] = json!(centre.org_id);
        let order = buyer.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &order, &["3"]).await;
        till.market.accept(&order, &[(1, "3", "0")]).await;
        // An invoice and a transfer are of one payer, and so is a statement.
        let several = seller.post(STATEMENTS, march(&till)).refused("validation_failed").await;
        assert_eq!(several.pointers(), ["/payer_id"]);
        assert!(several.text().contains(&centre.org_id.to_string()));
        let mut body = march(&till);
        body["payer_id"] = json!(centre.org_id);
        let id = seller.post(STATEMENTS, body).expect(201).await.id();
        submit(&till, &id).await;
        let view = shown(&centre, &id).await;
        assert_eq!(amounts(&view), [[3000, 0, 0, 0, 0, 3000]]);
        centre.post(&of(&id, "reconciliations"), agreed(&view)).refused("forbidden").await;
        assert_eq!(agree(&till, &id).await["state"], "confirmed");
        app.run_jobs().await;
        assert!(received(&centre.email).iter().any(|mail| mail.text().contains("30.00") && mail.text().contains(&id)));
        let paid = transfer(&centre, &id, 3000).expect(201).await;
        assert_eq!((paid.str("/payer_id"), paid.str("/allocation")), (centre.org_id.to_string(), "exact".to_owned()));
        till.confirm(&order, &paid.id()).await;
        let mut body = march(&till);
        body["payer_id"] = json!(buyer.org_id);
        let rest = seller.post(STATEMENTS, body).expect(201).await.json();
        assert_eq!((&rest["payer_id"], &rest["lines"][0]["order_id"]), (&json!(buyer.org_id), &json!(own)));
        recounted(app).await;
    }
}

/// An exempt invoice over whole orders.
pub fn paper(number: u32, gross: i64, orders: &[&String]) -> Value {
    json!({ "code": "064002100111", "number": format!("{number:08}"), "issued_on": "2021-03-01", "net_fen": gross, "tax_fen": 0,
        "gross_fen": gross, "order_ids": orders })
}
