//! Framework agreements and standing orders over HTTP.

mod standing;

use super::commands::amend::{self, AmendedLine, NewAmendment};
use super::commands::answer::{self, AgreementDecision};
use super::commands::call_off::{self, CalledLine, NewCallOff};
use super::commands::propose::{self, NewAgreement, ProposedLine};
use super::queries::{self, AgreementSummary, AgreementView, CallOffView};
use super::rules::framework::{AgreementCoverage, AgreementState};
use super::rules::term::{ExcludedDays, TermCalendar};
use super::store::AgreementsWanted;
use crate::kernel::actor::{PlaceOrder, ProposeAgreement, ReadAgreements, WorkAgreements};
use crate::kernel::ids::{AgreementId, FileId, ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::Day;
use crate::ordering::{Delivery, OrderGroupView};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(propose_agreement)
        .service(list_agreements)
        .service(get_agreement)
        .service(answer_agreement)
        .service(withdraw_agreement)
        .service(amend_agreement)
        .service(end_agreement)
        .service(call_off_agreement)
        .service(list_call_offs);
    standing::routes(config);
}

/// A weekday: 1 Monday to 7 Sunday.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(value_type = i64, minimum = 1, maximum = 7)]
pub struct WeekdayNumber(pub i64);

/// A month of a term: 1 to 12.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(value_type = i64, minimum = 1, maximum = 12)]
pub struct TermMonth(i64);

/// On which days of the term goods come; what is not named leaves every day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermCalendarRequest {
    /// Weekdays.
    #[schema(min_items = 1, max_items = 7)]
    weekdays: Option<Vec<WeekdayNumber>>,
    /// Months.
    #[schema(min_items = 1, max_items = 12)]
    months: Option<Vec<TermMonth>>,
    /// Days on which nothing comes, as school holidays.
    #[schema(max_items = 50)]
    excluded: Option<Vec<ExcludedDays>>,
}

impl TermCalendarRequest {
    fn calendar(&self) -> TermCalendar {
        TermCalendar {
            weekdays: self.weekdays.iter().flatten().map(|day| day.0).collect(),
            months: self.months.iter().flatten().map(|month| month.0).collect(),
            excluded: self.excluded.clone().unwrap_or_default(),
        }
    }
}

/// A framework agreement as a buyer proposes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementRequest {
    /// To whom.
    supplier_id: OrgId,
    /// Who may call off: `own` you alone; `listed` you and units below you that you name; `below` you and every unit below you on
    /// the day of the call-off.
    coverage: AgreementCoverage,
    /// With `listed`: the units.
    #[schema(max_items = 500)]
    unit_ids: Option<Vec<OrgId>>,
    /// The number of the document.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "银教采〔2021〕5号")]
    number: String,
    /// The document.
    file_id: Option<FileId>,
    /// The first day on which goods may come.
    from: Day,
    /// The last one, three years later at most.
    until: Day,
    /// On which days; every day when absent.
    calendar: Option<TermCalendarRequest>,
    /// How many days before its end notice is given.
    #[schema(minimum = 0, maximum = 365)]
    notice_days: i64,
    /// How it is delivered.
    #[schema(max_length = 1000, min_length = 1, format = "text")]
    delivery_terms: Option<String>,
    /// What.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<AgreementLineRequest>,
}

/// A line as it is proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementLineRequest {
    /// A listing of the supplier.
    listing_id: ListingId,
    /// The price of a unit; not above the listing's of today.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    unit_price_fen: Fen,
    /// How much may be called off in all, in the listing's unit.
    quantity: Quantity,
    /// How much each unit may call off at most.
    unit_quantity: Option<Quantity>,
}

impl AgreementRequest {
    fn agreement(&self) -> NewAgreement {
        let line = |line: &AgreementLineRequest| ProposedLine {
            listing_id: line.listing_id,
            unit_price_fen: line.unit_price_fen,
            quantity: line.quantity,
            unit_quantity: line.unit_quantity,
        };
        NewAgreement {
            supplier: self.supplier_id,
            coverage: self.coverage,
            units: self.unit_ids.clone().unwrap_or_default(),
            number: self.number.clone(),
            file: self.file_id,
            from: self.from,
            until: self.until,
            calendar: self.calendar.as_ref().map(TermCalendarRequest::calendar).unwrap_or_default(),
            notice_days: self.notice_days,
            delivery_terms: self.delivery_terms.clone(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// Proposes a framework agreement to a supplier: price, quantity and term, for yourself or for units below you, who then order by
/// call-offs. It is in force once the supplier accepts.
#[utoipa::path(post, path = "/agreements", tag = "agreements", request_body = AgreementRequest,
    responses((status = 201, body = AgreementSummary)), security(("bearer" = ["agreements.propose"])))]
#[post("/agreements")]
pub async fn propose_agreement(call: Call<ProposeAgreement, Json<AgreementRequest>>) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = propose::propose(tx, actor, &body.agreement())?;
        let view = AgreementSummary::new(&row, today);
        Ok(Reply::created(&format!("/api/v1/agreements/{}", row.id), &view)?.etag(row.version))
    })
    .await
}

