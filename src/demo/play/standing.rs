//! The standing order of the canteen with a login: made once, a day left out, and then placed by the job like anybody's.

use super::Play;
use super::orders::Track;
use crate::agreements::{
    self, AskedLine, DayOffRule, NewRecurrence, NewStandingOrder, OccurrenceState, OccurrenceView, StandingDelivery,
    StandingWanted,
};
use crate::demo::people::Seat;
use crate::demo::plan::{Request, Standing};
use crate::kernel::actor::{PlaceOrder, ReadOrders};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{ListingId, StandingOrderId};
use crate::kernel::page::PageRequest;
use crate::kernel::terms::{Fund, Purpose};
use crate::kernel::time::Day;
use crate::platform::clock::Ctx;

/// What it is called.
const NAME: &str = "每周一送货";

impl Play<'_> {
    /// Makes the year's standing order and leaves a day of it out, unless an earlier run did.
    pub(super) async fn make_standing_order(&self, listings: &[Option<ListingId>]) -> Outcome<()> {
        let Some(standing) = &self.year.standing else { return Ok(()) };
        if self.standing_order(standing).await?.is_some() {
            return Ok(());
        }
        let new = self.new_standing_order(standing, listings)?;
        let actor = self.cast.units[standing.buyer].actor::<PlaceOrder>(Seat::Clerk)?;
        let skipped = standing.skipped;
        let made = self.parts.write(standing.made, move |tx| {
            let made = agreements::create_standing_order(tx, &actor, &new)?;
            agreements::skip_standing_day(tx, &actor, made.id, skipped, Some("当周盘点，暂不送货")).map(drop)
        });
        made.await
    }

    fn new_standing_order(&self, standing: &Standing, listings: &[Option<ListingId>]) -> Outcome<NewStandingOrder> {
        let product = &self.world.products[standing.line.product];
        let listing = listings.get(standing.line.product).copied().flatten();
        let listing = listing.ok_or_else(|| AppError::internal(format!("{} is not listed", product.name)))?;
        Ok(NewStandingOrder {
            name: NAME.to_owned(),
            unit_id: None,
            agreement_id: None,
            fund: Fund::Canteen,
            purpose: Purpose::OwnUse,
            channel: None,
            payer_id: None,
            beneficiary_id: None,
            recipient: None,
            from: standing.from,
            until: standing.until,
            calendar: NewRecurrence {
                every_weeks: None,
                weekdays: vec![1],
                month_days: Vec::new(),
                days_off: DayOffRule::Skip,
                lead_days: standing.lead_days,
                excluded: Vec::new(),
            },
            deliveries: vec![StandingDelivery {
                address: format!("{}食堂", self.world.units[standing.buyer].name),
                contact: "马师傅".to_owned(),
                phone: "0951-5000000".to_owned(),
                window: Some("08:00-10:00".to_owned()),
            }],
            freights: Vec::new(),
            lines: vec![AskedLine {
                listing_id: Some(listing),
                line_no: None,
                quantity: standing.line.quantity,
                delivery_no: 0,
                most_fen: Some(product.price),
            }],
        })
    }

    /// The one that was made, if it was.
    async fn standing_order(&self, standing: &Standing) -> Outcome<Option<StandingOrderId>> {
        let actor = self.cast.units[standing.buyer].actor::<ReadOrders>(Seat::Clerk)?;
        let read = self.parts.read(move |read| {
            let today = Day::last_of_year(9000);
            agreements::standing_orders(read, &actor, &StandingWanted::default(), today, &PageRequest::first(20))
        });
        Ok(read.await?.items.into_iter().find(|made| made.name == NAME).map(|made| made.id))
    }

    /// What became of its days, the latest first.
    pub(in crate::demo) async fn standing_days(&self) -> Outcome<Vec<OccurrenceView>> {
        let Some(standing) = &self.year.standing else { return Ok(Vec::new()) };
        let Some(id) = self.standing_order(standing).await? else { return Ok(Vec::new()) };
        let actor = self.cast.units[standing.buyer].actor::<ReadOrders>(Seat::Clerk)?;
        let read = self.parts.read(move |read| {
            agreements::standing_days(read, &actor, id, Day::last_of_year(9000), &PageRequest::first(50))
        });
        Ok(read.await?.items)
    }

    /// Lets the job place what is due at the moment for which an order was planned; the order that came of it.
    pub(super) async fn let_it_order(&self, request: &Request) -> Outcome<Vec<Track>> {
        let ctx = Ctx { at: request.placed, request_id: "demo".into(), ids: self.parts.ids.clone() };
        agreements::place_due(&self.parts.store, ctx).await?;
        let days = self.standing_days().await?;
        let of_today = days.iter().find(|day| day.delivery_on == request.delivery);
        let day = of_today.filter(|day| day.state == OccurrenceState::Placed).ok_or_else(|| {
            AppError::internal(format!("the standing order placed nothing for {}: {of_today:?}", request.delivery))
        })?;
        let placed: Vec<_> = request
            .orders
            .iter()
            .zip(&day.orders)
            .map(|(planned, order)| (self.cast.suppliers[planned.supplier].org, *order))
            .collect();
        self.tracks(request, &placed)
    }
}
