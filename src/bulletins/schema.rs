//! Tables of bulletins.

diesel::table! {
    bulletins (id) {
        id -> Binary,
        org_id -> Binary,
        org_name -> Text,
        region_code -> Text,
        year -> BigInt,
        as_of -> Text,
        rows_by -> Text,
        title -> Text,
        closes_year -> Bool,
        content -> Text,
        sha256 -> Text,
        corrects -> Nullable<Binary>,
        correction_no -> Nullable<BigInt>,
        state -> Text,
        drafted_by -> Binary,
        drafted_at -> BigInt,
        signed_by -> Nullable<Binary>,
        signed_at -> Nullable<BigInt>,
        number -> Nullable<Text>,
        published_by -> Nullable<Binary>,
        published_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    bulletin_urges (id) {
        id -> Binary,
        org_id -> Binary,
        unit_id -> Binary,
        year -> BigInt,
        as_of -> Text,
        cause -> Text,
        recipients -> BigInt,
        urged_by -> Binary,
        urged_at -> BigInt,
    }
}
