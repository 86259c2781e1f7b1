//! Documents that certificates rest on: which are asked for, warnings before they end, suspension, and new ones in their place.

use super::*;
use crate::support::mail::received;
use std::time::Duration;

/// A draft for a product of a category without a mark: its id.
async fn draft(app: &TestApp, seller: &Person, name: &str, category: &str) -> String {
    let mut body = crate::catalogue::product_body(name, "640303", false);
    body["category"] = json!(category);
    body["mark"] = json!("none");
    let goods = seller.post("/api/v1/products", body).expect(201).await.id();
    seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": goods })).expect(201).await.id()
}

fn report(file: &str) -> Value {
    json!({ "element": "quality", "file_ids": [file], "quality": { "proof": "inspection_report", "number": "NXJC-1" } })
}

fn licence(file: &str, until: &str) -> Value {
    json!({ "element": "quality", "file_ids": [file],
        "quality": { "proof": "food_licence", "number": "SC10164030300013", "expires_on": until } })
}

async fn add(seller: &Person, id: &str, bodies: impl IntoIterator<Item = Value>) {
    for body in bodies {
        seller.post(&format!("{APPLICATIONS}/{id}/evidence"), body).expect(201).await;
    }
}

fn hand_in(seller: &Person, id: &str) -> crate::support::Ask {
    seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({}))
}

/// A certified wine whose licence ends on a day: seller, number, listing.
async fn wine(app: &TestApp, offices: &Offices, name: &str, until: &str) -> (Person, String, String) {
    let seller = cooperative(app, name).await;
    let id = draft(app, &seller, name, "wine").await;
    let (proof, list) = (file(app, &seller).await, household_list(&seller).await);
    add(&seller, &id, [licence(&proof, until), price(), linkage(&list, 5)]).await;
    hand_in(&seller, &id).expect(200).await;
    let number = certified(app, offices, &id).await;
    let goods = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/product_id");
    let listing = crate::catalogue::list(&seller, &goods, 5000).await;
    app.reachable(&seller).await;
    (seller, number, listing)
}

async fn standing(app: &TestApp, number: &str) -> (String, Value) {
    let shown = app.get(&format!("/api/v1/certificates/{number}")).expect(200).await.json();
    (shown["status"].as_str().unwrap().to_owned(), shown["reason_code"].clone())
}

/// What the jobs do when a day has begun.
async fn on(app: &TestApp, day: &str) {
    app.clock.set_day(day);
    app.run_jobs().await;
    app.clock.advance(Duration::from_secs(60));
    app.run_jobs().await;
}

fn warnings(seller: &Person, number: &str) -> usize {
    received(&seller.email)
        .iter()
        .filter(|mail| mail.text().contains(number) && mail.text().contains("到期，还有"))
        .count()
}

