//! Who files which plan, and what the reviewers say.

use super::super::chance::Chance;
use super::super::data::{Canteen, World};
use super::{YEAR, season};
use crate::kernel::actor::OrgKind;
use crate::kernel::money::Ppm;
use crate::kernel::time::{At, Day};

/// The plan of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// A place in [`World::units`].
    pub unit: usize,
    /// The year that is planned.
    pub year: i64,
    /// Which share of the canteen's total is reserved; none without a canteen of its own.
    pub ratio: Ppm,
    /// Which share of the union's total is reserved.
    pub union_ratio: Ppm,
    /// When it is submitted.
    pub submitted: At,
    /// What the reviewers say.
    pub verdict: Verdict,
    /// When the first reviewer decides.
    pub reviewed: At,
    /// When the finance bureau decides.
    pub approved: At,
}

/// What the reviewers say to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Both approve.
    Approved,
    /// The first review returns it; filed again, it is approved.
    ReturnedOnce,
    /// It lies with the finance bureau.
    Waiting,
}

/// The plan of a unit; none for what files no plan or neglects to.
#[must_use]
pub fn of(world: &World, at: usize) -> Option<Filing> {
    let unit = &world.units[at];
    let mode = unit.canteen_mode.filter(|_| unit.kind == OrgKind::BudgetUnit)?;
    let mut chance = Chance::of(&["plan", unit.uscc.as_str()]);
    // Those who neglect it are small and have nobody below them.
    let small = unit.canteen_total_fen.get() < 60_000_000 && mode != Canteen::SharedRepresentative;
    let leads = world.units.iter().any(|other| other.supervising_uscc == Some(unit.uscc));
    if chance.percent(5) && small && !leads {
        return None;
    }
    let eats = !unit.canteen_total_fen.is_zero();
    let ratio =
        if eats { *[100_000, 100_000, 100_000, 110_000, 120_000].get(chance.place(5)).unwrap_or(&100_000) } else { 0 };
    // Most units without a canteen reserve a part of what their union spends; the others have nothing to reserve.
    let of_union = mode == Canteen::None && chance.percent(70);
    let submitted_on = season::weekday_from(season::day((1, 20)).plus_days(chance.between(0, 60)));
    let reviewed_on = season::weekday_from(submitted_on.plus_days(chance.between(1, 3)));
    let approved_on = season::weekday_from(reviewed_on.plus_days(chance.between(1, 4)));
    let verdict = match chance.between(1, 100) {
        1..=4 => Verdict::ReturnedOnce,
        5..=6 if small => Verdict::Waiting,
        _ => Verdict::Approved,
    };
    Some(Filing {
        unit: at,
        year: YEAR,
        ratio: Ppm(ratio),
        union_ratio: Ppm(if of_union { 200_000 } else { 0 }),
        submitted: season::between(&mut chance, submitted_on, 9, 17),
        verdict,
        reviewed: season::between(&mut chance, reviewed_on, 9, 17),
        approved: season::between(&mut chance, approved_on, 9, 17),
    })
}

/// The plan of the year that follows, filed and approved in its first days as it was a year before.
#[must_use]
pub fn of_next_year(filing: &Filing) -> Filing {
    let morning = |day| season::moment(Day::ymd(2022, 1, day), 9 * 60 + 30);
    Filing {
        year: YEAR + 1,
        submitted: morning(5),
        verdict: Verdict::Approved,
        reviewed: morning(6),
        approved: morning(7),
        ..filing.clone()
    }
}
