//! What an order is, decided from who buys with which money: mode, channel, allowed funds, whether a line qualifies.

use crate::kernel::actor::OrgKind;
use crate::kernel::terms::{Channel, Fund, Mode, Purpose};

/// Whether organisations of this kind may order from this money.
#[must_use]
pub const fn fund_allowed(buyer: OrgKind, fund: Fund) -> bool {
    match buyer {
        OrgKind::BudgetUnit => !matches!(fund, Fund::Enterprise),
        OrgKind::Contractor => matches!(fund, Fund::Canteen | Fund::NutritionSubsidy),
        OrgKind::EnterpriseBuyer => matches!(fund, Fund::Enterprise | Fund::Canteen | Fund::Union | Fund::Other),
        OrgKind::Union => matches!(fund, Fund::Union | Fund::Personal | Fund::Other),
        OrgKind::SocialOrganisation => matches!(fund, Fund::Other | Fund::Union),
        _ => false,
    }
}

/// The one mode of an order and why. When several fit, public money comes first, then a pairing, then what the buyer is.
#[must_use]
pub const fn mode(buyer: OrgKind, fund: Fund, paired: bool) -> (Mode, &'static str) {
    let public_buyer = matches!(buyer, OrgKind::BudgetUnit | OrgKind::Contractor);
    if public_buyer && matches!(fund, Fund::Canteen | Fund::NutritionSubsidy) {
        return (Mode::GovernmentProcurement, "public_money");
    }
    if paired {
        return (Mode::PairingCooperation, "paired_regions");
    }
    match buyer {
        OrgKind::SocialOrganisation | OrgKind::Union => (Mode::SocialOrganisation, "kind_of_buyer"),
        _ => (Mode::MarketEntity, "kind_of_buyer"),
    }
}

/// Whether the mode depends on pairings at all.
#[must_use]
pub const fn asks_pairings(buyer: OrgKind, fund: Fund) -> bool {
    !matches!(mode(buyer, fund, false).0, Mode::GovernmentProcurement)
}

/// Where the goods go when the order does not say.
#[must_use]
pub const fn default_channel(buyer: OrgKind, fund: Fund, purpose: Purpose) -> Channel {
    match (buyer, fund, purpose) {
        (_, Fund::NutritionSubsidy, _) => Channel::School,
        (OrgKind::BudgetUnit | OrgKind::Contractor, Fund::Canteen, _) => Channel::Canteen,
        (OrgKind::EnterpriseBuyer, _, Purpose::Resale) => Channel::Market,
        (OrgKind::EnterpriseBuyer, Fund::Canteen, _) => Channel::Canteen,
        _ => Channel::Other,
    }
}

/// Whether a line counts to a plan, by the `quota_product_rule` in force at placement.
#[must_use]
pub fn qualifies(rule: &str, certified: bool, eligible: bool) -> bool {
    match rule {
        "eligible" => eligible,
        "certified" => certified,
        "either" => eligible || certified,
        "both" => eligible && certified,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mode_by_precedence() {
        let cases = [
            (OrgKind::BudgetUnit, Fund::Canteen, true, Mode::GovernmentProcurement, "public_money"),
            (OrgKind::Contractor, Fund::NutritionSubsidy, false, Mode::GovernmentProcurement, "public_money"),
            (OrgKind::BudgetUnit, Fund::Union, true, Mode::PairingCooperation, "paired_regions"),
            (OrgKind::BudgetUnit, Fund::Union, false, Mode::MarketEntity, "kind_of_buyer"),
            (OrgKind::EnterpriseBuyer, Fund::Enterprise, true, Mode::PairingCooperation, "paired_regions"),
            (OrgKind::EnterpriseBuyer, Fund::Enterprise, false, Mode::MarketEntity, "kind_of_buyer"),
            (OrgKind::Union, Fund::Union, false, Mode::SocialOrganisation, "kind_of_buyer"),
            (OrgKind::SocialOrganisation, Fund::Other, true, Mode::PairingCooperation, "paired_regions"),
        ];
        for (kind, fund, paired, expected, reason) in cases {
            assert_eq!(mode(kind, fund, paired), (expected, reason), "{kind} {fund} {paired}");
        }
    }

    #[test]
    fn money_fits_the_buyer() {
        for kind in OrgKind::ALL {
            for fund in Fund::ALL {
                let allowed = fund_allowed(*kind, *fund);
                assert!(kind.buys() || !allowed, "{kind} {fund}");
            }
            assert_eq!(Fund::ALL.iter().any(|fund| fund_allowed(*kind, *fund)), kind.buys(), "{kind}");
        }
        assert!(!fund_allowed(OrgKind::BudgetUnit, Fund::Enterprise));
        assert!(!fund_allowed(OrgKind::Contractor, Fund::Union));
    }

    #[test]
    fn the_quota_product_rule() {
        for (rule, expected) in [
            ("eligible", [false, false, true, true]),
            ("certified", [false, true, false, true]),
            ("either", [false, true, true, true]),
            ("both", [false, false, false, true]),
            ("unknown", [false; 4]),
        ] {
            let seen = [(false, false), (true, false), (false, true), (true, true)].map(|(c, e)| qualifies(rule, c, e));
            assert_eq!(seen, expected, "{rule}");
        }
    }
}
