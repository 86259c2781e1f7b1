//! 改价: how a change of prices of a placed order comes to hold, and who answers it.
//!
//! One side proposes, the other agrees or refuses, who proposed withdraws, a later proposal takes its place. Where the price rises to
//! an amount from which on orders need approvals, what both sides agreed waits for the approval of one of the buyer's who neither
//! ordered nor proposed nor agreed.

use super::dispute::DisputeSide;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::money::Fen;

crate::text_enum! {
    /// Where a change of prices stands.
    PriceChangeState {
        /// The other side has not answered.
        Open "open"
        /// Both sides agree; one of the buyer's has to approve the higher price.
        Approving "approving"
        /// It holds.
        Agreed "agreed"
        /// The other side refused it, or it was not approved.
        Refused "refused"
        /// Who proposed it took it back.
        Withdrawn "withdrawn"
        /// A later proposal took its place.
        Superseded "superseded"
    }
}

crate::text_enum! {
    /// What the other side answers to a change of prices.
    PriceDecision {
        /// So be it.
        Agree "agree"
        /// No.
        Refuse "refuse"
    }
}

/// What happens to a change of prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceEvent {
    /// The other side agrees, and nobody has to approve it.
    Agree,
    /// The other side agrees; somebody of the buyer's has to approve it.
    AgreeForApproval,
    /// The other side refuses.
    Refuse,
    /// It is approved.
    Approve,
    /// It is not approved.
    Reject,
    /// Who proposed it takes it back.
    Withdraw,
    /// Another one is proposed.
    Supersede,
}

impl PriceEvent {
    /// Every event.
    pub const ALL: [PriceEvent; 7] = [
        PriceEvent::Agree,
        PriceEvent::AgreeForApproval,
        PriceEvent::Refuse,
        PriceEvent::Approve,
        PriceEvent::Reject,
        PriceEvent::Withdraw,
        PriceEvent::Supersede,
    ];
}

/// Why a change of prices does not move as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceRefusal {
    /// Its state does not allow it.
    WrongState(PriceChangeState),
    /// Nobody agrees to what the own side proposed.
    OwnProposal,
    /// Only the side that proposed it withdraws it.
    NotProposer,
    /// Who ordered, proposed or agreed does not approve.
    SamePerson,
    /// A refusal says why.
    NoReason,
}

impl From<PriceRefusal> for AppError {
    fn from(refusal: PriceRefusal) -> AppError {
        match refusal {
            PriceRefusal::WrongState(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            PriceRefusal::OwnProposal => AppError::new(Code::SeparationOfDuties)
                .detail("改价须由对方答复", "The other side answers a change of prices"),
            PriceRefusal::NotProposer => AppError::new(Code::WrongState)
                .detail("改价只能由提出方撤回", "Only the side that proposed a change of prices withdraws it"),
            PriceRefusal::SamePerson => AppError::new(Code::SeparationOfDuties).detail(
                "下单人、改价的提出人和同意人不得审批该改价",
                "Who ordered, proposed or agreed does not approve the higher price",
            ),
            PriceRefusal::NoReason => {
                let message = Message::new("不同意须写明原因", "a refusal needs a reason");
                AppError::field(Code::ValidationFailed, "/reason", message)
            }
        }
    }
}

/// The next state, or why the event does not fit.
///
/// # Errors
/// [`PriceRefusal::WrongState`].
pub fn next(state: PriceChangeState, event: PriceEvent) -> Result<PriceChangeState, PriceRefusal> {
    use PriceChangeState as S;
    use PriceEvent as E;
    match (state, event) {
        (S::Open, E::Agree) | (S::Approving, E::Approve) => Ok(S::Agreed),
        (S::Open, E::AgreeForApproval) => Ok(S::Approving),
        (S::Open, E::Refuse) | (S::Approving, E::Reject) => Ok(S::Refused),
        (S::Open | S::Approving, E::Withdraw) => Ok(S::Withdrawn),
        (S::Open | S::Approving, E::Supersede) => Ok(S::Superseded),
        (other, _) => Err(PriceRefusal::WrongState(other)),
    }
}

/// Whether a side may answer what the other proposed, and says why where it refuses.
///
/// # Errors
/// [`PriceRefusal::OwnProposal`], [`PriceRefusal::NoReason`].
pub fn may_answer(
    proposer: DisputeSide,
    side: DisputeSide,
    decision: PriceDecision,
    says_why: bool,
) -> Result<(), PriceRefusal> {
    match decision {
        _ if proposer == side => Err(PriceRefusal::OwnProposal),
        PriceDecision::Refuse if !says_why => Err(PriceRefusal::NoReason),
        PriceDecision::Agree | PriceDecision::Refuse => Ok(()),
    }
}

/// Whether a person, or whoever it decides for, had no part in the order and in its change before.
///
/// # Errors
/// [`PriceRefusal::SamePerson`].
pub fn may_approve(
    people: [UserId; 2],
    orderer: UserId,
    proposer: UserId,
    answerer: UserId,
) -> Result<(), PriceRefusal> {
    let took_part = |person: &UserId| [orderer, proposer, answerer].contains(person);
    if people.iter().any(took_part) { Err(PriceRefusal::SamePerson) } else { Ok(()) }
}

/// A price that is asked for a unit of a line of which nothing was accepted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The price now.
    pub now: Fen,
    /// The one that is proposed.
    pub wanted: Fen,
    /// The price of an agreement from which it was called off, or what its listing costs now.
    pub most: Option<Fen>,
}

