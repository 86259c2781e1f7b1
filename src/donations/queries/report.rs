//! What was bought in place of donations, by place and period: sums of entries, and what is counted once within each.

use super::seen;
use crate::certification::BeneficiaryClass;
use crate::classification::{self, Term};
use crate::donations::rules::DeclarationKind;
use crate::donations::store::{self, Apart, FiguresOf, Seen};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::text_enum! {
    /// Which places are told apart.
    ByPlace {
        /// Counties.
        County "county"
        /// Townships; what was declared for a county as a whole stands in a row of its own.
        Township "township"
        /// Villages; what was declared above them stands in rows of its own.
        Village "village"
    }
}

crate::text_enum! {
    /// Which periods are told apart.
    ByPeriod {
        /// Months.
        Month "month"
        /// Quarters.
        Quarter "quarter"
        /// Years.
        Year "year"
    }
}

impl ByPlace {
    const fn column(self) -> &'static str {
        match self {
            ByPlace::County => "county",
            ByPlace::Township => "township",
            ByPlace::Village => "region_code",
        }
    }
    const fn level(self) -> RegionLevel {
        match self {
            ByPlace::County => RegionLevel::County,
            ByPlace::Township => RegionLevel::Township,
            ByPlace::Village => RegionLevel::Village,
        }
    }
}

impl ByPeriod {
    const fn column(self) -> &'static str {
        self.as_str()
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ReportWanted {
    /// The first month.
    pub from: Day,
    /// The last month: any day of it.
    pub to: Day,
    /// By which places.
    pub by: ByPlace,
    /// By which periods.
    pub per: ByPeriod,
    /// Only in this region.
    pub region: Option<RegionCode>,
    /// By what was recorded until the end of this day.
    pub as_of: Day,
    /// Whether supervised places stand beside it.
    pub supervised: bool,
}

/// Households of a class, once each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DonationClassFigures {
    /// What they are registered as.
    pub class: BeneficiaryClass,
    /// Distinct households.
    pub households: i64,
    /// What they sold.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// What counts, and beside it what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DonationFigures {
    /// Activities, or helped sales.
    pub count: i64,
    /// Distinct units that took part.
    pub units: i64,
    /// Distinct cadres who took part.
    pub cadres: i64,
    /// Distinct households that sold.
    pub households: i64,
    /// For how much.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// By class of household. A household that was declared as several classes is in each, so that these may add up to more.
    pub classes: Vec<DonationClassFigures>,
    /// Declared ones that wait for an office now; in none of the above.
    pub waiting: i64,
    /// For how much these are.
    #[schema(value_type = i64)]
    pub waiting_fen: Fen,
}

/// The lists behind the figures of a row: exactly what was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DonationLinks {
    /// The activities that count; with `&class=` those that helped households of a class.
    pub activities: String,
    /// The activities that wait.
    pub activities_waiting: String,
    /// The helped sales that count.
    pub helped_sales: String,
    /// The helped sales that wait.
    pub helped_sales_waiting: String,
}

/// Figures of a place and period, or of several together: each unit, cadre and household once within them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonationRow {
    /// The place; absent where all places are taken together.
    pub region_code: Option<RegionCode>,
    /// Its name, where it is known.
    pub region_name: String,
    /// Whether it is what was declared for the region as a whole, beside the rows of what lies in it.
    pub region_as_a_whole: bool,
    /// The period (`2021-03`, `2021-Q1`, `2021`); absent where all periods are taken together.
    pub period: Option<String>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// 以购代捐.
    pub donation: DonationFigures,
    /// 帮助销售: beside the above and never in it.
    pub helped_sales: DonationFigures,
    /// Where the lists behind these are.
    pub links: DonationLinks,
}

/// What was bought in place of donations. Distinct figures of a year are fewer than the sum of its months.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonationReport {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// By which places.
    pub by: ByPlace,
    /// By which periods.
    pub per: ByPeriod,
    /// By what was recorded until the end of this day.
    pub as_of: Day,
    /// Place by place and period by period.
    pub rows: Vec<DonationRow>,
    /// Each period, all places together.
    pub periods: Vec<DonationRow>,
    /// Each place, all periods together.
    pub regions: Vec<DonationRow>,
    /// Everything together.
    pub total: DonationRow,
    /// 挂牌督战: each supervised village, township or county in the months of which it was supervised on any day. They are parts of the
    /// total, may overlap, and are never added to it. Only where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervised: Option<Vec<DonationRow>>,
}

type Figures = BTreeMap<(String, String), (DonationFigures, DonationFigures)>;

