//! Products, listings, the public list, and what certificates do to them.

use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::admission::{self, AdmissionDecision, NewApplication, Verdict};
use yigou::catalogue::{self, Cover};
use yigou::kernel::actor::{Actor, ApplyAsSupplier, OrgKind, Role, Scope, Via};
use yigou::kernel::ids::{CertificateId, ProductId, SchemeId, UserId};
use yigou::kernel::time::Day;

pub const LISTINGS: &str = "/api/v1/listings";
pub const PRODUCTS: &str = "/api/v1/products";

/// Somebody of the county's office or of the platform.
async fn official(app: &TestApp, kind: OrgKind, region: &str, n: u8) -> Actor {
    let org_id = app.organisation(kind, region).await;
    let region = region.parse().unwrap();
    let scope = if kind == OrgKind::Operator { Scope::Platform } else { Scope::Region(region) };
    Actor { user_id: UserId([n; 16]), org_id, kind, region, scope, ended_on: None, via: Via::Program }
}

/// An admitted supplier of a county, or of a place in it; its county recommends it.
pub async fn supplier(app: &TestApp, kind: OrgKind, place: &str, name: &str) -> Person {
    let org = app.organisation_named(kind, place, name).await;
    let county = &place[..6];
    let seller = app.person(org, &[Role::Seller]).await;
    let (apply, office) =
        (seller.actor::<ApplyAsSupplier>(), official(app, OrgKind::PovertyOffice, county, 0xF1).await);
    let operator = official(app, OrgKind::Operator, "640000", 0xF2).await;
    app.write(move |tx| {
        let new = NewApplication { statement: "申请入驻".to_owned(), files: Vec::new() };
        let verdict = Verdict { decision: AdmissionDecision::Accept, reason_code: None, opinion: None };
        let id = admission::apply(tx, &apply, &new)?;
        admission::recommend(tx, &office, id, &verdict)?;
        admission::review(tx, &operator, id, &verdict)
    })
    .await
    .unwrap();
    seller
}

pub fn product_body(name: &str, county: &str, weighed: bool) -> Value {
    json!({ "name": name, "category": "meat", "mark": "geographical_indication", "weighed": weighed,
        "origins": [{ "county": county, "ppm": 1_000_000 }] })
}

pub async fn product(seller: &Person, name: &str, county: &str) -> String {
    seller.post(PRODUCTS, product_body(name, county, false)).expect(201).await.id()
}

pub fn listing_body(product: &str, price_fen: i64) -> Value {
    json!({ "product_id": product, "unit": "箱", "net_weight_grams": 2500, "price_fen": price_fen, "stock": "10",
        "price_evidence": { "link": "https://market.example/yangrou" } })
}

