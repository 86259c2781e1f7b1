//! What rows ask for, what documents are good for, and when something is due about them.

use super::super::evidence::QualityFacts;
use super::*;

fn day(month: i8, day: i8) -> Day {
    Day::ymd(2021, month, day)
}
fn row(value: &str) -> Vec<Requirement> {
    Requirement::of_row(Element::Quality, value, RuleId([1; 16]))
}
fn report(expires_on: Option<Day>) -> Facts {
    let proof = QualityProof::InspectionReport;
    Facts::Quality(QualityFacts { proof, number: None, expires_on, marks: None })
}
fn licence(expires_on: Day, marks: Option<Vec<CarriedMark>>) -> Facts {
    let proof = QualityProof::FoodLicence;
    Facts::Quality(QualityFacts { proof, number: None, expires_on: Some(expires_on), marks })
}
fn carried(mark: Mark, number: &str, expires_on: Day) -> CarriedMark {
    CarriedMark { mark, number: number.to_owned(), expires_on }
}

#[test]
fn a_row_asks_for_documents_together_and_for_any_of_several() {
    let table: [(&str, &[&[&str]]); 4] = [
        ("any", &[&[]]),
        ("food_licence", &[&["food_licence"]]),
        ("food_licence/inspection_report", &[&["food_licence", "inspection_report"]]),
        (
            "food_licence+inspection_report/mark_certificate",
            &[&["food_licence"], &["inspection_report", "mark_certificate"]],
        ),
    ];
    for (value, expected) in table {
        let asked: Vec<Vec<String>> = row(value).into_iter().map(|requirement| requirement.any_of).collect();
        assert_eq!(asked, expected, "{value}");
    }
    let keys: Vec<String> =
        row("any").iter().chain(&row("food_licence/inspection_report")).map(Requirement::key).collect();
    assert_eq!(keys, ["quality:any", "quality:food_licence/inspection_report"]);
    // What a row says twice is asked for once: a certificate rests on each requirement by its key.
    assert_eq!(row("food_licence+inspection_report+food_licence").len(), 2);
    assert_eq!(Requirement::of_mark(Mark::Green).unwrap().key(), "mark:green");
    assert!(Requirement::of_mark(Mark::None).is_none());
}

#[test]
fn a_requirement_is_met_as_long_as_the_document_that_lasts_longest() {
    let mark = |until| Some(vec![carried(Mark::Green, "LB-45-2006300123A", until)]);
    let table: [(&str, Vec<Facts>, Met); 8] = [
        ("any", vec![], Met::No),
        ("any", vec![report(Some(day(5, 1))), licence(day(7, 1), None)], Met::Until(day(7, 1))),
        ("any", vec![licence(day(7, 1), None), report(None)], Met::Always),
        ("food_licence", vec![report(None)], Met::No),
        ("food_licence", vec![licence(day(7, 1), None), licence(day(5, 1), None)], Met::Until(day(7, 1))),
        ("mark_certificate", vec![licence(day(7, 1), None)], Met::No),
        ("mark_certificate", vec![licence(day(7, 1), mark(day(6, 1)))], Met::Until(day(6, 1))),
        ("mark_certificate/food_licence", vec![licence(day(7, 1), mark(day(6, 1)))], Met::Until(day(7, 1))),
    ];
    for (value, facts, expected) in table {
        let documents: Vec<Brought> = facts.iter().flat_map(Facts::documents).collect();
        assert_eq!(row(value)[0].met(&documents), expected, "{value}: {facts:?}");
    }
    let green = Requirement::of_mark(Mark::Green).unwrap();
    let other = licence(day(7, 1), Some(vec![carried(Mark::Organic, "14920000000000001", day(6, 1))]));
    assert_eq!(green.met(&other.documents()), Met::No);
    assert_eq!(green.met(&licence(day(7, 1), mark(day(6, 1))).documents()), Met::Until(day(6, 1)));
    // A document of another element never meets it.
    let price = Brought { element: Element::Price, kind: "contract", mark: None, expires_on: None };
    assert_eq!(row("any")[0].met(&[price]), Met::No);
}

