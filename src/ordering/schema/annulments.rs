//! Tables of what annulled certificates mean for orders.

use super::{order_lines, orders};

diesel::table! {
    order_annulments (id) {
        id -> Binary,
        order_id -> Binary,
        certificate_id -> Binary,
        number -> Text,
        ground -> Text,
        decided_on -> Text,
        posted_at -> BigInt,
    }
}
diesel::table! {
    order_annulment_lines (annulment_id, line_id) {
        annulment_id -> Binary,
        line_id -> Binary,
        standing_before -> Text,
        standing_after -> Text,
        ordered_fen -> BigInt,
        accepted_paid_fen -> BigInt,
        completed_fen -> BigInt,
    }
}
diesel::joinable!(order_annulment_lines -> order_annulments (annulment_id));
diesel::allow_tables_to_appear_in_same_query!(order_annulments, order_annulment_lines);
diesel::allow_tables_to_appear_in_same_query!(order_annulments, order_lines);
diesel::allow_tables_to_appear_in_same_query!(order_annulments, orders);
