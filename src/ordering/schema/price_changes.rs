//! Tables of changes of prices.

use super::orders;

diesel::table! {
    order_price_changes (id) {
        id -> Binary,
        order_id -> Binary,
        side -> Text,
        proposed_by -> Binary,
        proposed_org -> Binary,
        proposed_at -> BigInt,
        reason -> Text,
        state -> Text,
        answered_by -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        answer -> Nullable<Text>,
        approved_by -> Nullable<Binary>,
        approved_for -> Nullable<Binary>,
        approved_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    order_price_change_lines (change_id, line_no) {
        change_id -> Binary,
        line_no -> BigInt,
        before_fen -> Nullable<BigInt>,
        unit_price_fen -> Nullable<BigInt>,
        allowance_fen -> Nullable<BigInt>,
    }
}
diesel::table! {
    order_price_change_approvers (change_id, place) {
        change_id -> Binary,
        place -> BigInt,
        org_id -> Binary,
        user_id -> Nullable<Binary>,
    }
}
diesel::joinable!(order_price_changes -> orders (order_id));
diesel::joinable!(order_price_change_lines -> order_price_changes (change_id));
diesel::joinable!(order_price_change_approvers -> order_price_changes (change_id));
diesel::allow_tables_to_appear_in_same_query!(
    order_price_change_approvers,
    order_price_change_lines,
    order_price_changes,
    orders,
);
