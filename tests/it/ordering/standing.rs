//! Who may still sell: suppliers that were suspended, certificates that ended between placement and the supplier's answer.

use super::{quota, stock, url, verified};
use crate::support::market::{COUNTY, Market, confirm};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::future::{Either, join, select};
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::mpsc;
use yigou::admission::AdmissionRefusalReason;
use yigou::catalogue::{self as goods, CoverStatus};
use yigou::each;
use yigou::kernel::actor::{EndAdmission, OrgKind, PlaceOrder, Role};
use yigou::kernel::ids::{ListingId, SupplierApplicationId};
use yigou::kernel::quantity::Quantity;
use yigou::kernel::terms::{Fund, Purpose};
use yigou::ledger::{self, Owner};
use yigou::ordering::{self, Delivery, NewLine, NewOrder};

/// A buyer and one certified product of a county that is not among the 832.
pub struct Certified {
    pub market: Market,
    pub offices: crate::certification::Offices,
    pub seller: Person,
    pub listing: ListingId,
    pub number: String,
}

impl Certified {
    pub async fn open(app: &TestApp) -> Certified {
        let market = Market::open(app, 0).await;
        let offices = crate::certification::offices(app).await;
        let seller = crate::certification::cooperative(app, "红寺堡合作社").await;
        let (listing, number) = certified_goods(app, &offices, &seller, "红寺堡枸杞").await;
        Certified { market, offices, seller, listing, number }
    }
    pub async fn rule(&self, what: &str, reason: &str) {
        let body = json!({ "reason_code": reason, "reason": "抽检" });
        self.offices.county.post(&format!("/api/v1/certificates/{}/{what}", self.number), body).expect(200).await;
    }
    pub async fn state(&self, order: &str) -> String {
        self.market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.str("/state")
    }
}

/// Another certified and listed product of the seller: listing and certificate number.
pub async fn certified_goods(
    app: &TestApp,
    offices: &crate::certification::Offices,
    seller: &Person,
    name: &str,
) -> (ListingId, String) {
    let application = crate::certification::submitted(app, seller, name).await;
    let number = crate::certification::certified(app, offices, &application).await;
    let path = format!("{}/{application}", crate::certification::APPLICATIONS);
    let product = seller.get(&path).expect(200).await.str("/product_id");
    (crate::catalogue::list(seller, &product, 5000).await.parse().unwrap(), number)
}

