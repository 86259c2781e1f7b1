//! The table of the rulebook.

diesel::table! {
    rules (id) {
        id -> Binary,
        sort_key -> Text,
        name -> Text,
        region_code -> Text,
        level -> Text,
        fund -> Text,
        effective_from -> Text,
        effective_to -> Nullable<Text>,
        value -> Text,
        unit -> Text,
        source -> Text,
        created_at -> BigInt,
        created_by -> Nullable<Binary>,
    }
}
