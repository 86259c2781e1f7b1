//! The yearly re-check: what is due, who is reminded, what the office finds.

use super::*;
use crate::certification::{certified, cooperative, offices, submitted};
use crate::supervision::{mailed, reviews_too};
use crate::support::mail::received;

const RECHECKS: &str = "/api/v1/household-rechecks";

async fn state(person: &Person, query: &str) -> Vec<String> {
    let found = all(person, &format!("{RECHECKS}{query}")).await;
    found.iter().map(|recheck| recheck["state"].as_str().unwrap().to_owned()).collect()
}

fn check(by: &Person, list: &str, version: i64, result: &str) -> crate::support::Ask {
    let body = json!({ "result": result, "reason": "入户核查", "checked_households": 1 });
    by.post(&format!("{LISTS}/{list}/checks"), body).if_match(version)
}

on_both! {
    async fn a_certificate_in_force_needs_a_list_by_the_day_of_the_rule(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡枸杞合作社").await;
        app.reachable(&seller).await;
        let application = submitted(app, &seller, "枸杞").await;
        let number = certified(app, &offices, &application).await;
        let found = all(&offices.county, RECHECKS).await;
        assert_eq!((&found[0]["certificate_number"], &found[0]["due_on"], &found[0]["state"]), (&json!(number), &json!("2021-06-30"), &json!("waiting")));
        assert!(found[0]["due_rule_id"].as_str().unwrap().starts_with("rul_"));
        let product = found[0]["product_id"].as_str().unwrap().to_owned();
        let reminders = || received(&seller.email).iter().filter(|mail| mail.text().contains("尚未报送")).count();
        // Thirty days before, once; then every fifteen days.
        for (day, sent) in [("2021-05-30", 0), ("2021-05-31", 1), ("2021-06-01", 1), ("2021-06-15", 2), ("2021-06-30", 3), ("2021-07-01", 3)] {
            app.clock.set_day(day);
            app.run_jobs().await;
            app.run_jobs().await;
            assert_eq!(reminders(), sent, "{day}");
        }
        assert_eq!(state(&offices.county, "?late=true").await, ["late"]);
        assert_eq!(state(&seller, "?late=true").await, ["late"]);
        // What was certified after a year's day owes no list of it.
        assert_eq!(state(&offices.county, "?year=2020").await, ["not_due"]);
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        let stranger = cooperative(app, "别家").await;
        for person in [&elsewhere, &stranger] {
            assert_eq!(state(person, "").await, Vec::<String>::new());
        }
        let list = seller.post(LISTS, body(&product, 2021, vec![row("NX000001", "wage")])).expect(201).await.id();
        assert_eq!((state(&offices.county, "").await, state(&offices.county, "?late=true").await.len()), (vec!["filed".to_owned()], 0));
        app.clock.set_day("2021-08-01");
        app.run_jobs().await;
        assert_eq!(reminders(), 3);
        check(&offices.county, &list, 1, "confirmed").expect(200).await;
        assert_eq!(state(&offices.county, "").await, ["confirmed"]);
    }

    async fn what_the_office_finds_of_a_list(app) {
        let scene = Scene::set(app).await;
        app.reachable(&scene.first.seller).await;
        let list = scene.first.file(2021, vec![row("NX000001", "wage")]).await.id();
        let other = scene.second.file(2021, vec![row("NX000001", "wage")]).await.id();
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        check(&elsewhere, &list, 1, "confirmed").refused("not_found").await;
        let office = reviews_too(app, &scene.first.seller, &scene.county).await;
        check(&scene.first.seller, &list, 1, "confirmed").header("yigou-organisation", &office).refused("separation_of_duties").await;
        let many = json!({ "result": "confirmed", "reason": "入户核查", "checked_households": 2 });
        let many = scene.county.post(&format!("{LISTS}/{list}/checks"), many).if_match(1);
        assert_eq!(many.refused("validation_failed").await.pointers(), ["/checked_households"]);
        let confirmed = check(&scene.county, &list, 1, "confirmed").expect(200).await;
        assert_eq!((confirmed.str("/checked").as_str(), confirmed.str("/status").as_str()), ("confirmed", "standing"));
        check(&scene.county, &list, 1, "rejected").refused("stale_version").await;
        let rejected = check(&scene.county, &list, confirmed.version(), "rejected").expect(200).await;
        assert_eq!(rejected.str("/status"), "rejected");
        check(&scene.county, &list, rejected.version(), "confirmed").refused("wrong_state").await;
        let own = scene.first.seller.org_id.to_string();
        let seen = scene.first.seller.get(&format!("{LISTS}/{list}")).header("yigou-organisation", &own).expect(200).await.json();
        assert_eq!((seen["checks"].as_array().unwrap().len(), &seen["checks"][1]["result"], &seen["checks"][1]["due_on"]), (2, &json!("rejected"), &json!("2021-06-30")));
        assert!(mailed(app, &scene.first.seller).await.last().unwrap().contains("复核不属实"));
        // It no longer counts, and what it claimed twice is claimed once.
        assert_eq!(states(&scene.county, &list).await, [("fallen".to_owned(), false)]);
        assert_eq!(states(&scene.county, &other).await, [("counts".to_owned(), false)]);
        let report = scene.county.get("/api/v1/reports/linkage").expect(200).await;
        assert_eq!((report.int("/total/households"), report.int("/total/amount_fen"), report.int("/open_double_claims")), (1, 100_000, 0));
        // The supplier files anew.
        assert_eq!(scene.first.file(2021, vec![row("NX000002", "wage")]).await.int("/edition"), 2);
        assert_eq!(scene.county.get(&format!("{LISTS}/{list}")).expect(200).await.str("/status"), "rejected");
    }
}
