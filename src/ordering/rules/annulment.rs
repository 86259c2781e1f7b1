//! What an annulled certificate (自始无效) means for a line that froze it at placement (product.md §3, "annulment from the start").
//!
//! Choices that the product leaves open, made here once:
//! - Only what was counted on the strength of the certificate is taken back. A line that holds another certificate that was not
//!   annulled stays what it was; one that the product rule lets in without a certificate stays in the plan, but is no certified
//!   volume any more.
//! - Where the origin itself was false the goods are in no figure of any county and in no plan, whatever else they hold.
//! - What was ordered, accepted and paid stays with its order: money and goods were real. The budget that was spent stays spent.

use super::mode::qualifies;
use crate::kernel::terms::{AnnulmentGround, LineStanding};

/// A line, as far as what becomes of it follows from it.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Whether it holds a certificate that was not annulled.
    pub otherwise_certified: bool,
    /// Whether it was an eligible product at placement.
    pub eligible: bool,
    /// Whether it met the product rule at placement.
    pub qualified: bool,
    /// The product rule at placement.
    pub rule: &'a str,
}

/// What a line counts as by one annulment.
#[must_use]
pub fn standing(ground: AnnulmentGround, held: Held<'_>) -> LineStanding {
    match ground {
        AnnulmentGround::OriginFalse => LineStanding::Void,
        AnnulmentGround::CertificationFalse if held.otherwise_certified => LineStanding::AsPlaced,
        AnnulmentGround::CertificationFalse if held.qualified && !qualifies(held.rule, false, held.eligible) => {
            LineStanding::Unqualified
        }
        AnnulmentGround::CertificationFalse => LineStanding::Uncertified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AnnulmentGround::{CertificationFalse, OriginFalse};
    use LineStanding::{AsPlaced, Uncertified, Unqualified, Void};

    #[test]
    fn only_what_rests_on_the_certificate_is_taken_back() {
        // ground, another certificate, eligible, qualified, rule
        let table = [
            (CertificationFalse, false, false, true, "either", Unqualified),
            (CertificationFalse, false, true, true, "either", Uncertified),
            (CertificationFalse, false, true, true, "eligible", Uncertified),
            (CertificationFalse, false, true, true, "both", Unqualified),
            (CertificationFalse, false, true, true, "certified", Unqualified),
            (CertificationFalse, false, false, false, "eligible", Uncertified),
            (CertificationFalse, true, false, true, "certified", AsPlaced),
            (OriginFalse, false, true, true, "either", Void),
            (OriginFalse, true, true, true, "either", Void),
        ];
        for (ground, otherwise_certified, eligible, qualified, rule, want) in table {
            let held = Held { otherwise_certified, eligible, qualified, rule };
            assert_eq!(standing(ground, held), want, "{ground} {held:?}");
        }
    }
}
