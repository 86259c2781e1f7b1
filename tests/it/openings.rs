//! Who opened restricted files: for offices and auditors, and for whose files they are.

use crate::documents::store;
use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

async fn items(person: &Person, path: &str) -> Vec<Value> {
    person.get(path).expect(200).await.json()["items"].as_array().unwrap().clone()
}

/// A restricted file of a supplier, opened by its office and an auditor.
async fn opened(app: &TestApp, owner: &Person, by: &[&Person]) -> String {
    let list = store(owner, "a.txt", "restricted", "text/plain", "户主 马某".as_bytes()).await.id();
    for person in by {
        person.get(&format!("/api/v1/files/{list}")).expect(200).await;
        app.clock.advance(std::time::Duration::from_secs(60));
    }
    list
}

on_both! {
    async fn a_restricted_name_and_a_range_of_days_are_looked_at(app) {
        let owner = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let named = |class: &'static str| store(&owner, "640323198001150585.txt", class, "text/plain", b"abc");
        let refused = named("restricted").await;
        assert_eq!((refused.status, refused.pointers()), (400, vec!["name".to_owned()]));
        assert_eq!(named("evidence").await.status, 201);
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let reversed = "/api/v1/file-openings?from=2022-01-15&to=2022-01-01";
        assert_eq!(auditor.get(reversed).refused("invalid_parameter").await.pointers(), ["to"]);
    }

    async fn every_opening_of_a_file_is_listed(app) {
        let owner = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let admin = app.person(owner.org_id, &[Role::OrgAdmin]).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let list = opened(app, &owner, &[&office, &auditor, &office]).await;
        let path = format!("/api/v1/files/{list}/openings");
        let seen = items(&office, &path).await;
        let by: Vec<&str> = seen.iter().map(|opening| opening["opened_by"].as_str().unwrap()).collect();
        let (clerk, other) = (office.user_id.to_string(), auditor.user_id.to_string());
        assert_eq!(by, [clerk.as_str(), other.as_str(), clerk.as_str()]);
        assert_eq!((&seen[0]["person_name"], &seen[0]["file_id"], &seen[1]["organisation_id"]), (&json!("测试人员"), &json!(list), &json!(auditor.org_id.to_string())));
        // Its owner is told the office and the time, not the person.
        for person in [&owner, &admin] {
            let told = items(person, &path).await;
            assert_eq!(told.len(), 3);
            assert!(told.iter().all(|opening| opening["opened_by"].is_null() && opening["person_name"].is_null()));
            assert_eq!((&told[0]["organisation_id"], &told[0]["opened_at"]), (&seen[0]["organisation_id"], &seen[0]["opened_at"]));
        }
        let first = office.get(&format!("{path}?limit=2")).expect(200).await;
        let rest = items(&office, &format!("{path}?limit=2&cursor={}", first.str("/next_cursor"))).await;
        assert_eq!(rest, seen[2..]);
        for (kind, region, role) in [(OrgKind::Cooperative, "640323", Role::Seller), (OrgKind::PovertyOffice, "640324", Role::Reviewer)] {
            app.new_person(kind, region, &[role]).await.get(&path).expect(404).await;
        }
        // A file that anybody in scope reads has none.
        let plain = store(&owner, "b.txt", "evidence", "text/plain", b"abc").await.id();
        office.get(&format!("/api/v1/files/{plain}")).expect(200).await;
        assert_eq!(items(&office, &format!("/api/v1/files/{plain}/openings")).await, Vec::<Value>::new());
    }

    async fn auditors_list_the_openings_of_their_region(app) {
        let owner = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let far = app.new_person(OrgKind::Cooperative, "640522", &[Role::Seller]).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let near = app.new_person(OrgKind::AuditBody, "640323", &[Role::Auditor]).await;
        let first = opened(app, &owner, &[&office]).await;
        app.clock.set_day("2021-03-05");
        let second = opened(app, &far, &[&auditor]).await;
        let files = async |person: &Person, query: &str| -> Vec<String> {
            let found = items(person, &format!("/api/v1/file-openings{query}")).await;
            found.iter().map(|opening| opening["file_id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(files(&auditor, "").await, [second.clone(), first.clone()]);
        assert_eq!(files(&near, "").await, std::slice::from_ref(&first));
        assert_eq!(files(&auditor, "?to=2021-03-04").await, std::slice::from_ref(&first));
        assert_eq!(files(&auditor, "?from=2021-03-05&to=2021-03-05").await, std::slice::from_ref(&second));
        assert_eq!(files(&auditor, &format!("?organisation={}", office.org_id)).await, std::slice::from_ref(&first));
        assert_eq!(files(&auditor, &format!("?owner={}", far.org_id)).await, std::slice::from_ref(&second));
        let page = auditor.get("/api/v1/file-openings?limit=1").expect(200).await;
        assert_eq!(files(&auditor, &format!("?limit=1&cursor={}", page.str("/next_cursor"))).await, [first]);
        owner.get("/api/v1/file-openings").refused("forbidden").await;
        office.get("/api/v1/file-openings").refused("forbidden").await;
    }
}
