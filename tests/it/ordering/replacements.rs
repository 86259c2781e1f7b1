//! Rejected goods that are sent again (换货), on both databases.

use super::{quota, stock, verified};
use crate::payments::{Till, recounted, url};
use crate::support::market::{CITY, confirm};
use crate::support::people::Person;
use crate::support::{Answered, Ask};
use futures_util::future::join_all;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::terms::Fund;
use yigou::ledger::{self, Owner};

fn ask(who: &Person, order: &str, quantity: &str) -> Ask {
    let body = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": quantity }] });
    who.post(&url(order, "replacements"), body)
}

pub fn answer(who: &Person, order: &str, replacement: &str, decision: &str) -> Ask {
    let body = json!({ "decision": decision, "reason": "理由如下" });
    who.post(&url(order, &format!("replacements/{replacement}/answers")), body)
}

fn withdrawal(who: &Person, order: &str, replacement: &str) -> Ask {
    who.post(&url(order, &format!("replacements/{replacement}/withdrawals")), json!({ "reason": "不换了" }))
}

/// Asked for; its id.
pub async fn asked(who: &Person, order: &str, quantity: &str) -> String {
    ask(who, order, quantity).expect(201).await.str("/replacements/0/id")
}

fn ship(who: &Person, order: &str, quantity: &str) -> Ask {
    let body = json!({ "lines": [{ "line_no": 1, "lot": "B2", "quantity": quantity }] });
    who.post(&url(order, "shipments"), body)
}

async fn shown(who: &Person, order: &str) -> Value {
    who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json()
}

async fn waits(who: &Person, kind: &str, order: &str) -> bool {
    let items = who.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
    items.iter().any(|task| task["kind"] == kind && task["subject"] == json!(order))
}

