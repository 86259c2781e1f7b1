//! Tables of statements of account.

diesel::table! {
    statement_desks (supplier_id) {
        supplier_id -> Binary,
        version -> BigInt,
    }
}
diesel::table! {
    statements (id) {
        id -> Binary,
        supplier_id -> Binary,
        buyer_id -> Binary,
        buyer_region -> Text,
        payer_id -> Binary,
        first_day -> Text,
        last_day -> Text,
        state -> Text,
        revision -> BigInt,
        submitted_revision -> BigInt,
        drafted_at -> BigInt,
        confirmed_by -> Nullable<Binary>,
        confirmed_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<Binary>,
        withdrawn_at -> Nullable<BigInt>,
        withdrawal_reason -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    statement_revisions (statement_id, revision) {
        statement_id -> Binary,
        revision -> BigInt,
        left_out -> Text,
        note -> Nullable<Text>,
        drafted_by -> Binary,
        drafted_at -> BigInt,
        submitted_by -> Nullable<Binary>,
        submitted_at -> Nullable<BigInt>,
        answered_by -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        lines -> BigInt,
        amount_fen -> BigInt,
        returned_fen -> BigInt,
        disputed_fen -> BigInt,
        paid_fen -> BigInt,
        reported_fen -> BigInt,
        invoiced_fen -> BigInt,
        payable_fen -> BigInt,
    }
}
diesel::table! {
    statement_lines (statement_id, revision, line_no) {
        statement_id -> Binary,
        revision -> BigInt,
        line_no -> BigInt,
        order_id -> Binary,
        order_line_no -> BigInt,
        acceptance_id -> Binary,
        accepted_on -> Text,
        name -> Text,
        unit -> Text,
        quantity -> BigInt,
        unit_price_fen -> BigInt,
        amount_fen -> BigInt,
        returned_quantity -> BigInt,
        returned_fen -> BigInt,
        disputed_fen -> BigInt,
        paid_fen -> BigInt,
        reported_fen -> BigInt,
        invoiced_fen -> BigInt,
    }
}
diesel::table! {
    statement_differences (statement_id, revision, position) {
        statement_id -> Binary,
        revision -> BigInt,
        position -> BigInt,
        line_no -> Nullable<BigInt>,
        order_id -> Binary,
        order_line_no -> BigInt,
        source -> Text,
        kind -> Text,
        stated_fen -> BigInt,
        found_fen -> Nullable<BigInt>,
        found_quantity -> Nullable<BigInt>,
        reason -> Nullable<Text>,
    }
}
diesel::table! {
    statement_acceptances (acceptance_id) {
        acceptance_id -> Binary,
        statement_id -> Binary,
        order_id -> Binary,
    }
}
diesel::table! {
    statement_invoices (invoice_id) {
        invoice_id -> Binary,
        statement_id -> Binary,
    }
}
diesel::table! {
    statement_payments (payment_id) {
        payment_id -> Binary,
        statement_id -> Binary,
    }
}
