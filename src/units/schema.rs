//! The table of the changes of budget units.

diesel::table! {
    unit_changes (id) {
        id -> Binary,
        kind -> Text,
        unit_id -> Binary,
        region_code -> Text,
        successor_id -> Nullable<Binary>,
        name_before -> Text,
        name_after -> Text,
        parent_before -> Nullable<Binary>,
        parent_after -> Nullable<Binary>,
        effective_on -> Text,
        year -> BigInt,
        reason -> Text,
        document_number -> Text,
        beyond_fen -> BigInt,
        decided_by -> Binary,
        decided_org -> Binary,
        decided_at -> BigInt,
    }
}
