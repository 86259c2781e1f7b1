//! Tables of who gets the goods of a donation, and of what it received.

use super::orders;

diesel::table! {
    order_recipients (order_id) {
        order_id -> Binary,
        org_id -> Nullable<Binary>,
        name -> Text,
        kind -> Text,
        region_code -> Text,
        credit_code -> Nullable<Text>,
        contact -> Text,
        phone -> Text,
        named_by -> Binary,
        named_at -> BigInt,
        corrected_by -> Nullable<Binary>,
        corrected_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    order_receipts (id) {
        id -> Binary,
        order_id -> Binary,
        receipt_no -> BigInt,
        corrects -> Nullable<Binary>,
        occurred_on -> Text,
        recorded_at -> BigInt,
        recorded_by -> Binary,
        recorded_org -> Binary,
        by_recipient -> Bool,
        signed_by -> Text,
        proof_file -> Nullable<Binary>,
        reason -> Nullable<Text>,
    }
}
diesel::table! {
    order_receipt_lines (receipt_id, line_id) {
        receipt_id -> Binary,
        line_id -> Binary,
        quantity -> BigInt,
    }
}
diesel::joinable!(order_receipt_lines -> order_receipts (receipt_id));
diesel::allow_tables_to_appear_in_same_query!(order_receipts, order_receipt_lines);
diesel::allow_tables_to_appear_in_same_query!(order_recipients, orders);
