//! Pure decisions of admission: state × event, who may decide, and what a mandate must say.

use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where an application stands.
    SupplierApplicationStatus {
        /// 草稿: filled in by the platform, waits for the supplier to complete and submit it.
        Draft "draft"
        /// 已提交: waits for the county.
        Submitted "submitted"
        /// 已推荐: waits for the platform.
        Recommended "recommended"
        /// 已入驻.
        Admitted "admitted"
        /// 未通过; the supplier may apply anew.
        Refused "refused"
        /// 已退出: was admitted and is no more; the supplier may apply anew.
        Ended "ended"
    }
}

crate::text_enum! {
    /// Who decides.
    AdmissionStep {
        /// 县级推荐.
        Recommendation "recommendation"
        /// 平台审核.
        Review "review"
        /// 终止入驻.
        Ending "ending"
    }
}

crate::text_enum! {
    /// What was decided.
    AdmissionDecision {
        /// 推荐 or 通过.
        Accept "accept"
        /// 不予推荐, 不予通过 or 终止入驻, with a reason code.
        Refuse "refuse"
    }
}

crate::text_enum! {
    /// Why a supplier is refused, or its admission ends.
    AdmissionRefusalReason {
        /// 材料不齐.
        DocumentsIncomplete "documents_incomplete"
        /// 材料不实.
        DocumentsUntrue "documents_untrue"
        /// 不在本县（区）经营.
        NotInCounty "not_in_county"
        /// 不具备经营资质.
        NotLicensed "not_licensed"
        /// 没有带贫机制.
        NoLinkage "no_linkage"
        /// 有不良记录.
        BadRecord "bad_record"
        /// 其他, explained in the opinion.
        Other "other"
    }
}

/// Why admission refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The application is not at this step.
    NotAtThisStep,
    /// The same person took an earlier step.
    SamePerson,
    /// The office is not the one of the supplier's county.
    OtherCounty,
    /// A refusal states its reason.
    ReasonMissing,
    /// `other` is explained in the opinion.
    OpinionMissing,
    /// The mandate's days end before they begin, or have passed.
    MandateDays,
    /// Only agent traders sell under a mandate.
    NotAnAgent,
    /// An agent trader cannot give a mandate.
    AgentCannotGive,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let field =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            Refusal::NotAtThisStep => Code::WrongState.into(),
            Refusal::SamePerson => Code::SeparationOfDuties.into(),
            Refusal::OtherCounty => AppError::new(Code::Forbidden)
                .detail("由供应商所在县（区）推荐", "the supplier's own county recommends"),
            Refusal::ReasonMissing => field("/reason_code", "不予通过须填写原因", "a refusal states its reason"),
            Refusal::OpinionMissing => field("/opinion", "原因为其他时须说明", "is required with the reason `other`"),
            Refusal::MandateDays => field("/valid_until", "授权期限不正确", "is before the first day or has passed"),
            Refusal::NotAnAgent => field("/agent_id", "被授权方不是代理商", "is not an agent trader"),
            Refusal::AgentCannotGive => {
                AppError::new(Code::Forbidden).detail("代理商不能授权他人", "an agent trader cannot give a mandate")
            }
        }
    }
}

/// The state of a draft once its supplier submits it.
///
/// # Errors
/// [`Refusal::NotAtThisStep`] for anything else.
pub fn submit(status: SupplierApplicationStatus) -> Result<SupplierApplicationStatus, Refusal> {
    match status {
        SupplierApplicationStatus::Draft => Ok(SupplierApplicationStatus::Submitted),
        SupplierApplicationStatus::Submitted
        | SupplierApplicationStatus::Recommended
        | SupplierApplicationStatus::Admitted
        | SupplierApplicationStatus::Refused
        | SupplierApplicationStatus::Ended => Err(Refusal::NotAtThisStep),
    }
}

/// The state after a decision at a step.
///
/// # Errors
/// [`Refusal::NotAtThisStep`].
pub fn decide(
    status: SupplierApplicationStatus,
    step: AdmissionStep,
    decision: AdmissionDecision,
) -> Result<SupplierApplicationStatus, Refusal> {
    match (status, step, decision) {
        (SupplierApplicationStatus::Submitted, AdmissionStep::Recommendation, AdmissionDecision::Accept) => {
            Ok(SupplierApplicationStatus::Recommended)
        }
        (SupplierApplicationStatus::Recommended, AdmissionStep::Review, AdmissionDecision::Accept) => {
            Ok(SupplierApplicationStatus::Admitted)
        }
        (SupplierApplicationStatus::Submitted, AdmissionStep::Recommendation, AdmissionDecision::Refuse)
        | (SupplierApplicationStatus::Recommended, AdmissionStep::Review, AdmissionDecision::Refuse) => {
            Ok(SupplierApplicationStatus::Refused)
        }
        (SupplierApplicationStatus::Admitted, AdmissionStep::Ending, AdmissionDecision::Refuse) => {
            Ok(SupplierApplicationStatus::Ended)
        }
        _ => Err(Refusal::NotAtThisStep),
    }
}

/// Who took an earlier step does not take this one.
///
/// # Errors
/// [`Refusal::SamePerson`].
pub fn another_person(earlier: &[UserId], now: UserId) -> Result<(), Refusal> {
    if earlier.contains(&now) { Err(Refusal::SamePerson) } else { Ok(()) }
}

