//! Standing orders over HTTP.

use super::WeekdayNumber;
use crate::agreements::commands::standing::amend::{self, NewStandingAmendment};
use crate::agreements::commands::standing::change;
use crate::agreements::commands::standing::check::AskedLine;
use crate::agreements::commands::standing::create::{self, NewStandingOrder};
use crate::agreements::queries::standing::{self as queries, OccurrenceView, StandingOrderSummary, StandingOrderView};
use crate::agreements::rules::recurrence::{DayOffRule, NewRecurrence};
use crate::agreements::rules::standing::{StandingDelivery, StandingFreight, StandingOrderState};
use crate::agreements::rules::term::ExcludedDays;
use crate::agreements::store::standing::StandingWanted;
use crate::kernel::actor::{PlaceOrder, ReadOrders};
use crate::kernel::ids::{AgreementId, ListingId, OrgId, StandingOrderId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// How far ahead what is to come is shown when nobody says.
const HORIZON_DAYS: i64 = 60;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(create_standing_order)
        .service(list_standing_orders)
        .service(get_standing_order)
        .service(list_occurrences)
        .service(skip_day)
        .service(take_day_in)
        .service(pause_standing_order)
        .service(resume_standing_order)
        .service(amend_standing_order)
        .service(end_standing_order);
}

/// A day of a month: 1 to 31; of a day that a month has not, its last.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(value_type = i64, minimum = 1, maximum = 31)]
pub struct MonthDayNumber(i64);

/// On which days goods are to come: on weekdays, or on days of the month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingCalendarRequest {
    /// With weekdays: every how many weeks, counted from the week of the first day; every week when absent. An amendment goes
    /// on counting unless it names another number.
    #[schema(minimum = 1, maximum = 52)]
    every_weeks: Option<i64>,
    /// Weekdays.
    #[schema(min_items = 1, max_items = 7)]
    weekdays: Option<Vec<WeekdayNumber>>,
    /// Days of the month.
    #[schema(min_items = 1, max_items = 31)]
    month_days: Option<Vec<MonthDayNumber>>,
    /// What becomes of a delivery on a day off, by the working days of the unit's region. Of several that would come on one day one
    /// comes: that which is there by itself, else the first.
    days_off: DayOffRule,
    /// How many days before its delivery each order is placed; on the day itself with 0.
    #[schema(minimum = 0, maximum = 60)]
    lead_days: i64,
    /// Days on which nothing comes, as school holidays.
    #[schema(max_items = 50)]
    excluded: Option<Vec<ExcludedDays>>,
}

impl StandingCalendarRequest {
    fn calendar(&self) -> NewRecurrence {
        NewRecurrence {
            every_weeks: self.every_weeks,
            weekdays: self.weekdays.iter().flatten().map(|day| day.0).collect(),
            month_days: self.month_days.iter().flatten().map(|day| day.0).collect(),
            days_off: self.days_off,
            lead_days: self.lead_days,
            excluded: self.excluded.clone().unwrap_or_default(),
        }
    }
}

/// A line that is ordered each time: of a listing at its price of that day, or of an agreement at its price.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingLineRequest {
    /// The listing; not with an agreement.
    listing_id: Option<ListingId>,
    /// With an agreement: its line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: Option<i64>,
    /// How much, in its unit.
    quantity: Quantity,
    /// Which of the deliveries, counted from 0; the first when absent.
    #[schema(minimum = 0, maximum = 19)]
    delivery_no: Option<usize>,
    /// The highest price of a unit that is accepted; days on which it is higher are missed. Any price when absent.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    most_unit_price_fen: Option<Fen>,
}

impl StandingLineRequest {
    fn line(&self) -> AskedLine {
        AskedLine {
            listing_id: self.listing_id,
            line_no: self.line_no,
            quantity: self.quantity,
            delivery_no: self.delivery_no.unwrap_or(0),
            most_fen: self.most_unit_price_fen,
        }
    }
}

/// What is to be ordered again and again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingOrderRequest {
    /// What you call it.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "每周鲜奶")]
    name: String,
    /// Whose count it is; your own organisation when absent. A contractor always names it; a union may name the unit whose union
    /// it is, for `union` money.
    unit_id: Option<OrgId>,
    /// The framework agreement from which it is called off; its lines then name the agreement's.
    agreement_id: Option<AgreementId>,
    /// What the money is.
    fund: Fund,
    /// Why it is bought.
    purpose: Purpose,
    /// Where the goods go; by your kind of organisation when absent.
    channel: Option<Channel>,
    /// Who pays; your own organisation when absent.
    payer_id: Option<OrgId>,
    /// For `purchase_for_donation`: an organisation of the selling households.
    beneficiary_id: Option<OrgId>,
    /// For `purchase_for_donation`: who gets the goods (受益单位).
    recipient: Option<NamedRecipient>,
    /// The first day of the calendar.
    from: Day,
    /// The last one, three years later at most.
    until: Day,
    /// Which days of it.
    calendar: StandingCalendarRequest,
    /// Where.
    #[schema(min_items = 1, max_items = 20)]
    deliveries: Vec<StandingDelivery>,
    /// Freight agreed with a supplier, each time.
    #[schema(max_items = 200)]
    freights: Option<Vec<StandingFreight>>,
    /// What.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<StandingLineRequest>,
}

