//! Objections: how many one source may hold open, several decided at once, and one that ends the application.

use super::*;

/// An application in its notice, and the notice.
async fn noticed(app: &TestApp, offices: &Offices, name: &str) -> (Person, String, String) {
    let seller = cooperative(app, name).await;
    let id = submitted(app, &seller, name).await;
    approve(&offices.county, &id).await;
    let (notice, _) = notice(&offices.county, &id).await;
    (seller, id, notice)
}

fn object(app: &TestApp, notice: &str, from: &str) -> crate::support::Ask {
    let body = json!({ "contact": "王某 13800000000", "text": "该产品并非本地生产" });
    app.post(&format!("/api/v1/public-notices/{notice}/objections"), body).from(from)
}

on_both! {
    async fn one_source_holds_few_objections_open_and_one_ruling_dismisses_many(app) {
        let offices = offices(app).await;
        let (_, _, notice) = noticed(app, &offices, "枸杞").await;
        let mut filed = Vec::new();
        for _ in 0..3 {
            filed.push(object(app, &notice, "203.0.113.7").expect(201).await.id());
        }
        assert!(object(app, &notice, "203.0.113.7").refused("too_many_requests").await.header("retry-after").is_some());
        // Others may still object, and the same one to another notice.
        filed.push(object(app, &notice, "203.0.113.8").expect(201).await.id());
        let (_, _, other) = noticed(app, &offices, "黄花菜").await;
        object(app, &other, "203.0.113.7").expect(201).await;
        // One customer of IPv6 has a whole /64.
        for host in 1..=3 {
            filed.push(object(app, &notice, &format!("2001:db8::{host}")).expect(201).await.id());
        }
        object(app, &notice, "2001:db8::4").refused("too_many_requests").await;
        let dismiss = |id: &String| json!({ "objection_id": id, "decision": "dismiss", "reason": "查无此事" });
        let mut items: Vec<Value> = filed.iter().map(dismiss).collect();
        items.push(dismiss(&filed[0]));
        offices.prefecture.post("/api/v1/objection-decisions", json!({ "items": [items[0]] })).expect(200).await;
        let decided = offices.county.post("/api/v1/objection-decisions", json!({ "items": items })).expect(200).await.json();
        let statuses: Vec<i64> = decided["items"].as_array().unwrap().iter().map(|item| item["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 409], "{decided}");
        assert_eq!(decided["items"][0]["body"]["status"], json!("dismissed"));
        object(app, &notice, "203.0.113.7").expect(201).await;
    }

    async fn an_objection_upheld_with_a_rejection_ends_the_application(app) {
        let offices = offices(app).await;
        let (seller, id, notice) = noticed(app, &offices, "枸杞").await;
        let first = object(app, &notice, "203.0.113.7").expect(201).await.id();
        let second = object(app, &notice, "203.0.113.7").expect(201).await.id();
        let decide = |id: &str, body: Value| offices.county.post(&format!("/api/v1/objections/{id}/decisions"), body);
        let upheld = json!({ "decision": "uphold", "reason": "并非本地生产", "consequence": "reject" });
        decide(&first, upheld.clone()).expect(200).await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/notices/0/status").as_str()), ("rejected", "stopped"));
        assert_eq!(seen.str("/objections/0/consequence"), "reject");
        // It cannot be rejected twice; what else was filed is dismissed.
        decide(&second, upheld).refused("wrong_state").await;
        decide(&second, json!({ "decision": "dismiss", "reason": "申请已终止" })).expect(200).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).refused("wrong_state").await;
        object(app, &notice, "203.0.113.9").refused("expired").await;
        app.clock.set_day("2021-03-20");
        app.run_jobs().await;
        assert_eq!(seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/state"), "rejected");
    }
}
