//! SQL of another class: what an order counted under older ones.

use super::counts;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrderLineId, OrgId};
use crate::kernel::terms::{Basis, Fund, LineStanding};
use crate::platform::db::{Read, total};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// What an order counted: one sum for each line, basis, unit, year, fund, correction, standing and class.
#[derive(Debug, Clone, Queryable)]
pub struct ClassSum {
    pub basis: Basis,
    pub line_id: OrderLineId,
    pub unit_id: OrgId,
    pub year: i64,
    pub fund: Fund,
    pub correction: bool,
    pub standing: LineStanding,
    pub class_no: i64,
    pub amount: i64,
}

/// Sums of what an order counted under other classes than this one, as far as they are not nothing.
pub fn sums_of_others(on: &mut Read, order: OrderId, class_no: i64) -> Outcome<Vec<ClassSum>> {
    let group = (
        counts::basis,
        counts::line_id,
        counts::unit_id,
        counts::year,
        counts::fund,
        counts::correction,
        counts::standing,
        counts::class_no,
    );
    Ok(each!(on, c => counts::table.filter(counts::order_id.eq(order)).filter(counts::class_no.ne(class_no))
        .group_by(group).having(sql::<BigInt>("SUM(amount_fen)").ne(0))
        .order((counts::line_id, counts::basis))
        .select((counts::basis, counts::line_id, counts::unit_id, counts::year, counts::fund, counts::correction,
            counts::standing, counts::class_no, total("amount_fen"))).load(c))?)
}
