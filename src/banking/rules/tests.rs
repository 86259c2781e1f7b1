//! The tables of the rules about bank statements.

use super::*;

const ORDER: &str = "ord_01h45ytscbebyvny4gc8cr8ma2";

fn line(n: u8, fen: i64, name: &str, text: &str, reference: Option<&str>) -> Line {
    Line::new(BankLineId([n; 16]), Day::ymd(2021, 3, 5), Fen::new(fen), Written { name, text, reference })
}

fn called(n: u8, fen: i64, reference: Option<&str>, names: &[(PayerAs, &str)]) -> Payment {
    let marks = Marks {
        reference: reference.map(str::to_owned),
        names: names.iter().map(|(known_as, name)| (*known_as, (*name).to_owned())).collect(),
        orders: vec![ORDER.to_owned()],
        invoices: vec![("064002100111".to_owned(), "00000017".to_owned())],
    };
    Payment::new(PaymentId([n; 16]), true, Fen::new(fen), Day::ymd(2021, 3, 4), marks)
}

fn payment(n: u8, fen: i64, reference: Option<&str>) -> Payment {
    let centre = (PayerAs::AccountingCentre, "金凤区教育局（会计核算中心）");
    called(n, fen, reference, &[(PayerAs::Payer, "银川市第一小学"), centre])
}

#[test]
fn what_agrees_and_what_differs() {
    use Agreement::{Agrees, Differs, Unknown};
    let known = payment(1, 1000, Some("B-2021/77"));
    // Name, text, reference; then amount, payer, reference, orders, invoices.
    let table = [
        (line(1, 1000, "银川市 第一小学", "", Some("b202177")), [Agrees, Agrees, Agrees, Unknown, Unknown]),
        (line(1, 1001, "银川市第二小学", "货款", Some("B9")), [Differs, Differs, Differs, Unknown, Unknown]),
        (line(1, 1000, "", "", None), [Agrees, Unknown, Unknown, Unknown, Unknown]),
        (line(1, 1000, "金凤区教育局(会计核算中心)", "发票00000017", None), [Agrees, Agrees, Unknown, Unknown, Agrees]),
        (line(1, 1000, "", "发票06400210011100000017号", None), [Agrees, Unknown, Unknown, Unknown, Agrees]),
        (line(1, 1000, "", "发票100000017", None), [Agrees, Unknown, Unknown, Unknown, Unknown]),
        (
            line(1, 1000, "", &format!("付{} 款", ORDER.to_uppercase()), None),
            [Agrees, Unknown, Unknown, Agrees, Unknown],
        ),
        (line(1, 1000, "", "ord_01h45ytscbebyvny4gc8cr8ma3", None), [Agrees, Unknown, Unknown, Differs, Unknown]),
    ];
    for (line, [amount, payer, reference, orders, invoices]) in table {
        let found = compare(&line, &known);
        let told = [found.amount, found.payer, found.reference, found.orders, found.invoices];
        assert_eq!(told, [amount, payer, reference, orders, invoices], "{line:?}");
    }
    let centre = compare(&line(1, 1000, "金凤区教育局 会计核算中心", "", None), &known);
    assert_eq!((centre.payer_as, centre.days_later), (Some(PayerAs::AccountingCentre), 1));
    let long = payment(1, 1000, Some("20210304000177"));
    assert_eq!(compare(&line(1, 1, "", "跨行 20210304000177", None), &long).reference, Agrees);
    // A short number within a text may be anything.
    assert_eq!(compare(&line(1, 1, "", "B-2021/7 号楼", None), &payment(1, 1, Some("2021"))).reference, Unknown);
}

#[test]
fn a_line_is_booked_only_without_doubt() {
    let school = "银川市第一小学";
    let one = || vec![payment(1, 1000, None)];
    let certain = |line: &Line, others: &[Line], payments: &[Payment]| super::certain(line, others, payments, 31);
    let sure = line(1, 1000, school, "", None);
    assert_eq!(certain(&sure, &[], &one()), Some(PaymentId([1; 16])));
    // It is no rival of itself; nor is another amount, another payer.
    let harmless = [sure.clone(), line(2, 999, school, "", None), line(3, 1000, "别的学校", "", None)];
    assert_eq!(certain(&sure, &harmless, &one()), Some(PaymentId([1; 16])));
    for rival in [line(2, 1000, school, "", None), line(2, 1000, "", "", None), line(2, 7, "x", ORDER, None)] {
        assert_eq!(certain(&sure, std::slice::from_ref(&rival), &one()), None, "{rival:?}");
    }
    // Two payments that it may be, though one was confirmed by hand; a payment of somebody else's amount is none of them.
    let closed = Payment { open: false, ..payment(2, 1000, None) };
    assert_eq!(certain(&sure, &[], &[payment(1, 1000, None), closed.clone()]), None);
    let old = Payment { day: Day::ymd(2021, 1, 4), ..closed.clone() };
    assert_eq!(certain(&sure, &[], &[payment(1, 1000, None), old]), Some(PaymentId([1; 16])));
    let foreign = called(2, 1000, None, &[(PayerAs::Payer, "别的学校")]);
    assert_eq!(certain(&sure, &[], &[foreign, payment(1, 1000, None)]), Some(PaymentId([1; 16])));
    assert_eq!(certain(&sure, &[], &[closed]), None);
    // Amount alone, name alone, a text that names another order, a day too far away: proposed and not booked.
    let other_order = line(1, 1000, school, "ord_01h45ytscbebyvny4gc8cr8ma3", None);
    for unsure in [line(1, 1000, "", "", None), line(1, 999, school, ORDER, None), other_order] {
        assert_eq!(certain(&unsure, &[], &one()), None, "{unsure:?}");
        assert_eq!(proposals(&unsure, &one(), 31).len(), 1, "{unsure:?}");
    }
    let far = Payment { day: Day::ymd(2021, 2, 1), ..payment(1, 1000, None) };
    assert_eq!(
        (certain(&sure, &[], std::slice::from_ref(&far)), super::certain(&sure, &[], &[far], 32)),
        (None, Some(PaymentId([1; 16])))
    );
    // The number tells apart what amount and name do not.
    let numbered = line(1, 1000, school, "", Some("R1"));
    let twins = [payment(1, 1000, Some("R1")), payment(2, 1000, Some("R2"))];
    assert_eq!(certain(&numbered, &[], &twins), None, "two reports of one payer and amount are for a person");
    assert_eq!(proposals(&numbered, &twins, 31)[0].payment, PaymentId([1; 16]));
}

#[test]
fn what_books_what() {
    use Direction::{Credit, Debit};
    let table =
        [(Credit, 10, 10, Ok(())), (Credit, 10, 11, Err(Refusal::Amount)), (Debit, 10, 10, Err(Refusal::Debit))];
    for (direction, a, b, expected) in table {
        assert_eq!(fits(direction, Fen::new(a), Fen::new(b)), expected);
    }
}

#[test]
fn accounts_are_digits() {
    let table = [("6228 4804-02", Some("6228480402")), ("12345", None), ("62284x", None), ("", None)];
    for (text, expected) in table {
        assert_eq!(account(text).ok().as_deref(), expected, "{text}");
    }
}
