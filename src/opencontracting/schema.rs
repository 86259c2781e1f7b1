//! Tables of what is published of orders.

diesel::table! {
    contracting_processes (order_id) {
        order_id -> Binary,
        told_at -> BigInt,
        buyer_name -> Text,
        buyer_uscc -> Nullable<Text>,
        unit_name -> Text,
        unit_uscc -> Nullable<Text>,
        payer_name -> Text,
        payer_uscc -> Nullable<Text>,
        supplier_name -> Text,
        supplier_uscc -> Nullable<Text>,
    }
}
diesel::table! {
    contracting_releases (order_id, seq) {
        order_id -> Binary,
        seq -> BigInt,
        kind -> Text,
        subject_id -> Binary,
        at -> BigInt,
    }
}
