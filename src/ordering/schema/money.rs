//! Tables of the facts about an order's money, and of the order in which all facts took effect.

use super::orders;

diesel::table! {
    payments (id) {
        id -> Binary,
        reporter_org -> Binary,
        payer_id -> Binary,
        supplier_id -> Binary,
        amount_fen -> BigInt,
        occurred_on -> Text,
        reported_at -> BigInt,
        reported_by -> Binary,
        proof_file -> Nullable<Binary>,
        bank_reference -> Nullable<Text>,
        state -> Text,
        answer_by -> Text,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<Binary>,
        reason -> Nullable<Text>,
        effective_at -> Nullable<BigInt>,
        reversed_at -> Nullable<BigInt>,
        version -> BigInt,
        answer_by_provisional -> Bool,
    }
}
diesel::table! {
    payment_orders (payment_id, order_id) {
        payment_id -> Binary,
        order_id -> Binary,
        amount_fen -> BigInt,
    }
}
diesel::table! {
    refunds (id) {
        id -> Binary,
        order_id -> Binary,
        return_id -> Nullable<Binary>,
        amount_fen -> BigInt,
        occurred_on -> Text,
        recorded_at -> BigInt,
        recorded_by -> Binary,
        reason -> Text,
        bank_reference -> Nullable<Text>,
        allowance_id -> Nullable<Binary>,
    }
}
diesel::table! {
    ratings (id) {
        id -> Binary,
        order_id -> Binary,
        price -> BigInt,
        quality -> BigInt,
        delivery -> BigInt,
        comment -> Text,
        recorded_at -> BigInt,
        recorded_by -> Binary,
    }
}
diesel::table! {
    invoices (id) {
        id -> Binary,
        code -> Text,
        number -> Text,
        supplier_id -> Binary,
        payer_id -> Binary,
        issued_on -> Text,
        net_fen -> BigInt,
        rate_ppm -> Nullable<BigInt>,
        tax_fen -> BigInt,
        gross_fen -> BigInt,
        reverses -> Nullable<Binary>,
        file_id -> Nullable<Binary>,
        recorded_at -> BigInt,
        recorded_by -> Binary,
        recorded_org -> Binary,
    }
}
diesel::table! {
    invoice_lines (invoice_id, order_id, line_no) {
        invoice_id -> Binary,
        order_id -> Binary,
        line_no -> BigInt,
        gross_fen -> BigInt,
    }
}
diesel::table! {
    order_facts (order_id, seq) {
        order_id -> Binary,
        seq -> BigInt,
        kind -> Text,
        subject_id -> Binary,
        occurred_on -> Text,
        effective_on -> Text,
        counts_on -> Text,
        closes_on -> Text,
        late -> Bool,
        late_rule -> Binary,
        closing_rule -> Binary,
    }
}
diesel::joinable!(payment_orders -> payments (payment_id));
diesel::joinable!(payment_orders -> orders (order_id));
diesel::joinable!(invoice_lines -> invoices (invoice_id));
diesel::joinable!(invoice_lines -> orders (order_id));
diesel::joinable!(order_facts -> orders (order_id));
diesel::allow_tables_to_appear_in_same_query!(
    invoice_lines,
    invoices,
    order_facts,
    orders,
    payment_orders,
    payments,
    ratings,
    refunds,
);
