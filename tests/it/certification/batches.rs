//! Published batches: numbers, frozen rows, formats, differences, and two offices' people at once.

use super::*;
use calamine::{Data, DataType, Reader, Xlsx};
use std::io::Cursor;
use yigou::platform::secret::{hex, sha256};

const BATCHES: &str = "/api/v1/catalogue-batches";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Certified products: their numbers, and who sells them. The clock stands where it stood, or after the first notice.
async fn certificates(app: &TestApp, offices: &Offices, names: &[&str]) -> Vec<(Person, String)> {
    let mut made = Vec::new();
    for name in names {
        let seller = cooperative(app, &format!("{name}合作社")).await;
        let id = submitted(app, &seller, name).await;
        made.push((seller, certified(app, offices, &id).await));
    }
    made
}

async fn request(app: &TestApp) -> Value {
    json!({ "scheme_id": scheme(app).await, "document_number": "宁开发〔2021〕9号" })
}

async fn publish(app: &TestApp, offices: &Offices) -> Answered {
    offices.province.post(BATCHES, request(app).await).expect(201).await
}

fn numbers(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["certificate_number"].as_str().unwrap().to_owned()).collect()
}

async fn batch(app: &TestApp, id: &str) -> Value {
    app.get(&format!("{BATCHES}/{id}?limit=200")).expect(200).await.json()
}

