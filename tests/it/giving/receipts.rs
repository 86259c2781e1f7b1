//! What the recipient received: by its own word, or by its signed paper.

use super::{Giving, here, mails_to, received, school, tasks};
use crate::donations::proof;
use crate::payments::url;
use crate::support::market::CITY;
use crate::support::{Answered, Ask};
use futures_util::future::join_all;
use serde_json::json;
use yigou::kernel::actor::{OrgKind, Role};

/// Asks again while the server is busy, with the same key.
pub async fn patiently(ask: Ask) -> Answered {
    for _ in 0..20 {
        let answered = ask.clone().send().await;
        if answered.status != 503 {
            return answered;
        }
    }
    panic!("the server stays busy")
}

on_both! {
    async fn a_recipient_with_people_says_itself_what_it_received(app) {
        let giving = Giving::open(app).await;
        let teacher = app.new_person(OrgKind::BudgetUnit, "640422", &[Role::Acceptor]).await;
        app.reachable(&teacher).await;
        app.reachable(giving.trader()).await;
        let order = giving.place(&[(giving.till.goods, "5")], here(&teacher)).await;
        // Before the supplier has confirmed there is nothing for it.
        teacher.get(&url(&order, "receipts")).refused("not_found").await;
        teacher.post(&url(&order, "receipts"), received(&[(1, "1")])).refused("not_found").await;
        giving.till.market.hand_over(0, &order, &["5"]).await;
        giving.till.market.accept(&order, &[(1, "4", "1")]).await;
        assert_eq!(mails_to(app, &teacher).await, ["请签收捐赠货物"]);
        assert!(tasks(&teacher).await.contains(&("confirm_receipt".to_owned(), order.clone())));
        assert!(tasks(giving.trader()).await.iter().all(|(kind, _)| kind != "confirm_receipt"));
        // It sees what is for it, without prices, and nothing else of the order.
        let given = teacher.get("/api/v1/donated-orders").expect(200).await;
        assert_eq!((given.str("/items/0/order_id"), given.str("/items/0/lines/0/open")), (order.clone(), "4".into()));
        assert!(!given.text().contains("_fen"));
        teacher.get(&format!("/api/v1/orders/{order}")).refused("not_found").await;
        // The buyer does not speak in its place, whatever paper it has; nor does the supplier.
        let mut filed = received(&[(1, "4")]);
        filed["proof_file"] = json!(proof(giving.trader()).await);
        giving.trader().post(&url(&order, "receipts"), filed).refused("forbidden").await;
        giving.seller().post(&url(&order, "receipts"), received(&[(1, "4")])).refused("forbidden").await;
        // At most what was accepted.
        let refused = teacher.post(&url(&order, "receipts"), received(&[(1, "5")])).refused("quantity_exceeded").await;
        assert_eq!(refused.pointers(), ["/lines/0/quantity"]);
        teacher.post(&url(&order, "receipts"), received(&[(1, "1.5")])).refused("quantity_not_whole").await;
        teacher.post(&url(&order, "receipts"), received(&[(1, "3")])).expect(201).await;
        teacher.post(&url(&order, "receipts"), received(&[(1, "2")])).refused("quantity_exceeded").await;
        let whole = teacher.post(&url(&order, "receipts"), received(&[(1, "1")])).expect(201).await;
        assert_eq!((whole.json()["complete"].clone(), whole.str("/lines/0/received")), (json!(true), "4".into()));
        assert_eq!(mails_to(app, giving.trader()).await, ["受益单位签收", "受益单位签收"]);
        assert!(tasks(&teacher).await.is_empty());
        // Who ordered does not confirm for the recipient as well.
        let both = giving.trader().user_id;
        let school = teacher.org_id;
        app.write(move |tx| yigou::identity::add_membership(tx, None, both, school, &[Role::Acceptor])).await.unwrap();
        let again = giving.accepted(&[(giving.till.goods, "1")], here(&teacher)).await;
        let ask = giving.trader().post(&url(&again, "receipts"), received(&[(1, "1")]));
        ask.header("yigou-organisation", &school.to_string()).refused("separation_of_duties").await;
    }

    async fn for_any_other_one_the_buyer_files_its_signed_paper(app) {
        let giving = Giving::open(app).await;
        let order = giving.accepted(&[(giving.till.goods, "5")], school()).await;
        assert!(tasks(giving.trader()).await.contains(&("confirm_receipt".to_owned(), order.clone())));
        let refused = giving.trader().post(&url(&order, "receipts"), received(&[(1, "5")])).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/proof_file"]);
        giving.seller().post(&url(&order, "receipts"), received(&[(1, "5")])).refused("forbidden").await;
        let filed = giving.file(&order, &[(1, "5")]).await;
        assert_eq!((filed.json()["receipts"][0]["by_recipient"].clone(), filed.json()["complete"].clone()), (json!(false), json!(true)));
        assert!(tasks(giving.trader()).await.iter().all(|(kind, _)| kind != "confirm_receipt"));
        // The supplier may open the paper.
        let paper = filed.str("/receipts/0/proof_file");
        giving.seller().get(&format!("/api/v1/files/{paper}")).expect(200).await;
        // One of the platform without anybody who could say so is no different.
        let empty = app.organisation(OrgKind::BudgetUnit, "640422").await;
        let recipient = json!({ "organisation_id": empty, "kind": "school", "contact": "王老师", "phone": "0954-3010000" });
        let order = giving.accepted(&[(giving.till.goods, "2")], recipient).await;
        assert!(tasks(giving.trader()).await.contains(&("confirm_receipt".to_owned(), order.clone())));
        giving.file(&order, &[(1, "2")]).await;
        // What has no recipient is received by nobody.
        let body = giving.order(&[(giving.till.goods, "1")], None);
        let unnamed = giving.trader().post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        giving.till.market.hand_over(0, &unnamed, &["1"]).await;
        giving.trader().post(&url(&unnamed, "receipts"), received(&[(1, "1")])).refused("not_completed_yet").await;
        let stranger = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        stranger.post(&url(&order, "receipts"), received(&[(1, "1")])).refused("not_found").await;
        stranger.get(&url(&order, "receipts")).refused("not_found").await;
    }

    async fn a_receipt_is_put_right_by_a_further_entry(app) {
        let giving = Giving::open(app).await;
        let (goods, other) = (giving.till.goods, giving.till.market.listing(app, 0, 500, "100", false).await);
        let order = giving.accepted(&[(goods, "5"), (other, "3")], school()).await;
        let first = giving.file(&order, &[(1, "5"), (2, "3")]).await.str("/receipts/0/id");
        let path = url(&order, &format!("receipts/{first}/corrections"));
        let paper = proof(giving.trader()).await;
        let right = |lines: &[(i64, &str)]| {
            let mut body = received(lines);
            (body["reason"], body["proof_file"]) = (json!("清点有误"), json!(paper));
            body
        };
        giving.trader().post(&path, right(&[(1, "5")])).refused("validation_failed").await;
        giving.trader().post(&path, right(&[(1, "6")])).refused("quantity_exceeded").await;
        let less = giving.trader().post(&path, right(&[(1, "4"), (2, "3")])).expect(201).await;
        assert_eq!((less.str("/lines/0/received"), less.str("/lines/1/received")), ("4".into(), "3".into()));
        assert_eq!(less.str("/receipts/1/lines/0/quantity"), "-1");
        assert_eq!((less.str("/receipts/0/lines/0/quantity"), less.str("/receipts/1/corrects")), ("5".into(), first.clone()));
        // Of what the receipt says now, not of what it said.
        let more = giving.trader().post(&path, right(&[(1, "5")])).expect(201).await;
        assert_eq!((more.str("/lines/0/received"), more.json()["complete"].clone()), ("5".into(), json!(true)));
        let entry = more.str("/receipts/2/id");
        giving.trader().post(&url(&order, &format!("receipts/{entry}/corrections")), right(&[(1, "1")])).refused("not_found").await;
        // Goods went back after they were received: nothing is complete until that is put right.
        let back = json!({ "reason": "破损", "lines": [{ "line_no": 1, "quantity": "2" }] });
        giving.till.market.acceptor.post(&url(&order, "returns"), back).expect(201).await;
        let shown = giving.trader().get(&url(&order, "receipts")).expect(200).await;
        assert_eq!((shown.str("/lines/0/kept"), shown.str("/lines/0/open"), shown.json()["complete"].clone()), ("3".into(), "0".into(), json!(false)));
        let right = giving.trader().post(&path, right(&[(1, "3")])).expect(201).await;
        assert_eq!(right.json()["complete"], json!(true));
        // Nothing of it is changed or forgotten.
        let changed = app.write(|tx| {
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(diesel::sql_query("UPDATE order_receipt_lines SET quantity = 1"), c))?;
            Ok(())
        });
        assert!(changed.await.is_err());
    }

    async fn no_more_is_received_than_was_kept_whoever_says_so_at_once(app) {
        let giving = Giving::open(app).await;
        let order = giving.accepted(&[(giving.till.goods, "10")], school()).await;
        let mut body = received(&[(1, "3")]);
        body["proof_file"] = json!(proof(giving.trader()).await);
        let asks = (0..12).map(|_| patiently(giving.trader().post(&url(&order, "receipts"), body.clone())));
        let answers = join_all(asks).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
        let shown = giving.trader().get(&url(&order, "receipts")).expect(200).await;
        assert_eq!(shown.str("/lines/0/received"), "9");
    }
}
