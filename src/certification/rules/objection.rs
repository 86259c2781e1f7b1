//! The way of an objection: received, verified, decided; what may be decided when.

use super::application::Refusal;
use super::words::ObjectionDecision;

crate::text_enum! {
    /// How far an objection is handled.
    ObjectionStage {
        /// 已提出.
        Filed "filed"
        /// 已受理.
        Received "received"
        /// 已核实.
        Verified "verified"
        /// 已办结.
        Decided "decided"
    }
}

/// What the office does with an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Receives it and gives it to somebody, or to somebody else.
    Receive,
    /// Notes what it found.
    Verify,
    /// Decides it.
    Decide(ObjectionDecision),
}

/// How far an objection is after a step. It is upheld on what was found only; what is groundless on its face is dismissed
/// at once.
///
/// # Errors
/// [`Refusal::ObjectionDecided`], [`Refusal::NotReceived`], [`Refusal::NotVerified`].
pub fn handled(stage: ObjectionStage, by: Handling) -> Result<ObjectionStage, Refusal> {
    use ObjectionStage::{Decided, Filed, Received, Verified};
    match (stage, by) {
        (Decided, _) => Err(Refusal::ObjectionDecided),
        (Filed, Handling::Verify) => Err(Refusal::NotReceived),
        (Filed | Received, Handling::Decide(ObjectionDecision::Uphold)) => Err(Refusal::NotVerified),
        (Filed | Received, Handling::Receive) => Ok(Received),
        (Verified, Handling::Receive) | (Received | Verified, Handling::Verify) => Ok(Verified),
        (_, Handling::Decide(_)) => Ok(Decided),
    }
}

/// Files that who objects may bring.
pub const MOST_FILES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use ObjectionStage::{Decided, Filed, Received, Verified};

    #[test]
    fn the_whole_table() {
        let events = [
            Handling::Receive,
            Handling::Verify,
            Handling::Decide(ObjectionDecision::Dismiss),
            Handling::Decide(ObjectionDecision::Uphold),
        ];
        let table = [
            (Filed, [Ok(Received), Err(Refusal::NotReceived), Ok(Decided), Err(Refusal::NotVerified)]),
            (Received, [Ok(Received), Ok(Verified), Ok(Decided), Err(Refusal::NotVerified)]),
            (Verified, [Ok(Verified), Ok(Verified), Ok(Decided), Ok(Decided)]),
            (Decided, [Err(Refusal::ObjectionDecided); 4]),
        ];
        for (stage, row) in table {
            assert_eq!(events.map(|event| handled(stage, event)), row, "{stage}");
        }
    }
}
