//! Bad input: every operation refuses it with a problem document that names the fields at fault, and writes nothing.
//!
//! Most of it is made from the API document: each field of each body in turn, and all at once.

use crate::attacks::Operation;
use crate::payments::Till;
use crate::support::people::Person;
use crate::support::{Answered, TestApp, sample};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use yigou::kernel::actor::{OrgKind, Role};

/// A field of a body: where it is, and what it may be.
struct Field {
    pointer: String,
    schema: Value,
    required: bool,
    nullable: bool,
}

/// Every field of a body that has every field.
fn fields(schema: &Value, at: &str, required: bool, found: &mut Vec<Field>) {
    let (schema, nullable) = sample::plain(schema);
    if let Some(members) = schema["properties"].as_object() {
        let needed = |name: &String| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
        for (name, part) in members {
            fields(part, &format!("{at}/{name}"), needed(name), found);
        }
    }
    if schema["items"].is_object() {
        fields(&schema["items"], &format!("{at}/0"), false, found);
    }
    found.push(Field { pointer: at.to_owned(), schema, required, nullable });
}

impl Field {
    fn is(&self, kind: &str) -> bool {
        self.schema["type"] == kind
    }
    /// Values that the document forbids here.
    fn wrong(&self) -> Vec<Value> {
        let mut wrong = vec![json!({ "undreamt": 1 })];
        if !self.nullable {
            wrong.push(Value::Null);
        }
        match self.schema["type"].as_str().unwrap_or_default() {
            "string" => {
                wrong.extend([json!(1), json!([]), json!(true), json!("a\u{0}b"), json!("a\u{7}b")]);
                if let Some(most) = self.schema["maxLength"].as_u64() {
                    wrong.push(json!("x".repeat(usize::try_from(most).unwrap() + 1)));
                }
                wrong.push(json!("长".repeat(300_000)));
            }
            "integer" => {
                wrong.extend([json!("1"), json!(1.5), json!([1]), json!(u64::MAX), json!(1e300)]);
                wrong.extend(self.schema["minimum"].as_i64().map(|least| json!(least - 1)));
                wrong.extend(self.schema["maximum"].as_i64().map(|most| json!(most + 1)));
            }
            "boolean" => wrong.extend([json!("true"), json!(0)]),
            "array" => wrong.push(json!("x")),
            _ => {}
        }
        wrong
    }
}

/// A person for each operation, made once for each role.
struct Cast<'a> {
    app: &'a TestApp,
    people: HashMap<(OrgKind, Role), Person>,
}

impl Cast<'_> {
    async fn sender(&mut self, operation: &Operation) -> Option<&Person> {
        operation.permission?;
        let grant = operation.grants()[0];
        let key = (grant.kinds[0], grant.role);
        if !self.people.contains_key(&key) {
            let person = self.app.new_person(key.0, "640323", &[key.1]).await;
            self.people.insert(key, person);
        }
        self.people.get(&key)
    }
    async fn all(app: &TestApp) -> Cast<'_> {
        let mut cast = Cast { app, people: HashMap::new() };
        for operation in Operation::all() {
            cast.sender(&operation).await;
        }
        cast
    }
    fn of(&self, operation: &Operation) -> Option<&Person> {
        operation.permission?;
        let grant = operation.grants()[0];
        self.people.get(&(grant.kinds[0], grant.role))
    }
    async fn send(&self, operation: &Operation, body: Value) -> Answered {
        let address = operation.address(|name| crate::attacks::absent(operation, name));
        operation.send_body(self.of(operation), self.app, &address, Some(body)).await
    }
    async fn send_raw(&self, operation: &Operation, kind: &str, body: Vec<u8>) -> Answered {
        let address = operation.address(|name| crate::attacks::absent(operation, name));
        let ask = match self.of(operation) {
            Some(person) => person.request(operation.method.clone(), &address),
            None => self.app.request(operation.method.clone(), &address),
        };
        ask.key("bad-input").if_match(1).raw(kind, body).send().await
    }
}

fn with_bodies() -> Vec<Operation> {
    Operation::all().into_iter().filter(|operation| operation.body_schema().is_some()).collect()
}

