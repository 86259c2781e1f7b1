//! An office submits a list and learns the matches of its region.

use super::*;

const MATCHES: &str = "/api/v1/household-matches";

on_both! {
    async fn an_office_learns_the_matches_of_its_region(app) {
        let scene = Scene::set(app).await;
        let list = scene.first.file(2021, vec![row("NX000001", "wage"), row("NX000001", "asset")]).await.id();
        let far = producer(app, "640303", "红寺堡合作社").await;
        far.file(2021, vec![row("NX000001", "business"), row("NX000002", "business")]).await;
        let ask = |person: &Person| person.post(MATCHES, json!({ "reason": "核对监测户", "identities": ["NX000002", "ｎｘ ０００００１", "NX000003", "NX000001"] }));
        let found = ask(&scene.county).expect(200).await.json();
        let kinds = |found: &Value, index: usize| found["items"][index]["claims"].as_array().unwrap().iter()
            .map(|claim| claim["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((kinds(&found, 0), kinds(&found, 1), kinds(&found, 2)), (vec![], vec!["wage".to_owned(), "asset".to_owned()], vec![]));
        assert_eq!((&found["matched"], &found["items"][1], &found["items"][3]["claims"]), (&json!(2), &found["items"][1], &found["items"][1]["claims"]));
        assert_eq!((&found["items"][1]["claims"][0]["list_id"], &found["items"][1]["claims"][0]["supplier_name"]), (&json!(list), &json!("甲合作社")));
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let found = ask(&auditor).expect(200).await.json();
        assert_eq!((kinds(&found, 0).len(), kinds(&found, 1).len(), &found["matched"]), (1, 3, &json!(3)));
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        assert_eq!(ask(&elsewhere).expect(200).await.int("/matched"), 0);
        ask(&scene.first.seller).refused("forbidden").await;
        // Every look is in the trail, with its reason and numbers.
        let subject = scene.county.org_id.to_string();
        let past = app.read(move |read| yigou::audit::history(read, &subject)).await.unwrap();
        let looked: Vec<&str> = past.iter().filter(|past| past.action == "households.matched").map(|past| past.details.as_str()).collect();
        assert_eq!(looked.len(), 1);
        let details: Value = serde_json::from_str(looked[0]).unwrap();
        assert_eq!(details, json!({ "reason": "核对监测户", "asked": 4, "matched": 2 }));
        // What is no number is named, a reason is needed, and nothing is remembered under a key.
        let wrong = scene.county.post(MATCHES, json!({ "reason": "核对", "identities": ["NX000001", "110105194912310021", "户户户户"] }));
        assert_eq!(wrong.refused("validation_failed").await.pointers(), ["/identities/1", "/identities/2"]);
        assert_eq!(scene.county.post(MATCHES, json!({ "identities": ["NX000001"] })).refused("validation_failed").await.pointers(), ["/reason"]);
        let keyed = || scene.county.bare_post(MATCHES, json!({ "reason": "核对", "identities": ["NX000001"] })).key("same");
        keyed().expect(200).await;
        assert_eq!(keyed().expect(200).await.header("idempotency-replayed"), None);
    }
}
