//! What a line counts as once a certificate that it froze is annulled: its columns and its frozen rule, as the rule asks for them.

use super::rules::annulment::{Held, standing};
use super::store::orders::{LineRow, OrderRow};
use super::terms::{self, Certificate, Terms};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::CertificateId;
use crate::kernel::terms::{AnnulmentGround, LineStanding};
use crate::rulebook::RuleName;

/// The certificates that a line froze at placement.
pub fn certificates(line: &LineRow) -> Outcome<Vec<CertificateId>> {
    let held: Vec<Certificate> = terms::read(&line.certificates)?;
    Ok(held.into_iter().map(|certificate| certificate.id).collect())
}

/// What a line counts as once this certificate is annulled; others that were annulled already are named. It never gets better.
pub fn becomes(
    order: &OrderRow,
    line: &LineRow,
    (certificate, ground): (CertificateId, AnnulmentGround),
    annulled: &[CertificateId],
) -> Outcome<LineStanding> {
    let frozen: Terms = terms::read(&order.terms)?;
    let rule = frozen.rule(RuleName::QuotaProductRule.as_str());
    let rule = rule.ok_or_else(|| AppError::internal(format!("{} froze no product rule", order.id)))?;
    let stands = |id: &CertificateId| *id != certificate && !annulled.contains(id);
    let held = Held {
        otherwise_certified: certificates(line)?.iter().any(stands),
        eligible: line.eligible,
        qualified: line.qualifies,
        rule: &rule.value,
    };
    Ok(line.standing.max(standing(ground, held)))
}
