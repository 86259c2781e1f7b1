//! Supplier admission and agents' mandates.

use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::admission;
use yigou::kernel::actor::{OrgKind, Role, Scope};

const APPLICATIONS: &str = "/api/v1/supplier-applications";

async fn seller(app: &TestApp, county: &str) -> Person {
    app.new_person(OrgKind::Cooperative, county, &[Role::Seller]).await
}
async fn office(app: &TestApp, region: &str) -> Person {
    app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]).await
}
async fn operator(app: &TestApp) -> Person {
    app.new_person(OrgKind::Operator, "640000", &[Role::Reviewer]).await
}

fn accept() -> Value {
    json!({ "decision": "accept" })
}

async fn apply(person: &Person) -> String {
    let body = json!({ "statement": "养殖滩羊，带动脱贫户 38 户", "files": [] });
    person.post(APPLICATIONS, body).expect(201).await.id()
}

on_both! {
    async fn a_county_recommends_and_the_platform_admits(app) {
        let (supplier, county, platform) = (seller(app, "640323").await, office(app, "640323").await, operator(app).await);
        let id = apply(&supplier).await;
        let again = json!({ "statement": "再次申请", "files": [] });
        supplier.post(APPLICATIONS, again.clone()).refused("already_exists").await;
        // The platform waits for the county.
        platform.post(&format!("{APPLICATIONS}/{id}/reviews"), accept()).refused("wrong_state").await;
        let recommended = county.post(&format!("{APPLICATIONS}/{id}/recommendations"), accept()).expect(201).await;
        assert_eq!(recommended.str("/status"), "recommended");
        county.post(&format!("{APPLICATIONS}/{id}/recommendations"), accept()).refused("wrong_state").await;
        let org = supplier.org_id;
        assert!(!app.read(move |read| admission::is_admitted(read, org)).await.unwrap());
        let admitted = platform.post(&format!("{APPLICATIONS}/{id}/reviews"), accept()).expect(201).await;
        assert_eq!(admitted.str("/status"), "admitted");
        assert_eq!(admitted.json()["decisions"].as_array().unwrap().len(), 2);
        assert!(app.read(move |read| admission::is_admitted(read, org)).await.unwrap());
        supplier.post(APPLICATIONS, again).refused("already_exists").await;
        let region = Scope::Region("640300".parse().unwrap());
        let metrics = app.read(move |read| admission::metrics(read, &region)).await.unwrap();
        assert_eq!((metrics.reported, metrics.admitted), (1, 1));
        let other = Scope::Region("640400".parse().unwrap());
        assert_eq!(app.read(move |read| admission::metrics(read, &other)).await.unwrap().reported, 0);
    }

    async fn a_member_of_the_supplier_decides_nothing_about_it(app) {
        let (supplier, county) = (seller(app, "640323").await, office(app, "640323").await);
        let clerk = app.person(supplier.org_id, &[Role::OrgAdmin]).await;
        let id = apply(&supplier).await;
        let (user, office) = (clerk.user_id, county.org_id);
        app.write(move |tx| yigou::identity::add_membership(tx, None, user, office, &[Role::Reviewer])).await.unwrap();
        let own = clerk.post(&format!("{APPLICATIONS}/{id}/recommendations"), accept());
        own.header("yigou-organisation", &office.to_string()).refused("separation_of_duties").await;
        county.post(&format!("{APPLICATIONS}/{id}/recommendations"), accept()).expect(201).await;
    }

    async fn only_the_own_county_sees_and_recommends(app) {
        let supplier = seller(app, "640323").await;
        let id = apply(&supplier).await;
        let path = format!("{APPLICATIONS}/{id}");
        let (neighbour, prefecture) = (office(app, "640324").await, office(app, "640300").await);
        neighbour.get(&path).expect(404).await;
        neighbour.post(&format!("{path}/recommendations"), accept()).refused("not_found").await;
        prefecture.get(&path).expect(200).await;
        prefecture.post(&format!("{path}/recommendations"), accept()).refused("forbidden").await;
        let stranger = seller(app, "640323").await;
        stranger.get(&path).expect(404).await;
        assert_eq!(stranger.get(APPLICATIONS).expect(200).await.json()["items"], json!([]));
        let seen = prefecture.get(&format!("{APPLICATIONS}?status=submitted")).expect(200).await;
        assert_eq!(seen.json()["items"][0]["id"], json!(id));
    }

    async fn a_refusal_has_a_reason_and_the_supplier_may_apply_anew(app) {
        let (supplier, county) = (seller(app, "640323").await, office(app, "640323").await);
        let path = format!("{APPLICATIONS}/{}/recommendations", apply(&supplier).await);
        let bare = county.post(&path, json!({ "decision": "refuse" })).refused("validation_failed").await;
        assert_eq!(bare.pointers(), ["/reason_code"]);
        let other = json!({ "decision": "refuse", "reason_code": "other" });
        assert_eq!(county.post(&path, other).refused("validation_failed").await.pointers(), ["/opinion"]);
        let refusal = json!({ "decision": "refuse", "reason_code": "no_linkage", "opinion": "未说明带贫机制" });
        assert_eq!(county.post(&path, refusal).expect(201).await.str("/status"), "refused");
        apply(&supplier).await;
    }

    async fn who_took_one_step_takes_no_other(app) {
        let supplier = seller(app, "640323").await;
        let id = apply(&supplier).await;
        let (county, platform) = (office(app, "640323").await, operator(app).await);
        county.post(&format!("{APPLICATIONS}/{id}/recommendations"), accept()).expect(201).await;
        // The same person wears the platform's hat.
        let (user, mut actor) = (county.user_id, platform.actor::<yigou::kernel::actor::ReviewSupplier>());
        actor.user_id = user;
        let application = id.parse().unwrap();
        let verdict = admission::Verdict { decision: admission::AdmissionDecision::Accept, reason_code: None, opinion: None };
        let refused = app.write(move |tx| admission::review(tx, &actor, application, &verdict)).await.unwrap_err();
        assert_eq!(refused.code().as_str(), "separation_of_duties");
    }

    async fn a_mandate_is_for_agents_and_may_be_revoked(app) {
        let producer = seller(app, "640323").await;
        let agent = app.new_person(OrgKind::AgentTrader, "640100", &[Role::Seller]).await;
        let product = yigou::kernel::ids::ProductId([7; 16]);
        let body = |agent: &Person, until: &str| json!({ "agent_id": agent.org_id, "products": [product], "valid_from": "2021-01-01", "valid_until": until });
        let path = "/api/v1/mandates";
        let to_maker = producer.post(path, body(&producer, "2021-12-31")).refused("validation_failed").await;
        assert_eq!(to_maker.pointers(), ["/agent_id"]);
        producer.post(path, body(&agent, "2021-02-28")).refused("validation_failed").await;
        agent.post(path, body(&agent, "2021-12-31")).refused("forbidden").await;
        let given = producer.post(path, body(&agent, "2021-12-31")).expect(201).await;
        let one = format!("{path}/{}", given.id());
        agent.get(&one).expect(200).await;
        seller(app, "640323").await.get(&one).expect(404).await;
        let (agent_id, producer_id) = (agent.org_id, producer.org_id);
        let found = |day: &str| {
            let day = day.parse().unwrap();
            app.read(move |read| admission::mandated(read, agent_id, producer_id, product, day))
        };
        assert!(found("2021-03-01").await.unwrap().is_some());
        assert!(found("2022-01-01").await.unwrap().is_none());
        let revocation = format!("{one}/revocation");
        agent.request(actix_web::http::Method::POST, &revocation).if_match(1).refused("not_found").await;
        producer.request(actix_web::http::Method::POST, &revocation).if_match(9).refused("stale_version").await;
        let revoked = producer.request(actix_web::http::Method::POST, &revocation).if_match(1).expect(200).await;
        assert_eq!(revoked.str("/revoked_from"), "2021-03-01");
        assert!(found("2021-03-01").await.unwrap().is_none());
    }
}