on_both! {
    async fn a_batch_is_published_once_and_never_changes(app) {
        let offices = offices(app).await;
        let made = certificates(app, &offices, &["枸杞", "=1+1黄花菜", "马铃薯"]).await;
        let first = app.ctx().at.day();
        let body = request(app).await;
        // Only the office at the top of the scheme publishes.
        offices.county.post(BATCHES, body.clone()).refused("forbidden").await;
        offices.prefecture.post(BATCHES, body.clone()).refused("forbidden").await;
        let fujian = app.new_person(OrgKind::PovertyOffice, "350000", &[Role::Reviewer]).await;
        fujian.post(BATCHES, body.clone()).refused("forbidden").await;
        made[0].0.post(BATCHES, body.clone()).refused("forbidden").await;
        let with = |name: &str, value: String| {
            let mut body = body.clone();
            body[name] = json!(value);
            body
        };
        let tomorrow = first.plus_days(1).to_string();
        for (name, pointer) in [("dated_on", "/dated_on"), ("issued_until", "/issued_until")] {
            let refused = offices.province.post(BATCHES, with(name, tomorrow.clone())).refused("validation_failed").await;
            assert_eq!(refused.pointers(), [pointer]);
        }
        offices.province.post(BATCHES, with("issued_until", "2021-03-01".to_owned())).refused("wrong_state").await;
        // What is not in force is left out: a suspended one comes later, a revoked one never.
        let at = |number: &str, what: &str| format!("/api/v1/certificates/{number}/{what}");
        offices.county.post(&at(&made[2].1, "suspensions"), json!({ "reason_code": "quality" })).expect(200).await;
        let published = publish(app, &offices).await;
        assert_eq!((published.str("/number").as_str(), published.int("/certificates")), ("NX-2021年第1批", 2));
        let id = published.id();
        assert_eq!(published.header("location"), Some(format!("{BATCHES}/{id}").as_str()));
        offices.province.post(BATCHES, body.clone()).refused("wrong_state").await;
        let shown = batch(app, &id).await;
        assert_eq!(numbers(&shown["items"]), [made[0].1.clone(), made[1].1.clone()]);
        assert_eq!((&shown["items"][0]["product_name"], &shown["items"][0]["current_status"]), (&json!("枸杞"), &json!("valid")));
        assert_eq!(shown["items"][0]["county"], json!({ "code": "640303", "name": "红寺堡区" }));
        // The next year begins its own numbers, a day that goes back is refused.
        app.clock.set_day(&tomorrow);
        offices.county.post(&at(&made[2].1, "suspension-ends"), json!({ "reason": "复核合格" })).expect(200).await;
        offices.county.post(&at(&made[0].1, "revocations"), json!({ "reason_code": "quality" })).expect(200).await;
        let back = offices.province.post(BATCHES, with("dated_on", first.plus_days(-1).to_string())).refused("validation_failed").await;
        assert_eq!(back.pointers(), ["/dated_on"]);
        assert_eq!(publish(app, &offices).await.str("/number"), "NX-2021年第2批");
        app.clock.set_day("2022-01-04");
        certificates(app, &offices, &["荞麦"]).await;
        assert_eq!(publish(app, &offices).await.str("/number"), "NX-2022年第1批");
        // What was published stays; how it stands now is beside it.
        let mut later = batch(app, &id).await;
        assert_eq!(later["items"][0]["current_status"], json!("revoked"));
        later["items"][0]["current_status"] = json!("valid");
        assert_eq!(later, shown);
        for sql in ["UPDATE catalogue_batches SET certificates = 9", "DELETE FROM catalogue_batch_rows", "UPDATE catalogue_batch_rows SET product_name = 'x'"] {
            assert!(app.write(move |tx| Ok(each!(tx, c => diesel::sql_query(sql).execute(c))?)).await.is_err(), "{sql}");
        }
        let listed = app.get(&format!("{BATCHES}?year=2021")).expect(200).await.json();
        let listed: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|b| b["number"].as_str().unwrap()).collect();
        assert_eq!(listed, ["NX-2021年第2批", "NX-2021年第1批"]);
        assert!(crate::program::works(crate::program::on(app).arg("verify")).contains("一致"));
        app.get(&format!("{BATCHES}/cbt_00000000000000000000000009")).expect(404).await;
    }

    async fn each_format_says_the_same(app) {
        let offices = offices(app).await;
        let made = certificates(app, &offices, &["枸杞", "=1+1黄花菜", "马铃薯"]).await;
        let published = publish(app, &offices).await;
        let address = format!("{BATCHES}/{}", published.id());
        let json = app.get(&address).expect(200).await;
        assert_eq!((json.header("content-type"), json.header("vary")), (Some("application/json"), Some("Accept")));
        // Page by page.
        let page = app.get(&format!("{address}?limit=2")).expect(200).await;
        let next = page.header("link").unwrap().trim_start_matches('<').split('>').next().unwrap().to_owned();
        let rest = app.get(&next).expect(200).await.json();
        let paged = [numbers(&page.json()["items"]), numbers(&rest["items"])].concat();
        assert_eq!(paged, made.iter().map(|(_, number)| number.clone()).collect::<Vec<_>>());
        assert_eq!((rest["id"].clone(), rest["next_cursor"].clone()), (json!(published.id()), Value::Null));
        // CSV, with the guard against formulas.
        let csv = app.get(&address).header("accept", "text/csv").expect(200).await;
        let issued = json.str("/items/1/issued_on");
        assert_eq!(issued, json.str("/items/1/valid_from"));
        let lines: Vec<String> = csv.text().trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "序号,证书编号,产品名称,供应商,认定县（市、区）代码,认定县（市、区）,发证日期,有效期起,有效期止");
        let until = json.str("/items/1/valid_until");
        let supplier = json.str("/items/1/supplier_name");
        let guarded = if supplier.starts_with('=') { format!("'{supplier}") } else { supplier.clone() };
        assert_eq!(lines[2], format!("2,{},'=1+1黄花菜,{guarded},640303,红寺堡区,{issued},{issued},{until}", made[1].1));
        assert_eq!(lines.len(), 4);
        // The workbook: texts are texts, days are days, figures are figures.
        let file = app.get(&address).header("accept", XLSX).expect(200).await;
        assert!(file.header("content-disposition").unwrap().ends_with(".xlsx\""));
        let mut book = Xlsx::new(Cursor::new(file.body.clone())).unwrap();
        assert_eq!(book.sheet_names(), ["认定目录", "批次说明"]);
        let sheet = book.worksheet_range("认定目录").unwrap();
        assert_eq!(sheet.get_size(), (4, 9));
        let row: Vec<&Data> = sheet.rows().nth(2).unwrap().iter().collect();
        assert_eq!((row[0], row[1], row[2]), (&Data::Float(2.0), &Data::String(made[1].1.clone()), &Data::String("=1+1黄花菜".to_owned())));
        assert_eq!((row[3], row[4]), (&Data::String(supplier), &Data::String("640303".to_owned())));
        for (cell, expected) in [(row[6], issued), (row[8], until)] {
            let (year, month, day, ..) = cell.get_datetime().unwrap().to_ymd_hms_milli();
            assert_eq!(format!("{year:04}-{month:02}-{day:02}"), expected);
        }
        assert!(book.worksheet_formula("认定目录").unwrap().is_empty());
        let about = book.worksheet_range("批次说明").unwrap();
        assert_eq!(about.get((1, 0)), Some(&Data::String("NX-2021年第1批".to_owned())));
        assert_eq!(about.get((1, 8)), Some(&Data::String(published.str("/sha256"))));
        // The canonical text, as it is given and as anybody puts it together from the JSON.
        let text = app.get(&address).header("accept", "application/jsonl").expect(200).await;
        assert_eq!(hex(&sha256(&text.body)), published.str("/sha256"));
        let whole = json.json();
        let field = |name: &str| whole[name].clone();
        let mut lines = vec![json!([field("number"), field("scheme_name"), field("region_code"), field("document_number"), field("dated_on"), field("issued_until"), field("certificates")])];
        for row in whole["items"].as_array().unwrap() {
            lines.push(json!([row["position"], row["certificate_number"], row["product_id"], row["product_name"], row["supplier_name"],
                row["county"]["code"], row["county"]["name"], row["issued_on"], row["valid_from"], row["valid_until"]]));
        }
        assert_eq!(text.text(), lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        // The list of batches likewise.
        let list = app.get(BATCHES).header("accept", "text/csv").expect(200).await.text();
        assert!(list.contains("NX-2021年第1批,宁夏扶贫产品认定,640000,宁开发〔2021〕9号,"), "{list}");
        let file = app.get(BATCHES).header("accept", XLSX).expect(200).await;
        let mut book = Xlsx::new(Cursor::new(file.body)).unwrap();
        assert_eq!(book.worksheet_range("目录批次").unwrap().get((1, 6)), Some(&Data::Float(3.0)));
        for address in [BATCHES.to_owned(), address] {
            app.get(&address).header("accept", "text/html").refused("not_acceptable").await;
        }
    }

    async fn formats_are_kept_apart_in_the_cache(app) {
        let offices = offices(app).await;
        certificates(app, &offices, &["枸杞"]).await;
        let address = format!("{BATCHES}/{}", publish(app, &offices).await.id());
        let caching = app.with(|installation| installation.cache_ttl = std::time::Duration::from_secs(600)).await;
        for _ in 0..2 {
            for accept in ["application/json", "text/csv", XLSX, "application/jsonl"] {
                let kept = caching.get(&address).header("accept", accept).expect(200).await;
                assert_eq!(kept.header("content-type").map(|kind| kind.split(';').next().unwrap()), Some(accept));
                let tag = kept.header("etag").unwrap().to_owned();
                caching.get(&address).header("accept", accept).header("if-none-match", &tag).expect(304).await;
            }
            caching.get(&address).header("accept", "text/html").refused("not_acceptable").await;
        }
        caching.finish().await;
    }

    async fn two_batches_tell_how_they_differ(app) {
        let offices = offices(app).await;
        let made = certificates(app, &offices, &["枸杞", "黄花菜", "马铃薯"]).await;
        let first = publish(app, &offices).await.id();
        offices.county.post(&format!("/api/v1/certificates/{}/revocations", made[1].1), json!({ "reason_code": "quality" })).expect(200).await;
        // One is renewed, a new one comes.
        app.clock.set_day("2022-03-01");
        let drafted = made[0].0.post(&format!("/api/v1/certificates/{}/renewals", made[0].1), json!({})).expect(201).await;
        let id = with_evidence(app, &made[0].0, &drafted).await;
        made[0].0.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
        let renewed = certified(app, &offices, &id).await;
        let fresh = certificates(app, &offices, &["荞麦"]).await;
        let second = publish(app, &offices).await.id();
        let diff = app.get(&format!("{BATCHES}/{second}/diff?against={first}")).expect(200).await.json();
        assert_eq!(numbers(&diff["added"]), [fresh[0].1.clone()]);
        let changed = &diff["changed"][0];
        assert_eq!((&changed["before"]["certificate_number"], &changed["after"]["certificate_number"]), (&json!(made[0].1), &json!(renewed)));
        assert!(changed["fields"].as_array().unwrap().contains(&json!("valid_until")) && diff["changed"].as_array().unwrap().len() == 1, "{diff}");
        let left: Vec<(String, String)> = diff["left"].as_array().unwrap().iter().map(|l| (l["row"]["certificate_number"].as_str().unwrap().to_owned(), l["because"].as_str().unwrap().to_owned())).collect();
        // One was revoked, and one is in force for its last day.
        let because = ["no_longer_in_force", "not_in_this_batch"].map(str::to_owned);
        assert_eq!(left, [(made[1].1.clone(), because[0].clone()), (made[2].1.clone(), because[1].clone())]);
        assert_eq!((diff["batch"]["id"].as_str(), diff["against"]["id"].as_str()), (Some(second.as_str()), Some(first.as_str())));
        let none = app.get(&format!("{BATCHES}/{first}/diff?against={first}")).expect(200).await.json();
        for part in ["added", "left", "changed"] {
            assert_eq!(none[part], json!([]), "{part}");
        }
        app.get(&format!("{BATCHES}/{first}/diff")).refused("invalid_parameter").await;
        app.get(&format!("{BATCHES}/{first}/diff?against=cbt_00000000000000000000000009")).expect(404).await;
    }

    async fn two_publications_at_once_share_neither_certificate_nor_number(app) {
        let offices = offices(app).await;
        let other = app.person(offices.province.org_id, &[Role::Reviewer]).await;
        let first = certificates(app, &offices, &["枸杞", "黄花菜"]).await;
        let day = app.ctx().at.day();
        app.clock.set_day(&day.plus_days(1).to_string());
        let second = certificates(app, &offices, &["马铃薯"]).await;
        let mut early = request(app).await;
        early["issued_until"] = json!(day);
        let late = request(app).await;
        let ask = |person: &Person, body: &Value| person.post(BATCHES, body.clone()).send();
        let all = [ask(&offices.province, &early), ask(&other, &late), ask(&offices.province, &late), ask(&other, &early)];
        let answers = futures_util::future::join_all(all).await;
        let mut published = Vec::new();
        for answer in &answers {
            match answer.status {
                201 => published.push(answer.id()),
                409 => assert_eq!(answer.str("/code"), "wrong_state"),
                status => panic!("{status}: {}", answer.text()),
            }
        }
        let mut found = Vec::new();
        for id in &published {
            found.extend(numbers(&batch(app, id).await["items"]));
        }
        found.sort();
        let expected: Vec<String> = first.iter().chain(&second).map(|(_, number)| number.clone()).collect();
        assert_eq!(found, expected, "each certificate once");
        let listed = app.get(BATCHES).expect(200).await.json();
        let mut names: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|b| b["number"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["NX-2021年第1批", "NX-2021年第2批"][..published.len()]);
    }

    async fn verify_names_a_batch_that_was_tampered_with(app) {
        let offices = offices(app).await;
        certificates(app, &offices, &["枸杞"]).await;
        publish(app, &offices).await;
        // Whoever owns the database can take the trigger away first; the digest still tells.
        let postgres = app.installation.store.is_postgres();
        app.write(move |tx| {
            let (trigger, table) = if postgres { ("catalogue_batch_rows_append_only", " ON catalogue_batch_rows") } else { ("catalogue_batch_rows_no_update", "") };
            let drop = format!("DROP TRIGGER {trigger}{table}");
            each!(tx, c => diesel::sql_query(&drop).execute(c))?;
            Ok(each!(tx, c => diesel::sql_query("UPDATE catalogue_batch_rows SET supplier_name = '别家'").execute(c))?)
        }).await.unwrap();
        let said = crate::program::refused(crate::program::on(app).arg("verify"), "");
        assert!(said.contains("NX-2021年第1批: sha256"), "{said}");
    }
}
