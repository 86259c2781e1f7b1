//! Reading standing orders: who made one, the unit whose count it is, and whoever reads that unit's orders. No supplier sees one.

use crate::agreements::commands::standing::{Days, Revised};
use crate::agreements::rules::recurrence::{DayOffRule, Occurrence, Recurrence};
use crate::agreements::rules::standing::{
    OccurrenceFault, OccurrenceState, StandingDelivery, StandingFreight, StandingLine, StandingOrderState, standing_on,
};
use crate::agreements::rules::term::ExcludedDays;
use crate::agreements::store::standing::{self as store, OccurrenceRow, StandingReach, StandingRow, StandingWanted};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AgreementId, ListingId, OrderGroupId, OrderId, OrgId, StandingOrderId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// How many settled days are shown with a standing order.
const SHOWN: i64 = 20;

/// A standing order without what it orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingOrderSummary {
    /// The standing order.
    pub id: StandingOrderId,
    /// What it is called.
    pub name: String,
    /// Who orders.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// The agreement from which it is called off.
    pub agreement_id: Option<AgreementId>,
    /// Where it stands today.
    pub state: StandingOrderState,
    /// Since when it is paused.
    pub paused_on: Option<Day>,
    /// The first day of its calendar.
    pub from: Day,
    /// The last one; before the first where it was ended before anything came.
    pub until: Day,
    /// Why it was ended.
    pub end_reason: Option<String>,
    /// The revision that was made last.
    pub revision: i64,
    /// When goods come next.
    pub next_delivery_on: Option<Day>,
    /// When it was made.
    pub created_at: At,
    /// Who made it.
    pub created_by: UserId,
}

impl StandingOrderSummary {
    pub(in crate::agreements) fn new(row: &StandingRow, today: Day) -> StandingOrderSummary {
        StandingOrderSummary {
            id: row.id,
            name: row.name.clone(),
            buyer_id: row.buyer_id,
            unit_id: row.unit_id,
            agreement_id: row.agreement_id,
            state: standing_on(row.state, row.ends_on, today),
            paused_on: row.paused_on,
            from: row.starts_on,
            until: row.ends_on,
            end_reason: row.end_reason.clone(),
            revision: row.revision,
            next_delivery_on: row.next_on,
            created_at: row.created_at,
            created_by: row.created_by,
        }
    }
}

/// A standing order.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingOrderView {
    /// The standing order.
    #[serde(flatten)]
    pub standing_order: StandingOrderSummary,
    /// What was ever to be ordered, oldest first; each holds from its day until the next one's.
    pub revisions: Vec<StandingRevisionView>,
    /// What is to come, up to the horizon, in its order.
    pub coming: Vec<ComingDayView>,
    /// What became of the latest days, the latest first; all of them are in `…/occurrences`.
    pub past: Vec<OccurrenceView>,
}

/// What is ordered from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingRevisionView {
    /// Its number.
    pub revision: i64,
    /// The first day for which it holds.
    pub from: Day,
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// Where the goods go; by the kind of buyer when absent.
    pub channel: Option<Channel>,
    /// Who pays; the buyer when absent.
    pub payer_id: Option<OrgId>,
    /// For `purchase_for_donation`: the organisation of the selling households.
    pub beneficiary_id: Option<OrgId>,
    /// For `purchase_for_donation`: who gets the goods.
    pub recipient: Option<NamedRecipient>,
    /// On which days.
    pub calendar: StandingCalendarView,
    /// Where.
    pub deliveries: Vec<StandingDelivery>,
    /// Freight agreed with suppliers.
    pub freights: Vec<StandingFreight>,
    /// What.
    pub lines: Vec<StandingLineView>,
    /// Why.
    pub reason: String,
    /// Who made it, and answers for what is ordered by it.
    pub responsible_id: UserId,
    /// When.
    pub made_at: At,
}

/// On which days goods are to come.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingCalendarView {
    /// Every how many weeks, with weekdays.
    pub every_weeks: Option<i64>,
    /// Weekdays, 1 Monday to 7 Sunday.
    pub weekdays: Vec<i64>,
    /// Days of the month; of a day that a month has not, its last.
    pub month_days: Vec<i64>,
    /// What becomes of days off.
    pub days_off: DayOffRule,
    /// How many days before its delivery each order is placed.
    pub lead_days: i64,
    /// Days on which nothing comes.
    pub excluded: Vec<ExcludedDays>,
}

impl From<&Recurrence> for StandingCalendarView {
    fn from(of: &Recurrence) -> StandingCalendarView {
        StandingCalendarView {
            every_weeks: (!of.weekdays.is_empty()).then_some(of.every_weeks),
            weekdays: of.weekdays.clone(),
            month_days: of.month_days.clone(),
            days_off: of.days_off,
            lead_days: of.lead_days,
            excluded: of.excluded.clone(),
        }
    }
}

/// A line that is ordered each time.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingLineView {
    /// The listing.
    pub listing_id: ListingId,
    /// Where it is called off: the agreement's line.
    pub line_no: Option<i64>,
    /// Who sells it.
    pub supplier_id: OrgId,
    /// What is sold, as it was called then.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// How much.
    pub quantity: Quantity,
    /// Which of the deliveries, counted from 0.
    pub delivery_no: usize,
    /// The highest price of a unit at which it is ordered.
    pub most_unit_price_fen: Option<Fen>,
}

