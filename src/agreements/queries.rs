//! Reading framework agreements: both sides see everything, a unit that may call off what is its own.

pub mod standing;

use super::commands::amend::used_by_line;
use super::commands::call_off::covers;
use super::commands::terms_of;
use super::rules::framework::{AgreementCoverage, AgreementState, FrameworkLine, RevisionState, Used, left, standing};
use super::rules::term::TermCalendar;
use super::store::{self, AgreementRow, AgreementsWanted, Reach, RevisionRow};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Scope};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{AgreementId, FileId, ListingId, OrderId, OrderLineId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::{self, CalledFrom, CalledOff, OrderState};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An agreement without its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementSummary {
    /// The agreement.
    pub id: AgreementId,
    /// Its document's number.
    pub number: String,
    /// Who holds it.
    pub holder_id: OrgId,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Who may call off.
    pub coverage: AgreementCoverage,
    /// Where it stands today.
    pub state: AgreementState,
    /// The revision in force; 0 before the first one is accepted.
    pub revision: i64,
    /// The first day on which goods may come.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// Where notice was given: the last day.
    pub ends_on: Option<Day>,
    /// Why it was ended.
    pub end_reason: Option<String>,
    /// Who ended it.
    pub ended_org: Option<OrgId>,
    /// When it was proposed.
    pub proposed_at: At,
}

impl AgreementSummary {
    pub(super) fn new(row: &AgreementRow, today: Day) -> AgreementSummary {
        AgreementSummary {
            id: row.id,
            number: row.number.clone(),
            holder_id: row.holder_id,
            supplier_id: row.supplier_id,
            coverage: row.coverage,
            state: standing(row.state, row.term_until, row.ends_on, today),
            revision: row.revision,
            from: row.term_from,
            until: row.term_until,
            ends_on: row.ends_on,
            end_reason: row.end_reason.clone(),
            ended_org: row.ended_org,
            proposed_at: row.proposed_at,
        }
    }
}

/// An agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementView {
    /// The agreement.
    #[serde(flatten)]
    pub agreement: AgreementSummary,
    /// The units that are named; of a unit that may call off, only itself.
    pub unit_ids: Vec<OrgId>,
    /// On which days goods come.
    pub calendar: TermCalendarView,
    /// How many days before its end notice is given.
    pub notice_days: i64,
    /// How it is delivered.
    pub delivery_terms: Option<String>,
    /// What is agreed on, as it is in force, else as it was proposed first.
    pub lines: Vec<AgreementLineView>,
    /// Everything that was proposed, oldest first; none for a unit that may call off.
    pub revisions: Vec<AgreementRevisionView>,
}

/// On which days of the term goods come; nothing named: on every day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermCalendarView {
    /// Weekdays, 1 Monday to 7 Sunday.
    pub weekdays: Vec<i64>,
    /// Months, 1 to 12.
    pub months: Vec<i64>,
    /// Days on which nothing comes.
    pub excluded: Vec<super::rules::term::ExcludedDays>,
}

impl From<TermCalendar> for TermCalendarView {
    fn from(of: TermCalendar) -> TermCalendarView {
        TermCalendarView { weekdays: of.weekdays, months: of.months, excluded: of.excluded }
    }
}

/// A line of an agreement.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementLineView {
    /// Its number.
    pub line_no: i64,
    /// The listing.
    pub listing_id: ListingId,
    /// What is sold.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// The agreed price of a unit.
    pub unit_price_fen: Fen,
    /// How much may be called off in all.
    pub quantity: Quantity,
    /// How much each unit may call off at most.
    pub unit_quantity: Option<Quantity>,
    /// How much is used, in all, or for a unit that may call off by itself.
    pub used: Quantity,
    /// How much may still be called off, in all, or by that unit.
    pub left: Quantity,
    /// By unit.
    pub units: Vec<AgreementUseView>,
}

/// What a unit uses of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementUseView {
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// How much it uses.
    pub used: Quantity,
    /// How much it may still call off.
    pub left: Quantity,
}

