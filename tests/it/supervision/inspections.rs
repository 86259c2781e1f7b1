//! Random inspections: what is announced, what is drawn, what follows from it, and that anybody can draw again.

use super::*;
use crate::certification::{certified, cooperative, offices, submitted};
use crate::program::{program, refused, works};
use crate::support::{Answered, Ask};
use yigou::platform::secret::{hex, sha256};

const PLANS: &str = "/api/v1/inspection-plans";
const INSPECTIONS: &str = "/api/v1/inspections";
const LOTTERY: &str = "双色球第2021025期开奖号码";

fn plan(people: &[&Person], to_draw: usize, per_item: usize) -> Value {
    let inspectors: Vec<String> = people.iter().map(|person| person.user_id.to_string()).collect();
    json!({ "title": "一季度肉类双随机抽查", "kind": "listing", "category": "meat", "to_draw": to_draw, "per_item": per_item,
        "inspectors": inspectors, "draw_on": "2021-03-04", "public_source": LOTTERY })
}

fn draw(office: &Person, id: &str, version: i64, body: Value) -> Ask {
    office.post(&format!("{PLANS}/{id}/draws"), body).if_match(version)
}

fn result(by: &Person, id: &str, body: Value) -> Ask {
    by.post(&format!("{INSPECTIONS}/{id}/results"), body)
}

async fn record(app: &TestApp, id: &str) -> Answered {
    app.get(&format!("{PLANS}/{id}/record")).expect(200).await
}

