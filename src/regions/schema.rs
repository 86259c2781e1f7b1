//! Tables of the regions slice.

diesel::table! {
    regions (code, valid_from) {
        code -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        name -> Text,
        level -> Text,
        parent -> Nullable<Text>,
        eligible_832 -> Bool,
        poverty_task -> Bool,
    }
}
diesel::table! {
    calendar_days (region_code, day) {
        region_code -> Text,
        day -> Text,
        kind -> Text,
        name -> Text,
    }
}
diesel::table! {
    calendar_years (region_code, year) {
        region_code -> Text,
        year -> BigInt,
    }
}
diesel::table! {
    pairings (id) {
        id -> Binary,
        kind -> Text,
        a_code -> Text,
        b_code -> Nullable<Text>,
        b_name -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        source -> Text,
    }
}
