//! SQL of payments, refunds and ratings.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AllowanceId, FileId, OrderId, OrgId, PaymentId, RatingId, RefundId, ReturnId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::schema::money::{payment_orders as parts, payments, ratings, refunds};
use crate::ordering::schema::orders;
use crate::platform::db::{Condition, Read, Tx, Wording};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A transfer, as reported and answered.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments, treat_none_as_default_value = false)]
pub struct PaymentRow {
    pub id: PaymentId,
    pub reporter_org: OrgId,
    pub payer_id: OrgId,
    pub supplier_id: OrgId,
    pub amount_fen: Fen,
    pub occurred_on: Day,
    pub reported_at: At,
    pub reported_by: UserId,
    pub proof_file: Option<FileId>,
    pub bank_reference: Option<String>,
    pub state: PaymentState,
    pub answer_by: Day,
    pub decided_at: Option<At>,
    pub decided_by: Option<UserId>,
    pub reason: Option<String>,
    pub effective_at: Option<At>,
    pub reversed_at: Option<At>,
    pub version: i64,
    pub answer_by_provisional: bool,
}

/// What of a transfer is for an order.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = parts, treat_none_as_default_value = false)]
pub struct PartRow {
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    pub amount_fen: Fen,
}

/// Money sent back.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refunds, treat_none_as_default_value = false)]
pub struct RefundRow {
    pub id: RefundId,
    pub order_id: OrderId,
    pub return_id: Option<ReturnId>,
    pub amount_fen: Fen,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub recorded_by: UserId,
    pub reason: String,
    pub bank_reference: Option<String>,
    pub allowance_id: Option<AllowanceId>,
}

/// The buyer's rating of an order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ratings, treat_none_as_default_value = false)]
pub struct RatingRow {
    pub id: RatingId,
    pub order_id: OrderId,
    pub price: i64,
    pub quality: i64,
    pub delivery: i64,
    pub comment: String,
    pub recorded_at: At,
    pub recorded_by: UserId,
}

/// Whose payments a finder reaches.
#[derive(Debug, Clone)]
pub enum Reach {
    /// All.
    Everything,
    /// For orders of units of a region: codes from the first, below the second.
    UnitsIn((String, String)),
    /// Units of a tree, and what its root reports or pays for others.
    Tree(OrgId, Vec<OrgId>),
    /// Reported, paid or received by an organisation.
    Party(OrgId),
}

/// Which payments a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow {
    pub state: Option<PaymentState>,
    pub order: Option<OrderId>,
}

/// Records a reported transfer with its parts.
pub fn insert(tx: &mut Tx<'_>, row: &PaymentRow, of: &[PartRow]) -> Outcome<()> {
    each!(tx, c => insert_into(payments::table).values(row).execute(c))?;
    each!(tx, c => insert_into(parts::table).values(of).execute(c))?;
    Ok(())
}

/// Locks and loads a transfer; the orders it pays are claimed before it.
pub fn claim(tx: &mut Tx<'_>, id: PaymentId) -> Outcome<PaymentRow> {
    Ok(each!(tx, c => update(payments::table.find(id)).set(payments::version.eq(payments::version + 1))
        .returning(PaymentRow::as_returning()).get_result(c))?)
}

