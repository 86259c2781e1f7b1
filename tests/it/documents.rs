//! Stored files: bytes come back as they went in, and only to whom they are meant.

use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::Value;
use yigou::documents;
use yigou::kernel::actor::{OrgKind, Role, Scope};
use yigou::kernel::error::Code;
use yigou::kernel::ids::FileId;

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

pub async fn store(person: &Person, name: &str, class: &str, kind: &str, bytes: &[u8]) -> crate::support::Answered {
    let path = format!("/api/v1/files?name={name}&class={class}");
    person.post(&path, Value::Null).raw(kind, bytes.to_vec()).send().await
}

/// Every stored byte of the test's object store.
pub fn stored_bytes(app: &TestApp) -> Vec<Vec<u8>> {
    fn walk(folder: &std::path::Path, found: &mut Vec<Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(std::fs::read(path).unwrap()) }
        }
    }
    let mut found = Vec::new();
    walk(&app.folder().join("files"), &mut found);
    found
}

on_both! {
    async fn the_other_side_reads_the_proof_of_a_payment(app) {
        let till = crate::payments::Till::open(app).await;
        let order = till.accepted("3").await;
        let (seller, stranger) = (&till.market.sellers[0], app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await);
        for (class, shown) in [("evidence", 200), ("restricted", 404)] {
            let proof = store(&till.payer, "proof.pdf", class, "application/pdf", PDF).await.id();
            let path = format!("/api/v1/files/{proof}");
            seller.get(&path).expect(404).await;
            let body = serde_json::json!({ "amount_fen": 100, "proof_file": proof });
            till.payer.post(&format!("/api/v1/orders/{order}/payments"), body).expect(201).await;
            seller.get(&path).expect(shown).await;
            stranger.get(&path).expect(404).await;
        }
    }

    async fn what_an_upload_lacks_is_named(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        for (query, pointer) in [("name=a.pdf", "class"), ("name=a.pdf&name=b.pdf&class=evidence", "name"), ("name=a.pdf&class=x", "class")] {
            let ask = seller.post(&format!("/api/v1/files?{query}"), Value::Null).raw("application/pdf", PDF.to_vec());
            assert_eq!(ask.refused("invalid_parameter").await.pointers(), [pointer]);
        }
    }

    async fn only_so_many_uploads_are_held_at_once(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let path = "/api/v1/files?name=a.txt&class=evidence";
        for (places, status) in [(0, 503), (1, 201)] {
            let narrow = app.with(|installation| installation.uploads = places).await;
            for _ in 0..2 {
                let ask = narrow.request(actix_web::http::Method::POST, path).bearer(&seller.token);
                ask.raw("text/plain", b"abc".to_vec()).expect(status).await;
            }
        }
    }

    async fn an_organisation_brings_its_share_of_the_day_and_no_more(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let keyed = || {
            let ask = seller.bare_post("/api/v1/files?name=a.pdf&class=evidence", Value::Null).raw("application/pdf", PDF.to_vec());
            ask.key("one-and-the-same")
        };
        let first = keyed().expect(201).await;
        // As if it had been large.
        let full = |tx: &mut yigou::platform::db::Tx<'_>| {
            let query = diesel::sql_query("UPDATE files SET size_bytes = 512 * 1024 * 1024 - 2");
            yigou::each!(tx, c => diesel::RunQueryDsl::execute(query, c))?;
            Ok(())
        };
        app.write(full).await.unwrap();
        let refused = store(&seller, "b.txt", "evidence", "text/plain", b"abc").await;
        assert_eq!((refused.status, refused.str("/code")), (429, "too_many_requests".to_owned()), "{}", refused.text());
        assert!(refused.header("retry-after").is_some_and(|s| s.parse::<u64>().is_ok_and(|s| s <= 86_400)));
        assert_eq!(stored_bytes(app), [PDF.to_vec()]);
        assert_eq!(keyed().expect(201).await.body, first.body, "a repeated request is answered as before");
        // What still fits is taken, others have their own share, and tomorrow is another day.
        assert_eq!(store(&seller, "c.txt", "evidence", "text/plain", b"ab").await.status, 201);
        let other = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        assert_eq!(store(&other, "b.txt", "evidence", "text/plain", b"abc").await.status, 201);
        app.clock.advance(std::time::Duration::from_secs(86_400));
        let mut seller = seller;
        seller.token = app.sign_in(seller.user_id).await;
        assert_eq!(store(&seller, "b.txt", "evidence", "text/plain", b"abc").await.status, 201);
    }

    async fn a_file_comes_back_as_it_went_in(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let stored = store(&seller, "%E6%A3%80%E9%AA%8C%20%E6%8A%A5%E5%91%8A.pdf", "evidence", "application/pdf", PDF).await;
        assert_eq!((stored.status, stored.int("/size_bytes")), (201, i64::try_from(PDF.len()).unwrap()));
        assert_eq!((stored.str("/name"), stored.str("/sha256").len()), ("检验 报告.pdf".to_owned(), 64));
        let path = format!("/api/v1/files/{}", stored.id());
        assert_eq!(stored.header("location"), Some(path.as_str()));
        let got = seller.get(&path).expect(200).await;
        assert_eq!(got.body, PDF);
        assert_eq!(got.header("content-type"), Some("application/pdf"));
        assert_eq!(got.header("content-disposition"), Some("attachment; filename*=UTF-8''%E6%A3%80%E9%AA%8C%20%E6%8A%A5%E5%91%8A.pdf"));
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
        // The same bytes again: another file, one object.
        store(&seller, "b.pdf", "evidence", "application/pdf", PDF).await;
        assert_eq!(stored_bytes(app), [PDF.to_vec()]);
    }

    async fn files_that_lie_are_refused(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let html = b"<html><script>alert(1)</script></html>";
        for (name, class, kind, bytes, code) in [
            ("a.pdf", "evidence", "application/pdf", &html[..], "file_type_mismatch"),
            ("a.png", "evidence", "image/png", PDF, "file_type_mismatch"),
            ("a.html", "evidence", "text/html", html, "file_type_refused"),
            ("a.txt", "evidence", "text/plain", b"", "malformed_request"),
            ("a.txt", "evidence", "text/plain", b"a\0b", "file_type_mismatch"),
            ("..%2Fa.pdf", "evidence", "application/pdf", PDF, "invalid_parameter"),
            ("a%0Ab.pdf", "evidence", "application/pdf", PDF, "invalid_parameter"),
            ("a.pdf", "secret", "application/pdf", PDF, "invalid_parameter"),
        ] {
            let refused = store(&seller, name, class, kind, bytes).await;
            assert_eq!(refused.json()["code"], code, "{name} {class} {kind}: {}", refused.text());
        }
        let huge = vec![b'a'; 10 * 1024 * 1024 + 1];
        assert_eq!(store(&seller, "a.txt", "evidence", "text/plain", &huge).await.json()["code"], "payload_too_large");
        assert!(stored_bytes(app).is_empty());
    }

    async fn a_file_is_seen_within_its_scope_only(app) {
        let unit = app.organisation(OrgKind::BudgetUnit, "640323").await;
        let supervisor = app.organisation(OrgKind::BudgetUnit, "640300").await;
        app.supervise(unit, supervisor).await;
        let clerk = app.person(unit, &[Role::Manager]).await;
        let path = format!("/api/v1/files/{}", store(&clerk, "a.txt", "evidence", "text/plain", "凭证".as_bytes()).await.id());
        let public = format!("/api/v1/files/{}", store(&clerk, "p.txt", "public", "text/plain", "公开".as_bytes()).await.id());
        let above = app.person(supervisor, &[Role::Reviewer]).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640300", &[Role::Reviewer]).await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640400", &[Role::Reviewer]).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Reviewer]).await;
        for person in [&clerk, &above, &office] {
            person.get(&path).expect(200).await;
        }
        for person in [&elsewhere, &stranger] {
            person.get(&path).refused("not_found").await;
            person.get(&public).expect(200).await;
        }
        app.get(&public).refused("unauthenticated").await;
        let id: FileId = path.rsplit('/').next().unwrap().parse().unwrap();
        let (own, other) = (clerk.org_id, stranger.org_id);
        app.read(move |read| documents::file(read, &Scope::Org(own), id)).await.unwrap();
        let foreign = app.read(move |read| documents::file(read, &Scope::Org(other), id)).await;
        assert_eq!(foreign.unwrap_err().code(), Code::NotFound);
    }

    async fn household_data_is_encrypted_and_each_opening_is_logged(app) {
        let seller = app.new_person(OrgKind::Cooperative, "640323", &[Role::Seller]).await;
        let secret = "户主 马某 家庭人口 5 人".as_bytes();
        let stored = store(&seller, "h.txt", "restricted", "text/plain", secret).await;
        let id = stored.id();
        let path = format!("/api/v1/files/{id}");
        assert!(stored_bytes(app).iter().all(|bytes| !bytes.windows(secret.len()).any(|part| part == secret)));
        let reviewer = app.new_person(OrgKind::PovertyOffice, "640323", &[Role::Reviewer]).await;
        let clerk = app.person(reviewer.org_id, &[Role::OrgAdmin]).await;
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        seller.get(&path).refused("forbidden").await;
        clerk.get(&path).refused("forbidden").await;
        elsewhere.get(&path).refused("not_found").await;
        for _ in 0..2 {
            assert_eq!(reviewer.get(&path).expect(200).await.body, secret);
        }
        let history = app.read(move |read| yigou::audit::history(read, &id)).await.unwrap();
        let actions: Vec<&str> = history.iter().map(|past| past.action.as_str()).collect();
        assert_eq!(actions, ["file.stored", "file.opened", "file.opened"]);
    }
}
