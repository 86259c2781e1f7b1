//! Reminders of findings and complaints: before the last day, the day after it, and then every so many days while it is late.

use crate::certification::first_reminder;
use crate::identity;
use crate::kernel::actor::{OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use crate::supervision::store::{self, Reminder};
use std::collections::BTreeMap;

/// Rows handled in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 100;
/// Matters named in one mail.
const NAMED: usize = 20;

/// Whose deadline runs from when until when, in which region.
struct Running<'a> {
    region: &'a RegionCode,
    from: Day,
    due: Day,
}

/// When to remind next, and whether it is time now.
fn next(tx: &mut Tx<'_>, running: &Running<'_>, (on, of): Reminder) -> Outcome<(Day, bool)> {
    let today = tx.at().day();
    let on = match on.filter(|_| of == Some(running.due)) {
        Some(on) => on,
        None => first_reminder(tx, running.region, running.from, running.due)?,
    };
    if on > today {
        return Ok((on, false));
    }
    if today <= running.due {
        return Ok((running.due.plus_days(1), true));
    }
    let rules = rulebook::load(tx, running.region, today, &[RuleName::LateReminderDays])?;
    Ok((today.plus_days(rules.int(RuleName::LateReminderDays)?.max(1)), true))
}

/// What each reader is told.
#[derive(Default)]
struct Readers(BTreeMap<String, Vec<String>>);

impl Readers {
    fn add(&mut self, tx: &mut Tx<'_>, org: OrgId, role: Role, line: &str) -> Outcome<()> {
        for (_, address) in identity::recipients(tx, org, role)? {
            self.0.entry(address).or_default().push(line.to_owned());
        }
        Ok(())
    }
    fn add_office(&mut self, tx: &mut Tx<'_>, office: &RegionCode, line: &str) -> Outcome<()> {
        match identity::nearest_office(tx, OrgKind::PovertyOffice, office)? {
            Some(org) => self.add(tx, org, Role::Reviewer, line),
            None => Ok(()),
        }
    }
    fn mail(&self, tx: &mut Tx<'_>, zh: &str, en: &str) -> Outcome<()> {
        for (address, lines) in &self.0 {
            let count = lines.len();
            let named = lines[..count.min(NAMED)].join("\n");
            let text = format!("{count} 件{zh}临近或超过期限：\n{named}");
            let english = format!("{count} {en} near or past their last day; they are named above.");
            let subject = Both { zh: "监督事项期限提醒", en: "Deadlines of supervision" };
            notifications::mail(tx, address, subject, Both { zh: &text, en: &english })?;
        }
        Ok(())
    }
}

fn line(what: &str, whose: &str, due: Day, today: Day) -> String {
    let late = if due < today { "，已逾期 overdue" } else { "" };
    format!("· {what}（{whose}）期限 due {due}{late}")
}

/// Reminds owners and offices of findings, and offices of complaints; how many.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>) -> Outcome<usize> {
    Ok(remind_findings(tx)? + remind_complaints(tx)?)
}

fn remind_findings(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let (rows, mut readers) = (store::findings_to_remind(tx, today, BATCH)?, Readers::default());
    for (row, reminder) in &rows {
        let running = Running { region: &row.region_code, from: row.due_from, due: row.due_on };
        let (on, now) = next(tx, &running, *reminder)?;
        if now {
            let line = line(&row.subject_name, &row.owner_name, row.due_on, today);
            readers.add(tx, row.owner_org, Role::Seller, &line)?;
            readers.add_office(tx, &row.office, &line)?;
        }
        store::set_finding_reminder(tx, row.id, on, row.due_on)?;
    }
    readers.mail(tx, "整改", "findings are")?;
    Ok(rows.len())
}

fn remind_complaints(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let (rows, mut readers) = (store::complaints_to_remind(tx, today, BATCH)?, Readers::default());
    for (row, reminder) in &rows {
        let Some(due) = row.due_on else { continue };
        let (on, now) = next(tx, &Running { region: &row.region_code, from: row.due_from, due }, *reminder)?;
        if now {
            readers.add_office(tx, &row.office, &line(&row.subject_name, &row.supplier_name, due, today))?;
        }
        store::set_complaint_reminder(tx, row.id, on, due)?;
    }
    readers.mail(tx, "投诉", "complaints are")?;
    Ok(rows.len())
}
