//! SQL of the rule table.

use super::rules::{RuleName, RuleRow};
use super::schema::rules;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{RuleId, UserId};
use crate::kernel::territory::Territory;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Kept, Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rules, treat_none_as_default_value = false)]
pub struct StoredRule {
    pub id: RuleId,
    pub sort_key: String,
    pub name: RuleName,
    pub region_code: Territory,
    pub level: String,
    pub fund: String,
    pub effective_from: Day,
    pub effective_to: Option<Day>,
    pub value: String,
    pub unit: String,
    pub source: String,
    pub created_at: At,
    pub created_by: Option<UserId>,
}

impl StoredRule {
    /// What decisions see of it.
    pub fn row(self) -> RuleRow {
        RuleRow {
            id: self.id,
            name: self.name,
            region: self.region_code,
            level: self.level,
            fund: self.fund,
            effective_from: self.effective_from,
            value: self.value,
        }
    }
}

/// Adds rows; those that are there already, by id or by what they are about and from when, stay as they are. How many are new.
pub fn add(tx: &mut Tx<'_>, rows: &[StoredRule]) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(rules::table).values(rows).on_conflict_do_nothing().execute(c))?)
}

/// Rows of these names in force on a day in any of the territories.
pub fn in_force(on: &mut Read, places: Vec<Territory>, day: Day, names: &[RuleName]) -> Outcome<Vec<StoredRule>> {
    let names = names.to_vec();
    Ok(each!(on, c => Kept(rules::table
        .filter(rules::name.eq_any(names)).filter(rules::region_code.eq_any(places))
        .filter(rules::effective_from.le(day)).filter(rules::effective_to.is_null().or(rules::effective_to.gt(day)))
        .select(StoredRule::as_select())).load(c))?)
}

/// Rows about the same thing: name, territory, level and fund.
pub fn alike(on: &mut Read, new: &StoredRule) -> Outcome<Vec<StoredRule>> {
    Ok(each!(on, c => rules::table
        .filter(rules::name.eq(new.name)).filter(rules::region_code.eq(new.region_code))
        .filter(rules::level.eq(&new.level)).filter(rules::fund.eq(&new.fund))
        .order(rules::sort_key).select(StoredRule::as_select()).load(c))?)
}

/// Ends a row's time.
pub fn close(tx: &mut Tx<'_>, id: RuleId, effective_to: Day) -> Outcome<()> {
    each!(tx, c => update(rules::table.find(id)).set(rules::effective_to.eq(Some(effective_to))).execute(c))?;
    Ok(())
}

/// Which rows a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub name: Option<RuleName>,
    pub places: Option<Vec<Territory>>,
    pub day: Option<Day>,
}

/// Rows in the order of their sort key.
pub fn list(on: &mut Read, wanted: &Wanted, after: Option<String>, limit: i64) -> Outcome<Vec<StoredRule>> {
    Ok(each!(on, c => {
        let mut query = rules::table.select(StoredRule::as_select()).into_boxed();
        if let Some(name) = wanted.name {
            query = query.filter(rules::name.eq(name));
        }
        if let Some(places) = &wanted.places {
            query = query.filter(rules::region_code.eq_any(places.clone()));
        }
        if let Some(day) = wanted.day {
            query = query.filter(rules::effective_from.le(day)).filter(rules::effective_to.is_null().or(rules::effective_to.gt(day)));
        }
        if let Some(after) = after {
            query = query.filter(rules::sort_key.gt(after));
        }
        query.order(rules::sort_key).limit(limit).load(c)
    })?)
}
