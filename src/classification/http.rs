//! The dictionary over HTTP.

use super::commands::{self, NewTerm};
use super::queries::{self, TermView};
use super::rules::{Term, TermKind};
use crate::kernel::actor::ManageClassification;
use crate::kernel::ids::ClassificationTermId;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_terms).service(add_term).service(end_term);
}

/// Which words.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TermFilter {
    /// Of this kind.
    kind: Option<TermKind>,
    /// That hold in this region: its own, those of the regions above and the nation's.
    region: Option<Territory>,
    /// In force on this day.
    day: Option<Day>,
}

/// The dictionary of modes, channels, tags and supervised places. The four national modes and the national channels hold everywhere
/// and are not listed.
#[utoipa::path(get, path = "/classification-terms", tag = "rules", params(TermFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<TermView>)))]
#[get("/classification-terms")]
pub async fn list_terms(public: Public, list: List<TermFilter>) -> Answer {
    public.list(list, |read, filter, page| queries::page(read, (filter.kind, filter.region, filter.day), page)).await
}

/// A new word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTermRequest {
    /// What it says.
    kind: TermKind,
    /// How it is written: small letters, digits and underscores; the region code of a supervised place.
    #[schema(max_length = 40, min_length = 2, format = "line", example = "campus_market")]
    code: String,
    /// The national mode or channel that it is part of; only for these two kinds.
    #[schema(max_length = 40, min_length = 2, format = "line", example = "school")]
    rolls_up_to: Option<String>,
    /// Where it shall hold; 000000 is the nation (operators only).
    region_code: Territory,
    /// Its Chinese name.
    #[schema(max_length = 60, min_length = 1, format = "line", example = "校园集市")]
    name_zh: String,
    /// Its English name.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "campus market")]
    name_en: String,
    /// The first day.
    effective_from: Day,
    /// The first day on which it no longer holds.
    effective_to: Option<Day>,
    /// Where it is laid down (document number, notice).
    #[schema(max_length = 300, min_length = 2, format = "line")]
    source: String,
}

/// Adds a word for the own region or one below.
#[utoipa::path(post, path = "/classification-terms", tag = "rules", request_body = NewTermRequest, responses((status = 201, body = TermView)),
    security(("bearer" = ["classification.manage"])))]
#[post("/classification-terms")]
pub async fn add_term(call: Call<ManageClassification, Json<NewTermRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| Reply::json(201, &commands::add_term(tx, actor, &body.command())?)).await
}

/// The end of a word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermEndRequest {
    /// The first day on which it no longer holds.
    effective_to: Day,
}

/// Ends a word of the own region, or lets it end earlier. Orders that carry it keep it.
#[utoipa::path(post, path = "/classification-terms/{id}/endings", tag = "rules", params(("id" = ClassificationTermId, Path)),
    request_body = TermEndRequest, responses((status = 200, body = TermView)), security(("bearer" = ["classification.manage"])))]
#[post("/classification-terms/{id}/endings")]
pub async fn end_term(
    call: Call<ManageClassification, Json<TermEndRequest>>,
    path: web::Path<ClassificationTermId>,
) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| Reply::json(200, &commands::end_term(tx, actor, id, body.effective_to)?))
        .await
}

impl NewTermRequest {
    fn command(&self) -> NewTerm {
        let term = Term {
            kind: self.kind,
            code: self.code.clone(),
            rolls_up_to: self.rolls_up_to.clone(),
            region: self.region_code,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
        };
        let (name_zh, name_en) = (self.name_zh.clone(), self.name_en.clone());
        NewTerm { term, name_zh, name_en, source: self.source.clone() }
    }
}
