//! Placing: one request, several suppliers, all or nothing. Everything is read once, decided, written in few statements.

mod approval;
mod call_off;
mod draft;
mod parties;

pub use call_off::CallOff;
pub use draft::{Draft, drafts};

use super::claimed::{ordered_entry, quota_hold, stock_hold};
use crate::approvals::Step;
use crate::audit;
use crate::catalogue::{self, Offer};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ListingId, OrderGroupId, OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};
use crate::ledger::{self, AccountKind, Hold, HoldError, Owner};
use crate::ordering::rules::mode;
use crate::ordering::rules::order::OrderState;
use crate::ordering::store::orders::{self as store, GroupRow, LineRow, OrderRow};
use crate::ordering::store::{halal, recipients};
use crate::ordering::terms::{self, AgreementTerms, Delivery, FrozenRule, Terms};
use crate::platform::db::Tx;
use crate::quota::{self, CanteenMode};
use crate::regions;
use crate::rulebook::{self, RuleName, Rules};
use parties::Parties;
use serde_json::json;
use std::collections::BTreeMap;

/// What an order freezes of the rule table.
const FROZEN: &[RuleName] = &[
    RuleName::ConfirmDays,
    RuleName::QuotaProductRule,
    RuleName::RatingRequired,
    RuleName::InspectionDays,
    RuleName::LateEntryDays,
    RuleName::ClosingDate,
    RuleName::CeilingMode,
];

/// What a buyer asks for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Whose count it is; the buyer itself when not stated.
    pub unit_id: Option<OrgId>,
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// Where the goods go; by the kind of buyer when not stated.
    pub channel: Option<Channel>,
    /// Who pays; the buyer when not stated.
    pub payer_id: Option<OrgId>,
    /// For 以购代捐: the selling households' organisation.
    pub beneficiary_id: Option<OrgId>,
    /// For 以购代捐: who gets the goods.
    pub recipient: Option<NamedRecipient>,
    /// The buyer's own reference, unique for ever.
    pub client_ref: Option<String>,
    /// Where and when.
    pub deliveries: Vec<Delivery>,
    /// Agreed freight of a supplier's order.
    pub freights: Vec<(OrgId, Fen)>,
    /// What.
    pub lines: Vec<NewLine>,
}

/// A line that a buyer asks for.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// The listing.
    pub listing_id: ListingId,
    /// How much, in its unit.
    pub quantity: Quantity,
    /// The price the buyer saw; another one refuses.
    pub unit_price_fen: Option<Fen>,
    /// The highest price the buyer accepts; a higher one refuses.
    pub most_fen: Option<Fen>,
    /// Which of the deliveries, counted from 0.
    pub delivery_no: usize,
}

/// What was placed.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The group.
    pub group: GroupRow,
    /// One order per supplier.
    pub orders: Vec<OrderRow>,
    /// How far beyond its ceiling the unit-year is now, where the rule only warns: ceiling and excess, in fen.
    pub beyond: Option<(Fen, Fen)>,
    /// Which approvals the orders wait for; none when they are placed.
    pub steps: Vec<Step>,
}

/// Places orders: freezes what they are placed on, holds quota and stock, tells both parties; or, where people of the unit
/// have to approve them first, lets them wait for that.
///
/// # Errors
/// Several at once, each naming its line: `listing_not_on_sale`, `certificate_not_current`, `out_of_season`,
/// `price_changed`, `quantity_not_whole`, `out_of_stock`; `ceiling_exceeded`, `client_ref_reused`; `unit_ended`; `fund_not_allowed`, also to a member of a shared canteen;
/// `approvers_missing`.
pub fn place(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder) -> Outcome<Placed> {
    place_under(tx, actor, new, None)
}

