//! Real records of organisations that an attacker does not belong to, one of every kind that an operation can name.

use crate::certification::{
    APPLICATIONS, approve, certified, cooperative, file, notice, offices, price, quality, submitted,
};
use crate::payments::{Till, url};
use crate::support::market::{CITY, COUNTY, Market};
use crate::support::people::Person;
use crate::support::{TestApp, sample};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};

const SCORE: &str = "INSERT INTO supplier_scores (id, month, org_id, org_name, region_code, points, orders, orders_rule_id, step, computed_at)
    VALUES ($1, '2021-01', $2, 'x', '640323', 40, 5, $1, 'suspend', 0)";
const PROPOSAL: &str =
    "INSERT INTO score_proposals (id, score_id, month, org_id, org_name, region_code, points, step, state,
    proposed_at, answer_from, answer_by, answer_provisional, answer_rule_id, version)
    VALUES ($1, $1, '2021-01', $2, 'x', '640323', 40, 'suspend', 'open', 0, '2021-02-01', '2021-02-19', FALSE, $1, 1)";
const ANOMALY: &str =
    "INSERT INTO anomalies (id, kind, unit_id, supplier_id, subject, region_code, year, day, found_at, measure, orders,
    reason_zh, reason_en, state, version)
    VALUES ($1, 'supplier_share', $2, $2, $3, '640104', 2021, '2021-03-01', 0, 'nothing', '[]', 'x', 'x', 'open', 1)";
static COUNT: AtomicU64 = AtomicU64::new(1);

/// What exists, by the prefix of its id, and the people who made it.
#[derive(Default)]
pub struct World {
    ids: BTreeMap<String, String>,
    /// A certificate's number.
    pub number: String,
    /// An order that is accepted, paid, rated and not invoiced.
    pub done: String,
    /// An order that waits for acceptance.
    pub shipped: String,
    /// A confirmed order that waits for shipment.
    pub ready: String,
    /// A statement of account that is a draft.
    pub draft: String,
    /// The order of the confirmed statement.
    pub stated: String,
    /// Drafts of an activity and of a helped sale, which their organiser may still amend.
    pub drafts: [String; 2],
    /// A donation that is accepted and whose recipient is not here.
    pub given: String,
    /// The day on which everything was there.
    pub day: String,
    pub people: Vec<Person>,
}

impl World {
    /// A unit that has planned, ordered, accepted, paid and been invoiced; suppliers with goods, certificates, mandates.
    pub async fn made(app: &TestApp) -> World {
        let mut world = World::default();
        world.certification(app).await;
        let till = Till::open(app).await;
        world.trade(app, &till).await;
        world.supply(app, &till).await;
        world.linkage(app, &till).await;
        world.supervision(app, &till).await;
        world.unit(app, &till.market).await;
        world.agreement(app, &till).await;
        world.standing_order(app, &till).await;
        world.donations(&till).await;
        world.day = app.ctx().at.day().to_string();
        world.statements(&till).await;
        world.giving(app, &till).await;
        world
    }

