//! Chains of approvals, delegations, and orders that wait for them, on both databases.

mod histories;

use crate::ordering::{quota, stock, verified};
use crate::payments::recounted;
use crate::support::TestApp;
use crate::support::market::{CITY, Market, confirm};
use crate::support::people::Person;
use futures_util::future::join;
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;
use yigou::ordering;

/// A unit whose orders of 100.00 yuan and more are approved: first by two of three, from 500.00 on by one above as well.
pub struct Office {
    pub market: Market,
    pub goods: ListingId,
    pub managers: Vec<Person>,
    pub above: Person,
}

impl Office {
    pub async fn open(app: &TestApp) -> Office {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let mut managers = Vec::new();
        for _ in 0..3 {
            let person = app.person(market.trader.org_id, &[Role::Manager]).await;
            app.reachable(&person).await;
            managers.push(person);
        }
        app.reachable(&market.trader).await;
        let above = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await;
        app.supervise(market.trader.org_id, above.org_id).await;
        Office { market, goods, managers, above }
    }
    pub fn chain(&self) -> Value {
        let named = |person: &Person| json!({ "org_id": person.org_id, "user_id": person.user_id.to_string() });
        let two = json!({ "approvers": self.managers.iter().map(named).collect::<Vec<_>>(), "needed": 2 });
        let head = json!({ "approvers": [named(&self.above)], "needed": 1 });
        let today = "2021-03-01";
        json!({ "effective_from": today, "reason": "内控制度", "bands": [
            { "from_fen": 10_000, "funds": [], "purposes": [], "steps": [two] },
            { "from_fen": 50_000, "funds": ["canteen"], "purposes": [], "steps": [two, head] },
        ] })
    }
    pub async fn enter(&self) -> Value {
        self.managers[0].post("/api/v1/approval-chains", self.chain()).expect(201).await.json()
    }
    pub async fn show(&self, id: &str) -> Value {
        self.market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await.json()
    }
    pub async fn state(&self, id: &str) -> String {
        self.show(id).await["state"].as_str().unwrap().to_owned()
    }
    async fn listed_by_supplier(&self) -> usize {
        let seller = &self.market.sellers[0];
        seller.get("/api/v1/orders").expect(200).await.json()["items"].as_array().unwrap().len()
    }
}

pub fn approve(person: &Person, id: &str) -> crate::support::Ask {
    person.post(&format!("/api/v1/orders/{id}/approvals"), json!({ "verdict": "approve" }))
}

pub fn reject(person: &Person, id: &str) -> crate::support::Ask {
    person.post(&format!("/api/v1/orders/{id}/approvals"), json!({ "verdict": "reject", "reason": "超出预算" }))
}

fn tasks(listed: &Value) -> Vec<String> {
    let items = listed["items"].as_array().unwrap().iter().filter(|task| task["kind"] == "approve_order");
    items.map(|task| task["subject"].as_str().unwrap().to_owned()).collect()
}

async fn asked(person: &Person) -> Vec<String> {
    tasks(&person.get("/api/v1/tasks").expect(200).await.json())
}

/// The feed shows what was recorded so far.
async fn sequenced(app: &TestApp) {
    while app.write(yigou::audit::sequence).await.unwrap() > 0 {}
}

async fn expire(app: &TestApp) -> usize {
    ordering::expire_unconfirmed(&app.installation.store, app.ctx()).await.unwrap()
}

