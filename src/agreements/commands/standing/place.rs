//! The job that places what is due: each day once, by the same command as any order. What is refused is missed, with its
//! reason; the unit is told, and nothing is tried again. The job is bound in `app.rs`.

use super::change::end_at_once;
use super::{Days, Revised, new_call_off, new_order, record, refresh, settled, skipped};
use crate::agreements::commands::call_off;
use crate::agreements::rules::recurrence::Occurrence;
use crate::agreements::rules::standing::{
    Due, MOST_FAILURES, OccurrenceState, due, faults_of, in_words, patience_ms, refuses,
};
use crate::agreements::store::standing::{self as store, OccurrenceRow, StandingRow};
use crate::identity::{self, Standing};
use crate::kernel::actor::{Actor, Permission, PlaceOrder, Role, Scope, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId, StandingOrderId, UserId};
use crate::kernel::time::At;
use crate::ordering::{self, Placed};
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use serde_json::json;

/// Standing orders looked for at once.
const BATCH: i64 = 100;
/// Days that one run settles; the next run goes on, so that no run outlasts its lease.
const MOST: usize = 1_000;

/// Places what is due, each day in its own transaction; how many days were settled. What fails waits, longer each time, and
/// holds up no other.
///
/// # Errors
/// When the database fails.
pub async fn place_due(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let (mut count, mut looked) = (0, 0);
    while looked < MOST {
        let now = ctx.at;
        let found = db.read(move |read| store::due(read, now.day(), now, BATCH)).await?;
        if found.is_empty() {
            break;
        }
        for (id, failures) in found {
            looked += 1;
            match db.write(ctx.clone(), move |tx| step(tx, id)).await {
                Ok(done) => count += usize::from(done),
                Err(error) => {
                    let cause = error.parts().cause.clone();
                    tracing::error!(standing_order = %id, code = %error.code(), ?cause, "a standing order could not be looked at");
                    let retry_at = At(now.0 + patience_ms(failures));
                    db.write(ctx.clone(), move |tx| store::failed(tx, id, retry_at)).await?;
                }
            }
        }
    }
    Ok(count)
}

/// Lets the job look at every standing order again: working days became known, and some are due earlier than they were.
///
/// # Errors
/// When the database fails.
pub async fn look_again(db: &Store, ctx: &Ctx) -> Outcome<()> {
    let today = ctx.at.day();
    db.write(ctx.clone(), move |tx| store::look_again(tx, today)).await
}

/// Settles the first day that is due; whether there was one. Whoever comes second finds it settled.
fn step(tx: &mut Tx<'_>, id: StandingOrderId) -> Outcome<bool> {
    let Some(mut row) = store::claim(tx, id)? else { return Ok(false) };
    let today = tx.at().day();
    let days = Days::load(tx, &row, row.ends_on)?;
    let due_days = days.open.iter().map(|one| (one, due(one, days.around(&row, one), today)));
    let first = due_days.filter(|(_, due)| *due != Due::Later).min_by_key(|(one, _)| (one.order_on, one.day));
    let done = match first {
        Some((one, Due::Skip(cause))) => skipped(tx, &row, one, cause).map(|()| true)?,
        Some((one, Due::Gone)) => {
            let gone = AppError::new(Code::Expired).detail(
                "下单日已过而系统未能处理，交货日已到",
                "The order day passed while nobody looked, and the delivery day has come",
            );
            missed(tx, &mut row, one, &gone).map(|()| true)?
        }
        Some((one, Due::Order)) => {
            let revised = days.revision(one.revision)?;
            order(tx, &mut row, revised, one).map(|()| true)?
        }
        Some((_, Due::Later)) | None => false,
    };
    (row.failures, row.retry_at) = (0, At(0));
    refresh(tx, &mut row)?;
    Ok(done)
}

/// Places the order of a day, or enters why it could not be.
fn order(tx: &mut Tx<'_>, row: &mut StandingRow, revised: &Revised, one: &Occurrence) -> Outcome<()> {
    if row.failures >= MOST_FAILURES {
        let given_up = AppError::new(Code::Internal).detail("多次尝试均因系统故障未成功", "Trying failed too often");
        return missed(tx, row, one, &given_up);
    }
    let standing: &StandingRow = row;
    match tx.attempt(|tx| placed(tx, standing, revised, one)) {
        Ok((actor, placed)) => {
            let orders: Vec<OrderId> = placed.orders.iter().map(|order| order.id).collect();
            let entered = OccurrenceRow {
                group_id: Some(placed.group.id),
                orders: serde_json::to_string(&orders).map_err(AppError::internal)?,
                ..settled(row, one, OccurrenceState::Placed, tx)
            };
            store::settle(tx, &entered)?;
            let details = json!({ "date": one.day, "delivery_on": one.delivery_on, "revision": one.revision,
                "group": placed.group.id, "orders": orders });
            record(tx, Some(&actor), row, "standing_order.placed", details)
        }
        Err(error) if refuses(&error) => missed(tx, row, one, &error),
        Err(error) => Err(error),
    }
}

