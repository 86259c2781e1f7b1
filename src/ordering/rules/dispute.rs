//! 争议: what may be disputed, what stays due meanwhile, what a settlement or a withdrawal frees.
//!
//! The undisputed part is due although part is disputed (保障中小企业款项支付条例: 对无争议部分应当及时付款).

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::time::Day;

crate::text_enum! {
    /// What is disputed.
    DisputeKind {
        /// 质量.
        Quality "quality"
        /// 数量.
        Quantity "quantity"
        /// 价格.
        Price "price"
        /// 逾期交货.
        Late "late"
        /// 随货证明.
        Papers "papers"
        /// Anything else.
        Other "other"
    }
}

crate::text_enum! {
    /// On which side of an order somebody stands.
    DisputeSide {
        /// Who ordered, or pays.
        Buyer "buyer"
        /// Who sells.
        Supplier "supplier"
    }
}

crate::text_enum! {
    /// Where a dispute stands.
    DisputeState {
        /// The parties disagree; its amount is not due.
        Open "open"
        /// Both agreed what stays payable; the rest is not due.
        Settled "settled"
        /// Who opened it took it back; all of it is due again.
        Withdrawn "withdrawn"
    }
}

crate::text_enum! {
    /// What a settlement asks somebody to record besides.
    Remedy {
        /// Nothing: what is not payable is allowed.
        None "none"
        /// 退货, by the buyer.
        Return "return"
        /// 未到货结案.
        ShortClosure "short_closure"
        /// 退款, by the supplier.
        Refund "refund"
        /// What the text says.
        Other "other"
    }
}

crate::text_enum! {
    /// Where a proposed settlement stands.
    SettlementState {
        /// The other side has not answered.
        Open "open"
        /// Agreed: the dispute is settled by it.
        Agreed "agreed"
        /// Refused.
        Refused "refused"
        /// Another proposal came, or the dispute ended.
        Superseded "superseded"
    }
}

crate::text_enum! {
    /// What the other side answers to a proposed settlement.
    SettlementDecision {
        /// So be it.
        Agree "agree"
        /// No.
        Refuse "refuse"
    }
}

crate::text_enum! {
    /// What was said in a dispute.
    DisputeEntryKind {
        /// What it is about.
        Opened "opened"
        /// By one of the sides.
        Statement "statement"
        /// By who mediates.
        Mediation "mediation"
        /// Why a settlement was refused.
        Refused "refused"
        /// A settlement was agreed.
        Agreed "agreed"
        /// Why it was withdrawn.
        Withdrawn "withdrawn"
    }
}

/// Why a dispute does not move as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeRefusal {
    /// It has ended.
    Ended(DisputeState),
    /// The settlement was answered before.
    Answered(SettlementState),
    /// Nobody agrees to what the own side proposed.
    OwnProposal,
    /// Only who opened it withdraws it.
    NotOpener,
    /// A refusal says why.
    NoReason,
}

