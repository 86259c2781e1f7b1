//! A certificate ended while goods that froze it are confirmed and not shipped: the buyer is told, and told again when a
//! suspension ends. What was agreed goes on; what the buyer may do is [`crate::ordering::rules::flag`].

use super::claimed::Claimed;
use crate::certification::{self, CertificateStatus, Standing};
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderFlagId, OrderId, ProductId};
use crate::notifications::{self, Both};
use crate::ordering::book::amounts;
use crate::ordering::rules::flag::FlagCause;
use crate::ordering::store::flags::{self as store, FlagRow};
use crate::ordering::store::orders::Side;
use crate::ordering::terms::{self, Certificate};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;
use std::collections::BTreeSet;

/// Orders looked for at once.
const BATCH: i64 = 200;

/// Flags the confirmed orders that hold goods of an ended certificate, each in its own transaction; how many were flagged.
///
/// # Errors
/// When the database fails.
pub async fn flag_confirmed(db: &Store, ctx: &Ctx, certificate: CertificateId, product: ProductId) -> Outcome<usize> {
    let standings = db.read(move |read| certification::standings(read, &[certificate])).await?;
    if standings.iter().all(|standing| cause(standing).is_none()) {
        return Ok(0);
    }
    let (mut count, mut last) = (0, None);
    loop {
        let ids = db.read(move |read| store::holding(read, product, certificate, last, BATCH)).await?;
        let Some(end) = ids.last() else { return Ok(count) };
        last = Some(*end);
        for id in ids {
            let flagged = db.write(ctx.clone(), move |tx| {
                let claimed = Claimed::claim(tx, Side::Program, id)?;
                flag(tx, &claimed, Some(certificate))
            });
            count += usize::from(flagged.await?);
        }
    }
}

/// Clears the flags of a certificate whose suspension ended, each order in its own transaction; how many were cleared.
///
/// # Errors
/// When the database fails.
pub async fn clear_flags(db: &Store, ctx: &Ctx, certificate: CertificateId) -> Outcome<usize> {
    let mut count = 0;
    loop {
        let ids = db.read(move |read| store::flagged(read, certificate, BATCH)).await?;
        if ids.is_empty() {
            return Ok(count);
        }
        for id in ids {
            if !db.write(ctx.clone(), move |tx| clear(tx, id, certificate)).await? {
                // It was suspended again meanwhile: that decision's own word tells who is to be told.
                return Ok(count);
            }
            count += 1;
        }
    }
}

/// Flags the lines of a claimed order that froze an ended certificate and have goods left to ship; whether any was flagged.
/// A flag that stands for an earlier decision about the same certificate is cleared with it.
///
/// # Errors
/// When the database fails.
pub(super) fn flag(tx: &mut Tx<'_>, claimed: &Claimed, only: Option<CertificateId>) -> Outcome<bool> {
    let held = held(claimed, only)?;
    let ids: Vec<CertificateId> = held.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>().into_iter().collect();
    let ended: Vec<(Standing, FlagCause)> = certification::standings(tx, &ids)?
        .into_iter()
        .filter_map(|standing| cause(&standing).map(|cause| (standing, cause)))
        .collect();
    if ended.is_empty() {
        return Ok(false);
    }
    let open = store::open_of(tx, claimed.order.id)?;
    let (mut raised, mut past) = (Vec::new(), Vec::<OrderFlagId>::new());
    for (index, certificate) in held {
        let Some((standing, cause)) = ended.iter().find(|(standing, _)| standing.id == certificate) else { continue };
        let line_id = claimed.lines[index].id;
        let before = open.iter().find(|flag| flag.line_id == line_id && flag.certificate_id == certificate);
        if before.is_some_and(|flag| flag.cause == *cause) {
            continue;
        }
        past.extend(before.map(|flag| flag.id));
        raised.push(FlagRow {
            id: tx.new_id(),
            order_id: claimed.order.id,
            line_id,
            certificate_id: certificate,
            number: standing.number.clone(),
            cause: *cause,
            raised_at: tx.at(),
            cleared_at: None,
        });
    }
    if raised.is_empty() {
        return Ok(false);
    }
    let now = tx.at();
    store::clear(tx, &past, now)?;
    store::raise(tx, &raised)?;
    for (standing, cause) in &ended {
        let lines = numbers(claimed, raised.iter().filter(|flag| flag.certificate_id == standing.id));
        if !lines.is_empty() {
            announce(tx, claimed, standing, *cause, &lines)?;
        }
    }
    Ok(true)
}

/// Lines with goods left to ship, with the certificates that they froze.
fn held(claimed: &Claimed, only: Option<CertificateId>) -> Outcome<Vec<(usize, CertificateId)>> {
    let mut held = Vec::new();
    for (index, row) in claimed.lines.iter().enumerate() {
        if row.closed || amounts(row).unshipped().is_zero() {
            continue;
        }
        let certificates: Vec<Certificate> = terms::read(&row.certificates)?;
        let asked =
            certificates.iter().map(|certificate| certificate.id).filter(|id| only.is_none_or(|one| one == *id));
        held.extend(asked.map(|id| (index, id)));
    }
    Ok(held)
}

