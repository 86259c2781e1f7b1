//! Tables of framework agreements and standing orders.

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
diesel::table! {
    standing_orders (id) {
        id -> Binary,
        name -> Text,
        buyer_id -> Binary,
        unit_id -> Binary,
        region_code -> Text,
        agreement_id -> Nullable<Binary>,
        state -> Text,
        paused_on -> Nullable<Text>,
        starts_on -> Text,
        ends_on -> Text,
        end_reason -> Nullable<Text>,
        revision -> BigInt,
        open_from -> Text,
        due_on -> Nullable<Text>,
        next_on -> Nullable<Text>,
        failures -> BigInt,
        retry_at -> BigInt,
        created_by -> Binary,
        created_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    standing_revisions (standing_id, revision) {
        standing_id -> Binary,
        revision -> BigInt,
        from_day -> Text,
        terms -> Text,
        reason -> Text,
        made_by -> Binary,
        made_at -> BigInt,
    }
}
diesel::table! {
    standing_skips (standing_id, day) {
        standing_id -> Binary,
        day -> Text,
        reason -> Nullable<Text>,
        made_by -> Binary,
        made_at -> BigInt,
    }
}
diesel::table! {
    standing_occurrences (standing_id, day) {
        standing_id -> Binary,
        day -> Text,
        delivery_on -> Text,
        order_on -> Text,
        revision -> BigInt,
        state -> Text,
        cause -> Nullable<Text>,
        reason_zh -> Nullable<Text>,
        reason_en -> Nullable<Text>,
        faults -> Text,
        group_id -> Nullable<Binary>,
        orders -> Text,
        settled_at -> BigInt,
    }
}
