//! Table of what is flagged to buyers.

diesel::table! {
    order_flags (id) {
        id -> Binary,
        order_id -> Binary,
        line_id -> Binary,
        certificate_id -> Binary,
        number -> Text,
        cause -> Text,
        raised_at -> BigInt,
        cleared_at -> Nullable<BigInt>,
    }
}
