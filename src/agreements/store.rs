//! SQL of framework agreements; decides nothing.

pub mod standing;

use super::rules::framework::{AgreementCoverage, AgreementState, RevisionState};
use super::schema::{agreement_revisions as revisions, agreement_units as units, agreements};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AgreementId, FileId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An agreement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = agreements, treat_none_as_default_value = false)]
pub struct AgreementRow {
    pub id: AgreementId,
    pub number: String,
    pub holder_id: OrgId,
    pub holder_region: RegionCode,
    pub supplier_id: OrgId,
    pub coverage: AgreementCoverage,
    pub state: AgreementState,
    pub revision: i64,
    pub term_from: Day,
    pub term_until: Day,
    pub ends_on: Option<Day>,
    pub end_reason: Option<String>,
    pub ended_by: Option<UserId>,
    pub ended_org: Option<OrgId>,
    pub proposed_at: At,
    pub version: i64,
}

/// What was proposed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct RevisionRow {
    pub agreement_id: AgreementId,
    pub revision: i64,
    pub state: RevisionState,
    pub terms: String,
    pub document_number: String,
    pub file_id: Option<FileId>,
    pub reason: String,
    pub proposed_by: UserId,
    pub proposed_org: OrgId,
    pub proposed_at: At,
    pub answered_by: Option<UserId>,
    pub answered_org: Option<OrgId>,
    pub answered_at: Option<At>,
    pub answer_reason: Option<String>,
}

/// Enters an agreement with the units that may call off and its first revision.
pub fn insert(tx: &mut Tx<'_>, row: &AgreementRow, named: &[OrgId], first: &RevisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(agreements::table).values(row).execute(c))?;
    for unit in named {
        let pair = (units::agreement_id.eq(row.id), units::unit_id.eq(*unit));
        each!(tx, c => insert_into(units::table).values(pair).on_conflict_do_nothing().execute(c))?;
    }
    insert_revision(tx, first)
}

/// Enters a revision.
pub fn insert_revision(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(revisions::table).values(row).execute(c))?;
    Ok(())
}

/// Locks an agreement, counts its change and loads it. Whoever calls off, amends or ends waits here for the one before.
pub fn claim(tx: &mut Tx<'_>, id: AgreementId) -> Outcome<Option<AgreementRow>> {
    Ok(each!(tx, c => update(agreements::table.find(id)).set(agreements::version.eq(agreements::version + 1))
        .returning(AgreementRow::as_returning()).get_result(c).optional())?)
}

