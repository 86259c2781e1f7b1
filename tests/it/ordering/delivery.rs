//! Papers of lots, photos, and the second person of an acceptance, on both databases.

use super::{quota, url, verified};
use crate::certification::file;
use crate::payments::recounted;
use crate::support::mail::received;
use crate::support::market::{CITY, Market, confirm};
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;

/// A picture, as an upload leaves it.
async fn photo(owner: &Person) -> String {
    let bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    crate::documents::store(owner, "a.png", "evidence", "image/png", bytes).await.id()
}

/// A row of the rule table from today on.
async fn rule(app: &TestApp, name: &str, value: &str, level: Option<&str>) {
    let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
    let mut row = json!({ "name": name, "region_code": CITY, "effective_from": app.ctx().at.day(), "value": value,
        "source": "测试通知〔2021〕3号" });
    if let Some(level) = level {
        row["level"] = json!(level);
    }
    operator.post("/api/v1/rules", row).expect(201).await;
}

fn paper(kind: &str, number: &str, file: &str) -> Value {
    json!({ "kind": kind, "number": number, "issuer": "盐池县动物卫生监督所", "issued_on": "2021-03-01",
        "expires_on": "2021-03-01", "file_id": file })
}

fn lot(line: i64, lot: &str, quantity: &str, papers: &[Value]) -> Value {
    json!({ "line_no": line, "lot": lot, "quantity": quantity, "made_on": "2021-03-01", "papers": papers })
}

async fn shown(who: &Person, order: &str) -> Value {
    who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json()
}

/// A market, its goods and a confirmed order of so many boxes.
async fn confirmed(app: &TestApp, boxes: &str) -> (Market, ListingId, String) {
    let market = Market::open(app, 1).await;
    let goods = market.listing(app, 0, 1000, "1000", false).await;
    let order = market.place(&[(goods, boxes)]).await;
    confirm(&market.sellers[0], &order).expect(200).await;
    (market, goods, order)
}

/// An acceptance of a line with a second person.
fn by_two(second: &Person, accepted: &str) -> Value {
    json!({ "second_person": second.user_id, "lines": [{ "line_no": 1, "accepted": accepted }] })
}

