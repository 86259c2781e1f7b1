//! Money between buyer and supplier: which order a transfer pays, when it is due, whether an invoice agrees.

use crate::kernel::calendar::{Deadline, WorkCalendar};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::money::{Fen, Overflow, Ppm};
use crate::kernel::time::Day;
use crate::kernel::uscc::RegistrationKind;

/// Why money is not recorded as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyRefusal {
    /// The named parts do not sum to the transfer.
    PartsDoNotSum,
    /// No order was named.
    NothingToPay,
    /// Orders of several suppliers or payers in one transfer.
    SeveralSuppliers,
    /// More is sent back than was paid.
    MoreThanPaid,
    /// Money that was sent back was of the payment that is denied.
    SentBack,
    /// More is sent back for a return than its goods cost.
    MoreThanReturned,
    /// Net, tax and gross, or rate and tax, do not agree within 1 fen.
    InvoiceSums,
    /// An exempt invoice has neither rate nor tax.
    ExemptWithTax,
    /// A red-letter invoice is negative and names the invoice it takes back; any other is positive and names none.
    RedLetter,
    /// A red letter is dated before the invoice that it takes back.
    RedLetterEarly,
    /// A red letter has another rate of tax than the invoice that it takes back.
    RedLetterRate,
    /// Red letters take back more of a line than the invoice named, or a line that it did not name.
    RedLetterTooMuch,
    /// A line's gross is not within 1 fen of what was accepted.
    NotAccepted,
    /// The amount does not fit.
    TooLarge,
}

impl From<Overflow> for MoneyRefusal {
    fn from(_: Overflow) -> MoneyRefusal {
        MoneyRefusal::TooLarge
    }
}

impl From<MoneyRefusal> for AppError {
    fn from(refusal: MoneyRefusal) -> AppError {
        use MoneyRefusal as R;
        let of_payment = |pointer: &str, zh: &str, en: &str| {
            AppError::field(Code::PaymentMismatch, pointer, Message::new(zh, en)).detail(zh, en)
        };
        let (code, zh, en) = match refusal {
            R::PartsDoNotSum => {
                let en = "The amounts named for the orders do not sum to the transfer";
                return of_payment("/amount_fen", "各订单金额之和须等于转账金额", en);
            }
            R::NothingToPay => return of_payment("/orders", "没有可付款的订单", "There is no order to pay"),
            R::SeveralSuppliers => (
                Code::PaymentMismatch,
                "一笔转账只能付给一家供应商",
                "One transfer pays orders of one supplier and one payer",
            ),
            R::MoreThanPaid => {
                return of_payment("/amount_fen", "退款超过已付款净额", "More would be sent back than was paid");
            }
            R::SentBack => {
                let en = "Money of this payment was sent back already; it cannot be denied";
                return of_payment("/decision", "该付款已有退款，不能否认", en);
            }
            R::MoreThanReturned => {
                let en = "More would be sent back than the returned goods cost";
                return of_payment("/amount_fen", "退款超过该次退货的货款", en);
            }
            R::InvoiceSums => (
                Code::InvoiceMismatch,
                "金额、税额与价税合计不符",
                "Net, rate, tax and gross do not agree within 1 fen",
            ),
            R::ExemptWithTax => (Code::InvoiceMismatch, "免税发票不应有税额", "An exempt invoice carries no tax"),
            R::RedLetter => (
                Code::InvoiceMismatch,
                "红字发票金额为负并指明原发票，蓝字发票反之",
                "A red-letter invoice is negative and names the one it takes back; any other is positive and names none",
            ),
            R::RedLetterEarly => {
                let message =
                    Message::new("红字发票不能早于原发票", "is before the date of the invoice that it takes back");
                return AppError::field(Code::ValidationFailed, "/issued_on", message);
            }
            R::RedLetterRate => {
                let message = Message::new("税率须与原发票相同", "must be the rate of the invoice that it takes back");
                return AppError::new(Code::InvoiceMismatch).at("/rate_ppm", message);
            }
            R::RedLetterTooMuch => (
                Code::InvoiceMismatch,
                "红字金额超过原发票该行尚可冲回的金额",
                "More of a line would be taken back than its invoice named and earlier red letters left",
            ),
            R::NotAccepted => {
                (Code::InvoiceMismatch, "发票金额与验收金额不符", "The invoice does not agree with what was accepted")
            }
            R::TooLarge => return Code::AmountTooLarge.into(),
        };
        AppError::new(code).detail(zh, en)
    }
}

