//! Entering and closing venues, reporting what they sold, and taking a report back.

use super::queries::{self, FeedView};
use super::rules::{self, NewSale, Part, Stocked, VenueKind};
use super::store::{self, EntryRow, SaleRow, SourceRow, VenueRow};
use crate::audit;
use crate::catalogue::{self, Product};
use crate::certification;
use crate::donations::number_key;
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{CertificateId, OrderId, OrgId, ProductId, VenueId, VenueSaleId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::ordering::{self, KeptOrder};
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A venue that an office enters.
#[derive(Debug, Clone)]
pub struct NewVenue {
    /// Who runs it.
    pub operator: OrgId,
    /// What it is.
    pub kind: VenueKind,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: RegionCode,
    /// Its address.
    pub place: String,
    /// The first day of sales.
    pub opened_on: Day,
}

fn invalid(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

fn in_region(actor: &Actor, region: &RegionCode) -> bool {
    match &actor.scope {
        Scope::Platform => true,
        Scope::Region(own) => own.contains(region),
        Scope::UnitTree(_) | Scope::Org(_) => false,
    }
}

/// Enters a venue in the actor's region.
///
/// # Errors
/// `validation_failed` with every wrong field, `already_exists` for a name that the operator has there.
pub fn enter(tx: &mut Tx<'_>, actor: &Actor, new: &NewVenue) -> Outcome<VenueRow> {
    let today = tx.at().day();
    let mut wrong = Vec::new();
    if !in_region(actor, &new.region) {
        wrong.push(invalid("/region_code", "不属于本单位辖区", "is outside the region of your office"));
    } else if let Err(unknown) = identity::region_exists(tx, &new.region, today) {
        wrong.push(unknown);
    }
    let operator = identity::organisations(tx, &[new.operator])?.pop();
    if !operator.is_some_and(|org| org.kind.sells() || org.kind.buys()) {
        wrong.push(invalid("/operator_id", "须为买卖货物的单位", "must be an organisation that buys or sells"));
    }
    if new.opened_on > today {
        wrong.push(invalid("/opened_on", "不得晚于今天", "lies in the future"));
    }
    if !wrong.is_empty() {
        return Err(AppError::several(wrong));
    }
    let row = VenueRow {
        id: tx.new_id(),
        operator_id: new.operator,
        kind: new.kind,
        name: new.name.trim().to_owned(),
        region_code: new.region,
        place: new.place.trim().to_owned(),
        opened_on: new.opened_on,
        closed_on: None,
        closing_reason: None,
        office_org: actor.org_id,
        entered_by: actor.user_id,
        entered_at: tx.at(),
        version: 1,
    };
    tx.attempt(|tx| store::insert(tx, &row))?;
    let details = json!({ "kind": row.kind, "name": row.name, "opened_on": row.opened_on });
    note(tx, actor, &row, ("venue.entered", row.id.to_string()), details)?;
    Ok(row)
}

/// Closes a venue of the actor's region; what it sold until that day may still be reported.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `validation_failed` for a day after which it sold anything.
pub fn close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (VenueId, i64),
    (closed_on, reason): (Day, &str),
) -> Outcome<VenueRow> {
    let found = store::venue(tx, id)?.filter(|row| in_region(actor, &row.region_code)).ok_or(Code::NotFound)?;
    store::claim_operator(tx, found.operator_id)?;
    let mut row = store::claim(tx, id)?.ok_or(Code::NotFound)?;
    if row.version - 1 != version {
        return Err(Code::StaleVersion.into());
    }
    rules::may_close((row.opened_on, row.closed_on), closed_on, tx.at().day())?;
    if store::last_sale(tx, id)?.is_some_and(|last| last > closed_on) {
        return Err(invalid("/closed_on", "此后仍有销售记录", "it sold something after this day"));
    }
    (row.closed_on, row.closing_reason) = (Some(closed_on), Some(reason.to_owned()));
    store::close(tx, &row)?;
    let details = json!({ "closed_on": closed_on, "reason": reason });
    note(tx, actor, &row, ("venue.closed", row.id.to_string()), details)?;
    Ok(row)
}

fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    venue: &VenueRow,
    (action, subject): (&'static str, String),
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject,
        owner_org: venue.operator_id,
        other_org: None,
        region: venue.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// What a report came to.
#[derive(Debug, Default)]
pub struct Feed {
    /// Sales that are new.
    pub added: Vec<SaleRow>,
    /// Sales that were reported before, in the same words.
    pub known: Vec<SaleRow>,
}

/// Reports what a venue of the actor's organisation sold: all of it or, where anything is wrong, nothing, with everything that is wrong.
/// What was reported before in the same words is not counted again.
///
/// # Errors
/// `not_found` for another organisation's venue; `validation_failed` pointing below `/sales`.
pub fn report_sales(tx: &mut Tx<'_>, actor: &Actor, venue: VenueId, sales: &[NewSale]) -> Outcome<FeedView> {
    report(tx, actor, venue, sales, |place| format!("/sales/{place}"))
}

/// Reports a single sale; what is wrong is pointed to within it.
///
/// # Errors
/// Those of [`report_sales`].
pub fn report_sale(tx: &mut Tx<'_>, actor: &Actor, venue: VenueId, sale: &NewSale) -> Outcome<FeedView> {
    report(tx, actor, venue, std::slice::from_ref(sale), |_| String::new())
}

fn report(
    tx: &mut Tx<'_>,
    actor: &Actor,
    venue: VenueId,
    sales: &[NewSale],
    pointer: impl Fn(usize) -> String,
) -> Outcome<FeedView> {
    let row = store::venue(tx, venue)?.filter(|row| row.operator_id == actor.org_id).ok_or(Code::NotFound)?;
    store::claim_operator(tx, row.operator_id)?;
    let row = store::venue(tx, row.id)?.ok_or(Code::NotFound)?;
    let mut clerk = Clerk { venue: &row, orders: BTreeMap::new(), certificates: BTreeMap::new() };
    let named: BTreeSet<OrderId> = sales.iter().flat_map(|sale| &sale.sources).map(|source| source.order_id).collect();
    ordering::keep_orders(tx, &named.into_iter().collect::<Vec<_>>())?;
    let (mut feed, mut wrong) = (Feed::default(), Vec::new());
    for (place, sale) in sales.iter().enumerate() {
        let faults = clerk.enter(tx, actor, sale, &mut feed)?;
        wrong.extend(faults.into_iter().map(|mut fault| {
            fault.pointer = format!("{}{}", pointer(place), fault.pointer);
            fault
        }));
    }
    if !wrong.is_empty() {
        return Err(AppError::invalid(wrong));
    }
    let view = queries::feed_view(&feed)?;
    let details = json!({ "added": feed.added.len(), "known": feed.known.len(), "total_fen": view.total_fen,
        "sourced_fen": view.sourced_fen });
    note(tx, actor, &row, ("venue.sales_reported", row.id.to_string()), details)?;
    Ok(view)
}

/// What the goods of a sale are known to be.
#[derive(Default)]
struct Goods {
    product: Option<Product>,
    certificate: Option<(CertificateId, String)>,
}

/// Enters sales of one venue; what several of them name is looked up once.
struct Clerk<'a> {
    venue: &'a VenueRow,
    orders: BTreeMap<OrderId, Option<KeptOrder>>,
    certificates: BTreeMap<(String, Day), Option<(CertificateId, ProductId)>>,
}

fn fault(pointer: impl Into<String>, zh: &str, en: &str) -> FieldError {
    FieldError::new(pointer, "invalid", Message::new(zh, en))
}

impl Clerk<'_> {
    /// Enters a sale; what is wrong with it otherwise.
    fn enter(&mut self, tx: &mut Tx<'_>, actor: &Actor, sale: &NewSale, feed: &mut Feed) -> Outcome<Vec<FieldError>> {
        let mut wrong = rules::faults(sale, (self.venue.opened_on, self.venue.closed_on), tx.at().day());
        let (key, content) = (number_key(&sale.receipt_no), sale.content());
        if key.is_empty() {
            wrong.push(fault("/receipt_no", "须含字母或数字", "needs letters or digits"));
        }
        match store::sale_of(tx, self.venue.id, &key)? {
            Some(known) if known.content == content => {
                feed.known.push(known);
                return Ok(Vec::new());
            }
            Some(_) => wrong.push(fault(
                "/receipt_no",
                "该单据号已报送，内容不同；如须更正请先撤销原记录",
                "was reported with another content; annul that first to correct it",
            )),
            None => {}
        }
        let products = self.named(tx, sale, &mut wrong)?;
        let goods = self.goods(tx, sale, &products, &mut wrong)?;
        if let Some(county) = sale.county.filter(|_| goods.product.is_none())
            && regions::regions_on(tx, &[county], sale.sold_on)?.is_empty()
        {
            wrong.push(fault("/county", "没有这个行政区划", "is not a known region"));
        }
        if wrong.is_empty() {
            let row = self.count(tx, actor, sale, (key, content), goods)?;
            feed.added.push(row);
        }
        Ok(wrong)
    }

    /// The products of the lines that a sale names; what may not be named is wrong.
    fn named(&mut self, tx: &mut Tx<'_>, sale: &NewSale, wrong: &mut Vec<FieldError>) -> Outcome<BTreeSet<ProductId>> {
        let mut products = BTreeSet::new();
        for (place, source) in sale.sources.iter().enumerate() {
            let at = |pointer: &str| format!("/sources/{place}{pointer}");
            let Some(order) = self.order(tx, source.order_id)? else {
                wrong.push(fault(at("/order_id"), "本单位没有这个订单", "is no order of your organisation"));
                continue;
            };
            let Some(line) = order.lines.iter().find(|line| line.line_no == source.line_no) else {
                wrong.push(fault(at("/line_no"), "订单没有这一行", "is no line of the order"));
                continue;
            };
            products.insert(line.product_id);
            let (purpose, kept) = (order.purpose, line.kept);
            let of_line = store::sold_of(tx, source.order_id)?.into_iter().find(|(no, _)| *no == source.line_no);
            let sold = of_line.map_or(Quantity::from_milli(0), |(_, sold)| sold);
            if let Err(mut refused) = rules::may_name(Stocked { purpose, kept, sold }, source.quantity) {
                refused.pointer = at(&refused.pointer);
                wrong.push(refused);
            }
        }
        Ok(products)
    }

    /// An order that the operator placed.
    fn order(&mut self, tx: &mut Tx<'_>, id: OrderId) -> Outcome<Option<KeptOrder>> {
        if let Some(known) = self.orders.get(&id) {
            return Ok(known.clone());
        }
        let found = match ordering::kept_order(tx, id) {
            Ok(order) => Some(order).filter(|order| order.buyer_id == self.venue.operator_id),
            Err(error) if error.code() == Code::NotFound => None,
            Err(error) => return Err(error),
        };
        self.orders.insert(id, found.clone());
        Ok(found)
    }

    /// What the goods are: of one product, and certified on the day of the sale or not.
    fn goods(
        &mut self,
        tx: &mut Tx<'_>,
        sale: &NewSale,
        bought: &BTreeSet<ProductId>,
        wrong: &mut Vec<FieldError>,
    ) -> Outcome<Goods> {
        if bought.len() > 1 {
            let (zh, en) = ("一笔销售的来源须为同一产品", "names several products; report a sale of each");
            wrong.push(fault("/sources", zh, en));
            return Ok(Goods::default());
        }
        let mut product = bought.first().copied();
        let mut certificate = None;
        if let Some(number) = &sale.certificate_number {
            match self.certified(tx, number, sale.sold_on)? {
                Some((_, of)) if product.is_some_and(|bought| bought != of) => wrong.push(fault(
                    "/certificate_number",
                    "该认定不是来源订单的产品",
                    "is the certificate of another product than the source orders'",
                )),
                Some((id, of)) => (product, certificate) = (Some(of), Some((id, number.clone()))),
                None => wrong.push(fault(
                    "/certificate_number",
                    "没有这个认定，或销售当日无效",
                    "is unknown or was not in force on the day of the sale",
                )),
            }
        } else if let Some(bought) = product {
            for cover in catalogue::covers(tx, bought)? {
                if certificate.is_none() {
                    let stood = self.certified(tx, &cover.number, sale.sold_on)?;
                    certificate = stood.map(|(id, _)| (id, cover.number));
                }
            }
        }
        let product = product.map(|id| catalogue::product(tx, &Scope::Platform, id)).transpose()?;
        Ok(Goods { product, certificate })
    }

    fn certified(&mut self, tx: &mut Tx<'_>, number: &str, day: Day) -> Outcome<Option<(CertificateId, ProductId)>> {
        let asked = (number.to_owned(), day);
        if let Some(known) = self.certificates.get(&asked) {
            return Ok(*known);
        }
        let found = certification::stood_on(tx, number, day)?;
        self.certificates.insert(asked, found);
        Ok(found)
    }

    fn count(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        sale: &NewSale,
        (receipt_key, content): (String, String),
        goods: Goods,
    ) -> Outcome<SaleRow> {
        let origins: Vec<(RegionCode, i64)> = match (&goods.product, sale.county) {
            (Some(product), _) => product.origins.iter().map(|origin| (origin.county, origin.ppm.0)).collect(),
            (None, Some(county)) => vec![(county, 1_000_000)],
            (None, None) => return Err(AppError::internal("a sale without a county of production")),
        };
        let (certificate_id, certificate_number) = goods.certificate.unzip();
        let row = SaleRow {
            id: tx.new_id(),
            venue_id: self.venue.id,
            receipt_no: sale.receipt_no.trim().to_owned(),
            receipt_key,
            sold_on: sale.sold_on,
            name: sale.name.trim().to_owned(),
            product_id: goods.product.map(|product| product.id),
            certificate_id,
            certificate_number,
            origins: serde_json::to_string(&origins).map_err(AppError::internal)?,
            quantity: sale.quantity,
            unit: sale.unit.trim().to_owned(),
            amount_fen: sale.amount,
            sourced_fen: sale.sourced()?,
            content,
            reported_by: actor.user_id,
            reported_at: tx.at(),
            annulled_by: None,
            annulled_org: None,
            annulled_at: None,
            annulment_reason: None,
        };
        let sources = (1..).zip(&sale.sources).map(|(position, source)| SourceRow {
            sale_id: row.id,
            position,
            order_id: source.order_id,
            line_no: source.line_no,
            quantity: source.quantity,
            amount_fen: source.amount,
        });
        let parts = rules::parts(row.amount_fen, row.sourced_fen, &origins)?;
        let counts = (1..).zip(&parts).map(|(position, part)| self.entry(tx, &row, position, part));
        let (sources, counts): (Vec<SourceRow>, Vec<EntryRow>) = (sources.collect(), counts.collect());
        store::insert_sale(tx, &row, &sources, &counts)?;
        Ok(row)
    }

    fn entry(&self, tx: &Tx<'_>, sale: &SaleRow, position: i64, part: &Part) -> EntryRow {
        EntryRow {
            id: tx.new_id(),
            sale_id: sale.id,
            venue_id: self.venue.id,
            operator_id: self.venue.operator_id,
            kind: self.venue.kind,
            venue_region: self.venue.region_code,
            times: 1,
            position,
            county: part.county,
            month: sale.sold_on.month(),
            certificate_id: sale.certificate_id,
            total_fen: part.total,
            sourced_fen: part.sourced,
            recorded_on: tx.at().day(),
        }
    }
}

