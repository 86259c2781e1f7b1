//! What a venue may report as sold, and what of it is added to volumes.

use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::ids::OrderId;
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::terms::Purpose;
use crate::kernel::time::Day;
use std::collections::BTreeSet;

crate::text_enum! {
    /// What a venue is.
    VenueKind {
        /// 专柜.
        Cabinet "cabinet"
        /// 专馆.
        Hall "hall"
        /// 专区.
        Section "section"
    }
}

impl VenueKind {
    /// The word for people.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            VenueKind::Cabinet => "专柜",
            VenueKind::Hall => "专馆",
            VenueKind::Section => "专区",
        }
    }
}

/// Goods that were bought here for resale: how much of which line, in that line's unit, and for how much they were sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub line_no: i64,
    /// How much of it.
    pub quantity: Quantity,
    /// What that fetched, in fen.
    pub amount: Fen,
}

/// A sale as it is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSale {
    /// The receipt's number.
    pub receipt_no: String,
    /// The day.
    pub sold_on: Day,
    /// What the receipt calls the goods.
    pub name: String,
    /// The certificate that the goods carry.
    pub certificate_number: Option<String>,
    /// The county of production of goods that neither carry a certificate nor were bought here.
    pub county: Option<RegionCode>,
    /// How much was sold.
    pub quantity: Quantity,
    /// What one unit is called.
    pub unit: String,
    /// For how much, in fen.
    pub amount: Fen,
    /// What of it was bought here.
    pub sources: Vec<NewSource>,
}

impl NewSale {
    /// What of the amount goods that were bought here fetched.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn sourced(&self) -> Result<Fen, Overflow> {
        Fen::total(self.sources.iter().map(|source| source.amount))
    }

    /// Everything that it says, in one spelling: the same receipt with the same text is the same sale.
    #[must_use]
    pub fn content(&self) -> String {
        let source = |s: &NewSource| format!("{} {} {} {}", s.order_id, s.line_no, s.quantity.milli(), s.amount.get());
        let mut sources: Vec<String> = self.sources.iter().map(source).collect();
        sources.sort();
        let certificate = self.certificate_number.as_deref().unwrap_or("-");
        let county = self.county.map_or_else(|| "-".to_owned(), |county| county.to_string());
        let (name, unit) = (self.name.trim(), self.unit.trim());
        let (quantity, amount) = (self.quantity.milli(), self.amount.get());
        format!(
            "{}\n{name}\n{certificate}\n{county}\n{quantity} {unit}\n{amount}\n{}",
            self.sold_on,
            sources.join("\n")
        )
    }
}

fn wrong(pointer: impl Into<String>, zh: &str, en: &str) -> FieldError {
    FieldError::new(pointer, "invalid", Message::new(zh, en))
}

/// What a sale alone shows to be wrong, in a venue that is open on these days.
#[must_use]
pub fn faults(sale: &NewSale, (opened_on, closed_on): (Day, Option<Day>), today: Day) -> Vec<FieldError> {
    let mut found = Vec::new();
    if sale.sold_on > today {
        found.push(wrong("/sold_on", "不得晚于今天", "lies in the future"));
    } else if sale.sold_on < opened_on || closed_on.is_some_and(|last| last < sale.sold_on) {
        found.push(wrong("/sold_on", "该日销售点未开放", "the venue was not open on this day"));
    }
    let known = sale.certificate_number.is_some() || !sale.sources.is_empty();
    match sale.county {
        None if !known => found.push(wrong(
            "/county",
            "既无认定编号又无来源订单的货物须写明生产县",
            "goods without a certificate or a source order need their county of production",
        )),
        Some(_) if known => found.push(wrong(
            "/county",
            "生产县以认定或来源订单为准，不另填写",
            "follows from the certificate or the source order and is not stated",
        )),
        Some(county) if county.level() != RegionLevel::County => {
            found.push(wrong("/county", "须为县级区划", "must be a county"));
        }
        _ => {}
    }
    let mut lines = BTreeSet::new();
    for (place, source) in sale.sources.iter().enumerate() {
        if !lines.insert((source.order_id, source.line_no)) {
            let (zh, en) = ("同一订单行重复", "names the same line of an order again");
            found.push(wrong(format!("/sources/{place}/line_no"), zh, en));
        }
    }
    if sale.sourced().map_or(true, |sourced| sourced > sale.amount) {
        found.push(wrong("/sources", "来源金额之和超过销售金额", "fetched more than the sale as a whole"));
    }
    found
}

/// What a line of an order has left for sale in venues.
#[derive(Debug, Clone, Copy)]
pub struct Stocked {
    /// Why it was bought.
    pub purpose: Purpose,
    /// Accepted and kept.
    pub kept: Quantity,
    /// Named by standing sales already.
    pub sold: Quantity,
}

/// Whether so much of a line may be named; what is wrong is pointed to below the source.
///
/// # Errors
/// `invalid` for what was not bought for resale, or for more than is left.
pub fn may_name(line: Stocked, quantity: Quantity) -> Result<(), FieldError> {
    if line.purpose != Purpose::Resale {
        return Err(wrong("/order_id", "该订单不是为转售而购买", "was not bought for resale"));
    }
    let left = line.kept.minus(line.sold).ok().filter(|left| *left >= Quantity::from_milli(0));
    let left = left.unwrap_or(Quantity::from_milli(0));
    if quantity > left {
        let zh = format!("超过可售数量：已验收留用 {}，已售 {}", line.kept, line.sold);
        let en = format!("exceeds what is left: {} accepted and kept, {} sold already", line.kept, line.sold);
        return Err(FieldError::new("/quantity", "invalid", Message::new(zh, en)));
    }
    Ok(())
}

/// What a sale counts for one county of production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The county.
    pub county: RegionCode,
    /// Its part of the sale, in fen.
    pub total: Fen,
    /// The part of it that orders count.
    pub sourced: Fen,
}

/// Splits a sale by its counties: what orders count and what is added are each split by largest remainder, so that both sum to the fen
/// and neither is ever negative.
///
/// # Errors
/// When it does not fit.
pub fn parts(amount: Fen, sourced: Fen, origins: &[(RegionCode, i64)]) -> Result<Vec<Part>, Overflow> {
    let shares: Vec<i64> = origins.iter().map(|(_, share)| *share).collect();
    let (known, added) = (sourced.split_by(&shares), amount.minus(sourced)?.split_by(&shares));
    let parts = origins.iter().zip(known.into_iter().zip(added));
    parts
        .map(|((county, _), (sourced, added))| Ok(Part { county: *county, total: sourced.plus(added)?, sourced }))
        .collect()
}

/// The last day of a venue that is open.
///
/// # Errors
/// `wrong_state` for one that is closed; `validation_failed` for a day before it opened or that is not over.
pub fn may_close((opened_on, closed): (Day, Option<Day>), closed_on: Day, today: Day) -> Result<(), AppError> {
    if closed.is_some() {
        return Err(AppError::new(Code::WrongState).detail("销售点已关闭", "The venue is closed already"));
    }
    if closed_on < opened_on || closed_on > today {
        let message = Message::new("须在开放日与今天之间", "must lie between the day it opened and today");
        return Err(AppError::field(Code::ValidationFailed, "/closed_on", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