/// What was proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementRevisionView {
    /// Its number.
    pub revision: i64,
    /// What became of it.
    pub state: RevisionState,
    /// The first day on which goods may come.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// On which days.
    pub calendar: TermCalendarView,
    /// How it is delivered.
    pub delivery_terms: Option<String>,
    /// Lines.
    pub lines: Vec<AgreementTermView>,
    /// The number of its document.
    pub document_number: String,
    /// The document.
    pub file_id: Option<FileId>,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// For which side.
    pub proposed_org: OrgId,
    /// When.
    pub proposed_at: At,
    /// Who answered it, or took it back.
    pub answered_by: Option<UserId>,
    /// For which side.
    pub answered_org: Option<OrgId>,
    /// When.
    pub answered_at: Option<At>,
    /// Why.
    pub answer_reason: Option<String>,
}

/// A line as it was proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementTermView {
    /// Its number.
    pub line_no: i64,
    /// The price of a unit.
    pub unit_price_fen: Fen,
    /// How much in all.
    pub quantity: Quantity,
    /// How much each unit at most.
    pub unit_quantity: Option<Quantity>,
}

/// A line that was called off.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallOffView {
    /// The order.
    pub order_id: OrderId,
    /// Its state.
    pub state: OrderState,
    /// When it was placed.
    pub placed_at: At,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// The agreement's line.
    pub line_no: i64,
    /// What was ordered.
    pub quantity: Quantity,
    /// What it uses of the agreement: nothing once the order ended without goods, else what was accepted or may still be.
    pub used: Quantity,
    /// The price at which it was called off.
    pub unit_price_fen: Fen,
}

/// What of an agreement an actor sees.
enum Sight {
    /// Everything.
    Whole,
    /// What is these units'.
    Own(Vec<OrgId>),
}

/// For whom an actor asks.
struct Asking {
    /// Itself, or a supervising unit's subtree: as one of the two sides.
    sides: Vec<OrgId>,
    /// The units for which a contractor or a union calls off: as units, and no more.
    served: Vec<OrgId>,
}

impl Asking {
    fn units(&self) -> Vec<OrgId> {
        [self.sides.as_slice(), self.served.as_slice()].concat()
    }
}

/// For whom an actor asks; nobody where its scope is more than organisations.
fn asking(read: &mut Read, actor: &Actor, today: Day) -> Outcome<Asking> {
    let (sides, served) = match &actor.scope {
        Scope::UnitTree(root) => (identity::subtree(read, *root, today)?, Vec::new()),
        Scope::Org(org) => {
            let served = match actor.kind {
                OrgKind::Contractor => identity::units_served(read, *org, today)?,
                OrgKind::Union => identity::units_of_union(read, *org, today)?,
                _ => Vec::new(),
            };
            (vec![*org], served)
        }
        Scope::Platform | Scope::Region(_) => (Vec::new(), Vec::new()),
    };
    Ok(Asking { sides, served })
}

/// Of which orders an actor may know: the supplier of none that it was not told of.
fn known_states(actor: &Actor, row: &AgreementRow) -> Vec<OrderState> {
    let supplies = actor.org_id == row.supplier_id;
    OrderState::ALL.iter().copied().filter(|state| !supplies || state.told()).collect()
}

fn sight(read: &mut Read, actor: &Actor, row: &AgreementRow, today: Day) -> Outcome<Sight> {
    let asking = asking(read, actor, today)?;
    let whole = match &actor.scope {
        Scope::Platform => true,
        Scope::Region(code) => code.contains(&row.holder_region),
        _ => asking.sides.contains(&row.holder_id) || asking.sides.contains(&row.supplier_id),
    };
    if whole {
        return Ok(Sight::Whole);
    }
    let own = asking.units();
    if row.state == AgreementState::InForce && !own.is_empty() {
        let of = CalledFrom { units: Some(own.clone()), ..CalledFrom::all(row.id) };
        let mut units: Vec<OrgId> = ordering::called_off(read, &of)?.iter().map(|called| called.unit_id).collect();
        for unit in own {
            if covers(read, row, unit, today)? {
                units.push(unit);
            }
        }
        units.sort_unstable();
        units.dedup();
        if !units.is_empty() {
            return Ok(Sight::Own(units));
        }
    }
    Err(Code::NotFound.into())
}

