//! Complaints of the public and of buyers, from receipt to reply.

use super::*;
use crate::support::market::Market;
use crate::support::{Answered, Ask};

const COMPLAINTS: &str = "/api/v1/complaints";
const CONTACT: &str = "王某 13800000000";

fn body(listing: &str) -> Value {
    json!({ "listing_id": listing, "contact": CONTACT, "text": "收到的羊肉与宣传产地不符" })
}

fn file_it(app: &TestApp, listing: &str, from: &str) -> Ask {
    app.post(COMPLAINTS, body(listing)).from(from)
}

async fn version(by: &Person, id: &str) -> i64 {
    by.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.version()
}

fn ask(by: &Person, id: &str, what: &str, version: i64, body: Value) -> Ask {
    by.post(&format!("{COMPLAINTS}/{id}/{what}"), body).if_match(version)
}

async fn step(by: &Person, id: &str, what: &str, body: Value) -> Answered {
    let now = version(by, id).await;
    ask(by, id, what, now, body).expect(200).await
}

fn inquire(app: &TestApp, receipt: &str) -> Ask {
    app.post("/api/v1/complaint-inquiries", json!({ "receipt": receipt }))
}

on_both! {
    async fn a_complaint_is_accepted_verified_upheld_and_answered(app) {
        let scene = Scene::set(app).await;
        scene.reachable(app).await;
        let filed = file_it(app, &scene.listing, "203.0.113.7").expect(201).await;
        let (id, receipt) = (filed.id(), filed.str("/receipt"));
        // Seven working days from Monday 1 March.
        assert_eq!(filed.str("/accept_by"), "2021-03-10");
        assert!(mailed(app, &scene.county).await[0].contains("2021-03-10 前决定是否受理"));
        let seen = inquire(app, &receipt).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/office").as_str(), seen.str("/id")), ("received", "640323", id.clone()));
        assert!(!seen.text().contains("13800000000"));
        inquire(app, &format!("{receipt}x")).expect(404).await;
        // Only the handling office is told how to reach who complained.
        assert_eq!(scene.county.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.str("/contact"), CONTACT);
        let auditor = app.new_person(OrgKind::AuditBody, "640323", &[Role::Auditor]).await;
        for person in [&scene.prefecture, &scene.seller, &auditor] {
            let seen = person.get(&format!("{COMPLAINTS}/{id}")).expect(200).await;
            assert!(!seen.text().contains("13800000000"), "{}", person.kind);
        }
        let accepted = step(&scene.county, &id, "acceptances", json!({})).await;
        assert_eq!((accepted.str("/state").as_str(), accepted.str("/due_on").as_str()), ("accepted", "2021-05-06"));
        assert!(mailed(app, &scene.seller).await[0].contains("已受理"));
        let photo = file(app, &scene.county).await;
        step(&scene.county, &id, "verifications", json!({ "text": "现场核查，产地标签缺失", "file_ids": [photo] })).await;
        let ruling = json!({ "decision": "uphold", "reason": "产地标注不实", "finding": { "code": "label", "text": "补正产地标签" } });
        let decided = step(&scene.county, &id, "decisions", ruling).await;
        assert_eq!((decided.str("/state").as_str(), decided.str("/outcome").as_str(), decided.json()["due_on"].clone()), ("decided", "upheld", Value::Null));
        let finding = scene.seller.get(&format!("{FINDINGS}/{}", decided.str("/finding_id"))).expect(200).await;
        assert_eq!((finding.str("/source").as_str(), finding.str("/source_id"), finding.str("/subject")), ("complaint", id.clone(), scene.listing.clone()));
        step(&scene.county, &id, "replies", json!({ "text": "已责令整改，感谢监督" })).await;
        let seen = inquire(app, &receipt).expect(200).await;
        assert_eq!((seen.str("/state").as_str(), seen.str("/reply").as_str(), seen.str("/reason").as_str()), ("replied", "已责令整改，感谢监督", "产地标注不实"));
        let detail = scene.county.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.json();
        let events: Vec<&str> = detail["steps"].as_array().unwrap().iter().map(|s| s["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["accept", "verify", "uphold", "reply"]);
        assert_eq!(detail["steps"][1]["file_ids"], json!([photo]));
        // The supplier reads the decision, not what the complainant was told nor how it was found out.
        let own = scene.seller.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.json();
        assert_eq!((own["steps"].clone(), own["reply"].clone(), own["reason"].clone()), (json!([]), Value::Null, json!("产地标注不实")));
    }

    async fn one_source_holds_few_complaints_open_and_a_hotline_number_counts_once(app) {
        let scene = Scene::set(app).await;
        for _ in 0..3 {
            file_it(app, &scene.listing, "203.0.113.7").expect(201).await;
        }
        assert!(file_it(app, &scene.listing, "203.0.113.7").refused("too_many_requests").await.header("retry-after").is_some());
        let mut numbered = body(&scene.listing);
        numbered["reference_12317"] = json!("12317-2021-0001");
        app.post(COMPLAINTS, numbered.clone()).from("203.0.113.8").expect(201).await;
        app.post(COMPLAINTS, numbered).from("203.0.113.9").refused("already_exists").await;
        // About another supplier the same source may complain, by the number of a certificate too.
        let other = supplier(app, OrgKind::Cooperative, "640303", "红寺堡枸杞合作社").await;
        let goods = product(&other, "枸杞", "640303").await;
        app.post(COMPLAINTS, json!({ "product_id": goods, "contact": CONTACT, "text": "包装破损且变质" })).from("203.0.113.7").expect(201).await;
        app.post(COMPLAINTS, json!({ "certificate_number": "NX-2021-99999", "contact": CONTACT, "text": "证书编号查不到" })).expect(404).await;
        app.post(COMPLAINTS, json!({ "contact": CONTACT, "text": "没有对象的投诉" })).refused("validation_failed").await;
        let buyer = app.organisation(OrgKind::BudgetUnit, "640323").await;
        app.post(COMPLAINTS, json!({ "supplier_id": buyer, "contact": CONTACT, "text": "不是供应商的" })).expect(404).await;
        // A decided one makes room.
        let first = scene.county.get(COMPLAINTS).expect(200).await;
        let of_source = first.json()["items"].as_array().unwrap()[1]["id"].as_str().unwrap().to_owned();
        let no = json!({ "decision": "dismiss", "reason": "重复投诉，不予受理" });
        assert_eq!(step(&scene.county, &of_source, "decisions", no).await.str("/outcome"), "dismissed");
        file_it(app, &scene.listing, "203.0.113.7").expect(201).await;
    }

    async fn a_buyer_complains_about_its_own_order_and_reads_the_answer(app) {
        let market = Market::open(app, 1).await;
        app.reachable(&market.trader).await;
        let goods = market.listing(app, 0, 1000, "100", false).await;
        let order = market.deliver(0, &[(goods, "2")]).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640300", &[Role::Reviewer]).await;
        let (path, words) = (format!("/api/v1/orders/{order}/complaints"), json!({ "text": "到货冷链失效，羊肉变质" }));
        let stranger = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Trader]).await;
        stranger.post(&path, words.clone()).refused("not_found").await;
        market.sellers[0].post(&path, words.clone()).refused("forbidden").await;
        let filed = market.acceptor.post(&path, words.clone()).expect(201).await;
        let id = filed.id();
        assert_eq!((filed.str("/origin").as_str(), filed.str("/subject_kind").as_str(), filed.str("/office").as_str()), ("buyer", "order", "640323"));
        let again = market.trader.post(&path, words).refused("already_exists").await;
        assert_eq!(again.str("/existing"), id);
        stranger.get(&format!("{COMPLAINTS}/{id}")).expect(404).await;
        assert_eq!(market.sellers[0].get(COMPLAINTS).expect(200).await.str("/items/0/id"), id);
        // The prefecture may act for the county below it; a member of the buyer may not.
        let theirs = reviews_too(app, &market.trader, &office).await;
        let now = version(&office, &id).await;
        ask(&market.trader, &id, "acceptances", now, json!({})).header("yigou-organisation", &theirs).refused("separation_of_duties").await;
        step(&office, &id, "acceptances", json!({ "note": "市级直接受理" })).await;
        step(&office, &id, "verifications", json!({ "text": "冷链记录显示超温" })).await;
        step(&office, &id, "decisions", json!({ "decision": "uphold", "reason": "冷链失效" })).await;
        step(&office, &id, "replies", json!({ "text": "请办理退货" })).await;
        assert!(mailed(app, &market.trader).await[0].contains("请办理退货"));
        assert_eq!(market.acceptor.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.str("/reply"), "请办理退货");
    }

    async fn deadlines_hand_ups_and_what_a_state_allows(app) {
        let scene = Scene::set(app).await;
        let next = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        let id = file_it(app, &scene.listing, "203.0.113.7").expect(201).await.id();
        next.get(&format!("{COMPLAINTS}/{id}")).expect(404).await;
        ask(&next, &id, "acceptances", 1, json!({})).refused("not_found").await;
        let early = ask(&scene.county, &id, "verifications", 1, json!({ "text": "尚未受理" })).refused("wrong_state").await;
        assert_eq!(early.str("/state"), "received");
        let finding = json!({ "decision": "dismiss", "reason": "不属实", "finding": { "code": "label", "text": "补正产地标签" } });
        assert_eq!(ask(&scene.county, &id, "decisions", 1, finding).refused("validation_failed").await.pointers(), ["/finding"]);
        scene.county.post(&format!("{COMPLAINTS}/{id}/acceptances"), json!({})).refused("if_match_required").await;
        ask(&scene.county, &id, "acceptances", 2, json!({})).refused("stale_version").await;
        // The last day is in time, the day after is late and the trail keeps it.
        app.clock.set_day("2021-03-10");
        assert_eq!(scene.county.get(&format!("{COMPLAINTS}?overdue=true")).expect(200).await.json()["items"], json!([]));
        app.clock.set_day("2021-03-11");
        assert_eq!(scene.county.get(&format!("{COMPLAINTS}?overdue=true")).expect(200).await.str("/items/0/id"), id);
        let up = step(&scene.county, &id, "hand-ups", json!({ "text": "涉及本部门人员" })).await;
        assert_eq!((up.str("/office").as_str(), up.str("/due_on").as_str(), up.json()["overdue"].clone()), ("640300", "2021-03-10", json!(true)));
        // What was handed up is the upper office's: it alone is told the contact, and the county no longer acts.
        assert_eq!(up.json()["contact"], Value::Null);
        assert_eq!(scene.prefecture.get(&format!("{COMPLAINTS}?waiting_for_me=true")).expect(200).await.str("/items/0/contact"), CONTACT);
        ask(&scene.county, &id, "acceptances", 2, json!({})).refused("forbidden").await;
        step(&scene.prefecture, &id, "acceptances", json!({})).await;
        let steps = scene.province.get(&format!("{COMPLAINTS}/{id}")).expect(200).await.json()["steps"].clone();
        assert_eq!((steps[0]["late"].clone(), steps[1]["late"].clone(), steps[1]["office"].clone()), (json!(true), json!(true), json!("640300")));
    }
}
