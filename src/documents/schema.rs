//! The table of stored files.
diesel::table! {
    files (id) {
        id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        name -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Binary,
        class -> Text,
        uploaded_by -> Binary,
        at -> BigInt,
    }
}
