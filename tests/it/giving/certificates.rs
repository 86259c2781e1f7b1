//! 购买凭证（非捐赠票据）: issued once everything is accepted, paid and received; it stands until something is taken back.

use super::receipts::patiently;
use super::{Giving, blend, received, school};
use crate::donations::proof;
use crate::payments::url;
use crate::support::TestApp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::{Value, json};
use yigou::giving::{PURCHASE_KIND, StatedPurchase};
use yigou::platform::jws::PublicKeys;

fn path(number: &str, what: &str) -> String {
    format!("/api/v1/purchase-certificates/{number}{what}")
}

/// How anybody finds a certificate to stand.
async fn status(app: &TestApp, number: &str) -> (String, Value, Value) {
    let found = app.get(&path(number, "")).expect(200).await;
    (found.str("/status"), found.json()["cause"].clone(), found.json()["replaced_by"].clone())
}

on_both! {
    async fn a_purchase_is_certified_once_it_is_accepted_paid_and_received(app) {
        let giving = Giving::open(app).await;
        let (goods, gifts) = (giving.till.goods, blend(app, giving.seller(), 3334).await);
        // Two products of one list of households that share one.
        let product = |listing| giving.trader().get(&format!("/api/v1/listings/{listing}"));
        let row = |n: u64| crate::linkage::row(&crate::linkage::household(n), "wage");
        for (listing, households) in [(goods, [1, 2]), (gifts, [2, 3])] {
            let product = product(listing).expect(200).await.str("/product_id");
            let rows = households.map(row).to_vec();
            giving.seller().post("/api/v1/household-lists", crate::linkage::body(&product, 2021, rows)).expect(201).await;
        }
        let order = giving.place(&[(goods, "3"), (gifts, "2")], school()).await;
        giving.certify(&order).refused("not_completed_yet").await;
        giving.till.market.hand_over(0, &order, &["3", "2"]).await;
        giving.till.market.accept(&order, &[(1, "3", "0"), (2, "1", "1")]).await;
        let refused = giving.certify(&order).refused("not_completed_yet").await;
        assert_eq!(refused.pointers(), ["/lines/1", "/lines/1", "/lines/2", "/lines/2"]);
        giving.till.pay(&order, 6334).await;
        let refused = giving.certify(&order).refused("not_completed_yet").await;
        assert_eq!(refused.json()["errors"][0]["code"], "not_received");
        giving.file(&order, &[(1, "3"), (2, "1")]).await;
        let issued = giving.certify(&order).expect(201).await;
        assert_eq!((issued.str("/title"), issued.str("/status")), ("购买凭证（非捐赠票据）".into(), "valid".into()));
        assert_eq!((issued.int("/amount_fen"), issued.str("/amount_capitals")), (6334, "陆拾叁元叁角肆分".into()));
        assert_eq!(issued.str("/recipient/name"), "西吉县将台堡镇中心小学");
        assert_eq!(issued.json()["goods"].as_array().unwrap().len(), 2);
        // 33.34 yuan of three counties: 11.11, 11.11, 11.12; each household once.
        let origins: Vec<(Value, Value)> = issued.json()["origins"].as_array().unwrap().iter()
            .map(|origin| (origin["code"].clone(), origin["amount_fen"].clone())).collect();
        assert_eq!(origins, [(json!("640323"), json!(3000 + 1111)), (json!("640402"), json!(1112)), (json!("640422"), json!(1111))]);
        assert_eq!((issued.int("/households"), issued.int("/products_with_list")), (3, 2));
        let number = issued.str("/number");
        assert!(number.starts_with("GZ2021-000001-"), "{number}");
        let again = giving.certify(&order).refused("already_exists").await;
        assert_eq!(again.json()["number"], json!(number));
        // Anybody who has the number sees how it stands, and not whom to call.
        let found = app.get(&path(&number, "")).expect(200).await;
        assert_eq!((found.str("/status"), found.str("/recipient_name")), ("valid".into(), "西吉县将台堡镇中心小学".into()));
        for what in ["", "/page", "/statement"] {
            assert!(!app.get(&path(&number, what)).expect(200).await.text().contains("0954-3010000"));
        }
        app.get(&path("GZ2021-000001-00000000", "")).refused("not_found").await;
        // Others do not see it by its order.
        let list = giving.trader().get(&url(&order, "purchase-certificates")).expect(200).await;
        assert_eq!(list.str("/items/0/number"), number);
        giving.seller().get(&url(&order, "purchase-certificates")).expect(200).await;
        let other = Giving::open(app).await;
        other.trader().get(&url(&order, "purchase-certificates")).refused("not_found").await;
        other.certify(&order).refused("not_found").await;
    }

    async fn its_statement_is_verified_without_the_platform_and_its_page_says_what_it_is(app) {
        let giving = Giving::open(app).await;
        let order = giving.done("5").await;
        let issued = giving.certify(&order).expect(201).await;
        let number = issued.str("/number");
        let given = app.get(&path(&number, "/statement")).expect(200).await;
        assert_eq!(given.header("content-type"), Some("application/jose"));
        let text = given.text();
        let set = app.get("/.well-known/jwks.json").expect(200).await.json();
        let keys = PublicKeys::read(set.to_string().as_bytes(), "certificate-").unwrap();
        let stated: StatedPurchase = keys.open(&text, PURCHASE_KIND).unwrap();
        assert_eq!((stated.certificate.number.as_str(), stated.certificate.amount_fen.get()), (number.as_str(), 5000));
        assert_eq!(stated.certificate.amount_capitals, "伍拾元整");
        // It is taken for no statement about a product's certificate, and for nothing after a flipped byte.
        assert!(keys.open::<Value>(&text, yigou::certification::STATEMENT_KIND).is_err());
        let claims = text.split('.').nth(1).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let place = bytes.windows(4).position(|part| part == b"5000").unwrap();
        bytes[place] = b'9';
        let forged = text.replace(claims, &URL_SAFE_NO_PAD.encode(&bytes));
        assert!(keys.open::<Value>(&forged, PURCHASE_KIND).is_err());
        let page = app.get(&path(&number, "/page")).expect(200).await;
        for word in ["购买凭证，非捐赠票据", &number, "伍拾元整", "西吉县将台堡镇中心小学", "50.00", "有效", "<svg", "户"] {
            assert!(page.text().contains(word), "{word}");
        }
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'; style-src 'sha256-"));
        assert_eq!(app.get(&path(&number, "/qr.svg")).expect(200).await.header("content-type"), Some("image/svg+xml"));
    }

    async fn what_is_taken_back_supersedes_it_and_another_names_the_one_before(app) {
        let giving = Giving::open(app).await;
        let order = giving.done("5").await;
        let first = giving.certify(&order).expect(201).await;
        let number = first.str("/number");
        // Goods go back: the look-up says so at once, the buyer is told once.
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        giving.till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        assert_eq!(status(app, &number).await, ("superseded".into(), json!("returned"), Value::Null));
        let refused = giving.certify(&order).refused("not_completed_yet").await;
        assert_eq!(refused.json()["errors"][0]["code"], "not_received");
        for _ in 0..2 {
            app.run_jobs().await;
            app.clock.advance(std::time::Duration::from_secs(1));
        }
        let ended = giving.trader().get("/api/v1/events?after=0&limit=200").expect(200).await.json();
        let told: Vec<&Value> = ended["items"].as_array().unwrap().iter()
            .filter(|event| event["action"] == "purchase_certificate.superseded").collect();
        assert_eq!((told.len(), &told[0]["subject"]), (1, &json!(number)));
        // The receipt is put right; what was paid beyond the kept goods is sent back.
        let receipt = giving.trader().get(&url(&order, "receipts")).expect(200).await.str("/receipts/0/id");
        let mut right = received(&[(1, "4")]);
        (right["reason"], right["proof_file"]) = (json!("退货"), json!(proof(giving.trader()).await));
        giving.trader().post(&url(&order, &format!("receipts/{receipt}/corrections")), right.clone()).expect(201).await;
        let second = giving.certify(&order).expect(201).await;
        assert_eq!((second.int("/amount_fen"), second.str("/replaces")), (4000, number.clone()));
        let now = second.str("/number");
        assert_eq!(status(app, &number).await, ("superseded".into(), json!("returned"), json!(now)));
        assert_eq!(status(app, &now).await, ("valid".into(), Value::Null, Value::Null));
        // What was issued says what it said.
        let list = giving.trader().get(&url(&order, "purchase-certificates")).expect(200).await;
        assert_eq!((list.int("/items/0/amount_fen"), list.str("/items/0/sha256")), (5000, first.str("/sha256")));
        giving.till.refund(&order, 1000).await;
        assert_eq!(status(app, &now).await, ("superseded".into(), json!("refunded"), Value::Null));
        let third = giving.certify(&order).expect(201).await;
        assert_eq!((third.int("/amount_fen"), third.str("/replaces")), (4000, now));
        // What the recipient said is put right: it stands no more either.
        right["lines"][0]["quantity"] = json!("3");
        giving.trader().post(&url(&order, &format!("receipts/{receipt}/corrections")), right).expect(201).await;
        assert_eq!(status(app, &third.str("/number")).await.1, json!("receipt_corrected"));
        for table in ["purchase_certificates", "purchase_certificate_ends"] {
            app.run_jobs().await;
            let sql = format!("DELETE FROM {table}");
            let changed = app.write(move |tx| {
                yigou::each!(tx, c => diesel::RunQueryDsl::execute(diesel::sql_query(sql.clone()), c))?;
                Ok(())
            });
            assert!(changed.await.is_err(), "{table}");
        }
    }

    async fn of_many_who_ask_at_once_one_is_issued(app) {
        let giving = Giving::open(app).await;
        let order = giving.done("2").await;
        let answers = join_all((0..12).map(|_| patiently(giving.certify(&order)))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        assert!(answers.iter().filter(|answer| answer.status != 201).all(|answer| answer.json()["code"] == "already_exists"));
        let list = giving.trader().get(&url(&order, "purchase-certificates")).expect(200).await;
        assert_eq!(list.json()["items"].as_array().unwrap().len(), 1);
        // Of a return and a request at one moment, whichever comes first: none that stands names what went back.
        let order = giving.done("2").await;
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let back = patiently(giving.till.market.acceptor.post(&url(&order, "returns"), back));
        let (returned, asked) = futures_util::future::join(back, patiently(giving.certify(&order))).await;
        assert_eq!(returned.status, 201, "{}", returned.text());
        if asked.status == 201 {
            assert_eq!(status(app, &asked.str("/number")).await.0, "superseded");
        } else {
            assert_eq!(asked.json()["code"], "not_completed_yet");
        }
    }

    async fn what_was_not_kept_or_not_given_is_certified_by_none(app) {
        let giving = Giving::open(app).await;
        let order = giving.done("2").await;
        // Only what is kept can be certified at all.
        let back = json!({ "reason": "全部退回", "lines": [{ "line_no": 1, "quantity": "2" }] });
        giving.till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        giving.till.refund(&order, 2000).await;
        let receipt = giving.trader().get(&url(&order, "receipts")).expect(200).await.str("/receipts/0/id");
        let mut right = received(&[(1, "0")]);
        (right["reason"], right["proof_file"]) = (json!("全部退回"), json!(proof(giving.trader()).await));
        giving.trader().post(&url(&order, &format!("receipts/{receipt}/corrections")), right).expect(201).await;
        giving.certify(&order).refused("wrong_state").await;
        // What was bought for oneself is certified by no such paper.
        let mut plain = giving.till.market.order(&[(giving.till.goods, "1")]);
        plain["fund"] = json!("enterprise");
        let plain = giving.trader().post("/api/v1/orders", plain).expect(201).await.str("/orders/0/id");
        giving.certify(&plain).refused("wrong_state").await;
    }
}
