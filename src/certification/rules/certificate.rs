//! The life of a certificate: its number, its days, suspension, revocation, expiry and renewal.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where a certificate stands.
    CertificateStatus {
        /// 有效.
        Valid "valid"
        /// 暂停.
        Suspended "suspended"
        /// 撤销.
        Revoked "revoked"
        /// 到期.
        Expired "expired"
    }
}

crate::text_enum! {
    /// Why a certificate is suspended or revoked.
    EndReason {
        /// 食品安全问题.
        FoodSafety "food_safety"
        /// 质量不合格.
        Quality "quality"
        /// 价格明显高于同类.
        Price "price"
        /// 带贫机制落空.
        LinkageBroken "linkage_broken"
        /// 材料不实.
        DocumentsUntrue "documents_untrue"
        /// 不再生产.
        NoLongerProduced "no_longer_produced"
        /// 骗取认定.
        Fraud "fraud"
        /// 所依据的材料到期.
        DocumentsExpired "documents_expired"
        /// 其他, explained in the reason.
        Other "other"
    }
}

impl CertificateStatus {
    /// The word for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            CertificateStatus::Valid => ("有效", "Valid"),
            CertificateStatus::Suspended => ("已暂停", "Suspended"),
            CertificateStatus::Revoked => ("已撤销", "Revoked"),
            CertificateStatus::Expired => ("已到期", "Expired"),
        }
    }
}

impl EndReason {
    /// The reason for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            EndReason::FoodSafety => ("食品安全问题", "food safety"),
            EndReason::Quality => ("质量不合格", "quality below standard"),
            EndReason::Price => ("价格明显高于同类", "price above like goods"),
            EndReason::LinkageBroken => ("带贫机制落空", "poverty linkage not kept"),
            EndReason::DocumentsUntrue => ("材料不实", "untrue documents"),
            EndReason::Fraud => ("骗取认定", "certified by fraud"),
            EndReason::DocumentsExpired => ("所依据的材料到期", "required documents expired"),
            EndReason::NoLongerProduced => ("不再生产", "no longer produced"),
            EndReason::Other => ("其他", "other"),
        }
    }
}

/// What happens to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateEvent {
    /// 暂停.
    Suspend,
    /// 变更暂停: another cause or another last day.
    Change,
    /// 恢复.
    Lift,
    /// 撤销.
    Revoke,
    /// Its days are over.
    Expire,
    /// 自始无效: it was never valid, wherever it stands by now.
    Annul,
}

impl CertificateEvent {
    /// The word that is stored, and the past participle of the audit trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            CertificateEvent::Suspend => "suspended",
            CertificateEvent::Change => "suspension_changed",
            CertificateEvent::Lift => "suspension_ended",
            CertificateEvent::Revoke => "revoked",
            CertificateEvent::Expire => "expired",
            CertificateEvent::Annul => "annulled",
        }
    }
}

/// Where a certificate stands after an event; `None` when its standing does not allow it.
#[must_use]
pub fn certificate_next(status: CertificateStatus, event: CertificateEvent) -> Option<CertificateStatus> {
    use CertificateEvent as E;
    use CertificateStatus as S;
    match (status, event) {
        (S::Valid, E::Suspend) | (S::Suspended, E::Change) => Some(S::Suspended),
        (S::Suspended, E::Lift) => Some(S::Valid),
        (S::Valid | S::Suspended, E::Revoke) | (_, E::Annul) => Some(S::Revoked),
        (S::Valid | S::Suspended, E::Expire) => Some(S::Expired),
        _ => None,
    }
}

/// How a certificate stands on a day, whether or not the job that ends it has run.
#[must_use]
pub fn standing(status: CertificateStatus, in_force_until: Day, today: Day) -> CertificateStatus {
    match status {
        CertificateStatus::Valid | CertificateStatus::Suspended if in_force_until < today => CertificateStatus::Expired,
        other => other,
    }
}

/// Whether a certificate was in force at the end of a day: within its days, neither suspended nor revoked by then, and never found to have
/// been invalid, whenever that was decided.
#[must_use]
pub fn stood_on((valid_from, in_force_until): (Day, Day), history: &[(&str, Day)], day: Day) -> bool {
    use CertificateEvent::{Annul, Change, Lift, Revoke, Suspend};
    let is = |event: &str, known: &[CertificateEvent]| known.iter().any(|known| known.as_str() == event);
    if history.iter().any(|(event, _)| is(event, &[Annul])) || day < valid_from || in_force_until < day {
        return false;
    }
    let mut until = history.iter().filter(|(_, on)| *on <= day);
    let last = until.rfind(|(event, _)| is(event, &[Suspend, Change, Lift, Revoke]));
    last.is_none_or(|(event, _)| is(event, &[Lift]))
}

/// The last day of a suspension is not over when it is decided.
///
/// # Errors
/// `validation_failed`.
pub fn suspension_end(until: Option<Day>, today: Day) -> Result<(), AppError> {
    if until.is_some_and(|until| until < today) {
        let message = Message::new("暂停的最后一日不得早于今日", "is over already");
        return Err(AppError::field(Code::ValidationFailed, "/until", message));
    }
    Ok(())
}

/// The number of a certificate: prefix, year, and its place in the year.
#[must_use]
pub fn number(prefix: &str, year: i64, place: i64) -> String {
    format!("{prefix}{year}-{place:05}")
}

/// The batch in which a certificate enters the catalogue: one a month.
#[must_use]
pub fn batch(prefix: &str, day: Day) -> String {
    format!("{prefix}{}", day.month())
}

