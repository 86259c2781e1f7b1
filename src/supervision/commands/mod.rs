//! Use cases of supervision.

mod complaints;
mod findings;
mod inspections;
mod proposals;
mod remind;
mod scores;
mod watch;

pub use complaints::{Handling, NewComplaint, Stranger, file_about_order, file_public, handle};
pub use findings::{FindingRuling, NewAnswer, NewFinding, answer, decide, open};
pub use inspections::{Found, NewPlan, announce, draw, record};
pub use proposals::{ProposalRuling, answer_proposal, decide_proposal};
pub use remind::remind;
pub use scores::score_suppliers;
pub use watch::{dismiss_alert, open_from_alert, watch_prices};

use super::rules::Refusal;
use crate::documents;
use crate::identity::{self, tell, tell_office};
use crate::kernel::actor::{Actor, OrgKind, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{FileId, OrgId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::regions;
use crate::rulebook::{self, RuleName};

/// A last day in working days, and the rule row that says so.
struct Due {
    on: Day,
    provisional: bool,
    rule: RuleId,
}

/// The last day of a period that begins on a day, by the rules and the calendar of a region.
fn due(tx: &mut Tx<'_>, region: &RegionCode, from: Day, name: RuleName) -> Outcome<Due> {
    let rules = rulebook::load(tx, region, from, &[name])?;
    let row = rules.row(name)?;
    let deadline = regions::deadline_working_days(tx, region, from, row.int()?)?;
    Ok(Due { on: Day::new(deadline.day), provisional: deadline.provisional, rule: row.id })
}

/// Computes provisional deadlines anew after a calendar was loaded; how many were looked at.
///
/// # Errors
/// When the database fails.
pub fn recompute_deadlines(tx: &mut Tx<'_>) -> Outcome<usize> {
    Ok(findings::recompute(tx)? + complaints::recompute(tx)? + proposals::recompute(tx)?)
}

/// Nobody handles what concerns an organisation whose member he is.
fn no_party(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Outcome<()> {
    if identity::is_member(tx, actor.user_id, org)? { Err(Refusal::Party.into()) } else { Ok(()) }
}

/// The region of the nearest office above another's.
fn office_above(tx: &mut Tx<'_>, office: &RegionCode) -> Outcome<RegionCode> {
    let above = office.parent().ok_or(Refusal::NoOfficeAbove)?;
    let found = identity::nearest_office(tx, OrgKind::PovertyOffice, &above)?.ok_or(Refusal::NoOfficeAbove)?;
    Ok(identity::organisation(tx, found)?.region_code)
}

/// Files are the own organisation's.
fn own_files(tx: &mut Tx<'_>, actor: &Actor, files: &[FileId]) -> Outcome<String> {
    let mut wrong = Vec::new();
    for (n, file) in files.iter().enumerate() {
        match documents::file(tx, &Scope::Org(actor.org_id), *file) {
            Ok(_) => {}
            Err(error) if error.code() == Code::NotFound => {
                let message = Message::new("没有这个文件", "there is no such file");
                wrong.push(FieldError::new(format!("/file_ids/{n}"), "not_found", message));
            }
            Err(error) => return Err(error),
        }
    }
    if !wrong.is_empty() {
        return Err(AppError::invalid(wrong));
    }
    serde_json::to_string(files).map_err(AppError::internal)
}
