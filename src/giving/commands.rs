//! Issuing purchase certificates, and noting that one stands no more.

use super::rules::{
    CertifiedGoods, CertifiedOrigin, CertifiedParty, CertifiedRecipient, CertifiedRegion, NotReady, PurchaseContent,
    ReadyLine, TITLE, by_county, not_ready, number,
};
use super::store::{self, CertificateRow, EndRow};
use crate::audit;
use crate::catalogue;
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::capitals::capitals;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId, ProductId, PurchaseCertificateId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{LineStanding, Purpose};
use crate::linkage;
use crate::ordering::{self, KeptFor, KeptLine, KeptOrder, TakenBack};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::platform::jobs::Job;
use crate::platform::secret::{hex, sha256};
use crate::regions;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Issues a certificate for an order of the actor's organisation. Of several who ask at one moment one gets it: the order is kept as it is
/// until the transaction ends.
///
/// # Errors
/// `not_found`; `already_exists`, naming it, while one stands; `wrong_state` for what is no purchase in place of a donation or of which
/// nothing was kept; `not_completed_yet` naming every line that is not accepted, paid and received.
pub fn issue(tx: &mut Tx<'_>, actor: &Actor, order: OrderId) -> Outcome<CertificateRow> {
    ordering::keep_orders(tx, &[order])?;
    let kept = ordering::kept_order(tx, order)?;
    if kept.buyer_id != actor.org_id {
        return Err(Code::NotFound.into());
    }
    if kept.purpose != Purpose::PurchaseForDonation {
        return Err(AppError::new(Code::WrongState)
            .detail("只有以购代捐的订单开具购买凭证", "Only a purchase in place of a donation is certified so"));
    }
    let last = store::of_order(tx, order)?.pop();
    if let Some(last) = &last
        && ordering::taken_back(tx, order, (last.fact_seq, last.receipt_no))?.is_none()
    {
        return Err(stands(&last.number));
    }
    let recipient = kept.recipient.clone().ok_or_else(|| {
        AppError::new(Code::NotCompletedYet).detail("订单未写明受益单位", "The order names no recipient yet")
    })?;
    let lines = certifiable(&kept)?;
    let row = put_together(tx, actor, (&kept, &recipient, &lines), last.as_ref())?;
    tx.attempt(|tx| store::insert(tx, &row)).map_err(|error| match error.code() {
        Code::AlreadyExists => stands(&row.number),
        _ => error,
    })?;
    let details = json!({ "order": order, "amount_fen": row.amount_fen, "sha256": row.sha256, "edition": row.edition,
        "replaces": last.map(|last| last.number) });
    record(tx, Some(actor), &row, "purchase_certificate.issued", details)?;
    Ok(row)
}

fn stands(number: &str) -> AppError {
    AppError::new(Code::AlreadyExists)
        .detail(format!("购买凭证 {number} 仍然有效"), format!("The purchase certificate {number} stands"))
        .with("number", number)
}

/// The lines that a certificate names, once nothing is lacking any more.
fn certifiable(kept: &KeptOrder) -> Outcome<Vec<&KeptLine>> {
    let void = |line: &KeptLine| line.standing == LineStanding::Void;
    let ready = |line: &KeptLine| ReadyLine {
        line_no: line.line_no,
        kept: line.kept,
        received: line.received,
        amount: line.amount,
        paid: line.paid,
        closed: line.closed,
        void: void(line),
    };
    let lacking = not_ready(&kept.lines.iter().map(ready).collect::<Vec<_>>());
    if !lacking.is_empty() {
        return Err(NotReady::refusal(&lacking));
    }
    let named: Vec<&KeptLine> = kept.lines.iter().filter(|line| !void(line) && line.amount > Fen::ZERO).collect();
    if named.is_empty() {
        return Err(AppError::new(Code::WrongState)
            .with("state", kept.state.as_str())
            .detail("订单没有留用的货物可开具凭证", "Nothing of the order was kept that could be certified"));
    }
    Ok(named)
}

