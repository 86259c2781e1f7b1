//! What orders count, in which year, and random histories against a naive recount; on both databases.

use crate::payments::{Till, recounted, url};
use crate::support::TestApp;
use diesel::RunQueryDsl;
use serde_json::{Value, json};
use yigou::kernel::ids::OrderId;
use yigou::kernel::terms::Basis;
use yigou::ledger::{self, CountEntry};

/// An order's entries of a basis: year, day, fen, correction.
async fn entries(app: &TestApp, order: &str, basis: Basis) -> Vec<(i64, String, i64, bool)> {
    let id: OrderId = order.parse().unwrap();
    let all: Vec<CountEntry> = app.read(move |read| ledger::counts_of_order(read, id)).await.unwrap();
    let mut rows: Vec<_> = all
        .iter()
        .filter(|e| e.basis == basis)
        .map(|e| (e.year, e.day.to_string(), e.amount_fen.get(), e.correction))
        .collect();
    rows.sort();
    rows
}

fn row(year: i64, day: &str, fen: i64, correction: bool) -> (i64, String, i64, bool) {
    (year, day.to_owned(), fen, correction)
}

/// Reports a payment that the bank made on a day; its id.
async fn paid_on(till: &Till, order: &str, fen: i64, day: &str) -> String {
    let body = json!({ "amount_fen": fen, "occurred_on": day });
    till.payer.post(&url(order, "payments"), body).expect(201).await.id()
}

