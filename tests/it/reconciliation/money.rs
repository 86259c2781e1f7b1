//! What a confirmed statement leaves to be invoiced and paid, whatever happens to its goods later; on both databases.

use super::{STATEMENTS, agree, amounts, confirmed, drafted, march, of, open, paper, shown, submit, transfer};
use crate::ordering::verified;
use crate::payments::{Till, recounted, url};
use crate::support::people::Person;
use futures_util::future::join;
use serde_json::{Value, json};
use yigou::kernel::actor::Role;

fn claim(fen: i64) -> Value {
    json!({ "kind": "quality", "text": "到货有霉斑", "lines": [{ "line_no": 1, "amount_fen": fen }] })
}

/// Proposed by one of the seller's people and confirmed by another, in force at once; its id.
async fn account(seller: &Person, second: &Person, number: &str) -> String {
    let accounts = format!("/api/v1/organisations/{}/payee-accounts", seller.org_id);
    let body = json!({ "holder": "盐池滩羊合作社", "bank": "农业银行盐池支行", "account_number": number });
    let id = seller.post(&accounts, body).expect(201).await.id();
    let confirmations = format!("{accounts}/{id}/confirmations");
    second.request(actix_web::http::Method::POST, &confirmations).expect(200).await;
    id
}

on_both! {
    async fn what_is_disputed_is_not_in_it_until_it_is_settled(app) {
        let till = Till::open(app).await;
        let (buyer, seller) = (&till.market.trader, till.seller());
        let order = till.accepted("10").await;
        let dispute = buyer.post(&url(&order, "disputes"), claim(3000)).expect(201).await.id();
        let id = confirmed(&till).await;
        let view = shown(buyer, &id).await;
        assert_eq!((amounts(&view), open(&view)), (vec![[10_000, 0, 3000, 0, 0, 7000]], vec![(7000, 7000)]));
        assert_eq!(transfer(&till.payer, &id, 7001).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        let whole = json!({ "invoices": [paper(1, 10_000, &[&order])] });
        assert_eq!(seller.post(&of(&id, "invoices"), whole).refused("invoice_mismatch").await.pointers(), ["/invoices/0/gross_fen"]);
        seller.post(&of(&id, "invoices"), json!({ "invoices": [paper(1, 7000, &[&order])] })).expect(201).await;
        let paid = transfer(&till.payer, &id, 7000).expect(201).await;
        assert_eq!((paid.str("/allocation"), paid.int("/open_fen")), ("exact".to_owned(), 0));
        till.confirm(&order, &paid.id()).await;
        transfer(&till.payer, &id, 1).refused("payment_mismatch").await;
        // What the buyer disputes no longer is to be paid and invoiced.
        buyer.post(&format!("/api/v1/disputes/{dispute}/withdrawals"), json!({ "reason": "核对无误" })).expect(200).await;
        assert_eq!(open(&shown(buyer, &id).await), [(3000, 3000)]);
        assert_eq!(amounts(&shown(buyer, &id).await), [[10_000, 0, 3000, 0, 0, 7000]]);
        seller.post(&of(&id, "invoices"), json!({ "invoices": [paper(2, 3000, &[&order])] })).expect(201).await;
        let rest = transfer(&till.payer, &id, 3000).expect(201).await;
        till.confirm(&order, &rest.id()).await;
        assert_eq!(open(&shown(buyer, &id).await), [(0, 0)]);
        till.rate(&order).await;
        assert_eq!(till.counting(&order).await["completed_fen"], json!(10_000));
        verified(app).await;
        recounted(app).await;
    }

    async fn what_goes_back_after_the_confirmation_is_neither_paid_nor_invoiced(app) {
        let till = Till::open(app).await;
        let (first, second) = (till.accepted("5").await, till.accepted("4").await);
        let id = confirmed(&till).await;
        let before = shown(till.seller(), &id).await;
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "2" }] });
        till.market.acceptor.post(&url(&first, "returns"), back).expect(201).await;
        let view = shown(till.seller(), &id).await;
        assert_eq!((amounts(&view), &view["payable_fen"]), (amounts(&before), &json!(9000)), "frozen");
        assert_eq!((open(&view), &view["orders"][0]["returned_since_fen"]), (vec![(3000, 3000), (4000, 4000)], &json!(2000)));
        assert_eq!(transfer(&till.payer, &id, 9000).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        let set = json!({ "invoices": [paper(1, 7000, &[&first, &second])] });
        till.seller().post(&of(&id, "invoices"), set).expect(201).await;
        let paid = transfer(&till.payer, &id, 7000).expect(201).await;
        till.confirm(&first, &paid.id()).await;
        // Paid and returned all the same: a credit, which the supplier sends back.
        let back = json!({ "reason": "变质", "lines": [{ "line_no": 1, "quantity": "1" }] });
        till.market.acceptor.post(&url(&second, "returns"), back).expect(201).await;
        till.refund(&second, 1000).await;
        assert_eq!(open(&shown(till.seller(), &id).await), [(0, 0), (0, 0)]);
        verified(app).await;
        recounted(app).await;
    }

    async fn a_part_pays_the_oldest_due_first_and_says_so(app) {
        let till = Till::open(app).await;
        let mut orders = Vec::new();
        // Placed in one order, due in another.
        for boxes in ["5", "4", "3"] {
            orders.push(till.market.deliver(0, &[(till.goods, boxes)]).await);
        }
        for (order, boxes, day) in [(2, "3", "2021-03-02"), (0, "5", "2021-03-03"), (1, "4", "2021-03-08")] {
            app.clock.set_day(day);
            till.market.accept(&orders[order], &[(1, boxes, "0")]).await;
        }
        let id = confirmed(&till).await;
        let parts = async |fen: i64| {
            let paid = transfer(&till.payer, &id, fen).expect(201).await;
            let parts: Vec<(usize, i64)> = paid.json()["orders"].as_array().unwrap().iter().map(|part| {
                (orders.iter().position(|o| part["order_id"] == json!(o)).unwrap(), part["amount_fen"].as_i64().unwrap())
            }).collect();
            (paid.id(), paid.str("/allocation"), parts, paid.int("/open_fen"))
        };
        let (first, how, divided, left) = parts(4000).await;
        assert_eq!((how.as_str(), divided, left), ("oldest_due_first", vec![(0, 1000), (2, 3000)], 8000));
        // A denied transfer is open again.
        let no = json!({ "payment_id": first, "decision": "deny", "reason": "未到账" });
        till.seller().post(&url(&orders[2], "payment-confirmations"), no).expect(200).await;
        assert_eq!(open(&shown(till.seller(), &id).await).iter().map(|o| o.0).collect::<Vec<_>>(), [5000, 4000, 3000]);
        let (second, _, divided, _) = parts(8500).await;
        assert_eq!(divided, [(0, 5000), (1, 500), (2, 3000)]);
        till.confirm(&orders[0], &second).await;
        let (third, how, divided, left) = parts(3500).await;
        assert_eq!((how.as_str(), divided, left), ("exact", vec![(1, 3500)], 0));
        till.confirm(&orders[1], &third).await;
        verified(app).await;
        recounted(app).await;
    }

    async fn of_two_transfers_at_one_moment_one_is_reported(app) {
        let till = Till::open(app).await;
        for boxes in ["3", "2"] {
            till.accepted(boxes).await;
        }
        let id = confirmed(&till).await;
        let other = app.person(till.payer.org_id, &[Role::Payer]).await;
        let (a, b) = join(transfer(&till.payer, &id, 5000).send(), transfer(&other, &id, 5000).send()).await;
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{} {}", a.text(), b.text());
        let refused = if a.status == 422 { &a } else { &b };
        assert_eq!((refused.str("/code"), refused.pointers()), ("payment_mismatch".to_owned(), vec!["/amount_fen".to_owned()]));
        assert_eq!(open(&shown(till.seller(), &id).await).iter().map(|o| o.0).sum::<i64>(), 0);
        // Nor does a transfer of a single order at that moment pay it twice.
        let till = Till::open(app).await;
        let order = till.accepted("3").await;
        let id = confirmed(&till).await;
        let single = till.payer.post(&url(&order, "payments"), json!({ "amount_fen": 3000 })).send();
        let (single, whole) = join(single, transfer(&till.payer, &id, 3000).send()).await;
        assert_eq!(single.status, 201);
        assert!([201, 422].contains(&whole.status), "{}", whole.text());
        assert_eq!(open(&shown(till.seller(), &id).await)[0].0, 0);
        recounted(app).await;
    }

    async fn who_accepted_does_not_report_it_and_a_movement_is_reported_once(app) {
        let till = Till::open(app).await;
        let both = app.person(till.market.trader.org_id, &[Role::Acceptor, Role::Payer]).await;
        let order = till.market.deliver(0, &[(till.goods, "2")]).await;
        both.post(&url(&order, "acceptances"), json!({ "lines": [{ "line_no": 1, "accepted": "2" }] })).expect(201).await;
        let id = confirmed(&till).await;
        transfer(&both, &id, 2000).refused("separation_of_duties").await;
        let body = json!({ "amount_fen": 500, "bank_reference": "20210301000001" });
        let key = till.payer.bare_post(&of(&id, "payments"), body.clone()).key("transfer-1");
        let paid = key.clone().expect(201).await.id();
        let again = key.expect(201).await;
        assert_eq!((again.id(), again.header("idempotency-replayed")), (paid, Some("true")));
        assert_eq!(till.payer.post(&of(&id, "payments"), body).refused("already_exists").await.pointers(), ["/bank_reference"]);
        till.payer.bare_post(&of(&id, "payments"), json!({ "amount_fen": 1 })).refused("idempotency_key_required").await;
        let unknown = json!({ "amount_fen": 1, "payee_account_id": crate::support::sample::absent("pac") });
        assert_eq!(till.payer.post(&of(&id, "payments"), unknown).refused("validation_failed").await.pointers(), ["/payee_account_id"]);
        assert_eq!(open(&shown(till.seller(), &id).await)[0].0, 1500);
    }

    async fn invoices_of_a_set_are_exact_and_all_or_none(app) {
        let till = Till::open(app).await;
        let order = till.market.deliver(0, &[(till.goods, "3"), (till.goods, "2")]).await;
        till.market.accept(&order, &[(1, "3", "0"), (2, "2", "0")]).await;
        let other = till.accepted("4").await;
        let stranger = till.market.place(&[(till.goods, "1")]).await;
        let id = confirmed(&till).await;
        let file = |set: Value| till.seller().post(&of(&id, "invoices"), json!({ "invoices": set }));
        let lines = |number: u32, gross: i64, lines: &[i64]| {
            let mut body = paper(number, gross, &[]);
            body.as_object_mut().unwrap().remove("order_ids");
            body["lines"] = lines.iter().map(|no| json!({ "order_id": order, "line_no": no })).collect();
            body
        };
        // Every fault of every paper is named.
        let wrong = file(json!([paper(1, 4001, &[&other]), paper(2, 1000, &[&stranger]), lines(3, 3000, &[1]), paper(4, 1, &[])]));
        let pointers = wrong.refused("validation_failed").await.pointers();
        assert_eq!(pointers, ["/invoices/0/gross_fen", "/invoices/1/order_ids/0", "/invoices/1/gross_fen", "/invoices/3/order_ids", "/invoices"]);
        let twice = file(json!([paper(1, 4000, &[&other]), paper(2, 4000, &[&other])]));
        assert_eq!(twice.refused("invoice_mismatch").await.pointers(), ["/invoices/1/order_ids/0", "/invoices/1/gross_fen"]);
        // Two rates of tax: two invoices of one order. The number of the second is taken: neither stays.
        let taken = paper(7, 4000, &[&other]);
        file(json!([taken])).expect(201).await;
        let set = |second: u32| json!([lines(8, 3000, &[1]), lines(second, 2000, &[2])]);
        assert_eq!(file(set(7)).refused("invoice_duplicate").await.pointers(), ["/invoices/1/number"]);
        assert_eq!(open(&shown(till.seller(), &id).await).iter().map(|o| o.1).collect::<Vec<_>>(), [5000, 0]);
        let filed = file(set(9)).expect(201).await.json();
        assert_eq!(filed["invoices"][1]["lines"], json!([{ "order_id": order, "line_no": 2, "gross_fen": 2000 }]));
        assert_eq!(file(json!([paper(10, 5000, &[&order])])).refused("invoice_mismatch").await.pointers(), ["/invoices/0/order_ids/0", "/invoices/0/gross_fen"]);
        // A red letter is of what it takes back: that is to be invoiced again.
        let red = json!({ "code": "064002100111", "number": "00000011", "issued_on": "2021-03-01", "net_fen": -2000, "tax_fen": 0, "gross_fen": -2000,
            "reverses": filed["invoices"][1]["id"], "lines": [{ "order_id": order, "line_no": 2, "gross_fen": -2000 }] });
        till.seller().post("/api/v1/invoices", red).expect(201).await;
        file(json!([lines(12, 2000, &[2])])).expect(201).await;
        assert_eq!(open(&shown(till.seller(), &id).await).iter().map(|o| o.1).collect::<Vec<_>>(), [0, 0]);
        assert_eq!(shown(&till.payer, &id).await["invoice_ids"].as_array().unwrap().len(), 4);
    }

    async fn a_transfer_goes_to_one_account_as_the_orders_froze_it(app) {
        let till = Till::open(app).await;
        let second = app.person(till.seller().org_id, &[Role::OrgAdmin]).await;
        let old = account(till.seller(), &second, "29425001040007777").await;
        let first = till.accepted("3").await;
        let new = account(till.seller(), &second, "29425001040008888").await;
        let later = till.accepted("2").await;
        let id = confirmed(&till).await;
        let view = shown(&till.payer, &id).await;
        let payees: Vec<(Value, Value)> = view["payees"].as_array().unwrap().iter().map(|p| (p["account_id"].clone(), p["open_fen"].clone())).collect();
        assert_eq!(payees, [(json!(old), json!(3000)), (json!(new), json!(2000))]);
        let pay = |fen: i64, account: Option<&str>| {
            till.payer.post(&of(&id, "payments"), json!({ "amount_fen": fen, "payee_account_id": account }))
        };
        assert_eq!(pay(5000, None).refused("validation_failed").await.pointers(), ["/payee_account_id"]);
        assert_eq!(pay(3000, Some(&new)).refused("payment_mismatch").await.pointers(), ["/amount_fen"]);
        let paid = pay(2000, Some(&new)).expect(201).await;
        assert_eq!((paid.str("/allocation"), paid.int("/open_fen"), paid.str("/orders/0/order_id")), ("exact".to_owned(), 3000, later));
        // One account is left: it need not be named.
        assert_eq!(pay(3000, None).expect(201).await.str("/orders/0/order_id"), first);
    }

    async fn a_bank_line_of_its_amount_may_be_a_whole_statement(app) {
        let till = Till::open(app).await;
        let org = till.payer.org_id;
        let school = app.read(move |read| yigou::identity::organisation(read, org)).await.unwrap().name;
        for boxes in ["3", "2"] {
            till.accepted(boxes).await;
        }
        let id = drafted(&till).await;
        let rows = format!("2021-03-02,50.00,,{school},货款,S1\n2021-03-02,30.00,,{school},货款,S2\n2021-03-02,,50.00,{school},退款,S3\n");
        let bank = crate::banking::uploaded(till.seller(), &rows, false).await.id();
        let lines = async || till.seller().get(&format!("/api/v1/bank-statements/{bank}")).expect(200).await.json()["lines"].clone();
        assert_eq!(lines().await[0]["statements"], json!([]), "nobody agreed to it yet");
        submit(&till, &id).await;
        agree(&till, &id).await;
        let found = lines().await;
        assert_eq!(found[0]["statements"], json!([{ "statement_id": id, "payer_id": org, "payer": "agrees" }]));
        assert_eq!([&found[1]["statements"], &found[2]["statements"]], [&json!([]); 2]);
        // Once the transfer is reported the line is its payment.
        let paid = transfer(&till.payer, &id, 5000).expect(201).await.id();
        let found = lines().await;
        assert_eq!((&found[0]["statements"], &found[0]["proposals"][0]["payment_id"]), (&json!([]), &json!(paid)));
        let items = json!({ "items": [{ "line_id": found[0]["id"], "payment_id": paid }] });
        till.seller().post(&format!("/api/v1/bank-statements/{bank}/bookings"), items).expect(200).await;
        assert_eq!(shown(till.seller(), &id).await["orders"][0]["paid_fen"], json!(3000));
        assert_eq!(till.seller().post(STATEMENTS, march(&till)).send().await.status, 409);
        recounted(app).await;
    }
}
