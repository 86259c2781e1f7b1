//! What a scheme asks: its steps, who may apply, and its days; and what such words may not say.

use super::words::{StepKind, StepLevel};
use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use std::collections::BTreeSet;

/// A step of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeStep {
    /// Its stable name.
    #[schema(example = "county_review", min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub key: String,
    /// Opinion, review, notice or filing.
    pub kind: StepKind,
    /// Whose office acts.
    pub level: StepLevel,
    /// Working days of an opinion, review or filing, calendar days of a notice; the rule table's when absent.
    #[schema(minimum = 1, maximum = 366)]
    pub days: Option<i64>,
}

/// What an edition of a scheme asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeTerms {
    /// Its steps, in order.
    pub steps: Vec<SchemeStep>,
    /// Who may apply.
    pub kinds: Vec<OrgKind>,
    /// Calendar days that a certificate is valid; the rule table's when absent.
    pub validity_days: Option<i64>,
    /// Calendar days before a certificate's end from which it may be renewed; the rule table's when absent.
    pub renewal_window_days: Option<i64>,
    /// Calendar days that a certificate counts beyond its end while its renewal is decided.
    pub renewal_grace_days: i64,
}

/// Steps that somebody would wait for in vain, or that decide nothing, are no scheme.
///
/// # Errors
/// All fields at fault.
pub fn check_terms(place: &Territory, terms: &SchemeTerms) -> Result<(), AppError> {
    let mut wrong = Vec::new();
    let mut say = |pointer: String, zh: &str, en: &str| {
        wrong.push(FieldError::new(pointer, Code::ValidationFailed.as_str(), Message::new(zh, en)));
    };
    let reviews: Vec<usize> = positions(&terms.steps, StepKind::Review);
    let (first, last) = (reviews.first().copied(), reviews.last().copied());
    if reviews.is_empty() {
        say("/steps".to_owned(), "至少有一个审核环节", "needs a review");
    }
    let mut keys = BTreeSet::new();
    for (n, step) in terms.steps.iter().enumerate() {
        if !keys.insert(&step.key) {
            say(format!("/steps/{n}/key"), "环节名称重复", "is the name of another step");
        }
        if !reaches(place, step.level) {
            say(format!("/steps/{n}/level"), "高于认定方案所在地区的层级", "is above the level of the scheme's region");
        }
        if terms.steps[..n].iter().any(|earlier| step.level.region_level() > earlier.level.region_level()) {
            say(format!("/steps/{n}/level"), "低于前面环节的层级", "is below the level of an earlier step");
        }
        if step.kind == StepKind::Opinion && first.is_some_and(|first| n > first) {
            say(format!("/steps/{n}/kind"), "意见环节须在审核之前", "an opinion comes before the reviews");
        }
        if step.kind == StepKind::Filing && last.is_some_and(|last| n < last) {
            say(format!("/steps/{n}/kind"), "备案环节须在审核之后", "a filing comes after the reviews");
        }
    }
    for (n, kind) in terms.kinds.iter().enumerate() {
        if !kind.sells() || terms.kinds[..n].contains(kind) {
            say(format!("/kinds/{n}"), "须为不重复的供应商类别", "must be a kind of supplier, named once");
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::invalid(wrong)) }
}

fn positions(steps: &[SchemeStep], kind: StepKind) -> Vec<usize> {
    steps.iter().enumerate().filter(|(_, step)| step.kind == kind).map(|(n, _)| n).collect()
}

/// No scheme gives work to offices above the region it holds in.
fn reaches(place: &Territory, level: StepLevel) -> bool {
    match place {
        Territory::Nation => true,
        Territory::Region(region) => region.level() <= level.region_level(),
    }
}

