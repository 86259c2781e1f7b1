//! What every operation shares: errors, request ids, headers, limits, the operator's addresses.

use actix_web::http::Method;

on_both! {
    async fn the_operator_sees_life_readiness_and_the_document(app) {
        for path in ["/livez", "/readyz", "/openapi.json", "/docs/"] {
            app.get(path).expect(200).await;
        }
        app.get("/docs").expect(302).await;
    }

    async fn unknown_addresses_and_methods_are_problems(app) {
        app.get("/api/v1/nothing").refused("not_found").await;
        app.get("/nothing").refused("not_found").await;
        let answered = app.request(Method::TRACE, "/api/v1/events").refused("method_not_allowed").await;
        assert_eq!(answered.json()["allow"], serde_json::json!(["GET"]));
        assert_eq!(answered.header("allow"), Some("GET"));
        app.request(Method::DELETE, "/api/v1/events").expect(405).await;
    }

    async fn chinese_first_english_on_request(app) {
        assert_eq!(app.get("/api/v1/events").expect(401).await.str("/title"), "请先登录");
        let english = app.get("/api/v1/events").header("accept-language", "en").expect(401).await;
        assert_eq!(english.str("/title"), "Sign in first");
        assert!(english.header("www-authenticate").is_some());
    }

    async fn a_harmless_request_id_is_kept_and_another_is_not(app) {
        let kept = app.get("/livez").header("x-request-id", "trace-12345678").send().await;
        assert_eq!(kept.header("x-request-id"), Some("trace-12345678"));
        let replaced = app.get("/livez").header("x-request-id", "<script>alert(1)</script>").send().await;
        assert!(replaced.header("x-request-id").unwrap().starts_with("req_"));
    }

    async fn a_choice_of_organisation_is_an_id_and_an_empty_cursor_is_the_first_page(app) {
        use yigou::kernel::actor::{OrgKind, Role};
        let person = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        for strange in ["", "org_x", "\u{e9}"] {
            person.get("/api/v1/events").header("yigou-organisation", strange).refused("malformed_request").await;
        }
        person.get("/api/v1/events").header("yigou-organisation", &person.org_id.to_string()).expect(200).await;
        person.get("/api/v1/events?cursor=").expect(200).await;
    }

    async fn strange_authorisation_is_refused(app) {
        for value in ["Basic eDp5", "Bearer", "Bearer ", "bearer\u{a0}x", "Bearer a.b.c"] {
            let answered = app.get("/api/v1/events").header("authorization", value).send().await;
            assert_eq!(answered.status, 401, "{value:?}: {}", answered.text());
        }
    }
}

#[test]
fn the_document_is_committed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/api-spec/openapi.json");
    let made = yigou::app::document_json();
    if std::env::var_os("YIGOU_WRITE_API").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == made,
        "api-spec/openapi.json is not what the code makes: YIGOU_WRITE_API=1 ./dev test document"
    );
}