/// An order that a transfer may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payable {
    /// To be paid now, in fen: goods kept and their freight, less what is paid or reported.
    pub due: Fen,
    /// The most that is still to be paid, in fen: what is due, and what goods that are still to come can cost.
    pub open: Fen,
    /// When it is due; orders whose clock has not started come last.
    pub due_on: Option<Day>,
    /// Breaks ties: the older order first.
    pub placed_on: Day,
    /// The amount named for it, in fen.
    pub named: Option<Fen>,
}

/// What each order gets of a transfer: the named amounts; else first what is due, the oldest first, then what open goods can
/// still cost, in the same order; what is left over is a credit on the last.
///
/// # Errors
/// When named amounts do not sum to the transfer, when only some orders are named, or when there is no order.
pub fn allocate(transfer: Fen, orders: &[Payable]) -> Result<Vec<Fen>, MoneyRefusal> {
    if orders.is_empty() {
        return Err(MoneyRefusal::NothingToPay);
    }
    let named: Vec<Fen> = orders.iter().filter_map(|order| order.named).collect();
    if !named.is_empty() {
        let sums = named.len() == orders.len() && Fen::total(named.iter().copied())? == transfer;
        return if sums { Ok(named) } else { Err(MoneyRefusal::PartsDoNotSum) };
    }
    let mut places: Vec<usize> = (0..orders.len()).collect();
    places.sort_by_key(|place| {
        let order = &orders[*place];
        (order.due_on.is_none(), order.due_on, order.placed_on, *place)
    });
    let (mut parts, mut left) = (vec![Fen::ZERO; orders.len()], transfer);
    for wanted in [|order: &Payable| order.due, |order: &Payable| order.open] {
        for place in &places {
            let part = left.min(wanted(&orders[*place]).minus(parts[*place])?).max(Fen::ZERO);
            parts[*place] = parts[*place].plus(part)?;
            left = left.minus(part)?;
        }
    }
    if let Some(last) = places.iter().rev().find(|place| !parts[**place].is_zero()).or(places.last()) {
        parts[*last] = parts[*last].plus(left)?;
    }
    Ok(parts)
}

/// Whether so much can be sent back.
///
/// # Errors
/// When it is more than was paid and not yet sent back.
pub fn refund(paid: Fen, refunded: Fen, amount: Fen) -> Result<(), MoneyRefusal> {
    if amount > paid.minus(refunded)? { Err(MoneyRefusal::MoreThanPaid) } else { Ok(()) }
}

/// Whether so much can be sent back for a return of goods of this worth.
///
/// # Errors
/// When it is more than the goods cost, less what was sent back for them already.
pub fn refund_of_return(worth: Fen, sent: Fen, amount: Fen) -> Result<(), MoneyRefusal> {
    if amount > worth.minus(sent)? { Err(MoneyRefusal::MoreThanReturned) } else { Ok(()) }
}

/// The last day of a period of calendar days, the first day not counted, moved to a working day.
#[must_use]
pub fn payment_due(accepted_on: Day, payment_days: i64, calendar: &WorkCalendar) -> Deadline {
    calendar.roll_forward(accepted_on.plus_days(payment_days).date())
}

/// How the payment clock calls a payer; `None` where it binds nobody. Enterprises are bound when they are large.
#[must_use]
pub const fn clock_level(kind: Option<RegistrationKind>, is_sme: bool) -> Option<&'static str> {
    match kind {
        Some(RegistrationKind::Organ) => Some("organ"),
        Some(RegistrationKind::Institution) => Some("institution"),
        Some(RegistrationKind::Enterprise) if !is_sme => Some("large_enterprise"),
        _ => None,
    }
}

