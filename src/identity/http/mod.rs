//! Identity over HTTP.

mod accounts;
mod feed;
mod keys;
mod members;
mod organisations;
mod payers;
mod sessions;
mod views;

pub use members::InvitationRequest;
pub use organisations::NewOrganisationRequest;

use super::gate::Gate;
use super::rules;
use crate::kernel::error::{AppError, Outcome};
use crate::platform::http::{Answer, Web};
use crate::platform::password::{self, Passwords};
use std::future::Future;
use std::sync::Arc;
use utoipa_actix_web::service_config::ServiceConfig;

/// What the handlers need besides the call; `app.rs` puts it beside the other shared data.
#[derive(Clone)]
pub struct Settings {
    /// Issues access tokens.
    pub gate: Arc<Gate>,
    /// Hashes and compares passwords.
    pub passwords: Passwords,
    /// The address in links.
    pub public_url: String,
}

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(feed::events)
        .service(accounts::register_organisation)
        .service(accounts::request_email_verification)
        .service(accounts::confirm_email)
        .service(accounts::request_password_reset)
        .service(accounts::reset_password)
        .service(accounts::accept_invitation)
        .service(accounts::get_me)
        .service(sessions::sign_in)
        .service(sessions::refresh_session)
        .service(sessions::sign_out)
        .service(organisations::list_organisations)
        .service(organisations::create_organisation)
        .service(organisations::get_organisation)
        .service(organisations::suspend_organisation)
        .service(organisations::reinstate_organisation)
        .service(organisations::place_unit)
        .service(organisations::list_contractors)
        .service(organisations::tie_contractor)
        .service(organisations::end_contractor)
        .service(payers::list_payers)
        .service(payers::tie_payer)
        .service(payers::end_payer)
        .service(members::list_members)
        .service(members::change_member)
        .service(members::remove_member)
        .service(members::invite_member)
        .service(members::list_invitations)
        .service(members::withdraw_invitation)
        .service(members::suspend_user)
        .service(members::reinstate_user)
        .service(keys::list_api_keys)
        .service(keys::create_api_key)
        .service(keys::revoke_api_key);
}

/// A change of who may do what: this process forgets what it remembers of callers at once.
async fn forgetting(web: &Web, change: impl Future<Output = Answer>) -> Answer {
    let answer = change.await;
    web.forget();
    answer
}

impl Settings {
    /// The hash of a password that is hard to guess for somebody who knows these words about its owner.
    async fn hash(&self, password: &str, words: &[&str]) -> Outcome<String> {
        let known: Vec<&str> = words.iter().copied().chain(["yigou", "以购"]).collect();
        rules::check_password(password, password::strength(password, &known)).map_err(AppError::from)?;
        self.passwords.hash(password).await
    }
}
