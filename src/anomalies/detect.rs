//! Looks at orders that changed: what is unusual about each, about what its unit spends, and about what its products yield.

use super::limits::{Limits, goods, grams};
use super::rules::{self, AnomalyKind, AnomalyMeasure, Goods, Placed, Words, reason};
use crate::catalogue;
use crate::kernel::error::{AppError, Message, Outcome};
use crate::kernel::ids::{DutyExceptionId, ListingId, OrderId, OrderLineId, OrgId, ProductId, RuleId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::price_per_kg;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::{self, Hands, Purchase, PurchaseLine};
use crate::platform::db::Read;
use crate::supervision::{self, LikeMedians};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Something unusual, as it is found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What.
    pub kind: AnomalyKind,
    /// What it is about, once for each kind.
    pub subject: String,
    /// Whose it is.
    pub about: About,
    /// The day that it is about.
    pub day: Day,
    /// The numbers.
    pub figures: Figures,
    /// The rule row of the threshold.
    pub rule: Option<RuleId>,
    /// The exception from the separation of duties.
    pub exception: Option<DutyExceptionId>,
    /// The orders that it is made of, where they are several.
    pub orders: Vec<OrderId>,
    /// In words.
    pub reason: Message,
}

/// What something unusual is about.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The order.
    pub order: Option<OrderId>,
    /// Its line.
    pub line: Option<OrderLineId>,
    /// The product.
    pub product: Option<ProductId>,
    /// Whose purchase.
    pub unit: Option<OrgId>,
    /// Who ordered.
    pub buyer: Option<OrgId>,
    /// Who sold.
    pub supplier: OrgId,
    /// Whose auditors see it.
    pub region: RegionCode,
}

impl About {
    fn order(order: &Purchase) -> About {
        About {
            order: Some(order.id),
            line: None,
            product: None,
            unit: Some(order.unit_id),
            buyer: Some(order.buyer_id),
            supplier: order.supplier_id,
            region: order.unit_region,
        }
    }
    fn line(order: &Purchase, line: &PurchaseLine) -> About {
        About { line: Some(line.id), product: Some(line.product_id), ..About::order(order) }
    }
}

/// The numbers of something unusual; which they are depends on its kind.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// What they are.
    pub measure: AnomalyMeasure,
    /// The number at issue.
    pub value: Option<i64>,
    /// What it is compared with.
    pub compared: Option<i64>,
    /// The threshold.
    pub threshold: Option<i64>,
    /// How many.
    pub counted: Option<i64>,
}

impl Figures {
    /// Two numbers and the threshold between them.
    pub const fn of(measure: AnomalyMeasure, value: i64, compared: i64, threshold: i64) -> Figures {
        let (value, compared, threshold) = (Some(value), Some(compared), Some(threshold));
        Figures { measure, value, compared, threshold, counted: None }
    }
    const NONE: Figures =
        Figures { measure: AnomalyMeasure::Nothing, value: None, compared: None, threshold: None, counted: None };

    fn counting(self, counted: i64) -> Figures {
        Figures { counted: Some(counted), ..self }
    }
    /// What the words speak of.
    pub fn words<'a>(&self, name: &'a str) -> Words<'a> {
        let number = |part: Option<i64>| part.unwrap_or(0);
        Words {
            name,
            value: number(self.value),
            compared: number(self.compared),
            threshold: number(self.threshold),
            counted: number(self.counted),
            day: None,
            excepted: false,
        }
    }
}

/// What the goods of orders are like, and the medians of like goods, each loaded once.
#[derive(Debug, Default)]
pub struct Likes {
    goods: BTreeMap<ListingId, catalogue::Priced>,
    medians: BTreeMap<String, LikeMedians>,
}

