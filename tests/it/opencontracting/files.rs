//! The export: files of so many processes each, that go on where they were stopped.

use super::fen;
use crate::payments::Till;
use crate::program::{on, refused, works};
use crate::support::TestApp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use yigou::app::ocds::{Exporter, OcdsExport};

/// Every file of a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

async fn export(app: &TestApp, wanted: &OcdsExport) {
    let mut exporter = Exporter::open(&app.installation, wanted).await.unwrap();
    while exporter.step().await.unwrap() {}
}

on_both! {
    async fn an_export_that_was_stopped_ends_with_the_same_bytes(app) {
        let till = Till::open(app).await;
        for boxes in 1..=7 {
            let order = till.accepted(&boxes.to_string()).await;
            till.pay(&order, boxes * 1000).await;
        }
        app.clock.advance(Duration::from_secs(120));
        let wanted = |name: &str| OcdsExport { out: app.folder().join(name), per_file: 2 };
        let (whole, stopped) = (wanted("whole"), wanted("stopped"));
        export(app, &whole).await;

        let mut exporter = Exporter::open(&app.installation, &stopped).await.unwrap();
        assert_eq!(exporter.total, 7);
        assert!(exporter.step().await.unwrap() && exporter.step().await.unwrap());
        drop(exporter);
        // It was killed while it wrote: half a row, and half a file that nobody knows of.
        let table = stopped.out.join("releases.csv");
        let mut bytes = std::fs::read(&table).unwrap();
        bytes.extend(b"ocds-yigou0-ord_half");
        std::fs::write(&table, bytes).unwrap();
        std::fs::write(stopped.out.join("releases/000003.json"), "{\"uri\":").unwrap();
        // Life goes on meanwhile, and belongs to the next export.
        till.accepted("1").await;
        app.clock.advance(Duration::from_secs(3_600));
        let again = Exporter::open(&app.installation, &stopped).await.unwrap();
        assert_eq!((again.total, again.done()), (7, 4));
        export(app, &stopped).await;
        let (one, other) = (tree(&whole.out), tree(&stopped.out));
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert_eq!(Some(bytes), other.get(name), "{name}");
        }
        assert!(!one.contains_key("progress.json"));

        // The next export holds what came since; what was told of the others stands in it, byte for byte.
        export(app, &stopped).await;
        let next = tree(&stopped.out);
        assert_eq!(json(&next["index.json"])["processes"], 8);
        let releases = |files: &BTreeMap<String, Vec<u8>>| -> Vec<Value> {
            let packages = files.iter().filter(|(name, _)| name.starts_with("releases/"));
            packages.flat_map(|(_, bytes)| json(bytes)["releases"].as_array().unwrap().clone()).collect()
        };
        let (before, after) = (releases(&one), releases(&next));
        assert_eq!(after[..before.len()], before);
        // The tables have a row for each thing that the packages tell.
        let rows = |name: &str| String::from_utf8(next[name].clone()).unwrap().lines().count() - 1;
        let told = |list: &str| after.iter().filter_map(|release| release["contracts"][0]["implementation"][list].as_array()).map(Vec::len).sum::<usize>();
        assert_eq!((rows("releases.csv"), rows("processes.csv")), (after.len(), 8));
        assert_eq!((rows("milestones.csv"), rows("transactions.csv")), (told("milestones"), told("transactions")));
        assert_eq!(told("transactions"), 7);
        let paid: i64 = after.iter().filter_map(|release| release["contracts"][0]["implementation"]["transactions"].as_array())
            .flatten().map(|one| fen(&one["value"])).sum();
        assert_eq!(paid, 28_000);
    }

    async fn the_command_writes_them(app) {
        let till = Till::open(app).await;
        till.accepted("2").await;
        let out = app.folder().join("open");
        let said = works(on(app).args(["export", "ocds", "--out"]).arg(&out));
        assert!(said.contains("1 个采购过程 / processes"), "{said}");
        let files = tree(&out);
        let package = json(&files["releases/000001.json"]);
        assert_eq!(package["version"], "1.1");
        assert_eq!(json(&files["records/000001.json"])["records"].as_array().unwrap().len(), 1);
        let told = refused(on(app).env("YIGOU_OCDS_PREFIX", "ocds-").args(["export", "ocds", "--out"]).arg(&out), "");
        assert!(told.contains("YIGOU_OCDS_PREFIX"), "{told}");
    }
}