impl From<DisputeRefusal> for AppError {
    fn from(refusal: DisputeRefusal) -> AppError {
        match refusal {
            DisputeRefusal::Ended(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            DisputeRefusal::Answered(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            DisputeRefusal::OwnProposal => AppError::new(Code::SeparationOfDuties)
                .detail("和解方案须由对方答复", "The other side answers a proposed settlement"),
            DisputeRefusal::NotOpener => AppError::new(Code::WrongState)
                .detail("争议只能由提出方撤回", "Only the side that opened a dispute withdraws it"),
            DisputeRefusal::NoReason => {
                let message = Message::new("不同意须写明原因", "a refusal needs a reason");
                AppError::field(Code::ValidationFailed, "/reason", message)
            }
        }
    }
}

/// Whether what an ended dispute freed has days of its own to be paid in: what was settled, and what the supplier no longer disputes.
/// Whoever owes gains no time by a dispute that it takes back.
#[must_use]
pub fn has_days_anew(state: DisputeState, side: DisputeSide) -> bool {
    match state {
        DisputeState::Open => false,
        DisputeState::Settled => true,
        DisputeState::Withdrawn => side == DisputeSide::Supplier,
    }
}

/// Whether what a settlement leaves unpaid is allowed (折让) at once. Goods that go back lower it themselves; whatever else was agreed
/// besides, also that nothing more comes, changes nothing of the price of what was accepted.
#[must_use]
pub fn is_allowed(remedy: Remedy) -> bool {
    remedy != Remedy::Return
}

/// Whether freight that both agree to pay would be owed no more, because freight is owed with goods only and nothing is left to be paid
/// for these. What goes back takes its freight along, so that nobody is surprised.
#[must_use]
pub fn loses_freight(remedy: Remedy, goods_left: Fen, freight_left: Fen) -> bool {
    is_allowed(remedy) && goods_left <= Fen::ZERO && freight_left > Fen::ZERO
}

/// Whether a dispute is still open.
///
/// # Errors
/// [`DisputeRefusal::Ended`].
pub fn still_open(state: DisputeState) -> Result<(), DisputeRefusal> {
    if state == DisputeState::Open { Ok(()) } else { Err(DisputeRefusal::Ended(state)) }
}

/// What comes of an answer to a proposed settlement.
///
/// # Errors
/// [`DisputeRefusal`].
pub fn answered(
    (state, by): (SettlementState, DisputeSide),
    side: DisputeSide,
    decision: SettlementDecision,
    says_why: bool,
) -> Result<SettlementState, DisputeRefusal> {
    match decision {
        _ if state != SettlementState::Open => Err(DisputeRefusal::Answered(state)),
        _ if by == side => Err(DisputeRefusal::OwnProposal),
        SettlementDecision::Agree => Ok(SettlementState::Agreed),
        SettlementDecision::Refuse if says_why => Ok(SettlementState::Refused),
        SettlementDecision::Refuse => Err(DisputeRefusal::NoReason),
    }
}

/// An unpaid amount in its parts, in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Accepted and kept with its freight, less what is paid; never below 0.
    pub unpaid: Fen,
    /// Of that, what disputes keep from being due.
    pub disputed: Fen,
    /// The rest, which is due by the payment clock.
    pub undisputed: Fen,
}

/// The parts of what is to be paid: whatever was paid in the meantime, no more is disputed than is unpaid.
///
/// # Errors
/// [`Overflow`].
pub fn parts(due: Fen, paid: Fen, withheld: Fen) -> Result<Parts, Overflow> {
    let unpaid = due.minus(paid)?.max(Fen::ZERO);
    let disputed = withheld.min(unpaid);
    Ok(Parts { unpaid, disputed, undisputed: unpaid.minus(disputed)? })
}

/// A line of a new dispute: the amount, and how much of the line is accepted, kept and undisputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// In dispute, in fen.
    pub amount: Fen,
    /// At most, in fen.
    pub free: Fen,
}

/// Places of lines with what is free of them, and what is free of the whole order.
pub type Beyond = (Vec<(usize, Fen)>, Option<Fen>);

/// Which lines of a new dispute are beyond what is free of them, each with that amount, and what is free of the whole order where
/// their sum is beyond it.
///
/// # Errors
/// [`Overflow`].
pub fn beyond(claims: &[Claim], free: Fen) -> Result<Beyond, Overflow> {
    let lines = claims.iter().enumerate().filter(|(_, claim)| claim.amount > claim.free);
    let total = Fen::total(claims.iter().map(|claim| claim.amount))?;
    Ok((lines.map(|(n, claim)| (n, claim.free)).collect(), (total > free).then_some(free)))
}

/// What a line's dispute keeps from being due once so much of it was agreed to be payable, and what that frees.
///
/// # Errors
/// [`Overflow`].
pub fn settled(withheld: Fen, payable: Fen) -> Result<(Fen, Fen), Overflow> {
    let freed = payable.min(withheld);
    Ok((withheld.minus(freed)?, freed))
}

/// What disputes about a line, oldest first, still keep from being due once goods of this worth went back.
///
/// # Errors
/// [`Overflow`].
pub fn returned(withheld: &[Fen], worth: Fen) -> Result<Vec<Fen>, Overflow> {
    let (mut left, mut after) = (worth, Vec::with_capacity(withheld.len()));
    for one in withheld {
        let gone = left.min(*one);
        left = left.minus(gone)?;
        after.push(one.minus(gone)?);
    }
    Ok(after)
}

