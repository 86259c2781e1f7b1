//! SQL of the dictionary.

use super::rules::{Term, TermKind};
use super::schema::classification_terms as terms;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ClassificationTermId, UserId};
use crate::kernel::territory::Territory;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored word.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = terms, treat_none_as_default_value = false)]
pub struct TermRow {
    pub id: ClassificationTermId,
    pub kind: TermKind,
    pub code: String,
    pub rolls_up_to: Option<String>,
    pub region_code: Territory,
    pub name_zh: String,
    pub name_en: String,
    pub effective_from: Day,
    pub effective_to: Option<Day>,
    pub source: String,
    pub created_at: At,
    pub created_by: UserId,
}

impl TermRow {
    /// What decisions see of it.
    pub fn term(&self) -> Term {
        Term {
            kind: self.kind,
            code: self.code.clone(),
            rolls_up_to: self.rolls_up_to.clone(),
            region: self.region_code,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
        }
    }
}

/// Adds a word; whether it is new.
pub fn insert(tx: &mut Tx<'_>, row: &TermRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(terms::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}

/// A word.
pub fn find(on: &mut Read, id: ClassificationTermId) -> Outcome<Option<TermRow>> {
    Ok(each!(on, c => terms::table.find(id).select(TermRow::as_select()).first(c).optional())?)
}

/// Ends a word that holds longer so far; whether it did.
pub fn end(tx: &mut Tx<'_>, id: ClassificationTermId, effective_to: Day) -> Outcome<bool> {
    let ended = each!(tx, c => update(terms::table.find(id).filter(terms::effective_to.is_null().or(terms::effective_to.gt(effective_to))))
        .set(terms::effective_to.eq(Some(effective_to))).execute(c))?;
    Ok(ended == 1)
}

/// All words of this kind and code, wherever and whenever they hold.
pub fn alike(on: &mut Read, kind: TermKind, code: &str) -> Outcome<Vec<TermRow>> {
    Ok(each!(on, c => terms::table.filter(terms::kind.eq(kind)).filter(terms::code.eq(code)).order(terms::id)
        .select(TermRow::as_select()).load(c))?)
}

/// All words of a kind.
pub fn of_kind(on: &mut Read, kind: TermKind) -> Outcome<Vec<TermRow>> {
    Ok(each!(on, c => terms::table.filter(terms::kind.eq(kind)).order(terms::id).select(TermRow::as_select()).load(c))?)
}

/// Words that hold in any of the territories on a day.
pub fn in_force(on: &mut Read, places: Vec<Territory>, day: Day) -> Outcome<Vec<TermRow>> {
    Ok(each!(on, c => terms::table.filter(terms::region_code.eq_any(places)).filter(terms::effective_from.le(day))
        .filter(terms::effective_to.is_null().or(terms::effective_to.gt(day))).order(terms::id)
        .select(TermRow::as_select()).load(c))?)
}

/// Which words a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: Option<TermKind>,
    pub places: Option<Vec<Territory>>,
    pub day: Option<Day>,
}

/// Words in the order of their ids.
pub fn list(on: &mut Read, wanted: &Wanted, after: Option<ClassificationTermId>, limit: i64) -> Outcome<Vec<TermRow>> {
    Ok(each!(on, c => {
        let mut query = terms::table.select(TermRow::as_select()).into_boxed();
        if let Some(kind) = wanted.kind {
            query = query.filter(terms::kind.eq(kind));
        }
        if let Some(places) = wanted.places.clone() {
            query = query.filter(terms::region_code.eq_any(places));
        }
        if let Some(day) = wanted.day {
            query = query.filter(terms::effective_from.le(day)).filter(terms::effective_to.is_null().or(terms::effective_to.gt(day)));
        }
        if let Some(after) = after {
            query = query.filter(terms::id.gt(after));
        }
        query.order(terms::id).limit(limit).load(c)
    })?)
}
