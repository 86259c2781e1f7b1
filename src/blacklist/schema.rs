//! Tables of the blacklist.

diesel::table! {
    blacklist_entries (id) {
        id -> Binary,
        org_id -> Binary,
        supplier_name -> Text,
        uscc -> Nullable<Text>,
        region_code -> Text,
        cause -> Text,
        reason -> Nullable<Text>,
        document_no -> Nullable<Text>,
        certificate_id -> Nullable<Binary>,
        certificate_number -> Nullable<Text>,
        listed_from -> Text,
        listed_until -> Nullable<Text>,
        rule_id -> Nullable<Binary>,
        office_org -> Binary,
        office_region -> Text,
        decided_by -> Binary,
        decided_at -> BigInt,
        appeal_until -> Text,
        appeal_rule_id -> Binary,
        status -> Text,
        ended_on -> Nullable<Text>,
        ended_by -> Nullable<Binary>,
        end_reason -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    blacklist_appeals (id) {
        id -> Binary,
        entry_id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        statement -> Text,
        files -> Text,
        filed_by -> Binary,
        filed_at -> BigInt,
        office_region -> Text,
        due_on -> Text,
        due_provisional -> Bool,
        due_rule_id -> Binary,
        status -> Text,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Binary>,
        decided_for -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
    }
}
diesel::joinable!(blacklist_appeals -> blacklist_entries (entry_id));
diesel::allow_tables_to_appear_in_same_query!(blacklist_entries, blacklist_appeals);
