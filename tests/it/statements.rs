//! What goes to the database: how often an order waits for PostgreSQL, and that writes put off are not lost from sight.

use crate::certification;
use crate::support::TestApp;
use crate::support::market::{CITY, Market};
use crate::support::wire::Wire;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::json;
use yigou::admission::AdmissionRefusalReason;
use yigou::catalogue;
use yigou::identity;
use yigou::kernel::actor::{EndAdmission, OrgKind, Role};
use yigou::kernel::error::{Code, Outcome};
use yigou::kernel::ids::SupplierApplicationId;
use yigou::platform::db::{Read, Tx};
use yigou::platform::jobs;
use yigou::{each, later};

const PASSWORD: &str = "graze-Yanchi-9-lambs";

/// A real session of a clerk of a new unit, as in production; known to the process, as after any request of the last second.
async fn clerk(app: &TestApp, email: &'static str) -> String {
    let unit = app.organisation(OrgKind::BudgetUnit, CITY).await;
    let hash = app.installation.passwords.hash(PASSWORD).await.unwrap();
    app.write(move |tx| {
        let user = identity::create_user(tx, email, "马丽", Some(&hash))?;
        identity::add_membership(tx, None, user, unit, &[Role::Trader])
    })
    .await
    .unwrap();
    let session = json!({ "email": email, "password": PASSWORD });
    let token = app.post("/api/v1/sessions", session).expect(201).await.str("/access_token");
    app.get("/api/v1/orders").bearer(&token).expect(200).await;
    token
}

#[actix_web::test]
async fn an_order_of_three_lines_waits_for_postgresql_eleven_times_at_most() {
    let home = TestApp::postgres().await;
    let market = Market::open(&home, 1).await;
    let mut lines = Vec::new();
    for _ in 0..3 {
        lines.push((market.listing(&home, 0, 1999, "1000", false).await, "2"));
    }
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    let plain = market.order(&lines);
    let named = |name: &str| {
        let mut body = plain.clone();
        body["client_ref"] = json!(name);
        body
    };
    let trips = async |token: &str, key: &str, body: serde_json::Value| {
        wire.take();
        app.post("/api/v1/orders", body).bearer(token).key(key).expect(201).await;
        wire.take()
    };
    // The first orders of a connection prepare what the later ones use.
    let other = clerk(&app, "other@yigou.example").await;
    trips(&other, "prepares", plain.clone()).await;
    trips(&other, "prepares-the-reference", named("CG-0")).await;
    let token = clerk(&app, "clerk@yigou.example").await;
    let first = trips(&token, "first", plain.clone()).await;
    let usual = trips(&token, "usual", plain.clone()).await;
    let referred = trips(&token, "with-a-reference", named("CG-1")).await;
    let another = clerk(&app, "another@yigou.example").await;
    let first_referred = trips(&another, "first-with-a-reference", named("CG-1")).await;
    // A reference of the buyer's is taken by a statement of its own.
    for (case, most, trips) in
        [("first", 10, first), ("usual", 10, usual), ("referred", 11, referred), ("both", 11, first_referred)]
    {
        assert!(trips.len() <= most, "{case}: {} round trips:\n{}", trips.len(), trips.join("\n"));
    }
    home.finish().await;
}

#[actix_web::test]
async fn the_public_reads_listings_in_one_round_trip() {
    let home = TestApp::postgres().await;
    let market = Market::open(&home, 1).await;
    let listing = market.listing(&home, 0, 1999, "1000", false).await;
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    let one = format!("/api/v1/listings/{listing}");
    let list = |more: &str| format!("/api/v1/listings?limit={more}");
    // The first of each pair prepares what the second uses, and is another address: a list is kept for a second.
    let pairs = [
        (one.clone(), one),
        (list("20"), list("19")),
        (list("20&sort=price_per_kg&eligible=true"), list("19&sort=price_per_kg&eligible=true")),
    ];
    for (first, then) in pairs {
        app.get(&first).expect(200).await;
        wire.take();
        assert!(app.get(&then).expect(200).await.text().contains(&listing.to_string()), "{then}");
        let trips = wire.take();
        assert_eq!(trips.len(), 1, "{then}: {trips:#?}");
    }
    home.finish().await;
}

