//! An order with everything recorded about it, as counting sees it.

use super::rules::counting::{self, Counted, Fact, What};
use super::rules::journal::{FactKey, FactKind, Told};
use super::rules::line::Line;
use super::rules::payment::PaymentState;
use super::store::allowances::{self, AllowanceLineRow, AllowanceRow};
use super::store::annulments::{AnnulmentLineRow, AnnulmentRow};
use super::store::counting::{self as journal, FactRow};
use super::store::facts::{self, AcceptanceLineRow, AcceptanceRow, ReturnLineRow, ReturnRow};
use super::store::facts::{ShortClosureLineRow, ShortClosureRow};
use super::store::orders::{LineRow, OrderRow};
use super::store::payments::{self, PaymentRow, RatingRow, RefundRow};
use super::store::replacements::{self, ReplacementRow};
use super::store::{annulments, classifications, lists, orders};
use super::terms::{self, Terms};
use crate::identity::{self, Succession};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrderLineId, RuleId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::rulebook::{self, RuleName};

/// An order, its lines and all its facts.
pub struct Book {
    /// The order.
    pub order: OrderRow,
    /// Its lines.
    pub lines: Vec<LineRow>,
    /// What counting needs of its terms.
    pub terms: counting::Terms,
    /// The rule row that asks for a rating, or does not.
    pub rating_rule: RuleId,
    /// To whom the years of its unit belong.
    pub seats: Succession,
    /// As what it counts now; 0 is as it was placed.
    pub class_no: i64,
    /// Facts that have their place.
    pub placed: Vec<FactRow>,
    /// Every fact that the records tell.
    pub told: Vec<Told>,
    /// Transfers with the part that is for this order.
    pub payments: Vec<(PaymentRow, Fen)>,
    /// Money sent back.
    pub refunds: Vec<RefundRow>,
    /// The buyer's rating.
    pub rating: Option<RatingRow>,
    /// Rejected goods that were asked for once more.
    pub replaced: Vec<ReplacementRow>,
    /// What was allowed of its lines.
    pub allowed: Vec<(AllowanceRow, AllowanceLineRow)>,
}

impl Book {
    /// Loads an order with its facts.
    pub fn load(on: &mut Read, id: OrderId) -> Outcome<Book> {
        let order = lists::order(on, id)?.ok_or(Code::NotFound)?;
        let lines = orders::lines(on, id)?;
        let accepted = facts::acceptances(on, id)?;
        let closures = facts::short_closures(on, id)?;
        let (rating_required, rating_rule) = rating_rule(on, &order)?;
        let mut book = Book {
            terms: counting::Terms {
                qualifies: lines.iter().map(|line| line.qualifies).collect(),
                freight: order.freight_fen,
                rating_required,
            },
            rating_rule,
            seats: identity::succession(on, order.unit_id)?,
            class_no: classifications::current(on, id)?,
            placed: journal::facts(on, id)?,
            payments: payments::of_order(on, id)?,
            refunds: payments::refunds_of(on, id)?,
            rating: payments::rating_of(on, id)?,
            replaced: replacements::of_order(on, id)?,
            allowed: allowances::of_order(on, id)?,
            told: Vec::new(),
            order,
            lines,
        };
        book.told = book.accepted(&accepted)?;
        book.told.extend(book.closed_before());
        book.told.extend(book.closed(&accepted, &closures));
        book.told.extend(book.returned(&facts::returns(on, id)?)?);
        book.told.extend(book.allowances());
        book.told.extend(book.money());
        book.told.extend(book.annulled(&annulments::of_order(on, id)?)?);
        Ok(book)
    }

    /// The place of a line.
    fn place(&self, line: OrderLineId) -> Outcome<usize> {
        self.lines.iter().position(|row| row.id == line).ok_or_else(|| AppError::internal("a fact of a foreign line"))
    }

    fn accepted(&self, rows: &[(AcceptanceRow, AcceptanceLineRow)]) -> Outcome<Vec<Told>> {
        let mut told: Vec<Told> = Vec::new();
        for (fact, line) in rows {
            let amount = (self.place(line.line_id)?, line.amount_fen);
            let key = FactKey { kind: FactKind::Accepted, subject: fact.id.0 };
            add(&mut told, key, amount, What::Accepted(vec![amount]), (fact.occurred_on, fact.recorded_at));
        }
        Ok(told)
    }

    fn returned(&self, rows: &[(ReturnRow, ReturnLineRow)]) -> Outcome<Vec<Told>> {
        let mut told: Vec<Told> = Vec::new();
        for (fact, line) in rows {
            let amount = (self.place(line.line_id)?, line.amount_fen);
            let key = FactKey { kind: FactKind::Returned, subject: fact.id.0 };
            add(&mut told, key, amount, What::Returned(vec![amount]), (fact.occurred_on, fact.recorded_at));
        }
        Ok(told)
    }

