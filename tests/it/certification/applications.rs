//! From the draft to the certificate: evidence, reviews, notices, objections.

use super::*;

on_both! {
    async fn the_whole_way_ends_in_a_number(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡枸杞合作社").await;
        let id = submitted(app, &seller, "红寺堡枸杞").await;
        // Ten working days from Monday 1 March, by the rule row named.
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/due_on").as_str(), seen.str("/office").as_str()), ("2021-03-15", "640303"));
        assert!(seen.str("/due_rule_id").starts_with("rul_"));
        let waiting = offices.county.get(&format!("{APPLICATIONS}?waiting_for_me=true")).expect(200).await;
        assert_eq!(waiting.str("/items/0/id"), id);
        assert_eq!(offices.prefecture.get(&format!("{APPLICATIONS}?waiting_for_me=true")).expect(200).await.json()["items"], json!([]));
        let noticed = approve(&offices.county, &id).await;
        assert_eq!((noticed.str("/state").as_str(), noticed.str("/due_on").as_str()), ("in_notice", "2021-03-08"));
        let public = app.get("/api/v1/public-notices?status=open&county=640303").expect(200).await;
        assert_eq!((public.str("/items/0/product_name").as_str(), public.str("/items/0/ends_at").as_str()), ("红寺堡枸杞", "2021-03-09T00:00:00.000+08:00"));
        // Until midnight nobody goes on.
        app.clock.set("2021-03-08T23:59:59.999+08:00".parse().unwrap());
        let early = version(&offices.prefecture, &id).await;
        ask_review(&offices.prefecture, &id, early, json!({ "decision": "approve" })).refused("notice_running").await;
        app.clock.set_day("2021-03-09");
        app.run_jobs().await;
        let seen = offices.prefecture.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/step").as_str(), seen.str("/due_on").as_str()), ("in_review", "prefecture_review", "2021-03-23"));
        assert_eq!(approve(&offices.prefecture, &id).await.str("/step"), "provincial_recheck");
        assert_eq!(approve(&offices.province, &id).await.str("/state"), "approved");
        let certificate = app.get("/api/v1/certificates/NX-2021-00001").expect(200).await;
        assert_eq!((certificate.str("/status").as_str(), certificate.str("/valid_from").as_str(), certificate.str("/valid_until").as_str()), ("valid", "2021-03-09", "2022-03-08"));
        assert_eq!((certificate.str("/supplier_name").as_str(), certificate.str("/county/name").as_str(), certificate.str("/origins/0/code").as_str()), ("红寺堡枸杞合作社", "红寺堡区", "640303"));
        assert_eq!(app.get("/api/v1/certificates?batch=NX-2021-03").expect(200).await.str("/items/0/number"), "NX-2021-00001");
        app.get("/api/v1/certificates/NX-2021-00002").expect(404).await;
        let detail = offices.province.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        let steps: Vec<&str> = detail["reviews"].as_array().unwrap().iter().map(|r| r["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["county_review", "prefecture_review", "provincial_recheck"]);
        assert_eq!(detail["reviews"][1]["reviewer"], json!(offices.prefecture.user_id.to_string()));
        // The number is shown on the listing that it entitles.
        let listing = crate::catalogue::list(&seller, seen.json()["product_id"].as_str().unwrap(), 5000).await;
        assert_eq!(app.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/certificate_number"), "NX-2021-00001");
    }

    async fn who_may_apply(app) {
        let scheme = scheme(app).await;
        let apply = |product: &str| json!({ "scheme_id": scheme, "product_id": product });
        let stranger = app.new_person(OrgKind::Cooperative, "640303", &[Role::Seller]).await;
        let own = product(&stranger, "枸杞", "640303").await;
        stranger.post(APPLICATIONS, apply(&own)).refused("supplier_not_admitted").await;
        let seller = cooperative(app, "合作社").await;
        seller.post(APPLICATIONS, apply(&own)).refused("not_found").await;
        let trader = supplier(app, OrgKind::AgentTrader, "640303", "代理商").await;
        let traded = product(&trader, "枸杞", "640303").await;
        trader.post(APPLICATIONS, apply(&traded)).refused("applicant_not_allowed").await;
        // 福州马尾 is outside the scheme, 银川兴庆 has no poverty-alleviation task.
        for county in ["350105", "640104"] {
            let far = supplier(app, OrgKind::Cooperative, county, county).await;
            let goods = product(&far, "米", "640303").await;
            far.post(APPLICATIONS, apply(&goods)).refused("county_not_eligible").await;
        }
        let goods = product(&seller, "枸杞", "640303").await;
        let first = seller.post(APPLICATIONS, apply(&goods)).expect(201).await;
        let second = seller.post(APPLICATIONS, apply(&goods)).refused("already_exists").await;
        assert_eq!(second.str("/existing"), first.id());
        seller.post(&format!("{APPLICATIONS}/{}/withdrawal", first.id()), json!({})).expect(200).await;
        seller.post(APPLICATIONS, apply(&goods)).expect(201).await;
    }

    async fn evidence_is_complete_before_anybody_reviews(app) {
        let seller = cooperative(app, "合作社").await;
        let other = cooperative(app, "另一合作社").await;
        let goods = product(&seller, "枸杞", "640303").await;
        let id = seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": goods })).expect(201).await.id();
        let (evidence, submission) = (format!("{APPLICATIONS}/{id}/evidence"), format!("{APPLICATIONS}/{id}/submission"));
        let missing = seller.post(&submission, json!({})).refused("evidence_missing").await;
        // The product carries a mark, whose certificate is missing too.
        assert_eq!(missing.pointers(), ["/elements/quality", "/elements/price", "/elements/linkage", "/elements/quality"]);
        let (own, foreign) = (file(app, &seller).await, file(app, &other).await);
        assert_eq!(seller.post(&evidence, quality(&foreign)).refused("validation_failed").await.pointers(), ["/file_ids/0"]);
        let mut both = price();
        both["quality"] = quality(&own)["quality"].clone();
        assert_eq!(seller.post(&evidence, both).refused("validation_failed").await.pointers(), ["/quality"]);
        // A failed check digit and an unknown region are for the reviewer to look at.
        let mut doubtful = quality(&own);
        doubtful["quality"]["number"] = json!("SC10199032300018");
        assert_eq!(seller.post(&evidence, doubtful).expect(201).await.json()["warnings"].as_array().unwrap().len(), 2);
        let mut short = quality(&own);
        short["quality"]["number"] = json!("SC123");
        assert_eq!(seller.post(&evidence, short).refused("validation_failed").await.pointers(), ["/quality/number"]);
        seller.post(&evidence, price()).expect(201).await;
        assert_eq!(seller.post(&submission, json!({})).refused("evidence_missing").await.pointers(), ["/elements/linkage"]);
        other.post(&evidence, price()).expect(404).await;
        other.get(&format!("{APPLICATIONS}/{id}")).expect(404).await;
        seller.post(&evidence, linkage(&household_list(&seller).await, 5)).expect(201).await;
        seller.post(&submission, json!({})).expect(200).await;
        seller.post(&evidence, price()).refused("wrong_state").await;
        seller.post(&submission, json!({})).refused("wrong_state").await;
    }

    async fn each_step_belongs_to_its_office_and_each_person_to_one_step(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        let now = version(&offices.county, &id).await;
        let yes = json!({ "decision": "approve" });
        ask_review(&offices.prefecture, &id, now, yes.clone()).refused("forbidden").await;
        ask_review(&offices.county, &id, now + 1, yes.clone()).refused("stale_version").await;
        offices.county.post(&format!("{APPLICATIONS}/{id}/reviews"), yes.clone()).refused("if_match_required").await;
        let yanchi = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        ask_review(&yanchi, &id, now, yes.clone()).refused("not_found").await;
        yanchi.get(&format!("{APPLICATIONS}/{id}")).expect(404).await;
        ask_review(&offices.county, &id, now, json!({ "decision": "reject", "opinion": "价格偏高" })).refused("validation_failed").await;
        ask_review(&offices.county, &id, now, json!({ "decision": "return" })).refused("validation_failed").await;
        ask_review(&offices.county, &id, now, yes.clone()).expect(200).await;
        // The same person, moved to the prefecture's office, may not decide there too.
        let (user, org) = (offices.county.user_id, offices.prefecture.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Reviewer])).await.unwrap();
        app.clock.set_day("2021-03-09");
        let now = version(&offices.prefecture, &id).await;
        ask_review(&offices.county, &id, now, yes.clone()).header("yigou-organisation", &org.to_string()).refused("separation_of_duties").await;
        ask_review(&offices.prefecture, &id, now, yes).expect(200).await;
    }

    async fn a_return_goes_back_to_the_step_that_returned_it(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
        let (_, after) = notice(&offices.county, &id).await;
        app.clock.set_day(&after);
        let give_back = json!({ "decision": "return", "opinion": "请补充带贫协议" });
        let now = version(&offices.prefecture, &id).await;
        ask_review(&offices.prefecture, &id, now, give_back.clone()).expect(200).await;
        let mails = app.mails().await;
        let submission = format!("{APPLICATIONS}/{id}/submission");
        let again = seller.post(&submission, json!({})).expect(200).await;
        assert_eq!((again.str("/state").as_str(), again.str("/step").as_str(), again.int("/round")), ("in_review", "prefecture_review", 2));
        assert!(mails.iter().all(|mail| mail.to != seller.email || mail.text.contains("带贫协议")));
        // A second piece beside what the notice rested on starts the notice again.
        let now = version(&offices.prefecture, &id).await;
        ask_review(&offices.prefecture, &id, now, give_back.clone()).expect(200).await;
        let list = household_list(&seller).await;
        seller.post(&format!("{APPLICATIONS}/{id}/evidence"), linkage(&list, 3)).expect(201).await;
        assert_eq!(seller.post(&submission, json!({})).expect(200).await.str("/state"), "in_notice");
        let (_, after) = notice(&offices.county, &id).await;
        app.clock.set_day(&after);
        // Replacing it does so too.
        let now = version(&offices.prefecture, &id).await;
        ask_review(&offices.prefecture, &id, now, give_back).expect(200).await;
        let shown = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        let old = shown["evidence"].as_array().unwrap().iter().find(|e| e["element"] == "price").unwrap()["id"].clone();
        let mut correction = price();
        correction["price"]["like_price_fen"] = json!(2980);
        correction["replaces"] = old.clone();
        seller.post(&format!("{APPLICATIONS}/{id}/evidence"), correction.clone()).expect(201).await;
        assert_eq!(seller.post(&format!("{APPLICATIONS}/{id}/evidence"), correction).refused("validation_failed").await.pointers(), ["/replaces"]);
        assert_eq!(seller.post(&submission, json!({})).expect(200).await.str("/state"), "in_notice");
        // Rejection ends it; the product may be applied for anew.
        let (_, after) = notice(&offices.county, &id).await;
        app.clock.set_day(&after);
        let now = version(&offices.prefecture, &id).await;
        let no = json!({ "decision": "reject", "reason_code": "price_above_like_goods", "opinion": "价格高于同类" });
        assert_eq!(ask_review(&offices.prefecture, &id, now, no).expect(200).await.str("/state"), "rejected");
        seller.post(&submission, json!({})).refused("wrong_state").await;
        let body = json!({ "scheme_id": scheme(app).await, "product_id": shown["product_id"] });
        seller.post(APPLICATIONS, body).expect(201).await;
    }

    async fn objections_hold_the_next_step_back(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
        let (first, after) = notice(&offices.county, &id).await;
        let object = |notice: &str| app.post(&format!("/api/v1/public-notices/{notice}/objections"), json!({ "contact": "王某 13800000000", "text": "该产品并非本地生产" }));
        let receipt = object(&first).expect(201).await;
        assert!(receipt.json().get("contact").is_none());
        let groundless = object(&first).expect(201).await.id();
        app.clock.set_day(&after);
        object(&first).refused("expired").await;
        app.run_jobs().await;
        let now = version(&offices.prefecture, &id).await;
        ask_review(&offices.prefecture, &id, now, json!({ "decision": "approve" })).refused("objection_open").await;
        // Neither the public nor the applicant nor a higher office reads the contact.
        let listed = offices.prefecture.get("/api/v1/objections?status=open").expect(200).await.json();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["contact"]), (2, &Value::Null));
        assert_eq!(offices.county.get("/api/v1/objections").expect(200).await.str("/items/0/contact"), "王某 13800000000");
        assert!(!seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.text().contains("13800000000"));
        assert!(!app.get("/api/v1/public-notices").expect(200).await.text().contains("13800000000"));
        let decide = |by: &Person, id: &str, body: Value| by.post(&format!("/api/v1/objections/{id}/decisions"), body);
        decide(&offices.prefecture, &groundless, json!({ "decision": "dismiss", "reason": "查无此事" })).refused("forbidden").await;
        assert_eq!(decide(&offices.county, &groundless, json!({ "decision": "uphold", "reason": "属实" })).refused("validation_failed").await.pointers(), ["/consequence"]);
        decide(&offices.county, &groundless, json!({ "decision": "dismiss", "reason": "查无此事" })).expect(200).await;
        decide(&offices.county, &groundless, json!({ "decision": "dismiss", "reason": "再次" })).refused("wrong_state").await;
        verified(&offices.county, &receipt.id()).await;
        decide(&offices.county, &receipt.id(), json!({ "decision": "uphold", "reason": "部分属实", "consequence": "return" })).expect(200).await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/step").as_str()), ("returned", "county_review"));
        assert_eq!(seen.str("/notices/0/status"), "stopped");
        // The county reviews again, the same reviewer may, and there is a new notice.
        seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        approve(&offices.county, &id).await;
        let (second, _) = notice(&offices.county, &id).await;
        assert_ne!(first, second);
        object(&first).refused("expired").await;
    }

    async fn a_correction_during_the_notice_starts_it_again(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
        app.clock.set_day("2021-03-05");
        let evidence = format!("{APPLICATIONS}/{id}/evidence");
        seller.post(&evidence, price()).refused("wrong_state").await;
        let shown = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        let mut correction = price();
        correction["replaces"] = shown["evidence"].as_array().unwrap().iter().find(|e| e["element"] == "price").unwrap()["id"].clone();
        seller.post(&evidence, correction).expect(201).await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        let notices: Vec<(String, String)> = seen.json()["notices"].as_array().unwrap().iter()
            .map(|n| (n["status"].as_str().unwrap().to_owned(), n["ends_on"].as_str().unwrap().to_owned())).collect();
        assert_eq!(notices, [("restarted".to_owned(), "2021-03-08".to_owned()), ("open".to_owned(), "2021-03-12".to_owned())]);
    }

    async fn what_was_announced_is_never_cut_short(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        app.clock.set_day("2026-12-26");
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
        // Seven days end on a Saturday, of which nobody knows yet that it will be worked.
        let (_, after) = notice(&offices.county, &id).await;
        assert_eq!(after, "2027-01-05");
        let file = "region,date,kind,name\n000000,2027-01-01,off,元旦\n000000,2027-01-02,work,元旦\n640000,2027-03-10,off,开斋节\n";
        let lines = yigou::regions::parse_calendar(file.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        assert_eq!((&seen["notices"][0]["ends_on"], &seen["due_provisional"]), (&json!("2027-01-04"), &json!(false)));
    }

    async fn no_reviewer_loses_days_that_were_promised(app) {
        offices(app).await;
        let seller = cooperative(app, "合作社").await;
        app.clock.set_day("2026-12-28");
        let id = submitted(app, &seller, "枸杞").await;
        let due = async || {
            let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
            (seen["due_on"].clone(), seen["due_provisional"].clone())
        };
        assert_eq!(due().await, (json!("2027-01-11"), json!(true)));
        // A Saturday is worked: counted anew, the tenth day would be the one before the last.
        let file = "region,date,kind,name\n000000,2027-01-02,work,元旦\n640000,2026-05-01,off,劳动节\n640000,2027-03-10,off,开斋节\n";
        let lines = yigou::regions::parse_calendar(file.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        assert_eq!(due().await, (json!("2027-01-11"), json!(false)));
    }

    async fn a_deadline_is_recomputed_when_its_year_is_loaded(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        app.clock.set_day("2026-12-28");
        let id = submitted(app, &seller, "枸杞").await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        assert_eq!((&seen["due_on"], &seen["due_provisional"]), (&json!("2027-01-11"), &json!(true)));
        let file = "region,date,kind,name\n000000,2027-01-01,off,元旦\n640000,2026-05-01,off,劳动节\n640000,2027-03-10,off,开斋节\n";
        let lines = yigou::regions::parse_calendar(file.as_bytes()).unwrap();
        app.write(move |tx| yigou::regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        app.run_jobs().await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        assert_eq!((&seen["due_on"], &seen["due_provisional"]), (&json!("2027-01-12"), &json!(false)));
        assert_eq!(offices.county.get(&format!("{APPLICATIONS}?state=in_review")).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
    }
}
