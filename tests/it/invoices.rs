//! Order, receipt and invoice side by side, and what takes an invoice back; on both databases.

use crate::payments::{Till, url};
use crate::support::market::confirm;
use serde_json::{Value, json};

/// An invoice of lines `(line number, gross)` of an order; red when it names the one it takes back.
fn paper(number: u32, order: &str, lines: &[(i64, i64)], reverses: Option<&str>) -> Value {
    let gross: i64 = lines.iter().map(|(_, gross)| gross).sum();
    let lines: Vec<Value> =
        lines.iter().map(|(no, gross)| json!({ "order_id": order, "line_no": no, "gross_fen": gross })).collect();
    json!({ "code": "064002100111", "number": format!("{number:08}"), "issued_on": "2021-03-01", "net_fen": gross, "tax_fen": 0,
        "gross_fen": gross, "reverses": reverses, "lines": lines })
}

/// Line, ordered, accepted, invoiced, whether they agree.
async fn side_by_side(till: &Till, order: &str) -> Vec<(i64, i64, i64, i64, bool)> {
    let view = till.counting(order).await;
    let fen = |line: &Value, name: &str| line[name].as_i64().unwrap();
    let line = |line: &Value| {
        let [no, ordered, accepted, invoiced] =
            ["line_no", "ordered_fen", "accepted_fen", "invoiced_fen"].map(|name| fen(line, name));
        (no, ordered, accepted, invoiced, line["agrees"].as_bool().unwrap())
    };
    view["invoicing"].as_array().unwrap().iter().map(line).collect()
}

/// What waits for the supplier about invoices: kind, order, fen.
async fn work(till: &Till) -> Vec<(String, String, i64)> {
    let items =
        till.seller().get("/api/v1/tasks?limit=200").expect(200).await.json()["items"].as_array().unwrap().clone();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let about = items.iter().filter(|task| text(task, "kind").starts_with("issue_"));
    about.map(|task| (text(task, "kind"), text(task, "subject"), task["amount_fen"].as_i64().unwrap())).collect()
}