pub async fn list(seller: &Person, product: &str, price_fen: i64) -> String {
    seller.post(LISTINGS, listing_body(product, price_fen)).expect(201).await.id()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub async fn certify(app: &TestApp, product: &str, certificate: u8, number: &str, until: &str) -> CertificateId {
    let cover = Cover {
        product_id: product.parse::<ProductId>().unwrap(),
        certificate_id: CertificateId([certificate; 16]),
        number: number.to_owned(),
        scheme_id: SchemeId([1; 16]),
        county: "640303".parse().unwrap(),
        valid_from: day("2021-01-01"),
        valid_until: day(until),
    };
    let id = cover.certificate_id;
    app.write(move |tx| catalogue::cover(tx, &cover)).await.unwrap();
    id
}

pub async fn names(app: &TestApp, query: &str) -> Vec<String> {
    let found = app.get(&format!("{LISTINGS}?{query}")).expect(200).await.json();
    found["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// Percent-encodes what is not plain.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

on_both! {
    async fn a_listing_needs_admission_and_something_that_entitles_it(app) {
        let stranger = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let own = product(&stranger, "盐池滩羊", "640323").await;
        stranger.post(LISTINGS, listing_body(&own, 5000)).refused("supplier_not_admitted").await;
        // 红寺堡 certifies but is not among the 832.
        let seller = supplier(app, OrgKind::Cooperative, "640303", "红寺堡合作社").await;
        let plain = product(&seller, "红寺堡枸杞", "640303").await;
        seller.post(LISTINGS, listing_body(&plain, 5000)).refused("certificate_not_current").await;
        certify(app, &plain, 1, "NX-2021-0001", "2021-12-31").await;
        let listed = seller.post(LISTINGS, listing_body(&plain, 5000)).expect(201).await;
        let seen = app.get(&format!("{LISTINGS}/{}", listed.id())).expect(200).await;
        assert_eq!(seen.str("/certificate_number"), "NX-2021-0001");
        assert_eq!((seen.int("/price_per_kg_fen"), seen.str("/status").as_str()), (2000, "on_sale"));
        assert_eq!((&seen.json()["eligible"], &seen.json()["certified"]), (&json!(false), &json!(true)));
        // 盐池 is among the 832, so its product needs no certificate.
        let eligible = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let lamb = product(&eligible, "盐池滩羊", "640323").await;
        let shown = app.get(&format!("{LISTINGS}/{}", list(&eligible, &lamb, 9000).await)).expect(200).await.json();
        assert_eq!((&shown["eligible"], &shown["certified"], &shown["certificate_number"]), (&json!(true), &json!(false), &Value::Null));
        // A blend with a share from elsewhere is not eligible.
        let mut blend = product_body("滩羊与枸杞礼盒", "640323", false);
        blend["origins"] = json!([{ "county": "640323", "ppm": 700_000 }, { "county": "640303", "ppm": 300_000 }]);
        let blend = eligible.post(PRODUCTS, blend).expect(201).await;
        assert_eq!(blend.json()["eligible"], json!(false));
        // A foreign product is unknown.
        eligible.post(LISTINGS, listing_body(&plain, 5000)).refused("not_found").await;
        seller.get(&format!("{PRODUCTS}/{lamb}")).expect(404).await;
    }

    async fn wrong_products_and_listings_are_named(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let mut wrong = product_body("滩羊", "640323", true);
        wrong["origins"][0]["ppm"] = json!(999_999);
        assert_eq!(seller.post(PRODUCTS, wrong.clone()).refused("validation_failed").await.pointers(), ["/origins"]);
        wrong["origins"] = json!([{ "county": "640399", "ppm": 1_000_000 }]);
        assert_eq!(seller.post(PRODUCTS, wrong.clone()).refused("validation_failed").await.pointers(), ["/origins/0/county"]);
        wrong["origins"] = json!([]);
        wrong["sc_licence"] = json!("SC1");
        wrong["colour"] = json!("red");
        let mut pointers = seller.post(PRODUCTS, wrong).refused("validation_failed").await.pointers();
        pointers.sort();
        pointers.dedup();
        assert_eq!(pointers, ["/colour", "/origins", "/sc_licence"]);
        let mut licence = product_body("饼干", "640323", false);
        licence["sc_licence"] = json!("SC10264032300001");
        let warned = seller.post(PRODUCTS, licence).expect(201).await;
        assert_eq!(warned.json()["warnings"], json!(["sc_licence_check_digit"]));
        let id = product(&seller, "滩羊", "640323").await;
        let with = |field: &str, value: Value| {
            let mut body = listing_body(&id, 5000);
            body[field] = value;
            seller.post(LISTINGS, body)
        };
        with("price_evidence", json!({})).refused("price_evidence_required").await;
        with("price_evidence", json!({ "like_price_per_kg_fen": 1999 })).refused("price_evidence_required").await;
        with("tolerance_ppm", json!(10_000)).refused("validation_failed").await;
        with("stock", json!("1.5")).refused("quantity_not_whole").await;
        with("price_fen", json!(-1)).refused("validation_failed").await;
        with("months", json!([13])).refused("validation_failed").await;
        with("net_weight_grams", json!(0)).refused("validation_failed").await;
        seller.bare_post(LISTINGS, listing_body(&id, 5000)).refused("idempotency_key_required").await;
        let weighed = seller.post(PRODUCTS, product_body("滩羊胴体", "640323", true)).expect(201).await.id();
        let mut body = listing_body(&weighed, 5000);
        body["tolerance_ppm"] = json!(50_001);
        seller.post(LISTINGS, body.clone()).refused("validation_failed").await;
        body["tolerance_ppm"] = json!(20_000);
        body["stock"] = json!("1.5");
        assert_eq!(seller.post(LISTINGS, body).expect(201).await.int("/tolerance_ppm"), 20_000);
    }

    async fn names_are_found_by_two_characters_and_initials(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池县丰收合作社").await;
        for name in ["盐池滩羊带骨后腿", "中宁枸杞", "黄花菜（特级）500g"] {
            let id = product(&seller, name, "640323").await;
            list(&seller, &id, 5000).await;
        }
        for (word, want) in [
            ("滩羊", vec!["盐池滩羊带骨后腿"]),
            ("枸杞", vec!["中宁枸杞"]),
            ("羊枸", vec![]),
            ("gq", vec!["中宁枸杞"]),
            ("500G", vec!["黄花菜（特级）500g"]),
            ("特级 黄花", vec!["黄花菜（特级）500g"]),
            ("滩羊 枸杞", vec![]),
            ("丰收", vec!["黄花菜（特级）500g", "中宁枸杞", "盐池滩羊带骨后腿"]),
            ("丰收 枸杞", vec!["中宁枸杞"]),
            ("杞", vec!["中宁枸杞"]),
            ("' OR 1 --", vec![]),
        ] {
            assert_eq!(names(app, &format!("q={}", encoded(word))).await, want, "{word}");
        }
        app.get(&format!("{LISTINGS}?q=%2C")).refused("invalid_parameter").await;
        app.get(&format!("{LISTINGS}?q={}", encoded(&"羊".repeat(51)))).refused("invalid_parameter").await;
    }

    async fn the_public_list_filters_and_sorts(app) {
        let first = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let second = supplier(app, OrgKind::Enterprise, "640303", "红寺堡公司").await;
        let lamb = product(&first, "盐池滩羊", "640323").await;
        list(&first, &lamb, 20_000).await;
        let mut fruit = product_body("海原香水梨", "640522", false);
        fruit["category"] = json!("fruit");
        let pear = first.post(PRODUCTS, fruit).expect(201).await.id();
        let mut body = listing_body(&pear, 5000);
        body["months"] = json!([9, 10]);
        first.post(LISTINGS, body).expect(201).await;
        let wolfberry = product(&second, "中宁枸杞", "640521").await;
        certify(app, &wolfberry, 1, "NX-1", "2021-12-31").await;
        let mut empty = listing_body(&wolfberry, 10_000);
        empty["stock"] = json!("0");
        second.post(LISTINGS, empty).expect(201).await;
        for (query, want) in [
            ("", vec!["中宁枸杞", "海原香水梨", "盐池滩羊"]),
            ("sort=price_per_kg", vec!["海原香水梨", "中宁枸杞", "盐池滩羊"]),
            ("sort=name", vec!["海原香水梨", "盐池滩羊", "中宁枸杞"]),
            ("category=fruit", vec!["海原香水梨"]),
            ("county=640323", vec!["盐池滩羊"]),
            ("county=640500", vec!["中宁枸杞", "海原香水梨"]),
            ("county=640000&sort=price_per_kg", vec!["海原香水梨", "中宁枸杞", "盐池滩羊"]),
            ("eligible=true", vec!["海原香水梨", "盐池滩羊"]),
            ("eligible=false", vec!["中宁枸杞"]),
            ("certified=true", vec!["中宁枸杞"]),
            ("certified=false", vec!["海原香水梨", "盐池滩羊"]),
            ("price_per_kg_min=2001", vec!["中宁枸杞", "盐池滩羊"]),
            ("price_per_kg_max=4000&sort=price_per_kg", vec!["海原香水梨", "中宁枸杞"]),
            ("month=3", vec!["中宁枸杞", "盐池滩羊"]),
            ("month=9&category=fruit", vec!["海原香水梨"]),
        ] {
            assert_eq!(names(app, query).await, want, "{query}");
        }
        assert_eq!(names(app, &format!("supplier={}", second.org_id)).await, ["中宁枸杞"]);
        let stocks = app.get(LISTINGS).expect(200).await.json();
        assert_eq!((&stocks["items"][0]["in_stock"], &stocks["items"][1]["in_stock"]), (&json!(false), &json!(true)));
        for (query, name) in [("month=13", "month"), ("sort=colour", "sort"), ("price_per_kg_min=-1", "price_per_kg_min"), ("county=1", "county"), ("colour=red", "colour")] {
            assert_eq!(app.get(&format!("{LISTINGS}?{query}")).refused("invalid_parameter").await.pointers(), [name]);
        }
    }

    async fn pages_neither_repeat_nor_miss_when_listings_come_in(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = product(&seller, "盐池滩羊", "640323").await;
        let mut all = Vec::new();
        for n in 0..7 {
            all.push(list(&seller, &id, 5000 + 1000 * (n % 3)).await);
        }
        for sort in ["newest", "price_per_kg", "name"] {
            let (mut seen, mut next) = (Vec::new(), Some(String::new()));
            while let Some(cursor) = next {
                let page = app.get(&format!("{LISTINGS}?sort={sort}&limit=2{cursor}")).expect(200).await.json();
                let items = page["items"].as_array().unwrap().clone();
                seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                // A listing that comes in ahead of the page does not move what follows.
                if sort == "newest" && seen.len() == 2 {
                    list(&seller, &id, 4000).await;
                }
                next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
            }
            let mut distinct = seen.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!(distinct.len(), seen.len(), "{sort} repeats");
            assert!(all.iter().all(|id| seen.contains(id)), "{sort} misses");
        }
        let page = app.get(&format!("{LISTINGS}?sort=name&limit=2")).expect(200).await;
        let cursor = page.str("/next_cursor");
        app.get(&format!("{LISTINGS}?sort=newest&cursor={cursor}")).refused("invalid_cursor").await;
        app.get(&format!("{LISTINGS}?sort=name&category=fruit&cursor={cursor}")).refused("invalid_cursor").await;
    }
}
