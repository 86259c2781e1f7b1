//! Tables of replacements.

use super::orders;

diesel::table! {
    order_replacements (id) {
        id -> Binary,
        order_id -> Binary,
        line_id -> Binary,
        acceptance_id -> Nullable<Binary>,
        quantity -> BigInt,
        reason -> Text,
        state -> Text,
        asked_by -> Binary,
        asked_at -> BigInt,
        answered_by -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        answer -> Nullable<Text>,
        closed_on -> Nullable<Text>,
        closed_at -> Nullable<BigInt>,
    }
}
diesel::joinable!(order_replacements -> orders (order_id));
diesel::allow_tables_to_appear_in_same_query!(order_replacements, orders);