on_both! {
    async fn the_supplier_knows_nothing_before_the_last_approval(app) {
        let office = Office::open(app).await;
        let chain = office.enter().await;
        let (market, [first, second, third]) = (&office.market, [0, 1, 2].map(|n| &office.managers[n]));
        let check = market.trader.post("/api/v1/order-checks", market.order(&[(office.goods, "50")])).send().await;
        assert_eq!(check.json()["approvals"].as_array().unwrap().len(), 2, "{}", check.text());
        let id = market.place(&[(office.goods, "50")]).await;
        let order = office.show(&id).await;
        assert_eq!((&order["state"], &order["approvals"]["chain_id"]), (&json!("awaiting_approval"), &chain["id"]));
        // Monday, 1 March: five working days end on Monday, the 8th, at midnight.
        assert_eq!(order["approvals"]["decide_by"], "2021-03-09T00:00:00.000+08:00");
        assert_eq!((quota(app, market.trader.org_id, 2021).await.pending, stock(app, office.goods).await.pending), (50_000, 50_000));
        // Not in its lists, not by its id, not in its tasks, not in its feed, no mail; and it cannot act on it.
        let seller = &market.sellers[0];
        let mails = app.mails().await;
        assert!(mails.iter().all(|mail| mail.to != seller.email));
        assert_eq!(mails.iter().filter(|mail| mail.text.contains(&id)).count(), 3);
        sequenced(app).await;
        assert_eq!(office.listed_by_supplier().await, 0);
        seller.get(&format!("/api/v1/orders/{id}")).expect(404).await;
        confirm(seller, &id).expect(404).await;
        let named = |text: String| text.contains(&id);
        assert!(!named(seller.get("/api/v1/tasks").expect(200).await.text()));
        assert!(!named(seller.get("/api/v1/events?after=0&limit=200").expect(200).await.text()));
        // Two of three in the first step, in any order; the second step only then.
        assert_eq!(asked(first).await, std::slice::from_ref(&id));
        assert!(asked(&office.above).await.is_empty());
        approve(&office.above, &id).refused("forbidden").await;
        approve(third, &id).expect(200).await;
        approve(third, &id).refused("already_exists").await;
        assert!(asked(third).await.is_empty());
        let batch = json!({ "items": [{ "order_id": id, "approval": { "verdict": "approve" } }] });
        let answers = first.post("/api/v1/approvals", batch).expect(200).await;
        assert_eq!((answers.int("/items/0/status"), office.state(&id).await), (200, "awaiting_approval".to_owned()));
        approve(second, &id).refused("forbidden").await;
        assert_eq!(asked(&office.above).await, std::slice::from_ref(&id));
        assert_eq!(office.listed_by_supplier().await, 0);
        recounted(app).await;
        // The approver above sees what it is to approve. The supplier's two working days run from its approval.
        office.above.get(&format!("/api/v1/orders/{id}")).expect(200).await;
        app.clock.advance(Duration::from_secs(86_400));
        let placed = approve(&office.above, &id).expect(200).await;
        assert_eq!((placed.str("/state"), placed.str("/confirm_by")), ("placed".into(), "2021-03-05T00:00:00.000+08:00".into()));
        let seen = seller.get(&format!("/api/v1/orders/{id}")).expect(200).await;
        assert!(seen.json()["approvals"].is_null() && !seen.text().contains("order.approved"), "{}", seen.text());
        sequenced(app).await;
        assert!(named(seller.get("/api/v1/events?after=0&limit=200").expect(200).await.text()));
        assert!(app.mails().await.iter().any(|mail| mail.to == market.trader.email && mail.text.contains(&id)));
        confirm(seller, &id).expect(200).await;
        recounted(app).await;
        verified(app).await;
    }

    async fn who_ordered_never_approves(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "10000", false).await;
        let unit = market.trader.org_id;
        // The rule table asks for one manager from 10,000.00 yuan on; who orders is one, and alone.
        let both = app.person(unit, &[Role::Manager, Role::Trader]).await;
        both.post("/api/v1/orders", market.order(&[(goods, "1000")])).refused("approvers_missing").await;
        assert_eq!(quota(app, unit, 2021).await.pending, 0);
        let plain = both.post("/api/v1/orders", market.order(&[(goods, "999")])).expect(201).await;
        assert_eq!(plain.str("/orders/0/state"), "placed");
        let other = app.person(unit, &[Role::Manager]).await;
        let id = both.post("/api/v1/orders", market.order(&[(goods, "1000")])).expect(201).await.str("/orders/0/id");
        approve(&both, &id).refused("separation_of_duties").await;
        // Nor does he let another decide in his place.
        let helper = app.person(unit, &[Role::Payer]).await;
        let delegation = |to: &Person| json!({ "to_user_id": to.user_id.to_string(), "valid_from": "2021-03-01", "valid_until": "2021-03-02", "reason": "出差" });
        both.post("/api/v1/approval-delegations", delegation(&helper)).expect(201).await;
        approve(&helper, &id).refused("separation_of_duties").await;
        // Nor does anybody delegate it to him; and what is delegated goes no further.
        other.post("/api/v1/approval-delegations", delegation(&both)).expect(201).await;
        approve(&both, &id).refused("separation_of_duties").await;
        let far = app.person(unit, &[Role::Acceptor]).await;
        helper.post("/api/v1/approval-delegations", delegation(&far)).expect(201).await;
        approve(&far, &id).refused("forbidden").await;
        app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await.post(&format!("/api/v1/orders/{id}/approvals"), json!({ "verdict": "approve" })).expect(404).await;
        approve(&other, &id).expect(200).await;
        recounted(app).await;
    }

    async fn a_colleague_decides_in_its_days(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "10000", false).await;
        let unit = market.trader.org_id;
        let manager = app.person(unit, &[Role::Manager]).await;
        let helper = app.person(unit, &[Role::Payer]).await;
        let id = market.place(&[(goods, "1000")]).await;
        let days = |from: &str, until: &str| json!({ "to_user_id": helper.user_id.to_string(), "valid_from": from, "valid_until": until, "reason": "出差" });
        manager.post("/api/v1/approval-delegations", days("2021-03-02", "2021-03-03")).expect(201).await;
        approve(&helper, &id).refused("forbidden").await;
        assert!(asked(&helper).await.is_empty());
        app.clock.advance(Duration::from_secs(86_400));
        assert_eq!(asked(&helper).await, std::slice::from_ref(&id));
        app.clock.advance(Duration::from_secs(2 * 86_400));
        approve(&helper, &id).refused("forbidden").await;
        let given = manager.post("/api/v1/approval-delegations", days("2021-03-04", "2021-03-10")).expect(201).await.id();
        let ending = format!("/api/v1/approval-delegations/{given}/ending");
        helper.request(actix_web::http::Method::POST, &ending).expect(403).await;
        manager.request(actix_web::http::Method::POST, &ending).expect(200).await;
        manager.request(actix_web::http::Method::POST, &ending).refused("wrong_state").await;
        approve(&helper, &id).refused("forbidden").await;
        manager.post("/api/v1/approval-delegations", days("2021-03-04", "2021-03-10")).expect(201).await;
        approve(&helper, &id).expect(200).await;
        let order = market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await.json();
        let decision = &order["approvals"]["steps"][0]["decisions"][0];
        assert_eq!((&decision["decided_by"], &decision["for_user_id"]), (&json!(helper.user_id.to_string()), &json!(manager.user_id.to_string())));
    }

    async fn what_is_not_approved_lets_everything_go(app) {
        let office = Office::open(app).await;
        office.enter().await;
        let (market, unit) = (&office.market, office.market.trader.org_id);
        // Rejected with a reason, taken back, and not decided in time.
        let [rejected, withdrawn, lapsed] = [market.place(&[(office.goods, "10")]).await, market.place(&[(office.goods, "11")]).await, market.place(&[(office.goods, "12")]).await];
        assert_eq!(quota(app, unit, 2021).await.pending, 33_000);
        let bare = json!({ "verdict": "reject" });
        office.managers[0].post(&format!("/api/v1/orders/{rejected}/approvals"), bare).refused("validation_failed").await;
        reject(&office.managers[0], &rejected).expect(200).await;
        approve(&office.managers[1], &rejected).refused("wrong_state").await;
        market.trader.post(&format!("/api/v1/orders/{withdrawn}/cancellations"), json!({ "reason": "重复" })).expect(200).await;
        app.clock.set_day("2021-03-08");
        assert_eq!(expire(app).await, 0);
        app.clock.set_day("2021-03-09");
        approve(&office.managers[1], &lapsed).refused("expired").await;
        assert_eq!(expire(app).await, 1);
        for (id, state) in [(&rejected, "rejected"), (&withdrawn, "withdrawn"), (&lapsed, "lapsed")] {
            assert_eq!(office.state(id).await, state);
            market.sellers[0].get(&format!("/api/v1/orders/{id}")).expect(404).await;
        }
        assert_eq!((quota(app, unit, 2021).await.pending, stock(app, office.goods).await.pending), (0, 0));
        assert_eq!(office.listed_by_supplier().await, 0);
        sequenced(app).await;
        assert!(!market.sellers[0].get("/api/v1/events?after=0&limit=200").expect(200).await.text().contains("ord_"));
        let told = app.mails().await.iter().filter(|mail| mail.to == market.trader.email).count();
        assert_eq!(told, 2);
        recounted(app).await;
        verified(app).await;
    }

    async fn two_who_approve_at_once_are_counted_once_each(app) {
        let office = Office::open(app).await;
        office.enter().await;
        for boxes in ["10", "50"] {
            let id = office.market.place(&[(office.goods, boxes)]).await;
            let (one, two) = join(approve(&office.managers[0], &id).send(), approve(&office.managers[1], &id).send()).await;
            assert_eq!((one.status, two.status), (200, 200), "{} {}", one.text(), two.text());
            let want = if boxes == "10" { "placed" } else { "awaiting_approval" };
            assert_eq!(office.state(&id).await, want);
            if boxes == "50" {
                let (one, two) = join(approve(&office.above, &id).send(), approve(&office.above, &id).send()).await;
                let mut statuses = [one.status, two.status];
                statuses.sort_unstable();
                assert_eq!(statuses, [200, 409]);
            }
        }
        recounted(app).await;
    }

    async fn the_last_approval_asks_again_where_the_rule_says_so(app) {
        let office = Office::open(app).await;
        office.enter().await;
        let market = &office.market;
        let changed = market.place(&[(office.goods, "10")]).await;
        approve(&office.managers[0], &changed).expect(200).await;
        let price = |fen: i64| {
            let sql = "UPDATE listings SET price_fen = $1 WHERE id = $2";
            let query = diesel::sql_query(sql).bind::<diesel::sql_types::BigInt, _>(fen)
                .bind::<diesel::sql_types::Binary, _>(office.goods.0.to_vec());
            move |tx: &mut yigou::platform::db::Tx<'_>| {
                yigou::each!(tx, c => diesel::RunQueryDsl::execute(query.clone(), c))?;
                Ok(())
            }
        };
        app.write(price(1100)).await.unwrap();
        let refused = approve(&office.managers[1], &changed).refused("price_changed").await;
        assert_eq!((refused.int("/line_no"), office.state(&changed).await), (1, "awaiting_approval".to_owned()));
        // It can still be rejected; what was not decided counts for nothing.
        reject(&office.managers[1], &changed).expect(200).await;
        app.write(price(1000)).await.unwrap();
        let same = market.place(&[(office.goods, "10")]).await;
        approve(&office.managers[0], &same).expect(200).await;
        approve(&office.managers[1], &same).expect(200).await;
        // Under "keep" the frozen price holds.
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let rule = json!({ "name": "approval_recheck", "region_code": "640000", "effective_from": "2021-03-02", "value": "keep", "source": "测试" });
        operator.post("/api/v1/rules", rule).expect(201).await;
        app.clock.advance(Duration::from_secs(86_400));
        let kept = market.place(&[(office.goods, "10")]).await;
        app.write(price(1100)).await.unwrap();
        approve(&office.managers[0], &kept).expect(200).await;
        approve(&office.managers[1], &kept).expect(200).await;
        assert_eq!(office.show(&kept).await["lines"][0]["unit_price_fen"], 1000);
        recounted(app).await;
    }

    async fn a_chain_holds_from_its_day_on(app) {
        let office = Office::open(app).await;
        let (market, manager) = (&office.market, &office.managers[0]);
        let mut chain = office.chain();
        chain["effective_from"] = json!("2021-03-02");
        manager.post("/api/v1/approval-chains", chain.clone()).expect(201).await;
        assert_eq!(market.trader.post("/api/v1/orders", market.order(&[(office.goods, "10")])).expect(201).await.str("/orders/0/state"), "placed");
        app.clock.advance(Duration::from_secs(86_400));
        let waits = market.place(&[(office.goods, "10")]).await;
        assert_eq!(office.state(&waits).await, "awaiting_approval");
        // The unit above enters one as well; who was asked at placement stays asked.
        let none = json!({ "unit_id": market.trader.org_id, "effective_from": "2021-03-02", "bands": [], "reason": "取消" });
        office.above.post("/api/v1/approval-chains", none).expect(201).await;
        assert_eq!(market.trader.post("/api/v1/orders", market.order(&[(office.goods, "10")])).expect(201).await.str("/orders/0/state"), "placed");
        assert_eq!(asked(manager).await, [waits]);
        let listed = |path: &str| manager.get(path);
        assert_eq!(listed("/api/v1/approval-chains").expect(200).await.json()["items"].as_array().unwrap().len(), 2);
        assert!(listed("/api/v1/approval-chains?on=2021-03-01").expect(200).await.json()["items"].as_array().unwrap().is_empty());
        let today = listed("/api/v1/approval-chains?on=2021-03-02").expect(200).await.json();
        assert_eq!(today["items"][0]["bands"], json!([]));
        // People of elsewhere, days that are over, units of others.
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Manager]).await;
        chain["bands"][0]["steps"][0]["approvers"][1] = json!({ "org_id": stranger.org_id, "user_id": null });
        chain["bands"][1]["steps"][1]["approvers"][0]["user_id"] = json!(market.sellers[0].user_id.to_string());
        chain["effective_from"] = json!("2021-03-01");
        let wrong = manager.post("/api/v1/approval-chains", chain).refused("validation_failed").await;
        let mut pointers = wrong.pointers();
        pointers.sort();
        assert_eq!(pointers, ["/bands/0/steps/0/approvers/1/org_id", "/bands/1/steps/1/approvers/0/user_id", "/effective_from"]);
        let foreign = json!({ "unit_id": market.trader.org_id, "effective_from": "2021-03-02", "bands": [], "reason": "取消" });
        stranger.post("/api/v1/approval-chains", foreign).expect(404).await;
    }

    async fn splitting_over_suppliers_evades_nothing(app) {
        let market = Market::open(app, 2).await;
        let manager = app.person(market.trader.org_id, &[Role::Manager]).await;
        let goods = [market.listing(app, 0, 1000, "10000", false).await, market.listing(app, 1, 1000, "10000", false).await];
        let placed = market.trader.post("/api/v1/orders", market.order(&[(goods[0], "500"), (goods[1], "500")])).expect(201).await;
        for n in 0..2 {
            assert_eq!(placed.str(&format!("/orders/{n}/state")), "awaiting_approval");
        }
        let id = placed.str("/orders/0/id");
        approve(&manager, &id).expect(200).await;
        let other = placed.str("/orders/1/id");
        assert_eq!(asked(&manager).await, [other]);
        recounted(app).await;
    }
}