    /// Freight is in no count, but an allowance of freight alone is told as well.
    fn allowances(&self) -> Vec<Told> {
        let mut told: Vec<Told> = Vec::new();
        for (fact, line) in &self.allowed {
            let key = FactKey { kind: FactKind::Allowed, subject: fact.id.0 };
            if told.last().is_none_or(|last| last.key != key) {
                told.push(plain(key, What::Returned(Vec::new()), fact.occurred_on, fact.recorded_at));
            }
            let Some(place) = self.lines.iter().position(|row| row.line_no == line.line_no) else { continue };
            if let Some(Told { what: What::Returned(amounts), .. }) = told.last_mut() {
                amounts.push((place, line.amount_fen));
            }
        }
        told
    }

    /// Freight as it was agreed at placement, whatever was allowed of it since.
    pub fn freight_agreed(&self) -> Outcome<Fen> {
        Ok(self.order.freight_fen.plus(allowances::freight_of(&self.allowed)?)?)
    }

    /// An annulment happened when it was decided, and takes effect when it is posted to the order.
    fn annulled(&self, rows: &[(AnnulmentRow, AnnulmentLineRow)]) -> Outcome<Vec<Told>> {
        let mut told: Vec<Told> = Vec::new();
        for (fact, line) in rows {
            let becomes = (self.place(line.line_id)?, line.standing_after);
            let key = FactKey { kind: FactKind::Annulled, subject: fact.id.0 };
            match told.last_mut() {
                Some(Told { key: last, what: What::Annulled(lines), .. }) if *last == key => lines.push(becomes),
                _ => {
                    let decided = plain(key, What::Annulled(vec![becomes]), fact.decided_on, fact.decided_on.start());
                    told.push(Told { effective_at: fact.posted_at, ..decided });
                }
            }
        }
        Ok(told)
    }

    /// A line is closed when the last acceptance or short closure that names it is recorded, and not before any of them
    /// happened. Each time that it was opened again it had been closed before, and whatever closes it next is another fact.
    fn closed(
        &self,
        accepted: &[(AcceptanceRow, AcceptanceLineRow)],
        closures: &[(ShortClosureRow, ShortClosureLineRow)],
    ) -> Vec<Told> {
        let closed = self.lines.iter().enumerate().filter(|(_, line)| line.closed && self.order.state.stands());
        closed
            .filter_map(|(place, line)| {
                let by_goods = accepted.iter().filter(|(_, l)| l.line_id == line.id);
                let by_goods = by_goods.map(|(fact, _)| (fact.recorded_at, fact.occurred_on));
                let by_closure = closures.iter().filter(|(_, l)| l.line_id == line.id);
                let by_closure = by_closure.map(|(fact, _)| (fact.recorded_at, fact.occurred_on));
                let (recorded_at, occurred_on) =
                    by_goods.chain(by_closure).reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
                let last = self.reopened(line.id).last().map_or(line.id.0, |row| row.id.0);
                let key = FactKey { kind: FactKind::LineClosed, subject: last };
                Some(plain(key, What::LineClosed(place), occurred_on, recorded_at))
            })
            .collect()
    }

    /// Replacements for which a line was opened again, oldest first.
    fn reopened(&self, line: OrderLineId) -> impl Iterator<Item = &ReplacementRow> {
        self.replaced.iter().filter(move |row| row.line_id == line && row.closed_at.is_some())
    }

