//! The test's own people may do what their roles allow.

use serde_json::json;
use yigou::kernel::actor::{OrgKind, Role};

on_both! {
    async fn a_person_sees_the_feed_and_a_stranger_does_not(app) {
        let clerk = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await;
        let feed = clerk.get("/api/v1/events?after=0&limit=5").expect(200).await;
        assert_eq!(feed.json()["items"], json!([]));
        app.get("/api/v1/events").bearer("user:nobody").send().await;
    }
}