/// As whom it is ordered, and what was placed.
fn placed(tx: &mut Tx<'_>, row: &StandingRow, revised: &Revised, one: &Occurrence) -> Outcome<(Actor, Placed)> {
    let Some(actor) = acting(tx, revised.row.made_by, row.buyer_id)? else {
        return Err(AppError::new(Code::Forbidden).detail(
            "负责人已不能为本单位下单，须由其他交易人员修订后接手",
            "Who answers for it may no longer order here; another trader takes it over by an amendment",
        ));
    };
    let placed = match row.agreement_id {
        Some(agreement) => {
            let new = new_call_off(row.unit_id, &revised.terms, one.delivery_on)?;
            call_off::call_off(tx, &actor, agreement, &new).map_err(|error| match error.code() {
                Code::NotFound => {
                    error.detail("该单位已不能按此协议订购", "The unit may no longer call off from this agreement")
                }
                _ => error,
            })?
        }
        None => ordering::place(tx, &actor, &new_order(row.unit_id, &revised.terms, one.delivery_on))?,
    };
    Ok((actor, placed))
}

/// Who answers for a revision, if that person may still order for the organisation.
fn acting(on: &mut Read, user_id: UserId, org_id: OrgId) -> Outcome<Option<Actor>> {
    let org = identity::organisation(on, org_id)?;
    let mut may = false;
    for grant in PlaceOrder::GRANTS.iter().filter(|grant| grant.kinds.contains(&org.kind)) {
        may = may || identity::holds(on, user_id, org_id, grant.role)?;
    }
    if !may || org.status != Standing::Active {
        return Ok(None);
    }
    Ok(Some(Actor {
        user_id,
        org_id,
        kind: org.kind,
        region: org.region_code,
        scope: Scope::Org(org_id),
        ended_on: org.ended_on,
        via: Via::Program,
    }))
}

/// Enters that a day was not ordered and why, and tells the unit.
fn missed(tx: &mut Tx<'_>, row: &mut StandingRow, one: &Occurrence, error: &AppError) -> Outcome<()> {
    let reason = in_words(error);
    let entered = OccurrenceRow {
        cause: Some(error.code().as_str().to_owned()),
        reason_zh: Some(reason.zh.clone()),
        reason_en: Some(reason.en.clone()),
        faults: serde_json::to_string(&faults_of(error)).map_err(AppError::internal)?,
        ..settled(row, one, OccurrenceState::Missed, tx)
    };
    store::settle(tx, &entered)?;
    let details = json!({ "date": one.day, "delivery_on": one.delivery_on, "revision": one.revision,
        "code": error.code().as_str(), "reason": reason.zh });
    record(tx, None, row, "standing_order.missed", details)?;
    // A unit that is no more orders nothing any more, on no day.
    let over = error.code() == Code::UnitEnded;
    if over {
        let today = tx.at().day();
        end_at_once(row, today, &reason.zh);
        record(tx, None, row, "standing_order.ended", json!({ "ends_on": row.ends_on, "reason": reason.zh }))?;
    }
    let (name, day) = (&row.name, one.delivery_on);
    let (then_zh, then_en) = if over {
        ("该定期订单已随之结束。", "The standing order has ended with it.")
    } else {
        (
            "该次不再重试；如仍需要，请直接下单。以后各次照常。",
            "It is not tried again: order it yourself if it is still wanted. Later days go on.",
        )
    };
    let zh = format!("定期订单“{name}”应于 {day} 送达的一次未能下单。原因：{}。{then_zh}", reason.zh);
    let en =
        format!("What the standing order \"{name}\" has come on {day} could not be ordered: {}. {then_en}", reason.en);
    tell(tx, row, (&zh, &en))
}

/// Mails who orders for the buyer, its administrators where nobody does any more, and the managers of a unit that it orders for.
fn tell(tx: &mut Tx<'_>, row: &StandingRow, text: (&str, &str)) -> Outcome<()> {
    let subject = ("定期订单有一次未能下单", "A day of a standing order was missed");
    let nobody = identity::recipients(tx, row.buyer_id, Role::Trader)?.is_empty();
    identity::tell(tx, row.buyer_id, if nobody { Role::OrgAdmin } else { Role::Trader }, subject, text)?;
    if row.unit_id == row.buyer_id {
        return Ok(());
    }
    identity::tell(tx, row.unit_id, Role::Manager, subject, text)
}
