//! How a declaration goes from its draft to what counts.

use super::refusal::Refusal;

crate::text_enum! {
    /// What is declared.
    DeclarationKind {
        /// 以购代捐活动.
        Activity "activity"
        /// 帮助销售.
        HelpedSale "helped_sale"
    }
}

crate::text_enum! {
    /// Where a declaration stands.
    DeclarationState {
        /// 草稿: only its organiser sees it.
        Draft "draft"
        /// 待村核验.
        AtVillage "at_village"
        /// 待乡镇核验.
        AtTownship "at_township"
        /// 待县核验.
        AtCounty "at_county"
        /// 退回: the organiser amends and submits it again, or withdraws it.
        Returned "returned"
        /// 已核验: it counts, and is corrected by entries only.
        Verified "verified"
        /// 已撤销核验: the county's office took back everything that it counted.
        Annulled "annulled"
        /// 不予核验.
        Rejected "rejected"
        /// 撤回.
        Withdrawn "withdrawn"
    }
}

impl DeclarationState {
    /// Those in which an office is to decide.
    pub const WAITING: [DeclarationState; 3] =
        [DeclarationState::AtVillage, DeclarationState::AtTownship, DeclarationState::AtCounty];
    /// Those that hold the document number against everybody, as in the index.
    pub const HOLDING: [DeclarationState; 5] = [
        DeclarationState::AtVillage,
        DeclarationState::AtTownship,
        DeclarationState::AtCounty,
        DeclarationState::Returned,
        DeclarationState::Verified,
    ];
}

crate::text_enum! {
    /// What happens to a declaration.
    DeclarationEvent {
        /// 录入.
        Declare "declared"
        /// 修改.
        Amend "amended"
        /// 提交.
        Submit "submitted"
        /// 核验通过.
        Verify "verified"
        /// 退回修改.
        Return "returned"
        /// 不予核验.
        Reject "rejected"
        /// 撤回.
        Withdraw "withdrawn"
        /// 更正.
        Adjust "adjusted"
        /// 撤销核验.
        Annul "annulled"
    }
}

crate::text_enum! {
    /// Which office verifies.
    OfficeLevel {
        /// 村.
        Village "village"
        /// 乡镇.
        Township "township"
        /// 县（区）.
        County "county"
    }
}

/// Whose decision a declaration waits for.
#[must_use]
pub const fn level(state: DeclarationState) -> Option<OfficeLevel> {
    match state {
        DeclarationState::AtVillage => Some(OfficeLevel::Village),
        DeclarationState::AtTownship => Some(OfficeLevel::Township),
        DeclarationState::AtCounty => Some(OfficeLevel::County),
        _ => None,
    }
}

const fn waiting(level: OfficeLevel) -> DeclarationState {
    match level {
        OfficeLevel::Village => DeclarationState::AtVillage,
        OfficeLevel::Township => DeclarationState::AtTownship,
        OfficeLevel::County => DeclarationState::AtCounty,
    }
}

/// The state after an event. `ahead`: the office that comes next, which is the first one for what is submitted; none behind
/// the county's.
///
/// # Errors
/// [`Refusal::State`] where the event does not fit, [`Refusal::NoOffice`] where nobody could verify.
pub fn next(
    state: DeclarationState,
    event: DeclarationEvent,
    ahead: Option<OfficeLevel>,
) -> Result<DeclarationState, Refusal> {
    use DeclarationEvent as E;
    use DeclarationState as S;
    match (state, event) {
        (S::Draft | S::Returned, E::Amend) => Ok(state),
        (S::Draft | S::Returned, E::Submit) => ahead.map(waiting).ok_or(Refusal::NoOffice),
        (S::AtVillage | S::AtTownship | S::AtCounty, E::Verify) => Ok(ahead.map_or(S::Verified, waiting)),
        (S::AtVillage | S::AtTownship | S::AtCounty, E::Return) => Ok(S::Returned),
        (S::AtVillage | S::AtTownship | S::AtCounty, E::Reject) => Ok(S::Rejected),
        (S::Draft | S::Returned | S::AtVillage | S::AtTownship | S::AtCounty, E::Withdraw) => Ok(S::Withdrawn),
        (S::Verified, E::Adjust) => Ok(S::Verified),
        (S::Verified, E::Annul) => Ok(S::Annulled),
        _ => Err(Refusal::State(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeclarationEvent as E;
    use DeclarationState as S;

    /// What every event makes of every state; nothing else happens.
    #[test]
    fn every_state_and_event() {
        let (village, township, county) =
            (Some(OfficeLevel::Village), Some(OfficeLevel::Township), Some(OfficeLevel::County));
        let moves = [
            (S::Draft, E::Amend, None, S::Draft),
            (S::Draft, E::Submit, village, S::AtVillage),
            (S::Draft, E::Submit, township, S::AtTownship),
            (S::Draft, E::Submit, county, S::AtCounty),
            (S::Draft, E::Withdraw, None, S::Withdrawn),
            (S::AtVillage, E::Verify, township, S::AtTownship),
            (S::AtVillage, E::Verify, county, S::AtCounty),
            (S::AtVillage, E::Verify, None, S::Verified),
            (S::AtVillage, E::Return, None, S::Returned),
            (S::AtVillage, E::Reject, None, S::Rejected),
            (S::AtVillage, E::Withdraw, None, S::Withdrawn),
            (S::AtTownship, E::Verify, county, S::AtCounty),
            (S::AtTownship, E::Verify, None, S::Verified),
            (S::AtTownship, E::Return, None, S::Returned),
            (S::AtTownship, E::Reject, None, S::Rejected),
            (S::AtTownship, E::Withdraw, None, S::Withdrawn),
            (S::AtCounty, E::Verify, None, S::Verified),
            (S::AtCounty, E::Return, None, S::Returned),
            (S::AtCounty, E::Reject, None, S::Rejected),
            (S::AtCounty, E::Withdraw, None, S::Withdrawn),
            (S::Returned, E::Amend, None, S::Returned),
            (S::Returned, E::Submit, village, S::AtVillage),
            (S::Returned, E::Submit, township, S::AtTownship),
            (S::Returned, E::Submit, county, S::AtCounty),
            (S::Returned, E::Withdraw, None, S::Withdrawn),
            (S::Verified, E::Adjust, None, S::Verified),
            (S::Verified, E::Annul, None, S::Annulled),
        ];
        for (state, event, ahead, expected) in moves {
            assert_eq!(next(state, event, ahead), Ok(expected), "{state} {event} {ahead:?}");
        }
        for state in S::ALL {
            for event in E::ALL {
                let known = moves.iter().any(|(from, with, _, _)| from == state && with == event);
                if !known {
                    for ahead in [None, village, township, county] {
                        assert_eq!(next(*state, *event, ahead), Err(Refusal::State(*state)), "{state} {event}");
                    }
                }
            }
        }
        for state in [S::Draft, S::Returned] {
            assert_eq!(next(state, E::Submit, None), Err(Refusal::NoOffice));
        }
    }

    #[test]
    fn an_office_decides_exactly_what_waits() {
        for state in S::ALL {
            assert_eq!(level(*state).is_some(), S::WAITING.contains(state), "{state}");
            assert_eq!(level(*state).map(waiting), S::WAITING.contains(state).then_some(*state));
            assert!(!S::WAITING.contains(state) || S::HOLDING.contains(state));
        }
    }
}
