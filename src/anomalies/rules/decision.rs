//! What an auditor makes of an anomaly.

use super::AnomalyState;
use crate::kernel::error::{AppError, Code};

crate::text_enum! {
    /// What the auditor decides about an anomaly.
    AnomalyRuling {
        /// 已说明: it happened, and there is a reason for it.
        Explain "explain"
        /// 排除: it is none.
        Dismiss "dismiss"
    }
}

/// Why an anomaly is not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is decided already.
    Decided(AnomalyState),
    /// The auditor belongs to an organisation that it is about.
    Party,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::Decided(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            Refusal::Party => AppError::new(Code::SeparationOfDuties),
        }
    }
}

/// The state after a decision.
///
/// # Errors
/// The first [`Refusal`]: nobody decides about his own organisation, and nothing is decided twice.
pub fn decided(state: AnomalyState, ruling: AnomalyRuling, party: bool) -> Result<AnomalyState, Refusal> {
    match (state, ruling) {
        _ if party => Err(Refusal::Party),
        (AnomalyState::Open, AnomalyRuling::Explain) => Ok(AnomalyState::Explained),
        (AnomalyState::Open, AnomalyRuling::Dismiss) => Ok(AnomalyState::Dismissed),
        (AnomalyState::Explained | AnomalyState::Dismissed, _) => Err(Refusal::Decided(state)),
    }
}
