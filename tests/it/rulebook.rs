//! The rule table: who may add a row, which row holds, and what is never edited.

use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::time::Day;
use yigou::rulebook::{self, RuleName};

const RULES: &str = "/api/v1/rules";

fn row(region: &str, value: &str, from: &str) -> Value {
    json!({ "name": "min_ratio_ppm", "region_code": region, "effective_from": from, "value": value, "source": "测试通知〔2021〕1号" })
}

on_both! {
    async fn the_built_in_rows_are_loaded_once_and_the_most_specific_one_holds(app) {
        let again = app.write(rulebook::seed).await.unwrap();
        assert_eq!(again, 0);
        let asked = [
            ("640402", "2020-12-31", 0), ("640402", "2021-01-01", 100_000), ("640521", "2024-06-01", 150_000),
            ("640521", "2025-01-01", 100_000), ("652701", "2022-01-01", 100_000),
        ];
        for (region, day, expected) in asked {
            let (place, at) = (region.parse().unwrap(), day.parse::<Day>().unwrap());
            let rules = app.read(move |read| rulebook::load(read, &place, at, &[RuleName::MinRatioPpm])).await.unwrap();
            assert_eq!(rules.int(RuleName::MinRatioPpm).unwrap(), expected, "{region} {day}");
        }
        // Anybody may read; the region's filter shows what may hold there.
        let shown = app.get(&format!("{RULES}?name=quota_product_rule&region=640323&day=2021-03-01")).expect(200).await;
        let values: Vec<String> = shown.json()["items"].as_array().unwrap().iter().map(|r| r["value"].as_str().unwrap().to_owned()).collect();
        assert_eq!(values, ["eligible", "either"]);
        let first = app.get(&format!("{RULES}?limit=5")).expect(200).await;
        let cursor = first.str("/next_cursor");
        let second = app.get(&format!("{RULES}?limit=5&cursor={cursor}")).expect(200).await;
        assert_ne!(first.json()["items"][4]["id"], second.json()["items"][0]["id"]);
        app.get(&format!("{RULES}?name=nothing")).refused("invalid_parameter").await;
    }

    async fn an_office_adds_rows_for_its_own_region_only(app) {
        let zhongwei = app.new_person(OrgKind::PovertyOffice, "640500", &[Role::Reviewer]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let clerk = app.new_person(OrgKind::BudgetUnit, "640500", &[Role::Manager]).await;
        clerk.post(RULES, row("640500", "200000", "2021-06-01")).refused("forbidden").await;
        for region in ["000000", "640000", "640400", "640323"] {
            let refused = zhongwei.post(RULES, row(region, "200000", "2021-06-01")).refused("forbidden").await;
            assert_eq!(refused.pointers(), ["/region_code"]);
        }
        let added = zhongwei.post(RULES, row("640500", "150000", "2021-06-01")).expect(201).await;
        assert_eq!((added.str("/unit").as_str(), added.str("/region_code").as_str()), ("ppm", "640500"));
        zhongwei.post(RULES, row("640500", "160000", "2021-06-01")).refused("already_exists").await;
        zhongwei.post(RULES, row("640521", "160000", "2021-06-01")).expect(201).await;
        // The next row ends the one before it; the first row itself keeps its value.
        let next = zhongwei.post(RULES, row("640500", "120000", "2022-01-01")).expect(201).await;
        let rows = app.get(&format!("{RULES}?name=min_ratio_ppm&region=640500")).expect(200).await.json();
        let own: Vec<(&str, Option<&str>)> = rows["items"].as_array().unwrap().iter().filter(|r| r["region_code"] == "640500")
            .map(|r| (r["value"].as_str().unwrap(), r["effective_to"].as_str())).collect();
        assert_eq!(own, [("150000", Some("2022-01-01")), ("120000", None), ("150000", Some("2025-01-01"))]);
        operator.post(RULES, row("000000", "110000", "2022-01-01")).expect(201).await;
        let feed = zhongwei.get("/api/v1/events").expect(200).await;
        assert_eq!(feed.json()["items"], json!([]), "nothing has a position before the sequencer ran");
        app.run_jobs().await;
        let feed = zhongwei.get("/api/v1/events").expect(200).await.json();
        let added: Vec<&Value> = feed["items"].as_array().unwrap().iter().filter(|e| e["action"] == "rule.added").collect();
        assert_eq!(added.len(), 3);
        assert_eq!(added[2]["subject"], next.json()["id"]);
    }

    async fn wrong_rows_are_named_field_by_field(app) {
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let mut wrong = row("640500", "15%", "2020-12-31");
        wrong["level"] = json!("organ");
        wrong["effective_to"] = json!("2020-12-31");
        let refused = operator.post(RULES, wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/value", "/level", "/effective_from", "/effective_to"]);
        let mut unknown = row("64", "1", "2021-06-01");
        unknown["colour"] = json!("red");
        unknown["name"] = json!("max_ratio");
        let pointers = operator.post(RULES, unknown).refused("validation_failed").await.pointers();
        for pointer in ["/colour", "/region_code", "/name"] {
            assert!(pointers.contains(&pointer.to_owned()), "{pointers:?}");
        }
        assert_eq!(app.get(&format!("{RULES}?region=640500&name=min_ratio_ppm")).expect(200).await.json()["items"].as_array().unwrap().len(), 3);
    }
}
