//! The right role of another organisation, and of another region: what is not theirs does not exist for them.

use super::world::{self, World};
use super::{Operation, absent, plain};
use crate::support::contract::DOCUMENT;
use crate::support::people::Person;
use crate::support::{Answered, TestApp, sample};
use actix_web::http::Method;
use serde_json::Value;
use std::collections::HashSet;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::error::Code;

/// Where the attackers are: an office next to the attacked ones and one far away; others in the same county and far away.
const OFFICES: [&str; 2] = ["640324", "640500"];
const OTHERS: [&str; 2] = ["640323", "640521"];

/// The record that a path names, or why there is none that could be another's.
enum Named {
    /// By a record of this prefix.
    Record(&'static str),
    /// By a certificate's number.
    Number,
    /// By the organisation of a supplier.
    Supplier,
    /// The same for everybody.
    Public,
    /// Only for the platform's operator, whose scope is everything.
    Platform,
}

/// Every path with a parameter has an entry here; a new one without fails the test.
fn named(path: &str) -> Option<Named> {
    use Named::{Platform, Public};
    let rest = path.strip_prefix("/api/v1/")?;
    Some(match rest {
        "calendars/{year}" | "regions/{code}" | "certificates/{number}" | "listings/{id}" => Public,
        "public-notices/{id}/objections"
        | "objections/{id}/evidence"
        | "blacklist/{id}"
        | "import-templates/{kind}" => Public,
        // Everybody reads schemes; that no office rules over another's is tested with them.
        "schemes/{id}" | "schemes/{id}/editions" | "schemes/{id}/endings" => Public,
        "certificates/{number}/statement" | "certificates/{number}/qr.svg" | "certificates/{number}/page" => Public,
        "catalogue-batches/{id}" | "catalogue-batches/{id}/diff" => Public,
        "inspection-plans/{id}" | "inspection-plans/{id}/record" | "open-data/bulletins/{number}" => Public,
        // Everybody reads pairings; who buys sees its own purchases behind them.
        "reports/pairings/{id}/entries" | "reports/pairings/{id}/activities" => Public,
        "ocds/releases/{ocid}" | "ocds/records/{ocid}" => Public,
        "supplier-applications/{id}/reviews" | "users/{id}/suspensions" | "users/{id}/reinstatements" => Platform,
        "organisations/{id}/suspensions" | "organisations/{id}/reinstatements" => Platform,
        "organisations/{id}/supervising-units" => Platform,
        "score-proposals/{id}/decisions" => Platform,
        _ => return record(rest.split('/').next()?),
    })
}

/// The record of a collection.
fn record(collection: &str) -> Option<Named> {
    use Named::{Number, Public, Record, Supplier};
    Some(match collection {
        "agreements" => Record("agr"),
        "anomalies" => Record("anm"),
        "api-keys" => Record("key"),
        "approval-delegations" => Record("apg"),
        "bank-statements" => Record("bks"),
        "blacklist" => Record("blk"),
        "blacklist-appeals" => Record("bla"),
        "budget-units" | "organisations" => Record("org"),
        "bulletins" => Record("bul"),
        "certificate-documents" => Record("cdc"),
        "certificates" => Number,
        "certification-applications" => Record("cap"),
        "classification-terms" => Record("clt"),
        "complaints" => Record("cmp"),
        "disputes" => Record("dsp"),
        "donation-activities" => Record("dcl"),
        "duty-exceptions" => Record("exc"),
        "files" => Record("fil"),
        "findings" => Record("fnd"),
        "halal-certificates" => Record("hal"),
        "helped-sales" => Record("helped_sale"),
        "household-lists" => Record("hhl"),
        "household-double-claims" => Record("hdc"),
        "inspection-plans" => Record("ipl"),
        "inspections" => Record("isp"),
        "imports" => Record("imp"),
        "invitations" => Record("inv"),
        "listings" => Record("lst"),
        "mandates" => Record("mnd"),
        "objections" => Record("obj"),
        "order-groups" => Record("ogr"),
        "orders" => Record("ord"),
        "pairings" => Record("par"),
        "price-alerts" => Record("pal"),
        "products" => Record("prd"),
        "quota-plans" => Record("pln"),
        "purchase-certificates" => Public,
        "purchase-commitments" => Record("pcm"),
        "quota-transfers" => Record("qtr"),
        "score-proposals" => Record("spr"),
        "standing-orders" => Record("sto"),
        "statements" => Record("stm"),
        "supplier-applications" => Record("sap"),
        "supplier-scores" => Supplier,
        "venue-sales" => Record("vsl"),
        "venues" => Record("ven"),
        _ => return None,
    })
}

impl Operation {
    /// The address with the world's records in it.
    pub fn address_in(&self, world: &World) -> Option<String> {
        let entry = named(self.path).unwrap_or_else(|| panic!("{}: no foreign record is named for it", self.name()));
        let id = match entry {
            Named::Record(prefix) => world.id(prefix).to_owned(),
            Named::Number => world.number.clone(),
            Named::Supplier => world.person(&[OrgKind::Cooperative], Role::Seller)?.org_id.to_string(),
            Named::Public | Named::Platform => return None,
        };
        Some(self.address(|name| match name {
            "id" | "number" => id.clone(),
            "account_id" => world.id("pac").to_owned(),
            "organisation_id" => world.id("org").to_owned(),
            "user_id" => world.id("usr").to_owned(),
            "replacement_id" => world.id("rpl").to_owned(),
            "change_id" => world.id("prc").to_owned(),
            "acceptance_id" => world.id("acc").to_owned(),
            "receipt_id" => world.id("rcp").to_owned(),
            "year" => "2021".to_owned(),
            other => panic!("{}: what is {{{other}}}?", self.name()),
        }))
    }
    fn has_id(&self) -> bool {
        self.path.contains('{')
    }
    pub fn body_schema(&self) -> Option<&'static Value> {
        let schema = &self.about["requestBody"]["content"]["application/json"]["schema"];
        schema.is_object().then_some(schema)
    }
}

