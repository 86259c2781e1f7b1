//! The report in three forms, what it takes together, and the lists behind its figures.

use super::*;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The sheets of a workbook, cell by cell.
fn opened(bytes: &[u8]) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let cells = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    book.worksheets().into_iter().map(|(name, range)| (name, cells(range))).collect()
}

fn held(scene: &Scene, day: &str, place: &str, household: &str, class: &str, fen: i64) -> Value {
    let mut body = scene.body();
    body["held_on"] = json!(day);
    body["region_code"] = json!(place);
    body["items"] = json!([item(household, class, fen)]);
    body
}

/// Three activities in two months and two places of one unit, cadre and household; a helped sale; one that waits.
async fn told(scene: &Scene) {
    scene.verified(ACTIVITIES, held(scene, "2021-01-10", VILLAGE, "NX000001", "registered_poor", 100)).await;
    scene.verified(ACTIVITIES, held(scene, "2021-02-10", VILLAGE, "NX000001", "registered_poor", 20)).await;
    let county = scene
        .organiser
        .post(ACTIVITIES, held(scene, "2021-02-11", "640323", "NX000002", "general", 3))
        .expect(201)
        .await
        .id();
    decide(&scene.county, ACTIVITIES, &county, "verify").await.expect(200).await;
    scene.verified(SALES, held(scene, "2021-02-12", VILLAGE, "NX000003", "borderline", 5_000)).await;
    scene.submitted(held(scene, "2021-02-13", VILLAGE, "NX000004", "general", 70_000)).await;
}

/// Place, period, figures of the activities, and of the helped sales.
fn rows(report: &Value, part: &str) -> Vec<(String, String, [i64; 6], i64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| {
        let helped = row["helped_sales"]["amount_fen"].as_i64().unwrap();
        (text(&row["region_code"]), text(&row["period"]), figures(&row["donation"]), helped)
    };
    report[part].as_array().unwrap().iter().map(row).collect()
}

fn owned(rows: &[(&str, &str, [i64; 6], i64)]) -> Vec<(String, String, [i64; 6], i64)> {
    rows.iter()
        .map(|(place, period, figures, helped)| ((*place).to_owned(), (*period).to_owned(), *figures, *helped))
        .collect()
}

