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
    async fn an_objection_is_received_verified_decided_and_answered_in_its_days(app) {
        let offices = offices(app).await;
        let clerk = app.person(offices.county.org_id, &[Role::Reviewer]).await;
        app.reachable(&clerk).await;
        let (seller, _, notice) = noticed(app, &offices, "枸杞").await;
        let body = json!({ "contact": "wang@example.com", "text": "该产品并非本地生产" });
        let filed = app.post(&format!("/api/v1/public-notices/{notice}/objections"), body).expect(201).await;
        let (id, receipt) = (filed.id(), filed.str("/receipt"));
        assert!(app.mails().await.iter().any(|mail| mail.to == clerk.email && mail.text.contains("2021-03-03")));
        // Who objected asks with the receipt and brings evidence with it, a few files; nobody else does.
        let ask = |code: &str| app.post("/api/v1/objection-inquiries", json!({ "objection_id": id, "receipt": code }));
        assert_eq!(ask(&receipt).expect(200).await.str("/stage"), "filed");
        ask("obr_somethingelse").expect(404).await;
        let bring = |code: &str| {
            let path = format!("/api/v1/objections/{id}/evidence?name=%E7%8E%B0%E5%9C%BA.pdf");
            app.post(&path, Value::Null).raw("application/pdf", crate::documents::PDF.to_vec()).header("yigou-receipt", code)
        };
        bring("obr_somethingelse").expect(404).await;
        for _ in 0..3 {
            bring(&receipt).expect(201).await;
        }
        bring(&receipt).refused("too_many_requests").await;
        let seen = offices.county.get("/api/v1/objections").expect(200).await.json()["items"][0].clone();
        let file = seen["file_ids"][2].as_str().unwrap().to_owned();
        assert_eq!(offices.county.get(&format!("/api/v1/files/{file}")).expect(200).await.text().as_bytes(), crate::documents::PDF);
        seller.get(&format!("/api/v1/files/{file}")).expect(404).await;
        // Two working days to receive it, ten from then on to decide it.
        assert_eq!((seen["due_on"].clone(), seen["overdue"].clone()), (json!("2021-03-03"), json!(false)));
        app.clock.set_day("2021-03-04");
        assert_eq!(offices.county.get("/api/v1/objections?late=true").expect(200).await.str("/items/0/id"), id);
        let path = |what: &str| format!("/api/v1/objections/{id}/{what}");
        offices.county.post(&path("verifications"), json!({ "findings": "属实" })).refused("not_completed_yet").await;
        let to = json!({ "user_id": clerk.user_id.to_string() });
        offices.prefecture.post(&path("receptions"), to.clone()).refused("forbidden").await;
        let stranger = json!({ "user_id": offices.prefecture.user_id.to_string() });
        assert_eq!(offices.county.post(&path("receptions"), stranger).refused("validation_failed").await.pointers(), ["/user_id"]);
        let received = offices.county.post(&path("receptions"), to).expect(200).await;
        assert_eq!((received.str("/stage").as_str(), received.str("/due_on").as_str()), ("received", "2021-03-18"));
        assert_eq!(offices.county.get("/api/v1/objections?late=true").expect(200).await.json()["items"], json!([]));
        offices.county.post(&path("verifications"), json!({ "findings": "属实" })).refused("assigned_to_other").await;
        clerk.post(&path("verifications"), json!({ "findings": "走访三户，均为本地生产" })).expect(200).await;
        let decision = json!({ "decision": "dismiss", "reason": "经核实为本地生产", "reply": "经走访核实，该产品为本地生产，异议不成立。" });
        offices.county.post(&path("decisions"), decision).expect(200).await;
        assert!(app.mails().await.iter().any(|mail| mail.to == "wang@example.com" && mail.text.contains("异议不成立")));
        let answered = ask(&receipt).expect(200).await;
        assert_eq!((answered.str("/stage").as_str(), answered.str("/status").as_str(), answered.str("/reply").as_str()),
            ("decided", "dismissed", "经走访核实，该产品为本地生产，异议不成立。"));
        bring(&receipt).refused("wrong_state").await;
    }

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
        decide(&first, upheld.clone()).refused("not_completed_yet").await;
        verified(&offices.county, &first).await;
        decide(&first, upheld.clone()).expect(200).await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/notices/0/status").as_str()), ("rejected", "stopped"));
        assert_eq!(seen.str("/objections/0/consequence"), "reject");
        // It cannot be rejected twice; what else was filed is dismissed.
        verified(&offices.county, &second).await;
        decide(&second, upheld).refused("wrong_state").await;
        decide(&second, json!({ "decision": "dismiss", "reason": "申请已终止" })).expect(200).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).refused("wrong_state").await;
        object(app, &notice, "203.0.113.9").refused("expired").await;
        app.clock.set_day("2021-03-20");
        app.run_jobs().await;
        assert_eq!(seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/state"), "rejected");
    }
}