on_both! {
    async fn a_draw_follows_from_what_was_published_before(app) {
        let scene = Scene::set(app).await;
        let second = app.person(scene.county.org_id, &[Role::Reviewer]).await;
        let third = app.person(scene.county.org_id, &[Role::Reviewer]).await;
        let other = supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        let goods = product(&other, "羊排", "640323").await;
        list(&other, &goods, 6000).await;
        // Of another county: not in the office's region.
        let far = supplier(app, OrgKind::Cooperative, "640324", "同心合作社").await;
        let beef = product(&far, "牛肉", "640324").await;
        list(&far, &beef, 7000).await;
        // The third inspector is a member of one of the suppliers.
        let (user, org) = (third.user_id, other.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Seller])).await.unwrap();
        let office = third.org_id.to_string();
        let people = [&scene.county, &second, &third];
        let few = scene.county.post(PLANS, plan(&people, 2, 3)).refused("validation_failed").await;
        assert_eq!(few.pointers(), ["/inspectors"]);
        assert_eq!(scene.county.post(PLANS, plan(&people, 3, 2)).refused("validation_failed").await.pointers(), ["/to_draw"]);
        assert_eq!(scene.county.post(PLANS, plan(&[&scene.county, &scene.prefecture], 2, 1)).refused("validation_failed").await.pointers(), ["/inspectors/1"]);
        let mut today = plan(&people, 2, 2);
        today["draw_on"] = json!("2021-03-01");
        assert_eq!(scene.county.post(PLANS, today).refused("validation_failed").await.pointers(), ["/draw_on"]);
        let announced = scene.county.post(PLANS, plan(&people, 2, 2)).expect(201).await;
        let id = announced.id();
        // Everybody sees what is promised, nobody the seed.
        let public = app.get(&format!("{PLANS}?region=640300&state=announced")).expect(200).await;
        assert_eq!((public.str("/items/0/commitment"), public.int("/items/0/population_size")), (announced.str("/commitment"), 2));
        let before = record(app, &id).await.json();
        assert_eq!((before["seed"].clone(), before["drawn"].clone()), (Value::Null, json!([])));
        assert_eq!(before["pool"][2]["conflicts"], json!([other.org_id.to_string()]));
        draw(&scene.county, &id, 1, json!({ "public_value": "03 09 11" })).refused("wrong_state").await;
        app.clock.set_day("2021-03-04");
        assert_eq!(draw(&scene.county, &id, 1, json!({})).refused("validation_failed").await.pointers(), ["/public_value"]);
        draw(&scene.prefecture, &id, 1, json!({ "public_value": "03 09 11" })).refused("not_found").await;
        let drawn = draw(&scene.county, &id, 1, json!({ "public_value": "03 09 11" })).expect(200).await;
        assert_eq!(hex(&sha256(drawn.str("/seed").as_bytes())), announced.str("/commitment"), "the seed is the one promised");
        draw(&scene.county, &id, 2, json!({ "public_value": "03 09 12" })).refused("wrong_state").await;
        // What was frozen is unchanged, and anybody can draw again.
        let after = record(app, &id).await;
        let shown = after.json();
        for frozen in ["population", "population_hash", "pool", "pool_hash", "commitment"] {
            assert_eq!(shown[frozen], before[frozen], "{frozen}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.json");
        std::fs::write(&file, &after.body).unwrap();
        assert!(works(program(folder.path()).arg("verify-inspection").arg(&file)).contains("抽取结果一致"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no installation is made");
        let mut flipped = shown.clone();
        flipped["drawn"][0]["pool_places"] = json!([2, 1]);
        flipped["public_value"] = json!("03 09 12");
        std::fs::write(&file, flipped.to_string()).unwrap();
        assert!(refused(program(folder.path()).arg("verify-inspection").arg(&file), "").contains("抽取结果与算法不符"));
        std::fs::write(&file, "{}").unwrap();
        refused(program(folder.path()).arg("verify-inspection").arg(&file), "");
        // Nobody is drawn for his own organisation.
        let all = scene.county.get(&format!("{INSPECTIONS}?plan={id}")).expect(200).await.json();
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        for item in items {
            let own = item["owner_id"] == json!(other.org_id.to_string());
            let people = item["inspectors"].as_array().unwrap();
            assert_eq!(people.len(), 2);
            assert!(!(own && people.contains(&json!(third.user_id.to_string()))), "{item}");
        }
        let mine = third.get(&format!("{INSPECTIONS}?waiting_for_me=true")).header("yigou-organisation", &office).expect(200).await.json();
        let drawn_for_third = items.iter().filter(|item| item["inspectors"].as_array().unwrap().contains(&json!(third.user_id.to_string()))).count();
        assert_eq!(mine["items"].as_array().unwrap().len(), drawn_for_third);
    }

    async fn results_open_findings_and_are_published(app) {
        let scene = Scene::set(app).await;
        let bystander = app.person(scene.county.org_id, &[Role::Reviewer]).await;
        let mut body = plan(&[&scene.county], 1, 1);
        body.as_object_mut().unwrap().remove("public_source");
        let id = scene.county.post(PLANS, body).expect(201).await.id();
        app.clock.set_day("2021-03-04");
        assert_eq!(draw(&scene.county, &id, 1, json!({ "public_value": "03" })).refused("validation_failed").await.pointers(), ["/public_value"]);
        draw(&scene.county, &id, 2, json!({})).refused("stale_version").await;
        draw(&scene.county, &id, 1, json!({})).expect(200).await;
        let inspection = scene.seller.get(INSPECTIONS).expect(200).await.str("/items/0/id");
        let photo = file(app, &scene.county).await;
        let defects = json!({ "outcome": "defects", "code": "label", "text": "标签无产地", "file_ids": [photo] });
        result(&bystander, &inspection, defects.clone()).refused("forbidden").await;
        result(&scene.prefecture, &inspection, defects.clone()).refused("not_found").await;
        let bare = json!({ "outcome": "defects", "text": "标签无产地" });
        assert_eq!(result(&scene.county, &inspection, bare).refused("validation_failed").await.pointers(), ["/file_ids"]);
        let foreign = file(app, &scene.seller).await;
        let not_ours = json!({ "outcome": "defects", "text": "标签无产地", "file_ids": [foreign] });
        assert_eq!(result(&scene.county, &inspection, not_ours).refused("validation_failed").await.pointers(), ["/file_ids/0"]);
        let done = result(&scene.county, &inspection, defects.clone()).expect(200).await;
        let finding = scene.seller.get(&format!("{FINDINGS}/{}", done.str("/finding_id"))).expect(200).await;
        assert_eq!((finding.str("/source").as_str(), finding.str("/code").as_str(), finding.str("/source_id")), ("inspection", "label", inspection.clone()));
        result(&scene.county, &inspection, defects).refused("wrong_state").await;
        let published = app.get(&format!("{PLANS}/{id}")).expect(200).await;
        assert_eq!((published.str("/results/0/outcome").as_str(), published.str("/results/0/subject_name").as_str()), ("defects", "盐池滩羊"));
        let other = supplier(app, OrgKind::Cooperative, "640323", "另一合作社").await;
        other.get(&format!("{INSPECTIONS}/{inspection}")).expect(404).await;
    }

    async fn what_is_unsafe_suspends_the_certificate_at_once(app) {
        let offices = offices(app).await;
        let seller = cooperative(app, "红寺堡枸杞合作社").await;
        let application = submitted(app, &seller, "红寺堡枸杞").await;
        let number = certified(app, &offices, &application).await;
        let seen = seller.get(&format!("{}/{application}", crate::certification::APPLICATIONS)).expect(200).await;
        let listing = list(&seller, &seen.str("/product_id"), 5000).await;
        let tomorrow = app.ctx().at.day().plus_days(1);
        for (kind, subject) in [("certificate", number.clone()), ("supplier", seller.org_id.to_string())] {
            let body = json!({ "title": "证后抽查", "kind": kind, "to_draw": 1, "per_item": 1,
                "inspectors": [offices.county.user_id.to_string()], "draw_on": tomorrow });
            assert_eq!(offices.county.post(PLANS, {
                let mut wrong = body.clone();
                wrong["category"] = json!("fruit");
                wrong
            }).refused("validation_failed").await.pointers(), ["/category"]);
            let id = offices.county.post(PLANS, body).expect(201).await.id();
            let population = record(app, &id).await.json()["population"].clone();
            assert_eq!(population, json!([{ "subject": subject, "owner": seller.org_id.to_string() }]));
        }
        app.clock.set_day(&tomorrow.to_string());
        let plans = app.get(PLANS).expect(200).await.json();
        for plan in plans["items"].as_array().unwrap() {
            draw(&offices.county, plan["id"].as_str().unwrap(), 1, json!({})).expect(200).await;
        }
        let all = offices.county.get(INSPECTIONS).expect(200).await.json();
        let of = |kind: &str| all["items"].as_array().unwrap().iter().find(|item| item["subject_kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned();
        let photo = file(app, &offices.county).await;
        let unsafe_ = json!({ "outcome": "unsafe", "text": "检出禁用农药", "file_ids": [photo] });
        // Another's certificate is not touched.
        let mut named = unsafe_.clone();
        named["certificate_number"] = json!("NX-2021-99999");
        assert_eq!(result(&offices.county, &of("supplier"), named).refused("validation_failed").await.pointers(), ["/certificate_number"]);
        let done = result(&offices.county, &of("certificate"), unsafe_.clone()).expect(200).await;
        assert_eq!(done.str("/suspended"), number);
        let certificate = app.get(&format!("/api/v1/certificates/{number}")).expect(200).await;
        assert_eq!((certificate.str("/status").as_str(), certificate.str("/reason_code").as_str(), certificate.json()["safety"].clone()), ("suspended", "food_safety", json!(true)));
        assert_eq!(seller.get(&format!("/api/v1/listings/{listing}")).expect(200).await.str("/status"), "withdrawn");
        let finding = seller.get(&format!("{FINDINGS}/{}", done.str("/finding_id"))).expect(200).await;
        assert_eq!(finding.str("/code"), "food_safety");
        // What is suspended already stays so; the finding is opened all the same.
        let mut named = unsafe_;
        named["certificate_number"] = json!(number);
        let again = result(&offices.county, &of("supplier"), named).expect(200).await;
        assert_eq!(again.json()["suspended"], Value::Null);
        assert!(again.str("/finding_id").starts_with("fnd_"));
    }

    async fn a_member_of_the_supplier_does_not_record(app) {
        let scene = Scene::set(app).await;
        let id = scene.county.post(PLANS, { let mut body = plan(&[&scene.county], 1, 1); body["public_source"] = json!(LOTTERY); body }).expect(201).await.id();
        app.clock.set_day("2021-03-04");
        draw(&scene.county, &id, 1, json!({ "public_value": "03" })).expect(200).await;
        let inspection = scene.county.get(INSPECTIONS).expect(200).await.str("/items/0/id");
        // He joined the supplier after the draw.
        let (user, org) = (scene.county.user_id, scene.seller.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Seller])).await.unwrap();
        result(&scene.county, &inspection, json!({ "outcome": "pass", "text": "未发现问题" })).header("yigou-organisation", &scene.county.org_id.to_string())
            .refused("separation_of_duties").await;
    }
}
