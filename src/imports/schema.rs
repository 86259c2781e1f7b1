//! Tables of imports.

diesel::table! {
    imports (id) {
        id -> Binary,
        kind -> Text,
        mode -> Text,
        state -> Text,
        phase -> Text,
        org_id -> Binary,
        region_code -> Text,
        user_id -> Binary,
        file_id -> Binary,
        titles -> Text,
        rows_total -> Nullable<BigInt>,
        cursor -> BigInt,
        good -> BigInt,
        bad -> BigInt,
        skipped -> BigInt,
        errors -> BigInt,
        created -> BigInt,
        applications -> BigInt,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    import_rows (import_id, number) {
        import_id -> Binary,
        number -> BigInt,
        parts -> Text,
        rests -> Bool,
    }
}
diesel::table! {
    import_errors (import_id, position) {
        import_id -> Binary,
        position -> BigInt,
        number -> BigInt,
        letters -> Text,
        title -> Text,
        code -> Text,
        zh -> Text,
        en -> Text,
    }
}
diesel::table! {
    import_results (import_id, number) {
        import_id -> Binary,
        number -> BigInt,
        subject -> Text,
        application -> Nullable<Text>,
    }
}
