//! Bulk files: their rows, how an export goes on that was killed, and what describes them.

use super::{BULLETINS, VOLUMES, published, tills};
use crate::bulletins::{Desk, id};
use crate::reporting::gift_box;
use crate::support::TestApp;
use futures_util::FutureExt;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use yigou::opendata::{DataSet, export_open_data};
use yigou::platform::secret::{hex, sha256};

const EXPECTED: &str = "tests/expected/open_data_package.json";

async fn exported(app: &TestApp, folder: &Path) {
    let today = app.ctx().at.day();
    export_open_data(&app.installation.store, today, folder, &|_, _| ()).await.unwrap();
}

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

fn lines(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<Value> {
    text(files, name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Six published bulletins of a bureau: more than are read at once.
async fn issued(desk: &Desk) {
    for day in 21..27 {
        let draft = desk.draft(&format!("2021-12-{day}"), "region").await;
        desk.issue(&id(&draft), &format!("NX-{day}")).await;
    }
}

/// What of a view's members the row of a set also has, with nothing where it is absent.
fn as_row(view: &Value, row: &Value) -> Value {
    row.as_object()
        .unwrap()
        .keys()
        .map(|name| (name.clone(), view[name].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

on_both! {
    async fn exported_rows_are_those_of_the_api(app) {
        let tills = tills(app, 3).await;
        let gift = gift_box(app, &tills[0], 333, [600_000, 400_000]).await;
        for till in &tills {
            till.market.place(&[(till.goods, "1")]).await;
        }
        tills[0].market.place(&[(gift, "1")]).await;
        app.clock.set_day("2021-04-01");
        assert_eq!(published(app).await, 1);
        let folder = app.folder().join("open");
        exported(app, &folder).await;
        let files = files(&folder);
        assert_eq!(files.len(), 11, "{:?}", files.keys());
        let path = format!("{VOLUMES}?year=2021");
        assert_eq!(text(&files, "county-volumes.csv"), app.get(&path).header("accept", "text/csv").expect(200).await.text());
        let views = app.get(&path).expect(200).await.json()["rows"].as_array().unwrap().clone();
        let rows = lines(&files, "county-volumes.ndjson");
        assert_eq!((rows.len(), views.len()), (2, 2));
        for (row, view) in rows.iter().zip(&views) {
            assert_eq!(*row, as_row(view, row));
        }
        let listed = app.get("/api/v1/listings").expect(200).await.json()["items"].as_array().unwrap().clone();
        let rows = lines(&files, "catalogue.ndjson");
        assert_eq!((rows.len(), listed.len()), (2, 2));
        for (row, view) in rows.iter().zip(&listed) {
            let mut view = as_row(view, row);
            view["months"] = json!("1;2;3;4;5;6;7;8;9;10;11;12");
            assert_eq!(*row, view);
        }
    }

    async fn certificates_and_notices_are_exported_as_they_are_shown(app) {
        let world = crate::attacks::World::made(app).await;
        let folder = app.folder().join("open");
        exported(app, &folder).await;
        let files = files(&folder);
        let shown = app.get("/api/v1/certificates?limit=200").expect(200).await.json()["items"].as_array().unwrap().clone();
        let rows = lines(&files, "certificates.ndjson");
        assert!(!rows.is_empty() && rows.iter().any(|row| row["number"] == json!(world.number)));
        assert_eq!(rows.len(), shown.len());
        for (row, view) in rows.iter().zip(&shown) {
            let same = ["number", "status", "product_name", "supplier_name", "valid_until", "issued_at"];
            assert!(same.iter().all(|name| row[*name] == view[*name]), "{row} {view}");
            assert_eq!((&row["county"], &row["county_name"]), (&view["county"]["code"], &view["county"]["name"]));
        }
        let shown = app.get("/api/v1/public-notices?limit=200").expect(200).await.json()["items"].as_array().unwrap().clone();
        let rows = lines(&files, "notices.ndjson");
        assert!(!rows.is_empty() && rows.len() == shown.len());
        for (row, view) in rows.iter().zip(&shown) {
            assert_eq!(*row, as_row(view, row));
        }
        for (name, bytes) in &files {
            assert!(!String::from_utf8_lossy(bytes).contains("usr_"), "{name}");
        }
    }

    async fn an_export_that_was_killed_goes_on_and_gives_the_same_bytes(app) {
        let desk = Desk::open(app).await;
        desk.completed(2).await;
        app.clock.set_day("2021-12-30");
        issued(&desk).await;
        desk.draft("2021-12-29", "region").await;
        published(app).await;
        let (whole, killed) = (app.folder().join("whole"), app.folder().join("killed"));
        exported(app, &whole).await;
        let expected = files(&whole);
        let csv = text(&expected, "bulletins.csv");
        let shown = app.get(&format!("{BULLETINS}/NX-24")).header("accept", "text/csv").expect(200).await.text();
        assert!(shown.lines().skip(1).all(|line| csv.contains(line)) && shown.lines().next() == csv.lines().next());
        assert!((21..27).all(|day| csv.contains(&format!("NX-{day},"))) && !csv.contains("2021-12-29"), "{csv}");
        // Killed while it writes the second page of bulletins: what it knows of is the first.
        let pages = RefCell::new(0);
        let tell = |set: DataSet, _: usize| {
            *pages.borrow_mut() += usize::from(set == DataSet::Bulletins);
            assert_ne!(*pages.borrow(), 2, "killed");
        };
        let today = app.ctx().at.day();
        let running = AssertUnwindSafe(export_open_data(&app.installation.store, today, &killed, &tell)).catch_unwind();
        assert!(running.await.is_err());
        let left = files(&killed);
        assert!(left.contains_key("bulletins.csv.part") && left.contains_key("county-volumes.csv") && !left.contains_key("catalogue.csv"), "{:?}", left.keys());
        assert!(!left.contains_key("datapackage.json"));
        // Lines that nobody is sure of, and a complete file that somebody changed.
        let mut torn = left["bulletins.csv.part"].clone();
        torn.extend(b"640100,torn");
        fs::write(killed.join("bulletins.csv.part"), torn).unwrap();
        fs::write(killed.join("certificates.csv"), "changed").unwrap();
        let kept = fs::metadata(killed.join("county-volumes.csv")).unwrap().modified().unwrap();
        let told = RefCell::new(Vec::new());
        let tell = |set: DataSet, rows: usize| told.borrow_mut().push((set, rows));
        export_open_data(&app.installation.store, today, &killed, &tell).await.unwrap();
        assert_eq!(files(&killed), expected);
        assert_eq!(fs::metadata(killed.join("county-volumes.csv")).unwrap().modified().unwrap(), kept);
        let sets: Vec<DataSet> = told.borrow().iter().map(|(set, _)| *set).collect();
        assert_eq!(sets, [DataSet::Certificates, DataSet::Bulletins, DataSet::Catalogue], "one page of bulletins was left");
        // A part without what says how far it is sure is begun anew, and so is an export of another day.
        fs::write(killed.join("catalogue.csv.part"), "left behind").unwrap();
        app.clock.set_day("2021-12-31");
        exported(app, &killed).await;
        assert_eq!(files(&killed), expected);
    }

    async fn the_package_describes_its_files(app) {
        let tills = tills(app, 1).await;
        tills[0].market.place(&[(tills[0].goods, "1")]).await;
        app.clock.set_day("2021-04-01");
        published(app).await;
        let folder = app.folder().join("open");
        exported(app, &folder).await;
        let files = files(&folder);
        let mut package: Value = serde_json::from_slice(&files["datapackage.json"]).unwrap();
        for resource in package["resources"].as_array_mut().unwrap() {
            let bytes = &files[resource["path"].as_str().unwrap()];
            assert_eq!(resource["hash"], json!(format!("sha256:{}", hex(&sha256(bytes)))));
            assert_eq!(resource["bytes"], json!(bytes.len()));
            (resource["hash"], resource["bytes"]) = (json!("sha256:…"), json!(0));
            if resource["format"] == "csv" {
                let names: Vec<&str> = resource["schema"]["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
                let head = String::from_utf8_lossy(bytes).lines().next().unwrap().to_owned();
                assert_eq!(head, names.join(","));
            }
        }
        let text = serde_json::to_string_pretty(&package).unwrap() + "\n";
        if std::env::var_os("YIGOU_WRITE_API").is_some() {
            fs::write(EXPECTED, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(EXPECTED).unwrap());
    }
}
