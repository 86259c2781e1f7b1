//! Pure decisions about bank statements: which payments a line may be, in what they agree, and when there is no doubt.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{BankLineId, PaymentId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Which way money went.
    Direction {
        /// 贷方、收入: it came.
        Credit "credit"
        /// 借方、支出: it left.
        Debit "debit"
    }
}

crate::text_enum! {
    /// How far the reading and booking of a statement has come.
    StatementState {
        /// Read; what it proposes waits for people.
        Read "read"
        /// A job books what is unambiguous.
        Booking "booking"
        /// The job has looked at every line.
        Booked "booked"
        /// The job stopped: who uploaded the statement may no longer book.
        Stopped "stopped"
    }
}

crate::text_enum! {
    /// Whether a line and a payment agree in something.
    Agreement {
        /// Both say the same.
        Agrees "agrees"
        /// They contradict each other.
        Differs "differs"
        /// One of them says nothing of it.
        Unknown "unknown"
    }
}

crate::text_enum! {
    /// As what the bank's payer is known to the payment.
    PayerAs {
        /// The payer that the orders name.
        Payer "payer"
        /// Who reported the payment.
        Reporter "reporter"
        /// The unit whose count the orders are.
        Unit "unit"
        /// Who placed the orders.
        Buyer "buyer"
        /// The unit's union.
        Union "union"
        /// The unit's accounting centre.
        AccountingCentre "accounting_centre"
    }
}

/// The fewest digits of an invoice number or bank reference that is looked for within a text.
const LEAST_IN_TEXT: usize = 8;

/// A line as far as matching needs it; texts are folded once.
#[derive(Debug, Clone)]
pub struct Line {
    /// The line.
    pub id: BankLineId,
    /// The bank's day.
    pub day: Day,
    /// How much came, in fen.
    pub amount: Fen,
    name: String,
    text: String,
    reference: Option<String>,
    orders: Vec<String>,
    numbers: Vec<String>,
}

/// What a bank writes beside a movement.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'a> {
    /// Who paid; empty when it does not say.
    pub name: &'a str,
    /// Summary, purpose and remark.
    pub text: &'a str,
    /// The bank's number.
    pub reference: Option<&'a str>,
}

impl Line {
    /// A line with what the bank writes beside it.
    #[must_use]
    pub fn new(id: BankLineId, day: Day, amount: Fen, written: Written<'_>) -> Line {
        Line {
            id,
            day,
            amount,
            name: folded(written.name),
            text: folded(written.text),
            reference: written.reference.map(folded).filter(|reference| !reference.is_empty()),
            orders: orders_named(written.text),
            numbers: numbers(written.text),
        }
    }
}

/// A payment as far as matching needs it; texts are folded once.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// Whether the supplier has not confirmed it yet.
    pub open: bool,
    /// The whole transfer, in fen.
    pub amount: Fen,
    /// The value date that was reported.
    pub day: Day,
    reference: Option<String>,
    names: Vec<(PayerAs, String)>,
    orders: Vec<String>,
    invoices: Vec<(String, String)>,
}

/// By what a bank's line may name a payment.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The bank's number that was reported.
    pub reference: Option<String>,
    /// Names under which its payer may transfer, the most likely first.
    pub names: Vec<(PayerAs, String)>,
    /// Ids of the orders that it pays.
    pub orders: Vec<String>,
    /// Code and number of their invoices.
    pub invoices: Vec<(String, String)>,
}

impl Payment {
    /// A payment with what may name it.
    #[must_use]
    pub fn new(id: PaymentId, open: bool, amount: Fen, day: Day, marks: Marks) -> Payment {
        Payment {
            id,
            open,
            amount,
            day,
            reference: marks.reference.as_deref().map(folded).filter(|reference| !reference.is_empty()),
            names: marks.names.iter().map(|(known_as, name)| (*known_as, folded(name))).collect(),
            orders: marks.orders,
            invoices: marks.invoices,
        }
    }
}

