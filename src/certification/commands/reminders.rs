//! Reminders of objections: before the last day to receive or decide, the day after it, and then every so many days.

use super::super::store;
use super::progress::remind_on;
use crate::identity;
use crate::kernel::actor::{OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use std::collections::BTreeMap;

/// Rows handled in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 100;
/// Objections named in one mail.
const NAMED: usize = 20;

/// Reminds who an objection was given to, or the county's reviewers, each reader by one mail; how many objections.
///
/// # Errors
/// When the database fails.
pub fn remind_objections(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let rows = store::objections_to_remind(tx, today, BATCH)?;
    let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (row, (on, of)) in &rows {
        let Some(due) = row.due_on else { continue };
        let begun = row.received_at.unwrap_or(row.filed_at).day();
        let mut on = match on.filter(|_| *of == Some(due)) {
            Some(on) => on,
            None => remind_on(tx, &row.county, begun, due)?,
        };
        if on <= today {
            let late = if due < today { "，已逾期 overdue" } else { "" };
            let name = store::notice(tx, row.notice_id)?.map(|notice| notice.product_name).unwrap_or_default();
            for address in who_handles(tx, row)? {
                readers.entry(address).or_default().push(format!("· {name} 期限 due {due}{late}"));
            }
            let rules = rulebook::load(tx, &row.county, today, &[RuleName::LateReminderDays])?;
            let every = rules.int(RuleName::LateReminderDays)?.max(1);
            on = if today <= due { due.plus_days(1) } else { today.plus_days(every) };
        }
        store::set_objection_reminder(tx, row.id, on, due)?;
    }
    for (address, lines) in &readers {
        let count = lines.len();
        let named = lines[..count.min(NAMED)].join("\n");
        let zh = format!("您有 {count} 件公示异议临近或超过办理期限：\n{named}");
        let en = format!("{count} objections of yours are near or past their deadline; they are named above.");
        let subject = Both { zh: "公示异议办理期限提醒", en: "Deadlines of objections" };
        notifications::mail(tx, address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(rows.len())
}

/// Who an objection was given to; where it was given to nobody, all reviewers of the county's office, or of the nearest above.
fn who_handles(tx: &mut Tx<'_>, row: &store::ObjectionRow) -> Outcome<Vec<String>> {
    if let Some(person) = row.assigned_to {
        return Ok(vec![identity::person(tx, person)?.1]);
    }
    let Some(office) = identity::nearest_office(tx, OrgKind::PovertyOffice, &row.county)? else {
        return Ok(Vec::new());
    };
    Ok(identity::recipients(tx, office, Role::Reviewer)?.into_iter().map(|(_, address)| address).collect())
}
