//! Activities of purchase in place of donation over HTTP: what `http/mod.rs` does, for donation activities.

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

const KIND: DeclarationKind = DeclarationKind::Activity;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_donation_activities)
        .service(declare_donation_activity)
        .service(get_donation_activity)
        .service(amend_donation_activity);
    config.service(submit_donation_activity).service(verify_donation_activity).service(withdraw_donation_activity);
    config.service(adjust_donation_activity).service(annul_donation_activity);
}

/// Declares an activity of purchase in place of donation (以购代捐) outside the platform: a draft that only its organiser sees, until it is submitted. Its document number must not be
/// declared in the county, by whomever.
#[utoipa::path(post, path = "/donation-activities", tag = "donations", request_body = DonationDeclarationRequest,
    responses((status = 201, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/donation-activities")]
pub async fn declare_donation_activity(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    keys: Data<Keys>,
) -> Answer {
    super::declare(call, KIND, keys).await
}

/// Activities in scope, the latest first: the own ones, those of units below, or those at places of the region once they
/// were submitted.
#[utoipa::path(get, path = "/donation-activities", tag = "donations", params(DeclarationFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<DeclarationView>)), security(("bearer" = ["donations.read"])))]
#[get("/donation-activities")]
pub async fn list_donation_activities(call: Call<ReadDonations>, list: List<DeclarationFilter>) -> Answer {
    super::list(call, KIND, list).await
}

/// An activity with what was declared, its history and what it counts. Names of cadres are shown to the organiser and to the
/// offices that verify.
#[utoipa::path(get, path = "/donation-activities/{id}", tag = "donations", params(("id" = DeclarationId, Path)),
    responses((status = 200, body = DeclarationDetail)), security(("bearer" = ["donations.read"])))]
#[get("/donation-activities/{id}")]
pub async fn get_donation_activity(
    call: Call<ReadDonations>,
    path: web::Path<DeclarationId>,
    keys: Data<Keys>,
) -> Answer {
    super::show(call, (KIND, *path), keys).await
}

/// Says a draft, or what was returned, anew and as a whole: nothing that names persons or households is kept to be amended.
#[utoipa::path(post, path = "/donation-activities/{id}/amendments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationDeclarationRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/donation-activities/{id}/amendments")]
pub async fn amend_donation_activity(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    path: web::Path<DeclarationId>,
    keys: Data<Keys>,
) -> Answer {
    super::amend(call, (KIND, *path), keys).await
}

/// Submits it to the offices of its village, township and county, one after another. A village or township without an office is
/// passed over; a county without one is verified by the nearest office above.
#[utoipa::path(post, path = "/donation-activities/{id}/submission", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/donation-activities/{id}/submission")]
pub async fn submit_donation_activity(call: Call<DeclareDonations>, path: web::Path<DeclarationId>) -> Answer {
    super::submit(call, (KIND, *path)).await
}

/// Verifies, returns or rejects what waits for the own office. It counts once the county has verified it.
#[utoipa::path(post, path = "/donation-activities/{id}/verifications", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationVerdictRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/donation-activities/{id}/verifications")]
pub async fn verify_donation_activity(
    call: Call<VerifyDonations, Json<DonationVerdictRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::decide(call, (KIND, *path)).await
}

/// Takes back what does not count yet; its document number is free again.
#[utoipa::path(post, path = "/donation-activities/{id}/withdrawals", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationWithdrawalRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.declare"])))]
#[post("/donation-activities/{id}/withdrawals")]
pub async fn withdraw_donation_activity(
    call: Call<DeclareDonations, Json<DonationWithdrawalRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::withdraw(call, (KIND, *path)).await
}

/// Corrects what a verified one counts, by a further entry with its reason; what was declared stays as it is. By the office that
/// verifies for the county.
#[utoipa::path(post, path = "/donation-activities/{id}/adjustments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationAdjustmentRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/donation-activities/{id}/adjustments")]
pub async fn adjust_donation_activity(
    call: Call<VerifyDonations, Json<DonationAdjustmentRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::adjust(call, (KIND, *path)).await
}

/// Takes back everything that a verified one counts; its document number is free again. By the office that verifies for the county.
#[utoipa::path(post, path = "/donation-activities/{id}/annulments", tag = "donations",
    params(("id" = DeclarationId, Path), ("If-Match" = String, Header)), request_body = DonationAnnulmentRequest,
    responses((status = 200, body = DeclarationView)), security(("bearer" = ["donations.verify"])))]
#[post("/donation-activities/{id}/annulments")]
pub async fn annul_donation_activity(
    call: Call<VerifyDonations, Json<DonationAnnulmentRequest>>,
    path: web::Path<DeclarationId>,
) -> Answer {
    super::annul(call, (KIND, *path)).await
}
