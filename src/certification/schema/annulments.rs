//! Table of certificates that were never valid.

use super::certificates;

diesel::table! {
    certificate_annulments (id) {
        id -> Binary,
        certificate_id -> Binary,
        ground -> Text,
        reason -> Text,
        document_no -> Nullable<Text>,
        office_org -> Binary,
        decided_by -> Binary,
        decided_at -> BigInt,
        decided_on -> Text,
    }
}
diesel::joinable!(certificate_annulments -> certificates (certificate_id));
diesel::allow_tables_to_appear_in_same_query!(certificate_annulments, certificates);
