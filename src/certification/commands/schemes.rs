//! Schemes as data: an office founds one, dates new editions of what it asks, and ends it.

use super::super::rules::{self, SchemeTerms};
use super::super::scheme::{self, Edition, Scheme};
use super::super::store::{self, SchemeRow};
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;

/// A scheme to be founded.
#[derive(Debug, Clone)]
pub struct NewScheme {
    /// Its name.
    pub name: String,
    /// Where it holds.
    pub region: Territory,
    /// What its certificates' numbers begin with.
    pub number_prefix: String,
    /// Its first edition; it begins with the scheme.
    pub edition: NewEdition,
}

/// An edition to be dated.
#[derive(Debug, Clone)]
pub struct NewEdition {
    /// The first day on which applications are handed in under it.
    pub effective_from: Day,
    /// What it asks.
    pub terms: SchemeTerms,
    /// The document that says so.
    pub source: String,
}

/// Founds a scheme for the own region or one within it.
///
/// # Errors
/// `forbidden` elsewhere, `already_exists` for a prefix in use, or the fields at fault.
pub fn found_scheme(tx: &mut Tx<'_>, actor: &Actor, new: &NewScheme) -> Outcome<Scheme> {
    let today = tx.at().day();
    may_rule(actor, &new.region)?;
    rules::check_terms(&new.region, &new.edition.terms)?;
    rules::check_start(new.edition.effective_from, today, None)?;
    if let Territory::Region(region) = &new.region {
        regions::region(tx, region, today).map_err(unknown_region)?;
    }
    let row = SchemeRow {
        id: tx.new_id(),
        name: new.name.clone(),
        region_code: new.region,
        number_prefix: new.number_prefix.clone(),
        valid_from: new.edition.effective_from,
        valid_to: None,
        version: 1,
    };
    if store::add_scheme(tx, &row)? == 0 {
        let message = Message::new("该编号前缀已被使用", "is the prefix of another scheme");
        return Err(AppError::field(Code::AlreadyExists, "/number_prefix", message));
    }
    let founded = add_edition(tx, actor, &row, 1, &new.edition)?;
    record(tx, actor, &founded, "scheme.founded")?;
    Ok(founded)
}

fn unknown_region(error: AppError) -> AppError {
    if error.code() != Code::NotFound {
        return error;
    }
    AppError::field(Code::ValidationFailed, "/region_code", Message::new("没有这个地区", "there is no such region"))
}

/// Dates a new edition. Applications that were handed in keep the one they were handed in under.
///
/// # Errors
/// `not_found`, `forbidden`, `stale_version`, `expired` for a scheme that ends before, or the fields at fault.
pub fn date_edition(tx: &mut Tx<'_>, actor: &Actor, id: SchemeId, version: i64, new: &NewEdition) -> Outcome<Scheme> {
    let row = claim(tx, actor, id, version)?;
    rules::check_terms(&row.region_code, &new.terms)?;
    let latest = scheme::editions(tx, id)?.pop().ok_or_else(|| AppError::internal("a scheme without editions"))?;
    rules::check_start(new.effective_from, tx.at().day(), Some(latest.effective_from))?;
    if row.valid_to.is_some_and(|to| to <= new.effective_from) {
        return Err(AppError::new(Code::Expired).detail("方案届时已终止", "the scheme has ended by then"));
    }
    let dated = add_edition(tx, actor, &row, latest.number + 1, new)?;
    record(tx, actor, &dated, "scheme.edition_dated")?;
    Ok(dated)
}

/// Ends a scheme: from that day on it takes no applications. Those under way go on, certificates stay.
///
/// # Errors
/// `not_found`, `forbidden`, `stale_version`, `wrong_state` when it has ended, or the field at fault.
pub fn end_scheme(tx: &mut Tx<'_>, actor: &Actor, id: SchemeId, version: i64, valid_to: Day) -> Outcome<Scheme> {
    let row = claim(tx, actor, id, version)?;
    let today = tx.at().day();
    if row.valid_to.is_some_and(|to| to <= today) {
        return Err(AppError::new(Code::WrongState).detail("方案已终止", "the scheme has ended"));
    }
    rules::check_end(valid_to, today, row.valid_from)?;
    store::end_scheme(tx, id, valid_to)?;
    let ended = scheme::scheme_on(tx, id, today)?;
    record(tx, actor, &ended, "scheme.ended")?;
    Ok(ended)
}

fn claim(tx: &mut Tx<'_>, actor: &Actor, id: SchemeId, version: i64) -> Outcome<SchemeRow> {
    let row = store::claim_scheme(tx, id)?.ok_or(Code::NotFound)?;
    may_rule(actor, &row.region_code)?;
    if row.version - 1 == version { Ok(row) } else { Err(Code::StaleVersion.into()) }
}

/// An office rules over schemes of its own region and those within it.
fn may_rule(actor: &Actor, place: &Territory) -> Outcome<()> {
    let may = match (&actor.scope, place) {
        (Scope::Platform, _) => true,
        (Scope::Region(own), Territory::Region(region)) => own.contains(region),
        _ => false,
    };
    if may {
        return Ok(());
    }
    Err(AppError::new(Code::Forbidden).detail("仅可管理本地区的认定方案", "only schemes of the own region"))
}

fn add_edition(tx: &mut Tx<'_>, actor: &Actor, row: &SchemeRow, number: i64, new: &NewEdition) -> Outcome<Scheme> {
    let edition =
        Edition { number, effective_from: new.effective_from, terms: new.terms.clone(), source: new.source.clone() };
    let stored = edition.row(row.id, Some(actor.user_id), tx.at())?;
    store::add_edition(tx, &stored)?;
    Ok(Scheme::of(row.clone(), edition))
}

fn record(tx: &mut Tx<'_>, actor: &Actor, scheme: &Scheme, action: &'static str) -> Outcome<()> {
    let region = match &scheme.region {
        Territory::Region(region) => *region,
        Territory::Nation => actor.region,
    };
    let edition = &scheme.edition;
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: scheme.id.to_string(),
        owner_org: actor.org_id,
        other_org: None,
        region,
        details: json!({
            "name": scheme.name, "edition": edition.number, "effective_from": edition.effective_from,
            "valid_to": scheme.valid_to, "source": edition.source,
        }),
    };
    audit::record(tx, &entry)
}
