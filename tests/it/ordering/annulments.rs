//! Certificates that were never valid: what their lines counted is taken back, order by order; on both databases.

use super::standing::{Certified, certified_goods};
use super::{url, verified};
use crate::reporting::approved;
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::{CITY, confirm};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

/// The office's own case: a certified product, a unit that has bought it, and a second reviewer who certified nothing.
struct Fraud {
    it: Certified,
    payer: Person,
    auditor: Person,
    bureau: Person,
}

impl Fraud {
    async fn open(app: &TestApp) -> Fraud {
        let it = Certified::open(app).await;
        let payer = app.person(it.market.trader.org_id, &[Role::Payer]).await;
        let auditor = app.person(it.offices.province.org_id, &[Role::Reviewer]).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, "640000", &[Role::Auditor]).await;
        Fraud { it, payer, auditor, bureau }
    }
    /// An order of so many boxes, accepted, paid and rated.
    async fn completed(&self, app: &TestApp, boxes: &str, fen: i64) -> String {
        let it = &self.it;
        let order = it.market.place(&[(it.listing, boxes)]).await;
        self.fulfil(&order, boxes, fen).await;
        app.run_jobs().await;
        order
    }
    async fn fulfil(&self, order: &str, boxes: &str, fen: i64) {
        let it = &self.it;
        confirm(&it.seller, order).expect(200).await;
        let lines = json!([{ "line_no": 1, "lot": "A", "quantity": boxes }]);
        it.seller.post(&url(order, "shipments"), json!({ "lines": lines })).expect(201).await;
        self.settle(order, boxes, fen).await;
    }
    async fn settle(&self, order: &str, boxes: &str, fen: i64) {
        let it = &self.it;
        it.market.accept(order, &[(1, boxes, "0")]).await;
        let payment = self.payer.post(&url(order, "payments"), json!({ "amount_fen": fen })).expect(201).await.id();
        let yes = json!({ "payment_id": payment, "decision": "confirm" });
        it.seller.post(&url(order, "payment-confirmations"), yes).expect(200).await;
        let rating = json!({ "price": 5, "quality": 4, "delivery": 3 });
        it.market.trader.post(&url(order, "ratings"), rating).expect(201).await;
    }
    async fn annul(&self, app: &TestApp, ground: &str) {
        let body = json!({ "ground": ground, "reason": "检测报告系伪造", "document_no": "宁乡振认〔2021〕12号" });
        let path = format!("/api/v1/certificates/{}/annulments", self.it.number);
        self.auditor.post(&path, body).expect(200).await;
        app.run_jobs().await;
    }
    /// Completed and corrected amount of the year.
    async fn plan(&self, year: i64) -> (Value, Value) {
        let path = format!("/api/v1/reports/quota-progress?year={year}&by=region");
        let total = self.bureau.get(&path).expect(200).await.json()["total"].clone();
        (total["completed_fen"].clone(), total["corrections_fen"].clone())
    }
    /// Volumes of a basis by month and certified.
    async fn volumes(&self, basis: &str) -> Vec<(String, bool, i64)> {
        let path =
            format!("/api/v1/reports/county-volumes?from=2021-01&to=2022-12&by=county,month,certified&basis={basis}");
        let view = self.auditor.get(&path).expect(200).await.json();
        let row = |row: &Value| {
            assert_eq!(row["county"], json!("640303"), "{row}");
            (
                row["month"].as_str().unwrap().to_owned(),
                row["certified"] == json!(true),
                row["amount_fen"].as_i64().unwrap(),
            )
        };
        view["rows"].as_array().unwrap().iter().map(row).collect()
    }
    /// Accepted and paid by county of production and certified, of all months together.
    async fn shares(&self) -> Vec<(String, bool, i64)> {
        let path = "/api/v1/reports/county-volumes?from=2021-01&to=2022-12&by=county,certified&basis=accepted_paid";
        let view = self.auditor.get(path).expect(200).await.json();
        let row = |row: &Value| {
            (
                row["county"].as_str().unwrap().to_owned(),
                row["certified"] == json!(true),
                row["amount_fen"].as_i64().unwrap(),
            )
        };
        view["rows"].as_array().unwrap().iter().map(row).collect()
    }
    async fn lines(&self, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/certificates/{}/order-lines?{query}", self.it.number);
        self.auditor.get(&path).expect(200).await.json()["items"].as_array().unwrap().clone()
    }
}

