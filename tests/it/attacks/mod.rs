//! Every operation of the API document is attacked: by nobody, in every wrong role, and from another organisation and region.
//!
//! The attacks are made from the document, so a new operation is attacked without being named here; only what must
//! exist for an attack from outside (a foreign order, a foreign plan) is made by hand in [`world`], and an operation on
//! something that is not made there fails the test.

mod giving;
mod outside;
mod statements;
mod world;

pub use world::{World, body};

use crate::support::contract::DOCUMENT;
use crate::support::people::Person;
use crate::support::sample;
use crate::support::{Answered, TestApp};
use actix_web::http::Method;
use serde_json::Value;
use yigou::kernel::actor::{Grant, OrgKind, PERMISSIONS, Role};
use yigou::kernel::error::Code;

/// An operation of the document.
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    pub permission: Option<&'static str>,
    pub about: &'static Value,
}

impl Operation {
    pub fn all() -> Vec<Operation> {
        let mut all = Vec::new();
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            for (method, about) in item.as_object().unwrap() {
                let method = method.to_uppercase().parse().unwrap();
                let permission = about["security"][0]["bearer"][0].as_str();
                all.push(Operation { method, path, permission, about });
            }
        }
        all
    }
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
    pub fn grants(&self) -> &'static [Grant] {
        let permission = self.permission.unwrap();
        PERMISSIONS.iter().find(|(name, _)| *name == permission).map(|(_, grants)| *grants).unwrap()
    }
    pub fn allows(&self, kind: OrgKind, role: Role) -> bool {
        self.grants().iter().any(|grant| grant.role == role && grant.kinds.contains(&kind))
    }
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }
    /// The smallest body that the document allows, and its type.
    fn body(&self) -> Option<(&'static str, Vec<u8>)> {
        let content = self.about["requestBody"]["content"].as_object()?;
        if let Some(json) = content.get("application/json") {
            return Some(("application/json", sample::of(&json["schema"]).to_string().into_bytes()));
        }
        Some(("text/plain", b"evidence".to_vec()))
    }
    /// The address with every parameter replaced; query parameters that are required get a sample.
    pub fn address(&self, id: impl Fn(&str) -> String) -> String {
        let parts = self.path.split('/').map(|part| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(name) => id(name),
            None => part.to_owned(),
        });
        let mut address = parts.collect::<Vec<_>>().join("/");
        let required = self.about["parameters"].as_array().into_iter().flatten();
        let query: Vec<String> = required
            .filter(|p| p["in"] == "query" && p["required"] == true)
            .map(|p| format!("{}={}", p["name"].as_str().unwrap(), plain(&sample::of(&p["schema"]))))
            .collect();
        if !query.is_empty() {
            address = format!("{address}?{}", query.join("&"));
        }
        address
    }
    async fn send(&self, as_who: Option<&Person>, app: &TestApp, address: &str) -> Answered {
        self.send_body(as_who, app, address, None).await
    }
    /// Sends it with a body other than the smallest.
    pub async fn send_body(
        &self,
        as_who: Option<&Person>,
        app: &TestApp,
        address: &str,
        body: Option<Value>,
    ) -> Answered {
        let mut ask = match as_who {
            Some(person) => person.request(self.method.clone(), address),
            None => app.request(self.method.clone(), address),
        };
        if self.writes() {
            ask = ask.key(&format!("attack-{}", self.name().replace(['/', ' ', '{', '}'], "-")));
            ask = ask.if_match(1);
        }
        match (body, self.body()) {
            (Some(body), _) => ask = ask.json(body),
            (None, Some((kind, body))) => ask = ask.raw(kind, body),
            (None, None) => {}
        }
        ask.send().await
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An id of the right form that names nothing, by the parameter's schema.
pub fn absent(operation: &Operation, name: &str) -> String {
    let parameters = operation.about["parameters"].as_array().into_iter().flatten();
    let schema = parameters.filter(|p| p["in"] == "path" && p["name"] == name).map(|p| &p["schema"]).next();
    plain(&sample::of(schema.unwrap_or_else(|| panic!("{}: {{{name}}} is not described", operation.name()))))
}

#[actix_web::test]
async fn nobody_gets_past_a_secured_operation() {
    let app = TestApp::sqlite().await;
    for operation in Operation::all().iter().filter(|o| o.permission.is_some()) {
        let address = operation.address(|name| absent(operation, name));
        let answered = operation.send(None, &app, &address).await;
        assert_eq!(answered.status, 401, "{} as nobody: {}", operation.name(), answered.text());
        let forged = app.request(operation.method.clone(), &address).bearer("eyJhbGciOiJub25lIn0.e30.").send().await;
        assert_eq!(forged.status, 401, "{} with a forged token: {}", operation.name(), forged.text());
    }
    app.finish().await;
}

#[actix_web::test]
async fn every_wrong_role_is_refused_everywhere() {
    let app = TestApp::sqlite().await;
    let mut people = Vec::new();
    for kind in OrgKind::ALL {
        let org = app.organisation(*kind, "640323").await;
        for role in Role::ALL {
            match app.try_person(org, &[*role]).await {
                Ok(person) => people.push((*kind, *role, person)),
                Err(refused) => assert_eq!(refused.code(), Code::RoleNotForKind),
            }
        }
    }
    let mut attacks = 0;
    for operation in Operation::all().iter().filter(|o| o.permission.is_some()) {
        for (kind, role, person) in people.iter().filter(|(kind, role, _)| !operation.allows(*kind, *role)) {
            let address = operation.address(|name| absent(operation, name));
            let answered = operation.send(Some(person), &app, &address).await;
            assert_eq!(answered.status, 403, "{} as {kind} {role}: {}", operation.name(), answered.text());
            attacks += 1;
        }
    }
    assert!(attacks > 1000, "{attacks}");
    app.finish().await;
}

on_both! {
    async fn what_does_not_exist_is_not_found_and_never_a_fault(app) {
        for operation in Operation::all().iter().filter(|o| o.path.contains('{')) {
            let address = operation.address(|name| absent(operation, name));
            let person = match operation.permission {
                Some(_) => {
                    let grant = operation.grants()[0];
                    Some(app.new_person(grant.kinds[0], "640323", &[grant.role]).await)
                }
                None => None,
            };
            let answered = operation.send(person.as_ref(), app, &address).await;
            // A body whose fields do not fit together is refused before anything is looked for.
            let named = ["{year}", "{code}", "{kind}"].iter().any(|name| operation.path.contains(name));
            let expected = if named { vec![200, 404] } else { vec![404, 422] };
            assert!(expected.contains(&answered.status), "{}: {} {}", operation.name(), answered.status, answered.text());
        }
    }

    async fn strange_ids_are_not_found(app) {
        let person = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin, Role::Reviewer, Role::Auditor]).await;
        for operation in Operation::all().iter().filter(|o| o.path.contains('{')) {
            for strange in ["x", "%00", "..%2F..%2Fetc", "%F0%9F%92%A5", "ord_zzzzzzzzzzzzzzzzzzzzzzzzzz", "-1"] {
                let address = operation.address(|_| strange.to_owned());
                let answered = operation.send(Some(&person), app, &address).await;
                assert!((400..500).contains(&answered.status), "{} with {strange}: {}", operation.name(), answered.text());
            }
            // An address may be refused while its caller is still being looked up: nobody queues up behind such look-ups.
            app.read(|_| Ok(())).await.unwrap();
        }
    }
}
