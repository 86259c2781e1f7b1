//! Changes of prices of placed orders (改价), on both databases.

use super::allowances::{disputed, settled};
use super::{quota, verified};
use crate::payments::{Till, recounted, url};
use crate::support::market::{CITY, confirm};
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::terms::Fund;
use yigou::ledger::{self, Owner};

fn price(line: i64, fen: i64) -> Value {
    json!({ "reason": "行情变动", "lines": [{ "line_no": line, "unit_price_fen": fen }] })
}

fn allowance(line: i64, fen: i64) -> Value {
    json!({ "reason": "折让", "lines": [{ "line_no": line, "allowance_fen": fen }] })
}

/// A proposal; its id.
pub async fn proposed(who: &Person, order: &str, body: Value) -> String {
    who.post(&url(order, "price-changes"), body).expect(201).await.id()
}

pub fn answer(who: &Person, order: &str, change: &str, decision: &str) -> Ask {
    let body = json!({ "decision": decision, "reason": "理由如下" });
    who.post(&url(order, &format!("price-changes/{change}/answers")), body)
}

fn approval(who: &Person, order: &str, change: &str, verdict: &str) -> Ask {
    let body = json!({ "verdict": verdict, "reason": "理由如下" });
    who.post(&url(order, &format!("price-changes/{change}/approvals")), body)
}

fn withdrawal(who: &Person, order: &str, change: &str) -> Ask {
    who.post(&url(order, &format!("price-changes/{change}/withdrawals")), json!({ "reason": "不改了" }))
}

async fn shown(who: &Person, order: &str) -> Value {
    who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json()
}

async fn asked(who: &Person, kind: &str) -> Vec<String> {
    let items = who.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
    let own = items.iter().filter(|task| task["kind"] == kind);
    own.map(|task| task["subject"].as_str().unwrap().to_owned()).collect()
}

/// The unit's year may hold and spend no more than this.
async fn ceiling(app: &TestApp, till: &Till, fen: i64) {
    let owner = Owner::Quota { unit: till.market.trader.org_id, year: 2021, fund: Fund::Canteen };
    app.write(move |tx| {
        let account = ledger::account(tx, &owner)?;
        ledger::set_limit(tx, ledger::transfer_id(&["test", "ceiling", &fen.to_string()]), account, fen)
    })
    .await
    .unwrap();
}

async fn band(app: &TestApp, fen: &str) {
    let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
    let row = json!({ "name": "approval_band_fen", "region_code": CITY, "effective_from": app.ctx().at.day(), "value": fen,
        "source": "测试通知〔2021〕5号" });
    operator.post("/api/v1/rules", row).expect(201).await;
}

