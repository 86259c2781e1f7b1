//! SQL of the like prices that certificates in force rest on.

use crate::certification::rules::{CertificateStatus, Element};
use crate::certification::schema::{certificates, certification_evidence as evidence};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{EvidenceId, ProductId};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use diesel::prelude::*;

/// A piece of price evidence: which, what it replaces, for which product, what it says, when it was given.
pub type PricePiece = (EvidenceId, Option<EvidenceId>, ProductId, String, At);

/// The price evidence of certificates in force on a day, oldest first.
pub fn price_pieces(on: &mut Read, day: Day) -> Outcome<Vec<PricePiece>> {
    Ok(each!(on, c => evidence::table
        .inner_join(certificates::table.on(certificates::application_id.eq(evidence::application_id)))
        .filter(evidence::element.eq(Element::Price)).filter(certificates::status.eq(CertificateStatus::Valid))
        .filter(certificates::valid_from.le(day)).filter(certificates::in_force_until.ge(day)).order(evidence::id)
        .select((evidence::id, evidence::replaces, certificates::product_id, evidence::facts, evidence::given_at)).load(c))?)
}