/// In what a line and a payment agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The payment.
    pub payment: PaymentId,
    /// Whether the supplier has not confirmed it yet.
    pub open: bool,
    /// To the fen.
    pub amount: Agreement,
    /// The payer's name.
    pub payer: Agreement,
    /// As what that name is known.
    pub payer_as: Option<PayerAs>,
    /// The bank's number.
    pub reference: Agreement,
    /// Orders named in the text.
    pub orders: Agreement,
    /// Invoices named in the text.
    pub invoices: Agreement,
    /// By how many days the bank's day is later than the reported one.
    pub days_later: i64,
}

impl Match {
    /// The line may well be this payment, by something that is not chance: its amount without another payer's name, its
    /// number, or an order or invoice in the text.
    #[must_use]
    pub fn is_likely(&self) -> bool {
        use Agreement::{Agrees, Differs};
        (self.amount == Agrees && self.payer != Differs)
            || [self.reference, self.orders, self.invoices].contains(&Agrees)
    }
    /// Amount and number, or amount and name agree.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        use Agreement::Agrees;
        self.amount == Agrees && (self.reference == Agrees || self.payer == Agrees)
    }
    fn score(&self) -> i64 {
        let of = |agreement: Agreement, weight: i64| if agreement == Agreement::Agrees { weight } else { 0 };
        of(self.amount, 16)
            + of(self.reference, 8)
            + of(self.orders, 4)
            + of(self.invoices, 4)
            + of(self.payer, 3)
            + i64::from(self.open)
    }
}

/// Letters and digits alone, half-width and lower-case: banks set spaces, brackets and full-width signs as they like.
#[must_use]
pub fn folded(text: &str) -> String {
    let narrowed = text.chars().map(|c| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    });
    narrowed.filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Ids of orders that a text names, whatever the case of its letters.
#[must_use]
pub fn orders_named(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices("ord_") {
        let digits: String = lower[at + 4..].chars().take(26).filter(char::is_ascii_alphanumeric).collect();
        if digits.len() == 26 {
            found.push(format!("ord_{digits}"));
        }
    }
    found
}

/// Runs of digits of a text that are long enough to be a number of an invoice.
fn numbers(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= LEAST_IN_TEXT);
    runs.map(str::to_owned).collect()
}

fn payer(line: &Line, payment: &Payment) -> (Agreement, Option<PayerAs>) {
    if line.name.is_empty() {
        return (Agreement::Unknown, None);
    }
    match payment.names.iter().find(|(_, known)| *known == line.name) {
        Some((known_as, _)) => (Agreement::Agrees, Some(*known_as)),
        None => (Agreement::Differs, None),
    }
}

fn reference(line: &Line, payment: &Payment) -> Agreement {
    let Some(wanted) = &payment.reference else { return Agreement::Unknown };
    let in_text = wanted.len() >= LEAST_IN_TEXT && line.text.contains(wanted.as_str());
    match &line.reference {
        Some(given) if given == wanted => Agreement::Agrees,
        _ if in_text => Agreement::Agrees,
        Some(_) => Agreement::Differs,
        None => Agreement::Unknown,
    }
}

fn orders(line: &Line, payment: &Payment) -> Agreement {
    if line.orders.is_empty() {
        Agreement::Unknown
    } else if line.orders.iter().all(|id| payment.orders.contains(id)) {
        Agreement::Agrees
    } else {
        Agreement::Differs
    }
}

/// Digits in a text may be anything: only a number that is there agrees, and one that is not contradicts nothing.
fn invoices(line: &Line, payment: &Payment) -> Agreement {
    let named = |(code, number): &(String, String)| {
        line.numbers.iter().any(|run| run == number || *run == format!("{code}{number}"))
    };
    if payment.invoices.iter().any(named) { Agreement::Agrees } else { Agreement::Unknown }
}

/// Whether two numbers of the bank are the same.
#[must_use]
pub fn same_number(a: Option<&str>, b: Option<&str>) -> Agreement {
    match (a.map(folded), b.map(folded)) {
        (Some(a), Some(b)) if a == b => Agreement::Agrees,
        (Some(_), Some(_)) => Agreement::Differs,
        _ => Agreement::Unknown,
    }
}