#[actix_web::test]
async fn a_long_page_asks_no_more_often_than_a_short_one() {
    let home = TestApp::postgres().await;
    let offices = certification::offices(&home).await;
    let seller = certification::cooperative(&home, "红寺堡滩羊专业合作社").await;
    for name in ["滩羊肉", "枸杞", "黄花菜"] {
        let id = certification::submitted(&home, &seller, name).await;
        certification::certified(&home, &offices, &id).await;
    }
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    app.get("/api/v1/me").bearer(&seller.token).expect(200).await;
    for path in ["/api/v1/certificates", "/api/v1/products"] {
        let trips = async |limit: usize| {
            wire.take();
            let page = app.get(&format!("{path}?limit={limit}")).bearer(&seller.token).expect(200).await;
            assert_eq!(page.json()["items"].as_array().unwrap().len(), limit, "{path}");
            wire.take()
        };
        // The first one of a connection prepares what the later ones use.
        trips(2).await;
        let (short, long) = (trips(1).await, trips(3).await);
        assert_eq!(short.len(), long.len(), "{path}: {long:#?}");
    }
    home.finish().await;
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn probes(read: &mut Read) -> Outcome<i64> {
    let rows: Vec<Count> = each!(read, c => diesel::sql_query("SELECT COUNT(*) AS n FROM probe").load(c))?;
    Ok(rows[0].n)
}

fn put(tx: &mut Tx<'_>, n: i64) -> Outcome<()> {
    Ok(later!(tx, diesel::sql_query("INSERT INTO probe (n) VALUES ($1)").bind::<BigInt, _>(n))?)
}

async fn table(app: &TestApp) {
    let sql = "CREATE TABLE probe (n BIGINT PRIMARY KEY)";
    app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c)).map(drop)?)).await.unwrap();
}

on_both! {
    async fn what_is_put_off_is_seen_by_the_next_statement(app) {
        table(app).await;
        let seen = app.write(|tx| {
            put(tx, 1)?;
            jobs::enqueue(tx, "probe", &1)?;
            let first = probes(tx)?;
            put(tx, 2)?;
            Ok((first, probes(tx)?, jobs::outbox_counts(tx)?))
        }).await.unwrap();
        assert_eq!(seen, (1, 2, (1, 0)));
        app.write(|tx| Ok(each!(tx, c => diesel::sql_query("DELETE FROM outbox").execute(c)).map(drop)?)).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }

    async fn what_is_put_off_and_fails_fails_the_transaction_by_its_own_name(app) {
        table(app).await;
        app.write(|tx| put(tx, 1)).await.unwrap();
        let at_the_end = app.write(|tx| { put(tx, 2)?; put(tx, 1) }).await.unwrap_err();
        assert_eq!(at_the_end.code(), Code::AlreadyExists);
        let before_another = app.write(|tx| { put(tx, 1)?; probes(tx) }).await.unwrap_err();
        assert_eq!(before_another.code(), Code::AlreadyExists);
        app.write(|tx| put(tx, 3)).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }

    async fn an_attempt_that_fails_takes_only_its_own_writes_along(app) {
        table(app).await;
        app.write(|tx| {
            put(tx, 1)?;
            let refused = tx.attempt(|tx| { put(tx, 2)?; Err::<(), _>(Code::OutOfStock.into()) }).unwrap_err();
            let failed = tx.attempt(|tx| { put(tx, 3)?; put(tx, 1) }).unwrap_err();
            assert_eq!((refused.code(), failed.code()), (Code::OutOfStock, Code::AlreadyExists));
            put(tx, 4)
        }).await.unwrap();
        assert_eq!(app.read(probes).await.unwrap(), 2);
    }
}

#[actix_web::test]
async fn the_end_of_an_admission_locks_many_products_as_fast_as_one() {
    let home = TestApp::postgres().await;
    let office = home.new_person(OrgKind::Operator, "640000", &[Role::Reviewer]).await;
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    let mut trips = Vec::new();
    // The first one prepares what the later ones use.
    for (name, products) in [("甲合作社", 1), ("乙合作社", 1), ("丙合作社", 5)] {
        let seller = certification::cooperative(&home, name).await;
        for _ in 0..products {
            crate::catalogue::product(&seller, "红寺堡枸杞", "640303").await;
        }
        let shown = seller.get("/api/v1/supplier-applications").expect(200).await;
        let application: SupplierApplicationId = shown.str("/items/0/id").parse().unwrap();
        let actor = office.actor::<EndAdmission>();
        wire.take();
        let ended = app.write(move |tx| {
            catalogue::end_admission(tx, &actor, application, AdmissionRefusalReason::NotLicensed, None)
        });
        ended.await.unwrap();
        trips.push(wire.take());
    }
    assert_eq!(trips[1].len(), trips[2].len(), "{}", trips[2].join("\n"));
    home.finish().await;
}