fn put_together(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (kept, recipient, lines): (&KeptOrder, &KeptFor, &[&KeptLine]),
    last: Option<&CertificateRow>,
) -> Outcome<CertificateRow> {
    let (id, day): (PurchaseCertificateId, _) = (tx.new_id(), tx.at().day());
    let place = store::next_place(tx, day.year())?;
    let number = number(day.year(), place, &id.to_string());
    let names = regions::names(tx)?;
    let region = |code: RegionCode| CertifiedRegion { code, name: names.get(&code).cloned().unwrap_or_default() };
    let buyer = party(tx, kept.buyer_id, &region)?;
    let products: BTreeSet<ProductId> = lines.iter().map(|line| line.product_id).collect();
    let products: Vec<ProductId> = products.into_iter().collect();
    let suppliers = sellers(tx, kept.supplier_id, &products, &region)?;
    let (households, with_list) = linkage::households_behind(tx, &products, kept.placed_on.year())?;
    let amount = Fen::total(lines.iter().map(|line| line.amount))?;
    let content = PurchaseContent {
        title: TITLE.to_owned(),
        number: number.clone(),
        replaces: last.map(|last| last.number.clone()),
        buyer,
        recipient: CertifiedRecipient {
            name: recipient.name.clone(),
            kind: recipient.kind,
            credit_code: recipient.credit_code,
            region: region(recipient.region),
        },
        suppliers,
        order_id: kept.id,
        placed_on: kept.placed_on,
        received_on: kept.received_on.ok_or_else(|| AppError::internal("goods were received on no day"))?,
        goods: lines.iter().map(|line| goods(line)).collect(),
        origins: origins(lines, &region)?,
        households,
        products_with_list: i64::try_from(with_list).map_err(AppError::internal)?,
        amount_fen: amount,
        amount_capitals: capitals(amount),
        issued_at: tx.at(),
    };
    let text = serde_json::to_string(&content).map_err(AppError::internal)?;
    Ok(CertificateRow {
        id,
        number,
        year: day.year(),
        place,
        order_id: kept.id,
        edition: last.map_or(1, |last| last.edition + 1),
        replaces: last.map(|last| last.id),
        buyer_id: kept.buyer_id,
        unit_id: kept.unit_id,
        region_code: kept.unit_region,
        recipient_org: recipient.org_id,
        amount_fen: amount,
        sha256: hex(&sha256(text.as_bytes())),
        content: text,
        fact_seq: kept.fact_seq,
        receipt_no: kept.receipt_no,
        issued_by: actor.user_id,
        issued_at: tx.at(),
        issued_on: day,
    })
}

fn party(tx: &mut Tx<'_>, id: OrgId, region: &impl Fn(RegionCode) -> CertifiedRegion) -> Outcome<CertifiedParty> {
    let org = identity::organisation(tx, id)?;
    Ok(CertifiedParty { name: org.name, credit_code: org.uscc, region: region(org.region_code) })
}

/// Who sold, and, where an agent did, whose goods they are.
fn sellers(
    tx: &mut Tx<'_>,
    seller: OrgId,
    products: &[ProductId],
    region: &impl Fn(RegionCode) -> CertifiedRegion,
) -> Outcome<Vec<CertifiedParty>> {
    let mut known = BTreeSet::from([seller]);
    let mut sellers = vec![party(tx, seller, region)?];
    for product in products {
        let producer = catalogue::product(tx, &Scope::Platform, *product)?.org_id;
        if known.insert(producer) {
            sellers.push(party(tx, producer, region)?);
        }
    }
    Ok(sellers)
}

fn goods(line: &KeptLine) -> CertifiedGoods {
    CertifiedGoods {
        line_no: line.line_no,
        name: line.name.clone(),
        quantity: line.kept,
        unit: line.unit.clone(),
        amount_fen: line.amount,
    }
}

fn origins(lines: &[&KeptLine], region: &impl Fn(RegionCode) -> CertifiedRegion) -> Outcome<Vec<CertifiedOrigin>> {
    let shares = |line: &&KeptLine| {
        let shares = line.origins.iter().map(|origin| (origin.county, origin.share_ppm.0)).collect();
        (line.amount, shares)
    };
    let sums: BTreeMap<RegionCode, Fen> = by_county(&lines.iter().map(shares).collect::<Vec<_>>())?;
    Ok(sums.into_iter().map(|(code, amount_fen)| CertifiedOrigin { county: region(code), amount_fen }).collect())
}

/// Notes that certificates of an order stand no more, and tells their buyer; once for each, whoever comes again.
///
/// # Errors
/// When the database fails.
pub async fn note_taken_back(db: &Store, ctx: Ctx, job: &Job) -> Outcome<usize> {
    let fact: TakenBack = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    db.write(ctx, move |tx| noted(tx, fact.order_id)).await
}

fn noted(tx: &mut Tx<'_>, order: OrderId) -> Outcome<usize> {
    let mut count = 0;
    for row in store::of_order(tx, order)? {
        let Some((cause, ended_on)) = ordering::taken_back(tx, order, (row.fact_seq, row.receipt_no))? else {
            continue;
        };
        let end = EndRow { certificate_id: row.id, cause, ended_on, noted_at: tx.at() };
        if !store::note_end(tx, &end)? {
            continue;
        }
        count += 1;
        let details = json!({ "order": order, "cause": cause, "ended_on": ended_on });
        record(tx, None, &row, "purchase_certificate.superseded", details)?;
        let (number, (cause_zh, cause_en)) = (&row.number, cause.words());
        let zh = format!("购买凭证 {number} 自 {ended_on} 起失效：{cause_zh}。订单重新齐备后可再次开具。");
        let en = format!(
            "The purchase certificate {number} stands no more since {ended_on}: {cause_en}. Once the order is complete again another may be issued."
        );
        identity::tell(
            tx,
            row.buyer_id,
            Role::Trader,
            ("购买凭证失效", "A purchase certificate stands no more"),
            (&zh, &en),
        )?;
    }
    Ok(count)
}

/// Writes the trail of the buyer and the recipient.
fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    row: &CertificateRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.number.clone(),
        owner_org: row.buyer_id,
        other_org: row.recipient_org,
        region: row.region_code,
        details,
    };
    audit::record_for(tx, &[entry], &[row.unit_id])
}
