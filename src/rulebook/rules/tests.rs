//! Which row of the rule table holds, and what a new one may say.

use super::*;
use crate::kernel::error::Code;
use RuleName::{
    CeilingMode, FillDeadline, MinRatioPpm, NoticeDays, PaymentDays, PriceDocuments, QualityDocuments, RatingRequired,
};

fn row(n: u8, name: RuleName, region: &str, level: &str, fund: &str, from: &str, value: &str) -> RuleRow {
    RuleRow {
        id: RuleId([n; 16]),
        name,
        region: region.parse().unwrap(),
        level: level.to_owned(),
        fund: fund.to_owned(),
        effective_from: from.parse().unwrap(),
        value: value.to_owned(),
    }
}

#[test]
fn the_most_specific_row_holds() {
    let rules = Rules::new(vec![
        row(1, MinRatioPpm, "000000", "", "", "2021-01-01", "100000"),
        row(2, MinRatioPpm, "640500", "", "", "2024-01-01", "150000"),
        row(3, MinRatioPpm, "640000", "", "canteen", "2024-06-01", "120000"),
        row(4, PaymentDays, "000000", "organ", "", "2020-09-01", "30"),
        row(5, NoticeDays, "000000", "", "", "2012-01-01", "7"),
        row(6, NoticeDays, "000000", "", "", "2022-01-01", "10"),
        row(7, NoticeDays, "640000", "", "union", "2023-01-01", "3"),
        row(8, CeilingMode, "000000", "", "", "2012-01-01", "refuse"),
        row(9, RatingRequired, "000000", "", "", "2012-01-01", "true"),
        row(10, FillDeadline, "000000", "", "", "2012-01-01", "02-29"),
    ]);
    let table = [
        // A prefecture before its province, though the province names the fund and is later.
        (MinRatioPpm, None, Some("canteen"), Some(2)),
        (MinRatioPpm, None, None, Some(2)),
        // A row for a level holds for no other, and not for all.
        (PaymentDays, Some("organ"), None, Some(4)),
        (PaymentDays, Some("institution"), None, None),
        (PaymentDays, None, None, None),
        // The latest of two; a narrowed one only when asked for.
        (NoticeDays, None, None, Some(6)),
        (NoticeDays, None, Some("union"), Some(7)),
        (NoticeDays, Some("organ"), Some("personal"), Some(6)),
    ];
    for (name, level, fund, expected) in table {
        let found = rules.find(name, level, fund).map(|row| row.id.0[0]);
        assert_eq!(found, expected, "{name} {level:?} {fund:?}");
    }
    assert_eq!(rules.choice(CeilingMode).unwrap(), "refuse");
    assert!(rules.flag(RatingRequired).unwrap());
    assert_eq!(rules.int_for(PaymentDays, Some("organ"), None).unwrap(), 30);
    assert_eq!(rules.day_in(FillDeadline, 2024).unwrap(), Day::ymd(2024, 2, 29));
    assert_eq!(rules.day_in(FillDeadline, 2023).unwrap(), Day::ymd(2023, 2, 28));
    assert_eq!(rules.int(PaymentDays).unwrap_err().code(), Code::Internal);
}

#[test]
fn values_are_checked_by_their_kind() {
    let day = Day::ymd(2024, 5, 1);
    let cases: [(RuleName, &str, &str, Option<&str>); 22] = [
        (MinRatioPpm, "150000", "", None),
        (MinRatioPpm, "1000000", "", None),
        (MinRatioPpm, "1000001", "", Some("/value")),
        (MinRatioPpm, "-1", "", Some("/value")),
        (MinRatioPpm, "007", "", Some("/value")),
        (MinRatioPpm, "+5", "", Some("/value")),
        (MinRatioPpm, "15%", "", Some("/value")),
        (RatingRequired, "false", "", None),
        (RatingRequired, "no", "", Some("/value")),
        (CeilingMode, "warn", "", None),
        (CeilingMode, "ignore", "", Some("/value")),
        (FillDeadline, "03-31", "", None),
        (FillDeadline, "02-30", "", Some("/value")),
        (FillDeadline, "2024-03-31", "", Some("/value")),
        (PaymentDays, "30", "organ", None),
        (QualityDocuments, "any", "", None),
        (QualityDocuments, "food_licence+inspection_report/mark_certificate", "wine", None),
        (QualityDocuments, "food_licence+", "", Some("/value")),
        (QualityDocuments, "contract", "", Some("/value")),
        (QualityDocuments, "any/food_licence", "", Some("/value")),
        (PriceDocuments, "contract", "bread", Some("/level")),
        (NoticeDays, "30", "organ", Some("/level")),
    ];
    for (name, value, level, wrong) in cases {
        let draft = Draft { name, level, value, effective_from: day, effective_to: None };
        let found = check(&draft, day).err().map(|e| e.parts().fields[0].pointer.clone());
        assert_eq!(found.as_deref(), wrong, "{name} {value}");
    }
}

#[test]
fn rows_begin_in_this_year_or_later_and_end_after_they_begin() {
    let today = Day::ymd(2024, 5, 1);
    let check = |from, to| {
        let draft = Draft { name: NoticeDays, level: "", value: "7", effective_from: from, effective_to: to };
        super::check(&draft, today).is_ok()
    };
    assert!(check(Day::ymd(2024, 1, 1), None));
    assert!(!check(Day::ymd(2023, 12, 31), None));
    assert!(check(Day::ymd(2025, 1, 1), Some(Day::ymd(2025, 1, 2))));
    assert!(!check(Day::ymd(2025, 1, 1), Some(Day::ymd(2025, 1, 1))));
}

#[test]
fn a_new_row_closes_the_one_it_replaces() {
    let y = |year| Day::ymd(year, 1, 1);
    let table = [
        ((y(2020), None), (y(2024), None), true),
        ((y(2020), None), (y(2024), Some(y(2025))), false),
        ((y(2020), Some(y(2025))), (y(2024), Some(y(2025))), true),
        ((y(2020), Some(y(2026))), (y(2024), Some(y(2025))), false),
        ((y(2020), Some(y(2024))), (y(2024), None), false),
        ((y(2025), None), (y(2024), None), false),
    ];
    for (earlier, new, expected) in table {
        assert_eq!(closes(earlier, new), expected, "{earlier:?} {new:?}");
    }
}

#[test]
fn every_name_has_values_of_its_unit() {
    for name in RuleName::ALL {
        let fits = match name.kind() {
            ValueKind::Term { .. } => name.unit() == "calendar_days",
            ValueKind::Flag => name.unit() == "flag",
            ValueKind::Choice(_) => name.unit() == "choice",
            ValueKind::Documents(_) | ValueKind::Papers(_) => name.unit() == "documents",
            ValueKind::MonthDay => name.unit() == "month_day",
            ValueKind::Number { .. } => {
                let units = [
                    "ppm",
                    "ppm_per_day",
                    "years",
                    "calendar_days",
                    "working_days",
                    "people",
                    "goods",
                    "points",
                    "orders",
                    "times",
                    "purchasers",
                    "fen",
                ];
                units.contains(&name.unit())
            }
        };
        assert!(fits, "{name}");
    }
}