/// The report of what the actor sees.
///
/// # Errors
/// When the database fails.
pub fn report(read: &mut Read, actor: &Actor, wanted: &ReportWanted) -> Outcome<DonationReport> {
    let seen = seen(read, actor, wanted.as_of)?;
    let names = regions::names(read)?;
    let (place, period) = (Some(wanted.by.column()), Some(wanted.per.column()));
    let mut table = |apart: Apart| -> Outcome<Vec<DonationRow>> {
        let figures = figures(read, &seen, wanted, apart)?;
        figures.into_iter().map(|(key, figures)| row(wanted, &names, key, figures)).collect()
    };
    let rows = table(Apart { place, period })?;
    let periods = table(Apart { place: None, period })?;
    let regions = table(Apart { place, period: None })?;
    let total = table(Apart { place: None, period: None })?.pop();
    let none = (DonationFigures::default(), DonationFigures::default());
    let total = total.map_or_else(|| row(wanted, &names, (String::new(), String::new()), none), Ok)?;
    let supervised = if wanted.supervised { Some(supervised(read, &seen, wanted, &names)?) } else { None };
    let (from, to, by, per, as_of) = (wanted.first(), wanted.last(), wanted.by, wanted.per, wanted.as_of);
    Ok(DonationReport { from, to, by, per, as_of, rows, periods, regions, total, supervised })
}

/// Supervised places within what is asked for, each with what was counted there while it was supervised.
fn supervised(
    read: &mut Read,
    seen: &Seen,
    wanted: &ReportWanted,
    names: &BTreeMap<RegionCode, String>,
) -> Outcome<Vec<DonationRow>> {
    let mut rows = Vec::new();
    for (term, name) in classification::supervised_places(read)? {
        let Some((place, from, to)) = while_supervised(&term, wanted) else { continue };
        let there = ReportWanted { from, to, region: Some(place), ..wanted.clone() };
        let Some((_, found)) = figures(read, seen, &there, Apart { place: None, period: None })?.pop_first() else {
            continue;
        };
        let row = row(&there, names, (String::new(), String::new()), found)?;
        rows.push(DonationRow { region_code: Some(place), region_name: name, ..row });
    }
    rows.sort_by_key(|row| (row.region_code, row.from));
    Ok(rows)
}

/// The place of a term and the months asked for in which it was supervised on any day.
fn while_supervised(term: &Term, wanted: &ReportWanted) -> Option<(RegionCode, Day, Day)> {
    let place: RegionCode = term.code.parse().ok()?;
    let inside = wanted.region.is_none_or(|region| region.contains(&place));
    let (first, last) = term.days_within(wanted.first(), wanted.last()).filter(|_| inside)?;
    Some((place, first, last))
}

fn figures(read: &mut Read, seen: &Seen, wanted: &ReportWanted, apart: Apart) -> Outcome<Figures> {
    let (from, to) = (wanted.from.month(), wanted.to.month());
    let mut all = Figures::new();
    for kind in DeclarationKind::ALL {
        let (from, to, region, as_of) = (from.as_str(), to.as_str(), wanted.region, wanted.as_of);
        let of = FiguresOf { seen, kind: *kind, from, to, region, as_of };
        let mut at = |place: String, period: String, enter: &mut dyn FnMut(&mut DonationFigures) -> Outcome<()>| {
            let (bought, helped) = all.entry((place, period)).or_default();
            enter(if *kind == DeclarationKind::Activity { bought } else { helped })
        };
        for sum in store::sums(read, &of, apart)? {
            at(sum.place, sum.period, &mut |figures| {
                (figures.count, figures.amount_fen) = (sum.n, Fen::new(sum.amount));
                Ok(())
            })?;
        }
        for part in store::distinct(read, &of, apart, false)? {
            at(part.place, part.period, &mut |figures| {
                match part.what.as_str() {
                    "unit" => figures.units = part.n,
                    "cadre" => figures.cadres = part.n,
                    _ => figures.households = part.n,
                }
                Ok(())
            })?;
        }
        for part in store::distinct(read, &of, apart, true)? {
            let class = part.what.parse().map_err(AppError::internal)?;
            let (households, amount_fen) = (part.n, Fen::new(part.amount));
            at(part.place, part.period, &mut |figures| {
                figures.classes.push(DonationClassFigures { class, households, amount_fen });
                figures.classes.sort_by_key(|of| of.class);
                Ok(())
            })?;
        }
        for sum in store::waiting(read, &of, apart)? {
            at(sum.place, sum.period, &mut |figures| {
                (figures.waiting, figures.waiting_fen) = (sum.n, Fen::new(sum.amount));
                Ok(())
            })?;
        }
    }
    // What was taken back altogether leaves nothing to show.
    all.retain(|_, (bought, helped)| *bought != DonationFigures::default() || *helped != DonationFigures::default());
    Ok(all)
}

