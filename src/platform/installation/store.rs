//! SQL of the installation's facts.

use super::schema::installation;
use crate::each;
use crate::kernel::error::Outcome;
use crate::platform::db::Tx;
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// The value under a name; the first to ask sets it.
pub fn first_or_kept(tx: &mut Tx<'_>, name: &str, value: &str) -> Outcome<String> {
    each!(tx, c => insert_into(installation::table)
        .values((installation::name.eq(name), installation::value.eq(value)))
        .on_conflict_do_nothing().execute(c))?;
    Ok(each!(tx, c => installation::table.find(name).select(installation::value).first(c))?)
}
