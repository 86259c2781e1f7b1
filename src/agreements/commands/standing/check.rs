//! What is asked of the lines of a standing order when somebody makes or amends it: everything that would refuse each of its
//! orders already today. Stock, ceiling and season are asked when each is placed.

use crate::agreements::commands::call_off::{covers, orders_for};
use crate::agreements::commands::current;
use crate::agreements::rules::framework::{
    AgreementState, FrameworkLine, FrameworkTerms, Used, room, standing, wrong_state,
};
use crate::agreements::rules::standing::{StandingFreight, StandingLine, line_faults, price_fault};
use crate::agreements::store::{self, AgreementRow};
use crate::catalogue::{self, Offer};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AgreementId, ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::platform::db::Tx;

/// A line as it is asked for.
#[derive(Debug, Clone)]
pub struct AskedLine {
    /// The listing.
    pub listing_id: Option<ListingId>,
    /// Or the agreement's line.
    pub line_no: Option<i64>,
    /// How much.
    pub quantity: Quantity,
    /// Which of the deliveries, counted from 0.
    pub delivery_no: usize,
    /// The highest price of a unit at which it is ordered.
    pub most_fen: Option<Fen>,
}

/// Where lines come from.
#[derive(Debug)]
pub enum Source {
    /// From listings, at their prices.
    Listings,
    /// From an agreement, at its prices.
    Agreement(Box<AgreementRow>, FrameworkTerms),
}

impl Source {
    /// The last day on which goods may come.
    #[must_use]
    pub fn until(&self) -> Option<Day> {
        match self {
            Source::Listings => None,
            Source::Agreement(row, terms) => Some(row.ends_on.map_or(terms.until, |end| end.min(terms.until))),
        }
    }
}

