//! The work of an office: its queue by deadline, who does what, advice, decisions in bulk, reminders.

use super::*;
use std::collections::BTreeSet;

const QUEUE: &str = "/api/v1/certification-queue";

async fn ids(reviewer: &Person, query: &str) -> Vec<String> {
    let page = reviewer.get(&format!("{QUEUE}{query}")).expect(200).await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn assign(reviewer: &Person, id: &str, body: Value) -> crate::support::Ask {
    let version = version(reviewer, id).await;
    reviewer.post(&format!("{APPLICATIONS}/{id}/assignments"), body).if_match(version)
}

on_both! {
    async fn an_office_sees_what_waits_oldest_deadline_first_and_how_late_it_is(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let early = submitted(app, &seller, "枸杞").await;
        app.clock.set_day("2021-03-03");
        let late = submitted(app, &seller, "黄花菜").await;
        assert_eq!(ids(&offices.county, "").await, [early.clone(), late.clone()]);
        assert_eq!(ids(&offices.prefecture, "").await, Vec::<String>::new());
        assert_eq!(ids(&offices.province, "?whole_region=true").await, [early.clone(), late.clone()]);
        // The deadlines are 15 and 17 March; 13 and 14 are a weekend.
        app.clock.set_day("2021-03-12");
        let first = offices.county.get(QUEUE).expect(200).await.json()["items"][0].clone();
        assert_eq!((first["due_on"].clone(), first["working_days_left"].clone(), first["working_days_late"].clone()), (json!("2021-03-15"), json!(1), json!(0)));
        app.clock.set_day("2021-03-17");
        let first = offices.county.get(QUEUE).expect(200).await.json()["items"][0].clone();
        assert_eq!((first["waiting_since"].clone(), first["working_days_left"].clone(), first["working_days_late"].clone()), (json!("2021-03-01"), json!(0), json!(2)));
        assert_eq!(ids(&offices.county, "?late=true").await, std::slice::from_ref(&early));
        assert_eq!(ids(&offices.county, "?late=false").await, std::slice::from_ref(&late));
        approve(&offices.county, &early).await;
        assert_eq!(ids(&offices.county, "").await, [late]);
    }

    async fn what_is_given_to_a_reviewer_is_decided_by_nobody_else(app) {
        let offices = offices(app).await;
        let (head, clerk) = (&offices.county, app.person(offices.county.org_id, &[Role::Reviewer]).await);
        app.reachable(&clerk).await;
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        // To a reviewer of the own office only.
        let refused = assign(head, &id, json!({ "user_id": offices.prefecture.user_id.to_string() })).await.refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/user_id"]);
        assign(&offices.prefecture, &id, json!({ "user_id": offices.prefecture.user_id.to_string() })).await.refused("forbidden").await;
        assign(head, &id, json!({ "user_id": clerk.user_id.to_string() })).await.expect(200).await;
        assert!(app.mails().await.iter().any(|mail| mail.to == clerk.email && mail.text.contains("枸杞")));
        assert_eq!(ids(&clerk, "?assigned=me").await, std::slice::from_ref(&id));
        assert_eq!(ids(head, "?assigned=me").await, Vec::<String>::new());
        assert_eq!(ids(head, "?assigned=nobody").await, Vec::<String>::new());
        let version = version(head, &id).await;
        let refused = ask_review(head, &id, version, json!({ "decision": "approve" })).refused("assigned_to_other").await;
        assert_eq!(refused.str("/assigned_to"), clerk.user_id.to_string());
        // Advice is for the offices alone; taking over needs a reason.
        let advice = json!({ "advises": "approve", "text": "材料齐全，建议通过" });
        clerk.post(&format!("{APPLICATIONS}/{id}/opinions"), advice.clone()).expect(201).await;
        offices.prefecture.post(&format!("{APPLICATIONS}/{id}/opinions"), advice).refused("forbidden").await;
        let to_me = json!({ "user_id": head.user_id.to_string() });
        assert_eq!(assign(head, &id, to_me.clone()).await.refused("validation_failed").await.pointers(), ["/reason"]);
        let mut with_reason = to_me;
        with_reason["reason"] = json!("经办人休假");
        assign(head, &id, with_reason).await.expect(200).await;
        let notes = offices.province.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json()["office_notes"].clone();
        assert_eq!((notes["assigned_to"].clone(), notes["assignments"].as_array().unwrap().len()), (json!(head.user_id.to_string()), 2));
        assert_eq!((notes["opinions"][0]["text"].clone(), notes["assignments"][1]["reason"].clone()), (json!("材料齐全，建议通过"), json!("经办人休假")));
        let own = seller.get(&format!("{APPLICATIONS}/{id}")).expect(200).await;
        assert_eq!(own.json()["office_notes"], Value::Null);
        app.run_jobs().await;
        for text in [own.text(), seller.get("/api/v1/events").expect(200).await.text()] {
            assert!(!text.contains("材料齐全") && !text.contains("经办人休假"), "{text}");
        }
        // The next step is nobody's yet, and who reviewed the first takes no other.
        approve(head, &id).await;
        let (_, after) = notice(head, &id).await;
        app.clock.set_day(&after);
        app.run_jobs().await;
        assert_eq!(ids(&offices.prefecture, "?assigned=nobody").await, [id]);
    }

    async fn decisions_in_bulk_answer_each_for_itself(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let (one, two, three) = (submitted(app, &seller, "枸杞").await, submitted(app, &seller, "黄花菜").await, submitted(app, &seller, "荞麦").await);
        let item = |id: &str, etag: &str, decision: &str| json!({ "application_id": id, "etag": etag, "decision": decision });
        let mut tags = Vec::new();
        for id in [&one, &two, &three] {
            tags.push(format!("\"v{}\"", version(&offices.county, id).await));
        }
        let items = [item(&one, &tags[0], "approve"), item(&two, "\"v1\"", "approve"), item(&three, &tags[2], "return"), item(&one, &tags[0], "approve")];
        let ask = offices.county.post("/api/v1/certification-reviews", json!({ "items": items })).key("bulk");
        let answered = ask.clone().expect(200).await;
        let all = answered.json();
        let statuses: Vec<_> = (0..4).map(|n| all["items"][n]["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [200, 412, 422, 409]);
        assert_eq!(all["items"][2]["problem"]["errors"][0]["pointer"], "/items/2/opinion");
        // Who comes second is told what has become of it.
        assert_eq!((all["items"][3]["problem"]["code"].clone(), all["items"][3]["problem"]["state"].clone()), (json!("wrong_state"), json!("in_notice")));
        assert_eq!(ids(&offices.county, "").await, [two, three]);
    }

    async fn of_two_reviewers_of_one_step_one_wins(app) {
        let offices = offices(app).await;
        let second = app.person(offices.county.org_id, &[Role::Reviewer]).await;
        let seller = cooperative(app, "合作社").await;
        for round in 0..5 {
            let id = submitted(app, &seller, &format!("枸杞{round}")).await;
            let version = version(&second, &id).await;
            let approves = ask_review(&offices.county, &id, version, json!({ "decision": "approve" })).send();
            let rejects = ask_review(&second, &id, version, json!({ "decision": "reject", "reason_code": "other", "opinion": "不同意" })).send();
            let (a, b) = futures_util::future::join(approves, rejects).await;
            let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
            assert_eq!((won.status, lost.status), (200, 409), "{} {}", won.text(), lost.text());
            assert_eq!((lost.str("/code"), lost.str("/state")), ("wrong_state".to_owned(), won.str("/state")));
            let detail = second.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
            assert_eq!(detail["reviews"].as_array().unwrap().len(), 1);
        }
    }

    async fn reminders_come_before_a_deadline_and_while_it_is_late(app) {
        let offices = offices(app).await;
        let clerk = app.person(offices.county.org_id, &[Role::Reviewer]).await;
        for person in [&offices.county, &clerk] {
            app.reachable(person).await;
        }
        let seller = cooperative(app, "合作社").await;
        let id = submitted(app, &seller, "枸杞").await;
        let told = async |day: &str| {
            app.clock.set_day(day);
            app.write(yigou::certification::remind).await.unwrap();
            let waiting = app.mails().await;
            let about = waiting.iter().filter(|mail| mail.subject.contains("期限提醒"));
            let to: Vec<(String, bool)> = about.map(|mail| (mail.to.clone(), mail.text.contains("已逾期"))).collect();
            app.run_jobs().await;
            to
        };
        // Due on Monday 15 March: two working days before is Thursday 11.
        assert_eq!(told("2021-03-10").await, []);
        let mut both = vec![(offices.county.email.clone(), false), (clerk.email.clone(), false)];
        both.sort();
        let mut first = told("2021-03-11").await;
        first.sort();
        assert_eq!(first, both);
        assert_eq!(told("2021-03-12").await, []);
        assert_eq!(told("2021-03-15").await, []);
        assign(&offices.county, &id, json!({ "user_id": clerk.user_id.to_string() })).await.expect(200).await;
        assert_eq!(told("2021-03-16").await, [(clerk.email.clone(), true)]);
        assert_eq!(told("2021-03-22").await, []);
        assert_eq!(told("2021-03-23").await, [(clerk.email.clone(), true)]);
        approve(&clerk, &id).await;
        assert_eq!(told("2021-05-01").await, []);
    }

    /// Pages are walked while decisions are made and applications come in between: what waits all the while is shown
    /// exactly once, and nothing twice.
    async fn pages_neither_repeat_nor_miss_what_waits(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "合作社").await;
        let mut chance = 7_u64;
        let mut draw = |most: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(chance >> 33).unwrap() % most
        };
        let mut waiting = BTreeSet::new();
        for n in 0..12 {
            if n % 3 == 0 {
                app.clock.set_day(&format!("2021-03-{:02}", 1 + n / 3));
            }
            waiting.insert(submitted(app, &seller, &format!("枸杞{n}")).await);
        }
        for walk in 0..3 {
            let mut stayed = waiting.clone();
            let (mut shown, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = offices.county.get(&format!("{QUEUE}?limit=2{cursor}")).expect(200).await.json();
                shown.extend(page["items"].as_array().unwrap().iter().map(|item| (item["due_on"].as_str().unwrap().to_owned(), item["id"].as_str().unwrap().to_owned())));
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
                if draw(2) == 0 && waiting.len() > 4 {
                    let gone = waiting.iter().nth(draw(waiting.len())).unwrap().clone();
                    approve(&offices.county, &gone).await;
                    waiting.remove(&gone);
                    stayed.remove(&gone);
                }
                if draw(3) == 0 {
                    let new = submitted(app, &seller, &format!("黄花菜{walk}-{}", shown.len())).await;
                    waiting.insert(new);
                }
            }
            let seen: BTreeSet<String> = shown.iter().map(|(_, id)| id.clone()).collect();
            assert_eq!(seen.len(), shown.len(), "something is shown twice");
            assert!(shown.is_sorted());
            assert!(stayed.is_subset(&seen), "missed: {:?}", stayed.difference(&seen).collect::<Vec<_>>());
        }
    }
}
