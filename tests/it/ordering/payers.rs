//! Unions and accounting centres that pay, and order, for the unit they are tied to; on both databases.

use crate::payments::{Till, recounted, url};
use crate::reporting::approved;
use crate::support::market::{CITY, Market, confirm};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use yigou::identity::{self, PayerKind, PayerTie};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;
use yigou::kernel::time::Day;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Ties a payer to a unit from the year's first day on.
pub async fn tied(app: &TestApp, unit: OrgId, payer: OrgId, kind: PayerKind) {
    let new = PayerTie { unit, payer, kind, from: Day::ymd(2020, 1, 1), until: None };
    app.write(move |tx| identity::tie_payer(tx, None, &new)).await.unwrap();
}

/// Orders a box to be paid by somebody.
async fn paid_by(till: &Till, payer: OrgId) -> Answered {
    let mut body = till.market.order(&[(till.goods, "1")]);
    body["payer_id"] = json!(payer);
    till.market.trader.post("/api/v1/orders", body).send().await
}

fn refused_payer(answered: &Answered) {
    assert_eq!((answered.status, answered.pointers()), (422, vec!["/payer_id".to_owned()]), "{}", answered.text());
}

on_both! {
    async fn a_unit_has_payers_on_their_days_and_one_union(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let [union, other] = [app.organisation(OrgKind::Union, "640323").await, app.organisation(OrgKind::Union, "640323").await];
        let centre = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let path = format!("/api/v1/organisations/{unit}/payers");
        let tie = |payer: OrgId, kind: &str, from: &str, until: Option<&str>| {
            admin.post(&path, json!({ "payer_id": payer, "kind": kind, "from": from, "until": until }))
        };
        for (payer, kind) in [(centre, "union"), (union, "accounting_centre"), (unit, "accounting_centre")] {
            assert_eq!(tie(payer, kind, "2021-01-01", None).refused("validation_failed").await.pointers(), ["/payer_id"]);
        }
        assert_eq!(tie(union, "union", "2021-03-02", Some("2021-03-01")).refused("validation_failed").await.pointers(), ["/until"]);
        tie(union, "union", "2021-01-01", None).expect(201).await;
        tie(centre, "accounting_centre", "2021-02-01", Some("2021-12-31")).expect(201).await;
        for (payer, kind) in [(union, "union"), (other, "union"), (centre, "accounting_centre")] {
            assert_eq!(tie(payer, kind, "2021-06-01", None).refused("already_exists").await.pointers(), ["/payer_id"]);
        }
        // The union of the unit ends, another one begins.
        let endings = format!("/api/v1/organisations/{unit}/payer-endings");
        let end = |until: &str| admin.post(&endings, json!({ "payer_id": union, "until": until }));
        assert_eq!(end("2021-02-28").refused("validation_failed").await.pointers(), ["/until"]);
        assert_eq!(end("2021-03-31").expect(200).await.str("/until"), "2021-03-31");
        end("2021-04-01").refused("not_found").await;
        tie(other, "union", "2021-04-01", None).expect(201).await;
        let items = admin.get(&path).expect(200).await.json()["items"].clone();
        let listed: Vec<(Value, Value)> = items.as_array().unwrap().iter().map(|i| (i["payer_id"].clone(), i["until"].clone())).collect();
        assert_eq!(listed, [(json!(other), Value::Null), (json!(centre), json!("2021-12-31")), (json!(union), json!("2021-03-31"))]);
        app.read(move |read| {
            for (payer, on, kind) in [
                (union, "2020-12-31", None), (union, "2021-01-01", Some(PayerKind::Union)), (union, "2021-03-31", Some(PayerKind::Union)),
                (union, "2021-04-01", None), (other, "2021-04-01", Some(PayerKind::Union)),
                (centre, "2021-12-31", Some(PayerKind::AccountingCentre)), (centre, "2022-01-01", None),
            ] {
                assert_eq!(identity::pays_for(read, payer, unit, day(on))?, kind, "{on}");
            }
            Ok(())
        }).await.unwrap();
        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::OrgAdmin]).await;
        let body = json!({ "payer_id": union, "kind": "union", "from": "2022-01-01" });
        stranger.post(&path, body).refused("not_found").await;
        stranger.post(&endings, json!({ "payer_id": other, "until": "2021-12-31" })).refused("not_found").await;
        stranger.get(&path).refused("not_found").await;
    }

    async fn days_to_come_are_withdrawn_and_days_of_another_age_refused(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let centre = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let path = format!("/api/v1/organisations/{unit}/payers");
        let endings = format!("/api/v1/organisations/{unit}/payer-endings");
        let tie = |from: &str| admin.post(&path, json!({ "payer_id": centre, "kind": "accounting_centre", "from": from }));
        let end = |until: &str| admin.post(&endings, json!({ "payer_id": centre, "until": until }));
        assert_eq!(tie("1899-12-31").refused("validation_failed").await.pointers(), ["/from"]);
        for (until, last) in [("2021-03-01", "2021-03-31"), ("2021-04-01", "2021-03-31"), ("2021-04-02", "2021-04-02")] {
            tie("2021-04-01").expect(201).await;
            assert_eq!(end(until).expect(200).await.str("/until"), last);
        }
        assert_eq!(admin.get(&path).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        // What begins today holds today.
        tie("2021-03-01").refused("already_exists").await;
        end("2021-03-01").expect(200).await;
        tie("2021-03-01").expect(201).await;
        assert_eq!(end("2021-03-01").expect(200).await.str("/until"), "2021-03-01");
        let held = app.read(move |read| identity::pays_for(read, centre, unit, day("2021-03-01"))).await.unwrap();
        assert_eq!(held, Some(PayerKind::AccountingCentre));
    }

    async fn a_payer_is_of_the_same_prefecture_and_is_told(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let path = format!("/api/v1/organisations/{unit}/payers");
        let tie = |payer: OrgId, kind: &str| admin.post(&path, json!({ "payer_id": payer, "kind": kind, "from": "2021-03-01" }));
        for region in ["640104", "640100", "650000"] {
            let [union, centre] = [app.organisation(OrgKind::Union, region).await, app.organisation(OrgKind::BudgetUnit, region).await];
            assert_eq!(tie(union, "union").refused("validation_failed").await.pointers(), ["/payer_id"], "{region}");
            assert_eq!(tie(centre, "accounting_centre").refused("validation_failed").await.pointers(), ["/payer_id"], "{region}");
        }
        let mut tellers = Vec::new();
        for region in ["640323", "640303", "640300", "640000"] {
            let teller = app.new_person(OrgKind::BudgetUnit, region, &[Role::OrgAdmin, Role::Payer, Role::Auditor]).await;
            app.reachable(&teller).await;
            tie(teller.org_id, "accounting_centre").expect(201).await;
            let mails = app.mails().await;
            let mail = mails.iter().find(|mail| mail.to == teller.email).unwrap();
            let (zh, en) = (mail.text.find("会计核算中心"), mail.text.find("accounting centre"));
            assert!(zh.is_some() && zh < en, "{}", mail.text);
            tellers.push(teller);
            assert_eq!(mails.len(), tellers.len());
        }
        app.run_jobs().await;
        for teller in tellers {
            let events = teller.get("/api/v1/events?after=0&limit=200").expect(200).await;
            assert!(events.text().contains("payer.tied"), "{}", events.text());
        }
    }

    async fn who_pays_sees_its_own_ties_and_may_end_them(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let union = app.new_person(OrgKind::Union, "640323", &[Role::OrgAdmin]).await;
        let [centre, stranger] = [
            app.new_person(OrgKind::BudgetUnit, "640303", &[Role::OrgAdmin]).await,
            app.new_person(OrgKind::BudgetUnit, "640303", &[Role::OrgAdmin]).await,
        ];
        tied(app, unit, union.org_id, PayerKind::Union).await;
        tied(app, unit, centre.org_id, PayerKind::AccountingCentre).await;
        let path = format!("/api/v1/organisations/{unit}/payers");
        for (who, kind) in [(&union, "union"), (&centre, "accounting_centre")] {
            // Asked of the unit or of itself, a payer is told its own tie and no other.
            for path in [path.clone(), format!("/api/v1/organisations/{}/payers", who.org_id)] {
                let shown = who.get(&path).expect(200).await.json();
                assert_eq!(shown["items"].as_array().unwrap().len(), 1, "{shown}");
                let tie = &shown["items"][0];
                assert_eq!((&tie["unit_id"], &tie["payer_id"], &tie["kind"]), (&json!(unit), &json!(who.org_id), &json!(kind)));
            }
        }
        stranger.get(&path).refused("not_found").await;
        let endings = format!("/api/v1/organisations/{unit}/payer-endings");
        let ending = |payer: OrgId, until: &str| json!({ "payer_id": payer, "until": until });
        centre.post(&endings, ending(union.org_id, "2021-03-31")).refused("not_found").await;
        for until in ["2021-02-28", "2021-03-31"] {
            stranger.post(&endings, ending(stranger.org_id, until)).refused("not_found").await;
        }
        for who in [&centre, &union] {
            assert_eq!(who.post(&endings, ending(who.org_id, "2021-03-31")).expect(200).await.str("/until"), "2021-03-31");
        }
        // Who pays does not say for whom: the unit does, and only one that buys for itself.
        let again = json!({ "payer_id": centre.org_id, "kind": "accounting_centre", "from": "2022-01-01" });
        centre.post(&path, again.clone()).refused("not_found").await;
        union.post(&format!("/api/v1/organisations/{}/payers", union.org_id), again).refused("wrong_state").await;
    }

    async fn only_who_is_tied_to_the_unit_pays_and_the_clock_is_the_units(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let cashier = app.new_person(OrgKind::Union, CITY, &[Role::Payer]).await;
        let (union, centre) = (cashier.org_id, app.organisation(OrgKind::BudgetUnit, CITY).await);
        for stranger in [union, centre, till.seller().org_id] {
            refused_payer(&paid_by(&till, stranger).await);
        }
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["payer_id"] = json!(union);
        let english = till.market.trader.post("/api/v1/orders", body).header("accept-language", "en").expect(422).await;
        assert!(english.text().contains("tied to it today"), "{}", english.text());
        tied(app, unit, union, PayerKind::Union).await;
        tied(app, unit, centre, PayerKind::AccountingCentre).await;
        let mut placed = Vec::new();
        for payer in [union, centre, unit] {
            placed.push(paid_by(&till, payer).await.str("/orders/0/id"));
        }
        // The tie ends before the supplier answers: the order keeps its payer, and the clock looks at the unit all the same.
        app.clock.set_day("2021-03-02");
        app.write(move |tx| identity::end_payer(tx, None, unit, union, day("2021-03-02"))).await.unwrap();
        app.clock.set_day("2021-03-03");
        refused_payer(&paid_by(&till, union).await);
        for order in &placed {
            till.market.hand_over(0, order, &["1"]).await;
            till.market.accept(order, &[(1, "1", "0")]).await;
            assert_eq!(till.counting(order).await["payment_due_on"], json!("2021-04-02"));
        }
        // Who pays sees the order and reports the payment; so may the unit, which ordered.
        let tasks = cashier.get("/api/v1/tasks").expect(200).await.json()["items"].clone();
        assert_eq!((tasks[0]["kind"].clone(), tasks[0]["subject"].clone()), (json!("report_payment"), json!(placed[0])));
        cashier.get(&format!("/api/v1/orders/{}", placed[0])).expect(200).await;
        cashier.get(&format!("/api/v1/orders/{}", placed[1])).refused("not_found").await;
        let payment = cashier.post(&url(&placed[0], "payments"), json!({ "amount_fen": 1000 })).expect(201).await.id();
        till.confirm(&placed[0], &payment).await;
        till.pay(&placed[1], 1000).await;
        till.rate(&placed[0]).await;
        assert_eq!(till.counting(&placed[0]).await["completed"], json!(true));
        recounted(app).await;
    }

    async fn naming_its_contractor_as_payer_stops_no_clock_of_the_unit(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let firm = app.new_person(OrgKind::Contractor, CITY, &[Role::Trader]).await;
        let contractor = firm.org_id;
        app.write(move |tx| identity::tie_contractor(tx, None, contractor, unit, Day::ymd(2021, 1, 1), None)).await.unwrap();
        let named = paid_by(&till, contractor).await.str("/orders/0/id");
        // What the small contractor orders and pays itself binds nobody.
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["unit_id"] = json!(unit);
        let mut by_unit = body.clone();
        by_unit["payer_id"] = json!(unit);
        refused_payer(&firm.post("/api/v1/orders", by_unit).send().await);
        let its_own = firm.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        for (order, due) in [(named, json!("2021-03-31")), (its_own, Value::Null)] {
            confirm(till.seller(), &order).expect(200).await;
            let lines = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": "1" }] });
            till.seller().post(&url(&order, "shipments"), lines).expect(201).await;
            let buyer = if due.is_null() { app.person(contractor, &[Role::Acceptor]).await } else { till.market.acceptor.clone() };
            let lines = json!({ "lines": [{ "line_no": 1, "accepted": "1", "rejected": "0" }] });
            buyer.post(&url(&order, "acceptances"), lines).expect(201).await;
            assert_eq!(till.counting(&order).await["payment_due_on"], due);
        }
    }

    async fn what_a_union_orders_counts_in_the_union_part_of_its_unit(app) {
        let host = Till::open(app).await;
        let unit = host.market.trader.org_id;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager, Role::Reviewer]).await;
        app.supervise(unit, head.org_id).await;
        let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true,
            "canteen": { "total_fen": 100_000, "ratio_ppm": 100_000 }, "union": { "total_fen": 50_000, "ratio_ppm": 200_000 } });
        approved(app, unit, plan, [&head, &bureau]).await;
        let trader = app.new_person(OrgKind::Union, CITY, &[Role::Trader]).await;
        let union = trader.org_id;
        let acceptor = app.person(union, &[Role::Acceptor]).await;
        let market = Market { trader, acceptor, sellers: host.market.sellers.clone() };
        let till = Till { market, ..host.clone() }.paid_by_its_unit(app).await;
        let ask = |unit: Option<OrgId>, fund: &str| {
            let mut body = till.market.order(&[(till.goods, "4")]);
            body["fund"] = json!(fund);
            if let Some(unit) = unit {
                body["unit_id"] = json!(unit);
            }
            till.market.trader.post("/api/v1/orders", body)
        };
        let refused = |answered: Answered| assert_eq!(answered.pointers(), ["/unit_id"]);
        refused(ask(Some(unit), "union").refused("validation_failed").await);
        // Without a tie it orders for itself, as always.
        let own = ask(None, "union").expect(201).await;
        let own = till.market.trader.get(&format!("/api/v1/orders/{}", own.str("/orders/0/id"))).expect(200).await;
        assert_eq!((own.str("/unit_id"), own.str("/payer_id")), (union.to_string(), union.to_string()));
        tied(app, unit, union, PayerKind::Union).await;
        refused(ask(Some(unit), "personal").refused("validation_failed").await);
        refused(ask(Some(head.org_id), "union").refused("validation_failed").await);
        let centre = app.organisation(OrgKind::BudgetUnit, CITY).await;
        tied(app, unit, centre, PayerKind::AccountingCentre).await;
        for payer in [unit, centre] {
            let mut body = till.market.order(&[(till.goods, "4")]);
            body["fund"] = json!("union");
            (body["unit_id"], body["payer_id"]) = (json!(unit), json!(payer));
            refused_payer(&till.market.trader.post("/api/v1/orders", body).send().await);
        }
        let order = ask(Some(unit), "union").expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &order, &["4"]).await;
        till.market.accept(&order, &[(1, "4", "0")]).await;
        till.pay(&order, 4000).await;
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["payment_due_on"], json!("2021-03-31"));
        // The unit and who supervises it read the order and get the count; the union does not read the unit's own orders.
        let by_canteen = host.accepted("2").await;
        let readers: [(&Person, &str, u16); 5] = [(&host.market.trader, &order, 200), (&head, &order, 200), (&bureau, &order, 200),
            (&till.market.trader, &order, 200), (&till.market.trader, &by_canteen, 404)];
        for (who, order, status) in readers {
            who.get(&format!("/api/v1/orders/{order}")).expect(status).await;
        }
        let report = bureau.get(&format!("/api/v1/reports/quota-progress?year=2021&by=unit&unit={unit}")).expect(200).await.json();
        let row = &report["rows"][0];
        let amounts = ["reserved_fen", "reserved_union_fen", "ordered_fen", "completed_fen", "completed_canteen_fen", "completed_union_fen"];
        assert_eq!(amounts.map(|name| row[name].clone()), [20_000, 10_000, 6000, 4000, 0, 4000].map(|n| json!(n)), "{row}");
        assert_eq!(row["rate"], json!("20.00"));
        let balance = host.market.trader.get(&format!("/api/v1/budget-units/{unit}/quota/2021")).send().await;
        assert_eq!(balance.status, 200, "{}", balance.text());
        assert!(balance.json()["funds"].as_array().unwrap().iter().any(|f| f["fund"] == "union" && f["posted_fen"] == 4000), "{}", balance.text());
        recounted(app).await;
    }
}
