//! Ten thousand rows with 37 errors among them, in both modes; and what a crash leaves.

use super::{Cell, SHORT, XLSX, ask, counts, errors, grower, imported, products, short, workbook};
use crate::support::TestApp;
use crate::support::people::Person;
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;

const ROWS: usize = 10_000;
const PLANTED: usize = 37;

/// Every column of the template but the mark's certificate.
const TITLES: [&str; 20] = [
    "产品名称",
    "类别",
    "产地",
    "是否称重",
    "认定方案",
    "质量证明类型",
    "质量证明编号",
    "质量材料文件编号",
    "价格证明类型",
    "同类商品链接",
    "同类商品价格（元）",
    "同类商品计价单位",
    "带贫方式",
    "带贫对象",
    "带贫户数",
    "带贫人数",
    "年带动增收（元）",
    "带贫材料文件编号",
    "生产许可证号",
    "标志",
];

fn row(n: usize, quality: &str, list: &str) -> Vec<Cell> {
    let text = |text: &str| Cell::from(text);
    vec![
        Cell::Text(format!("红寺堡枸杞 {n} 号")),
        text("药茶"),
        text("640303"),
        text("否"),
        text("宁夏扶贫产品认定"),
        text("检验报告"),
        Cell::Text(format!("JY-{n}")),
        text(quality),
        text("网络链接"),
        Cell::Text(format!("https://shop.example/{n}")),
        Cell::Number(19.8),
        text("500克"),
        text("经营性"),
        text("建档立卡户"),
        Cell::Number(12.0),
        Cell::Number(40.0),
        text("１２，０００．５０"),
        text(list),
        Cell::Empty,
        Cell::Empty,
    ]
}

/// A thing wrong with a row: the column it stands in, and what the cell then holds.
fn faults() -> Vec<(usize, Cell)> {
    let text = |text: &str| Cell::from(text);
    vec![
        (0, Cell::Text("长".repeat(101))),
        (1, text("不存在的类别")),
        (2, text("640399")),
        (2, text("640303 60%；640522 30%")),
        (3, text("也许")),
        (4, text("别的方案")),
        (7, text("fil_00000000000000000000000009")),
        (7, Cell::Empty),
        (9, text("ftp://shop.example")),
        (10, text("19.805")),
        (11, Cell::Text("克".repeat(31))),
        (14, Cell::Number(0.0)),
        (15, Cell::Number(11.0)),
        (16, Cell::Formula("=1+1")),
        (18, text("SC123")),
    ]
}

/// The file, and where its errors stand.
fn planted(quality: &str, list: &str) -> (Vec<u8>, BTreeSet<(i64, String)>) {
    let mut rows: Vec<Vec<Cell>> = (0..ROWS).map(|n| row(n, quality, list)).collect();
    let (faults, mut expected) = (faults(), BTreeSet::new());
    for n in 0..PLANTED {
        let (at, (column, cell)) = (17 + n * 263, &faults[n % faults.len()]);
        rows[at][*column] = cell.clone();
        let letter = char::from(b'A' + u8::try_from(*column).unwrap());
        expected.insert((i64::try_from(at).unwrap() + 2, letter.to_string()));
    }
    (workbook(&TITLES, &rows), expected)
}

async fn measured(app: &TestApp, seller: &Person, mode: &str, bytes: Vec<u8>) -> crate::support::Answered {
    let began = Instant::now();
    let done = imported(app, seller, mode, bytes).await;
    let store = if app.installation.store.is_postgres() { "PostgreSQL" } else { "SQLite" };
    // Past the capture of passing tests.
    let mut past = std::io::stderr();
    writeln!(past, "{ROWS} rows, {mode}, {store}: {:.1} s", began.elapsed().as_secs_f64()).unwrap();
    done
}

