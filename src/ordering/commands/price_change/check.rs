//! Whether prices may be changed so, as the order stands now; everything that is wrong is named.

use crate::catalogue;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::ListingId;
use crate::kernel::money::Fen;
use crate::ordering::book::amounts;
use crate::ordering::commands::claimed::Claimed;
use crate::ordering::rules::dispute::DisputeState;
use crate::ordering::rules::line::Refusal as LineRefusal;
use crate::ordering::rules::order::{OrderState, Refusal};
use crate::ordering::rules::price_change::{Asked, PriceChangeState, PriceFault, price};
use crate::ordering::store::disputes;
use crate::ordering::store::orders::LineRow;
use crate::ordering::store::price_changes::{self as store, ChangeLineRow};
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Tx;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with a line of a proposal.
pub struct Fault {
    place: usize,
    line_no: i64,
    field: &'static str,
    code: Code,
    message: Message,
}

impl Fault {
    /// As whoever proposes is told: the field of the line.
    pub fn at_line(self) -> AppError {
        AppError::field(self.code, format!("/lines/{}{}", self.place, self.field), self.message)
            .with("line_no", self.line_no)
    }

    /// As whoever answers is told, who names no lines.
    fn at_decision(self) -> AppError {
        let Message { zh, en } = self.message;
        let message = Message::new(format!("第 {} 行：{zh}", self.line_no), format!("line {}: {en}", self.line_no));
        AppError::field(self.code, "/decision", message).with("line_no", self.line_no)
    }
}

/// Whether a change may hold now.
///
/// # Errors
/// As for a proposal, at the decision.
pub fn now(tx: &mut Tx<'_>, claimed: &Claimed, lines: &[ChangeLineRow]) -> Outcome<()> {
    let faults = faults(tx, claimed, lines)?;
    if faults.is_empty() {
        return Ok(());
    }
    Err(AppError::several(faults.into_iter().map(Fault::at_decision).collect()))
}

/// Everything that is wrong with the lines of a change.
///
/// # Errors
/// `wrong_state` of an order that does not stand, or that its supplier was not told of.
pub fn faults(tx: &mut Tx<'_>, claimed: &Claimed, lines: &[ChangeLineRow]) -> Outcome<Vec<Fault>> {
    let state = claimed.order.state;
    if !matches!(state, OrderState::Placed | OrderState::Confirmed | OrderState::Closed) {
        return Err(Refusal::WrongState(state).into());
    }
    let (most, withheld) = (limits(tx, claimed, lines)?, in_dispute(tx, claimed)?);
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for (place, line) in lines.iter().enumerate() {
        let mut wrong = |field: &'static str, error: &AppError| {
            let (zh, en) = error.code().titles();
            let message = error.parts().detail.clone().unwrap_or_else(|| Message::new(zh, en));
            faults.push(Fault { place, line_no: line.line_no, field, code: error.code(), message });
        };
        if !seen.insert(line.line_no) {
            wrong("/line_no", &invalid("同一行只写一次", "name each line once"));
            continue;
        }
        let row = claimed.lines.iter().find(|row| row.line_no == line.line_no);
        if row.is_none() && line.line_no != 0 {
            wrong("/line_no", &invalid("订单没有这一行", "the order has no such line"));
            continue;
        }
        let found = match (line.unit_price_fen, line.allowance_fen) {
            (Some(_), Some(_)) | (None, None) => {
                Err(("", invalid("单价与折让须且只能写一项", "name either a price or an allowance")))
            }
            (Some(wanted), None) => {
                repriced(row, wanted, most.get(&line.line_no)).map_err(|error| ("/unit_price_fen", error))
            }
            (None, Some(amount)) => {
                let held = withheld.get(&line.line_no).copied().unwrap_or_default();
                allowed(claimed, row, amount, held).map_err(|error| ("/allowance_fen", error))
            }
        };
        if let Err((field, error)) = found {
            wrong(field, &error);
        }
    }
    Ok(faults)
}

fn invalid(zh: &str, en: &str) -> AppError {
    AppError::new(Code::ValidationFailed).detail(zh, en)
}

/// Whether a line may cost so much a unit.
fn repriced(row: Option<&LineRow>, wanted: Fen, most: Option<&Outcome<Fen>>) -> Outcome<()> {
    let Some(row) = row else { return Err(invalid("运费没有单价", "freight has no price of a unit")) };
    amounts(row).reprice(wanted)?;
    let most = match most {
        Some(Err(refused)) => return Err(refused.clone()),
        Some(Ok(most)) => Some(*most),
        None => None,
    };
    price(&Asked { now: row.unit_price_fen, wanted, most }).map_err(|fault| match fault {
        PriceFault::Same => invalid("与现价相同", "is the price already"),
        PriceFault::Above(most) => AppError::new(Code::PriceEvidenceRequired).detail(
            format!("提价不得高于 {most} 元（协议价或商品现价）"),
            format!("a raise goes up to {most} yuan, which was agreed or is what the listing costs"),
        ),
    })
}

