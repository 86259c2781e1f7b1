//! What must end with a password or a membership, what a source may make us write, what is forgotten.

use crate::identity::{PASSWORD, account, code, fresh, sign_in};
use crate::support::TestApp;
use crate::support::people::uscc;
use crate::support::wire::Wire;
use actix_web::http::Method;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary, Text};
use serde_json::{Value, json};
use std::time::Duration;
use yigou::each;
use yigou::identity::{self, NewInvitation};
use yigou::kernel::actor::{OrgKind, Role};

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

async fn rows(app: &TestApp, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let counted = app.read(move |read| {
        let rows: Vec<Count> = each!(read, c => diesel::sql_query(sql).load(c))?;
        Ok(rows[0].n)
    });
    counted.await.unwrap()
}

/// A key that reads orders.
async fn key(app: &TestApp, access: &str) -> String {
    let until = yigou::platform::clock::Clock::now(&*app.clock).plus_ms(86_400_000);
    let body = json!({ "name": "食堂系统", "permissions": ["orders.read"], "expires_at": until });
    app.post("/api/v1/api-keys", body).bearer(access).expect(201).await.str("/key")
}

fn registration(email: &str) -> Value {
    json!({
        "uscc": uscc(OrgKind::Cooperative, "640323"), "organisation_name": "盐池县滩羊专业合作社", "kind": "cooperative",
        "region_code": "640323", "staff_count": 12, "is_sme": true, "email": email, "name": "王建国"
    })
}

