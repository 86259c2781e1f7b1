//! Idempotency keys of single requests and of batches, on both databases.

use crate::attacks::{Operation, absent};
use crate::payments::{Till, url};
use crate::support::sample;
use actix_web::http::Method;
use serde_json::json;
use yigou::kernel::actor::OrgKind;

/// What the document says of the key is what the operation does: it refuses to run without one exactly where one is required.
#[actix_web::test]
async fn the_document_says_which_operations_need_a_key() {
    let app = crate::support::TestApp::sqlite().await;
    let (mut required, mut unknown) = (0, 0);
    for operation in Operation::all().iter().filter(|o| o.method == Method::POST && o.permission.is_some()) {
        let grant = operation.grants()[0];
        let kind = grant.kinds.iter().copied().find(|kind| *kind != OrgKind::Operator).unwrap_or(OrgKind::Operator);
        let person = app.new_person(kind, "640323", &[grant.role]).await;
        let address = operation.address(|name| absent(operation, name));
        let whole = crate::attacks::body(&operation.name());
        let mut body = whole.or_else(|| operation.body_schema().map(sample::of)).unwrap_or_default();
        if !body["items"][0]["etag"].is_null() {
            body["items"][0]["etag"] = json!("\"v1\"");
        }
        let ask = person.bare_post(&address, body).if_match(1);
        let answered = ask.send().await;
        if ["validation_failed", "file_type_refused"].iter().any(|code| answered.json()["code"] == *code) {
            // The smallest body is none of what the operation takes; nothing is told of the key then.
            unknown += 1;
            continue;
        }
        let parameters = operation.about["parameters"].as_array().unwrap();
        let documented = parameters.iter().find(|p| p["name"] == "Idempotency-Key");
        let refused = answered.json()["code"] == "idempotency_key_required";
        assert_eq!(
            documented.is_some_and(|p| p["required"] == true),
            refused,
            "{}: {}",
            operation.name(),
            answered.text()
        );
        required += usize::from(refused);
    }
    assert!(required > 20 && unknown < 25, "{required} {unknown}");
    app.finish().await;
}

on_both! {
    async fn a_key_serves_one_request_however_many_items_it_has(app) {
        let till = Till::open(app).await;
        let mut orders = Vec::new();
        for _ in 0..4 {
            orders.push(till.market.place(&[(till.goods, "1")]).await);
        }
        let batch = |of: &[&String], key: &str| {
            let items: Vec<_> = of.iter().map(|order| json!({ "order_id": order })).collect();
            till.seller().bare_post("/api/v1/confirmations", json!({ "items": items })).key(key)
        };
        let state = async |order: &String| till.seller().get(&format!("/api/v1/orders/{order}")).expect(200).await.str("/state");
        // A client's key never looks like an item's.
        let refused = batch(&[&orders[0]], "K#0").refused("malformed_request").await;
        assert_eq!((refused.status, refused.pointers()), (400, vec!["Idempotency-Key".to_owned()]));
        let done = batch(&[&orders[0]], "K").expect(200).await;
        assert_eq!(done.int("/items/0/status"), 200);
        // The same again is answered again; another request with the key does nothing, not even with items beyond the first's.
        let again = batch(&[&orders[0]], "K").expect(200).await;
        assert_eq!((again.json(), again.header("idempotency-replayed")), (done.json(), Some("true")));
        assert_eq!(done.header("idempotency-replayed"), None);
        let longer = batch(&[&orders[1], &orders[2]], "K").expect(200).await;
        for item in 0..2 {
            assert_eq!(longer.str(&format!("/items/{item}/problem/code")), "idempotency_key_reused", "{}", longer.text());
        }
        till.seller().bare_post(&url(&orders[3], "declines"), json!({ "reason": "售罄" })).key("K").refused("idempotency_key_reused").await;
        for order in &orders[1..] {
            assert_eq!(state(order).await, "placed");
        }
        // Nor does a batch with the key of a single request.
        till.seller().bare_post(&url(&orders[2], "declines"), json!({ "reason": "售罄" })).key("S").expect(200).await;
        assert_eq!(batch(&[&orders[3]], "S").expect(200).await.str("/items/0/problem/code"), "idempotency_key_reused");
        // A batch of which nothing was done leaves its key.
        assert_eq!(batch(&[&orders[0]], "L").expect(200).await.int("/items/0/status"), 409);
        assert_eq!(batch(&[&orders[3]], "L").expect(200).await.int("/items/0/status"), 200);
    }
}
