//! Objections to public notices: anybody files, the county's office decides.

use super::super::rules::{self, Consequence, NoticeStatus, ObjectionDecision, ObjectionStatus, Refusal};
use super::super::store::{self, ObjectionRow};
use super::{progress, tell};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{NoticeId, ObjectionId};
use crate::platform::db::Tx;
use crate::platform::secret::sha256_parts;
use serde_json::json;

/// An objection.
#[derive(Debug, Clone)]
pub struct NewObjection {
    /// How the office reaches who objects; nobody else sees it.
    pub contact: String,
    /// What is wrong.
    pub text: String,
    /// The address it comes from; only a digest of it is stored.
    pub address: String,
}

/// A decision about an objection.
#[derive(Debug, Clone)]
pub struct ObjectionRuling {
    /// Uphold or dismiss.
    pub decision: ObjectionDecision,
    /// Why.
    pub reason: String,
    /// What follows when it is upheld.
    pub consequence: Option<Consequence>,
}

/// Files an objection while the notice runs.
///
/// # Errors
/// `not_found`; `expired` when the notice is over; `too_many_requests` while enough from the same source are open.
pub fn file_objection(tx: &mut Tx<'_>, id: NoticeId, new: &NewObjection) -> Outcome<ObjectionRow> {
    let application = store::notice(tx, id)?.ok_or(Code::NotFound)?.application_id;
    let mut case = progress::claim(tx, &Scope::Platform, application, None)?;
    // Read again under the claim: the notice may have been restarted meanwhile.
    let notice = store::notice(tx, id)?.ok_or(Code::NotFound)?;
    if notice.status != NoticeStatus::Open || tx.at() >= notice.ends_at {
        return Err(Refusal::NoticeOver.into());
    }
    // Each open objection holds the application up, so that one source may not file any number of them.
    let source = sha256_parts(&[b"objection", &id.0, identity::source(&new.address).as_bytes()]);
    if store::open_from(tx, id, &source)? >= rules::MOST_OPEN_OBJECTIONS {
        return Err(AppError::new(Code::TooManyRequests).retry_after(3600).detail(
            "该来源对本公示已有多件异议待处理",
            "several objections of yours to this notice are being looked into",
        ));
    }
    let row = ObjectionRow {
        id: tx.new_id(),
        notice_id: id,
        application_id: application,
        county: notice.county,
        contact: new.contact.clone(),
        text: new.text.clone(),
        filed_at: tx.at(),
        status: ObjectionStatus::Open,
        consequence: None,
        reason: None,
        decided_by: None,
        decided_at: None,
        source: Some(source.to_vec()),
    };
    store::insert_objection(tx, &row)?;
    case.save(tx)?;
    audit::record(tx, &case.entry(None, "objection.filed", json!({ "objection_id": row.id, "notice_id": id })))?;
    Ok(row)
}

/// Decides an objection; upheld, it returns or rejects the application at once.
///
/// # Errors
/// `not_found`, `forbidden` for another office than the county's, `separation_of_duties`, `wrong_state` when it is decided, or what the decision lacks.
pub fn decide_objection(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ObjectionId,
    ruling: &ObjectionRuling,
) -> Outcome<ObjectionRow> {
    let found = store::objection(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if actor.region != found.county {
        return Err(Refusal::OtherOffice.into());
    }
    let event = rules::objection_event(ruling.decision, ruling.consequence)?;
    let mut case = progress::claim(tx, &actor.scope, found.application_id, None)?;
    super::no_party(tx, actor.user_id, &case.row)?;
    let decided = ObjectionRow {
        status: match ruling.decision {
            ObjectionDecision::Uphold => ObjectionStatus::Upheld,
            ObjectionDecision::Dismiss => ObjectionStatus::Dismissed,
        },
        consequence: ruling.consequence,
        reason: Some(ruling.reason.clone()),
        decided_by: Some(actor.user_id),
        decided_at: Some(tx.at()),
        ..found
    };
    if store::decide_objection(tx, &decided)? == 0 {
        return Err(AppError::new(Code::WrongState).detail("该异议已处理", "the objection has been decided"));
    }
    if let Some(event) = event {
        case.happen(tx, Some(actor), event)?;
    }
    case.save(tx)?;
    let details = json!({ "objection_id": id, "decision": ruling.decision, "consequence": ruling.consequence, "state": case.row.state });
    audit::record(tx, &case.entry(Some(actor), "objection.decided", details))?;
    if event.is_some() {
        let (name, reason) = (&case.row.product_name, &ruling.reason);
        let zh = format!("对 {name} 公示的异议成立：{reason}");
        let en = format!("An objection to the notice of {name} was upheld: {reason}");
        tell(tx, case.row.org_id, ("公示异议成立", "Objection upheld"), (&zh, &en))?;
    }
    Ok(decided)
}
