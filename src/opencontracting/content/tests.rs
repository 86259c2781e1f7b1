//! A whole process against its releases as they are written, and the cases that no order of the tests comes to.

use super::facts::{Entry, Line, Named, Process, ReleaseKind, Reserve, Said};
use super::model::compiled;
use super::releases;
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::{Category, Fund};
use crate::kernel::time::{At, Day};
use crate::opencontracting::json;

const DAY_MS: i64 = 86_400_000;

fn named(n: u8, name: &str, uscc: Option<&str>, region: Option<&str>) -> Named {
    Named {
        org: OrgId([n; 16]),
        name: name.to_owned(),
        uscc: uscc.map(str::to_owned),
        region: region.map(|code| code.parse().unwrap()),
    }
}

fn line(line_no: i64, milli: i64, fen: i64) -> Line {
    Line {
        line_no,
        name: "盐池滩羊".to_owned(),
        unit: "千克".to_owned(),
        category: Category::Meat,
        origins: vec!["640323".parse().unwrap()],
        certificates: vec!["宁扶认2021001".to_owned()],
        quantity: Quantity::from_milli(milli),
        unit_price: Fen::new(fen),
    }
}

/// Facts a day apart, the first at the begin of 1 March 2021.
fn process(facts: Vec<(ReleaseKind, Said)>) -> Process {
    let school = named(1, "银川市第一小学", Some("121200004013590816"), Some("640104"));
    let entries = (1..).zip(facts).map(|(seq, (kind, said))| Entry {
        seq,
        kind,
        // What is denied is the payment before.
        subject: [u8::try_from(if kind == ReleaseKind::Unpaid { 7 } else { seq }).unwrap(); 16],
        at: Day::ymd(2021, 3, 1).start().plus_ms((seq - 1) * DAY_MS),
        said,
    });
    Process {
        ocid: "ocds-yigou0-ord_1".to_owned(),
        order: OrderId([9; 16]),
        unit: school.clone(),
        buyer: school,
        payer: named(2, "银川市会计核算中心", None, None),
        supplier: named(3, "盐池滩羊合作社", Some("93640323MA00000001"), Some("640323")),
        fund: Fund::Canteen,
        year: 2021,
        wanted_until: Some(Day::ymd(2021, 3, 31)),
        held: Fen::new(13_000),
        freight: Fen::new(500),
        lines: vec![line(1, 2_500, 3_333), line(2, 1_000, 4_000)],
        reserves: vec![
            Reserve { published_on: Day::ymd(2021, 3, 4), reserved: Fen::new(1_000_000) },
            Reserve { published_on: Day::ymd(2021, 3, 5), reserved: Fen::new(1_000_000) },
        ],
        entries: entries.collect(),
    }
}

fn life() -> Vec<(ReleaseKind, Said)> {
    let (day, fen, kg) = (Day::ymd(2021, 3, 3), Fen::new, Quantity::from_milli);
    vec![
        (ReleaseKind::Told, Said::Nothing),
        (ReleaseKind::Confirmed, Said::Nothing),
        (ReleaseKind::Repriced, Said::Repriced(vec![(2, fen(3_999))])),
        (ReleaseKind::Accepted, Said::Accepted(day, vec![(1, kg(1_500), fen(5_000)), (2, kg(1_000), fen(3_999))])),
        (ReleaseKind::ShortClosed, Said::ShortClosed(vec![(1, kg(1_000))])),
        (ReleaseKind::Closed, Said::Nothing),
        (ReleaseKind::Paid, Said::Money(day, fen(10_000))),
        (ReleaseKind::Returned, Said::Returned(day, vec![(1, fen(1_001))])),
        (ReleaseKind::Refunded, Said::Money(day, fen(1_501))),
        (ReleaseKind::Allowed, Said::Allowed(day, vec![(0, fen(100)), (2, fen(99))])),
        (ReleaseKind::Unpaid, Said::Money(day, fen(10_000))),
    ]
}

#[test]
fn a_whole_process_is_written_as_it_was() {
    let all = releases(&process(life())).unwrap();
    let mut written: String =
        all.iter().map(|release| String::from_utf8(json::text(release).unwrap()).unwrap() + "\n").collect();
    written += &(String::from_utf8(json::text(&compiled(&all).unwrap()).unwrap()).unwrap() + "\n");
    assert_eq!(written, include_str!("../../../tests/expected/ocds_releases.jsonl"), "{written}");
}

#[test]
fn what_follows_changes_no_release_before_it() {
    let all = releases(&process(life())).unwrap();
    let mut told = 0;
    for facts in 1..=life().len() {
        let some = releases(&process(life().into_iter().take(facts).collect())).unwrap();
        assert_eq!(all[..some.len()], some[..], "{facts} facts");
        assert!(some.len() >= told);
        told = some.len();
    }
    // That the last line was closed says nothing before what was kept is paid.
    assert_eq!(
        (told, all.iter().any(|release| release.id.ends_with("closed") && release.id.contains("-0006-"))),
        (10, false)
    );
}

#[test]
fn dates_rise_whatever_the_clocks_say() {
    let mut behind = process(life());
    for entry in &mut behind.entries {
        entry.at = At(1_000 - entry.seq);
    }
    let all = releases(&behind).unwrap();
    assert!(all.windows(2).all(|two| two[0].date < two[1].date));
}

#[test]
fn a_confirmed_order_that_is_cancelled_agrees_nothing_any_more() {
    let facts = vec![
        (ReleaseKind::Told, Said::Nothing),
        (ReleaseKind::Confirmed, Said::Nothing),
        (ReleaseKind::Cancelled, Said::Nothing),
    ];
    let all = releases(&process(facts)).unwrap();
    let contract = compiled(&all).unwrap().contracts.remove(0);
    assert_eq!(contract.status, Some("terminated"));
    assert_eq!(contract.value, Some(super::model::Value::of(Fen::ZERO)));
    assert_eq!(all[2].tag, ["awardCancellation", "contractTermination", "contractAmendment"]);
}