#[test]
fn what_is_lacking_or_has_ended_is_named_by_element() {
    let mut asked = row("food_licence+inspection_report");
    asked.extend(Requirement::of_row(Element::Price, "any", RuleId([2; 16])));
    asked.extend(Requirement::of_mark(Mark::Green));
    let documents = licence(day(2, 1), None).documents();
    let error = all_met(&asked, &documents, day(3, 1)).unwrap_err();
    let said: Vec<(&str, &str, &str)> =
        error.parts().fields.iter().map(|f| (f.pointer.as_str(), f.code, f.detail.zh.as_str())).collect();
    assert_eq!(error.code(), Code::EvidenceMissing);
    assert_eq!(
        said,
        [
            ("/elements/quality", "expired", "食品生产许可证已于 2021-02-01 到期"),
            ("/elements/quality", "missing", "缺少检验报告"),
            ("/elements/price", "missing", "缺少价格不高于同类的证明"),
            ("/elements/quality", "missing", "缺少绿色食品证书"),
        ]
    );
    assert!(all_met(&row("food_licence"), &documents, day(2, 1)).is_ok(), "its last day counts");
}

#[test]
fn something_is_due_sixty_and_thirty_days_before_and_on_the_day_after() {
    let ends = day(7, 31);
    let (first, second) = (ends.plus_days(-60), ends.plus_days(-30));
    let table = [
        // Long before: the first warning.
        (None, day(3, 1), first),
        (Some(first), first, second),
        (Some(second), second, day(8, 1)),
        // Known late: what has gone by is told once, at once.
        (None, first.plus_days(5), first),
        (None, second.plus_days(5), second),
        (Some(second.plus_days(5)), second.plus_days(5), day(8, 1)),
        // Over already.
        (None, day(9, 1), day(8, 1)),
    ];
    for (after, today, expected) in table {
        assert_eq!(act_on(ends, &[60, 30], after, today), expected, "{after:?} {today}");
    }
}

#[test]
fn numbers_of_marks_are_looked_at() {
    type Looked = Result<Option<EvidenceWarning>, ()>;
    use EvidenceWarning::{MarkNumber, OrganicYear};
    let table: [(Mark, &str, Looked); 15] = [
        (Mark::Organic, "14920123456789012", Ok(None)),
        (Mark::Organic, "149-20-123456789012", Ok(None)),
        (Mark::Organic, "14922123456789012", Ok(Some(OrganicYear(2022)))),
        (Mark::Organic, "1492012345678901", Err(())),
        (Mark::Organic, "1492012345678901X", Err(())),
        (Mark::Organic, "１４９２０１２３４５６７８９０１２", Err(())),
        (Mark::Green, "LB-45-2006300123A", Ok(None)),
        (Mark::Green, "lb-45-2006300123AA", Ok(None)),
        (Mark::Green, "GF640323200012", Ok(None)),
        (Mark::Green, "LB-45-2006300123", Ok(Some(MarkNumber(Mark::Green)))),
        (Mark::Green, "绿证一号", Ok(Some(MarkNumber(Mark::Green)))),
        (Mark::GeographicalIndication, "AGI00123", Ok(None)),
        (Mark::GeographicalIndication, "12345678", Ok(None)),
        (Mark::GeographicalIndication, "质检总局公告2016年第9号", Ok(None)),
        (Mark::GeographicalIndication, "AGI123", Ok(Some(MarkNumber(Mark::GeographicalIndication)))),
    ];
    for (mark, number, expected) in table {
        let found = check_mark(&carried(mark, number, day(12, 31)), day(3, 1)).map_err(drop);
        assert_eq!(found, expected, "{mark} {number}");
    }
}
