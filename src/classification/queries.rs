//! Reading the dictionary.

use super::rules::{Term, TermKind};
use super::store::{self, TermRow, Wanted};
use crate::kernel::error::Outcome;
use crate::kernel::ids::ClassificationTermId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// A word of the dictionary.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TermView {
    /// Its id.
    pub id: ClassificationTermId,
    /// What it says.
    pub kind: TermKind,
    /// How it is written in requests and reports.
    pub code: String,
    /// The national mode or channel that it is part of.
    pub rolls_up_to: Option<String>,
    /// Where it holds.
    pub region_code: Territory,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// The first day.
    pub effective_from: Day,
    /// The first day on which it no longer holds.
    pub effective_to: Option<Day>,
    /// Where it is laid down.
    pub source: String,
}

impl From<TermRow> for TermView {
    fn from(row: TermRow) -> TermView {
        TermView {
            id: row.id,
            kind: row.kind,
            code: row.code,
            rolls_up_to: row.rolls_up_to,
            region_code: row.region_code,
            name_zh: row.name_zh,
            name_en: row.name_en,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            source: row.source,
        }
    }
}

/// The words that orders of units of a region may carry on a day: the nation's, those of the regions above and its own.
///
/// # Errors
/// When the database fails.
pub fn terms_for(read: &mut Read, region: &RegionCode, day: Day) -> Outcome<Vec<Term>> {
    Ok(store::in_force(read, Territory::chain(region), day)?.iter().map(TermRow::term).collect())
}

/// Every place that was ever under supervision, with its name.
///
/// # Errors
/// When the database fails.
pub fn supervised_places(read: &mut Read) -> Outcome<Vec<(Term, String)>> {
    let rows = store::of_kind(read, TermKind::SupervisedPlace)?;
    Ok(rows.into_iter().map(|row| (row.term(), row.name_zh)).collect())
}

/// Every tag that the dictionary ever had, with its latest Chinese name.
///
/// # Errors
/// When the database fails.
pub fn tag_names(read: &mut Read) -> Outcome<Vec<(String, String)>> {
    term_names(read, TermKind::Tag)
}

/// Every word of a kind that the dictionary ever had, with its Chinese names; the latest comes last.
///
/// # Errors
/// When the database fails.
pub fn term_names(read: &mut Read, kind: TermKind) -> Outcome<Vec<(String, String)>> {
    Ok(store::of_kind(read, kind)?.into_iter().map(|row| (row.code, row.name_zh)).collect())
}

/// A page of the dictionary.
///
/// # Errors
/// `invalid_parameter` for a cursor of another list; when the database fails.
pub fn page(
    read: &mut Read,
    (kind, region, day): (Option<TermKind>, Option<Territory>, Option<Day>),
    page: &PageRequest,
) -> Outcome<Page<TermView>> {
    let wanted = Wanted { kind, places: region.map(|place| place.above()), day };
    let rows = store::list(read, &wanted, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(TermView::from))
}
