//! Which steps of approval an order needs, who may take one, and what a chain and a delegation may say.

use crate::kernel::actor::Role;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{ApprovalDelegationId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Fund, Purpose};
use crate::kernel::time::Day;

crate::text_enum! {
    /// What an approver says.
    Verdict {
        /// The order may go on.
        Approve "approve"
        /// It may not; what it holds is released.
        Reject "reject"
    }
}

/// Who may take a step.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// The unit, or a unit above it.
    pub org_id: OrgId,
    /// The person; none: any manager there.
    pub user_id: Option<UserId>,
}

/// One step: so many of these people approve.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who may approve.
    #[schema(min_items = 1, max_items = 20)]
    pub approvers: Vec<Approver>,
    /// How many of them must.
    #[schema(minimum = 1, maximum = 20)]
    pub needed: i64,
}

/// From an amount on, for some money and some purposes: which steps.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// From this amount of the whole request on, freight included, in fen.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub from_fen: Fen,
    /// For this money; empty: all.
    #[schema(max_items = 6)]
    pub funds: Vec<Fund>,
    /// For these purposes; empty: all.
    #[schema(max_items = 5)]
    pub purposes: Vec<Purpose>,
    /// The steps, in their order.
    #[schema(min_items = 1, max_items = 5)]
    pub steps: Vec<Step>,
}

impl Band {
    fn fits(&self, amount: Fen, fund: Fund, purpose: Purpose) -> bool {
        amount >= self.from_fen && holds(&self.funds, fund) && holds(&self.purposes, purpose)
    }
    /// Of the bands that fit the highest decides, then the one that names the money, then the one that names the purpose.
    fn rank(&self) -> (Fen, bool, bool) {
        (self.from_fen, !self.funds.is_empty(), !self.purposes.is_empty())
    }
    fn rivals(&self, other: &Band) -> bool {
        self.rank() == other.rank() && meet(&self.funds, &other.funds) && meet(&self.purposes, &other.purposes)
    }
}

fn holds<T: PartialEq>(named: &[T], one: T) -> bool {
    named.is_empty() || named.contains(&one)
}

fn meet<T: PartialEq + Copy>(one: &[T], other: &[T]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|word| other.contains(word))
}

/// The steps that an order of a unit needs, in their order; none when it needs no approval. `least` is the amount from which
/// on every order of the unit needs one, by a manager of it; 0 when there is no such amount.
#[must_use]
pub fn steps(bands: &[Band], unit: OrgId, (amount, fund, purpose): (Fen, Fund, Purpose), least: Fen) -> Vec<Step> {
    let fitting = bands.iter().filter(|band| band.fits(amount, fund, purpose)).max_by_key(|band| band.rank());
    match fitting {
        Some(band) => band.steps.clone(),
        None if least > Fen::ZERO && amount >= least => {
            vec![Step { approvers: vec![Approver { org_id: unit, user_id: None }], needed: 1 }]
        }
        None => Vec::new(),
    }
}

/// Why a chain, a delegation or a decision does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A field says what cannot be.
    Field(String, &'static str, &'static str),
    /// Who ordered approves nothing of it, neither himself nor through another.
    Orderer,
    /// The person has decided in this step, or everybody for whom it could.
    Decided,
    /// The step is not this person's.
    NotYours,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::Field(pointer, zh, en) => AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en)),
            Refusal::Orderer => AppError::new(Code::SeparationOfDuties).detail(
                "下单人不得审批自己的订单，也不得由他人代为审批",
                "Who placed the order does not approve it, nor does anybody in that person's place",
            ),
            Refusal::Decided => AppError::new(Code::AlreadyExists)
                .detail("您已对这一步作出决定", "You have decided in this step already"),
            Refusal::NotYours => AppError::new(Code::Forbidden)
                .detail("这一步不由您审批", "This step of the approval is not yours to take"),
        }
    }
}

fn field(pointer: String, zh: &'static str, en: &'static str) -> Refusal {
    Refusal::Field(pointer, zh, en)
}

