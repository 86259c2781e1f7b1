//! Adding words to the dictionary and ending them.

use super::queries::TermView;
use super::rules::{Term, TermKind, faults};
use super::store::{self, TermRow};
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::ClassificationTermId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;

/// A word that an office wants to add.
#[derive(Debug, Clone)]
pub struct NewTerm {
    /// The word.
    pub term: Term,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// Where it is laid down.
    pub source: String,
}

/// Adds a word for the actor's own region or one below.
///
/// # Errors
/// `forbidden` for another region, `already_exists` when the word has a meaning there on a day of its time, or what is wrong
/// with it.
pub fn add_term(tx: &mut Tx<'_>, actor: &Actor, new: &NewTerm) -> Outcome<TermView> {
    let term = &new.term;
    may_set(actor, &term.region)?;
    let mut wrong = faults(term);
    if term.kind == TermKind::SupervisedPlace && wrong.is_empty() {
        let place: RegionCode = term.code.parse().map_err(AppError::internal)?;
        // Townships and villages stand under a county that must be known.
        let known = place.ancestors().into_iter().find(|above| above.level() <= RegionLevel::County).unwrap_or(place);
        if regions::regions_on(tx, &[known], term.effective_from)?.is_empty() {
            let message = Message::new("未知的区划", "is not a known region");
            wrong.push(FieldError::new("/code", "invalid", message));
        }
    }
    if !wrong.is_empty() {
        return Err(AppError::invalid(wrong));
    }
    let alike = store::alike(tx, term.kind, &term.code)?;
    if let Some(same) = alike.iter().find(|row| row.term().meets(term)) {
        return Err(AppError::new(Code::AlreadyExists).with("existing", same.id.to_string()));
    }
    let row = TermRow {
        id: tx.new_id(),
        kind: term.kind,
        code: term.code.clone(),
        rolls_up_to: term.rolls_up_to.clone(),
        region_code: term.region,
        name_zh: new.name_zh.clone(),
        name_en: new.name_en.clone(),
        effective_from: term.effective_from,
        effective_to: term.effective_to,
        source: new.source.clone(),
        created_at: tx.at(),
        created_by: actor.user_id,
    };
    if !store::insert(tx, &row)? {
        return Err(Code::AlreadyExists.into());
    }
    note(tx, actor, "classification_term.added", &row)?;
    Ok(row.into())
}

/// Ends a word of the actor's own region or one below: on this day it no longer holds.
///
/// # Errors
/// `not_found` for a word of another region, `wrong_state` for one that ended by then, or what is wrong with the day.
pub fn end_term(tx: &mut Tx<'_>, actor: &Actor, id: ClassificationTermId, effective_to: Day) -> Outcome<TermView> {
    let row = store::find(tx, id)?.filter(|row| may_set(actor, &row.region_code).is_ok()).ok_or(Code::NotFound)?;
    if effective_to <= row.effective_from {
        let message = Message::new("须晚于起始日", "must be later than effective_from");
        return Err(AppError::field(Code::ValidationFailed, "/effective_to", message));
    }
    if !store::end(tx, id, effective_to)? {
        return Err(Code::WrongState.into());
    }
    let row = TermRow { effective_to: Some(effective_to), ..row };
    note(tx, actor, "classification_term.ended", &row)?;
    Ok(row.into())
}

fn may_set(actor: &Actor, place: &Territory) -> Outcome<()> {
    let own = match (&actor.scope, place) {
        (Scope::Platform, _) => true,
        (Scope::Region(own), Territory::Region(asked)) => own.contains(asked),
        _ => false,
    };
    let message = || Message::new("不属于本单位辖区", "is outside the region of your office");
    if own { Ok(()) } else { Err(AppError::new(Code::Forbidden).at("/region_code", message())) }
}

fn note(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, row: &TermRow) -> Outcome<()> {
    let region = match row.region_code {
        Territory::Region(code) => code,
        Territory::Nation => actor.region,
    };
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: actor.org_id,
        other_org: None,
        region,
        details: json!({ "kind": row.kind, "code": row.code, "rolls_up_to": row.rolls_up_to, "region_code": row.region_code,
            "effective_from": row.effective_from, "effective_to": row.effective_to }),
    };
    audit::record(tx, &entry)
}
