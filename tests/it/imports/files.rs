//! Files that are no tables, the wrong ones, or too much.

use super::{Cell, PRODUCTS, SHORT, XLSX, ask, grower, imported, short, workbook};
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A package with these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated))
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

on_both! {
    async fn files_that_lie_or_are_too_much_are_refused_at_once(app) {
        let (seller, ..) = grower(app).await;
        let before = app.census().await;
        let bomb = package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &vec![b' '; 80 * 1024 * 1024])]);
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        let elements = b"<si/>".repeat(2_100_000);
        let strings = package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &elements)]);
        let damaged = package(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook><sheets>")]);
        let letter = package(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")]);
        let many = workbook(&SHORT, &(0..10_001).map(|n| short(&format!("{n}"))).collect::<Vec<_>>());
        let wide: Vec<String> = (0..65).map(|n| format!("列{n}")).collect();
        let wide = workbook(&wide.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        let table: [(&str, Vec<u8>, &str); 15] = [
            (XLSX, "产品名称,类别\n".into(), "file_type_mismatch"),
            (XLSX, letter, "file_type_mismatch"),
            (XLSX, b"PK\x03\x04".to_vec(), "file_type_mismatch"),
            (XLSX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "file_type_mismatch"),
            ("text/csv", workbook(&SHORT, &[short("甲")]), "file_type_mismatch"),
            ("text/csv", b"\xb2\xfa\xc6\xb7".to_vec(), "file_type_mismatch"),
            ("text/plain", "产品名称\n".into(), "file_type_refused"),
            ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0".to_vec(), "file_type_refused"),
            (XLSX, Vec::new(), "malformed_request"),
            (XLSX, damaged, "sheet_unreadable"),
            (XLSX, bomb, "payload_too_large"),
            (XLSX, strings, "payload_too_large"),
            (XLSX, many, "payload_too_large"),
            (XLSX, wide, "payload_too_large"),
            (XLSX, vec![b'P'; 10 * 1024 * 1024 + 1], "payload_too_large"),
        ];
        for (n, (kind, bytes, code)) in table.into_iter().enumerate() {
            let refused = ask(&seller, "products", "good_rows_only", kind, bytes).send().await;
            assert_eq!(refused.json()["code"], code, "{n}: {}", refused.text());
        }
        app.unchanged_since(&before, "a refused file").await;
    }

    async fn wrong_sheets_and_columns_are_named(app) {
        let (seller, ..) = grower(app).await;
        let mut book = Workbook::new();
        for name in ["供应商", "说明"] {
            book.add_worksheet().set_name(name).unwrap();
        }
        let post = |bytes: Vec<u8>| ask(&seller, "products", "good_rows_only", XLSX, bytes);
        let wrong = post(book.save_to_buffer().unwrap()).refused("sheet_unreadable").await;
        assert_eq!(wrong.pointers(), ["/sheet"]);
        assert!(wrong.text().contains(PRODUCTS) && wrong.text().contains("供应商"), "{}", wrong.text());
        let columns = post(workbook(&["备注", "产品名称*", "产品名称", "产地"], &[])).refused("validation_failed").await;
        assert_eq!(columns.pointers(), ["/1/A", "/1/C", "/1/category", "/1/weighed"]);
        post(workbook(&["", "", ""], &[])).refused("sheet_unreadable").await;
        // The order does not matter, nor what the only sheet is called; English names are titles too.
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, text) in (0..).zip(["weighed", "origins", "类别 ＊", "name"]) {
            sheet.write_string(0, column, text).unwrap();
        }
        for (column, text) in (0..).zip(["是", "红寺堡区", "ＭＥＡＴ", "滩羊"]) {
            sheet.write_string(3, column, text).unwrap();
        }
        let done = imported(app, &seller, "all_or_nothing", book.save_to_buffer().unwrap()).await;
        assert_eq!((done.int("/rows_total"), done.int("/created"), done.int("/applications")), (1, 1, 0), "{}", done.text());
    }

    async fn a_file_of_nothing_but_titles_is_done_with_nothing(app) {
        let (seller, ..) = grower(app).await;
        let blank = vec![Cell::from("  "), Cell::from("　")];
        for mode in ["all_or_nothing", "good_rows_only"] {
            let done = imported(app, &seller, mode, workbook(&SHORT, &[blank.clone(), Vec::new()])).await;
            assert_eq!((done.str("/state"), done.int("/rows_total"), done.int("/created")), ("done".to_owned(), 0, 0));
        }
    }
}
