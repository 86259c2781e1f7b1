//! Anomalies end to end: what is found, what auditors make of it, and what orders are warned of before they are placed.

mod minted;
mod planted;

use crate::payments::{Till, url};
use crate::support::TestApp;
use crate::support::market::CITY;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const PATH: &str = "/api/v1/anomalies";
const CHECKS: &str = "/api/v1/order-checks";

async fn listed(who: &Person, query: &str) -> Vec<Value> {
    who.get(&format!("{PATH}{query}")).expect(200).await.json()["items"].as_array().unwrap().clone()
}

async fn detect(app: &TestApp) -> usize {
    yigou::anomalies::detect(&app.installation.store, app.ctx()).await.unwrap()
}

/// Codes and pointers of the warnings.
fn warned(check: &Value) -> Vec<(String, String)> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    check["warnings"].as_array().unwrap().iter().map(|one| (text(one, "code"), text(one, "pointer"))).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(code, pointer)| ((*code).to_owned(), (*pointer).to_owned())).collect()
}

on_both! {
    async fn an_order_is_warned_of_before_it_is_placed(app) {
        let till = Till::open(app).await;
        let market = &till.market;
        let other = market.listing(app, 0, 2_000, "1000", false).await;
        let check = |lines: &[(yigou::kernel::ids::ListingId, &str)]| market.trader.bare_post(CHECKS, market.order(lines));
        let first = market.place(&[(till.goods, "2")]).await;
        app.clock.set_day("2021-03-20");
        let before = app.census().await;
        // Nothing to say.
        let fine = check(&[(till.goods, "19")]).expect(200).await.json();
        assert_eq!((fine["ordered_fen"].clone(), fine["orders"].clone(), warned(&fine)), (json!(19_000), json!(1), vec![]));
        // A zero too many: the last and this weight, and the line of the request.
        let ten = check(&[(other, "3"), (till.goods, "20")]).expect(200).await.json();
        assert_eq!(warned(&ten), pairs(&[("quantity_slip", "/lines/1/quantity")]));
        let one = &ten["warnings"][0];
        assert_eq!((one["measure"].clone(), one["last_value"].clone(), one["this_value"].clone()), (json!("grams"), json!(2_000), json!(20_000)));
        assert_eq!(one["text"], json!("“盐池滩羊”本次订 20 千克，上次 2 千克，达到 10 倍，是否多写了一个零"));
        let english = check(&[(till.goods, "20")]).header("accept-language", "en").expect(200).await;
        assert!(english.str("/warnings/0/text").contains("20 kg now, 2 kg the last time"));
        // A band's worth in two orders, nearly the same as each other.
        app.unchanged_since(&before, "a check").await;
        let large = market.place(&[(other, "300")]).await;
        let before = app.census().await;
        let again = check(&[(other, "290")]).expect(200).await.json();
        assert_eq!(warned(&again), pairs(&[("similar_order", "/lines/0"), ("split_orders", "/lines/0")]));
        assert_eq!(again["warnings"][0]["order_id"], json!(large));
        assert_eq!((again["warnings"][1]["this_value"].clone(), again["warnings"][1]["order_id"].clone()), (json!(1_180_000), json!(large)));
        // It refuses what placing refuses, in the same words.
        for lines in [vec![(till.goods, "1.5")], vec![(other, "5000"), (till.goods, "1")], vec![(yigou::kernel::ids::ListingId([9; 16]), "1")]] {
            let (checked, placed) = (check(&lines).send().await, market.trader.post("/api/v1/orders", market.order(&lines)).send().await);
            let parts = |answered: &crate::support::Answered| (answered.status, answered.json()["code"].clone(), answered.json()["errors"].clone());
            assert!(checked.status >= 400 && parts(&checked) == parts(&placed), "{} {}", checked.text(), placed.text());
        }
        app.unchanged_since(&before, "a check").await;
        // A warning stops nobody.
        market.place(&[(till.goods, "20"), (other, "290")]).await;
        market.trader.get(&format!("/api/v1/orders/{first}")).expect(200).await;
    }

    async fn a_reference_that_was_checked_is_free_still(app) {
        let till = Till::open(app).await;
        let mut body = till.market.order(&[(till.goods, "2")]);
        body["client_ref"] = json!("A-1");
        let check = || till.market.trader.bare_post(CHECKS, body.clone());
        check().expect(200).await;
        till.market.trader.post("/api/v1/orders", body.clone()).expect(201).await;
        check().refused("client_ref_reused").await;
        // Who may not order may not ask.
        till.market.acceptor.bare_post(CHECKS, body.clone()).refused("forbidden").await;
    }

    async fn an_unusual_price_and_a_large_share_are_warned_of(app) {
        let till = Till::open(app).await;
        let median = "INSERT INTO price_watch_months (month, category, mark, region_code, goods, suppliers, median_fen)
            VALUES ('2021-02', 'meat', 'none', '640300', 5, 5, 400)";
        let median = move |tx: &mut yigou::platform::db::Tx<'_>| {
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(diesel::sql_query(median), c))?;
            Ok(())
        };
        app.write(median).await.unwrap();
        // Somebody has to approve so large an order.
        app.person(till.market.trader.org_id, &[Role::Manager]).await;
        let check = till.market.trader.bare_post(CHECKS, till.market.order(&[(till.goods, "5000")])).expect(200).await.json();
        assert_eq!(warned(&check), pairs(&[("unusual_price", "/lines/0/listing_id"), ("supplier_share", "/lines/0")]));
        let one = &check["warnings"][0];
        assert_eq!((one["last_value"].clone(), one["this_value"].clone()), (json!(400), json!(1_000)));
        assert_eq!(check["warnings"][1]["text"], json!("一家供应商 50000.00 元，占单位年度采购额 50000.00 元的 100%，超过 50%"));
    }

    async fn a_seller_is_warned_of_a_misplaced_point(app) {
        let till = Till::open(app).await;
        let check = |who: &Person, fen: i64| who.bare_post(&format!("/api/v1/listings/{}/price-checks", till.goods), json!({ "price_fen": fen }));
        for (fen, warns) in [(1_000, false), (9_999, false), (10_000, true), (101, false), (100, true)] {
            let checked = check(till.seller(), fen).expect(200).await.json();
            assert_eq!((checked["price_fen"].clone(), warned(&checked).len()), (json!(1_000), usize::from(warns)), "{fen}: {checked}");
        }
        let other = crate::catalogue::supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        let before = app.census().await;
        check(&other, 10_000).refused("not_found").await;
        app.unchanged_since(&before, "a check").await;
    }

    async fn auditors_explain_or_dismiss_what_is_found(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        // Ordered, accepted, paid and rated within an hour.
        let order = till.accepted("5").await;
        till.pay(&order, 5_000).await;
        till.rate(&order).await;
        // Ten times as much, three weeks later.
        app.clock.set_day("2021-03-22");
        let tenfold = till.market.place(&[(till.goods, "50")]).await;
        app.clock.set_day("2021-03-23");
        app.run_jobs().await;
        assert_eq!(detect(app).await, 0, "the job has found everything");
        let auditor = app.new_person(OrgKind::AuditBody, "640100", &[Role::Auditor]).await;
        let all = listed(&auditor, "").await;
        let said: Vec<(Value, Value)> = all.iter().map(|one| (one["kind"].clone(), one["order_id"].clone())).collect();
        assert_eq!(said, [(json!("quantity_slip"), json!(tenfold)), (json!("same_day"), json!(order))]);
        assert!(all.iter().all(|one| one["rule_id"].is_string() && one["state"] == "open" && one["unit_id"] == json!(unit)), "{all:?}");
        assert_eq!((all[0]["value"].clone(), all[0]["compared"].clone(), all[0]["threshold"].clone()), (json!(50_000), json!(5_000), json!(10)));
        // Whose auditors: of the unit's place; its supervising unit; no others.
        let supervisor = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        assert_eq!(listed(&supervisor, "").await.len(), 0);
        app.supervise(unit, supervisor.org_id).await;
        assert_eq!(listed(&supervisor, "").await.len(), 2);
        for (kind, region, count) in [(OrgKind::PovertyOffice, CITY, 2), (OrgKind::FinanceBureau, "640000", 2), (OrgKind::Operator, "640000", 2), (OrgKind::PovertyOffice, "640323", 0)] {
            let who = app.new_person(kind, region, &[Role::Auditor]).await;
            assert_eq!(listed(&who, "").await.len(), count, "{kind} of {region}");
        }
        till.market.trader.get(PATH).refused("forbidden").await;
        for (query, count) in [("?kind=same_day", 1), ("?state=explained", 0), ("?year=2020", 0), ("?year=2021", 2), (&format!("?unit_id={unit}"), 2), (&format!("?supplier_id={unit}"), 0)] {
            assert_eq!(listed(&auditor, query).await.len(), count, "{query}");
        }
        let id = all[0]["id"].as_str().unwrap().to_owned();
        let decide = |who: &Person, what: &str| who.post(&format!("{PATH}/{id}/decisions"), json!({ "decision": what, "reason": "开学前集中采购" }));
        decide(&auditor, "explain").if_match(2).refused("stale_version").await;
        decide(&supervisor, "explain").if_match(1).refused("forbidden").await;
        let far = app.new_person(OrgKind::AuditBody, "640300", &[Role::Auditor]).await;
        decide(&far, "explain").if_match(1).refused("not_found").await;
        // Nobody decides about the unit he belongs to.
        let insider = app.person(auditor.org_id, &[Role::Auditor]).await;
        let member = insider.user_id;
        app.write(move |tx| yigou::identity::add_membership(tx, None, member, unit, &[Role::Acceptor])).await.unwrap();
        let organisation = auditor.org_id.to_string();
        decide(&insider, "dismiss").if_match(1).header("yigou-organisation", &organisation).refused("separation_of_duties").await;
        let before = listed(&auditor, "").await;
        let decided = decide(&auditor, "explain").if_match(1).expect(200).await;
        assert_eq!((decided.str("/state").as_str(), decided.str("/decided_by"), decided.str("/decision_reason").as_str()), ("explained", auditor.user_id.to_string(), "开学前集中采购"));
        decide(&auditor, "dismiss").if_match(2).refused("wrong_state").await;
        // Its numbers and words stay, and it is not found again.
        assert_eq!(detect(app).await, 0);
        let shown = auditor.get(&format!("{PATH}/{id}")).expect(200).await;
        assert_eq!((shown.json()["reason_zh"].clone(), shown.version()), (before[0]["reason_zh"].clone(), 2));
    }

    async fn an_exception_from_the_duties_is_shown_to_the_auditor(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let both = app.person(unit, &[Role::Acceptor, Role::Payer]).await;
        let supervisor = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        app.supervise(unit, supervisor.org_id).await;
        crate::ordering::exceptions::staff(app, unit, 2).await;
        let grant = json!({ "unit_id": unit, "valid_from": "2021-03-01", "valid_until": "2021-03-31", "reason": "全单位仅两人" });
        let exception = supervisor.post("/api/v1/duty-exceptions", grant).expect(201).await;
        let order = till.market.deliver(0, &[(till.goods, "1")]).await;
        both.post(&url(&order, "acceptances"), json!({ "lines": [{ "line_no": 1, "accepted": "1" }] })).expect(201).await;
        both.post(&url(&order, "payments"), json!({ "amount_fen": 1_000 })).expect(201).await;
        assert_eq!(detect(app).await, 1);
        let auditor = app.new_person(OrgKind::AuditBody, CITY, &[Role::Auditor]).await;
        let found = listed(&auditor, "?kind=acceptor_paid").await;
        assert_eq!((found.len(), found[0]["exception_id"].clone(), found[0]["order_id"].clone()), (1, json!(exception.id()), json!(order)));
        assert_eq!(found[0]["reason_zh"], json!("验收人报告了付款，依主管单位准许的例外"));
    }

    async fn thresholds_are_rows_of_the_rule_table(app) {
        let till = Till::open(app).await;
        // Somebody has to approve the third order, which is above the band.
        app.person(till.market.trader.org_id, &[Role::Manager]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let rule = |name: &str, value: &str| {
            let row = json!({ "name": name, "region_code": "640104", "effective_from": "2021-03-02", "value": value, "source": "测试通知〔2021〕2号" });
            operator.post("/api/v1/rules", row)
        };
        rule("anomaly_slip_factor", "0").expect(201).await;
        let row = rule("approval_band_fen", "3000").expect(201).await.id();
        rule("anomaly_split_days", "400").refused("validation_failed").await;
        app.clock.set_day("2021-03-02");
        till.market.place(&[(till.goods, "1")]).await;
        app.clock.set_day("2021-03-03");
        till.market.place(&[(till.goods, "2")]).await;
        till.market.place(&[(till.goods, "30")]).await;
        assert_eq!(detect(app).await, 1);
        let auditor = app.new_person(OrgKind::AuditBody, CITY, &[Role::Auditor]).await;
        let found = listed(&auditor, "").await;
        let figures = ["value", "compared", "threshold", "counted"].map(|name| found[0][name].as_i64().unwrap());
        assert_eq!((found[0]["kind"].clone(), figures, found[0]["rule_id"].clone()), (json!("split_orders"), [3_000, 3, 3_000, 2], json!(row)));
        assert_eq!(found[0]["orders"].as_array().unwrap().len(), 2);
    }
}