/// Whether so much may be allowed of what was accepted, or of the freight; what is in dispute is settled with the dispute.
fn allowed(claimed: &Claimed, row: Option<&LineRow>, amount: Fen, withheld: Fen) -> Outcome<()> {
    let owed = match row {
        Some(row) => amounts(row).kept_fen()?,
        None if claimed.order.due()?.is_zero() => Fen::ZERO,
        None => claimed.order.freight_fen,
    };
    let left = owed.minus(withheld)?.max(Fen::ZERO);
    if amount > left { Err(LineRefusal::AllowsTooMuch { left }.into()) } else { Ok(()) }
}

/// Up to where the prices that are to rise may go: what was agreed, of what was called off; else what the listing costs now, with the
/// evidence that it has for that, as long as it is sold.
fn limits(tx: &mut Tx<'_>, claimed: &Claimed, lines: &[ChangeLineRow]) -> Outcome<BTreeMap<i64, Outcome<Fen>>> {
    let raised: Vec<&LineRow> = claimed
        .lines
        .iter()
        .filter(|row| {
            let own = lines.iter().find(|line| line.line_no == row.line_no);
            own.and_then(|line| line.unit_price_fen).is_some_and(|wanted| wanted > row.unit_price_fen)
        })
        .collect();
    if raised.is_empty() {
        return Ok(BTreeMap::new());
    }
    let terms: Terms = terms::read(&claimed.order.terms)?;
    if terms.agreement.is_some() {
        let first = first_prices(tx, claimed)?;
        let of = |row: &&LineRow| first.get(&row.line_no).copied().unwrap_or(row.unit_price_fen);
        return Ok(raised.iter().map(|row| (row.line_no, Ok(of(row)))).collect());
    }
    let day = tx.at().day();
    let ids: Vec<ListingId> = raised.iter().map(|row| row.listing_id).collect();
    let offers = catalogue::offers(tx, &ids, day)?;
    let limit = |row: &&LineRow| {
        let offer = offers.iter().find(|offer| offer.listing_id == row.listing_id);
        let offer = offer.ok_or_else(|| AppError::from(Code::ListingNotOnSale))?;
        offer.orderable(day)?;
        Ok(offer.price_fen)
    };
    Ok(raised.iter().map(|row| (row.line_no, limit(row))).collect())
}

/// At what each line whose price was changed since was placed.
fn first_prices(tx: &mut Tx<'_>, claimed: &Claimed) -> Outcome<BTreeMap<i64, Fen>> {
    let changes = store::of_order(tx, claimed.order.id)?;
    let agreed: BTreeSet<_> =
        changes.iter().filter(|row| row.state == PriceChangeState::Agreed).map(|row| row.id).collect();
    let mut first = BTreeMap::new();
    for line in store::lines_of_order(tx, claimed.order.id)? {
        if let Some(before) = line.before_fen.filter(|_| agreed.contains(&line.change_id)) {
            first.entry(line.line_no).or_insert(before);
        }
    }
    Ok(first)
}

/// What open disputes keep from being due, by line.
fn in_dispute(tx: &mut Tx<'_>, claimed: &Claimed) -> Outcome<BTreeMap<i64, Fen>> {
    let open: BTreeSet<_> = disputes::of_order(tx, claimed.order.id)?
        .into_iter()
        .filter(|row| row.state == DisputeState::Open)
        .map(|row| row.id)
        .collect();
    let mut sums: BTreeMap<i64, Fen> = BTreeMap::new();
    for line in disputes::lines_of_order(tx, claimed.order.id)? {
        if open.contains(&line.dispute_id) {
            let sum = sums.entry(line.line_no).or_default();
            *sum = sum.plus(line.withheld_fen)?;
        }
    }
    Ok(sums)
}

/// What the order comes to once the prices hold, without freight.
///
/// # Errors
/// When it does not fit.
pub fn ordered_after(claimed: &Claimed, lines: &[ChangeLineRow]) -> Outcome<Fen> {
    let mut sum = claimed.order.ordered_fen;
    for line in lines {
        let row = claimed.lines.iter().find(|row| row.line_no == line.line_no);
        let Some((row, wanted)) = row.zip(line.unit_price_fen) else { continue };
        let mut changed = amounts(row);
        let before = changed.ordered_fen()?;
        changed.reprice(wanted)?;
        sum = sum.minus(before)?.plus(changed.ordered_fen()?)?;
    }
    Ok(sum)
}
