//! The commands of the console as an operator runs them: what they print, write and refuse, and how they end.

use crate::payments::{Till, recounted};
use crate::program::{ended, on, refused, said, works};
use crate::support::TestApp;
use diesel::connection::SimpleConnection;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use yigou::each;
use yigou::kernel::terms::Fund;
use yigou::ledger::{self, Owner};

async fn sql(app: &TestApp, text: &str) {
    let text = text.to_owned();
    app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&text))?)).await.unwrap();
}

fn written(app: &TestApp, name: &str, text: &str) -> PathBuf {
    let path = app.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(app: &TestApp, what: &str, file: &Path) -> Output {
    ended(on(app).args(["import", what]).arg(file), "")
}

fn printed(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a person at a terminal sees of an import; nothing where no program lends one, which continuous integration has.
fn at_a_terminal(app: &TestApp, file: &Path) -> Option<String> {
    let line = format!("'{}' import regions '{}'", env!("CARGO_BIN_EXE_yigou"), file.display());
    let mut command = Command::new("script");
    command
        .env_clear()
        .env("TERM", "xterm")
        .current_dir(app.folder())
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null());
    for (name, value) in on(app).get_envs() {
        command.env(name, value?);
    }
    let output = command.output();
    assert!(output.is_ok() || std::env::var_os("CI").is_none(), "`script` lends no terminal: {output:?}");
    let output = output.ok()?;
    assert!(output.status.success(), "{}", said(&output));
    Some(printed(&output.stdout))
}

/// What damages a figure, what mends it, and how `verify` names it.
const DAMAGES: [(&str, &str, &str); 13] = [
    (
        "UPDATE ledger_unit_years SET ordered_fen = ordered_fen + 1",
        "UPDATE ledger_unit_years SET ordered_fen = ordered_fen - 1",
        "2021 canteen: ledger_unit_years 与分录之和不符",
    ),
    (
        "UPDATE ledger_accounts SET limit_amount = NULL WHERE year = 2030",
        "UPDATE ledger_accounts SET limit_amount = 0 WHERE year = 2030",
        "limit 账上 / stored 无 / none，应为 / should be 0",
    ),
    (
        "UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'stock'",
        "UPDATE ledger_accounts SET posted = posted - 1 WHERE kind = 'stock'",
        "posted 账上 / stored 5001，应为 / should be 5000",
    ),
    (
        "UPDATE ledger_accounts SET pending = pending + 1 WHERE year = 2021",
        "UPDATE ledger_accounts SET pending = pending - 1 WHERE year = 2021",
        "pending 账上",
    ),
    (
        "UPDATE order_lines SET held_fen = 0",
        "UPDATE order_lines SET held_fen = 2000",
        "line 1 held_fen in the ledger 账上",
    ),
    (
        "UPDATE order_lines SET rejected = rejected + 1000",
        "UPDATE order_lines SET rejected = rejected - 1000",
        "line 1 rejected 账上 / stored 2，应为 / should be 1",
    ),
    (
        "UPDATE order_lines SET origins = REPLACE(origins, '1000000', '999999')",
        "UPDATE order_lines SET origins = REPLACE(origins, '999999', '1000000')",
        "line 1 origin shares 账上 / stored 999999，应为 / should be 1000000",
    ),
    (
        "UPDATE orders SET ordered_fen = ordered_fen + 1",
        "UPDATE orders SET ordered_fen = ordered_fen - 1",
        "ordered_fen of the lines 账上",
    ),
    (
        "UPDATE orders SET accepted_fen = accepted_fen + 1, returned_fen = returned_fen + 1",
        "UPDATE orders SET accepted_fen = accepted_fen - 1, returned_fen = returned_fen - 1",
        "returned_fen 账上",
    ),
    (
        "UPDATE order_lines SET accepted_fen = accepted_fen + 1",
        "UPDATE order_lines SET accepted_fen = accepted_fen - 1",
        "line 1 kept in the ledger 账上",
    ),
    ("UPDATE orders SET paid_fen = paid_fen + 1", "UPDATE orders SET paid_fen = paid_fen - 1", "paid_fen 账上"),
    ("UPDATE orders SET rated_at = 5", "UPDATE orders SET rated_at = NULL", "rated_at 账上"),
    (
        "UPDATE orders SET state = 'closed'",
        "UPDATE orders SET state = 'confirmed'",
        "state 账上 / stored closed，应为 / should be confirmed",
    ),
];

on_both! {
    async fn verify_names_what_is_wrong_and_fails(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "5")]).await;
        till.market.accept(&order, &[(1, "2", "1")]).await;
        till.pay(&order, 1000).await;
        let unit = till.market.trader.org_id;
        app.write(move |tx| {
            let account = ledger::account(tx, &Owner::Quota { unit, year: 2030, fund: Fund::Canteen })?;
            ledger::set_limit(tx, ledger::transfer_id(&["test", "nothing"]), account, 0)
        }).await.unwrap();
        recounted(app).await;
        for (damage, mend, name) in DAMAGES {
            sql(app, damage).await;
            let found = ended(on(app).arg("verify"), "");
            assert_eq!(found.status.code(), Some(1), "{damage}: {}", said(&found));
            assert!(printed(&found.stderr).contains(name), "{damage}: {}", said(&found));
            assert!(!said(&found).contains("一致"), "{damage}: {}", said(&found));
            sql(app, mend).await;
        }
        assert!(works(on(app).arg("verify")).contains("一致 / no difference"));
    }

    async fn reports_are_written_whole_or_not_at_all(app) {
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        till.pay(&order, 3000).await;
        let out = app.folder().join("report.csv");
        std::fs::write(&out, "an older report").unwrap();
        let volumes = ["export", "county-volumes", "--year", "2021", "--by", "county,month", "--out"];
        let done = ended(on(app).args(volumes).arg(&out), "");
        assert!(done.status.success(), "{}", said(&done));
        assert!(printed(&done.stdout).contains("report.csv: 1 行 / rows"), "{}", said(&done));
        assert_eq!(printed(&done.stderr), "");
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(text.contains("盐池县") && text.contains("2021-03") && text.contains("30.00"), "{text}");
        let progress = ["export", "quota-progress", "--year", "2021", "--by", "unit", "--as-of", "2021-03-01", "--out"];
        works(on(app).args(progress).arg(&out));
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(text.contains("30.00") && !text.contains("2021-03,"), "{text}");
        // A folder that is not there, and nothing of the report beside the old one.
        let nowhere = app.folder().join("none").join("report.csv");
        assert!(refused(on(app).args(progress).arg(&nowhere), "").contains("none"));
        assert!(std::fs::read_dir(app.folder()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().contains(".part")));
        for (wrong, named) in [
            (vec!["export", "county-volumes", "--out", "x.csv"], "--year"),
            (vec!["export", "county-volumes", "--year", "20x1", "--out", "x.csv"], "--year"),
            (vec!["export", "county-volumes", "--year", "2021", "--by", "weather", "--out", "x.csv"], "weather"),
            (vec!["export", "county-volumes", "--year", "2021", "--basis", "hoped", "--out", "x.csv"], "--basis"),
            (vec!["export", "quota-progress", "--year", "2021", "--as-of", "2021-02-30", "--out", "x.csv"], "--as-of"),
            (vec!["export", "quota-progress", "--year", "2021"], "--out"),
            (vec!["export", "weather"], "weather"),
        ] {
            let said = refused(on(app).args(&wrong), "");
            assert!(said.contains(named), "{wrong:?}: {said}");
            assert!(!app.folder().join("x.csv").exists(), "{wrong:?}");
        }
    }

    async fn a_file_is_imported_whole_or_its_wrong_rows_are_named(app) {
        let year = written(app, "2027.csv", "region,date,kind,name\n000000,2027-01-01,off,元旦\n000000,2027-01-02,work,调休\n");
        for _ in 0..2 {
            let done = import(app, "calendar", &year);
            assert!(done.status.success(), "{}", said(&done));
            // The bar is for terminals: what a script reads is the count, and nothing else.
            assert_eq!((printed(&done.stdout), printed(&done.stderr)), ("2 行 / rows\n".to_owned(), String::new()));
        }
        let shown = app.get("/api/v1/calendars/2027").expect(200).await.json();
        assert_eq!(shown["loaded"], json!(true));
        let wrong = written(app, "2028.csv", "region,date,kind,name\n000000,2028-01-01,off,元旦\n000000,2028-02-30,off,?\n000000,2028-01-03,holiday,?\n");
        let failed = import(app, "calendar", &wrong);
        assert_eq!(failed.status.code(), Some(1));
        let why = printed(&failed.stderr);
        assert!(why.contains("/3/date") && why.contains("/4/kind") && why.contains("未导入 / nothing was imported: 2"), "{why}");
        assert_eq!(app.get("/api/v1/calendars/2028").expect(200).await.json()["loaded"], json!(false));
        let regions = written(app, "regions.csv", "code,name\n220000,吉林省\n220100,长春市\n220102,南关区\n");
        assert_eq!(printed(&import(app, "regions", &regions).stdout), "3 行 / rows\n");
        assert_eq!(app.get("/api/v1/regions/220102").expect(200).await.json()["name"], json!("南关区"));
        if let Some(shown) = at_a_terminal(app, &regions) {
            assert!(shown.contains("█") && shown.contains("3/3") && shown.contains("3 行 / rows"), "{shown}");
        }
        let orphan = written(app, "orphan.csv", "code,name\n990101,某区\n");
        assert!(refused(on(app).args(["import", "regions"]).arg(&orphan), "").contains("/2/code"));
        assert!(refused(on(app).args(["import", "regions", "none.csv"]), "").contains("none.csv"));
        assert!(refused(on(app).args(["import", "weather", "x.csv"]), "").contains("weather"));
        assert!(refused(on(app).args(["import", "regions"]), "").contains("FILE"));
        // The program wrote its follow-ups by its own clock.
        app.clock.set_day("2100-01-01");
    }
}
