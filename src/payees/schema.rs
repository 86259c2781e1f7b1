//! Tables of payee accounts.

diesel::table! {
    payee_accounts (id) {
        id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        holder -> Text,
        bank -> Text,
        account_number -> Text,
        valid_from -> Text,
        state -> Text,
        proposed_by -> Binary,
        proposed_at -> BigInt,
        confirmed_by -> Nullable<Binary>,
        confirmed_org -> Nullable<Binary>,
        confirmed_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    payee_notices (account_id, org_id) {
        account_id -> Binary,
        org_id -> Binary,
        at -> BigInt,
    }
}