    /// The record of a kind.
    pub fn id(&self, prefix: &str) -> &str {
        self.ids.get(prefix).unwrap_or_else(|| panic!("no foreign record {prefix}_ is made: make one in world.rs"))
    }
    pub fn known(&self, prefix: &str) -> Option<String> {
        self.ids.get(prefix).cloned()
    }
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.ids.values()
    }
    pub fn person(&self, kinds: &[OrgKind], role: Role) -> Option<&Person> {
        self.people.iter().find(|person| kinds.contains(&person.kind) && person.roles.contains(&role))
    }
    pub fn keep(&mut self, id: String) {
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{id} is one word");
        let prefix = id.split('_').next().unwrap().to_owned();
        self.ids.entry(prefix).or_insert(id);
    }

    /// A certificate, and another application whose notice meets an objection.
    async fn certification(&mut self, app: &TestApp) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡枸杞合作社").await;
        let first = submitted(app, &seller, "枸杞").await;
        self.number = certified(app, &offices, &first).await;
        let new = quality(&file(app, &seller).await);
        let new = json!({ "quality": new["quality"], "file_ids": new["file_ids"] });
        let brought = seller.post(&format!("/api/v1/certificates/{}/documents", self.number), new).expect(201).await;
        self.keep(brought.id());
        let second = submitted(app, &seller, "黄花菜").await;
        approve(&offices.county, &second).await;
        let (open, _) = notice(&offices.county, &second).await;
        let objection = json!({ "contact": "王某 13800000000", "text": "该产品并非本地生产" });
        let objected = app.post(&format!("/api/v1/public-notices/{open}/objections"), objection).expect(201).await;
        let detail = seller.get(&format!("{APPLICATIONS}/{second}")).expect(200).await.json();
        self.keep(detail["evidence"][0]["id"].as_str().unwrap().to_owned());
        self.keep(detail["evidence"][0]["file_ids"][0].as_str().unwrap().to_owned());
        for id in [second, open, objected.id()] {
            self.keep(id);
        }
        // A supplier that is listed, and appeals.
        let listed = cooperative(app, "红寺堡黄牛合作社").await;
        let entry = json!({ "supplier_id": listed.org_id, "cause": "fraud", "reason": "材料造假" });
        let entry = offices.county.post("/api/v1/blacklist", entry).expect(201).await.id();
        let appeal = json!({ "statement": "材料属实" });
        let appealed = listed.post(&format!("/api/v1/blacklist/{entry}/appeals"), appeal).expect(201).await.id();
        self.keep(entry);
        self.keep(appealed);
        self.people.extend([offices.county, offices.prefecture, offices.province]);
    }

    /// An order that is paid and partly returned, and one that was recorded late and whose payment waits for an answer.
    async fn trade(&mut self, app: &TestApp, till: &Till) {
        let done = till.accepted("5").await;
        till.pay(&done, 5000).await;
        till.rate(&done).await;
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "1" }] });
        let returned = till.market.acceptor.post(&url(&done, "returns"), back).expect(201).await;
        let refund = json!({ "amount_fen": 1000, "reason": "退货" });
        let refunded = till.seller().post(&url(&done, "refunds"), refund).expect(201).await;
        self.shipped = till.market.deliver(0, &[(till.goods, "2")]).await;
        let order = till.market.deliver(0, &[(till.goods, "3")]).await;
        let note = json!({ "occurred_on": app.ctx().at.day(), "lines": [{ "line_no": 1, "accepted": "3" }] });
        app.clock.advance(Duration::from_secs(10 * 86_400));
        let accepted = till.market.acceptor.post(&url(&order, "acceptances"), note).expect(201).await;
        self.keep(accepted.id());
        let late = json!({ "kind": "late", "text": "晚到两天", "lines": [{ "line_no": 1, "amount_fen": 0 }] });
        let dispute = till.market.trader.post(&url(&order, "disputes"), late).expect(201).await;
        let none = json!({ "remedy": "none", "text": "照付", "lines": [] });
        let path = format!("/api/v1/disputes/{}/settlements", dispute.id());
        till.seller().post(&path, none).expect(201).await;
        self.keep(dispute.id());
        let lowered = till.accepted("2").await;
        let about = crate::ordering::allowances::disputed(&till.market.trader, &lowered, &[(1, 500)]).await;
        crate::ordering::allowances::settled(till.seller(), &till.market.trader, &about, "none", &[]).await;
        let lowered = till.market.trader.get(&format!("/api/v1/orders/{lowered}")).expect(200).await;
        self.keep(lowered.str("/allowances/0/id"));
        self.ready = till.market.place(&[(till.goods, "1")]).await;
        crate::support::market::confirm(till.seller(), &self.ready).expect(200).await;
        let cheaper = json!({ "reason": "行情变动", "lines": [{ "line_no": 1, "unit_price_fen": 900 }] });
        let broken = till.market.deliver(0, &[(till.goods, "2")]).await;
        till.market.accept(&broken, &[(1, "1", "1")]).await;
        self.keep(crate::ordering::replacements::asked(&till.market.acceptor, &broken, "1").await);
        self.keep(crate::ordering::prices::proposed(till.seller(), &self.ready, cheaper).await);
        let number = format!("{:08}", COUNT.fetch_add(1, Ordering::SeqCst));
        let line = json!([{ "order_id": order, "line_no": 1, "gross_fen": 3000 }]);
        let invoice = json!({ "code": "064002100111", "number": number, "issued_on": app.ctx().at.day(), "net_fen": 3000,
            "tax_fen": 0, "gross_fen": 3000, "lines": line });
        let invoiced = till.seller().post("/api/v1/invoices", invoice).expect(201).await;
        self.done = done;
        let group = till.market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await.str("/group_id");
        let payment = till.report(&order, 3000).await;
        for id in [order, group, payment, invoiced.id(), returned.id(), refunded.id(), till.goods.to_string()] {
            self.keep(id);
        }
        let statement = crate::banking::uploaded(till.seller(), "2021-03-02,30.00,,某单位,货款,W1\n", false).await.id();
        let lines = till.seller().get(&format!("/api/v1/bank-statements/{statement}")).expect(200).await;
        self.keep(lines.str("/lines/0/id"));
        self.keep(statement);
        let account =
            json!({ "holder": "盐池县滩羊合作社", "bank": "农业银行盐池支行", "account_number": "29425001040007777" });
        let accounts = format!("/api/v1/organisations/{}/payee-accounts", till.seller().org_id);
        self.keep(till.seller().post(&accounts, account).expect(201).await.id());
        let buyers = [&till.market.trader, &till.market.acceptor, &till.payer];
        self.people.extend(buyers.into_iter().chain([till.seller()]).cloned());
    }

    /// What the supplier holds besides orders.
    async fn supply(&mut self, app: &TestApp, till: &Till) {
        let seller = till.seller();
        let listing = till.market.trader.get(&format!("/api/v1/listings/{}", till.goods)).expect(200).await;
        let product = listing.str("/product_id");
        let agent = app.new_person(OrgKind::AgentTrader, CITY, &[Role::Seller]).await;
        let mandate = json!({ "agent_id": agent.org_id, "products": [product], "valid_from": "2021-01-01", "valid_until": "2021-12-31" });
        let given = seller.post("/api/v1/mandates", mandate).expect(201).await;
        let admitted = seller.get("/api/v1/supplier-applications").expect(200).await.str("/items/0/id");
        let table = "name,category,origins,weighed\n黄芪,herb_tea,640323,否\n".as_bytes().to_vec();
        let imported = seller
            .post("/api/v1/imports/products?mode=all_or_nothing", Value::Null)
            .raw("text/csv", table)
            .expect(202)
            .await;
        let paper =
            crate::documents::store(seller, "a.txt", "evidence", "text/plain", "清真证书".as_bytes()).await.id();
        let halal = json!({ "number": "宁清证字001", "issuer": "盐池县民宗局", "valid_from": "2021-01-01",
            "valid_until": "2023-12-31", "file_id": paper });
        let halal = seller.post(&format!("/api/v1/products/{product}/halal-certificates"), halal).expect(201).await;
        for id in [product, given.id(), admitted, imported.id(), halal.id()] {
            self.keep(id);
        }
        self.people.push(agent);
        self.people.push(app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await);
    }

    /// Lists of two suppliers that claim one household.
    async fn linkage(&mut self, app: &TestApp, till: &Till) {
        let household = format!("NX{:06}", COUNT.fetch_add(1, Ordering::SeqCst));
        let own = self.id("prd").to_owned();
        let other = crate::catalogue::supplier(app, OrgKind::Cooperative, COUNTY, "花马池合作社").await;
        let theirs = crate::catalogue::product(&other, "荞麦", COUNTY).await;
        for (seller, product) in [(till.seller(), own), (&other, theirs)] {
            let row = json!({ "identity": household, "kind": "wage", "class": "registered_poor", "persons": 4, "amount_fen": 100_000 });
            let list = json!({ "product_id": product, "year": 2021, "items": [row] });
            self.keep(seller.post("/api/v1/household-lists", list).expect(201).await.id());
        }
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
        let found = office.get("/api/v1/household-double-claims?limit=200").expect(200).await.json();
        let found = found["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
        self.keep(found);
    }

    /// What the county's office found about the supplier.
    async fn supervision(&mut self, app: &TestApp, till: &Till) {
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
        let found = json!({ "listing_id": till.goods, "code": "label", "text": "标签未标明产地" });
        let finding = office.post("/api/v1/findings", found).expect(201).await;
        self.keep(finding.id());
        let complaint =
            json!({ "listing_id": till.goods, "contact": "王某 13800000000", "text": "与宣传不符，疑似冒牌" });
        self.keep(app.post("/api/v1/complaints", complaint).expect(201).await.id());
        let tomorrow = app.ctx().at.day().plus_days(1);
        let plan = json!({ "title": "肉类抽查", "kind": "listing", "to_draw": 1, "per_item": 1,
            "inspectors": [office.user_id.to_string()], "draw_on": tomorrow });
        let plan = office.post("/api/v1/inspection-plans", plan).expect(201).await.id();
        app.clock.advance(Duration::from_secs(86_400));
        let draws = office.post(&format!("/api/v1/inspection-plans/{plan}/draws"), json!({})).if_match(1);
        draws.expect(200).await;
        let drawn = office.get(&format!("/api/v1/inspections?plan={plan}")).expect(200).await;
        self.keep(drawn.str("/items/0/id"));
        self.keep(plan);
        self.scores(app, till).await;
        let code = format!("fair_{}", COUNT.fetch_add(1, Ordering::SeqCst));
        let word = json!({ "kind": "tag", "code": code, "region_code": COUNTY, "name_zh": "展销会", "name_en": "fair",
            "effective_from": "2021-01-01", "source": "1号文" });
        self.keep(office.post("/api/v1/classification-terms", word).expect(201).await.id());
        let pairing = json!({ "kind": "designated_unit", "a_code": COUNTY, "b_name": format!("某集团{code}"), "valid_from": "2021-01-01", "source": "1号文" });
        self.keep(office.post("/api/v1/pairings", pairing).expect(201).await.id());
        let bureau = app.new_person(OrgKind::FinanceBureau, COUNTY, &[Role::Reviewer]).await;
        let yesterday = app.ctx().at.day().plus_days(-1);
        let draft = json!({ "year": 2021, "as_of": yesterday, "by": "region" });
        self.keep(bureau.post("/api/v1/bulletins", draft).expect(201).await.id());
        self.anomaly(app, till.market.trader.org_id).await;
    }

    /// Statements of account: one that is confirmed, and one that is a draft.
    async fn statements(&mut self, till: &Till) {
        let (buyer, today) = (till.market.trader.org_id, &self.day);
        let body = json!({ "buyer_id": buyer, "from": today, "until": today });
        let [first, second] = [till.accepted("2").await, till.accepted("1").await];
        let mut one = body.clone();
        one["leave_out"] = json!([second]);
        let id = till.seller().post("/api/v1/statements", one).expect(201).await.id();
        till.seller().post(&format!("/api/v1/statements/{id}/submission"), json!({})).expect(200).await;
        let agreed = json!({ "revision": 1, "lines": [{ "line_no": 1, "result": "agreed" }] });
        till.market.trader.post(&format!("/api/v1/statements/{id}/reconciliations"), agreed).expect(200).await;
        self.draft = till.seller().post("/api/v1/statements", body).expect(201).await.id();
        self.keep(id);
        self.stated = first;
    }

    /// An agreement that the unit may call off.
    async fn agreement(&mut self, app: &TestApp, till: &Till) {
        let today = app.ctx().at.day();
        let proposal = json!({ "supplier_id": till.seller().org_id, "coverage": "own", "number": "1号", "from": today,
            "until": today.plus_days(300), "notice_days": 0,
            "lines": [{ "listing_id": till.goods, "unit_price_fen": 900, "quantity": "1000" }] });
        let id = till.market.trader.post("/api/v1/agreements", proposal).expect(201).await.id();
        let accepted = json!({ "revision": 1, "decision": "accept" });
        till.seller().post(&format!("/api/v1/agreements/{id}/answers"), accepted).expect(200).await;
        self.keep(id);
    }

    /// A standing order of the unit's, of which nothing is due for long.
    async fn standing_order(&mut self, app: &TestApp, till: &Till) {
        let from = app.ctx().at.day().plus_days(200);
        let body = json!({ "name": "每周荞麦", "fund": "canteen", "purpose": "own_use", "from": from, "until": from.plus_days(60),
            "calendar": { "weekdays": [1], "days_off": "after", "lead_days": 3 },
            "deliveries": [{ "address": "北京中路1号食堂", "contact": "马师傅", "phone": "0951-5000000" }],
            "lines": [{ "listing_id": till.goods, "quantity": "1" }] });
        self.keep(till.market.trader.post("/api/v1/standing-orders", body).expect(201).await.id());
    }

    /// What the unit has declared.
    async fn donations(&mut self, till: &Till) {
        let [activity, sale, drafts @ ..] = crate::donations::declared_in(&till.market.trader, COUNTY).await;
        self.keep(activity);
        self.ids.insert("helped_sale".to_owned(), sale);
        self.drafts = drafts;
    }

    /// Something unusual about the unit's purchases.
    async fn anomaly(&mut self, app: &TestApp, unit: yigou::kernel::ids::OrgId) {
        let number = u8::try_from(COUNT.fetch_add(1, Ordering::SeqCst) % 256).unwrap();
        let query = diesel::sql_query(ANOMALY)
            .bind::<diesel::sql_types::Binary, _>(vec![number; 16])
            .bind::<diesel::sql_types::Binary, _>(unit.0.to_vec())
            .bind::<diesel::sql_types::Text, _>(number.to_string());
        let insert = move |tx: &mut yigou::platform::db::Tx<'_>| {
            let query = query.clone();
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
            Ok(())
        };
        app.write(insert).await.unwrap();
        self.keep(yigou::kernel::ids::AnomalyId([number; 16]).to_string());
    }

    /// A price above what its supplier declared, and a proposal by hand: a score takes a month.
    async fn scores(&mut self, app: &TestApp, till: &Till) {
        let seller = till.seller();
        let evidence = json!({ "like_price_per_kg_fen": 900 });
        seller.post(&format!("/api/v1/listings/{}/price-evidence", till.goods), evidence).expect(201).await;
        yigou::supervision::watch_prices(&app.installation.store.clone(), app.ctx()).await.unwrap();
        if let Some(alert) = seller.get("/api/v1/price-alerts").expect(200).await.json()["items"].get(0) {
            self.keep(alert["id"].as_str().unwrap().to_owned());
        }
        let org = seller.org_id.0.to_vec();
        let number = u8::try_from(COUNT.fetch_add(1, Ordering::SeqCst) % 256).unwrap();
        let insert = move |tx: &mut yigou::platform::db::Tx<'_>| {
            for sql in [SCORE, PROPOSAL] {
                let query = diesel::sql_query(sql)
                    .bind::<diesel::sql_types::Binary, _>(vec![number; 16])
                    .bind::<diesel::sql_types::Binary, _>(org.clone());
                yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
            }
            Ok(())
        };
        app.write(insert).await.unwrap();
        self.keep(yigou::kernel::ids::ScoreProposalId([number; 16]).to_string());
    }

    /// The unit itself: its plan, its people, its keys.
    async fn unit(&mut self, app: &TestApp, market: &Market) {
        let unit = market.trader.org_id;
        let manager = app.person(unit, &[Role::Manager]).await;
        let small = crate::ordering::exceptions::small_unit(app).await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let supervisor = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        let bureau = app.new_person(OrgKind::FinanceBureau, CITY, &[Role::Reviewer]).await;
        app.supervise(unit, supervisor.org_id).await;
        app.supervise(small, supervisor.org_id).await;
        let exception =
            json!({ "unit_id": small, "valid_from": "2021-01-01", "valid_until": "2021-12-31", "reason": "仅两人" });
        let excepted = supervisor.post("/api/v1/duty-exceptions", exception).expect(201).await;
        let plan = json!({ "year": 2021, "canteen_mode": "own", "canteen": { "total_fen": 1_000_000, "ratio_ppm": 100_000 }, "submit": true });
        let filed = manager.post("/api/v1/quota-plans", plan).expect(201).await;
        let invitation = json!({ "email": format!("world{}@yigou.example", COUNT.fetch_add(1, Ordering::SeqCst)), "name": "马丽", "roles": ["payer"] });
        let invited = admin.post("/api/v1/invitations", invitation).expect(201).await;
        let until = yigou::kernel::time::At(app.ctx().at.0 + 86_400_000);
        let away = json!({ "to_user_id": manager.user_id.to_string(), "valid_from": app.ctx().at.day(), "valid_until": app.ctx().at.day(),
            "reason": "出差" });
        let delegated = admin.post("/api/v1/approval-delegations", away).expect(201).await;
        let key = json!({ "name": "食堂系统", "permissions": ["signed_in"], "expires_at": until });
        let made = admin.bare_post("/api/v1/api-keys", key).expect(201).await;
        let transfer = self.transfer(app, &supervisor).await;
        for id in [
            excepted.id(),
            delegated.id(),
            filed.id(),
            transfer,
            invited.id(),
            made.str("/api_key/id"),
            unit.to_string(),
            market.acceptor.user_id.to_string(),
        ] {
            self.keep(id);
        }
        self.people.extend([manager, admin, supervisor, bureau]);
    }
}

