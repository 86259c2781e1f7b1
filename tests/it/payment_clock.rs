//! The payment clock over HTTP, on both databases.

use crate::payments::Till;
use crate::support::TestApp;
use crate::support::market::{CITY, Market};
use diesel::RunQueryDsl;
use diesel::sql_types::Binary;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

/// The organisation grows out of being small or medium.
async fn grows(app: &TestApp, org: OrgId) {
    let text = "UPDATE organisations SET is_sme = FALSE WHERE id = $1";
    let grown = app.write(move |tx| {
        Ok(yigou::each!(tx, c => diesel::sql_query(text).bind::<Binary, _>(org.0.to_vec()).execute(c))?)
    });
    assert_eq!(grown.await.unwrap(), 1);
}

async fn due(till: &Till, order: &str) -> Value {
    till.counting(order).await["payment_due_on"].clone()
}

on_both! {
    async fn an_institution_pays_in_thirty_days_as_it_stood_at_the_contract(app) {
        let till = Till::open(app).await;
        let waits = till.market.place(&[(till.goods, "1")]).await;
        assert_eq!(due(&till, &waits).await, Value::Null);
        let order = till.accepted("1").await;
        assert_eq!(due(&till, &order).await, json!("2021-03-31"));
        // Not accepted: the inspection days after the delivery end on a holiday, the thirtieth day on a Saturday.
        app.clock.set_day("2021-04-28");
        let shipped = till.market.deliver(0, &[(till.goods, "1")]).await;
        assert_eq!(due(&till, &shipped).await, json!("2021-06-07"));
        app.clock.set_day("2021-04-29");
        till.market.accept(&shipped, &[(1, "1", "0")]).await;
        assert_eq!(due(&till, &shipped).await, json!("2021-05-31"));
        // The supplier grows: contracts made before keep their clock, later ones have none.
        grows(app, till.seller().org_id).await;
        assert_eq!(due(&till, &order).await, json!("2021-03-31"));
        let later = till.accepted("1").await;
        assert_eq!(due(&till, &later).await, Value::Null);
    }

    async fn whoever_pays_sees_until_when(app) {
        let till = Till::open(app).await;
        let bound = till.accepted("1").await;
        grows(app, till.seller().org_id).await;
        let free = till.accepted("2").await;
        let tasks = till.payer.get("/api/v1/tasks").expect(200).await.json();
        let seen: Vec<(&Value, &Value, &Value)> =
            tasks["items"].as_array().unwrap().iter().map(|task| (&task["kind"], &task["subject"], &task["due"])).collect();
        // The longest waiting first, as all tasks; to be paid until the end of 31 March, and without a clock.
        let (kind, last) = (json!("report_payment"), json!("2021-04-01T00:00:00.000+08:00"));
        assert_eq!(seen, [(&kind, &json!(bound), &last), (&kind, &json!(free), &Value::Null)]);
        assert_eq!(due(&till, &bound).await, json!("2021-03-31"));
    }

    async fn a_last_day_says_when_it_rests_on_a_year_that_is_not_loaded(app) {
        let till = Till::open(app).await;
        let certain = till.accepted("1").await;
        assert_eq!(till.counting(&certain).await["payment_due_provisional"], json!(false));
        app.clock.set_day("2026-12-03");
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["deliveries"][0]["date"] = json!("2026-12-31");
        let later = till.market.trader.post("/api/v1/orders", body.clone()).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &later, &["1"]).await;
        till.market.accept(&later, &[(1, "1", "0")]).await;
        // The thirtieth day is a Saturday of a year of which nothing is known.
        assert_eq!(due(&till, &later).await, json!("2027-01-04"));
        assert_eq!(till.counting(&later).await["payment_due_provisional"], json!(true));
        // So do the tasks, and those of the supplier.
        app.clock.set_day("2026-12-30");
        till.market.trader.post("/api/v1/orders", body).expect(201).await;
        till.report(&later, 400).await;
        let seen = async |person: &crate::support::people::Person, kind: &str| {
            let tasks = person.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
            let of = |task: &Value| (task["kind"] == kind).then(|| task["due_provisional"].as_bool().unwrap());
            tasks.iter().filter_map(of).collect::<Vec<_>>()
        };
        assert_eq!(seen(&till.payer, "report_payment").await, [false, true]);
        assert_eq!(seen(till.seller(), "confirm_order").await, [true]);
        assert_eq!(seen(till.seller(), "confirm_payment").await, [true]);
        assert_eq!(seen(till.seller(), "issue_invoice").await, [false, false]);
    }

    async fn the_clock_binds_from_september_2020_and_not_every_payer(app) {
        app.clock.set_day("2020-08-28");
        let till = Till::open(app).await;
        let (before, after) = (till.market.place(&[(till.goods, "1")]).await, till.market.place(&[(till.goods, "1")]).await);
        app.clock.set_day("2020-08-31");
        till.market.hand_over(0, &before, &["1"]).await;
        app.clock.set_day("2020-09-01");
        till.market.hand_over(0, &after, &["1"]).await;
        for order in [&before, &after] {
            till.market.accept(order, &[(1, "1", "0")]).await;
        }
        // 1 October and the week after it are days off.
        assert_eq!((due(&till, &before).await, due(&till, &after).await), (Value::Null, json!("2020-10-09")));
        // A union that buys for itself is bound by nothing.
        let trader = app.new_person(OrgKind::Union, CITY, &[Role::Trader]).await;
        let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
        let own = Market { trader, acceptor, sellers: till.market.sellers.clone() };
        let mut body = own.order(&[(till.goods, "1")]);
        body["fund"] = json!("union");
        let order = own.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        own.hand_over(0, &order, &["1"]).await;
        own.accept(&order, &[(1, "1", "0")]).await;
        assert_eq!(due(&Till { market: own, ..till }, &order).await, Value::Null);
    }
}