impl From<&StandingLine> for StandingLineView {
    fn from(line: &StandingLine) -> StandingLineView {
        StandingLineView {
            listing_id: line.listing_id,
            line_no: line.line_no,
            supplier_id: line.supplier_id,
            name: line.name.clone(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            delivery_no: line.delivery_no,
            most_unit_price_fen: line.most_fen,
        }
    }
}

/// A day that is to come.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComingDayView {
    /// The day of the calendar, by which it is left out.
    pub date: Day,
    /// When the goods come, days off considered.
    pub delivery_on: Day,
    /// When they are ordered.
    pub order_on: Day,
    /// By which revision.
    pub revision: i64,
    /// Whether it was left out.
    pub skipped: bool,
    /// Why it was left out.
    pub skip_reason: Option<String>,
    /// Whether it rests on a calendar year that is not loaded.
    pub provisional: bool,
}

/// What became of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccurrenceView {
    /// The day of the calendar.
    pub date: Day,
    /// When the goods come, or would have.
    pub delivery_on: Day,
    /// When they were to be ordered.
    pub order_on: Day,
    /// By which revision.
    pub revision: i64,
    /// What became of it.
    pub state: OccurrenceState,
    /// Of a missed day the error's code; of a skipped one `asked` or `paused`.
    #[schema(example = "out_of_stock")]
    pub code: Option<String>,
    /// Why it was missed, in Chinese.
    pub reason_zh: Option<String>,
    /// Why it was missed, in English.
    pub reason_en: Option<String>,
    /// The fields for which it was missed.
    pub errors: Vec<OccurrenceFault>,
    /// The orders' group.
    pub order_group_id: Option<OrderGroupId>,
    /// The orders, one for each supplier.
    pub orders: Vec<OrderId>,
    /// When that was.
    pub settled_at: At,
}

fn occurrence(row: OccurrenceRow) -> Outcome<OccurrenceView> {
    Ok(OccurrenceView {
        date: row.day,
        delivery_on: row.delivery_on,
        order_on: row.order_on,
        revision: row.revision,
        state: row.state,
        code: row.cause,
        reason_zh: row.reason_zh,
        reason_en: row.reason_en,
        errors: serde_json::from_str(&row.faults).map_err(AppError::internal)?,
        order_group_id: row.group_id,
        orders: serde_json::from_str(&row.orders).map_err(AppError::internal)?,
        settled_at: row.settled_at,
    })
}

fn revision(revised: &Revised) -> StandingRevisionView {
    let Revised { row, terms } = revised;
    StandingRevisionView {
        revision: row.revision,
        from: row.from_day,
        fund: terms.fund,
        purpose: terms.purpose,
        channel: terms.channel,
        payer_id: terms.payer_id,
        beneficiary_id: terms.beneficiary_id,
        recipient: terms.recipient.clone(),
        calendar: (&terms.calendar).into(),
        deliveries: terms.deliveries.clone(),
        freights: terms.freights.clone(),
        lines: terms.lines.iter().map(StandingLineView::from).collect(),
        reason: row.reason.clone(),
        responsible_id: row.made_by,
        made_at: row.made_at,
    }
}

fn coming(days: &Days, one: &Occurrence) -> ComingDayView {
    let skip = days.skips.iter().find(|skip| skip.day == one.day);
    ComingDayView {
        date: one.day,
        delivery_on: one.delivery_on,
        order_on: one.order_on,
        revision: one.revision,
        skipped: skip.is_some(),
        skip_reason: skip.and_then(|skip| skip.reason.clone()),
        provisional: one.provisional,
    }
}

/// A standing order in scope.
fn seen(read: &mut Read, actor: &Actor, id: StandingOrderId, today: Day) -> Outcome<StandingRow> {
    let row = store::standing_order(read, id)?.ok_or(Code::NotFound)?;
    let sees = match &actor.scope {
        Scope::Platform => true,
        Scope::Region(code) => code.contains(&row.region_code),
        Scope::Org(org) => [row.buyer_id, row.unit_id].contains(org),
        Scope::UnitTree(root) => row.buyer_id == *root || identity::subtree(read, *root, today)?.contains(&row.unit_id),
    };
    if sees { Ok(row) } else { Err(Code::NotFound.into()) }
}

/// A standing order in scope with what is to come within so many days, and its version.
///
/// # Errors
/// `not_found`.
pub fn standing_order(
    read: &mut Read,
    actor: &Actor,
    id: StandingOrderId,
    today: Day,
    horizon_days: i64,
) -> Outcome<(StandingOrderView, i64)> {
    let row = seen(read, actor, id, today)?;
    let days = Days::load(read, &row, today.plus_days(horizon_days))?;
    let past = store::past(read, id, None, SHOWN)?;
    let view = StandingOrderView {
        standing_order: StandingOrderSummary::new(&row, today),
        revisions: days.revisions.iter().map(revision).collect(),
        coming: days.open.iter().map(|one| coming(&days, one)).collect(),
        past: past.into_iter().map(occurrence).collect::<Outcome<_>>()?,
    };
    Ok((view, row.version))
}

/// Standing orders in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn standing_orders(
    read: &mut Read,
    actor: &Actor,
    wanted: &StandingWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<StandingOrderSummary>> {
    let reach = match &actor.scope {
        Scope::Platform => StandingReach::Everything,
        Scope::Region(code) => StandingReach::Region(code.subtree()),
        Scope::Org(org) => StandingReach::Parties(vec![*org], vec![*org]),
        Scope::UnitTree(root) => StandingReach::Parties(identity::subtree(read, *root, today)?, vec![*root]),
    };
    let rows = store::list(read, &reach, wanted, today, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(|row| StandingOrderSummary::new(&row, today)))
}

/// What became of the days of a standing order, the latest day first.
///
/// # Errors
/// `not_found`.
pub fn occurrences(
    read: &mut Read,
    actor: &Actor,
    id: StandingOrderId,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<OccurrenceView>> {
    seen(read, actor, id, today)?;
    let rows = store::past(read, id, page.key::<Day>()?, page.fetch())?;
    Page::cut(rows, page, |row| vec![row.day.to_string()]).try_map(occurrence)
}
