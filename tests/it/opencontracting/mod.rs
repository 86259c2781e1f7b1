//! Open contracting: what is published of orders, that it never changes, and that its sums are the ledger's. On both databases.

mod files;
mod sums;

use crate::ordering::allowances::{disputed, settled};
use crate::payments::{Till, reported_with_proof, url};
use crate::support::TestApp;
use crate::support::market::confirm;
use serde_json::{Map, Value, json};
use std::time::Duration;

fn at(kind: &str, order: &str) -> String {
    format!("/api/v1/ocds/{kind}/ocds-yigou0-{order}")
}

/// The releases of a process, as text: from the first to the last.
pub async fn text(app: &TestApp, order: &str) -> String {
    // What anybody reads may be a second old.
    app.clock.advance(Duration::from_secs(1));
    let body = app.twin().await.get(&at("releases", order)).expect(200).await.text();
    let begin = body.find("\"releases\":[").unwrap() + 12;
    body[begin..].strip_suffix("]}").unwrap().to_owned()
}

/// The releases of a process, and its record.
pub async fn shown(app: &TestApp, order: &str) -> (Vec<Value>, Value) {
    let twin = app.twin().await;
    let package = twin.get(&at("releases", order)).expect(200).await.json();
    let record = twin.get(&at("records", order)).expect(200).await.json()["records"][0].clone();
    (package["releases"].as_array().unwrap().clone(), record)
}

