//! Disputes: the undisputed part stays due, exactly to the fen, on both databases.

use super::verified;
use crate::payments::{Till, recounted, url};
use crate::support::mail::received;
use crate::support::market::CITY;
use crate::support::people::Person;
use crate::support::{Answered, Ask};
use futures_util::future::join_all;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

fn dispute(lines: &[(i64, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(no, fen)| json!({ "line_no": no, "amount_fen": fen })).collect();
    json!({ "kind": "quality", "text": "到货有霉斑", "lines": lines })
}

fn of(id: &str, what: &str) -> String {
    format!("/api/v1/disputes/{id}/{what}")
}

/// Unpaid, disputed and undisputed.
async fn owed(who: &Person, order: &str) -> (i64, i64, i64) {
    let shown = who.get(&format!("/api/v1/orders/{order}")).expect(200).await;
    (shown.int("/owed/unpaid_fen"), shown.int("/owed/disputed_fen"), shown.int("/owed/undisputed_fen"))
}

/// What the payer is asked to pay of an order; nothing when it is not asked.
async fn asked(till: &Till, order: &str) -> Option<i64> {
    let tasks = till.payer.get("/api/v1/tasks").expect(200).await.json();
    let found = tasks["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["kind"] == "report_payment" && t["subject"] == json!(order));
    found.map(|task| task["amount_fen"].as_i64().unwrap())
}

/// A settlement that leaves this of line 1 payable; its id.
async fn proposed(who: &Person, id: &str, payable: i64) -> String {
    let body = json!({ "remedy": "return", "text": "退货一箱", "lines": [{ "line_no": 1, "payable_fen": payable }] });
    let shown = who.post(&of(id, "settlements"), body).expect(201).await.json();
    shown["settlements"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn decision(settlement: &str, decision: &str) -> Value {
    json!({ "settlement_id": settlement, "decision": decision, "reason": "理由如下" })
}

on_both! {
    async fn the_undisputed_part_is_due_although_part_is_disputed(app) {
        let till = Till::open(app).await;
        let order = till.accepted("10").await;
        let (trader, seller) = (&till.market.trader, till.seller());
        app.reachable(seller).await;
        assert_eq!((owed(trader, &order).await, asked(&till, &order).await), ((10_000, 0, 10_000), Some(10_000)));
        let report = crate::documents::store(trader, "a.txt", "evidence", "text/plain", "有霉斑".as_bytes()).await.id();
        let mut body = dispute(&[(1, 3000)]);
        body["files"] = json!([report]);
        seller.get(&format!("/api/v1/files/{report}")).refused("not_found").await;
        let opened = trader.post(&url(&order, "disputes"), body).expect(201).await;
        let id = opened.id();
        seller.get(&format!("/api/v1/files/{report}")).expect(200).await;
        assert_eq!((owed(seller, &order).await, asked(&till, &order).await), ((10_000, 3000, 7000), Some(7000)));
        assert_eq!(till.counting(&order).await["disputed_fen"], json!(3000));
        app.run_jobs().await;
        assert!(received(&seller.email).iter().any(|mail| mail.text().contains(&order) && mail.text().contains("30.00")));
        // Never more than is accepted, unpaid and undisputed: of the line, and of the order.
        assert_eq!(trader.post(&url(&order, "disputes"), dispute(&[(1, 7001)])).refused("dispute_exceeded").await.pointers(),
            ["/lines/0/amount_fen", "/lines"]);
        till.pay(&order, 2000).await;
        till.report(&order, 1000).await;
        assert_eq!(trader.post(&url(&order, "disputes"), dispute(&[(1, 4001)])).refused("dispute_exceeded").await.pointers(), ["/lines"]);
        assert_eq!(trader.post(&url(&order, "disputes"), dispute(&[(0, 1)])).refused("dispute_exceeded").await.pointers(), ["/lines/0/amount_fen"]);
        assert_eq!(trader.post(&url(&order, "disputes"), dispute(&[(7, 1)])).refused("validation_failed").await.pointers(), ["/lines/0/line_no"]);
        trader.post(&url(&order, "disputes"), dispute(&[(1, 4000)])).expect(201).await;
        assert_eq!((owed(trader, &order).await, asked(&till, &order).await), ((8000, 7000, 1000), None));
        // Both sides, the offices and nobody else see it.
        let bureau = app.new_person(OrgKind::FinanceBureau, CITY, &[Role::Reviewer]).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        for who in [trader, seller, &bureau] {
            let list = who.get("/api/v1/disputes?status=open").expect(200).await.json();
            assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
        }
        assert_eq!(stranger.get("/api/v1/disputes").expect(200).await.json()["items"], json!([]));
        stranger.get(&format!("/api/v1/disputes/{id}")).refused("not_found").await;
        stranger.post(&of(&id, "statements"), json!({ "text": "我也说" })).refused("not_found").await;
        bureau.post(&of(&id, "mediations"), json!({ "text": "建议复检" })).expect(201).await;
        let said = seller.post(&of(&id, "statements"), json!({ "text": "出库时完好" })).expect(201).await.json();
        let kinds: Vec<&Value> = said["entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
        assert_eq!(kinds, ["opened", "mediation", "statement"]);
        verified(app).await;
        recounted(app).await;
    }

    async fn a_settlement_frees_what_stays_payable_with_the_days_of_the_rule(app) {
        let till = Till::open(app).await;
        let order = till.accepted("10").await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let id = trader.post(&url(&order, "disputes"), dispute(&[(1, 3000)])).expect(201).await.id();
        till.pay(&order, 7000).await;
        app.clock.set_day("2021-03-20");
        let high = json!({ "remedy": "none", "text": "全付", "lines": [{ "line_no": 1, "payable_fen": 3001 }] });
        assert_eq!(seller.post(&of(&id, "settlements"), high).refused("dispute_exceeded").await.pointers(), ["/lines/0/payable_fen"]);
        let first = proposed(seller, &id, 2500).await;
        seller.post(&of(&id, "settlement-answers"), decision(&first, "agree")).refused("separation_of_duties").await;
        trader.post(&of(&id, "settlement-answers"), decision(&first, "refuse")).expect(200).await;
        let second = proposed(trader, &id, 2000).await;
        seller.post(&of(&id, "settlement-answers"), decision(&first, "agree")).refused("wrong_state").await;
        let settled = seller.post(&of(&id, "settlement-answers"), decision(&second, "agree")).expect(200).await;
        assert_eq!((settled.str("/state"), settled.int("/freed_fen"), settled.int("/withheld_fen")), ("settled".into(), 2000, 1000));
        assert_eq!((owed(trader, &order).await, asked(&till, &order).await), ((3000, 1000, 2000), Some(2000)));
        let shown = trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
        assert_eq!((&shown["owed"]["due_on"], &shown["owed"]["freed"][0]["due_on"]), (&json!("2021-03-31"), &json!("2021-04-19")));
        assert_eq!(shown["owed"]["freed"][0]["amount_fen"], json!(2000));
        // The remedy is recorded by who has to: what went back is owed no more, and disputed no more.
        let back = json!({ "reason": "霉斑", "lines": [{ "line_no": 1, "quantity": "1" }] });
        till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        assert_eq!((owed(trader, &order).await, asked(&till, &order).await), ((2000, 0, 2000), Some(2000)));
        till.pay(&order, 2000).await;
        till.rate(&order).await;
        let done = till.counting(&order).await;
        assert_eq!((done["completed"].clone(), done["completed_fen"].clone()), (json!(true), json!(9000)));
        trader.post(&of(&id, "withdrawals"), json!({ "reason": "不争了" })).refused("wrong_state").await;
        verified(app).await;
        recounted(app).await;
    }

    async fn what_is_withdrawn_is_due_again(app) {
        let till = Till::open(app).await;
        let order = till.accepted("2").await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let id = trader.post(&url(&order, "disputes"), dispute(&[(1, 2000)])).expect(201).await.id();
        assert_eq!(asked(&till, &order).await, None);
        let open = proposed(seller, &id, 2000).await;
        seller.post(&of(&id, "withdrawals"), json!({ "reason": "不争了" })).refused("wrong_state").await;
        trader.post(&of(&id, "withdrawals"), json!({ "reason": "不争了" })).expect(200).await;
        trader.post(&of(&id, "settlement-answers"), decision(&open, "agree")).refused("wrong_state").await;
        assert_eq!((owed(trader, &order).await, asked(&till, &order).await), ((2000, 0, 2000), Some(2000)));
        // Who owes gains no time by a dispute that it takes back.
        let shown = trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
        assert_eq!((&shown["owed"]["due_on"], &shown["owed"]["freed"]), (&json!("2021-03-31"), &json!([])));
        // A transfer for several orders pays what is due before what is disputed.
        let other = till.accepted("2").await;
        trader.post(&url(&order, "disputes"), dispute(&[(1, 1500)])).expect(201).await;
        let orders = json!([{ "order_id": order }, { "order_id": other }]);
        let paid = json!({ "items": [{ "amount_fen": 2500, "orders": orders }] });
        let parts = till.payer.post("/api/v1/payments", paid).expect(200).await.json();
        let mut amounts: Vec<i64> = parts["items"][0]["body"]["orders"].as_array().unwrap_or(&Vec::new()).iter()
            .map(|part| part["amount_fen"].as_i64().unwrap()).collect();
        amounts.sort_unstable();
        assert_eq!(amounts, [500, 2000], "{parts}");
        recounted(app).await;
    }

    async fn a_dispute_and_a_payment_at_one_moment_never_overlap(app) {
        let till = Till::open(app).await;
        for _ in 0..4 {
            let order = till.accepted("3").await;
            let asks = [
                till.payer.post(&url(&order, "payments"), json!({ "amount_fen": 2000 })),
                till.market.trader.post(&url(&order, "disputes"), dispute(&[(1, 2000)])),
                till.seller().post(&url(&order, "disputes"), dispute(&[(1, 2000)])),
            ];
            let done = join_all(asks.into_iter().map(Ask::send)).await;
            assert_eq!(done[0].status, 201, "a payment is never refused: {}", done[0].text());
            let opened = done[1..].iter().filter(|answer| answer.status == 201).count();
            let refused = done[1..].iter().filter(|answer| answer.status == 409).count();
            assert_eq!((opened <= 1, opened + refused), (true, 2), "{:?}", done.iter().map(Answered::text).collect::<Vec<_>>());
            let payment = done[0].json()["id"].as_str().unwrap().to_owned();
            till.confirm(&order, &payment).await;
            let (unpaid, disputed, undisputed) = owed(&till.payer, &order).await;
            assert_eq!((unpaid, disputed + undisputed), (1000, 1000));
            assert_eq!(disputed, if opened == 1 { 1000 } else { 0 });
        }
        verified(app).await;
        recounted(app).await;
    }

    async fn random_disputes_equal_a_naive_model(app) {
        let till = Till::open(app).await;
        let (trader, seller, acceptor) = (&till.market.trader, till.seller(), &till.market.acceptor);
        let mut seed = 20_210_301_u64;
        let mut chance = move |below: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((seed >> 33) % u64::try_from(below).unwrap()).unwrap()
        };
        let order = till.accepted("20").await;
        // Kept, paid and withheld, in fen; disputes that are open.
        let (mut kept, mut paid, mut withheld, mut open) = (20_000_i64, 0_i64, 0_i64, Vec::<String>::new());
        let (mut boxes, mut allowed) = (20, 0);
        for step in 0..60 {
            let (unpaid, at) = ((kept - paid).max(0), usize::try_from(chance(8)).unwrap());
            match chance(5) {
                0 if unpaid > 0 => {
                    let fen = 1 + chance(unpaid.min(1200));
                    till.pay(&order, fen).await;
                    paid += fen;
                }
                1 => {
                    let fen = 1 + chance(4000);
                    let fits = fen <= unpaid - withheld.min(unpaid) && fen <= kept - withheld;
                    let answered = trader.post(&url(&order, "disputes"), dispute(&[(1, fen)])).send().await;
                    assert_eq!(answered.status, if fits { 201 } else { 409 }, "step {step}: {}", answered.text());
                    if fits {
                        withheld += fen;
                        open.push(answered.id());
                    }
                }
                2 if !open.is_empty() => {
                    let id = open.remove(at % open.len());
                    let left = trader.get(&format!("/api/v1/disputes/{id}")).expect(200).await.int("/withheld_fen");
                    let payable = chance(left + 1);
                    if at % 2 == 0 {
                        let settlement = proposed(seller, &id, payable).await;
                        trader.post(&of(&id, "settlement-answers"), decision(&settlement, "agree")).expect(200).await;
                        withheld -= payable;
                    } else {
                        crate::ordering::allowances::settled(trader, seller, &id, "none", &[(1, payable)]).await;
                        (withheld, kept, allowed) = (withheld - left, kept - (left - payable), allowed + left - payable);
                    }
                }
                3 if !open.is_empty() => {
                    let id = open.remove(at % open.len());
                    withheld -= trader.get(&format!("/api/v1/disputes/{id}")).expect(200).await.int("/withheld_fen");
                    trader.post(&of(&id, "withdrawals"), json!({ "reason": "不争了" })).expect(200).await;
                }
                4 if kept > 2000 && at < 3 => {
                    let back = json!({ "reason": "霉斑", "lines": [{ "line_no": 1, "quantity": "1" }] });
                    acceptor.post(&url(&order, "returns"), back).expect(201).await;
                    let share = (2 * kept * (boxes - 1) + boxes) / (2 * boxes);
                    let worth = if allowed == 0 { 1000 } else { kept - share };
                    (kept, boxes, withheld) = (kept - worth, boxes - 1, withheld - withheld.min(worth));
                }
                _ => {}
            }
            let unpaid = (kept - paid).max(0);
            let disputed = withheld.min(unpaid);
            assert_eq!(owed(trader, &order).await, (unpaid, disputed, unpaid - disputed), "step {step}");
            let due = unpaid - withheld;
            assert_eq!(asked(&till, &order).await, (due > 0).then_some(due), "step {step}");
        }
        verified(app).await;
        recounted(app).await;
    }
}
