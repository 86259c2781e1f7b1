//! Plans are filed and reviewed on their days; what is next follows from where a plan stands.

use super::{Play, in_flight};
use crate::demo::data::Canteen;
use crate::demo::people::{House, Seat};
use crate::demo::plan::{Filing, Verdict};
use crate::kernel::actor::{FillPlan, OrgKind, ReviewPlan};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::time::{At, Day};
use crate::quota::{self, CanteenMode, NewPlan, Part, Plan, PlanDecision, PlanFigures, PlanState};
use std::collections::BTreeSet;

/// Between two steps of one morning.
const HOUR_MS: i64 = 3_600_000;

impl Play<'_> {
    /// The days on which something happens to a plan.
    pub(super) fn filing_days(&self) -> BTreeSet<Day> {
        self.year.filings.iter().flat_map(moments).map(At::day).collect()
    }

    /// On how many days something happens to each plan, together.
    pub(super) fn filing_steps(&self) -> usize {
        self.year.filings.iter().map(|f| moments(f).map(At::day).collect::<BTreeSet<_>>().len()).sum()
    }

    /// What happens to plans on a day.
    pub(super) async fn file_plans(&self, day: Day) -> Outcome<()> {
        let today = self.year.filings.iter().filter(|f| moments(f).any(|at| at.day() == day)).collect();
        in_flight(today, self.progress, |filing| self.file_plan(filing, day)).await.map(drop)
    }

    async fn file_plan(&self, filing: &Filing, day: Day) -> Outcome<()> {
        let unit = self.cast.units[filing.unit].org;
        let mut plan = self.filed(unit, filing.year).await?;
        if filing.submitted.day() == day && plan.is_none() {
            let actor = self.cast.units[filing.unit].actor::<FillPlan>(Seat::Clerk)?;
            let new = NewPlan { year: filing.year, figures: self.figures(filing), submit: true };
            plan = Some(self.parts.write(filing.submitted, move |tx| quota::file(tx, &actor, &new)).await?);
        }
        let Some(mut plan) = plan else { return Ok(()) };
        if filing.reviewed.day() == day && plan.state == PlanState::Submitted {
            let returned = filing.verdict == Verdict::ReturnedOnce;
            plan = self.review(filing, plan, filing.reviewed, !returned).await?;
        }
        if filing.approved.day() == day && filing.verdict != Verdict::Waiting {
            if plan.state == PlanState::Returned {
                let actor = self.cast.units[filing.unit].actor::<FillPlan>(Seat::Clerk)?;
                let (id, at) = (plan.id, filing.approved.plus_ms(-2 * HOUR_MS));
                plan = self.parts.write(at, move |tx| quota::submit(tx, &actor, id)).await?;
            }
            if plan.state == PlanState::Submitted {
                plan = self.review(filing, plan, filing.approved.plus_ms(-HOUR_MS), true).await?;
            }
            if plan.state == PlanState::UnitApproved {
                self.review(filing, plan, filing.approved, true).await?;
            }
        }
        Ok(())
    }

    async fn filed(&self, unit: OrgId, year: i64) -> Outcome<Option<Plan>> {
        self.parts.read(move |read| quota::filed(read, unit, year)).await
    }

    /// The supervising unit first, if there is one, then the finance bureau.
    async fn review(&self, filing: &Filing, plan: Plan, at: At, approve: bool) -> Outcome<Plan> {
        let above = self.world.units[filing.unit].supervising_uscc.and_then(|uscc| self.world.unit(&uscc));
        let actor = match above.filter(|_| plan.state == PlanState::Submitted) {
            Some(above) => self.cast.units[above].actor::<ReviewPlan>(Seat::Head)?,
            None => self.bureau(filing.unit)?.actor::<ReviewPlan>(Seat::Clerk)?,
        };
        let (decision, reason) = if approve {
            (PlanDecision::Approve, "")
        } else {
            (PlanDecision::Return, "食堂经费总额与预算批复不符，请核对")
        };
        let (id, version) = (plan.id, plan.version);
        self.parts.write(at, move |tx| quota::review(tx, &actor, id, version, decision, reason)).await
    }

    fn bureau(&self, unit: usize) -> Outcome<&House> {
        self.cast.office(OrgKind::FinanceBureau, self.world.units[unit].region_code)
    }

    fn figures(&self, filing: &Filing) -> PlanFigures {
        let unit = &self.world.units[filing.unit];
        let mode = match unit.canteen_mode.unwrap_or(Canteen::None) {
            Canteen::Own => CanteenMode::Own,
            Canteen::Outsourced => CanteenMode::Outsourced,
            Canteen::SharedRepresentative => CanteenMode::SharedRepresentative,
            Canteen::SharedMember => CanteenMode::SharedMember,
            Canteen::None => CanteenMode::None,
        };
        let shares_with = unit.shares_with_uscc.and_then(|uscc| self.world.unit(&uscc));
        let part = |total, ratio| (ratio > crate::kernel::money::Ppm(0)).then_some(Part { total, ratio });
        PlanFigures {
            filing: quota::Filing {
                mode,
                representative: shares_with.map(|at| self.cast.units[at].org),
                canteen: part(unit.canteen_total_fen, filing.ratio),
                union: part(unit.union_total_fen, filing.union_ratio),
            },
            reason: String::new(),
        }
    }
}

fn moments(filing: &Filing) -> impl Iterator<Item = At> {
    [filing.submitted, filing.reviewed, filing.approved].into_iter()
}