/// A plan for 2021 that the unit above and the bureau approved.
async fn planned(app: &TestApp, unit: OrgId) {
    let plan = json!({ "year": 2021, "canteen_mode": "own", "submit": true, "canteen": { "total_fen": 1_000_000, "ratio_ppm": 100_000 } });
    let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
    let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
    app.supervise(unit, head.org_id).await;
    approved(app, unit, plan, [&head, &bureau]).await;
}

/// Merges a unit into a new one: the successor.
async fn merged(app: &TestApp, unit: OrgId) -> OrgId {
    let successor = app.organisation(OrgKind::BudgetUnit, CITY).await;
    let bureau = app.new_person(OrgKind::FinanceBureau, "640000", &[Role::Reviewer]).await;
    let merger = json!({ "kind": "merged", "unit_id": successor, "predecessor_ids": [unit], "effective_on": app.ctx().at.day(),
        "reason": "机构改革", "document_number": "银编发〔2021〕3号" });
    bureau.post("/api/v1/unit-changes", merger).expect(201).await;
    successor
}

fn row(month: &str, certified: bool, fen: i64) -> (String, bool, i64) {
    (month.to_owned(), certified, fen)
}

/// The month of the test's clock.
fn month(app: &TestApp) -> String {
    app.ctx().at.day().month()
}

