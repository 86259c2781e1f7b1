//! Tables of supplier admission and of agents' mandates.

diesel::table! {
    supplier_applications (id) {
        id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        status -> Text,
        statement -> Text,
        files -> Text,
        submitted_by -> Binary,
        submitted_at -> BigInt,
        submitted_day -> Text,
        version -> BigInt,
    }
}
diesel::table! {
    supplier_decisions (id) {
        id -> Binary,
        application_id -> Binary,
        step -> Text,
        decision -> Text,
        reason_code -> Nullable<Text>,
        opinion -> Nullable<Text>,
        decided_by -> Binary,
        decided_for -> Binary,
        decided_at -> BigInt,
        decided_day -> Text,
    }
}
diesel::table! {
    mandates (id) {
        id -> Binary,
        producer_id -> Binary,
        agent_id -> Binary,
        region_code -> Text,
        valid_from -> Text,
        valid_until -> Text,
        file_id -> Nullable<Binary>,
        revoked_from -> Text,
        created_by -> Binary,
        created_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    mandate_products (mandate_id, product_id) {
        mandate_id -> Binary,
        product_id -> Binary,
    }
}
diesel::joinable!(supplier_decisions -> supplier_applications (application_id));
diesel::joinable!(mandate_products -> mandates (mandate_id));
diesel::allow_tables_to_appear_in_same_query!(supplier_applications, supplier_decisions);
diesel::allow_tables_to_appear_in_same_query!(mandates, mandate_products);
