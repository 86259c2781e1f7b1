//! What a signed statement says of a certificate, and what it is worth on a day to somebody who has nothing but it.

use super::CertificateStatus;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};

/// What a statement about one certificate is signed as.
pub const STATEMENT_KIND: &str = "yigou-certificate+jws";
/// What the list of ended certificates is signed as.
pub const STATUS_LIST_KIND: &str = "yigou-status-list+jws";
/// What the names of the keys that sign either begin with.
pub const KEY_NAMES: &str = "certificate-";
/// A status list is to be replaced after this time, in milliseconds: one day.
pub const STATUS_LIST_MS: i64 = 86_400_000;
/// A key is followed by another after this time, in milliseconds: a year.
pub const CERTIFICATE_KEY_MS: i64 = 365 * 86_400_000;
/// A new key is published for this time before it signs, in milliseconds: one day.
pub const KEY_NOTICE_MS: i64 = 86_400_000;

/// A place by code and name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StatedPlace {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
}

/// The claims of a statement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Statement {
    /// Who states it: the installation's public address.
    pub iss: String,
    /// The certificate's number.
    pub number: String,
    /// The scheme's name.
    pub scheme: String,
    /// The product's name.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
    /// The certifying county.
    pub county: StatedPlace,
    /// Counties of production.
    pub origins: Vec<StatedPlace>,
    /// First day.
    pub valid_from: Day,
    /// Last day.
    pub valid_until: Day,
    /// Later than the last day while a renewal filed in time is decided.
    pub in_force_until: Day,
    /// Where it stood when this was signed.
    pub status: CertificateStatus,
    /// Since which day, when it was not valid.
    pub status_since: Option<Day>,
    /// When the certificate was issued.
    pub issued_at: At,
    /// When this was signed.
    pub stated_at: At,
    /// Where anybody sees how it stands now.
    pub verify_url: String,
}

/// A certificate that is not in force, as the status list names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct EndedCertificate {
    /// Its number.
    pub number: String,
    /// suspended, revoked or expired.
    pub status: CertificateStatus,
    /// The first day on which it stood so.
    pub since: Day,
}

/// The claims of the status list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StatusList {
    /// Who states it.
    pub iss: String,
    /// When it was made.
    pub issued_at: At,
    /// When to fetch the next one.
    pub next_update: At,
    /// Every certificate that is suspended, revoked or expired, in the order of their numbers; those not named are valid.
    pub certificates: Vec<EndedCertificate>,
}

/// Why a certificate is not taken for valid on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Its first day is yet to come.
    NotYetValid(Day),
    /// Its last day has passed.
    Expired(Day),
    /// It stood so since that day.
    Ended(CertificateStatus, Day),
    /// The status list is another issuer's.
    StatusListOfAnother,
    /// The status list should have been replaced before that day.
    StatusListOutdated(Day),
}

impl Doubt {
    /// A stable word for scripts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Doubt::NotYetValid(_) => "not_yet_valid",
            Doubt::Expired(_) => "expired",
            Doubt::Ended(status, _) => status.as_str(),
            Doubt::StatusListOfAnother => "status_list_of_another_issuer",
            Doubt::StatusListOutdated(_) => "status_list_outdated",
        }
    }
}