on_both! {
    async fn an_order_belongs_to_the_year_of_its_last_required_fact(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let (in_time, after_closing, rated_late, too_late) =
            (till.accepted("1").await, till.accepted("1").await, till.accepted("1").await, till.accepted("1").await);
        for order in [&in_time, &after_closing, &too_late] {
            till.rate(order).await;
        }
        till.pay(&rated_late, 1000).await;
        // New Year's days off end on the 3rd.
        app.clock.set_day("2022-01-04");
        till.rate(&rated_late).await;
        let first = paid_on(&till, &in_time, 1000, "2021-12-31").await;
        let second = paid_on(&till, &after_closing, 1000, "2021-12-31").await;
        let third = paid_on(&till, &too_late, 1000, "2021-12-24").await;
        app.clock.set_day("2022-01-14");
        till.confirm(&in_time, &first).await;
        till.confirm(&too_late, &third).await;
        app.clock.set_day("2022-01-17");
        till.confirm(&after_closing, &second).await;
        let counted = async |order: &str| {
            let view = till.counting(order).await;
            (view["year"].as_i64().unwrap(), view["completed_on"].as_str().unwrap().to_owned())
        };
        assert_eq!(counted(&in_time).await, (2021, "2021-12-31".to_owned()));
        assert_eq!(counted(&rated_late).await, (2022, "2022-01-04".to_owned()));
        // Reported on the sixth working day after the bank's date: it counts when reported.
        assert_eq!(counted(&too_late).await, (2022, "2022-01-04".to_owned()));
        // Confirmed when 2021 had closed: it counts at that moment.
        assert_eq!(counted(&after_closing).await, (2022, "2022-01-17".to_owned()));
        let late = till.counting(&after_closing).await;
        let flags: Vec<&Value> = late["facts"].as_array().unwrap().iter().map(|fact| &fact["late"]).collect();
        assert_eq!(flags, [&json!(false), &json!(false), &json!(false), &json!(true)]);
        recounted(app).await;
    }

    async fn a_refund_lowers_the_year_until_it_closes_and_corrects_it_afterwards(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let order = till.accepted("10").await;
        till.pay(&order, 10_000).await;
        till.rate(&order).await;
        app.clock.set_day("2022-01-15");
        till.refund(&order, 300).await;
        app.clock.set_day("2022-01-17");
        till.refund(&order, 20).await;
        let body = json!({ "amount_fen": 1, "occurred_on": "2022-01-14", "reason": "补录" });
        till.seller().post(&url(&order, "refunds"), body).expect(201).await;
        let completed = entries(app, &order, Basis::Completed).await;
        let want = [
            row(2021, "2021-12-20", 10_000, false),
            row(2021, "2022-01-14", -1, true),
            row(2021, "2022-01-15", -300, false),
            row(2021, "2022-01-17", -20, true),
        ];
        assert_eq!(completed, want);
        // The volumes fall in the months in which the money went back.
        assert_eq!(entries(app, &order, Basis::AcceptedPaid).await, want);
        assert_eq!(till.counting(&order).await["completed_fen"], json!(10_000 - 321));
        recounted(app).await;
    }

    async fn what_is_taken_from_a_closed_year_is_its_correction(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let rejected = till.market.deliver(0, &[(till.goods, "2")]).await;
        let waiting = till.market.place(&[(till.goods, "5")]).await;
        crate::support::market::confirm(till.seller(), &waiting).expect(200).await;
        let give_up = async |boxes: &str| {
            let body = json!({ "reason": "断货", "lines": [{ "line_no": 1, "quantity": boxes }] });
            till.seller().post(&url(&waiting, "short-closures"), body).expect(201).await;
        };
        // The last day of the year's books, and the next working day.
        app.clock.set_day("2022-01-15");
        give_up("1").await;
        app.clock.set_day("2022-01-17");
        give_up("4").await;
        till.market.accept(&rejected, &[(1, "1", "1")]).await;
        let want = [row(2021, "2021-12-20", 5000, false), row(2021, "2022-01-15", -1000, false), row(2021, "2022-01-17", -4000, true)];
        assert_eq!(entries(app, &waiting, Basis::Ordered).await, want);
        // What is rejected was ordered all the same.
        assert_eq!(entries(app, &rejected, Basis::Ordered).await, [row(2021, "2021-12-20", 2000, false)]);
        recounted(app).await;
    }

    async fn a_return_and_its_refund_count_once(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        till.pay(&order, 3000).await;
        till.rate(&order).await;
        app.clock.set_day("2021-04-02");
        let body = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let back = till.market.acceptor.post(&url(&order, "returns"), body).expect(201).await.id();
        let view = till.counting(&order).await;
        assert_eq!((view["completed_fen"].clone(), view["credit_fen"].clone()), (json!(2000), json!(1000)));
        app.clock.set_day("2021-05-03");
        let refund = json!({ "amount_fen": 1000, "return_id": back, "reason": "退货" });
        till.seller().post(&url(&order, "refunds"), refund).expect(201).await;
        let want = [row(2021, "2021-03-01", 3000, false), row(2021, "2021-04-02", -1000, false)];
        assert_eq!(entries(app, &order, Basis::AcceptedPaid).await, want);
        assert_eq!(till.counting(&order).await["credit_fen"], json!(0));
        let strange = json!({ "amount_fen": 1, "return_id": crate::support::sample::absent("ret"), "reason": "x" });
        till.seller().post(&url(&order, "refunds"), strange).refused("validation_failed").await;
        recounted(app).await;
    }

    async fn what_is_written_off_after_the_closing_corrects_the_ordered_amount(app) {
        app.clock.set_day("2021-12-28");
        let till = Till::open(app).await;
        let (open, closed) = (till.market.place(&[(till.goods, "3")]).await, till.market.place(&[(till.goods, "3")]).await);
        for order in [&open, &closed] {
            crate::support::market::confirm(till.seller(), order).expect(200).await;
        }
        let rest = json!({ "reason": "减产", "lines": [{ "line_no": 1 }] });
        for (order, day, correction) in [(&open, "2022-01-15", false), (&closed, "2022-01-16", true)] {
            app.clock.set_day(day);
            till.seller().post(&url(order, "short-closures"), rest.clone()).expect(201).await;
            let want = [row(2021, "2021-12-28", 3000, false), row(2021, day, -3000, correction)];
            assert_eq!(entries(app, order, Basis::Ordered).await, want);
        }
        recounted(app).await;
    }

    async fn lines_and_their_holds_are_recounted(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "5")]).await;
        till.market.accept(&order, &[(1, "2", "1")]).await;
        recounted(app).await;
        let figures = async |column: &'static str| -> Vec<String> {
            let text = format!("UPDATE order_lines SET {column}");
            app.write(move |tx| Ok(yigou::each!(tx, c => diesel::sql_query(text.clone()).execute(c)).map(drop)?)).await.unwrap();
            let found = app.read(yigou::ordering::verify_counts).await.unwrap();
            found.into_iter().map(|difference| difference.figure).collect()
        };
        assert_eq!(figures("held_fen = 0").await, ["line 1 held_fen", "line 1 held_fen in the ledger"]);
        assert_eq!(figures("held_fen = 2000, shipped = 4000").await, ["line 1 shipped", "line 1 stock held in the ledger"]);
        let closed = figures("shipped = 5000, closed = TRUE").await;
        assert!(closed.contains(&"line 1 closed".to_owned()) && closed.contains(&"state".to_owned()), "{closed:?}");
        assert!(figures("closed = FALSE").await.is_empty());
    }

    async fn freight_under_dispute_keeps_no_goods_from_counting(app) {
        let till = Till::open(app).await;
        let mut body = till.market.order(&[(till.goods, "3")]);
        body["freights"] = json!([{ "supplier_id": till.seller().org_id, "freight_fen": 500 }]);
        let order = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &order, &["3"]).await;
        till.market.accept(&order, &[(1, "3", "0")]).await;
        till.rate(&order).await;
        till.pay(&order, 3000).await;
        let view = till.counting(&order).await;
        assert_eq!((view["completed"].clone(), view["completed_fen"].clone()), (json!(true), json!(3000)));
        // Completed, but no bulletin shows it before the plan is approved.
        assert_eq!(view["counted"], json!(false), "{view}");
        assert_eq!((view["unpaid_fen"].clone(), view["accepted_paid_fen"].clone()), (json!(500), json!(3000)));
        assert!(view["missing"].as_array().unwrap().iter().all(|missing| missing["code"] != "unpaid"), "{view}");
        till.pay(&order, 500).await;
        assert_eq!(till.counting(&order).await["unpaid_fen"], json!(0));
        assert_eq!(entries(app, &order, Basis::AcceptedPaid).await, [row(2021, "2021-03-01", 3000, false)]);
        recounted(app).await;
    }

    async fn the_delivery_that_came_last_completes(app) {
        app.clock.set_day("2021-12-20");
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "2")]).await;
        till.pay(&order, 2000).await;
        till.rate(&order).await;
        app.clock.set_day("2022-01-04");
        till.market.accept(&order, &[(1, "1", "0")]).await;
        // The other box had come before; its note is recorded a day later, in time.
        app.clock.set_day("2022-01-05");
        let note = json!({ "occurred_on": "2021-12-31", "lines": [{ "line_no": 1, "accepted": "1" }] });
        till.market.acceptor.post(&url(&order, "acceptances"), note).expect(201).await;
        let view = till.counting(&order).await;
        assert_eq!((view["year"].clone(), view["completed_on"].clone()), (json!(2022), json!("2022-01-04")));
        let closed = view["facts"].as_array().unwrap().iter().find(|fact| fact["kind"] == "line_closed").unwrap().clone();
        assert_eq!(closed["counts_on"], json!("2022-01-04"));
        recounted(app).await;
    }

    async fn nothing_is_taken_back_before_it_was_given(app) {
        let till = Till::open(app).await;
        app.clock.set_day("2021-03-29");
        let order = till.market.place(&[(till.goods, "3")]).await;
        app.clock.set_day("2021-03-30");
        till.market.hand_over(0, &order, &["3"]).await;
        app.clock.set_day("2021-04-01");
        let note = json!({ "occurred_on": "2021-03-29", "lines": [{ "line_no": 1, "accepted": "3" }] });
        let early = till.market.acceptor.post(&url(&order, "acceptances"), note).refused("validation_failed").await;
        assert_eq!(early.pointers(), ["/occurred_on"]);
        till.market.accept(&order, &[(1, "3", "0")]).await;
        till.pay(&order, 3000).await;
        app.clock.set_day("2021-04-02");
        let back = |day: &str| json!({ "occurred_on": day, "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let money = |day: &str| json!({ "occurred_on": day, "amount_fen": 1000, "reason": "退货" });
        let early = till.market.acceptor.post(&url(&order, "returns"), back("2021-03-31")).refused("validation_failed").await;
        assert_eq!(early.pointers(), ["/occurred_on"]);
        let early = till.seller().post(&url(&order, "refunds"), money("2021-03-31")).refused("validation_failed").await;
        assert_eq!(early.pointers(), ["/occurred_on"]);
        till.market.acceptor.post(&url(&order, "returns"), back("2021-04-01")).expect(201).await;
        till.seller().post(&url(&order, "refunds"), money("2021-04-01")).expect(201).await;
        recounted(app).await;
    }

    async fn prepaid_goods_count_when_they_are_accepted(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "3")]).await;
        till.pay(&order, 3000).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["accepted_paid_fen"], json!(0));
        app.clock.set_day("2021-03-31");
        till.market.accept(&order, &[(1, "1", "0")]).await;
        app.clock.set_day("2021-04-01");
        till.market.accept(&order, &[(1, "1", "1")]).await;
        let want = [row(2021, "2021-03-31", 1000, false), row(2021, "2021-04-01", 1000, false)];
        assert_eq!(entries(app, &order, Basis::AcceptedPaid).await, want);
        assert_eq!(entries(app, &order, Basis::Completed).await, [row(2021, "2021-04-01", 2000, false)]);
        let view = till.counting(&order).await;
        assert_eq!((view["credit_fen"].clone(), view["completed"].clone()), (json!(1000), json!(true)));
        recounted(app).await;
    }

    async fn random_facts_equal_a_naive_recount(app) {
        app.clock.set_day("2021-11-01");
        let till = Till::open(app).await;
        let mut orders = Vec::new();
        for _ in 1..=3 {
            orders.push(till.market.deliver(0, &[(till.goods, "20")]).await);
        }
        for (order, seed) in orders.iter().zip(1..) {
            history(app, &till, order, seed).await;
        }
        recounted(app).await;
    }
}

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % below).unwrap()
    }
}

