//! Use cases of bulletins: draft, sign, publish, discard, correct; and to urge units.

use super::content::{Content, Corrected, differences, digest};
use super::queries::{self, Urged};
use super::rules::{self, BulletinState, Event};
use super::store::{self, BulletinRow, UrgeRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{BulletinId, OrgId};
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::reporting::{self, ProgressBy, ProgressWanted};
use crate::rulebook;
use serde_json::json;

/// What a bureau publishes.
#[derive(Debug, Clone)]
pub struct NewBulletin {
    /// The plans' year.
    pub year: i64,
    /// What is known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// Over the table; named after year and day when absent.
    pub title: Option<String>,
}

/// Drafts a bulletin of the bureau's region.
///
/// # Errors
/// `validation_failed` for a day that is not over.
pub fn draft(tx: &mut Tx<'_>, actor: &Actor, new: &NewBulletin) -> Outcome<BulletinRow> {
    rules::day_is_over(new.as_of, tx.at().day())?;
    let wanted = ProgressWanted { year: new.year, as_of: new.as_of, by: new.by, region: None, unit: None };
    let table = reporting::progress(tx, actor, &wanted)?;
    let title = new
        .title
        .clone()
        .unwrap_or_else(|| format!("{} 年预算单位采购脱贫地区农副产品进度通报（截至 {}）", new.year, new.as_of));
    let row = row(tx, actor, new, title, &Content { table, corrected: None }, None)?;
    store::insert(tx, &row)?;
    record(tx, actor, "bulletin.drafted", &row)?;
    Ok(row)
}

/// A correction of what was published.
#[derive(Debug, Clone)]
pub struct NewCorrection {
    /// What is known at the end of this day.
    pub as_of: Day,
    /// Why, in words.
    pub reason: String,
}

/// Drafts a correction of a published bulletin: its table as of a later day, every figure that differs from the bulletin (or from
/// its last correction), and every order that makes a difference.
///
/// # Errors
/// `not_found`, `forbidden` for another bureau's, `wrong_state` for what is not published or is a correction itself, or when
/// nothing differs; `validation_failed` for a day that is not over or not later.
pub fn correct(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, new: &NewCorrection) -> Outcome<BulletinRow> {
    let first = own(tx, actor, id)?;
    if first.state != BulletinState::Published || first.corrects.is_some() {
        let (zh, en) =
            ("只能更正已印发的通报本身", "only a published bulletin is corrected, not a draft or a correction");
        return Err(AppError::new(Code::WrongState).detail(zh, en));
    }
    let last = store::last_correction(tx, id)?.unwrap_or_else(|| first.clone());
    rules::day_is_over(new.as_of, tx.at().day())?;
    rules::is_later(new.as_of, last.as_of)?;
    let wanted = ProgressWanted { year: first.year, as_of: new.as_of, by: first.rows_by, region: None, unit: None };
    let table = reporting::progress(tx, actor, &wanted)?;
    let figures = differences(&Content::read(&last.content)?.table, &table);
    if figures.is_empty() {
        return Err(AppError::new(Code::WrongState).detail("数据没有变动，无须更正", "no figure differs"));
    }
    let orders = reporting::changes(tx, actor, first.year, (last.as_of, new.as_of))?;
    let number = last.number.clone().unwrap_or_default();
    let corrected = Corrected { number, as_of: last.as_of, reason: new.reason.clone(), figures, orders };
    let like = NewBulletin { year: first.year, as_of: new.as_of, by: first.rows_by, title: None };
    let title = format!("关于“{}”的更正（截至 {}）", first.title, new.as_of);
    let content = Content { table, corrected: Some(corrected) };
    let row = row(tx, actor, &like, title, &content, Some(id))?;
    store::insert(tx, &row)?;
    record(tx, actor, "bulletin.correction_drafted", &row)?;
    Ok(row)
}

fn row(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewBulletin,
    title: String,
    content: &Content,
    corrects: Option<BulletinId>,
) -> Outcome<BulletinRow> {
    let content = content.text()?;
    Ok(BulletinRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        org_name: identity::organisation(tx, actor.org_id)?.name,
        region_code: actor.region,
        year: new.year,
        as_of: new.as_of,
        rows_by: new.by,
        title,
        closes_year: new.as_of >= rulebook::closing_day(tx, &actor.region, new.year)?,
        sha256: digest(&content),
        content,
        corrects,
        correction_no: None,
        state: BulletinState::Draft,
        drafted_by: actor.user_id,
        drafted_at: tx.at(),
        signed_by: None,
        signed_at: None,
        number: None,
        published_by: None,
        published_at: None,
        version: 1,
    })
}

/// Signs a draft, once its figures were made again and are the same.
///
/// # Errors
/// `not_found`, `forbidden` for another bureau's, `stale_version`, `wrong_state`, `separation_of_duties` for who drafted it.
pub fn sign(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, version: i64) -> Outcome<BulletinRow> {
    let mut row = claimed(tx, actor, id, version)?;
    step(&mut row, Event::Sign)?;
    rules::may_sign(actor.user_id, row.drafted_by)?;
    if !queries::is_as_made(tx, &row)? {
        let (zh, en) =
            ("起草后数据有变动，请作废后重新起草", "its figures changed since: discard it and draft it anew");
        return Err(AppError::new(Code::WrongState).detail(zh, en));
    }
    (row.signed_by, row.signed_at) = (Some(actor.user_id), Some(tx.at()));
    save(tx, actor, row, "bulletin.signed")
}

