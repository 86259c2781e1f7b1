//! Tables of the outbox.

diesel::table! {
    outbox (id) {
        id -> Binary,
        topic -> Text,
        payload -> Text,
        created_at -> BigInt,
        due_at -> BigInt,
        attempts -> BigInt,
        lease_until -> BigInt,
        fence -> BigInt,
        dead -> Bool,
        last_error -> Nullable<Text>,
    }
}
diesel::table! {
    job_periods (name) {
        name -> Text,
        last_period -> BigInt,
        lease_until -> BigInt,
        fence -> BigInt,
    }
}
