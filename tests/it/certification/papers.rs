//! Papers about certificates: statements checked offline by the program, the status list, keys, the code and the page.

use super::*;
use crate::program::{ended, on, program, said, works};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::path::{Path, PathBuf};
use std::process::Output;
use yigou::certification::{Statement, StatusList};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A certified product: its number; the clock stands on 9 March 2021.
async fn certificate(app: &TestApp, offices: &Offices, name: &str) -> String {
    let seller = cooperative(app, &format!("{name}合作社")).await;
    let id = submitted(app, &seller, name).await;
    certified(app, offices, &id).await
}

async fn statement(app: &TestApp, number: &str) -> String {
    let given = app.get(&format!("/api/v1/certificates/{number}/statement")).expect(200).await;
    assert_eq!(given.header("content-type"), Some("application/jose"));
    given.text()
}

async fn status_list(app: &TestApp) -> String {
    app.get("/api/v1/certificate-status-list").expect(200).await.text()
}

async fn key_set(app: &TestApp) -> Value {
    app.get("/.well-known/jwks.json").expect(200).await.json()
}

/// One of the three parts of a signed text, as JSON.
fn part(text: &str, index: usize) -> Value {
    let part = text.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A folder with files, and the program in it without a database.
struct Desk(tempfile::TempDir);

impl Desk {
    async fn new(app: &TestApp) -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("jwks.json", &key_set(app).await.to_string());
        desk
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }
    fn verify(&self, on: &str, list: Option<&str>) -> Output {
        let mut command = program(self.0.path());
        // Nothing that would lead to a database may be needed, nor looked at.
        command.env_remove("YIGOU_SECRET").env("YIGOU_DATA_DIR", self.path("none")).env("DATABASE_URL", "nonsense");
        command.args(["verify-certificate", "statement.jws", "--keys", "jwks.json", "--on", on]);
        if let Some(list) = list {
            command.args(["--status-list", list]);
        }
        let output = ended(&mut command, "");
        assert!(!self.path("none").exists() && !self.path("yigou-data").exists(), "it opened an installation");
        output
    }
    fn refused(&self, on: &str, list: Option<&str>) -> String {
        let output = self.verify(on, list);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        let text = String::from_utf8(output.stderr).unwrap();
        text.strip_prefix("不予认可 / refused: ").unwrap_or(&text).split(':').next().unwrap().to_owned()
    }
}

fn flipped(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let letter = LETTERS.iter().position(|letter| *letter == bytes[at]);
    bytes[at] = letter.map_or(b'A', |place| LETTERS[(place + 1) % LETTERS.len()]);
    String::from_utf8(bytes).unwrap()
}

