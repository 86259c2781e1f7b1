//! Orders from placement to the last fact about their goods, on both databases.

pub mod allowances;
mod annulments;
mod delivery;
mod disputes;
pub mod exceptions;
mod flags;
pub mod histories;
pub mod payers;
pub mod prices;
mod races;
pub mod replacements;
pub mod standing;
mod told;

use crate::support::TestApp;
use crate::support::market::{CITY, COUNTY, Market, confirm};
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::{ListingId, OrgId};
use yigou::kernel::terms::Fund;
use yigou::kernel::time::Day;
use yigou::ledger::{self, Balance, Owner};

/// A unit-year's balance of canteen money.
pub async fn quota(app: &TestApp, unit: OrgId, year: i64) -> Balance {
    let account = ledger::account_id(&Owner::Quota { unit, year, fund: Fund::Canteen });
    app.read(move |read| ledger::balance(read, account)).await.unwrap()
}

/// A listing's stock.
pub async fn stock(app: &TestApp, listing: ListingId) -> Balance {
    let account = ledger::account_id(&Owner::Stock { listing });
    app.read(move |read| ledger::balance(read, account)).await.unwrap()
}

/// Every balance is what its entries say.
pub async fn verified(app: &TestApp) {
    let difference = app.read(ledger::verify).await.unwrap();
    assert!(format!("{difference:?}") == "None" || format!("{difference:?}") == "[]", "{difference:?}");
}

fn url(order: &str, what: &str) -> String {
    format!("/api/v1/orders/{order}/{what}")
}

