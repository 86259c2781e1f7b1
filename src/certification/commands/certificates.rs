//! A certificate's later life: suspended, lifted, revoked, expired. What ends it withdraws the listings at once.

use super::super::rules::{self, CertificateEvent as Event, CertificateStatus, EndReason};
use super::super::store::{self, CertificateEventRow, CertificateRow};
use super::{documents, tell};
use crate::audit;
use crate::catalogue::{self, CoverStatus, Reach};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{CertificateId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::jobs;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The outbox topic that tells of a certificate that no longer counts; `app.rs` binds it to what stops orders.
pub const CERTIFICATE_ENDED: &str = "certificate.ended";

/// The outbox topic that tells of a certificate that counts again; `app.rs` binds it to what clears the flags of orders.
pub const CERTIFICATE_RESTORED: &str = "certificate.restored";

/// A certificate whose suspension ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CertificateRestored {
    /// The certificate.
    pub certificate_id: CertificateId,
}

/// A certificate that no longer counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CertificateEnded {
    /// The certificate.
    pub certificate_id: CertificateId,
    /// The product it covered.
    pub product_id: ProductId,
    /// Ended for the safety of those who eat it: confirmed, unshipped orders may be cancelled freely.
    pub safety: bool,
    /// suspended, revoked (annulled ones too) or expired.
    pub event: String,
}

/// Why a certificate is suspended, revoked or restored.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The reason's code; none when a suspension ends.
    pub reason_code: Option<EndReason>,
    /// The reason in words.
    pub reason: Option<String>,
    /// Whether food safety is at stake.
    pub safety: bool,
    /// The last day of a suspension that ends by itself.
    pub until: Option<Day>,
}

/// Suspends a certificate in the office's region, and the one that has renewed it already; each is lifted by itself. Of one
/// that is suspended, the decision takes the place of the one before: another cause, another last day.
///
/// # Errors
/// `not_found`, `wrong_state`, `forbidden` below the office that suspended before, or what the ruling lacks.
pub fn suspend(tx: &mut Tx<'_>, actor: &Actor, number: &str, ruling: &Ruling) -> Outcome<CertificateRow> {
    decide(tx, actor, number, Event::Suspend, ruling)
}

/// Revokes a certificate in the office's region for good, and the one that has renewed it already.
///
/// # Errors
/// As [`suspend`].
pub fn revoke(tx: &mut Tx<'_>, actor: &Actor, number: &str, ruling: &Ruling) -> Outcome<CertificateRow> {
    decide(tx, actor, number, Event::Revoke, ruling)
}

/// Ends a suspension, and the bar that it put on the product; listings stay withdrawn until the supplier lists them again.
///
/// # Errors
/// `not_found`, `wrong_state`, `forbidden` below the office that suspended, `expired` when the certificate's days are over.
pub fn lift_suspension(tx: &mut Tx<'_>, actor: &Actor, number: &str, reason: &str) -> Outcome<CertificateRow> {
    let ruling = Ruling { reason_code: None, reason: Some(reason.to_owned()), safety: false, until: None };
    decide(tx, actor, number, Event::Lift, &ruling)
}

/// Ends the bar that a certificate's end for food safety put on its product: it may be sold again on what else entitles it.
///
/// # Errors
/// `not_found`, `wrong_state` without a bar or while a suspension bars it, `forbidden` below the office that decided.
pub fn end_bar(tx: &mut Tx<'_>, actor: &Actor, number: &str, reason: &str) -> Outcome<CertificateRow> {
    let row = store::claim_certificate(tx, &actor.scope, number)?.ok_or(Code::NotFound)?;
    no_party(tx, actor, &row)?;
    if row.status == CertificateStatus::Suspended {
        return Err(AppError::new(Code::WrongState).detail("请先恢复证书", "lift the suspension instead"));
    }
    may_undo(tx, actor, &row)?;
    if !catalogue::unbar(tx, row.id)? {
        return Err(AppError::new(Code::WrongState).detail("该产品未被停售", "the certificate bars nothing"));
    }
    let event = CertificateEventRow {
        id: tx.new_id(),
        certificate_id: row.id,
        event: "bar_ended".to_owned(),
        reason_code: None,
        reason: Some(reason.to_owned()),
        safety: false,
        office_org: Some(actor.org_id),
        user_id: Some(actor.user_id),
        at: tx.at(),
        until: None,
    };
    store::insert_event(tx, &event)?;
    write_entry(tx, Some(actor), &row, "certificate.bar_ended", 0)?;
    let (number, name) = (&row.number, &row.product_name);
    let zh = format!("{name}（证书 {number}）的停售已解除，可重新申请认定或上架。{reason}");
    let en = format!("{name} (certificate {number}) is no longer barred from sale. {reason}");
    tell(tx, row.org_id, ("停售解除", "No longer barred from sale"), (&zh, &en))?;
    Ok(row)
}