/// An edition begins after today's applications were handed in, and not before the one it follows.
///
/// # Errors
/// The field at fault.
pub fn check_start(effective_from: Day, today: Day, latest: Option<Day>) -> Result<(), AppError> {
    let wrong =
        |zh: &str, en: &str| Err(AppError::field(Code::ValidationFailed, "/effective_from", Message::new(zh, en)));
    if effective_from <= today {
        return wrong("须晚于今天", "must be later than today");
    }
    if latest.is_some_and(|latest| effective_from <= latest) {
        return wrong("须晚于上一版的生效日", "must be later than that of the edition before");
    }
    Ok(())
}

/// A scheme ends on a day to come; applications under way go on.
///
/// # Errors
/// The field at fault.
pub fn check_end(valid_to: Day, today: Day, valid_from: Day) -> Result<(), AppError> {
    if valid_to > today && valid_to > valid_from {
        return Ok(());
    }
    let message = Message::new("须晚于今天和方案的起始日", "must be later than today and the scheme's first day");
    Err(AppError::field(Code::ValidationFailed, "/valid_to", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepKind::{Filing, Notice, Opinion, Review};
    use StepLevel::{County, Prefecture, Province, Township, Village};

    fn terms(steps: &[(&str, StepKind, StepLevel)]) -> SchemeTerms {
        let step = |(key, kind, level): &(&str, StepKind, StepLevel)| SchemeStep {
            key: (*key).to_owned(),
            kind: *kind,
            level: *level,
            days: None,
        };
        SchemeTerms {
            steps: steps.iter().map(step).collect(),
            kinds: vec![OrgKind::Cooperative],
            validity_days: None,
            renewal_window_days: None,
            renewal_grace_days: 60,
        }
    }
    fn faults(place: &str, terms: &SchemeTerms) -> Vec<String> {
        let error = check_terms(&place.parse().unwrap(), terms).err();
        error.map(|e| e.parts().fields.iter().map(|f| f.pointer.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn steps_go_up_and_somebody_decides() {
        type Steps<'a> = &'a [(&'a str, StepKind, StepLevel)];
        let whole: Steps = &[
            ("village", Opinion, Village),
            ("township", Opinion, Township),
            ("county", Review, County),
            ("notice", Notice, County),
            ("prefecture", Review, Prefecture),
            ("province", Review, Province),
            ("filing", Filing, Province),
        ];
        let table: [(&str, Steps, &[&str]); 8] = [
            ("640000", whole, &[]),
            ("000000", whole, &[]),
            ("640300", whole, &["/steps/5/level", "/steps/6/level"]),
            ("640323", &[("county", Review, County)], &[]),
            ("640323", &[("notice", Notice, County)], &["/steps"]),
            ("640000", &[("a", Review, County), ("a", Review, Prefecture)], &["/steps/1/key"]),
            ("640000", &[("a", Review, Prefecture), ("b", Review, County)], &["/steps/1/level"]),
            (
                "640000",
                &[("a", Filing, County), ("b", Review, County), ("c", Opinion, County)],
                &["/steps/0/kind", "/steps/2/kind"],
            ),
        ];
        for (place, steps, expected) in table {
            assert_eq!(faults(place, &terms(steps)), expected, "{place} {steps:?}");
        }
        let mut others = terms(&[("county", Review, County)]);
        others.kinds = vec![OrgKind::BudgetUnit, OrgKind::Cooperative, OrgKind::Cooperative];
        assert_eq!(faults("640000", &others), ["/kinds/0", "/kinds/2"]);
    }

    #[test]
    fn editions_follow_each_other_and_schemes_end_in_the_future() {
        let (today, later) = (Day::ymd(2021, 3, 1), Day::ymd(2021, 4, 1));
        assert!(check_start(today, today, None).is_err());
        assert!(check_start(today.plus_days(1), today, None).is_ok());
        assert!(check_start(later, today, Some(later)).is_err());
        assert!(check_start(later.plus_days(1), today, Some(later)).is_ok());
        assert!(check_end(today, today, Day::ymd(2020, 1, 1)).is_err());
        assert!(check_end(later, today, later).is_err());
        assert!(check_end(later, today, today).is_ok());
    }
}
