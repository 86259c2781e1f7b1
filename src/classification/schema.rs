//! Tables of the classification slice.

diesel::table! {
    classification_terms (id) {
        id -> Binary,
        kind -> Text,
        code -> Text,
        rolls_up_to -> Nullable<Text>,
        region_code -> Text,
        name_zh -> Text,
        name_en -> Text,
        effective_from -> Text,
        effective_to -> Nullable<Text>,
        source -> Text,
        created_at -> BigInt,
        created_by -> Binary,
    }
}
