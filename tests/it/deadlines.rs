//! Deadlines of orders and payments that were promised before the festivals of a year were known.

use crate::payments::{Till, reported_with_proof};
use crate::support::TestApp;
use crate::support::market::confirm;
use serde_json::{Value, json};
use yigou::ordering;

/// Ningxia's own days of 2023, which no installation begins with, and a make-up day that would shorten a deadline.
const FESTIVALS: &str = "region,date,kind,name
640000,2023-04-21,off,开斋节
640000,2023-04-23,off,开斋节
640000,2023-06-10,work,调休
";

async fn import(app: &TestApp, file: &'static str) {
    let lines = yigou::regions::parse_calendar(file.as_bytes()).unwrap();
    app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
}

async fn order(till: &Till, id: &str) -> (String, String, bool) {
    let order = till.seller().get(&format!("/api/v1/orders/{id}")).expect(200).await;
    (order.str("/state"), order.str("/confirm_by")[..10].to_owned(), order.json()["confirm_by_provisional"] == true)
}

async fn payment(till: &Till, id: &str) -> (String, String, bool) {
    let all = till.payer.get("/api/v1/payments").expect(200).await.json();
    let one = all["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    (text("state"), text("answer_by"), one["answer_by_provisional"] == true)
}

/// An order that is to be delivered in 2023.
async fn placed(till: &Till) -> String {
    let mut body = till.market.order(&[(till.goods, "1")]);
    body["deliveries"][0]["date"] = json!("2023-12-29");
    till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id")
}

/// What the trail says of moved deadlines: the last days, of which `confirm_by` shows the end.
async fn trail(app: &TestApp, subject: &str) -> Vec<(String, Value)> {
    let subject = subject.to_owned();
    let all = app.read(move |read| yigou::audit::history(read, &subject)).await.unwrap();
    let moves = all.into_iter().filter(|past| past.action.ends_with(".deadline_moved"));
    moves.map(|past| (past.action, serde_json::from_str(&past.details).unwrap())).collect()
}

fn moved(of: &str, from: &str, to: &str) -> Vec<(String, Value)> {
    vec![(format!("{of}.deadline_moved"), json!({ "from": from, "to": to }))]
}

fn is(state: &str, day: &str, provisional: bool) -> (String, String, bool) {
    (state.to_owned(), day.to_owned(), provisional)
}

/// How many deadlines the work changes now.
async fn recomputed(app: &TestApp) -> usize {
    ordering::recompute_deadlines(&app.installation.store, &app.ctx()).await.unwrap()
}

on_both! {
    async fn a_festival_that_becomes_known_costs_nobody_a_sale(app) {
        let till = Till::open(app).await;
        let known = till.market.place(&[(till.goods, "1")]).await;
        let paid = till.accepted("2").await;
        assert_eq!(order(&till, &known).await, is("placed", "2021-03-04", false));
        // Thursday; the 23rd is a Sunday on which the nation works.
        app.clock.set_day("2023-04-20");
        let (kept, answered) = (placed(&till).await, placed(&till).await);
        confirm(till.seller(), &answered).expect(200).await;
        let transfer = reported_with_proof(app, &till, &paid, 2000).await;
        assert_eq!(order(&till, &kept).await, is("placed", "2023-04-24", true));
        assert_eq!(payment(&till, &transfer).await, is("reported", "2023-04-26", true));
        assert_eq!(recomputed(app).await, 0, "nothing new is known");
        import(app, FESTIVALS).await;
        app.run_jobs().await;
        assert_eq!(order(&till, &kept).await, is("placed", "2023-04-26", false));
        assert_eq!(payment(&till, &transfer).await, is("reported", "2023-04-28", false));
        assert_eq!(order(&till, &answered).await, is("confirmed", "2023-04-24", true));
        let moves = [(kept.clone(), moved("order", "2023-04-23", "2023-04-25")), (transfer.clone(), moved("payment", "2023-04-26", "2023-04-28"))];
        for (subject, entries) in &moves {
            assert_eq!(trail(app, subject).await, *entries);
        }
        assert_eq!(trail(app, &answered).await, []);
        // The same file again, and the work again, change nothing.
        let version = till.seller().get(&format!("/api/v1/orders/{kept}")).expect(200).await.header("etag").map(str::to_owned);
        import(app, FESTIVALS).await;
        app.run_jobs().await;
        assert_eq!((recomputed(app).await, order(&till, &kept).await), (0, is("placed", "2023-04-26", false)));
        assert_eq!(till.seller().get(&format!("/api/v1/orders/{kept}")).expect(200).await.header("etag").map(str::to_owned), version);
        for (subject, entries) in &moves {
            assert_eq!(trail(app, subject).await, *entries);
        }
        app.clock.set_day("2023-04-25");
        app.run_jobs().await;
        confirm(till.seller(), &kept).expect(200).await;
        app.clock.set_day("2023-04-28");
        app.run_jobs().await;
        assert_eq!(payment(&till, &transfer).await.0, "reported");
        app.clock.set_day("2023-04-29");
        app.run_jobs().await;
        assert_eq!(payment(&till, &transfer).await.0, "deemed");
    }

    async fn what_was_promised_is_never_shortened(app) {
        let till = Till::open(app).await;
        let paid = till.accepted("2").await;
        app.clock.set_day("2023-06-09");
        let waiting = placed(&till).await;
        let transfer = reported_with_proof(app, &till, &paid, 2000).await;
        let before = (order(&till, &waiting).await, payment(&till, &transfer).await);
        assert_eq!(before, (is("placed", "2023-06-14", true), is("reported", "2023-06-16", true)));
        import(app, FESTIVALS).await;
        app.run_jobs().await;
        assert_eq!(order(&till, &waiting).await, is("placed", "2023-06-14", false));
        assert_eq!(payment(&till, &transfer).await, is("reported", "2023-06-16", false));
    }

    async fn payments_reported_before_deadlines_moved_are_not_left_behind(app) {
        let till = Till::open(app).await;
        let (answered, paid) = (till.accepted("1").await, till.accepted("2").await);
        app.clock.set_day("2023-04-20");
        let payment_of = async |order: &str, fen: i64| reported_with_proof(app, &till, order, fen).await;
        let (closed, waiting) = (payment_of(&answered, 1000).await, payment_of(&paid, 2000).await);
        till.confirm(&answered, &closed).await;
        let folder = if app.installation.store.is_postgres() { "postgres" } else { "sqlite" };
        let path = |step: &str| format!("migrations/{folder}/0024_ordering_provisional/{step}.sql");
        let steps = ["down", "up"].map(|step| std::fs::read_to_string(path(step)).unwrap());
        app.write(move |tx| {
            for step in &steps {
                yigou::each!(tx, c => diesel::connection::SimpleConnection::batch_execute(c, step))?;
            }
            Ok(())
        }).await.unwrap();
        assert_eq!(payment(&till, &closed).await, is("confirmed", "2023-04-26", false));
        assert_eq!(payment(&till, &waiting).await, is("reported", "2023-04-26", true));
        import(app, FESTIVALS).await;
        app.run_jobs().await;
        assert_eq!(payment(&till, &waiting).await, is("reported", "2023-04-28", false));
    }

    async fn time_does_not_run_out_before_the_work_is_done(app) {
        let till = Till::open(app).await;
        let paid = till.accepted("2").await;
        app.clock.set_day("2023-04-20");
        let waiting = placed(&till).await;
        let transfer = reported_with_proof(app, &till, &paid, 2000).await;
        import(app, FESTIVALS).await;
        // Whoever looks whether the time is over looks at the calendar first.
        app.clock.set_day("2023-04-27");
        assert_eq!(ordering::deem_payments(&app.installation.store, app.ctx()).await.unwrap(), 0);
        app.clock.set_day("2023-04-24");
        assert_eq!(ordering::expire_unconfirmed(&app.installation.store, app.ctx()).await.unwrap(), 0);
        assert_eq!(order(&till, &waiting).await, is("placed", "2023-04-26", false));
        assert_eq!(payment(&till, &transfer).await, is("reported", "2023-04-28", false));
        assert_eq!(trail(app, &waiting).await, moved("order", "2023-04-23", "2023-04-25"));
        assert_eq!(trail(app, &transfer).await, moved("payment", "2023-04-26", "2023-04-28"));
        app.clock.set_day("2023-04-26");
        assert_eq!(ordering::expire_unconfirmed(&app.installation.store, app.ctx()).await.unwrap(), 1);
    }
}
