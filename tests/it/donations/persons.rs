//! Personal data: for the organiser and the offices that verify, and kept so that nobody reads it elsewhere.

use super::*;

const CARD: &str = "11010519491231002X";

/// Everything that the database holds: as text and, of the embedded one, as bytes of its files.
async fn everything(app: &TestApp) -> Vec<Vec<u8>> {
    let census = app.census().await;
    let mut all: Vec<Vec<u8>> = census.into_values().flatten().map(String::into_bytes).collect();
    if !app.database_url().starts_with("postgres") {
        let files = ["", "-wal"].map(|ending| std::fs::read(format!("{}{ending}", app.database_url())));
        all.extend(files.into_iter().flatten());
    }
    all
}

fn holds(all: &[Vec<u8>], text: &[u8]) -> bool {
    all.iter().any(|bytes| bytes.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text)))
}

on_both! {
    async fn names_are_shown_to_the_organiser_and_the_offices_that_verify(app) {
        let scene = Scene::set(app).await;
        let mut body = scene.body();
        body["cadres"] = json!([{ "name": "欧阳慕白", "unit": "盐池县教育体育局", "number": CARD }]);
        body["items"] = json!([item("NX778899", "registered_poor", 12_000), item("nx 778899", "registered_poor", 100), item(CARD, "general", 1)]);
        let declared = scene.organiser.post(ACTIVITIES, body).expect(201).await;
        let id = declared.id();
        let path = format!("{ACTIVITIES}/{id}");
        scene.verify(ACTIVITIES, &id).await;
        let parent = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Reviewer]).await;
        app.supervise(scene.organiser.org_id, parent.org_id).await;
        let province = office(app, "640000").await;
        let finance = app.new_person(OrgKind::FinanceBureau, "640323", &[Role::Reviewer]).await;
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::Auditor]).await;
        let readers = [(&scene.organiser, true), (&scene.village, true), (&scene.township, true), (&scene.county, true),
            (&province, false), (&parent, false), (&finance, false), (&auditor, false), (&operator, false)];
        for (reader, named) in readers {
            let detail = reader.get(&path).expect(200).await;
            assert_eq!(detail.json()["cadre_list"][0]["name"], if named { json!("欧阳慕白") } else { Value::Null }, "{}", reader.kind);
            assert_eq!(detail.int("/households"), 2);
            assert_eq!([0, 1, 2].map(|n| detail.int(&format!("/items/{n}/household_of_line"))), [1, 1, 3]);
            let shown = [detail.text(), reader.get(ACTIVITIES).expect(200).await.text(), reader.get("/api/v1/events?after=0&limit=200").expect(200).await.text()];
            for text in [CARD, "NX778899", "778899"] {
                assert!(shown.iter().all(|all| !all.contains(text)), "{} sees {text}", reader.kind);
            }
            assert!(shown[1..].iter().all(|all| !all.contains("欧阳慕白")));
        }
        for region in ["640324", "640300"] {
            let status = if region == "640300" { 200 } else { 404 };
            office(app, region).await.get(&path).expect(status).await;
        }
        app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await.get(&path).expect(404).await;
        app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await.get(&path).refused("forbidden").await;
        let all = everything(app).await;
        for text in [CARD, "NX778899", "欧阳慕白", "19491231"] {
            let digest = yigou::platform::secret::sha256(text.as_bytes());
            assert!(!holds(&all, text.as_bytes()) && !holds(&all, &digest), "{text} is kept");
            assert!(!holds(&all, yigou::platform::secret::hex(text.as_bytes()).as_bytes()), "{text} is kept");
        }
        // The test would see what is there.
        assert!(holds(&all, "消费扶贫集市".as_bytes()));
    }

    async fn a_unit_is_counted_once_however_it_is_named(app) {
        let scene = Scene::set(app).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let org = app.organisation_named(OrgKind::EnterpriseBuyer, "640323", "盐池能源公司").await;
        let code = operator.get(&format!("/api/v1/organisations/{org}")).expect(200).await.str("/uscc");
        for unit in [json!({ "organisation_id": org }), json!({ "uscc": code }), json!({ "name": "盐池能源公司" })] {
            let mut body = scene.body();
            body["units"] = json!([unit]);
            scene.verified(ACTIVITIES, body).await;
        }
        let report = report_of(&scene.county, "").await.json();
        assert_eq!(figures(&report["total"]["donation"]), [3, 1, 1, 1, 36_000, 0]);
    }
}
