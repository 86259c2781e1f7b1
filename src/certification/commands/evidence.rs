//! Evidence of the three elements.

use super::super::requirements;
use super::super::rules::{self, CertificationState, Element, Event, EvidenceWarning, Facts};
use super::super::store::{self, EvidenceRow};
use super::progress;
use crate::audit;
use crate::documents::{self, FileClass};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::food_licence::FoodLicenceWarning;
use crate::kernel::ids::{CertificationApplicationId, EvidenceId, FileId};
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;
use std::collections::BTreeMap;

/// A piece of evidence.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    /// What it says.
    pub facts: Facts,
    /// Files of the own organisation.
    pub files: Vec<FileId>,
    /// The piece it replaces: a correction.
    pub replaces: Option<EvidenceId>,
}

/// Adds evidence to a draft or a returned application. During the notice only a correction is taken, and the notice starts
/// again: the public must see what is certified.
///
/// # Errors
/// `wrong_state`, `not_found` for a file or a piece of somebody else, `evidence_missing` when a correction takes away what is
/// asked for, or the fields at fault.
pub fn add_evidence(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CertificationApplicationId,
    new: &NewEvidence,
) -> Outcome<(EvidenceRow, i64)> {
    let mut case = progress::claim(tx, &Scope::Org(actor.org_id), id, None)?;
    let event = if new.replaces.is_some() { Event::Change } else { Event::Supplement };
    let noticed = case.row.state == CertificationState::InNotice;
    case.happen(tx, Some(actor), event)?;
    check_replaced(tx, id, new)?;
    // A second piece beside one that a notice rested on says something else, as a replacement does.
    let told_otherwise = !store::notices_of(tx, id)?.is_empty()
        && store::evidence_of(tx, id)?.iter().any(|piece| piece.element == new.facts.element());
    let warnings = check(tx, actor, &new.facts, &new.files)?;
    let row = EvidenceRow {
        id: tx.new_id(),
        application_id: id,
        element: new.facts.element(),
        file_ids: serde_json::to_string(&new.files).map_err(AppError::internal)?,
        facts: facts_json(&new.facts)?,
        warnings,
        replaces: new.replaces,
        given_by: actor.user_id,
        given_at: tx.at(),
    };
    store::insert_evidence(tx, &row)?;
    if noticed {
        still_complete(tx, id)?;
    }
    if !noticed && (new.replaces.is_some() || told_otherwise) {
        case.row.changed = true;
    }
    case.save(tx)?;
    let details =
        json!({ "evidence_id": row.id, "element": row.element, "replaces": row.replaces, "notice_restarted": noticed });
    audit::record(tx, &case.entry(Some(actor), "certification.evidence_added", details))?;
    Ok((row, case.row.version))
}

/// A correction during the notice goes on to the certificate unless an office returns it: it takes nothing away that was asked for.
fn still_complete(tx: &mut Tx<'_>, id: CertificationApplicationId) -> Outcome<()> {
    let asked = requirements::asked_at_submission(tx, id)?;
    let documents = requirements::brought(&store::evidence_of(tx, id)?)?;
    rules::all_met(&asked, &documents, tx.at().day())
}

/// Looks at facts and files of the actor's organisation; what deserves a reviewer's look, as a JSON list in both languages.
pub(super) fn check(tx: &mut Tx<'_>, actor: &Actor, facts: &Facts, files: &[FileId]) -> Outcome<String> {
    check_files(tx, actor, facts, files)?;
    // Only a licence names a region.
    let names = if facts.element() == Element::Quality { regions::names(tx)? } else { BTreeMap::new() };
    let known = |code: &str| code.parse().is_ok_and(|code| names.contains_key(&code));
    let warnings = rules::check_evidence(facts, files.len(), tx.at().day(), known)?;
    serde_json::to_string(&warnings.iter().map(warning).collect::<Vec<_>>()).map_err(AppError::internal)
}

/// The piece replaced is of the same application and element, and still stands.
fn check_replaced(tx: &mut Tx<'_>, id: CertificationApplicationId, new: &NewEvidence) -> Outcome<()> {
    let Some(replaced) = new.replaces else { return Ok(()) };
    let pieces = store::evidence_of(tx, id)?;
    let wrong = |zh: &str, en: &str| AppError::field(Code::ValidationFailed, "/replaces", Message::new(zh, en));
    let Some(piece) = pieces.iter().find(|piece| piece.id == replaced) else {
        return Err(wrong("不是本申请的材料", "is not of this application"));
    };
    if piece.element != new.facts.element() {
        return Err(wrong("不是同一要素的材料", "is of another element"));
    }
    if pieces.iter().any(|piece| piece.replaces == Some(replaced)) {
        return Err(wrong("已被替换", "has been replaced already"));
    }
    Ok(())
}

/// Files are the applicant's own; those that show households are kept encrypted, and each opening is logged.
fn check_files(tx: &mut Tx<'_>, actor: &Actor, facts: &Facts, files: &[FileId]) -> Outcome<()> {
    let mut wrong = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let (code, message) = match documents::file(tx, &Scope::Org(actor.org_id), *file) {
            Ok(file) if facts.shows_households() && file.class != FileClass::Restricted => {
                let message = Message::new(
                    "带贫材料可能含有农户信息，须以 restricted 类别上传",
                    "may show households: upload it with the class `restricted`",
                );
                ("invalid", message)
            }
            Ok(_) => continue,
            Err(error) if error.code() == Code::NotFound => {
                ("not_found", Message::new("没有这个文件", "there is no such file"))
            }
            Err(error) => return Err(error),
        };
        wrong.push(FieldError::new(format!("/file_ids/{n}"), code, message));
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::invalid(wrong)) }
}

fn facts_json(facts: &Facts) -> Outcome<String> {
    let text = match facts {
        Facts::Quality(quality) => serde_json::to_string(quality),
        Facts::Price(price) => serde_json::to_string(price),
        Facts::Linkage(linkage) => serde_json::to_string(linkage),
    };
    text.map_err(AppError::internal)
}

/// A warning in both languages, for the reviewer.
fn warning(warning: &EvidenceWarning) -> serde_json::Value {
    let (zh, en) = match warning {
        EvidenceWarning::Licence(doubt) => {
            let zh = match doubt {
                FoodLicenceWarning::WrongCheckDigit { expected } => format!("许可证校验码应为 {expected}"),
                FoodLicenceWarning::UnknownRegion { code } => format!("许可证中的区划 {code} 未知"),
            };
            (zh, format!("licence number: {doubt}"))
        }
        EvidenceWarning::MarkNumber(mark) => {
            let (zh, en) = rules::mark_words(*mark);
            (format!("{zh}证书编号与通常写法不符，请核对"), format!("the number is not written as those of {en} are"))
        }
        EvidenceWarning::OrganicYear(year) => (
            format!("有机码的年份为 {year}，尚未到"),
            format!("the organic code names the year {year}, which has not come"),
        ),
    };
    json!({ "zh": zh, "en": en })
}
