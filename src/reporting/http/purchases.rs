//! An organisation's year of purchases, and how far commitments are met, over HTTP.

use super::{csv, wants_csv};
use crate::kernel::actor::{ReadCommitments, ReadPurchases};
use crate::platform::http::{Answer, Call, List, Reply};
use crate::reporting::queries::purchases::{
    CommitmentReport, PurchaseStatementView, commitment_progress, purchase_statement,
};
use actix_web::get;
use serde::Deserialize;

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PurchaseStatementFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// Your organisation's year: what was accepted and paid by county of production and purpose, to the fen of the ledger; beside it, and never
/// added, the helped sales that it declared; the number of orders and the purchase certificates that were issued. JSON or CSV by Accept.
#[utoipa::path(get, path = "/reports/purchase-statement", tag = "reports", params(PurchaseStatementFilter),
    responses((status = 200, content((PurchaseStatementView = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["reports.purchases"])))]
#[get("/reports/purchase-statement")]
pub async fn purchase_year(call: Call<ReadPurchases>, list: List<PurchaseStatementFilter>) -> Answer {
    let (as_csv, year) = (wants_csv(&call)?, list.filter.year.unwrap_or_else(|| call.now().year()));
    call.read_reply(move |read, actor| {
        let view = purchase_statement(read, actor, year)?;
        if as_csv { Ok(csv(view.csv()?, "purchase-statement")) } else { Reply::ok(&view) }
    })
    .await
}

/// Which commitments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommitmentReportFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// Only those whose months are over and that are not met.
    unmet: Option<bool>,
}

/// How far minimum-purchase commitments that stand are met by what was accepted and paid in their months: the own ones; for offices and
/// auditors those that were declared to an office of their region, or by an organisation there.
#[utoipa::path(get, path = "/reports/purchase-commitments", tag = "reports", params(CommitmentReportFilter),
    responses((status = 200, body = CommitmentReport)), security(("bearer" = ["commitments.read"])))]
#[get("/reports/purchase-commitments")]
pub async fn purchase_commitments(call: Call<ReadCommitments>, list: List<CommitmentReportFilter>) -> Answer {
    let (today, filter) = (call.now().day(), list.filter);
    let wanted = (filter.year.unwrap_or_else(|| today.year()), filter.unmet == Some(true));
    call.read(move |read, actor| commitment_progress(read, actor, wanted, today)).await
}
