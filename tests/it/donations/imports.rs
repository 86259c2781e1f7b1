//! Activities from a table: rows of one document number are one activity, all of them or none.

use super::*;
use crate::imports::{XLSX, ask, counts, errors};
use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;
use std::io::Cursor;

const TITLES: &str = "凭证号,农户类别,户编号或身份证号,产品,数量,计量单位,金额（元）,活动日期,活动地点代码,活动名称,参与单位,帮扶干部,凭证文件编号,是否提交";

fn file(rows: &[String]) -> Vec<u8> {
    format!("\u{feff}{TITLES}\r\n{}\r\n", rows.join("\r\n")).into_bytes()
}

async fn imported(app: &TestApp, person: &Person, mode: &str, bytes: Vec<u8>) -> Answered {
    let begun = ask(person, "donation-activities", mode, "text/csv", bytes).expect(202).await;
    app.run_jobs().await;
    person.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await
}

/// The rest of a first row, and of a further one.
fn whole(proof: &str) -> String {
    format!(
        "2021-02-20,{VILLAGE},消费扶贫集市,盐池县教育体育局；盐池能源公司,马某/教育局/A001；王某/能源公司,{proof},是"
    )
}
const FURTHER: &str = ",,,,,,";

on_both! {
    async fn rows_of_one_number_are_one_activity(app) {
        let scene = Scene::set(app).await;
        let whole = whole(&scene.proof);
        let rows = [
            format!("甲-1,建档立卡户,NX000001,玉米,20,箱(20穗),600.00,{whole}"),
            format!("乙-1,一般户,NX000009,滩羊,1.5,只,1200,{whole}"),
            format!("甲－1,一般户,nx000002,小米,10,斤,\"1,000.50\",{FURTHER}"),
            format!("甲-1,建档立卡户,NX000001,小米,10,斤,50,{whole}"),
        ];
        let done = imported(app, &scene.organiser, "all_or_nothing", file(&rows)).await;
        let found = errors(&scene.organiser, &done.id()).await;
        assert_eq!((done.str("/state"), counts(&done), found), ("done".to_owned(), [4, 0, 2, 0], Vec::new()), "{}", done.text());
        assert_eq!(done.int("/rows_total"), 4);
        let made = scene.organiser.get(&format!("/api/v1/imports/{}/results", done.id())).expect(200).await;
        assert_eq!((made.int("/items/0/row"), made.int("/items/1/row")), (2, 3));
        let first = scene.county.get(&format!("{ACTIVITIES}/{}", made.str("/items/0/subject"))).expect(200).await;
        assert_eq!(["/units", "/cadres", "/households", "/amount_fen"].map(|at| first.int(at)), [2, 2, 2, 165_050]);
        assert_eq!((first.str("/state"), first.str("/items/0/content"), first.str("/items/1/quantity")), ("at_village".to_owned(), "20穗".to_owned(), "10".to_owned()));
        // The same file again declares nothing twice, and says so of each activity.
        let again = imported(app, &scene.organiser, "good_rows_only", file(&rows)).await;
        assert_eq!(counts(&again), [0, 4, 0, 0]);
        let twice = errors(&scene.organiser, &again.id()).await;
        assert_eq!(twice, [(2, "A".to_owned(), "already_exists".to_owned()), (3, "A".to_owned(), "already_exists".to_owned())]);
    }

    async fn what_is_wrong_is_named_by_row_and_column_and_spares_the_other_activities(app) {
        let scene = Scene::set(app).await;
        let whole = whole(&scene.proof);
        let rows = [
            format!("甲-2,建档立卡户,NX000001,玉米,20,箱(20穗),600.00,{whole}"),
            // A wrong class, a wrong number, a measure that is none, an amount that is none.
            format!("甲-2,贫困户,NX000002,玉米,20,箱,600,{FURTHER}"),
            format!("甲-2,一般户,户,玉米,二十,车,免费,{FURTHER}"),
            // Another day than the first row's.
            "甲-2,一般户,NX000003,玉米,1,斤,1,2021-02-21,,,,,,".to_owned(),
            // What only the command knows: an unknown file; and on the further row a class that differs.
            format!("乙-2,建档立卡户,NX000001,玉米,1,斤,1,2021-02-20,{VILLAGE},集市,甲单位,,fil_00000000000000000000000009,"),
            format!("乙-2,一般户,NX000001,玉米,1,斤,1,{FURTHER}"),
            // Right.
            format!("丙-2,一般户,NX000001,玉米,1,斤,1,2021-02-20,{VILLAGE},集市,甲单位,,,"),
            // No number: an activity by itself, which lacks it.
            format!(",一般户,NX000001,玉米,1,斤,1,2021-02-20,{VILLAGE},集市,甲单位,,,"),
        ];
        let expected = [(3, "B"), (4, "C"), (4, "E"), (4, "F"), (4, "G"), (5, "H"), (6, "M"), (7, "B"), (9, "A")];
        for mode in ["all_or_nothing", "good_rows_only"] {
            let done = imported(app, &scene.organiser, mode, file(&rows)).await;
            let found = errors(&scene.organiser, &done.id()).await;
            let mut named: Vec<(i64, &str)> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
            named.sort_unstable();
            assert_eq!(named, expected, "{mode} {found:?}");
            let made = i64::from(mode == "good_rows_only");
            assert_eq!((counts(&done), done.int("/rows_total")), ([1, 7, made, 0], 8), "{}", done.text());
        }
        assert_eq!(crate::linkage::all(&scene.organiser, ACTIVITIES).await.len(), 1);
    }

    async fn what_waits_to_be_imported_names_nobody(app) {
        let scene = Scene::set(app).await;
        let card = "11010519491231002X";
        let row = format!("丁-1,建档立卡户,{card},玉米,20,箱,600,2021-02-20,{VILLAGE},集市,甲单位,欧阳慕白/教育局/{card},,");
        ask(&scene.organiser, "donation-activities", "good_rows_only", "text/csv", file(&[row])).expect(202).await;
        let parts = yigou::app::importing(&app.installation)();
        let id = scene.organiser.get("/api/v1/imports").expect(200).await.str("/items/0/id").parse().unwrap();
        assert!(yigou::imports::step(&parts, &app.ctx(), id).await.unwrap());
        let census = app.census().await;
        assert_eq!(census["import_rows"].len(), 1);
        let (bytes, text) = (crate::documents::stored_bytes(app), census.into_values().flatten().collect::<Vec<_>>().join("\n"));
        for secret in [card, "欧阳慕白"] {
            assert!(!text.contains(secret) && !text.to_lowercase().contains(&yigou::platform::secret::hex(secret.as_bytes())));
            assert!(bytes.iter().all(|file| !file.windows(secret.len()).any(|part| part == secret.as_bytes())));
        }
        app.run_jobs().await;
        assert_eq!(crate::linkage::all(&scene.organiser, ACTIVITIES).await.len(), 1);
    }

    async fn a_template_filled_in_is_imported(app) {
        let scene = Scene::set(app).await;
        let template = scene.organiser.get("/api/v1/import-templates/donation_activities").expect(200).await.body;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&template)).unwrap();
        let sheets: Vec<(String, calamine::Range<Data>)> = book.worksheets();
        assert_eq!(sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["以购代捐活动", "说明", "选项"]);
        let titles: Vec<String> = sheets[0].1.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let example: Vec<String> = sheets[0].1.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
        let mut filled = Workbook::new();
        let sheet = filled.add_worksheet();
        sheet.set_name("以购代捐活动").unwrap();
        for (column, title) in (0..).zip(&titles) {
            sheet.write_string(0, column, title).unwrap();
            let value = example.get(usize::from(column)).cloned().unwrap_or_default();
            sheet.write_string(1, column, &value).unwrap();
            sheet.write_string(2, column, value.trim_start_matches("（示例）")).unwrap();
        }
        let begun = ask(&scene.organiser, "donation-activities", "all_or_nothing", XLSX, filled.save_to_buffer().unwrap()).expect(202).await;
        app.run_jobs().await;
        let done = scene.organiser.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
        assert_eq!((counts(&done), done.int("/skipped")), ([1, 0, 1, 0], 1), "{} {:?}", done.text(), errors(&scene.organiser, &begun.id()).await);
        let draft = crate::linkage::all(&scene.organiser, ACTIVITIES).await;
        assert_eq!((&draft[0]["state"], &draft[0]["document_number"]), (&json!("draft"), &json!("盐扶〔2021〕12号")));
        ask(&scene.county, "donation-activities", "good_rows_only", XLSX, template).expect(403).await;
    }
}
