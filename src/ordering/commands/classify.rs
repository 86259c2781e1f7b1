//! An office classifies an order anew: what it counted is moved to the other class by pairs of entries dated on the day of the
//! decision, so that no month that was reported changes, and what counts later counts under the other class.

use super::claimed::Claimed;
use crate::classification::{self, Term, TermKind};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::OrderId;
use crate::ledger;
use crate::ordering::classes;
use crate::ordering::rules::classification::{self as rules, AskedClass, Part, Word};
use crate::ordering::store::classifications::{self as store, ClassificationRow};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;

/// Classifies an order of a unit of the actor's region anew.
///
/// # Errors
/// `not_found` for an order of another region, `wrong_state` for one that its supplier was not told of, or what is wrong with
/// the class.
pub fn classify(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    (asked, reason): (&AskedClass, &str),
) -> Outcome<(ClassificationRow, OrderRow)> {
    let claimed = Claimed::claim(tx, Side::Program, id)?;
    let order = &claimed.order;
    if !matches!(&actor.scope, Scope::Region(own) if own.contains(&order.unit_region)) {
        return Err(Code::NotFound.into());
    }
    if !order.state.told() {
        return Err(Code::WrongState.into());
    }
    let past = store::of_order(tx, id)?;
    let current = classes::current(order, &past);
    let words = words(&classification::terms_for(tx, &order.unit_region, order.placed_day)?)?;
    let class = rules::decide(&current, asked, &words).map_err(AppError::invalid)?;
    let row = ClassificationRow {
        order_id: id,
        no: past.last().map_or(0, |last| last.no) + 1,
        mode: class.mode,
        channel: class.channel,
        mode_term: class.mode_term,
        channel_term: class.channel_term,
        tags: rules::written(&class.tags),
        reason: reason.to_owned(),
        org_id: actor.org_id,
        decided_by: actor.user_id,
        decided_at: tx.at(),
    };
    store::insert(tx, &row)?;
    // A merger of the unit at this moment waits for this, or is seen.
    identity::keep_succession(tx, order.unit_id)?;
    ledger::reclassify(tx, id, row.no)?;
    let details = json!({ "no": row.no, "mode": row.mode, "channel": row.channel, "mode_term": row.mode_term,
        "channel_term": row.channel_term, "tags": class.tags, "reason": row.reason });
    claimed.record(tx, Some(actor), "order.reclassified", details)?;
    Ok((row, claimed.order))
}

fn words(terms: &[Term]) -> Outcome<Vec<Word>> {
    let mut words = Vec::new();
    for term in terms {
        let of = term.rolls_up_to.as_deref().unwrap_or_default();
        let part = match term.kind {
            TermKind::Mode => Part::Mode(of.parse().map_err(AppError::internal)?),
            TermKind::Channel => Part::Channel(of.parse().map_err(AppError::internal)?),
            TermKind::Tag => Part::Tag,
            TermKind::SupervisedPlace => continue,
        };
        words.push((term.code.clone(), part));
    }
    Ok(words)
}
