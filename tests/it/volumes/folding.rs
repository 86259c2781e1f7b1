//! What is folded in, while others write and whatever ends it; and the entries behind every figure.

use super::{VOLUMES, followed, office, rebuilt};
use crate::payments::Till;
use crate::reporting::gift_box;
use crate::support::TestApp;
use futures_util::future::{join, join_all};
use serde_json::Value;
use yigou::kernel::error::{Code, Outcome};
use yigou::platform::db::Read;
use yigou::volumes::fold_batch;

async fn folded(app: &TestApp, most: i64) -> usize {
    app.write(move |tx| fold_batch(tx, most)).await.unwrap()
}

async fn ordered(app: &TestApp) -> i64 {
    let office = office(app, "640000").await;
    let path = format!("{VOLUMES}?basis=ordered&from=2021-01&to=2021-12");
    office.get(&path).expect(200).await.int("/total_fen")
}

on_both! {
    async fn a_report_is_the_same_before_between_and_after_folding(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        let order = till.market.deliver(0, &[(gift, "3"), (till.goods, "1")]).await;
        till.market.accept(&order, &[(1, "3", "0"), (2, "1", "0")]).await;
        till.pay(&order, 1000).await;
        let office = office(app, "640000").await;
        let by = "county,month,fund,purpose,mode,mode_term,channel,channel_term,certified,eligible,purchaser_kind,purchaser_region,schemes";
        let looks = ["ordered", "accepted_paid"].map(|basis| format!("{VOLUMES}?basis={basis}&from=2021-01&to=2021-12&by={by}"));
        let look = async || -> Vec<Value> {
            let views = looks.iter().map(|path| office.get(path).expect(200));
            join_all(views).await.into_iter().map(|view| view.json()).collect()
        };
        let before = look().await;
        assert_eq!((before[0]["total_fen"].as_i64(), before[1]["total_fen"].as_i64()), (Some(1999), Some(1000)));
        let mut batches = 0;
        while folded(app, 1).await > 0 {
            batches += 1;
            assert_eq!(look().await, before, "after {batches}");
            rebuilt(app).await;
        }
        assert_eq!(batches, 4, "two lines ordered, and accepted and paid");
        // What ends in an error is not folded in.
        till.pay(&order, 500).await;
        let failed: Outcome<()> = app.write(|tx| {
            assert_eq!(fold_batch(tx, 100)?, 2);
            Err(Code::Forbidden.into())
        }).await;
        assert!(failed.is_err());
        rebuilt(app).await;
        assert_eq!(folded(app, 100).await, 2);
        assert_eq!(folded(app, 100).await, 0);
        assert_eq!(look().await[1]["total_fen"].as_i64(), Some(1500));
        rebuilt(app).await;
    }

    async fn no_office_is_led_to_entries_of_goods_from_elsewhere(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        till.market.place(&[(till.goods, "1"), (gift, "1")]).await;
        let entries = async |region: &str, county: &str| {
            let office = office(app, region).await;
            let link = format!("{VOLUMES}/entries?basis=ordered&side=origin&from=2021-01&to=2021-12&county={county}");
            let mut found: Vec<i64> = followed(&office, &link).await.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).collect();
            found.sort_unstable();
            found
        };
        // Of a county of its own both lines, of another one nothing, whichever of the two lies deeper.
        for (region, county, want) in [
            ("640000", "640323", vec![200, 1000]), ("640300", "640323", vec![200, 1000]), ("640323", "640000", vec![200, 1000]),
            ("640300", "640522", vec![]), ("640400", "640323", vec![]), ("350000", "640323", vec![]), ("640323", "350105", vec![]),
            ("640522", "640522", vec![133]), ("640522", "640323", vec![]),
        ] {
            assert_eq!(entries(region, county).await, want, "{region} asks for {county}");
        }
    }

    async fn several_fold_while_others_write(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        let body = till.market.order(&[(till.goods, "1"), (gift, "1")]);
        let placing = (0..16).map(|_| async {
            for _ in 0..3 {
                let order = till.market.trader.post("/api/v1/orders", body.clone());
                while order.clone().send().await.status == 503 {}
            }
        });
        let folding = (0..4).map(|_| async {
            for _ in 0..12 {
                folded(app, 7).await;
                // In every snapshot sums and tail are what the entries are.
                rebuilt(app).await;
            }
        });
        join(join_all(placing), join_all(folding)).await;
        while folded(app, 50).await > 0 {}
        rebuilt(app).await;
        assert_eq!(ordered(app).await, 48 * 1333);
    }

    async fn a_sum_that_is_not_that_of_its_entries_is_found(app) {
        let till = Till::open(app).await;
        till.market.place(&[(till.goods, "2")]).await;
        folded(app, 10).await;
        rebuilt(app).await;
        app.write(|tx| {
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(diesel::sql_query("UPDATE volume_sums SET amount_fen = amount_fen + 1"), c))?;
            Ok(())
        }).await.unwrap();
        let found = app.read(|read: &mut Read| yigou::volumes::verify_sums(read)).await.unwrap();
        assert_eq!(found.iter().map(|(_, kept, added)| (*kept, *added)).collect::<Vec<_>>(), [(2001, 2000)]);
    }

    async fn every_figure_leads_to_entries_that_sum_to_it(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        for (day, boxes) in [("2021-03-02", "1"), ("2021-04-02", "3")] {
            app.clock.set_day(day);
            let order = till.market.deliver(0, &[(gift, boxes), (till.goods, "2")]).await;
            till.market.accept(&order, &[(1, boxes, "0"), (2, "2", "0")]).await;
            till.pay(&order, 1000).await;
            app.clock.set_day(&day.replace("-02", "-20"));
            till.pay(&order, 1111).await;
            till.refund(&order, 77).await;
        }
        folded(app, 5).await;
        let (province, haiyuan) = (office(app, "640000").await, office(app, "640522").await);
        let manager = app.person(till.market.trader.org_id, &[yigou::kernel::actor::Role::Manager]).await;
        let mut looked = 0;
        for who in [&province, &haiyuan, &manager] {
            for by in ["county", "county,month,channel_term,certified", "month,fund,purpose,mode,eligible,purchaser_kind,purchaser_region,schemes"] {
                for basis in ["ordered", "accepted_paid"] {
                    let view = who.get(&format!("{VOLUMES}?basis={basis}&from=2021-01&to=2021-12&by={by}")).expect(200).await.json();
                    for row in view["rows"].as_array().unwrap() {
                        let entries = followed(who, row["entries"].as_str().unwrap()).await;
                        let sum: i64 = entries.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).sum();
                        assert_eq!(Some(sum), row["amount_fen"].as_i64(), "{by} {row}");
                        assert!(entries.iter().all(|entry| entry["order_id"].as_str().unwrap().starts_with("ord_")));
                        looked += 1;
                    }
                }
            }
        }
        assert!(looked > 20, "{looked}");
        for query in ["channel=unheard", "from=2021-13", "county=1", "tag=%25", "x=1"] {
            province.get(&format!("{VOLUMES}/entries?{query}")).refused("invalid_parameter").await;
        }
    }
}
