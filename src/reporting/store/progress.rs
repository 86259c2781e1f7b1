//! SQL of the bulletin's progress.

use super::Reach;
use crate::each;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::money::Fen;
use crate::kernel::terms::Fund;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::quota::{CanteenMode, Reserves};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

/// A unit of the bulletin.
#[derive(Debug, Clone, QueryableByName)]
pub struct Unit {
    #[diesel(sql_type = Binary)]
    pub id: OrgId,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub region_code: String,
    #[diesel(sql_type = Nullable<Binary>)]
    pub parent_id: Option<OrgId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub parent_name: Option<String>,
    /// Of a unit that was merged in the year or before: the name of its successor.
    #[diesel(sql_type = Nullable<Text>)]
    pub merged_into: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub top_id: Option<OrgId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub top_name: Option<String>,
}

/// Units known on a day, under the names they had then, with the one directly above them and the one above all, in the order of
/// their names. Who was closed or merged before the year is in its table no more.
pub fn units(on: &mut Read, reach: &Reach, year: i64, as_of: Day) -> Outcome<Vec<Unit>> {
    // SQLite numbers parameters as they first appear.
    let text = "SELECT o.id AS id, o.region_code AS region_code, a.id AS parent_id, a.name AS parent_name,
        t.id AS top_id, t.name AS top_name,
        COALESCE((SELECT r.name_before FROM unit_changes r WHERE r.unit_id = o.id AND r.kind = 'renamed' AND r.decided_at >= $1
            ORDER BY r.decided_at, r.id LIMIT 1), o.name) AS name,
        CASE WHEN m.kind = 'merged' AND m.year <= $2 THEN s.name END AS merged_into
        FROM organisations o
        LEFT JOIN unit_closure p ON p.descendant_id = o.id AND p.depth = 1 AND p.valid_from <= $3 AND p.valid_to > $3
        LEFT JOIN organisations a ON a.id = p.ancestor_id
        LEFT JOIN unit_closure q ON q.descendant_id = o.id AND q.depth > 0 AND q.valid_from <= $3 AND q.valid_to > $3
            AND NOT EXISTS (SELECT 1 FROM unit_closure h WHERE h.descendant_id = o.id AND h.depth > q.depth
                AND h.valid_from <= $3 AND h.valid_to > $3)
        LEFT JOIN organisations t ON t.id = q.ancestor_id
        LEFT JOIN unit_changes m ON m.unit_id = o.id AND m.kind IN ('closed', 'merged') AND m.decided_at < $1 AND m.effective_on <= $3
        LEFT JOIN organisations s ON s.id = m.successor_id
        WHERE o.kind = 'budget_unit' AND o.created_at < $1 AND o.region_code >= $4 AND o.region_code < $5
        AND (m.year IS NULL OR m.year >= $2)
        AND ($6 = '' OR o.id IN (SELECT u.descendant_id FROM unit_closure u
            WHERE u.valid_from <= $6 AND u.valid_to > $6 AND u.ancestor_id = $7 AND u.depth <= $8))
        ORDER BY o.region_code, o.name_key, o.id";
    Ok(each!(on, c => sql_query(text)
        .bind::<BigInt, _>(as_of.end().0).bind::<BigInt, _>(year).bind::<Text, _>(as_of.to_string())
        .bind::<Text, _>(&reach.from).bind::<Text, _>(&reach.below)
        .bind::<Text, _>(reach.day()).bind::<Binary, _>(reach.root()).bind::<BigInt, _>(reach.depth())
        .load(c))?)
}

/// What counts to the plan of a unit's year, of one fund.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct UnitSum {
    #[diesel(sql_type = Binary)]
    pub unit_id: OrgId,
    #[diesel(sql_type = Text)]
    pub fund: Fund,
    #[diesel(sql_type = BigInt)]
    pub ordered: Fen,
    #[diesel(sql_type = BigInt)]
    pub accepted_paid: Fen,
    #[diesel(sql_type = BigInt)]
    pub completed: Fen,
    /// Of entries after the year had closed.
    #[diesel(sql_type = BigInt)]
    pub corrected_ordered: Fen,
    #[diesel(sql_type = BigInt)]
    pub corrected_accepted_paid: Fen,
    #[diesel(sql_type = BigInt)]
    pub corrected_completed: Fen,
}

