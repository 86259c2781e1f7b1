//! What happens to listings: prices, stock, withdrawal, certificates, mandates.

use crate::catalogue::{LISTINGS, PRODUCTS, certify, day, list, listing_body, names, product, product_body, supplier};
use crate::support::TestApp;
use crate::support::people::Person;
use actix_web::http::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use yigou::catalogue::{self as goods, CoverStatus, Reach, offers};
use yigou::kernel::actor::OrgKind;
use yigou::kernel::error::Code;
use yigou::kernel::ids::ListingId;
use yigou::ledger::{self, Hold};

async fn version(app: &TestApp, listing: &str) -> i64 {
    app.get(&format!("{LISTINGS}/{listing}")).expect(200).await.version()
}

/// A change that names the version it has seen.
async fn change(app: &TestApp, seller: &Person, listing: &str, verb: &str, body: Value) -> crate::support::Ask {
    seller.post(&format!("{LISTINGS}/{listing}/{verb}"), body).if_match(version(app, listing).await)
}

/// Asks until the answer is there; whoever asks at this moment or later gets it.
async fn until(ask: &impl AsyncFn() -> Value, wanted: Value, last: Instant) {
    loop {
        let asked = Instant::now();
        let answer = ask().await;
        if answer == wanted {
            return;
        }
        assert!(asked < last, "still {answer}");
        tokio::task::yield_now().await;
    }
}

async fn relist(app: &TestApp, seller: &Person, listing: &str) -> crate::support::Ask {
    let path = format!("{LISTINGS}/{listing}/relisting");
    seller.request(Method::POST, &path).if_match(version(app, listing).await)
}

async fn orderable(app: &TestApp, listing: &str, on: &str) -> Result<usize, Code> {
    let (id, day) = (listing.parse::<ListingId>().unwrap(), day(on));
    let offer = app.read(move |read| offers(read, &[id], day)).await.unwrap().pop().unwrap();
    offer.orderable(day).map(|()| offer.certificates.len()).map_err(|error| error.code())
}

