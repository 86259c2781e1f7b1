//! Declarations and their report over HTTP.

mod activities;
mod forms;
mod helped_sales;
mod report;

pub use forms::{DonationDeclarationRequest, new_declaration};

use super::commands;
use super::persons::Keys;
use super::queries;
use super::rules::DeclarationKind;
use super::store::{DeclarationRow, WantedDeclarations};
use crate::kernel::actor::{DeclareDonations, ReadDonations, VerifyDonations};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::DeclarationId;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, Reply};
use actix_web::web::Data;
use forms::{
    DeclarationFilter, DonationAdjustmentRequest, DonationAnnulmentRequest, DonationVerdictRequest,
    DonationWithdrawalRequest,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    activities::routes(config);
    helped_sales::routes(config);
    config.service(report::donation_report);
}

const fn path(kind: DeclarationKind) -> &'static str {
    match kind {
        DeclarationKind::Activity => "donation-activities",
        DeclarationKind::HelpedSale => "helped-sales",
    }
}

/// A declaration as it is after a change. Replies are remembered, so that they name no persons.
fn shown(tx: &mut Tx<'_>, row: DeclarationRow) -> Outcome<Reply> {
    let view = queries::view(tx, row)?;
    Ok(Reply::ok(&view)?.etag(view.version))
}

async fn declare(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    kind: DeclarationKind,
    keys: Data<Keys>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let row = commands::declare(tx, actor, &keys, kind, (&new_declaration(body), body.submits()))?;
        let view = queries::view(tx, row)?;
        let location = format!("/api/v1/{}/{}", path(kind), view.id);
        Ok(Reply::created(&location, &view)?.etag(view.version))
    })
    .await
}

async fn amend(
    call: Call<DeclareDonations, Json<DonationDeclarationRequest>>,
    (kind, id): (DeclarationKind, DeclarationId),
    keys: Data<Keys>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let new = (&new_declaration(body), body.submits());
        let row = commands::amend(tx, actor, &keys, (kind, id, version), new)?;
        shown(tx, row)
    })
    .await
}

async fn submit(call: Call<DeclareDonations>, (kind, id): (DeclarationKind, DeclarationId)) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, _| {
        let row = commands::submit(tx, actor, (kind, id, version))?;
        shown(tx, row)
    })
    .await
}

async fn decide(
    call: Call<VerifyDonations, Json<DonationVerdictRequest>>,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let verdict = (body.decision, given(body.reason.as_deref())?);
        let row = commands::decide(tx, actor, (kind, id, version), verdict)?;
        shown(tx, row)
    })
    .await
}

async fn withdraw(
    call: Call<DeclareDonations, Json<DonationWithdrawalRequest>>,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::withdraw(tx, actor, (kind, id, version), given(body.reason.as_deref())?)?;
        shown(tx, row)
    })
    .await
}

async fn adjust(
    call: Call<VerifyDonations, Json<DonationAdjustmentRequest>>,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Answer {
    let version = call.if_match()?;
    call.write_keyed(move |tx, actor, Json(body)| {
        given(Some(&body.reason))?;
        let row = commands::adjust(tx, actor, (kind, id, version), &body.adjustment())?;
        shown(tx, row)
    })
    .await
}

async fn annul(
    call: Call<VerifyDonations, Json<DonationAnnulmentRequest>>,
    (kind, id): (DeclarationKind, DeclarationId),
) -> Answer {
    let version = call.if_match()?;
    call.write_keyed(move |tx, actor, Json(body)| {
        given(Some(&body.reason))?;
        let row = commands::annul(tx, actor, (kind, id, version), body.reason.trim())?;
        shown(tx, row)
    })
    .await
}

/// A reason, if one is given; nobody's identity number stands in it.
fn given(reason: Option<&str>) -> Outcome<Option<&str>> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let wrong = reason.and_then(|reason| super::rules::holds_identity(reason, "/reason"));
    wrong.map_or(Ok(reason), |field| Err(AppError::invalid(vec![field])))
}

async fn list(call: Call<ReadDonations>, kind: DeclarationKind, list: List<DeclarationFilter>) -> Answer {
    let today = call.now().day();
    if list.filter.from.zip(list.filter.to).is_some_and(|(from, to)| to < from) {
        let message = Message::new("不得早于 from", "lies before from");
        return Err(AppError::field(Code::InvalidParameter, "to", message));
    }
    call.list(list, move |read, actor, filter, page| {
        let wanted = WantedDeclarations {
            kind,
            state: filter.state,
            waiting: filter.waiting == Some(true),
            region: filter.region,
            exactly: filter.exactly == Some(true),
            organiser: filter.organiser,
            from: filter.from,
            to: filter.to,
            counted_on: filter.counted_on.or(filter.class.map(|_| today)),
            class: filter.class.map(|class| class.to_string()),
        };
        queries::declarations(read, actor, &wanted, today, page)
    })
    .await
}

async fn show(call: Call<ReadDonations>, (kind, id): (DeclarationKind, DeclarationId), keys: Data<Keys>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let view = queries::detail(read, actor, &keys, (kind, id), today)?;
        Ok(Reply::ok(&view)?.etag(view.declaration.version))
    })
    .await
}
