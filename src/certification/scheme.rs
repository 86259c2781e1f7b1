//! Certification schemes: what they ask is data, dated in editions; one is built in.

use super::rules::{SchemeStep, SchemeTerms, StepKind, StepLevel};
use super::store::{self, EditionRow, SchemeRow};
use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{SchemeId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::platform::secret::sha256_parts;
use std::collections::BTreeMap;

/// More schemes than ever take applications at once.
const MOST_SCHEMES: i64 = 500;

/// A scheme as one of its editions says.
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
    /// The first day on which applications are taken.
    pub valid_from: Day,
    /// The first day on which none are taken any more.
    pub valid_to: Option<Day>,
    /// Counts the changes of the scheme.
    pub version: i64,
    /// What it asks.
    pub edition: Edition,
}

/// An edition of a scheme.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its number, from 1.
    pub number: i64,
    /// The first day on which applications are handed in under it.
    pub effective_from: Day,
    /// What it asks.
    pub terms: SchemeTerms,
    /// The document that says so.
    pub source: String,
}

impl Edition {
    pub(super) fn of(row: EditionRow) -> Outcome<Edition> {
        Ok(Edition {
            number: row.edition,
            effective_from: row.effective_from,
            terms: SchemeTerms {
                steps: serde_json::from_str(&row.steps).map_err(AppError::internal)?,
                kinds: serde_json::from_str(&row.kinds).map_err(AppError::internal)?,
                validity_days: row.validity_days,
                renewal_window_days: row.renewal_window_days,
                renewal_grace_days: row.renewal_grace_days,
            },
            source: row.source,
        })
    }
    pub(super) fn row(&self, scheme: SchemeId, by: Option<UserId>, at: At) -> Outcome<EditionRow> {
        Ok(EditionRow {
            scheme_id: scheme,
            edition: self.number,
            effective_from: self.effective_from,
            steps: serde_json::to_string(&self.terms.steps).map_err(AppError::internal)?,
            kinds: serde_json::to_string(&self.terms.kinds).map_err(AppError::internal)?,
            validity_days: self.terms.validity_days,
            renewal_window_days: self.terms.renewal_window_days,
            renewal_grace_days: self.terms.renewal_grace_days,
            source: self.source.clone(),
            created_by: by,
            created_at: at,
        })
    }
}

impl Scheme {
    pub(super) fn of(row: SchemeRow, edition: Edition) -> Scheme {
        Scheme {
            id: row.id,
            name: row.name,
            region: row.region_code,
            number_prefix: row.number_prefix,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            version: row.version,
            edition,
        }
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

/// The edition in force on a day: the latest that has begun, or the first where none has.
pub(super) fn edition_on(mut editions: Vec<Edition>, day: Day) -> Option<Edition> {
    let begun = editions.iter().rposition(|edition| edition.effective_from <= day).unwrap_or(0);
    (begun < editions.len()).then(|| editions.swap_remove(begun))
}

/// All editions of a scheme, in order.
pub(super) fn editions(on: &mut Read, id: SchemeId) -> Outcome<Vec<Edition>> {
    store::editions_of(on, &[id])?.into_iter().map(Edition::of).collect()
}

/// A scheme as it stands on a day.
pub(super) fn scheme_on(on: &mut Read, id: SchemeId, day: Day) -> Outcome<Scheme> {
    let row = store::scheme(on, id)?.ok_or(Code::NotFound)?;
    let edition = edition_on(editions(on, id)?, day).ok_or_else(|| AppError::internal("a scheme without editions"))?;
    Ok(Scheme::of(row, edition))
}

/// A scheme as an application under way was handed in under it.
pub(super) fn scheme_of(on: &mut Read, id: SchemeId, edition: i64) -> Outcome<Scheme> {
    let row = store::scheme(on, id)?.ok_or(Code::NotFound)?;
    let edition = store::edition(on, id, edition)?.ok_or_else(|| AppError::internal("an edition that is not there"))?;
    Ok(Scheme::of(row, Edition::of(edition)?))
}

/// The schemes that take applications on a day.
///
/// # Errors
/// When the database fails.
pub fn schemes_on(on: &mut Read, day: Day) -> Outcome<Vec<Scheme>> {
    let rows = store::schemes(on, Some(day), None, MOST_SCHEMES)?;
    rows.into_iter().map(|row| scheme_on(on, row.id, day)).collect()
}

/// What schemes are called, all that there ever were.
///
/// # Errors
/// When the database fails.
pub fn scheme_names(on: &mut Read) -> Outcome<BTreeMap<SchemeId, String>> {
    Ok(store::schemes(on, None, None, i64::MAX)?.into_iter().map(|row| (row.id, row.name)).collect())
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
    let steps = vec![
        step("county_review", StepKind::Review, StepLevel::County),
        step("county_notice", StepKind::Notice, StepLevel::County),
        step("prefecture_review", StepKind::Review, StepLevel::Prefecture),
        step("provincial_recheck", StepKind::Review, StepLevel::Province),
    ];
    // An agent trader sells what a producer had certified.
    let kinds = vec![
        OrgKind::Cooperative,
        OrgKind::Enterprise,
        OrgKind::FamilyFarm,
        OrgKind::VillageCollective,
        OrgKind::Workshop,
    ];
    let row = SchemeRow {
        id: default_scheme(),
        name: "宁夏扶贫产品认定".to_owned(),
        region_code: "640000".parse().map_err(AppError::internal)?,
        number_prefix: "NX-".to_owned(),
        valid_from: Day::ymd(2020, 1, 1),
        valid_to: None,
        version: 1,
    };
    let edition = Edition {
        number: 1,
        effective_from: row.valid_from,
        terms: SchemeTerms { steps, kinds, validity_days: None, renewal_window_days: None, renewal_grace_days: 60 },
        source: "宁开发〔2020〕9号".to_owned(),
    };
    let added = store::add_scheme(tx, &row)?;
    store::add_edition(tx, &edition.row(row.id, None, tx.at())?)?;
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_edition_that_has_begun_is_in_force() {
        let edition = |number, day| Edition {
            number,
            effective_from: day,
            terms: SchemeTerms {
                steps: Vec::new(),
                kinds: Vec::new(),
                validity_days: None,
                renewal_window_days: None,
                renewal_grace_days: 0,
            },
            source: String::new(),
        };
        let all = || vec![edition(1, Day::ymd(2020, 1, 1)), edition(2, Day::ymd(2021, 6, 1))];
        let on = |day| edition_on(all(), day).map(|edition| edition.number);
        assert_eq!(on(Day::ymd(2019, 12, 31)), Some(1));
        assert_eq!(on(Day::ymd(2021, 5, 31)), Some(1));
        assert_eq!(on(Day::ymd(2021, 6, 1)), Some(2));
        assert!(edition_on(Vec::new(), Day::ymd(2021, 6, 1)).is_none());
    }
}