on_both! {
    async fn raising_a_price_needs_newer_evidence(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = list(&seller, &product(&seller, "盐池滩羊", "640323").await, 5000).await;
        let price = |fen: i64| json!({ "price_fen": fen });
        let path = format!("{LISTINGS}/{id}/price-changes");
        seller.post(&path, price(4000)).refused("if_match_required").await;
        change(app, &seller, &id, "price-changes", price(4000)).await.expect(200).await;
        change(app, &seller, &id, "price-changes", price(5000)).await.refused("price_evidence_required").await;
        let evidence = format!("{LISTINGS}/{id}/price-evidence");
        seller.post(&evidence, json!({ "like_price_per_kg_fen": 2000 })).expect(201).await;
        change(app, &seller, &id, "price-changes", price(5002)).await.refused("price_evidence_required").await;
        let raised = change(app, &seller, &id, "price-changes", price(5000)).await.expect(200).await;
        assert_eq!((raised.int("/price_fen"), raised.int("/price_per_kg_fen")), (5000, 2000));
        // The evidence is used up.
        change(app, &seller, &id, "price-changes", price(5001)).await.refused("price_evidence_required").await;
        seller.post(&path, price(100)).if_match(1).refused("stale_version").await;
        let stranger = supplier(app, OrgKind::Cooperative, "640323", "别家合作社").await;
        change(app, &stranger, &id, "price-changes", price(1)).await.refused("not_found").await;
        stranger.post(&evidence, json!({ "link": "https://x.example/" })).refused("not_found").await;
    }

    async fn stock_never_falls_below_what_is_held(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let product = product(&seller, "盐池滩羊", "640323").await;
        let id = list(&seller, &product, 5000).await;
        let (listing, today) = (id.parse::<ListingId>().unwrap(), day("2021-03-01"));
        let account = app.read(move |read| offers(read, &[listing], today)).await.unwrap()[0].stock_account;
        app.write(move |tx| {
            let hold = Hold {
                id: ledger::transfer_id(&["test", "hold"]),
                account,
                amount: 7000,
                order_id: tx.new_id(),
                line_id: None,
                code: "order",
                enforce_limit: true,
            };
            ledger::hold(tx, &[hold]).map_err(yigou::kernel::error::AppError::from)
        })
        .await
        .unwrap();
        let path = format!("{LISTINGS}/{id}/stock-changes");
        let stock = |direction: &str, quantity: &str| json!({ "direction": direction, "quantity": quantity, "reason": "盘点" });
        seller.post(&path, stock("out", "4")).refused("stock_below_held").await;
        let left = seller.post(&path, stock("out", "3")).expect(201).await;
        assert_eq!(left.json()["stock"], json!({ "supplied": "7", "held": "7", "sold": "0", "available": "0" }));
        assert_eq!(app.get(&format!("{LISTINGS}/{id}")).expect(200).await.json()["in_stock"], json!(false));
        assert_eq!(seller.post(&path, stock("in", "5")).expect(201).await.str("/stock/available"), "5");
        seller.post(&path, stock("in", "0.5")).refused("quantity_not_whole").await;
        seller.post(&path, stock("in", "0")).refused("validation_failed").await;
        seller.post(&path, stock("sideways", "1")).refused("validation_failed").await;
        seller.bare_post(&path, stock("in", "1")).refused("idempotency_key_required").await;
        let stranger = supplier(app, OrgKind::Cooperative, "640323", "别家合作社").await;
        stranger.post(&path, stock("in", "1")).refused("not_found").await;
        let own = seller.get(&format!("{PRODUCTS}/{product}")).expect(200).await;
        assert_eq!(own.str("/listings/0/stock/held"), "7");
        let again = seller.bare_post(&path, stock("in", "1")).key("once");
        again.clone().expect(201).await;
        let replay = again.expect(201).await;
        assert_eq!((replay.header("idempotency-replayed"), replay.str("/stock/available").as_str()), (Some("true"), "6"));
    }

    async fn the_supplier_withdraws_and_lists_again(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = list(&seller, &product(&seller, "盐池滩羊", "640323").await, 5000).await;
        relist(app, &seller, &id).await.refused("wrong_state").await;
        let reason = json!({ "reason": "本季售罄" });
        let gone = change(app, &seller, &id, "withdrawal", reason.clone()).await.expect(200).await;
        assert_eq!(gone.str("/status"), "withdrawn");
        change(app, &seller, &id, "withdrawal", reason).await.refused("listing_not_on_sale").await;
        assert!(names(app, "").await.is_empty());
        assert_eq!(orderable(app, &id, "2021-03-01").await, Err(Code::ListingNotOnSale));
        relist(app, &seller, &id).await.expect(200).await;
        assert_eq!(names(app, "q=tyang").await, Vec::<String>::new());
        assert_eq!(names(app, "q=ty").await, ["盐池滩羊"]);
    }

    async fn the_end_of_a_certificate_withdraws_what_nothing_else_entitles(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640303", "红寺堡合作社").await;
        let product_id = product(&seller, "红寺堡枸杞", "640303").await;
        let first = certify(app, &product_id, 1, "NX-1", "2021-06-30").await;
        let id = list(&seller, &product_id, 5000).await;
        let second = certify(app, &product_id, 2, "GD-2", "2021-12-31").await;
        assert_eq!(app.get(LISTINGS).expect(200).await.str("/items/0/certificate_number"), "GD-2");
        assert_eq!(orderable(app, &id, "2021-03-01").await, Ok(2));
        // The other certificate still entitles it.
        let none = app.write(move |tx| goods::uncover(tx, None, second, CoverStatus::Ended, Reach::Unentitled, "expired")).await.unwrap();
        assert!(none.is_empty());
        assert_eq!(app.get(LISTINGS).expect(200).await.str("/items/0/certificate_number"), "NX-1");
        let gone = app.write(move |tx| goods::uncover(tx, None, first, CoverStatus::Suspended, Reach::Unentitled, "suspended")).await.unwrap();
        assert_eq!(gone.iter().map(|w| w.listing_id.to_string()).collect::<Vec<_>>(), [id.as_str()]);
        assert!(names(app, "").await.is_empty());
        assert_eq!(orderable(app, &id, "2021-03-01").await, Err(Code::ListingNotOnSale));
        relist(app, &seller, &id).await.refused("certificate_not_current").await;
        app.write(move |tx| goods::recover(tx, first)).await.unwrap();
        assert!(names(app, "").await.is_empty(), "the supplier lists again itself");
        relist(app, &seller, &id).await.expect(200).await;
        assert_eq!(names(app, "certified=true").await, ["红寺堡枸杞"]);
        // Past its last day it neither shows nor sells, although no job has run.
        app.clock.set_day("2021-07-01");
        assert!(names(app, "").await.is_empty());
        let late = app.get(&format!("{LISTINGS}/{id}")).expect(200).await.json();
        assert_eq!((&late["status"], &late["certified"], &late["certificate_number"]), (&json!("withdrawn"), &json!(false), &Value::Null));
        assert_eq!(orderable(app, &id, "2021-07-01").await, Err(Code::CertificateNotCurrent));
        // While a renewal is decided the old certificate goes on.
        app.write(move |tx| goods::extend(tx, first, day("2021-08-29"))).await.unwrap();
        assert_eq!(names(app, "certified=true").await, ["红寺堡枸杞"]);
    }

    async fn an_eligible_listing_stays_without_its_certificate(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let product_id = product(&seller, "盐池滩羊", "640323").await;
        let certificate = certify(app, &product_id, 1, "NX-1", "2021-12-31").await;
        list(&seller, &product_id, 5000).await;
        let gone = app.write(move |tx| goods::uncover(tx, None, certificate, CoverStatus::Ended, Reach::Unentitled, "expired")).await.unwrap();
        assert!(gone.is_empty());
        let shown = app.get(LISTINGS).expect(200).await.json();
        assert_eq!((&shown["items"][0]["certified"], &shown["items"][0]["certificate_number"]), (&json!(false), &Value::Null));
    }

    async fn a_county_that_leaves_the_832_takes_its_listings_with_it(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let (bare, held) = (product(&seller, "盐池滩羊", "640323").await, product(&seller, "盐池黄花菜", "640323").await);
        certify(app, &held, 1, "NX-1", "2022-12-31").await;
        let (bare, held) = (list(&seller, &bare, 5000).await, list(&seller, &held, 5000).await);
        let lines = "code,name,eligible_832,valid_from\n640323,盐池县,false,2022-01-01\n".to_owned();
        let lines = yigou::regions::parse_regions(lines.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_regions(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        assert_eq!(names(app, "eligible=true").await.len(), 2, "not before the day");
        app.clock.set("2022-01-01T00:00:00+08:00".parse().unwrap());
        app.run_jobs().await;
        assert_eq!(names(app, "eligible=true").await, Vec::<String>::new());
        assert_eq!(names(app, "").await, ["盐池黄花菜"]);
        assert_eq!(orderable(app, &bare, "2022-01-01").await, Err(Code::ListingNotOnSale));
        assert_eq!(orderable(app, &held, "2022-01-01").await, Ok(1));
        relist(app, &seller, &bare).await.refused("certificate_not_current").await;
        // An import that gives the status back is heard of at once.
        let lines = yigou::regions::parse_regions("code,name,eligible_832\n640323,盐池县,true\n".as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_regions(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        assert_eq!(names(app, "eligible=true").await, ["盐池黄花菜"]);
    }

    async fn another_process_shows_a_change_within_a_second(app) {
        let second = Duration::from_secs(1);
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = list(&seller, &product(&seller, "盐池滩羊", "640323").await, 5000).await;
        let other = app.with(|installation| installation.cache_ttl = second).await;
        let price = async || other.get(LISTINGS).expect(200).await.json()["items"][0]["price_fen"].clone();
        let kept = Instant::now();
        assert_eq!(price().await, json!(5000));
        change(app, &seller, &id, "price-changes", json!({ "price_fen": 4000 })).await.expect(200).await;
        let changed = Instant::now();
        let at_once = price().await;
        assert!(kept.elapsed() >= second || at_once == json!(5000), "nothing is kept: {at_once}");
        until(&price, json!(4000), changed + second).await;
        // Withdrawn here, it leaves the list there as well.
        change(app, &seller, &id, "withdrawal", json!({ "reason": "售罄" })).await.expect(200).await;
        until(&price, Value::Null, Instant::now() + second).await;
    }

    async fn an_agent_sells_only_under_a_mandate(app) {
        let producer = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let agent = supplier(app, OrgKind::AgentTrader, "640323", "盐池商贸").await;
        let lamb = product(&producer, "盐池滩羊", "640323").await;
        let other = product(&producer, "盐池黄花菜", "640323").await;
        agent.post(LISTINGS, listing_body(&lamb, 5000)).refused("not_found").await;
        let mandate = json!({ "agent_id": agent.org_id, "products": [lamb], "valid_from": "2021-03-01", "valid_until": "2021-06-30" });
        let mandate = producer.post("/api/v1/mandates", mandate).expect(201).await;
        agent.post(LISTINGS, listing_body(&other, 5000)).refused("not_found").await;
        let id = list(&agent, &lamb, 5000).await;
        assert_eq!(app.get(LISTINGS).expect(200).await.str("/items/0/supplier_name"), "盐池商贸");
        assert_eq!(orderable(app, &id, "2021-06-30").await, Ok(0));
        assert_eq!(orderable(app, &id, "2021-07-01").await, Err(Code::ListingNotOnSale));
        let revocation = format!("/api/v1/mandates/{}/revocation", mandate.id());
        producer.request(Method::POST, &revocation).if_match(mandate.version()).expect(200).await;
        // From the commit on, whenever the listing itself is withdrawn.
        assert_eq!(orderable(app, &id, "2021-03-01").await, Err(Code::ListingNotOnSale));
        assert!(names(app, "").await.is_empty());
        assert_eq!(app.get(&format!("{LISTINGS}/{id}")).expect(200).await.str("/status"), "withdrawn");
        app.run_jobs().await;
        assert!(names(app, "").await.is_empty());
        relist(app, &agent, &id).await.refused("not_found").await;
    }

    async fn a_certificate_names_a_product_once(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = seller.post(PRODUCTS, product_body("滩羊", "640323", true)).expect(201).await.id();
        certify(app, &id, 1, "NX-1", "2021-12-31").await;
        let own = seller.get(&format!("{PRODUCTS}/{id}")).expect(200).await;
        assert_eq!((own.str("/certificates/0/number"), own.str("/certificates/0/county")), ("NX-1".to_owned(), "640303".to_owned()));
        let second = seller.post(PRODUCTS, product_body("枸杞", "640323", true)).expect(201).await.id();
        let page = seller.get(&format!("{PRODUCTS}?limit=1")).expect(200).await;
        assert_eq!(page.str("/items/0/id"), second);
        let next = seller.get(&format!("{PRODUCTS}?limit=1&cursor={}", page.str("/next_cursor"))).expect(200).await;
        assert_eq!(next.str("/items/0/id"), id);
    }
}
