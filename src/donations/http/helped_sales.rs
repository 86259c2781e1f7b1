//! Helped sales over HTTP: what `http/mod.rs` does, for helped sales.

use super::forms::{
    DeclarationFilter, DonationAdjustmentRequest, DonationAnnulmentRequest, DonationDeclarationRequest,
    DonationVerdictRequest, DonationWithdrawalRequest,
};
use crate::donations::persons::Keys;
use crate::donations::queries::{DeclarationDetail, DeclarationView};
use crate::donations::rules::DeclarationKind;
use crate::kernel::actor::{DeclareDonations, ReadDonations, VerifyDonations};
use crate::kernel::ids::DeclarationId;
use crate::platform::http::{Answer, Call, Json, List, PageOf};
use actix_web::web::{self, Data};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

const KIND: DeclarationKind = DeclarationKind::HelpedSale;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_helped_sales).service(declare_helped_sale).service(get_helped_sale).service(amend_helped_sale);
    config.service(submit_helped_sale).service(verify_helped_sale).service(withdraw_helped_sale);
    config.service(adjust_helped_sale).service(annul_helped_sale);
}

/// Declares a helped sale (帮助销售): a draft that only its organiser sees, until it is submitted. Its document number must not be
/// declared in the county, by whomever.
#[utoipa::path(post, path = "/helped-sales", tag = "donations", request_body = DonationDeclarationRequest,
    responses((status = 201, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/helped-sales")]
pub async fn declare_helped_sale(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    keys: Data<Keys>,
) -> Answer {
    super::declare(call, KIND, keys).await
}

/// Helped sales in scope, the latest first: the own ones, those of units below, or those at places of the region once they
/// were submitted.
#[utoipa::path(get, path = "/helped-sales", tag = "donations", params(DeclarationFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<DeclarationView>)), security(("bearer" = ["donations.read"])))]
#[get("/helped-sales")]
pub async fn list_helped_sales(call: Call<ReadDonations>, list: List<DeclarationFilter>) -> Answer {
    super::list(call, KIND, list).await
}

/// A helped sale with what was declared, its history and what it counts. Names of cadres are shown to the organiser and to the
/// offices that verify.
#[utoipa::path(get, path = "/helped-sales/{id}", tag = "donations", params(("id" = DeclarationId, Path)),
    responses((status = 200, body = DeclarationDetail)), security(("bearer" = ["donations.read"])))]
#[get("/helped-sales/{id}")]
pub async fn get_helped_sale(call: Call<ReadDonations>, path: web::Path<DeclarationId>, keys: Data<Keys>) -> Answer {
    super::show(call, (KIND, *path), keys).await
}

/// Says a draft, or what was returned, anew and as a whole: nothing that names persons or households is kept to be amended.
#[utoipa::path(post, path = "/helped-sales/{id}/amendments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationDeclarationRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/helped-sales/{id}/amendments")]
pub async fn amend_helped_sale(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    path: web::Path<DeclarationId>,
    keys: Data<Keys>,
) -> Answer {
    super::amend(call, (KIND, *path), keys).await
}

/// Submits it to the offices of its village, township and county, one after another. A village or township without an office is
/// passed over; a county without one is verified by the nearest office above.
#[utoipa::path(post, path = "/helped-sales/{id}/submission", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/helped-sales/{id}/submission")]
pub async fn submit_helped_sale(call: Call<DeclareDonations>, path: web::Path<DeclarationId>) -> Answer {
    super::submit(call, (KIND, *path)).await
}

/// Verifies, returns or rejects what waits for the own office. It counts once the county has verified it.
#[utoipa::path(post, path = "/helped-sales/{id}/verifications", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationVerdictRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/helped-sales/{id}/verifications")]
pub async fn verify_helped_sale(
    call: Call<VerifyDonations, Json<DonationVerdictRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::decide(call, (KIND, *path)).await
}

/// Takes back what does not count yet; its document number is free again.
#[utoipa::path(post, path = "/helped-sales/{id}/withdrawals", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationWithdrawalRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/helped-sales/{id}/withdrawals")]
pub async fn withdraw_helped_sale(
    call: Call<DeclareDonations, Json<DonationWithdrawalRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::withdraw(call, (KIND, *path)).await
}

/// Corrects what a verified one counts, by a further entry with its reason; what was declared stays as it is. By the office that
/// verifies for the county.
#[utoipa::path(post, path = "/helped-sales/{id}/adjustments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationAdjustmentRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/helped-sales/{id}/adjustments")]
pub async fn adjust_helped_sale(
    call: Call<VerifyDonations, Json<DonationAdjustmentRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::adjust(call, (KIND, *path)).await
}

/// Takes back everything that a verified one counts; its document number is free again. By the office that verifies for the county.
#[utoipa::path(post, path = "/helped-sales/{id}/annulments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationAnnulmentRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/helped-sales/{id}/annulments")]
pub async fn annul_helped_sale(
    call: Call<VerifyDonations, Json<DonationAnnulmentRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::annul(call, (KIND, *path)).await
}
