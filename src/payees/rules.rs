//! Pure decisions about payee accounts: what a number looks like, and who confirms.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where an account stands.
    AccountState {
        /// Waits for another person.
        Proposed "proposed"
        /// Holds from its first day until a later one does.
        Confirmed "confirmed"
        /// Another proposal took its place before anybody confirmed it.
        Replaced "replaced"
    }
}

/// Days that a change may be announced ahead.
const MOST_AHEAD: i64 = 366;

/// Why an account is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is no number of an account.
    Number,
    /// The first day has passed, or lies more than a year ahead.
    FirstDay,
    /// Who proposed it does not confirm it.
    Proposer,
    /// The supplier has another member who can confirm it.
    OthersCan,
    /// It was confirmed or replaced.
    Decided,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let wrong =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            Refusal::Number => wrong(
                "/account_number",
                "账号应为8至30位数字，且不能全部相同",
                "must be 8 to 30 digits that are not all the same",
            ),
            Refusal::FirstDay => {
                wrong("/valid_from", "须为今天或一年以内", "must be today or a day within a year from now")
            }
            Refusal::Proposer => AppError::new(Code::SeparationOfDuties)
                .detail("提出收款账户的人不得确认", "Who proposed the account does not confirm it"),
            Refusal::OthersCan => AppError::new(Code::Forbidden)
                .detail("该供应商另有成员，须由其另一成员确认", "The supplier has another member, who confirms it"),
            Refusal::Decided => AppError::new(Code::WrongState)
                .detail("该账户已确认或已被新的申报取代", "It was confirmed, or another proposal took its place"),
        }
    }
}

/// The digits of an account number, without the spaces and dashes that people set between them.
///
/// # Errors
/// [`Refusal::Number`].
pub fn number(text: &str) -> Result<String, Refusal> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits = kept.bytes().all(|b| b.is_ascii_digit());
    let first = kept.bytes().next();
    let varied = kept.bytes().any(|b| Some(b) != first);
    if digits && varied && (8..=30).contains(&kept.len()) { Ok(kept) } else { Err(Refusal::Number) }
}

/// Whether an account may hold from this day when it is proposed today.
///
/// # Errors
/// [`Refusal::FirstDay`].
pub fn first_day(from: Day, today: Day) -> Result<(), Refusal> {
    if from >= today && from <= today.plus_days(MOST_AHEAD) { Ok(()) } else { Err(Refusal::FirstDay) }
}

/// Who confirms an account.
#[derive(Debug, Clone, Copy)]
pub struct Confirming {
    /// Whether it is the platform's operator.
    pub operator: bool,
    /// Whether it is the person who proposed it.
    pub proposer: bool,
    /// Members of the supplier who may confirm.
    pub members: usize,
}

/// Whether somebody may confirm an account.
///
/// # Errors
/// [`Refusal::Decided`], [`Refusal::Proposer`], [`Refusal::OthersCan`].
pub fn confirms(state: AccountState, who: Confirming) -> Result<(), Refusal> {
    if state != AccountState::Proposed {
        return Err(Refusal::Decided);
    }
    if who.proposer {
        return Err(Refusal::Proposer);
    }
    if who.operator && who.members > 1 { Err(Refusal::OthersCan) } else { Ok(()) }
}

/// Names of holder and organisation as they are compared: banks leave out spaces and set brackets as they like.
#[must_use]
pub fn same_holder(holder: &str, organisation: &str) -> bool {
    let plain = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    plain(holder) == plain(organisation)
}

#[cfg(test)]
mod tests {
    use super::AccountState::{Confirmed, Proposed, Replaced};
    use super::*;

    #[test]
    fn numbers_are_digits() {
        let table = [
            ("6228 4804-0256 4890 018", Ok("6228480402564890018")),
            ("12345678", Ok("12345678")),
            ("1234567", Err(Refusal::Number)),
            ("00000000", Err(Refusal::Number)),
            ("6228A804", Err(Refusal::Number)),
            ("", Err(Refusal::Number)),
            ("1234567890123456789012345678901", Err(Refusal::Number)),
        ];
        for (text, expected) in table {
            assert_eq!(number(text), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn days_and_persons() {
        let today = Day::ymd(2021, 3, 1);
        for (from, fits) in [(-1, false), (0, true), (366, true), (367, false)] {
            assert_eq!(first_day(today.plus_days(from), today).is_ok(), fits, "{from}");
        }
        let who = |operator, proposer, members| Confirming { operator, proposer, members };
        let table = [
            (Proposed, who(false, false, 2), Ok(())),
            (Proposed, who(false, true, 2), Err(Refusal::Proposer)),
            (Proposed, who(true, false, 1), Ok(())),
            (Proposed, who(true, true, 1), Err(Refusal::Proposer)),
            (Proposed, who(true, false, 2), Err(Refusal::OthersCan)),
            (Confirmed, who(false, false, 2), Err(Refusal::Decided)),
            (Replaced, who(false, false, 2), Err(Refusal::Decided)),
        ];
        for (state, who, expected) in table {
            assert_eq!(confirms(state, who), expected, "{state} {who:?}");
        }
        assert!(same_holder("盐池 合作社（总）", "盐池合作社(总)") && !same_holder("甲", "乙"));
    }
}
