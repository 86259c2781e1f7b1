//! Reads of declarations: lists, one with its history, the report, what waits.

mod detail;
mod report;
mod views;
mod waits;

pub use detail::detail;
pub use report::{ByPeriod, ByPlace, DonationFigures, DonationReport, DonationRow, ReportWanted, report};
pub use views::*;
pub use waits::{Waits, waiting};

use super::rules::DeclarationKind;
use super::store::{self, DeclarationRow, Seen, WantedDeclarations};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::Outcome;
use crate::kernel::ids::DeclarationId;
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::regions;
use std::collections::BTreeMap;
use waits::Desk;

/// Whose declarations the actor sees.
fn seen(read: &mut Read, actor: &Actor, today: Day) -> Outcome<Seen> {
    Ok(match &actor.scope {
        Scope::Platform => Seen::Everything,
        Scope::Region(code) => Seen::Region(*code),
        Scope::Org(org) => Seen::Organisers(*org, Vec::new()),
        Scope::UnitTree(root) => Seen::Organisers(*root, identity::subtree(read, *root, today)?),
    })
}

/// Everything of a kind.
fn all(kind: DeclarationKind) -> WantedDeclarations {
    WantedDeclarations {
        kind,
        state: None,
        waiting: false,
        region: None,
        exactly: false,
        organiser: None,
        from: None,
        to: None,
        counted_on: None,
        class: None,
    }
}

/// Declarations in scope, the latest first, with what they count by what was recorded until the day asked for.
///
/// # Errors
/// When the database fails.
pub fn declarations(
    read: &mut Read,
    actor: &Actor,
    wanted: &WantedDeclarations,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<DeclarationView>> {
    let seen = seen(read, actor, today)?;
    let rows = store::declarations(read, &seen, wanted, None, page)?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let ids: Vec<DeclarationId> = page.items.iter().map(|row| row.id).collect();
    let counted: BTreeMap<DeclarationId, Fen> =
        store::counted(read, &ids, wanted.counted_on.unwrap_or(today))?.into_iter().collect();
    let (names, desk) = (regions::names(read)?, Desk::of(read, &page.items)?);
    Ok(page.map(|row: DeclarationRow| {
        let (counted, region) = (counted.get(&row.id).copied(), names.get(&row.region_code).cloned());
        let waits_for = desk.decides(&row);
        DeclarationView::of(row, waits_for, counted, region)
    }))
}

/// A declaration that was just changed.
///
/// # Errors
/// When the database fails.
pub fn view(tx: &mut Tx<'_>, row: DeclarationRow) -> Outcome<DeclarationView> {
    let today = tx.at().day();
    let counted = store::counted(tx, &[row.id], today)?.pop().map(|(_, fen)| fen);
    let region = regions::names(tx)?.remove(&row.region_code);
    let waits_for = Desk::of(tx, [&row])?.decides(&row);
    Ok(DeclarationView::of(row, waits_for, counted, region))
}

/// Declarations whose entries are not what they should be: which, what is said, what was found.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<String>> {
    let wrong = store::wrong(read)?;
    Ok(wrong
        .iter()
        .map(|row| format!("{} {} <> {}", crate::platform::secret::hex(&row.id), row.declared, row.counted))
        .collect())
}
