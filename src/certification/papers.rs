//! Papers about certificates that stand without us: signed statements and the signed status list, the code and the page.

use super::page;
use super::queries::{self, CertificateView, NamedPlace};
use super::rules::{
    self, CertificateStatus, EndedCertificate, KEY_NAMES, STATEMENT_KIND, STATUS_LIST_KIND, STATUS_LIST_MS,
    StatedPlace, Statement,
};
use super::store::{self, CertificateRow};
use crate::identity;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::CertificateId;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::tag;
use crate::platform::jws::{self, SignedText};
use crate::platform::secret::{Secret, hex};
use crate::platform::token::{SigningKey, public_key};
use crate::platform::{clock::Clock, qr};
use bytes::Bytes;
use moka::sync::Cache;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Certificates that are read at once while the status list is written.
const PAGE: i64 = 1_000;
/// Making the status list again and again takes at most this share of one core.
const SHARE: i64 = 20;

/// What the papers need besides the database; `app.rs` puts it beside the other shared data.
pub struct Papers {
    secret: Secret,
    public_url: String,
    keep: Duration,
    keys: Cache<i64, Arc<SigningKey>>,
    list: Mutex<Option<KeptList>>,
}

/// The status list as it was made last: one copy, whoever asks, and one at a time is made.
#[derive(Clone)]
pub(super) struct KeptList {
    until: At,
    pub body: Bytes,
    pub etag: String,
}

/// The key of a place. It shares nothing with those of sessions, which are derived for another purpose.
pub(super) fn key(secret: &Secret, seq: i64) -> Outcome<SigningKey> {
    // The name is the installation's own, so that key sets of several can be joined.
    let own = hex(&secret.derive(&format!("certificate-kid:{seq}"))[..4]);
    SigningKey::derive_for(secret, &format!("certificate-ed25519:{seq}"), &format!("{KEY_NAMES}{seq}-{own}"))
}

impl Papers {
    /// Papers of an installation; a finished status list is kept for a while.
    #[must_use]
    pub fn new(secret: Secret, public_url: &str, keep: Duration) -> Papers {
        let keys = Cache::builder().max_capacity(16).build();
        Papers { secret, public_url: public_url.to_owned(), keep, keys, list: Mutex::default() }
    }

    /// The public keys of every statement ever signed here, as JSON Web Keys.
    ///
    /// # Errors
    /// When the database fails.
    pub fn public_keys(&self, on: &mut Read) -> Outcome<Vec<Value>> {
        Ok(store::certificate_keys(on)?.iter().map(|row| public_key(&row.kid, &row.public_x)).collect())
    }

    /// The address under which the installation is reached, as papers name it.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Signs claims of a kind of another paper by the same keys, at a moment.
    ///
    /// # Errors
    /// When the database fails or no key signs.
    pub fn sign(&self, on: &mut Read, kind: &str, claims: &impl serde::Serialize, now: At) -> Outcome<Vec<u8>> {
        let key = self.signing(on, now)?;
        jws::sign(&key, kind, claims)
    }

    /// The key that signs at a moment: the newest that has been published long enough.
    fn signing(&self, on: &mut Read, now: At) -> Outcome<Arc<SigningKey>> {
        let rows = store::certificate_keys(on)?;
        // A clock that was put back, as the demo's, finds the first key: it was published before anything was signed.
        let first = rows.first().cloned();
        let row = rows.into_iter().rfind(|row| row.signs_from <= now).or(first);
        let row = row.ok_or_else(|| AppError::internal("no key signs statements about certificates"))?;
        if let Some(known) = self.keys.get(&row.seq) {
            return Ok(known);
        }
        let derived = key(&self.secret, row.seq)?;
        if (derived.kid(), derived.x()) != (row.kid.as_str(), row.public_x.as_str()) {
            return Err(AppError::internal("the published key is not this secret's"));
        }
        let derived = Arc::new(derived);
        self.keys.insert(row.seq, derived.clone());
        Ok(derived)
    }

    /// Where anybody sees how a certificate stands now.
    pub(super) fn page_url(&self, number: &str) -> String {
        format!("{}/api/v1/certificates/{}/page", self.public_url, segment(number))
    }

    /// A signed statement of how a certificate stands.
    pub(super) fn statement(&self, on: &mut Read, number: &str, now: At) -> Outcome<Vec<u8>> {
        let stated = known(on, number, now.day())?;
        let place = |place: NamedPlace| StatedPlace { code: place.code, name: place.name };
        let view = stated.view;
        let statement = Statement {
            iss: self.public_url.clone(),
            verify_url: self.page_url(&view.number),
            number: view.number,
            scheme: view.scheme_name,
            product: view.product_name,
            supplier: view.supplier_name,
            county: place(view.county),
            origins: view.origins.into_iter().map(place).collect(),
            valid_from: view.valid_from,
            valid_until: view.valid_until,
            in_force_until: view.in_force_until,
            status: view.status,
            status_since: stated.since,
            issued_at: view.issued_at,
            stated_at: now,
        };
        let key = self.signing(on, now)?;
        jws::sign(&key, STATEMENT_KIND, &statement)
    }

