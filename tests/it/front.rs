//! What stands before every handler: whose request it is, how many it may make, how large and slow its body may be, and
//! what the operator's addresses show to whom.

use crate::support::TestApp;
use crate::support::wire::Wire;
use actix_web::http::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::platform::http::Rate;

const PROXY: &str = "10.0.0.1";

/// A process behind a proxy.
async fn behind_proxy(app: &TestApp) -> TestApp {
    app.with(|installation| installation.proxies = PROXY.parse().unwrap()).await
}

/// A process in which a caller may make three requests at once and gains one in each second.
async fn strict(app: &TestApp) -> TestApp {
    app.with(|installation| installation.rate = Rate { per_second: 1, burst: 3 }).await
}

on_both! {
    async fn behind_a_proxy_only_the_guesser_waits(app) {
        let behind = behind_proxy(app).await;
        let guess = |email: String, from: &str| {
            let body = json!({ "email": email, "password": "wrong-but-long-enough" });
            behind.post("/api/v1/sessions", body).from(PROXY).header("x-forwarded-for", from)
        };
        for n in 0..100 {
            // What the client itself wrote in front proves nothing.
            guess(format!("spray{n}@yigou.example"), &format!("203.0.113.{n}, 192.0.2.66")).refused("invalid_credentials").await;
        }
        guess("spray@yigou.example".to_owned(), "192.0.2.66").refused("too_many_requests").await;
        guess("honest@yigou.example".to_owned(), "192.0.2.7").refused("invalid_credentials").await;
        for _ in 0..5 {
            guess("victim@yigou.example".to_owned(), "192.0.2.8").refused("invalid_credentials").await;
        }
        guess("victim@yigou.example".to_owned(), "192.0.2.8").refused("too_many_requests").await;
        guess("victim@yigou.example".to_owned(), "192.0.2.9").refused("invalid_credentials").await;
        // Who is no proxy of ours is believed nothing.
        let body = json!({ "email": "other@yigou.example", "password": "wrong-but-long-enough" });
        behind.post("/api/v1/sessions", body).from("192.0.2.66").header("x-forwarded-for", "198.51.100.1").refused("too_many_requests").await;
    }

    async fn anonymous_clients_behind_a_proxy_have_counts_of_their_own(app) {
        let behind = app.with(|installation| {
            installation.proxies = PROXY.parse().unwrap();
            installation.rate = Rate { per_second: 1, burst: 3 };
        }).await;
        let ask = |from: &str| behind.get("/api/v1/regions").from(PROXY).header("x-forwarded-for", from);
        for _ in 0..3 {
            ask("192.0.2.1").expect(200).await;
        }
        ask("192.0.2.1").refused("too_many_requests").await;
        ask("192.0.2.2").expect(200).await;
    }

    async fn too_many_requests_are_told_when_to_come_again(app) {
        let strict = strict(app).await;
        let first = strict.get("/api/v1/regions").expect(200).await;
        assert_eq!(first.header("ratelimit-policy"), Some("\"default\";q=3;w=3"));
        assert_eq!(first.header("ratelimit"), Some("\"default\";r=2;t=1"));
        for _ in 0..2 {
            strict.get("/api/v1/regions").expect(200).await;
        }
        let refused = strict.get("/api/v1/regions").refused("too_many_requests").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
        assert_eq!(refused.header("ratelimit"), Some("\"default\";r=0;t=1"));
        strict.get("/api/v1/regions").from("192.0.2.5").expect(200).await;
        strict.get("/livez").expect(200).await;
    }

    async fn an_invented_token_is_no_new_caller(app) {
        let strict = strict(app).await;
        let invented = |n: u32, path: &str| strict.get(path).header("authorization", &format!("x{n}"));
        for n in 0..3 {
            invented(n, "/api/v1/regions").expect(200).await;
        }
        invented(3, "/api/v1/regions").refused("too_many_requests").await;
        invented(4, "/api/v1/events").refused("too_many_requests").await;
        let body = json!({ "email": "nobody@yigou.example" });
        strict.post("/api/v1/password-resets", body).header("authorization", "x5").refused("too_many_requests").await;
        strict.get("/api/v1/events").bearer("yk_invented").refused("too_many_requests").await;
        strict.get("/api/v1/regions").refused("too_many_requests").await;
    }

    async fn a_known_caller_has_a_count_of_its_own_whatever_its_token(app) {
        let one = app.new_person(OrgKind::Union, "640323", &[Role::Trader]).await;
        let other = app.person(one.org_id, &[Role::Trader]).await;
        let strict = strict(app).await;
        let ask = |token: &str| strict.get("/api/v1/me").bearer(token);
        for _ in 0..3 {
            ask(&one.token).expect(200).await;
        }
        let refused = ask(&one.token).refused("too_many_requests").await;
        assert_eq!(refused.header("ratelimit"), Some("\"default\";r=0;t=1"));
        ask(&other.token).expect(200).await;
        strict.get("/api/v1/regions").expect(200).await;
        // Behind one address there may be many, but not without end.
        let mut answers = Vec::new();
        for n in 0..40 {
            answers.push(strict.get("/api/v1/me").bearer(&format!("user:{n}")).send().await.status);
        }
        assert!(answers.contains(&429) && !answers.contains(&200), "{answers:?}");
    }

    async fn a_body_that_never_ends_and_one_that_is_too_large_are_refused(app) {
        let hasty = app.with(|installation| installation.body_deadline = Duration::from_millis(100)).await;
        let body = json!({ "email": "a@yigou.example" });
        let late = hasty.post("/api/v1/password-resets", body).unfinished().refused("request_timeout").await;
        assert_eq!(late.status, 408);
        let huge = vec![b' '; 1024 * 1024 + 1];
        let refused = app.request(Method::POST, "/api/v1/password-resets").raw("application/json", huge).refused("payload_too_large").await;
        assert_eq!((refused.status, refused.json()["max_bytes"].as_i64()), (413, Some(1024 * 1024)));
    }

    async fn no_other_origin_is_let_in(app) {
        let origin = "https://elsewhere.example";
        let answered = app.get("/api/v1/regions").header("origin", origin).expect(200).await;
        let preflight = app.request(Method::OPTIONS, "/api/v1/sessions").header("origin", origin)
            .header("access-control-request-method", "POST").send().await;
        assert_eq!(preflight.status, 405);
        for answer in [answered, preflight] {
            assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control-")), "{:?}", answer.headers);
        }
    }

    async fn what_has_not_changed_is_not_sent_again(app) {
        let first = app.get("/api/v1/regions?limit=1").expect(200).await;
        let tag = first.header("etag").unwrap().to_owned();
        let again = app.get("/api/v1/regions?limit=1").header("if-none-match", &format!("\"other\", {tag}")).expect(304).await;
        assert!(again.body.is_empty() && again.header("etag") == Some(tag.as_str()));
        app.get("/api/v1/regions?limit=2").header("if-none-match", &tag).expect(200).await;
    }

    async fn another_process_shows_a_change_within_a_second(app) {
        let keeping = |installation: &mut yigou::app::Installation| installation.cache_ttl = Duration::from_secs(1);
        let (here, there) = (app.with(keeping).await, app.with(keeping).await);
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let clerk = app.new_person(OrgKind::Union, "640323", &[Role::Trader]).await;
        let me = |app: &TestApp| app.get(&format!("/api/v1/organisations/{}", clerk.org_id)).bearer(&operator.token);
        for process in [&here, &there] {
            assert_eq!(me(process).expect(200).await.str("/status"), "active");
            process.get("/api/v1/me").bearer(&operator.token).expect(200).await;
        }
        let user = operator.user_id;
        app.write(move |tx| {
            use diesel::RunQueryDsl;
            let sql = "DELETE FROM memberships WHERE user_id = $1";
            Ok(yigou::each!(tx, c => diesel::sql_query(sql).bind::<diesel::sql_types::Binary, _>(user).execute(c)).map(drop)?)
        }).await.unwrap();
        let changed = Instant::now();
        for process in [&here, &there] {
            while me(process).send().await.status == 200 {
                assert!(changed.elapsed() < Duration::from_secs(3), "still known long after a second");
            }
            me(process).refused("forbidden").await;
        }
    }

    async fn measurements_are_for_the_configured_readers(app) {
        // Without a recorder they are missing for everybody; what counts is told by the unit tests of the address.
        for ask in [app.get("/metrics").from("192.0.2.1"), app.get("/metrics").header("x-forwarded-for", "192.0.2.1")] {
            ask.refused("not_found").await;
        }
    }
}

#[actix_web::test]
async fn a_flood_of_probes_asks_the_database_once() {
    let home = TestApp::postgres().await;
    let wire = Wire::to(home.database_url());
    let app = home.through(wire.url()).await;
    wire.take();
    let probes = (0..50).map(|_| app.get("/readyz").expect(200));
    futures_util::future::join_all(probes).await;
    let begun = wire.take().iter().filter(|sent| sent.contains("BEGIN")).count();
    assert_eq!(begun, 1, "one answer is good for all");
    home.finish().await;
}
