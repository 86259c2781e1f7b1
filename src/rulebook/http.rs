//! The rule table over HTTP.

use super::commands::{self, NewRule};
use super::queries::{self, RuleView};
use super::rules::RuleName;
use crate::kernel::actor::ManageRules;
use crate::kernel::terms::Fund;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_rules).service(add_rule);
}

/// Which rows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleFilter {
    /// About this.
    name: Option<RuleName>,
    /// That may hold in this region: its own rows, those of the regions above and the nation's.
    region: Option<Territory>,
    /// In force on this day.
    day: Option<Day>,
}

/// The rule table.
#[utoipa::path(get, path = "/rules", tag = "rules", params(RuleFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<RuleView>)))]
#[get("/rules")]
pub async fn list_rules(public: Public, list: List<RuleFilter>) -> Answer {
    public.list(list, |read, filter, page| queries::list(read, filter.name, filter.region, filter.day, page)).await
}

/// A new row of the rule table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRuleRequest {
    /// What it is about.
    name: RuleName,
    /// Where it shall hold; 000000 is the nation (operators only).
    region_code: Territory,
    /// The level it is narrowed to.
    #[schema(max_length = 30, min_length = 1, format = "line")]
    level: Option<String>,
    /// The fund it is narrowed to.
    fund: Option<Fund>,
    /// The first day on which it holds; not before this year.
    effective_from: Day,
    /// The first day on which it no longer holds.
    effective_to: Option<Day>,
    /// The value, in the unit of the name.
    #[schema(max_length = 30, min_length = 1, format = "line", example = "150000")]
    value: String,
    /// Where it is laid down (document number, notice).
    #[schema(max_length = 300, min_length = 2, format = "line")]
    source: String,
}

/// Adds a row for the own region; the row that it replaces ends where it begins.
#[utoipa::path(post, path = "/rules", tag = "rules", request_body = NewRuleRequest, responses((status = 201, body = RuleView)),
    security(("bearer" = ["rules.manage"])))]
#[post("/rules")]
pub async fn add_rule(call: Call<ManageRules, Json<NewRuleRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| Reply::json(201, &commands::add_rule(tx, actor, &body.command())?)).await
}

impl NewRuleRequest {
    fn command(&self) -> NewRule {
        NewRule {
            name: self.name,
            region: self.region_code,
            level: self.level.clone(),
            fund: self.fund,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
            value: self.value.clone(),
            source: self.source.clone(),
        }
    }
}
