//! Payee accounts over HTTP.

use super::commands::{self, NewAccount};
use super::queries::{self, PayeeAccountView};
use crate::kernel::actor::{ConfirmPayeeAccounts, ProposePayeeAccounts, ReadPayeeAccounts};
use crate::kernel::ids::{OrgId, PayeeAccountId};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(propose_payee_account).service(list_payee_accounts).service(confirm_payee_account);
}

/// A bank account to be paid to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayeeAccountRequest {
    /// Whose it is, as the bank writes it.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "盐池县滩羊养殖专业合作社")]
    holder: String,
    /// The bank and its branch.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "中国农业银行盐池县支行")]
    bank: String,
    /// Its number: 8 to 30 digits; spaces and dashes between them are left out.
    #[schema(min_length = 8, max_length = 48, format = "line", example = "29425001040007777")]
    account_number: String,
    /// The first day on which it holds: today, or within a year; today when absent.
    valid_from: Option<Day>,
}

/// Proposes the account to which the own organisation is paid; another person confirms it. It takes the place of a proposal
/// that still waits.
#[utoipa::path(post, path = "/organisations/{id}/payee-accounts", tag = "money", params(("id" = OrgId, Path)), request_body = PayeeAccountRequest,
    responses((status = 201, body = PayeeAccountView)), security(("bearer" = ["payees.propose"])))]
#[post("/organisations/{id}/payee-accounts")]
pub async fn propose_payee_account(
    call: Call<ProposePayeeAccounts, Json<PayeeAccountRequest>>,
    path: web::Path<OrgId>,
) -> Answer {
    let org = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let new = NewAccount {
            holder: body.holder.clone(),
            bank: body.bank.clone(),
            account_number: body.account_number.clone(),
            valid_from: body.valid_from,
        };
        let (row, today) = (commands::propose(tx, actor, org, &new)?, tx.at().day());
        Reply::created(&format!("/api/v1/organisations/{org}/payee-accounts"), &queries::view(tx, row, today)?)
    })
    .await
}

/// Nothing but the page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayeeAccountFilter {}

/// All payee accounts of a supplier, newest first: for the supplier itself and the operator, and nobody else.
#[utoipa::path(get, path = "/organisations/{id}/payee-accounts", tag = "money", params(("id" = OrgId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PayeeAccountView>)), security(("bearer" = ["payees.read"])))]
#[get("/organisations/{id}/payee-accounts")]
pub async fn list_payee_accounts(
    call: Call<ReadPayeeAccounts>,
    path: web::Path<OrgId>,
    list: List<PayeeAccountFilter>,
) -> Answer {
    let (org, today) = (path.into_inner(), call.now().day());
    call.list(list, move |read, actor, _, page| queries::accounts(read, actor, org, today, page)).await
}

/// An account of a supplier.
#[derive(Debug, Deserialize)]
pub struct OneAccount {
    id: OrgId,
    account_id: PayeeAccountId,
}

/// Confirms a payee account that another person proposed: another member of the supplier, or the platform's operator where the
/// supplier has a single member. Buyers and payers of open orders are told on its first day.
#[utoipa::path(post, path = "/organisations/{id}/payee-accounts/{account_id}/confirmations", tag = "money",
    params(("id" = OrgId, Path), ("account_id" = PayeeAccountId, Path)),
    responses((status = 200, body = PayeeAccountView)), security(("bearer" = ["payees.confirm"])))]
#[post("/organisations/{id}/payee-accounts/{account_id}/confirmations")]
pub async fn confirm_payee_account(call: Call<ConfirmPayeeAccounts>, path: web::Path<OneAccount>) -> Answer {
    let OneAccount { id, account_id } = path.into_inner();
    call.write(move |tx, actor, _| {
        let (row, today) = (commands::confirm(tx, actor, id, account_id)?, tx.at().day());
        Reply::ok(&queries::view(tx, row, today)?)
    })
    .await
}