impl Likes {
    /// Loads what is not known yet of these orders.
    pub fn load<'a>(&mut self, on: &mut Read, orders: impl Iterator<Item = &'a Purchase> + Clone) -> Outcome<()> {
        let lines = orders.clone().flat_map(|order| &order.lines).map(|line| line.listing_id);
        let fresh: BTreeSet<ListingId> = lines.filter(|id| !self.goods.contains_key(id)).collect();
        let found = catalogue::priced(on, &fresh.into_iter().collect::<Vec<_>>())?;
        self.goods.extend(found.into_iter().map(|goods| (goods.id, goods)));
        for order in orders {
            if let Entry::Vacant(free) = self.medians.entry(order.placed_day.month()) {
                free.insert(supervision::like_medians(on, order.placed_day)?);
            }
        }
        Ok(())
    }
    /// An unusual price of a line, beside the median of like goods.
    fn unusual(&self, order: &Purchase, line: &PurchaseLine, limits: &Limits) -> Outcome<Option<Figures>> {
        let median = self.goods.get(&line.listing_id).and_then(|like| {
            let kept = self.medians.get(&order.placed_day.month())?;
            kept.of(like.category, like.mark, like.county, limits.goods)
        });
        let (Some(median), price) = (median, per_kg(&goods(line))?) else { return Ok(None) };
        let factor: Ppm = limits.price.is;
        let figures = Figures::of(AnomalyMeasure::FenPerKg, price.get(), median.per_kg.get(), factor.0);
        Ok(rules::unusual(price, median.per_kg, factor).then(|| figures.counting(median.goods)))
    }
}

fn per_kg(goods: &Goods) -> Outcome<Fen> {
    price_per_kg(goods.unit_price, goods.unit_grams).map_err(AppError::internal)
}

/// What is unusual about the lines of an order, beside what its unit bought before: kind, line, numbers, rule row.
pub fn lines<'a>(
    order: &'a Purchase,
    history: &[Purchase],
    likes: &Likes,
    limits: &Limits,
) -> Outcome<Vec<(AnomalyKind, &'a PurchaseLine, Figures, RuleId)>> {
    let before = |past: &&Purchase| (past.placed_at, past.id) < (order.placed_at, order.id);
    let mut found = Vec::new();
    for line in &order.lines {
        let (this, factor) = (goods(line), limits.slip.is);
        let past = history.iter().rev().filter(before).flat_map(|past| past.lines.iter().rev());
        if let Some(last) = past.into_iter().find(|past| past.product_id == line.product_id).map(goods) {
            if rules::quantity_slipped(&last, &this, factor) {
                let figures = Figures::of(AnomalyMeasure::Grams, grams(&this), grams(&last), factor);
                found.push((AnomalyKind::QuantitySlip, line, figures, limits.slip.rule));
            }
            if rules::price_slipped(&last, &this, factor) {
                let (now, then) = (per_kg(&this)?.get(), per_kg(&last)?.get());
                let figures = Figures::of(AnomalyMeasure::FenPerKg, now, then, factor);
                found.push((AnomalyKind::PriceSlip, line, figures, limits.slip.rule));
            }
        }
        if let Some(figures) = likes.unusual(order, line, limits)? {
            found.push((AnomalyKind::UnusualPrice, line, figures, limits.price.rule));
        }
    }
    Ok(found)
}

/// What a unit spent with a supplier in a year and in all, when that is too large a share.
pub fn share(history: &[Purchase], supplier: OrgId, year: i64, limits: &Limits) -> Outcome<Option<Figures>> {
    let year = |order: &&Purchase| order.placed_day.year() == year;
    let whole = Fen::total(history.iter().filter(year).map(|order| order.spent_fen))?;
    let own = history.iter().filter(year).filter(|order| order.supplier_id == supplier);
    let part = Fen::total(own.map(|order| order.spent_fen))?;
    let most = limits.share.is;
    let figures = Figures::of(AnomalyMeasure::Fen, part.get(), whole.get(), most.0);
    Ok(rules::above_share(part, whole, most, limits.share_least).then_some(figures))
}

/// The orders of a unit to a supplier that were split under the approval band.
pub fn splits(history: &[Purchase], supplier: OrgId, limits: &Limits) -> Vec<(rules::Split, Figures)> {
    let placed = |order: &Purchase| Placed {
        order: order.id,
        day: order.placed_day,
        amount: order.ordered_fen,
        goods: order.lines.iter().map(goods).collect(),
    };
    // What went through an approval evaded none, however small a supplier's part of the request is.
    let own = history.iter().filter(|order| order.supplier_id == supplier && !order.approved);
    let own: Vec<Placed> = own.map(placed).collect();
    let found = rules::splits(&own, limits.split_days, limits.band.is).into_iter();
    found
        .map(|split| {
            let (days, band) = (limits.split_days, limits.band.is.get());
            let figures = Figures::of(AnomalyMeasure::Fen, split.sum.get(), days, band);
            let count = i64::try_from(split.orders.len()).unwrap_or(i64::MAX);
            (split, figures.counting(count))
        })
        .collect()
}

