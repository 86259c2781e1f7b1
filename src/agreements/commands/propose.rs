//! A buyer proposes an agreement to a supplier.

use super::{record, share, tell};
use crate::agreements::rules::framework::{
    AgreementCoverage, AgreementState, FrameworkLine, FrameworkTerms, OnOffer, RevisionState, line_faults, term_faults,
};
use crate::agreements::rules::term::TermCalendar;
use crate::agreements::store::{self, AgreementRow, RevisionRow};
use crate::catalogue::{self, Offer};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeSet;

/// What a buyer proposes.
#[derive(Debug, Clone)]
pub struct NewAgreement {
    /// To whom.
    pub supplier: OrgId,
    /// Who may call off.
    pub coverage: AgreementCoverage,
    /// Where they are listed.
    pub units: Vec<OrgId>,
    /// The number of the document.
    pub number: String,
    /// The document.
    pub file: Option<FileId>,
    /// The first day on which goods may come.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// On which days.
    pub calendar: TermCalendar,
    /// How many days before its end notice is given.
    pub notice_days: i64,
    /// How it is delivered.
    pub delivery_terms: Option<String>,
    /// What.
    pub lines: Vec<ProposedLine>,
}

/// A line as it is proposed.
#[derive(Debug, Clone)]
pub struct ProposedLine {
    /// The listing.
    pub listing_id: ListingId,
    /// The price of a unit.
    pub unit_price_fen: Fen,
    /// How much in all.
    pub quantity: Quantity,
    /// How much each unit at most.
    pub unit_quantity: Option<Quantity>,
}

/// Proposes an agreement.
///
/// # Errors
/// `validation_failed`, `quantity_not_whole` with every field that is wrong; `unit_ended`.
pub fn propose(tx: &mut Tx<'_>, actor: &Actor, new: &NewAgreement) -> Outcome<AgreementRow> {
    let today = tx.at().day();
    identity::check_stands(tx, actor.org_id, today)?;
    let mut faults = parties(tx, actor, new, today)?;
    let ids: Vec<ListingId> = new.lines.iter().map(|line| line.listing_id).collect();
    let offers = catalogue::offers(tx, &ids, today)?;
    let (lines, wrong) = lines(new, &offers);
    faults.extend(wrong);
    let terms = FrameworkTerms {
        from: new.from,
        until: new.until,
        calendar: new.calendar.clone(),
        notice_days: new.notice_days,
        delivery_terms: new.delivery_terms.clone(),
        lines,
    };
    faults.extend(term_faults(&terms, today));
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let row = AgreementRow {
        id: tx.new_id(),
        number: new.number.trim().to_owned(),
        holder_id: actor.org_id,
        holder_region: actor.region,
        supplier_id: new.supplier,
        coverage: new.coverage,
        state: AgreementState::Proposed,
        revision: 0,
        term_from: terms.from,
        term_until: terms.until,
        ends_on: None,
        end_reason: None,
        ended_by: None,
        ended_org: None,
        proposed_at: tx.at(),
        version: 1,
    };
    share(tx, actor, new.file, new.supplier)?;
    let first = RevisionRow {
        agreement_id: row.id,
        revision: 1,
        state: RevisionState::Proposed,
        terms: serde_json::to_string(&terms).map_err(AppError::internal)?,
        document_number: row.number.clone(),
        file_id: new.file,
        reason: String::new(),
        proposed_by: actor.user_id,
        proposed_org: actor.org_id,
        proposed_at: tx.at(),
        answered_by: None,
        answered_org: None,
        answered_at: None,
        answer_reason: None,
    };
    store::insert(tx, &row, &new.units, &first)?;
    let details = json!({ "number": row.number, "revision": 1, "coverage": row.coverage, "from": terms.from, "until": terms.until });
    record(tx, actor, &row, "agreement.proposed", details)?;
    tell(tx, &row, actor, ("提出一份框架协议，请答复", "proposes a framework agreement; please answer it"))?;
    Ok(row)
}

fn wrong(pointer: impl Into<String>, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// What is wrong with the supplier and with who may call off.
fn parties(tx: &mut Tx<'_>, actor: &Actor, new: &NewAgreement, today: Day) -> Outcome<Vec<AppError>> {
    let mut faults = Vec::new();
    let supplier = identity::organisations(tx, &[new.supplier])?.into_iter().next();
    if !supplier.is_some_and(|found| found.kind.sells()) {
        faults.push(wrong("/supplier_id", "不是供应商", "is no supplier"));
    }
    let listed = new.coverage == AgreementCoverage::Listed;
    if listed == new.units.is_empty() {
        let (zh, en) = if listed {
            ("须列明可订购的单位", "name the units that may call off")
        } else {
            ("只有逐个列明时才写", "is named with coverage `listed` only")
        };
        faults.push(wrong("/unit_ids", zh, en));
    }
    if new.coverage == AgreementCoverage::Own {
        return Ok(faults);
    }
    if actor.kind != OrgKind::BudgetUnit {
        faults.push(wrong(
            "/coverage",
            "只有主管预算单位可为下属单位订立",
            "only a supervising unit concludes for others",
        ));
        return Ok(faults);
    }
    let below = identity::subtree(tx, actor.org_id, today)?;
    if below.len() < 2 {
        faults.push(wrong("/coverage", "没有下属单位", "there is no unit below yours"));
    }
    for (index, unit) in new.units.iter().enumerate() {
        if *unit == actor.org_id || !below.contains(unit) {
            faults.push(wrong(format!("/unit_ids/{index}"), "不是下属单位", "is no unit below yours"));
        }
    }
    Ok(faults)
}

/// The lines by number, and what is wrong with them.
fn lines(new: &NewAgreement, offers: &[Offer]) -> (Vec<FrameworkLine>, Vec<AppError>) {
    let (mut lines, mut faults, mut seen) = (Vec::with_capacity(new.lines.len()), Vec::new(), BTreeSet::new());
    for ((index, asked), line_no) in new.lines.iter().enumerate().zip(1..) {
        let pointer = format!("/lines/{index}");
        if !seen.insert(asked.listing_id) {
            faults.push(wrong(format!("{pointer}/listing_id"), "同一商品只写一行", "name each listing once"));
            continue;
        }
        let offer = offers.iter().find(|o| o.listing_id == asked.listing_id && o.supplier_id == new.supplier);
        let Some(offer) = offer else {
            let pointer = format!("{pointer}/listing_id");
            faults.push(wrong(pointer, "不是该供应商的商品", "is no listing of this supplier"));
            continue;
        };
        let line = FrameworkLine {
            line_no,
            listing_id: asked.listing_id,
            name: offer.name.clone(),
            unit: offer.unit.clone(),
            weighed: offer.weighed,
            unit_price_fen: asked.unit_price_fen,
            quantity: asked.quantity,
            unit_quantity: asked.unit_quantity,
        };
        let today = OnOffer { price: offer.price_fen, weighed: offer.weighed };
        faults.extend(line_faults(&line, today, true, &pointer));
        lines.push(line);
    }
    (lines, faults)
}
