//! Papers of lots: brought with a shipment, or added until all that came of a line is accepted or rejected.

use crate::documents::{self, FileClass};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, OrderId, OrgId, RuleId, ShipmentId};
use crate::kernel::time::Day;
use crate::ordering::commands::claimed::Claimed;
use crate::ordering::commands::ship::ShippedLine;
use crate::ordering::rules::paper::{self, Paper, PaperKind};
use crate::ordering::store::facts::{self, ShipmentLineRow, ShipmentRow};
use crate::ordering::store::orders::{LineRow, OrderRow, Side};
use crate::ordering::store::papers::{self as store, LotPaperRow};
use crate::platform::db::{Read, Tx};
use crate::rulebook::{self, RuleName, Rules};
use serde_json::json;
use std::collections::BTreeSet;

/// A paper as the supplier tells it.
#[derive(Debug, Clone)]
pub struct NewPaper {
    /// What it is.
    pub kind: PaperKind,
    /// Its number.
    pub number: String,
    /// Who made it out.
    pub issuer: String,
    /// When.
    pub issued_on: Day,
    /// Its last day; none when it has none.
    pub expires_on: Option<Day>,
    /// Its picture.
    pub file_id: FileId,
}

/// Papers of a lot that was shipped before.
#[derive(Debug, Clone)]
pub struct LaterPapers {
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// The line.
    pub line_no: i64,
    /// The lot.
    pub lot: String,
    /// Its papers.
    pub papers: Vec<NewPaper>,
}

/// The papers of a shipment's lots and the rule rows that asked for them; every lot that lacks one is named.
///
/// # Errors
/// `lot_papers_missing`, `validation_failed`.
pub(super) fn of_shipment(
    tx: &mut Tx<'_>,
    actor: &Actor,
    claimed: &Claimed,
    fact: &ShipmentRow,
    lots: &[(&ShippedLine, &ShipmentLineRow)],
) -> Outcome<(Vec<LotPaperRow>, BTreeSet<RuleId>)> {
    let order = &claimed.order;
    let rules = rulebook::load(tx, &order.unit_region, fact.occurred_on, &[RuleName::LotPapers])?;
    let (mut rows, mut used, mut faults) = (Vec::new(), BTreeSet::new(), Vec::new());
    // One certificate is usually named for every lot.
    let mut good = BTreeSet::new();
    for (n, (told, row)) in lots.iter().enumerate() {
        let line = claimed.lines.iter().find(|line| line.id == row.line_id);
        let line = line.ok_or_else(|| AppError::internal("a lot of a foreign line"))?;
        match of_lot(tx, actor, (fact, row), &told.papers, &[], &mut good) {
            Ok(papers) => rows.extend(papers),
            Err(fault) => faults.push(fault.below(&format!("/lines/{n}"))),
        }
        if told.made_on.is_some_and(|day| day > fact.occurred_on) {
            let message = Message::new("生产或采收日期不能晚于发货日", "must not be later than the day of shipment");
            faults.push(AppError::field(Code::ValidationFailed, format!("/lines/{n}/made_on"), message));
        }
        match enough(&rules, line, order, &told.papers, fact.occurred_on) {
            Ok(rule) => used.extend([rule]),
            Err(fault) => faults.push(fault.below(&format!("/lines/{n}"))),
        }
    }
    if faults.is_empty() { Ok((rows, used)) } else { Err(AppError::several(faults)) }
}

/// Whether a lot has what its category asks for; the rule row that says so.
fn enough(rules: &Rules, line: &LineRow, order: &OrderRow, papers: &[NewPaper], left_on: Day) -> Outcome<RuleId> {
    let row = rules.row_for(RuleName::LotPapers, Some(line.category.as_str()), Some(order.fund.as_str()))?;
    let lacks = paper::lacking(&row.value, &seen(papers), left_on);
    if lacks.is_empty() {
        return Ok(row.id);
    }
    Err(AppError::field(Code::LotPapersMissing, "/papers", paper::words(&lacks)).with("rule_id", row.id.to_string()))
}

fn seen(papers: &[NewPaper]) -> Vec<Paper<'_>> {
    let mut seen = Vec::with_capacity(papers.len());
    for new in papers {
        seen.push(Paper { kind: new.kind, number: &new.number, issued_on: new.issued_on, expires_on: new.expires_on });
    }
    seen
}

