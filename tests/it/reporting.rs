//! Reports from real orders, on both databases.

use crate::payments::{Till, recounted};
use crate::support::TestApp;
use crate::support::market::{CITY, COUNTY};
use serde_json::{Value, json};
use yigou::kernel::actor::{ManageCatalogue, OrgKind, Role};
use yigou::kernel::ids::ListingId;
use yigou::kernel::money::{Fen, Ppm};
use yigou::kernel::quantity::Quantity;

/// A listing of two counties: 60 % Yanchi, 40 % Haiyuan.
async fn blend(app: &TestApp, till: &Till) -> ListingId {
    use yigou::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
    use yigou::kernel::terms::{Category, Mark};
    let actor = till.seller().actor::<ManageCatalogue>();
    let share = |county: &str, ppm| OriginShare { county: county.parse().unwrap(), ppm: Ppm(ppm) };
    let product = NewProduct {
        name: "杂粮礼盒".to_owned(),
        category: Category::GrainOil,
        mark: Mark::None,
        origins: vec![share(COUNTY, 600_000), share("640522", 400_000)],
        description: String::new(),
        sc_licence: None,
        weighed: false,
    };
    app.write(move |tx| {
        let evidence =
            Evidence { file_id: None, link: Some("https://example.cn/like".to_owned()), like_price_per_kg_fen: None };
        let listing = NewListing {
            product_id: catalogue::add_product(tx, &actor, &product)?,
            unit: "盒".to_owned(),
            net_weight_grams: 1000,
            tolerance_ppm: None,
            price_fen: Fen::new(333),
            months: Months::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            stock: Quantity::units(1000),
            evidence,
        };
        catalogue::list_product(tx, &actor, &listing)
    })
    .await
    .unwrap()
}

fn amounts(view: &Value, key: &str) -> Vec<(String, i64)> {
    let rows = view["rows"].as_array().unwrap();
    rows.iter().map(|row| (row[key].as_str().unwrap().to_owned(), row["amount_fen"].as_i64().unwrap())).collect()
}

fn pair(key: &str, fen: i64) -> (String, i64) {
    (key.to_owned(), fen)
}

on_both! {
    async fn volumes_take_every_accepted_and_paid_line_by_month_and_county(app) {
        let till = Till::open(app).await;
        let gift = blend(app, &till).await;
        let first = till.accepted("2").await;
        till.pay(&first, 2000).await;
        // Unrated, and a part payment: volumes take it all the same.
        let mixed = till.market.deliver(0, &[(gift, "1"), (till.goods, "1")]).await;
        till.market.accept(&mixed, &[(1, "1", "0"), (2, "1", "0")]).await;
        app.clock.set_day("2021-04-01");
        till.pay(&mixed, 1000).await;
        app.clock.set_day("2021-05-06");
        till.pay(&mixed, 333).await;
        till.refund(&mixed, 100).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await;
        let report = async |query: &str| {
            let path = format!("/api/v1/reports/county-volumes?from=2021-03&to=2021-12&{query}");
            office.get(&path).expect(200).await.json()
        };
        let by_county = report("by=county").await;
        // 333 fen of the gift box less its part of the refund, 60 to 40.
        let total = 2000 + 1333 - 100;
        assert_eq!((by_county["total_fen"].clone(), by_county["basis"].clone()), (json!(total), json!("accepted_paid")));
        let gift_left = 333 - 25;
        assert_eq!(amounts(&by_county, "county"), [pair("640323", total - 123), pair("640522", 123)]);
        assert_eq!((gift_left * 4 + 5) / 10, 123);
        let by_month = report("by=month").await;
        assert_eq!(amounts(&by_month, "month"), [pair("2021-03", 2000), pair("2021-04", 1000), pair("2021-05", 233)]);
        // Any grouping has the same total, and months by county sum to the counties.
        let both = report("by=month,county,fund,purpose,mode,channel,certified,eligible,purchaser_region").await;
        assert_eq!(both["total_fen"], json!(total));
        let haiyuan = both["rows"].as_array().unwrap().iter().filter(|row| row["county"] == "640522");
        assert_eq!(haiyuan.map(|row| row["amount_fen"].as_i64().unwrap()).sum::<i64>(), 123);
        assert_eq!(both["rows"][0]["purchaser_region"], json!(CITY));
        assert_eq!(report("by=fund&basis=ordered").await["total_fen"], json!(3333));
        assert_eq!(report("by=fund&basis=completed").await["total_fen"], json!(0));
        // An office sees what was produced in its region; what was bought there on request.
        let haiyuan = app.new_person(OrgKind::PovertyOffice, "640522", &[Role::Auditor]).await;
        let path = "/api/v1/reports/county-volumes?from=2021-03&to=2021-12&by=county";
        let own = haiyuan.get(path).expect(200).await.json();
        assert_eq!(amounts(&own, "county"), [pair("640522", 123)]);
        assert_eq!(haiyuan.get(&format!("{path}&side=purchaser")).expect(200).await.json()["total_fen"], json!(0));
        let finance = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        assert_eq!(finance.get(path).expect(200).await.json()["total_fen"], json!(total));
        let manager = app.person(till.market.trader.org_id, &[Role::Manager]).await;
        assert_eq!(manager.get(path).expect(200).await.json()["total_fen"], json!(total));
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await;
        assert_eq!(stranger.get(path).expect(200).await.json()["total_fen"], json!(0));
        recounted(app).await;
    }

    async fn volumes_as_csv_and_wrong_questions(app) {
        let till = Till::open(app).await;
        let order = till.accepted("2").await;
        till.pay(&order, 2000).await;
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Auditor]).await;
        let csv = office.get("/api/v1/reports/county-volumes").header("accept", "text/csv").expect(200).await;
        assert!(csv.text().starts_with("\u{feff}口径,生产县代码,生产县,"), "{}", csv.text());
        let lines: Vec<String> = csv.text().lines().map(str::to_owned).collect();
        assert!(lines[1].starts_with("验收且付款,640323,盐池县,") && lines[1].ends_with(",20.00"), "{}", lines[1]);
        assert!(lines[2].contains("合计") && lines[2].ends_with(",20.00"));
        office.get("/api/v1/reports/county-volumes").header("accept", "image/png").refused("not_acceptable").await;
        for query in ["by=colour", "from=2021-13", "from=2021-05&to=2021-04", "basis=wished", "x=1"] {
            office.get(&format!("/api/v1/reports/county-volumes?{query}")).refused("invalid_parameter").await;
        }
        till.seller().get("/api/v1/reports/county-volumes").refused("forbidden").await;
    }
}