/// Compares a line with a payment.
#[must_use]
pub fn compare(line: &Line, payment: &Payment) -> Match {
    let (named, payer_as) = payer(line, payment);
    let amount = if line.amount == payment.amount { Agreement::Agrees } else { Agreement::Differs };
    Match {
        payment: payment.id,
        open: payment.open,
        amount,
        payer: named,
        payer_as,
        reference: reference(line, payment),
        orders: orders(line, payment),
        invoices: invoices(line, payment),
        days_later: line.day.epoch_days() - payment.day.epoch_days(),
    }
}

/// The payments that a line may be, the best first: those of its amount, and those that its number or text names. A payment
/// that was confirmed already is one of them only with the same amount, around its day.
#[must_use]
pub fn proposals(line: &Line, payments: &[Payment], days: i64) -> Vec<Match> {
    let mut found: Vec<Match> = payments
        .iter()
        .map(|payment| compare(line, payment))
        .filter(|m| {
            let near = m.days_later.abs() <= days;
            let same = m.amount == Agreement::Agrees;
            if m.open { same || [m.reference, m.orders, m.invoices].contains(&Agreement::Agrees) } else { same && near }
        })
        .collect();
    found.sort_by_key(|m| (std::cmp::Reverse(m.score()), m.days_later.abs(), m.payment));
    found
}

/// The one payment that a line is without doubt, if there is one: of the payments that it may be only one is likely, nobody
/// has confirmed it, amount and name or amount and number agree, the text names no other order, the days lie near each
/// other, and no other line may be that payment.
#[must_use]
pub fn certain(line: &Line, others: &[Line], payments: &[Payment], days: i64) -> Option<PaymentId> {
    let found = proposals(line, payments, days);
    let mut likely = found.iter().filter(|m| m.is_likely());
    let (only, none) = (likely.next()?, likely.next());
    let agrees = only.open && only.is_strong() && only.orders != Agreement::Differs && only.days_later.abs() <= days;
    let payment = payments.iter().find(|payment| payment.id == only.payment)?;
    let mut rivals = others.iter().filter(|other| other.id != line.id);
    let free = !rivals.any(|other| compare(other, payment).is_likely());
    (none.is_none() && agrees && free).then_some(only.payment)
}

/// The digits of an account number, without the spaces and dashes that people set between them.
///
/// # Errors
/// [`Refusal::Account`].
pub fn account(text: &str) -> Result<String, Refusal> {
    let kept: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits = kept.bytes().all(|b| b.is_ascii_digit());
    if digits && (6..=32).contains(&kept.len()) { Ok(kept) } else { Err(Refusal::Account) }
}

/// Why a statement is not read, or a line does not book a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Money left the account.
    Debit,
    /// The amounts differ.
    Amount,
    /// The supplier said that the payment never came.
    Denied,
    /// The line is booked, or the payment is.
    Booked,
    /// The number of the account is none.
    Account,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let (code, pointer, zh, en) = match refusal {
            Refusal::Debit => {
                (Code::PaymentMismatch, "/line_id", "是支出，不能确认到账", "is money that left the account")
            }
            Refusal::Amount => (
                Code::PaymentMismatch,
                "/payment_id",
                "金额与该笔流水不一致，请核对后单独确认",
                "is of another amount than the line; look into it and answer the payment itself",
            ),
            Refusal::Account => {
                let message = Message::new("应为6至32位数字", "must be 6 to 32 digits");
                return AppError::field(Code::ValidationFailed, "/account_number", message);
            }
            Refusal::Denied => {
                return AppError::new(Code::WrongState).detail("该付款已被否认", "The payment was denied");
            }
            Refusal::Booked => {
                let zh = "该流水已入账，或该付款已由其他流水确认";
                return AppError::new(Code::AlreadyExists)
                    .detail(zh, "The line is booked already, or the payment is by another line");
            }
        };
        AppError::field(code, pointer, Message::new(zh, en)).detail(zh, en)
    }
}

/// Whether a line may book a payment of this amount.
///
/// # Errors
/// [`Refusal::Debit`], [`Refusal::Amount`].
pub fn fits(direction: Direction, line: Fen, payment: Fen) -> Result<(), Refusal> {
    if direction == Direction::Debit {
        return Err(Refusal::Debit);
    }
    if line == payment { Ok(()) } else { Err(Refusal::Amount) }
}

#[cfg(test)]
mod tests;