/// Boxes and money, counted by hand.
#[derive(Default)]
struct Model {
    accepted: i64,
    returned: i64,
    paid: i64,
    refunded: i64,
}

/// Random acceptances, payments, answers, returns, refunds over two months and a year's end.
async fn history(app: &TestApp, till: &Till, order: &str, seed: u64) {
    let mut dice = Dice(seed);
    let (mut model, mut waiting) = (Model::default(), Vec::new());
    for _ in 0..25 {
        app.clock.advance(std::time::Duration::from_secs(3600 * u64::try_from(dice.roll(80)).unwrap()));
        match dice.roll(6) {
            0 if model.accepted < 18 => {
                let boxes = 1 + dice.roll(3);
                till.market.accept(order, &[(1, &boxes.to_string(), "0")]).await;
                model.accepted += boxes;
            }
            1 => {
                let fen = 1 + dice.roll(9000);
                waiting.push((till.report(order, fen).await, fen));
            }
            2 | 3 if !waiting.is_empty() => {
                let (payment, fen) = waiting.remove(0);
                let yes = dice.roll(4) > 0;
                let decision = if yes { "confirm" } else { "deny" };
                let body = json!({ "payment_id": payment, "decision": decision, "reason": "核对" });
                till.seller().post(&url(order, "payment-confirmations"), body).expect(200).await;
                model.paid += if yes { fen } else { 0 };
            }
            4 if model.accepted > model.returned => {
                let body = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
                till.market.acceptor.post(&url(order, "returns"), body).expect(201).await;
                model.returned += 1;
            }
            5 if model.paid > model.refunded => {
                let fen = 1 + dice.roll(u64::try_from(model.paid - model.refunded).unwrap());
                till.refund(order, fen).await;
                model.refunded += fen;
            }
            _ => {}
        }
        let view = till.counting(order).await;
        let both = ((model.accepted - model.returned) * 1000).min(model.paid - model.refunded);
        assert_eq!(view["accepted_paid_fen"], json!(both), "seed {seed}");
        let counted: i64 = entries(app, order, Basis::AcceptedPaid).await.iter().map(|entry| entry.2).sum();
        assert_eq!(counted, both, "seed {seed}");
    }
}
