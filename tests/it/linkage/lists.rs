//! Lists of households: rows are named when they are wrong, editions replace each other, numbers are nowhere.

use super::*;
use yigou::platform::secret::{hex, sha256, sha256_parts};

/// The householder of GB 11643's sample, as people write it.
const CARD: &str = "１１０１０５ 19491231 002x";
const NORMAL: &str = "11010519491231002X";

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
    async fn no_number_is_kept_anywhere(app) {
        let scene = Scene::set(app).await;
        let number = "640323HZ0000000777";
        let items = vec![row(CARD, "wage"), row(number, "business"), row(number, "asset")];
        let request = body(&scene.first.product, 2021, items);
        let ask = scene.first.seller.bare_post(LISTS, request.clone()).key("one-list");
        let filed = ask.clone().expect(201).await;
        assert_eq!((filed.int("/rows"), filed.int("/households"), filed.int("/amount_fen")), (3, 2, 300_000));
        let again = ask.expect(201).await;
        assert_eq!((again.header("idempotency-replayed"), again.json()), (Some("true"), filed.json()));
        scene.second.file(2021, vec![row(NORMAL, "wage")]).await;
        // A refusal repeats nothing either.
        let wrong = scene.first.seller.post(LISTS, body(&scene.first.product, 2021, vec![row("110105194912310021", "wage")]));
        let wrong = wrong.refused("validation_failed").await;
        assert!(!wrong.text().contains("110105194912310021"));
        let asked = json!({ "reason": "核对脱贫户", "identities": [CARD, number] });
        let found = scene.county.bare_post("/api/v1/household-matches", asked).key("never-kept").expect(200).await;
        assert_eq!(found.int("/matched"), 2);
        for answer in [&filed, &found] {
            assert!(![NORMAL, CARD, number].iter().any(|text| answer.text().contains(text)));
        }
        let all = everything(app).await;
        for text in [NORMAL, number, "19491231", "HZ0000000777"] {
            let (plain, digest) = (text.as_bytes(), sha256(text.as_bytes()));
            let shown = [plain.to_vec(), hex(plain).into_bytes(), digest.to_vec(), hex(&digest).into_bytes()];
            assert!(shown.iter().all(|form| !holds(&all, form)), "{text} is kept");
        }
        // Nor can the number be tried out against what is remembered of the request.
        let seller = &scene.first.seller;
        let raw = request.to_string();
        let parts: [&[u8]; 6] = [b"POST", LISTS.as_bytes(), &seller.user_id.0, &seller.org_id.0, b"", raw.as_bytes()];
        let guessed = sha256_parts(&parts);
        assert!(!holds(&all, &guessed) && !holds(&all, hex(&guessed).as_bytes()));
        // The test would see what is there.
        assert!(holds(&all, "甲合作社".as_bytes()));
    }

    async fn every_wrong_row_is_named_and_nothing_is_written(app) {
        let scene = Scene::set(app).await;
        let before = app.census().await;
        let items = vec![row("NX000001", "wage"), row("nx 000001", "wage"), row("NX000001", "asset"), row("户户户户", "wage"), row("110105194912310021", "wage")];
        let refused = scene.first.seller.bare_post(LISTS, body(&scene.first.product, 2021, items)).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/items/1/identity", "/items/3/identity", "/items/4/identity"]);
        let mut bad = row("NX000001", "wage");
        bad["persons"] = json!(0);
        bad["amount_fen"] = json!(-1);
        bad["name"] = json!("马某");
        let mut pointers = scene.first.seller.bare_post(LISTS, body(&scene.first.product, 2021, vec![bad])).refused("validation_failed").await.pointers();
        pointers.sort();
        assert_eq!(pointers, ["/items/0/amount_fen", "/items/0/name", "/items/0/persons"]);
        let next = scene.first.seller.bare_post(LISTS, body(&scene.first.product, 2022, vec![row("NX000001", "wage")]));
        assert_eq!(next.refused("validation_failed").await.pointers(), ["/year"]);
        scene.first.seller.bare_post(LISTS, body(&scene.second.product, 2021, vec![row("NX000001", "wage")])).refused("not_found").await;
        let many = (0..2_001).map(|n| row(&household(n), "wage")).collect();
        assert_eq!(scene.first.seller.bare_post(LISTS, body(&scene.first.product, 2021, many)).refused("validation_failed").await.pointers(), ["/items"]);
        app.unchanged_since(&before, "refused lists").await;
    }

    async fn two_thousand_rows_are_a_list_and_a_new_edition_replaces_it(app) {
        let scene = Scene::set(app).await;
        let full = scene.first.file(2021, (0..2_000).map(|n| row(&household(n), "wage")).collect()).await;
        assert_eq!((full.int("/edition"), full.int("/households")), (1, 2_000));
        let other = scene.second.file(2021, vec![row(&household(7), "wage"), row(&household(7), "asset")]).await;
        assert_eq!(states(&scene.second.seller, &other.id()).await, [("counts".to_owned(), true), ("counts".to_owned(), false)]);
        let second = scene.first.file(2021, vec![row(&household(1), "wage")]).await;
        assert_eq!((second.int("/edition"), second.str("/status").as_str()), (2, "standing"));
        let former = scene.first.seller.get(&format!("{LISTS}/{}", full.id())).expect(200).await;
        assert_eq!(former.str("/status"), "replaced");
        let rows = all(&scene.first.seller, &format!("{LISTS}/{}/rows?limit=200", full.id())).await;
        assert!(rows.len() == 2_000 && rows.iter().all(|row| row["state"] == "fallen" && row["disputed"] == false));
        // What the former edition claimed twice is claimed twice no longer.
        assert_eq!(states(&scene.second.seller, &other.id()).await, [("counts".to_owned(), false), ("counts".to_owned(), false)]);
        assert_eq!(all(&scene.county, &format!("{DOUBLES}?status=open")).await, Vec::<Value>::new());
        // Another year is another list.
        scene.first.file(2020, vec![row(&household(1), "wage")]).await;
        let standing = all(&scene.first.seller, &format!("{LISTS}?status=standing")).await;
        assert_eq!(standing.iter().map(|list| list["year"].as_i64().unwrap()).collect::<Vec<_>>(), [2020, 2021]);
    }

    async fn who_reads_a_list(app) {
        let scene = Scene::set(app).await;
        let list = scene.first.file(2021, vec![row(&household(1), "wage")]).await.id();
        let auditor = app.new_person(OrgKind::AuditBody, "640000", &[Role::Auditor]).await;
        for person in [&scene.first.seller, &scene.county, &scene.province, &auditor] {
            for path in [format!("{LISTS}/{list}"), format!("{LISTS}/{list}/rows")] {
                person.get(&path).expect(200).await;
            }
            assert_eq!(all(person, LISTS).await.len(), 1);
        }
        let elsewhere = app.new_person(OrgKind::PovertyOffice, "640324", &[Role::Reviewer]).await;
        for person in [&scene.second.seller, &elsewhere] {
            for path in [format!("{LISTS}/{list}"), format!("{LISTS}/{list}/rows")] {
                person.get(&path).expect(404).await;
            }
            assert_eq!(all(person, LISTS).await, Vec::<Value>::new());
        }
        let finance = app.new_person(OrgKind::FinanceBureau, "640323", &[Role::Auditor]).await;
        finance.get(LISTS).refused("forbidden").await;
    }
}
