//! Table of remembered requests.

diesel::table! {
    idempotency_keys (caller, key) {
        caller -> Binary,
        key -> Text,
        fingerprint -> Binary,
        status -> BigInt,
        headers -> Text,
        body -> Binary,
        created_at -> BigInt,
    }
}
