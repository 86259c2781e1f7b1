//! Published batches (认定目录批次): who publishes them, their numbers and days, and how two of them differ.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{CertificateId, ProductId};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// Certificates that one batch takes at most; more are published by several batches with earlier days.
pub const BATCH_MAX: usize = 10_000;

/// What a batch says of a certificate, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenRow {
    /// Its place in the batch, from 1.
    pub position: i64,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// Its number.
    pub certificate_number: String,
    /// The product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The supplier's name.
    pub supplier_name: String,
    /// The certifying county.
    pub county: RegionCode,
    /// The county's name.
    pub county_name: String,
    /// When the certificate was issued.
    pub issued_on: Day,
    /// Its first day.
    pub valid_from: Day,
    /// Its last day.
    pub valid_until: Day,
}

/// For which region an office publishes batches of a scheme: the office of the scheme's own region for the whole scheme, and
/// under a nation-wide scheme each provincial office for its province.
///
/// # Errors
/// `forbidden` for every other office.
pub fn publishes_for(office: &RegionCode, scheme: &Territory) -> Result<RegionCode, AppError> {
    let publishes = match scheme {
        Territory::Region(region) => region == office,
        Territory::Nation => office.level() == RegionLevel::Province,
    };
    if publishes {
        return Ok(*office);
    }
    Err(AppError::new(Code::Forbidden).detail(
        "目录批次由认定方案所在地区的主管部门公布",
        "batches are published by the office of the scheme's own region",
    ))
}

/// What the numbers of a region's batches begin with: the scheme's prefix, and under a nation-wide scheme the province's code.
#[must_use]
pub fn batch_prefix(prefix: &str, scheme: &Territory, region: &RegionCode) -> String {
    match scheme {
        Territory::Region(_) => prefix.to_owned(),
        Territory::Nation => format!("{prefix}{}-", region.as_str().get(..2).unwrap_or_default()),
    }
}

/// The number of a batch: `NX-2021年第3批`.
#[must_use]
pub fn batch_number(prefix: &str, year: i64, place: i64) -> String {
    format!("{prefix}{year}年第{place}批")
}

/// The place of the next batch in its year, after the last one of a year.
#[must_use]
pub const fn next_place((year, last): (i64, i64), of: i64) -> i64 {
    if of == year { last + 1 } else { 1 }
}

/// Whether a batch may bear a date and take what was issued until a day. Dates never go back, so that numbers follow them.
///
/// # Errors
/// `validation_failed`, naming each wrong day.
pub fn batch_days(today: Day, dated_on: Day, issued_until: Day, last: Option<Day>) -> Result<(), AppError> {
    let mut wrong = Vec::new();
    let field =
        |name: &str, zh: String, en: String| AppError::field(Code::ValidationFailed, name, Message::new(zh, en));
    if dated_on > today {
        wrong.push(field("/dated_on", "不得晚于今天".to_owned(), "must not be after today".to_owned()));
    }
    if let Some(last) = last.filter(|last| dated_on < *last) {
        let (zh, en) =
            (format!("不得早于上一批次的日期 {last}"), format!("must not be before the last batch's date, {last}"));
        wrong.push(field("/dated_on", zh, en));
    }
    if issued_until > dated_on {
        wrong.push(field(
            "/issued_until",
            "不得晚于批次日期".to_owned(),
            "must not be after the batch's date".to_owned(),
        ));
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::several(wrong)) }
}

/// How one batch differs from another, product by product: indices into the rows of each.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BatchDiff {
    /// Products that only this one names.
    pub added: Vec<usize>,
    /// Products that only the other one names: indices there.
    pub left: Vec<usize>,
    /// Products that both name but not alike: here, there, and in which fields.
    pub changed: Vec<(usize, usize, Vec<&'static str>)>,
}

/// Compares a batch with another. A product is the same product under a renewed certificate or a new name.
#[must_use]
pub fn batch_diff(these: &[FrozenRow], others: &[FrozenRow]) -> BatchDiff {
    let there: BTreeMap<ProductId, usize> = others.iter().enumerate().map(|(at, row)| (row.product_id, at)).collect();
    let here: BTreeMap<ProductId, usize> = these.iter().enumerate().map(|(at, row)| (row.product_id, at)).collect();
    let mut diff = BatchDiff::default();
    for (at, row) in these.iter().enumerate().filter(|(at, row)| here.get(&row.product_id) == Some(at)) {
        let Some(other) = there.get(&row.product_id) else {
            diff.added.push(at);
            continue;
        };
        let fields = others.get(*other).map(|before| changed(row, before)).unwrap_or_default();
        if !fields.is_empty() {
            diff.changed.push((at, *other, fields));
        }
    }
    let gone = others.iter().enumerate().filter(|(at, row)| there.get(&row.product_id) == Some(at));
    diff.left = gone.filter(|(_, row)| !here.contains_key(&row.product_id)).map(|(at, _)| at).collect();
    diff
}

