//! Findings until they are put right.

use super::*;

async fn open(office: &Person, body: Value) -> crate::support::Answered {
    office.post(FINDINGS, body).expect(201).await
}

fn about(listing: &str) -> Value {
    json!({ "listing_id": listing, "code": "label", "text": "标签未标明产地和生产日期" })
}

fn decide(by: &Person, id: &str, version: i64, body: Value) -> crate::support::Ask {
    by.post(&format!("{FINDINGS}/{id}/decisions"), body).if_match(version)
}

async fn version(by: &Person, id: &str) -> i64 {
    by.get(&format!("{FINDINGS}/{id}")).expect(200).await.version()
}

async fn answer(app: &TestApp, seller: &Person, id: &str) -> crate::support::Answered {
    let photo = file(app, seller).await;
    let body = json!({ "text": "已更换标签", "file_ids": [photo] });
    seller.post(&format!("{FINDINGS}/{id}/answers"), body).expect(200).await
}

on_both! {
    async fn a_finding_is_answered_returned_answered_and_closed(app) {
        let scene = Scene::set(app).await;
        scene.reachable(app).await;
        let opened = open(&scene.county, about(&scene.listing)).await;
        let id = opened.id();
        // Fifteen working days from Monday 1 March.
        assert_eq!((opened.str("/state").as_str(), opened.str("/due_on").as_str(), opened.str("/office").as_str()), ("open", "2021-03-22", "640323"));
        assert_eq!((opened.str("/owner_id"), opened.str("/source").as_str(), opened.str("/subject")), (scene.seller.org_id.to_string(), "own", scene.listing.clone()));
        assert!(opened.str("/due_rule_id").starts_with("rul_"));
        assert!(mailed(app, &scene.seller).await[0].contains("请于 2021-03-22 前整改"));
        let close = json!({ "decision": "close", "reason": "标签合格" });
        let refused = decide(&scene.county, &id, 1, close.clone()).refused("wrong_state").await;
        assert_eq!(refused.str("/state"), "open");
        assert_eq!(answer(app, &scene.seller, &id).await.str("/state"), "answered");
        assert!(mailed(app, &scene.county).await[0].contains("请验收"));
        let waiting = scene.county.get(&format!("{FINDINGS}?waiting_for_me=true")).expect(200).await;
        assert_eq!(waiting.str("/items/0/id"), id);
        scene.seller.post(&format!("{FINDINGS}/{id}/answers"), json!({ "text": "再次", "file_ids": [file(app, &scene.seller).await] })).refused("wrong_state").await;
        // Who read an older version decides about something else.
        decide(&scene.county, &id, 1, close.clone()).refused("stale_version").await;
        app.clock.set_day("2021-03-08");
        let now = version(&scene.county, &id).await;
        let back = decide(&scene.county, &id, now, json!({ "decision": "return", "reason": "日期仍缺" })).expect(200).await;
        assert_eq!((back.str("/state").as_str(), back.str("/due_on").as_str(), back.int("/round")), ("returned", "2021-03-29", 2));
        // The last day is in time, the day after is late.
        app.clock.set_day("2021-03-29");
        assert_eq!(scene.seller.get(&format!("{FINDINGS}?overdue=true")).expect(200).await.json()["items"], json!([]));
        app.clock.set_day("2021-03-30");
        let late = scene.county.get(&format!("{FINDINGS}?overdue=true")).expect(200).await;
        assert_eq!((late.str("/items/0/id"), late.json()["items"][0]["overdue"].clone()), (id.clone(), json!(true)));
        answer(app, &scene.seller, &id).await;
        let now = version(&scene.county, &id).await;
        assert_eq!(decide(&scene.county, &id, now, close.clone()).expect(200).await.str("/state"), "closed");
        decide(&scene.county, &id, now + 1, close).refused("wrong_state").await;
        let seen = scene.seller.get(&format!("{FINDINGS}/{id}")).expect(200).await.json();
        assert_eq!((seen["answers"][0]["late"].clone(), seen["answers"][1]["late"].clone()), (json!(false), json!(true)));
        assert_eq!((seen["decisions"][0]["decision"].clone(), seen["decisions"][0]["due_on"].clone()), (json!("return"), json!("2021-03-29")));
        assert_eq!(seen["decisions"][1]["decided_by"], json!(scene.county.user_id.to_string()));
    }

    async fn who_may_open_answer_and_decide(app) {
        let scene = Scene::set(app).await;
        let other = supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        let next = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        next.post(FINDINGS, about(&scene.listing)).refused("not_found").await;
        let two = json!({ "listing_id": scene.listing, "product_id": scene.product, "code": "label", "text": "两个对象不可" });
        scene.county.post(FINDINGS, two).refused("validation_failed").await;
        scene.county.post(FINDINGS, json!({ "code": "label", "text": "没有对象不可" })).refused("validation_failed").await;
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        scene.county.post(FINDINGS, json!({ "supplier_id": unit, "code": "label", "text": "不是供应商" })).refused("not_found").await;
        let id = open(&scene.county, json!({ "supplier_id": scene.seller.org_id, "audit": true, "code": "records", "text": "进货台账不全" })).await.id();
        // Another's file is no evidence; another supplier neither reads nor answers.
        let foreign = file(app, &other).await;
        let refused = scene.seller.post(&format!("{FINDINGS}/{id}/answers"), json!({ "text": "已补", "file_ids": [foreign] })).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/file_ids/0"]);
        other.post(&format!("{FINDINGS}/{id}/answers"), json!({ "text": "已补", "file_ids": [foreign] })).refused("not_found").await;
        other.get(&format!("{FINDINGS}/{id}")).expect(404).await;
        answer(app, &scene.seller, &id).await;
        // A member of the owner does not decide for the office, and neither opens.
        let office = reviews_too(app, &scene.seller, &scene.county).await;
        let close = json!({ "decision": "close", "reason": "已补齐" });
        decide(&scene.seller, &id, 2, close.clone()).header("yigou-organisation", &office).refused("separation_of_duties").await;
        scene.seller.post(FINDINGS, about(&scene.listing)).header("yigou-organisation", &office).refused("separation_of_duties").await;
        next.get(&format!("{FINDINGS}/{id}")).expect(404).await;
        // An office above may decide; after an escalation the county may not.
        let up = decide(&scene.county, &id, 2, json!({ "decision": "escalate", "reason": "涉及多县" })).expect(200).await;
        assert_eq!((up.str("/office").as_str(), up.str("/state").as_str()), ("640300", "answered"));
        decide(&scene.county, &id, 3, close.clone()).refused("forbidden").await;
        decide(&scene.prefecture, &id, 3, json!({ "decision": "escalate", "reason": "再提级" })).expect(200).await;
        decide(&scene.province, &id, 4, json!({ "decision": "escalate", "reason": "无上级" })).refused("wrong_state").await;
        decide(&scene.prefecture, &id, 4, close.clone()).refused("forbidden").await;
        decide(&scene.province, &id, 4, close).expect(200).await;
        let listed = scene.county.get(&format!("{FINDINGS}?state=closed&source=audit&owner={}", scene.seller.org_id)).expect(200).await;
        assert_eq!(listed.str("/items/0/id"), id);
    }

    async fn a_finding_opened_in_error_is_cancelled(app) {
        let scene = Scene::set(app).await;
        let certificate = crate::catalogue::certify(app, &scene.product, 7, "NX-2021-00007", "2022-02-28").await;
        assert!(certificate.to_string().starts_with("crt_"));
        let id = open(&scene.prefecture, json!({ "product_id": scene.product, "code": "other", "text": "误录的问题" })).await.id();
        // The office below the one that opened it has no word.
        decide(&scene.county, &id, 1, json!({ "decision": "cancel", "reason": "误录" })).refused("forbidden").await;
        let gone = decide(&scene.prefecture, &id, 1, json!({ "decision": "cancel", "reason": "误录" })).expect(200).await;
        assert_eq!(gone.str("/state"), "cancelled");
        scene.seller.post(&format!("{FINDINGS}/{id}/answers"), json!({ "text": "已补", "file_ids": [file(app, &scene.seller).await] })).refused("wrong_state").await;
    }

    async fn a_calendar_that_is_loaded_never_shortens_a_deadline(app) {
        let scene = Scene::set(app).await;
        app.clock.set_day("2027-03-01");
        let opened = open(&scene.county, about(&scene.listing)).await;
        assert_eq!((opened.str("/due_on").as_str(), opened.json()["due_provisional"].clone()), ("2027-03-22", json!(true)));
        let days = "region,date,kind,name\n000000,2027-03-08,off,节\n000000,2027-03-09,off,节\n000000,2027-03-14,work,补班\n640000,2027-06-01,off,节\n";
        let lines = yigou::regions::parse_calendar(days.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        let seen = scene.county.get(&format!("{FINDINGS}/{}", opened.id())).expect(200).await;
        assert_eq!((seen.str("/due_on").as_str(), seen.json()["due_provisional"].clone()), ("2027-03-23", json!(false)));
        // Another notice gives a day back; what was promised stays.
        let more = yigou::regions::parse_calendar("region,date,kind,name\n000000,2027-03-13,work,补班\n".as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &more, &|_| {})).await.unwrap();
        app.run_jobs().await;
        assert_eq!(scene.county.get(&format!("{FINDINGS}/{}", opened.id())).expect(200).await.str("/due_on"), "2027-03-23");
    }
}
