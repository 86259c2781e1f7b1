//! Signing in and out.

use super::super::commands::{self, Attempt, Opened};
use super::super::rules;
use super::{Settings, forgetting};
use crate::kernel::actor::Oneself;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{SessionId, UserId};
use crate::kernel::time::At;
use crate::platform::http::{Anonymous, Answer, Call, Json, Reply};
use actix_web::web::Data;
use actix_web::{delete, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The address.
    #[schema(max_length = 254, min_length = 3, format = "email")]
    email: String,
    /// The password.
    #[schema(max_length = 128, min_length = 1, format = "line")]
    password: String,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// As it was given out.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    refresh_token: String,
}

/// Tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The session.
    session_id: SessionId,
    /// Whose.
    user_id: UserId,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For the Authorization header.
    access_token: String,
    /// Seconds that the access token is good.
    #[schema(example = 600)]
    expires_in: i64,
    /// Good for the next tokens, once.
    refresh_token: String,
    /// Until when.
    refresh_expires_at: At,
}

fn view(settings: &Settings, opened: Opened, now: At) -> Outcome<SessionView> {
    Ok(SessionView {
        access_token: settings.gate.issue(&opened.kid, opened.user_id, opened.session_id, now)?,
        session_id: opened.session_id,
        user_id: opened.user_id,
        token_type: "Bearer",
        expires_in: rules::ACCESS_MS / 1000,
        refresh_token: opened.refresh_token,
        refresh_expires_at: opened.refresh_expires_at,
    })
}

/// Signs in. An unknown address takes the same time and gets the same answer as a wrong password.
#[utoipa::path(post, path = "/sessions", tag = "identity", request_body = SignInRequest, responses((status = 201, body = SessionView)))]
#[post("/sessions")]
pub async fn sign_in(call: Anonymous<Json<SignInRequest>>, settings: Data<Settings>) -> Answer {
    let address = call.client();
    let counted = address.clone();
    let attempt = call.transact(move |tx, Json(body)| commands::attempt(tx, &body.email, &counted)).await?;
    let found = match attempt {
        Attempt::Wait(seconds) => return Err(AppError::new(Code::TooManyRequests).retry_after(seconds)),
        Attempt::Compare(found) => found,
    };
    let stored = found.as_ref().map(|(_, hash)| hash.as_str());
    let right = settings.passwords.matches(&call.body().0.password, stored).await?;
    let Some((user, hash)) = found.filter(|_| right) else { return Err(Code::InvalidCredentials.into()) };
    call.write(move |tx, _| {
        let opened = commands::open_session(tx, user, &hash, &address)?;
        let view = view(&settings, opened, tx.at())?;
        Reply::created("/api/v1/sessions/current", &view)
    })
    .await
}

/// The next tokens for a refresh token. A token that was used before ends the session.
#[utoipa::path(post, path = "/sessions/refresh", tag = "identity", request_body = RefreshRequest, responses((status = 200, body = SessionView)))]
#[post("/sessions/refresh")]
pub async fn refresh_session(call: Anonymous<Json<RefreshRequest>>, settings: Data<Settings>) -> Answer {
    let web = call.web();
    // The reply is made in the transaction that uses the token up: none can be lost between two.
    let refreshed = call.transact(move |tx, Json(body)| {
        let opened = commands::refresh(tx, &body.refresh_token)?;
        let now = tx.at();
        opened.map(|opened| Reply::ok(&view(&settings, opened, now)?)).transpose()
    });
    let Some(reply) = refreshed.await? else {
        web.forget();
        return Err(Code::SessionRevoked.into());
    };
    Ok(reply.send())
}

/// Signs out.
#[utoipa::path(delete, path = "/sessions/current", tag = "identity", responses((status = 204)), security(("bearer" = ["oneself"])))]
#[delete("/sessions/current")]
pub async fn sign_out(call: Call<Oneself>) -> Answer {
    let web = call.web();
    forgetting(&web, call.write(|tx, actor, _| commands::sign_out(tx, actor).map(|()| Reply::no_content()))).await
}
