//! What was verified is corrected by entries, and a past day's report stays what it was.

use super::*;
use std::time::Duration;

async fn total(person: &Person, query: &str) -> [i64; 6] {
    figures(&report_of(person, query).await.json()["total"]["donation"])
}

on_both! {
    async fn a_correction_is_an_entry_and_past_figures_stay(app) {
        let scene = Scene::set(app).await;
        let mut body = scene.body();
        body["units"] = json!([{ "name": "甲单位" }, { "name": "乙单位" }]);
        body["items"] = json!([item("NX000001", "registered_poor", 12_000), item("NX000002", "general", 8_000)]);
        let id = scene.verified(ACTIVITIES, body).await;
        assert_eq!(total(&scene.county, "").await, [1, 2, 1, 2, 20_000, 0]);
        app.clock.advance(Duration::from_secs(3 * 86_400));
        let path = format!("{ACTIVITIES}/{id}/adjustments");
        let change = json!({ "reason": "第一行金额误录，乙单位未参加，第二行未成交",
            "items": [{ "line_no": 1, "amount_fen": 9_000 }, { "line_no": 2, "amount_fen": 0 }], "units": [2] });
        for office in [&scene.village, &scene.township] {
            super::change(office, ACTIVITIES, &id, "adjustments", change.clone()).await.refused("forbidden").await;
        }
        let version = scene.county.get(&format!("{ACTIVITIES}/{id}")).expect(200).await.version();
        let ask = scene.county.bare_post(&path, change.clone()).if_match(version).key("corrected-once");
        let done = ask.clone().expect(200).await;
        assert_eq!((done.int("/counted_fen"), done.int("/amount_fen")), (9_000, 20_000));
        assert_eq!(ask.expect(200).await.header("idempotency-replayed"), Some("true"));
        assert_eq!(total(&scene.county, "").await, [1, 1, 1, 1, 9_000, 0]);
        // What a report of the day of the verification said is what it says.
        assert_eq!(total(&scene.county, "as_of=2021-03-01").await, [1, 2, 1, 2, 20_000, 0]);
        let of_class = async |query: &str| crate::linkage::all(&scene.county, &format!("{ACTIVITIES}?{query}")).await.len();
        assert_eq!((of_class("class=general").await, of_class("class=general&counted_on=2021-03-02").await), (0, 1));
        // What was taken back once does not come back; several wrong fields are named at once.
        let again = json!({ "reason": "再次更正", "items": [{ "line_no": 2, "amount_fen": 100 }, { "line_no": 1, "amount_fen": 9_000 }], "units": [2, 1], "cadres": [9] });
        let refused = super::change(&scene.county, ACTIVITIES, &id, "adjustments", again).await.refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/items/0/line_no", "/items/1/amount_fen", "/units/0", "/cadres/0", "/units"]);
        // Nothing of what was declared has changed, and both entries are shown with their reasons.
        let detail = scene.organiser.get(&format!("{ACTIVITIES}/{id}")).expect(200).await;
        assert_eq!((detail.int("/items/0/amount_fen"), detail.int("/entries/1/amount_fen")), (12_000, -11_000));
        assert!(detail.str("/entries/1/reason").contains("乙单位未参加"));
        app.clock.advance(Duration::from_secs(3 * 86_400));
        super::change(&scene.county, ACTIVITIES, &id, "annulments", json!({ "reason": "经查未举办" })).await.expect(200).await;
        assert_eq!(total(&scene.county, "").await, [0; 6]);
        assert_eq!(total(&scene.county, "as_of=2021-03-06").await, [1, 1, 1, 1, 9_000, 0]);
        assert_eq!(state(&scene.organiser, ACTIVITIES, &id).await, "annulled");
        super::change(&scene.county, ACTIVITIES, &id, "adjustments", change).await.refused("wrong_state").await;
        assert_eq!(app.read(yigou::donations::verify).await.unwrap(), Vec::<String>::new());
    }

    async fn entries_are_never_changed(app) {
        let scene = Scene::set(app).await;
        scene.verified(ACTIVITIES, scene.body()).await;
        for table in ["donation_entries", "donation_entry_parts", "donation_steps"] {
            for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET {} = 7", if table == "donation_steps" { "edition" } else { "amount_fen" })] {
                let refused = app.write(move |tx| {
                    yigou::each!(tx, c => diesel::RunQueryDsl::execute(diesel::sql_query(&sql), c))?;
                    Ok(())
                }).await;
                assert!(refused.is_err(), "{table}");
            }
        }
    }
}