/// Stores the answer to a transfer.
pub fn answer(tx: &mut Tx<'_>, row: &PaymentRow) -> Outcome<()> {
    let changes = (
        payments::state.eq(row.state),
        payments::decided_at.eq(row.decided_at),
        payments::decided_by.eq(row.decided_by),
        payments::reason.eq(&row.reason),
        payments::effective_at.eq(row.effective_at),
        payments::reversed_at.eq(row.reversed_at),
    );
    each!(tx, c => update(payments::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// The parts of transfers, by order within each.
pub fn parts_of(on: &mut Read, ids: &[PaymentId]) -> Outcome<Vec<PartRow>> {
    Ok(each!(on, c => parts::table.filter(parts::payment_id.eq_any(ids)).order((parts::payment_id, parts::order_id))
        .select(PartRow::as_select()).load(c))?)
}

/// Every transfer that pays an order, with the order's part, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<(PaymentRow, Fen)>> {
    Ok(each!(on, c => parts::table.inner_join(payments::table).filter(parts::order_id.eq(order))
        .order((payments::reported_at, payments::id)).select((PaymentRow::as_select(), parts::amount_fen)).load(c))?)
}

/// Written as text, as in the index of these transfers: plans do not look at what is bound.
struct Reported;
impl Wording for Reported {
    const AFTER: &'static str = " = 'reported'";
}

/// Transfers with a proof whose supplier has not answered by the day before this one.
pub fn unanswered(on: &mut Read, today: Day, most: i64) -> Outcome<Vec<PaymentId>> {
    Ok(
        each!(on, c => payments::table.filter(Condition::<Reported, _>::of(payments::state)).filter(payments::answer_by.lt(today))
        .filter(payments::proof_file.is_not_null()).order((payments::answer_by, payments::id)).limit(most)
        .select(payments::id).load(c))?,
    )
}

/// Unanswered transfers whose day to answer rests on a year that was not loaded, in the order of their ids.
pub fn provisional(on: &mut Read, after: Option<PaymentId>, most: i64) -> Outcome<Vec<PaymentRow>> {
    Ok(each!(on, c => {
        let mut query = payments::table.filter(payments::state.eq(PaymentState::Reported))
            .filter(payments::answer_by_provisional.eq(true)).select(PaymentRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(payments::id.gt(after));
        }
        query.order(payments::id).limit(most).load(c)
    })?)
}

/// Stores a claimed transfer's day to answer.
pub fn move_deadline(tx: &mut Tx<'_>, id: PaymentId, answer_by: Day, provisional: bool) -> Outcome<()> {
    let changes = (payments::answer_by.eq(answer_by), payments::answer_by_provisional.eq(provisional));
    each!(tx, c => update(payments::table.find(id)).set(changes).execute(c))?;
    Ok(())
}

/// Transfers within reach, the latest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    narrow: &Narrow,
    after: Option<PaymentId>,
    most: i64,
) -> Outcome<Vec<PaymentRow>> {
    Ok(each!(on, c => {
        let mut query = payments::table.select(PaymentRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => {
                let within = parts::table.inner_join(orders::table)
                    .filter(orders::unit_region.ge(from)).filter(orders::unit_region.lt(to)).select(parts::payment_id);
                query = query.filter(payments::id.eq_any(within));
            }
            Reach::Tree(root, units) => {
                let within = parts::table.inner_join(orders::table).filter(orders::unit_id.eq_any(units)).select(parts::payment_id);
                let own = payments::reporter_org.eq(root).or(payments::payer_id.eq(root));
                query = query.filter(own.or(payments::id.eq_any(within)));
            }
            Reach::Party(org) => {
                query = query.filter(payments::reporter_org.eq(org).or(payments::payer_id.eq(org)).or(payments::supplier_id.eq(org)));
            }
        }
        if let Some(state) = narrow.state {
            query = query.filter(payments::state.eq(state));
        }
        if let Some(order) = narrow.order {
            query = query.filter(payments::id.eq_any(parts::table.filter(parts::order_id.eq(order)).select(parts::payment_id)));
        }
        if let Some(after) = after {
            query = query.filter(payments::id.lt(after));
        }
        query.order(payments::id.desc()).limit(most).load(c)
    })?)
}

/// Records money sent back.
pub fn insert_refund(tx: &mut Tx<'_>, row: &RefundRow) -> Outcome<()> {
    each!(tx, c => insert_into(refunds::table).values(row).execute(c))?;
    Ok(())
}

/// An order's refunds, oldest first.
pub fn refunds_of(on: &mut Read, order: OrderId) -> Outcome<Vec<RefundRow>> {
    Ok(each!(on, c => refunds::table.filter(refunds::order_id.eq(order)).order((refunds::recorded_at, refunds::id))
        .select(RefundRow::as_select()).load(c))?)
}

/// Records a rating, unless the order has one.
pub fn insert_rating(tx: &mut Tx<'_>, row: &RatingRow) -> Outcome<bool> {
    let added = each!(tx, c => insert_into(ratings::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(added == 1)
}

/// An order's rating.
pub fn rating_of(on: &mut Read, order: OrderId) -> Outcome<Option<RatingRow>> {
    Ok(
        each!(on, c => ratings::table.filter(ratings::order_id.eq(order)).select(RatingRow::as_select()).first(c).optional())?,
    )
}