    /// The code that leads to a certificate's page, once it is sure that there is one.
    pub(super) fn code(&self, on: &mut Read, number: &str) -> Outcome<String> {
        let row = store::certificate(on, number)?.ok_or(Code::NotFound)?;
        qr::svg(&self.page_url(&row.number))
    }

    /// The page that says how a certificate stands, to be read and printed.
    pub(super) fn page(&self, on: &mut Read, number: &str, now: At) -> Outcome<String> {
        let stated = known(on, number, now.day())?;
        let office = match store::issuing_office(on, stated.id)? {
            Some(office) => Some(identity::organisation(on, office)?.name),
            None => None,
        };
        let url = self.page_url(&stated.view.number);
        let paper = page::Paper { code: qr::svg(&url)?, view: stated.view, since: stated.since, office, url, at: now };
        Ok(page::html(&paper))
    }

    /// The signed list of all certificates that are not in force. It is made from one page of rows after another, each encoded
    /// as it comes, so that it stands in memory once and nothing else grows with it.
    fn status_list(&self, on: &mut Read, now: At) -> Outcome<Vec<u8>> {
        let key = self.signing(on, now)?;
        let mut text = SignedText::begin(&key, STATUS_LIST_KIND)?;
        let next_update = now.plus_ms(STATUS_LIST_MS);
        let head = serde_json::json!({ "iss": self.public_url, "issued_at": now, "next_update": next_update });
        let head = head.to_string();
        text.write(head.trim_end_matches('}').as_bytes())?;
        text.write(b",\"certificates\":[")?;
        let (mut after, mut first) = (None::<String>, true);
        loop {
            let rows = store::not_in_force(on, now.day(), after.as_deref(), PAGE)?;
            for ended in ended(on, &rows, now.day())? {
                if !std::mem::replace(&mut first, false) {
                    text.write(b",")?;
                }
                text.write(&serde_json::to_vec(&ended).map_err(AppError::internal)?)?;
            }
            match rows.last() {
                Some(last) => after = Some(last.number.clone()),
                None => break,
            }
        }
        text.write(b"]}")?;
        text.finish()
    }

    /// The status list; one is made at a time, and a longer one is kept longer.
    pub(super) async fn list(
        self: &Arc<Self>,
        store: &crate::platform::db::Store,
        clock: &Arc<dyn Clock>,
    ) -> Outcome<KeptList> {
        let mut kept = self.list.lock().await;
        let begun = clock.now();
        if let Some(list) = kept.as_ref().filter(|list| begun < list.until) {
            return Ok(list.clone());
        }
        let papers = self.clone();
        let body = store.read(move |read| papers.status_list(read, begun)).await?;
        let made = clock.now();
        let keep = i64::try_from(self.keep.as_millis()).unwrap_or(0).max((made.0 - begun.0).saturating_mul(SHARE));
        let list = KeptList { until: made.plus_ms(keep), etag: tag(&body), body: Bytes::from(body) };
        *kept = Some(list.clone());
        Ok(list)
    }
}

/// How a certificate stands, and since when.
struct Stated {
    id: CertificateId,
    view: CertificateView,
    since: Option<Day>,
}

fn known(on: &mut Read, number: &str, today: Day) -> Outcome<Stated> {
    let row = store::certificate(on, number)?.ok_or(Code::NotFound)?;
    let since = ended(on, std::slice::from_ref(&row), today)?.pop().map(|ended| ended.since);
    Ok(Stated { id: row.id, view: queries::certificate_view(on, row, today)?, since })
}

/// Those of the certificates that are not in force on a day, and since when.
fn ended(on: &mut Read, rows: &[CertificateRow], today: Day) -> Outcome<Vec<EndedCertificate>> {
    let standing = |row: &CertificateRow| rules::standing(row.status, row.in_force_until, today);
    let ids: Vec<CertificateId> = rows.iter().map(|row| row.id).collect();
    // The last one of each stays.
    let endings: BTreeMap<CertificateId, At> = store::endings(on, &ids)?.into_iter().collect();
    let ended = rows.iter().filter(|row| standing(row) != CertificateStatus::Valid);
    let named = ended.map(|row| {
        // What is stored has happened at a moment; what only the calendar says began with the day after the last one.
        let happened = endings.get(&row.id).filter(|_| standing(row) == row.status);
        let since = happened.map_or_else(|| row.in_force_until.plus_days(1), |at| at.day());
        EndedCertificate { number: row.number.clone(), status: standing(row), since }
    });
    Ok(named.collect())
}

/// A text as one part of an address's path (RFC 3986).
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&hex(&[byte]).to_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_any_number() {
        for (number, expected) in [("NX-2021-00001", "NX-2021-00001"), ("宁/1 ?#", "%E5%AE%81%2F1%20%3F%23")] {
            assert_eq!(segment(number), expected);
        }
    }

    #[test]
    fn keys_of_two_places_or_purposes_have_nothing_in_common() {
        let secret = Secret::new([7; 32]);
        let (first, second) = (key(&secret, 1).unwrap(), key(&secret, 2).unwrap());
        let session = SigningKey::derive(&secret, first.kid()).unwrap();
        assert!(first.kid() != second.kid() && first.x() != second.x() && first.x() != session.x());
        assert!(first.kid().starts_with(KEY_NAMES) && first.kid() != key(&Secret::new([8; 32]), 1).unwrap().kid());
    }
}