on_both! {
    async fn what_was_invoiced_beyond_what_was_kept_is_taken_back_in_parts(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "10"), (till.goods, "1")]).await;
        let book = async |body: Value| till.seller().post("/api/v1/invoices", body).send().await;
        let blue = book(paper(1, &order, &[(1, 10_000)], None)).await;
        assert_eq!(blue.status, 201, "{}", blue.text());
        let id = blue.id();
        assert_eq!(side_by_side(&till, &order).await, [(1, 10_000, 0, 10_000, false), (2, 1000, 0, 0, true)]);
        // The invoice came with the goods: nothing is wrong before they are decided.
        assert_eq!(work(&till).await, []);
        till.market.accept(&order, &[(1, "8", "2"), (2, "1", "0")]).await;
        assert_eq!(side_by_side(&till, &order).await, [(1, 10_000, 8000, 10_000, false), (2, 1000, 1000, 0, false)]);
        let task = |kind: &str, fen: i64| (kind.to_owned(), order.clone(), fen);
        assert_eq!(work(&till).await, [task("issue_red_letter", 2000)]);
        // A part of it; then more than was invoiced; then the rest but a fen.
        assert_eq!(book(paper(2, &order, &[(1, -500)], Some(&id))).await.status, 201);
        assert_eq!(work(&till).await, [task("issue_red_letter", 1500)]);
        let beyond = book(paper(3, &order, &[(1, -9501)], Some(&id))).await;
        assert_eq!((beyond.status, beyond.json()["code"].clone()), (422, json!("invoice_mismatch")));
        assert_eq!(book(paper(3, &order, &[(1, -1499)], Some(&id))).await.status, 201);
        assert_eq!(side_by_side(&till, &order).await[0], (1, 10_000, 8000, 8001, true));
        assert_eq!(work(&till).await, [task("issue_invoice", 999)]);
        assert_eq!(book(paper(4, &order, &[(2, 1000)], None)).await.status, 201);
        assert_eq!((work(&till).await, side_by_side(&till, &order).await[1]), (vec![], (2, 1000, 1000, 1000, true)));
        // Goods that go back are invoiced too much again.
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 2, "quantity": "1" }] });
        till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        assert_eq!(work(&till).await, [task("issue_red_letter", 1000)]);
    }

    async fn red_letters_together_take_back_no_more_of_a_line_than_it_named(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "20"), (till.goods, "5")]).await;
        let book = |number: u32, lines: &[(i64, i64)], reverses: Option<&str>| {
            till.seller().post("/api/v1/invoices", paper(number, &order, lines, reverses))
        };
        let first = book(1, &[(1, 10_000), (2, 5000)], None).expect(201).await.id();
        book(2, &[(1, 10_000)], None).expect(201).await;
        book(3, &[(1, -8000)], Some(&first)).expect(201).await;
        book(4, &[(1, -2001)], Some(&first)).refused("invoice_mismatch").await;
        book(4, &[(2, -5000), (1, -2001)], Some(&first)).refused("invoice_mismatch").await;
        // All of its other line, and the rest of this one.
        book(4, &[(2, -5000)], Some(&first)).expect(201).await;
        book(5, &[(1, -2000)], Some(&first)).expect(201).await;
        book(6, &[(1, -1)], Some(&first)).refused("invoice_mismatch").await;
        let invoiced: Vec<i64> = side_by_side(&till, &order).await.iter().map(|line| line.3).collect();
        assert_eq!(invoiced, [10_000, 0]);
    }

    async fn only_what_was_promised_is_invoiced_and_freight_goes_with_the_goods(app) {
        let till = Till::open(app).await;
        let place = async || {
            let mut body = till.market.order(&[(till.goods, "2")]);
            body["freights"] = json!([{ "supplier_id": till.seller().org_id, "freight_fen": 300 }]);
            till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id")
        };
        let invoice = |number: u32, order: &str, lines: &[(i64, i64)], reverses: Option<&str>| {
            till.seller().post("/api/v1/invoices", paper(number, order, lines, reverses))
        };
        let placed = place().await;
        for lines in [[(1, 2000)], [(0, 300)]] {
            assert_eq!(invoice(1, &placed, &lines, None).refused("wrong_state").await.pointers(), ["/lines/0/order_id"]);
        }
        till.seller().post(&url(&placed, "declines"), json!({ "reason": "无货" })).expect(200).await;
        invoice(1, &placed, &[(0, 300)], None).refused("wrong_state").await;
        // Open goods may be invoiced with their freight; when none are kept, neither stays.
        let order = place().await;
        confirm(till.seller(), &order).expect(200).await;
        let id = invoice(1, &order, &[(1, 2000), (0, 300)], None).expect(201).await.id();
        let lines = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": "2" }] });
        till.seller().post(&url(&order, "shipments"), lines).expect(201).await;
        assert_eq!(work(&till).await, []);
        till.market.accept(&order, &[(1, "0", "2")]).await;
        assert_eq!(side_by_side(&till, &order).await, [(1, 2000, 0, 2000, false), (0, 300, 0, 300, false)]);
        assert_eq!(work(&till).await, [("issue_red_letter".to_owned(), order.clone(), 2300)]);
        invoice(2, &order, &[(1, -2000), (0, -300)], Some(&id)).expect(201).await;
        assert_eq!(work(&till).await, []);
        invoice(3, &order, &[(0, 300)], None).refused("invoice_mismatch").await;
        // Kept goods owe their freight.
        let kept = place().await;
        till.market.hand_over(0, &kept, &["2"]).await;
        till.market.accept(&kept, &[(1, "1", "1")]).await;
        invoice(4, &kept, &[(1, 1000), (0, 300)], None).expect(201).await;
        assert_eq!(side_by_side(&till, &kept).await, [(1, 2000, 1000, 1000, true), (0, 300, 300, 300, true)]);
    }

    async fn an_invoice_is_not_older_than_its_order_nor_a_red_letter_than_its_invoice(app) {
        let till = Till::open(app).await;
        app.clock.set_day("2021-03-03");
        let order = till.accepted("5").await;
        app.clock.set_day("2021-03-10");
        let dated = |number: u32, lines: &[(i64, i64)], day: &str, reverses: Option<&str>| {
            let mut body = paper(number, &order, lines, reverses);
            body["issued_on"] = json!(day);
            body
        };
        for day in ["1900-01-01", "2021-03-02", "2021-03-11"] {
            let answered = till.seller().post("/api/v1/invoices", dated(1, &[(1, 5000)], day, None)).refused("validation_failed").await;
            assert_eq!(answered.pointers(), ["/issued_on"], "{day}");
        }
        let id = till.seller().post("/api/v1/invoices", dated(1, &[(1, 4000)], "2021-03-05", None)).expect(201).await.id();
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "2" }] });
        till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        let early = till.seller().post("/api/v1/invoices", dated(2, &[(1, -1000)], "2021-03-04", Some(&id))).refused("validation_failed").await;
        assert_eq!(early.pointers(), ["/issued_on"]);
        till.seller().post("/api/v1/invoices", dated(2, &[(1, -1000)], "2021-03-05", Some(&id))).expect(201).await;
    }

    async fn a_red_letter_is_the_suppliers_and_keeps_the_tax_rate(app) {
        let till = Till::open(app).await;
        let order = till.accepted("5").await;
        let taxed = |number: u32, net: i64, tax: i64, rate: Option<i64>, reverses: Option<&str>| {
            let mut body = paper(number, &order, &[(1, net + tax)], reverses);
            (body["net_fen"], body["tax_fen"]) = (json!(net), json!(tax));
            if let Some(rate) = rate {
                body["rate_ppm"] = json!(rate);
            }
            body
        };
        // Either side registers what it issued or received.
        let exempt = till.payer.post("/api/v1/invoices", taxed(1, 1000, 0, None, None)).expect(201).await.id();
        let nine = till.seller().post("/api/v1/invoices", taxed(2, 2000, 180, Some(90_000), None)).expect(201).await.id();
        till.payer.post("/api/v1/invoices", taxed(3, -1000, 0, None, Some(&exempt))).refused("forbidden").await;
        for (net, tax, rate, reverses) in [
            (-1000, -90, Some(90_000), &exempt), (-1000, 0, Some(0), &exempt), (-1000, 0, None, &nine), (-1000, -130, Some(130_000), &nine),
        ] {
            let red = till.seller().post("/api/v1/invoices", taxed(3, net, tax, rate, Some(reverses)));
            let pointers = red.refused("invoice_mismatch").await.pointers();
            assert_eq!(pointers, ["/rate_ppm"], "{rate:?}");
        }
        till.seller().post("/api/v1/invoices", taxed(3, -1000, 0, None, Some(&exempt))).expect(201).await;
        till.seller().post("/api/v1/invoices", taxed(4, -2000, -180, Some(90_000), Some(&nine))).expect(201).await;
    }
}