impl StandingOrderRequest {
    fn standing_order(&self) -> NewStandingOrder {
        NewStandingOrder {
            name: self.name.clone(),
            unit_id: self.unit_id,
            agreement_id: self.agreement_id,
            fund: self.fund,
            purpose: self.purpose,
            channel: self.channel,
            payer_id: self.payer_id,
            beneficiary_id: self.beneficiary_id,
            recipient: self.recipient.clone(),
            from: self.from,
            until: self.until,
            calendar: self.calendar.calendar(),
            deliveries: self.deliveries.clone(),
            freights: self.freights.clone().unwrap_or_default(),
            lines: self.lines.iter().map(StandingLineRequest::line).collect(),
        }
    }
}

/// Makes a standing order (定期订单): on the days of its calendar orders are placed in your name, like any other order of yours, so
/// many days before each delivery. You answer for them until another trader amends it. What would refuse an order then (stock,
/// ceiling, certificates, approvals, a price above the accepted one) makes that day missed, of which you are told; later days go on.
#[utoipa::path(post, path = "/standing-orders", tag = "standing-orders", request_body = StandingOrderRequest,
    responses((status = 201, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders")]
pub async fn create_standing_order(call: Call<PlaceOrder, Json<StandingOrderRequest>>) -> Answer {
    let today = call.now().day();
    call.write_keyed(move |tx, actor, Json(body)| {
        let row = create::create(tx, actor, &body.standing_order())?;
        let view = StandingOrderSummary::new(&row, today);
        Ok(Reply::created(&format!("/api/v1/standing-orders/{}", row.id), &view)?.etag(row.version))
    })
    .await
}

/// Which standing orders.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StandingOrderFilter {
    /// Standing so today.
    state: Option<StandingOrderState>,
    /// For this unit.
    unit_id: Option<OrgId>,
    /// Called off from this agreement.
    agreement_id: Option<AgreementId>,
}

/// Standing orders in scope, newest first. No supplier sees one; it sees the orders once they are placed.
#[utoipa::path(get, path = "/standing-orders", tag = "standing-orders",
    params(StandingOrderFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<StandingOrderSummary>)), security(("bearer" = ["orders.read"])))]
#[get("/standing-orders")]
pub async fn list_standing_orders(call: Call<ReadOrders>, list: List<StandingOrderFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = StandingWanted { state: filter.state, unit: filter.unit_id, agreement: filter.agreement_id };
        queries::standing_orders(read, actor, &wanted, today, page)
    })
    .await
}

/// How far ahead.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HorizonFilter {
    /// Days of the calendar within so many days from today; 60 when absent.
    #[param(minimum = 0, maximum = 1100)]
    horizon_days: Option<i64>,
}

/// A standing order: what it orders from which day on, what is to come within the horizon, what became of the latest days.
#[utoipa::path(get, path = "/standing-orders/{id}", tag = "standing-orders", params(("id" = StandingOrderId, Path), HorizonFilter),
    responses((status = 200, body = StandingOrderView)), security(("bearer" = ["orders.read"])))]
#[get("/standing-orders/{id}")]
pub async fn get_standing_order(
    call: Call<ReadOrders>,
    list: List<HorizonFilter>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let (id, today, horizon) = (*path, call.now().day(), list.filter.horizon_days.unwrap_or(HORIZON_DAYS));
    call.read_reply(move |read, actor| {
        let (view, version) = queries::standing_order(read, actor, id, today, horizon)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OccurrenceFilter {}

/// What became of the days of a standing order, the latest day first: ordered, with the orders; missed, with the reason; skipped.
#[utoipa::path(get, path = "/standing-orders/{id}/occurrences", tag = "standing-orders",
    params(("id" = StandingOrderId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<OccurrenceView>)), security(("bearer" = ["orders.read"])))]
#[get("/standing-orders/{id}/occurrences")]
pub async fn list_occurrences(
    call: Call<ReadOrders>,
    path: web::Path<StandingOrderId>,
    list: List<OccurrenceFilter>,
) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, _, page| queries::occurrences(read, actor, *path, today, page)).await
}

/// A day that is left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingSkipRequest {
    /// The day of the calendar, or the day on which its goods come.
    date: Day,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