impl World {
    /// What one unit is to give to its sister.
    async fn transfer(&self, app: &TestApp, supervisor: &Person) -> String {
        let region = CITY.parse().unwrap();
        let nearest =
            app.read(move |read| yigou::identity::nearest_office(read, OrgKind::FinanceBureau, &region)).await;
        let bureau = app.person(nearest.unwrap().unwrap(), &[Role::Reviewer]).await;
        let mut sisters = Vec::new();
        for _ in 0..2 {
            let unit = app.organisation(OrgKind::BudgetUnit, CITY).await;
            app.supervise(unit, supervisor.org_id).await;
            let plan = json!({ "year": 2021, "canteen_mode": "own", "canteen": { "total_fen": 1_000_000, "ratio_ppm": 200_000 }, "submit": true });
            crate::reporting::approved(app, unit, plan, [supervisor, &bureau]).await;
            sisters.push(unit);
        }
        let transfer = json!({ "year": 2021, "giver_id": sisters[0], "taker_id": sisters[1], "reserved_fen": 1_000,
            "reason": "学生分流", "document_number": "银教发〔2021〕8号" });
        supervisor.post("/api/v1/quota-transfers", transfer).expect(201).await.id()
    }
}

/// The smallest body that reaches the record, where the smallest that the document allows is refused for its form.
pub fn body(operation: &str) -> Option<Value> {
    Some(match operation.rsplit_once('}')?.1 {
        "/evidence" => price(),
        "/invoices" => {
            json!({ "invoices": [{ "code": "064002100111", "number": "99999998", "issued_on": "2021-03-01", "net_fen": 1,
            "tax_fen": 0, "gross_fen": 1, "order_ids": [sample::absent("ord")] }] })
        }
        _ => return None,
    })
}

