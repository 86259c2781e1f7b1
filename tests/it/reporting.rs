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
    gift_box(app, till, 333, [600_000, 400_000]).await
}

/// A listing of which either county makes a half.
async fn halves(app: &TestApp, till: &Till, price_fen: i64) -> ListingId {
    gift_box(app, till, price_fen, [500_000, 500_000]).await
}

pub async fn gift_box(app: &TestApp, till: &Till, price_fen: i64, shares: [i64; 2]) -> ListingId {
    use yigou::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
    use yigou::kernel::terms::{Category, Mark};
    let actor = till.seller().actor::<ManageCatalogue>();
    let share = |county: &str, ppm| OriginShare { county: county.parse().unwrap(), ppm: Ppm(ppm) };
    let product = NewProduct {
        name: "杂粮礼盒".to_owned(),
        category: Category::GrainOil,
        mark: Mark::None,
        origins: vec![share(COUNTY, shares[0]), share("640522", shares[1])],
        description: String::new(),
        sc_licence: None,
        weighed: false,
        yearly_output_kg: None,
    };
    app.write(move |tx| {
        let evidence =
            Evidence { file_id: None, link: Some("https://example.cn/like".to_owned()), like_price_per_kg_fen: None };
        let listing = NewListing {
            product_id: catalogue::add_product(tx, &actor, &product)?,
            unit: "盒".to_owned(),
            net_weight_grams: 1000,
            tolerance_ppm: None,
            price_fen: Fen::new(price_fen),
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

/// What units without an approved plan had ordered by the end of a day.
async fn ordered_on(bureau: &crate::support::people::Person, day: &str) -> i64 {
    let path = format!("/api/v1/reports/quota-progress?year=2021&as_of={day}");
    bureau.get(&path).expect(200).await.int("/total/before_plan_ordered_fen")
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

    async fn months_that_were_asked_for_alone_sum_to_those_asked_for_together(app) {
        let till = Till::open(app).await;
        let gift = halves(app, &till, 1).await;
        let order = till.market.deliver(0, &[(gift, "2")]).await;
        till.pay(&order, 2).await;
        app.clock.set_day("2021-04-01");
        till.market.accept(&order, &[(1, "1", "0")]).await;
        // Counted second, and dated back into the month before.
        app.clock.set_day("2021-04-02");
        let note = json!({ "occurred_on": "2021-03-31", "lines": [{ "line_no": 1, "accepted": "1" }] });
        till.market.acceptor.post(&format!("/api/v1/orders/{order}/acceptances"), note).expect(201).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await;
        let report = async |from: &str, to: &str| {
            let path = format!("/api/v1/reports/county-volumes?from={from}&to={to}&by=county");
            amounts(&office.get(&path).expect(200).await.json(), "county")
        };
        let mut alone = report("2021-03", "2021-03").await;
        alone.extend(report("2021-04", "2021-04").await);
        alone.sort();
        assert_eq!(alone, report("2021-03", "2021-04").await);
        recounted(app).await;
    }

    async fn kept_sums_are_exact_while_writers_work(app) {
        let till = Till::open(app).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let body = till.market.order(&[(till.goods, "1")]);
        let placing = (0..32).map(|_| async {
            for _ in 0..3 {
                let order = till.market.trader.post("/api/v1/orders", body.clone());
                while order.clone().send().await.status == 503 {}
            }
        });
        // Each look is one snapshot; in it the sums are those of its entries, and no look is behind the one before.
        let looking = async {
            let mut least = 0;
            for _ in 0..40 {
                assert_eq!(app.read(yigou::reporting::verify_kept_sums).await.unwrap(), []);
                let ordered = ordered_on(&bureau, "2021-12-31").await;
                assert!(ordered >= least, "{ordered} after {least}");
                least = ordered;
            }
        };
        futures_util::future::join(futures_util::future::join_all(placing), looking).await;
        assert_eq!(ordered_on(&bureau, "2021-12-31").await, 96_000);
    }

    async fn a_past_day_knows_nothing_of_what_came_later(app) {
        let till = Till::open(app).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let mut known = Vec::new();
        for (day, boxes) in [("2021-05-10", "3"), ("2021-05-11", "2"), ("2021-06-01", "4")] {
            app.clock.set_day(day);
            till.market.place(&[(till.goods, boxes)]).await;
            known.push((day, ordered_on(&bureau, day).await));
        }
        for (day, ordered) in &known {
            assert_eq!(ordered_on(&bureau, day).await, *ordered, "{day}");
        }
        assert_eq!(known.iter().map(|(_, fen)| *fen).collect::<Vec<_>>(), [3000, 5000, 9000]);
        assert_eq!(ordered_on(&bureau, "2021-05-09").await, 0);
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

    async fn what_is_bought_before_the_plan_is_approved_counts_once_it_is(app) {
        let till = Till::open(app).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager, Role::Reviewer]).await;
        let early = Till { market: till.market.of_unit(app).await, ..till.clone() }.paid_by_its_unit(app).await;
        for unit in [till.market.trader.org_id, early.market.trader.org_id] {
            app.supervise(unit, head.org_id).await;
        }
        let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true,
            "canteen": { "total_fen": 100_000, "ratio_ppm": 100_000 } });
        approved(app, till.market.trader.org_id, plan.clone(), [&head, &bureau]).await;
        for (till, boxes) in [(&till, "5"), (&early, "6")] {
            let order = till.accepted(boxes).await;
            till.pay(&order, boxes.parse::<i64>().unwrap() * 1000).await;
            till.rate(&order).await;
        }
        early.accepted("1").await;
        let names = ["ordered_fen", "accepted_paid_fen", "completed_fen", "before_plan_ordered_fen", "before_plan_accepted_paid_fen", "before_plan_completed_fen"];
        let total = async || {
            let view = bureau.get("/api/v1/reports/quota-progress?year=2021").expect(200).await.json();
            assert_eq!(view["rows"].as_array().unwrap().len(), 1);
            for name in names {
                assert_eq!(view["rows"][0][name], view["total"][name]);
            }
            (names.map(|name| view["total"][name].as_i64().unwrap()), view["total"]["rate"].as_str().unwrap().to_owned())
        };
        assert_eq!(total().await, ([5000, 5000, 5000, 7000, 6000, 6000], "50.00".to_owned()));
        let csv = bureau.get("/api/v1/reports/quota-progress?year=2021").header("accept", "text/csv").expect(200).await.text();
        assert!(csv.lines().last().unwrap().ends_with(",50.00,,0.00,70.00,60.00,60.00"), "{csv}");
        approved(app, early.market.trader.org_id, plan, [&head, &bureau]).await;
        assert_eq!(total().await, ([12_000, 11_000, 11_000, 0, 0, 0], "55.00".to_owned()));
    }

    async fn progress_shows_three_amounts_classes_and_the_rate(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let plan = json!({ "year": 2021, "canteen_mode": "shared_representative", "submit": true,
            "canteen": { "total_fen": 100_000, "ratio_ppm": 100_000 } });
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager, Role::Reviewer]).await;
        app.supervise(unit, head.org_id).await;
        approved(app, unit, plan, [&head, &bureau]).await;
        let without = json!({ "year": 2021, "canteen_mode": "none", "submit": true });
        let canteenless = app.organisation(OrgKind::BudgetUnit, "640105").await;
        app.supervise(canteenless, head.org_id).await;
        approved(app, canteenless, without, [&head, &bureau]).await;
        let member = json!({ "year": 2021, "canteen_mode": "shared_member", "representative_id": unit, "submit": true });
        let guest = app.organisation(OrgKind::BudgetUnit, CITY).await;
        app.supervise(guest, head.org_id).await;
        approved(app, guest, member, [&head, &bureau]).await;
        let (done, unrated) = (till.accepted("2").await, till.accepted("3").await);
        till.accepted("1").await;
        till.pay(&done, 2000).await;
        till.pay(&unrated, 3000).await;
        till.rate(&done).await;
        let report = async |query: &str| {
            bureau.get(&format!("/api/v1/reports/quota-progress?year=2021&{query}")).expect(200).await.json()
        };
        let by_region = report("by=region").await;
        let total = &by_region["total"];
        let amounts = ["reserved_fen", "ordered_fen", "accepted_paid_fen", "completed_fen"].map(|name| total[name].clone());
        assert_eq!(amounts, [json!(10_000), json!(6000), json!(5000), json!(2000)]);
        assert_eq!((total["rate"].clone(), total["completed_canteen_fen"].clone()), (json!("20.00"), json!(2000)));
        let classes = ["accounts", "reserved_units", "started_units", "not_reserved_units", "not_applicable_units", "shared_member_units"];
        assert_eq!(classes.map(|name| total[name].clone()), [4, 1, 1, 1, 1, 1].map(|n| json!(n)));
        // A total row is the sum of its rows.
        for name in ["completed_fen", "reserved_fen", "accounts"] {
            let sum: i64 = by_region["rows"].as_array().unwrap().iter().map(|row| row[name].as_i64().unwrap()).sum();
            assert_eq!(json!(sum), total[name]);
        }
        assert_eq!((by_region["rows"][1]["key"].clone(), by_region["rows"][1]["rate"].clone()), (json!("640105"), json!("N/A")));
        let by_unit = report("by=unit").await;
        let of = |id: yigou::kernel::ids::OrgId| -> Value {
            by_unit["rows"].as_array().unwrap().iter().find(|row| row["key"] == json!(id)).cloned().unwrap()
        };
        assert_eq!((of(unit)["class"].clone(), of(canteenless)["class"].clone()), (json!("reserved"), json!("not_applicable")));
        assert_eq!((of(guest)["class"].clone(), of(guest)["via"].clone()), (json!("shared_member"), of(unit)["name"].clone()));
        let under = report("by=supervising_unit").await;
        assert_eq!((under["rows"][0]["key"].clone(), under["rows"].as_array().unwrap().len()), (json!(head.org_id), 1));
        assert_eq!(report(&format!("by=unit&unit={unit}")).await["total"]["accounts"], json!(1));
        assert_eq!(report("by=region&region=640105").await["total"]["accounts"], json!(1));
        // Others see their own.
        let path = "/api/v1/reports/quota-progress?year=2021&by=unit";
        assert_eq!(head.get(path).expect(200).await.json()["total"]["accounts"], json!(4));
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Auditor]).await;
        assert_eq!(elsewhere.get(path).expect(200).await.json()["total"]["accounts"], json!(0));
        elsewhere.get(&format!("{path}&unit={unit}")).refused("not_found").await;
        // After the year has closed a refund is a correction, apart from the rate; an earlier day shows what was known then.
        app.clock.set_day("2022-01-20");
        till.refund(&done, 100).await;
        let after = report("by=region").await;
        assert_eq!((after["total"]["rate"].clone(), after["total"]["corrections_fen"].clone()), (json!("20.00"), json!(-100)));
        let before = report("by=region&as_of=2021-12-31").await;
        assert_eq!((before["total"]["completed_fen"].clone(), before["total"]["corrections_fen"].clone()), (json!(2000), json!(0)));
        let csv = bureau.get(path).header("accept", "text/csv").expect(200).await.text();
        let last = csv.lines().last().unwrap().to_owned();
        assert!(csv.lines().any(|line| line.contains(&format!(",{unit},"))), "{csv}");
        assert!(last.starts_with("合计,") && last.contains(",100.00,60.00,50.00,20.00,20.00,0.00,0.00,20.00,,-1.00,0.00,0.00,0.00"), "{last}");
        let view = till.counting(&done).await;
        let (counted, missing) = (&view["counted"], &view["missing"]);
        assert_eq!((counted, &missing[0]["code"], &missing[0]["amount_fen"], &missing[1]), (&json!(true), &json!("unpaid"), &json!(100), &Value::Null));
        recounted(app).await;
    }
}

/// Files a plan for a unit and has it approved by the unit above and the finance bureau.
pub async fn approved(
    app: &TestApp,
    unit: yigou::kernel::ids::OrgId,
    plan: Value,
    reviewers: [&crate::support::people::Person; 2],
) {
    let manager = app.person(unit, &[Role::Manager]).await;
    let id = manager.post("/api/v1/quota-plans", plan).expect(201).await.id();
    for reviewer in reviewers {
        let path = format!("/api/v1/quota-plans/{id}");
        let version = reviewer.get(&path).expect(200).await.version();
        let body = json!({ "decision": "approve", "reason": "同意" });
        reviewer.post(&format!("{path}/reviews"), body).if_match(version).expect(200).await;
    }
}
