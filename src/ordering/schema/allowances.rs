//! Tables of allowances.

use super::orders;

diesel::table! {
    order_allowances (id) {
        id -> Binary,
        order_id -> Binary,
        dispute_id -> Nullable<Binary>,
        occurred_on -> Text,
        recorded_at -> BigInt,
        recorded_by -> Binary,
        reason -> Text,
        price_change_id -> Nullable<Binary>,
    }
}
diesel::table! {
    order_allowance_lines (allowance_id, line_no) {
        allowance_id -> Binary,
        line_no -> BigInt,
        amount_fen -> BigInt,
        left_fen -> BigInt,
    }
}
diesel::joinable!(order_allowances -> orders (order_id));
diesel::joinable!(order_allowance_lines -> order_allowances (allowance_id));
diesel::allow_tables_to_appear_in_same_query!(order_allowance_lines, order_allowances, orders);
