//! A certificate was never valid (自始无效): what its lines counted on the strength of it is taken back by adjusting entries, order
//! by order, and whoever bought is told. What it means for a line is [`crate::ordering::rules::annulment`].

use super::claimed::{Claimed, ordered_entry};
use super::flag::tell;
use super::settle::is_closed;
use crate::certification::{self, Annulment};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderId};
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::ledger::{self, CountEntry};
use crate::ordering::annulled;
use crate::ordering::book::{Book, amounts};
use crate::ordering::rules::counting::Counted;
use crate::ordering::store::annulments::{self as store, AnnulmentLineRow, AnnulmentRow};
use crate::ordering::store::classifications;
use crate::ordering::store::orders::Side;
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// Orders looked for at once.
const BATCH: i64 = 200;

/// Posts the annulment of a certificate to every order that froze it, each in its own transaction; how many. Without an
/// annulment, and where it is posted already, nothing happens.
///
/// # Errors
/// When the database fails.
pub async fn post_annulment(db: &Store, ctx: &Ctx, certificate: CertificateId) -> Outcome<usize> {
    let Some(annulment) = db.read(move |read| certification::annulment_of(read, certificate)).await? else {
        return Ok(0);
    };
    let (product, mut count, mut last) = (annulment.product_id, 0, None);
    loop {
        let ids = db.read(move |read| store::waiting(read, product, certificate, last, BATCH)).await?;
        let Some(end) = ids.last() else { return Ok(count) };
        last = Some(*end);
        for id in ids {
            let annulment = annulment.clone();
            count += usize::from(db.write(ctx.clone(), move |tx| annul(tx, id, &annulment)).await?);
        }
    }
}

/// Takes back what an order's lines counted on the strength of an annulled certificate; whether it had any left to take.
fn annul(tx: &mut Tx<'_>, id: OrderId, annulment: &Annulment) -> Outcome<bool> {
    let mut claimed = Claimed::claim(tx, Side::Program, id)?;
    if store::of_order(tx, id)?.iter().any(|(row, _)| row.certificate_id == annulment.certificate_id) {
        return Ok(false);
    }
    let counted = Book::load(tx, id)?.count()?;
    let row = AnnulmentRow {
        id: tx.new_id(),
        order_id: id,
        certificate_id: annulment.certificate_id,
        number: annulment.number.clone(),
        ground: annulment.ground,
        decided_on: annulment.decided_on,
        posted_at: tx.at(),
    };
    let lines = becoming(tx, &claimed, &counted, annulment, &row)?;
    store::insert(tx, &row, &lines)?;
    move_ordered(tx, &mut claimed, &row, &lines)?;
    claimed.settle(tx)?;
    let nos = |lines: &[&AnnulmentLineRow]| -> Vec<i64> {
        let ids: Vec<_> = lines.iter().map(|line| line.line_id).collect();
        claimed.lines.iter().filter(|line| ids.contains(&line.id)).map(|line| line.line_no).collect()
    };
    let changed: Vec<&AnnulmentLineRow> =
        lines.iter().filter(|line| line.standing_after != line.standing_before).collect();
    let taken: Fen = changed.iter().map(|line| line.taken_from_plan()).sum();
    let details = json!({
        "certificate": annulment.number, "ground": annulment.ground, "lines": nos(&lines.iter().collect::<Vec<_>>()),
        "changed": nos(&changed), "completed_taken_fen": taken,
    });
    claimed.record(tx, None, "order.annulled", details)?;
    if !changed.is_empty() {
        announce(tx, &claimed, annulment, &nos(&changed), taken)?;
    }
    Ok(true)
}

impl AnnulmentLineRow {
    /// What the plan loses.
    fn taken_from_plan(&self) -> Fen {
        if self.standing_after.counts_to_plan() { Fen::ZERO } else { self.completed_fen }
    }
}