/// The day from which the payment days run: that of the first acceptance, or the end of the inspection days after the first
/// delivery, which is moved off days off; whichever is earlier. Provisional while the year of that end may still matter.
#[must_use]
pub fn clock_start(
    first_accepted: Option<Day>,
    first_shipped: Option<Day>,
    inspection_days: i64,
    calendar: &WorkCalendar,
) -> Option<Deadline> {
    let accepted = first_accepted.map(|day| Deadline { day: day.date(), provisional: false });
    let Some(shipped) = first_shipped else { return accepted };
    let inspected = payment_due(shipped, inspection_days, calendar);
    Some(match accepted {
        // No calendar moves the end of the inspection before the day on which it would fall without one.
        Some(accepted) if accepted.day <= shipped.plus_days(inspection_days).date() => accepted,
        Some(accepted) => Deadline { day: accepted.day.min(inspected.day), ..inspected },
        None => inspected,
    })
}

/// The tax of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tax {
    /// 免税.
    Exempt,
    /// A rate on the net amount.
    Rate(Ppm),
}

/// The sums of an invoice, in fen; all negative on a red-letter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceSums {
    /// Without tax.
    pub net: Fen,
    /// Exempt, or the rate.
    pub rate: Tax,
    /// The tax.
    pub tax: Fen,
    /// With tax; orders and receipts are matched with it.
    pub gross: Fen,
    /// Whether it takes back another invoice.
    pub red: bool,
}

/// Whether net, rate, tax and gross agree within 1 fen.
///
/// # Errors
/// The first disagreement.
pub fn check_invoice(sums: InvoiceSums) -> Result<(), MoneyRefusal> {
    let InvoiceSums { net, rate, tax, gross, red } = sums;
    let signs_fit = if red {
        net.get() < 0 && tax.get() <= 0 && gross.get() < 0
    } else {
        net.get() > 0 && tax.get() >= 0 && gross.get() > 0
    };
    if !signs_fit {
        return Err(MoneyRefusal::RedLetter);
    }
    if !within_one_fen(net.plus(tax)?, gross)? {
        return Err(MoneyRefusal::InvoiceSums);
    }
    match rate {
        Tax::Exempt if tax.is_zero() => Ok(()),
        Tax::Exempt => Err(MoneyRefusal::ExemptWithTax),
        Tax::Rate(ppm) if within_one_fen(net.share_half_up(ppm)?, tax)? => Ok(()),
        Tax::Rate(_) => Err(MoneyRefusal::InvoiceSums),
    }
}

/// Whether the gross invoiced on a line, red letters deducted, agrees within 1 fen with what was accepted and kept. An invoice
/// may come before the goods, or for a part of them: then it must not be above what was ordered.
///
/// # Errors
/// When it does not agree.
pub fn check_matched(invoiced: Fen, ordered: Fen, kept: Fen, line_closed: bool) -> Result<(), MoneyRefusal> {
    let most = if line_closed { kept } else { ordered.max(kept) };
    if invoiced.get() < 0 || invoiced > most.plus(Fen::new(1))? { Err(MoneyRefusal::NotAccepted) } else { Ok(()) }
}

/// Whether a red letter fits a line: it takes back at most what was invoiced, also in parts; what is left need not agree yet.
///
/// # Errors
/// When more would be taken back.
pub fn check_taken_back(left: Fen) -> Result<(), MoneyRefusal> {
    if left.get() < 0 { Err(MoneyRefusal::NotAccepted) } else { Ok(()) }
}

/// What a red letter and the invoice that it takes back say of themselves: day and rate of tax in parts per million.
pub type Paper = (Day, Option<Ppm>);

