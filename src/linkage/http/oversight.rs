//! What offices and auditors ask about households: counts and matches.

use crate::kernel::actor::OverseeLinkage;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::identity_number;
use crate::kernel::region_code::RegionCode;
use crate::linkage::commands;
use crate::linkage::households::Households;
use crate::linkage::queries::{self, HouseholdMatches, LinkageReport};
use crate::platform::http::{Answer, Call, Format, Json, List, Reply};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(linkage_report).service(match_households);
}

/// The most years that one report counts together.
const MOST_YEARS: i64 = 20;

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct LinkageReportBytes(Vec<u8>);

/// Which households.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkageReportFilter {
    /// The first year; the last one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    from_year: Option<i64>,
    /// The last year; the first one, or this year, when absent.
    #[param(minimum = 2012, maximum = 2100)]
    to_year: Option<i64>,
    /// Only this county, or the counties of this region.
    county: Option<RegionCode>,
    /// Whether households are told by product as well, each divided among those that reach it.
    allocated: Option<bool>,
}

/// Households reached in your region, by county and year, by kind and class, with their persons and what they gained: each
/// household once, whoever claims it and for whatever. Of its persons the largest number claimed is taken. Those of several years
/// or counties are distinct over all of them, and so fewer than the sum of the rows. What an office has rejected or overruled
/// does not count. `lists` lead to the lists behind a row. As CSV the shares by product where they are asked for, the counts otherwise.
#[utoipa::path(get, path = "/reports/linkage", tag = "reports", params(LinkageReportFilter),
    responses((status = 200, content((LinkageReport = "application/json"), (String = "text/csv"),
        (LinkageReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["linkage.oversee"])))]
#[get("/reports/linkage")]
pub async fn linkage_report(call: Call<OverseeLinkage>, list: List<LinkageReportFilter>) -> Answer {
    let (filter, today) = (list.filter, call.now().day());
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx])?;
    let to = filter.to_year.or(filter.from_year).unwrap_or_else(|| call.now().year());
    let from = filter.from_year.unwrap_or(to);
    if from > to || to - from >= MOST_YEARS {
        let message =
            Message::new("起止年度不正确，最多 20 年", "must be from the first to the last of at most 20 years");
        return Err(AppError::field(Code::InvalidParameter, "to_year", message));
    }
    let allocated = filter.allocated.unwrap_or(false);
    call.read_reply(move |read, actor| {
        let report = queries::linkage(read, actor, filter.county, (from, to), allocated)?;
        let reply = match format {
            Format::Csv => Reply::file(format, "linkage", report.csv()?),
            Format::Xlsx => Reply::file(format, "linkage", report.xlsx(today)?),
            _ => Reply::ok(&report)?,
        };
        Ok(reply.header("vary", "Accept"))
    })
    .await
}

/// Households to look up. It is no `Debug`: nothing may write down what names them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdMatchRequest {
    /// Why you ask; it is kept in the audit trail with the number of households, without their numbers.
    #[schema(max_length = 500, min_length = 2, format = "text")]
    reason: String,
    /// 户编号 or 身份证号 each.
    #[schema(min_items = 1, max_items = 1000, value_type = Vec<HouseholdIdentity>)]
    identities: Vec<String>,
}

/// 户编号 or 身份证号.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 64, min_length = 4, format = "line")]
#[expect(dead_code, reason = "only its schema is used")]
struct HouseholdIdentity(String);

/// Which of these households are claimed in your region, under which suppliers, kinds and years. Neither the request nor the
/// answer is kept, so that it takes no Idempotency-Key; that somebody asked, for how many and why, is.
#[utoipa::path(post, path = "/household-matches", tag = "linkage", request_body = HouseholdMatchRequest,
    responses((status = 200, body = HouseholdMatches)), security(("bearer" = ["linkage.oversee"])))]
#[post("/household-matches")]
pub async fn match_households(
    call: Call<OverseeLinkage, Json<HouseholdMatchRequest>>,
    households: Data<Households>,
) -> Answer {
    call.write_secret(move |tx, actor, Json(body)| {
        identity_number::refuse_in(&body.reason, "/reason", Code::ValidationFailed)?;
        let found = queries::matches(tx, actor, &households, &body.identities)?;
        commands::note_match(tx, actor, &body.reason, (body.identities.len(), found.matched))?;
        Reply::ok(&found)
    })
    .await
}
