//! Counting orders again under other rules than they were placed under: what a year would have completed, and why it differs.

use crate::kernel::error::{AppError, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Basis, LineStanding};
use crate::kernel::time::Day;
use crate::ordering::book::Book;
use crate::ordering::rules::counting::{Counted, Terms, recount};
use crate::ordering::rules::mode::qualifies;
use crate::ordering::store::recount as store;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// Other rules; what is absent stays as each order froze it.
#[derive(Debug, Clone)]
pub struct OtherRules {
    /// Another `quota_product_rule`.
    pub product_rule: Option<String>,
    /// Whether completion needs a rating.
    pub rating_required: Option<bool>,
}

/// Which orders are counted again.
#[derive(Debug, Clone)]
pub struct RecountWanted {
    /// What counted to the plans of this year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// Of units of this region.
    pub region: RegionCode,
    /// Under which rules.
    pub rules: OtherRules,
}

/// An order that would have counted something else.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecountedOrder {
    /// The order.
    pub order_id: OrderId,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// What it counted as completed in the year, corrections apart.
    pub counted_fen: Fen,
    /// What it would have counted.
    pub recounted_fen: Fen,
    /// Why, line by line.
    pub because: Vec<RecountReason>,
}

/// Why an order counts something else.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecountReason {
    /// The rule that decides it.
    #[schema(example = "quota_product_rule")]
    pub rule: String,
    /// The line; absent where it is the whole order.
    pub line_no: Option<i64>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Orders that would have counted something else, in the order of their ids. A page looks at so many orders as it may hold, and
/// holds those that differ: it may be shorter than the next one, or empty.
///
/// # Errors
/// `invalid_cursor`; when facts contradict each other.
pub fn recounts(read: &mut Read, wanted: &RecountWanted, page: &PageRequest) -> Outcome<Page<RecountedOrder>> {
    let range = wanted.region.subtree();
    let ids = store::counted(read, wanted.year, wanted.as_of.end(), &range, page.key()?, page.fetch())?;
    let ids = Page::cut(ids, page, |id| vec![id.to_string()]);
    let mut items = Vec::new();
    for id in ids.items {
        let book = Book::load(read, id)?;
        items.extend(recounted(&book, wanted)?);
    }
    Ok(Page { items, next: ids.next })
}

fn recounted(book: &Book, wanted: &RecountWanted) -> Outcome<Option<RecountedOrder>> {
    let known: Vec<_> = book.facts()?.into_iter().filter(|fact| fact.effective_on <= wanted.as_of).collect();
    let other = under(book, &wanted.rules);
    let before = recount(&book.terms, &known).map_err(AppError::internal)?;
    let after = recount(&other, &known).map_err(AppError::internal)?;
    let (counted_fen, recounted_fen) = (of_year(&before, wanted.year, None), of_year(&after, wanted.year, None));
    let lines = 0..book.lines.len();
    let differs =
        |line: &usize| of_year(&before, wanted.year, Some(*line)) != of_year(&after, wanted.year, Some(*line));
    let differing: Vec<usize> = lines.filter(differs).collect();
    if differing.is_empty() {
        return Ok(None);
    }
    Ok(Some(RecountedOrder {
        order_id: book.order.id,
        unit_id: book.order.unit_id,
        counted_fen,
        recounted_fen,
        because: reasons(book, &other, &before, &after, &differing),
    }))
}

/// The order's terms under the other rules.
fn under(book: &Book, rules: &OtherRules) -> Terms {
    let qualifying = |(line, own): (&crate::ordering::store::orders::LineRow, &bool)| match &rules.product_rule {
        Some(rule) => qualifies(rule, line.certified, line.eligible),
        None => *own,
    };
    Terms {
        qualifies: book.lines.iter().zip(&book.terms.qualifies).map(qualifying).collect(),
        freight: book.terms.freight,
        rating_required: rules.rating_required.unwrap_or(book.terms.rating_required),
    }
}

/// What counts as completed in a year, corrections apart; of one line or of all.
fn of_year(counted: &Counted, year: i64, line: Option<usize>) -> Fen {
    let own = counted.entries.iter().filter(|entry| {
        entry.basis == Basis::Completed
            && entry.year == year
            && !entry.correction
            && line.is_none_or(|line| entry.line == line)
    });
    own.map(|entry| entry.amount).sum()
}

fn reasons(book: &Book, other: &Terms, before: &Counted, after: &Counted, lines: &[usize]) -> Vec<RecountReason> {
    let mut reasons = Vec::new();
    let year = |counted: &Counted| counted.completed.map(|done| done.year);
    if year(before) != year(after) {
        let shown = |year: Option<i64>| year.map_or_else(|| "未完成".to_owned(), |year| year.to_string());
        let told = |year: Option<i64>| year.map_or_else(|| "not at all".to_owned(), |year| year.to_string());
        let (was, is) = (year(before), year(after));
        reasons.push(RecountReason {
            rule: "rating_required".to_owned(),
            line_no: None,
            zh: format!("完成年度由 {} 变为 {}", shown(was), shown(is)),
            en: format!("completed in {} instead of {}", told(is), told(was)),
        });
    }
    for line in lines {
        let (own, now) = (book.terms.qualifies.get(*line), other.qualifies.get(*line));
        let Some(row) = book.lines.get(*line).filter(|_| own != now) else { continue };
        let message = because(row.certified, row.eligible, now == Some(&true), row.standing);
        let (line_no, rule) = (Some(row.line_no), "quota_product_rule".to_owned());
        reasons.push(RecountReason { rule, line_no, zh: message.zh, en: message.en });
    }
    reasons
}

fn because(certified: bool, eligible: bool, now: bool, standing: LineStanding) -> Message {
    let (certified_zh, certified_en) =
        if certified { ("已认定", "certified") } else { ("未认定", "not certified") };
    let (eligible_zh, eligible_en) =
        if eligible { ("属 832 口径", "of an 832 county") } else { ("不属 832 口径", "not of an 832 county") };
    let (now_zh, now_en) = if now { ("改为计入", "counts") } else { ("改为不计入", "does not count") };
    let annulled = if standing == LineStanding::AsPlaced { "" } else { "；其后有认定被宣告自始无效" };
    Message::new(
        format!("下单时{certified_zh}、{eligible_zh}，按该规则{now_zh}{annulled}"),
        format!("{certified_en} and {eligible_en} at placement: under this rule it {now_en}"),
    )
}
