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
    /// More is sent back for an allowance than was allowed.
    MoreThanAllowed,
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
            R::MoreThanAllowed => {
                let en = "More would be sent back than was allowed";
                return of_payment("/amount_fen", "退款超过该次折让的金额", en);
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

/// Whether so much can be sent back for an allowance.
///
/// # Errors
/// When it is more than was allowed, less what was sent back for it already.
pub fn refund_of_allowance(allowed: Fen, sent: Fen, amount: Fen) -> Result<(), MoneyRefusal> {
    if amount > allowed.minus(sent)? { Err(MoneyRefusal::MoreThanAllowed) } else { Ok(()) }
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
mod tests;