/// Whether the bands make sense by themselves: nobody twice in a step, no more needed than named, one band for every order.
///
/// # Errors
/// Each thing that is wrong, with its pointer.
pub fn bands(bands: &[Band]) -> Result<(), Vec<Refusal>> {
    let mut wrong = Vec::new();
    for (b, band) in bands.iter().enumerate() {
        if bands[..b].iter().any(|earlier| earlier.rivals(band)) {
            wrong.push(field(
                format!("/bands/{b}/from_fen"),
                "与前面一档的金额、资金和用途重叠",
                "overlaps an earlier band of the same amount",
            ));
        }
        for (s, step) in band.steps.iter().enumerate() {
            let pointer = format!("/bands/{b}/steps/{s}");
            // A step that any manager may take has as many people as there are managers.
            let open = step.approvers.iter().any(|one| one.user_id.is_none());
            if !open && usize::try_from(step.needed).is_ok_and(|needed| needed > step.approvers.len()) {
                wrong.push(field(
                    format!("{pointer}/needed"),
                    "不能多于所列审批人",
                    "must not be more than there are approvers",
                ));
            }
            for (a, one) in step.approvers.iter().enumerate() {
                if step.approvers[..a].contains(one) {
                    wrong.push(field(format!("{pointer}/approvers/{a}"), "同一人只列一次", "name each one once"));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// The longest that a chain is entered ahead and that approvals are delegated, in days.
const LONGEST_DAYS: i64 = 366;

/// A chain holds from today on or from a day within a year.
///
/// # Errors
/// [`Refusal::Field`].
pub fn first_day(effective_from: Day, today: Day) -> Result<(), Refusal> {
    if effective_from < today || effective_from > today.plus_days(LONGEST_DAYS) {
        return Err(field(
            "/effective_from".to_owned(),
            "从今天起一年以内",
            "must lie between today and a year from now",
        ));
    }
    Ok(())
}

/// Approvals are delegated from today on or later, for a year at most.
///
/// # Errors
/// [`Refusal::Field`].
pub fn delegation_days(from: Day, until: Day, today: Day) -> Result<(), Refusal> {
    if from < today {
        return Err(field("/valid_from".to_owned(), "不能早于今天", "must not lie before today"));
    }
    if until < from || until > from.plus_days(LONGEST_DAYS) {
        let (zh, en) = ("不早于首日，且不超过一年", "must not lie before the first day, nor more than a year after it");
        return Err(field("/valid_until".to_owned(), zh, en));
    }
    Ok(())
}

/// Whether somebody with these roles decides about orders.
#[must_use]
pub fn deciding(roles: &[Role]) -> bool {
    roles.iter().any(|role| {
        matches!(role, Role::OrgAdmin | Role::Manager | Role::Trader | Role::Acceptor | Role::Payer | Role::Reviewer)
    })
}

/// As whom a person may decide in an organisation: as itself, or in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hat {
    /// Whose decision it is.
    pub user_id: UserId,
    /// Whether that one is a manager there.
    pub manager: bool,
    /// By which delegation; none for oneself.
    pub delegation: Option<ApprovalDelegationId>,
}

/// As whom a person decides in a step: the first of its hats that the step names, that is not the orderer's and that
/// nobody has decided with. `decided` holds who decided in the step, and for whom.
///
/// # Errors
/// [`Refusal::Orderer`], [`Refusal::Decided`], [`Refusal::NotYours`].
pub fn decider(
    approvers: &[Approver],
    (org, person, hats): (OrgId, UserId, &[Hat]),
    orderer: UserId,
    decided: &[(UserId, UserId)],
) -> Result<Hat, Refusal> {
    if person == orderer {
        return Err(Refusal::Orderer);
    }
    let names = |hat: &&Hat| {
        approvers.iter().any(|one| one.org_id == org && one.user_id.map_or(hat.manager, |user| user == hat.user_id))
    };
    let named: Vec<&Hat> = hats.iter().filter(names).collect();
    let others: Vec<&Hat> = named.iter().copied().filter(|hat| hat.user_id != orderer).collect();
    if others.is_empty() {
        return Err(if named.is_empty() { Refusal::NotYours } else { Refusal::Orderer });
    }
    if decided.iter().any(|(by, _)| *by == person) {
        return Err(Refusal::Decided);
    }
    let free = others.into_iter().find(|hat| decided.iter().all(|(_, whose)| *whose != hat.user_id));
    free.copied().ok_or(Refusal::Decided)
}

#[cfg(test)]
mod tests;