/// Which agreements.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgreementFilter {
    /// Standing so today.
    state: Option<AgreementState>,
    /// With this supplier.
    supplier_id: Option<OrgId>,
    /// Held by this organisation.
    holder_id: Option<OrgId>,
}

/// Framework agreements in scope, newest first: of either side, and those that a unit may call off.
#[utoipa::path(get, path = "/agreements", tag = "agreements",
    params(AgreementFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<AgreementSummary>)), security(("bearer" = ["agreements.read"])))]
#[get("/agreements")]
pub async fn list_agreements(call: Call<ReadAgreements>, list: List<AgreementFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = AgreementsWanted { state: filter.state, supplier: filter.supplier_id, holder: filter.holder_id };
        queries::agreements(read, actor, &wanted, today, page)
    })
    .await
}

/// A framework agreement: its terms, what is used and left of each line and by each unit, everything that was proposed. A unit
/// that may call off sees what is its own.
#[utoipa::path(get, path = "/agreements/{id}", tag = "agreements", params(("id" = AgreementId, Path)),
    responses((status = 200, body = AgreementView)), security(("bearer" = ["agreements.read"])))]
#[get("/agreements/{id}")]
pub async fn get_agreement(call: Call<ReadAgreements>, path: web::Path<AgreementId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read_reply(move |read, actor| {
        let (view, version) = queries::agreement(read, actor, id, today)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// An answer to a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementAnswerRequest {
    /// Which revision.
    #[schema(minimum = 1, maximum = 10_000)]
    revision: i64,
    /// What.
    decision: AgreementDecision,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

/// Accepts or declines what the other side proposes, an agreement or an amendment; it holds from now on.
#[utoipa::path(post, path = "/agreements/{id}/answers", tag = "agreements", params(("id" = AgreementId, Path)),
    request_body = AgreementAnswerRequest, responses((status = 200, body = AgreementSummary)), security(("bearer" = ["agreements.work"])))]
#[post("/agreements/{id}/answers")]
pub async fn answer_agreement(
    call: Call<WorkAgreements, Json<AgreementAnswerRequest>>,
    path: web::Path<AgreementId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = answer::answer(tx, actor, *path, (body.revision, body.decision), body.reason.as_deref())?;
        Ok(Reply::ok(&AgreementSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// What is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementWithdrawalRequest {
    /// Which revision.
    #[schema(minimum = 1, maximum = 10_000)]
    revision: i64,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Takes back an own proposal that the other side has not answered.
#[utoipa::path(post, path = "/agreements/{id}/withdrawals", tag = "agreements", params(("id" = AgreementId, Path)),
    request_body = AgreementWithdrawalRequest, responses((status = 200, body = AgreementSummary)), security(("bearer" = ["agreements.work"])))]
#[post("/agreements/{id}/withdrawals")]
pub async fn withdraw_agreement(
    call: Call<WorkAgreements, Json<AgreementWithdrawalRequest>>,
    path: web::Path<AgreementId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = answer::withdraw(tx, actor, *path, body.revision, &body.reason)?;
        Ok(Reply::ok(&AgreementSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// What is to change; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementAmendmentRequest {
    /// The revision in force that it changes.
    #[schema(minimum = 1, maximum = 10_000)]
    revision: i64,
    /// A new last day.
    until: Option<Day>,
    /// Other days.
    calendar: Option<TermCalendarRequest>,
    /// Another way of delivery.
    #[schema(max_length = 1000, min_length = 1, format = "text")]
    delivery_terms: Option<String>,
    /// Lines that change.
    #[schema(max_items = 200)]
    lines: Option<Vec<AmendedLineRequest>>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
    /// The number of its document.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    number: String,
    /// The document.
    file_id: Option<FileId>,
}

/// What is to change of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendedLineRequest {
    /// Which.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// Another price; a raise is not above the listing's of today.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    unit_price_fen: Option<Fen>,
    /// Another quantity in all, not less than is used.
    quantity: Option<Quantity>,
    /// Another limit of each unit, not less than any uses.
    unit_quantity: Option<Quantity>,
}

/// Proposes an amendment, from either side, as a numbered revision. Until the other side accepts it the revision in force holds;
/// what was called off keeps its terms.
#[utoipa::path(post, path = "/agreements/{id}/amendments", tag = "agreements", params(("id" = AgreementId, Path)),
    request_body = AgreementAmendmentRequest, responses((status = 201, body = AgreementSummary)), security(("bearer" = ["agreements.work"])))]
#[post("/agreements/{id}/amendments")]
pub async fn amend_agreement(
    call: Call<WorkAgreements, Json<AgreementAmendmentRequest>>,
    path: web::Path<AgreementId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let (row, _) = amend::amend(tx, actor, *path, &body.amendment())?;
        let view = AgreementSummary::new(&row, today);
        Ok(Reply::created(&format!("/api/v1/agreements/{}", row.id), &view)?.etag(row.version))
    })
    .await
}

