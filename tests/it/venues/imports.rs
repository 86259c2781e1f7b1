//! Sales of venues from a table, a receipt in each row.

use super::*;
use crate::imports::{ask, counts, errors};
use calamine::{Reader, Xlsx};
use std::io::Cursor;

const TITLES: &str = "单据号,销售点编号,销售日期,品名,认定编号,生产县,数量,单位,销售金额（元）,来源订单编号,来源订单行,来源数量,来源部分金额（元）";

async fn imported(app: &TestApp, person: &Person, mode: &str, rows: &[String]) -> Answered {
    let bytes = format!("\u{feff}{TITLES}\r\n{}\r\n", rows.join("\r\n")).into_bytes();
    let begun = ask(person, "venue-sales", mode, "text/csv", bytes).expect(202).await;
    app.run_jobs().await;
    person.get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await
}

on_both! {
    async fn rows_are_receipts_and_are_counted_once(app) {
        let scene = Scene::set(app).await;
        let (order, venue) = (scene.bought("5").await, &scene.venue);
        let rows = [
            format!("1,{venue},2021-02-01,滩羊肉,,盐池县,2,袋,\"1,000.00\",,,,"),
            format!("2,{venue},2021-02-02,滩羊,,,3,箱,60.00,{order},1,3,50.00"),
        ];
        let done = imported(app, scene.clerk(), "all_or_nothing", &rows).await;
        assert_eq!((done.str("/state"), counts(&done)), ("done".to_owned(), [2, 0, 2, 0]), "{}", done.text());
        assert_eq!(scene.totals(scene.clerk(), "").await, [106_000, 0, 5_000, 101_000]);
        // The same file again counts nothing twice; a changed row is told.
        let again = imported(app, scene.clerk(), "good_rows_only", &rows).await;
        assert_eq!(counts(&again), [2, 0, 2, 0], "{}", again.text());
        let changed = [
            format!("1,{venue},2021-02-01,滩羊肉,,盐池县,2,袋,900.00,,,,"),
            format!("3,{venue},2021-02-01,滩羊肉,,,2,袋,900.00,,,,"),
            "4,ven_00000000000000000000000001,2021-02-01,滩羊肉,,盐池县,2,袋,900.00,,,,".to_owned(),
            format!("5,{venue},2021-02-03,滩羊,,,3,箱,60.00,{order},1,3,50.00"),
            format!("6,{venue},二月,滩羊肉,,盐池县,两,袋,免费,,,,"),
            format!("7,{venue},2021-02-01,滩羊肉,,盐池县,2,袋,9.00,,,,"),
        ];
        let mixed = imported(app, scene.clerk(), "good_rows_only", &changed).await;
        let found = errors(scene.clerk(), &mixed.id()).await;
        let mut named: Vec<(i64, &str)> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
        named.sort_unstable();
        assert_eq!(named, [(2, "A"), (3, "F"), (4, "B"), (5, "L"), (6, "C"), (6, "G"), (6, "I")], "{found:?}");
        assert_eq!(scene.totals(scene.clerk(), "").await, [106_900, 0, 5_000, 101_900]);
        let template = scene.clerk().get("/api/v1/import-templates/venue_sales").expect(200).await.body;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(template)).unwrap();
        let sheet = book.worksheet_range("销售记录").unwrap();
        let titles: Vec<String> = sheet.rows().next().unwrap().iter().map(|cell| cell.to_string().replace('*', "").trim().to_owned()).collect();
        assert_eq!(titles.join(","), TITLES);
        sound(app).await;
    }
}
