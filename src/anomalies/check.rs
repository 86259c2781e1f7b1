//! What an order would be warned of, and a price, before they are there. Nothing is left behind.

use super::detect::{self, Figures, Likes};
use super::limits::{Limits, goods};
use super::rules::{self, AnomalyKind, AnomalyMeasure, Goods, Words, reason};
use crate::approvals::Step;
use crate::catalogue;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Language, Message, Outcome};
use crate::kernel::ids::{ListingId, OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::{self, NewOrder, Purchase, PurchaseLine};
use crate::platform::db::{Read, Tx};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Something that the actor may want to look at again. It refuses nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderWarning {
    /// What.
    pub code: AnomalyKind,
    /// The field of the request that it is about, as a JSON pointer.
    pub pointer: String,
    /// In words, in the caller's language.
    pub text: String,
    /// What the numbers are.
    pub measure: AnomalyMeasure,
    /// What this is compared with: the last one, the median, the year's whole spending.
    pub last_value: Option<i64>,
    /// This one.
    pub this_value: Option<i64>,
    /// The earlier order that is meant.
    pub order_id: Option<OrderId>,
}

/// What a check of an order says.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderCheck {
    /// What the order would come to, without freight.
    pub ordered_fen: Fen,
    /// How many orders it would become, one for each supplier.
    pub orders: i64,
    /// Which approvals they would wait for, step by step, before their suppliers are told; empty when none.
    pub approvals: Vec<Step>,
    /// What to look at again; empty when there is nothing.
    pub warnings: Vec<OrderWarning>,
}

/// What a check of a price says.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceCheck {
    /// The price now.
    pub price_fen: Fen,
    /// What to look at again; empty when there is nothing.
    pub warnings: Vec<OrderWarning>,
}

fn warning(code: AnomalyKind, pointer: String, figures: &Figures, message: &Message, to: Language) -> OrderWarning {
    let text = message.text(to).to_owned();
    let (last_value, this_value) = (figures.compared, figures.value);
    OrderWarning { code, pointer, text, measure: figures.measure, last_value, this_value, order_id: None }
}

/// Places an order, looks at it beside what its unit bought before, and takes it back: the same rules that would refuse it
/// refuse the check.
///
/// # Errors
/// What placing refuses.
pub fn order(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, language: Language) -> Outcome<OrderCheck> {
    let mut seen: Option<(Vec<Purchase>, Vec<Step>)> = None;
    let undone = tx.attempt(|tx| {
        let placed = ordering::place(tx, actor, new)?;
        let ids: Vec<OrderId> = placed.orders.iter().map(|order| order.id).collect();
        seen = Some((ordering::purchases(tx, &ids)?, placed.steps));
        Err::<(), AppError>(AppError::internal("a check leaves nothing behind"))
    });
    let (placed, approvals) = match (seen, undone) {
        (Some(placed), Err(_)) => placed,
        (_, Err(refused)) => return Err(refused),
        (_, Ok(())) => return Err(AppError::internal("a check was kept")),
    };
    let (day, unit) = (tx.at().day(), new.unit_id.unwrap_or(actor.org_id));
    let mut history = ordering::purchases_of(tx, unit, detect::history_from(day))?;
    let mut likes = Likes::default();
    likes.load(tx, placed.iter())?;
    let mut check = Check { new, language, warnings: Vec::new(), used: BTreeSet::new() };
    for order in &placed {
        let limits = Limits::load(tx, &order.unit_region, day)?;
        let pointers: Vec<String> = order.lines.iter().map(|line| check.pointer(line)).collect();
        for (kind, line, figures, _) in detect::lines(order, &history, &likes, &limits)? {
            let place = order.lines.iter().position(|one| one.id == line.id).unwrap_or(0);
            check.line(kind, &pointers[place], &figures, &line.name);
        }
        let at = pointers.first().cloned().unwrap_or_else(|| "/lines".to_owned());
        check.similar(order, &history, &limits, &at);
        history.push(order.clone());
        check.spread(order, &history, &limits, &at)?;
    }
    let ordered_fen = Fen::total(placed.iter().map(|order| order.ordered_fen))?;
    let orders = i64::try_from(placed.len()).unwrap_or(i64::MAX);
    Ok(OrderCheck { ordered_fen, orders, approvals, warnings: check.warnings })
}

