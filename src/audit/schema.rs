//! Tables of the audit trail and the event feed.

diesel::table! {
    audit_entries (id) {
        id -> Binary,
        at -> BigInt,
        user_id -> Nullable<Binary>,
        org_id -> Nullable<Binary>,
        via -> Text,
        action -> Text,
        subject -> Text,
        owner_org -> Binary,
        other_org -> Nullable<Binary>,
        region_code -> Text,
        details -> Text,
        request_id -> Text,
    }
}
diesel::table! {
    audit_unsequenced (entry_id) {
        entry_id -> Binary,
    }
}
diesel::table! {
    audit_parties (entry_id, org_id) {
        entry_id -> Binary,
        org_id -> Binary,
    }
}
diesel::table! {
    audit_positions (position) {
        position -> BigInt,
        entry_id -> Binary,
    }
}
diesel::table! {
    audit_sequence (id) {
        id -> BigInt,
        last -> BigInt,
    }
}
diesel::joinable!(audit_positions -> audit_entries (entry_id));
diesel::allow_tables_to_appear_in_same_query!(
    audit_entries,
    audit_parties,
    audit_unsequenced,
    audit_positions,
    audit_sequence
);