impl AgreementAmendmentRequest {
    fn amendment(&self) -> NewAmendment {
        let line = |line: &AmendedLineRequest| AmendedLine {
            line_no: line.line_no,
            unit_price_fen: line.unit_price_fen,
            quantity: line.quantity,
            unit_quantity: line.unit_quantity,
        };
        NewAmendment {
            revision: self.revision,
            until: self.until,
            calendar: self.calendar.as_ref().map(TermCalendarRequest::calendar),
            delivery_terms: self.delivery_terms.clone(),
            lines: self.lines.iter().flatten().map(line).collect(),
            reason: self.reason.clone(),
            number: self.number.clone(),
            file: self.file_id,
        }
    }
}

/// The end of an agreement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementEndingRequest {
    /// Its last day, not before the agreed notice has passed.
    ends_on: Day,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Ends an agreement with notice, from either side; orders that were called off go on.
#[utoipa::path(post, path = "/agreements/{id}/ending", tag = "agreements", params(("id" = AgreementId, Path)),
    request_body = AgreementEndingRequest, responses((status = 200, body = AgreementSummary)), security(("bearer" = ["agreements.work"])))]
#[post("/agreements/{id}/ending")]
pub async fn end_agreement(
    call: Call<WorkAgreements, Json<AgreementEndingRequest>>,
    path: web::Path<AgreementId>,
) -> Answer {
    let today = call.now().day();
    call.write(move |tx, actor, Json(body)| {
        let row = answer::end(tx, actor, *path, body.ends_on, &body.reason)?;
        Ok(Reply::ok(&AgreementSummary::new(&row, today))?.etag(row.version))
    })
    .await
}

/// An order against an agreement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOffRequest {
    /// Whose count it is; your own organisation when absent.
    unit_id: Option<OrgId>,
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
    /// Your own reference, unique for ever.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    client_ref: Option<String>,
    /// Where and when; on days of the term on which goods come.
    #[schema(min_items = 1, max_items = 20)]
    deliveries: Vec<Delivery>,
    /// Freight agreed with the supplier.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000_000)]
    freight_fen: Option<Fen>,
    /// What.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<CallOffLineRequest>,
}

/// A line that is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOffLineRequest {
    /// The agreement's line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much.
    quantity: Quantity,
    /// Which of the deliveries, counted from 0; the first when absent.
    #[schema(minimum = 0, maximum = 19)]
    delivery_no: Option<usize>,
}

impl CallOffRequest {
    fn call_off(&self) -> NewCallOff {
        let line = |line: &CallOffLineRequest| CalledLine {
            line_no: line.line_no,
            quantity: line.quantity,
            most_fen: None,
            delivery_no: line.delivery_no.unwrap_or(0),
        };
        NewCallOff {
            unit_id: self.unit_id,
            fund: self.fund,
            purpose: self.purpose,
            channel: self.channel,
            payer_id: self.payer_id,
            beneficiary_id: self.beneficiary_id,
            recipient: self.recipient.clone(),
            client_ref: self.client_ref.clone(),
            deliveries: self.deliveries.clone(),
            freight_fen: self.freight_fen,
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// Calls off from an agreement: an order like any other, at the agreed prices whatever the listings' are now, within term, calendar
/// and quantity. Certificates are frozen now; ceiling, stock, certificates and season are asked as for any order.
#[utoipa::path(post, path = "/agreements/{id}/call-offs", tag = "agreements", params(("id" = AgreementId, Path)),
    request_body = CallOffRequest, responses((status = 201, body = OrderGroupView)), security(("bearer" = ["orders.place"])))]
#[post("/agreements/{id}/call-offs")]
pub async fn call_off_agreement(call: Call<PlaceOrder, Json<CallOffRequest>>, path: web::Path<AgreementId>) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let placed = call_off::call_off(tx, actor, *path, &body.call_off())?;
        let view = OrderGroupView::new(&placed.group, &placed.orders).warned(placed.beyond);
        Reply::created(&format!("/api/v1/order-groups/{}", placed.group.id), &view)
    })
    .await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CallOffFilter {}

/// What was called off from an agreement, line by line, oldest first: all of it for both sides, of a unit its own.
#[utoipa::path(get, path = "/agreements/{id}/call-offs", tag = "agreements",
    params(("id" = AgreementId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<CallOffView>)), security(("bearer" = ["agreements.read"])))]
#[get("/agreements/{id}/call-offs")]
pub async fn list_call_offs(
    call: Call<ReadAgreements>,
    path: web::Path<AgreementId>,
    list: List<CallOffFilter>,
) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, _, page| queries::call_offs(read, actor, *path, today, page)).await
}