/// The six sums of counting entries `c`.
macro_rules! sums {
    ($sign:literal) => {
        concat!(
            "CAST(SUM(CASE WHEN c.basis = 'ordered' AND NOT c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS ordered,
            CAST(SUM(CASE WHEN c.basis = 'accepted_paid' AND NOT c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS accepted_paid,
            CAST(SUM(CASE WHEN c.basis = 'completed' AND NOT c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS completed,
            CAST(SUM(CASE WHEN c.basis = 'ordered' AND c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS corrected_ordered,
            CAST(SUM(CASE WHEN c.basis = 'accepted_paid' AND c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS corrected_accepted_paid,
            CAST(SUM(CASE WHEN c.basis = 'completed' AND c.correction THEN ", $sign, "c.amount_fen ELSE 0 END) AS BIGINT) AS corrected_completed
            FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id
            WHERE l.qualifies AND c.standing IN ('as_placed', 'uncertified') AND c.fund IN ('canteen', 'union', 'personal')"
        )
    };
}

/// What counts to the plans of a year by what was recorded before a moment: lines of the funds that count that met the product
/// rule, and not by an annulled certificate. The sums that the ledger keeps, and on further rows, taken off, what came later: a
/// unit and fund may stand twice. One statement, so that both are of one moment.
pub fn unit_sums(on: &mut Read, year: i64, before: At) -> Outcome<Vec<UnitSum>> {
    let text = concat!(
        "SELECT y.unit_id AS unit_id, y.fund AS fund, y.ordered_fen AS ordered, y.accepted_paid_fen AS accepted_paid,
        y.completed_fen AS completed, y.corrected_ordered_fen AS corrected_ordered,
        y.corrected_accepted_paid_fen AS corrected_accepted_paid, y.corrected_completed_fen AS corrected_completed
        FROM ledger_unit_years y WHERE y.year = $1
        UNION ALL SELECT c.unit_id AS unit_id, c.fund AS fund, ",
        sums!("-"),
        " AND c.year = $1 AND c.at >= $2 GROUP BY c.unit_id, c.fund"
    );
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(year).bind::<BigInt, _>(before).load(c))?)
}

/// The years that something was counted in.
pub fn counted_years(on: &mut Read) -> Outcome<Vec<i64>> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        year: i64,
    }
    let text = "SELECT DISTINCT year AS year FROM ledger_counts UNION SELECT year FROM ledger_unit_years ORDER BY 1";
    let years: Vec<Counted> = each!(on, c => sql_query(text).load(c))?;
    Ok(years.into_iter().map(|counted| counted.year).collect())
}

/// The sums of a year as they are kept.
pub fn kept_sums(on: &mut Read, year: i64) -> Outcome<Vec<UnitSum>> {
    unit_sums(on, year, At(i64::MAX))
}

/// The sums of a year added up from its entries.
pub fn added_sums(on: &mut Read, year: i64) -> Outcome<Vec<UnitSum>> {
    let text = concat!(
        "SELECT c.unit_id AS unit_id, c.fund AS fund, ",
        sums!(""),
        " AND c.year = $1 GROUP BY c.unit_id, c.fund"
    );
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(year).load(c))?)
}

/// The figures in force of a unit-year.
#[derive(Debug, Clone, QueryableByName)]
pub struct PlanRow {
    #[diesel(sql_type = Binary)]
    pub unit_id: OrgId,
    #[diesel(sql_type = Text)]
    pub canteen_mode: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub representative: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub reserved_fen: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub union_reserved_fen: Option<i64>,
}

impl PlanRow {
    /// What the class of the unit follows from.
    pub fn figures(&self) -> Outcome<(CanteenMode, Reserves)> {
        let mode = self.canteen_mode.parse().map_err(AppError::internal)?;
        Ok((mode, Reserves { canteen: self.reserved_fen.map(Fen::new), union: self.union_reserved_fen.map(Fen::new) }))
    }
}

/// The plans of a year: the last figures that the finance bureau had approved before a moment, or that came into force by
/// another decision.
pub fn plans(on: &mut Read, year: i64, before: At) -> Outcome<Vec<PlanRow>> {
    let text = "SELECT p.unit_id AS unit_id, r.canteen_mode AS canteen_mode, o.name AS representative,
        r.reserved_fen AS reserved_fen, r.union_reserved_fen AS union_reserved_fen
        FROM plans p
        JOIN plan_revisions r ON r.plan_id = p.id AND r.number = (SELECT MAX(known.number) FROM (
            SELECT v.revision AS number FROM plan_reviews v
            WHERE v.plan_id = p.id AND v.step = 'finance_bureau' AND v.decision = 'approve' AND v.at < $1
            UNION ALL SELECT d.number FROM plan_revisions d WHERE d.plan_id = p.id AND d.decided_at < $1) known)
        LEFT JOIN organisations o ON o.id = r.representative_id
        WHERE p.year = $2";
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(before).bind::<BigInt, _>(year).load(c))?)
}
