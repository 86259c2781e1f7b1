//! The price watch: what is compared, what is kept of a month, what settles an alert.

use super::*;
use crate::catalogue::{LISTINGS, PRODUCTS, listing_body, product_body};
use crate::support::mail::received;

const WATCH: &str = "/api/v1/price-watch";
const ALERTS: &str = "/api/v1/price-alerts";

/// A supplier of a county that offers 2.5 kilograms of something for so much.
async fn offers(app: &TestApp, county: &str, (category, mark): (&str, &str), price_fen: i64) -> (Person, String) {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let name = format!("同类合作社{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
    let seller = supplier(app, OrgKind::Cooperative, county, &name).await;
    let mut body = product_body("滩羊肉", county, false);
    (body["category"], body["mark"]) = (json!(category), json!(mark));
    let product = seller.post(PRODUCTS, body).expect(201).await.id();
    let listing = seller.post(LISTINGS, listing_body(&product, price_fen)).expect(201).await.id();
    (seller, listing)
}

const LIKE: (&str, &str) = ("meat", "geographical_indication");

/// Besides the scene's listing at 20.00 a kilogram: five like ones at 10 to 14 in 同心, of the same prefecture.
async fn like_goods(app: &TestApp) {
    for price in [2500, 2750, 3000, 3250, 3500] {
        offers(app, "640324", LIKE, price).await;
    }
}

async fn day(app: &TestApp, day: &str) {
    app.clock.set_day(day);
    app.run_jobs().await;
}

async fn alert(by: &Person) -> Value {
    let mut found = by.get(ALERTS).expect(200).await.json()["items"].as_array().unwrap().clone();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

on_both! {
    async fn a_price_is_compared_with_like_goods_of_others_only(app) {
        let scene = Scene::set(app).await;
        // Another mark, category or province is nothing alike; nor does the supplier's own price count.
        offers(app, "640324", ("meat", "none"), 25).await;
        offers(app, "640324", ("fruit", LIKE.1), 25).await;
        for price in [2500, 2750, 3000, 3250] {
            offers(app, "640324", LIKE, price).await;
        }
        let none = scene.county.get(WATCH).expect(200).await.json()["items"].clone();
        assert_eq!(none, json!([]));
        // The fifth comes from another prefecture: the province is compared. 10, 11, 12, 13, 14: 12; one and a half times is 18.
        offers(app, "640522", LIKE, 3500).await;
        let seen = scene.county.get(WATCH).expect(200).await.json()["items"][0].clone();
        let figures = ["price_per_kg_fen", "median_fen", "like_goods", "factor_ppm"].map(|name| seen[name].as_i64().unwrap());
        assert_eq!((figures, seen["compared_in"].clone()), ([2000, 1200, 5, 1_500_000], json!("640000")));
        assert_eq!((seen["listing_id"].clone(), seen["reason"].clone()), (json!(scene.listing), json!("above_median")));
        assert!(seen["factor_rule_id"].as_str().unwrap().starts_with("rul_"));
        assert_eq!(seen["reason_zh"], json!("每公斤 20.00 元，高于同类商品（5 件）中位价 12.00 元的 150%"));
        // With a fifth in the prefecture the prefecture is: 10, 11, 12, 13, 15.
        offers(app, "640324", LIKE, 3750).await;
        let seen = scene.county.get(WATCH).expect(200).await.json()["items"][0].clone();
        assert_eq!((seen["compared_in"].clone(), seen["median_fen"].clone()), (json!("640300"), json!(1200)));
        // Offices see their own region, suppliers nothing.
        let next = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        assert_eq!(next.get(WATCH).expect(200).await.json()["items"], json!([]));
        scene.seller.get(WATCH).expect(403).await;
        assert_eq!(scene.county.get(&format!("{WATCH}?category=fruit")).expect(200).await.json()["items"], json!([]));
        assert_eq!(scene.county.get(&format!("{WATCH}?reason=above_evidence")).expect(200).await.json()["items"], json!([]));
    }

    async fn what_was_ordered_counts_in_its_month(app) {
        let scene = Scene::set(app).await;
        like_goods(app).await;
        let (dear, listing) = offers(app, "640324", LIKE, 7500).await;
        // 10, 11, 12, 13, 14, 30: the mean of 12 and 13, half-up.
        let median = || async { scene.county.get(WATCH).expect(200).await.json()["items"][0]["median_fen"].clone() };
        assert_eq!(median().await, json!(1250));
        let market = crate::support::market::Market::open(app, 0).await;
        let goods = listing.parse().unwrap();
        market.place(&[(goods, "1")]).await;
        market.place(&[(goods, "2")]).await;
        let version = dear.get(&format!("/api/v1/listings/{listing}")).expect(200).await.version();
        let cheaper = json!({ "price_fen": 2625 });
        dear.post(&format!("/api/v1/listings/{listing}/price-changes"), cheaper).if_match(version).expect(200).await;
        // What was ordered twice at 30 counts once: 10, 10.50, 11, 12, 13, 14, 30.
        assert_eq!(median().await, json!(1200));
        // In the next month it counts no more: 10, 10.50, 11, 12, 13, 14.
        app.clock.set_day("2021-04-02");
        assert_eq!(median().await, json!(1150));
    }

    async fn a_month_that_ended_is_watched_once(app) {
        let scene = Scene::set(app).await;
        scene.reachable(app).await;
        like_goods(app).await;
        app.run_jobs().await;
        let raised = alert(&scene.seller).await;
        let figures = ["price_per_kg_fen", "median_fen", "like_goods"].map(|name| raised[name].as_i64().unwrap());
        assert_eq!((figures, raised["month"].clone(), raised["state"].clone()), ([2000, 1200, 5], json!("2021-02"), json!("open")));
        // The supplier is told once, its own figure and the median and nothing of another's price.
        let told = || received(&scene.seller.email).iter().map(crate::support::mail::Received::text).filter(|text| text.contains("中位价")).collect::<Vec<_>>();
        assert_eq!(told().len(), 1);
        assert!(told()[0].contains("20.00") && told()[0].contains("12.00") && !told()[0].contains("14.00"), "{}", told()[0]);
        // No other supplier is shown it.
        let other = supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        assert_eq!(other.get(ALERTS).expect(200).await.json()["items"], json!([]));
        let medians = scene.county.get("/api/v1/price-medians?month=2021-02").expect(200).await.json();
        let of = |place: &str| medians["medians"].as_array().unwrap().iter().find(|one| one["region_code"] == place).unwrap().clone();
        // All suppliers together: 10, 11, 12, 13, 14, 20.
        assert_eq!((of("640300")["median_fen"].clone(), of("640000")["suppliers"].clone()), (json!(1250), json!(6)));
        let before = app.census().await;
        app.run_jobs().await;
        app.write(|_| Ok(())).await.unwrap();
        let store = app.installation.store.clone();
        yigou::supervision::watch_prices(&store, app.ctx()).await.unwrap();
        app.unchanged_since(&before, "a second run").await;
        // Still too high a month later: the same alert, and no other mail.
        day(app, "2021-04-01").await;
        let lasting = alert(&scene.seller).await;
        assert_eq!((lasting["id"].clone(), lasting["last_month"].clone()), (raised["id"].clone(), json!("2021-03")));
        assert_eq!(told().len(), 1);
        assert_eq!(scene.county.get(&format!("{ALERTS}?month=2021-03&state=open")).expect(200).await.str("/items/0/id"), raised["id"].as_str().unwrap());
    }

    async fn a_lower_price_or_evidence_settles_an_alert(app) {
        let scene = Scene::set(app).await;
        like_goods(app).await;
        let (second, dear) = offers(app, "640323", LIKE, 6250).await;
        app.run_jobs().await;
        // A lower price settles at the next run.
        let version = scene.seller.get(&format!("/api/v1/listings/{}", scene.listing)).expect(200).await.version();
        let lower = json!({ "price_fen": 4500 });
        scene.seller.post(&format!("/api/v1/listings/{}/price-changes", scene.listing), lower).if_match(version).expect(200).await;
        // Evidence below the price settles nothing, and is a reason of its own.
        let evidence = |fen: i64| second.post(&format!("/api/v1/listings/{dear}/price-evidence"), json!({ "like_price_per_kg_fen": fen }));
        evidence(2400).expect(201).await;
        day(app, "2021-03-02").await;
        assert_eq!((alert(&scene.seller).await["settled_by"].clone(), alert(&second).await["state"].clone()), (json!("price"), json!("open")));
        let own = scene.county.get(&format!("{WATCH}?reason=above_evidence")).expect(200).await.json()["items"][0].clone();
        assert_eq!((own["price_per_kg_fen"].clone(), own["evidence_fen"].clone(), own["median_fen"].clone()), (json!(2500), json!(2400), Value::Null));
        evidence(2500).expect(201).await;
        day(app, "2021-03-03").await;
        assert_eq!(alert(&second).await["settled_by"], json!("evidence"));
        // What was shown holds in later months.
        day(app, "2021-04-01").await;
        assert_eq!(alert(&second).await["settled_by"], json!("evidence"));
    }

    async fn an_office_pursues_or_dismisses_an_alert(app) {
        let scene = Scene::set(app).await;
        like_goods(app).await;
        app.run_jobs().await;
        let id = alert(&scene.county).await["id"].as_str().unwrap().to_owned();
        let pursue = |by: &Person| by.post(&format!("{ALERTS}/{id}/findings"), json!({ "text": "价格明显高于同类商品" })).if_match(1);
        let next = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        pursue(&next).refused("not_found").await;
        let found = pursue(&scene.county).expect(201).await;
        assert_eq!((found.str("/source").as_str(), found.str("/source_id"), found.str("/code").as_str()), ("price_watch", id.clone(), "price"));
        let now = alert(&scene.seller).await;
        assert_eq!((now["state"].clone(), now["finding_id"].clone()), (json!("finding"), json!(found.id())));
        let dismiss = |version| scene.county.post(&format!("{ALERTS}/{id}/dismissals"), json!({ "reason": "品种不同" })).if_match(version);
        dismiss(1).refused("stale_version").await;
        dismiss(2).refused("wrong_state").await;
        // The lower price settles the alert; the finding goes its own way.
        let version = scene.seller.get(&format!("/api/v1/listings/{}", scene.listing)).expect(200).await.version();
        scene.seller.post(&format!("/api/v1/listings/{}/price-changes", scene.listing), json!({ "price_fen": 3000 })).if_match(version).expect(200).await;
        day(app, "2021-03-02").await;
        assert_eq!(alert(&scene.seller).await["state"], json!("settled"));
        assert_eq!(scene.seller.get(&format!("{FINDINGS}/{}", found.id())).expect(200).await.str("/state"), "open");
    }

    async fn a_dismissed_alert_may_come_again(app) {
        let scene = Scene::set(app).await;
        like_goods(app).await;
        app.run_jobs().await;
        let id = alert(&scene.county).await["id"].as_str().unwrap().to_owned();
        let gone = scene.county.post(&format!("{ALERTS}/{id}/dismissals"), json!({ "reason": "品种不同" })).if_match(1).expect(200).await;
        assert_eq!((gone.str("/state").as_str(), gone.str("/decision_reason").as_str()), ("dismissed", "品种不同"));
        day(app, "2021-04-01").await;
        let months: Vec<Value> = scene.seller.get(ALERTS).expect(200).await.json()["items"].as_array().unwrap().iter().map(|one| one["month"].clone()).collect();
        assert_eq!(months, [json!("2021-03"), json!("2021-02")]);
    }
}