on_both! {
    async fn a_clock_that_was_put_back_finds_the_first_key(app) {
        let offices = offices(app).await;
        let number = certificate(app, &offices, "红枣").await;
        app.clock.set_day("2019-01-01");
        let (stated, list) = (part(&statement(app, &number).await, 0), part(&status_list(app).await, 0));
        assert_eq!(stated["kid"], list["kid"]);
    }

    async fn a_statement_is_verified_offline_and_refused_after_any_flipped_byte(app) {
        let offices = offices(app).await;
        let number = certificate(app, &offices, "红寺堡枸杞").await;
        let text = statement(app, &number).await;
        let (head, claims) = (part(&text, 0), part(&text, 1));
        let kid = head["kid"].as_str().unwrap();
        assert_eq!(head, json!({ "typ": "yigou-certificate+jws", "alg": "EdDSA", "kid": kid }));
        let keys = key_set(app).await;
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap().clone();
        assert_eq!((&key["kty"], &key["crv"], key["d"].is_null()), (&json!("OKP"), &json!("Ed25519"), true));
        assert_eq!(claims["stated_at"], json!("2021-03-09T10:00:00.000+08:00"));
        assert_eq!(claims, json!({
            "iss": "https://yigou.example", "number": number, "scheme": "宁夏扶贫产品认定", "product": "红寺堡枸杞",
            "supplier": claims["supplier"], "county": { "code": "640303", "name": "红寺堡区" },
            "origins": [{ "code": "640303", "name": "红寺堡区" }], "valid_from": "2021-03-09", "valid_until": "2022-03-08",
            "in_force_until": "2022-03-08", "status": "valid", "status_since": null, "issued_at": claims["issued_at"],
            "stated_at": claims["stated_at"], "verify_url": format!("https://yigou.example/api/v1/certificates/{number}/page"),
        }));
        let desk = Desk::new(app).await;
        desk.put("statement.jws", &format!("{text}\n"));
        let good = desk.verify("2021-03-09", None);
        assert!(good.status.success(), "{}", said(&good));
        let shown = said(&good);
        for word in ["有效 / in force", &number, "红寺堡枸杞", "红寺堡区 640303", "2021-03-09 – 2022-03-08", "https://yigou.example"] {
            assert!(shown.contains(word), "{word}: {shown}");
        }
        for (day, reason) in [("2021-03-08", "not_yet_valid"), ("2022-03-09", "expired")] {
            assert_eq!(desk.refused(day, None), reason);
        }
        // Every part is flipped in several places, its first and last letters among them.
        let dots: Vec<usize> = text.match_indices('.').map(|(at, _)| at).collect();
        let ends = [0, dots[0] - 1, dots[0], dots[0] + 1, dots[1] - 1, dots[1], dots[1] + 1, text.len() - 1];
        let inside = (1..12).map(|n| n * text.len() / 12);
        for at in ends.into_iter().chain(inside) {
            desk.put("statement.jws", &flipped(&text, at));
            let reason = desk.refused("2021-03-09", None);
            let named = ["signature_invalid", "unknown_key", "malformed", "wrong_algorithm", "wrong_kind"];
            assert!(named.contains(&reason.as_str()), "byte {at}: {reason}");
        }
        for (changed, reason) in [
            (text.replacen(text.split('.').nth(1).unwrap(), &forged(&claims), 1), "signature_invalid"),
            (with_head(&text, json!({ "typ": "yigou-certificate+jws", "alg": "none", "kid": kid })), "wrong_algorithm"),
            (with_head(&text, json!({ "typ": "yigou-certificate+jws", "alg": "HS256", "kid": kid })), "wrong_algorithm"),
            (with_head(&text, json!({ "typ": "yigou-certificate+jws", "alg": "EdDSA", "kid": "certificate-9" })), "unknown_key"),
            (status_list(app).await, "wrong_kind"),
            ("{}".to_owned(), "malformed"),
        ] {
            desk.put("statement.jws", &changed);
            assert_eq!(desk.refused("2021-03-09", None), reason);
        }
        // The right name with another's key, and a set without any key of certificates.
        desk.put("statement.jws", &text);
        let mut other = key.clone();
        other["x"] = json!("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        desk.put("jwks.json", &json!({ "keys": [other] }).to_string());
        assert_eq!(desk.refused("2021-03-09", None), "signature_invalid");
        for useless in ["{}", "[]", "x", r#"{"keys":[{"kty":"RSA","kid":"certificate-1"}]}"#] {
            desk.put("jwks.json", useless);
            let refused = desk.verify("2021-03-09", None);
            assert!(refused.status.code() == Some(1) && said(&refused).contains("jwks.json"), "{useless}: {}", said(&refused));
        }
        app.get("/api/v1/certificates/NX-2021-99999/statement").expect(404).await;
    }

    async fn the_status_list_names_exactly_those_that_ended(app) {
        let offices = offices(app).await;
        let mut numbers = Vec::new();
        for name in ["枸杞", "黄花菜", "马铃薯", "滩羊肉", "荞麦"] {
            numbers.push(certificate(app, &offices, name).await);
        }
        let desk = Desk::new(app).await;
        let empty: StatusList = serde_json::from_value(part(&status_list(app).await, 1)).unwrap();
        assert_eq!(empty.certificates, []);
        let first = statement(app, &numbers[1]).await;
        desk.put("statement.jws", &first);
        desk.put("before.jws", &status_list(app).await);
        let day = app.ctx().at.day();
        app.clock.set_day(&day.plus_days(1).to_string());
        let at = |number: &str, what: &str| format!("/api/v1/certificates/{number}/{what}");
        for (number, what) in [(&numbers[0], "suspensions"), (&numbers[1], "revocations"), (&numbers[2], "suspensions")] {
            offices.county.post(&at(number, what), json!({ "reason_code": "quality" })).expect(200).await;
        }
        app.clock.set_day(&day.plus_days(2).to_string());
        offices.county.post(&at(&numbers[2], "suspension-ends"), json!({ "reason": "复核合格" })).expect(200).await;
        let text = status_list(app).await;
        let list: StatusList = serde_json::from_value(part(&text, 1)).unwrap();
        let named = |list: &StatusList| -> Vec<(String, &'static str, String)> {
            list.certificates.iter().map(|c| (c.number.clone(), c.status.as_str(), c.since.to_string())).collect()
        };
        let since = day.plus_days(1).to_string();
        assert_eq!(named(&list), [(numbers[0].clone(), "suspended", since.clone()), (numbers[1].clone(), "revoked", since.clone())]);
        assert_eq!((list.issued_at, list.next_update), (app.ctx().at, app.ctx().at.plus_ms(86_400_000)));
        // The old statement with the new list: revoked from its day on, and in force the day before.
        desk.put("list.jws", &text);
        let today = app.ctx().at.day();
        assert_eq!(desk.refused(&today.to_string(), Some("list.jws")), "revoked");
        assert!(desk.verify(&day.to_string(), Some("list.jws")).status.success());
        // A list that says nothing yet is good for a day.
        assert!(desk.verify(&day.to_string(), Some("before.jws")).status.success());
        assert_eq!(desk.refused(&today.to_string(), Some("before.jws")), "status_list_outdated");
        desk.put("flipped.jws", &flipped(&text, text.len() / 2));
        assert_eq!(desk.refused(&today.to_string(), Some("flipped.jws")), "status_list_signature_invalid");
        assert_eq!(desk.refused(&today.to_string(), Some("statement.jws")), "status_list_wrong_kind");
        // What a new statement of the suspended one says.
        let suspended: Statement = serde_json::from_value(part(&statement(app, &numbers[0]).await, 1)).unwrap();
        assert_eq!((suspended.status.as_str(), suspended.status_since.map(|day| day.to_string())), ("suspended", Some(since)));
        desk.put("statement.jws", &statement(app, &numbers[0]).await);
        assert_eq!(desk.refused(&today.to_string(), None), "suspended");
        // The calendar ends them, before any job has run and after.
        let last = app.get(&format!("/api/v1/certificates/{}", numbers[4])).expect(200).await.str("/valid_until");
        let after = last.parse::<yigou::kernel::time::Day>().unwrap().plus_days(1);
        app.clock.set_day(&after.to_string());
        let before: StatusList = serde_json::from_value(part(&status_list(app).await, 1)).unwrap();
        app.run_jobs().await;
        let list: StatusList = serde_json::from_value(part(&status_list(app).await, 1)).unwrap();
        let words: Vec<&str> = list.certificates.iter().map(|ended| ended.status.as_str()).collect();
        assert_eq!(words, ["expired", "revoked", "expired", "expired", "expired"]);
        assert_eq!(named(&before).last(), named(&list).last());
        assert_eq!(list.certificates.last().map(|ended| ended.since), Some(after));
    }

    async fn a_new_key_leaves_old_statements_good(app) {
        let offices = offices(app).await;
        let number = certificate(app, &offices, "枸杞").await;
        let old = statement(app, &number).await;
        let before = key_set(app).await;
        let secret = app.installation.secret.clone();
        app.write(move |tx| yigou::certification::rotate_certificate_key(tx, &secret)).await.unwrap();
        // Published at once, used a day later.
        let both = key_set(app).await;
        let lasting = |set: &Value| -> Vec<String> {
            let kids = set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned());
            kids.filter(|kid| kid.starts_with("certificate-")).collect()
        };
        assert_eq!((lasting(&before).len(), lasting(&both).len()), (1, 2));
        let kid = |text: &str| part(text, 0)["kid"].as_str().unwrap().to_owned();
        assert_eq!(kid(&statement(app, &number).await), kid(&old));
        app.clock.advance(std::time::Duration::from_secs(86_400));
        let new = statement(app, &number).await;
        assert_eq!([kid(&old), kid(&new)].to_vec(), lasting(&both));
        assert_eq!(kid(&status_list(app).await), kid(&new));
        let desk = Desk::new(app).await;
        for text in [&old, &new] {
            desk.put("statement.jws", text);
            let shown = desk.verify("2021-03-10", None);
            assert!(shown.status.success(), "{}", said(&shown));
        }
        // Whoever kept the key set from before cannot tell about the new one.
        desk.put("jwks.json", &before.to_string());
        assert_eq!(desk.refused("2021-03-10", None), "unknown_key");
        // A year later the job makes the next one, once; and the console on demand.
        app.clock.advance(std::time::Duration::from_secs(366 * 86_400));
        app.run_jobs().await;
        app.run_jobs().await;
        assert_eq!(lasting(&key_set(app).await).len(), 3);
        desk.put("jwks.json", &key_set(app).await.to_string());
        desk.put("statement.jws", &old);
        assert!(desk.verify("2021-03-10", None).status.success());
        let shown = works(on(app).args(["admin", "rotate-certificate-key"]));
        assert!(shown.contains("certificate-4-") && lasting(&key_set(app).await).len() == 4, "{shown}");
    }

    async fn no_key_is_ever_changed_or_forgotten(app) {
        for sql in ["UPDATE certificate_keys SET public_x = 'x'", "DELETE FROM certificate_keys"] {
            let failed = app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c))?)).await;
            assert!(failed.is_err(), "{sql}");
        }
    }

    async fn the_code_leads_to_the_page_and_the_page_says_how_it_stands(app) {
        let offices = offices(app).await;
        let number = certificate(app, &offices, "<script>alert('枸杞')</script>&\"").await;
        let at = |what: &str| format!("/api/v1/certificates/{number}/{what}");
        let code = app.get(&at("qr.svg")).expect(200).await;
        assert_eq!(code.header("content-type"), Some("image/svg+xml"));
        assert_eq!(scanned(&code.text()), format!("https://yigou.example/api/v1/certificates/{number}/page"));
        app.get("/api/v1/certificates/NX-2021-99999/qr.svg").expect(404).await;
        app.get("/api/v1/certificates/NX-2021-99999/page").expect(404).await;
        let page = app.get(&at("page")).expect(200).await;
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let text = page.text();
        assert!(text.contains("&lt;script&gt;alert('枸杞')&lt;/script&gt;&amp;&quot;") && !text.contains("<script"), "{text}");
        for word in ["扶贫产品认定证书", &number, "红寺堡区", "2021年3月9日 至 2022年3月8日", "class=\"valid\"", "有效", "lang=\"en\""] {
            assert!(text.contains(word), "{word}: {text}");
        }
        let svg = &text[text.find("<svg").unwrap()..text.find("</svg>").unwrap()];
        assert_eq!(scanned(svg), format!("https://yigou.example/api/v1/certificates/{number}/page"));
        loads_nothing(&text);
        // Its own style, to the letter, is all that the browser may take.
        let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(yigou::platform::secret::sha256(style.as_bytes()));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && policy.contains(&format!("style-src 'sha256-{hash}'")), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        for (what, zh, en, body) in [
            ("suspensions", "已暂停", "Suspended", json!({ "reason_code": "quality" })),
            ("revocations", "已撤销", "Revoked", json!({ "reason_code": "food_safety" })),
        ] {
            offices.county.post(&at(what), body).expect(200).await;
            let text = app.get(&at("page")).expect(200).await.text();
            assert!(text.contains("class=\"ended\"") && text.contains(zh) && text.contains(en) && text.contains("2021年3月9日 起"), "{text}");
            loads_nothing(&text);
        }
        let other = certificate(app, &offices, "黄花菜").await;
        app.clock.set_day("2023-01-01");
        let text = app.get(&format!("/api/v1/certificates/{other}/page")).expect(200).await.text();
        assert!(text.contains("class=\"ended\"") && text.contains("已到期"), "{text}");
    }
}