/// Publishes what was signed, under the number of its document.
///
/// # Errors
/// As [`sign`]; `already_exists` for a number that the bureau has used, `wrong_state` for a correction when another one was
/// published since.
pub fn publish(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, version: i64, number: &str) -> Outcome<BulletinRow> {
    let mut row = claimed(tx, actor, id, version)?;
    step(&mut row, Event::Publish)?;
    if store::number_used(tx, actor.org_id, number)? {
        let message = Message::new("该文号已使用", "was used by another bulletin");
        return Err(AppError::field(Code::AlreadyExists, "/number", message));
    }
    if let Some(first) = row.corrects {
        row.correction_no = Some(next_correction(tx, first, &row)?);
    }
    row.number = Some(number.to_owned());
    (row.published_by, row.published_at) = (Some(actor.user_id), Some(tx.at()));
    save(tx, actor, row, "bulletin.published")
}

/// A correction follows the last one that was published, whose figures it was compared with.
fn next_correction(tx: &mut Tx<'_>, first: BulletinId, row: &BulletinRow) -> Outcome<i64> {
    let last = store::last_correction(tx, first)?;
    let known = Content::read(&row.content)?.corrected.map(|corrected| corrected.number);
    if last.as_ref().is_some_and(|last| last.number != known) {
        let (zh, en) = ("已另有更正印发，请重新起草", "another correction was published since: draft it anew");
        return Err(AppError::new(Code::WrongState).detail(zh, en));
    }
    Ok(last.and_then(|last| last.correction_no).unwrap_or(0) + 1)
}

/// Discards what is not published.
///
/// # Errors
/// As [`sign`].
pub fn discard(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, version: i64) -> Outcome<BulletinRow> {
    let mut row = claimed(tx, actor, id, version)?;
    step(&mut row, Event::Discard)?;
    save(tx, actor, row, "bulletin.discarded")
}

/// A bulletin of the bureau itself; one that it may see and that is another's is not its to change.
fn own(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId) -> Outcome<BulletinRow> {
    let row = store::bulletin(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if row.org_id == actor.org_id {
        return Ok(row);
    }
    Err(AppError::new(Code::Forbidden).detail("由起草该通报的财政部门办理", "is for the bureau that drafted it"))
}

fn claimed(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, version: i64) -> Outcome<BulletinRow> {
    let row = own(tx, actor, id)?;
    if row.version == version { Ok(row) } else { Err(Code::StaleVersion.into()) }
}

fn step(row: &mut BulletinRow, event: Event) -> Outcome<()> {
    row.state = rules::next(row.state, event).ok_or(Code::WrongState)?;
    Ok(())
}

fn save(tx: &mut Tx<'_>, actor: &Actor, mut row: BulletinRow, action: &'static str) -> Outcome<BulletinRow> {
    let seen = row.version;
    row.version += 1;
    if store::save(tx, &row, seen)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    record(tx, actor, action, &row)?;
    Ok(row)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, row: &BulletinRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({
            "year": row.year, "as_of": row.as_of, "by": row.rows_by, "number": row.number, "sha256": row.sha256,
            "corrects": row.corrects, "correction_no": row.correction_no,
        }),
    };
    audit::record(tx, &entry)
}

/// Urges a unit for what its year lacks: a mail to its managers, kept on record.
///
/// # Errors
/// `not_found` outside the scope, `wrong_state` when nothing is to be urged or nobody can be written to.
pub fn urge(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (unit, year, as_of): (OrgId, i64, Day),
    words: Option<&str>,
) -> Outcome<Urged> {
    let today = tx.at().day();
    let organisation = identity::organisation_in(tx, &actor.scope, unit, today)?;
    if organisation.kind != OrgKind::BudgetUnit || !matches!(actor.scope, Scope::Region(_)) {
        return Err(Code::NotFound.into());
    }
    let Some(lacks) = queries::lacks(tx, actor, unit, year, as_of)? else {
        return Err(AppError::new(Code::WrongState).detail("该单位无须催办", "nothing is to be urged"));
    };
    let managers = identity::recipients(tx, unit, Role::Manager)?;
    if managers.is_empty() {
        let (zh, en) = ("该单位没有可收信的管理人员", "the unit has no manager who can be written to");
        return Err(AppError::new(Code::WrongState).detail(zh, en));
    }
    let (cause_zh, cause_en) = lacks.cause.words();
    let bureau = identity::organisation(tx, actor.org_id)?.name;
    let words = words.unwrap_or_default();
    let zh = format!(
        "{bureau}提醒：{}，{year} 年度{cause_zh}（截至 {as_of}：预留 {} 元，完成 {} 元，序时应完成 {} 元）。请及时办理。{words}",
        organisation.name, lacks.reserved_fen, lacks.completed_fen, lacks.expected_fen
    );
    let en = format!(
        "{bureau} reminds {}: {year}, {cause_en} (as of {as_of}: {} yuan reserved, {} completed, {} expected by now). {words}",
        organisation.name, lacks.reserved_fen, lacks.completed_fen, lacks.expected_fen
    );
    let subject = Both { zh: "采购进度催办", en: "A reminder of your plan's progress" };
    for (_, address) in &managers {
        notifications::mail(tx, address, subject, Both { zh: &zh, en: &en })?;
    }
    let row = UrgeRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        unit_id: unit,
        year,
        as_of,
        cause: lacks.cause,
        recipients: i64::try_from(managers.len()).map_err(AppError::internal)?,
        urged_by: actor.user_id,
        urged_at: tx.at(),
    };
    store::insert_urge(tx, &row)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "unit.urged",
        subject: unit.to_string(),
        owner_org: unit,
        other_org: Some(actor.org_id),
        region: organisation.region_code,
        details: json!({ "year": year, "as_of": as_of, "cause": lacks.cause, "recipients": row.recipients }),
    };
    audit::record(tx, &entry)?;
    Ok(Urged { unit_id: unit, cause: row.cause, recipients: row.recipients })
}