/// Stores where a claimed agreement stands.
pub fn save(tx: &mut Tx<'_>, row: &AgreementRow) -> Outcome<()> {
    let changes = (
        agreements::state.eq(row.state),
        agreements::revision.eq(row.revision),
        agreements::term_from.eq(row.term_from),
        agreements::term_until.eq(row.term_until),
        agreements::ends_on.eq(row.ends_on),
        agreements::end_reason.eq(row.end_reason.clone()),
        agreements::ended_by.eq(row.ended_by),
        agreements::ended_org.eq(row.ended_org),
    );
    each!(tx, c => update(agreements::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// Stores the answer to a revision of a claimed agreement.
pub fn answer(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    let changes = (
        revisions::state.eq(row.state),
        revisions::answered_by.eq(row.answered_by),
        revisions::answered_org.eq(row.answered_org),
        revisions::answered_at.eq(row.answered_at),
        revisions::answer_reason.eq(row.answer_reason.clone()),
    );
    each!(tx, c => update(revisions::table.find((row.agreement_id, row.revision))).set(changes).execute(c))?;
    Ok(())
}

/// The revision in force makes room for the next one.
pub fn supersede(tx: &mut Tx<'_>, id: AgreementId) -> Outcome<()> {
    let held =
        revisions::table.filter(revisions::agreement_id.eq(id)).filter(revisions::state.eq(RevisionState::InForce));
    each!(tx, c => update(held).set(revisions::state.eq(RevisionState::Superseded)).execute(c))?;
    Ok(())
}

/// An agreement, whoever asks: the caller checks the scope.
pub fn agreement(on: &mut Read, id: AgreementId) -> Outcome<Option<AgreementRow>> {
    Ok(each!(on, c => agreements::table.find(id).select(AgreementRow::as_select()).first(c).optional())?)
}

/// Everything that was proposed, in order.
pub fn revisions_of(on: &mut Read, id: AgreementId) -> Outcome<Vec<RevisionRow>> {
    Ok(each!(on, c => revisions::table.filter(revisions::agreement_id.eq(id)).order(revisions::revision)
        .select(RevisionRow::as_select()).load(c))?)
}

/// The units that are named.
pub fn units_of(on: &mut Read, id: AgreementId) -> Outcome<Vec<OrgId>> {
    Ok(
        each!(on, c => units::table.filter(units::agreement_id.eq(id)).order(units::unit_id).select(units::unit_id).load(c))?,
    )
}

/// Whose agreements a list shows.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Everybody's.
    Everything,
    /// Those of holders in a region.
    Region((String, String)),
    /// Those of one side, of either of these organisations; and those in force that a unit among them may call off: as it is named,
    /// or as it stands below these holders.
    Parties {
        /// The organisation, or the units of a tree.
        sides: Vec<OrgId>,
        /// Units for which it calls off, as a contractor or a union.
        served: Vec<OrgId>,
        /// Units above all of these.
        above: Vec<OrgId>,
    },
}

/// Which agreements a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgreementsWanted {
    /// Standing so today.
    pub state: Option<AgreementState>,
    /// With this supplier.
    pub supplier: Option<OrgId>,
    /// Held by this organisation.
    pub holder: Option<OrgId>,
}

/// Agreements within reach, newest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    wanted: &AgreementsWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Vec<AgreementRow>> {
    let after = page.key::<AgreementId>()?;
    Ok(each!(on, c => {
        let mut query = agreements::table.select(AgreementRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::Region((from, to)) => {
                query = query.filter(agreements::holder_region.ge(from)).filter(agreements::holder_region.lt(to));
            }
            Reach::Parties { sides, served, above } => {
                let named = units::table.filter(units::unit_id.eq_any(sides).or(units::unit_id.eq_any(served)))
                    .select(units::agreement_id);
                let covered = agreements::id.eq_any(named).or(agreements::holder_id.eq_any(served))
                    .or(agreements::coverage.eq(AgreementCoverage::Below).and(agreements::holder_id.eq_any(above)));
                query = query.filter(agreements::holder_id.eq_any(sides).or(agreements::supplier_id.eq_any(sides))
                    .or(agreements::state.eq(AgreementState::InForce).and(covered)));
            }
        }
        if let Some(state) = wanted.state {
            let over = agreements::ends_on.lt(today).and(agreements::ends_on.le(agreements::term_until.nullable()));
            query = match state {
                AgreementState::Ended => query.filter(agreements::state.eq(AgreementState::InForce)).filter(over),
                AgreementState::Expired => query
                    .filter(agreements::state.eq_any([AgreementState::InForce, AgreementState::Proposed]))
                    .filter(agreements::term_until.lt(today))
                    .filter(agreements::ends_on.is_null().or(agreements::ends_on.gt(agreements::term_until.nullable()))),
                AgreementState::InForce => query.filter(agreements::state.eq(state)).filter(agreements::term_until.ge(today))
                    .filter(agreements::ends_on.is_null().or(agreements::ends_on.ge(today))),
                AgreementState::Proposed => query.filter(agreements::state.eq(state)).filter(agreements::term_until.ge(today)),
                other => query.filter(agreements::state.eq(other)),
            };
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(agreements::supplier_id.eq(supplier));
        }
        if let Some(holder) = wanted.holder {
            query = query.filter(agreements::holder_id.eq(holder));
        }
        if let Some(id) = after {
            query = query.filter(agreements::id.lt(id));
        }
        query.order(agreements::id.desc()).limit(page.fetch()).load(c)
    })?)
}
