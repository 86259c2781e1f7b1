//! Tables of the documents that certificates rest on.

use super::certificates;

diesel::table! {
    certificate_requirements (certificate_id, key) {
        certificate_id -> Binary,
        key -> Text,
        requirement -> Text,
        ends_on -> Nullable<Text>,
        act_on -> Nullable<Text>,
    }
}
diesel::table! {
    certificate_documents (id) {
        id -> Binary,
        certificate_id -> Binary,
        org_id -> Binary,
        county -> Text,
        facts -> Text,
        file_ids -> Text,
        warnings -> Text,
        evidence_id -> Nullable<Binary>,
        state -> Text,
        brought_by -> Binary,
        brought_at -> BigInt,
        due_on -> Nullable<Text>,
        due_provisional -> Bool,
        due_rule_id -> Nullable<Binary>,
        office_org -> Nullable<Binary>,
        reviewed_by -> Nullable<Binary>,
        reviewed_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(certificate_documents, certificates);