    /// That lines were closed until they were opened again.
    fn closed_before(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let mut subject = line.id.0;
            for row in self.reopened(line.id) {
                let (Some(on), Some(at), Some(answered)) = (row.closed_on, row.closed_at, row.answered_at) else {
                    continue;
                };
                let closed = FactKey { kind: FactKind::LineClosed, subject };
                told.push(plain(closed, What::LineClosed(place), on, at));
                let opened = FactKey { kind: FactKind::LineReopened, subject: row.id.0 };
                told.push(plain(opened, What::LineReopened(place), answered.day(), answered));
                subject = row.id.0;
            }
        }
        told
    }

    fn money(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for (payment, part) in &self.payments {
            let key = |kind| FactKey { kind, subject: payment.id.0 };
            if let Some(effective_at) = payment.effective_at {
                let fact = plain(key(FactKind::Paid), What::Paid(*part), payment.occurred_on, payment.reported_at);
                told.push(Told { effective_at, ..fact });
            }
            if let Some(at) = payment.reversed_at {
                told.push(plain(key(FactKind::PaymentReversed), What::Unpaid(*part), at.day(), at));
            }
        }
        for refund in &self.refunds {
            let key = FactKey { kind: FactKind::Refunded, subject: refund.id.0 };
            told.push(plain(key, What::PaidBack(refund.amount_fen), refund.occurred_on, refund.recorded_at));
        }
        if let Some(rating) = &self.rating {
            let key = FactKey { kind: FactKind::Rated, subject: rating.id.0 };
            told.push(plain(key, What::Rated, rating.recorded_at.day(), rating.recorded_at));
        }
        told
    }

    /// The facts that have their place, in order.
    pub fn facts(&self) -> Outcome<Vec<Fact>> {
        self.placed
            .iter()
            .map(|row| {
                let told = self.told.iter().find(|told| key(row).is_ok_and(|key| told.key == key));
                let told = told.ok_or_else(|| AppError::internal(format!("fact {} has no record", row.seq)))?;
                let (effective_on, day, closes_on) = (row.effective_on, row.counts_on, row.closes_on);
                Ok(Fact { what: told.what.clone(), effective_on, day, closes_on })
            })
            .collect()
    }

    /// What the facts that have their place come to.
    pub fn count(&self) -> Outcome<Counted> {
        counting::recount(&self.terms, &self.facts()?).map_err(AppError::internal)
    }

    /// Payments that count, refunds not deducted.
    pub fn paid(&self) -> Outcome<Fen> {
        let counts =
            self.payments.iter().filter(|(p, _)| matches!(p.state, PaymentState::Confirmed | PaymentState::Deemed));
        Ok(Fen::total(counts.map(|(_, part)| *part))?)
    }

    /// Payments that the supplier has not answered.
    pub fn reported(&self) -> Outcome<Fen> {
        let waiting = self.payments.iter().filter(|(p, _)| p.state == PaymentState::Reported);
        Ok(Fen::total(waiting.map(|(_, part)| *part))?)
    }

    /// Money sent back.
    pub fn refunded(&self) -> Outcome<Fen> {
        Ok(Fen::total(self.refunds.iter().map(|refund| refund.amount_fen))?)
    }

    /// What is to be paid for the goods that were accepted and kept, with their freight; when none are kept, nothing.
    pub fn due(&self) -> Outcome<Fen> {
        Ok(self.order.due()?)
    }

    /// The most that the order can still cost: closed lines what was kept, open ones all that is neither rejected nor written
    /// off; freight as long as goods are kept or to come.
    pub fn expected(&self) -> Outcome<Fen> {
        if !self.order.state.stands() {
            return Ok(Fen::ZERO);
        }
        let mut goods = Fen::ZERO;
        for row in &self.lines {
            goods = goods.plus(amounts(row).expected_fen()?)?;
        }
        Ok(if goods.get() > 0 { goods.plus(self.order.freight_fen)? } else { Fen::ZERO })
    }
}

/// A line's amounts as the rules see them.
pub fn amounts(row: &LineRow) -> Line {
    Line {
        weighed: row.weighed,
        tolerance: row.tolerance_ppm,
        unit_price: row.unit_price_fen,
        quantity: row.quantity,
        shipped: row.shipped,
        accepted: row.accepted,
        rejected: row.rejected,
        returned: row.returned,
        short_closed: row.short_closed,
        held_fen: row.held_fen,
        accepted_fen: row.accepted_fen,
        returned_fen: row.returned_fen,
        allowed_fen: row.allowed_fen,
        closed: row.closed,
    }
}

/// The name of a placed fact.
pub fn key(row: &FactRow) -> Outcome<FactKey> {
    let subject = row.subject_id.as_slice().try_into().map_err(AppError::internal)?;
    Ok(FactKey { kind: row.kind, subject })
}

fn plain(key: FactKey, what: What, occurred_on: Day, recorded_at: At) -> Told {
    Told { key, what, occurred_on, recorded_at, effective_at: recorded_at }
}

/// Adds a line's amount to the fact it belongs to; rows of one fact follow each other.
fn add(told: &mut Vec<Told>, key: FactKey, amount: (usize, Fen), what: What, (on, at): (Day, At)) {
    match told.last_mut() {
        Some(Told { key: last, what: What::Accepted(amounts) | What::Returned(amounts), .. }) if *last == key => {
            amounts.push(amount);
        }
        _ => told.push(plain(key, what, on, at)),
    }
}

/// Whether completion needs a rating: as frozen at placement, else by the rule of that day.
fn rating_rule(on: &mut Read, order: &OrderRow) -> Outcome<(bool, RuleId)> {
    let frozen: Terms = terms::read(&order.terms)?;
    if let Some(rule) = frozen.rule(RuleName::RatingRequired.as_str()) {
        return Ok((rule.value == "true", rule.rule_id));
    }
    let rules = rulebook::load(on, &order.unit_region, order.placed_day, &[RuleName::RatingRequired])?;
    Ok((rules.flag(RuleName::RatingRequired)?, rules.row(RuleName::RatingRequired)?.id))
}
