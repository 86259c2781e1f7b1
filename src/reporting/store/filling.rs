//! SQL of the fill campaign.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, PlanId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::At;
use crate::platform::db::Read;
use crate::quota::{CanteenMode, PlanState};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

/// A unit's plan of a year: the figures in force, or those filed before any are.
#[derive(Debug, Clone, QueryableByName)]
pub struct FiledRow {
    #[diesel(sql_type = Binary)]
    pub plan_id: PlanId,
    #[diesel(sql_type = Binary)]
    pub unit_id: OrgId,
    #[diesel(sql_type = Text)]
    pub state: PlanState,
    #[diesel(sql_type = Bool)]
    pub late: bool,
    #[diesel(sql_type = Bool)]
    pub is_in_force: bool,
    #[diesel(sql_type = Text)]
    pub canteen_mode: CanteenMode,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub ratio_ppm: Option<Ppm>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub reserved_fen: Option<Fen>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub union_ratio_ppm: Option<Ppm>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub union_reserved_fen: Option<Fen>,
    /// When the plan was submitted first.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub submitted_at: Option<At>,
}

/// The plans of a year, as they stand.
pub fn filed(on: &mut Read, year: i64) -> Outcome<Vec<FiledRow>> {
    let text =
        "SELECT p.id AS plan_id, p.unit_id AS unit_id, p.state AS state, p.late AS late, p.in_force > 0 AS is_in_force,
        r.canteen_mode AS canteen_mode, r.ratio_ppm AS ratio_ppm, r.reserved_fen AS reserved_fen,
        r.union_ratio_ppm AS union_ratio_ppm, r.union_reserved_fen AS union_reserved_fen,
        (SELECT MIN(s.submitted_at) FROM plan_revisions s WHERE s.plan_id = p.id) AS submitted_at
        FROM plans p JOIN plan_revisions r
        ON r.plan_id = p.id AND r.number = CASE WHEN p.in_force > 0 THEN p.in_force ELSE p.revision END
        WHERE p.year = $1";
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(year).load(c))?)
}