struct Check<'a> {
    new: &'a NewOrder,
    language: Language,
    warnings: Vec<OrderWarning>,
    /// The lines of the request that a placed line was found for.
    used: BTreeSet<usize>,
}

impl Check<'_> {
    /// Where a placed line stands in the request.
    fn pointer(&mut self, line: &PurchaseLine) -> String {
        let mut asked = self.new.lines.iter().enumerate();
        let place = asked.find(|(place, asked)| {
            let same = asked.listing_id == line.listing_id && asked.quantity == line.quantity;
            same && !self.used.contains(place)
        });
        let place = place.map_or(0, |(place, _)| place);
        self.used.insert(place);
        format!("/lines/{place}")
    }

    fn line(&mut self, kind: AnomalyKind, line: &str, figures: &Figures, name: &str) {
        let field = if kind == AnomalyKind::QuantitySlip { "quantity" } else { "listing_id" };
        let message = reason(kind, &figures.words(name));
        self.warnings.push(warning(kind, format!("{line}/{field}"), figures, &message, self.language));
    }

    /// The last order that was nearly the same, within the days of the rule.
    fn similar(&mut self, order: &Purchase, history: &[Purchase], limits: &Limits, at: &str) {
        let since: Day = order.placed_day.plus_days(1 - limits.split_days);
        let own: Vec<Goods> = order.lines.iter().map(goods).collect();
        let near = |past: &&Purchase| {
            let theirs: Vec<Goods> = past.lines.iter().map(goods).collect();
            let close = past.supplier_id == order.supplier_id && past.placed_day >= since;
            close && rules::similar(&own, &theirs, limits.similar)
        };
        let Some(past) = history.iter().rev().find(near) else { return };
        let (this, last) = (order.ordered_fen.get(), past.ordered_fen.get());
        let figures = Figures::of(AnomalyMeasure::Fen, this, last, limits.similar.0);
        let words = Words { day: Some(past.placed_day), ..figures.words("") };
        let message = reason(AnomalyKind::SimilarOrder, &words);
        let found = warning(AnomalyKind::SimilarOrder, at.to_owned(), &figures, &message, self.language);
        self.warnings.push(OrderWarning { order_id: Some(past.id), ..found });
    }

    /// What the order makes of the unit's spending; it is the last of the history.
    fn spread(&mut self, order: &Purchase, history: &[Purchase], limits: &Limits, at: &str) -> Outcome<()> {
        let supplier: OrgId = order.supplier_id;
        let mut say = |kind, figures: &Figures, earlier: Option<OrderId>| {
            let message = reason(kind, &figures.words(""));
            let found = warning(kind, at.to_owned(), figures, &message, self.language);
            self.warnings.push(OrderWarning { order_id: earlier, ..found });
        };
        if let Some(figures) = detect::share(history, supplier, order.placed_day.year(), limits)? {
            say(AnomalyKind::SupplierShare, &figures, None);
        }
        for (split, figures) in detect::splits(history, supplier, limits) {
            if split.orders.contains(&order.id) {
                say(AnomalyKind::SplitOrders, &figures, split.orders.first().copied());
            }
        }
        Ok(())
    }
}

/// What a new price of an own listing would be warned of: so many times the one before, or so small a part of it.
///
/// # Errors
/// `not_found` for a listing of others.
pub fn price(
    on: &mut Read,
    actor: &Actor,
    id: ListingId,
    price: Fen,
    (today, language): (Day, Language),
) -> Outcome<PriceCheck> {
    let listed = catalogue::listed(on, id)?;
    if listed.org_id != actor.org_id {
        return Err(Code::NotFound.into());
    }
    let limits = Limits::load(on, &actor.region, today)?;
    let at = |unit_price| Goods { product: listed.product_id, milligrams: 0, unit_price, unit_grams: 1 };
    let mut warnings = Vec::new();
    if rules::price_slipped(&at(listed.price_fen), &at(price), limits.slip.is) {
        let (now, then) = (price.get(), listed.price_fen.get());
        let figures = Figures::of(AnomalyMeasure::FenPerUnit, now, then, limits.slip.is);
        let message = reason(AnomalyKind::PriceSlip, &figures.words(&listed.name));
        warnings.push(warning(AnomalyKind::PriceSlip, "/price_fen".to_owned(), &figures, &message, language));
    }
    Ok(PriceCheck { price_fen: listed.price_fen, warnings })
}
