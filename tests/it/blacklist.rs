//! The supplier blacklist: listed by a revocation or by an office, what a listed supplier may not do, lifts and appeals.

use crate::certification::{
    APPLICATIONS, Offices, approve, certified, cooperative, offices, scheme, submitted, with_evidence,
};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};

async fn listed(app: &TestApp) -> Vec<Value> {
    app.get("/api/v1/blacklist").expect(200).await.json()["items"].as_array().unwrap().clone()
}

async fn by_office(office: &Person, supplier: &Person, more: Value) -> Answered {
    let mut body = json!({ "supplier_id": supplier.org_id, "cause": "fraud", "reason": "骗取认定" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    office.post("/api/v1/blacklist", body).send().await
}

/// A certified product of a new supplier: seller, product and number.
async fn holder(app: &TestApp, offices: &Offices, name: &str) -> (Person, String, String) {
    let seller = cooperative(app, name).await;
    let id = submitted(app, &seller, name).await;
    let number = certified(app, offices, &id).await;
    let product = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/product_id");
    (seller, product, number)
}

fn days(app: &TestApp, n: u64) {
    app.clock.advance(Duration::from_secs(n * 86_400));
}

on_both! {
    async fn a_revocation_lists_for_the_reasons_that_the_rule_table_names(app) {
        let offices = offices(app).await;
        let (seller, product, number) = holder(app, &offices, "枸杞").await;
        app.reachable(&seller).await;
        let second = submitted(app, &seller, "黄花菜").await;
        let other = certified(app, &offices, &second).await;
        let at = |number: &str, what: &str| format!("/api/v1/certificates/{number}/{what}");
        // Broken linkage lists nobody: the supplier may apply anew at once.
        let (mild, _, third) = holder(app, &offices, "马铃薯").await;
        offices.county.post(&at(&third, "revocations"), json!({ "reason_code": "linkage_broken" })).expect(200).await;
        assert!(listed(app).await.is_empty());
        submitted(app, &mild, "小米").await;
        let waiting = submitted(app, &seller, "甘草").await;
        let body = json!({ "scheme_id": scheme(app).await, "product_id": product });
        let today = app.ctx().at.day();
        offices.county.post(&at(&number, "revocations"), json!({ "reason_code": "documents_untrue", "reason": "检验报告系伪造" })).expect(200).await;
        let entries = listed(app).await;
        assert_eq!(entries.len(), 1);
        let entry = &entries[0];
        let known = yigou::kernel::ids::OrgId(seller.org_id.0);
        let known = app.read(move |read| yigou::identity::organisation(read, known)).await.unwrap();
        let until = today.plus_days(1095);
        assert_eq!((&entry["supplier_name"], &entry["uscc"]), (&json!(known.name), &json!(known.uscc)));
        assert_eq!((&entry["cause"], &entry["certificate_number"]), (&json!("documents_untrue"), &json!(number)));
        assert_eq!((&entry["from"], &entry["until"], &entry["status"]), (&json!(today), &json!(until), &json!("listed")));
        assert!(entry["rule_id"].is_string(), "{entry}");
        // No application, no renewal, no approval of what waits; the other certificate and the admission stay.
        let refused = seller.post(APPLICATIONS, body.clone()).refused("supplier_blacklisted").await;
        assert_eq!(refused.str("/until"), until.to_string());
        let version = crate::certification::version(&offices.county, &waiting).await;
        crate::certification::ask_review(&offices.county, &waiting, version, json!({ "decision": "approve" })).refused("supplier_blacklisted").await;
        assert_eq!(app.get(&format!("/api/v1/certificates/{other}")).expect(200).await.str("/status"), "valid");
        assert_eq!(seller.get("/api/v1/supplier-applications").expect(200).await.str("/items/0/status"), "admitted");
        app.clock.set_day("2022-03-01");
        seller.post(&at(&other, "renewals"), json!({})).refused("supplier_blacklisted").await;
        // After the last day everything is as before.
        app.clock.set_day(&until.to_string());
        seller.post(APPLICATIONS, body.clone()).refused("supplier_blacklisted").await;
        days(app, 1);
        assert!(listed(app).await.is_empty());
        let id = entry["id"].as_str().unwrap();
        assert_eq!(app.get(&format!("/api/v1/blacklist/{id}")).expect(200).await.str("/status"), "expired");
        offices.county.post(&format!("/api/v1/blacklist/{id}/lifts"), json!({ "reason": "期满" })).refused("expired").await;
        seller.post(APPLICATIONS, body).expect(201).await;
    }

    async fn an_office_lists_and_lifts_by_its_own_decision(app) {
        let offices = offices(app).await;
        let (seller, _, number) = holder(app, &offices, "枸杞").await;
        let today = app.ctx().at.day();
        let yanchi = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        assert_eq!(by_office(&yanchi, &seller, json!({})).await.status, 404);
        for wrong in [json!({ "until": today.plus_days(-1) }), json!({ "until": today, "permanent": true }), json!({ "cause": "price" })] {
            assert_eq!(by_office(&offices.county, &seller, wrong.clone()).await.status, 422, "{wrong}");
        }
        let buyer = app.new_person(OrgKind::BudgetUnit, "640303", &[Role::Trader]).await;
        assert_eq!(by_office(&offices.county, &buyer, json!({})).await.status, 422);
        let kept = by_office(&offices.prefecture, &seller, json!({ "permanent": true, "document_no": "吴乡振发〔2021〕3号" })).await;
        assert_eq!((kept.status, &kept.json()["until"]), (201, &Value::Null), "{}", kept.text());
        assert_eq!(app.get(&format!("/api/v1/certificates/{number}")).expect(200).await.str("/status"), "valid");
        let lifts = format!("/api/v1/blacklist/{}/lifts", kept.id());
        offices.county.post(&lifts, json!({ "reason": "整改完成" })).refused("forbidden").await;
        offices.province.post(&lifts, json!({ "reason": "整改完成" })).expect(200).await;
        offices.province.post(&lifts, json!({ "reason": "整改完成" })).refused("wrong_state").await;
        assert!(listed(app).await.is_empty());
        // Where the office says so, certificates and admission end in the same decision, and nothing lets it in again.
        let all = json!({ "revoke_certificates": true, "end_admission": true, "until": today.plus_days(400) });
        let hard = by_office(&offices.county, &seller, all).await;
        assert_eq!(hard.status, 201, "{}", hard.text());
        let certificate = app.get(&format!("/api/v1/certificates/{number}")).expect(200).await;
        assert_eq!((certificate.str("/status").as_str(), certificate.str("/reason_code").as_str()), ("revoked", "fraud"));
        let apply = json!({ "statement": "再次申请入驻", "files": [] });
        let refused = seller.post("/api/v1/supplier-applications", apply.clone()).refused("supplier_blacklisted").await;
        assert_eq!(refused.str("/until"), today.plus_days(400).to_string());
        let lifts = format!("/api/v1/blacklist/{}/lifts", hard.id());
        offices.county.post(&lifts, json!({ "reason": "整改完成" })).expect(200).await;
        let again = seller.post("/api/v1/supplier-applications", apply).expect(201).await;
        // Listed while its application waits, it is not admitted.
        assert_eq!(by_office(&offices.county, &seller, json!({})).await.status, 201);
        let recommend = format!("/api/v1/supplier-applications/{}/recommendations", again.id());
        offices.county.post(&recommend, json!({ "decision": "accept" })).refused("supplier_blacklisted").await;
        offices.county.post(&recommend, json!({ "decision": "refuse", "reason_code": "bad_record" })).expect(201).await;
    }

    async fn the_office_above_decides_an_appeal_and_nobody_who_decided_the_entry(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡合作社").await;
        app.reachable(&offices.prefecture).await;
        let entry = by_office(&offices.county, &seller, json!({})).await;
        let at = |what: &str| format!("/api/v1/blacklist/{}/{what}", entry.id());
        let words = json!({ "statement": "检验报告真实，附原件", "file_ids": [crate::certification::file(app, &seller).await] });
        cooperative(app, "别家").await.post(&at("appeals"), json!({ "statement": "不服" })).expect(404).await;
        let alien = crate::certification::file(app, &offices.county).await;
        let unknown = seller.post(&at("appeals"), json!({ "statement": "不服", "file_ids": [alien] })).refused("validation_failed").await;
        assert_eq!(unknown.pointers(), ["/file_ids/0"]);
        let appeal = seller.post(&at("appeals"), words.clone()).expect(201).await;
        seller.post(&at("appeals"), words).refused("already_exists").await;
        assert!(app.mails().await.iter().any(|mail| mail.to == offices.prefecture.email && mail.text.contains(&appeal.id())));
        let decide = format!("/api/v1/blacklist-appeals/{}/decisions", appeal.id());
        let uphold = json!({ "decision": "uphold", "reason": "检验报告属实" });
        for office in [&offices.county, &offices.province] {
            office.post(&decide, uphold.clone()).refused("forbidden").await;
        }
        seller.post(&decide, uphold.clone()).refused("forbidden").await;
        let open = offices.prefecture.get("/api/v1/blacklist-appeals?status=open").expect(200).await;
        assert_eq!((open.str("/items/0/id"), open.json()["items"][0]["late"].clone()), (appeal.id(), json!(false)));
        app.clock.set_day(&appeal.str("/due_on"));
        days(app, 1);
        assert_eq!(offices.prefecture.get("/api/v1/blacklist-appeals").expect(200).await.json()["items"][0]["late"], json!(true));
        offices.prefecture.post(&decide, uphold.clone()).expect(200).await;
        offices.prefecture.post(&decide, uphold).refused("wrong_state").await;
        let shown = app.get(&format!("/api/v1/blacklist/{}", entry.id())).expect(200).await;
        assert_eq!((shown.str("/status").as_str(), shown.str("/appeal").as_str()), ("annulled", "upheld"));
        assert!(listed(app).await.is_empty());
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
    }

    async fn an_appeal_has_its_days_and_above_the_province_another_person_decides(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡合作社").await;
        let early = by_office(&offices.province, &seller, json!({})).await;
        let late = by_office(&offices.province, &seller, json!({ "permanent": true })).await;
        let appeals = |entry: &Answered| format!("/api/v1/blacklist/{}/appeals", entry.id());
        app.clock.set_day(&late.str("/appeal_until"));
        let appeal = seller.post(&appeals(&early), json!({ "statement": "不服" })).expect(201).await;
        days(app, 1);
        seller.post(&appeals(&late), json!({ "statement": "不服" })).refused("expired").await;
        let decide = format!("/api/v1/blacklist-appeals/{}/decisions", appeal.id());
        let dismiss = json!({ "decision": "dismiss", "reason": "事实清楚" });
        offices.province.post(&decide, dismiss.clone()).refused("separation_of_duties").await;
        let colleague = app.person(offices.province.org_id, &[Role::Reviewer]).await;
        colleague.post(&decide, dismiss).expect(200).await;
        assert_eq!(listed(app).await.len(), 2);
        // Of several entries the longest is named.
        let product = crate::catalogue::product(&seller, "枸杞", "640303").await;
        let refused = seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": product })).refused("supplier_blacklisted").await;
        assert!(refused.json().get("until").is_none());
    }

    async fn a_draft_of_a_listed_supplier_is_not_handed_in_and_a_member_lists_nobody(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡合作社").await;
        let product = crate::catalogue::product(&seller, "枸杞", "640303").await;
        let drafted = seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": product })).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        let (user, org) = (offices.county.user_id, seller.org_id);
        by_office(&offices.prefecture, &seller, json!({})).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).refused("supplier_blacklisted").await;
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Seller])).await.unwrap();
        let body = json!({ "supplier_id": seller.org_id, "cause": "fraud", "reason": "骗取认定" });
        offices.county.post("/api/v1/blacklist", body).refused("separation_of_duties").await;
    }
}
