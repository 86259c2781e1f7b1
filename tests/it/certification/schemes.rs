//! Schemes as data: founded, dated in editions and ended by offices; what is under way keeps what it was handed in under.

use super::*;

const SCHEMES: &str = "/api/v1/schemes";

fn step(key: &str, kind: &str, level: &str) -> Value {
    json!({ "key": key, "kind": kind, "level": level })
}

/// From the village's opinion to the filing at the province.
fn whole() -> Vec<Value> {
    vec![
        step("village_opinion", "opinion", "village"),
        json!({ "key": "township_opinion", "kind": "opinion", "level": "township", "days": 3 }),
        step("county_review", "review", "county"),
        json!({ "key": "county_notice", "kind": "notice", "level": "county", "days": 5 }),
        step("prefecture_review", "review", "prefecture"),
        json!({ "key": "provincial_filing", "kind": "filing", "level": "province", "days": 5 }),
    ]
}

fn edition(from: &str, steps: &[Value]) -> Value {
    json!({ "effective_from": from, "steps": steps, "kinds": ["cooperative", "village_collective"], "validity_days": 730,
        "renewal_window_days": 30, "source": "宁乡振发〔2021〕12号" })
}

fn founding(from: &str, steps: &[Value]) -> Value {
    json!({ "name": "宁夏消费帮扶产品认定", "region_code": "640000", "number_prefix": "NXB-", "edition": edition(from, steps) })
}

fn apply(scheme: &str, product: &str) -> Value {
    json!({ "scheme_id": scheme, "product_id": product })
}

async fn hand_in(seller: &Person, id: &str) -> Answered {
    seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await
}

async fn decide(reviewer: &Person, id: &str, body: Value) -> Answered {
    let version = version(reviewer, id).await;
    ask_review(reviewer, id, version, body).expect(200).await
}

