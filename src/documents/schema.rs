//! Tables of stored files.
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
diesel::table! {
    file_shares (file_id, org_id) {
        file_id -> Binary,
        org_id -> Binary,
        at -> BigInt,
    }
}
diesel::table! {
    file_regions (file_id, region_code) {
        file_id -> Binary,
        region_code -> Text,
        at -> BigInt,
    }
}
diesel::table! {
    anonymous_files (id) {
        id -> Binary,
        region_code -> Text,
        name -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Binary,
        at -> BigInt,
    }
}
