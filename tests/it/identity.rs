//! Signing in, sessions, invitations, keys: what a stranger, a thief and a forgetful person meet.

use crate::support::TestApp;
use crate::support::people::uscc;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use yigou::identity::{self, NewInvitation};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::{OrgId, UserId};

pub const PASSWORD: &str = "tall-Ginkgo-7-rivers";

static COUNT: AtomicU64 = AtomicU64::new(1);

/// An address that no other test writes to.
pub fn fresh(name: &str) -> String {
    format!("{name}{}@yigou.example", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// A person with a password.
pub async fn account(app: &TestApp, org: OrgId, email: &str, roles: &[Role]) -> UserId {
    let hash = app.installation.passwords.hash(PASSWORD).await.unwrap();
    let (email, roles) = (email.to_owned(), roles.to_vec());
    app.write(move |tx| {
        let user = identity::create_user(tx, &email, "马丽", Some(&hash))?;
        identity::add_membership(tx, None, user, org, &roles)?;
        Ok(user)
    })
    .await
    .unwrap()
}

pub async fn sign_in(app: &TestApp, email: &str) -> (String, String) {
    let session = app.post("/api/v1/sessions", json!({ "email": email, "password": PASSWORD })).expect(201).await;
    (session.str("/access_token"), session.str("/refresh_token"))
}

/// The one-time code of the newest mail to an address; the mail is sent.
pub async fn code(app: &TestApp, email: &str) -> String {
    // Links to addresses that may be unknown are jobs first.
    app.run_jobs().await;
    let mails = crate::support::mail::received(email);
    let text = mails.last().unwrap_or_else(|| panic!("no mail to {email}")).text();
    let line = text.lines().find(|line| ["yv_", "yi_", "yp_"].iter().any(|p| line.trim().starts_with(p)));
    line.unwrap_or_else(|| panic!("no code in {text}")).trim().to_owned()
}

on_both! {
    async fn a_person_signs_in_refreshes_and_signs_out(app) {
        let org = app.organisation(OrgKind::BudgetUnit, "640323").await;
        account(app, org, "In@yigou.example", &[Role::Trader, Role::OrgAdmin]).await;
        let session = app.post("/api/v1/sessions", json!({ "email": "in@YIGOU.example", "password": PASSWORD })).expect(201).await;
        assert_eq!(session.int("/expires_in"), 600);
        let (access, first) = (session.str("/access_token"), session.str("/refresh_token"));
        let me = app.get("/api/v1/me").bearer(&access).expect(200).await;
        assert_eq!(me.str("/email"), "In@yigou.example");
        assert_eq!(me.json()["organisations"][0]["roles"], json!(["org_admin", "trader"]));
        assert!(me.json()["organisations"][0]["permissions"].as_array().unwrap().contains(&json!("orders.place")));

        let next = app.post("/api/v1/sessions/refresh", json!({ "refresh_token": first })).expect(200).await;
        app.get("/api/v1/me").bearer(&next.str("/access_token")).expect(200).await;
        app.request(actix_web::http::Method::DELETE, "/api/v1/sessions/current").bearer(&access).expect(204).await;
        app.get("/api/v1/me").bearer(&access).refused("session_revoked").await;
        app.get("/api/v1/me").bearer(&next.str("/access_token")).refused("session_revoked").await;
        app.post("/api/v1/sessions/refresh", json!({ "refresh_token": next.str("/refresh_token") })).refused("session_revoked").await;
    }

    async fn a_refresh_token_that_comes_back_ends_the_session(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        account(app, org, "reuse@yigou.example", &[Role::Trader]).await;
        let (access, first) = sign_in(app, "reuse@yigou.example").await;
        let ask = |token: &str| app.post("/api/v1/sessions/refresh", json!({ "refresh_token": token }));
        let second = ask(&first).expect(200).await.str("/refresh_token");
        // Two tabs at once: refused, and nothing more.
        app.clock.advance(Duration::from_secs(5));
        ask(&first).refused("session_revoked").await;
        app.get("/api/v1/me").bearer(&access).expect(200).await;
        let third = ask(&second).expect(200).await.str("/refresh_token");
        // A minute later it is a thief, or the owner after the thief: both are out.
        app.clock.advance(Duration::from_secs(60));
        ask(&second).refused("session_revoked").await;
        app.get("/api/v1/me").bearer(&access).refused("session_revoked").await;
        ask(&third).refused("session_revoked").await;
        ask("yr_nobody").refused("session_revoked").await;
    }

    async fn an_unknown_address_is_answered_like_a_wrong_password(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        account(app, org, "known@yigou.example", &[Role::Trader]).await;
        let invited = app.person(org, &[Role::Payer]).await;
        let mut bodies = Vec::new();
        for email in ["known@yigou.example", "unknown@yigou.example", invited.email.as_str()] {
            let body = json!({ "email": email, "password": "wrong-but-long-enough" });
            let mut answer = app.post("/api/v1/sessions", body).header("x-request-id", "the-same-id").expect(401).await.json();
            answer["request_id"] = json!(null);
            bodies.push(answer);
        }
        assert_eq!(bodies[0]["code"], "invalid_credentials");
        assert_eq!((&bodies[0], &bodies[0]), (&bodies[1], &bodies[2]));
        for path in ["/api/v1/password-resets", "/api/v1/email-verifications"] {
            for email in ["known@yigou.example", "unknown@yigou.example"] {
                let answer = app.post(path, json!({ "email": email })).expect(202).await;
                assert!(answer.body.is_empty());
            }
        }
        app.run_jobs().await;
        assert!(crate::support::mail::received("unknown@yigou.example").is_empty());
    }

    async fn guessing_slows_down_the_guesser_and_never_locks_the_owner_out(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        account(app, org, "victim@yigou.example", &[Role::Trader]).await;
        let guess = |password: &str| app.post("/api/v1/sessions", json!({ "email": "victim@yigou.example", "password": password }));
        for _ in 0..5 {
            guess("wrong-but-long-enough").from("192.0.2.66").refused("invalid_credentials").await;
        }
        let refused = guess(PASSWORD).from("192.0.2.66").refused("too_many_requests").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("31")));
        guess(PASSWORD).from("192.0.2.7").expect(201).await;
        app.clock.advance(Duration::from_secs(30));
        guess(PASSWORD).from("192.0.2.66").expect(201).await;
        // Success clears the account's count from there.
        guess("wrong-but-long-enough").from("192.0.2.66").refused("invalid_credentials").await;
        guess(PASSWORD).from("192.0.2.66").expect(201).await;
        // Many accounts from one source: the source waits, others do not.
        for n in 0..100 {
            let body = json!({ "email": format!("spray{n}@yigou.example"), "password": "wrong-but-long-enough" });
            app.post("/api/v1/sessions", body).from("2001:db8:1:2::1").send().await;
        }
        guess(PASSWORD).from("2001:db8:1:2:ffff::9").refused("too_many_requests").await;
        guess(PASSWORD).from("2001:db8:1:3::9").expect(201).await;
    }

    async fn suspension_takes_effect_at_once(app) {
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let org = app.organisation(OrgKind::Union, "640323").await;
        let user = account(app, org, "stopped@yigou.example", &[Role::Trader]).await;
        let (access, refresh) = sign_in(app, "stopped@yigou.example").await;
        let other = app.twin().await;
        other.get("/api/v1/me").bearer(&access).expect(200).await;

        operator.post(&format!("/api/v1/organisations/{org}/suspensions"), json!({ "reason": "核查" })).expect(200).await;
        app.get("/api/v1/me").bearer(&access).refused("forbidden").await;
        other.get("/api/v1/me").bearer(&access).refused("forbidden").await;
        operator.post(&format!("/api/v1/organisations/{org}/suspensions"), json!({ "reason": "核查" })).refused("wrong_state").await;
        operator.post(&format!("/api/v1/organisations/{org}/reinstatements"), json!({ "reason": "核查完毕" })).expect(200).await;
        app.get("/api/v1/me").bearer(&access).expect(200).await;

        operator.post(&format!("/api/v1/users/{user}/suspensions"), json!({ "reason": "离职" })).expect(204).await;
        other.get("/api/v1/me").bearer(&access).refused("session_revoked").await;
        app.post("/api/v1/sessions/refresh", json!({ "refresh_token": refresh })).refused("session_revoked").await;
        app.post("/api/v1/sessions", json!({ "email": "stopped@yigou.example", "password": PASSWORD })).refused("forbidden").await;
        operator.post(&format!("/api/v1/users/{user}/reinstatements"), json!({ "reason": "返岗" })).expect(204).await;
        other.get("/api/v1/me").bearer(&access).refused("session_revoked").await;
        sign_in(app, "stopped@yigou.example").await;
        operator.post(&format!("/api/v1/users/{}/suspensions", operator.user_id), json!({ "reason": "误" })).refused("wrong_state").await;
    }

    async fn an_organisation_registers_itself(app) {
        let email = fresh("first");
        let code_of = uscc(OrgKind::Cooperative, "640323");
        let body = |kind: &str, region: &str| json!({
            "uscc": code_of, "organisation_name": "盐池县滩羊专业合作社", "kind": kind, "region_code": region,
            "staff_count": 12, "is_sme": true, "email": email, "name": "王建国"
        });
        let wrong = app.post("/api/v1/registrations", body("cooperative", "990000")).refused("validation_failed").await;
        assert_eq!(wrong.pointers(), ["/region_code"]);
        let wrong = app.post("/api/v1/registrations", body("poverty_office", "640323")).refused("validation_failed").await;
        assert_eq!(wrong.pointers(), ["/kind"]);
        app.post("/api/v1/registrations", body("cooperative", "640323")).expect(202).await;
        app.post("/api/v1/registrations", body("cooperative", "640323")).refused("too_many_requests").await;
        let old = code(app, &email).await;
        app.clock.advance(Duration::from_secs(61));
        app.post("/api/v1/email-verifications", json!({ "email": email })).expect(202).await;
        let token = code(app, &email).await;
        let confirm = |token: &str, password: &str| app.post("/api/v1/email-verifications/confirmations", json!({ "token": token, "password": password }));
        confirm(&old, PASSWORD).refused("link_invalid").await;
        confirm(&token, &email).refused("weak_password").await;
        app.post("/api/v1/email-verifications/confirmations", json!({ "token": token })).refused("validation_failed").await;
        let joined = confirm(&token, PASSWORD).expect(201).await;
        confirm(&token, PASSWORD).refused("link_invalid").await;
        app.post("/api/v1/registrations", body("cooperative", "640323")).refused("already_exists").await;
        let (access, _) = sign_in(app, &email).await;
        let me = app.get("/api/v1/me").bearer(&access).expect(200).await;
        assert_eq!(me.json()["organisations"][0]["organisation_id"], joined.str("/organisation_id"));
        assert_eq!(me.json()["organisations"][0]["roles"], json!(["org_admin", "seller", "auditor"]));
    }

    async fn an_invitation_is_accepted_once(app) {
        let admin = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::OrgAdmin]).await;
        let email = fresh("invited");
        let invite = |roles: serde_json::Value| admin.post("/api/v1/invitations", json!({ "email": email, "name": "马丽", "roles": roles }));
        invite(json!(["seller"])).refused("role_not_for_kind").await;
        let invited = invite(json!(["trader"])).expect(201).await;
        let waiting = admin.get("/api/v1/invitations").expect(200).await;
        assert_eq!(waiting.json()["items"][0]["id"], invited.id());
        let token = code(app, &email).await;
        let accepted = app.post("/api/v1/invitations/acceptances", json!({ "token": token, "password": PASSWORD })).expect(201).await;
        assert_eq!(accepted.json()["password_set"], true);
        app.post("/api/v1/invitations/acceptances", json!({ "token": token, "password": PASSWORD })).refused("link_invalid").await;
        sign_in(app, &email).await;
        invite(json!(["payer"])).refused("already_exists").await;
        // A second organisation: the password stays, whatever the link's finder sends.
        let union = app.organisation(OrgKind::Union, "640323").await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        operator.post("/api/v1/invitations", json!({ "organisation_id": union, "email": email, "name": "马丽", "roles": ["payer"] })).expect(201).await;
        admin.post("/api/v1/invitations", json!({ "organisation_id": union, "email": "x@yigou.example", "name": "x", "roles": ["payer"] })).refused("not_found").await;
        let token = code(app, &email).await;
        let accepted = app.post("/api/v1/invitations/acceptances", json!({ "token": token, "password": "another-Poplar-9-hills" })).expect(201).await;
        assert_eq!(accepted.json()["password_set"], false);
        let (access, _) = sign_in(app, &email).await;
        assert_eq!(app.get("/api/v1/me").bearer(&access).expect(200).await.json()["organisations"].as_array().unwrap().len(), 2);
        app.get("/api/v1/organisations").bearer(&access).refused("organisation_required").await;
        app.get("/api/v1/organisations").bearer(&access).header("yigou-organisation", &union.to_string()).expect(200).await;
        // Expired and withdrawn links.
        let late = fresh("late");
        let (address, org) = (late.clone(), admin.org_id);
        app.write(move |tx| identity::invite(tx, None, &NewInvitation { org, email: &address, name: "晚", roles: &[Role::Trader] }, "https://yigou.example")).await.unwrap();
        let token = code(app, &late).await;
        app.clock.advance(Duration::from_secs(8 * 86_400));
        app.post("/api/v1/invitations/acceptances", json!({ "token": token, "password": PASSWORD })).refused("link_invalid").await;
    }

    async fn a_new_password_ends_all_sessions(app) {
        let org = app.organisation(OrgKind::Union, "640323").await;
        let email = fresh("reset");
        account(app, org, &email, &[Role::Trader]).await;
        let (access, _) = sign_in(app, &email).await;
        app.post("/api/v1/password-resets", json!({ "email": email })).expect(202).await;
        let token = code(app, &email).await;
        // A second wish within a minute sends nothing.
        app.post("/api/v1/password-resets", json!({ "email": email })).expect(202).await;
        assert_eq!(code(app, &email).await, token);
        let set = |token: &str, password: &str| app.post("/api/v1/password-resets/confirmations", json!({ "token": token, "password": password }));
        set(&token, "password1234").refused("weak_password").await;
        set("yp_nobody", "another-Poplar-9-hills").refused("link_invalid").await;
        set(&token, "another-Poplar-9-hills").expect(204).await;
        set(&token, "another-Poplar-9-hills").refused("link_invalid").await;
        app.get("/api/v1/me").bearer(&access).refused("session_revoked").await;
        app.post("/api/v1/sessions", json!({ "email": email, "password": PASSWORD })).refused("invalid_credentials").await;
        app.post("/api/v1/sessions", json!({ "email": email, "password": "another-Poplar-9-hills" })).expect(201).await;
    }
}
