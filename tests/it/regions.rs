//! Regions, calendars and pairings, built in and imported.

use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::calendar::Deadline;
use yigou::kernel::time::Day;
use yigou::regions;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

on_both! {
    async fn ningxia_is_built_in(app) {
        assert_eq!(app.write(regions::seed).await.unwrap(), 0);
        let eligible = app.read(|read| regions::eligible_counties(read, day("2021-03-01"))).await.unwrap();
        assert_eq!(eligible.iter().filter(|code| code.as_str().starts_with("64")).count(), 8);
        let listed = app.get("/api/v1/regions?level=county&parent=640300").expect(200).await.json();
        let names: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"盐池县") && names.contains(&"红寺堡区"), "{names:?}");
        // 红寺堡 may certify but is not among the 832.
        let hongsibu = app.get("/api/v1/regions/640303").expect(200).await.json();
        assert_eq!((&hongsibu["eligible_832"], &hongsibu["poverty_task"]), (&json!(false), &json!(true)));
        assert_eq!(app.get("/api/v1/regions?level=county&eligible_832=true&limit=200").expect(200).await.json()["items"].as_array().unwrap().len(), eligible.len());
        app.get("/api/v1/regions/640999").expect(404).await;
        app.get("/api/v1/regions/64032").expect(404).await;
        app.get("/api/v1/regions?level=planet").refused("invalid_parameter").await;
    }

    async fn deadlines_know_the_holidays_of_nation_and_region(app) {
        let cases = [
            // 开斋节 of Ningxia on 13 and 14 May 2021.
            ("640323", "2021-05-12", 1, "2021-05-17", false),
            ("350105", "2021-05-12", 1, "2021-05-13", false),
            // Ningxia's own festivals of 2023 are not known, the nation's are.
            ("640323", "2023-03-01", 1, "2023-03-02", true),
            ("350105", "2023-03-01", 1, "2023-03-02", false),
        ];
        for (region, start, days, last, provisional) in cases {
            let (code, start) = (region.parse().unwrap(), day(start));
            let found = app.read(move |read| regions::deadline_working_days(read, &code, start, days)).await.unwrap();
            assert_eq!(found, Deadline { day: day(last).date(), provisional }, "{region} {start}");
        }
        let code = "640323".parse().unwrap();
        let rolled = app.read(move |read| regions::deadline_calendar_days(read, &code, day("2021-09-24"), 7)).await.unwrap();
        assert_eq!(rolled, Deadline { day: day("2021-10-08").date(), provisional: false });
        let year = app.get("/api/v1/calendars/2021?region=640323").expect(200).await.json();
        assert_eq!(year["loaded"], json!(true));
        assert!(year["days"].as_array().unwrap().iter().any(|d| d["day"] == "2021-05-13" && d["region_code"] == "640000"));
        assert_eq!(app.get("/api/v1/calendars/2023?region=640323").expect(200).await.json()["loaded"], json!(false));
        assert_eq!(app.get("/api/v1/calendars/2023").expect(200).await.json()["loaded"], json!(true));
        app.get("/api/v1/calendars/1999").refused("invalid_parameter").await;
    }

    async fn a_nation_of_regions_is_imported_whole_or_not_at_all(app) {
        // A province, 40 prefectures of 90 counties each.
        let mut file = "code,name\n210000,辽宁省\n".to_owned();
        for n in 0..40 * 91 {
            let (prefecture, county) = (n / 91 + 1, n % 91);
            writeln!(file, "21{prefecture:02}{county:02},区划{n}").unwrap();
        }
        let lines = regions::parse_regions(file.as_bytes()).unwrap();
        let seen = Arc::new(AtomicUsize::new(0));
        let told = seen.clone();
        let count = lines.len();
        app.write(move |tx| regions::import_regions(tx, &lines, &|done| told.store(done, Ordering::SeqCst))).await.unwrap();
        assert_eq!(seen.load(Ordering::SeqCst), count);
        assert_eq!(app.get("/api/v1/regions/210101").expect(200).await.str("/parent"), "210100");
        // What the file does not say stays: the flags of 盐池 survive a list of names.
        let names = regions::parse_regions("code,name\n640323,盐池县（新）\n".as_bytes()).unwrap();
        app.write(move |tx| regions::import_regions(tx, &names, &|_| {})).await.unwrap();
        let yanchi = app.get("/api/v1/regions/640323").expect(200).await.json();
        assert_eq!((&yanchi["name"], &yanchi["eligible_832"]), (&json!("盐池县（新）"), &json!(true)));
        // A row from a later day ends the one before it.
        let later = regions::parse_regions("code,name,eligible_832,valid_from\n640323,盐池市,false,2022-01-01\n".as_bytes()).unwrap();
        app.write(move |tx| regions::import_regions(tx, &later, &|_| {})).await.unwrap();
        let history = app.get("/api/v1/regions/640323").expect(200).await.json();
        assert_eq!((&history["name"], history["history"].as_array().unwrap().len()), (&json!("盐池县（新）"), 2));
        assert_eq!(history["history"][0]["valid_to"], json!("2022-01-01"));
        app.clock.set_day("2022-01-01");
        assert_eq!(app.get("/api/v1/regions/640323").expect(200).await.str("/name"), "盐池市");
        // One orphan, and nothing of the file is there.
        let orphan = regions::parse_regions("code,name\n220000,吉林省\n230101,某区\n330101,某区\n990101,某区\n".as_bytes()).unwrap();
        let error = app.write(move |tx| regions::import_regions(tx, &orphan, &|_| {})).await.unwrap_err();
        let pointers: Vec<&str> = error.parts().fields.iter().map(|f| f.pointer.as_str()).collect();
        assert_eq!(pointers, ["/5/code"]);
        app.get("/api/v1/regions/230101").expect(404).await;
    }

    async fn a_year_that_is_loaded_makes_deadlines_firm(app) {
        let code = "350105".parse().unwrap();
        let deadline = move |read: &mut yigou::platform::db::Read| regions::deadline_working_days(read, &code, day("2026-12-31"), 1);
        assert_eq!(app.read(deadline).await.unwrap(), Deadline { day: day("2027-01-01").date(), provisional: true });
        let file = "region,date,kind,name\n000000,2026-12-31,off,元旦\n000000,2027-01-01,off,元旦\n000000,2027-01-03,work,元旦调休\n";
        let lines = regions::parse_calendar(file.as_bytes()).unwrap();
        app.write(move |tx| regions::import_calendar(tx, &lines, &|_| {})).await.unwrap();
        assert_eq!(app.read(deadline).await.unwrap(), Deadline { day: day("2027-01-03").date(), provisional: false });
    }

    async fn offices_enter_partners_of_their_own_counties(app) {
        let office = app.new_person(OrgKind::PovertyOffice, "640400", &[Role::Reviewer]).await;
        let all = app.get("/api/v1/pairings?county=640422&day=2021-05-01").expect(200).await.json();
        assert_eq!(all["items"][0]["b_name"], json!("福清市"));
        assert_eq!(app.get("/api/v1/pairings?county=640422&day=2021-04-30").expect(200).await.json()["items"], json!([]));
        let body = |a: &str, b: Option<&str>| json!({ "kind": "pairing", "a_code": a, "b_code": b, "b_name": "福州市鼓楼区", "valid_from": "2021-04-01", "source": "闽宁协作通知" });
        office.post("/api/v1/pairings", body("640323", Some("350105"))).refused("forbidden").await;
        assert_eq!(office.post("/api/v1/pairings", body("640402", None)).refused("validation_failed").await.pointers(), ["/b_code"]);
        assert_eq!(office.post("/api/v1/pairings", body("640400", Some("990000"))).refused("validation_failed").await.pointers(), ["/a_code", "/b_code"]);
        let added = office.post("/api/v1/pairings", body("640402", Some("350105"))).expect(201).await;
        assert!(added.id().starts_with("par_"));
        let shown = app.get("/api/v1/pairings?county=640402&day=2021-04-01").expect(200).await.json();
        assert_eq!(shown["items"].as_array().unwrap().len(), 1);
    }
}
