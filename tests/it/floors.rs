//! Floors of the rule table through filed plans, on both databases.

use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const PLANS: &str = "/api/v1/quota-plans";

/// A unit of a region that fills plans.
async fn manager(app: &TestApp, region: &str) -> Person {
    app.new_person(OrgKind::BudgetUnit, region, &[Role::Manager]).await
}

fn part(total: i64, ratio: i64) -> Value {
    json!({ "total_fen": total, "ratio_ppm": ratio })
}

fn own(year: i64, total: i64, ratio: i64) -> Value {
    json!({ "year": year, "canteen_mode": "own", "canteen": part(total, ratio), "submit": true })
}

on_both! {
    async fn a_unit_of_bozhou_without_a_canteen_reserves_a_fifth_of_its_union_money(app) {
        let (bozhou, yanchi) = (manager(app, "652700").await, manager(app, "640323").await);
        let none = |ratio: i64| json!({ "year": 2021, "canteen_mode": "none", "union": part(50_005, ratio), "submit": true });
        let below = bozhou.post(PLANS, none(199_999)).refused("below_floor").await;
        assert_eq!((below.pointers(), below.int("/floor_ppm")), (vec!["/union/ratio_ppm".to_owned()], 200_000));
        let row = app.get("/api/v1/rules?name=union_min_ratio_ppm&region=652700&day=2021-03-01").expect(200).await.json();
        let row = row["items"].as_array().unwrap().iter().find(|row| row["region_code"] == "652700").unwrap().clone();
        assert_eq!(row["id"], below.json()["rule_id"]);
        let filed = bozhou.post(PLANS, none(200_000)).expect(201).await.json();
        assert_eq!(filed["current"]["union"]["reserved_fen"], json!(10_001));
        // Elsewhere, and where there is a canteen, union money has no floor.
        yanchi.post(PLANS, none(0)).expect(201).await;
        let mut with_canteen = own(2021, 10_000, 100_000);
        with_canteen["union"] = part(50_000, 10_000);
        manager(app, "652700").await.post(PLANS, with_canteen).expect(201).await;
    }

    async fn zhongwei_reserves_fifteen_percent_of_2024(app) {
        app.clock.set_day("2024-03-01");
        let zhongwei = manager(app, "640521").await;
        let below = zhongwei.post(PLANS, own(2024, 10_000, 149_999)).refused("below_floor").await;
        assert_eq!((below.pointers(), below.int("/floor_ppm")), (vec!["/canteen/ratio_ppm".to_owned()], 150_000));
        zhongwei.post(PLANS, own(2024, 10_000, 150_000)).expect(201).await;
        manager(app, "640323").await.post(PLANS, own(2024, 10_000, 100_000)).expect(201).await;
    }

    async fn where_the_rule_says_so_nobody_reserves_less_than_last_year(app) {
        let (yanchi, tongxin) = (manager(app, "640323").await, manager(app, "640324").await);
        let head = app.new_person(OrgKind::BudgetUnit, "640300", &[Role::Reviewer]).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640300", &[Role::Reviewer]).await;
        for unit in [&yanchi, &tongxin] {
            app.supervise(unit.org_id, head.org_id).await;
            approved(app, unit.org_id, own(2021, 100_000, 200_000), [&head, &bureau]).await;
        }
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let rule = json!({ "name": "not_below_last_year", "region_code": "640323", "effective_from": "2022-01-01", "value": "true", "source": "测试通知〔2022〕1号" });
        let rule = operator.post("/api/v1/rules", rule).expect(201).await.id();
        app.clock.set_day("2022-03-01");
        let below = yanchi.post(PLANS, own(2022, 199_990, 100_000)).refused("below_floor").await;
        assert_eq!((below.pointers(), below.int("/floor_fen"), below.str("/rule_id")), (vec!["/canteen".to_owned()], 20_000, rule));
        yanchi.post(PLANS, own(2022, 200_000, 100_000)).expect(201).await;
        tongxin.post(PLANS, own(2022, 100_000, 100_000)).expect(201).await;
    }
}
