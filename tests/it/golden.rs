//! Published figures from orders through to the bulletin, on both databases.

use crate::payments::{Till, recounted};
use crate::reporting::approved;
use crate::support::market::{CITY, Market};
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
            // So large an order is approved by a manager.
            let order = till.market.place(&[(goods, boxes)]).await;
            let manager = app.person(unit, &[Role::Manager]).await;
            crate::approvals::approve(&manager, &order).expect(200).await;
            till.market.hand_over(0, &order, &[boxes]).await;
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

    async fn the_rate_takes_canteen_union_and_personal_money_and_no_other(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager, Role::Reviewer]).await;
        app.supervise(unit, head.org_id).await;
        let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true,
            "canteen": { "total_fen": 100_000, "ratio_ppm": 100_000 }, "union": { "total_fen": 40_000, "ratio_ppm": 50_000 } });
        approved(app, unit, plan, [&head, &bureau]).await;
        let firm = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        let acceptor = app.person(firm.org_id, &[Role::Acceptor]).await;
        let market = Market { trader: firm, acceptor, sellers: till.market.sellers.clone() };
        let firm = Till { market, ..till.clone() }.paid_by_its_unit(app).await;
        let boxes = [("canteen", "1", &till), ("union", "2", &till), ("personal", "4", &till), ("nutrition_subsidy", "8", &till),
            ("other", "16", &till), ("enterprise", "32", &firm)];
        for (fund, boxes, till) in boxes {
            let mut body = till.market.order(&[(till.goods, boxes)]);
            body["fund"] = json!(fund);
            let order = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
            till.market.hand_over(0, &order, &[boxes]).await;
            till.market.accept(&order, &[(1, boxes, "0")]).await;
            till.pay(&order, boxes.parse::<i64>().unwrap() * 1000).await;
            till.rate(&order).await;
        }
        let view = bureau.get("/api/v1/reports/quota-progress?year=2021&by=unit").expect(200).await.json();
        let row = view["rows"].as_array().unwrap().iter().find(|row| row["key"] == json!(unit)).unwrap();
        for row in [row, &view["total"]] {
            let figures = ["reserved_fen", "reserved_union_fen", "ordered_fen", "accepted_paid_fen", "completed_fen", "completed_canteen_fen",
                "completed_union_fen", "completed_personal_fen"].map(|name| row[name].as_i64().unwrap());
            assert_eq!((figures, row["rate"].as_str().unwrap()), ([12_000, 2000, 7000, 7000, 7000, 1000, 2000, 4000], "58.33"));
        }
        // The county's volumes take all of it.
        let office = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Auditor]).await;
        let volumes = office.get("/api/v1/reports/county-volumes?basis=completed&from=2021-03&to=2021-03&by=fund").expect(200).await.json();
        assert_eq!(volumes["total_fen"], json!(63_000), "{volumes}");
        recounted(app).await;
    }
}
