//! A document is declared once in a county, whoever declares it and at whatever moment.

use super::*;

async fn other_organiser(app: &TestApp) -> (Person, String) {
    let person = app.new_person(OrgKind::Union, "640323", &[Role::Trader]).await;
    let file = proof(&person).await;
    (person, file)
}

fn numbered(proof: &str, number: &str) -> Value {
    let mut body = declaration(proof);
    body["document_number"] = json!(number);
    body
}

async fn refused_number(person: &Person, list: &str, body: Value) {
    let refused = person.post(list, body).refused("already_exists").await;
    assert_eq!((refused.status, refused.pointers()), (409, vec!["/document_number".to_owned()]));
}

on_both! {
    async fn a_number_is_declared_once_in_a_county(app) {
        let scene = Scene::set(app).await;
        let (union, file) = other_organiser(app).await;
        let id = scene.submitted(numbered(&scene.proof, "盐扶〔2021〕1000号")).await;
        // Whatever its spelling, whether as an activity or as a helped sale, as a draft or at once.
        for number in ["盐扶〔2021〕1000号", "盐扶[2021] 1000号", "盐扶（２０２１）１０００号"] {
            for list in [ACTIVITIES, SALES] {
                refused_number(&union, list, numbered(&file, number)).await;
                refused_number(&scene.organiser, list, numbered(&scene.proof, number)).await;
            }
        }
        let mut draft = numbered(&file, "盐扶〔2021〕1000号");
        draft["submit"] = json!(false);
        refused_number(&union, ACTIVITIES, draft).await;
        // Another county counts its papers by itself; its offices are told that the number stands elsewhere.
        let elsewhere = office(app, "640522").await;
        let mut there = numbered(&file, "盐扶〔2021〕1000号");
        there["region_code"] = json!("640522");
        let there = union.post(ACTIVITIES, there).expect(201).await.id();
        let detail = elsewhere.get(&format!("{ACTIVITIES}/{there}")).expect(200).await;
        assert_eq!(detail.json()["same_number_elsewhere"], true);
        assert_eq!(union.get(&format!("{ACTIVITIES}/{there}")).expect(200).await.json()["same_number_elsewhere"], Value::Null);
        // Returned, it still holds its number; rejected, it frees it.
        decide(&scene.village, ACTIVITIES, &id, "return").await.expect(200).await;
        refused_number(&union, ACTIVITIES, numbered(&file, "盐扶〔2021〕1000号")).await;
        change(&scene.organiser, ACTIVITIES, &id, "submission", json!({})).await.expect(200).await;
        decide(&scene.village, ACTIVITIES, &id, "reject").await.expect(200).await;
        let second = union.post(SALES, numbered(&file, "盐扶〔2021〕1000号")).expect(201).await.id();
        refused_number(&scene.organiser, ACTIVITIES, numbered(&scene.proof, "盐扶〔2021〕1000号")).await;
        // So does one that is withdrawn, and one whose verification is annulled.
        change(&union, SALES, &second, "withdrawals", json!({ "reason": "误报" })).await.expect(200).await;
        let third = scene.verified(ACTIVITIES, numbered(&scene.proof, "盐扶〔2021〕1000号")).await;
        refused_number(&union, ACTIVITIES, numbered(&file, "盐扶〔2021〕1000号")).await;
        change(&scene.county, ACTIVITIES, &third, "annulments", json!({ "reason": "经查未举办" })).await.expect(200).await;
        union.post(ACTIVITIES, numbered(&file, "盐扶〔2021〕1000号")).expect(201).await;
    }

    async fn a_draft_holds_its_number_against_its_organiser_only(app) {
        let scene = Scene::set(app).await;
        let (union, file) = other_organiser(app).await;
        let mut draft = numbered(&scene.proof, "盐扶〔2021〕2000号");
        draft["submit"] = json!(false);
        let first = scene.organiser.post(ACTIVITIES, draft.clone()).expect(201).await.id();
        refused_number(&scene.organiser, ACTIVITIES, draft).await;
        union.post(ACTIVITIES, numbered(&file, "盐扶〔2021〕2000号")).expect(201).await;
        let late = change(&scene.organiser, ACTIVITIES, &first, "submission", json!({})).await.refused("already_exists").await;
        assert_eq!(late.pointers(), ["/document_number"]);
        change(&scene.organiser, ACTIVITIES, &first, "withdrawals", json!({})).await.expect(200).await;
    }

    async fn of_two_who_declare_one_number_at_once_one_does(app) {
        let scene = Scene::set(app).await;
        let mut organisers = Vec::new();
        for _ in 0..4 {
            organisers.push(other_organiser(app).await);
        }
        for round in 0..6 {
            let number = format!("同号-{round}");
            let asks = organisers.iter().enumerate().map(|(n, (person, file))| {
                let list = if n % 2 == 0 { ACTIVITIES } else { SALES };
                person.post(list, numbered(file, &number)).send()
            });
            let answers = futures_util::future::join_all(asks).await;
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409, 409, 409], "{:?}", answers.iter().map(Answered::text).collect::<Vec<_>>());
            assert!(answers.iter().filter(|a| a.status == 409).all(|a| a.pointers() == ["/document_number"]));
        }
        let all = crate::linkage::all(&scene.county, &format!("{ACTIVITIES}?waiting=true")).await.len();
        assert_eq!(all + crate::linkage::all(&scene.county, &format!("{SALES}?waiting=true")).await.len(), 6);
    }
}
