//! SQL of acceptances that wait for a second person, and of the photos of acceptances.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, FileId, OrderId, RuleId, UserId};
use crate::kernel::time::At;
use crate::ordering::rules::second::SecondState;
use crate::ordering::schema::acceptances;
use crate::ordering::schema::delivery::{acceptance_photos as photos, acceptance_proposals as proposals};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An acceptance that a second person has to confirm, under the id that it will have.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = proposals, treat_none_as_default_value = false)]
pub struct ProposalRow {
    pub id: AcceptanceId,
    pub order_id: OrderId,
    pub content: String,
    pub proposed_by: UserId,
    pub second_by: UserId,
    pub proposed_at: At,
    pub rule_id: RuleId,
    pub state: SecondState,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<At>,
    pub reason: Option<String>,
}

/// A photo of a line, or of the whole delivery (line 0).
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = photos, treat_none_as_default_value = false)]
pub struct PhotoRow {
    pub acceptance_id: AcceptanceId,
    pub line_no: i64,
    pub file_id: FileId,
}

/// Records what waits for its second person.
pub fn insert(tx: &mut Tx<'_>, row: &ProposalRow) -> Outcome<()> {
    each!(tx, c => insert_into(proposals::table).values(row).execute(c))?;
    Ok(())
}

/// One of an order's.
pub fn find(on: &mut Read, order: OrderId, id: AcceptanceId) -> Outcome<Option<ProposalRow>> {
    Ok(each!(on, c => proposals::table.find(id).filter(proposals::order_id.eq(order)).select(ProposalRow::as_select())
        .first(c).optional())?)
}

/// What of an order waits for its second person.
pub fn open_of(on: &mut Read, order: OrderId) -> Outcome<Option<ProposalRow>> {
    Ok(
        each!(on, c => proposals::table.filter(proposals::order_id.eq(order)).filter(proposals::state.eq(SecondState::Open))
        .select(ProposalRow::as_select()).first(c).optional())?,
    )
}

/// Writes the answer; whether it waited for one.
pub fn decide(tx: &mut Tx<'_>, row: &ProposalRow) -> Outcome<bool> {
    let decided = each!(tx, c => update(proposals::table.find(row.id).filter(proposals::state.eq(SecondState::Open)))
        .set((proposals::state.eq(row.state), proposals::decided_by.eq(row.decided_by),
            proposals::decided_at.eq(row.decided_at), proposals::reason.eq(&row.reason))).execute(c))?;
    Ok(decided == 1)
}

/// Records photos.
pub fn insert_photos(tx: &mut Tx<'_>, rows: &[PhotoRow]) -> Outcome<()> {
    if !rows.is_empty() {
        each!(tx, c => insert_into(photos::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The photos of an order's acceptances.
pub fn photos_of(on: &mut Read, order: OrderId) -> Outcome<Vec<PhotoRow>> {
    Ok(each!(on, c => photos::table.inner_join(acceptances::table).filter(acceptances::order_id.eq(order))
        .order((photos::acceptance_id, photos::line_no, photos::file_id)).select(PhotoRow::as_select()).load(c))?)
}
