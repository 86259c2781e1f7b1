//! The auditor's list of facts that were recorded too late, on both databases.

use crate::payments::{Till, url};
use crate::support::market::{CITY, COUNTY};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

const PATH: &str = "/api/v1/late-entries";

async fn listed(who: &Person, query: &str) -> Vec<Value> {
    who.get(&format!("{PATH}{query}")).expect(200).await.json()["items"].as_array().unwrap().clone()
}

/// What, by the papers, and when it took effect.
fn said(items: &[Value]) -> Vec<(&str, &str, &str)> {
    items
        .iter()
        .map(|item| ["kind", "occurred_on", "effective_on"].map(|name| item[name].as_str().unwrap()))
        .map(|[a, b, c]| (a, b, c))
        .collect()
}

on_both! {
    async fn late_entries_are_listed_for_the_auditor(app) {
        let till = Till::open(app).await;
        let (unit, keeper) = (till.market.trader.org_id, &till.market.acceptor);
        let audit = app.new_person(OrgKind::AuditBody, "640100", &[Role::Auditor]).await;
        let order = till.market.deliver(0, &[(till.goods, "3")]).await;
        let in_time = till.market.deliver(0, &[(till.goods, "1")]).await;
        app.clock.set_day("2021-03-08");
        let note = |day: &str, boxes: &str| json!({ "occurred_on": day, "lines": [{ "line_no": 1, "accepted": boxes }] });
        keeper.post(&url(&in_time, "acceptances"), note("2021-03-01", "1")).expect(201).await;
        assert_eq!(listed(&audit, "").await, Vec::<Value>::new());
        // Six working days later: the acceptance, the line that it closes, and the payment; the rating is never late.
        app.clock.set_day("2021-03-10");
        keeper.post(&url(&order, "acceptances"), note("2021-03-02", "3")).expect(201).await;
        let paid = till.payer.post(&url(&order, "payments"), json!({ "amount_fen": 3000, "occurred_on": "2021-03-02" })).expect(201).await.id();
        app.clock.set_day("2021-03-11");
        till.confirm(&order, &paid).await;
        till.rate(&order).await;
        let all = listed(&audit, "").await;
        assert_eq!(said(&all), [("paid", "2021-03-02", "2021-03-11"), ("line_closed", "2021-03-02", "2021-03-10"), ("accepted", "2021-03-02", "2021-03-10")]);
        for (item, by) in all.iter().zip([&till.payer, keeper, keeper]) {
            assert_eq!((item["order_id"].clone(), item["unit_id"].clone(), item["recorded_by"].clone()), (json!(order), json!(unit), json!(by.user_id)));
            assert!(item["recorded_at"].as_str().unwrap().starts_with("2021-03-10T"), "{item}");
            assert_eq!(item["counts_on"], json!("2021-03-10"));
        }
        // A payment that is confirmed after its year has closed, though it was reported in time.
        app.clock.set_day("2021-12-30");
        let last = till.accepted("1").await;
        let paid = till.report(&last, 1000).await;
        app.clock.set_day("2022-01-20");
        till.confirm(&last, &paid).await;
        let all = listed(&audit, "?year=2021").await;
        assert_eq!((all.len(), said(&all[..1])), (4, vec![("paid", "2021-12-30", "2022-01-20")]));
        // Page by page, by year of the paper, by unit.
        let (mut seen, mut next) = (Vec::new(), String::new());
        for _ in 0..4 {
            let page = audit.get(&format!("{PATH}?limit=1{next}")).expect(200).await.json();
            seen.extend(page["items"].as_array().unwrap().clone());
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        }
        assert_eq!((seen, next), (all.clone(), String::new()));
        let other = app.organisation(OrgKind::BudgetUnit, CITY).await;
        for (query, count) in [("?year=2022".to_owned(), 0), (format!("?unit_id={unit}"), 4), (format!("?unit_id={other}"), 0)] {
            assert_eq!(listed(&audit, &query).await.len(), count, "{query}");
        }
        audit.get(&format!("{PATH}?cursor=eyJ4Ijox")).refused("invalid_cursor").await;
        // The poverty office, the finance bureau and the operator of the same place as well; those of the supplier's do not.
        for (kind, region, count) in [
            (OrgKind::PovertyOffice, CITY, 4), (OrgKind::FinanceBureau, "640000", 4), (OrgKind::Operator, "640000", 4),
            (OrgKind::PovertyOffice, COUNTY, 0), (OrgKind::FinanceBureau, "640105", 0),
        ] {
            let who = app.new_person(kind, region, &[Role::Auditor]).await;
            assert_eq!(listed(&who, &format!("?unit_id={unit}")).await.len(), count, "{kind} of {region}");
        }
        till.market.trader.get(PATH).refused("forbidden").await;
    }
}
