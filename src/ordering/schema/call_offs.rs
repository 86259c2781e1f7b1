//! Table of the order lines that were called off from a framework agreement.

use super::{order_lines, orders};

diesel::table! {
    call_offs (line_id) {
        line_id -> Binary,
        order_id -> Binary,
        agreement_id -> Binary,
        agreement_line_no -> BigInt,
        unit_id -> Binary,
    }
}
diesel::allow_tables_to_appear_in_same_query!(call_offs, order_lines);
diesel::allow_tables_to_appear_in_same_query!(call_offs, orders);