#[actix_web::test]
async fn every_field_of_every_body_is_checked_and_named() {
    let app = TestApp::sqlite().await;
    let cast = Cast::all(&app).await;
    let before = app.census().await;
    let (mut sent, mut missed) = (0, Vec::new());
    for operation in with_bodies() {
        let schema = operation.body_schema().unwrap();
        let (full, mut all) = (sample::full(schema), Vec::new());
        fields(schema, "", true, &mut all);
        for field in &all {
            let mut bodies: Vec<(String, Value)> = Vec::new();
            for value in field.wrong() {
                let mut body = full.clone();
                *body.pointer_mut(&field.pointer).unwrap_or_else(|| panic!("{} {}", operation.name(), field.pointer)) =
                    value;
                let unknown = field.is("object") && body.pointer(&format!("{}/undreamt", field.pointer)).is_some();
                bodies.push((format!("{}{}", field.pointer, if unknown { "/undreamt" } else { "" }), body));
            }
            if let (true, Some((parent, name))) = (field.required, field.pointer.rsplit_once('/')) {
                let mut body = full.clone();
                body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
                bodies.push((field.pointer.clone(), body));
            }
            for (pointer, body) in bodies {
                let answered = cast.send(&operation, body.clone()).await;
                sent += 1;
                if answered.status != 422 || !answered.pointers().contains(&pointer) {
                    let body: String = body.to_string().chars().take(300).collect();
                    missed.push(format!(
                        "{} {pointer}: {} {} for {body}",
                        operation.name(),
                        answered.status,
                        answered.text()
                    ));
                }
            }
        }
        app.unchanged_since(&before, &operation.name()).await;
    }
    assert!(missed.is_empty(), "{} of {sent}:\n{}", missed.len(), missed[..missed.len().min(30)].join("\n"));
    assert!(sent > 2000, "{sent}");
    app.finish().await;
}

#[actix_web::test]
async fn all_wrong_fields_are_named_at_once() {
    let app = TestApp::sqlite().await;
    let cast = Cast::all(&app).await;
    for operation in with_bodies() {
        let schema = sample::plain(operation.body_schema().unwrap()).0;
        let members = schema["properties"].as_object().unwrap();
        let wrong: Value = members.keys().map(|name| (name.clone(), json!({ "undreamt": 1 }))).collect();
        let answered = cast.send(&operation, wrong).await;
        for name in members.keys() {
            let named = |pointer: &String| pointer.starts_with(&format!("/{name}"));
            assert!(answered.pointers().iter().any(named), "{} /{name}: {}", operation.name(), answered.text());
        }
    }
    app.finish().await;
}

#[actix_web::test]
async fn what_is_not_json_is_refused_as_such() {
    let app = TestApp::sqlite().await;
    let cast = Cast::all(&app).await;
    let before = app.census().await;
    let deep = format!("{}{}", "{\"a\":".repeat(500), "1".to_owned() + &"}".repeat(500));
    for operation in with_bodies() {
        let good = sample::of(operation.body_schema().unwrap()).to_string();
        let (first, rest) = good.split_at(1);
        let name = sample::of(operation.body_schema().unwrap())
            .as_object()
            .unwrap()
            .keys()
            .next()
            .cloned()
            .unwrap_or_default();
        let twice = format!("{first}\"{name}\":1,{rest}");
        for (kind, body, code) in [
            ("application/json", &b""[..], "malformed_json"),
            ("application/json", &good.as_bytes()[..good.len() - 1], "malformed_json"),
            ("application/json", format!("{good}{good}").as_bytes(), "malformed_json"),
            ("application/json", b"{\"a\":\"\xff\xfe\"}", "malformed_json"),
            ("application/json", b"{\"a\":\"\xed\xa0\x80\"}", "malformed_json"),
            ("application/json", b"{\"a\":\"\\ud800\"}", "malformed_json"),
            ("application/json", b"{\"a\":1e999}", "malformed_json"),
            ("application/json", b"{\"a\":NaN}", "malformed_json"),
            ("application/json", b"{a:1}", "malformed_json"),
            ("application/json", b"\xef\xbb\xbf{}", "malformed_json"),
            ("application/json", deep.as_bytes(), "malformed_json"),
            ("application/json", twice.as_bytes(), "malformed_json"),
            ("application/json", b"[]", "validation_failed"),
            ("application/json", b"null", "validation_failed"),
            ("application/json", b"\"x\"", "validation_failed"),
            ("application/json", &[b' '; 1_048_577], "payload_too_large"),
            ("text/plain", good.as_bytes(), "unsupported_media_type"),
            ("application/xml", good.as_bytes(), "unsupported_media_type"),
            ("application/x-www-form-urlencoded", b"a=1", "unsupported_media_type"),
            ("", good.as_bytes(), "unsupported_media_type"),
        ] {
            if twice.as_bytes() == body && name.is_empty() {
                continue;
            }
            let answered = cast.send_raw(&operation, kind, body.to_vec()).await;
            let shown: String = String::from_utf8_lossy(body).chars().take(100).collect();
            assert_eq!(answered.json()["code"], code, "{} {kind} {shown}: {}", operation.name(), answered.text());
        }
        app.unchanged_since(&before, &operation.name()).await;
    }
    app.finish().await;
}