/// Whether a red letter may take an invoice back at all: no earlier than it, at its rate.
///
/// # Errors
/// [`MoneyRefusal::RedLetterEarly`], [`MoneyRefusal::RedLetterRate`].
pub fn check_red_letter(red: Paper, original: Paper) -> Result<(), MoneyRefusal> {
    if red.0 < original.0 {
        return Err(MoneyRefusal::RedLetterEarly);
    }
    if red.1 == original.1 { Ok(()) } else { Err(MoneyRefusal::RedLetterRate) }
}

/// Whether a line that an invoice named may be taken back by so much (negative), after what red letters took already (negative).
///
/// # Errors
/// [`MoneyRefusal::RedLetterTooMuch`] when less than nothing would be left of it.
pub fn check_line_left(named: Fen, taken: Fen, gross: Fen) -> Result<(), MoneyRefusal> {
    if named.plus(taken)?.plus(gross)? < Fen::ZERO { Err(MoneyRefusal::RedLetterTooMuch) } else { Ok(()) }
}

/// The freight that may be invoiced: none when no goods were kept and none can come.
#[must_use]
pub const fn freight_payable(freight: Fen, goods_kept: bool, goods_open: bool) -> Fen {
    if goods_kept || goods_open { freight } else { Fen::ZERO }
}

/// Whether an invoiced line agrees in full with what was accepted and kept.
#[must_use]
pub fn agrees(invoiced: Fen, kept: Fen) -> bool {
    within_one_fen(invoiced, kept) == Ok(true)
}