/// What becomes of each line that froze the certificate, with the amounts that stood under its old standing.
fn becoming(
    tx: &mut Tx<'_>,
    claimed: &Claimed,
    counted: &Counted,
    annulment: &Annulment,
    row: &AnnulmentRow,
) -> Outcome<Vec<AnnulmentLineRow>> {
    let mut lines = Vec::new();
    for (place, line) in claimed.lines.iter().enumerate() {
        let held = annulled::certificates(line)?;
        if !held.contains(&annulment.certificate_id) {
            continue;
        }
        let others = certification::annulled_of(tx, &held)?;
        let by = (annulment.certificate_id, annulment.ground);
        let ordered_fen = if claimed.order.state.stands() { amounts(line).ordered_fen()? } else { Fen::ZERO };
        lines.push(AnnulmentLineRow {
            annulment_id: row.id,
            line_id: line.id,
            standing_before: line.standing,
            standing_after: annulled::becomes(&claimed.order, line, by, &others)?,
            ordered_fen,
            accepted_paid_fen: counted.covered.get(place).copied().unwrap_or_default(),
            completed_fen: completed(counted, place),
        });
    }
    Ok(lines)
}

fn completed(counted: &Counted, line: usize) -> Fen {
    let of_line = counted.entries.iter().filter(|entry| entry.line == line && entry.basis == Basis::Completed);
    of_line.map(|entry| entry.amount).sum()
}

/// The ordered amount is counted where the order was placed: taken back as what it was, counted again as what it is.
fn move_ordered(
    tx: &mut Tx<'_>,
    claimed: &mut Claimed,
    row: &AnnulmentRow,
    becoming: &[AnnulmentLineRow],
) -> Outcome<()> {
    let correction = is_closed(tx, &claimed.order)?;
    let (unit_id, class_no) = (claimed.holder(tx)?, classifications::current(tx, claimed.order.id)?);
    let mut entries = Vec::new();
    for part in becoming.iter().filter(|part| part.standing_after != part.standing_before) {
        let Some(line) = claimed.lines.iter_mut().find(|line| line.id == part.line_id) else { continue };
        line.standing = part.standing_after;
        store::save_standing(tx, line.id, line.standing)?;
        let sides = [(part.standing_before, part.ordered_fen.negated()), (part.standing_after, part.ordered_fen)];
        for (standing, amount) in sides.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            let words = ["order.ordered.annulled", &row.id.to_string(), &line.id.to_string(), standing.as_str()];
            let entry = ordered_entry(&claimed.order, line, ledger::count_id(&words), amount, row.decided_on);
            entries.push(CountEntry { correction, standing, unit_id, class_no, ..entry });
        }
    }
    ledger::count(tx, &entries)
}

fn announce(tx: &mut Tx<'_>, claimed: &Claimed, annulment: &Annulment, lines: &[i64], taken: Fen) -> Outcome<()> {
    let (id, number) = (claimed.order.id, &annulment.number);
    let rows = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (why_zh, why_en) = annulment.ground.words();
    let (figures_zh, figures_en) = match claimed.order.completed_year.filter(|_| !taken.is_zero()) {
        Some(year) => (
            format!("{year} 年度完成额中 {taken} 元已冲减。"),
            format!("{taken} yuan was taken from what counts as completed in {year}. "),
        ),
        None => (String::new(), String::new()),
    };
    let zh = format!(
        "经认定机关决定，证书 {number} 自始无效（{why_zh}）。订单 {id} 第 {rows} 行的统计口径已调整。{figures_zh}已验收的货物和已付的款项不受影响；如需退货退款，请与供应商办理。"
    );
    let en = format!(
        "The office decided that certificate {number} was never valid ({why_en}). What line {rows} of order {id} counts as was adjusted. {figures_en}Goods accepted and money paid stay as they are; return goods with the supplier if you wish."
    );
    tell(tx, claimed, ("订单商品认定自始无效", "A certificate of ordered goods was never valid"), (&zh, &en))
}