fn decide(tx: &mut Tx<'_>, actor: &Actor, number: &str, event: Event, ruling: &Ruling) -> Outcome<CertificateRow> {
    rules::suspension_end(ruling.until, tx.at().day())?;
    if ruling.reason_code == Some(EndReason::Other) && ruling.reason.is_none() {
        let message = Message::new("原因为其他时须说明", "is required with the reason `other`");
        return Err(AppError::field(Code::ValidationFailed, "/reason", message));
    }
    let row = store::claim_certificate(tx, &actor.scope, number)?.ok_or(Code::NotFound)?;
    no_party(tx, actor, &row)?;
    if row.in_force_until < tx.at().day() {
        return Err(AppError::new(Code::Expired).detail("证书已到期", "the certificate's days are over"));
    }
    let event = named(event, &row);
    if matches!(event, Event::Lift | Event::Change) {
        may_undo(tx, actor, &row)?;
    }
    if event == Event::Lift {
        rests_on_something(tx, &row)?;
    }
    let decided = happen(tx, Some(actor), row, event, ruling)?;
    if event != Event::Lift {
        renewals(tx, actor, decided.renewed_by, event, ruling)?;
    }
    if event == Event::Revoke {
        super::blacklist::after_revocation(tx, actor, &decided, ruling, None)?;
    }
    Ok(decided)
}

/// Nothing is restored whose documents have ended.
fn rests_on_something(tx: &mut Tx<'_>, row: &CertificateRow) -> Outcome<()> {
    let Some((requirement, ends_on)) = documents::over(tx, row.id)? else { return Ok(()) };
    let (zh, en) = requirement.words();
    Err(AppError::new(Code::WrongState).detail(
        format!("{zh}已于 {ends_on} 到期，请先审核供应商提交的新材料"),
        format!("{en} expired on {ends_on}; accept a new one first"),
    ))
}

/// A suspension of what is suspended changes the suspension.
fn named(event: Event, row: &CertificateRow) -> Event {
    if event == Event::Suspend && row.status == CertificateStatus::Suspended { Event::Change } else { event }
}

/// What a certificate's suspension or revocation means for those that were issued to follow it.
pub(super) fn renewals(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut next: Option<CertificateId>,
    event: Event,
    ruling: &Ruling,
) -> Outcome<()> {
    while let Some(id) = next {
        let number = store::certificate_by_id(tx, id)?.ok_or(Code::NotFound)?.number;
        let row = store::claim_certificate(tx, &Scope::Platform, &number)?.ok_or(Code::NotFound)?;
        next = row.renewed_by;
        let event = if event == Event::Change { named(Event::Suspend, &row) } else { event };
        // What an office above suspended for a reason of its own stays as that office decided.
        let stands = event == Event::Change && !reaches(tx, actor, &row)?;
        if rules::certificate_next(row.status, event).is_some() && !stands {
            happen(tx, Some(actor), row, event, ruling)?;
        }
    }
    Ok(())
}

/// Nobody decides for an office about the certificate of a supplier whose member he is.
pub(super) fn no_party(tx: &mut Tx<'_>, actor: &Actor, row: &CertificateRow) -> Outcome<()> {
    let member = identity::is_member(tx, actor.user_id, row.org_id)?;
    Ok(rules::may_decide(actor.user_id, &[], member)?)
}

/// What an office decided is undone by itself, by another of its region, or by one above.
pub(super) fn may_undo(tx: &mut Tx<'_>, actor: &Actor, row: &CertificateRow) -> Outcome<()> {
    let Some(office) = store::last_ruling(tx, row.id)? else { return Ok(()) };
    let office = identity::organisation(tx, office)?.region_code;
    Ok(rules::may_undo(&actor.region, &office)?)
}