on_both! {
    async fn a_lower_price_releases_what_was_held_too_much(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        app.reachable(trader).await;
        let order = till.market.place(&[(till.goods, "10")]).await;
        let change = proposed(seller, &order, price(1, 900)).await;
        assert_eq!((asked(trader, "answer_prices").await, asked(seller, "answer_prices").await), (vec![order.clone()], vec![]));
        app.run_jobs().await;
        assert!(crate::support::mail::received(&trader.email).iter().any(|mail| mail.text().contains(&order)));
        answer(seller, &order, &change, "agree").refused("separation_of_duties").await;
        let agreed = answer(trader, &order, &change, "agree").expect(200).await;
        assert_eq!((agreed.str("/state"), agreed.int("/lines/0/before_fen")), ("agreed".into(), 1000));
        answer(trader, &order, &change, "agree").refused("wrong_state").await;
        let seen = shown(trader, &order).await;
        assert_eq!((&seen["ordered_fen"], &seen["lines"][0]["unit_price_fen"], &seen["lines"][0]["line_fen"]), (&json!(9000), &json!(900), &json!(9000)));
        assert_eq!((quota(app, trader.org_id, 2021).await.pending, till.counting(&order).await["ordered_fen"].clone()), (9000, json!(9000)));
        let actions: Vec<&str> = seen["history"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert!(actions.ends_with(&["order.price_change_proposed", "order.price_changed"]), "{actions:?}");
        // The rest of its life goes at the new price.
        till.market.hand_over(0, &order, &["10"]).await;
        till.market.accept(&order, &[(1, "9", "1")]).await;
        till.pay(&order, 8100).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["completed_fen"], json!(8100));
        assert_eq!(asked(trader, "answer_prices").await, Vec::<String>::new());
        verified(app).await;
        recounted(app).await;
    }

    async fn a_higher_price_holds_the_difference_within_ceiling_and_evidence(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.market.place(&[(till.goods, "10")]).await;
        let high = seller.post(&url(&order, "price-changes"), price(1, 1001)).refused("price_evidence_required").await;
        assert_eq!(high.pointers(), ["/lines/0/unit_price_fen"]);
        let low = proposed(trader, &order, price(1, 500)).await;
        answer(seller, &order, &low, "agree").expect(200).await;
        assert_eq!(quota(app, trader.org_id, 2021).await.pending, 5000);
        // 70.00 are left of the year's ceiling, and 80.00 would be needed.
        ceiling(app, &till, 12_000).await;
        let other = till.market.place(&[(till.goods, "4")]).await;
        let back = proposed(seller, &order, price(1, 900)).await;
        let refused = answer(trader, &order, &back, "agree").refused("ceiling_exceeded").await;
        assert_eq!(refused.int("/left_fen"), 3000);
        assert_eq!(quota(app, trader.org_id, 2021).await.pending, 9000);
        let less = proposed(seller, &order, price(1, 800)).await;
        answer(trader, &order, &back, "agree").refused("wrong_state").await;
        answer(trader, &order, &less, "agree").expect(200).await;
        assert_eq!((quota(app, trader.org_id, 2021).await.pending, shown(seller, &order).await["ordered_fen"].clone()), (12_000, json!(8000)));
        till.market.hand_over(0, &order, &["10"]).await;
        till.market.accept(&order, &[(1, "10", "0")]).await;
        assert_eq!((quota(app, trader.org_id, 2021).await.pending, quota(app, trader.org_id, 2021).await.posted), (4000, 8000));
        // Once something is accepted the price stays, and a part of it is allowed.
        let refused = trader.post(&url(&order, "price-changes"), price(1, 700)).refused("wrong_state").await;
        assert_eq!(refused.pointers(), ["/lines/0/unit_price_fen"]);
        trader.post(&url(&other, "cancellations"), json!({ "reason": "不要了" })).expect(200).await;
        trader.post(&url(&other, "price-changes"), price(1, 700)).refused("wrong_state").await;
        verified(app).await;
        recounted(app).await;
    }

    async fn every_wrong_line_of_a_proposal_is_named(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("3").await;
        disputed(trader, &order, &[(1, 1000)]).await;
        let lines = json!([
            { "line_no": 1, "unit_price_fen": 900 }, { "line_no": 7, "allowance_fen": 1 }, { "line_no": 0, "allowance_fen": 1 },
            { "line_no": 1, "allowance_fen": 1 }, { "line_no": 0 },
        ]);
        let body = json!({ "reason": "行情变动", "lines": lines });
        let refused = seller.post(&url(&order, "price-changes"), body).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/lines/0/unit_price_fen", "/lines/1/line_no", "/lines/2/allowance_fen", "/lines/3/line_no", "/lines/4/line_no"]);
        let both = json!({ "reason": "行情变动", "lines": [{ "line_no": 1, "unit_price_fen": 900, "allowance_fen": 1 }] });
        assert_eq!(seller.post(&url(&order, "price-changes"), both).refused("validation_failed").await.pointers(), ["/lines/0"]);
        // What is in dispute is settled with the dispute.
        let much = trader.post(&url(&order, "price-changes"), allowance(1, 2001)).refused("allowance_exceeded").await;
        assert_eq!(much.pointers(), ["/lines/0/allowance_fen"]);
        let open = till.market.place(&[(till.goods, "1")]).await;
        assert_eq!(trader.post(&url(&open, "price-changes"), price(1, 1000)).refused("validation_failed").await.pointers(), ["/lines/0/unit_price_fen"]);
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        stranger.post(&url(&open, "price-changes"), price(1, 900)).refused("not_found").await;
        let change = proposed(trader, &open, price(1, 900)).await;
        let no = seller.post(&url(&open, &format!("price-changes/{change}/answers")), json!({ "decision": "refuse" }));
        assert_eq!(no.refused("validation_failed").await.pointers(), ["/reason"]);
        withdrawal(seller, &open, &change).refused("wrong_state").await;
        // A later proposal takes the place of the one that waits; each of the others ends as it is answered.
        let second = proposed(seller, &open, price(1, 950)).await;
        answer(seller, &open, &change, "agree").refused("wrong_state").await;
        answer(trader, &open, &second, "refuse").expect(200).await;
        let third = proposed(trader, &open, price(1, 800)).await;
        withdrawal(trader, &open, &third).expect(200).await;
        let seen = shown(trader, &open).await;
        let states: Vec<&str> = seen["price_changes"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!((states, &seen["ordered_fen"]), (vec!["superseded", "refused", "withdrawn"], &json!(1000)));
        verified(app).await;
        recounted(app).await;
    }

    async fn accepted_goods_are_allowed_by_a_mutual_entry_in_the_year_that_they_counted(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("10").await;
        till.pay(&order, 10_000).await;
        till.rate(&order).await;
        let late = till.accepted("4").await;
        app.clock.set_day("2022-03-01");
        let change = proposed(trader, &order, allowance(1, 1500)).await;
        answer(seller, &order, &change, "agree").expect(200).await;
        let counting = till.counting(&order).await;
        assert_eq!((&counting["completed_fen"], &counting["year"], &counting["credit_fen"]), (&json!(8500), &json!(2021), &json!(1500)));
        let id = order.parse().unwrap();
        let entries = app.read(move |read| ledger::counts_of_order(read, id)).await.unwrap();
        let corrected: i64 = entries.iter().filter(|e| e.correction && e.year == 2021).map(|e| e.amount_fen.get()).sum();
        assert_eq!(corrected, -3000, "completed and accepted-and-paid of the closed year: {entries:?}");
        let seen = shown(seller, &order).await;
        assert_eq!(seen["allowances"][0]["price_change_id"], json!(change));
        let refund = json!({ "amount_fen": 1500, "allowance_id": seen["allowances"][0]["id"], "reason": "折让" });
        seller.post(&url(&order, "refunds"), refund).expect(201).await;
        // What a settlement left to goods that were to go back may be allowed as well.
        let dispute = disputed(trader, &late, &[(1, 1000)]).await;
        settled(seller, trader, &dispute, "return", &[]).await;
        let change = proposed(seller, &late, allowance(1, 1200)).await;
        answer(trader, &late, &change, "agree").expect(200).await;
        let owed = shown(trader, &late).await["owed"].clone();
        assert_eq!((&owed["unpaid_fen"], &owed["disputed_fen"]), (&json!(2800), &json!(0)));
        verified(app).await;
        recounted(app).await;
    }

    async fn a_raise_to_an_approval_band_waits_for_one_who_took_no_part(app) {
        let till = Till::open(app).await;
        let (trader, seller, unit) = (&till.market.trader, till.seller(), till.market.trader.org_id);
        let order = till.market.place(&[(till.goods, "10")]).await;
        let low = proposed(seller, &order, price(1, 900)).await;
        answer(trader, &order, &low, "agree").expect(200).await;
        band(app, "9500").await;
        let change = proposed(seller, &order, price(1, 1000)).await;
        answer(trader, &order, &change, "agree").refused("approvers_missing").await;
        let (manager, second) = (app.person(unit, &[Role::Manager]).await, app.person(unit, &[Role::Manager, Role::Trader]).await);
        app.reachable(&manager).await;
        // Who agrees for the buyer does not approve it besides.
        let agreed = answer(&second, &order, &change, "agree").expect(200).await;
        assert_eq!((agreed.str("/state"), quota(app, unit, 2021).await.pending), ("approving".into(), 9000));
        app.run_jobs().await;
        assert!(crate::support::mail::received(&manager.email).iter().any(|mail| mail.text().contains(&order)));
        assert_eq!((asked(&manager, "approve_prices").await, asked(&second, "approve_prices").await), (vec![order.clone()], vec![]));
        approval(&second, &order, &change, "approve").refused("separation_of_duties").await;
        approval(trader, &order, &change, "approve").refused("separation_of_duties").await;
        let acceptor = app.person(unit, &[Role::Acceptor]).await;
        approval(&acceptor, &order, &change, "approve").refused("forbidden").await;
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await;
        approval(&stranger, &order, &change, "approve").refused("not_found").await;
        assert_eq!(approval(&manager, &order, &change, "approve").expect(200).await.str("/state"), "agreed");
        assert_eq!((quota(app, unit, 2021).await.pending, shown(trader, &order).await["ordered_fen"].clone()), (10_000, json!(10_000)));
        approval(&manager, &order, &change, "approve").refused("wrong_state").await;
        // Rejected, it changes nothing; below the band nobody is asked.
        let down = proposed(trader, &order, price(1, 900)).await;
        answer(seller, &order, &down, "agree").expect(200).await;
        let up = proposed(seller, &order, price(1, 960)).await;
        answer(trader, &order, &up, "agree").expect(200).await;
        assert_eq!(approval(&manager, &order, &up, "reject").expect(200).await.str("/state"), "refused");
        let small = proposed(seller, &order, price(1, 940)).await;
        assert_eq!(answer(trader, &order, &small, "agree").expect(200).await.str("/state"), "agreed");
        assert_eq!(quota(app, unit, 2021).await.pending, 9400);
        verified(app).await;
        recounted(app).await;
    }

    async fn a_raise_after_new_year_is_held_in_the_new_year(app) {
        app.clock.set_day("2021-12-30");
        let till = Till::open(app).await;
        let (trader, seller, unit) = (&till.market.trader, till.seller(), till.market.trader.org_id);
        let order = till.market.place(&[(till.goods, "10")]).await;
        confirm(seller, &order).expect(200).await;
        let low = proposed(seller, &order, price(1, 900)).await;
        answer(trader, &order, &low, "agree").expect(200).await;
        app.clock.set_day("2022-01-05");
        let high = proposed(seller, &order, price(1, 950)).await;
        answer(trader, &order, &high, "agree").expect(200).await;
        assert_eq!((quota(app, unit, 2021).await.pending, quota(app, unit, 2022).await.pending), (0, 9500));
        // What was ordered stays of its year; once that is closed, a change of it is a correction.
        app.clock.set_day("2022-02-01");
        let low = proposed(trader, &order, price(1, 800)).await;
        answer(seller, &order, &low, "agree").expect(200).await;
        let id = order.parse().unwrap();
        let entries = app.read(move |read| ledger::counts_of_order(read, id)).await.unwrap();
        let mut ordered: Vec<(i64, i64, bool)> = entries.iter().map(|e| (e.year, e.amount_fen.get(), e.correction)).collect();
        ordered.sort_unstable();
        assert_eq!(ordered, [(2021, -1500, true), (2021, -1000, false), (2021, 500, false), (2021, 10_000, false)]);
        let body = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": "10" }] });
        seller.post(&url(&order, "shipments"), body).expect(201).await;
        till.market.accept(&order, &[(1, "10", "0")]).await;
        assert_eq!((quota(app, unit, 2022).await.pending, quota(app, unit, 2022).await.posted), (0, 8000));
        verified(app).await;
        recounted(app).await;
    }

    async fn of_an_answer_and_a_withdrawal_at_once_one_holds(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let mut pending = 0;
        for _ in 0..4 {
            let order = till.market.place(&[(till.goods, "2")]).await;
            let change = proposed(seller, &order, price(1, 700)).await;
            let asks = [
                answer(trader, &order, &change, "agree"),
                withdrawal(seller, &order, &change),
                answer(trader, &order, &change, "agree"),
            ];
            let done = join_all(asks.into_iter().map(Ask::send)).await;
            let won: Vec<usize> = (0..3).filter(|n| done[*n].status == 200).collect();
            assert_eq!(won.len(), 1, "{:?}", done.iter().map(Answered::text).collect::<Vec<_>>());
            let fen = if won == [1] { 2000 } else { 1400 };
            assert_eq!(shown(trader, &order).await["ordered_fen"], json!(fen));
            pending += fen;
        }
        assert_eq!(quota(app, trader.org_id, 2021).await.pending, pending);
        verified(app).await;
        recounted(app).await;
    }
}