/// The same, where it is called off from a framework agreement at the agreed prices. The agreement's own limits were asked before.
///
/// # Errors
/// As for [`place`].
pub fn place_under(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, call_off: Option<&CallOff>) -> Outcome<Placed> {
    let day = tx.at().day();
    let parties = parties::parties(tx, actor, new, day)?;
    // The caller was loaded with its own end, so that this is asked for others only; what it misses, the ledger refuses.
    if parties.unit != actor.org_id || actor.ended_on.is_some() {
        identity::check_stands(tx, parties.unit, day)?;
    }
    let group = GroupRow {
        id: tx.new_id(),
        buyer_org: actor.org_id,
        client_ref: new.client_ref.clone(),
        placed_by: actor.user_id,
        placed_at: tx.at(),
    };
    take_ref(tx, &group)?;
    let ids: Vec<ListingId> = new.lines.iter().map(|line| line.listing_id).collect();
    let mut offers = catalogue::offers(tx, &ids, day)?;
    call_off::agree(call_off, new, &mut offers);
    // The rows that the order freezes are the rows that decide: those of its fund.
    let (rules, fund) =
        (rulebook::load(tx, &parties.unit_region, day, &[FROZEN, &approval::RULES].concat())?, new.fund.as_str());
    let drafts = drafts(new, &offers, rules.choice_for(RuleName::QuotaProductRule, fund)?, day)?;
    let deadlines = deadlines(tx, &drafts, rules.int_for(RuleName::ConfirmDays, None, Some(fund))?, day)?;
    let paired = paired(tx, actor, new, &drafts, day)?;
    let agreement = call_off.map(|call_off| &call_off.agreement);
    let assembly = Assembly { actor, new, parties: &parties, paired, deadlines: &deadlines, agreement };
    let (mut orders, lines) = assembly.assemble(tx, &group, &drafts, &frozen(&rules, new.fund))?;
    let plan = approval::plan(tx, (actor, new, &parties), &orders, &rules, day)?;
    let quota = Owner::Quota { unit: parties.unit, year: day.year(), fund: new.fund };
    let refuses = rules.choice_for(RuleName::CeilingMode, fund)? == "refuse";
    if !refuses {
        represented(tx, &quota)?;
    }
    hold(tx, (&quota, refuses), &lines, &drafts)?;
    // Who would have to approve is asked last: what cannot be had needs nobody's approval.
    plan.begin(tx, (actor, new), &mut orders, &rules)?;
    let beyond = if refuses { None } else { beyond(tx, &quota)? };
    store::insert(tx, &group, &orders, &lines)?;
    halal::insert(tx, draft::halal_lines(&lines, &drafts))?;
    if let Some(recipient) = &parties.recipient {
        recipients::insert(tx, orders.iter().map(|order| recipient.row(tx, actor, order.id)).collect())?;
    }
    call_off::enter(tx, call_off, &orders, &lines)?;
    count(tx, &orders, &lines, day)?;
    if plan.steps.is_empty() {
        announce(tx, actor, &orders, &group)?;
    } else {
        plan.freeze(tx, actor, &orders)?;
    }
    Ok(Placed { group, orders, beyond, steps: plan.steps })
}

/// Whether fund, unit, payer, beneficiary and recipient of a request fit today, as placing asks it; the region of the unit whose
/// count it would be. Lines and deliveries are not looked at.
///
/// # Errors
/// `fund_not_allowed`, `unit_ended`; a unit, payer, beneficiary or recipient that does not fit.
pub fn check_parties(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder) -> Outcome<RegionCode> {
    let day = tx.at().day();
    let parties = parties::parties(tx, actor, new, day)?;
    identity::check_stands(tx, parties.unit, day)?;
    Ok(parties.unit_region)
}

/// A reference is taken before anything else is asked, by storing its group; one that is taken answers whose it is.
fn take_ref(tx: &mut Tx<'_>, group: &GroupRow) -> Outcome<()> {
    let Some(client_ref) = &group.client_ref else { return Ok(()) };
    if store::insert_unused_ref(tx, group)? {
        return Ok(());
    }
    let existing = store::group_by_ref(tx, group.buyer_org, client_ref)?;
    Err(AppError::new(Code::ClientRefReused).with("existing", existing.to_string()))
}