/// Of an undisputed amount the part that each ended dispute freed and nobody has paid yet: payments are taken to pay first what
/// was due first. Ended disputes come with the day on which they ended; the parts come in the same order.
///
/// # Errors
/// [`Overflow`].
pub fn freed(ended: &[(Day, Fen)], undisputed: Fen) -> Result<Vec<Fen>, Overflow> {
    let mut places: Vec<usize> = (0..ended.len()).collect();
    places.sort_by_key(|place| (std::cmp::Reverse(ended[*place].0), *place));
    let (mut left, mut parts) = (undisputed, vec![Fen::ZERO; ended.len()]);
    for place in places {
        let part = ended[place].1.min(left);
        left = left.minus(part)?;
        parts[place] = part;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn fen(n: i64) -> Fen {
        Fen::new(n)
    }

    #[test]
    fn what_is_due_although_part_is_disputed() {
        // due, paid, withheld: unpaid, disputed, undisputed
        let table = [
            (1000, 0, 0, (1000, 0, 1000)),
            (1000, 0, 300, (1000, 300, 700)),
            (1000, 700, 300, (300, 300, 0)),
            (1000, 800, 300, (200, 200, 0)),
            (1000, 1000, 300, (0, 0, 0)),
            (1000, 1200, 300, (0, 0, 0)),
            (0, 0, 300, (0, 0, 0)),
            (1000, 1, 999, (999, 999, 0)),
        ];
        for (due, paid, withheld, (unpaid, disputed, undisputed)) in table {
            let want = Parts { unpaid: fen(unpaid), disputed: fen(disputed), undisputed: fen(undisputed) };
            assert_eq!(parts(fen(due), fen(paid), fen(withheld)), Ok(want), "{due} {paid} {withheld}");
        }
    }

    #[test]
    fn no_more_is_disputed_than_is_free() {
        let claim = |amount, free| Claim { amount: fen(amount), free: fen(free) };
        assert_eq!(beyond(&[claim(5, 5), claim(0, 0)], fen(5)), Ok((vec![], None)));
        assert_eq!(beyond(&[claim(5, 5), claim(6, 5)], fen(20)), Ok((vec![(1, fen(5))], None)));
        assert_eq!(beyond(&[claim(5, 5), claim(5, 5)], fen(9)), Ok((vec![], Some(fen(9)))));
    }

    #[test]
    fn what_is_freed_is_exact() {
        for (withheld, payable, want) in
            [(300, 300, (0, 300)), (300, 0, (300, 0)), (300, 100, (200, 100)), (50, 100, (0, 50))]
        {
            assert_eq!(settled(fen(withheld), fen(payable)), Ok((fen(want.0), fen(want.1))));
        }
        let after = |withheld: &[i64], worth| {
            let withheld: Vec<Fen> = withheld.iter().copied().map(fen).collect();
            returned(&withheld, fen(worth)).unwrap_or_default().iter().map(|fen| fen.get()).collect::<Vec<_>>()
        };
        assert_eq!(after(&[100, 50], 0), [100, 50]);
        assert_eq!(after(&[100, 50], 120), [0, 30]);
        assert_eq!(after(&[100, 50], 500), [0, 0]);
        let (early, late) = ((Day::ymd(2021, 3, 1), fen(30)), (Day::ymd(2021, 3, 9), fen(20)));
        for (undisputed, want) in [(0, [0, 0]), (10, [0, 10]), (40, [20, 20]), (100, [30, 20])] {
            assert_eq!(freed(&[early, late], fen(undisputed)), Ok(want.map(fen).to_vec()), "{undisputed}");
        }
    }

    #[test]
    fn freight_is_not_lost_with_the_price_of_the_goods() {
        let table = [
            (Remedy::None, 0, 500, true),
            (Remedy::None, 1, 500, false),
            (Remedy::Refund, 0, 0, false),
            (Remedy::Return, 0, 500, false),
        ];
        for (remedy, goods, freight, lost) in table {
            assert_eq!(loses_freight(remedy, fen(goods), fen(freight)), lost, "{remedy} {goods} {freight}");
        }
    }

    #[test]
    fn only_goods_that_go_back_lower_what_is_owed_themselves() {
        let allowed: Vec<Remedy> = Remedy::ALL.iter().copied().filter(|remedy| is_allowed(*remedy)).collect();
        assert_eq!(allowed, [Remedy::None, Remedy::ShortClosure, Remedy::Refund, Remedy::Other]);
    }

    #[test]
    fn who_answers_a_settlement() {
        use DisputeSide::{Buyer, Supplier};
        use SettlementDecision::{Agree, Refuse};
        use SettlementState::{Agreed, Open, Refused, Superseded};
        assert_eq!(answered((Open, Buyer), Supplier, Agree, false), Ok(Agreed));
        assert_eq!(answered((Open, Supplier), Buyer, Refuse, true), Ok(Refused));
        assert_eq!(answered((Open, Supplier), Buyer, Refuse, false), Err(DisputeRefusal::NoReason));
        assert_eq!(answered((Open, Buyer), Buyer, Agree, true), Err(DisputeRefusal::OwnProposal));
        for state in [Agreed, Refused, Superseded] {
            assert_eq!(answered((state, Buyer), Supplier, Agree, true), Err(DisputeRefusal::Answered(state)));
        }
        for state in [DisputeState::Settled, DisputeState::Withdrawn] {
            assert_eq!(still_open(state), Err(DisputeRefusal::Ended(state)));
        }
    }
}
