//! SQL of declarations and of what happened to them.

use crate::donations::rules::{DeclarationEvent, DeclarationKind, DeclarationState, OfficeLevel};
use crate::donations::schema::{donation_declarations as declarations, donation_steps as steps};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, DonationStepId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, not, select, sql, update};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

/// A declaration.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = declarations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DeclarationRow {
    pub id: DeclarationId,
    pub kind: DeclarationKind,
    pub org_id: OrgId,
    pub org_name: String,
    pub region_code: RegionCode,
    pub township: RegionCode,
    pub county: RegionCode,
    pub place: String,
    pub held_on: Day,
    pub month: String,
    pub quarter: String,
    pub year: String,
    pub title: String,
    pub document_number: String,
    pub number_key: String,
    pub amount_fen: Fen,
    pub units: i64,
    pub cadres: i64,
    pub households: i64,
    pub edition: i64,
    pub round: i64,
    pub state: DeclarationState,
    pub waits_for: Option<RegionCode>,
    pub since: At,
    pub declared_by: UserId,
    pub declared_at: At,
    pub submitted_by: Option<UserId>,
    pub submitted_at: Option<At>,
    pub verified_at: Option<At>,
    pub version: i64,
}

/// Something that happened to a declaration.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = steps, treat_none_as_default_value = false)]
pub struct StepRow {
    pub id: DonationStepId,
    pub declaration_id: DeclarationId,
    pub edition: i64,
    pub round: i64,
    pub event: DeclarationEvent,
    pub state: DeclarationState,
    pub level: Option<OfficeLevel>,
    pub org_id: OrgId,
    pub user_id: UserId,
    pub at: At,
    pub reason: Option<String>,
}

/// Whose declarations a reader sees: its own in every state, others' once they were submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Everybody's.
    Everything,
    /// Those at places of a region.
    Region(RegionCode),
    /// Those of the own organisation, and of these below it.
    Organisers(OrgId, Vec<OrgId>),
}

/// Which declarations are asked for.
#[derive(Debug, Clone)]
pub struct WantedDeclarations {
    pub kind: DeclarationKind,
    pub state: Option<DeclarationState>,
    /// Only those in which an office is to decide.
    pub waiting: bool,
    pub region: Option<RegionCode>,
    /// Only those at the region as a whole, and not below it.
    pub exactly: bool,
    pub organiser: Option<OrgId>,
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// Only those that count by what was recorded until the end of this day.
    pub counted_on: Option<Day>,
    /// Of those only what helped a household of this class.
    pub class: Option<String>,
}

pub fn insert(tx: &mut Tx<'_>, row: &DeclarationRow) -> Outcome<()> {
    each!(tx, c => insert_into(declarations::table).values(row).execute(c))?;
    Ok(())
}