/// When each supplier must have answered, and whether that rests on a year that is not loaded.
fn deadlines(tx: &mut Tx<'_>, drafts: &[Draft<'_>], days: i64, day: Day) -> Outcome<BTreeMap<RegionCode, (At, bool)>> {
    let mut places: Vec<RegionCode> = drafts.iter().map(|draft| draft.offer.supplier_region).collect();
    places.sort_unstable();
    places.dedup();
    let found = regions::deadlines_working_days(tx, &places, day, days)?;
    let ends = found.into_iter().map(|deadline| (Day::new(deadline.day).end(), deadline.provisional));
    Ok(places.into_iter().zip(ends).collect())
}

/// Which suppliers send goods from a county that is paired with the buyer's region; asked only where it matters.
fn paired(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, drafts: &[Draft<'_>], day: Day) -> Outcome<Vec<OrgId>> {
    if !mode::asks_pairings(actor.kind, new.fund) {
        return Ok(Vec::new());
    }
    let pairings = regions::pairings(tx, Some(day))?;
    let partners = |county: &RegionCode| {
        pairings
            .iter()
            .filter(|pairing| pairing.a_code.contains(county))
            .filter_map(|pairing| pairing.b_code)
            .any(|partner| partner.contains(&actor.region))
    };
    let from_partner = |draft: &&Draft<'_>| draft.offer.origins.iter().any(|origin| partners(&origin.county));
    Ok(drafts.iter().filter(from_partner).map(|draft| draft.offer.supplier_id).collect())
}

fn frozen(rules: &Rules, fund: Fund) -> Vec<FrozenRule> {
    let rows = FROZEN.iter().filter_map(|name| rules.find(*name, None, Some(fund.as_str())));
    rows.map(|row| FrozenRule { name: row.name.as_str().to_owned(), rule_id: row.id, value: row.value.clone() })
        .collect()
}

/// What all orders of the request share.
struct Assembly<'a> {
    actor: &'a Actor,
    new: &'a NewOrder,
    parties: &'a Parties,
    paired: Vec<OrgId>,
    deadlines: &'a BTreeMap<RegionCode, (At, bool)>,
    agreement: Option<&'a AgreementTerms>,
}