on_both! {
    async fn rejected_goods_are_sent_again_and_the_order_opened_for_it(app) {
        let till = Till::open(app).await;
        let (seller, acceptor, unit) = (till.seller(), &till.market.acceptor, till.market.trader.org_id);
        app.reachable(seller).await;
        let order = till.market.deliver(0, &[(till.goods, "10")]).await;
        let line = json!({ "line_no": 1, "accepted": "7", "rejected": "3", "reason": "破损", "replace": "4" });
        let refused = acceptor.post(&url(&order, "acceptances"), json!({ "lines": [line] })).refused("quantity_exceeded").await;
        assert_eq!(refused.pointers(), ["/lines/0/replace"]);
        let line = json!({ "line_no": 1, "accepted": "7", "rejected": "3", "reason": "破损", "replace": "2" });
        let accepted = acceptor.post(&url(&order, "acceptances"), json!({ "lines": [line] })).expect(201).await;
        assert_eq!(accepted.str("/order/state"), "closed");
        let seen = shown(seller, &order).await;
        let wanted = &seen["replacements"][0];
        assert_eq!((&wanted["quantity"], &wanted["acceptance_id"], &wanted["state"]), (&json!("2"), &json!(accepted.id()), &json!("open")));
        let id = wanted["id"].as_str().unwrap().to_owned();
        app.run_jobs().await;
        assert!(crate::support::mail::received(&seller.email).iter().any(|mail| mail.text().contains(&order)));
        assert!(waits(seller, "answer_replacement", &order).await);
        // One more of the three may be asked for.
        assert_eq!(ask(acceptor, &order, "2").refused("quantity_exceeded").await.pointers(), ["/lines/0/quantity"]);
        assert_eq!(ask(acceptor, &order, "0.5").refused("quantity_not_whole").await.pointers(), ["/lines/0/quantity"]);
        let more = asked(acceptor, &order, "1").await;
        withdrawal(acceptor, &order, &more).expect(201).await;
        answer(seller, &order, &more, "agree").refused("wrong_state").await;
        let before = (quota(app, unit, 2021).await, stock(app, till.goods).await);
        let agreed = answer(seller, &order, &id, "agree").expect(201).await;
        assert_eq!(agreed.str("/order/state"), "confirmed");
        let after = (quota(app, unit, 2021).await, stock(app, till.goods).await);
        assert_eq!((after.0.pending - before.0.pending, after.1.pending - before.1.pending), (2000, 2000));
        let seen = shown(seller, &order).await;
        let line = &seen["lines"][0];
        assert_eq!((&line["shipped"], &line["rejected"], &line["closed"], &seen["closed_at"]), (&json!("8"), &json!("1"), &json!(false), &Value::Null));
        assert!(waits(seller, "ship_order", &order).await);
        till.pay(&order, 7000).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["completed"], json!(false));
        ship(seller, &order, "3").refused("quantity_exceeded").await;
        ship(seller, &order, "2").expect(201).await;
        till.market.accept(&order, &[(1, "2", "0")]).await;
        till.pay(&order, 2000).await;
        let done = till.counting(&order).await;
        assert_eq!((&done["completed"], &done["completed_fen"]), (&json!(true), &json!(9000)));
        let kinds: Vec<&str> = done["facts"].as_array().unwrap().iter().map(|fact| fact["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["accepted", "line_closed", "line_reopened", "paid", "rated", "accepted", "line_closed", "paid"]);
        assert_eq!((quota(app, unit, 2021).await.pending, quota(app, unit, 2021).await.posted), (0, 9000));
        assert_eq!((stock(app, till.goods).await.pending, stock(app, till.goods).await.posted), (0, 12_000));
        // What counts as completed is opened no more.
        ask(acceptor, &order, "1").refused("wrong_state").await;
        verified(app).await;
        recounted(app).await;
    }

    async fn nothing_is_sent_again_that_cannot_be_had(app) {
        let till = Till::open(app).await;
        let (seller, acceptor, unit) = (till.seller(), &till.market.acceptor, till.market.trader.org_id);
        let few = till.market.listing(app, 0, 1000, "5", false).await;
        let order = till.market.deliver(0, &[(few, "5")]).await;
        till.market.accept(&order, &[(1, "3", "2")]).await;
        let id = asked(acceptor, &order, "2").await;
        answer(seller, &order, &id, "agree").refused("out_of_stock").await;
        assert_eq!(shown(seller, &order).await["state"], json!("closed"));
        assert_eq!(answer(seller, &order, &id, "refuse").expect(201).await.str("/order/state"), "closed");
        answer(seller, &order, &id, "agree").refused("wrong_state").await;
        // Nor beyond the ceiling: 30.00 are spent, 20.00 held by another order.
        let other = till.market.deliver(0, &[(till.goods, "5")]).await;
        till.market.accept(&other, &[(1, "3", "2")]).await;
        let owner = Owner::Quota { unit, year: 2021, fund: Fund::Canteen };
        app.write(move |tx| {
            let account = ledger::account(tx, &owner)?;
            ledger::set_limit(tx, ledger::transfer_id(&["test", "ceiling"]), account, 7000)
        }).await.unwrap();
        let id = asked(acceptor, &other, "2").await;
        assert_eq!(answer(seller, &other, &id, "agree").refused("ceiling_exceeded").await.int("/left_fen"), 1000);
        withdrawal(acceptor, &other, &id).expect(201).await;
        let one = asked(acceptor, &other, "1").await;
        answer(seller, &other, &one, "agree").expect(201).await;
        // It may be written off like any that is owed.
        let off = json!({ "reason": "无货", "lines": [{ "line_no": 1 }] });
        seller.post(&url(&other, "short-closures"), off).expect(201).await;
        assert_eq!((quota(app, unit, 2021).await.pending, shown(seller, &other).await["state"].clone()), (0, json!("closed")));
        verified(app).await;
        recounted(app).await;
    }

    async fn who_asks_and_who_answers(app) {
        let till = Till::open(app).await;
        let (seller, acceptor) = (till.seller(), &till.market.acceptor);
        let order = till.market.deliver(0, &[(till.goods, "4")]).await;
        ask(acceptor, &order, "1").refused("quantity_exceeded").await;
        till.market.accept(&order, &[(1, "1", "2")]).await;
        ask(&till.market.trader, &order, "1").refused("forbidden").await;
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Acceptor]).await;
        ask(&stranger, &order, "1").refused("not_found").await;
        let id = asked(acceptor, &order, "1").await;
        let other = app.new_person(OrgKind::Cooperative, CITY, &[Role::Seller]).await;
        answer(&other, &order, &id, "agree").refused("not_found").await;
        let no = json!({ "decision": "refuse" });
        assert_eq!(seller.post(&url(&order, &format!("replacements/{id}/answers")), no).refused("validation_failed").await.pointers(), ["/reason"]);
        // Of a line that is still open as well: one box waits, one of the rejected is sent again.
        answer(seller, &order, &id, "agree").expect(201).await;
        ship(seller, &order, "1").expect(201).await;
        till.market.accept(&order, &[(1, "2", "0")]).await;
        let seen = shown(seller, &order).await;
        assert_eq!((&seen["state"], &seen["accepted_fen"], &seen["lines"][0]["rejected"]), (&json!("closed"), &json!(3000), &json!("1")));
        let placed = till.market.place(&[(till.goods, "1")]).await;
        ask(acceptor, &placed, "1").refused("wrong_state").await;
        confirm(seller, &placed).expect(200).await;
        ask(acceptor, &placed, "1").refused("quantity_exceeded").await;
        verified(app).await;
        recounted(app).await;
    }

    async fn of_an_answer_and_a_withdrawal_of_a_replacement_one_holds(app) {
        let till = Till::open(app).await;
        let (seller, acceptor, unit) = (till.seller(), &till.market.acceptor, till.market.trader.org_id);
        let mut pending = 0;
        for _ in 0..4 {
            let order = till.market.deliver(0, &[(till.goods, "2")]).await;
            till.market.accept(&order, &[(1, "1", "1")]).await;
            let id = asked(acceptor, &order, "1").await;
            let asks = [
                answer(seller, &order, &id, "agree"),
                withdrawal(acceptor, &order, &id),
                answer(seller, &order, &id, "agree"),
            ];
            let done = join_all(asks.into_iter().map(Ask::send)).await;
            let won: Vec<usize> = (0..3).filter(|n| done[*n].status == 201).collect();
            assert_eq!(won.len(), 1, "{:?}", done.iter().map(Answered::text).collect::<Vec<_>>());
            pending += if won == [1] { 0 } else { 1000 };
        }
        assert_eq!(quota(app, unit, 2021).await.pending, pending);
        verified(app).await;
        recounted(app).await;
    }
}
