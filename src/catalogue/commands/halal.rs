//! 清真 as a certified attribute: a supplier files the certificate, the county's office accepts, refuses or ends it.

use crate::audit;
use crate::catalogue::rules::halal::{self as rules, HalalDecision, HalalEvent, HalalState};
use crate::catalogue::store::{self, HalalRow};
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{Code, Message, Outcome};
use crate::kernel::ids::{FileId, HalalCertificateId, OrderId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::jobs;
use serde_json::json;

/// The outbox topic of certificates that an office ended: [`HalalEnded`]; `app.rs` binds it to who knows the open orders.
pub const HALAL_ENDED: &str = "catalogue.halal_ended";

/// A certificate was ended before its last day.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct HalalEnded {
    /// The product.
    pub product_id: ProductId,
    /// The certificate's number, as order lines froze it.
    pub number: String,
    /// Why.
    pub reason: String,
    /// The last order whose buyer was told.
    #[serde(default)]
    pub after: Option<OrderId>,
}

/// A certificate as a supplier files it.
#[derive(Debug, Clone)]
pub struct NewHalal {
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Its first day.
    pub valid_from: Day,
    /// Its last day.
    pub valid_until: Day,
    /// Its picture.
    pub file_id: FileId,
}

/// Files a certificate for an own product; it counts once an office has accepted it.
///
/// # Errors
/// `not_found`, `validation_failed`; `already_exists` when the certificate waits or counts for the product already.
pub fn file_halal(tx: &mut Tx<'_>, actor: &Actor, product: ProductId, new: &NewHalal) -> Outcome<HalalRow> {
    let product = store::product(tx, &Scope::Org(actor.org_id), product)?.ok_or(Code::NotFound)?;
    rules::check_days(new.valid_from, new.valid_until, tx.at().day())?;
    super::check_file(tx, actor, "/file_id", new.file_id)?;
    let row = HalalRow {
        id: tx.new_id(),
        product_id: product.id,
        org_id: actor.org_id,
        region_code: product.supplier_region,
        number: new.number.trim().to_owned(),
        issuer: new.issuer.trim().to_owned(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        file_id: new.file_id,
        state: HalalState::Filed,
        filed_by: actor.user_id,
        filed_at: tx.at(),
        decided_by: None,
        decided_org: None,
        decided_at: None,
        reason: None,
        version: 1,
    };
    tx.attempt(|tx| store::insert_halal(tx, &row)).map_err(|error| match error.code() {
        Code::AlreadyExists => error.at(
            "/number",
            Message::new("该产品已有此证书", "the product has this certificate already, waiting or accepted"),
        ),
        _ => error,
    })?;
    record(tx, actor, "product.halal_filed", &row)?;
    let (zh, en) = (
        format!("“{}”申报了清真证书 {}，请核对。", product.name, row.number),
        format!("A halal certificate, {}, was filed for {}. Please check it.", row.number, product.name),
    );
    identity::tell_office(tx, &row.region_code, ("清真证书待审核", "A halal certificate waits"), (&zh, &en))?;
    Ok(row)
}

/// Accepts or refuses a filed certificate.
///
/// # Errors
/// `not_found` outside the region, `separation_of_duties` for the supplier's own people, `wrong_state`, `expired`,
/// `validation_failed` for a refusal without a reason.
pub fn review_halal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: HalalCertificateId,
    (decision, reason): (HalalDecision, Option<&str>),
) -> Outcome<HalalRow> {
    let row = store::claim_halal(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    no_party(tx, actor, &row)?;
    let days = (row.valid_until, tx.at().day());
    let state = rules::decided(row.state, decision, days, reason.is_some())?;
    let row = decide(tx, actor, row, (state, reason))?;
    let (zh, en) = match decision {
        HalalDecision::Certify => (
            format!("清真证书 {} 已认可，自 {} 起在商品页显示。", row.number, row.valid_from),
            format!("The halal certificate {} is accepted and shown from {} on.", row.number, row.valid_from),
        ),
        HalalDecision::Refuse => {
            let why = row.reason.as_deref().unwrap_or_default();
            (
                format!("清真证书 {} 未获认可：{why}", row.number),
                format!("The halal certificate {} is refused: {why}", row.number),
            )
        }
    };
    identity::tell(tx, row.org_id, Role::Seller, ("清真证书审核结果", "A halal certificate was reviewed"), (&zh, &en))?;
    Ok(row)
}

/// Nobody decides for an office about what the person filed, or about an organisation of its own.
fn no_party(tx: &mut Tx<'_>, actor: &Actor, row: &HalalRow) -> Outcome<()> {
    let own = row.filed_by == actor.user_id || identity::is_member(tx, actor.user_id, row.org_id)?;
    if own { Err(Code::SeparationOfDuties.into()) } else { Ok(()) }
}

/// Takes back an own certificate that waits.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn withdraw_halal(tx: &mut Tx<'_>, actor: &Actor, id: HalalCertificateId) -> Outcome<HalalRow> {
    let row = store::claim_halal(tx, &Scope::Org(actor.org_id), id)?.ok_or(Code::NotFound)?;
    let state = rules::next(row.state, HalalEvent::Withdraw)?;
    decide(tx, actor, row, (state, None))
}

/// Ends an accepted certificate: the product is 清真 no more from this moment on, and buyers of goods that were ordered with it and
/// are not delivered are told. Orders stand.
///
/// # Errors
/// `not_found` outside the region, `separation_of_duties` for the supplier's own people, `wrong_state`.
pub fn revoke_halal(tx: &mut Tx<'_>, actor: &Actor, id: HalalCertificateId, reason: &str) -> Outcome<HalalRow> {
    let row = store::claim_halal(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    no_party(tx, actor, &row)?;
    let state = rules::next(row.state, HalalEvent::Revoke)?;
    let row = decide(tx, actor, row, (state, Some(reason)))?;
    let ended =
        HalalEnded { product_id: row.product_id, number: row.number.clone(), reason: reason.to_owned(), after: None };
    jobs::enqueue(tx, HALAL_ENDED, &ended)?;
    let (zh, en) = (
        format!("清真证书 {} 已被撤销：{reason}", row.number),
        format!("The halal certificate {} is revoked: {reason}", row.number),
    );
    identity::tell(tx, row.org_id, Role::Seller, ("清真证书被撤销", "A halal certificate was revoked"), (&zh, &en))?;
    Ok(row)
}

/// Stores a decision, and who took it when.
fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: HalalRow,
    (state, reason): (HalalState, Option<&str>),
) -> Outcome<HalalRow> {
    let row = HalalRow {
        state,
        decided_by: Some(actor.user_id),
        decided_org: Some(actor.org_id),
        decided_at: Some(tx.at()),
        reason: reason.map(|text| text.trim().to_owned()),
        ..row
    };
    store::decide_halal(tx, &row)?;
    let action = match state {
        HalalState::Filed => "product.halal_filed",
        HalalState::Certified => "product.halal_certified",
        HalalState::Refused => "product.halal_refused",
        HalalState::Withdrawn => "product.halal_withdrawn",
        HalalState::Revoked => "product.halal_revoked",
    };
    record(tx, actor, action, &row)?;
    Ok(row)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, row: &HalalRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({ "product": row.product_id, "number": row.number, "valid_until": row.valid_until, "reason": row.reason }),
    };
    audit::record(tx, &entry)
}