on_both! {
    async fn query_parameters_are_checked_and_named(app) {
        let cast = Cast::all(app).await;
        for operation in Operation::all().iter().filter(|o| o.method == Method::GET) {
            let plainly = operation.address(|name| crate::attacks::absent(operation, name));
            let joint = if plainly.contains('?') { '&' } else { '?' };
            let ask = |query: String| {
                let address = format!("{plainly}{joint}{query}");
                match cast.of(operation) {
                    Some(person) => person.get(&address),
                    None => app.get(&address),
                }
            };
            let parameters = operation.about["parameters"].as_array().cloned().unwrap_or_default();
            let parameters: Vec<&Value> = parameters.iter().filter(|p| p["in"] == "query").collect();
            if !parameters.is_empty() {
                let unknown = ask("undreamt=1".to_owned()).refused("invalid_parameter").await;
                assert_eq!((unknown.status, unknown.pointers()), (400, vec!["undreamt".to_owned()]), "{}", operation.name());
                let huge = ask(format!("undreamt={}", "x".repeat(60_000))).send().await;
                assert!([400, 414].contains(&huge.status), "{}: {}", operation.name(), huge.status);
            }
            for parameter in parameters {
                let name = parameter["name"].as_str().unwrap();
                let (schema, _) = sample::plain(&parameter["schema"]);
                for value in ["%00", "%FF", "a%00b", "%F0%9F%92%A5", "-1", "0", "1000000000", "99999999999999999999", "1e9", "NaN", "%27%20OR%201%3D1--", "*", "%25", ""] {
                    let answered = ask(format!("{name}={value}")).send().await;
                    assert!([200, 400, 404, 422].contains(&answered.status), "{} {name}={value}: {}", operation.name(), answered.text());
                    let whole = schema["type"] == "integer" && value.parse::<i64>().is_err();
                    let closed = schema["enum"].is_array();
                    if whole || closed {
                        let named = answered.pointers().contains(&name.to_owned());
                        assert!(answered.status == 400 && named, "{} {name}={value}: {}", operation.name(), answered.text());
                    }
                }
            }
        }
    }

    async fn limits_and_cursors_of_strangers_are_refused(app) {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let cast = Cast::all(app).await;
        let has = |operation: &Operation, name: &str| {
            operation.about["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == name))
        };
        for operation in Operation::all().iter().filter(|o| has(o, "cursor")) {
            let plainly = operation.address(|name| crate::attacks::absent(operation, name));
            let joint = if plainly.contains('?') { '&' } else { '?' };
            let ask = |query: String| {
                let address = format!("{plainly}{joint}{query}");
                match cast.of(operation) {
                    Some(person) => person.get(&address),
                    None => app.get(&address),
                }
            };
            for limit in ["0", "-1", "201", "1000000000", "99999999999999999999", "1.5", "x", ""] {
                let refused = ask(format!("limit={limit}")).refused("invalid_parameter").await;
                assert_eq!(refused.pointers(), ["limit"], "{}", operation.name());
            }
            // Well made, with the right mark of the filters, and with keys that nobody's page ends with.
            let mark = yigou::platform::secret::sha256_parts(&[plainly.split('?').next().unwrap().as_bytes()]);
            let mark = yigou::platform::secret::hex(&mark[..8]);
            for keys in [json!([]), json!([""]), json!(["x", "y", "z", "0", "1"]), json!(["\u{0}"]), json!(["-9223372036854775809", "x"]), json!(["99999999999999999999"])] {
                let cursor = URL_SAFE_NO_PAD.encode(json!({ "v": 1, "f": mark, "k": keys }).to_string());
                let answered = ask(format!("cursor={cursor}")).send().await;
                assert!([200, 400, 404].contains(&answered.status), "{} {keys}: {}", operation.name(), answered.text());
            }
            for cursor in ["x", "1000000000", "bnVsbA", "e30", &"A".repeat(5_000)] {
                let answered = ask(format!("cursor={cursor}")).send().await;
                assert_eq!(answered.json()["code"], "invalid_cursor", "{} {cursor}: {}", operation.name(), answered.text());
            }
        }
    }

    async fn amounts_that_overflow_are_refused_and_nothing_is_held(app) {
        let till = Till::open(app).await;
        let dear = till.market.listing(app, 0, 1_000_000_000_000, "1000000", false).await;
        let before = app.census().await;
        for quantity in ["1000000", "999999999999", "9223372036854775", "9223372036854775808", "1e9", "-1", "0", "0.0001", ""] {
            let order = till.market.order(&[(dear, quantity), (dear, quantity), (till.goods, quantity)]);
            let answered = till.market.trader.post("/api/v1/orders", order).send().await;
            assert!([409, 422].contains(&answered.status), "{quantity}: {} {}", answered.status, answered.text());
        }
        for amount in [json!(-1), json!(0), json!(i64::MAX), json!(i64::MIN), json!("1"), json!(0.5)] {
            let body = json!({ "amount_fen": amount });
            let path = format!("/api/v1/orders/{}/payments", sample::absent("ord"));
            let refused = till.payer.post(&path, body).refused("validation_failed").await;
            assert!(refused.pointers().iter().all(|pointer| pointer == "/amount_fen"), "{}", refused.text());
        }
        app.unchanged_since(&before, "an amount too large").await;
    }

    async fn no_cell_of_a_table_becomes_a_formula(app) {
        let supervisor = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Reviewer]).await;
        for name in ["=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "＝1+1"] {
            let unit = app.organisation_named(OrgKind::BudgetUnit, "640104", name).await;
            app.supervise(unit, supervisor.org_id).await;
            let manager = app.person(unit, &[Role::Manager]).await;
            let plan = json!({ "year": 2021, "canteen_mode": "own", "canteen": { "total_fen": 1000, "ratio_ppm": 100_000 } });
            manager.post("/api/v1/quota-plans", plan).expect(201).await;
        }
        let table = supervisor.get("/api/v1/reports/quota-progress?year=2021&by=unit").header("accept", "text/csv").expect(200).await;
        let text = table.text();
        assert_eq!(text.lines().filter(|line| line.contains("'=") || line.contains("'+") || line.contains("'-") || line.contains("'@") || line.contains("'＝")).count(), 5, "{text}");
        let begins = |cell: &str| cell.trim_matches('"').starts_with(['=', '+', '@', '＝']);
        assert!(!text.lines().flat_map(|line| line.split(',')).any(begins), "{text}");
    }

    async fn stale_versions_change_nothing(app) {
        let cast = Cast::all(app).await;
        let world = crate::attacks::World::made(app).await;
        let before = app.census().await;
        let asks = |o: &&Operation| o.about["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["name"] == "If-Match"));
        let mut tried = 0;
        for operation in Operation::all().iter().filter(asks) {
            // What belongs to nobody and is changed with a version is a scheme.
            let scheme = || operation.address(|_| yigou::certification::default_scheme().to_string());
            let address = operation.address_in(&world).unwrap_or_else(scheme);
            for person in world.people.iter().filter(|person| operation.allows(person.kind, person.roles[0])) {
                let body = crate::attacks::body(&operation.name()).or_else(|| operation.body_schema().map(sample::of));
                let ask = person.request(operation.method.clone(), &address).key("stale");
                let ask = match body {
                    Some(body) => ask.json(body),
                    None => ask,
                };
                for (tag, status) in [(None, 428), (Some("\"v999\""), 412), (Some("*"), 400), (Some("v1"), 400), (Some("W/\"v1\""), 400), (Some("\"v1\", \"v2\""), 400), (Some("\"v-1\""), 400), (Some(""), 400), (Some("\"v99999999999999999999\""), 412)] {
                    let ask = tag.iter().fold(ask.clone(), |ask, tag| ask.header("if-match", tag));
                    let answered = ask.send().await;
                    let known = answered.status == status || [403, 404, 409, 422].contains(&answered.status);
                    assert!(known, "{} with {tag:?}: {}", operation.name(), answered.text());
                    if answered.status == 400 {
                        assert_eq!((answered.str("/code"), answered.pointers()), ("invalid_parameter".into(), vec!["If-Match".to_owned()]));
                    }
                    tried += usize::from(answered.status == status);
                }
            }
            app.unchanged_since(&before, &operation.name()).await;
        }
        assert!(tried > 20, "{tried}");
        drop(cast);
    }
}