fn reaches(tx: &mut Tx<'_>, actor: &Actor, row: &CertificateRow) -> Outcome<bool> {
    match may_undo(tx, actor, row) {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Code::Forbidden => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lifts a suspension that has had its last day.
pub(super) fn lift_over(tx: &mut Tx<'_>, number: &str) -> Outcome<()> {
    let Some(row) = store::claim_certificate(tx, &Scope::Platform, number)? else { return Ok(()) };
    let today = tx.at().day();
    // Looked at again under the claim: an office may have decided anew a moment ago.
    let over = row.suspended_until.is_some_and(|until| until < today) && row.in_force_until >= today;
    if row.status != CertificateStatus::Suspended || !over {
        return Ok(());
    }
    // What it rests on may have ended meanwhile; then the program goes on suspending it for that.
    if let Some((requirement, ends_on)) = documents::over(tx, row.id)? {
        let ruling = documents::ended_ruling(&requirement, ends_on);
        return happen(tx, None, row, Event::Change, &ruling).map(drop);
    }
    let by_date = Ruling { reason_code: None, reason: None, safety: false, until: None };
    happen(tx, None, row, Event::Lift, &by_date).map(drop)
}

/// Moves a claimed certificate as the rules say, tells the catalogue, and leaves word for those who hold orders.
pub(super) fn happen(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    mut row: CertificateRow,
    event: Event,
    ruling: &Ruling,
) -> Outcome<CertificateRow> {
    let before = row.status;
    row.status = rules::certificate_next(before, event).ok_or(Code::WrongState)?;
    row.reason_code = ruling.reason_code;
    row.safety = ruling.safety;
    row.suspended_until = ruling.until;
    save(tx, &row)?;
    let reach = match event {
        Event::Expire => Reach::Unentitled,
        _ if ruling.safety => Reach::Product,
        _ => Reach::Listings,
    };
    let withdrawn = match event {
        Event::Lift => catalogue::recover(tx, row.id).map(|()| Vec::new())?,
        // What the supplier lists since on another ground stays, unless the new cause is food safety.
        Event::Change if !ruling.safety => catalogue::unbar(tx, row.id).map(|_| Vec::new())?,
        Event::Suspend | Event::Change => {
            catalogue::uncover(tx, actor, row.id, CoverStatus::Suspended, reach, "certificate_suspended")?
        }
        Event::Revoke => catalogue::uncover(tx, actor, row.id, CoverStatus::Ended, reach, "certificate_revoked")?,
        Event::Expire => catalogue::uncover(tx, actor, row.id, CoverStatus::Ended, reach, "certificate_expired")?,
        Event::Annul => catalogue::uncover(tx, actor, row.id, CoverStatus::Ended, reach, "certificate_annulled")?,
    };
    let note = CertificateEventRow {
        id: tx.new_id(),
        certificate_id: row.id,
        event: event.as_str().to_owned(),
        reason_code: ruling.reason_code,
        reason: ruling.reason.clone(),
        safety: ruling.safety,
        office_org: actor.map(|a| a.org_id),
        user_id: actor.map(|a| a.user_id),
        at: tx.at(),
        until: ruling.until,
    };
    store::insert_event(tx, &note)?;
    record(tx, actor, &row, event, withdrawn.len())?;
    leave_word(tx, &row, before, event)?;
    tell_supplier(tx, &row, event, ruling)?;
    Ok(row)
}

/// For those who hold orders: that a certificate no longer counts, or that a suspension is over.
fn leave_word(tx: &mut Tx<'_>, row: &CertificateRow, before: CertificateStatus, event: Event) -> Outcome<()> {
    if event == Event::Lift || (event == Event::Expire && before == CertificateStatus::Suspended) {
        jobs::enqueue(tx, CERTIFICATE_RESTORED, &CertificateRestored { certificate_id: row.id })?;
    }
    // A new last day changes nothing for them.
    if event != Event::Lift && (event != Event::Change || row.safety) {
        let ended = CertificateEnded {
            certificate_id: row.id,
            product_id: row.product_id,
            safety: row.safety,
            event: row.status.as_str().to_owned(),
        };
        jobs::enqueue(tx, CERTIFICATE_ENDED, &ended)?;
    }
    Ok(())
}

pub(super) fn save(tx: &mut Tx<'_>, row: &CertificateRow) -> Outcome<()> {
    if store::save_certificate(tx, row)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

fn record(tx: &mut Tx<'_>, actor: Option<&Actor>, row: &CertificateRow, event: Event, withdrawn: usize) -> Outcome<()> {
    let action = match event {
        Event::Suspend => "certificate.suspended",
        Event::Change => "certificate.suspension_changed",
        Event::Lift => "certificate.suspension_ended",
        Event::Revoke => "certificate.revoked",
        Event::Expire => "certificate.expired",
        Event::Annul => "certificate.annulled",
    };
    write_entry(tx, actor, row, action, withdrawn)
}

fn write_entry(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    row: &CertificateRow,
    action: &'static str,
    withdrawn: usize,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.county,
        details: json!({ "number": row.number, "reason_code": row.reason_code, "safety": row.safety, "until": row.suspended_until, "listings_withdrawn": withdrawn }),
    };
    audit::record(tx, &entry)
}

fn tell_supplier(tx: &mut Tx<'_>, row: &CertificateRow, event: Event, ruling: &Ruling) -> Outcome<()> {
    let (number, name) = (&row.number, &row.product_name);
    let reason = ruling.reason.as_deref().unwrap_or_default();
    let (zh, en) = match event {
        Event::Suspend => ("暂停", "suspended"),
        Event::Change => ("变更暂停决定", "still suspended, by a new decision"),
        Event::Lift => ("恢复", "restored"),
        Event::Revoke => ("撤销", "revoked"),
        Event::Expire => ("到期", "expired"),
        Event::Annul => ("被认定自始无效", "annulled: it was never valid"),
    };
    let (until_zh, until_en) = match row.suspended_until {
        Some(until) => {
            (format!("暂停至 {until}，次日自动恢复。"), format!("It lasts until {until} and ends by itself. "))
        }
        None => (String::new(), String::new()),
    };
    let relist = if event == Event::Lift {
        ("商品须由供应商重新上架。", "List your goods again. ")
    } else {
        ("", "")
    };
    let text_zh = format!("{name} 的认定证书 {number} 已{zh}。{until_zh}{}{reason}", relist.0);
    let text_en = format!("Certificate {number} of {name} is {en}. {until_en}{}{reason}", relist.1);
    tell(tx, row.org_id, (&format!("认定证书{zh}"), &format!("Certificate {en}")), (&text_zh, &text_en))
}