/// Claims with another product.
fn forged(claims: &Value) -> String {
    let mut claims = claims.clone();
    claims["product"] = json!("普通枸杞");
    URL_SAFE_NO_PAD.encode(claims.to_string())
}

fn with_head(text: &str, head: Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), text.split_once('.').unwrap().1)
}

/// Nothing in a page makes a browser ask for anything else.
fn loads_nothing(page: &str) {
    let page = page.to_lowercase();
    for way in [
        "src=",
        "href=",
        "url(",
        "@import",
        "srcset",
        "<link",
        "<iframe",
        "<object",
        "<embed",
        "<form",
        "<base",
        "http-equiv",
        " style=",
    ] {
        assert!(!page.contains(way), "{way} in {page}");
    }
}

/// What a scanner reads from a code drawn as SVG: its squares painted eight points wide.
fn scanned(svg: &str) -> String {
    let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut dark = vec![false; side * side];
    for square in path.split('M').skip(1) {
        let (x, rest) = square.split_once(',').unwrap();
        let (y, drawn) = rest.split_once('h').unwrap();
        assert_eq!(drawn, "1v1h-1", "{square}");
        dark[y.parse::<usize>().unwrap() * side + x.parse::<usize>().unwrap()] = true;
    }
    let shade = |x: usize, y: usize| if dark[y / 8 * side + x / 8] { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 8, side * 8, shade);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

/// A file that is not there is a fault of the call, and says which.
#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path());
    command.args(["verify-certificate", "none.jws", "--keys", "none.json"]);
    let output = ended(&mut command, "");
    assert!(!output.status.success() && said(&output).contains("none.json"), "{}", said(&output));
    assert!(!Path::new("yigou-data").exists());
}
