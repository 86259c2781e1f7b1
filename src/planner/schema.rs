//! Table of reminders.

diesel::table! {
    plan_reminders (unit_id, year, point) {
        unit_id -> Binary,
        year -> BigInt,
        point -> Text,
        as_of -> Text,
        rule_id -> Binary,
        behind -> Bool,
        recipients -> BigInt,
        at -> BigInt,
    }
}
