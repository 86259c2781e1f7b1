//! Table of the exceptions from the separation of duties.

diesel::table! {
    duty_exceptions (id) {
        id -> Binary,
        unit_id -> Binary,
        region_code -> Text,
        granted_by -> Binary,
        granted_by_org -> Binary,
        granted_at -> BigInt,
        valid_from -> Text,
        valid_until -> Text,
        reason -> Text,
        rule_id -> Binary,
        revoked_from -> Nullable<Text>,
        revoked_by -> Nullable<Binary>,
    }
}
