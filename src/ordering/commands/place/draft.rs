//! The lines of a request, checked against what the listings offer; every wrong line is named.

use super::NewOrder;
use crate::catalogue::Offer;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrderLineId};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::LineStanding;
use crate::kernel::time::Day;
use crate::ordering::rules::line::Line;
use crate::ordering::rules::mode;
use crate::ordering::store::halal::HalalLineRow;
use crate::ordering::store::orders::LineRow;
use crate::ordering::terms::{self, Certificate, Origin};

/// A line of a request that may be ordered.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// What is ordered.
    pub offer: &'a Offer,
    /// Its amounts.
    pub line: Line,
    /// Whether it counts to the plan.
    pub qualifies: bool,
    /// Which delivery.
    pub delivery_no: i64,
}

/// Checks every line and every delivery; all that is wrong is named at once.
///
/// # Errors
/// One code when all faults have it, else `validation_failed` with each field's own.
pub fn drafts<'a>(new: &NewOrder, offers: &'a [Offer], quota_rule: &str, day: Day) -> Outcome<Vec<Draft<'a>>> {
    let mut faults: Vec<AppError> = Vec::new();
    for (index, delivery) in new.deliveries.iter().enumerate() {
        if delivery.date < day {
            let message = Message::new("交货日期已过", "the delivery date has passed");
            faults.push(AppError::field(Code::ValidationFailed, format!("/deliveries/{index}/date"), message));
        }
    }
    let mut drafts = Vec::with_capacity(new.lines.len());
    for (index, asked) in new.lines.iter().enumerate() {
        let mut wrong = |code: Code, field: &str, message: Option<Message>| {
            let (zh, en) = code.titles();
            let message = message.unwrap_or_else(|| Message::new(zh, en));
            faults.push(AppError::field(code, format!("/lines/{index}/{field}"), message));
        };
        if asked.delivery_no >= new.deliveries.len() {
            let message = Message::new("没有这个收货安排", "there is no such delivery");
            wrong(Code::ValidationFailed, "delivery_no", Some(message));
        }
        let Some(offer) = offers.iter().find(|offer| offer.listing_id == asked.listing_id) else {
            wrong(Code::ListingNotOnSale, "listing_id", None);
            continue;
        };
        if let Err(refusal) = offer.orderable(day) {
            wrong(refusal.code(), "listing_id", refusal.parts().detail.clone());
            continue;
        }
        let differs = asked.unit_price_fen.is_some_and(|seen| seen != offer.price_fen);
        if differs || asked.most_fen.is_some_and(|most| most < offer.price_fen) {
            let now = offer.price_fen;
            let message = Message::new(format!("现价 {now} 元"), format!("the price is now {now} yuan"));
            wrong(Code::PriceChanged, "unit_price_fen", Some(message));
        }
        match Line::place(asked.quantity, offer.price_fen, offer.weighed, offer.tolerance_ppm) {
            Ok(line) => drafts.push(Draft {
                offer,
                line,
                qualifies: mode::qualifies(quota_rule, !offer.certificates.is_empty(), offer.eligible),
                delivery_no: i64::try_from(asked.delivery_no).unwrap_or(0),
            }),
            Err(refusal) => {
                let error = AppError::from(refusal);
                wrong(error.code(), "quantity", error.parts().detail.clone());
            }
        }
    }
    if faults.is_empty() { Ok(drafts) } else { Err(AppError::several(faults)) }
}

impl Draft<'_> {
    /// The row to store.
    pub fn row(&self, id: OrderLineId, order_id: OrderId, line_no: i64) -> Outcome<LineRow> {
        let (offer, line) = (self.offer, &self.line);
        let origin = |share: &crate::catalogue::OriginShare| Origin { county: share.county, share_ppm: share.ppm };
        let origins: Vec<Origin> = offer.origins.iter().map(origin).collect();
        let certificates: Vec<Certificate> = offer
            .certificates
            .iter()
            .map(|held| Certificate { id: held.id, number: held.number.clone(), scheme_id: held.scheme_id })
            .collect();
        Ok(LineRow {
            id,
            order_id,
            line_no,
            listing_id: offer.listing_id,
            product_id: offer.product_id,
            name: offer.name.clone(),
            unit: offer.unit.clone(),
            category: offer.category,
            supplier_county: offer.supplier_region,
            origins: terms::write(&origins)?,
            certificates: terms::write(&certificates)?,
            net_weight_grams: offer.net_weight_grams,
            weighed: offer.weighed,
            tolerance_ppm: offer.tolerance_ppm,
            unit_price_fen: offer.price_fen,
            certified: !offer.certificates.is_empty(),
            eligible: offer.eligible,
            qualifies: self.qualifies,
            delivery_no: self.delivery_no,
            quantity: line.quantity,
            shipped: Quantity::ZERO,
            accepted: Quantity::ZERO,
            rejected: Quantity::ZERO,
            returned: Quantity::ZERO,
            short_closed: Quantity::ZERO,
            line_fen: line.quantity.price(line.unit_price)?,
            held_fen: line.held_fen,
            accepted_fen: line.accepted_fen,
            returned_fen: line.returned_fen,
            closed: false,
            standing: LineStanding::AsPlaced,
            allowed_fen: line.allowed_fen,
        })
    }
}

/// The lines whose goods are 清真, with the certificate; lines follow their drafts.
pub fn halal_lines(lines: &[LineRow], drafts: &[Draft<'_>]) -> Vec<HalalLineRow> {
    let held = lines.iter().zip(drafts).filter_map(|(line, draft)| Some((line, draft.offer.halal.clone()?)));
    held.map(|(line, number)| HalalLineRow {
        line_id: line.id,
        order_id: line.order_id,
        product_id: line.product_id,
        number,
    })
    .collect()
}
