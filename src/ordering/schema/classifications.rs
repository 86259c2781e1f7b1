//! Tables of classifications.

use super::orders;

diesel::table! {
    order_classifications (order_id, no) {
        order_id -> Binary,
        no -> BigInt,
        mode -> Text,
        channel -> Text,
        mode_term -> Nullable<Text>,
        channel_term -> Nullable<Text>,
        tags -> Text,
        reason -> Text,
        org_id -> Binary,
        decided_by -> Binary,
        decided_at -> BigInt,
    }
}
diesel::joinable!(order_classifications -> orders (order_id));
diesel::allow_tables_to_appear_in_same_query!(order_classifications, orders);