/// The region whose office recommends: the supplier's county, or its own region where that is above the counties.
#[must_use]
pub fn recommending_region(supplier: RegionCode) -> RegionCode {
    supplier.ancestors().into_iter().find(|region| region.level() <= RegionLevel::County).unwrap_or(supplier)
}

/// Only the office of the supplier's county recommends; those above it read.
///
/// # Errors
/// [`Refusal::OtherCounty`].
pub fn own_county(office: RegionCode, supplier: RegionCode) -> Result<(), Refusal> {
    if office == recommending_region(supplier) { Ok(()) } else { Err(Refusal::OtherCounty) }
}

/// A refusal states its reason, and explains `other`.
///
/// # Errors
/// What is missing.
pub fn reasoned(
    decision: AdmissionDecision,
    reason: Option<AdmissionRefusalReason>,
    opinion: Option<&str>,
) -> Result<(), Refusal> {
    match (decision, reason, opinion) {
        (AdmissionDecision::Refuse, None, _) => Err(Refusal::ReasonMissing),
        (AdmissionDecision::Refuse, Some(AdmissionRefusalReason::Other), None) => Err(Refusal::OpinionMissing),
        _ => Ok(()),
    }
}

/// A mandate is given by a producer to an agent trader, for days that are not all past.
///
/// # Errors
/// What is wrong with it.
pub fn check_mandate(producer: OrgKind, agent: OrgKind, from: Day, until: Day, today: Day) -> Result<(), Refusal> {
    if producer == OrgKind::AgentTrader {
        return Err(Refusal::AgentCannotGive);
    }
    if agent != OrgKind::AgentTrader {
        return Err(Refusal::NotAnAgent);
    }
    if until < from || until < today { Err(Refusal::MandateDays) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_event() {
        use SupplierApplicationStatus::{Admitted, Ended, Recommended, Refused, Submitted};
        let allowed = [
            (Submitted, AdmissionStep::Recommendation, AdmissionDecision::Accept, Recommended),
            (Submitted, AdmissionStep::Recommendation, AdmissionDecision::Refuse, Refused),
            (Recommended, AdmissionStep::Review, AdmissionDecision::Accept, Admitted),
            (Recommended, AdmissionStep::Review, AdmissionDecision::Refuse, Refused),
            (Admitted, AdmissionStep::Ending, AdmissionDecision::Refuse, Ended),
        ];
        for status in SupplierApplicationStatus::ALL {
            for step in AdmissionStep::ALL {
                for decision in AdmissionDecision::ALL {
                    let want = allowed.iter().find(|a| (&a.0, &a.1, &a.2) == (status, step, decision)).map(|a| a.3);
                    assert_eq!(
                        decide(*status, *step, *decision),
                        want.ok_or(Refusal::NotAtThisStep),
                        "{status} {step} {decision}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_suppliers_own_county_recommends() {
        let code = |text: &str| text.parse::<RegionCode>().unwrap();
        for (office, supplier, allowed) in [
            ("640323", "640323", true),
            ("640323", "640323100", true),
            ("640323", "640323100201", true),
            ("640324", "640323", false),
            ("640300", "640323", false),
            ("640000", "640323", false),
            ("640300", "640300", true),
        ] {
            assert_eq!(own_county(code(office), code(supplier)).is_ok(), allowed, "{office} for {supplier}");
        }
    }

    #[test]
    fn a_refusal_states_its_reason() {
        for (decision, reason, opinion, want) in [
            (AdmissionDecision::Accept, None, None, Ok(())),
            (AdmissionDecision::Refuse, None, Some("…"), Err(Refusal::ReasonMissing)),
            (AdmissionDecision::Refuse, Some(AdmissionRefusalReason::NoLinkage), None, Ok(())),
            (AdmissionDecision::Refuse, Some(AdmissionRefusalReason::Other), None, Err(Refusal::OpinionMissing)),
            (AdmissionDecision::Refuse, Some(AdmissionRefusalReason::Other), Some("…"), Ok(())),
        ] {
            assert_eq!(reasoned(decision, reason, opinion), want);
        }
        let (one, two) = (UserId([1; 16]), UserId([2; 16]));
        assert_eq!(another_person(&[one], one), Err(Refusal::SamePerson));
        assert_eq!(another_person(&[one], two), Ok(()));
    }

    #[test]
    fn a_mandate_goes_from_a_producer_to_an_agent() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let check =
            |producer, agent, from, until| check_mandate(producer, agent, day(from), day(until), day("2021-03-01"));
        use OrgKind::{AgentTrader, Cooperative, Enterprise};
        assert_eq!(check(Cooperative, AgentTrader, "2021-03-01", "2021-12-31"), Ok(()));
        assert_eq!(check(Cooperative, AgentTrader, "2021-03-01", "2021-03-01"), Ok(()));
        assert_eq!(check(AgentTrader, AgentTrader, "2021-03-01", "2021-12-31"), Err(Refusal::AgentCannotGive));
        assert_eq!(check(Cooperative, Enterprise, "2021-03-01", "2021-12-31"), Err(Refusal::NotAnAgent));
        assert_eq!(check(Cooperative, AgentTrader, "2021-05-01", "2021-04-30"), Err(Refusal::MandateDays));
        assert_eq!(check(Cooperative, AgentTrader, "2020-01-01", "2021-02-28"), Err(Refusal::MandateDays));
    }
}