/// Takes back what a sale counted: by its operator, or by an office of the venue's region. Its receipt may be reported anew.
///
/// # Errors
/// `not_found`, `wrong_state` for one that was annulled.
pub fn annul(tx: &mut Tx<'_>, actor: &Actor, id: VenueSaleId, reason: &str) -> Outcome<SaleRow> {
    let venue_of = store::sale(tx, id)?.ok_or(Code::NotFound)?.venue_id;
    let venue = store::venue(tx, venue_of)?
        .filter(|venue| venue.operator_id == actor.org_id || in_region(actor, &venue.region_code))
        .ok_or(Code::NotFound)?;
    store::claim_operator(tx, venue.operator_id)?;
    let mut row = store::sale(tx, id)?.ok_or(Code::NotFound)?;
    if row.annulled_at.is_some() {
        return Err(AppError::new(Code::WrongState).detail("该笔销售已撤销", "The sale was annulled before"));
    }
    (row.annulled_by, row.annulled_org) = (Some(actor.user_id), Some(actor.org_id));
    (row.annulled_at, row.annulment_reason) = (Some(tx.at()), Some(reason.to_owned()));
    let back = store::counted(tx, id)?.into_iter().map(|entry| EntryRow {
        id: tx.new_id(),
        times: -1,
        total_fen: entry.total_fen.negated(),
        sourced_fen: entry.sourced_fen.negated(),
        recorded_on: tx.at().day(),
        ..entry
    });
    let back: Vec<EntryRow> = back.collect();
    store::annul(tx, &row, &back)?;
    let details =
        json!({ "venue": venue.id, "receipt_no": row.receipt_no, "amount_fen": row.amount_fen, "reason": reason });
    note(tx, actor, &venue, ("venue_sale.annulled", row.id.to_string()), details)?;
    if actor.org_id != venue.operator_id {
        tell(tx, &venue, &row, reason)?;
    }
    Ok(row)
}