on_both! {
    async fn supervised_places_stand_beside_the_total(app) {
        let scene = Scene::set(app).await;
        told(&scene).await;
        let term = |code: &str, from: &str, to: Option<&str>| json!({ "kind": "supervised_place", "code": code, "region_code": "640000",
            "name_zh": "督战村", "name_en": "supervised", "effective_from": from, "effective_to": to, "source": "测试通知〔2021〕1号" });
        let province = app.new_person(OrgKind::PovertyOffice, "640000", &[Role::Reviewer]).await;
        let terms = "/api/v1/classification-terms";
        province.post(terms, term(VILLAGE, "2021-02-05", None)).expect(201).await;
        province.post(terms, term("640323", "2020-12-01", Some("2021-02-01"))).expect(201).await;
        province.post(terms, term("640424", "2020-01-01", None)).expect(201).await;
        province.post(terms, term("649923100200", "2020-01-01", None)).refused("validation_failed").await;
        let report = report_of(&scene.county, "&supervised=true").await.json();
        let asked = scene.county.get("/api/v1/reports/donation?supervised=true").header("accept", "text/csv");
        assert_eq!(asked.refused("invalid_parameter").await.pointers(), ["supervised"]);
        let plain = report_of(&scene.county, "").await.json();
        assert_eq!((&report["total"], plain.get("supervised")), (&plain["total"], None));
        let shown: Vec<Value> = report["supervised"].as_array().unwrap().iter().map(|row| json!([row["region_code"], row["from"], row["to"],
            row["region_name"], row["donation"]["amount_fen"], row["donation"]["count"], row["helped_sales"]["amount_fen"]])).collect();
        let expected = [json!(["640323", "2021-01-01", "2021-01-31", "督战村", 100, 1, 0]),
            json!([VILLAGE, "2021-02-01", "2021-03-31", "督战村", 20, 1, 5_000])];
        assert_eq!(shown, expected);
        // The lists behind are those of the place and its months.
        let behind = report["supervised"][1]["links"]["activities"].as_str().unwrap();
        assert_eq!(scene.county.get(behind).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        let book = scene.county.get("/api/v1/reports/donation?from=2021-01&to=2021-03&supervised=true").header("accept", XLSX).expect(200).await;
        let sheets = opened(&book.body);
        let (name, cells) = sheets.last().unwrap();
        assert_eq!((name.as_str(), cells.len()), ("挂牌督战（不计入合计）", 3));
    }

    async fn the_year_is_not_the_sum_of_its_months(app) {
        let scene = Scene::set(app).await;
        told(&scene).await;
        let report = report_of(&scene.county, "").await.json();
        assert_eq!((&report["from"], &report["to"], &report["as_of"]), (&json!("2021-01-01"), &json!("2021-03-31"), &json!("2021-03-01")));
        let january = ("640323", "2021-01", [1, 1, 1, 1, 100, 0], 0);
        let february = ("640323", "2021-02", [2, 1, 1, 2, 23, 1], 5_000);
        assert_eq!(rows(&report, "rows"), owned(&[january, february]));
        assert_eq!(rows(&report, "periods"), owned(&[("", january.1, january.2, 0), ("", february.1, february.2, 5_000)]));
        assert_eq!(rows(&report, "regions"), owned(&[("640323", "", [3, 1, 1, 2, 123, 1], 5_000)]));
        assert_eq!(figures(&report["total"]["donation"]), [3, 1, 1, 2, 123, 1]);
        assert_eq!(figures(&report["total"]["helped_sales"]), [1, 1, 1, 1, 5_000, 0]);
        assert_eq!(report["total"]["donation"]["waiting_fen"], 70_000);
        let classes = json!([{ "class": "registered_poor", "households": 1, "amount_fen": 120 }, { "class": "general", "households": 1, "amount_fen": 3 }]);
        assert_eq!(report["total"]["donation"]["classes"], classes);
        let quarter = report_of(&scene.county, "per=quarter").await.json();
        assert_eq!(rows(&quarter, "rows"), owned(&[("640323", "2021-Q1", [3, 1, 1, 2, 123, 1], 5_000)]));
        let year = report_of(&scene.county, "per=year&by=township").await.json();
        assert_eq!(rows(&year, "rows"), owned(&[("640323", "2021", [1, 1, 1, 1, 3, 0], 0), (TOWNSHIP, "2021", [2, 1, 1, 1, 120, 1], 5_000)]));
        assert_eq!(year["rows"][0]["region_as_a_whole"], true);
        let village = report_of(&scene.county, "per=year&by=village&from=2021-02").await.json();
        assert_eq!(rows(&village, "rows"), owned(&[("640323", "2021", [1, 1, 1, 1, 3, 0], 0), (VILLAGE, "2021", [1, 1, 1, 1, 20, 1], 5_000)]));
        assert_eq!(village["rows"][1]["from"], "2021-02-01");
        let before = report_of(&scene.county, "to=2020-12").await.json();
        assert_eq!((rows(&before, "rows"), figures(&before["total"]["donation"])), (Vec::new(), [0; 6]));
        for wrong in ["from=2021-03&to=2021-02", "as_of=2021-03-02", "from=2011-01"] {
            scene.county.get(&format!("/api/v1/reports/donation?{wrong}")).refused("invalid_parameter").await;
        }
    }

    async fn every_figure_leads_to_what_it_counts(app) {
        let scene = Scene::set(app).await;
        told(&scene).await;
        for query in ["", "by=township", "by=village&per=quarter", "per=year&region=640323100", "by=township&per=year&from=2021-02"] {
            let report = report_of(&scene.county, query).await.json();
            let parts = ["rows", "periods", "regions"].iter().flat_map(|part| report[*part].as_array().unwrap().iter());
            for row in parts.chain([&report["total"]]) {
                for (link, figures, amount, waiting) in [
                    ("activities", &row["donation"], "counted_fen", false),
                    ("activities_waiting", &row["donation"], "amount_fen", true),
                    ("helped_sales", &row["helped_sales"], "counted_fen", false),
                    ("helped_sales_waiting", &row["helped_sales"], "amount_fen", true),
                ] {
                    let found = crate::linkage::all(&scene.county, row["links"][link].as_str().unwrap()).await;
                    let (count, sum) = if waiting { ("waiting", "waiting_fen") } else { ("count", "amount_fen") };
                    assert_eq!(json!(found.len()), figures[count], "{query} {link} {row}");
                    let fen: i64 = found.iter().map(|one| one[amount].as_i64().unwrap()).sum();
                    assert_eq!(json!(fen), figures[sum], "{query} {link} {row}");
                }
                for class in row["donation"]["classes"].as_array().unwrap() {
                    let path = format!("{}&class={}", row["links"]["activities"].as_str().unwrap(), class["class"].as_str().unwrap());
                    assert!(!crate::linkage::all(&scene.county, &path).await.is_empty(), "{path}");
                }
            }
        }
    }

    async fn one_report_in_three_forms(app) {
        let scene = Scene::set(app).await;
        told(&scene).await;
        let path = "/api/v1/reports/donation";
        let csv = scene.county.get(path).header("accept", "text/csv").expect(200).await;
        let lines: Vec<String> = csv.text().trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
        assert!(lines[0].starts_with("地区代码,地区,期间,活动（场次）,参与单位（个）"), "{}", lines[0]);
        let total = "合计（去重）,2021-01—2021-03,3,1,1,1.23,2,1,1.20,0,0.00,0,0.00,1,0.03,1,700.00,1,50.00,1,0,0.00";
        assert_eq!((lines.len(), lines[3].as_str()), (4, format!(",{total}").as_str()));
        assert!(lines[1].starts_with("640323,盐池县,2021-01,1,1,1,1.00,1,1,1.00,"), "{}", lines[1]);
        let book = scene.county.get(path).header("accept", XLSX).expect(200).await;
        assert_eq!(book.header("content-type"), Some(XLSX));
        assert!(book.header("content-disposition").unwrap().contains("donation.xlsx"));
        let sheets = opened(&book.body);
        assert_eq!(sheets.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect::<Vec<_>>(), [("以购代捐", 4), ("按期间", 4), ("按地区", 3)]);
        // The same cells as the CSV's, figures as numbers.
        for (row, line) in sheets[0].1.iter().zip(&lines) {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(row.len(), cells.len());
            for (cell, text) in row.iter().zip(cells) {
                match cell {
                    Data::Float(number) => assert!((number - text.parse::<f64>().unwrap()).abs() < 1e-9, "{number} {text}"),
                    Data::Int(number) => assert_eq!(number.to_string(), text),
                    other => assert_eq!(other.to_string(), text),
                }
            }
        }
        scene.county.get(path).header("accept", "text/html").refused("not_acceptable").await;
    }

    async fn who_sees_which_figures(app) {
        let scene = Scene::set(app).await;
        told(&scene).await;
        let parent = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Reviewer]).await;
        app.supervise(scene.organiser.org_id, parent.org_id).await;
        let (elsewhere, province) = (office(app, "640324").await, office(app, "640000").await);
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::Auditor]).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Reviewer]).await;
        let manager = app.person(scene.organiser.org_id, &[Role::Manager]).await;
        for (reader, count) in [(&scene.county, 3), (&scene.village, 2), (&province, 3), (&operator, 3), (&parent, 3), (&manager, 3), (&elsewhere, 0), (&stranger, 0)] {
            let report = report_of(reader, "").await.json();
            assert_eq!(report["total"]["donation"]["count"], json!(count), "{} {}", reader.kind, reader.region);
        }
        app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await.get("/api/v1/reports/donation").refused("forbidden").await;
        // It is in no plan and in no volume of orders.
        let finance = app.new_person(OrgKind::FinanceBureau, "640323", &[Role::Reviewer]).await;
        let progress = finance.get("/api/v1/reports/quota-progress?year=2021").expect(200).await.text();
        let volumes = scene.county.get("/api/v1/reports/county-volumes").expect(200).await.json();
        assert!(!progress.contains("12300") && volumes["rows"].as_array().unwrap().is_empty(), "{progress} {volumes}");
    }
}