/// New papers of a lot, checked; `known` are those that it has, `good` the files that were looked at already.
fn of_lot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (fact, lot): (&ShipmentRow, &ShipmentLineRow),
    new: &[NewPaper],
    known: &[(PaperKind, String)],
    good: &mut BTreeSet<FileId>,
) -> Outcome<Vec<LotPaperRow>> {
    let today = tx.at().day();
    let wrong = paper::faults(&seen(new), known, today);
    let mut faults: Vec<AppError> =
        wrong.into_iter().map(|(n, refusal)| AppError::from(refusal).below(&format!("/papers/{n}"))).collect();
    for (n, paper) in new.iter().enumerate() {
        if good.contains(&paper.file_id) {
            continue;
        }
        match own_file(tx, actor, paper.file_id, false, &format!("/papers/{n}/file_id")) {
            Ok(()) => drop(good.insert(paper.file_id)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let row = |paper: &NewPaper| LotPaperRow {
        id: tx.new_id(),
        shipment_id: fact.id,
        line_id: lot.line_id,
        lot: lot.lot.clone(),
        kind: paper.kind,
        number: paper.number.clone(),
        issuer: paper.issuer.clone(),
        issued_on: paper.issued_on,
        expires_on: paper.expires_on,
        file_id: paper.file_id,
        recorded_at: tx.at(),
        recorded_by: actor.user_id,
    };
    Ok(new.iter().map(row).collect())
}

/// A file that the actor's organisation brought and may show to the other side; for a photo, a picture.
///
/// # Errors
/// `validation_failed`, naming the field.
pub(super) fn own_file(on: &mut Read, actor: &Actor, file: FileId, picture: bool, pointer: &str) -> Outcome<()> {
    let wrong = |zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
    let found = documents::file(on, &Scope::Org(actor.org_id), file).map_err(|error| match error.code() {
        Code::NotFound => wrong("没有此文件", "there is no such file"),
        _ => error,
    })?;
    if found.class != FileClass::Evidence {
        return Err(wrong(
            "须为可向对方出示的文件（evidence）",
            "must be a file of class evidence, which the other side may open",
        ));
    }
    if picture && !found.content_type.starts_with("image/") {
        return Err(wrong("照片须为图片文件", "a photo is a picture"));
    }
    Ok(())
}

/// Keeps papers and shows their pictures to the buyer, the unit and the payer.
pub(super) fn keep(tx: &mut Tx<'_>, order: &OrderRow, rows: &[LotPaperRow]) -> Outcome<()> {
    store::insert(tx, rows)?;
    show(tx, order, order.supplier_id, rows.iter().map(|row| row.file_id).collect())
}

/// Shows files of one party of an order to all its other ones.
pub(super) fn show(tx: &mut Tx<'_>, order: &OrderRow, whose: OrgId, files: BTreeSet<FileId>) -> Outcome<()> {
    let mut parties = BTreeSet::from(order.concerned());
    parties.insert(order.supplier_id);
    parties.remove(&whose);
    for file in files {
        for party in &parties {
            documents::share(tx, file, *party)?;
        }
    }
    Ok(())
}

/// Adds papers to a lot of which something still waits for acceptance.
///
/// # Errors
/// `not_found`, `wrong_state` once all that came of the line is accepted or rejected, `validation_failed`.
pub fn add(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &LaterPapers) -> Outcome<(Vec<LotPaperRow>, LineRow)> {
    let claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    let line = claimed.lines[claimed.find(new.line_no, "/line_no")?].clone();
    let shipped = facts::shipments(tx, id)?;
    let named = |(fact, row): &&(ShipmentRow, ShipmentLineRow)| {
        fact.id == new.shipment_id && row.line_id == line.id && row.lot == new.lot
    };
    if shipped.iter().all(|(fact, _)| fact.id != new.shipment_id) {
        let message = Message::new("订单没有这次发货", "the order has no such shipment");
        return Err(AppError::field(Code::ValidationFailed, "/shipment_id", message));
    }
    let Some((fact, lot)) = shipped.iter().find(named) else {
        let message = Message::new("该次发货没有这一批次", "the shipment has no such lot");
        return Err(AppError::field(Code::ValidationFailed, "/lot", message));
    };
    if line.accepted.plus(line.rejected)? >= line.shipped {
        return Err(AppError::new(Code::WrongState)
            .detail("该行到货已全部验收，不能再补证明", "All that came of the line is accepted or rejected already"));
    }
    let known = store::of_order(tx, id)?;
    let of_this = known.iter().filter(|row| row.shipment_id == fact.id && row.line_id == line.id && row.lot == lot.lot);
    let known: Vec<(PaperKind, String)> = of_this.map(|row| (row.kind, row.number.clone())).collect();
    let rows = of_lot(tx, actor, (fact, lot), &new.papers, &known, &mut BTreeSet::new())?;
    keep(tx, &claimed.order, &rows)?;
    let papers: Vec<_> = rows.iter().map(|row| json!({ "kind": row.kind, "number": row.number })).collect();
    let details = json!({ "shipment": fact.id, "line_no": line.line_no, "lot": lot.lot, "papers": papers });
    claimed.record(tx, Some(actor), "order.papers_added", details)?;
    Ok((rows, line))
}
