//! Tables of what may be listed, sold and ordered.

use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}
fn share(county: &str, ppm: i64) -> OriginShare {
    OriginShare { county: county.parse().unwrap(), ppm: Ppm(ppm) }
}
fn covering(number: &str, from: &str, until: &str, status: CoverStatus) -> Covering {
    Covering {
        certificate_id: CertificateId([1; 16]),
        number: number.to_owned(),
        scheme_id: SchemeId([2; 16]),
        county: "640323".parse().unwrap(),
        valid_from: day(from),
        valid_until: day(until),
        status,
        bars: false,
    }
}

#[test]
fn shares_are_of_counties_and_sum_to_the_whole() {
    for (shares, want) in [
        (vec![share("640323", 1_000_000)], Ok(())),
        (vec![share("640323", 600_000), share("640324", 400_000)], Ok(())),
        (vec![], Err(Refusal::SharesDoNotSum(0))),
        (vec![share("640323", 999_999)], Err(Refusal::SharesDoNotSum(999_999))),
        (vec![share("640323", 600_000), share("640324", 400_001)], Err(Refusal::SharesDoNotSum(1_000_001))),
        (vec![share("640323", 1_000_000), share("640324", 0)], Err(Refusal::SharesDoNotSum(1_000_000))),
        (vec![share("640323", 1_100_000), share("640324", -100_000)], Err(Refusal::SharesDoNotSum(1_000_000))),
        (vec![share("640323", i64::MAX), share("640324", i64::MAX)], Err(Refusal::SharesDoNotSum(i64::MAX))),
        (vec![share("640300", 1_000_000)], Err(Refusal::NotACounty(0))),
        (vec![share("640323", 500_000), share("640323", 500_000)], Err(Refusal::CountyTwice(1))),
    ] {
        assert_eq!(check_origins(&shares), want, "{shares:?}");
    }
    assert_eq!(main_origin(&[share("640323", 400_000), share("640324", 600_000)]), "640324".parse().ok());
    assert_eq!(main_origin(&[share("640323", 500_000), share("640324", 500_000)]), "640323".parse().ok());
}

#[test]
fn eligible_takes_the_supplier_and_every_county_of_origin() {
    for (supplier, origins, want) in [
        (true, vec![true], true),
        (true, vec![true, true], true),
        (true, vec![true, false], false),
        (false, vec![true], false),
        (true, vec![], false),
    ] {
        assert_eq!(is_eligible(supplier, origins.clone()), want, "{supplier} {origins:?}");
    }
}

#[test]
fn months_are_bits() {
    let winter = Months::of(&[12, 1, 2, 13, 0, -5]);
    assert_eq!((winter.bits(), winter.numbers()), (0x803, vec![1, 2, 12]));
    assert!(winter.has(12) && !winter.has(3) && !winter.has(0) && !winter.has(13));
    assert_eq!(Months::ALL.numbers().len(), 12);
}

#[test]
fn the_certificate_shown_is_the_one_that_lasts() {
    use CoverStatus::{Ended, InForce, Suspended};
    let covers = [
        covering("A", "2020-06-01", "2021-05-31", InForce),
        covering("B", "2021-01-01", "2021-12-31", InForce),
        covering("C", "2021-01-01", "2022-12-31", Suspended),
        covering("D", "2021-01-01", "2023-12-31", Ended),
        covering("E", "2022-01-01", "2022-12-31", InForce),
    ];
    for (on, want) in [
        ("2020-05-31", Some("A")),
        ("2020-07-01", Some("A")),
        ("2021-03-01", Some("B")),
        ("2021-12-31", Some("B")),
        ("2022-01-01", Some("E")),
        ("2023-01-01", None),
    ] {
        assert_eq!(shown(&covers, day(on)).map(|c| c.number.as_str()), want, "{on}");
    }
}

#[test]
fn a_listing_needs_something_that_entitles_it() {
    let standing = |status, certified, eligible, until: &str| Standing {
        status,
        certified,
        eligible,
        mandated_until: day(until),
        supplier_may_sell: true,
    };
    let stopped = Standing { supplier_may_sell: false, ..standing(ListingStatus::OnSale, true, true, "9999-12-31") };
    let on = ListingStatus::OnSale;
    for (standing, months, want) in [
        (standing(on, true, false, "9999-12-31"), Months::ALL, Ok(())),
        (standing(on, false, true, "9999-12-31"), Months::ALL, Ok(())),
        (standing(on, true, true, "2021-03-01"), Months::ALL, Ok(())),
        (standing(on, false, false, "9999-12-31"), Months::ALL, Err(Refusal::NothingEntitles)),
        (standing(on, true, true, "2021-02-28"), Months::ALL, Err(Refusal::NotOnSale)),
        (standing(ListingStatus::Withdrawn, true, true, "9999-12-31"), Months::ALL, Err(Refusal::NotOnSale)),
        (stopped, Months::ALL, Err(Refusal::NotOnSale)),
        (standing(on, true, false, "9999-12-31"), Months::of(&[4, 5]), Err(Refusal::OutOfSeason)),
    ] {
        assert_eq!(orderable(standing, months, day("2021-03-01")), want, "{standing:?}");
    }
}

#[test]
fn raising_a_price_takes_new_evidence() {
    for (old, new, fresh, want) in [
        (1000, 900, false, Ok(PriceChange::Free)),
        (1000, 900, true, Ok(PriceChange::Free)),
        (1000, 1000, false, Ok(PriceChange::Free)),
        (1000, 1001, false, Err(Refusal::EvidenceMissing)),
        (1000, 1001, true, Ok(PriceChange::Raised)),
    ] {
        assert_eq!(price_change(Fen::new(old), Fen::new(new), fresh), want, "{old} to {new}");
    }
    assert_eq!(within_evidence(Fen::new(500), None), Ok(()));
    assert_eq!(within_evidence(Fen::new(500), Some(Fen::new(500))), Ok(()));
    assert_eq!(within_evidence(Fen::new(501), Some(Fen::new(500))), Err(Refusal::AboveLikeGoods(Fen::new(500))));
}

#[test]
fn a_tolerance_may_only_be_narrower() {
    let rule = Ppm(50_000);
    for (weighed, asked, want) in [
        (true, None, Ok(rule)),
        (true, Some(20_000), Ok(Ppm(20_000))),
        (true, Some(0), Ok(Ppm(0))),
        (true, Some(50_001), Err(Refusal::ToleranceTooWide(rule))),
        (false, None, Ok(Ppm(0))),
        (false, Some(0), Ok(Ppm(0))),
        (false, Some(1), Err(Refusal::ToleranceOfCounted)),
    ] {
        assert_eq!(tolerance(weighed, asked.map(Ppm), rule), want, "{weighed} {asked:?}");
    }
}