/// Bodies that are right but for the records they name, which are another's; each with the own record that it is sent to,
/// where that is not the one of its kind.
pub fn naming(operation: &str, schema: &Value, own: &World, other: &World) -> Vec<(Option<String>, Value)> {
    let order = |what: &str| Some(format!("/api/v1/orders/{what}"));
    let invoice = |order: &str, more: Value| {
        let lines = json!([{ "order_id": order, "line_no": 1, "gross_fen": 4000 }]);
        let mut body = json!({ "code": "064002100111", "number": "99999999", "issued_on": own.day, "net_fen": 4000,
            "tax_fen": 0, "gross_fen": 4000, "lines": lines });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (None, body)
    };
    let least = sample::naming(schema, &|prefix| other.known(prefix));
    match operation.trim_start_matches("POST /api/v1/") {
        "certification-applications/{id}/evidence" => {
            let with = |name: &str, value: Value| {
                let mut body = price();
                body[name] = value;
                (None, body)
            };
            vec![with("file_ids", json!([other.id("fil")])), with("replaces", json!(other.id("evd")))]
        }
        "invoices" => vec![
            invoice(other.id("ord"), json!({})),
            invoice(&own.done, json!({ "file_id": other.id("fil") })),
            invoice(
                &own.done,
                json!({ "reverses": other.id("ivc"), "net_fen": -3000, "gross_fen": -3000,
                "lines": [{ "order_id": own.id("ord"), "line_no": 1, "gross_fen": -3000 }] }),
            ),
        ],
        "findings" => {
            let found = |name: &str, id: &str| (None, json!({ name: id, "code": "label", "text": "标签未标明产地" }));
            vec![
                found("supplier_id", other.id("org")),
                found("product_id", other.id("prd")),
                found("listing_id", other.id("lst")),
            ]
        }
        "donation-activities/{id}/amendments" => {
            vec![(Some(format!("/api/v1/donation-activities/{}/amendments", own.drafts[0])), least)]
        }
        "helped-sales/{id}/amendments" => {
            vec![(Some(format!("/api/v1/helped-sales/{}/amendments", own.drafts[1])), least)]
        }
        "products/{id}/halal-certificates" => {
            let mut body = least;
            body["valid_until"] = json!("2030-12-31");
            vec![(None, body)]
        }
        "orders/{id}/acceptances" => vec![(order(&format!("{}/acceptances", own.shipped)), least)],
        "orders/{id}/shipments" => vec![(order(&format!("{}/shipments", own.ready)), least)],
        "orders/{id}/refunds" => vec![(order(&format!("{}/refunds", own.done)), least)],
        "certification-reviews" => {
            let item = json!({ "application_id": other.id("cap"), "etag": "\"v1\"", "decision": "approve" });
            vec![(None, json!({ "items": [item] }))]
        }
        "unit-changes" => {
            let closed = json!({ "kind": "closed", "unit_id": other.id("org"), "effective_on": own.day, "reason": "撤销",
                "document_number": "1号文" });
            vec![(None, closed)]
        }
        about if about.starts_with("orders/{id}/receipts") => super::giving::naming(about, least, own),
        about if about.starts_with("statements") => super::statements::naming(about, least, own, other),
        "quota-plan-reviews" => {
            let item = json!({ "plan_id": other.id("pln"), "etag": "\"v1\"", "decision": "approve" });
            vec![(None, json!({ "items": [item] }))]
        }
        _ => vec![(None, least)],
    }
}