/// An agreement in scope, and its version.
///
/// # Errors
/// `not_found`.
pub fn agreement(read: &mut Read, actor: &Actor, id: AgreementId, today: Day) -> Outcome<(AgreementView, i64)> {
    let row = store::agreement(read, id)?.ok_or(Code::NotFound)?;
    let sight = sight(read, actor, &row, today)?;
    let revisions = store::revisions_of(read, id)?;
    let held = revisions.iter().find(|revision| revision.state == RevisionState::InForce).or(revisions.first());
    let terms = terms_of(held.ok_or(Code::NotFound)?)?;
    let mut states = known_states(actor, &row);
    states.retain(|state| state.stands());
    let used = used_by_line(read, CalledFrom { states: Some(states), ..CalledFrom::all(id) })?;
    let mut unit_ids = store::units_of(read, id)?;
    if let Sight::Own(units) = &sight {
        unit_ids.retain(|unit| units.contains(unit));
    }
    let none = BTreeMap::new();
    let lines = terms.lines.iter().map(|line| seen(line, used.get(&line.line_no).unwrap_or(&none), &sight));
    let lines = lines.collect();
    let shown = match &sight {
        Sight::Whole => revisions.iter().map(revision).collect::<Outcome<_>>()?,
        Sight::Own(_) => Vec::new(),
    };
    let view = AgreementView {
        agreement: AgreementSummary::new(&row, today),
        unit_ids,
        calendar: terms.calendar.into(),
        notice_days: terms.notice_days,
        delivery_terms: terms.delivery_terms,
        lines,
        revisions: shown,
    };
    Ok((view, row.version))
}

fn seen(line: &FrameworkLine, used: &BTreeMap<OrgId, i64>, sight: &Sight) -> AgreementLineView {
    let whole: i64 = used.values().sum();
    let of = |unit: &OrgId| Used { whole, unit: used.get(unit).copied().unwrap_or_default() };
    let shown: Vec<OrgId> = match sight {
        Sight::Whole => used.keys().copied().collect(),
        Sight::Own(units) => units.clone(),
    };
    let units: Vec<AgreementUseView> = shown
        .iter()
        .map(|unit| AgreementUseView {
            unit_id: *unit,
            used: Quantity::from_milli(of(unit).unit),
            left: left(line, of(unit)),
        })
        .collect();
    let (used, left) = match sight {
        Sight::Whole => {
            let free = FrameworkLine { unit_quantity: None, ..line.clone() };
            (whole, left(&free, Used { whole, unit: 0 }))
        }
        Sight::Own(_) => {
            let most = units.iter().map(|unit| unit.left).max().unwrap_or_default();
            (units.iter().map(|unit| unit.used.milli()).sum(), most)
        }
    };
    AgreementLineView {
        line_no: line.line_no,
        listing_id: line.listing_id,
        name: line.name.clone(),
        unit: line.unit.clone(),
        unit_price_fen: line.unit_price_fen,
        quantity: line.quantity,
        unit_quantity: line.unit_quantity,
        used: Quantity::from_milli(used),
        left,
        units,
    }
}

