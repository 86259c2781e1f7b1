//! SQL of how far admission and certification have come.

use super::Reach;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, ProductId, SchemeId};
use crate::kernel::time::Day;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Text};

/// An application for admission.
#[derive(Debug, Clone, QueryableByName)]
pub struct AdmissionRow {
    #[diesel(sql_type = Binary)]
    pub org_id: OrgId,
    #[diesel(sql_type = Text)]
    pub region_code: String,
    #[diesel(sql_type = Bool)]
    pub reported: bool,
    #[diesel(sql_type = Bool)]
    pub admitted: bool,
}

/// Applications for admission that were submitted on these days, oldest first; drafts were not.
pub fn admissions(on: &mut Read, reach: &Reach, (from, to): (Day, Day)) -> Outcome<Vec<AdmissionRow>> {
    let accepted = |step: &str| {
        format!(
            "EXISTS (SELECT 1 FROM supplier_decisions d WHERE d.application_id = a.id AND d.step = '{step}' AND d.decision = 'accept')"
        )
    };
    let (reported, admitted) = (accepted("recommendation"), accepted("review"));
    let text = format!(
        "SELECT a.org_id AS org_id, a.region_code AS region_code, {reported} AS reported, {admitted} AS admitted
        FROM supplier_applications a
        WHERE a.status <> 'draft' AND a.submitted_day >= $1 AND a.submitted_day <= $2
        AND a.region_code >= $3 AND a.region_code < $4 ORDER BY a.id"
    );
    Ok(each!(on, c => sql_query(&text).bind::<Text, _>(from.to_string()).bind::<Text, _>(to.to_string())
        .bind::<Text, _>(&reach.from).bind::<Text, _>(&reach.below).load(c))?)
}

/// An application for certification.
#[derive(Debug, Clone, QueryableByName)]
pub struct CertificationRow {
    #[diesel(sql_type = Binary)]
    pub product_id: ProductId,
    #[diesel(sql_type = Binary)]
    pub scheme_id: SchemeId,
    #[diesel(sql_type = Text)]
    pub scheme: String,
    #[diesel(sql_type = Text)]
    pub county: String,
    #[diesel(sql_type = Text)]
    pub state: String,
}

/// Applications for certification that were handed in first on these days, oldest first; renewals were certified before.
pub fn certifications(on: &mut Read, reach: &Reach, (from, to): (Day, Day)) -> Outcome<Vec<CertificationRow>> {
    let text = "SELECT a.product_id AS product_id, a.scheme_id AS scheme_id, s.name AS scheme, a.county AS county, a.state AS state
        FROM certification_applications a
        JOIN certification_submissions f ON f.application_id = a.id AND f.round = 1
        JOIN certification_schemes s ON s.id = a.scheme_id
        WHERE a.renews IS NULL AND f.submitted_at >= $1 AND f.submitted_at < $2 AND a.county >= $3 AND a.county < $4
        ORDER BY a.id";
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(from.start()).bind::<BigInt, _>(to.end())
        .bind::<Text, _>(&reach.from).bind::<Text, _>(&reach.below).load(c))?)
}