/// Those of the operator who report sales.
const TOLD: [Role; 3] = [Role::Seller, Role::Trader, Role::Manager];

/// Writes to the operator that an office annulled a sale, once to each address.
fn tell(tx: &mut Tx<'_>, venue: &VenueRow, sale: &SaleRow, reason: &str) -> Outcome<()> {
    let mut addresses = BTreeSet::new();
    for role in TOLD {
        let told = identity::recipients(tx, venue.operator_id, role)?;
        addresses.extend(told.into_iter().map(|(_, address)| address));
    }
    let (name, receipt) = (&venue.name, &sale.receipt_no);
    let text_zh = format!("扶贫办撤销了“{name}”的一笔销售（单据号 {receipt}），不再计入销售额。理由：{reason}");
    let text_en = format!(
        "The poverty office annulled a sale of {name} (receipt {receipt}); it counts no more. Reason: {reason}"
    );
    let subject = Both { zh: "销售记录被撤销", en: "A sale was annulled" };
    for address in addresses {
        notifications::mail(tx, &address, subject, Both { zh: &text_zh, en: &text_en })?;
    }
    Ok(())
}

/// What a sale adds to volumes, in fen: what of it was not bought here.
///
/// # Errors
/// When it does not fit.
pub fn added(sale: &SaleRow) -> Outcome<Fen> {
    Ok(sale.amount_fen.minus(sale.sourced_fen)?)
}
