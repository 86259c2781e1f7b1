//! 受益单位: how the recipient of a donation is named, and until when that is put right.

use super::order::OrderState;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::Purpose;

/// What is wrong with a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientFault {
    /// The order is no purchase in place of a donation.
    NotADonation,
    /// It has neither a name nor an id.
    Unnamed,
    /// It has a name and no region.
    Nowhere,
    /// What an organisation of the platform says of itself is said once more: the field.
    SaidTwice(&'static str),
    /// There is no such organisation.
    Unknown,
    /// It buys, pays, counts or sells the order itself, or sells at all.
    OneOfTheParties(&'static str),
}

impl From<RecipientFault> for AppError {
    fn from(fault: RecipientFault) -> AppError {
        let (pointer, zh, en) = match fault {
            RecipientFault::NotADonation => {
                ("/recipient", "只有以购代捐写受益单位", "only a purchase in place of a donation has a recipient")
            }
            RecipientFault::Unnamed => (
                "/recipient/name",
                "请写明受益单位的名称，或指明平台上的单位",
                "name the recipient, or an organisation of the platform",
            ),
            RecipientFault::Nowhere => {
                ("/recipient/region_code", "请写明受益单位所在地区", "say where the recipient is")
            }
            RecipientFault::SaidTwice(field) => (
                field,
                "平台上的单位以其登记为准，不再填写",
                "an organisation of the platform has its own: leave it out",
            ),
            RecipientFault::Unknown => ("/recipient/organisation_id", "没有这个单位", "there is no such organisation"),
            RecipientFault::OneOfTheParties(field) => {
                (field, "受益单位不能是采购、付款单位或供应商", "must be none of who buys, pays or sells")
            }
        };
        AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
    }
}

/// Everything that is wrong with how a recipient is named, apart from who it is.
#[must_use]
pub fn faults(purpose: Purpose, named: &NamedRecipient) -> Vec<RecipientFault> {
    let mut faults = Vec::new();
    if purpose != Purpose::PurchaseForDonation {
        faults.push(RecipientFault::NotADonation);
    }
    let known = named.organisation_id.is_some();
    let said = [
        ("/recipient/name", named.name.is_some()),
        ("/recipient/region_code", named.region_code.is_some()),
        ("/recipient/credit_code", named.credit_code.is_some()),
    ];
    faults
        .extend(said.into_iter().filter(|(_, said)| known && *said).map(|(field, _)| RecipientFault::SaidTwice(field)));
    if !known && named.name.is_none() {
        faults.push(RecipientFault::Unnamed);
    }
    if !known && named.region_code.is_none() {
        faults.push(RecipientFault::Nowhere);
    }
    faults
}

/// Whether an order's recipient may be named, or another one named instead: as long as the order stands; what was named is put
/// right only before anything was shipped.
#[must_use]
pub fn may_be_named(state: OrderState, named: bool, shipped: bool) -> bool {
    state.stands() && !(named && shipped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::OrgId;
    use crate::kernel::recipient::RecipientKind;

    fn named(id: bool, name: bool, region: bool) -> NamedRecipient {
        NamedRecipient {
            organisation_id: id.then_some(OrgId([1; 16])),
            name: name.then(|| "将台堡镇中心小学".to_owned()),
            kind: RecipientKind::School,
            region_code: region.then(|| "640422".parse().unwrap()),
            credit_code: None,
            contact: "王老师".to_owned(),
            phone: "0954-3010000".to_owned(),
        }
    }

    #[test]
    fn one_way_to_name_it_and_no_other() {
        use RecipientFault::{NotADonation, Nowhere, SaidTwice, Unnamed};
        let donation = Purpose::PurchaseForDonation;
        let table = [
            (donation, named(true, false, false), vec![]),
            (donation, named(false, true, true), vec![]),
            (donation, named(false, false, false), vec![Unnamed, Nowhere]),
            (donation, named(false, true, false), vec![Nowhere]),
            (
                donation,
                named(true, true, true),
                vec![SaidTwice("/recipient/name"), SaidTwice("/recipient/region_code")],
            ),
            (Purpose::OwnUse, named(true, false, false), vec![NotADonation]),
            (Purpose::PurchaseAsHelp, named(false, false, true), vec![NotADonation, Unnamed]),
        ];
        for (purpose, given, expected) in table {
            assert_eq!(faults(purpose, &given), expected, "{purpose} {given:?}");
        }
    }

    #[test]
    fn it_is_put_right_until_something_is_shipped() {
        for state in OrderState::ALL {
            assert_eq!(may_be_named(*state, true, false), state.stands(), "{state}");
            assert_eq!(may_be_named(*state, false, true), state.stands(), "{state}");
            assert!(!may_be_named(*state, true, true), "{state}");
        }
    }
}
