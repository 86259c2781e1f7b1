//! The event feed over HTTP: the trail below does not know who stands above whom.

use crate::audit::{self, Event, Reader, Whose};
use crate::identity::queries;
use crate::kernel::actor::{OrgKind, Role, Scope, SignedIn};
use crate::platform::http::{Answer, Call, List, PageOf};
use actix_web::get;
use serde::Deserialize;

/// Where in the feed to start.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedFilter {
    /// Events after this position; 0 is the beginning.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Every state change in the caller's scope, in order and without gaps. A supervising unit sees those of the units that stand
/// below it today. What happens to lists of households, and who opens files that may show them, is told to reviewing offices and
/// auditors, and to whose lists and files they are; who signs in, to the own organisation and the operator.
#[utoipa::path(get, path = "/events", tag = "work", params(FeedFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<Event>)), security(("bearer" = ["signed_in"])))]
#[get("/events")]
pub async fn events(call: Call<SignedIn>, list: List<FeedFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let whose = match &actor.scope {
            Scope::Platform => Whose::Everybody,
            Scope::Region(region) => Whose::Region(*region),
            Scope::UnitTree(root) => Whose::Organisations(queries::subtree(read, *root, today)?),
            Scope::Org(org) => Whose::Organisations(vec![*org]),
        };
        let roles = queries::roles(read, actor.user_id, actor.org_id)?;
        let oversees = matches!(actor.kind, OrgKind::PovertyOffice | OrgKind::AuditBody)
            && roles.iter().any(|role| matches!(role, Role::Reviewer | Role::Auditor));
        let reader = Reader { whose, own: Some(actor.org_id), households: oversees };
        audit::events(read, &reader, filter.after.unwrap_or(0), page)
    })
    .await
}