fn changed(row: &FrozenRow, before: &FrozenRow) -> Vec<&'static str> {
    let fields = [
        ("certificate_number", row.certificate_number != before.certificate_number),
        ("product_name", row.product_name != before.product_name),
        ("supplier_name", row.supplier_name != before.supplier_name),
        ("county", row.county != before.county),
        ("issued_on", row.issued_on != before.issued_on),
        ("valid_from", row.valid_from != before.valid_from),
        ("valid_until", row.valid_until != before.valid_until),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    #[test]
    fn batches_are_published_at_the_top_of_the_scheme() {
        let (ningxia, nation) = (Territory::Region(code("640000")), Territory::Nation);
        let table = [
            ("640000", ningxia, Some("NX-")),
            ("640300", ningxia, None),
            ("640303", ningxia, None),
            ("350000", ningxia, None),
            ("640000", nation, Some("NX-64-")),
            ("350000", nation, Some("NX-35-")),
            ("640303", nation, None),
        ];
        for (office, scheme, expected) in table {
            let region = publishes_for(&code(office), &scheme);
            let prefix = region.map(|region| batch_prefix("NX-", &scheme, &region));
            assert_eq!(prefix.ok().as_deref(), expected, "{office} {scheme}");
        }
    }

    #[test]
    fn numbers_begin_anew_each_year() {
        let table = [((0, 0), 2021, 1), ((2021, 2), 2021, 3), ((2021, 3), 2022, 1)];
        for (last, year, place) in table {
            assert_eq!(next_place(last, year), place, "{last:?}");
        }
        assert_eq!(batch_number("NX-", 2021, 3), "NX-2021年第3批");
    }

    #[test]
    fn days_never_go_back_nor_ahead() {
        let day = |n| Day::ymd(2021, 3, n);
        let table: [(i8, i8, Option<i8>, &[&str]); 6] = [
            (9, 9, None, &[]),
            (9, 1, Some(9), &[]),
            (10, 9, None, &["/dated_on"]),
            (8, 8, Some(9), &["/dated_on"]),
            (8, 9, None, &["/issued_until"]),
            (8, 9, Some(9), &["/dated_on", "/issued_until"]),
        ];
        for (dated, until, last, expected) in table {
            let error = batch_days(day(9), day(dated), day(until), last.map(day)).err();
            let fields = error.map(|e| e.parts().fields.iter().map(|f| f.pointer.clone()).collect::<Vec<_>>());
            assert_eq!(fields.unwrap_or_default(), expected, "{dated} {until} {last:?}");
        }
    }

    #[test]
    fn products_are_added_leave_or_change() {
        let row = |product: u8, number: &str, until: Day| FrozenRow {
            position: 1,
            certificate_id: CertificateId([product; 16]),
            certificate_number: number.to_owned(),
            product_id: ProductId([product; 16]),
            product_name: "枸杞".to_owned(),
            supplier_name: "合作社".to_owned(),
            county: code("640303"),
            county_name: "红寺堡区".to_owned(),
            issued_on: Day::ymd(2021, 3, 1),
            valid_from: Day::ymd(2021, 3, 1),
            valid_until: until,
        };
        let (one, two) = (Day::ymd(2022, 2, 28), Day::ymd(2023, 2, 28));
        let before = [row(1, "a", one), row(2, "b", one), row(3, "c", one)];
        let renamed = FrozenRow { product_name: "宁夏枸杞".to_owned(), ..row(3, "c", one) };
        let now = [row(2, "d", two), row(4, "e", one), renamed];
        let expected = BatchDiff {
            added: vec![1],
            left: vec![0],
            changed: vec![(0, 1, vec!["certificate_number", "valid_until"]), (2, 2, vec!["product_name"])],
        };
        assert_eq!(batch_diff(&now, &before), expected);
        // The place in a batch is no property of the product.
        let moved: Vec<FrozenRow> = before.iter().rev().cloned().map(|row| FrozenRow { position: 9, ..row }).collect();
        assert_eq!(batch_diff(&moved, &before), BatchDiff::default());
        assert_eq!(batch_diff(&[], &before).left, [0, 1, 2]);
        assert_eq!(batch_diff(&before, &[]).added, [0, 1, 2]);
        // A product that a batch names twice, by two certificates, is compared by the later one.
        let twice = [row(1, "a", one), row(1, "f", two)];
        assert_eq!(batch_diff(&twice, &[row(1, "f", two)]), BatchDiff::default());
    }
}