on_both! {
    async fn one_request_becomes_an_order_per_supplier(app) {
        let market = Market::open(app, 2).await;
        let (mutton, lamb) = (market.listing(app, 0, 1999, "100", false).await, market.listing(app, 1, 4600, "100", true).await);
        let mut body = market.order(&[(mutton, "10"), (lamb, "12.5"), (mutton, "1")]);
        body["client_ref"] = json!("2021-0001");
        body["freights"] = json!([{ "supplier_id": market.sellers[1].org_id, "freight_fen": 500 }]);
        let placed = market.trader.post("/api/v1/orders", body.clone()).expect(201).await;
        let orders = placed.json()["orders"].as_array().unwrap().clone();
        assert_eq!(orders.len(), 2);
        assert_eq!((placed.int("/orders/0/ordered_fen"), placed.int("/orders/1/ordered_fen")), (11 * 1999, 57_500));
        assert_eq!(placed.int("/orders/1/freight_fen"), 500);
        // Placed on Monday 1 March: two working days end on Wednesday at midnight.
        assert_eq!(placed.str("/orders/0/confirm_by"), "2021-03-04T00:00:00.000+08:00");
        // The weighed line holds its tolerance of quota, and its plain quantity of stock; freight holds nothing.
        assert_eq!(quota(app, market.trader.org_id, 2021).await.pending, 11 * 1999 + 60_375);
        assert_eq!((stock(app, mutton).await.pending, stock(app, lamb).await.pending), (11_000, 12_500));
        // The group, and the reference, which is unique for ever.
        let group = market.trader.get(&format!("/api/v1/order-groups/{}", placed.id())).expect(200).await;
        assert_eq!(group.json(), placed.json());
        let again = market.trader.post("/api/v1/orders", body).refused("client_ref_reused").await;
        assert_eq!(again.json()["existing"], placed.json()["id"]);
        let found = market.trader.get("/api/v1/orders?client_ref=2021-0001").expect(200).await;
        assert_eq!(found.json()["items"].as_array().unwrap().len(), 2);
        // What was frozen.
        let order = market.trader.get(&format!("/api/v1/orders/{}", placed.str("/orders/0/id"))).expect(200).await;
        assert_eq!((order.str("/mode"), order.str("/mode_reason")), ("government_procurement".into(), "public_money".into()));
        assert_eq!((order.str("/channel"), order.json()["lines"][0]["qualifies"].clone()), ("canteen".into(), json!(true)));
        assert_eq!(order.json()["lines"].as_array().unwrap().len(), 2);
        verified(app).await;
    }

    async fn each_party_sees_its_own(app) {
        let market = Market::open(app, 2).await;
        let goods = market.listing(app, 0, 1999, "100", false).await;
        let id = market.place(&[(goods, "1")]).await;
        let path = format!("/api/v1/orders/{id}");
        let city = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        let elsewhere = app.new_person(OrgKind::FinanceBureau, "640500", &[Role::Auditor]).await;
        let above = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        app.supervise(market.trader.org_id, above.org_id).await;
        for (who, sees) in [(&market.sellers[0], true), (&market.sellers[1], false), (&city, true), (&elsewhere, false), (&above, true), (&stranger, false)] {
            who.get(&path).expect(if sees { 200 } else { 404 }).await;
            let list = who.get("/api/v1/orders").expect(200).await;
            assert_eq!(list.json()["items"].as_array().unwrap().len(), usize::from(sees), "{}", list.asked);
        }
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Auditor]).await;
        assert_eq!(office.get("/api/v1/orders").expect(200).await.json()["items"], json!([]));
        assert_eq!(office.get("/api/v1/orders?side=supplier").expect(200).await.json()["items"][0]["id"], json!(id));
        // Nobody else may act on it.
        confirm(&market.sellers[1], &id).refused("not_found").await;
        stranger.post(&url(&id, "cancellations"), json!({ "reason": "no" })).refused("not_found").await;
        market.trader.post(&url(&id, "declines"), json!({ "reason": "no" })).refused("forbidden").await;
        // Both parties see it in the feed, and who stands above the unit.
        app.run_jobs().await;
        for who in [&market.trader, &market.sellers[0], &above] {
            let feed = who.get("/api/v1/events?after=0&limit=200").expect(200).await.json();
            let seen = feed["items"].as_array().unwrap().iter().any(|e| e["action"] == "order.placed" && e["subject"] == json!(id));
            assert!(seen, "{feed}");
        }
    }

    async fn every_wrong_line_is_named_at_once(app) {
        let market = Market::open(app, 1).await;
        let (boxes, few) = (market.listing(app, 0, 1999, "100", false).await, market.listing(app, 0, 100, "5", false).await);
        let mut body = market.order(&[(boxes, "1.5"), (few, "1"), (boxes, "1"), (boxes, "1")]);
        body["lines"][1]["unit_price_fen"] = json!(99);
        body["lines"][2]["delivery_no"] = json!(3);
        body["lines"][3]["listing_id"] = json!(crate::support::sample::absent("lst"));
        let refused = market.trader.post("/api/v1/orders", body).refused("validation_failed").await;
        let codes: Vec<Value> = refused.json()["errors"].as_array().unwrap().iter().map(|e| e["code"].clone()).collect();
        assert_eq!(codes, ["quantity_not_whole", "price_changed", "validation_failed", "listing_not_on_sale"]);
        assert_eq!(refused.pointers(), ["/lines/0/quantity", "/lines/1/unit_price_fen", "/lines/2/delivery_no", "/lines/3/listing_id"]);
        let refused = market.trader.post("/api/v1/orders", market.order(&[(boxes, "1"), (few, "6")])).refused("out_of_stock").await;
        assert_eq!(refused.pointers(), ["/lines/1/quantity"]);
        let mut wrong_fund = market.order(&[(boxes, "1")]);
        wrong_fund["fund"] = json!("enterprise");
        market.trader.post("/api/v1/orders", wrong_fund).refused("fund_not_allowed").await;
        let mut donation = market.order(&[(boxes, "1")]);
        donation["purpose"] = json!("purchase_for_donation");
        assert_eq!(market.trader.post("/api/v1/orders", donation.clone()).refused("validation_failed").await.pointers(), ["/beneficiary_id"]);
        donation["beneficiary_id"] = json!(market.sellers[0].org_id);
        market.trader.post("/api/v1/orders", donation).expect(201).await;
        // A refused order left nothing behind.
        assert_eq!((stock(app, boxes).await.pending, quota(app, market.trader.org_id, 2021).await.pending), (1000, 1999));
    }

    async fn weighed_goods_stay_open_until_everything_that_came_is_decided(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 4600, "1000", true).await;
        let id = market.place(&[(goods, "100")]).await;
        confirm(&market.sellers[0], &id).expect(200).await;
        for part in ["60", "40"] {
            let body = json!({ "lines": [{ "line_no": 1, "lot": "A", "quantity": part }] });
            market.sellers[0].post(&url(&id, "shipments"), body).expect(201).await;
        }
        market.accept(&id, &[(1, "60", "0")]).await;
        market.accept(&id, &[(1, "36", "0")]).await;
        let open = market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await;
        assert_eq!((open.str("/state"), open.json()["lines"][0]["closed"].clone()), ("confirmed".into(), json!(false)));
        market.accept(&id, &[(1, "3.5", "0.5")]).await;
        assert_eq!(market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await.str("/state"), "closed");
        let balance = quota(app, market.trader.org_id, 2021).await;
        assert_eq!((balance.pending, balance.posted), (0, 457_700));
        // Written off by the supplier while 4 kg wait.
        let short = market.place(&[(goods, "100")]).await;
        confirm(&market.sellers[0], &short).expect(200).await;
        let body = json!({ "lines": [{ "line_no": 1, "lot": "B", "quantity": "64" }] });
        market.sellers[0].post(&url(&short, "shipments"), body).expect(201).await;
        market.accept(&short, &[(1, "60", "0")]).await;
        let rest = json!({ "reason": "减产", "lines": [{ "line_no": 1 }] });
        market.sellers[0].post(&url(&short, "short-closures"), rest).expect(201).await;
        market.accept(&short, &[(1, "4", "0")]).await;
        let closed = market.trader.get(&format!("/api/v1/orders/{short}")).expect(200).await;
        assert_eq!((closed.str("/state"), closed.int("/accepted_fen")), ("closed".into(), 64 * 4600));
        verified(app).await;
    }

    async fn a_contractor_orders_for_its_unit_on_its_days(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "100", false).await;
        let contractor = app.new_person(OrgKind::Contractor, CITY, &[Role::Trader]).await;
        let (unit, firm) = (market.trader.org_id, contractor.org_id);
        let mut body = market.order(&[(goods, "2")]);
        assert_eq!(contractor.post("/api/v1/orders", body.clone()).refused("validation_failed").await.pointers(), ["/unit_id"]);
        body["unit_id"] = json!(unit);
        contractor.post("/api/v1/orders", body.clone()).refused("validation_failed").await;
        let (from, to) = (Day::ymd(2021, 3, 1), Some(Day::ymd(2021, 4, 1)));
        app.write(move |tx| yigou::identity::tie_contractor(tx, None, firm, unit, from, to)).await.unwrap();
        let placed = contractor.post("/api/v1/orders", body.clone()).expect(201).await;
        assert_eq!(quota(app, unit, 2021).await.pending, 2000);
        // The unit may read, the contractor is buyer and payer.
        let seen = market.trader.get(&format!("/api/v1/orders/{}", placed.str("/orders/0/id"))).expect(200).await;
        assert_eq!((seen.str("/unit_id"), seen.str("/payer_id")), (unit.to_string(), firm.to_string()));
        app.clock.set_day("2021-04-02");
        contractor.post("/api/v1/orders", body).refused("validation_failed").await;
    }

    async fn goods_are_accepted_rejected_written_off_and_returned(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1999, "100", false).await;
        let id = market.place(&[(goods, "10")]).await;
        let seller = &market.sellers[0];
        let ship = |quantity: &str| json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": quantity }] });
        seller.post(&url(&id, "shipments"), ship("6")).refused("wrong_state").await;
        confirm(seller, &id).expect(200).await;
        confirm(seller, &id).refused("wrong_state").await;
        market.trader.post(&url(&id, "cancellations"), json!({ "reason": "late" })).refused("wrong_state").await;
        seller.post(&url(&id, "shipments"), ship("11")).refused("quantity_exceeded").await;
        seller.post(&url(&id, "shipments"), ship("6")).expect(201).await;
        assert_eq!((stock(app, goods).await.pending, stock(app, goods).await.posted), (4000, 6000));
        // Who ordered does not accept, even with the role.
        let both = app.person(market.trader.org_id, &[Role::Trader, Role::Acceptor]).await;
        let own = both.post("/api/v1/orders", market.order(&[(goods, "1")])).expect(201).await.str("/orders/0/id");
        confirm(seller, &own).expect(200).await;
        seller.post(&url(&own, "shipments"), ship("1")).expect(201).await;
        let acceptance = |good: &str, bad: &str| json!({ "lines": [{ "line_no": 1, "accepted": good, "rejected": bad, "reason": "broken" }] });
        both.post(&url(&own, "acceptances"), acceptance("1", "0")).refused("separation_of_duties").await;
        // Five good, one broken; three more; the last never comes.
        let acceptor = &market.acceptor;
        acceptor.post(&url(&id, "acceptances"), acceptance("7", "0")).refused("quantity_exceeded").await;
        let mut dated = acceptance("5", "1");
        dated["occurred_on"] = json!("2021-03-02");
        assert_eq!(acceptor.post(&url(&id, "acceptances"), dated).refused("validation_failed").await.pointers(), ["/occurred_on"]);
        let accepted = acceptor.post(&url(&id, "acceptances"), acceptance("5", "1")).expect(201).await;
        assert_eq!((accepted.int("/order/accepted_fen"), accepted.str("/order/state")), (9995, "confirmed".into()));
        seller.post(&url(&id, "shipments"), ship("3")).expect(201).await;
        acceptor.post(&url(&id, "acceptances"), acceptance("3", "0")).expect(201).await;
        let short = json!({ "reason": "sold out", "lines": [{ "line_no": 1 }] });
        market.trader.post(&url(&id, "short-closures"), short.clone()).refused("not_completed_yet").await;
        let closed = seller.post(&url(&id, "short-closures"), short).expect(201).await;
        assert_eq!((closed.str("/order/state"), closed.int("/order/ordered_fen")), ("closed".into(), 9 * 1999));
        // Returned goods lower what is final, and do not go back on the shelf.
        let back = json!({ "reason": "mould", "lines": [{ "line_no": 1, "quantity": "8" }] });
        acceptor.post(&url(&id, "returns"), back.clone()).expect(201).await;
        acceptor.post(&url(&id, "returns"), back).refused("quantity_exceeded").await;
        let balance = quota(app, market.trader.org_id, 2021).await;
        assert_eq!((balance.pending, balance.posted), (1999, 0));
        assert_eq!((stock(app, goods).await.pending, stock(app, goods).await.posted), (0, 10_000));
        let order = acceptor.get(&format!("/api/v1/orders/{id}")).expect(200).await.json();
        let facts = ["shipments", "acceptances", "returns", "short_closures"].map(|f| order[f].as_array().unwrap().len());
        assert_eq!(facts, [2, 2, 1, 1]);
        verified(app).await;
    }

    async fn heavier_goods_take_the_difference_from_free_stock(app) {
        let market = Market::open(app, 1).await;
        let lamb = market.listing(app, 0, 4600, "102", true).await;
        let id = market.place(&[(lamb, "100")]).await;
        confirm(&market.sellers[0], &id).expect(200).await;
        let ship = |quantity: &str| json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": quantity }] });
        let seller = &market.sellers[0];
        seller.post(&url(&id, "shipments"), ship("105.001")).refused("weight_out_of_tolerance").await;
        seller.post(&url(&id, "shipments"), ship("103")).refused("out_of_stock").await;
        seller.post(&url(&id, "shipments"), ship("101.5")).expect(201).await;
        assert_eq!((stock(app, lamb).await.pending, stock(app, lamb).await.posted), (0, 101_500));
        let accepted = market.accept(&id, &[(1, "101.5", "0")]).await;
        assert_eq!((accepted.int("/order/accepted_fen"), accepted.str("/order/state")), (466_900, "closed".into()));
        assert_eq!(quota(app, market.trader.org_id, 2021).await, Balance { pending: 0, posted: 466_900, limit: None });
        verified(app).await;
    }

    async fn an_unanswered_order_expires(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "10", false).await;
        let (late, declined) = (market.place(&[(goods, "10")]).await, ());
        let () = declined;
        app.clock.set("2021-03-04T00:00:00+08:00".parse().unwrap());
        confirm(&market.sellers[0], &late).refused("expired").await;
        assert_eq!(stock(app, goods).await.pending, 10_000);
        app.run_jobs().await;
        let order = market.trader.get(&format!("/api/v1/orders/{late}")).expect(200).await;
        assert_eq!((order.str("/state"), order.int("/ordered_fen")), ("expired".into(), 0));
        assert_eq!((stock(app, goods).await.pending, quota(app, market.trader.org_id, 2021).await.pending), (0, 0));
        // A declined and a cancelled order give everything back too.
        let declined = market.place(&[(goods, "10")]).await;
        market.sellers[0].post(&url(&declined, "declines"), json!({ "reason": "no lambs" })).expect(200).await;
        let cancelled = market.place(&[(goods, "10")]).await;
        market.trader.post(&url(&cancelled, "cancellations"), json!({ "reason": "mistake" })).expect(200).await;
        confirm(&market.sellers[0], &cancelled).refused("wrong_state").await;
        assert_eq!((stock(app, goods).await.pending, quota(app, market.trader.org_id, 2021).await.pending), (0, 0));
        verified(app).await;
    }

    async fn what_is_held_at_new_year_moves_to_the_next_unit_year(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "10", false).await;
        app.clock.set_day("2021-12-30");
        let id = market.deliver(0, &[(goods, "10")]).await;
        market.accept(&id, &[(1, "4", "0")]).await;
        app.clock.set_day("2022-01-05");
        market.accept(&id, &[(1, "5", "1")]).await;
        let unit = market.trader.org_id;
        assert_eq!((quota(app, unit, 2021).await.pending, quota(app, unit, 2021).await.posted), (0, 4000));
        assert_eq!((quota(app, unit, 2022).await.pending, quota(app, unit, 2022).await.posted), (0, 5000));
        verified(app).await;
    }

    async fn what_waits_is_listed_page_by_page(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "100", false).await;
        let mut orders = Vec::new();
        for n in 0..5 {
            orders.push(market.place(&[(goods, "1")]).await);
            if n % 2 == 0 {
                confirm(&market.sellers[0], &orders[n]).expect(200).await;
            }
            if n % 4 == 1 {
                app.clock.advance(Duration::from_secs(1));
            }
        }
        let (mut seen, mut next) = (Vec::new(), "/api/v1/tasks?limit=2".to_owned());
        loop {
            let page = market.sellers[0].get(&next).expect(200).await.json();
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|t| (t["kind"].as_str().unwrap().to_owned(), t["subject"].as_str().unwrap().to_owned())));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/api/v1/tasks?limit=2&cursor={cursor}");
        }
        let kind = |n: usize| if n.is_multiple_of(2) { "ship_order" } else { "confirm_order" }.to_owned();
        let mut expected: Vec<_> = orders.iter().enumerate().map(|(n, id)| (kind(n), id.clone())).collect();
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
        let items = orders.iter().map(|id| json!({ "order_id": id })).collect::<Vec<_>>();
        let done = market.sellers[0].post("/api/v1/confirmations", json!({ "items": items })).expect(200).await;
        let statuses: Vec<i64> = (0..5).map(|n| done.int(&format!("/items/{n}/status"))).collect();
        assert_eq!(statuses, [409, 200, 409, 200, 409]);
        assert_eq!(market.trader.get("/api/v1/tasks").expect(200).await.json()["items"], json!([]));
        market.sellers[0].post("/api/v1/shipments", json!({ "items": [{ "order_id": orders[0], "shipment":
            { "lines": [{ "line_no": 1, "lot": "B", "quantity": "1" }] } }] })).expect(200).await;
        let waits = market.acceptor.get("/api/v1/tasks").expect(200).await;
        assert_eq!((waits.str("/items/0/kind"), waits.str("/items/0/subject")), ("accept_goods".into(), orders[0].clone()));
    }
}