fn wrong(pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// Where the lines of a unit come from; an agreement must be in force and the unit's to call off.
///
/// # Errors
/// When the database fails; what is wrong with the agreement is in the answer.
pub fn source(
    tx: &mut Tx<'_>,
    actor: &Actor,
    agreement: Option<AgreementId>,
    unit: OrgId,
) -> Outcome<Result<Source, AppError>> {
    let Some(id) = agreement else { return Ok(Ok(Source::Listings)) };
    let today = tx.at().day();
    let unknown =
        || wrong("/agreement_id", "没有可供该单位订购的这份协议", "is no agreement that this unit may call off");
    let Some(row) = store::agreement(tx, id)?.filter(|row| row.state == AgreementState::InForce) else {
        return Ok(Err(unknown()));
    };
    if !orders_for(tx, actor, unit, today)? || !covers(tx, &row, unit, today)? {
        return Ok(Err(unknown()));
    }
    let state = standing(row.state, row.term_until, row.ends_on, today);
    if state != AgreementState::InForce {
        let error = wrong_state(state);
        let detail = error.parts().detail.clone();
        return Ok(Err(detail.map_or(error, |detail| AppError::field(Code::WrongState, "/agreement_id", detail))));
    }
    let terms = current(tx, &row)?;
    Ok(Ok(Source::Agreement(Box::new(row), terms)))
}

/// The lines as they are kept, and everything that is wrong with them.
///
/// # Errors
/// When the database fails.
pub fn lines(
    tx: &mut Tx<'_>,
    source: &Source,
    asked: &[AskedLine],
    deliveries: usize,
) -> Outcome<(Vec<StandingLine>, Vec<AppError>)> {
    let today = tx.at().day();
    let ids: Vec<ListingId> = match source {
        Source::Listings => asked.iter().filter_map(|line| line.listing_id).collect(),
        Source::Agreement(..) => Vec::new(),
    };
    let offers = if ids.is_empty() { Vec::new() } else { catalogue::offers(tx, &ids, today)? };
    let (mut lines, mut faults) = (Vec::with_capacity(asked.len()), Vec::new());
    for (index, line) in asked.iter().enumerate() {
        let pointer = format!("/lines/{index}");
        let (kept, wrong) = match source {
            Source::Listings => listed(line, &offers, today, &pointer),
            Source::Agreement(row, terms) => agreed(line, row.supplier_id, terms, &pointer),
        };
        if let Some((kept, weighed)) = kept {
            faults.extend(line_faults(line.quantity, weighed, (line.delivery_no, deliveries), &pointer));
            lines.push(kept);
        }
        faults.extend(wrong);
    }
    Ok((lines, faults))
}

/// A line with whether it is sold by weight, and what is wrong with it.
type Checked = (Option<(StandingLine, bool)>, Vec<AppError>);

fn listed(asked: &AskedLine, offers: &[Offer], today: Day, pointer: &str) -> Checked {
    let mut faults = Vec::new();
    if asked.line_no.is_some() {
        let (zh, en) = ("只用于按框架协议订购", "is stated for call-offs of an agreement only");
        faults.push(wrong(format!("{pointer}/line_no"), zh, en));
    }
    let at = format!("{pointer}/listing_id");
    let Some(id) = asked.listing_id else {
        faults.push(wrong(at, "必填", "is required"));
        return (None, faults);
    };
    let Some(offer) = offers.iter().find(|offer| offer.listing_id == id) else {
        let (zh, en) = Code::ListingNotOnSale.titles();
        faults.push(AppError::field(Code::ListingNotOnSale, at, Message::new(zh, en)));
        return (None, faults);
    };
    // What is out of season today may be in season when it is ordered.
    if let Err(refusal) = offer.orderable(today)
        && refusal.code() != Code::OutOfSeason
    {
        let (zh, en) = refusal.code().titles();
        let detail = refusal.parts().detail.clone().unwrap_or_else(|| Message::new(zh, en));
        faults.push(AppError::field(refusal.code(), at, detail));
    }
    faults.extend(price_fault(offer.price_fen, asked.most_fen, pointer));
    let line = StandingLine {
        listing_id: id,
        line_no: None,
        supplier_id: offer.supplier_id,
        name: offer.name.clone(),
        unit: offer.unit.clone(),
        quantity: asked.quantity,
        delivery_no: asked.delivery_no,
        most_fen: asked.most_fen,
    };
    (Some((line, offer.weighed)), faults)
}

fn agreed(asked: &AskedLine, supplier: OrgId, terms: &FrameworkTerms, pointer: &str) -> Checked {
    let mut faults = Vec::new();
    if asked.listing_id.is_some() {
        let (zh, en) = ("按框架协议订购时写协议行号", "name the agreement's line instead");
        faults.push(wrong(format!("{pointer}/listing_id"), zh, en));
    }
    let at = format!("{pointer}/line_no");
    let Some(line_no) = asked.line_no else {
        faults.push(wrong(at, "必填", "is required"));
        return (None, faults);
    };
    let Some(found) = terms.lines.iter().find(|line| line.line_no == line_no) else {
        faults.push(wrong(at, "协议没有这一行", "the agreement has no such line"));
        return (None, faults);
    };
    // What is used of it changes; more than all of it never fits.
    let FrameworkLine { listing_id, name, unit, weighed, .. } = found.clone();
    faults.extend(room(found, Used::default(), asked.quantity.milli(), &format!("{pointer}/quantity")).err());
    faults.extend(price_fault(found.unit_price_fen, asked.most_fen, pointer));
    let line = StandingLine {
        listing_id,
        line_no: Some(line_no),
        supplier_id: supplier,
        name,
        unit,
        quantity: asked.quantity,
        delivery_no: asked.delivery_no,
        most_fen: asked.most_fen,
    };
    (Some((line, weighed)), faults)
}

/// Freight of suppliers from whom nothing is ordered.
#[must_use]
pub fn freights(freights: &[StandingFreight], lines: &[StandingLine]) -> Vec<AppError> {
    let strange = |freight: &StandingFreight| !lines.iter().any(|line| line.supplier_id == freight.supplier_id);
    let found = freights.iter().enumerate().filter(|(_, freight)| strange(freight));
    found
        .map(|(index, _)| {
            let (zh, en) = ("没有这家供应商的商品", "nothing is ordered from this supplier");
            wrong(format!("/freights/{index}/supplier_id"), zh, en)
        })
        .collect()
}

/// A last day after the last one of the agreement.
#[must_use]
pub fn term(source: &Source, until: Day) -> Option<AppError> {
    let last = source.until().filter(|last| until > *last)?;
    Some(wrong("/until", format!("协议期至 {last} 为止"), format!("the agreement's term ends on {last}")))
}

/// A refusal that names its fields stands beside the others; any other ends the command.
///
/// # Errors
/// What names no field.
pub fn beside(faults: &mut Vec<AppError>, error: AppError) -> Outcome<()> {
    if error.parts().fields.is_empty() {
        return Err(error);
    }
    faults.push(error);
    Ok(())
}

/// Days on which nothing ever comes.
#[must_use]
pub fn never() -> AppError {
    wrong("/calendar", "期间内没有送货日", "nothing comes on any day between the first and the last")
}