/// Leaves a day out that is not ordered yet. It can be taken in again until its order day.
#[utoipa::path(post, path = "/standing-orders/{id}/skips", tag = "standing-orders", params(("id" = StandingOrderId, Path)),
    request_body = StandingSkipRequest, responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/skips")]
pub async fn skip_day(call: Call<PlaceOrder, Json<StandingSkipRequest>>, path: web::Path<StandingOrderId>) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = change::skip(tx, actor, *path, body.date, body.reason.as_deref())?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// A day that is taken in again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingSkipWithdrawalRequest {
    /// The day that was left out.
    date: Day,
}

/// Takes a day in again that was left out and whose order day has not come.
#[utoipa::path(post, path = "/standing-orders/{id}/skip-withdrawals", tag = "standing-orders",
    params(("id" = StandingOrderId, Path)), request_body = StandingSkipWithdrawalRequest,
    responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/skip-withdrawals")]
pub async fn take_day_in(
    call: Call<PlaceOrder, Json<StandingSkipWithdrawalRequest>>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = change::unskip(tx, actor, *path, body.date)?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// Why it is paused or resumed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingPauseRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

/// Places nothing until it is resumed. Days whose order day passes meanwhile are skipped.
#[utoipa::path(post, path = "/standing-orders/{id}/pauses", tag = "standing-orders", params(("id" = StandingOrderId, Path)),
    request_body = StandingPauseRequest, responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/pauses")]
pub async fn pause_standing_order(
    call: Call<PlaceOrder, Json<StandingPauseRequest>>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = change::pause(tx, actor, *path, body.reason.as_deref())?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// Goes on with what is to be ordered from today on.
#[utoipa::path(post, path = "/standing-orders/{id}/resumptions", tag = "standing-orders", params(("id" = StandingOrderId, Path)),
    request_body = StandingPauseRequest, responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/resumptions")]
pub async fn resume_standing_order(
    call: Call<PlaceOrder, Json<StandingPauseRequest>>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = change::resume(tx, actor, *path, body.reason.as_deref())?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// What is to change; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingAmendmentRequest {
    /// The revision that was made last.
    #[schema(minimum = 1, maximum = 10_000)]
    revision: i64,
    /// The first day of the calendar for which it holds, after what is ordered already.
    from: Day,
    /// A new last day.
    until: Option<Day>,
    /// Other days.
    calendar: Option<StandingCalendarRequest>,
    /// Other places.
    #[schema(min_items = 1, max_items = 20)]
    deliveries: Option<Vec<StandingDelivery>>,
    /// Other freight.
    #[schema(max_items = 200)]
    freights: Option<Vec<StandingFreight>>,
    /// Another payer.
    payer_id: Option<OrgId>,
    /// Another recipient of donations.
    recipient: Option<NamedRecipient>,
    /// Other lines, all of them.
    #[schema(min_items = 1, max_items = 200)]
    lines: Option<Vec<StandingLineRequest>>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

impl StandingAmendmentRequest {
    fn amendment(&self) -> NewStandingAmendment {
        NewStandingAmendment {
            revision: self.revision,
            from: self.from,
            until: self.until,
            calendar: self.calendar.as_ref().map(StandingCalendarRequest::calendar),
            deliveries: self.deliveries.clone(),
            freights: self.freights.clone(),
            payer_id: self.payer_id,
            recipient: self.recipient.clone(),
            lines: self.lines.as_ref().map(|lines| lines.iter().map(StandingLineRequest::line).collect()),
            reason: self.reason.clone(),
        }
    }
}

/// Amends a standing order from a day on; earlier days and what is ordered stay as they are. You answer for what is ordered from that
/// day on: so another trader takes it over, also without any other change.
#[utoipa::path(post, path = "/standing-orders/{id}/amendments", tag = "standing-orders", params(("id" = StandingOrderId, Path)),
    request_body = StandingAmendmentRequest, responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/amendments")]
pub async fn amend_standing_order(
    call: Call<PlaceOrder, Json<StandingAmendmentRequest>>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = amend::amend(tx, actor, *path, &body.amendment())?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// The end of a standing order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingEndingRequest {
    /// The last day of its calendar; when absent nothing more is ordered.
    ends_on: Option<Day>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Ends a standing order, at once or with a day; orders that were placed go on.
#[utoipa::path(post, path = "/standing-orders/{id}/ending", tag = "standing-orders", params(("id" = StandingOrderId, Path)),
    request_body = StandingEndingRequest, responses((status = 200, body = StandingOrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/standing-orders/{id}/ending")]
pub async fn end_standing_order(
    call: Call<PlaceOrder, Json<StandingEndingRequest>>,
    path: web::Path<StandingOrderId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = change::end(tx, actor, *path, body.ends_on, &body.reason)?;
        Ok(Reply::ok(&StandingOrderSummary::new(&row, today))?.etag(row.version))
    })
    .await
}
