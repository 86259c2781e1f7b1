//! SQL of order lines that were called off from a framework agreement.

use super::orders::{LineRow, OrderRow};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AgreementId, OrderId, OrderLineId, OrgId};
use crate::ordering::OrderState;
use crate::ordering::schema::call_offs::call_offs;
use crate::ordering::schema::{order_lines, orders};
use crate::platform::db::{Read, Tx};
use crate::{each, later_rows};
use diesel::prelude::*;

/// That a line was called off.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_offs, treat_none_as_default_value = false)]
pub struct CallOffRow {
    pub line_id: OrderLineId,
    pub order_id: OrderId,
    pub agreement_id: AgreementId,
    pub agreement_line_no: i64,
    pub unit_id: OrgId,
}

/// Enters lines that were called off, after the lines themselves.
pub fn insert(tx: &mut Tx<'_>, rows: Vec<CallOffRow>) -> Outcome<()> {
    Ok(later_rows!(tx, call_offs::table, rows)?)
}

impl CalledFrom {
    /// All that was called off from an agreement.
    #[must_use]
    pub const fn all(agreement: AgreementId) -> CalledFrom {
        CalledFrom { agreement, line_no: None, units: None, states: None, after: None, most: None }
    }
}

/// Which lines.
#[derive(Debug, Clone)]
pub struct CalledFrom {
    /// Of this agreement.
    pub agreement: AgreementId,
    /// Of this line of it.
    pub line_no: Option<i64>,
    /// For these units.
    pub units: Option<Vec<OrgId>>,
    /// Of orders in these states.
    pub states: Option<Vec<OrderState>>,
    /// After this one.
    pub after: Option<OrderLineId>,
    /// At most so many.
    pub most: Option<i64>,
}

/// What was called off from an agreement, in the order in which it was placed.
pub fn of_agreement(on: &mut Read, of: &CalledFrom) -> Outcome<Vec<(CallOffRow, OrderRow, LineRow)>> {
    Ok(each!(on, c => {
        let mut query = call_offs::table
            .inner_join(order_lines::table.on(order_lines::id.eq(call_offs::line_id)))
            .inner_join(orders::table.on(orders::id.eq(call_offs::order_id)))
            .filter(call_offs::agreement_id.eq(of.agreement))
            .select((CallOffRow::as_select(), OrderRow::as_select(), LineRow::as_select())).into_boxed();
        if let Some(line_no) = of.line_no {
            query = query.filter(call_offs::agreement_line_no.eq(line_no));
        }
        if let Some(units) = &of.units {
            query = query.filter(call_offs::unit_id.eq_any(units));
        }
        if let Some(states) = &of.states {
            query = query.filter(orders::state.eq_any(states));
        }
        if let Some(line) = of.after {
            query = query.filter(call_offs::line_id.gt(line));
        }
        if let Some(most) = of.most {
            query = query.limit(most);
        }
        query.order(call_offs::line_id).load(c)
    })?)
}
