//! Table tests of what venues may report.

use super::*;

fn county(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn source(order: u8, quantity: i64, fen: i64) -> NewSource {
    NewSource { order_id: OrderId([order; 16]), line_no: 1, quantity: Quantity::units(quantity), amount: Fen::new(fen) }
}

fn sale() -> NewSale {
    NewSale {
        receipt_no: "1".into(),
        sold_on: Day::ymd(2021, 5, 4),
        name: "滩羊肉".into(),
        certificate_number: None,
        county: Some(county("640323")),
        quantity: Quantity::units(2),
        unit: "箱".into(),
        amount: Fen::new(20_000),
        sources: Vec::new(),
    }
}

fn bought(sources: Vec<NewSource>) -> NewSale {
    NewSale { sources, county: None, ..sale() }
}

#[test]
fn what_a_sale_alone_shows_to_be_wrong_is_named_at_once() {
    let (opened, today) = (Day::ymd(2021, 5, 1), Day::ymd(2021, 5, 10));
    let certified = NewSale { certificate_number: Some("NX-2021-00001".into()), ..sale() };
    let named = |sale: &NewSale, closed: Option<Day>| -> Vec<String> {
        faults(sale, (opened, closed), today).into_iter().map(|fault| fault.pointer).collect()
    };
    let table: [(NewSale, Option<Day>, &[&str]); 12] = [
        (sale(), None, &[]),
        (sale(), Some(Day::ymd(2021, 5, 4)), &[]),
        (sale(), Some(Day::ymd(2021, 5, 3)), &["/sold_on"]),
        (NewSale { sold_on: Day::ymd(2021, 4, 30), ..sale() }, None, &["/sold_on"]),
        (NewSale { sold_on: Day::ymd(2021, 5, 11), ..sale() }, None, &["/sold_on"]),
        (NewSale { county: None, ..sale() }, None, &["/county"]),
        (NewSale { county: Some(county("640000")), ..sale() }, None, &["/county"]),
        (certified.clone(), None, &["/county"]),
        (NewSale { county: None, ..certified }, None, &[]),
        (bought(vec![source(1, 1, 12_000), source(2, 1, 8_000)]), None, &[]),
        (bought(vec![source(1, 1, 12_000), source(2, 1, 8_001)]), None, &["/sources"]),
        (bought(vec![source(1, 1, 1), source(1, 1, 1)]), None, &["/sources/1/line_no"]),
    ];
    for (sale, closed, expected) in table {
        assert_eq!(named(&sale, closed), expected, "{sale:?} {closed:?}");
    }
}

#[test]
fn no_more_of_a_line_is_named_than_was_bought_for_resale_and_kept() {
    let line = |purpose, kept, sold| Stocked { purpose, kept: Quantity::units(kept), sold: Quantity::units(sold) };
    let named = |line, quantity| may_name(line, Quantity::units(quantity)).err().map(|fault| fault.pointer);
    assert_eq!(named(line(Purpose::Resale, 10, 4), 6), None);
    assert_eq!(named(line(Purpose::Resale, 10, 4), 7).as_deref(), Some("/quantity"));
    assert_eq!(named(line(Purpose::Resale, 3, 4), 1).as_deref(), Some("/quantity"));
    for purpose in Purpose::ALL.iter().filter(|purpose| **purpose != Purpose::Resale) {
        assert_eq!(named(line(*purpose, 10, 0), 1).as_deref(), Some("/order_id"), "{purpose}");
    }
}

#[test]
fn parts_sum_to_the_fen_and_only_the_remainder_is_added() {
    let blend = [(county("640323"), 333_334), (county("640324"), 333_333), (county("640522"), 333_333)];
    for amount in 1..40 {
        for sourced in 0..=amount {
            let parts = parts(Fen::new(amount), Fen::new(sourced), &blend).unwrap();
            assert_eq!(parts.iter().map(|part| part.total.get()).sum::<i64>(), amount);
            assert_eq!(parts.iter().map(|part| part.sourced.get()).sum::<i64>(), sourced);
            assert!(parts.iter().all(|part| Fen::ZERO <= part.sourced && part.sourced <= part.total), "{parts:?}");
        }
    }
}

#[test]
fn the_same_said_in_another_order_is_the_same_sale() {
    let one = bought(vec![source(1, 1, 12_000), source(2, 1, 8_000)]);
    let other = bought(vec![source(2, 1, 8_000), source(1, 1, 12_000)]);
    assert_eq!(one.content(), other.content());
    for changed in [
        NewSale { amount: Fen::new(20_001), ..one.clone() },
        NewSale { quantity: Quantity::units(3), ..one.clone() },
        NewSale { sold_on: Day::ymd(2021, 5, 5), ..one.clone() },
        NewSale { name: "羊肉".into(), ..one.clone() },
        NewSale { sources: Vec::new(), ..one.clone() },
    ] {
        assert_ne!(changed.content(), one.content(), "{changed:?}");
    }
}

#[test]
fn a_venue_is_closed_once_on_a_day_that_is_over() {
    let (opened, today) = (Day::ymd(2021, 5, 1), Day::ymd(2021, 5, 10));
    let code = |closed, on| may_close((opened, closed), on, today).err().map(|error| error.code());
    assert_eq!(code(None, today), None);
    assert_eq!(code(None, opened), None);
    assert_eq!(code(None, Day::ymd(2021, 5, 11)), Some(Code::ValidationFailed));
    assert_eq!(code(None, Day::ymd(2021, 4, 30)), Some(Code::ValidationFailed));
    assert_eq!(code(Some(opened), today), Some(Code::WrongState));
}