/// Whether a certificate is in force on a day, by its statement and a status list. Of the two the later one counts.
///
/// # Errors
/// Why it is not.
pub fn in_force(statement: &Statement, list: Option<&StatusList>, on: Day) -> Result<(), Doubt> {
    if let Some(list) = list {
        if list.iss != statement.iss {
            return Err(Doubt::StatusListOfAnother);
        }
        if list.next_update.day() < on {
            return Err(Doubt::StatusListOutdated(list.next_update.day()));
        }
    }
    if statement.valid_from > on {
        return Err(Doubt::NotYetValid(statement.valid_from));
    }
    let ended = match list.filter(|list| list.issued_at >= statement.stated_at) {
        Some(list) => {
            let named = list.certificates.iter().find(|ended| ended.number == statement.number);
            named.map(|ended| (ended.status, ended.since))
        }
        None if statement.status == CertificateStatus::Valid => None,
        // Without a day it has always stood so.
        None => Some((statement.status, statement.status_since.unwrap_or(statement.valid_from))),
    };
    if let Some((status, since)) = ended.filter(|(_, since)| *since <= on) {
        return Err(Doubt::Ended(status, since));
    }
    if statement.in_force_until < on {
        return Err(Doubt::Expired(statement.in_force_until));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use CertificateStatus::{Revoked, Suspended, Valid};

    fn statement(status: CertificateStatus, since: Option<Day>) -> Statement {
        let place = StatedPlace { code: "640303".parse().unwrap(), name: "红寺堡区".to_owned() };
        Statement {
            iss: "https://yigou.example".to_owned(),
            number: "NX-2021-00001".to_owned(),
            scheme: "宁夏扶贫产品认定".to_owned(),
            product: "枸杞".to_owned(),
            supplier: "合作社".to_owned(),
            county: place.clone(),
            origins: vec![place],
            valid_from: Day::ymd(2021, 3, 9),
            valid_until: Day::ymd(2022, 3, 8),
            in_force_until: Day::ymd(2022, 3, 8),
            status,
            status_since: since,
            issued_at: Day::ymd(2021, 3, 9).start(),
            stated_at: Day::ymd(2021, 5, 1).start(),
            verify_url: String::new(),
        }
    }

    fn list(made: Day, ended: &[(&str, CertificateStatus, Day)]) -> StatusList {
        let ended = ended.iter().map(|(number, status, since)| EndedCertificate {
            number: (*number).to_owned(),
            status: *status,
            since: *since,
        });
        StatusList {
            iss: "https://yigou.example".to_owned(),
            issued_at: made.start(),
            next_update: made.start().plus_ms(STATUS_LIST_MS),
            certificates: ended.collect(),
        }
    }

    #[test]
    fn the_later_word_counts_and_dates_always() {
        let (own, other, day) = ("NX-2021-00001", "NX-2021-00002", Day::ymd);
        let valid = statement(Valid, None);
        let suspended = statement(Suspended, Some(day(2021, 4, 20)));
        let revoked_later = list(day(2021, 6, 2), &[(own, Revoked, day(2021, 6, 1))]);
        let of_another = StatusList { iss: "https://other.example".to_owned(), ..list(day(2021, 6, 2), &[]) };
        let table = [
            ("before its first day", &valid, None, day(2021, 3, 8), Err(Doubt::NotYetValid(day(2021, 3, 9)))),
            ("on its first day", &valid, None, day(2021, 3, 9), Ok(())),
            ("on its last day", &valid, None, day(2022, 3, 8), Ok(())),
            ("after its last day", &valid, None, day(2022, 3, 9), Err(Doubt::Expired(day(2022, 3, 8)))),
            (
                "suspended when it was stated",
                &suspended,
                None,
                day(2021, 5, 2),
                Err(Doubt::Ended(Suspended, day(2021, 4, 20))),
            ),
            ("before it was suspended", &suspended, None, day(2021, 4, 19), Ok(())),
            (
                "restored since",
                &suspended,
                Some(list(day(2021, 6, 2), &[(other, Revoked, day(2021, 6, 1))])),
                day(2021, 6, 2),
                Ok(()),
            ),
            (
                "an older list says nothing",
                &suspended,
                Some(list(day(2021, 4, 30), &[])),
                day(2021, 5, 1),
                Err(Doubt::Ended(Suspended, day(2021, 4, 20))),
            ),
            (
                "nor against a later statement",
                &valid,
                Some(list(day(2021, 4, 30), &[(own, Suspended, day(2021, 4, 1))])),
                day(2021, 5, 1),
                Ok(()),
            ),
            (
                "revoked since",
                &valid,
                Some(revoked_later.clone()),
                day(2021, 6, 1),
                Err(Doubt::Ended(Revoked, day(2021, 6, 1))),
            ),
            ("on the day before", &valid, Some(revoked_later.clone()), day(2021, 5, 31), Ok(())),
            ("a list of yesterday", &valid, Some(list(day(2021, 6, 1), &[])), day(2021, 6, 2), Ok(())),
            (
                "a list of last week",
                &valid,
                Some(revoked_later),
                day(2021, 6, 9),
                Err(Doubt::StatusListOutdated(day(2021, 6, 3))),
            ),
            ("another's list", &valid, Some(of_another), day(2021, 6, 2), Err(Doubt::StatusListOfAnother)),
        ];
        for (what, statement, list, on, expected) in table {
            assert_eq!(in_force(statement, list.as_ref(), on), expected, "{what}");
        }
    }
}
