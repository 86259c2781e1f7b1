//! Bodies about statements of account.

use super::world::World;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

/// Bodies about statements of account that name another's records.
pub fn naming(about: &str, least: Value, own: &World, other: &World) -> Vec<(Option<String>, Value)> {
    match about {
        "statements" => {
            let buyer = own.person(&[OrgKind::BudgetUnit], Role::Trader).map(|person| person.org_id);
            let paid = json!({ "buyer_id": buyer, "payer_id": other.id("org") });
            let dated = |mut body: Value| {
                (body["from"], body["until"]) = (json!(own.day), json!(own.day));
                (None, body)
            };
            vec![dated(least), dated(paid)]
        }
        "statements/{id}/amendments" => vec![(Some(format!("/api/v1/statements/{}/amendments", own.draft)), least)],
        "statements/{id}/payments" => {
            let with = |name: &str, value: Value| (None, json!({ "amount_fen": 1000, name: value }));
            vec![with("proof_file", json!(other.id("fil"))), with("payee_account_id", json!(other.id("pac")))]
        }
        "statements/{id}/invoices" => {
            let paper = |more: Value| {
                let mut body = json!({ "code": "064002100111", "number": "99999998", "issued_on": own.day, "net_fen": 2000,
                    "tax_fen": 0, "gross_fen": 2000 });
                body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                (None, json!({ "invoices": [body] }))
            };
            let line = json!([{ "order_id": other.id("ord"), "line_no": 1 }]);
            vec![
                paper(json!({ "order_ids": [other.id("ord")] })),
                paper(json!({ "lines": line })),
                paper(json!({ "order_ids": [own.stated], "file_id": other.id("fil") })),
            ]
        }
        _ => vec![(None, least)],
    }
}