on_both! {
    async fn ten_thousand_rows_with_37_errors_name_exactly_those(app) {
        let (seller, quality, list) = grower(app).await;
        let (bytes, expected) = planted(&quality, &list);
        assert_eq!(expected.len(), PLANTED);
        let none = measured(app, &seller, "all_or_nothing", bytes.clone()).await;
        assert_eq!((none.str("/state"), counts(&none)), ("failed".to_owned(), [9_963, 37, 0, 0]), "{}", none.text());
        assert_eq!(none.str("/failure/code"), "validation_failed");
        assert_eq!(products(app, &seller).await, 0);
        let good = measured(app, &seller, "good_rows_only", bytes).await;
        assert_eq!((good.str("/state"), counts(&good)), ("done".to_owned(), [9_963, 37, 9_963, 9_963]), "{}", good.text());
        assert_eq!(good.int("/rows_total"), 10_000);
        assert_eq!(products(app, &seller).await, 9_963);
        for import in [none, good] {
            let found = errors(&seller, &import.id()).await;
            assert_eq!(found.len(), PLANTED, "{found:?}");
            let named: BTreeSet<(i64, String)> = found.into_iter().map(|(row, column, _)| (row, column)).collect();
            assert_eq!(named, expected);
        }
    }

    async fn a_crash_between_steps_loses_and_doubles_nothing(app) {
        let (seller, ..) = grower(app).await;
        let rows: Vec<_> = (0..350).map(|n| short(&format!("滩羊 {n}"))).collect();
        for mode in ["good_rows_only", "all_or_nothing"] {
            let names = |row: &[Cell]| { let mut row = row.to_vec(); row[0] = format!("{mode} {:?}", row[0]).as_str().into(); row };
            let rows: Vec<_> = rows.iter().map(|row| names(row)).collect();
            let had = products(app, &seller).await;
            let begun = ask(&seller, "products", mode, XLSX, workbook(&SHORT, &rows)).expect(202).await;
            let id = begun.id().parse().unwrap();
            // Each step by another process, which dies after it; the job that waits begins where they left it.
            let mut states = Vec::new();
            for _ in 0..4 {
                let process = app.twin().await;
                let parts = yigou::app::importing(&process.installation)();
                yigou::imports::step(&parts, &process.ctx(), id).await.unwrap();
                let view = seller.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
                states.push((view.int("/rows_done"), view.int("/created")));
            }
            let expected = if mode == "good_rows_only" { [(0, 0), (100, 100), (200, 200), (300, 300)] } else { [(0, 0), (100, 0), (200, 0), (300, 0)] };
            assert_eq!(states, expected, "{mode}");
            app.run_jobs().await;
            let view = seller.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
            assert_eq!((view.str("/state"), counts(&view)), ("done".to_owned(), [350, 0, 350, 0]), "{mode}");
            assert_eq!(products(app, &seller).await, had + 350, "{mode}");
        }
    }

    async fn what_changes_between_trying_and_writing_keeps_everything_out(app) {
        let (seller, ..) = grower(app).await;
        let rows: Vec<_> = (0..120).map(|n| short(&format!("滩羊 {n}"))).collect();
        let begun = ask(&seller, "products", "all_or_nothing", XLSX, workbook(&SHORT, &rows)).expect(202).await;
        let (id, parts) = (begun.id().parse().unwrap(), yigou::app::importing(&app.installation)());
        // Read, try 100, try 20, find none left.
        for _ in 0..4 {
            assert!(yigou::imports::step(&parts, &app.ctx(), id).await.unwrap());
        }
        crate::catalogue::product(&seller, "滩羊 7", "640303").await;
        app.run_jobs().await;
        let view = seller.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
        assert_eq!((view.str("/state"), counts(&view)), ("failed".to_owned(), [119, 1, 0, 0]));
        assert_eq!(errors(&seller, &begun.id()).await, [(9, "A".to_owned(), "already_exists".to_owned())]);
        assert_eq!(products(app, &seller).await, 1);
    }

    async fn all_of_a_good_file_comes_or_nothing(app) {
        let (seller, quality, list) = grower(app).await;
        let rows = |from: usize| (from..from + 250).map(|n| row(n, &quality, &list)).collect::<Vec<_>>();
        let done = imported(app, &seller, "all_or_nothing", workbook(&TITLES, &rows(0))).await;
        assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [250, 0, 250, 250]), "{}", done.text());
        // One row that is there already keeps all others out.
        let twice = imported(app, &seller, "all_or_nothing", workbook(&TITLES, &rows(249))).await;
        assert_eq!((twice.str("/state"), counts(&twice)), ("failed".to_owned(), [249, 1, 0, 0]));
        assert_eq!(errors(&seller, &twice.id()).await, [(2, "A".to_owned(), "already_exists".to_owned())]);
        assert_eq!(products(app, &seller).await, 250);
    }
}