/// What is looked at together.
struct Batch<'a> {
    orders: &'a [Purchase],
    histories: BTreeMap<OrgId, Vec<Purchase>>,
    limits: BTreeMap<(RegionCode, Day), Limits>,
    hands: BTreeMap<OrderId, Hands>,
    likes: Likes,
    found: Vec<Finding>,
}

/// From when on a unit's orders are looked at beside those of a day: from the beginning of the year before.
pub fn history_from(day: Day) -> Day {
    Day::first_of_year(day.year() - 1)
}

/// What is unusual about orders that changed.
pub fn look(on: &mut Read, orders: &[Purchase], today: Day) -> Outcome<Vec<Finding>> {
    let mut batch = Batch {
        orders,
        histories: BTreeMap::new(),
        limits: BTreeMap::new(),
        hands: BTreeMap::new(),
        likes: Likes::default(),
        found: Vec::new(),
    };
    batch.load(on)?;
    for order in orders {
        batch.order(on, order)?;
    }
    batch.spending()?;
    batch.outputs(on, today)?;
    Ok(batch.found)
}

impl Batch<'_> {
    fn load(&mut self, on: &mut Read) -> Outcome<()> {
        let mut since: BTreeMap<OrgId, Day> = BTreeMap::new();
        for order in self.orders {
            let from = since.entry(order.unit_id).or_insert(order.placed_day);
            *from = (*from).min(order.placed_day);
            let key = (order.unit_region, order.placed_day);
            if let Entry::Vacant(free) = self.limits.entry(key) {
                free.insert(Limits::load(on, &key.0, key.1)?);
            }
        }
        for (unit, from) in since {
            self.histories.insert(unit, ordering::purchases_of(on, unit, history_from(from))?);
        }
        let ids: Vec<OrderId> = self.orders.iter().map(|order| order.id).collect();
        self.hands = ordering::hands(on, &ids)?;
        self.likes.load(on, self.orders.iter())
    }

    fn limits(&self, order: &Purchase) -> Outcome<Limits> {
        let known = self.limits.get(&(order.unit_region, order.placed_day)).copied();
        known.ok_or_else(|| AppError::internal("an order without its rules"))
    }

    fn history(&self, unit: OrgId) -> &[Purchase] {
        self.histories.get(&unit).map_or(&[], Vec::as_slice)
    }

    fn order(&mut self, on: &mut Read, order: &Purchase) -> Outcome<()> {
        let limits = self.limits(order)?;
        let found = lines(order, self.history(order.unit_id), &self.likes, &limits)?;
        self.found.extend(found.into_iter().map(|(kind, line, figures, rule)| Finding {
            kind,
            subject: line.id.to_string(),
            about: About::line(order, line),
            day: order.placed_day,
            figures,
            rule: Some(rule),
            exception: None,
            orders: Vec::new(),
            reason: reason(kind, &figures.words(&line.name)),
        }));
        self.steps(on, order, &limits)
    }

    /// What is unusual about who took the steps of an order, and when.
    fn steps(&mut self, on: &mut Read, order: &Purchase, limits: &Limits) -> Outcome<()> {
        let hands = self.hands.get(&order.id).cloned().unwrap_or_default();
        let times = |steps: &[(_, _)]| steps.iter().map(|(_, at)| *at).collect::<Vec<_>>();
        let (accepted, paid) = (times(&hands.acceptors), times(&hands.payers));
        if limits.same_day.is && rules::same_day(order.placed_day, &accepted, &paid, order.rated_at) {
            self.step(order, AnomalyKind::SameDay, order.placed_day, Some(limits.same_day.rule), None);
        }
        if rules::orderer_accepted(order.placed_by, &hands.acceptors) {
            self.step(order, AnomalyKind::OrdererAccepted, order.placed_day, None, None);
        }
        if let Some(at) = rules::acceptor_paid(&hands.acceptors, &hands.payers) {
            let exception = ordering::exception_on(on, order.buyer_id, at.day())?;
            let (rule, id) = (exception.map(|one| one.rule), exception.map(|one| one.id));
            self.step(order, AnomalyKind::AcceptorPaid, at.day(), rule, id);
        }
        Ok(())
    }

    fn step(
        &mut self,
        order: &Purchase,
        kind: AnomalyKind,
        day: Day,
        rule: Option<RuleId>,
        exception: Option<DutyExceptionId>,
    ) {
        let words = Words { day: Some(day), excepted: exception.is_some(), ..Words::default() };
        self.found.push(Finding {
            kind,
            subject: order.id.to_string(),
            about: About::order(order),
            day,
            figures: Figures::NONE,
            rule,
            exception,
            orders: Vec::new(),
            reason: reason(kind, &words),
        });
    }

    /// What is unusual about how units spread their orders, judged by the rules of their last order that changed.
    fn spending(&mut self) -> Outcome<()> {
        let mut pairs: BTreeMap<(OrgId, OrgId), Vec<&Purchase>> = BTreeMap::new();
        for order in self.orders {
            pairs.entry((order.unit_id, order.supplier_id)).or_default().push(order);
        }
        let mut found = Vec::new();
        for ((unit, supplier), changed) in pairs {
            let Some(last) = changed.iter().max_by_key(|order| (order.placed_at, order.id)) else { continue };
            let (limits, history) = (self.limits(last)?, self.history(unit));
            let years: BTreeSet<i64> = changed.iter().map(|order| order.placed_day.year()).collect();
            for year in years {
                if let Some(figures) = share(history, supplier, year, &limits)? {
                    let about = About { order: None, buyer: None, ..About::order(last) };
                    let day = last.placed_day.min(Day::last_of_year(year));
                    let subject = format!("{unit}:{supplier}:{year}");
                    found.push(spread(AnomalyKind::SupplierShare, subject, about, day, figures, limits.share.rule));
                }
            }
            for (split, figures) in splits(history, supplier, &limits) {
                let Some(first) = split.orders.first().copied() else { continue };
                if changed.iter().any(|order| split.orders.contains(&order.id)) {
                    let about = About { order: Some(first), ..About::order(last) };
                    let (kind, rule) = (AnomalyKind::SplitOrders, limits.band.rule);
                    let finding = spread(kind, first.to_string(), about, split.day, figures, rule);
                    found.push(Finding { orders: split.orders, ..finding });
                }
            }
        }
        self.found.extend(found);
        Ok(())
    }

    /// Products of which more was shipped in a year than is declared: this year and, since notes come late, the last.
    fn outputs(&mut self, on: &mut Read, today: Day) -> Outcome<()> {
        let lines = self.orders.iter().flat_map(|order| &order.lines);
        let products: BTreeSet<ProductId> = lines.map(|line| line.product_id).collect();
        let declared = catalogue::declared_outputs(on, &products.into_iter().collect::<Vec<_>>())?;
        let ids: Vec<ProductId> = declared.iter().map(|one| one.product_id).collect();
        for year in [today.year() - 1, today.year()] {
            let shipped = ordering::shipped_grams(on, &ids, year)?;
            for one in &declared {
                let grams = shipped.get(&one.product_id).copied().unwrap_or(0);
                if !rules::above_output(grams, one.kilograms) {
                    continue;
                }
                let declared = one.kilograms.saturating_mul(1_000);
                let figures = Figures::of(AnomalyMeasure::Grams, grams, declared, declared);
                self.found.push(Finding {
                    kind: AnomalyKind::AboveOutput,
                    subject: format!("{}:{year}", one.product_id),
                    about: About {
                        order: None,
                        line: None,
                        product: Some(one.product_id),
                        unit: None,
                        buyer: None,
                        supplier: one.org_id,
                        region: one.region,
                    },
                    day: today.min(Day::last_of_year(year)),
                    figures,
                    rule: None,
                    exception: None,
                    orders: Vec::new(),
                    reason: reason(AnomalyKind::AboveOutput, &figures.words(&one.name)),
                });
            }
        }
        Ok(())
    }
}

fn spread(kind: AnomalyKind, subject: String, about: About, day: Day, figures: Figures, rule: RuleId) -> Finding {
    Finding {
        kind,
        subject,
        about,
        day,
        figures,
        rule: Some(rule),
        exception: None,
        orders: Vec::new(),
        reason: reason(kind, &figures.words("")),
    }
}