fn revision(row: &RevisionRow) -> Outcome<AgreementRevisionView> {
    let terms = terms_of(row)?;
    let line = |line: &FrameworkLine| AgreementTermView {
        line_no: line.line_no,
        unit_price_fen: line.unit_price_fen,
        quantity: line.quantity,
        unit_quantity: line.unit_quantity,
    };
    Ok(AgreementRevisionView {
        revision: row.revision,
        state: row.state,
        from: terms.from,
        until: terms.until,
        lines: terms.lines.iter().map(line).collect(),
        calendar: terms.calendar.into(),
        delivery_terms: terms.delivery_terms,
        document_number: row.document_number.clone(),
        file_id: row.file_id,
        reason: row.reason.clone(),
        proposed_by: row.proposed_by,
        proposed_org: row.proposed_org,
        proposed_at: row.proposed_at,
        answered_by: row.answered_by,
        answered_org: row.answered_org,
        answered_at: row.answered_at,
        answer_reason: row.answer_reason.clone(),
    })
}

/// Agreements in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn agreements(
    read: &mut Read,
    actor: &Actor,
    wanted: &AgreementsWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<AgreementSummary>> {
    let reach = match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(code) => Reach::Region(code.subtree()),
        Scope::Org(_) | Scope::UnitTree(_) => {
            let Asking { sides, served } = asking(read, actor, today)?;
            let mut above = Vec::new();
            let roots = match actor.scope {
                Scope::UnitTree(root) => vec![root],
                _ => [sides.as_slice(), served.as_slice()].concat(),
            };
            for unit in roots {
                above.extend(identity::ancestors(read, unit, today)?);
            }
            Reach::Parties { sides, served, above }
        }
    };
    let rows = store::list(read, &reach, wanted, today, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(|row| AgreementSummary::new(&row, today)))
}

/// What was called off, oldest first: all of it for both sides (the supplier does not know of what waits for approvals, or was
/// never approved), of a unit its own.
///
/// # Errors
/// `not_found`.
pub fn call_offs(
    read: &mut Read,
    actor: &Actor,
    id: AgreementId,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<CallOffView>> {
    let row = store::agreement(read, id)?.ok_or(Code::NotFound)?;
    let units = match sight(read, actor, &row, today)? {
        Sight::Whole => None,
        Sight::Own(units) => Some(units),
    };
    let (after, most) = (page.key::<OrderLineId>()?, Some(page.fetch()));
    let states = Some(known_states(actor, &row));
    let rows = ordering::called_off(read, &CalledFrom { units, states, after, most, ..CalledFrom::all(id) })?;
    let view = |called: CalledOff| CallOffView {
        order_id: called.order_id,
        state: called.state,
        placed_at: called.placed_at,
        unit_id: called.unit_id,
        line_no: called.line_no,
        quantity: called.quantity,
        used: called.used,
        unit_price_fen: called.unit_price_fen,
    };
    Ok(Page::cut(rows, page, |called| vec![called.line_id.to_string()]).map(view))
}

/// Lines of agreements of which more is used than was agreed on: agreement, line, used and agreed quantity, for `yigou verify`.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<(AgreementId, i64, Quantity, Quantity)>> {
    let (mut wrong, mut page) = (Vec::new(), PageRequest::first(200));
    loop {
        let rows = store::list(read, &Reach::Everything, &AgreementsWanted::default(), Day::ymd(2000, 1, 1), &page)?;
        let rows = Page::cut(rows, &page, |row| vec![row.id.to_string()]);
        for row in rows.items.iter().filter(|row| row.state == AgreementState::InForce) {
            let revisions = store::revisions_of(read, row.id)?;
            let Some(held) = revisions.iter().find(|r| r.state == RevisionState::InForce) else { continue };
            let used = used_by_line(read, CalledFrom::all(row.id))?;
            for line in terms_of(held)?.lines {
                let Some(units) = used.get(&line.line_no) else { continue };
                let (whole, most) = (units.values().sum(), units.values().copied().max().unwrap_or_default());
                if whole > line.quantity.milli() {
                    wrong.push((row.id, line.line_no, Quantity::from_milli(whole), line.quantity));
                }
                if let Some(each) = line.unit_quantity.filter(|each| most > each.milli()) {
                    wrong.push((row.id, line.line_no, Quantity::from_milli(most), each));
                }
            }
        }
        let Some(next) = rows.next else { return Ok(wrong) };
        page.after = Some(next);
    }
}
