//! SQL of the certificates that are in force on a day.

use super::CertificateRow;
use crate::certification::rules::CertificateStatus;
use crate::certification::schema::certificates;
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use diesel::prelude::*;

/// Certificates in scope that are in force on a day, in the order of their numbers, after a number.
pub fn in_force_after(on: &mut Read, scope: &Scope, day: Day, after: &str, limit: i64) -> Outcome<Vec<CertificateRow>> {
    Ok(each!(on, c => {
        let mut query = certificates::table.filter(certificates::number.gt(after)).filter(certificates::status.eq(CertificateStatus::Valid))
            .filter(certificates::valid_from.le(day)).filter(certificates::in_force_until.ge(day))
            .select(CertificateRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(certificates::county.ge(from)).filter(certificates::county.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(certificates::org_id.eq(*org)),
        }
        query.order(certificates::number).limit(limit).load(c)
    })?)
}
