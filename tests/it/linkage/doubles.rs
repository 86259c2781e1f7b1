//! Double claims: found, seen by whom they concern, settled, and open again when the settlement no longer holds.

use super::*;
use crate::supervision::{mailed, reviews_too};

fn settle(by: &Person, id: &str, version: i64, list: &str) -> crate::support::Ask {
    let body = json!({ "stands_list_id": list, "reason": "入户核实，在该社务工" });
    by.post(&format!("{DOUBLES}/{id}/settlements"), body).if_match(version)
}

async fn the_double(person: &Person, query: &str) -> Value {
    let mut found = all(person, &format!("{DOUBLES}{query}")).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn counts(disputed: bool) -> (String, bool) {
    ("counts".to_owned(), disputed)
}

on_both! {
    async fn only_the_same_household_kind_and_year_of_two_suppliers_is_flagged(app) {
        let scene = Scene::set(app).await;
        app.reachable(&scene.first.seller).await;
        app.reachable(&scene.county).await;
        let first = scene.first.file(2021, vec![row("NX000001", "wage"), row("NX000002", "wage"), row("NX000003", "wage")]).await.id();
        // Another product of the same supplier, another kind, another year: all allowed.
        let more = product(&scene.first.seller, "荞麦", "640323").await;
        let more = scene.first.seller.post(LISTS, body(&more, 2021, vec![row("NX000001", "wage")])).expect(201).await.id();
        scene.second.file(2020, vec![row("NX000001", "wage")]).await;
        assert_eq!(all(&scene.county, DOUBLES).await, Vec::<Value>::new());
        let second = scene.second.file(2021, vec![row("NX000009", "wage"), row("nx000001", "wage"), row("NX000002", "asset")]).await.id();
        let double = the_double(&scene.county, "?year=2021&county=640323&status=open").await;
        let sides: Vec<(&str, i64)> = double["sides"].as_array().unwrap().iter()
            .map(|side| (side["list_id"].as_str().unwrap(), side["row_no"].as_i64().unwrap())).collect();
        assert_eq!(sides, [(first.as_str(), 1), (more.as_str(), 1), (second.as_str(), 2)]);
        assert_eq!((&double["kind"], &double["year"], &double["sides"][2]["supplier_name"]), (&json!("wage"), &json!(2021), &json!("乙合作社")));
        assert!(!double.to_string().to_lowercase().contains("nx000001"));
        // A supplier sees that its own row is disputed and learns nothing of the other.
        assert_eq!(states(&scene.first.seller, &first).await, [counts(true), counts(false), counts(false)]);
        scene.first.seller.get(DOUBLES).refused("forbidden").await;
        let mails = mailed(app, &scene.first.seller).await.join("\n");
        assert!(mails.contains("重复申报") && !mails.contains("乙合作社"), "{mails}");
        assert!(mailed(app, &scene.county).await.join("\n").contains("3 行"));
        assert!(told(app, &scene.first.seller, &first).await.contains(&"household_list.disputed".to_owned()));
        let feed = scene.first.seller.get("/api/v1/events?after=0&limit=200").expect(200).await.text();
        assert!(!feed.contains(&scene.second.seller.org_id.to_string()) && !feed.contains(&second));
        // The offices of other places see nothing.
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        assert_eq!(all(&elsewhere, DOUBLES).await, Vec::<Value>::new());
        assert_eq!(all(&scene.county, &format!("{DOUBLES}?county=640324")).await, Vec::<Value>::new());
        let id = double["id"].as_str().unwrap();
        elsewhere.get(&format!("{DOUBLES}/{id}")).expect(404).await;
        settle(&elsewhere, id, 1, &first).refused("not_found").await;
    }

    async fn a_settlement_holds_until_the_sides_change(app) {
        let scene = Scene::set(app).await;
        let first = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        let second = scene.second.file(2021, vec![row("NX000001", "wage")]).await.id();
        let id = the_double(&scene.county, "").await["id"].as_str().unwrap().to_owned();
        for person in [&scene.first.seller, &scene.second.seller] {
            app.reachable(person).await;
        }
        let stranger = producer(app, "640323", "丙合作社").await;
        let foreign = stranger.file(2021, vec![row("NX000099", "wage")]).await.id();
        assert_eq!(settle(&scene.county, &id, 1, &foreign).refused("validation_failed").await.pointers(), ["/stands_list_id"]);
        // Nobody settles what concerns an organisation whose member he is.
        let office = reviews_too(app, &scene.first.seller, &scene.county).await;
        settle(&scene.first.seller, &id, 1, &first).header("yigou-organisation", &office).refused("separation_of_duties").await;
        let settled = settle(&scene.county, &id, 1, &first).expect(200).await;
        assert_eq!((settled.str("/status").as_str(), settled.str("/settlements/0/stands_list_id")), ("settled", first.clone()));
        settle(&scene.county, &id, 1, &second).refused("stale_version").await;
        assert_eq!(states(&scene.county, &first).await, [counts(false)]);
        assert_eq!(states(&scene.county, &second).await, [("overruled".to_owned(), false)]);
        assert!(mailed(app, &scene.first.seller).await.last().unwrap().contains("：计入"));
        assert!(mailed(app, &scene.second.seller).await.last().unwrap().contains("不再计入"));
        let events = told(app, &scene.second.seller, &second).await;
        assert!(events.contains(&"household_list.row_settled".to_owned()) && events.contains(&"household_list.rows_changed".to_owned()), "{events:?}");
        // A new edition of either changes nothing of it.
        let again = scene.second.file(2021, vec![row("NX000002", "wage"), row("NX000001", "wage")]).await.id();
        assert_eq!(states(&scene.county, &again).await, [counts(false), ("overruled".to_owned(), false)]);
        // A third supplier opens it again.
        let third = stranger.file(2021, vec![row("NX000001", "wage")]).await.id();
        assert_eq!(the_double(&scene.county, "").await["status"], "open");
        for (list, last) in [(&first, 0), (&again, 1), (&third, 0)] {
            assert_eq!(states(&scene.county, list).await[last], counts(true));
        }
        let version = scene.county.get(&format!("{DOUBLES}/{id}")).expect(200).await.version();
        settle(&scene.county, &id, version, &third).expect(200).await;
        // The one whose claim stands goes: the others are heard anew. The last one left has it.
        stranger.file(2021, vec![row("NX000099", "wage")]).await;
        assert_eq!(the_double(&scene.county, "").await["status"], "open");
        scene.second.file(2021, vec![row("NX000002", "wage")]).await;
        assert_eq!(the_double(&scene.county, "").await["status"], "ended");
        assert_eq!(states(&scene.county, &first).await, [counts(false)]);
        let version = scene.county.get(&format!("{DOUBLES}/{id}")).expect(200).await.version();
        settle(&scene.county, &id, version, &first).refused("wrong_state").await;
    }

    async fn who_was_overruled_does_not_undo_it_by_leaving_and_coming_back(app) {
        let scene = Scene::set(app).await;
        let first = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        scene.second.file(2021, vec![row("NX000001", "wage")]).await;
        let id = the_double(&scene.county, "").await["id"].as_str().unwrap().to_owned();
        settle(&scene.county, &id, 1, &first).expect(200).await;
        scene.second.file(2021, vec![row("NX000002", "wage")]).await;
        assert_eq!(the_double(&scene.county, "").await["status"], "ended");
        let again = scene.second.file(2021, vec![row("NX000001", "wage")]).await.id();
        assert_eq!(the_double(&scene.county, "").await["status"], "settled");
        assert_eq!(states(&scene.county, &again).await, [("overruled".to_owned(), false)]);
        assert_eq!(states(&scene.county, &first).await, [counts(false)]);
        // Once the one whose claim stands has left it, the decision is over.
        scene.first.file(2021, vec![row("NX000003", "wage")]).await;
        let back = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        assert_eq!(the_double(&scene.county, "").await["status"], "open");
        assert_eq!((states(&scene.county, &back).await, states(&scene.county, &again).await), (vec![counts(true)], vec![counts(true)]));
    }

    async fn nothing_is_settled_against_a_supplier_that_was_not_seen(app) {
        let scene = Scene::set(app).await;
        let first = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        scene.second.file(2021, vec![row("NX000001", "wage")]).await;
        let id = the_double(&scene.county, "").await["id"].as_str().unwrap().to_owned();
        let seen = scene.county.get(&format!("{DOUBLES}/{id}")).expect(200).await.version();
        producer(app, "640323", "丙合作社").await.file(2021, vec![row("NX000001", "wage")]).await;
        settle(&scene.county, &id, seen, &first).refused("stale_version").await;
        let now = scene.county.get(&format!("{DOUBLES}/{id}")).expect(200).await.version();
        settle(&scene.county, &id, now, &first).expect(200).await;
    }

    async fn the_feed_tells_of_households_whom_it_concerns(app) {
        let scene = Scene::set(app).await;
        let list = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        let look = |reason: &str| json!({ "reason": reason, "identities": ["NX000001"] });
        let path = "/api/v1/household-matches";
        assert_eq!(scene.county.post(path, look("查 640323198001150083")).refused("validation_failed").await.pointers(), ["/reason"]);
        scene.county.post(path, look("核对监测户")).expect(200).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let finance = app.new_person(OrgKind::FinanceBureau, "640323", &[Role::Reviewer, Role::Auditor]).await;
        let head = app.person(scene.county.org_id, &[Role::OrgAdmin]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        for (who, sees) in [(&scene.first.seller, true), (&scene.county, true), (&auditor, true), (&finance, false), (&operator, false), (&scene.second.seller, false)] {
            assert_eq!(told(app, who, &list).await.contains(&"household_list.filed".to_owned()), sees, "{}", who.kind);
        }
        assert!(!told(app, &head, &list).await.contains(&"household_list.filed".to_owned()));
        let told_of_matches = |feed: String| feed.contains("households.matched");
        for (who, sees) in [(&scene.county, true), (&auditor, true), (&finance, false)] {
            assert_eq!(told_of_matches(who.get("/api/v1/events?after=0&limit=200").expect(200).await.text()), sees, "{}", who.kind);
        }
        // What one command tells stands in the order in which it came about.
        let disputed = scene.second.file(2021, vec![row("NX000001", "wage")]).await.id();
        app.clock.advance(std::time::Duration::from_secs(1));
        let events = told(app, &scene.second.seller, &disputed).await;
        assert_eq!(events, ["household_list.filed", "household_list.disputed"]);
    }

    async fn sides_in_two_counties_are_settled_above_both(app) {
        let scene = Scene::set(app).await;
        let first = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        let far = producer(app, "640303", "红寺堡合作社").await;
        let theirs = far.file(2021, vec![row("NX000001", "wage")]).await.id();
        let other = app.new_person(OrgKind::PovertyOffice, "640303", &[Role::Reviewer]).await;
        let id = the_double(&scene.county, "").await["id"].as_str().unwrap().to_owned();
        for office in [&scene.county, &other] {
            assert_eq!(the_double(office, "").await["sides"].as_array().unwrap().len(), 2);
            settle(office, &id, 1, &theirs).refused("forbidden").await;
        }
        settle(&scene.prefecture, &id, 1, &theirs).expect(200).await;
        assert_eq!(states(&scene.province, &first).await, [("overruled".to_owned(), false)]);
    }

    async fn lists_filed_at_once_overlook_no_double_claim(app) {
        let scene = Scene::set(app).await;
        let mut producers = vec![];
        for n in 0..4 {
            producers.push(producer(app, "640323", &format!("合作社{n}")).await);
        }
        let rows = || (0..20).map(|n| row(&household(n), "wage")).collect::<Vec<_>>();
        futures_util::future::join_all(producers.iter().map(|producer| producer.file(2021, rows()))).await;
        let found = all(&scene.county, DOUBLES).await;
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|double| double["sides"].as_array().unwrap().len() == 4));
        // Each of the four is told of its rows, whoever came first.
        for producer in &producers {
            let list = all(&producer.seller, LISTS).await[0]["id"].as_str().unwrap().to_owned();
            assert!(told(app, &producer.seller, &list).await.contains(&"household_list.disputed".to_owned()));
        }
    }
}