fn within_one_fen(a: Fen, b: Fen) -> Result<bool, Overflow> {
    Ok(a.minus(b)?.get().abs() <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::calendar::DayKind;

    fn fen(amount: i64) -> Fen {
        Fen::new(amount)
    }
    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn payable(open: i64, due_on: Option<&str>, placed_on: &str, named: Option<i64>) -> Payable {
        Payable {
            due: fen(open),
            open: fen(open),
            due_on: due_on.map(day),
            placed_on: day(placed_on),
            named: named.map(fen),
        }
    }

    #[test]
    fn a_transfer_pays_what_is_named_else_the_oldest_due_first() {
        let orders = [
            payable(300, None, "2021-01-01", None),
            payable(200, Some("2021-03-01"), "2021-02-01", None),
            payable(100, Some("2021-02-01"), "2021-02-02", None),
        ];
        for (transfer, parts) in
            [(50, [0, 0, 50]), (100, [0, 0, 100]), (250, [0, 150, 100]), (600, [300, 200, 100]), (650, [350, 200, 100])]
        {
            assert_eq!(allocate(fen(transfer), &orders), Ok(parts.map(fen).to_vec()), "{transfer}");
        }
        let named = [payable(10, None, "2021-01-01", Some(70)), payable(10, None, "2021-01-01", Some(30))];
        assert_eq!(allocate(fen(100), &named), Ok(vec![fen(70), fen(30)]));
        assert_eq!(allocate(fen(101), &named), Err(MoneyRefusal::PartsDoNotSum));
        let half = [payable(10, None, "2021-01-01", Some(100)), payable(10, None, "2021-01-01", None)];
        assert_eq!(allocate(fen(100), &half), Err(MoneyRefusal::PartsDoNotSum));
        assert_eq!(allocate(fen(100), &[]), Err(MoneyRefusal::NothingToPay));
        // Everything is paid already: the transfer is a credit.
        let paid = [payable(0, Some("2021-03-01"), "2021-02-01", None), payable(-5, None, "2021-02-01", None)];
        assert_eq!(allocate(fen(7), &paid), Ok(vec![fen(0), fen(7)]));
    }

    #[test]
    fn what_is_due_is_paid_before_what_is_still_to_come() {
        // Of the first 10.00 are accepted and 90.00 open; all of the second is accepted, later.
        let orders = [
            Payable { open: fen(10_000), ..payable(1_000, Some("2021-03-31"), "2021-02-01", None) },
            payable(5_000, Some("2021-04-01"), "2021-02-02", None),
        ];
        for (transfer, parts) in
            [(900, [900, 0]), (6_000, [1_000, 5_000]), (7_000, [2_000, 5_000]), (15_001, [10_000, 5_001])]
        {
            assert_eq!(allocate(fen(transfer), &orders), Ok(parts.map(fen).to_vec()), "{transfer}");
        }
        // More is paid than is due: the goods to come take the difference only.
        let ahead = [
            Payable { open: fen(300), ..payable(-200, None, "2021-02-01", None) },
            payable(50, None, "2021-02-02", None),
        ];
        assert_eq!(allocate(fen(400), &ahead), Ok(vec![fen(300), fen(100)]));
    }

    #[test]
    fn no_more_goes_back_than_was_paid() {
        assert_eq!(refund(fen(100), fen(40), fen(60)), Ok(()));
        assert_eq!(refund(fen(100), fen(40), fen(61)), Err(MoneyRefusal::MoreThanPaid));
    }

    #[test]
    fn the_payment_clock_counts_calendar_days_and_ends_on_a_working_day() {
        let off: Vec<_> = (1..=8).map(|d| (Day::ymd(2020, 10, d).date(), DayKind::Off)).collect();
        let calendar = WorkCalendar::new(off, [2020]);
        for (accepted, days, due) in [
            ("2020-09-01", 29, "2020-09-30"),
            ("2020-09-01", 30, "2020-10-09"), // 10-01 is a day off
            ("2020-11-05", 30, "2020-12-07"), // a Saturday
        ] {
            assert_eq!(payment_due(day(accepted), days, &calendar).day, day(due).date());
        }
        assert!(payment_due(day("2020-12-20"), 30, &calendar).provisional);
    }

    #[test]
    fn the_payment_clock_binds_organs_institutions_and_large_enterprises() {
        use RegistrationKind as K;
        for (kind, is_sme, level) in [
            (Some(K::Organ), false, Some("organ")),
            (Some(K::Institution), true, Some("institution")),
            (Some(K::Enterprise), false, Some("large_enterprise")),
            (Some(K::Enterprise), true, None),
            (None, false, None),
        ] {
            assert_eq!(clock_level(kind, is_sme), level);
        }
    }

    #[test]
    fn the_payment_clock_starts_with_the_acceptance_or_when_the_inspection_days_have_passed() {
        let off = (1..=5).map(|d| (Day::ymd(2021, 5, d).date(), DayKind::Off)).collect::<Vec<_>>();
        let calendar = WorkCalendar::new(off, [2021]);
        for (accepted, shipped, start) in [
            (None, None, None),
            (None, Some("2021-04-19"), Some("2021-04-22")),
            (Some("2021-04-21"), Some("2021-04-19"), Some("2021-04-21")),
            (Some("2021-04-30"), Some("2021-04-19"), Some("2021-04-22")),
            (None, Some("2021-04-28"), Some("2021-05-06")), // Labour Day
            (Some("2021-05-05"), Some("2021-04-28"), Some("2021-05-05")),
        ] {
            let found = clock_start(accepted.map(day), shipped.map(day), 3, &calendar);
            assert_eq!(found.map(|start| Day::new(start.day)), start.map(day), "{shipped:?}");
            assert!(found.is_none_or(|start| !start.provisional), "{shipped:?}");
        }
        // The inspection ends on a Saturday of a year that is not loaded: until the Monday, unless it is worked.
        for (accepted, start, provisional) in [
            (None, "2022-01-03", true),
            (Some("2022-01-04"), "2022-01-03", true),
            (Some("2022-01-02"), "2022-01-02", true),
            (Some("2022-01-01"), "2022-01-01", false),
        ] {
            let found = clock_start(accepted.map(day), Some(day("2021-12-29")), 3, &calendar);
            assert_eq!(found, Some(Deadline { day: day(start).date(), provisional }), "{accepted:?}");
        }
    }

    #[test]
    fn invoices_agree_within_one_fen() {
        let sums = |net, rate, tax, gross, red| {
            let rate = if rate < 0 { Tax::Exempt } else { Tax::Rate(Ppm(rate)) };
            check_invoice(InvoiceSums { net: fen(net), rate, tax: fen(tax), gross: fen(gross), red })
        };
        assert_eq!(sums(10_000, 90_000, 900, 10_900, false), Ok(()));
        assert_eq!(sums(10_000, 90_000, 901, 10_900, false), Ok(()));
        assert_eq!(sums(10_000, 90_000, 902, 10_902, false), Err(MoneyRefusal::InvoiceSums));
        assert_eq!(sums(10_000, 90_000, 900, 10_902, false), Err(MoneyRefusal::InvoiceSums));
        assert_eq!(sums(10_000, -1, 0, 10_000, false), Ok(()));
        assert_eq!(sums(10_000, -1, 5, 10_005, false), Err(MoneyRefusal::ExemptWithTax));
        assert_eq!(sums(-10_000, 90_000, -900, -10_900, true), Ok(()));
        assert_eq!(sums(-10_000, 90_000, -900, -10_900, false), Err(MoneyRefusal::RedLetter));
        assert_eq!(sums(10_000, 90_000, 900, 10_900, true), Err(MoneyRefusal::RedLetter));
        assert_eq!(sums(i64::MAX, 90_000, i64::MAX, 1, false), Err(MoneyRefusal::TooLarge));
    }

    #[test]
    fn an_invoiced_line_agrees_with_what_was_accepted() {
        for (invoiced, ordered, kept, closed, fits) in [
            (1_001, 2_000, 1_000, true, true),
            (1_002, 2_000, 1_000, true, false),
            (2_001, 2_000, 1_000, false, true), // before the goods have come
            (2_002, 2_000, 1_000, false, false),
            (2_100, 2_000, 2_100, false, true), // weighed goods within their tolerance
            (-1, 2_000, 1_000, true, false),
        ] {
            assert_eq!(check_matched(fen(invoiced), fen(ordered), fen(kept), closed).is_ok(), fits, "{invoiced}");
        }
        assert!(agrees(fen(999), fen(1_000)) && !agrees(fen(998), fen(1_000)));
    }

    #[test]
    fn a_red_letter_follows_its_invoice_and_leaves_nothing_below_nothing() {
        let (day, later) = (Day::ymd(2021, 3, 1), Day::ymd(2021, 3, 2));
        let rate = Some(Ppm(90_000));
        for (red, answer) in [
            ((day, rate), Ok(())),
            ((later, rate), Ok(())),
            ((Day::ymd(2021, 2, 28), rate), Err(MoneyRefusal::RedLetterEarly)),
            ((later, None), Err(MoneyRefusal::RedLetterRate)),
            ((later, Some(Ppm(130_000))), Err(MoneyRefusal::RedLetterRate)),
        ] {
            assert_eq!(check_red_letter(red, (day, rate)), answer, "{red:?}");
        }
        let left = |taken, gross| check_line_left(fen(10_000), fen(taken), fen(gross));
        assert_eq!((left(0, -10_000), left(-8_000, -2_000)), (Ok(()), Ok(())));
        assert_eq!(left(0, -10_001), Err(MoneyRefusal::RedLetterTooMuch));
        assert_eq!(left(-8_000, -2_001), Err(MoneyRefusal::RedLetterTooMuch));
    }

    #[test]
    fn a_red_letter_takes_back_in_parts_and_freight_goes_with_the_goods() {
        assert_eq!(check_taken_back(fen(0)), Ok(()));
        assert_eq!(check_taken_back(fen(9_000)), Ok(()));
        assert_eq!(check_taken_back(fen(-1)), Err(MoneyRefusal::NotAccepted));
        for (kept, open, payable) in [(false, false, 0), (true, false, 500), (false, true, 500), (true, true, 500)] {
            assert_eq!(freight_payable(fen(500), kept, open), fen(payable));
        }
    }
}