on_both! {
    async fn a_founded_scheme_is_gone_through_from_village_to_filing(app) {
        let offices = offices(app).await;
        let office = |region: &'static str| app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]);
        let (village, township) = (office("640303100201").await, office("640303100").await);
        let founded = offices.province.post(SCHEMES, founding("2021-03-02", &whole())).expect(201).await;
        let scheme = founded.id();
        let seller = supplier(app, OrgKind::Cooperative, "640303100201", "村里的合作社").await;
        let goods = product(&seller, "黄花菜", "640303").await;
        // It takes applications from its first day on.
        seller.post(APPLICATIONS, apply(&scheme, &goods)).refused("county_not_eligible").await;
        app.clock.set_day("2021-03-02");
        let drafted = seller.post(APPLICATIONS, apply(&scheme, &goods)).expect(201).await;
        let id = with_evidence(app, &seller, &drafted).await;
        assert_eq!(hand_in(&seller, &id).await.str("/office"), "640303100201");
        // An opinion may speak against, with words, and decides nothing.
        let version = version(&village, &id).await;
        let refused = ask_review(&village, &id, version, json!({ "decision": "reject", "reason_code": "other", "opinion": "不同意" })).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/decision"]);
        ask_review(&village, &id, version, json!({ "decision": "object" })).refused("validation_failed").await;
        let after = decide(&village, &id, json!({ "decision": "object", "opinion": "产量不足" })).await;
        assert_eq!((after.str("/step").as_str(), after.str("/due_on").as_str()), ("township_opinion", "2021-03-05"));
        approve(&township, &id).await;
        let noticed = approve(&offices.county, &id).await;
        assert_eq!((noticed.str("/state").as_str(), noticed.str("/due_on").as_str()), ("in_notice", "2021-03-08"));
        app.clock.set_day("2021-03-09");
        let filed = approve(&offices.prefecture, &id).await;
        assert_eq!((filed.str("/state").as_str(), filed.str("/step").as_str(), filed.str("/due_on").as_str()), ("in_review", "provincial_filing", "2021-03-16"));
        let version = self::version(&offices.province, &id).await;
        ask_review(&offices.province, &id, version, json!({ "decision": "return", "opinion": "补材料" })).refused("validation_failed").await;
        // Nobody takes note: the filing passes when its days are over, and who approved last answers for the certificate.
        app.clock.set_day("2021-03-16");
        app.run_jobs().await;
        assert_eq!(seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/state"), "in_review");
        app.clock.set_day("2021-03-17");
        app.run_jobs().await;
        let seen = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/certificate_number").as_str()), ("approved", "NXB-2021-00001"));
        let certificate = app.get("/api/v1/certificates/NXB-2021-00001").expect(200).await;
        assert_eq!((certificate.str("/valid_until").as_str(), certificate.str("/scheme_name").as_str()), ("2023-03-16", "宁夏消费帮扶产品认定"));
        // Its own window of thirty days.
        app.clock.set_day("2023-02-14");
        seller.post("/api/v1/certificates/NXB-2021-00001/renewals", json!({})).refused("wrong_state").await;
        app.clock.set_day("2023-02-15");
        seller.post("/api/v1/certificates/NXB-2021-00001/renewals", json!({})).expect(201).await;
    }

    async fn an_edition_changes_nothing_for_what_was_handed_in(app) {
        let offices = offices(app).await;
        let steps = [step("county_review", "review", "county"), step("province_review", "review", "province")];
        let scheme = offices.province.post(SCHEMES, founding("2021-03-02", &steps)).expect(201).await.id();
        app.clock.set_day("2021-03-02");
        let seller = cooperative(app, "合作社").await;
        let mut drafts = Vec::new();
        for name in ["枸杞", "黄花菜"] {
            let goods = product(&seller, name, "640303").await;
            let drafted = seller.post(APPLICATIONS, apply(&scheme, &goods)).expect(201).await;
            drafts.push(with_evidence(app, &seller, &drafted).await);
        }
        let (early, late) = (drafts[0].clone(), drafts[1].clone());
        hand_in(&seller, &early).await;
        let path = format!("{SCHEMES}/{scheme}/editions");
        let only_county = [step("county_review", "review", "county")];
        let dated = offices.province.post(&path, edition("2021-03-10", &only_county)).if_match(1).expect(200).await;
        assert_eq!((dated.json()["edition"].clone(), dated.json()["editions"][1]["edition"].clone()), (json!(1), json!(2)));
        offices.province.post(&path, edition("2021-03-20", &only_county)).if_match(1).refused("stale_version").await;
        let refused = offices.province.post(&path, edition("2021-03-10", &only_county)).if_match(2).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/effective_from"]);
        app.clock.set_day("2021-03-10");
        assert_eq!(app.get(SCHEMES).expect(200).await.json()["items"].as_array().unwrap().iter().find(|s| s["id"] == json!(scheme)).unwrap()["edition"], json!(2));
        // What was handed in before goes the way of its own edition; the draft that is handed in now goes the new one.
        assert_eq!(approve(&offices.county, &early).await.str("/step"), "province_review");
        hand_in(&seller, &late).await;
        let done = approve(&offices.county, &late).await;
        assert_eq!((done.str("/state").as_str(), done.json()["edition"].clone()), ("approved", json!(2)));
        assert_eq!(approve(&offices.province, &early).await.json()["edition"], json!(1));
        // Ended, it takes no more; what is under way goes on.
        let goods = product(&seller, "土豆", "640303").await;
        let under_way = seller.post(APPLICATIONS, apply(&scheme, &goods)).expect(201).await;
        let id = with_evidence(app, &seller, &under_way).await;
        hand_in(&seller, &id).await;
        let ending = format!("{SCHEMES}/{scheme}/endings");
        offices.province.post(&ending, json!({ "valid_to": "2021-03-10" })).if_match(2).refused("validation_failed").await;
        offices.province.post(&ending, json!({ "valid_to": "2021-03-11" })).if_match(2).expect(200).await;
        app.clock.set_day("2021-03-11");
        let goods = product(&seller, "荞麦", "640303").await;
        seller.post(APPLICATIONS, apply(&scheme, &goods)).refused("county_not_eligible").await;
        assert_eq!(approve(&offices.county, &id).await.str("/state"), "approved");
        offices.province.post(&ending, json!({ "valid_to": "2021-04-01" })).if_match(3).refused("wrong_state").await;
        offices.province.post(&path, edition("2021-04-10", &only_county)).if_match(3).refused("expired").await;
    }

    async fn an_office_rules_over_schemes_of_its_own_region_only(app) {
        let offices = offices(app).await;
        offices.county.post(SCHEMES, founding("2021-03-02", &whole())).refused("forbidden").await;
        let far = app.new_person(OrgKind::PovertyOffice, "650000", &[Role::Reviewer]).await;
        far.post(SCHEMES, founding("2021-03-02", &whole())).refused("forbidden").await;
        let default = scheme(app).await;
        for office in [&far, &offices.county] {
            office.post(&format!("{SCHEMES}/{default}/editions"), edition("2021-03-02", &whole())).if_match(1).refused("forbidden").await;
            office.post(&format!("{SCHEMES}/{default}/endings"), json!({ "valid_to": "2021-03-02" })).if_match(1).refused("forbidden").await;
        }
        // A county's scheme gives no work to offices above it, and everything that is wrong is said at once.
        let mut body = founding("2021-03-01", &whole());
        body["region_code"] = json!("640303");
        body["edition"]["kinds"] = json!(["budget_unit"]);
        let refused = offices.county.post(SCHEMES, body).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/steps/4/level", "/steps/5/level", "/kinds/0"]);
        let mut body = founding("2021-03-02", &whole());
        body["number_prefix"] = json!("NX-");
        assert_eq!(offices.province.post(SCHEMES, body).refused("already_exists").await.pointers(), ["/number_prefix"]);
        offices.province.post(&format!("{SCHEMES}/{default}/endings"), json!({ "valid_to": "2021-03-02" })).expect(428).await;
    }
}
