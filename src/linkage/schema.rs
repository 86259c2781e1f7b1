//! Tables of household linkage.

diesel::table! {
    household_years (year) {
        year -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    household_lists (id) {
        id -> Binary,
        org_id -> Binary,
        supplier_name -> Text,
        county -> Text,
        product_id -> Binary,
        product_name -> Text,
        year -> BigInt,
        edition -> BigInt,
        rows_total -> BigInt,
        households -> BigInt,
        amount_fen -> BigInt,
        status -> Text,
        checked -> Nullable<Text>,
        filed_by -> Binary,
        filed_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    household_claims (list_id, row_no) {
        list_id -> Binary,
        row_no -> BigInt,
        household -> Binary,
        kind -> Text,
        class -> Text,
        persons -> BigInt,
        amount_fen -> BigInt,
        org_id -> Binary,
        county -> Text,
        year -> BigInt,
        state -> Text,
    }
}
diesel::table! {
    household_double_claims (id) {
        id -> Binary,
        household -> Binary,
        kind -> Text,
        year -> BigInt,
        status -> Text,
        stands_org -> Nullable<Binary>,
        settled_between -> Nullable<Text>,
        found_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    household_settlements (id) {
        id -> Binary,
        double_claim_id -> Binary,
        stands_list -> Binary,
        stands_org -> Binary,
        reason -> Text,
        office_org -> Binary,
        decided_by -> Binary,
        decided_at -> BigInt,
    }
}
diesel::table! {
    household_checks (id) {
        id -> Binary,
        list_id -> Binary,
        result -> Text,
        reason -> Text,
        checked_households -> BigInt,
        due_on -> Text,
        rule_id -> Binary,
        office_org -> Binary,
        checked_by -> Binary,
        checked_at -> BigInt,
    }
}
diesel::table! {
    household_reminder_days (day) {
        day -> Text,
        after -> Text,
        done -> Bool,
    }
}
diesel::table! {
    household_reminders (certificate_number, year) {
        certificate_number -> Text,
        year -> BigInt,
        reminded_on -> Text,
        rule_id -> Binary,
    }
}
diesel::joinable!(household_claims -> household_lists (list_id));
diesel::allow_tables_to_appear_in_same_query!(household_lists, household_claims, household_double_claims);
