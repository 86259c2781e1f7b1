//! A certificate's later life: suspension, revocation, expiry, renewal; and numbers without gaps.

use super::*;

/// A listed product under a certificate: seller, listing, number.
async fn on_sale(app: &TestApp, offices: &Offices, name: &str) -> (Person, String, String, String) {
    let seller = cooperative(app, name).await;
    let id = submitted(app, &seller, name).await;
    let number = certified(app, offices, &id).await;
    let product = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/product_id");
    let listing = crate::catalogue::list(&seller, &product, 5000).await;
    (seller, listing, number, product)
}

async fn status_of(app: &TestApp, number: &str) -> String {
    app.get(&format!("/api/v1/certificates/{number}")).expect(200).await.str("/status")
}

async fn listing_status(seller: &Person, listing: &str) -> String {
    seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/status")
}

on_both! {
    async fn suspension_and_revocation_withdraw_the_listings_at_once(app) {
        let offices = offices(app).await;
        let (seller, listing, number, product) = on_sale(app, &offices, "红寺堡枸杞").await;
        let at = |what: &str| format!("/api/v1/certificates/{number}/{what}");
        let yanchi = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        yanchi.post(&at("suspensions"), json!({ "reason_code": "quality" })).expect(404).await;
        seller.post(&at("suspensions"), json!({ "reason_code": "quality" })).refused("forbidden").await;
        offices.county.post(&at("suspensions"), json!({ "reason_code": "other" })).refused("validation_failed").await;
        offices.county.post(&at("suspension-ends"), json!({ "reason": "没有暂停" })).refused("wrong_state").await;
        offices.county.post(&at("suspensions"), json!({ "reason_code": "quality", "reason": "抽检待复核" })).expect(200).await;
        assert_eq!((status_of(app, &number).await.as_str(), listing_status(&seller, &listing).await.as_str()), ("suspended", "withdrawn"));
        offices.prefecture.post(&at("suspension-ends"), json!({ "reason": "复核合格" })).expect(200).await;
        assert_eq!((status_of(app, &number).await.as_str(), listing_status(&seller, &listing).await.as_str()), ("valid", "withdrawn"));
        let again = crate::catalogue::list(&seller, &product, 5000).await;
        let revoked = offices.province.post(&at("revocations"), json!({ "reason_code": "food_safety", "reason": "检出禁用农药" })).expect(200).await;
        assert_eq!((revoked.str("/status").as_str(), &revoked.json()["safety"]), ("revoked", &json!(true)));
        assert_eq!(listing_status(&seller, &again).await, "withdrawn");
        offices.province.post(&at("suspension-ends"), json!({ "reason": "恢复" })).refused("wrong_state").await;
        seller.post(&at("renewals"), json!({})).refused("expired").await;
    }

    async fn a_suspension_ends_by_itself_after_its_last_day(app) {
        let offices = offices(app).await;
        let (seller, listing, number, product) = on_sale(app, &offices, "枸杞").await;
        app.reachable(&seller).await;
        let at = |what: &str| format!("/api/v1/certificates/{number}/{what}");
        let until = |day: &str| json!({ "reason_code": "quality", "reason": "抽检待复核", "until": day });
        app.clock.set_day("2021-04-01");
        let over = offices.county.post(&at("suspensions"), until("2021-03-31")).refused("validation_failed").await;
        assert_eq!(over.pointers(), ["/until"]);
        offices.county.post(&at("suspensions"), until("2021-04-10")).expect(200).await;
        let shown = app.get(&at("")[..at("").len() - 1]).expect(200).await;
        assert_eq!((shown.str("/status").as_str(), shown.str("/suspended_until").as_str()), ("suspended", "2021-04-10"));
        // An office above lengthens it; then the one below neither shortens nor lifts it.
        offices.prefecture.post(&at("suspensions"), until("2021-04-20")).expect(200).await;
        offices.county.post(&at("suspensions"), until("2021-04-02")).refused("forbidden").await;
        offices.county.post(&at("suspension-ends"), json!({ "reason": "复核合格" })).refused("forbidden").await;
        offices.prefecture.post(&at("suspensions"), until("2021-04-15")).expect(200).await;
        app.clock.set_day("2021-04-15");
        app.run_jobs().await;
        assert_eq!(status_of(app, &number).await, "suspended");
        app.clock.set_day("2021-04-16");
        app.run_jobs().await;
        app.clock.advance(std::time::Duration::from_secs(1));
        app.run_jobs().await;
        let lifted = app.get(&format!("/api/v1/certificates/{number}")).expect(200).await.json();
        assert_eq!((&lifted["status"], &lifted["suspended_until"], &lifted["reason_code"]), (&json!("valid"), &Value::Null, &Value::Null));
        assert_eq!(listing_status(&seller, &listing).await, "withdrawn");
        let told = seller.get("/api/v1/events?after=0&limit=200").expect(200).await.json();
        let told: Vec<(&str, &Value)> = told["items"].as_array().unwrap().iter()
            .map(|event| (event["action"].as_str().unwrap(), &event["details"]["until"]))
            .filter(|(action, _)| action.starts_with("certificate.suspen")).collect();
        assert_eq!(told, [("certificate.suspended", &json!("2021-04-10")), ("certificate.suspension_changed", &json!("2021-04-20")),
            ("certificate.suspension_changed", &json!("2021-04-15")), ("certificate.suspension_ended", &Value::Null)]);
        let mails = crate::support::mail::received(&seller.email);
        assert!(mails.iter().any(|mail| mail.text().contains(&number) && mail.text().contains("重新上架")));
        crate::catalogue::list(&seller, &product, 5000).await;
    }

    async fn a_certificate_ends_with_its_last_day(app) {
        let offices = offices(app).await;
        let (seller, listing, number, _) = on_sale(app, &offices, "枸杞").await;
        app.clock.set_day("2022-03-08");
        app.run_jobs().await;
        assert_eq!((status_of(app, &number).await.as_str(), listing_status(&seller, &listing).await.as_str()), ("valid", "on_sale"));
        app.clock.set_day("2022-03-09");
        // Expired to everybody before the job has run.
        assert_eq!(status_of(app, &number).await, "expired");
        offices.county.post(&format!("/api/v1/certificates/{number}/suspensions"), json!({ "reason_code": "quality" })).refused("expired").await;
        app.run_jobs().await;
        assert_eq!(listing_status(&seller, &listing).await, "withdrawn");
    }

    async fn a_renewal_in_its_window_keeps_the_old_one_in_force(app) {
        let offices = offices(app).await;
        let (seller, listing, number, product) = on_sale(app, &offices, "枸杞").await;
        let renewals = format!("/api/v1/certificates/{number}/renewals");
        let early = seller.post(&renewals, json!({})).refused("wrong_state").await;
        assert_eq!(early.str("/opens_on"), "2022-01-08");
        cooperative(app, "别家").await.post(&renewals, json!({})).expect(404).await;
        app.clock.set_day("2022-03-01");
        let body = json!({ "scheme_id": scheme(app).await, "product_id": product });
        seller.post(APPLICATIONS, body).refused("already_exists").await;
        let drafted = seller.post(&renewals, json!({})).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        let kept = app.get(&format!("/api/v1/certificates/{number}")).expect(200).await;
        assert_eq!((kept.str("/valid_until").as_str(), kept.str("/in_force_until").as_str()), ("2022-03-08", "2022-05-07"));
        app.clock.set_day("2022-03-20");
        app.run_jobs().await;
        assert_eq!((status_of(app, &number).await.as_str(), listing_status(&seller, &listing).await.as_str()), ("valid", "on_sale"));
        let renewed = certified(app, &offices, &id).await;
        assert_eq!(renewed, "NX-2022-00001");
        assert_eq!((status_of(app, &number).await.as_str(), status_of(app, &renewed).await.as_str()), ("expired", "valid"));
        assert_eq!(listing_status(&seller, &listing).await, "on_sale");
        assert_eq!(seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/certificate_number"), renewed);
    }

    async fn a_renewal_that_leads_to_nothing_ends_the_grace(app) {
        let offices = offices(app).await;
        let (seller, listing, number, _) = on_sale(app, &offices, "枸杞").await;
        app.clock.set_day("2022-03-01");
        let drafted = seller.post(&format!("/api/v1/certificates/{number}/renewals"), json!({})).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        app.clock.set_day("2022-03-21");
        let now = version(&offices.county, &id).await;
        let no = json!({ "decision": "reject", "reason_code": "linkage_not_shown", "opinion": "带贫协议已终止" });
        ask_review(&offices.county, &id, now, no).expect(200).await;
        assert_eq!((status_of(app, &number).await.as_str(), listing_status(&seller, &listing).await.as_str()), ("expired", "withdrawn"));
        // Without an answer the grace ends by itself.
        let (other, offered, second, _) = on_sale(app, &offices, "黄花菜").await;
        app.clock.set_day("2023-03-20");
        let drafted = other.post(&format!("/api/v1/certificates/{second}/renewals"), json!({})).expect(201).await;
        let id = with_evidence(app, &other, &drafted).await;
        other.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        let until = app.get(&format!("/api/v1/certificates/{second}")).expect(200).await.str("/in_force_until");
        app.clock.set_day(&until);
        app.run_jobs().await;
        assert_eq!(listing_status(&other, &offered).await, "on_sale");
        app.clock.advance(std::time::Duration::from_secs(86_400));
        app.run_jobs().await;
        assert_eq!((status_of(app, &second).await.as_str(), listing_status(&other, &offered).await.as_str()), ("expired", "withdrawn"));
    }

    async fn numbers_have_no_gaps(app) {
        let offices = offices(app).await;
        let mut ids = Vec::new();
        for name in ["枸杞", "黄花菜", "马铃薯"] {
            let seller = cooperative(app, name).await;
            ids.push(submitted(app, &seller, name).await);
        }
        for id in &ids {
            approve(&offices.county, id).await;
        }
        app.clock.set_day("2021-03-09");
        for id in &ids {
            approve(&offices.prefecture, id).await;
        }
        // A refused approval takes no number.
        ask_review(&offices.province, &ids[0], 1, json!({ "decision": "approve" })).refused("stale_version").await;
        let mut versions = Vec::new();
        for id in &ids {
            versions.push(version(&offices.province, id).await);
        }
        let all = ids.iter().zip(versions).map(|(id, version)| ask_review(&offices.province, id, version, json!({ "decision": "approve" })).send());
        for answer in futures_util::future::join_all(all).await {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let listed = app.get("/api/v1/certificates?county=640303").expect(200).await.json();
        let numbers: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|c| c["number"].as_str().unwrap()).collect();
        assert_eq!(numbers, ["NX-2021-00001", "NX-2021-00002", "NX-2021-00003"]);
    }
}