impl Assembly<'_> {
    /// One order per supplier, in the order in which the request names them; lines keep the request's order.
    fn assemble(
        &self,
        tx: &Tx<'_>,
        group: &GroupRow,
        drafts: &[Draft<'_>],
        rules: &[FrozenRule],
    ) -> Outcome<(Vec<OrderRow>, Vec<LineRow>)> {
        let (mut orders, mut lines): (Vec<OrderRow>, Vec<LineRow>) = (Vec::new(), Vec::new());
        let mut counts: BTreeMap<OrderId, i64> = BTreeMap::new();
        for draft in drafts {
            let known = orders.iter().position(|order| order.supplier_id == draft.offer.supplier_id);
            let index = match known {
                Some(index) => index,
                None => {
                    orders.push(self.order(tx, group.id, draft.offer, rules)?);
                    orders.len() - 1
                }
            };
            let order = &mut orders[index];
            let line_no = counts.entry(order.id).or_default();
            *line_no += 1;
            let line = draft.row(tx.new_id(), order.id, *line_no)?;
            order.ordered_fen = order.ordered_fen.plus(line.line_fen)?;
            lines.push(line);
        }
        self.freight(&mut orders)?;
        Ok((orders, lines))
    }

    fn order(&self, tx: &Tx<'_>, group: OrderGroupId, offer: &Offer, rules: &[FrozenRule]) -> Outcome<OrderRow> {
        let (new, actor) = (self.new, self.actor);
        let (mode, reason) = mode::mode(actor.kind, new.fund, self.paired.contains(&offer.supplier_id));
        let (confirm_by, provisional) =
            self.deadlines.get(&offer.supplier_region).copied().ok_or_else(|| AppError::internal("no deadline"))?;
        let terms = Terms {
            deliveries: new.deliveries.clone(),
            rules: rules.to_vec(),
            mode_reason: reason.to_owned(),
            confirm_by_provisional: provisional,
            payee: None,
            agreement: self.agreement.cloned(),
        };
        Ok(OrderRow {
            id: tx.new_id(),
            group_id: group,
            supplier_id: offer.supplier_id,
            supplier_region: offer.supplier_region,
            buyer_id: actor.org_id,
            unit_id: self.parties.unit,
            unit_region: self.parties.unit_region,
            payer_id: self.parties.payer,
            fund: new.fund,
            purpose: new.purpose,
            mode,
            channel: new.channel.unwrap_or_else(|| mode::default_channel(actor.kind, new.fund, new.purpose)),
            beneficiary_id: new.beneficiary_id,
            terms: terms::write(&terms)?,
            state: OrderState::Placed,
            confirmed_by: None,
            placed_at: tx.at(),
            placed_day: tx.at().day(),
            placed_by: actor.user_id,
            confirm_by,
            confirmed_at: None,
            closed_at: None,
            ordered_fen: Fen::ZERO,
            freight_fen: Fen::ZERO,
            accepted_fen: Fen::ZERO,
            returned_fen: Fen::ZERO,
            paid_fen: Fen::ZERO,
            refunded_fen: Fen::ZERO,
            rated_at: None,
            completed_year: None,
            updated_at: tx.at(),
            version: 1,
        })
    }

    fn freight(&self, orders: &mut [OrderRow]) -> Outcome<()> {
        for (index, (supplier, fen)) in self.new.freights.iter().enumerate() {
            let order = orders.iter_mut().find(|order| order.supplier_id == *supplier).ok_or_else(|| {
                let message = Message::new("本次订购没有这家供应商的商品", "nothing is ordered from this supplier");
                AppError::field(Code::ValidationFailed, format!("/freights/{index}/supplier_id"), message)
            })?;
            order.freight_fen = order.freight_fen.plus(*fen)?;
        }
        Ok(())
    }
}

