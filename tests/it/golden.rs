//! Published figures from orders through to the bulletin, on both databases.

use crate::payments::{Till, recounted};
use crate::reporting::approved;
use crate::support::market::CITY;
use serde_json::json;
use yigou::kernel::actor::{OrgKind, Role};

on_both! {
    async fn published_rates_come_out_of_orders(app) {
        let first = Till::open(app).await;
        let second = Till { market: first.market.of_unit(app).await, ..first.clone() }.paid_by_its_unit(app).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager, Role::Reviewer]).await;
        // Total and ratio, price and boxes, what is reserved and completed, the rate. 科左中旗: 876,840.00 of 784,025.00 yuan;
        // 267.34 % has been published elsewhere: a reserve may be exceeded, the year's total not.
        let rows = [
            (&first, (784_025_000, 100_000), (1_096_050, "80"), (78_402_500, 87_684_000), "111.84"),
            (&second, (100_000_003, 200_000), (668_350, "80"), (20_000_001, 53_468_000), "267.34"),
        ];
        for (till, (total, ratio), (price, boxes), (_, completed), _) in rows {
            let unit = till.market.trader.org_id;
            app.supervise(unit, head.org_id).await;
            let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true, "canteen": { "total_fen": total, "ratio_ppm": ratio } });
            approved(app, unit, plan, [&head, &bureau]).await;
            let goods = till.market.listing(app, 0, price, "1000", false).await;
            let order = till.market.deliver(0, &[(goods, boxes)]).await;
            till.market.accept(&order, &[(1, boxes, "0")]).await;
            till.pay(&order, completed).await;
            till.rate(&order).await;
        }
        let view = bureau.get("/api/v1/reports/quota-progress?year=2021&by=unit").expect(200).await.json();
        let of = |unit: yigou::kernel::ids::OrgId| {
            view["rows"].as_array().unwrap().iter().find(|row| row["key"] == json!(unit)).cloned().unwrap()
        };
        for (till, _, _, (reserved, completed), rate) in rows {
            let row = of(till.market.trader.org_id);
            let amounts = ["reserved_fen", "ordered_fen", "accepted_paid_fen", "completed_fen"].map(|name| row[name].as_i64().unwrap());
            assert_eq!((amounts, row["rate"].as_str().unwrap()), ([reserved, completed, completed, completed], rate));
        }
        // A total row is the sum of its rows in fen, and its rate that of the sums.
        let total = &view["total"];
        assert_eq!((total["reserved_fen"].clone(), total["completed_fen"].clone()), (json!(98_402_501), json!(141_152_000)));
        assert_eq!(total["rate"], json!("143.44"));
        recounted(app).await;
    }
}
