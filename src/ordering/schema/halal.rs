//! The table of certificates by which goods were 清真 when they were ordered.

use super::{order_lines, orders};

diesel::table! {
    order_halal_lines (line_id) {
        line_id -> Binary,
        order_id -> Binary,
        product_id -> Binary,
        number -> Text,
    }
}

diesel::joinable!(order_halal_lines -> order_lines (line_id));
diesel::allow_tables_to_appear_in_same_query!(order_halal_lines, order_lines);
diesel::allow_tables_to_appear_in_same_query!(order_halal_lines, orders);
