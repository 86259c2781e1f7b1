//! Lists of invoices, and order, receipt and invoice side by side.

use super::{ask, counts, errors};
use crate::payments::Till;
use crate::support::market::Market;
use serde_json::{Value, json};

const TITLES: &str = "发票号码,发票代码,开票日期,不含税金额（元）,税率,税额（元）,价税合计（元）,订单编号";

fn file(rows: &[String]) -> Vec<u8> {
    format!("\u{feff}{TITLES}\r\n{}\r\n", rows.join("\r\n")).into_bytes()
}

async fn matching(till: &Till, order: &str) -> Value {
    till.payer.get(&format!("/api/v1/orders/{order}/invoice-matching")).expect(200).await.json()
}

/// Line, difference and amount.
fn named(view: &Value) -> Vec<(i64, String, i64)> {
    let lines = view["lines"].as_array().unwrap();
    let all =
        lines.iter().flat_map(|line| line["differences"].as_array().unwrap().iter().map(move |found| (line, found)));
    let text = |found: &Value| found["difference"].as_str().unwrap().to_owned();
    all.map(|(line, found)| (line["line_no"].as_i64().unwrap(), text(found), found["amount_fen"].as_i64().unwrap()))
        .collect()
}

fn one(line: i64, difference: &str, fen: i64) -> Vec<(i64, String, i64)> {
    vec![(line, difference.to_owned(), fen)]
}

on_both! {
    async fn a_list_of_invoices_names_whole_orders(app) {
        let till = Till::open(app).await;
        let (a, b, c) = (till.accepted("3").await, till.accepted("2").await, till.accepted("1").await);
        let other = Market::open(app, 1).await;
        assert_eq!(named(&matching(&till, &a).await), one(1, "to_invoice", 3000));
        let rows = [
            format!("00000001,064002100111,2021-03-01,45.87,9%,4.13,50.00,{a}；{b}"),
            format!("00000002,064002100111,2021-03-01,9.00,免税,0,9.00,{c}"),
            format!("00000003,064002100111,2021-03-01,10.00,免税,1,10.00,{c}"),
            "00000004,064002100111,2021-03-01,10.00,免税,0,10.00,ord_00000000000000000000000000".to_owned(),
            "00000001,064002100111,2021-03-01,10.00,免税,0,10.00,x".to_owned(),
        ];
        let begun = ask(till.seller(), "invoices", "good_rows_only", "text/csv", file(&rows)).expect(202).await;
        app.run_jobs().await;
        let done = till.seller().get(&format!("/api/v1/imports/{}", begun.id())).expect(200).await;
        let found = errors(till.seller(), &begun.id()).await;
        assert_eq!(counts(&done), [1, 4, 1, 0], "{found:?}");
        // Not the amount; tax on an exempt invoice; no such order; the number twice, and what is no order's id.
        let places: Vec<(i64, &str)> = found.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
        assert_eq!(places, [(3, "G"), (4, "A"), (5, "H"), (6, "H"), (6, "A")], "{found:?}");
        for order in [&a, &b] {
            assert_eq!(matching(&till, order).await["agrees"], true);
        }
        // The same file again registers nothing twice; a stranger sees and invoices nothing.
        let again = ask(till.seller(), "invoices", "good_rows_only", "text/csv", file(&rows[..1])).expect(202).await;
        app.run_jobs().await;
        let twice = till.seller().get(&format!("/api/v1/imports/{}", again.id())).expect(200).await;
        assert_eq!(counts(&twice)[2], 0);
        other.trader.get(&format!("/api/v1/orders/{a}/invoice-matching")).refused("not_found").await;
    }

    async fn differences_of_order_receipt_and_invoice_are_named(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "5")]).await;
        assert_eq!(named(&matching(&till, &order).await), one(1, "awaiting_receipt", 5000));
        till.market.accept(&order, &[(1, "3", "2")]).await;
        let view = matching(&till, &order).await;
        assert_eq!(named(&view), [one(1, "received_less", 2000), one(1, "to_invoice", 3000)].concat());
        let item = |gross: i64| json!({ "items": [{ "code": "064002100111", "number": "00000009", "issued_on": "2021-03-01",
            "net_fen": gross, "tax_fen": 0, "gross_fen": gross, "order_ids": [order] }] });
        let wrong = till.seller().post("/api/v1/invoice-lists", item(5000)).expect(200).await;
        assert_eq!(wrong.str("/items/0/problem/code"), "invoice_mismatch", "{}", wrong.text());
        // Within one fen.
        let done = till.payer.post("/api/v1/invoice-lists", item(3001)).expect(200).await;
        assert_eq!(done.int("/items/0/status"), 201, "{}", done.text());
        assert_eq!(named(&matching(&till, &order).await), one(1, "received_less", 2000));
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        till.market.acceptor.post(&format!("/api/v1/orders/{order}/returns"), back).expect(201).await;
        let view = matching(&till, &order).await;
        assert_eq!(named(&view), [one(1, "received_less", 2000), one(1, "returned", 1000), one(1, "over_invoiced", 1001)].concat());
    }
}
