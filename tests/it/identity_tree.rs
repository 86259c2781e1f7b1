//! Organisations in scope, and the dated tree.

use serde_json::json;
use yigou::identity;
use yigou::kernel::actor::{OrgKind, Role, Scope};
use yigou::kernel::error::Code;
use yigou::kernel::time::Day;

on_both! {
    async fn the_tree_is_seen_as_it_stood(app) {
        let [top, mid, leaf, other] = [
            app.organisation(OrgKind::BudgetUnit, "640300").await,
            app.organisation(OrgKind::BudgetUnit, "640323").await,
            app.organisation(OrgKind::BudgetUnit, "640323").await,
            app.organisation(OrgKind::BudgetUnit, "640324").await,
        ];
        let union = app.organisation(OrgKind::Union, "640323").await;
        let day = |text: &str| text.parse::<Day>().unwrap();
        app.write(move |tx| {
            identity::set_parent(tx, None, leaf, Some(mid), day("2020-01-01"))?;
            identity::set_parent(tx, None, mid, Some(top), day("2020-06-01"))?;
            identity::set_parent(tx, None, mid, Some(other), day("2021-01-01"))
        }).await.unwrap();
        app.read(move |read| {
            let table = [
                ("2019-12-31", [false, false, false]),
                ("2020-01-01", [true, false, false]),
                ("2020-05-31", [true, false, false]),
                ("2020-06-01", [true, true, false]),
                ("2020-12-31", [true, true, false]),
                ("2021-01-01", [true, false, true]),
            ];
            for (on, expected) in table {
                for (root, inside) in [mid, top, other].into_iter().zip(expected) {
                    assert_eq!(identity::tree_contains(read, root, leaf, day(on))?, inside, "{on}");
                }
            }
            assert_eq!(identity::ancestors(read, leaf, day("2020-07-01"))?, [mid, top]);
            assert_eq!(identity::parent(read, leaf, day("2021-07-01"))?, Some(mid));
            assert_eq!(identity::subtree(read, other, day("2021-07-01"))?, [other, mid, leaf]);
            assert!(identity::tree_contained_since(read, top, leaf, day("2020-12-31"))?);
            assert!(!identity::tree_contained_since(read, top, leaf, day("2021-01-01"))?);
            let region = "640323".parse().unwrap();
            assert!(identity::scope_allows(read, &Scope::UnitTree(other), leaf, &region, day("2021-07-01"))?);
            assert!(!identity::scope_allows(read, &Scope::UnitTree(top), leaf, &region, day("2021-07-01"))?);
            Ok(())
        }).await.unwrap();
        for (unit, parent, from) in [
            (other, leaf, "2021-06-01"), // a circle
            (mid, mid, "2021-06-01"),
            (leaf, union, "2021-06-01"), // no budget unit
            (mid, top, "2020-07-01"),    // a later change is entered
        ] {
            let refused = app.write(move |tx| identity::set_parent(tx, None, unit, Some(parent), day(from))).await;
            assert_eq!(refused.unwrap_err().code(), Code::WrongState);
        }
        // Corrected on the day it was entered, and moved to the top.
        app.write(move |tx| {
            identity::set_parent(tx, None, mid, Some(top), day("2021-01-01"))?;
            identity::set_parent(tx, None, leaf, None, day("2021-02-01"))
        }).await.unwrap();
        app.read(move |read| {
            assert_eq!(identity::subtree(read, top, day("2021-01-15"))?, [top, mid, leaf]);
            assert_eq!(identity::subtree(read, other, day("2021-01-15"))?, [other]);
            assert_eq!(identity::subtree(read, top, day("2021-02-01"))?, [top, mid]);
            Ok(())
        }).await.unwrap();
    }

    async fn a_contractor_serves_within_its_dates(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let contractor = app.organisation(OrgKind::Contractor, "640323").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let path = format!("/api/v1/organisations/{unit}/contractors");
        let tie = |from: &str, until: &str| admin.post(&path, json!({ "contractor_id": contractor, "from": from, "until": until }));
        tie("2021-03-01", "2021-02-01").refused("validation_failed").await;
        tie("2021-03-01", "2021-06-30").expect(201).await;
        tie("2021-06-30", "2021-12-31").refused("already_exists").await;
        tie("2021-07-01", "2021-12-31").expect(201).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::OrgAdmin]).await;
        stranger.post(&path, json!({ "contractor_id": contractor, "from": "2022-01-01" })).refused("not_found").await;
        stranger.get(&path).refused("not_found").await;
        assert_eq!(admin.get(&path).expect(200).await.json()["items"].as_array().unwrap().len(), 2);
        app.read(move |read| {
            for (day, serves) in [("2021-02-28", false), ("2021-03-01", true), ("2021-12-31", true), ("2022-01-01", false)] {
                assert_eq!(identity::contractor_serves(read, contractor, unit, day.parse().unwrap())?, serves, "{day}");
            }
            assert_eq!(identity::units_served(read, contractor, "2021-07-01".parse().unwrap())?, [unit]);
            Ok(())
        }).await.unwrap();
    }

    async fn either_side_ends_a_contractors_days_or_withdraws_those_to_come(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let admin = app.person(unit, &[Role::OrgAdmin]).await;
        let firm = app.new_person(OrgKind::Contractor, "640323", &[Role::OrgAdmin]).await;
        let contractor = firm.org_id;
        let path = format!("/api/v1/organisations/{unit}/contractors");
        let tie = |from: &str, until: Option<&str>| admin.post(&path, json!({ "contractor_id": contractor, "from": from, "until": until }));
        assert_eq!(tie("1899-12-31", None).refused("validation_failed").await.pointers(), ["/from"]);
        tie("2021-01-01", Some("2021-06-30")).expect(201).await;
        tie("2021-08-01", None).expect(201).await;
        let endings = format!("/api/v1/organisations/{unit}/contractor-endings");
        let ending = |until: &str| json!({ "contractor_id": contractor, "until": until });
        let stranger = app.new_person(OrgKind::Contractor, "640323", &[Role::OrgAdmin]).await;
        stranger.post(&endings, ending("2021-03-31")).refused("not_found").await;
        stranger.post(&endings, json!({ "contractor_id": stranger.org_id, "until": "2021-03-31" })).refused("not_found").await;
        assert_eq!(admin.post(&endings, ending("2021-02-28")).refused("validation_failed").await.pointers(), ["/until"]);
        // Up to the end of the running days: only those to come are withdrawn.
        admin.post(&endings, ending("2021-06-30")).expect(200).await;
        assert_eq!(admin.get(&path).expect(200).await.json()["items"].as_array().unwrap().len(), 1);
        let ended = firm.post(&endings, ending("2021-03-01")).expect(200).await;
        assert_eq!((ended.str("/from"), ended.str("/until")), ("2021-01-01".to_owned(), "2021-03-01".to_owned()));
        firm.post(&endings, ending("2021-03-02")).refused("not_found").await;
        tie("2021-04-01", None).expect(201).await;
        assert_eq!(admin.post(&endings, ending("2021-04-01")).expect(200).await.str("/until"), "2021-03-31");
        tie("2021-04-01", Some("9999-12-31")).expect(201).await;
        firm.post(&endings, ending("2021-03-05")).expect(200).await;
        app.read(move |read| {
            for (day, serves) in [("2021-03-01", true), ("2021-03-02", false), ("2021-04-01", false), ("2021-08-01", false)] {
                assert_eq!(identity::contractor_serves(read, contractor, unit, day.parse().unwrap())?, serves, "{day}");
            }
            Ok(())
        }).await.unwrap();
    }

    async fn organisations_are_listed_within_scope(app) {
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let body = |name: &str, kind: &str, region: &str| json!({
            "uscc": crate::support::people::uscc(OrgKind::PovertyOffice, region), "name": name, "kind": kind, "region_code": region,
            "staff_count": 9, "is_sme": false
        });
        let office = operator.post("/api/v1/organisations", body("盐池县扶贫办", "poverty_office", "640323")).expect(201).await;
        let unit = operator.post("/api/v1/organisations", body("盐池一中", "budget_unit", "640323")).expect(201).await;
        let mut placed = body("盐池一中食堂", "budget_unit", "640323");
        placed["supervising_unit"] = json!(unit.id());
        let below = operator.post("/api/v1/organisations", placed).expect(201).await;
        assert_eq!((below.str("/supervising_unit"), below.version()), (unit.id(), 1));
        operator.post("/api/v1/organisations", body("x 单位", "operator", "640323")).refused("validation_failed").await;
        operator.post("/api/v1/organisations", body("无此地", "budget_unit", "649999")).refused("validation_failed").await;
        let mut again = body("重复", "budget_unit", "640323");
        again["uscc"] = json!(unit.str("/uscc"));
        assert_eq!(operator.post("/api/v1/organisations", again).refused("already_exists").await.pointers(), ["/uscc"]);

        let reviewer = app.person(office.id().parse().unwrap(), &[Role::Reviewer]).await;
        let head = app.person(unit.id().parse().unwrap(), &[Role::Reviewer]).await;
        let clerk = app.person(unit.id().parse().unwrap(), &[Role::Trader]).await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        let names = |answer: crate::support::Answered| -> Vec<String> {
            answer.json()["items"].as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap().to_owned()).collect()
        };
        let all = "/api/v1/organisations?region_code=640323";
        assert_eq!(names(reviewer.get(all).expect(200).await), ["盐池县扶贫办", "盐池一中", "盐池一中食堂"]);
        assert_eq!(names(head.get(all).expect(200).await), ["盐池一中", "盐池一中食堂"]);
        assert_eq!(names(clerk.get(all).expect(200).await), ["盐池一中"]);
        assert!(names(elsewhere.get(all).expect(200).await).is_empty());
        let page = operator.get(&format!("{all}&kind=budget_unit&limit=1")).expect(200).await;
        let next = format!("{all}&kind=budget_unit&limit=1&cursor={}", page.str("/next_cursor"));
        assert_eq!(names(operator.get(&next).expect(200).await), ["盐池一中食堂"]);
        let path = format!("/api/v1/organisations/{}", below.id());
        head.get(&path).expect(200).await;
        clerk.get(&path).refused("not_found").await;
        elsewhere.get(&path).refused("not_found").await;
        operator.post(&format!("{path}/supervising-units"), json!({ "from": "2021-03-02" })).expect(204).await;
        app.clock.set_day("2021-03-02");
        head.get(&path).refused("not_found").await;
    }
}
