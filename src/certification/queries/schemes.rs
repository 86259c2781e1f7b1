//! What everybody sees of schemes.

use crate::certification::rules::{SchemeStep, SchemeTerms};
use crate::certification::scheme::{self, Edition, Scheme};
use crate::certification::store;
use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use utoipa::ToSchema;

/// What an edition of a scheme asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditionView {
    /// Its number, from 1.
    pub edition: i64,
    /// The first day on which applications are handed in under it.
    pub effective_from: Day,
    /// Its steps, in order.
    pub steps: Vec<SchemeStep>,
    /// Who may apply.
    pub kinds: Vec<OrgKind>,
    /// Calendar days that a certificate is valid; the rule table's when absent.
    pub validity_days: Option<i64>,
    /// Calendar days before a certificate's end from which it may be renewed; the rule table's when absent.
    pub renewal_window_days: Option<i64>,
    /// Calendar days that a certificate counts beyond its end while its renewal is decided.
    pub renewal_grace_days: i64,
    /// The document that says so.
    pub source: String,
}

impl From<Edition> for EditionView {
    fn from(edition: Edition) -> EditionView {
        let SchemeTerms { steps, kinds, validity_days, renewal_window_days, renewal_grace_days } = edition.terms;
        EditionView {
            edition: edition.number,
            effective_from: edition.effective_from,
            steps,
            kinds,
            validity_days,
            renewal_window_days,
            renewal_grace_days,
            source: edition.source,
        }
    }
}

/// A certification scheme with the edition in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchemeView {
    /// Its id.
    pub id: SchemeId,
    /// Its name.
    pub name: String,
    /// Where it holds.
    pub region_code: Territory,
    /// What its numbers begin with.
    pub number_prefix: String,
    /// The first day on which it takes applications.
    pub valid_from: Day,
    /// The first day on which it takes none any more.
    pub valid_to: Option<Day>,
    /// The edition in force; of a scheme to come, its first.
    #[serde(flatten)]
    pub in_force: EditionView,
    /// Send it as If-Match with a change.
    #[schema(example = "\"v3\"")]
    pub etag: String,
}

impl From<Scheme> for SchemeView {
    fn from(scheme: Scheme) -> SchemeView {
        SchemeView {
            id: scheme.id,
            name: scheme.name,
            region_code: scheme.region,
            number_prefix: scheme.number_prefix,
            valid_from: scheme.valid_from,
            valid_to: scheme.valid_to,
            in_force: scheme.edition.into(),
            etag: etag(scheme.version),
        }
    }
}

/// A scheme with everything it asked and will ask.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchemeDetail {
    /// The scheme.
    #[serde(flatten)]
    pub scheme: SchemeView,
    /// All editions, in order.
    pub editions: Vec<EditionView>,
}

/// Schemes, all or those that take applications on a day; each with the edition in force on that day, or today.
pub fn schemes(on: &mut Read, day: Option<Day>, today: Day, page: &PageRequest) -> Outcome<Page<SchemeView>> {
    let rows = store::schemes(on, day, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let ids: Vec<SchemeId> = page.items.iter().map(|row| row.id).collect();
    let mut editions = store::editions_of(on, &ids)?;
    page.try_map(|row| {
        let own: Vec<_> = editions.extract_if(.., |edition| edition.scheme_id == row.id).collect();
        let own = own.into_iter().map(Edition::of).collect::<Outcome<Vec<_>>>()?;
        let edition = scheme::edition_on(own, day.unwrap_or(today));
        let edition = edition.ok_or_else(|| AppError::internal("a scheme without editions"))?;
        Ok(SchemeView::from(Scheme::of(row, edition)))
    })
}

/// A scheme by its id.
///
/// # Errors
/// `not_found`.
pub fn scheme(on: &mut Read, id: SchemeId, today: Day) -> Outcome<SchemeDetail> {
    let row = store::scheme(on, id)?.ok_or(Code::NotFound)?;
    let editions = scheme::editions(on, id)?;
    let in_force = scheme::edition_on(editions.clone(), today);
    let in_force = in_force.ok_or_else(|| AppError::internal("a scheme without editions"))?;
    Ok(SchemeDetail {
        scheme: Scheme::of(row, in_force).into(),
        editions: editions.into_iter().map(EditionView::from).collect(),
    })
}
