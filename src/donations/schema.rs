//! Tables of declared activities and helped sales.

diesel::table! {
    donation_declarations (id) {
        id -> Binary,
        kind -> Text,
        org_id -> Binary,
        org_name -> Text,
        region_code -> Text,
        township -> Text,
        county -> Text,
        place -> Text,
        held_on -> Text,
        month -> Text,
        quarter -> Text,
        year -> Text,
        title -> Text,
        document_number -> Text,
        number_key -> Text,
        amount_fen -> BigInt,
        units -> BigInt,
        cadres -> BigInt,
        households -> BigInt,
        edition -> BigInt,
        round -> BigInt,
        state -> Text,
        waits_for -> Nullable<Text>,
        since -> BigInt,
        declared_by -> Binary,
        declared_at -> BigInt,
        submitted_by -> Nullable<Binary>,
        submitted_at -> Nullable<BigInt>,
        verified_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    donation_units (declaration_id, edition, position) {
        declaration_id -> Binary,
        edition -> BigInt,
        position -> BigInt,
        org_id -> Nullable<Binary>,
        uscc -> Nullable<Text>,
        name -> Text,
        key -> Binary,
    }
}
diesel::table! {
    donation_cadres (declaration_id, edition, position) {
        declaration_id -> Binary,
        edition -> BigInt,
        position -> BigInt,
        name -> Binary,
        unit -> Text,
        key -> Binary,
    }
}
diesel::table! {
    donation_items (declaration_id, edition, position) {
        declaration_id -> Binary,
        edition -> BigInt,
        position -> BigInt,
        product -> Text,
        quantity -> BigInt,
        measure -> Text,
        content -> Nullable<Text>,
        amount_fen -> BigInt,
        class -> Text,
        household -> Binary,
    }
}
diesel::table! {
    donation_files (declaration_id, edition, position) {
        declaration_id -> Binary,
        edition -> BigInt,
        position -> BigInt,
        file_id -> Binary,
    }
}
diesel::table! {
    donation_steps (id) {
        id -> Binary,
        declaration_id -> Binary,
        edition -> BigInt,
        round -> BigInt,
        event -> Text,
        state -> Text,
        level -> Nullable<Text>,
        org_id -> Binary,
        user_id -> Binary,
        at -> BigInt,
        reason -> Nullable<Text>,
    }
}
diesel::table! {
    donation_entries (id) {
        id -> Binary,
        declaration_id -> Binary,
        kind -> Text,
        event -> Text,
        org_id -> Binary,
        region_code -> Text,
        township -> Text,
        county -> Text,
        month -> Text,
        quarter -> Text,
        year -> Text,
        activities -> BigInt,
        amount_fen -> BigInt,
        reason -> Nullable<Text>,
        office_org -> Binary,
        made_by -> Binary,
        recorded_at -> BigInt,
        recorded_on -> Text,
    }
}
diesel::table! {
    donation_entry_parts (entry_id, part, position) {
        entry_id -> Binary,
        part -> Text,
        position -> BigInt,
        key -> Binary,
        class -> Text,
        times -> BigInt,
        amount_fen -> BigInt,
    }
}
diesel::allow_tables_to_appear_in_same_query!(
    donation_declarations,
    donation_steps,
    donation_entries,
    donation_entry_parts
);