/// First and last day of a certificate, both included. A renewal decided in time begins when the old one ends, so that no
/// day is lost by filing early.
#[must_use]
pub fn validity(today: Day, days: i64, renewed_until: Option<Day>) -> (Day, Day) {
    let from = match renewed_until {
        Some(until) if until >= today => until.plus_days(1),
        _ => today,
    };
    (from, from.plus_days(days.max(1) - 1))
}

/// Whether a renewal may be filed on a day: within the window before the last day.
///
/// # Errors
/// `wrong_state` when it is too early, `expired` when it is too late.
pub fn may_renew(status: CertificateStatus, valid_until: Day, today: Day, window_days: i64) -> Result<(), AppError> {
    let opens = valid_until.plus_days(1 - window_days);
    if matches!(status, CertificateStatus::Revoked | CertificateStatus::Expired) || today > valid_until {
        return Err(
            AppError::new(Code::Expired).detail("证书已失效，请重新申请", "the certificate has ended; apply anew")
        );
    }
    if today < opens {
        return Err(AppError::new(Code::WrongState)
            .detail(format!("{opens} 起可申请换证"), format!("a renewal may be filed from {opens} on"))
            .with("opens_on", opens.to_string()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use CertificateStatus::{Expired, Revoked, Suspended, Valid};

    #[test]
    fn the_whole_table() {
        use CertificateEvent::{Annul, Change, Expire, Lift, Revoke, Suspend};
        let table = [
            (Valid, [Some(Suspended), None, None, Some(Revoked), Some(Expired), Some(Revoked)]),
            (Suspended, [None, Some(Suspended), Some(Valid), Some(Revoked), Some(Expired), Some(Revoked)]),
            (Revoked, [None, None, None, None, None, Some(Revoked)]),
            (Expired, [None, None, None, None, None, Some(Revoked)]),
        ];
        for (status, row) in table {
            assert_eq!(
                [Suspend, Change, Lift, Revoke, Expire, Annul].map(|event| certificate_next(status, event)),
                row,
                "{status}"
            );
        }
    }

    #[test]
    fn a_certificate_past_its_days_has_expired_before_any_job_says_so() {
        let (last, after) = (Day::ymd(2022, 3, 1), Day::ymd(2022, 3, 2));
        let table =
            [(Valid, last, Valid), (Valid, after, Expired), (Suspended, after, Expired), (Revoked, after, Revoked)];
        for (status, today, expected) in table {
            assert_eq!(standing(status, last, today), expected);
        }
    }

    #[test]
    fn a_suspension_ends_today_at_the_earliest() {
        let today = Day::ymd(2021, 3, 10);
        for (until, right) in
            [(None, true), (Some(today), true), (Some(today.plus_days(30)), true), (Some(today.plus_days(-1)), false)]
        {
            assert_eq!(suspension_end(until, today).is_ok(), right, "{until:?}");
        }
    }

    #[test]
    fn a_certificate_stood_on_a_day_by_its_history_until_then() {
        type Row<'a> = (&'a [(&'a str, Day)], i8, bool);
        let (d, days) = (|day| Day::ymd(2021, 5, day), (Day::ymd(2021, 5, 1), Day::ymd(2021, 5, 20)));
        let table: [Row<'_>; 12] = [
            (&[("issued", d(1))], 1, true),
            (&[("issued", d(1))], 20, true),
            (&[("issued", d(1))], 21, false),
            (&[("issued", d(1)), ("suspended", d(5))], 4, true),
            (&[("issued", d(1)), ("suspended", d(5))], 5, false),
            (&[("issued", d(1)), ("suspended", d(5)), ("suspension_changed", d(6))], 7, false),
            (&[("issued", d(1)), ("suspended", d(5)), ("suspension_ended", d(7))], 6, false),
            (&[("issued", d(1)), ("suspended", d(5)), ("suspension_ended", d(7))], 7, true),
            (&[("issued", d(1)), ("revoked", d(9))], 8, true),
            (&[("issued", d(1)), ("revoked", d(9))], 9, false),
            (&[("issued", d(1)), ("annulled", d(9))], 8, false),
            (&[("issued", d(1)), ("expired", d(21))], 20, true),
        ];
        for (history, day, expected) in table {
            assert_eq!(stood_on(days, history, d(day)), expected, "{history:?} {day}");
        }
    }

    #[test]
    fn days_and_numbers() {
        let today = Day::ymd(2021, 3, 1);
        assert_eq!(validity(today, 365, None), (today, Day::ymd(2022, 2, 28)));
        // Early: from the day after the old one's last. Late, while the old one was kept in force: from today.
        assert_eq!(validity(today, 365, Some(Day::ymd(2021, 3, 31))).0, Day::ymd(2021, 4, 1));
        assert_eq!(validity(today, 365, Some(today)).0, Day::ymd(2021, 3, 2));
        assert_eq!(validity(today, 365, Some(Day::ymd(2021, 2, 28))).0, today);
        assert_eq!(number("NX-", 2021, 7), "NX-2021-00007");
        assert_eq!(batch("NX-", today), "NX-2021-03");
    }

    #[test]
    fn the_window_of_renewals() {
        let last = Day::ymd(2022, 2, 28);
        let code = |status, today| may_renew(status, last, today, 60).err().map(|e| e.code());
        let table = [
            (Valid, Day::ymd(2021, 12, 30), Some(Code::WrongState)),
            (Valid, Day::ymd(2021, 12, 31), None),
            (Suspended, last, None),
            (Valid, Day::ymd(2022, 3, 1), Some(Code::Expired)),
            (Revoked, Day::ymd(2022, 1, 31), Some(Code::Expired)),
        ];
        for (status, today, expected) in table {
            assert_eq!(code(status, today), expected, "{status} {today}");
        }
    }
}
