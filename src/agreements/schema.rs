//! Tables of framework agreements.

diesel::table! {
    agreements (id) {
        id -> Binary,
        number -> Text,
        holder_id -> Binary,
        holder_region -> Text,
        supplier_id -> Binary,
        coverage -> Text,
        state -> Text,
        revision -> BigInt,
        term_from -> Text,
        term_until -> Text,
        ends_on -> Nullable<Text>,
        end_reason -> Nullable<Text>,
        ended_by -> Nullable<Binary>,
        ended_org -> Nullable<Binary>,
        proposed_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    agreement_units (agreement_id, unit_id) {
        agreement_id -> Binary,
        unit_id -> Binary,
    }
}
diesel::table! {
    agreement_revisions (agreement_id, revision) {
        agreement_id -> Binary,
        revision -> BigInt,
        state -> Text,
        terms -> Text,
        document_number -> Text,
        file_id -> Nullable<Binary>,
        reason -> Text,
        proposed_by -> Binary,
        proposed_org -> Binary,
        proposed_at -> BigInt,
        answered_by -> Nullable<Binary>,
        answered_org -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        answer_reason -> Nullable<Text>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(agreements, agreement_units);
