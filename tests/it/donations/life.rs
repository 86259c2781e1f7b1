//! The life of a declaration: three offices, returned and submitted again, rejected, withdrawn.

use super::*;
use crate::linkage::{all, told};

/// What of a person's tasks is about declarations.
async fn tasks(person: &Person) -> Vec<(String, String)> {
    let tasks = all(person, "/api/v1/tasks?limit=200").await;
    let text = |task: &Value, name: &str| task[name].as_str().unwrap().to_owned();
    tasks.iter().map(|task| (text(task, "kind"), text(task, "subject"))).collect()
}

on_both! {
    async fn three_offices_verify_one_after_another(app) {
        let scene = Scene::set(app).await;
        app.reachable(&scene.organiser).await;
        let ask = scene.organiser.bare_post(ACTIVITIES, scene.body()).key("declared-once");
        let declared = ask.clone().expect(201).await;
        let id = declared.id();
        assert_eq!((declared.str("/state"), declared.str("/waits_for_region")), ("at_village".to_owned(), VILLAGE.to_owned()));
        assert_eq!(["/units", "/cadres", "/households", "/amount_fen"].map(|at| declared.int(at)), [1, 1, 1, 12_000]);
        let again = ask.expect(201).await;
        assert_eq!((again.header("idempotency-replayed"), again.id()), (Some("true"), id.clone()));
        let offices = [(&scene.village, "at_township"), (&scene.township, "at_county"), (&scene.county, "verified")];
        for (n, (office, next)) in offices.into_iter().enumerate() {
            for (other, _) in offices.iter().enumerate().filter(|(m, _)| *m != n).map(|(_, other)| other) {
                decide(other, ACTIVITIES, &id, "verify").await.refused("forbidden").await;
                assert_eq!(tasks(other).await, []);
            }
            assert_eq!(tasks(office).await, [("verify_declaration".to_owned(), id.clone())]);
            let version = office.get(&format!("{ACTIVITIES}/{id}")).expect(200).await.version();
            let path = format!("{ACTIVITIES}/{id}/verifications");
            office.post(&path, json!({ "decision": "verify" })).if_match(version + 1).refused("stale_version").await;
            let done = office.post(&path, json!({ "decision": "verify" })).if_match(version).expect(200).await;
            assert_eq!(done.str("/state"), next);
            assert_eq!(tasks(office).await, []);
        }
        let detail = scene.organiser.get(&format!("{ACTIVITIES}/{id}")).expect(200).await;
        assert_eq!((detail.int("/counted_fen"), detail.int("/entries/0/amount_fen")), (12_000, 12_000));
        let history: Vec<(String, Value)> = detail.json()["history"].as_array().unwrap().iter()
            .map(|step| (step["event"].as_str().unwrap().to_owned(), step["level"].clone())).collect();
        let expected = [("declared", Value::Null), ("submitted", Value::Null), ("verified", json!("village")),
            ("verified", json!("township")), ("verified", json!("county"))];
        assert_eq!(history, expected.map(|(event, level)| (event.to_owned(), level)));
        // Nothing more is done to it, by anybody.
        decide(&scene.county, ACTIVITIES, &id, "reject").await.refused("wrong_state").await;
        change(&scene.organiser, ACTIVITIES, &id, "withdrawals", json!({})).await.refused("wrong_state").await;
        change(&scene.organiser, ACTIVITIES, &id, "submission", json!({})).await.refused("wrong_state").await;
        change(&scene.organiser, ACTIVITIES, &id, "amendments", scene.body()).await.refused("wrong_state").await;
        let mails = app.mails().await;
        let last = mails.iter().rfind(|mail| mail.to == scene.organiser.email).unwrap();
        assert!(last.subject.contains("以购代捐活动核验") && last.text.contains("已通过县（区）核验"), "{last:?}");
        let verified = ["declared", "submitted", "verified", "verified", "verified"].map(|event| format!("donation_activity.{event}"));
        assert_eq!(told(app, &scene.county, &id).await, verified);
        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await;
        assert_eq!(told(app, &stranger, &id).await, Vec::<String>::new());
    }

    async fn what_is_returned_is_amended_and_goes_through_all_offices_again(app) {
        let scene = Scene::set(app).await;
        app.reachable(&scene.organiser).await;
        let id = scene.submitted(scene.body()).await;
        decide(&scene.village, ACTIVITIES, &id, "verify").await.expect(200).await;
        let version = scene.township.get(&format!("{ACTIVITIES}/{id}")).expect(200).await.version();
        let path = format!("{ACTIVITIES}/{id}/verifications");
        let without = scene.township.post(&path, json!({ "decision": "return" })).if_match(version);
        assert_eq!(without.refused("validation_failed").await.pointers(), ["/reason"]);
        decide(&scene.township, ACTIVITIES, &id, "return").await.expect(200).await;
        assert!(app.mails().await.iter().any(|mail| mail.to == scene.organiser.email && mail.text.contains("金额与凭证不符")));
        assert_eq!(tasks(&scene.organiser).await, [("amend_declaration".to_owned(), id.clone())]);
        let mut body = scene.body();
        body["items"] = json!([item("NX000001", "registered_poor", 10_000), item("NX000002", "general", 500)]);
        body["submit"] = json!(false);
        let amended = change(&scene.organiser, ACTIVITIES, &id, "amendments", body).await.expect(200).await;
        assert_eq!((amended.str("/state"), amended.int("/edition"), amended.int("/amount_fen")), ("returned".to_owned(), 2, 10_500));
        // The same people of the offices decide about what was submitted anew.
        let submitted = change(&scene.organiser, ACTIVITIES, &id, "submission", json!({})).await.expect(200).await;
        assert_eq!(submitted.str("/state"), "at_village");
        assert_eq!(tasks(&scene.village).await.len(), 1);
        scene.verify(ACTIVITIES, &id).await;
        let detail = scene.county.get(&format!("{ACTIVITIES}/{id}")).expect(200).await;
        assert_eq!((detail.str("/state"), detail.int("/counted_fen"), detail.int("/households")), ("verified".to_owned(), 10_500, 2));
    }

    async fn offices_that_are_not_there_are_passed_over(app) {
        let organiser = app.new_person(OrgKind::EnterpriseBuyer, "350181", &[Role::Manager]).await;
        let (proof, township) = (proof(&organiser).await, office(app, TOWNSHIP).await);
        let (county, province) = (office(app, "640323").await, office(app, "640000").await);
        let id = organiser.post(ACTIVITIES, declaration(&proof)).expect(201).await.id();
        assert_eq!(state(&organiser, ACTIVITIES, &id).await, "at_township");
        // The offices read the proof, although it is an organisation's of another province.
        for reader in [&township, &county, &province] {
            reader.get(&format!("/api/v1/files/{proof}")).expect(200).await;
        }
        office(app, "640324").await.get(&format!("/api/v1/files/{proof}")).expect(404).await;
        decide(&province, ACTIVITIES, &id, "verify").await.refused("forbidden").await;
        decide(&township, ACTIVITIES, &id, "verify").await.expect(200).await;
        decide(&county, ACTIVITIES, &id, "verify").await.expect(200).await;
        // Where the county has no office, the nearest one above takes its step.
        let mut body = declaration(&proof);
        body["region_code"] = json!("640522");
        let far = organiser.post(ACTIVITIES, body).expect(201).await.id();
        let detail = province.get(&format!("{ACTIVITIES}/{far}")).expect(200).await;
        assert_eq!((detail.str("/state"), detail.str("/waits_for_region")), ("at_county".to_owned(), "640000".to_owned()));
        decide(&province, ACTIVITIES, &far, "verify").await.expect(200).await;
        // Nowhere an office: nobody could verify it.
        let mut nobody = declaration(&proof);
        nobody["region_code"] = json!("350181");
        let refused = organiser.post(ACTIVITIES, nobody).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/region_code"]);
    }

    async fn an_office_that_goes_leaves_its_step_to_the_next_one(app) {
        let scene = Scene::set(app).await;
        let id = scene.submitted(scene.body()).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let path = format!("/api/v1/organisations/{}/suspensions", scene.village.org_id);
        operator.post(&path, json!({ "reason": "撤销" })).expect(200).await;
        decide(&scene.county, ACTIVITIES, &id, "verify").await.refused("forbidden").await;
        // It is the next one's task, and everybody is told for whom it waits.
        let waits = async |person: &Person| { tasks(person).await.iter().any(|(_, subject)| *subject == id) };
        assert!(waits(&scene.township).await && !waits(&scene.county).await);
        let shown = scene.organiser.get(&format!("{ACTIVITIES}/{id}")).expect(200).await;
        assert_eq!((shown.str("/waits_for_level"), shown.str("/waits_for_region")), ("township".to_owned(), TOWNSHIP.to_owned()));
        let listed = all(&scene.organiser, ACTIVITIES).await;
        assert_eq!(listed[0]["waits_for_region"], json!(TOWNSHIP));
        let done = decide(&scene.township, ACTIVITIES, &id, "verify").await.expect(200).await;
        assert_eq!(done.str("/state"), "at_county");
    }

    async fn an_office_that_comes_takes_its_step_from_the_one_above(app) {
        let organiser = app.new_person(OrgKind::BudgetUnit, "640324", &[Role::Trader]).await;
        let prefecture = office(app, "640300").await;
        let mut body = declaration(&proof(&organiser).await);
        body["region_code"] = json!("640324");
        let id = organiser.post(ACTIVITIES, body).expect(201).await.id();
        let waits = async |person: &Person| { tasks(person).await.iter().any(|(_, subject)| *subject == id) };
        assert!(waits(&prefecture).await);
        let county = office(app, "640324").await;
        assert!(waits(&county).await && !waits(&prefecture).await);
        decide(&prefecture, ACTIVITIES, &id, "verify").await.refused("forbidden").await;
        assert_eq!(decide(&county, ACTIVITIES, &id, "verify").await.expect(200).await.str("/state"), "verified");
    }

    async fn who_submitted_or_belongs_to_it_verifies_nothing(app) {
        let scene = Scene::set(app).await;
        let id = scene.submitted(scene.body()).await;
        let (user, org) = (scene.village.user_id, scene.organiser.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Acceptor])).await.unwrap();
        let other = app.person(scene.village.org_id, &[Role::Reviewer]).await;
        let version = other.get(&format!("{ACTIVITIES}/{id}")).expect(200).await.version();
        let path = format!("{ACTIVITIES}/{id}/verifications");
        let org = scene.village.org_id.to_string();
        let member = scene.village.post(&path, json!({ "decision": "verify" })).if_match(version);
        member.header("yigou-organisation", &org).refused("separation_of_duties").await;
        decide(&other, ACTIVITIES, &id, "verify").await.expect(200).await;
        // Nor does one person verify for two offices.
        let (user, township) = (other.user_id, scene.township.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, township, &[Role::Reviewer])).await.unwrap();
        let twice = other.post(&path, json!({ "decision": "verify" })).if_match(version + 1);
        twice.header("yigou-organisation", &township.to_string()).refused("separation_of_duties").await;
    }

    async fn a_draft_is_seen_by_its_organiser_alone_and_needs_a_proof(app) {
        let scene = Scene::set(app).await;
        let mut body = scene.body();
        body["submit"] = json!(false);
        body["file_ids"] = json!([]);
        let draft = scene.organiser.post(ACTIVITIES, body.clone()).expect(201).await;
        let path = format!("{ACTIVITIES}/{}", draft.id());
        scene.county.get(&path).expect(404).await;
        assert_eq!(all(&scene.county, ACTIVITIES).await.len(), 0);
        let refused = change(&scene.organiser, ACTIVITIES, &draft.id(), "submission", json!({})).await.refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/file_ids"]);
        body["file_ids"] = json!([scene.proof]);
        change(&scene.organiser, ACTIVITIES, &draft.id(), "amendments", body).await.expect(200).await;
        change(&scene.organiser, ACTIVITIES, &draft.id(), "submission", json!({})).await.expect(200).await;
        scene.county.get(&path).expect(200).await;
        assert_eq!(all(&scene.county, &format!("{ACTIVITIES}?state=at_village&region={TOWNSHIP}")).await.len(), 1);
        for query in ["waiting=true&from=2021-02-21", "state=verified", "counted_on=2021-03-01", "region=640323&exactly=true"] {
            assert_eq!(all(&scene.county, &format!("{ACTIVITIES}?{query}")).await.len(), 0, "{query}");
        }
        let own = format!("{ACTIVITIES}?organiser={}&to=2021-02-20", scene.organiser.org_id);
        assert_eq!(all(&scene.county, &own).await.len(), 1);
        // A helped sale it is not.
        scene.county.get(&format!("{SALES}/{}", draft.id())).expect(404).await;
    }

    async fn every_wrong_field_is_named_at_once(app) {
        let scene = Scene::set(app).await;
        let foreign = proof(&scene.county).await;
        let before = app.census().await;
        let mut body = scene.body();
        body["held_on"] = json!("2021-03-02");
        body["region_code"] = json!("640300");
        body["title"] = json!("640323198001150585 户集市");
        body["document_number"] = json!("——");
        body["units"] = json!([{ "name": "甲单位" }, {}, { "name": "甲 单位" }, { "organisation_id": "org_00000000000000000000000009" }]);
        body["cadres"] = json!([{ "name": "马某", "unit": "甲单位", "number": "110105194912310021" },
            { "name": "王某", "unit": "甲单位" }, { "name": "王 某", "unit": "甲单位" }]);
        let mut nothing = item("NX000001", "general", 100);
        nothing["quantity"] = json!("0");
        body["items"] = json!([item("NX000001", "registered_poor", 100), nothing, item("户户户户", "general", 100)]);
        body["file_ids"] = json!([foreign]);
        let refused = scene.organiser.bare_post(ACTIVITIES, body).key("wrong").refused("validation_failed").await;
        let mut pointers = refused.pointers();
        pointers.sort();
        assert_eq!(pointers, ["/cadres/0/number", "/cadres/2", "/document_number", "/file_ids/0", "/held_on", "/items/1/class",
            "/items/1/quantity", "/items/2/household", "/region_code", "/title", "/units/1/name", "/units/2", "/units/3/organisation_id"]);
        assert!(!refused.text().contains("19491231"));
        app.unchanged_since(&before, "a wrong declaration").await;
        let english = scene.organiser.bare_post(ACTIVITIES, json!({})).key("none").header("accept-language", "en");
        assert!(english.refused("validation_failed").await.text().contains("required"));
    }
}
