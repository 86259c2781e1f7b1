//! Tokens and keys in wrong hands: forged, expired, retired, revoked, beyond their scope.

use crate::support::{SECRET, TestApp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;
use yigou::identity;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::UserId;
use yigou::kernel::time::At;
use yigou::platform::token::SigningKey;

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A real session: its access token and what the token says.
async fn session(app: &TestApp, user: UserId) -> (String, String, Value) {
    let opened = app.write(move |tx| identity::start_session(tx, user)).await.unwrap();
    let now = app.ctx().at;
    let token = app.installation.gate.issue(&opened.kid, opened.user_id, opened.session_id, now).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    (token, opened.kid, serde_json::from_slice(&claims).unwrap())
}

on_both! {
    async fn forged_tokens_are_refused(app) {
        let person = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await;
        let (token, kid, claims) = session(app, person.user_id).await;
        app.get("/api/v1/me").bearer(&token).expect(200).await;
        let keys = app.get("/.well-known/jwks.json").expect(200).await.json();
        let public = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap();
        assert_eq!((&public["kty"], &public["crv"], &public["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
        assert_eq!(public.get("d"), None);

        let body = part(&claims);
        let none = format!("{}.{body}.", part(&json!({ "alg": "none", "typ": "JWT", "kid": kid })));
        // HMAC with the published key as its secret.
        let hmac_head = part(&json!({ "alg": "HS256", "typ": "JWT", "kid": kid }));
        let x = URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
        let hmac_key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &x);
        let tag = aws_lc_rs::hmac::sign(&hmac_key, format!("{hmac_head}.{body}").as_bytes());
        let hmac = format!("{hmac_head}.{body}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
        // A key that the secret yields but the table does not know; a known name with another installation's key.
        let unlisted = SigningKey::derive(&SECRET, "sgk_00000000000000000000000009").unwrap().sign(&claims).unwrap();
        let foreign = SigningKey::derive(&yigou::platform::secret::Secret::new([9; 32]), &kid).unwrap().sign(&claims).unwrap();
        let mut other = claims.clone();
        other["sub"] = json!(UserId([1; 16]));
        let mut parts: Vec<&str> = token.split('.').collect();
        let changed_body = part(&other);
        parts[1] = &changed_body;
        let changed = parts.join(".");
        let no_kid = format!("{}.{}", part(&json!({ "alg": "EdDSA" })), token.split_once('.').unwrap().1);
        let signature = token.rsplit('.').next().unwrap();
        for (name, forged) in [
            ("none", none.as_str()), ("hmac", &hmac), ("unlisted", &unlisted), ("foreign", &foreign), ("changed", &changed),
            ("no kid", &no_kid), ("signature alone", signature), ("twice", &format!("{token}.{token}")), ("empty parts", ".."),
            ("long", &"a".repeat(5_000)),
        ] {
            let refused = app.get("/api/v1/me").bearer(forged).send().await;
            assert_eq!((refused.status, refused.str("/code").as_str()), (401, "token_invalid"), "{name}");
        }
        // Rightly signed for another person's session.
        let stolen = SigningKey::derive(&SECRET, &kid).unwrap().sign(&other).unwrap();
        app.get("/api/v1/me").bearer(&stolen).refused("session_revoked").await;
        app.get("/api/v1/me").header("authorization", &format!("Basic {token}")).refused("token_invalid").await;
        app.get("/api/v1/me").refused("unauthenticated").await;
    }

    async fn a_token_ends_after_ten_minutes_and_its_key_a_little_later(app) {
        let person = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await;
        let (token, old, _) = session(app, person.user_id).await;
        app.write(identity::rotate_keys).await.unwrap();
        let (next, new, _) = session(app, person.user_id).await;
        assert_ne!(old, new);
        let twin = app.twin().await;
        for process in [app, &twin] {
            process.get("/api/v1/me").bearer(&token).expect(200).await;
            process.get("/api/v1/me").bearer(&next).expect(200).await;
        }
        app.clock.advance(Duration::from_secs(599));
        app.get("/api/v1/me").bearer(&token).expect(200).await;
        app.clock.advance(Duration::from_secs(1));
        for process in [app, &twin] {
            process.get("/api/v1/me").bearer(&token).refused("token_invalid").await;
        }
        let named = |keys: &Value, kid: &str| keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid);
        app.clock.advance(Duration::from_secs(1));
        let keys = app.get("/.well-known/jwks.json").expect(200).await.json();
        assert!(named(&keys, &new) && !named(&keys, &old));
        // A session ends by itself after thirty days.
        app.clock.advance(Duration::from_secs(30 * 86_400));
        let said: Value = json!({ "sub": person.user_id, "sid": "ses_00000000000000000000000009", "iat": 0, "exp": app.ctx().at.seconds() + 60 });
        let unknown = SigningKey::derive(&SECRET, &new).unwrap().sign(&said).unwrap();
        app.get("/api/v1/me").bearer(&unknown).refused("session_revoked").await;
    }

    async fn a_key_does_what_it_names_until_it_ends(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let clerk = app.person(unit, &[Role::OrgAdmin, Role::Trader]).await;
        let expires = |days: i64| At(app.ctx().at.0 + days * 86_400_000);
        let ask = |permissions: Value, until: At| clerk.bare_post("/api/v1/api-keys", json!({ "name": "食堂系统", "permissions": permissions, "expires_at": until }));
        for (permissions, until, pointer) in [
            (json!(["orders.accept"]), expires(30), "/permissions"),
            (json!(["organisation.manage"]), expires(30), "/permissions"),
            (json!(["no.such"]), expires(30), "/permissions"),
            (json!(["signed_in"]), expires(0), "/expires_at"),
            (json!(["signed_in"]), expires(400), "/expires_at"),
        ] {
            assert_eq!(ask(permissions, until).refused("validation_failed").await.pointers(), [pointer]);
        }
        let made = ask(json!(["signed_in"]), expires(30)).expect(201).await;
        let (key, id) = (made.str("/key"), made.str("/api_key/id"));
        assert!(key.starts_with("yk_") && key.starts_with(&made.str("/api_key/hint")));
        assert_eq!(made.json()["api_key"]["last_used_at"], Value::Null);

        app.get(&format!("/api/v1/organisations/{unit}")).bearer(&key).expect(200).await;
        app.get("/api/v1/api-keys").bearer(&key).refused("forbidden").await;
        app.get("/api/v1/me").bearer(&key).refused("forbidden").await;
        app.get("/api/v1/me").bearer("yk_nobody").refused("token_invalid").await;
        let used = || async { clerk.get("/api/v1/api-keys").expect(200).await.str("/items/0/last_used_at") };
        let first = used().await;
        app.clock.advance(Duration::from_secs(59));
        app.get(&format!("/api/v1/organisations/{unit}")).bearer(&key).expect(200).await;
        assert_eq!(used().await, first);
        app.clock.advance(Duration::from_secs(2));
        app.get(&format!("/api/v1/organisations/{unit}")).bearer(&key).expect(200).await;
        assert!(used().await > first);

        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::OrgAdmin]).await;
        let path = format!("/api/v1/api-keys/{id}");
        stranger.request(actix_web::http::Method::DELETE, &path).refused("not_found").await;
        clerk.request(actix_web::http::Method::DELETE, &path).expect(204).await;
        app.get(&format!("/api/v1/organisations/{unit}")).bearer(&key).refused("session_revoked").await;
        let second = ask(json!(["signed_in"]), expires(1)).expect(201).await.str("/key");
        app.get("/api/v1/organisations").bearer(&second).expect(200).await;
        app.clock.advance(Duration::from_secs(86_400));
        app.get("/api/v1/organisations").bearer(&second).refused("session_revoked").await;
        // A key dies with its maker's membership.
        let third = ask(json!(["signed_in"]), expires(30)).expect(201).await.str("/key");
        let user = clerk.user_id;
        let member = format!("/api/v1/organisations/{unit}/members/{user}");
        clerk.request(actix_web::http::Method::DELETE, &member).refused("last_administrator").await;
        let heir = app.person(unit, &[Role::Trader]).await;
        let hash = app.installation.passwords.hash("tall-Ginkgo-7-rivers").await.unwrap();
        let second_admin = app.write(move |tx| {
            let admin = identity::create_user(tx, "heir@yigou.example", "马丽", Some(&hash))?;
            identity::add_membership(tx, None, admin, unit, &[Role::OrgAdmin])?;
            Ok(admin)
        }).await.unwrap();
        clerk.request(actix_web::http::Method::DELETE, &member).expect(204).await;
        app.get("/api/v1/organisations").bearer(&third).refused("session_revoked").await;
        heir.get(&format!("/api/v1/organisations/{unit}/members")).refused("forbidden").await;
        let (access, ..) = session(app, second_admin).await;
        let members = app.get(&format!("/api/v1/organisations/{unit}/members?limit=1")).bearer(&access).expect(200).await;
        assert!(members.json()["next_cursor"].is_string());
        app.post(&format!("/api/v1/organisations/{unit}/members"), json!({ "user_id": heir.user_id, "roles": ["seller"] })).bearer(&access).refused("role_not_for_kind").await;
        app.post(&format!("/api/v1/organisations/{unit}/members"), json!({ "user_id": heir.user_id, "roles": ["payer", "acceptor"] })).bearer(&access).expect(204).await;
        app.post(&format!("/api/v1/organisations/{unit}/members"), json!({ "user_id": second_admin, "roles": ["payer"] })).bearer(&access).refused("last_administrator").await;
    }
}
