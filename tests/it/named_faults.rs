//! A refusal names the fields of the body that are to blame, all of them at once; on both databases.

use crate::catalogue::{LISTINGS, list, product, supplier};
use crate::payments::{Till, url};
use crate::support::market::{Market, confirm};
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

/// The pointers with their codes.
fn faults(answered: &Answered) -> Vec<(String, String)> {
    let body = answered.json();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
}

fn pair(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

/// An order of boxes, lamb by weight, and boxes again, confirmed.
async fn ordered(app: &TestApp, market: &Market) -> String {
    let (boxes, lamb) =
        (market.listing(app, 0, 1000, "100", false).await, market.listing(app, 0, 4600, "200", true).await);
    let more = market.listing(app, 0, 2000, "100", false).await;
    let order = market.place(&[(boxes, "5"), (lamb, "100"), (more, "4")]).await;
    confirm(&market.sellers[0], &order).expect(200).await;
    order
}

on_both! {
    async fn every_wrong_line_of_a_delivery_is_named(app) {
        let market = Market::open(app, 1).await;
        let order = ordered(app, &market).await;
        let (seller, acceptor) = (&market.sellers[0], &market.acceptor);
        let lot = |no: i64, lot: &str, quantity: &str| json!({ "line_no": no, "lot": lot, "quantity": quantity });
        let ship = |lines: Value| seller.post(&url(&order, "shipments"), json!({ "lines": lines }));
        // Both lots of the lamb are too much together; the boxes and an unknown line are named with them.
        let refused = ship(json!([lot(2, "A", "60"), lot(1, "A", "6"), lot(2, "B", "45.001"), lot(9, "A", "1"), lot(3, "A", "1.5")]));
        let refused = refused.refused("validation_failed").await;
        let mut named = faults(&refused);
        named.sort();
        assert_eq!(named, [
            pair("/lines/0/quantity", "weight_out_of_tolerance"),
            pair("/lines/1/quantity", "quantity_exceeded"),
            pair("/lines/2/quantity", "weight_out_of_tolerance"),
            pair("/lines/3/line_no", "validation_failed"),
            pair("/lines/4/quantity", "quantity_not_whole"),
        ]);
        let one = ship(json!([lot(1, "A", "6")])).header("accept-language", "en").refused("quantity_exceeded").await;
        assert_eq!((one.status, faults(&one), one.str("/open")), (409, vec![pair("/lines/0/quantity", "quantity_exceeded")], "5".into()));
        assert!(one.str("/errors/0/detail").contains('5'), "{}", one.text());
        ship(json!([lot(1, "A", "5"), lot(2, "A", "100"), lot(3, "A", "4")])).expect(201).await;

        let accept = |lines: Value| acceptor.post(&url(&order, "acceptances"), json!({ "lines": lines }));
        let line = |no: i64, good: &str, bad: &str, why: Option<&str>| json!({ "line_no": no, "accepted": good, "rejected": bad, "reason": why });
        let refused = accept(json!([line(1, "6", "0", None), line(2, "99", "1", None), line(3, "3", "2", Some("破损")), line(3, "1", "0", None)]));
        assert_eq!(faults(&refused.refused("validation_failed").await), [
            pair("/lines/0/accepted", "quantity_exceeded"),
            pair("/lines/1/reason", "validation_failed"),
            pair("/lines/2/rejected", "quantity_exceeded"),
            pair("/lines/3/line_no", "validation_failed"),
        ]);
        let both = accept(json!([line(1, "6", "0", None), line(3, "5", "0", None)])).refused("quantity_exceeded").await;
        assert_eq!((both.status, both.pointers()), (409, vec!["/lines/0/accepted".to_owned(), "/lines/1/accepted".to_owned()]));
        let half = accept(json!([line(1, "4", "0.5", Some("破损")), line(3, "0.5", "0.5", Some("破损"))])).refused("quantity_not_whole").await;
        assert_eq!(half.pointers(), ["/lines/0/rejected", "/lines/1/accepted"]);
        // In a batch they are below their item.
        let item = json!({ "items": [{ "order_id": order, "acceptance": { "lines": [line(2, "99", "1", None)] } }] });
        let batch = acceptor.post("/api/v1/acceptances", item).expect(200).await;
        assert_eq!(batch.str("/items/0/problem/errors/0/pointer"), "/items/0/acceptance/lines/0/reason");
        accept(json!([line(1, "4", "0", None), line(2, "100", "0", None), line(3, "4", "0", None)])).expect(201).await;

        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "5" }, { "line_no": 2, "quantity": "1" }, { "line_no": 3, "quantity": "5" }] });
        let refused = acceptor.post(&url(&order, "returns"), back).refused("quantity_exceeded").await;
        assert_eq!(refused.pointers(), ["/lines/0/quantity", "/lines/2/quantity"]);
        let rest = json!({ "reason": "减产", "lines": [{ "line_no": 1, "quantity": "1" }, { "line_no": 3 }] });
        let refused = seller.post(&url(&order, "short-closures"), rest).refused("validation_failed").await;
        assert_eq!(faults(&refused), [pair("/lines/0/quantity", "quantity_exceeded"), pair("/lines/1/line_no", "wrong_state")]);
    }

    async fn money_that_does_not_fit_is_named(app) {
        let till = Till::open(app).await;
        let (first, second) = (till.accepted("3").await, till.accepted("5").await);
        let part = |order: &str, fen: Option<i64>| json!({ "order_id": order, "amount_fen": fen });
        let transfer = async |fen: i64, parts: Value| {
            let body = json!({ "items": [{ "amount_fen": fen, "orders": parts }] });
            till.payer.post("/api/v1/payments", body).expect(200).await.json()["items"][0]["problem"].clone()
        };
        let pointers = |problem: &Value| -> Vec<String> {
            assert_eq!(problem["code"], "payment_mismatch", "{problem}");
            problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap().to_owned()).collect()
        };
        let sums = transfer(700, json!([part(&first, Some(300)), part(&second, Some(399))])).await;
        assert_eq!(pointers(&sums), ["/items/0/amount_fen"]);
        let some = transfer(700, json!([part(&first, None), part(&second, Some(700))])).await;
        assert_eq!(pointers(&some), ["/items/0/orders/0/amount_fen"]);
        till.pay(&first, 3000).await;
        let refund = |fen: i64| till.seller().post(&url(&first, "refunds"), json!({ "amount_fen": fen, "reason": "短少" }));
        assert_eq!(refund(3001).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        refund(3000).expect(201).await;
    }

    async fn one_transfer_names_the_orders_of_another_supplier(app) {
        let market = Market::open(app, 2).await;
        let payer = app.person(market.trader.org_id, &[Role::Payer]).await;
        let mut orders = Vec::new();
        for seller in [0, 1, 1] {
            let goods = market.listing(app, seller, 1000, "10", false).await;
            orders.push(market.deliver(seller, &[(goods, "1")]).await);
        }
        let parts: Vec<Value> = orders.iter().map(|id| json!({ "order_id": id })).collect();
        let body = json!({ "items": [{ "amount_fen": 3000, "orders": parts }] });
        let answered = payer.post("/api/v1/payments", body).expect(200).await;
        assert_eq!(answered.str("/items/0/problem/code"), "payment_mismatch");
        let pointers = [0, 1].map(|n| answered.str(&format!("/items/0/problem/errors/{n}/pointer")));
        assert_eq!(pointers, ["/items/0/orders/1/order_id", "/items/0/orders/2/order_id"]);
    }

    async fn stock_and_prices_name_their_field_and_say_what_to_give(app) {
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池合作社").await;
        let id = list(&seller, &product(&seller, "盐池滩羊", "640323").await, 5000).await;
        let stock = |direction: &str, quantity: &str| {
            let body = json!({ "direction": direction, "quantity": quantity, "reason": "盘点" });
            seller.post(&format!("{LISTINGS}/{id}/stock-changes"), body)
        };
        let low = stock("out", "100000").refused("stock_below_held").await;
        assert_eq!((low.status, low.pointers()), (409, vec!["/quantity".to_owned()]));
        assert_eq!(stock("in", "0.5").refused("quantity_not_whole").await.pointers(), ["/quantity"]);
        // A raise: of what evidence is, and when it must be new.
        let raise = |fen: i64, version: i64| {
            seller.post(&format!("{LISTINGS}/{id}/price-changes"), json!({ "price_fen": fen })).if_match(version)
        };
        let version = async || app.get(&format!("{LISTINGS}/{id}")).expect(200).await.version();
        let refused = raise(5001, version().await).refused("price_evidence_required").await;
        assert_eq!(refused.pointers(), ["/price_fen"]);
        for said in ["合同或发票", "链接", "每公斤价格", "只用于一次提价"] {
            assert!(refused.str("/detail").contains(said), "{said}: {}", refused.text());
        }
        let english = raise(5001, version().await).header("accept-language", "en").refused("price_evidence_required").await;
        for said in ["contract or invoice", "link", "per kilogram", "one raise"] {
            assert!(english.str("/detail").contains(said), "{said}: {}", english.text());
        }
        // The evidence itself is the body here.
        let evidence = |body: Value| seller.post(&format!("{LISTINGS}/{id}/price-evidence"), body);
        assert_eq!(evidence(json!({})).refused("price_evidence_required").await.pointers(), [""]);
        let strange = json!({ "file_id": crate::support::sample::absent("fil") });
        assert_eq!(evidence(strange).refused("validation_failed").await.pointers(), ["/file_id"]);
        evidence(json!({ "like_price_per_kg_fen": 1 })).expect(201).await;
        assert_eq!(raise(5001, version().await).refused("price_evidence_required").await.pointers(), ["/price_fen"]);
    }
}
