//! Where an earlier run stopped: orders that are there are found by buyer, moment and supplier.

use super::Play;
use super::orders::{Key, Track};
use crate::demo::people::Seat;
use crate::demo::plan::{PlannedOrder, What};
use crate::kernel::actor::{Actor, ReadOrders};
use crate::kernel::error::Outcome;
use crate::kernel::page::PageRequest;
use crate::kernel::time::Day;
use crate::ordering::{
    self, OrderState, OrderSummary, OrderView, OrdersWanted, PaymentState, PaymentView, PaymentsWanted,
};
use crate::platform::db::Read;
use std::collections::HashMap;

/// An order that is there, with what is needed to know which steps are done.
#[derive(Debug)]
pub struct Known {
    view: OrderView,
    payments: Vec<PaymentView>,
}

/// A thread for each request; those that were placed before know how far they are.
pub(super) async fn threads<T: From<(usize, Vec<Track>)>>(play: &Play<'_>) -> Outcome<Vec<T>> {
    let actor = play.cast.operator.actor::<ReadOrders>(Seat::Clerk)?;
    let today = Day::last_of_year(9000);
    let all = actor.clone();
    let known: HashMap<Key, OrderSummary> = play.parts.read(move |read| summaries(read, &all, today)).await?;
    let mut threads = Vec::with_capacity(play.year.requests.len());
    for (at, request) in play.year.requests.iter().enumerate() {
        let mut tracks = Vec::new();
        for planned in &request.orders {
            let key = Known::key(
                play.cast.units[request.buyer].org,
                request.placed,
                play.cast.suppliers[planned.supplier].org,
            );
            if let Some(summary) = known.get(&key) {
                let (id, who) = (summary.id, actor.clone());
                let order = play.parts.read(move |read| {
                    let view = ordering::order(read, &who, id, today)?.0;
                    let wanted = PaymentsWanted { state: None, order: Some(id) };
                    let payments = ordering::payments(read, &who, wanted, today, &PageRequest::first(20))?.items;
                    Ok(Known { view, payments })
                });
                tracks.push(order.await?.track(planned));
            }
        }
        threads.push(T::from((at, tracks)));
    }
    Ok(threads)
}

fn summaries(read: &mut Read, actor: &Actor, today: Day) -> Outcome<HashMap<Key, OrderSummary>> {
    let mut found = HashMap::new();
    let mut page = PageRequest::first(200);
    loop {
        let orders = ordering::orders(read, actor, &OrdersWanted::default(), today, &page)?;
        found.extend(
            orders
                .items
                .into_iter()
                .map(|listed| listed.order)
                .map(|o| (Known::key(o.buyer_id, o.placed_at, o.supplier_id), o)),
        );
        match orders.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

impl Known {
    fn track(&self, planned: &PlannedOrder) -> Track {
        let order = &self.view.order.order;
        let standing = self.payments.iter().find(|payment| payment.state != PaymentState::Denied);
        Track {
            id: order.id,
            accepted_fen: order.accepted_fen,
            returned_fen: order.returned_fen,
            payment: standing.map(|payment| payment.id),
            returned: self.view.returns.first().map(|back| back.id),
            done: planned.steps.iter().map(|step| self.did(&step.what)).collect(),
        }
    }

    /// Whether a step is done already.
    fn did(&self, what: &What) -> bool {
        let order = &self.view.order.order;
        match what {
            What::Confirm => order.confirmed_at.is_some(),
            What::Decline => order.state == OrderState::Declined,
            What::Cancel => order.state == OrderState::Cancelled,
            What::Ship(_) => !self.view.shipments.is_empty(),
            What::AcceptBySamePerson(_) | What::Accept(_) => !self.view.acceptances.is_empty(),
            What::ShortClose => !self.view.short_closures.is_empty(),
            What::Return(_) => !self.view.returns.is_empty(),
            What::Pay => !self.payments.is_empty(),
            What::ConfirmPayment => self.payments.iter().any(|payment| payment.state != PaymentState::Reported),
            What::Refund => !order.refunded_fen.is_zero(),
            What::Rate(_) => order.rated_at.is_some(),
        }
    }
}