/// Why a price is not changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceFault {
    /// It is the price already.
    Same,
    /// A raise goes no further than this.
    Above(Fen),
}

/// Whether a price may be asked for: another one, and never a raise above what was agreed or what the listing costs with its evidence.
///
/// # Errors
/// [`PriceFault`].
pub fn price(asked: &Asked) -> Result<(), PriceFault> {
    if asked.wanted == asked.now {
        return Err(PriceFault::Same);
    }
    match asked.most {
        Some(most) if asked.wanted > asked.now && asked.wanted > most => Err(PriceFault::Above(most)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_event() {
        use PriceChangeState as S;
        // Agree, agree for approval, refuse, approve, reject, withdraw, supersede.
        let open = [
            Some(S::Agreed),
            Some(S::Approving),
            Some(S::Refused),
            None,
            None,
            Some(S::Withdrawn),
            Some(S::Superseded),
        ];
        let approving = [None, None, None, Some(S::Agreed), Some(S::Refused), Some(S::Withdrawn), Some(S::Superseded)];
        let table = [
            (S::Open, open),
            (S::Approving, approving),
            (S::Agreed, [None; 7]),
            (S::Refused, [None; 7]),
            (S::Withdrawn, [None; 7]),
            (S::Superseded, [None; 7]),
        ];
        assert_eq!(table.map(|(state, _)| state), S::ALL);
        for (state, row) in table {
            for (event, want) in PriceEvent::ALL.into_iter().zip(row) {
                assert_eq!(next(state, event), want.ok_or(PriceRefusal::WrongState(state)), "{state} {event:?}");
            }
        }
    }

    #[test]
    fn who_answers_and_who_approves() {
        use DisputeSide::{Buyer, Supplier};
        use PriceDecision::{Agree, Refuse};
        assert_eq!(may_answer(Buyer, Supplier, Agree, false), Ok(()));
        assert_eq!(may_answer(Supplier, Buyer, Refuse, true), Ok(()));
        assert_eq!(may_answer(Supplier, Buyer, Refuse, false), Err(PriceRefusal::NoReason));
        assert_eq!(may_answer(Buyer, Buyer, Agree, true), Err(PriceRefusal::OwnProposal));
        let [orderer, proposer, answerer, other, another] = [1, 2, 3, 4, 5].map(|n| UserId([n; 16]));
        assert_eq!(may_approve([other, another], orderer, proposer, answerer), Ok(()));
        for one in [orderer, proposer, answerer] {
            for people in [[one, other], [other, one]] {
                assert_eq!(may_approve(people, orderer, proposer, answerer), Err(PriceRefusal::SamePerson));
            }
        }
    }

    #[test]
    fn how_far_a_price_goes() {
        let table = [
            (1000, 1000, None, Err(PriceFault::Same)),
            (1000, 900, Some(800), Ok(())),
            (1000, 1100, None, Ok(())),
            (1000, 1100, Some(1100), Ok(())),
            (1000, 1101, Some(1100), Err(PriceFault::Above(Fen::new(1100)))),
        ];
        for (now, wanted, most, want) in table {
            let asked = Asked { now: Fen::new(now), wanted: Fen::new(wanted), most: most.map(Fen::new) };
            assert_eq!(price(&asked), want, "{asked:?}");
        }
    }
}
