//! The year's orders, day by day: what happens on one day runs side by side, what happens to one order in its order.

use super::resume::{self, Known};
use super::{Play, in_flight};
use crate::demo::chance::Chance;
use crate::demo::people::Seat;
use crate::demo::plan::{PlannedLine, Refused, Request, What, Why, YEAR};
use crate::kernel::actor::PlaceOrder;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ListingId, OrderId, OrgId, PaymentId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Fund, Purpose};
use crate::kernel::time::{At, Day};
use crate::ledger;
use crate::ordering::{self, Delivery, NewLine, NewOrder};
use crate::platform::clock::Ctx;
use std::collections::{BTreeMap, BTreeSet};

/// What was refused, as it must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Orders above a canteen's ceiling.
    pub over_ceiling: usize,
    /// Orders of more than there is.
    pub out_of_stock: usize,
    /// Acceptances by whoever ordered.
    pub same_person: usize,
}

/// An order as far as it has come.
#[derive(Debug, Clone)]
pub struct Track {
    /// The order.
    pub id: OrderId,
    /// The price of what was accepted.
    pub accepted_fen: Fen,
    /// The price of what went back.
    pub returned_fen: Fen,
    /// The transfer that pays it.
    pub payment: Option<PaymentId>,
    /// The return.
    pub returned: Option<ReturnId>,
    /// Which of its steps are done.
    pub done: Vec<bool>,
}

/// A request with the orders that came of it.
struct Thread {
    request: usize,
    tracks: Vec<Track>,
    refused: usize,
}