async fn listed(app: &TestApp) -> Vec<String> {
    let page = app.get("/api/v1/listings").expect(200).await.json();
    let mut ids: Vec<String> =
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// The supplier takes a listing off sale.
async fn withdraw(seller: &Person, listing: ListingId) {
    let shown = seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await;
    let path = format!("/api/v1/listings/{listing}/withdrawal");
    seller.post(&path, json!({ "reason": "售罄" })).if_match(shown.version()).expect(200).await;
}

/// The platform ends a supplier's admission.
async fn end_admission(app: &TestApp, seller: &Person) {
    let operator = app.new_person(OrgKind::Operator, "640000", &[Role::Reviewer]).await;
    let application = seller.get("/api/v1/supplier-applications").expect(200).await.str("/items/0/id");
    let path = format!("/api/v1/supplier-applications/{application}/endings");
    operator.post(&path, json!({ "reason_code": "not_licensed" })).expect(201).await;
}

/// Whether a statement of this database waits for another's lock.
async fn somebody_waits(app: &TestApp) -> bool {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let sql =
        "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let rows: Vec<Count> = app.read(move |read| Ok(each!(read, c => diesel::sql_query(sql).load(c))?)).await.unwrap();
    rows[0].n > 0
}

/// The answer to a request beside a transaction that ends once the request waits for it, or is answered.
async fn met(app: &TestApp, asked: impl Future<Output = Answered>, release: mpsc::Sender<()>) -> Answered {
    let waits = pin!(async { while !somebody_waits(app).await {} });
    match select(pin!(asked), waits).await {
        Either::Left((answer, _)) => {
            release.send(()).unwrap();
            answer
        }
        Either::Right(((), asked)) => {
            release.send(()).unwrap();
            asked.await
        }
    }
}

on_both! {
    async fn a_suspended_supplier_sells_nothing(app) {
        let market = Market::open(app, 2).await;
        let (stopped, other) = (market.listing(app, 0, 1000, "10", false).await, market.listing(app, 1, 1000, "10", false).await);
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let waiting = market.place(&[(stopped, "1")]).await;
        let organisation = format!("/api/v1/organisations/{}", market.sellers[0].org_id);
        operator.post(&format!("{organisation}/suspensions"), json!({ "reason": "以次充好" })).expect(200).await;
        assert_eq!(listed(app).await, [other.to_string()]);
        assert_eq!(app.get(&format!("/api/v1/listings/{stopped}")).expect(200).await.str("/status"), "withdrawn");
        let both = market.order(&[(other, "1"), (stopped, "1")]);
        let refused = market.trader.post("/api/v1/orders", both.clone()).refused("listing_not_on_sale").await;
        assert_eq!(refused.pointers(), ["/lines/1/listing_id"]);
        confirm(&market.sellers[0], &waiting).refused("supplier_not_admitted").await;
        // Reinstated, everything is as it was.
        operator.post(&format!("{organisation}/reinstatements"), json!({ "reason": "整改完成" })).expect(200).await;
        let mut all = [stopped.to_string(), other.to_string()];
        all.sort();
        assert_eq!(listed(app).await, all);
        confirm(&market.sellers[0], &waiting).expect(200).await;
        market.trader.post("/api/v1/orders", both).expect(201).await;
    }

    async fn a_supplier_whose_admission_ended_sells_nothing(app) {
        let market = Market::open(app, 2).await;
        app.reachable(&market.trader).await;
        app.reachable(&market.sellers[0]).await;
        let (listing, other) = (market.listing(app, 0, 1000, "10", false).await, market.listing(app, 1, 1000, "10", false).await);
        let withdrawn = market.listing(app, 0, 1000, "10", false).await;
        let (waiting, hidden) = (market.place(&[(listing, "1")]).await, market.place(&[(withdrawn, "1")]).await);
        let (confirmed, kept) = (market.place(&[(listing, "2")]).await, market.place(&[(other, "1")]).await);
        confirm(&market.sellers[0], &confirmed).expect(200).await;
        withdraw(&market.sellers[0], withdrawn).await;
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
        let application = market.sellers[0].get("/api/v1/supplier-applications").expect(200).await.str("/items/0/id");
        let path = format!("/api/v1/supplier-applications/{application}/endings");
        let unexplained = office.post(&path, json!({ "reason_code": "other" })).refused("validation_failed").await;
        assert_eq!(unexplained.pointers(), ["/opinion"]);
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640500", &[Role::Reviewer]).await;
        let because = json!({ "reason_code": "bad_record", "opinion": "以次充好" });
        elsewhere.post(&path, because.clone()).refused("not_found").await;
        market.sellers[0].post(&path, because.clone()).refused("forbidden").await;
        let ended = office.post(&path, because.clone()).expect(201).await;
        assert_eq!((ended.str("/status"), ended.str("/decisions/2/step")), ("ended".into(), "ending".into()));
        assert_eq!(ended.str("/decisions/2/reason_code"), "bad_record");
        office.post(&path, because.clone()).refused("wrong_state").await;
        // Withdrawn by that very commit; what nobody has answered is refused at once and stopped soon.
        let shown = app.get(&format!("/api/v1/listings/{listing}")).expect(200).await;
        assert_eq!((listed(app).await, shown.str("/status")), (vec![other.to_string()], "withdrawn".to_owned()));
        market.trader.post("/api/v1/orders", market.order(&[(listing, "1")])).refused("listing_not_on_sale").await;
        confirm(&market.sellers[0], &waiting).refused("supplier_not_admitted").await;
        app.run_jobs().await;
        let state = async |id: &str| market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await.str("/state");
        assert_eq!((state(&waiting).await, state(&hidden).await), ("cancelled".into(), "cancelled".into()));
        assert_eq!((state(&confirmed).await, state(&kept).await), ("confirmed".into(), "placed".into()));
        assert_eq!((stock(app, listing).await.pending, quota(app, market.trader.org_id, 2021).await.pending), (2000, 3000));
        assert_eq!(crate::support::mail::received(&market.trader.email).len(), 2, "one mail for each order that was stopped");
        assert_eq!(crate::support::mail::received(&market.sellers[0].email).len(), 1);
        let region = yigou::kernel::actor::Scope::Region(COUNTY.parse().unwrap());
        let metrics = app.read(move |read| yigou::admission::metrics(read, &region)).await.unwrap();
        assert_eq!((metrics.reported, metrics.admitted), (2, 2), "what was decided then stays counted");
        // It may apply anew, and sells again only when it is admitted and lists again.
        let anew = json!({ "statement": "整改完成", "files": [] });
        market.sellers[0].post("/api/v1/supplier-applications", anew).expect(201).await;
        assert_eq!(listed(app).await, [other.to_string()]);
        verified(app).await;
    }

    async fn an_order_that_slips_past_the_end_of_an_admission_is_stopped_later(app) {
        let market = Market::open(app, 1).await;
        let listing = market.listing(app, 0, 1000, "10", false).await;
        let order = market.place(&[(listing, "1")]).await;
        end_admission(app, &market.sellers[0]).await;
        // As if the order had not been there yet when the job looked.
        app.write(|tx| Ok(each!(tx, c => diesel::sql_query("DELETE FROM outbox").execute(c)).map(drop)?)).await.unwrap();
        app.clock.advance(std::time::Duration::from_secs(61));
        app.run_jobs().await;
        assert_eq!(market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.str("/state"), "cancelled");
    }

    async fn an_agent_sells_nothing_of_a_producer_who_may_not(app) {
        let market = Market::open(app, 0).await;
        app.reachable(&market.trader).await;
        let producer = crate::catalogue::supplier(app, OrgKind::Cooperative, COUNTY, "盐池合作社").await;
        let agent = crate::catalogue::supplier(app, OrgKind::AgentTrader, COUNTY, "盐池商贸").await;
        let goods = crate::catalogue::product(&producer, "盐池滩羊", COUNTY).await;
        let more = crate::catalogue::product(&producer, "盐池黄花菜", COUNTY).await;
        let mandate = json!({ "agent_id": agent.org_id, "products": [goods, more], "valid_from": "2021-03-01", "valid_until": "2021-12-31" });
        let mandate = producer.post("/api/v1/mandates", mandate).expect(201).await.id();
        let listing: ListingId = crate::catalogue::list(&agent, &goods, 5000).await.parse().unwrap();
        let own: ListingId = crate::catalogue::list(&producer, &goods, 5000).await.parse().unwrap();
        let place = || market.trader.post("/api/v1/orders", market.order(&[(listing, "1")]));
        let waiting = market.place(&[(listing, "1")]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let organisation = format!("/api/v1/organisations/{}", producer.org_id);
        operator.post(&format!("{organisation}/suspensions"), json!({ "reason": "以次充好" })).expect(200).await;
        assert_eq!(listed(app).await, [""; 0]);
        assert_eq!(app.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/status"), "withdrawn");
        agent.post("/api/v1/listings", crate::catalogue::listing_body(&more, 5000)).refused("supplier_not_admitted").await;
        place().refused("listing_not_on_sale").await;
        confirm(&agent, &waiting).refused("supplier_not_admitted").await;
        // Reinstated, everything is as it was.
        operator.post(&format!("{organisation}/reinstatements"), json!({ "reason": "整改完成" })).expect(200).await;
        assert_eq!(listed(app).await.len(), 2);
        place().expect(201).await;
        end_admission(app, &producer).await;
        assert_eq!(listed(app).await, [""; 0]);
        place().refused("listing_not_on_sale").await;
        confirm(&agent, &waiting).refused("supplier_not_admitted").await;
        agent.post("/api/v1/listings", crate::catalogue::listing_body(&more, 5000)).refused("not_found").await;
        assert_eq!(producer.get(&format!("/api/v1/mandates/{mandate}")).expect(200).await.str("/revoked_from"), "2021-03-01");
        app.run_jobs().await;
        assert_eq!(market.trader.get(&format!("/api/v1/orders/{waiting}")).expect(200).await.str("/state"), "cancelled");
        assert_eq!((stock(app, listing).await.pending, stock(app, own).await.pending), (0, 0));
        // The agent, whose order it was, is admitted as before.
        let told = crate::support::mail::received(&market.trader.email).pop().unwrap().text();
        assert!(told.contains("供应商或其生产商已终止入驻"), "{told}");
        assert!(told.contains("goods whose supplier, or whose producer, is admitted no more"), "{told}");
    }

    async fn an_order_is_confirmed_only_while_something_entitles_its_goods(app) {
        let it = Certified::open(app).await;
        app.reachable(&it.market.trader).await;
        let (first, second) = (it.market.place(&[(it.listing, "2")]).await, it.market.place(&[(it.listing, "1")]).await);
        it.rule("suspensions", "quality").await;
        let refused = confirm(&it.seller, &first).refused("certificate_not_current").await;
        assert_eq!(refused.json()["line_no"], 1);
        // Lifted before anything was stopped: confirmed after all.
        it.offices.county.post(&format!("/api/v1/certificates/{}/suspension-ends", it.number), json!({ "reason": "合格" })).expect(200).await;
        confirm(&it.seller, &second).expect(200).await;
        it.rule("suspensions", "quality").await;
        app.run_jobs().await;
        assert_eq!((it.state(&first).await, it.state(&second).await), ("cancelled".into(), "confirmed".into()));
        assert_eq!((stock(app, it.listing).await.pending, quota(app, it.market.trader.org_id, 2021).await.pending), (1000, 5000));
        let told = crate::support::mail::received(&it.market.trader.email);
        assert_eq!(told.len(), 2, "the buyer is told of the order that was stopped, and of the confirmed one that is flagged");
        confirm(&it.seller, &first).refused("wrong_state").await;
    }

    async fn no_order_is_confirmed_while_its_certificate_ends(app) {
        // SQLite has one writer: the two cannot overlap.
        if !app.read(|read| Ok(read.is_postgres())).await.unwrap() {
            return;
        }
        let market = Market::open(app, 0).await;
        let seller = crate::certification::cooperative(app, "红寺堡合作社").await;
        let product = crate::catalogue::product(&seller, "红寺堡枸杞", "640303").await;
        let certificate = crate::catalogue::certify(app, &product, 1, "NX-2021-0001", "2021-12-31").await;
        let listing: ListingId = crate::catalogue::list(&seller, &product, 5000).await.parse().unwrap();
        let order = market.place(&[(listing, "1")]).await;
        let (tell, told) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let released = Mutex::new(released);
        let ending = app.write(move |tx| {
            goods::uncover(tx, None, certificate, CoverStatus::Ended, goods::Reach::Listings, "certificate_revoked")?;
            tell.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            Ok(())
        });
        let answering = async {
            while told.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            met(app, confirm(&seller, &order).send(), release).await
        };
        let (ended, answer) = join(ending, answering).await;
        ended.unwrap();
        assert_eq!(answer.json()["code"], "certificate_not_current", "{}", answer.text());
    }

    async fn nothing_made_while_an_admission_ends_is_listed(app) {
        // SQLite has one writer: the two cannot overlap.
        if !app.read(|read| Ok(read.is_postgres())).await.unwrap() {
            return;
        }
        let seller = crate::certification::cooperative(app, "红寺堡合作社").await;
        let office = app.new_person(OrgKind::Operator, "640000", &[Role::Reviewer]).await.actor::<EndAdmission>();
        let application: SupplierApplicationId =
            seller.get("/api/v1/supplier-applications").expect(200).await.str("/items/0/id").parse().unwrap();
        let (tell, told) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let released = Mutex::new(released);
        let ending = app.write(move |tx| {
            goods::end_admission(tx, &office, application, AdmissionRefusalReason::NotLicensed, None)?;
            tell.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            Ok(())
        });
        let listing = async {
            while told.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            let product = crate::catalogue::product(&seller, "红寺堡枸杞", "640303").await;
            crate::catalogue::certify(app, &product, 1, "NX-2021-0001", "2021-12-31").await;
            let body = crate::catalogue::listing_body(&product, 5000);
            met(app, seller.post(crate::catalogue::LISTINGS, body).send(), release).await
        };
        let (ended, answer) = join(ending, listing).await;
        ended.unwrap();
        assert_eq!(answer.json()["code"], "supplier_not_admitted", "{}", answer.text());
    }

    async fn an_order_that_slips_past_an_ending_certificate_is_stopped_later(app) {
        if !app.read(|read| Ok(read.is_postgres())).await.unwrap() {
            return;
        }
        let it = Certified::open(app).await;
        let (actor, new) = (it.market.trader.actor::<PlaceOrder>(), one_box(it.listing));
        let (tell, told) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let released = Mutex::new(released);
        let account = ledger::account_id(&Owner::Stock { listing: it.listing });
        let placing = app.write(move |tx| {
            let placed = ordering::place(tx, &actor, &new)?;
            // What was put off is sent before the next statement.
            ledger::balance(tx, account)?;
            tell.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
            Ok(placed.orders[0].id)
        });
        let ending = async {
            while told.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            it.rule("revocations", "quality").await;
            app.run_jobs().await;
            release.send(()).unwrap();
        };
        let (placed, ()) = join(placing, ending).await;
        let order = placed.unwrap().to_string();
        assert_eq!(it.state(&order).await, "placed");
        app.clock.advance(std::time::Duration::from_secs(61));
        app.run_jobs().await;
        assert_eq!(it.state(&order).await, "cancelled");
        assert_eq!(stock(app, it.listing).await.pending, 0);
    }
}

fn one_box(listing_id: ListingId) -> NewOrder {
    let delivery = Delivery {
        address: "北京中路1号食堂".to_owned(),
        contact: "马师傅".to_owned(),
        phone: "0951-5000000".to_owned(),
        date: "2021-12-31".parse().unwrap(),
        window: None,
    };
    NewOrder {
        unit_id: None,
        fund: Fund::Canteen,
        purpose: Purpose::OwnUse,
        channel: None,
        payer_id: None,
        beneficiary_id: None,
        recipient: None,
        client_ref: None,
        deliveries: vec![delivery],
        freights: Vec::new(),
        lines: vec![NewLine {
            listing_id,
            quantity: Quantity::units(1),
            unit_price_fen: None,
            most_fen: None,
            delivery_no: 0,
        }],
    }
}

on_both! {
    async fn after_a_safety_revocation_the_buyer_cancels_what_was_not_shipped(app) {
        let it = Certified::open(app).await;
        let (seller, trader) = (&it.seller, &it.market.trader);
        let (good, _) = certified_goods(app, &it.offices, seller, "红寺堡黄花菜").await;
        let stop = |order: &str| trader.post(&url(order, "cancellations"), json!({ "reason": "检出农药" }));
        let mixed = it.market.place(&[(good, "6"), (it.listing, "5")]).await;
        let whole = it.market.place(&[(it.listing, "3")]).await;
        let other = it.market.place(&[(good, "1")]).await;
        for order in [&mixed, &whole, &other] {
            confirm(seller, order).expect(200).await;
        }
        let lines: Vec<Value> = [(1, "4"), (2, "2")].iter().map(|(no, n)| json!({ "line_no": no, "lot": "A", "quantity": n })).collect();
        seller.post(&url(&mixed, "shipments"), json!({ "lines": lines })).expect(201).await;
        stop(&whole).refused("wrong_state").await;
        it.rule("suspensions", "quality").await;
        app.run_jobs().await;
        stop(&whole).refused("wrong_state").await;
        it.rule("revocations", "food_safety").await;
        app.run_jobs().await;
        // What is barred is not shipped any more; the rest of the order is.
        let ship = |line: i64| {
            let lines = json!([{ "line_no": line, "lot": "B", "quantity": "1" }]);
            seller.post(&url(&mixed, "shipments"), json!({ "lines": lines }))
        };
        assert_eq!(ship(2).refused("certificate_not_current").await.pointers(), ["/lines/0/line_no"]);
        ship(1).expect(201).await;
        // Confirmed orders go on until the buyer decides.
        assert_eq!(it.state(&whole).await, "confirmed");
        assert_eq!(stop(&whole).expect(200).await.str("/state"), "cancelled");
        stop(&whole).refused("wrong_state").await;
        stop(&other).refused("wrong_state").await;
        let mixed_now = stop(&mixed).expect(200).await;
        assert_eq!((mixed_now.str("/state"), mixed_now.int("/ordered_fen")), ("confirmed".into(), 8 * 5000));
        let read = trader.get(&format!("/api/v1/orders/{mixed}")).expect(200).await;
        assert_eq!((read.str("/lines/0/short_closed"), read.str("/lines/1/short_closed")), ("0".into(), "3".into()));
        stop(&mixed).refused("wrong_state").await;
        assert_eq!((stock(app, it.listing).await.pending, stock(app, it.listing).await.posted), (0, 2000));
        assert_eq!(quota(app, trader.org_id, 2021).await.pending, 9 * 5000);
        it.market.accept(&mixed, &[(1, "4", "0"), (2, "0", "2")]).await;
        verified(app).await;
    }

    async fn the_mode_of_an_order_follows_buyer_money_and_pairing(app) {
        let market = Market::open(app, 1).await;
        let lamb = market.listing(app, 0, 1000, "100", false).await;
        let away = crate::catalogue::supplier(app, OrgKind::Cooperative, "640402", "原州合作社").await;
        let product = crate::catalogue::product(&away, "原州马铃薯", "640402").await;
        let potatoes: ListingId = crate::catalogue::list(&away, &product, 1000).await.parse().unwrap();
        let paired = ("pairing_cooperation", "paired_regions");
        let cases = [
            // 盐池 is paired with 泉州洛江 350504; 原州 with 福州马尾 350105 only until 2019.
            (OrgKind::EnterpriseBuyer, "350504", "enterprise", lamb, paired),
            (OrgKind::EnterpriseBuyer, "350504", "enterprise", potatoes, ("market_entity", "kind_of_buyer")),
            (OrgKind::EnterpriseBuyer, "350105", "enterprise", potatoes, ("market_entity", "kind_of_buyer")),
            (OrgKind::EnterpriseBuyer, "350500", "enterprise", lamb, ("market_entity", "kind_of_buyer")),
            (OrgKind::SocialOrganisation, "350504", "other", lamb, paired),
            (OrgKind::SocialOrganisation, "640104", "other", lamb, ("social_organisation", "kind_of_buyer")),
            (OrgKind::Union, "640104", "personal", lamb, ("social_organisation", "kind_of_buyer")),
            (OrgKind::BudgetUnit, "350504", "union", lamb, paired),
            (OrgKind::BudgetUnit, "350504", "canteen", lamb, ("government_procurement", "public_money")),
            (OrgKind::BudgetUnit, "640104", "nutrition_subsidy", lamb, ("government_procurement", "public_money")),
            (OrgKind::BudgetUnit, "640104", "union", lamb, ("market_entity", "kind_of_buyer")),
        ];
        for (kind, region, fund, listing, (mode, reason)) in cases {
            let buyer = app.new_person(kind, region, &[Role::Trader]).await;
            let mut body = market.order(&[(listing, "1")]);
            body["fund"] = json!(fund);
            let id = buyer.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
            let order = buyer.get(&format!("/api/v1/orders/{id}")).expect(200).await;
            assert_eq!((order.str("/mode").as_str(), order.str("/mode_reason").as_str()), (mode, reason), "{kind} {region} {fund}");
        }
        for (kind, fund) in [(OrgKind::Union, "canteen"), (OrgKind::SocialOrganisation, "personal"), (OrgKind::BudgetUnit, "enterprise")] {
            let buyer = app.new_person(kind, "640104", &[Role::Trader]).await;
            let mut body = market.order(&[(lamb, "1")]);
            body["fund"] = json!(fund);
            buyer.post("/api/v1/orders", body).refused("fund_not_allowed").await;
        }
    }
}
