//! Reminders of deadlines, once for each stage, and how late something is.

use super::*;
use crate::support::mail::received;

/// How many mails about deadlines a person got until a day, the jobs of that day run twice.
async fn reminded(app: &TestApp, day: &str, person: &Person) -> usize {
    app.clock.set_day(day);
    app.run_jobs().await;
    app.clock.advance(std::time::Duration::from_secs(3600));
    app.run_jobs().await;
    received(&person.email).iter().filter(|mail| mail.text().contains("临近或超过")).count()
}

on_both! {
    async fn owner_and_office_are_reminded_of_a_finding_once_a_stage(app) {
        let scene = Scene::set(app).await;
        scene.reachable(app).await;
        let found = json!({ "listing_id": scene.listing, "code": "label", "text": "标签未标明产地和生产日期" });
        let id = scene.county.post(FINDINGS, found).expect(201).await.id();
        // Its last day is Monday 22 March; two working days before it is Thursday 18.
        let days = [("2021-03-17", 0), ("2021-03-18", 1), ("2021-03-22", 1), ("2021-03-23", 2), ("2021-03-29", 2), ("2021-03-30", 3)];
        for (day, mails) in days {
            assert_eq!(reminded(app, day, &scene.seller).await, mails, "{day}");
            assert_eq!(reminded(app, day, &scene.county).await, mails, "{day}");
        }
        let late = scene.county.get(&format!("{FINDINGS}?overdue=true")).expect(200).await;
        assert_eq!((late.str("/items/0/id"), late.int("/items/0/working_days_late")), (id, 6));
    }

    async fn the_office_is_reminded_of_a_complaint(app) {
        let scene = Scene::set(app).await;
        scene.reachable(app).await;
        let body = json!({ "listing_id": scene.listing, "contact": "王某 13800000000", "text": "与宣传不符，疑似冒牌" });
        let id = app.post("/api/v1/complaints", body).expect(201).await.id();
        // Seven working days to accept: Wednesday 10 March.
        for (day, mails) in [("2021-03-05", 0), ("2021-03-08", 1), ("2021-03-10", 1), ("2021-03-11", 2)] {
            assert_eq!(reminded(app, day, &scene.county).await, mails, "{day}");
        }
        assert_eq!(reminded(app, "2021-03-11", &scene.seller).await, 0);
        let late = scene.county.get("/api/v1/complaints?overdue=true").expect(200).await;
        assert_eq!((late.str("/items/0/id"), late.int("/items/0/working_days_late")), (id.clone(), 1));
        // Accepted: another deadline, another beginning.
        let version = scene.county.get(&format!("/api/v1/complaints/{id}")).expect(200).await.version();
        scene.county.post(&format!("/api/v1/complaints/{id}/acceptances"), json!({})).if_match(version).expect(200).await;
        assert_eq!(reminded(app, "2021-03-19", &scene.county).await, 2);
    }

    async fn who_handles_an_objection_is_reminded(app) {
        use crate::certification::{approve, cooperative, notice, offices, submitted};
        let offices = offices(app).await;
        app.reachable(&offices.county).await;
        let seller = cooperative(app, "枸杞合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        approve(&offices.county, &id).await;
        let (open, _) = notice(&offices.county, &id).await;
        let body = json!({ "contact": "王某 13800000000", "text": "该产品并非本地生产" });
        app.post(&format!("/api/v1/public-notices/{open}/objections"), body).expect(201).await;
        // Two working days to receive it are too short for a reminder before the last.
        let mut told = Vec::new();
        for day in ["2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"] {
            app.clock.set_day(day);
            app.run_jobs().await;
            told.push(received(&offices.county.email).iter().filter(|mail| mail.text().contains("公示异议临近")).count());
        }
        assert_eq!(told, [0, 0, 1, 1]);
    }
}
