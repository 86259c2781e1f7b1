//! What venues sold, as offices read it.

use super::*;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

fn annul(who: &Person, id: &str) -> Ask {
    who.post(&format!("/api/v1/venue-sales/{id}/annulments"), json!({ "reason": "核查不实" }))
}

on_both! {
    async fn figures_lead_to_their_entries_and_a_past_day_stays_what_it_was(app) {
        let scene = Scene::set(app).await;
        app.clock.set_day("2021-05-01");
        let mut tongxin = sale("2", "2021-03-05", 2_000);
        tongxin["county"] = json!("640324");
        let fed = scene.reported(&[sale("1", "2021-02-01", 1_000), tongxin, sale("3", "2021-03-06", 4_000)]).await;
        let province = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Auditor]).await;
        let yanchi = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        assert_eq!(scene.totals(&province, "").await, [7_000, 0, 0, 7_000]);
        // A county's office sees what was produced there, wherever it was sold; and on the other side what was sold there.
        assert_eq!((scene.totals(&yanchi, "").await, scene.totals(&yanchi, "&side=purchaser").await), ([5_000, 0, 0, 5_000], [0; 4]));
        assert_eq!(scene.totals(&scene.office, "&side=purchaser").await, [7_000, 0, 0, 7_000]);
        for by in ["county", "month", "venue,month", "county,month,venue,kind,venue_region,certified"] {
            let view = province.get(&format!("{REPORT}?from=2021-01&to=2021-12&by={by}")).expect(200).await.json();
            let mut sum = 0;
            for row in view["rows"].as_array().unwrap() {
                let [total, _, _, added] = amounts(row);
                assert_eq!(behind(&province, row["entries"].as_str().unwrap()).await, (total, added), "{by} {row}");
                sum += total;
            }
            assert_eq!(sum, 7_000, "{by}");
        }
        // An office of its region annuls a sale, and its operator is told; the report of the day before still has it.
        app.clock.set_day("2021-06-01");
        annul(&yanchi, &fed.str("/added/2/id")).expect(404).await;
        annul(&scene.office, &fed.str("/added/2/id")).expect(200).await;
        annul(&scene.office, &fed.str("/added/2/id")).refused("wrong_state").await;
        app.run_jobs().await;
        assert_eq!((scene.totals(&province, "").await, scene.totals(&province, "&as_of=2021-05-31").await), ([3_000, 0, 0, 3_000], [7_000, 0, 0, 7_000]));
        province.get(&format!("{REPORT}?as_of=2021-06-02")).refused("invalid_parameter").await;
        province.get(&format!("{REPORT}?by=colour")).refused("invalid_parameter").await;
        let refused = province.get("/api/v1/reports/county-volumes?venues=true&by=channel").refused("invalid_parameter").await;
        assert_eq!(refused.pointers(), ["venues"]);
        let standing = scene.clerk().get(&format!("{VENUES}/{}/sales?standing=false&receipt_no=3", scene.venue)).expect(200).await;
        assert_eq!((standing.json()["items"].as_array().unwrap().len(), standing.str("/items/0/annulment_reason")), (1, "核查不实".to_owned()));
        sound(app).await;
    }

    async fn tables_have_the_same_figures(app) {
        let scene = Scene::set(app).await;
        let order = scene.bought("4").await;
        scene.reported(&[sale("1", "2021-02-01", 123_456), sourced("2", "2021-03-05", 5_000, (&order, "4", 4_800))]).await;
        let path = format!("{REPORT}?from=2021-01&to=2021-12&by=venue,month&side=purchaser");
        let bytes = scene.office.get(&path).header("accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").expect(200).await.body;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("销售点销售额").unwrap();
        let figure = |row, column| match sheet.get_value((row, column)) {
            Some(Data::Float(yuan)) => format!("{yuan:.2}"),
            other => format!("{other:?}"),
        };
        assert_eq!([figure(1, 9), figure(2, 11), figure(3, 12)], ["1234.56", "48.00", "1236.56"]);
        let csv = scene.office.get(&path).header("accept", "text/csv").expect(200).await.text();
        let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].contains("2021-02") && lines[1].ends_with("1234.56,0.00,0.00,1234.56,0.00"), "{csv}");
        assert!(lines[2].contains("宁夏扶贫产品馆") && lines[2].contains(&scene.venue), "{csv}");
        assert!(lines[2].ends_with("50.00,0.00,48.00,2.00,0.00"), "{csv}");
        assert!(lines[3].contains("合计") && lines[3].ends_with("1284.56,0.00,48.00,1236.56,0.00"), "{csv}");
        let auditor = app.person(scene.clerk().org_id, &[Role::Auditor]).await;
        let volumes = auditor.get("/api/v1/reports/county-volumes?from=2021-01&to=2021-12&venues=true").header("accept", "text/csv").expect(200).await.text();
        let lines: Vec<&str> = volumes.trim_start_matches('\u{feff}').lines().collect();
        assert!(lines[0].ends_with("金额（元）,销售点计入（元）,合计（元）"), "{volumes}");
        assert!(lines.last().unwrap().ends_with("0.00,1236.56,1236.56"), "{volumes}");
        // What is added leads to its entries, in all and row by row.
        let view = auditor.get("/api/v1/reports/county-volumes?from=2021-01&to=2021-12&by=county,month&venues=true").expect(200).await.json();
        let added = async |link: &Value| behind(&auditor, link.as_str().unwrap()).await.1;
        assert_eq!(json!(added(&view["venue_entries"]).await), view["venues"]["added_fen"]);
        for row in view["rows"].as_array().unwrap() {
            assert_eq!(json!(added(&row["venue_entries"]).await), row["venues_added_fen"], "{row}");
        }
        let report = auditor.get(&path).expect(200).await.json();
        assert_eq!(json!(added(&report["entries"]).await), report["total"]["added_fen"]);
    }
}
