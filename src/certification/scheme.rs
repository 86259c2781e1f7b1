//! Certification schemes: their steps are data; one is built in.

use super::rules::{SchemeStep, StepKind, StepLevel};
use super::store::{self, SchemeRow};
use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::platform::secret::sha256_parts;

/// More schemes than ever take applications at once.
const MOST_SCHEMES: i64 = 500;

/// A scheme.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Its id.
    pub id: SchemeId,
    /// Its name.
    pub name: String,
    /// Where it holds.
    pub region: Territory,
    /// What its certificates' numbers begin with.
    pub number_prefix: String,
    /// Its steps, in order.
    pub steps: Vec<SchemeStep>,
    /// Who may apply.
    pub kinds: Vec<OrgKind>,
    /// Calendar days that a certificate counts beyond its end while its renewal is decided.
    pub renewal_grace_days: i64,
    /// The first day on which applications are taken.
    pub valid_from: Day,
    /// The first day on which none are taken any more.
    pub valid_to: Option<Day>,
}

impl Scheme {
    pub(super) fn of(row: SchemeRow) -> Outcome<Scheme> {
        Ok(Scheme {
            id: row.id,
            name: row.name,
            region: row.region_code,
            number_prefix: row.number_prefix,
            steps: serde_json::from_str(&row.steps).map_err(AppError::internal)?,
            kinds: serde_json::from_str(&row.kinds).map_err(AppError::internal)?,
            renewal_grace_days: row.renewal_grace_days,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        })
    }
    /// Whether it takes applications from a region on a day.
    #[must_use]
    pub fn holds(&self, region: &RegionCode, day: Day) -> bool {
        let here = match &self.region {
            Territory::Nation => true,
            Territory::Region(own) => own.contains(region),
        };
        here && self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

/// A scheme by its id.
pub(super) fn scheme(on: &mut Read, id: SchemeId) -> Outcome<Scheme> {
    store::scheme(on, id)?.ok_or_else(|| AppError::new(Code::NotFound)).and_then(Scheme::of)
}

/// The schemes that take applications on a day.
///
/// # Errors
/// When the database fails.
pub fn schemes_on(on: &mut Read, day: Day) -> Outcome<Vec<Scheme>> {
    store::schemes(on, Some(day), None, MOST_SCHEMES)?.into_iter().map(Scheme::of).collect()
}

/// The built-in scheme: 宁夏扶贫产品认定.
#[must_use]
pub fn default_scheme() -> SchemeId {
    // The same row has the same id in every installation.
    let digest = sha256_parts(&[b"scheme", b"NX-"]);
    let mut id = SchemeId([0; 16]);
    id.0.copy_from_slice(&digest[..16]);
    id
}

/// Brings in the built-in scheme; a scheme that is there stays as it is. How many are new.
///
/// # Errors
/// When the database fails.
pub fn seed(tx: &mut Tx<'_>) -> Outcome<usize> {
    let step = |key: &str, kind, level| SchemeStep { key: key.to_owned(), kind, level, days: None };
    let steps = [
        step("county_review", StepKind::Review, StepLevel::County),
        step("county_notice", StepKind::Notice, StepLevel::County),
        step("prefecture_review", StepKind::Review, StepLevel::Prefecture),
        step("provincial_recheck", StepKind::Review, StepLevel::Province),
    ];
    // An agent trader sells what a producer had certified.
    let kinds =
        [OrgKind::Cooperative, OrgKind::Enterprise, OrgKind::FamilyFarm, OrgKind::VillageCollective, OrgKind::Workshop];
    let row = SchemeRow {
        id: default_scheme(),
        name: "宁夏扶贫产品认定".to_owned(),
        region_code: "640000".parse().map_err(AppError::internal)?,
        number_prefix: "NX-".to_owned(),
        steps: serde_json::to_string(&steps).map_err(AppError::internal)?,
        kinds: serde_json::to_string(&kinds).map_err(AppError::internal)?,
        renewal_grace_days: 60,
        valid_from: Day::ymd(2020, 1, 1),
        valid_to: None,
    };
    store::add_schemes(tx, std::slice::from_ref(&row))
}