on_both! {
    async fn a_category_asks_for_its_documents(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "酒庄").await;
        let id = draft(app, &seller, "红酒", "wine").await;
        let (proof, list) = (file(app, &seller).await, household_list(&seller).await);
        add(&seller, &id, [report(&proof), price(), linkage(&list, 5)]).await;
        let refused = hand_in(&seller, &id).refused("evidence_missing").await;
        assert_eq!(refused.pointers(), ["/elements/quality"]);
        assert!(refused.text().contains("缺少食品生产许可证"), "{}", refused.text());
        let asked = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json()["requirements"].clone();
        assert_eq!((&asked[0]["any_of"], &asked[0]["met"], &asked[1]["met"]), (&json!(["food_licence"]), &json!(false), &json!(true)));
        add(&seller, &id, [licence(&proof, "2024-06-30")]).await;
        hand_in(&seller, &id).expect(200).await;
        // The province asks for more from today on: of the next one, not of what is handed in.
        let rule = json!({ "name": "quality_documents", "region_code": "640000", "level": "wine", "effective_from": app.ctx().at.day(),
            "value": "food_licence+inspection_report", "source": "宁扶办发〔2021〕3号" });
        offices.province.post("/api/v1/rules", rule).expect(201).await;
        let next = draft(app, &seller, "白酒", "wine").await;
        add(&seller, &next, [licence(&proof, "2024-06-30"), price(), linkage(&list, 5)]).await;
        assert!(hand_in(&seller, &next).refused("evidence_missing").await.text().contains("缺少检验报告"));
        let number = certified(app, &offices, &id).await;
        let rests = seller.get(&format!("/api/v1/certificates/{number}/documents")).expect(200).await.json();
        let keys: Vec<&Value> = rests["requirements"].as_array().unwrap().iter().map(|r| &r["any_of"]).collect();
        assert_eq!(keys, [&json!([]), &json!([]), &json!(["food_licence"])]);
        assert_eq!(rests["requirements"][2]["ends_on"], "2024-06-30");
        // Both pieces of quality are what it rests on now.
        assert_eq!(rests["documents"].as_array().unwrap().len(), 2);
    }

    async fn a_mark_is_shown_by_its_certificate(app) {
        let seller = cooperative(app, "枸杞合作社").await;
        let goods = product(&seller, "枸杞", "640303").await;
        let id = seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": goods })).expect(201).await.id();
        let (proof, list) = (file(app, &seller).await, household_list(&seller).await);
        add(&seller, &id, [licence(&proof, "2024-06-30"), price(), linkage(&list, 5)]).await;
        assert!(hand_in(&seller, &id).refused("evidence_missing").await.text().contains("缺少农产品地理标志证书"));
        let mut organic = licence(&proof, "2024-06-30");
        organic["quality"]["marks"] = json!([{ "mark": "organic", "number": "1234567", "expires_on": "2023-01-01" }]);
        let evidence = format!("{APPLICATIONS}/{id}/evidence");
        assert_eq!(seller.post(&evidence, organic.clone()).refused("validation_failed").await.pointers(), ["/quality/marks/0/number"]);
        organic["quality"]["marks"][0]["number"] = json!("14920123456789012");
        seller.post(&evidence, organic.clone()).expect(201).await;
        assert!(hand_in(&seller, &id).refused("evidence_missing").await.text().contains("缺少农产品地理标志证书"));
        organic["quality"]["marks"] = json!([{ "mark": "geographical_indication", "number": "盐池一号", "expires_on": "2023-01-01" }]);
        let doubtful = seller.post(&evidence, organic).expect(201).await;
        assert!(doubtful.text().contains("农产品地理标志证书编号"));
        hand_in(&seller, &id).expect(200).await;
    }

    async fn a_correction_during_the_notice_takes_nothing_away_that_is_asked_for(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "酒庄").await;
        let id = draft(app, &seller, "红酒", "wine").await;
        let (proof, list) = (file(app, &seller).await, household_list(&seller).await);
        add(&seller, &id, [price(), linkage(&list, 5)]).await;
        let evidence = format!("{APPLICATIONS}/{id}/evidence");
        let first = seller.post(&evidence, licence(&proof, "2024-06-30")).expect(201).await.id();
        hand_in(&seller, &id).expect(200).await;
        approve(&offices.county, &id).await;
        let (opened, _) = notice(&offices.county, &id).await;
        let replacing = |mut body: Value| {
            body["replaces"] = json!(first);
            body
        };
        let refused = seller.post(&evidence, replacing(report(&proof))).refused("evidence_missing").await;
        assert_eq!(refused.pointers(), ["/elements/quality"]);
        assert_eq!(notice(&offices.county, &id).await.0, opened, "nothing is half done: the notice goes on");
        seller.post(&evidence, replacing(licence(&proof, "2025-06-30"))).expect(201).await;
        assert_ne!(notice(&offices.county, &id).await.0, opened);
    }

    async fn what_has_ended_by_the_day_of_submission_is_refused(app) {
        let seller = cooperative(app, "酒庄").await;
        let id = draft(app, &seller, "红酒", "wine").await;
        let (proof, list) = (file(app, &seller).await, household_list(&seller).await);
        add(&seller, &id, [licence(&proof, "2021-03-31"), price(), linkage(&list, 5)]).await;
        let evidence = format!("{APPLICATIONS}/{id}/evidence");
        app.clock.set_day("2021-04-01");
        assert_eq!(seller.post(&evidence, licence(&proof, "2021-03-31")).refused("validation_failed").await.pointers(), ["/quality/expires_on"]);
        assert!(hand_in(&seller, &id).refused("evidence_missing").await.text().contains("已于 2021-03-31 到期"));
        add(&seller, &id, [licence(&proof, "2021-04-01")]).await;
        hand_in(&seller, &id).expect(200).await;
    }

    async fn a_document_that_ends_warns_twice_then_suspends_until_a_new_one_is_accepted(app) {
        let offices = offices(app).await;
        let (seller, number, listing) = wine(app, &offices, "酒庄", "2021-09-29").await;
        let (rests, status) = (format!("/api/v1/certificates/{number}/documents"), async || standing(app, &number).await);
        on(app, "2021-07-30").await;
        assert_eq!(warnings(&seller, &number), 0);
        on(app, "2021-07-31").await;
        on(app, "2021-08-01").await;
        assert_eq!(warnings(&seller, &number), 1, "sixty days before");
        on(app, "2021-08-30").await;
        on(app, "2021-08-31").await;
        assert_eq!(warnings(&seller, &number), 2, "thirty days before");
        on(app, "2021-09-29").await;
        assert_eq!((warnings(&seller, &number), status().await.0), (2, "valid".to_owned()));
        on(app, "2021-09-30").await;
        assert_eq!(status().await, ("suspended".to_owned(), json!("documents_expired")));
        assert_eq!(seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/status"), "withdrawn");
        let lift = offices.county.post(&format!("/api/v1/certificates/{number}/suspension-ends"), json!({ "reason": "已更新" }));
        assert!(lift.refused("wrong_state").await.text().contains("食品生产许可证已于 2021-09-29 到期"));
        // A report is not what a wine rests on; a licence that has ended is none.
        let proof = file(app, &seller).await;
        let part = |body: Value| json!({ "quality": body["quality"], "file_ids": body["file_ids"] });
        assert_eq!(seller.post(&rests, part(report(&proof))).refused("validation_failed").await.pointers(), ["/quality/proof"]);
        assert_eq!(seller.post(&rests, part(licence(&proof, "2021-09-29"))).refused("validation_failed").await.pointers(), ["/quality/expires_on"]);
        let foreign = file(app, &offices.county).await;
        assert_eq!(seller.post(&rests, part(licence(&foreign, "2026-09-29"))).refused("validation_failed").await.pointers(), ["/file_ids/0"]);
        let brought = seller.post(&rests, part(licence(&proof, "2026-09-29"))).expect(201).await;
        assert_eq!((brought.str("/state").as_str(), brought.str("/due_on").as_str()), ("proposed", "2021-10-20"));
        assert_eq!(status().await.0, "suspended", "nobody has looked at it");
        let waiting = offices.county.get("/api/v1/certificate-documents?state=proposed").expect(200).await;
        assert_eq!((waiting.str("/items/0/id"), waiting.str("/items/0/certificate_number")), (brought.id(), number.clone()));
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        assert_eq!(elsewhere.get("/api/v1/certificate-documents").expect(200).await.json()["items"], json!([]));
        let decide = format!("/api/v1/certificate-documents/{}/reviews", brought.id());
        elsewhere.post(&decide, json!({ "accept": true })).refused("not_found").await;
        elsewhere.get(&rests).refused("not_found").await;
        seller.post(&decide, json!({ "accept": true })).refused("forbidden").await;
        assert_eq!(offices.county.post(&decide, json!({ "accept": false })).refused("validation_failed").await.pointers(), ["/reason"]);
        let accepted = offices.county.post(&decide, json!({ "accept": true })).expect(200).await;
        assert_eq!(accepted.str("/state"), "standing");
        let second = offices.prefecture.post(&decide, json!({ "accept": false, "reason": "看不清" })).refused("wrong_state").await;
        assert_eq!(second.str("/state"), "standing");
        assert_eq!(status().await, ("valid".to_owned(), Value::Null));
        let shown = seller.get(&rests).expect(200).await.json();
        assert_eq!((&shown["requirements"][2]["ends_on"], &shown["requirements"][2]["met"]), (&json!("2026-09-29"), &json!(true)));
    }

    async fn what_an_office_suspended_stays_so_and_is_not_restored_on_ended_documents(app) {
        let offices = offices(app).await;
        let (seller, number, _) = wine(app, &offices, "酒庄", "2021-05-31").await;
        let body = json!({ "reason_code": "quality", "reason": "抽检待复核", "until": "2021-06-15" });
        offices.county.post(&format!("/api/v1/certificates/{number}/suspensions"), body).expect(200).await;
        on(app, "2021-06-01").await;
        assert_eq!(standing(app, &number).await, ("suspended".to_owned(), json!("quality")));
        // The office's days are over, the document's too: it goes on, for that.
        on(app, "2021-06-16").await;
        assert_eq!(standing(app, &number).await, ("suspended".to_owned(), json!("documents_expired")));
        let proof = file(app, &seller).await;
        let rests = format!("/api/v1/certificates/{number}/documents");
        let new = json!({ "quality": licence(&proof, "2026-05-31")["quality"], "file_ids": [proof] });
        let (first, other) = (seller.post(&rests, new.clone()).expect(201).await.id(), seller.post(&rests, new).expect(201).await.id());
        let review = |id: &str| format!("/api/v1/certificate-documents/{id}/reviews");
        offices.county.post(&review(&first), json!({ "accept": false, "reason": "照片不清" })).expect(200).await;
        assert_eq!(standing(app, &number).await.0, "suspended");
        offices.county.post(&review(&other), json!({ "accept": true })).expect(200).await;
        assert_eq!(standing(app, &number).await.0, "valid");
    }
}