/// Everybody who may do anything, in organisations that the world knows nothing of; the operator is no stranger anywhere.
async fn strangers(app: &TestApp) -> Vec<Person> {
    let mut people = Vec::new();
    for kind in OrgKind::ALL.iter().filter(|kind| **kind != OrgKind::Operator) {
        for region in if regional(*kind) { OFFICES } else { OTHERS } {
            let org = app.organisation(*kind, region).await;
            for role in Role::ALL {
                match app.try_person(org, &[*role]).await {
                    Ok(person) => people.push(person),
                    Err(refused) => assert_eq!(refused.code(), Code::RoleNotForKind),
                }
            }
        }
    }
    people
}

/// Whether it reads what is in its region.
fn regional(kind: OrgKind) -> bool {
    matches!(kind, OrgKind::PovertyOffice | OrgKind::FinanceBureau | OrgKind::AuditBody)
}

fn attackers<'a>(operation: &Operation, people: &'a [Person]) -> Vec<&'a Person> {
    people.iter().filter(|person| operation.allows(person.kind, person.roles[0])).collect()
}

fn who(person: &Person) -> String {
    format!("{} {} of {}", person.kind, person.roles[0], person.region)
}

on_both! {
    async fn what_belongs_to_others_does_not_exist(app) {
        let world = World::made(app).await;
        let people = strangers(app).await;
        let before = app.census().await;
        let (mut attacks, mut wrong) = (0, Vec::new());
        for operation in Operation::all().iter().filter(|o| o.has_id()) {
            let Some(address) = operation.address_in(&world) else { continue };
            let people = attackers(operation, &people);
            assert!(!people.is_empty(), "{}: nobody attacks it", operation.name());
            for person in people {
                let answered = operation.send_body(Some(person), app, &address, world::body(&operation.name())).await;
                if answered.status != 404 {
                    wrong.push(format!("{} as {}: {}", operation.name(), who(person), answered.text()));
                }
                attacks += 1;
            }
            app.unchanged_since(&before, &operation.name()).await;
        }
        assert!(wrong.is_empty(), "not 404:\n{}", wrong.join("\n"));
        assert!(attacks > 500, "{attacks}");
    }

    async fn no_list_shows_what_belongs_to_others(app) {
        let world = World::made(app).await;
        let people = strangers(app).await;
        app.run_jobs().await;
        let before = app.census().await;
        let lists = Operation::all().into_iter().filter(|o| o.method == Method::GET && !o.has_id() && o.permission.is_some());
        let mut wrong = Vec::new();
        for operation in lists {
            for person in attackers(&operation, &people) {
                for address in searches(&operation, &world) {
                    let answered = person.get(&address).send().await;
                    if ![200, 404, 422].contains(&answered.status) {
                        wrong.push(format!("{address} as {}: {}", who(person), answered.text()));
                    }
                    // A refusal may repeat what was asked for.
                    let text = if answered.status == 200 { answered.text() } else { String::new() };
                    let words: HashSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
                    let shown = world.all().find(|id| words.contains(id.as_str()));
                    wrong.extend(shown.map(|id| format!("{address} as {} shows {id}", who(person))));
                }
            }
            app.unchanged_since(&before, &operation.name()).await;
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn no_body_reaches_what_belongs_to_others(app) {
        let world = World::made(app).await;
        let mut own = World::made(app).await;
        // Offices of the same place may see the record: theirs are others'.
        own.people.retain(|person| !regional(person.kind));
        for kind in [OrgKind::PovertyOffice, OrgKind::FinanceBureau] {
            own.people.push(app.new_person(kind, OFFICES[1], &[Role::Reviewer]).await);
        }
        let before = app.census().await;
        let (mut attacks, mut wrong) = (0, Vec::new());
        for operation in Operation::all().iter().filter(|o| o.writes() && o.permission.is_some()) {
            let Some(schema) = operation.body_schema().filter(|schema| sample::names_records(schema, 0)) else { continue };
            if PUBLIC.contains(&operation.name().as_str()) {
                continue;
            }
            let doers = operation.grants().iter().filter(|grant| !grant.kinds.contains(&OrgKind::Operator));
            for person in doers.filter_map(|grant| own.person(grant.kinds, grant.role)) {
                for (path, body) in world::naming(&operation.name(), schema, &own, &world) {
                    let usual = || match operation.has_id() {
                        true => operation.address_in(&own).unwrap(),
                        false => operation.address(|name| absent(operation, name)),
                    };
                    let address = path.unwrap_or_else(usual);
                    let answered = operation.send_body(Some(person), app, &address, Some(body.clone())).await;
                    attacks += 1;
                    if !refused(&answered) {
                        wrong.push(format!("{} as {} with {body}: {} {}", operation.name(), who(person), answered.status, answered.text()));
                    }
                }
            }
            app.unchanged_since(&before, &operation.name()).await;
        }
        assert!(wrong.is_empty(), "not refused:\n{}", wrong.join("\n"));
        assert!(attacks > 10, "{attacks}");
    }
}

/// Operations whose body names only what everybody may name (contractors, agents, representatives, recipients, who runs a venue), or only for the
/// operator.
const PUBLIC: &[&str] = &[
    "POST /api/v1/organisations",
    "POST /api/v1/organisations/{id}/supervising-units",
    "POST /api/v1/quota-plans",
    "PUT /api/v1/quota-plans/{id}",
    "POST /api/v1/quota-plans/{id}/amendments",
    "POST /api/v1/orders/{id}/recipients",
    "POST /api/v1/venues",
];

/// Refused because the record is not there, as a whole or for every item of a batch.
fn refused(answered: &Answered) -> bool {
    let body = answered.json();
    if answered.status != 200 {
        return unknown(&body);
    }
    let items = body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    !items.is_empty() && items.iter().all(|item| unknown(&item["problem"]))
}

/// Not found, or a field that names no record: nothing else tells that the record and not something beside it is missed.
fn unknown(problem: &Value) -> bool {
    let fields = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids = ["_id", "file", "files", "file_ids", "reverses", "replaces", "products", "second_person", "inspectors"];
    let names_id = |field: &Value| {
        field["pointer"].as_str().is_some_and(|p| ids.iter().any(|id| p.split('/').any(|part| part.ends_with(id))))
    };
    problem["code"] == "not_found" || (problem["code"] == "validation_failed" && fields.iter().any(names_id))
}

/// A list as it is, and once for each filter that can name a record or a region.
fn searches(operation: &Operation, world: &World) -> Vec<String> {
    let plainly = operation.address(|name| absent(operation, name));
    let joint = if plainly.contains('?') { '&' } else { '?' };
    let mut all = vec![plainly.clone()];
    for parameter in operation.about["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
        let name = parameter["name"].as_str().unwrap();
        let value = sample::naming(&parameter["schema"], &|prefix| world.known(prefix));
        match name {
            "limit" => all.push(format!("{plainly}{joint}limit=200")),
            "cursor" | "after" => {}
            "region" | "region_code" | "county" => all.push(format!("{plainly}{joint}{name}=640323")),
            _ if plain(&value).contains('_') && world.all().any(|id| *id == plain(&value)) => {
                all.push(format!("{plainly}{joint}{name}={}", plain(&value)));
            }
            _ => {
                let values = values_of(&parameter["schema"]);
                all.extend(values.iter().map(|value| format!("{plainly}{joint}{name}={value}")));
            }
        }
    }
    all
}

/// The words of a closed parameter: `side=supplier`, `by=region`.
fn values_of(schema: &Value) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")) {
        return values_of(&DOCUMENT["components"]["schemas"][name]);
    }
    let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    let own = schema["enum"].as_array().into_iter().flatten().filter(|v| !v.is_null()).map(plain);
    own.chain(parts.flat_map(values_of)).collect()
}