impl ReportWanted {
    fn first(&self) -> Day {
        first_of(&self.from.month(), self.from)
    }
    fn last(&self) -> Day {
        last_of(&self.to.month(), self.to)
    }
    /// The first and last day of a period that the report tells apart, within its months.
    fn days(&self, period: &str) -> (Day, Day) {
        let (first, last) = match self.per {
            ByPeriod::Month => (period.to_owned(), period.to_owned()),
            ByPeriod::Quarter => {
                let (year, quarter) = period.split_once("-Q").unwrap_or((period, "1"));
                let quarter: i64 = quarter.parse().unwrap_or(1);
                (format!("{year}-{:02}", quarter * 3 - 2), format!("{year}-{:02}", quarter * 3))
            }
            ByPeriod::Year => (format!("{period}-01"), format!("{period}-12")),
        };
        (first_of(&first, self.from).max(self.first()), last_of(&last, self.to).min(self.last()))
    }
}

fn first_of(month: &str, otherwise: Day) -> Day {
    format!("{month}-01").parse().unwrap_or(otherwise)
}

fn last_of(month: &str, otherwise: Day) -> Day {
    let next = first_of(month, otherwise).plus_days(31);
    first_of(&next.month(), otherwise).plus_days(-1)
}

/// A report of a township has rows of its county: what they count lies in the township.
fn narrower(row: Option<RegionCode>, asked: Option<RegionCode>) -> Option<RegionCode> {
    match (row, asked) {
        (Some(row), Some(asked)) if row.contains(&asked) => Some(asked),
        (row, asked) => row.or(asked),
    }
}

fn row(
    wanted: &ReportWanted,
    names: &BTreeMap<RegionCode, String>,
    (place, period): (String, String),
    (donation, helped_sales): (DonationFigures, DonationFigures),
) -> Outcome<DonationRow> {
    let region_code: Option<RegionCode> = match place.as_str() {
        "" => None,
        code => Some(code.parse().map_err(AppError::internal)?),
    };
    let whole = region_code.is_some_and(|code| code.level() != wanted.by.level());
    let (from, to) = if period.is_empty() { (wanted.first(), wanted.last()) } else { wanted.days(&period) };
    let region = narrower(region_code, wanted.region).map(|code| format!("&region={code}")).unwrap_or_default();
    let exactly = if whole { "&exactly=true" } else { "" };
    let link = |list: &str, what: &str| format!("/api/v1/{list}?{what}&from={from}&to={to}{region}{exactly}");
    let counted = format!("counted_on={}", wanted.as_of);
    Ok(DonationRow {
        region_code,
        region_name: region_code.and_then(|code| names.get(&code).cloned()).unwrap_or_default(),
        region_as_a_whole: whole,
        period: Some(period).filter(|period| !period.is_empty()),
        from,
        to,
        donation,
        helped_sales,
        links: DonationLinks {
            activities: link("donation-activities", &counted),
            activities_waiting: link("donation-activities", "waiting=true"),
            helped_sales: link("helped-sales", &counted),
            helped_sales_waiting: link("helped-sales", "waiting=true"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_in_the_months_asked_for_in_which_it_was_supervised() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let wanted = |region: Option<&str>| ReportWanted {
            from: day("2020-02-15"),
            to: day("2020-11-03"),
            by: ByPlace::Village,
            per: ByPeriod::Year,
            region: region.map(|code| code.parse().unwrap()),
            as_of: day("2021-03-01"),
            supervised: true,
        };
        let table = [
            ("2020-03-06", None, None, Some(("2020-03-06", "2020-11-30"))),
            ("2019-01-01", Some("2020-05-01"), Some("640422"), Some(("2020-02-01", "2020-04-30"))),
            ("2019-01-01", Some("2020-02-01"), None, None),
            ("2020-12-01", None, None, None),
            ("2020-03-06", None, Some("640424"), None),
        ];
        for (from, to, region, expected) in table {
            let term = Term {
                kind: classification::TermKind::SupervisedPlace,
                code: "640422201204".to_owned(),
                rolls_up_to: None,
                region: "640000".parse().unwrap(),
                effective_from: day(from),
                effective_to: to.map(day),
            };
            let found = while_supervised(&term, &wanted(region)).map(|(_, from, to)| (from, to));
            assert_eq!(found, expected.map(|(from, to)| (day(from), day(to))), "{from} {to:?} {region:?}");
        }
    }

    #[test]
    fn periods_lie_within_the_months_asked_for() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let wanted = |per| ReportWanted {
            from: day("2020-02-15"),
            to: day("2021-02-03"),
            by: ByPlace::County,
            per,
            region: None,
            as_of: day("2021-03-01"),
            supervised: false,
        };
        let table = [
            (ByPeriod::Month, "2020-02", "2020-02-01", "2020-02-29"),
            (ByPeriod::Quarter, "2020-Q1", "2020-02-01", "2020-03-31"),
            (ByPeriod::Quarter, "2020-Q4", "2020-10-01", "2020-12-31"),
            (ByPeriod::Year, "2020", "2020-02-01", "2020-12-31"),
            (ByPeriod::Year, "2021", "2021-01-01", "2021-02-28"),
        ];
        for (per, period, from, to) in table {
            assert_eq!(wanted(per).days(period), (day(from), day(to)), "{per} {period}");
        }
    }
}