fn tags(release: &Value) -> Vec<&str> {
    release["tag"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect()
}

/// An amount as it is written, in fen.
pub fn fen(value: &Value) -> i64 {
    let text = value["amount"].to_string();
    let (yuan, part) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let part = format!("{part:0<2}");
    assert_eq!(part.len(), 2, "{text}");
    yuan.parse::<i64>().unwrap() * 100 + sign * part.parse::<i64>().unwrap()
}

/// Merges a release into what came before it by the published rules: objects member by member, lists of things with ids thing by
/// thing, everything else is replaced.
fn merge(own: &mut Value, later: &Value) {
    match (own, later) {
        (Value::Object(own), Value::Object(later)) => {
            for (name, value) in later {
                merge(own.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(own), Value::Array(later)) if later.iter().all(|entry| entry["id"].is_string()) => {
            for entry in later {
                match own.iter_mut().find(|known| known["id"] == entry["id"]) {
                    Some(known) => merge(known, entry),
                    None => own.push(entry.clone()),
                }
            }
        }
        (own, later) => *own = later.clone(),
    }
}

/// That a record is what its releases come to.
pub fn compiled_is_merged(releases: &[Value], record: &Value) {
    let mut merged = Value::Object(Map::new());
    releases.iter().for_each(|release| merge(&mut merged, release));
    let last = &releases.last().unwrap()["date"];
    let id = format!("{}-{}", releases[0]["ocid"].as_str().unwrap(), last.as_str().unwrap());
    merged["id"] = json!(id);
    merged["tag"] = json!(["compiled"]);
    assert_eq!(record["compiledRelease"], merged);
    assert_eq!(record["releases"].as_array().unwrap().len(), releases.len());
}

/// What the order of [`what_was_published_never_changes`] comes to.
async fn is_as_agreed(app: &TestApp, order: &str) {
    let (all, record) = shown(app, order).await;
    compiled_is_merged(&all, &record);
    let kinds: Vec<Vec<&str>> = all.iter().map(tags).collect();
    assert_eq!(kinds[0], ["planning", "tender", "award", "contract"]);
    assert_eq!(kinds[1], ["awardUpdate", "contractUpdate"]);
    assert_eq!(kinds[2], ["contractAmendment"]);
    assert_eq!(kinds[3], ["implementation"]);
    let contract = &record["compiledRelease"]["contracts"][0];
    // 8 boxes at 10.00, 3 at 9.99, and 12.34 of freight less 2.34.
    assert_eq!(fen(&contract["value"]), 8_000 + 2_997 + 1_000);
    assert_eq!(contract["status"], "terminated");
    let award = &record["compiledRelease"]["awards"][0];
    assert_eq!((fen(&award["value"]), &award["status"]), (9_000 + 3_000 + 1_234, &json!("active")));
    let done = &contract["implementation"];
    assert_eq!(done["milestones"].as_array().unwrap().len(), 1);
    let amounts: Vec<i64> = done["transactions"].as_array().unwrap().iter().map(|one| fen(&one["value"])).collect();
    assert_eq!(amounts, [6_000, 1_000, 3_597]);
    assert_eq!(done["transactions"][1]["payer"], done["transactions"][0]["payee"]);
    assert_eq!(contract["items"][2]["id"], "freight");
    assert_eq!(contract["items"][2]["unit"]["value"]["amount"], json!(10.0));
}

fn is_public(published: &str) {
    // Nobody's name, address, phone, account or words.
    for private in ["马师傅", "北京中路", "0951", "张三", "变质", "缺货", "商定", "usr_", "fil_"] {
        assert!(!published.contains(private), "{private}: {published}");
    }
}

on_both! {
    async fn what_was_published_never_changes(app) {
        let till = Till::open(app).await;
        let (market, seller) = (&till.market, till.seller());
        let mut body = market.order(&[(till.goods, "9"), (till.goods, "3")]);
        body["freights"] = json!([{ "supplier_id": seller.org_id, "freight_fen": 1234 }]);
        let order = market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        let mut published = text(app, &order).await;
        let mut releases = 1;
        let mut grown = async |what: &str, by: usize| {
            let now = text(app, &order).await;
            assert!(now.starts_with(&published), "{what} changed what was published");
            releases += by;
            assert_eq!(now.matches("\"initiationType\"").count(), releases, "{what}: {now}");
            published = now;
        };
        confirm(seller, &order).expect(200).await;
        grown("the confirmation", 1).await;
        let price = json!({ "reason": "商定降价", "lines": [{ "line_no": 2, "unit_price_fen": 999 }] });
        let change = crate::ordering::prices::proposed(seller, &order, price).await;
        grown("a proposal", 0).await;
        crate::ordering::prices::answer(&market.trader, &order, &change, "agree").expect(200).await;
        grown("another price", 1).await;
        let lot = json!({ "lines": [{ "line_no": 1, "lot": "A", "quantity": "8" }, { "line_no": 2, "lot": "A", "quantity": "3" }] });
        seller.post(&url(&order, "shipments"), lot).expect(201).await;
        grown("a shipment", 0).await;
        market.accept(&order, &[(1, "7", "1"), (2, "3", "0")]).await;
        grown("an acceptance", 1).await;
        let less = json!({ "reason": "缺货", "lines": [{ "line_no": 1, "quantity": "1" }] });
        seller.post(&url(&order, "short-closures"), less).expect(201).await;
        grown("a short closure", 1).await;
        let payment = reported_with_proof(app, &till, &order, 6_000).await;
        grown("a report", 0).await;
        till.confirm(&order, &payment).await;
        grown("a payment", 1).await;
        let back = json!({ "reason": "变质，请联系张三", "lines": [{ "line_no": 1, "quantity": "2" }] });
        market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        grown("a return", 1).await;
        till.refund(&order, 1_000).await;
        grown("a refund", 1).await;
        let dispute = disputed(&market.trader, &order, &[(0, 234), (2, 500)]).await;
        settled(seller, &market.trader, &dispute, "none", &[(0, 0), (2, 100)]).await;
        grown("an allowance", 1).await;
        till.pay(&order, 3_597).await;
        grown("the rest", 1).await;
        app.clock.advance(Duration::from_secs(86_400));
        till.rate(&order).await;
        grown("a rating", 0).await;

        is_as_agreed(app, &order).await;
        is_public(&published);
    }

    async fn only_what_its_supplier_was_told_of_is_published(app) {
        let office = crate::approvals::Office::open(app).await;
        office.enter().await;
        let market = &office.market;
        let waiting = market.place(&[(office.goods, "20")]).await;
        app.get(&at("releases", &waiting)).refused("not_found").await;
        app.get(&at("records", &waiting)).refused("not_found").await;
        let rejected = market.place(&[(office.goods, "20")]).await;
        crate::approvals::reject(&office.managers[0], &rejected).expect(200).await;
        app.get(&at("releases", &rejected)).refused("not_found").await;
        for manager in &office.managers[..2] {
            app.get(&at("releases", &waiting)).refused("not_found").await;
            crate::approvals::approve(manager, &waiting).expect(200).await;
        }
        app.clock.advance(Duration::from_secs(2));
        assert_eq!(office.state(&waiting).await, "placed");
        let (releases, record) = shown(app, &waiting).await;
        assert_eq!(releases.len(), 1);
        compiled_is_merged(&releases, &record);
        assert_eq!(record["compiledRelease"]["contracts"][0]["status"], "pending");
        // What is no process of ours does not exist.
        for wrong in ["ocds-yigou0", "ocds-other0-ord_00000000000000000000000000", "x"] {
            app.get(&format!("/api/v1/ocds/releases/{wrong}")).refused("not_found").await;
        }
    }

    async fn what_a_person_pays_is_not_published(app) {
        let till = Till::open(app).await;
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["fund"] = json!("personal");
        body["purpose"] = json!("own_use");
        let order = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        confirm(till.seller(), &order).expect(200).await;
        app.get(&at("releases", &order)).refused("not_found").await;
        let none = app.read(|read| yigou::opencontracting::count(read, yigou::kernel::time::At(i64::MAX))).await.unwrap();
        assert_eq!(none, 0);
    }

    async fn ends_without_delivery_are_releases(app) {
        let till = Till::open(app).await;
        let (market, seller) = (&till.market, till.seller());
        let reason = json!({ "reason": "没有货" });
        let declined = market.place(&[(till.goods, "2")]).await;
        seller.post(&url(&declined, "declines"), reason.clone()).expect(200).await;
        let cancelled = market.place(&[(till.goods, "2")]).await;
        market.trader.post(&url(&cancelled, "cancellations"), reason).expect(200).await;
        let expired = market.place(&[(till.goods, "2")]).await;
        app.clock.advance(Duration::from_secs(20 * 86_400));
        yigou::ordering::expire_unconfirmed(&app.installation.store, app.ctx()).await.unwrap();
        for (order, award) in [(declined, "unsuccessful"), (cancelled, "cancelled"), (expired, "unsuccessful")] {
            let (releases, record) = shown(app, &order).await;
            compiled_is_merged(&releases, &record);
            assert_eq!(tags(&releases[1]), ["awardCancellation", "contractTermination"]);
            let compiled = &record["compiledRelease"];
            assert_eq!((&compiled["awards"][0]["status"], &compiled["contracts"][0]["status"]), (&json!(award), &json!("cancelled")));
        }
    }

    async fn a_payment_that_was_denied_after_it_was_deemed_came_to_nothing(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let payment = reported_with_proof(app, &till, &order, 3_000).await;
        app.clock.advance(Duration::from_secs(20 * 86_400));
        yigou::ordering::deem_payments(&app.installation.store, app.ctx()).await.unwrap();
        let (paid, record) = shown(app, &order).await;
        assert_eq!(record["compiledRelease"]["contracts"][0]["status"], "terminated");
        let body = json!({ "payment_id": payment, "decision": "deny", "reason": "没有收到" });
        till.seller().post(&url(&order, "payment-confirmations"), body).expect(200).await;
        let (denied, record) = shown(app, &order).await;
        assert_eq!(denied[..paid.len()], paid);
        compiled_is_merged(&denied, &record);
        let contract = &record["compiledRelease"]["contracts"][0];
        assert_eq!((contract["status"].as_str(), fen(&contract["implementation"]["transactions"][0]["value"])), (Some("active"), 0));
    }

    async fn the_reserve_is_told_when_a_bulletin_published_it(app) {
        let desk = crate::bulletins::Desk::open(app).await;
        let order = desk.completed(2).await;
        let budget = |release: &Value| release["planning"]["budget"].clone();
        let (releases, _) = shown(app, &order).await;
        assert_eq!((fen(&budget(&releases[0])["amount"]), budget(&releases[0]).get("budgetBreakdown")), (2_000, None));
        app.clock.set_day("2021-03-10");
        let draft = desk.draft("2021-03-09", "unit").await;
        desk.issue(draft["id"].as_str().unwrap(), "宁财便函〔2021〕1号").await;
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        desk.till.market.acceptor.post(&url(&order, "returns"), back.clone()).expect(201).await;
        let (same_day, _) = shown(app, &order).await;
        assert!(same_day.iter().all(|release| budget(release).get("budgetBreakdown").is_none()));
        app.clock.set_day("2021-03-11");
        desk.till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        let (next_day, record) = shown(app, &order).await;
        assert_eq!(next_day[..same_day.len()], same_day);
        compiled_is_merged(&next_day, &record);
        let last = next_day.last().unwrap();
        assert!(tags(last).contains(&"planningUpdate"), "{last}");
        let reserved = &budget(last)["budgetBreakdown"][0];
        assert_eq!(fen(&reserved["amount"]), 10_000);
        let roles = &last["parties"][0]["roles"];
        assert_eq!((&last["parties"][0]["id"], roles.as_array().unwrap().contains(&json!("sourceParty"))), (&reserved["sourceParty"]["id"], true));
    }
}