on_both! {
    async fn a_completed_order_leaves_the_plan_and_the_certified_volumes(app) {
        let fraud = Fraud::open(app).await;
        let it = &fraud.it;
        planned(app, it.market.trader.org_id).await;
        app.reachable(&it.market.trader).await;
        let order = fraud.completed(app, "2", 10_000).await;
        let then = month(app);
        assert_eq!(fraud.plan(2021).await, (json!(10_000), json!(0)));
        assert_eq!(fraud.volumes("accepted_paid").await, [row(&then, true, 10_000)]);
        // Before the decision the office sees what it would take back.
        let seen = fraud.lines("ground=certification_false").await;
        assert_eq!((seen.len(), &seen[0]["order_id"], &seen[0]["would_become"], &seen[0]["completed_fen"]), (1, &json!(order), &json!("unqualified"), &json!(10_000)));
        assert_eq!(fraud.lines("ground=origin_false").await[0]["would_become"], json!("void"));
        // Who certified it does not decide that it was never valid; neither does an office elsewhere.
        let path = format!("/api/v1/certificates/{}/annulments", it.number);
        let body = json!({ "ground": "certification_false", "reason": "检测报告系伪造" });
        it.offices.county.post(&path, body.clone()).refused("separation_of_duties").await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640500", &[Role::Reviewer]).await;
        elsewhere.post(&path, body.clone()).refused("not_found").await;
        let short = fraud.auditor.post(&path, json!({ "ground": "rumour", "reason": "x" })).refused("validation_failed").await;
        assert_eq!(short.pointers(), ["/ground", "/reason"]);
        app.clock.set_day("2021-10-08");
        fraud.annul(app, "certification_false").await;
        fraud.auditor.post(&path, body).refused("wrong_state").await;
        assert_eq!(fraud.plan(2021).await, (json!(0), json!(0)));
        let moved = [row(&then, true, 10_000), row("2021-10", false, 10_000), row("2021-10", true, -10_000)];
        assert_eq!(fraud.volumes("accepted_paid").await, moved);
        assert_eq!(fraud.volumes("completed").await, [row(&then, true, 10_000), row("2021-10", true, -10_000)]);
        let ordered = fraud.volumes("ordered").await;
        assert_eq!(ordered[ordered.len() - 2..], [row("2021-10", false, 10_000), row("2021-10", true, -10_000)]);
        // The decision lists its lines.
        let seen = fraud.lines("").await;
        let posted = &seen[0]["annulled"];
        assert_eq!((&posted["standing_after"], &posted["completed_fen"], &posted["decided_on"]), (&json!("unqualified"), &json!(10_000), &json!("2021-10-08")));
        assert_eq!((&seen[0]["would_become"], &seen[0]["standing"], &seen[0]["completed_fen"]), (&Value::Null, &json!("unqualified"), &json!(0)));
        // The buyer is told, and why nothing counts any more.
        assert!(received(&it.market.trader.email).iter().any(|mail| mail.text().contains("自始无效") && mail.text().contains("100.00")));
        let counting = it.market.trader.get(&url(&order, "counting")).expect(200).await.json();
        assert_eq!((&counting["completed"], &counting["counted"], &counting["completed_fen"]), (&json!(true), &json!(false), &json!(0)));
        assert_eq!(counting["missing"][0]["code"], json!("certificate_annulled"));
        assert_eq!(counting["facts"].as_array().unwrap().last().unwrap()["kind"], json!("annulled"));
        // Anybody sees it; the page says so.
        let public = app.get(&format!("/api/v1/certificates/{}", it.number)).expect(200).await.json();
        assert_eq!((&public["status"], &public["annulment"]["document_no"]), (&json!("revoked"), &json!("宁乡振认〔2021〕12号")));
        let page = app.get(&format!("/api/v1/certificates/{}/page", it.number)).expect(200).await.text();
        assert!(page.contains("自始无效") && page.contains("骗取认定"), "{page}");
        // Nothing is posted twice.
        app.clock.advance(std::time::Duration::from_secs(120));
        app.run_jobs().await;
        assert_eq!(fraud.volumes("accepted_paid").await, moved);
        verified(app).await;
    }

    async fn a_closed_year_is_only_corrected(app) {
        let fraud = Fraud::open(app).await;
        planned(app, fraud.it.market.trader.org_id).await;
        app.clock.set_day("2021-12-01");
        fraud.completed(app, "2", 10_000).await;
        app.clock.set_day("2022-02-10");
        fraud.annul(app, "origin_false").await;
        assert_eq!(fraud.plan(2021).await, (json!(10_000), json!(-10_000)));
        assert_eq!(fraud.plan(2022).await, (json!(0), json!(0)));
        // They are sold on no other ground, not even where they once stood on sale.
        let listing = fraud.it.listing.to_string();
        crate::certification::safety::relist(&fraud.it.seller, &listing).await.refused("certificate_not_current").await;
        // Goods that do not come from the county are in no figure of it.
        for basis in ["accepted_paid", "ordered", "completed"] {
            assert_eq!(fraud.volumes(basis).await, [row("2021-12", true, 10_000), row("2022-02", true, -10_000)], "{basis}");
        }
        verified(app).await;
    }

    async fn an_order_under_way_goes_on_and_counts_no_more(app) {
        let fraud = Fraud::open(app).await;
        let it = &fraud.it;
        planned(app, it.market.trader.org_id).await;
        let shipped = it.market.place(&[(it.listing, "2")]).await;
        confirm(&it.seller, &shipped).expect(200).await;
        let lines = json!([{ "line_no": 1, "lot": "A", "quantity": "2" }]);
        it.seller.post(&url(&shipped, "shipments"), json!({ "lines": lines })).expect(201).await;
        let waiting = it.market.place(&[(it.listing, "3")]).await;
        confirm(&it.seller, &waiting).expect(200).await;
        let (other, _) = certified_goods(app, &it.offices, &it.seller, "红寺堡黄花菜").await;
        let unanswered = it.market.place(&[(it.listing, "1")]).await;
        let clean = it.market.place(&[(other, "1")]).await;
        fraud.annul(app, "certification_false").await;
        assert_eq!((it.state(&unanswered).await, it.state(&clean).await), ("cancelled".into(), "placed".into()));
        let flag = it.market.trader.get(&format!("/api/v1/orders/{waiting}")).expect(200).await.json()["flags"][0].clone();
        assert_eq!(flag["may"], json!(["cancel", "reject"]));
        it.market.trader.post(&url(&waiting, "cancellations"), json!({ "reason": "认定无效" })).expect(200).await;
        // What was on its way is accepted and paid, and counts as what it is.
        fraud.settle(&shipped, "2", 10_000).await;
        assert_eq!(fraud.plan(2021).await, (json!(0), json!(0)));
        assert_eq!(fraud.volumes("accepted_paid").await, [row(&month(app), false, 10_000)]);
        assert_eq!(fraud.volumes("completed").await, []);
        // The cancelled rest is written off where it stands by now.
        let ordered: i64 = fraud.volumes("ordered").await.iter().filter(|(_, certified, _)| !certified).map(|row| row.2).sum();
        assert_eq!(ordered, 10_000);
        let view = it.market.trader.get(&format!("/api/v1/orders/{shipped}")).expect(200).await.json();
        assert_eq!((&view["lines"][0]["standing"], &view["lines"][0]["certified"]), (&json!("unqualified"), &json!(true)));
        verified(app).await;
    }

    async fn a_reason_names_nobody_and_the_blacklist_names_the_document(app) {
        let fraud = Fraud::open(app).await;
        let path = format!("/api/v1/certificates/{}/annulments", fraud.it.number);
        let body = json!({ "ground": "certification_false", "reason": "户主张三 640323198001150585 举报" });
        assert_eq!(fraud.auditor.post(&path, body).refused("validation_failed").await.pointers(), ["/reason"]);
        fraud.annul(app, "certification_false").await;
        let listed = app.get("/api/v1/blacklist").expect(200).await.json();
        assert_eq!(listed["items"][0]["document_no"], json!("宁乡振认〔2021〕12号"), "{listed}");
        // An office below says what is so, not who undoes it.
        let county = app.person(fraud.it.offices.county.org_id, &[Role::Reviewer]).await;
        let again = json!({ "ground": "certification_false", "reason": "检测报告系伪造" });
        county.post(&path, again).refused("wrong_state").await;
    }

    async fn an_ended_certificate_is_annulled_all_the_same(app) {
        let fraud = Fraud::open(app).await;
        let order = fraud.completed(app, "1", 5_000).await;
        fraud.it.rule("revocations", "price").await;
        fraud.annul(app, "certification_false").await;
        assert_eq!(fraud.lines("").await[0]["order_id"], json!(order));
        assert_eq!(fraud.lines("").await[0]["standing"], json!("unqualified"));
        let stranger = app.new_person(OrgKind::PovertyOffice, CITY, &[Role::Reviewer]).await;
        stranger.get(&format!("/api/v1/certificates/{}/order-lines", fraud.it.number)).refused("not_found").await;
        verified(app).await;
    }

    async fn what_two_counties_made_is_taken_back_from_each_to_the_fen(app) {
        let fraud = Fraud::open(app).await;
        let it = &fraud.it;
        let mut goods = crate::catalogue::product_body("红寺堡海原枸杞", "640303", false);
        goods["origins"] = json!([{ "county": "640303", "ppm": 500_000 }, { "county": "640522", "ppm": 500_000 }]);
        let product = it.seller.post("/api/v1/products", goods).expect(201).await.id();
        let application = crate::certification::submitted_product(app, &it.seller, &product).await;
        let number = crate::certification::certified(app, &it.offices, &application).await;
        let listing = crate::catalogue::list(&it.seller, &product, 4_999).await.parse().unwrap();
        // Several, since the two entries of each annulment stand in the order of their ids, which is chance.
        for _ in 0..6 {
            let order = it.market.place(&[(listing, "1")]).await;
            fraud.fulfil(&order, "1", 4_999).await;
        }
        let split = |certified| [("640303".to_owned(), certified, 15_000), ("640522".to_owned(), certified, 14_994)];
        assert_eq!(fraud.shares().await, split(true));
        let fraud = Fraud { it: Certified { number, ..fraud.it }, ..fraud };
        fraud.annul(app, "certification_false").await;
        assert_eq!(fraud.shares().await, split(false));
        verified(app).await;
    }

    async fn a_merged_unit_is_taken_from_where_it_counts(app) {
        let fraud = Fraud::open(app).await;
        let unit = fraud.it.market.trader.org_id;
        planned(app, unit).await;
        fraud.completed(app, "2", 10_000).await;
        let successor = merged(app, unit).await;
        let completed = async || {
            let path = "/api/v1/reports/quota-progress?year=2021&by=unit";
            let rows = fraud.bureau.get(path).expect(200).await.json()["rows"].clone();
            let of = |id: OrgId| rows.as_array().unwrap().iter().find(|row| row["key"] == json!(id)).unwrap()["completed_fen"].clone();
            (of(unit), of(successor))
        };
        assert_eq!(completed().await, (json!(0), json!(10_000)));
        fraud.annul(app, "certification_false").await;
        assert_eq!(completed().await, (json!(0), json!(0)));
        verified(app).await;
    }

    async fn a_unit_is_merged_after_its_lines_were_annulled(app) {
        let fraud = Fraud::open(app).await;
        let unit = fraud.it.market.trader.org_id;
        planned(app, unit).await;
        fraud.completed(app, "2", 10_000).await;
        fraud.annul(app, "certification_false").await;
        let before = fraud.volumes("accepted_paid").await;
        merged(app, unit).await;
        assert_eq!(fraud.plan(2021).await, (json!(0), json!(0)));
        assert_eq!(fraud.volumes("accepted_paid").await, before);
        verified(app).await;
    }

    async fn a_producer_learns_nothing_of_its_agents_orders(app) {
        let it = Certified::open(app).await;
        let agent = crate::catalogue::supplier(app, OrgKind::AgentTrader, "640303", "代理商").await;
        let own = it.market.place(&[(it.listing, "1")]).await;
        let view = it.seller.get(&format!("/api/v1/orders/{own}")).expect(200).await.json();
        let product = view["lines"][0]["product_id"].clone();
        let mandate = json!({ "agent_id": agent.org_id, "products": [product], "valid_from": app.ctx().at.day(), "valid_until": "2021-12-31" });
        it.seller.post("/api/v1/mandates", mandate).expect(201).await;
        let listing = crate::catalogue::list(&agent, product.as_str().unwrap(), 5000).await.parse().unwrap();
        let theirs = it.market.place(&[(listing, "1")]).await;
        it.seller.get(&format!("/api/v1/orders/{theirs}")).refused("not_found").await;
        let path = format!("/api/v1/certificates/{}/order-lines", it.number);
        let orders = async |who: &Person| {
            let items = who.get(&path).expect(200).await.json()["items"].clone();
            items.as_array().unwrap().iter().map(|line| line["order_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(orders(&it.seller).await, std::slice::from_ref(&own));
        assert_eq!(orders(&it.offices.county).await.len(), 2);
        it.market.trader.post(&url(&own, "cancellations"), json!({ "reason": "不要了" })).expect(200).await;
        let shown = it.offices.county.get(&path).expect(200).await.json();
        let of_own = shown["items"].as_array().unwrap().iter().find(|line| line["order_id"] == json!(own)).unwrap().clone();
        assert_eq!((&of_own["state"], &of_own["would_become"]), (&json!("cancelled"), &Value::Null));
    }

    /// Two decisions at the same moment: one wins; two workers post each order once.
    async fn two_at_once_annul_once_and_post_once(app) {
        let fraud = Fraud::open(app).await;
        fraud.completed(app, "1", 5_000).await;
        let other = app.person(fraud.it.offices.province.org_id, &[Role::Reviewer]).await;
        let path = format!("/api/v1/certificates/{}/annulments", fraud.it.number);
        let body = json!({ "ground": "certification_false", "reason": "检测报告系伪造" });
        let (a, b) = futures_util::future::join(fraud.auditor.post(&path, body.clone()).send(), other.post(&path, body).send()).await;
        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        assert_eq!(answers, [200, 409], "{} {}", a.text(), b.text());
        let twin = app.twin().await;
        futures_util::future::join(app.run_jobs(), twin.run_jobs()).await;
        assert_eq!(fraud.volumes("accepted_paid").await.iter().map(|row| row.2).sum::<i64>(), 5_000);
        assert_eq!(fraud.lines("").await.len(), 1);
        verified(app).await;
    }
}
