//! A second scheme, whose certificates are valid for a season.

use crate::certification::{NewEdition, NewScheme, SchemeStep, SchemeTerms, StepKind, StepLevel};
use crate::kernel::actor::OrgKind;
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;

/// The scheme for fresh goods that are sold for a few months.
pub fn of_season(region: RegionCode) -> NewScheme {
    let step = |key: &str, kind, level| SchemeStep { key: key.to_owned(), kind, level, days: None };
    NewScheme {
        name: "宁夏季节性鲜活扶贫产品认定".to_owned(),
        region: Territory::Region(region),
        number_prefix: "NXJ-".to_owned(),
        edition: NewEdition {
            effective_from: Day::ymd(2021, 4, 1),
            terms: SchemeTerms {
                steps: vec![
                    step("county_review", StepKind::Review, StepLevel::County),
                    step("county_notice", StepKind::Notice, StepLevel::County),
                    step("prefecture_review", StepKind::Review, StepLevel::Prefecture),
                    step("provincial_recheck", StepKind::Review, StepLevel::Province),
                ],
                kinds: vec![OrgKind::Cooperative, OrgKind::FamilyFarm, OrgKind::VillageCollective],
                validity_days: Some(120),
                renewal_window_days: Some(30),
                renewal_grace_days: 30,
            },
            source: "宁扶办发〔2021〕15号".to_owned(),
        },
    }
}