on_both! {
    async fn a_new_password_ends_the_keys_that_the_old_one_made(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        let email = fresh("thief");
        account(app, org, &email, &[Role::Trader, Role::OrgAdmin]).await;
        let (access, _) = sign_in(app, &email).await;
        let key = key(app, &access).await;
        app.get("/api/v1/orders").bearer(&key).expect(200).await;
        app.post("/api/v1/password-resets", json!({ "email": email })).expect(202).await;
        let body = json!({ "token": code(app, &email).await, "password": "another-Poplar-9-hills" });
        app.post("/api/v1/password-resets/confirmations", body).expect(204).await;
        app.get("/api/v1/orders").bearer(&key).refused("session_revoked").await;
    }

    async fn who_comes_back_finds_no_key_of_before(app) {
        let admin = app.new_person(OrgKind::Union, "640323", &[Role::OrgAdmin]).await;
        let (org, email) = (admin.org_id, fresh("leaver"));
        // Somebody who can sign in stays to administer.
        account(app, org, &fresh("stayer"), &[Role::OrgAdmin]).await;
        let user = account(app, org, &email, &[Role::Trader, Role::OrgAdmin]).await;
        let (access, _) = sign_in(app, &email).await;
        let key = key(app, &access).await;
        app.get("/api/v1/orders").bearer(&key).expect(200).await;
        admin.request(Method::DELETE, &format!("/api/v1/organisations/{org}/members/{user}")).expect(204).await;
        app.get("/api/v1/orders").bearer(&key).refused("session_revoked").await;
        app.write(move |tx| identity::add_membership(tx, None, user, org, &[Role::Trader, Role::OrgAdmin])).await.unwrap();
        app.get("/api/v1/orders").bearer(&access).expect(200).await;
        app.get("/api/v1/orders").bearer(&key).refused("session_revoked").await;
    }

    async fn a_sign_in_waits_for_a_password_that_is_being_changed(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        let email = fresh("racing");
        let user = account(app, org, &email, &[Role::Trader]).await;
        let twin = app.twin().await;
        let hash = app.installation.passwords.hash("another-Poplar-9-hills").await.unwrap();
        let (begun, begins) = tokio::sync::watch::channel(false);
        let (answered, answer) = std::sync::mpsc::channel();
        let answer = std::sync::Mutex::new(answer);
        let changed = app.write(move |tx| {
            let sql = "UPDATE users SET password_hash = $1, version = version + 1 WHERE id = $2";
            each!(tx, c => diesel::sql_query(sql).bind::<Text, _>(&hash).bind::<Binary, _>(user).execute(c))?;
            begun.send_replace(true);
            // Nobody is to be signed in before this commits: no answer can come.
            assert!(answer.lock().unwrap().recv_timeout(Duration::from_millis(1500)).is_err());
            Ok(())
        });
        let late = async {
            let mut begins = begins;
            begins.wait_for(|begun| *begun).await.unwrap();
            twin.post("/api/v1/sessions", json!({ "email": email, "password": PASSWORD })).refused("invalid_credentials").await;
            // The change may have committed and gone.
            let _ = answered.send(());
        };
        futures_util::join!(async { changed.await.unwrap() }, late);
        assert_eq!(rows(app, "sessions").await, 0);
    }

    async fn one_source_makes_us_write_to_few_strangers(app) {
        let register = |from: &str| app.post("/api/v1/registrations", registration(&fresh("stranger"))).from(from);
        for _ in 0..10 {
            register("192.0.2.66").expect(202).await;
        }
        let refused = register("192.0.2.66").refused("too_many_requests").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("3601")));
        register("192.0.2.7").expect(202).await;
        app.clock.advance(Duration::from_secs(3600));
        register("192.0.2.66").expect(202).await;
        let link = |from: &str| app.post("/api/v1/password-resets", json!({ "email": fresh("link") })).from(from);
        for _ in 0..60 {
            link("2001:db8:1:2::1").expect(202).await;
        }
        link("2001:db8:1:2::9").refused("too_many_requests").await;
        link("2001:db8:1:3::9").expect(202).await;
    }

    async fn one_organisation_invites_few_strangers_a_day(app) {
        let admin = app.new_person(OrgKind::Union, "640323", &[Role::OrgAdmin]).await;
        let invite = || admin.post("/api/v1/invitations", json!({ "email": fresh("guest"), "name": "客", "roles": ["trader"] }));
        for _ in 0..50 {
            invite().expect(201).await;
        }
        invite().refused("too_many_requests").await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let body = json!({ "organisation_id": admin.org_id, "email": fresh("guest"), "name": "客", "roles": ["trader"] });
        operator.post("/api/v1/invitations", body).expect(201).await;
        app.clock.advance(Duration::from_secs(86_400));
        invite().expect(201).await;
    }

    async fn what_nobody_can_use_any_more_is_forgotten(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        let email = fresh("kept");
        account(app, org, &email, &[Role::Trader]).await;
        let (_, first) = sign_in(app, &email).await;
        app.write(move |tx| identity::invite(tx, None, &NewInvitation { org, email: "guest@yigou.example", name: "客", roles: &[Role::Trader] }, "https://yigou.example")).await.unwrap();
        app.clock.advance(Duration::from_secs(13 * 86_400));
        app.post("/api/v1/sessions/refresh", json!({ "refresh_token": first })).expect(200).await;
        app.clock.advance(Duration::from_secs(2 * 86_400));
        app.run_jobs().await;
        assert_eq!((rows(app, "refresh_tokens").await, rows(app, "sessions").await), (1, 1));
        app.clock.advance(Duration::from_secs(50 * 86_400));
        app.run_jobs().await;
        assert_eq!((rows(app, "refresh_tokens").await, rows(app, "sessions").await, rows(app, "invitations").await), (0, 0, 0));
    }
}

#[actix_web::test]
async fn a_refresh_is_one_transaction() {
    let home = TestApp::postgres().await;
    let org = home.organisation(OrgKind::Union, "640323").await;
    account(&home, org, "refreshing@yigou.example", &[Role::Trader]).await;
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    let (_, token) = sign_in(&app, "refreshing@yigou.example").await;
    wire.take();
    app.post("/api/v1/sessions/refresh", json!({ "refresh_token": token })).expect(200).await;
    let sent = wire.take();
    assert_eq!(sent.iter().filter(|sent| sent.contains("BEGIN")).count(), 1, "{sent:#?}");
    home.finish().await;
}
