//! Schemes over HTTP: read by everybody, ruled by the offices.

use crate::certification::commands::{self, NewEdition, NewScheme};
use crate::certification::queries::{self, SchemeDetail, SchemeView};
use crate::certification::rules::{SchemeStep, SchemeTerms};
use crate::certification::scheme::Scheme;
use crate::kernel::actor::{ManageSchemes, OrgKind};
use crate::kernel::error::Outcome;
use crate::kernel::ids::SchemeId;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_schemes).service(get_scheme).service(found_scheme).service(date_edition).service(end_scheme);
}

/// Which schemes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchemeFilter {
    /// That take applications on this day.
    day: Option<Day>,
}

/// Certification schemes, each with the edition in force.
#[utoipa::path(get, path = "/schemes", tag = "certification", params(SchemeFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<SchemeView>)))]
#[get("/schemes")]
pub async fn list_schemes(public: Public, list: List<SchemeFilter>) -> Answer {
    let today = public.now().day();
    public.list(list, move |read, filter, page| queries::schemes(read, filter.day, today, page)).await
}

/// A scheme with all its editions.
#[utoipa::path(get, path = "/schemes/{id}", tag = "certification", params(("id" = SchemeId, Path)),
    responses((status = 200, body = SchemeDetail)))]
#[get("/schemes/{id}")]
pub async fn get_scheme(public: Public, path: web::Path<SchemeId>) -> Answer {
    let (id, today) = (path.into_inner(), public.now().day());
    public.read(move |read| queries::scheme(read, id, today)).await
}

/// What an edition asks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionRequest {
    /// The first day on which applications are handed in under it; a day to come.
    effective_from: Day,
    /// Its steps, in order: levels go up, opinions come before the reviews, filings after them.
    #[schema(min_items = 1, max_items = 12)]
    steps: Vec<SchemeStep>,
    /// Kinds of supplier that may apply.
    #[schema(min_items = 1, max_items = 6)]
    kinds: Vec<OrgKind>,
    /// Calendar days that a certificate is valid; the rule table's when absent.
    #[schema(minimum = 1, maximum = 3660)]
    validity_days: Option<i64>,
    /// Calendar days before a certificate's end from which it may be renewed; the rule table's when absent.
    #[schema(minimum = 0, maximum = 366)]
    renewal_window_days: Option<i64>,
    /// Calendar days that a certificate counts beyond its end while its renewal is decided; 60 when absent.
    #[schema(minimum = 0, maximum = 366)]
    renewal_grace_days: Option<i64>,
    /// Where it is laid down (document number, notice).
    #[schema(max_length = 300, min_length = 2, format = "line")]
    source: String,
}

/// Days of grace where an edition names none (product.md §3).
const GRACE_DAYS: i64 = 60;

impl EditionRequest {
    fn command(&self) -> NewEdition {
        NewEdition {
            effective_from: self.effective_from,
            terms: SchemeTerms {
                steps: self.steps.clone(),
                kinds: self.kinds.clone(),
                validity_days: self.validity_days,
                renewal_window_days: self.renewal_window_days,
                renewal_grace_days: self.renewal_grace_days.unwrap_or(GRACE_DAYS),
            },
            source: self.source.clone(),
        }
    }
}

/// A new scheme.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchemeRequest {
    /// Its name.
    #[schema(max_length = 60, min_length = 2, format = "line", example = "宁夏消费帮扶产品认定")]
    name: String,
    /// Where it holds: the own region or one within it.
    region_code: Territory,
    /// What its certificates' numbers begin with; no other scheme has it.
    #[schema(max_length = 20, min_length = 2, pattern = "^[A-Z][A-Z0-9-]*-$", example = "NXB-")]
    number_prefix: String,
    /// Its first edition.
    edition: EditionRequest,
}

/// Founds a scheme.
#[utoipa::path(post, path = "/schemes", tag = "certification", request_body = NewSchemeRequest,
    responses((status = 201, body = SchemeView)), security(("bearer" = ["certification.manage_schemes"])))]
#[post("/schemes")]
pub async fn found_scheme(call: Call<ManageSchemes, Json<NewSchemeRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewScheme {
            name: body.name.clone(),
            region: body.region_code,
            number_prefix: body.number_prefix.clone(),
            edition: body.edition.command(),
        };
        let scheme = commands::found_scheme(tx, actor, &new)?;
        let version = scheme.version;
        Ok(Reply::created(&format!("/api/v1/schemes/{}", scheme.id), &SchemeView::from(scheme))?.etag(version))
    })
    .await
}

fn changed(tx: &mut Tx<'_>, scheme: &Scheme) -> Outcome<Reply> {
    let today = tx.at().day();
    Ok(Reply::ok(&queries::scheme(tx, scheme.id, today)?)?.etag(scheme.version))
}

/// Dates a new edition of what a scheme asks. Applications handed in before keep theirs.
#[utoipa::path(post, path = "/schemes/{id}/editions", tag = "certification", params(("id" = SchemeId, Path), ("If-Match" = String, Header)),
    request_body = EditionRequest, responses((status = 200, body = SchemeDetail)), security(("bearer" = ["certification.manage_schemes"])))]
#[post("/schemes/{id}/editions")]
pub async fn date_edition(call: Call<ManageSchemes, Json<EditionRequest>>, path: web::Path<SchemeId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let scheme = commands::date_edition(tx, actor, *path, version, &body.command())?;
        changed(tx, &scheme)
    })
    .await
}

/// When a scheme ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeEndRequest {
    /// The first day on which it takes no applications.
    valid_to: Day,
}

/// Ends a scheme: it takes no more applications; those under way go on.
#[utoipa::path(post, path = "/schemes/{id}/endings", tag = "certification", params(("id" = SchemeId, Path), ("If-Match" = String, Header)),
    request_body = SchemeEndRequest, responses((status = 200, body = SchemeDetail)), security(("bearer" = ["certification.manage_schemes"])))]
#[post("/schemes/{id}/endings")]
pub async fn end_scheme(call: Call<ManageSchemes, Json<SchemeEndRequest>>, path: web::Path<SchemeId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let scheme = commands::end_scheme(tx, actor, *path, version, body.valid_to)?;
        changed(tx, &scheme)
    })
    .await
}