/// What a certificate's standing is flagged as; days that are over are no cause, since the goods were sold in time.
fn cause(of: &Standing) -> Option<FlagCause> {
    match of.status {
        CertificateStatus::Revoked if of.annulled => Some(FlagCause::Annulled),
        CertificateStatus::Suspended => Some(FlagCause::Suspended),
        CertificateStatus::Revoked => Some(FlagCause::Revoked),
        CertificateStatus::Valid | CertificateStatus::Expired => None,
    }
}

fn numbers<'a>(claimed: &Claimed, flags: impl Iterator<Item = &'a FlagRow>) -> Vec<i64> {
    let flagged: BTreeSet<_> = flags.map(|flag| flag.line_id).collect();
    claimed.lines.iter().filter(|line| flagged.contains(&line.id)).map(|line| line.line_no).collect()
}

fn announce(tx: &mut Tx<'_>, claimed: &Claimed, of: &Standing, cause: FlagCause, lines: &[i64]) -> Outcome<()> {
    let details = json!({
        "certificate": of.number, "cause": cause, "safety": of.safety, "until": of.suspended_until, "lines": lines,
    });
    claimed.record(tx, None, "order.flagged", details)?;
    let (what_zh, what_en) = match cause {
        FlagCause::Suspended => ("已暂停", "is suspended"),
        FlagCause::Revoked => ("已撤销", "is revoked"),
        FlagCause::Annulled => ("自始无效", "was never valid"),
    };
    let (may_zh, may_en) = match (cause, of.safety) {
        (FlagCause::Suspended, _) => (
            "可等待恢复，也可在验收时拒收。",
            "You may wait for the suspension to end, or reject the goods at acceptance.",
        ),
        (_, true) => (
            "涉及食品安全，未发货部分可直接取消。",
            "Food safety is at stake: what is not shipped may be cancelled freely.",
        ),
        (FlagCause::Annulled, false) => (
            "未发货部分可直接取消，也可在验收时拒收。",
            "What is not shipped may be cancelled freely, or rejected at acceptance.",
        ),
        (_, false) => (
            "可在验收时拒收，或与供应商协商结案。",
            "You may reject the goods at acceptance, or agree with the supplier to close the rest.",
        ),
    };
    let (id, number) = (claimed.order.id, &of.number);
    let rows = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let zh = format!("订单 {id} 第 {rows} 行商品的认定证书 {number} {what_zh}，该部分尚未发货。{may_zh}");
    let en =
        format!("Certificate {number} of line {rows} of order {id} {what_en}; the goods have not all left. {may_en}");
    tell(tx, claimed, ("订单商品证书异常", "A certificate of ordered goods ended"), (&zh, &en))
}

/// Clears an order's flags of a certificate that counts again; whether it does.
fn clear(tx: &mut Tx<'_>, id: OrderId, certificate: CertificateId) -> Outcome<bool> {
    let claimed = Claimed::claim(tx, Side::Program, id)?;
    let standings = certification::standings(tx, &[certificate])?;
    let Some(standing) = standings.into_iter().find(|standing| cause(standing).is_none()) else {
        return Ok(false);
    };
    let open = store::open_of(tx, id)?;
    let open: Vec<&FlagRow> = open.iter().filter(|flag| flag.certificate_id == certificate).collect();
    if open.is_empty() {
        return Ok(true);
    }
    let ids: Vec<OrderFlagId> = open.iter().map(|flag| flag.id).collect();
    let now = tx.at();
    store::clear(tx, &ids, now)?;
    let lines = numbers(&claimed, open.iter().copied());
    claimed.record(tx, None, "order.flag_cleared", json!({ "certificate": standing.number, "lines": lines }))?;
    let number = &standing.number;
    let zh = format!("订单 {id} 所涉认定证书 {number} 的暂停已结束，订单照常履行。");
    let en = format!("The suspension of certificate {number} has ended; order {id} goes on.");
    tell(tx, &claimed, ("订单商品证书已恢复", "A certificate of ordered goods counts again"), (&zh, &en))?;
    Ok(true)
}

/// Writes to whoever ordered, and to the managers of the unit where another ordered for it.
pub(super) fn tell(tx: &mut Tx<'_>, claimed: &Claimed, subject: (&str, &str), text: (&str, &str)) -> Outcome<()> {
    let order = &claimed.order;
    let mut to: BTreeSet<String> =
        identity::recipients(tx, order.buyer_id, Role::Trader)?.into_iter().map(|(_, address)| address).collect();
    if order.unit_id != order.buyer_id {
        to.extend(identity::recipients(tx, order.unit_id, Role::Manager)?.into_iter().map(|(_, address)| address));
    }
    for address in to {
        notifications::mail(tx, &address, Both { zh: subject.0, en: subject.1 }, Both { zh: text.0, en: text.1 })?;
    }
    Ok(())
}
