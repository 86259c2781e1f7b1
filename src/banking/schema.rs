//! Tables of bank statements.

diesel::table! {
    bank_desks (org_id) {
        org_id -> Binary,
        version -> BigInt,
    }
}
diesel::table! {
    bank_statements (id) {
        id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        account_number -> Text,
        file_id -> Binary,
        uploaded_by -> Binary,
        uploaded_at -> BigInt,
        book_unambiguous -> Bool,
        state -> Text,
        cursor -> BigInt,
        new_lines -> BigInt,
        known_lines -> BigInt,
        wrong_rows -> BigInt,
        skipped_rows -> BigInt,
        job_booked -> BigInt,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    bank_statement_errors (statement_id, position) {
        statement_id -> Binary,
        position -> BigInt,
        number -> BigInt,
        letters -> Text,
        title -> Text,
        code -> Text,
        zh -> Text,
        en -> Text,
    }
}
diesel::table! {
    bank_lines (id) {
        id -> Binary,
        org_id -> Binary,
        account_number -> Text,
        identity -> Text,
        booked_on -> Text,
        direction -> Text,
        amount_fen -> BigInt,
        name -> Text,
        counter_account -> Text,
        text -> Text,
        reference -> Nullable<Text>,
    }
}
diesel::table! {
    bank_statement_lines (statement_id, number) {
        statement_id -> Binary,
        number -> BigInt,
        line_id -> Binary,
    }
}
diesel::table! {
    bank_bookings (line_id) {
        line_id -> Binary,
        payment_id -> Binary,
        confirmed -> Bool,
        booked_at -> BigInt,
        booked_by -> Nullable<Binary>,
        rule_id -> Nullable<Binary>,
    }
}
diesel::joinable!(bank_statement_lines -> bank_lines (line_id));
diesel::joinable!(bank_bookings -> bank_lines (line_id));
diesel::allow_tables_to_appear_in_same_query!(bank_bookings, bank_lines, bank_statement_lines);
