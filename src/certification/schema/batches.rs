//! Tables of the published batches.

use super::certificates;

diesel::table! {
    catalogue_batch_heads (scheme_id, region_code) {
        scheme_id -> Binary,
        region_code -> Text,
        year -> BigInt,
        last -> BigInt,
        dated_on -> Text,
    }
}
diesel::table! {
    catalogue_batches (id) {
        id -> Binary,
        number -> Text,
        scheme_id -> Binary,
        scheme_name -> Text,
        region_code -> Text,
        year -> BigInt,
        document_number -> Text,
        dated_on -> Text,
        issued_until -> Text,
        certificates -> BigInt,
        sha256 -> Text,
        office_org -> Binary,
        office_name -> Text,
        published_by -> Binary,
        published_at -> BigInt,
    }
}
diesel::table! {
    catalogue_batch_rows (batch_id, position) {
        batch_id -> Binary,
        position -> BigInt,
        certificate_id -> Binary,
        certificate_number -> Text,
        product_id -> Binary,
        product_name -> Text,
        supplier_name -> Text,
        county -> Text,
        county_name -> Text,
        issued_on -> Text,
        valid_from -> Text,
        valid_until -> Text,
    }
}
diesel::allow_tables_to_appear_in_same_query!(catalogue_batch_rows, certificates);
