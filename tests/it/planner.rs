//! The planner of a unit's year and its reminders, on both databases.

use crate::payments::{Till, recounted};
use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::{CITY, confirm};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

/// A unit with a plan of 100.00 yuan, and its manager.
async fn planned(app: &TestApp) -> (Till, Person) {
    let till = Till::open(app).await;
    let unit = till.market.trader.org_id;
    let manager = app.person(unit, &[Role::Manager]).await;
    let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true, "canteen": { "total_fen": 100_000, "ratio_ppm": 100_000 } });
    let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
    let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
    app.supervise(unit, head.org_id).await;
    approved(app, unit, plan, [&head, &bureau]).await;
    (till, manager)
}

on_both! {
    async fn a_year_shows_what_is_left_and_what_may_miss_it(app) {
        let (till, manager) = planned(app).await;
        let unit = till.market.trader.org_id;
        let done = till.accepted("2").await;
        till.pay(&done, 2000).await;
        till.rate(&done).await;
        let unrated = till.accepted("3").await;
        till.pay(&unrated, 3000).await;
        let unpaid = till.accepted("1").await;
        let coming = till.market.place(&[(till.goods, "4")]).await;
        confirm(till.seller(), &coming).expect(200).await;
        let waiting = till.market.place(&[(till.goods, "1")]).await;
        let cancelled = till.market.place(&[(till.goods, "1")]).await;
        till.market.trader.post(&crate::payments::url(&cancelled, "cancellations"), json!({ "reason": "不要了" })).expect(200).await;
        let planner = async |query: &str| {
            manager.get(&format!("/api/v1/budget-units/{unit}/planner/2021?{query}")).expect(200).await.json()
        };
        app.clock.set_day("2021-11-29");
        let view = planner("").await;
        let outlook = &view["outlook"];
        assert_eq!((&outlook["left_fen"], &outlook["months_left"], &outlook["needed_a_month_fen"]), (&json!(8_000), &json!(2), &json!(4_000)));
        // 333 of 365 days: 10000 × 333 ÷ 365, and 2000 × 365 ÷ 333.
        assert_eq!((&outlook["expected_fen"], &outlook["behind"], &outlook["forecast_fen"]), (&json!(9_123), &json!(true), &json!(2_192)));
        assert_eq!((&outlook["rate"], &outlook["forecast_rate"], &view["what_if"]), (&json!("20.00"), &json!("21.92"), &Value::Null));
        let outstanding: Vec<(&Value, &Value, &Value)> =
            view["outstanding"].as_array().unwrap().iter().map(|o| (&o["order_id"], &o["cause"], &o["amount_fen"])).collect();
        let want = [(&unrated, "unrated", 3_000), (&unpaid, "unpaid", 1_000), (&coming, "goods_to_come", 4_000), (&waiting, "not_confirmed", 1_000)];
        let want: Vec<(Value, Value, Value)> = want.iter().map(|(id, cause, fen)| (json!(id), json!(cause), json!(fen))).collect();
        assert_eq!(outstanding, want.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
        let sums: Vec<&Value> = view["outstanding_sums"].as_array().unwrap().iter().map(|sum| &sum["cause"]).collect();
        assert_eq!(sums, [&json!("not_confirmed"), &json!("goods_to_come"), &json!("unpaid"), &json!("unrated")]);
        let what_if = planner("ratio_ppm=20000&until=2021-11-30").await["what_if"].clone();
        assert_eq!((&what_if["reserved_fen"], &what_if["left_fen"], &what_if["until"], &what_if["days_left"]), (&json!(2_000), &json!(0), &json!("2021-11-30"), &json!(1)));
        manager.get(&format!("/api/v1/budget-units/{unit}/planner/2021?until=2022-01-31")).refused("invalid_parameter").await;
        let other = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await;
        other.get(&format!("/api/v1/budget-units/{unit}/planner/2021")).refused("not_found").await;
        recounted(app).await;
    }

    async fn who_is_behind_is_reminded_once_at_each_point(app) {
        let (till, manager) = planned(app).await;
        let unit = till.market.trader.org_id;
        app.reachable(&manager).await;
        let mails = || received(&manager.email).iter().filter(|mail| mail.text().contains("序时应完成")).count();
        app.clock.set_day("2021-06-29");
        app.run_jobs().await;
        assert_eq!(mails(), 0);
        app.clock.set_day("2021-06-30");
        for _ in 0..2 {
            app.run_jobs().await;
            app.clock.advance(std::time::Duration::from_secs(7_200));
        }
        assert_eq!(mails(), 1);
        // Nobody who is in time is written to; the second point was missed and is not made up for.
        let order = till.accepted("10").await;
        till.pay(&order, 10_000).await;
        till.rate(&order).await;
        app.clock.set_day("2021-12-01");
        app.run_jobs().await;
        assert_eq!(mails(), 1);
        let view = manager.get(&format!("/api/v1/budget-units/{unit}/planner/2021")).expect(200).await.json();
        let points: Vec<(&Value, &Value, &Value)> =
            view["reminders"].as_array().unwrap().iter().map(|r| (&r["point"], &r["behind"], &r["recipients"])).collect();
        assert_eq!(points, [(&json!("first"), &json!(true), &json!(1)), (&json!("third"), &json!(false), &json!(0))]);
    }
}
