//! Templates: what is downloaded is what can be filled in and imported.

use super::{XLSX, ask, counts, errors, grower, imported};
use crate::support::people::Person;
use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Read};

async fn template(person: &Person, kind: &str) -> Vec<u8> {
    let got = person.get(&format!("/api/v1/import-templates/{kind}")).expect(200).await;
    assert_eq!(got.header("content-type"), Some(XLSX));
    assert!(got.header("content-disposition").unwrap().contains(&format!("yigou-{kind}.xlsx")));
    got.body
}

/// The sheets of a workbook, cell by cell.
fn opened(bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet =
        |range: calamine::Range<Data>| range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    book.worksheets().into_iter().map(|(name, range)| (name, sheet(range))).collect()
}

/// The template filled in below its example, as a person does: every other sheet stays.
fn filled(bytes: &[u8], rows: &[&[(&str, &str)]]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (n, (name, cells)) in opened(bytes).into_iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(&name).unwrap();
        for (row, line) in (0..).zip(&cells) {
            for (column, text) in (0..).zip(line) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
        for (row, values) in (2..).zip(rows).filter(|_| n == 0) {
            for (title, text) in *values {
                let at = cells[0].iter().position(|known| known.trim_end_matches('*') == *title).unwrap();
                sheet.write_string(row, u16::try_from(at).unwrap(), *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The text of a part of a package.
fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

async fn explains_itself(person: &Person, kind: &str, sheet: &str) {
    let bytes = template(person, kind).await;
    let sheets = opened(&bytes);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [sheet, "说明", "选项"]);
    assert!(sheets[0].1[1][0].starts_with("（示例）"));
    // Every column is explained; what can be chosen hangs on its cells.
    for title in &sheets[0].1[0] {
        let bare = title.trim_end_matches('*');
        assert!(sheets[1].1.iter().any(|line| line[0] == bare && !line[2].is_empty()), "{bare} is not explained");
    }
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    let listed = sheets[2].1[0].iter().filter(|title| !title.is_empty()).count();
    assert_eq!(xml.matches("<dataValidation ").count(), listed);
    assert!(listed >= 2 && xml.contains("sqref=\"B2:B10001\"") || kind == "suppliers", "{xml}");
}

on_both! {
    async fn a_template_filled_in_is_imported(app) {
        let (seller, file, list) = grower(app).await;
        explains_itself(&seller, "products", "产品与认定申请").await;
        let bytes = template(&seller, "products").await;
        let choices = opened(&bytes)[2].1.clone();
        assert!(choices.iter().flatten().any(|text| text == "宁夏扶贫产品认定"));
        let county = choices.iter().flatten().find(|text| text.starts_with("640303 ")).unwrap().clone();
        let rows: [&[(&str, &str)]; 2] = [
            &[("产品名称", "枸杞"), ("类别", "药茶"), ("标志", "无"), ("产地", &county), ("是否称重", "否"), ("认定方案", "宁夏扶贫产品认定"),
              ("质量证明类型", "食品生产许可证"), ("质量证明编号", "SC10164030300013"), ("质量证明有效期至", "2025-12-31"), ("质量材料文件编号", &file),
              ("价格证明类型", "网络链接"), ("同类商品链接", "https://shop.example/gouqi"), ("同类商品价格（元）", "39.80"), ("同类商品计价单位", "500克"),
              ("带贫方式", "经营性"), ("带贫对象", "建档立卡户"), ("带贫户数", "12"), ("带贫人数", "40"), ("年带动增收（元）", "12000"), ("带贫材料文件编号", &list)],
            &[("产品名称", "礼盒"), ("类别", "干货"), ("产地", "640303 60%；640522 40%"), ("是否称重", "是"), ("产品介绍", "枸杞与小米")],
        ];
        let done = imported(app, &seller, "all_or_nothing", filled(&bytes, &rows)).await;
        assert_eq!((counts(&done), done.int("/skipped")), ([2, 0, 2, 1], 1), "{} {:?}", done.text(), errors(&seller, &done.id()).await);
        // What was imported can be handed in as it is.
        let made = seller.get(&format!("/api/v1/imports/{}/results", done.id())).expect(200).await;
        let application = format!("/api/v1/certification-applications/{}", made.str("/items/0/application"));
        let submitted = seller.post(&format!("{application}/submission"), serde_json::json!({})).expect(200).await;
        assert_eq!(submitted.str("/state"), "in_review");
    }

    async fn the_empty_template_imports_nothing(app) {
        let (seller, ..) = grower(app).await;
        let bytes = template(&seller, "products").await;
        let done = imported(app, &seller, "all_or_nothing", bytes.clone()).await;
        assert_eq!((done.str("/state"), counts(&done), done.int("/skipped")), ("done".to_owned(), [0; 4], 1));
        explains_itself(&seller, "suppliers", "供应商").await;
        let other = template(&seller, "suppliers").await;
        ask(&seller, "products", "all_or_nothing", XLSX, other).refused("sheet_unreadable").await;
    }
}