/// Writes a claimed declaration.
pub fn save(tx: &mut Tx<'_>, row: &DeclarationRow) -> Outcome<()> {
    each!(tx, c => update(declarations::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a declaration of an organiser.
pub fn claim_own(
    tx: &mut Tx<'_>,
    org: OrgId,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Outcome<Option<DeclarationRow>> {
    Ok(each!(tx, c => update(declarations::table.filter(declarations::id.eq(id)).filter(declarations::kind.eq(kind))
            .filter(declarations::org_id.eq(org)))
        .set(declarations::version.eq(declarations::version + 1)).returning(DeclarationRow::as_returning()).get_result(c).optional())?)
}

/// Locks, counts up and loads a declaration that was submitted and lies in a region.
pub fn claim_in(
    tx: &mut Tx<'_>,
    region: &RegionCode,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Outcome<Option<DeclarationRow>> {
    let (from, below) = region.subtree();
    Ok(each!(tx, c => update(declarations::table.filter(declarations::id.eq(id)).filter(declarations::kind.eq(kind))
            .filter(declarations::region_code.ge(from)).filter(declarations::region_code.lt(below))
            .filter(declarations::submitted_at.is_not_null()))
        .set(declarations::version.eq(declarations::version + 1)).returning(DeclarationRow::as_returning()).get_result(c).optional())?)
}

/// Whether another declaration than this one holds a number in a county.
pub fn number_held(on: &mut Read, county: &RegionCode, key: &str, but: DeclarationId) -> Outcome<bool> {
    let holding = declarations::table
        .filter(declarations::county.eq(county))
        .filter(declarations::number_key.eq(key))
        .filter(declarations::state.eq_any(DeclarationState::HOLDING))
        .filter(declarations::id.ne(but));
    Ok(each!(on, c => select(exists(holding)).get_result(c))?)
}

/// Whether the same number is held in another county.
pub fn number_elsewhere(on: &mut Read, county: &RegionCode, key: &str) -> Outcome<bool> {
    let holding = declarations::table
        .filter(declarations::number_key.eq(key))
        .filter(declarations::county.ne(county))
        .filter(declarations::state.eq_any(DeclarationState::HOLDING));
    Ok(each!(on, c => select(exists(holding)).get_result(c))?)
}

/// What of a declaration counts by what was recorded until a day.
const COUNTS: &str =
    "donation_declarations.id IN (SELECT e.declaration_id FROM donation_entries e WHERE e.recorded_on <= ";
const STILL: &str = " GROUP BY e.declaration_id HAVING SUM(e.activities) > 0)";
const HELPS: &str = "donation_declarations.id IN (SELECT e.declaration_id FROM donation_entries e
    JOIN donation_entry_parts p ON p.entry_id = e.id WHERE p.part = 'household' AND e.recorded_on <= ";
const OF_CLASS: &str = " AND p.class = ";
const STILL_HELPS: &str = " GROUP BY e.declaration_id, p.key HAVING SUM(p.times) > 0)";

/// Declarations that a reader sees, the latest first; only the named one when an id is given.
pub fn declarations(
    on: &mut Read,
    seen: &Seen,
    wanted: &WantedDeclarations,
    only: Option<DeclarationId>,
    page: &PageRequest,
) -> Outcome<Vec<DeclarationRow>> {
    let after = page.key::<DeclarationId>()?;
    Ok(each!(on, c => {
        let mut query = declarations::table.filter(declarations::kind.eq(wanted.kind)).select(DeclarationRow::as_select()).into_boxed();
        match seen {
            Seen::Everything => query = query.filter(declarations::submitted_at.is_not_null()),
            Seen::Region(code) => {
                let (from, below) = code.subtree();
                query = query.filter(declarations::submitted_at.is_not_null()).filter(declarations::region_code.ge(from))
                    .filter(declarations::region_code.lt(below));
            }
            Seen::Organisers(own, others) => {
                let theirs = declarations::org_id.eq_any(others).and(declarations::submitted_at.is_not_null());
                query = query.filter(declarations::org_id.eq(*own).or(theirs));
            }
        }
        if let Some(id) = only {
            query = query.filter(declarations::id.eq(id));
        }
        if let Some(state) = wanted.state {
            query = query.filter(declarations::state.eq(state));
        }
        if wanted.waiting {
            query = query.filter(declarations::waits_for.is_not_null());
        }
        match wanted.region {
            Some(region) if wanted.exactly => query = query.filter(declarations::region_code.eq(region)),
            Some(region) => {
                let (from, below) = region.subtree();
                query = query.filter(declarations::region_code.ge(from)).filter(declarations::region_code.lt(below));
            }
            None => {}
        }
        if let Some(organiser) = wanted.organiser {
            query = query.filter(declarations::org_id.eq(organiser));
        }
        if let Some(from) = wanted.from {
            query = query.filter(declarations::held_on.ge(from));
        }
        if let Some(to) = wanted.to {
            query = query.filter(declarations::held_on.le(to));
        }
        if let Some(day) = wanted.counted_on {
            query = query.filter(sql::<Bool>(COUNTS).bind::<Text, _>(day).sql(STILL));
            if let Some(class) = &wanted.class {
                query = query.filter(sql::<Bool>(HELPS).bind::<Text, _>(day).sql(OF_CLASS).bind::<Text, _>(class).sql(STILL_HELPS));
            }
        }
        if let Some(after) = after {
            query = query.filter(declarations::id.lt(after));
        }
        query.order(declarations::id.desc()).limit(page.fetch()).load(c)
    })?)
}

pub fn insert_step(tx: &mut Tx<'_>, row: &StepRow) -> Outcome<()> {
    each!(tx, c => insert_into(steps::table).values(row).execute(c))?;
    Ok(())
}

/// What happened to a declaration, oldest first.
pub fn steps(on: &mut Read, id: DeclarationId) -> Outcome<Vec<StepRow>> {
    Ok(
        each!(on, c => steps::table.filter(steps::declaration_id.eq(id)).order(steps::id).select(StepRow::as_select()).load(c))?,
    )
}

/// Where a list of what waits goes on.
#[derive(Debug, Clone, Copy)]
pub struct WaitingSince {
    pub since: At,
    pub after: Option<DeclarationId>,
    /// Whether those of that very moment come again.
    pub inclusive: bool,
}

/// What of a query waits from there on, the longest waiting first.
macro_rules! longest_waiting {
    ($query:expr, $from:expr) => {{
        let since = $from.since;
        let query = match ($from.after, $from.inclusive) {
            (Some(after), _) => $query.filter(
                declarations::since.gt(since).or(declarations::since.eq(since).and(declarations::id.gt(after))),
            ),
            (None, true) => $query.filter(declarations::since.ge(since)),
            (None, false) => $query.filter(declarations::since.gt(since)),
        };
        query.order((declarations::since, declarations::id))
    }};
}

/// The offices of a region and below for which something waits.
pub fn waited_for(on: &mut Read, region: &RegionCode) -> Outcome<Vec<RegionCode>> {
    let (from, below) = region.subtree();
    let found: Vec<Option<RegionCode>> = each!(on, c => declarations::table
        .filter(declarations::waits_for.ge(from)).filter(declarations::waits_for.lt(below))
        .select(declarations::waits_for).distinct().load(c))?;
    Ok(found.into_iter().flatten().collect())
}

/// Declarations of a region that waited for one of these offices when the last one decided, but for those about which this person
/// decided, the longest waiting first.
pub fn waiting_for(
    on: &mut Read,
    (region, offices): (&RegionCode, &[RegionCode]),
    person: UserId,
    from: &WaitingSince,
    most: i64,
) -> Outcome<Vec<DeclarationRow>> {
    let decided = steps::table
        .filter(steps::declaration_id.eq(declarations::id))
        .filter(steps::round.eq(declarations::round))
        .filter(steps::user_id.eq(person));
    let (lower, upper) = region.subtree();
    Ok(each!(on, c => {
        let query = declarations::table.filter(declarations::waits_for.eq_any(offices))
            .filter(declarations::region_code.ge(lower)).filter(declarations::region_code.lt(upper))
            .filter(not(exists(decided))).select(DeclarationRow::as_select()).into_boxed();
        longest_waiting!(query, from).limit(most).load(c)
    })?)
}

/// Declarations of an organiser that an office returned, the longest waiting first.
pub fn returned_to(on: &mut Read, org: OrgId, from: &WaitingSince, most: i64) -> Outcome<Vec<DeclarationRow>> {
    Ok(each!(on, c => {
        let query = declarations::table.filter(declarations::org_id.eq(org)).filter(declarations::state.eq(DeclarationState::Returned))
            .select(DeclarationRow::as_select()).into_boxed();
        longest_waiting!(query, from).limit(most).load(c)
    })?)
}