/// Holds what the goods can cost at most, and the goods. Without an approved plan the unit-year has no ceiling.
fn hold(
    tx: &mut Tx<'_>,
    (quota_account, enforce_limit): (&Owner, bool),
    lines: &[LineRow],
    drafts: &[Draft<'_>],
) -> Outcome<()> {
    let account = ledger::account_id(quota_account);
    let quota = lines.iter().map(|line| Hold {
        id: quota_hold(line.id),
        account,
        amount: line.held_fen.get(),
        order_id: line.order_id,
        line_id: Some(line.id),
        code: "order",
        enforce_limit,
    });
    let stock = lines.iter().zip(drafts).map(|(line, draft)| Hold {
        id: stock_hold(line.id),
        account: draft.offer.stock_account,
        amount: line.quantity.milli(),
        order_id: line.order_id,
        line_id: Some(line.id),
        code: "order",
        enforce_limit: true,
    });
    let holds: Vec<Hold> = quota.chain(stock).collect();
    match ledger::hold_fresh(tx, quota_account, &holds) {
        Ok(()) => Ok(()),
        Err(HoldError::Failed(error)) => Err(error),
        Err(HoldError::Refused(accounts)) => {
            if accounts.iter().any(|refused| refused.kind == AccountKind::Quota) {
                stands(tx, quota_account)?;
                represented(tx, quota_account)?;
            }
            Err(refused(&accounts, drafts))
        }
    }
}

/// A unit that is merged at this moment lets nobody hold anything on its accounts.
fn stands(tx: &mut Tx<'_>, quota_account: &Owner) -> Outcome<()> {
    let Owner::Quota { unit, .. } = quota_account else { return Ok(()) };
    let today = tx.at().day();
    identity::check_stands(tx, *unit, today)
}

/// A member of a shared canteen does not order for it: its representative does. The approval of its plan left it a ceiling
/// of nothing, so that this is asked only of who was refused, or where the ceiling refuses nobody.
fn represented(tx: &mut Tx<'_>, quota_account: &Owner) -> Outcome<()> {
    let Owner::Quota { unit, year, fund: Fund::Canteen } = quota_account else { return Ok(()) };
    let plan = quota::plan_of(tx, *unit, *year)?.filter(|plan| plan.mode == CanteenMode::SharedMember);
    let Some(representative) = plan.and_then(|plan| plan.representative) else { return Ok(()) };
    let representative = identity::succession(tx, representative)?.of_year(*year);
    let name = identity::organisation(tx, representative)?.name;
    let (zh, en) = (
        format!("合用食堂的食材由代表单位“{name}”统一订购"),
        format!("\"{name}\" orders for the shared canteen; its members do not"),
    );
    Err(AppError::field(Code::FundNotAllowed, "/fund", Message::new(zh.clone(), en.clone()))
        .detail(zh, en)
        .with("representative_id", representative.to_string()))
}

/// Where the rule only warns, the buyer is told by how much the year is beyond its ceiling.
fn beyond(tx: &mut Tx<'_>, quota: &Owner) -> Outcome<Option<(Fen, Fen)>> {
    let balance = ledger::balance(tx, ledger::account_id(quota))?;
    let over = balance.limit.map(|limit| (Fen::new(limit), Fen::new(balance.used().saturating_sub(limit))));
    Ok(over.filter(|(_, excess)| *excess > Fen::ZERO))
}

/// Names every line whose stock does not suffice, and the ceiling.
fn refused(accounts: &[ledger::RefusedAccount], drafts: &[Draft<'_>]) -> AppError {
    let ceiling = accounts.iter().find(|refused| refused.kind == AccountKind::Quota);
    let mut faults: Vec<AppError> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(short) = accounts.iter().find(|refused| refused.account == draft.offer.stock_account) {
            let left = Quantity::from_milli(short.left);
            let message = Message::new(format!("可订 {left}"), format!("{left} can still be ordered"));
            faults.push(AppError::field(Code::OutOfStock, format!("/lines/{index}/quantity"), message));
        }
    }
    if let Some(ceiling) = ceiling {
        let left = Fen::new(ceiling.left);
        let message = Message::new(format!("年度余额 {left} 元"), format!("{left} yuan are left of the year"));
        faults.push(AppError::field(Code::CeilingExceeded, "/lines", message));
    }
    AppError::several(faults)
}

/// The ordered amount counts from placement.
fn count(tx: &mut Tx<'_>, orders: &[OrderRow], lines: &[LineRow], day: Day) -> Outcome<()> {
    let mut entries = Vec::with_capacity(lines.len());
    for line in lines {
        let order = orders.iter().find(|order| order.id == line.order_id);
        let id = ledger::count_id(&["order.ordered", "placed", &line.id.to_string()]);
        entries.extend(order.map(|order| ordered_entry(order, line, id, line.line_fen, day)));
    }
    ledger::count_fresh(tx, &entries)
}

/// One entry per order, so that each supplier sees its own and no other.
fn announce(tx: &mut Tx<'_>, actor: &Actor, orders: &[OrderRow], group: &GroupRow) -> Outcome<()> {
    let entries: Vec<audit::Entry<'_>> = orders
        .iter()
        .map(|order| audit::Entry {
            actor: Some(actor),
            action: "order.placed",
            subject: order.id.to_string(),
            owner_org: order.buyer_id,
            other_org: Some(order.supplier_id),
            region: order.unit_region,
            details: json!({ "group": group.id, "ordered_fen": order.ordered_fen, "mode": order.mode, "fund": order.fund }),
        })
        .collect();
    let concerned: Vec<OrgId> = orders.iter().flat_map(OrderRow::concerned).collect();
    audit::record_for(tx, &entries, &concerned)
}
