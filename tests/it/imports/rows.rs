//! Cells as people fill them in, and what an import says of each row.

use super::{Cell, SHORT, ask, count, counts, errors, grower, imported, products, short, workbook, write};
use crate::support::Answered;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::json;

const TITLES: [&str; 13] = [
    "产品名称",
    "类别",
    "产地",
    "是否称重",
    "标志",
    "认定方案",
    "质量证明类型",
    "标志证书编号",
    "标志证书有效期至",
    "质量材料文件编号",
    "带贫户数",
    "产品介绍",
    "同类商品价格（元）",
];

fn named(found: &[(i64, String, String)]) -> Vec<(i64, &str, &str)> {
    found.iter().map(|(row, column, code)| (*row, column.as_str(), code.as_str())).collect()
}

on_both! {
    async fn days_and_numbers_are_taken_however_they_are_kept(app) {
        let (seller, file, _) = grower(app).await;
        let days = [Cell::Day(2022, 12, 31), "2022-12-31".into(), "２０２２年１２月３１日".into(), Cell::Number(44926.0), "2022/12/31 ".into(), "20221231".into()];
        let row = |(n, day): (usize, &Cell)| vec![
            Cell::Text(format!("　枸杞 {n}　")), "药茶".into(), Cell::Number(640_303.0), Cell::Truth(n % 2 == 0), "绿色食品".into(),
            "NX".into(), "三品一标证书".into(), Cell::Number(20_210_301.0), day.clone(), Cell::Text(format!(" {file}；")),
        ];
        let rows: Vec<Vec<Cell>> = days.iter().enumerate().map(row).collect();
        let done = imported(app, &seller, "all_or_nothing", workbook(&TITLES[..10], &rows)).await;
        assert_eq!(counts(&done), [6, 0, 6, 6], "{} {:?}", done.text(), errors(&seller, &done.id()).await);
        let made = seller.get(&format!("/api/v1/imports/{}/results?limit=2", done.id())).expect(200).await;
        assert_eq!((made.int("/items/0/row"), made.int("/items/1/row")), (2, 3));
        let application = made.str("/items/0/application");
        let detail = seller.get(&format!("/api/v1/certification-applications/{application}")).expect(200).await.json();
        let facts = json!({ "proof": "mark_certificate", "number": null, "expires_on": null,
            "marks": [{ "mark": "green", "number": "20210301", "expires_on": "2022-12-31" }] });
        assert_eq!((&detail["state"], &detail["evidence"][0]["facts"]), (&json!("draft"), &facts));
        let product = seller.get(&format!("/api/v1/products/{}", made.str("/items/0/subject"))).expect(200).await.json();
        assert_eq!((&product["name"], &product["weighed"], &product["mark"]), (&json!("枸杞 0"), &json!(true), &json!("green")));
    }

    async fn every_fault_of_every_row_is_named_where_it_stands(app) {
        let (seller, file, _) = grower(app).await;
        let rows: Vec<Vec<Cell>> = vec![
            // Row 2: a formula, an unknown word, a share that is missing.
            vec![Cell::Formula("=\"羊\"&\"肉\""), "肉".into(), "640303；640323".into(), "否".into()],
            // Row 3: nothing but a description.
            vec![Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty, "好吃".into()],
            // Row 4: elements without a scheme, and incomplete ones; a day that has passed is for the commands to say.
            vec!["甲".into(), "肉类".into(), "640303".into(), "否".into(), Cell::Empty, Cell::Empty, "检验报告".into(), Cell::Empty, Cell::Empty, Cell::Text(file.clone()), Cell::Number(3.0), Cell::Empty, "二十".into()],
            // Row 5: the product of a county that nobody knows.
            vec!["乙".into(), "肉类".into(), "640399".into(), "否".into()],
            // Row 6: evidence that the rules refuse in two places.
            vec!["丙".into(), "肉类".into(), "640303".into(), "否".into(), Cell::Empty, "NX-".into(), "三品一标证书".into(), "LB-1".into(), "2021-02-28".into()],
            // Row 7: as row 5, but for its spaces and width.
            vec![" 乙 ".into(), "MEAT".into(), "640303".into(), "否".into()],
        ];
        let done = imported(app, &seller, "good_rows_only", workbook(&TITLES, &rows)).await;
        assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [0, 6, 0, 0]));
        let found = errors(&seller, &done.id()).await;
        let expected = [
            (2, "A", "formula"), (2, "B", "not_allowed"), (2, "C", "wrong_format"),
            (3, "A", "required"), (3, "B", "required"), (3, "C", "required"), (3, "D", "required"),
            (4, "M", "wrong_format"), (4, "F", "required"), (4, "", "required"), (5, "C", "validation_failed"),
            (6, "J", "invalid"), (6, "E", "invalid"), (6, "I", "invalid"),
            (7, "A", "duplicate"),
        ];
        let shown = named(&found);
        for error in &expected {
            assert!(shown.contains(error), "{error:?} is not among {shown:?}");
        }
        let csv = seller.get(&format!("/api/v1/imports/{}/errors", done.id())).header("accept", "text/csv").expect(200).await.text();
        assert_eq!(csv.lines().count(), found.len() + 1);
        assert!(csv.contains("2,A,产品名称,formula,是公式，请粘贴为数值"), "{csv}");
        // Without the column an error still tells which one is meant.
        let bare = imported(app, &seller, "all_or_nothing", workbook(&SHORT, &[vec!["丁".into(), "肉类".into(), "640303".into()]])).await;
        assert_eq!(named(&errors(&seller, &bare.id()).await), [(2, "D", "required")]);
        assert_eq!(products(app, &seller).await, 0);
    }

    async fn merged_cells_and_cells_beside_the_columns_are_named(app) {
        let (seller, ..) = grower(app).await;
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, title) in (0..).zip(SHORT) {
            sheet.write_string(0, column, title).unwrap();
        }
        for (row, name) in [(1, "甲"), (2, "乙"), (3, "丙"), (4, "丁")] {
            for (column, cell) in (0..).zip(short(name)) {
                write(sheet, row, column, &cell);
            }
        }
        sheet.merge_range(2, 1, 3, 1, "肉类", &Format::new()).unwrap();
        sheet.write_string(4, 7, "备注").unwrap();
        let done = imported(app, &seller, "good_rows_only", book.save_to_buffer().unwrap()).await;
        assert_eq!(counts(&done), [1, 3, 1, 0]);
        let found = errors(&seller, &done.id()).await;
        assert_eq!(named(&found), [(3, "B", "merged_cells"), (4, "B", "merged_cells"), (5, "H", "unknown_column")]);
    }

    async fn doubles_in_the_file_and_in_the_catalogue_are_named(app) {
        let (seller, ..) = grower(app).await;
        let rows = [short("滩羊"), short("枸杞"), short(" 滩　羊"), short("黄花菜")];
        let first = imported(app, &seller, "good_rows_only", workbook(&SHORT, &rows)).await;
        assert_eq!((counts(&first), named(&errors(&seller, &first.id()).await)), ([3, 1, 3, 0], vec![(4, "A", "duplicate")]));
        let again = imported(app, &seller, "good_rows_only", workbook(&SHORT, &rows)).await;
        let found = errors(&seller, &again.id()).await;
        let expected = [(2, "A", "already_exists"), (3, "A", "already_exists"), (4, "A", "duplicate"), (5, "A", "already_exists")];
        assert_eq!((counts(&again), named(&found)), ([0, 4, 0, 0], expected.to_vec()));
        // Others have products of their own.
        let other = crate::certification::cooperative(app, "另一合作社").await;
        assert_eq!(counts(&imported(app, &other, "all_or_nothing", workbook(&SHORT, &rows[..2])).await), [2, 0, 2, 0]);
    }

    async fn the_same_file_under_the_same_key_is_one_import(app) {
        let (seller, ..) = grower(app).await;
        let bytes = workbook(&SHORT, &[short("滩羊")]);
        let path = "/api/v1/imports/products?mode=all_or_nothing";
        let post = |key: &str, bytes: &[u8]| seller.bare_post(path, serde_json::Value::Null).raw(crate::imports::XLSX, bytes.to_vec()).key(key);
        seller.bare_post(path, serde_json::Value::Null).raw(crate::imports::XLSX, bytes.clone()).refused("idempotency_key_required").await;
        let (first, second): (Answered, Answered) = (post("one", &bytes).expect(202).await, post("one", &bytes).expect(202).await);
        assert_eq!((first.id(), second.header("idempotency-replayed")), (second.id(), Some("true")));
        post("one", &workbook(&SHORT, &[short("枸杞")])).refused("idempotency_key_reused").await;
        app.run_jobs().await;
        assert_eq!(post("one", &bytes).expect(202).await.id(), first.id());
        app.run_jobs().await;
        assert_eq!((products(app, &seller).await, count(app, "imports", &seller).await), (1, 1));
        let listed = seller.get("/api/v1/imports").expect(200).await;
        assert_eq!((listed.str("/items/0/id"), listed.str("/items/0/state")), (first.id(), "done".to_owned()));
    }

    async fn who_may_no_longer_import_imports_nothing_more(app) {
        let (seller, ..) = grower(app).await;
        let begun = ask(&seller, "products", "good_rows_only", crate::imports::XLSX, workbook(&SHORT, &[short("滩羊")])).expect(202).await;
        let operator = app.new_person(yigou::kernel::actor::OrgKind::Operator, "640000", &[yigou::kernel::actor::Role::OrgAdmin]).await;
        operator.post(&format!("/api/v1/organisations/{}/suspensions", seller.org_id), json!({ "reason": "停用" })).expect(200).await;
        app.run_jobs().await;
        let view = operator.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
        assert_eq!((view.str("/state"), view.str("/failure/code"), view.int("/created")), ("failed".to_owned(), "forbidden".to_owned(), 0));
        assert_eq!(products(app, &seller).await, 0);
    }
}
