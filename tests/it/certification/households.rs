//! Evidence that names households: kept encrypted, opened by the reviewing office and auditors, each opening logged.

use super::*;
use crate::documents::{PDF, store, stored_bytes};

on_both! {
    async fn evidence_that_names_households_is_kept_restricted(app) {
        let seller = cooperative(app, "合作社").await;
        let goods = product(&seller, "枸杞", "640303").await;
        let id = seller.post(APPLICATIONS, json!({ "scheme_id": scheme(app).await, "product_id": goods })).expect(201).await.id();
        let evidence = format!("{APPLICATIONS}/{id}/evidence");
        let brought = |class: &'static str| store(&seller, "a.pdf", class, "application/pdf", PDF);
        let (clear, public, kept) = (brought("evidence").await.id(), brought("public").await.id(), brought("restricted").await.id());
        let mut several = linkage(&clear, 5);
        several["file_ids"] = json!([kept, clear, public]);
        assert_eq!(seller.post(&evidence, several).refused("validation_failed").await.pointers(), ["/file_ids/1", "/file_ids/2"]);
        seller.post(&evidence, linkage(&kept, 5)).expect(201).await;
        // What names no households may be of any class.
        seller.post(&evidence, quality(&clear)).expect(201).await;
    }

    async fn the_reviewing_office_opens_the_list_and_each_opening_is_logged(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        let seen = offices.county.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
        let piece = seen["evidence"].as_array().unwrap().iter().find(|piece| piece["element"] == "linkage").unwrap().clone();
        let list = piece["file_ids"][0].as_str().unwrap().to_owned();
        let path = format!("/api/v1/files/{list}");
        let secret = "户主 马某".as_bytes();
        assert!(stored_bytes(app).iter().all(|bytes| !bytes.windows(secret.len()).any(|part| part == secret)));
        let finance = app.new_person(OrgKind::FinanceBureau, "640303", &[Role::Auditor]).await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        finance.get(&path).refused("forbidden").await;
        elsewhere.get(&path).refused("not_found").await;
        seller.get(&path).refused("forbidden").await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        for person in [&offices.county, &auditor] {
            assert_eq!(person.get(&path).expect(200).await.text(), "户主 马某 家庭人口 5 人");
        }
        let history = app.read(move |read| yigou::audit::history(read, &list)).await.unwrap();
        let actions: Vec<&str> = history.iter().map(|past| past.action.as_str()).collect();
        assert_eq!(actions, ["file.stored", "file.opened", "file.opened"]);
    }
}
