//! Volumes by the schemes under which goods were certified when they were ordered; on both databases.

use super::{VOLUMES, followed, rebuilt};
use crate::ordering::standing::{Certified, certified_goods};
use crate::payments::Till;
use crate::reporting::gift_box;
use crate::support::TestApp;
use crate::support::market::{Market, confirm};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::catalogue::{self, Cover};
use yigou::kernel::actor::Role;
use yigou::kernel::ids::CertificateId;
use yigou::volumes::fold_batch;

const BY: &str = "from=2021-01&to=2022-12&by=month,schemes&basis=ordered";

/// A second scheme of Ningxia: its id.
pub async fn founded(app: &TestApp, province: &Person) -> String {
    let step = |key: &str, kind: &str, level: &str| json!({ "key": key, "kind": kind, "level": level });
    let steps = [
        step("county_review", "review", "county"),
        json!({ "key": "county_notice", "kind": "notice", "level": "county", "days": 5 }),
        step("prefecture_review", "review", "prefecture"),
    ];
    let edition = json!({ "effective_from": app.ctx().at.day().plus_days(1), "steps": steps, "kinds": ["cooperative"], "validity_days": 730,
        "renewal_window_days": 30, "source": "宁乡振发〔2021〕12号" });
    let body =
        json!({ "name": "宁夏消费帮扶产品认定", "region_code": "640000", "number_prefix": "NXB-", "edition": edition });
    province.post("/api/v1/schemes", body).expect(201).await.id()
}

/// Certifies what a listing sells under another scheme too.
pub async fn covered(app: &TestApp, seller: &Person, listing: &str, scheme: &str) {
    let shown = seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await;
    let cover = Cover {
        product_id: shown.str("/product_id").parse().unwrap(),
        certificate_id: CertificateId([7; 16]),
        number: "NXB-2021001".to_owned(),
        scheme_id: scheme.parse().unwrap(),
        county: "640303".parse().unwrap(),
        valid_from: "2021-01-01".parse().unwrap(),
        valid_until: "2025-12-31".parse().unwrap(),
    };
    app.write(move |tx| catalogue::cover(tx, &cover)).await.unwrap();
}

/// Month, names of schemes and amount of every row.
fn told(view: &Value) -> Vec<(String, Vec<String>, i64)> {
    let row = |row: &Value| {
        let names = row["scheme_names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        (row["month"].as_str().unwrap().to_owned(), names.collect(), row["amount_fen"].as_i64().unwrap())
    };
    let mut rows: Vec<_> = view["rows"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

/// What entries come to.
fn sum(entries: &[Value]) -> i64 {
    entries.iter().map(|entry| entry["amount_fen"].as_i64().unwrap()).sum()
}

on_both! {
    async fn goods_count_once_under_all_schemes_that_certified_them(app) {
        let it = Certified::open(app).await;
        let (both, doubtful) = certified_goods(app, &it.offices, &it.seller, "红寺堡黄花菜").await;
        let second = founded(app, &it.offices.province).await;
        covered(app, &it.seller, &both.to_string(), &second).await;
        let other = Market::open(app, 1).await;
        let plain = other.listing(app, 0, 1000, "10", false).await;
        other.place(&[(plain, "3")]).await;
        for (goods, boxes) in [(it.listing, "1"), (both, "2")] {
            let order = it.market.place(&[(goods, boxes)]).await;
            confirm(&it.seller, &order).expect(200).await;
        }
        let month = app.ctx().at.day().month();
        let first = "宁夏扶贫产品认定";
        let mut two = vec![first.to_owned(), "宁夏消费帮扶产品认定".to_owned()];
        let path = format!("{VOLUMES}?{BY}");
        let office = app.person(it.offices.province.org_id, &[Role::Reviewer]).await;
        let look = async || office.get(&path).expect(200).await.json();
        let view = look().await;
        let ids = view["rows"].as_array().unwrap().iter().map(|row| row["schemes"].as_array().unwrap());
        let pair = ids.max_by_key(|ids| ids.len()).unwrap();
        if pair[0].as_str() == Some(&second) {
            two.reverse();
        }
        let mut before = vec![
            (month.clone(), vec![], 3_000),
            (month.clone(), vec![first.to_owned()], 5_000),
            (month.clone(), two.clone(), 10_000),
        ];
        before.sort();
        assert_eq!(told(&view), before);
        assert_eq!(view["total_fen"], json!(18_000));
        // Folded or not, each figure leads to what it is made of.
        for most in [0, 2, 100] {
            app.write(move |tx| fold_batch(tx, most)).await.unwrap();
            let view = look().await;
            assert_eq!(told(&view), before, "after {most}");
            for row in view["rows"].as_array().unwrap() {
                let entries = followed(&office, row["entries"].as_str().unwrap()).await;
                assert_eq!((Some(sum(&entries)), entries.len()), (row["amount_fen"].as_i64(), 1), "{row}");
            }
            rebuilt(app).await;
        }
        for schemes in ["sch_1", "", "-,-"] {
            let refused = office.get(&format!("{VOLUMES}/entries?schemes={schemes}")).refused("invalid_parameter").await;
            assert_eq!(refused.pointers(), ["schemes"], "{schemes}");
        }
        let table = office.get(&path).header("accept", "text/csv").expect(200).await.text();
        assert!(table.contains(&two.join("、")) && table.contains("认定方案"), "{table}");
        // What was never valid certified nothing; where another certificate stands the line stays what it was.
        let body = json!({ "ground": "certification_false", "reason": "检测报告系伪造", "document_no": "宁乡振认〔2021〕12号" });
        for number in [&it.number, &doubtful] {
            office.post(&format!("/api/v1/certificates/{number}/annulments"), body.clone()).expect(200).await;
            app.run_jobs().await;
        }
        let after = [(month.clone(), vec![], 8_000), (month.clone(), two.clone(), 10_000)];
        let view = look().await;
        assert_eq!(told(&view), after);
        for row in view["rows"].as_array().unwrap() {
            assert_eq!(Some(sum(&followed(&office, row["entries"].as_str().unwrap()).await)), row["amount_fen"].as_i64());
        }
        rebuilt(app).await;
    }

    async fn certified_goods_of_several_counties_are_split_like_others(app) {
        let till = Till::open(app).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        let scheme = crate::certification::scheme(app).await;
        covered(app, till.seller(), &gift.to_string(), &scheme).await;
        till.market.place(&[(gift, "3")]).await;
        till.market.place(&[(till.goods, "1")]).await;
        let office = crate::volumes::office(app, "640000").await;
        let manager = app.person(till.market.trader.org_id, &[Role::Manager]).await;
        for most in [0, 100] {
            app.write(move |tx| fold_batch(tx, most)).await.unwrap();
            for who in [&office, &manager] {
                let path = format!("{VOLUMES}?from=2021-01&to=2022-12&by=county,schemes&basis=ordered");
                let view = who.get(&path).expect(200).await.json();
                let mut found = Vec::new();
                for row in view["rows"].as_array().unwrap() {
                    let entries = followed(who, row["entries"].as_str().unwrap()).await;
                    assert_eq!(Some(sum(&entries)), row["amount_fen"].as_i64(), "{row}");
                    found.push((row["county"].clone(), row["schemes"].clone(), sum(&entries)));
                }
                let expected = [
                    (json!("640323"), json!([]), 1_000),
                    (json!("640323"), json!([scheme]), 599),
                    (json!("640522"), json!([scheme]), 400),
                ];
                assert_eq!(found, expected, "after {most}");
            }
        }
        rebuilt(app).await;
    }
}