on_both! {
    async fn a_lot_leaves_with_the_papers_that_its_category_needs(app) {
        rule(app, "lot_papers", "quarantine/other+test_report", Some("meat")).await;
        let (market, _, order) = confirmed(app, "10").await;
        let seller = &market.sellers[0];
        let (sick, good) = (file(app, seller).await, file(app, seller).await);
        let ship = |lots: Vec<Value>| seller.post(&url(&order, "shipments"), json!({ "lines": lots }));
        let bare = ship(vec![json!({ "line_no": 1, "lot": "A1", "quantity": "3" })]).refused("lot_papers_missing").await;
        assert_eq!(bare.pointers(), ["/lines/0/papers"]);
        assert!(bare.text().contains("检疫证明或其他证明、检测报告"), "{}", bare.text());
        let both = [paper("quarantine", "Q1", &sick), paper("test_report", "T1", &good)];
        let second = ship(vec![lot(1, "A1", "2", &both), lot(1, "A2", "1", &both[..1])]).refused("lot_papers_missing").await;
        assert_eq!(second.pointers(), ["/lines/1/papers"]);
        // Another's file, a paper of tomorrow, one that ends before it begins, one named twice, goods of tomorrow.
        let stranger = app.new_person(OrgKind::Cooperative, CITY, &[Role::Seller]).await;
        let foreign = file(app, &stranger).await;
        let mut wrong = [both[0].clone(), both[1].clone(), paper("other", "O1", &foreign), both[0].clone()];
        wrong[1]["issued_on"] = json!("2021-03-02");
        let mut bad = lot(1, "A1", "1", &wrong);
        bad["made_on"] = json!("2021-03-02");
        let refused = ship(vec![bad]).refused("validation_failed").await;
        let mut pointers = refused.pointers();
        pointers.sort();
        // A report of tomorrow is none for goods that leave today.
        assert_eq!(pointers, ["/lines/0/made_on", "/lines/0/papers", "/lines/0/papers/1/expires_on", "/lines/0/papers/1/issued_on",
            "/lines/0/papers/2/file_id", "/lines/0/papers/3/number"]);
        assert_eq!(shown(seller, &order).await["papers"], json!([]));
        // With all of them it leaves, and the acceptor reads and opens them.
        ship(vec![lot(1, "A1", "2", &both), lot(1, "A2", "1", &both)]).expect(201).await;
        let seen = shown(&market.acceptor, &order).await;
        assert_eq!(seen["shipments"][0]["lines"][0]["made_on"], json!("2021-03-01"));
        let papers = seen["papers"].as_array().unwrap();
        let mut told: Vec<(&str, &str)> = papers.iter().map(|p| (p["lot"].as_str().unwrap(), p["kind"].as_str().unwrap())).collect();
        told.sort_unstable();
        assert_eq!(told, [("A1", "quarantine"), ("A1", "test_report"), ("A2", "quarantine"), ("A2", "test_report")]);
        // A certificate that ended yesterday is none.
        app.clock.set_day("2021-03-02");
        ship(vec![lot(1, "A3", "1", &both)]).refused("lot_papers_missing").await;
        verified(app).await;
    }

    async fn papers_are_added_until_everything_is_accepted_or_rejected(app) {
        let (market, goods, order) = confirmed(app, "4").await;
        let seller = &market.sellers[0];
        let ship = json!({ "lines": [lot(1, "A1", "3", &[])] });
        let shipment = seller.post(&url(&order, "shipments"), ship).expect(201).await.str("/id");
        let picture = file(app, seller).await;
        let more = |lot: &str, number: &str| json!({ "shipment_id": shipment, "line_no": 1, "lot": lot,
            "papers": [paper("conformity", number, &picture)] });
        assert_eq!(seller.post(&url(&order, "papers"), more("B1", "C1")).refused("validation_failed").await.pointers(), ["/lot"]);
        let added = seller.post(&url(&order, "papers"), more("A1", "C1")).expect(201).await;
        assert_eq!(added.str("/papers/0/number"), "C1");
        let again = seller.post(&url(&order, "papers"), more("A1", "C1")).refused("validation_failed").await;
        assert_eq!(again.pointers(), ["/papers/0/number"]);
        market.trader.post(&url(&order, "papers"), more("A1", "C2")).refused("forbidden").await;
        let other = app.new_person(OrgKind::Cooperative, CITY, &[Role::Seller]).await;
        other.post(&url(&order, "papers"), more("A1", "C2")).refused("not_found").await;
        assert_eq!(shown(&market.acceptor, &order).await["papers"][0]["file_id"], json!(picture));
        market.accept(&order, &[(1, "2", "0")]).await;
        seller.post(&url(&order, "papers"), more("A1", "C2")).expect(201).await;
        market.accept(&order, &[(1, "0", "1")]).await;
        seller.post(&url(&order, "papers"), more("A1", "C3")).refused("wrong_state").await;
        // Nothing is asked for here without a row.
        let plain = market.place(&[(goods, "1")]).await;
        market.hand_over(0, &plain, &["1"]).await;
    }

    async fn what_is_rejected_is_shown_by_photos(app) {
        let (market, _, order) = confirmed(app, "5").await;
        market.sellers[0].post(&url(&order, "shipments"), json!({ "lines": [lot(1, "A1", "5", &[])] })).expect(201).await;
        let (acceptor, picture, whole) = (&market.acceptor, photo(&market.acceptor).await, photo(&market.acceptor).await);
        let report = file(app, acceptor).await;
        let told = |accepted: &str, rejected: &str, photos: Value| json!({ "photos": [whole], "lines": [{ "line_no": 1,
            "accepted": accepted, "rejected": rejected, "reason": "破损", "photos": photos }] });
        let ask = |body: Value| acceptor.post(&url(&order, "acceptances"), body);
        // Without the rule a rejection needs none; a photo is a picture of one's own, once.
        ask(told("1", "1", json!([]))).expect(201).await;
        rule(app, "rejection_photo", "true", None).await;
        assert_eq!(ask(told("0", "1", json!([]))).refused("validation_failed").await.pointers(), ["/lines/0/photos"]);
        let foreign = photo(&market.sellers[0]).await;
        let wrong = ask(told("0", "1", json!([report, picture, picture, foreign]))).refused("validation_failed").await;
        assert_eq!(wrong.pointers(), ["/lines/0/photos/0", "/lines/0/photos/2", "/lines/0/photos/3"]);
        market.sellers[0].get(&format!("/api/v1/files/{picture}")).refused("not_found").await;
        let done = ask(told("1", "1", json!([picture]))).expect(201).await.str("/id");
        ask(told("1", "0", json!([]))).expect(201).await;
        let seen = shown(&market.sellers[0], &order).await;
        let of_it: Vec<&Value> = seen["photos"].as_array().unwrap().iter().filter(|p| p["acceptance_id"] == json!(done)).collect();
        assert_eq!(of_it.len(), 2);
        assert!(of_it.iter().any(|p| p["line_no"] == json!(1) && p["file_id"] == json!(picture)), "{of_it:?}");
        assert!(of_it.iter().any(|p| p["line_no"] == Value::Null && p["file_id"] == json!(whole)), "{of_it:?}");
        market.sellers[0].get(&format!("/api/v1/files/{picture}")).expect(200).await;
        verified(app).await;
    }

    async fn nothing_is_accepted_until_the_second_person_confirms(app) {
        rule(app, "two_person_acceptance_fen", "5000", None).await;
        let (market, goods, order) = confirmed(app, "5").await;
        market.sellers[0].post(&url(&order, "shipments"), json!({ "lines": [lot(1, "A1", "5", &[])] })).expect(201).await;
        let unit = market.trader.org_id;
        let (first, second, third) =
            (&market.acceptor, app.person(unit, &[Role::Acceptor, Role::Payer]).await, app.person(unit, &[Role::Acceptor]).await);
        app.reachable(&second).await;
        let ask = |body: Value| first.post(&url(&order, "acceptances"), body);
        let alone = ask(json!({ "lines": [{ "line_no": 1, "accepted": "5" }] })).refused("validation_failed").await;
        assert_eq!(alone.pointers(), ["/second_person"]);
        ask(by_two(first, "5")).refused("separation_of_duties").await;
        ask(by_two(&market.trader, "5")).refused("separation_of_duties").await;
        ask(by_two(&second, "6")).refused("quantity_exceeded").await;
        let proposed = ask(by_two(&second, "3")).expect(201).await;
        let id = proposed.str("/id");
        assert_eq!((proposed.int("/order/accepted_fen"), quota(app, unit, 2021).await.posted), (0, 0));
        ask(by_two(&third, "2")).refused("already_exists").await;
        let seen = shown(first, &order).await;
        assert_eq!((seen["acceptances"].clone(), seen["pending_acceptance"]["id"].clone()), (json!([]), json!(id)));
        assert_eq!(seen["pending_acceptance"]["lines"][0]["accepted"], json!("3"));
        let tasks = second.get("/api/v1/tasks").expect(200).await.json();
        assert!(tasks["items"].as_array().unwrap().iter().any(|t| t["kind"] == "confirm_acceptance" && t["subject"] == json!(order)), "{tasks}");
        app.run_jobs().await;
        assert!(received(&second.email).iter().any(|mail| mail.text().contains(&order)));
        // Only the one who was named confirms; who only orders may not even ask.
        let answer = format!("/api/v1/orders/{order}/acceptances/{id}/confirmations");
        let yes = || json!({ "decision": "confirm" });
        for other in [first, &third] {
            other.post(&answer, yes()).refused("separation_of_duties").await;
        }
        market.trader.post(&answer, yes()).refused("forbidden").await;
        let stranger = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Acceptor]).await;
        stranger.post(&answer, yes()).refused("not_found").await;
        assert_eq!(second.post(&answer, json!({ "decision": "decline" })).refused("validation_failed").await.pointers(), ["/reason"]);
        let done = second.post(&answer, yes()).expect(201).await;
        assert_eq!((done.str("/id"), done.int("/order/accepted_fen"), quota(app, unit, 2021).await.posted), (id.clone(), 3000, 3000));
        second.post(&answer, yes()).refused("wrong_state").await;
        let seen = shown(first, &order).await;
        let fact = &seen["acceptances"][0];
        assert_eq!((&fact["accepted_by"], &fact["second_by"]), (&json!(first.user_id), &json!(second.user_id)));
        assert_eq!(seen["pending_acceptance"], Value::Null);
        // Neither of the two reports the payment; who takes it back may propose again.
        second.post(&url(&order, "payments"), json!({ "amount_fen": 3000 })).refused("separation_of_duties").await;
        let again = ask(by_two(&third, "2")).expect(201).await.id();
        let answer = format!("/api/v1/orders/{order}/acceptances/{again}/confirmations");
        first.post(&answer, json!({ "decision": "decline", "reason": "数错了" })).expect(201).await;
        third.post(&answer, yes()).refused("wrong_state").await;
        // Below the amount one person is enough, and a second one named there counts at once, as ever.
        let small = market.deliver(0, &[(goods, "4")]).await;
        let body = by_two(&second, "4");
        assert_eq!(first.post(&url(&small, "acceptances"), body).expect(201).await.int("/order/accepted_fen"), 4000);
        verified(app).await;
        recounted(app).await;
    }

    async fn first_and_second_at_once_end_in_one_way(app) {
        rule(app, "two_person_acceptance_fen", "1", None).await;
        let (market, goods, _) = confirmed(app, "1").await;
        let second = app.person(market.trader.org_id, &[Role::Acceptor]).await;
        let mut expected = 0;
        for _ in 0..4 {
            let order = market.deliver(0, &[(goods, "2")]).await;
            let id = market.acceptor.post(&url(&order, "acceptances"), by_two(&second, "2")).expect(201).await.id();
            let answer = format!("/api/v1/orders/{order}/acceptances/{id}/confirmations");
            let asks = [
                second.post(&answer, json!({ "decision": "confirm" })),
                market.acceptor.post(&answer, json!({ "decision": "decline", "reason": "数错了" })),
                second.post(&answer, json!({ "decision": "confirm" })),
            ];
            let done = join_all(asks.into_iter().map(Ask::send)).await;
            let won: Vec<usize> = (0..3).filter(|n| done[*n].status == 201).collect();
            assert_eq!(won.len(), 1, "{:?}", done.iter().map(Answered::text).collect::<Vec<_>>());
            let accepted = if won == [1] { 0 } else { 2000 };
            expected += accepted;
            assert_eq!(shown(&second, &order).await["accepted_fen"], json!(accepted));
        }
        assert_eq!(quota(app, market.trader.org_id, 2021).await.posted, expected);
        verified(app).await;
        recounted(app).await;
    }
}
