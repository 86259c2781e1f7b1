//! Tables of open data.

diesel::table! {
    open_months (month) {
        month -> Text,
        entries -> BigInt,
        revision -> BigInt,
        revised_at -> BigInt,
    }
}
diesel::table! {
    open_county_months (month, county, revision) {
        month -> Text,
        county -> Text,
        revision -> BigInt,
        county_name -> Text,
        ordered_fen -> BigInt,
        accepted_paid_fen -> BigInt,
        completed_fen -> BigInt,
        orders -> BigInt,
        purchasers -> BigInt,
        ordered_units -> BigInt,
        accepted_paid_units -> BigInt,
        completed_units -> BigInt,
        revised_at -> BigInt,
        ordered_unpaid_units -> Nullable<BigInt>,
        paid_uncompleted_units -> Nullable<BigInt>,
        ordered_uncompleted_units -> Nullable<BigInt>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(open_months, open_county_months);