impl Play<'_> {
    /// Plays the year: plans, orders, refusals, what expires.
    ///
    /// # Errors
    /// When a command refuses that must not, or one succeeds that must be refused.
    pub async fn orders(&self, listings: &[Option<ListingId>]) -> Outcome<Refusals> {
        let mut threads: Vec<Option<Thread>> = resume::threads(self).await?.into_iter().map(Some).collect();
        let mut days: BTreeMap<Day, BTreeSet<usize>> = BTreeMap::new();
        for (at, request) in self.year.requests.iter().enumerate() {
            for moment in moments(request) {
                days.entry(moment.day()).or_default().insert(at);
            }
        }
        let tries: BTreeSet<Day> = self.year.refused.iter().map(|refused| refused.at.day()).collect();
        let made = self.year.standing.as_ref().map(|standing| standing.made.day());
        for day in tries.iter().chain(&self.filing_days()).chain(&made) {
            days.entry(*day).or_default();
        }
        let steps = days.values().map(BTreeSet::len).sum::<usize>() + self.filing_steps();
        self.progress.phase("填报与订单", "plans and orders", steps);
        let mut refusals = Refusals::default();
        for (day, busy) in days {
            if day.year() > YEAR {
                self.turn_the_year(day).await?;
            }
            self.file_plans(day).await?;
            if made == Some(day) {
                self.make_standing_order(listings).await?;
            }
            let today: Vec<Thread> = busy.iter().filter_map(|at| threads[*at].take()).collect();
            let played = in_flight(today, self.progress, |thread| self.advance(thread, day, listings)).await?;
            for mut thread in played {
                refusals.same_person += std::mem::take(&mut thread.refused);
                let place = thread.request;
                threads[place] = Some(thread);
            }
            self.try_what_is_refused(day, listings, &mut refusals).await?;
            self.end_of(day).await?;
        }
        Ok(refusals)
    }

    /// What is still held when the year turns is carried to the next.
    async fn turn_the_year(&self, day: Day) -> Outcome<()> {
        while self.parts.write(day.start(), |tx| ledger::carry_year(tx, 200)).await? > 0 {}
        Ok(())
    }

    /// What the jobs do overnight.
    async fn end_of(&self, day: Day) -> Outcome<()> {
        let at = At(day.end().0);
        let ctx = Ctx { at, request_id: "demo".into(), ids: self.parts.ids.clone() };
        ordering::expire_unconfirmed(&self.parts.store, ctx).await.map(drop)
    }

    async fn advance(&self, mut thread: Thread, day: Day, listings: &[Option<ListingId>]) -> Outcome<Thread> {
        let request = &self.year.requests[thread.request];
        if thread.tracks.is_empty() {
            thread.tracks = match request.by_standing {
                true => self.let_it_order(request).await?,
                false => self.place(request, listings).await?,
            };
        }
        for (planned, track) in request.orders.iter().zip(&mut thread.tracks) {
            for (at, step) in planned.steps.iter().enumerate() {
                if step.at.day() == day && !track.done[at] {
                    let refused = matches!(step.what, What::AcceptBySamePerson(_));
                    self.step(request, planned, track, step).await.map_err(|error| {
                        let cause = error.parts().cause.clone().unwrap_or_default();
                        error.cause(format!("{:?} of {}: {cause}", step.what, track.id))
                    })?;
                    track.done[at] = true;
                    thread.refused += usize::from(refused);
                }
            }
        }
        Ok(thread)
    }

    async fn place(&self, request: &Request, listings: &[Option<ListingId>]) -> Outcome<Vec<Track>> {
        let lines: Vec<PlannedLine> = request.orders.iter().flat_map(|order| order.lines.iter().copied()).collect();
        let new = self.new_order(request, self.new_lines(&lines, listings)?);
        let actor = self.cast.units[request.buyer].actor::<PlaceOrder>(Seat::Clerk)?;
        let placed = self.parts.write(request.placed, move |tx| {
            let placed = ordering::place(tx, &actor, &new)?;
            Ok(placed.orders.iter().map(|order| (order.supplier_id, order.id)).collect::<Vec<_>>())
        });
        let placed = placed.await.map_err(|e| {
            let fields = format!("{} {:?}", request.client_ref, e.parts());
            e.cause(fields)
        })?;
        self.tracks(request, &placed)
    }

    /// Each planned order with the one that was placed with its supplier.
    pub(super) fn tracks(&self, request: &Request, placed: &[(OrgId, OrderId)]) -> Outcome<Vec<Track>> {
        let track = |planned: &crate::demo::plan::PlannedOrder| {
            let supplier = self.cast.suppliers[planned.supplier].org;
            let found = placed.iter().find(|(org, _)| *org == supplier).map(|(_, id)| *id);
            let id = found.ok_or_else(|| AppError::internal("an order without its supplier"))?;
            Ok(Track {
                id,
                accepted_fen: Fen::ZERO,
                returned_fen: Fen::ZERO,
                payment: None,
                returned: None,
                done: vec![false; planned.steps.len()],
            })
        };
        request.orders.iter().map(track).collect()
    }

    fn new_lines(&self, lines: &[PlannedLine], listings: &[Option<ListingId>]) -> Outcome<Vec<NewLine>> {
        let line = |line: &PlannedLine| {
            let product = &self.world.products[line.product];
            let listing = listings.get(line.product).copied().flatten();
            Ok(NewLine {
                listing_id: listing.ok_or_else(|| AppError::internal(format!("{} is not listed", product.name)))?,
                quantity: line.quantity,
                unit_price_fen: Some(product.price),
                most_fen: None,
                delivery_no: 0,
            })
        };
        lines.iter().map(line).collect()
    }

    fn new_order(&self, request: &Request, lines: Vec<NewLine>) -> NewOrder {
        let org = |at: usize| self.cast.units[at].org;
        let eaten_at = &self.world.units[request.eaten_at.unwrap_or(request.unit)];
        let mut chance = Chance::of(&["delivery", eaten_at.uscc.as_str()]);
        let helped = request.orders.first().map(|order| self.cast.suppliers[order.supplier].org);
        NewOrder {
            unit_id: (request.unit != request.buyer).then(|| org(request.unit)),
            fund: request.fund,
            purpose: request.purpose,
            channel: Some(request.channel),
            payer_id: None,
            beneficiary_id: helped.filter(|_| request.purpose == Purpose::PurchaseForDonation),
            recipient: None,
            client_ref: Some(request.client_ref.clone()),
            deliveries: vec![Delivery {
                address: format!("{}食堂", eaten_at.name),
                contact: ["马师傅", "王师傅", "李老师", "杨主任"][chance.place(4)].to_owned(),
                phone: format!("0951-{:07}", chance.between(1, 999)),
                date: request.delivery,
                window: Some("08:00-10:00".to_owned()),
            }],
            freights: Vec::new(),
            lines,
        }
    }

    async fn try_what_is_refused(
        &self,
        day: Day,
        listings: &[Option<ListingId>],
        refusals: &mut Refusals,
    ) -> Outcome<()> {
        for refused in self.year.refused.iter().filter(|refused| refused.at.day() == day) {
            let (code, count) = match refused.why {
                Why::OverCeiling => (Code::CeilingExceeded, &mut refusals.over_ceiling),
                Why::OutOfStock => (Code::OutOfStock, &mut refusals.out_of_stock),
            };
            self.must_refuse(refused, listings, code).await?;
            *count += 1;
        }
        Ok(())
    }

    async fn must_refuse(&self, refused: &Refused, listings: &[Option<ListingId>], code: Code) -> Outcome<()> {
        let (unit, at) = (refused.unit, refused.at);
        let request = Request {
            client_ref: format!("CG{YEAR}-X{}", at.0),
            buyer: unit,
            unit,
            fund: Fund::Canteen,
            purpose: Purpose::OwnUse,
            channel: crate::kernel::terms::Channel::Canteen,
            eaten_at: None,
            by_standing: false,
            placed: at,
            delivery: at.day().plus_days(3),
            orders: Vec::new(),
        };
        let new = self.new_order(&request, self.new_lines(&refused.lines, listings)?);
        let actor = self.cast.units[unit].actor::<PlaceOrder>(Seat::Clerk)?;
        let result = self.parts.write(at, move |tx| ordering::place(tx, &actor, &new).map(drop)).await;
        expect_refusal(result, code)
    }
}

/// A command that must be refused with a code.
///
/// # Errors
/// When it succeeded, or failed otherwise.
pub fn expect_refusal(result: Outcome<()>, code: Code) -> Outcome<()> {
    match result {
        Err(error) if error.code() == code => Ok(()),
        Err(error) => {
            Err(AppError::internal(format!("refused as {} instead of {code}: {:?}", error.code(), error.parts())))
        }
        Ok(()) => Err(AppError::internal(format!("not refused as {code}"))),
    }
}

/// Every moment at which something happens to a request.
fn moments(request: &Request) -> impl Iterator<Item = At> {
    let steps = request.orders.iter().flat_map(|order| order.steps.iter().map(|step| step.at));
    steps.chain([request.placed])
}

impl From<(usize, Vec<Track>)> for Thread {
    fn from((request, tracks): (usize, Vec<Track>)) -> Thread {
        Thread { request, tracks, refused: 0 }
    }
}

/// Whom an order that is there already belongs to.
pub type Key = (OrgId, At, OrgId);

impl Known {
    /// Where a planned order would be found.
    #[must_use]
    pub fn key(buyer: OrgId, placed: At, supplier: OrgId) -> Key {
        (buyer, placed, supplier)
    }
}
