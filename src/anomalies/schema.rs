//! Tables of anomalies.

diesel::table! {
    anomalies (id) {
        id -> Binary,
        kind -> Text,
        subject -> Text,
        order_id -> Nullable<Binary>,
        line_id -> Nullable<Binary>,
        product_id -> Nullable<Binary>,
        unit_id -> Nullable<Binary>,
        buyer_id -> Nullable<Binary>,
        supplier_id -> Binary,
        region_code -> Text,
        year -> BigInt,
        day -> Text,
        found_at -> BigInt,
        measure -> Text,
        value -> Nullable<BigInt>,
        compared -> Nullable<BigInt>,
        threshold -> Nullable<BigInt>,
        counted -> Nullable<BigInt>,
        rule_id -> Nullable<Binary>,
        exception_id -> Nullable<Binary>,
        orders -> Text,
        reason_zh -> Text,
        reason_en -> Text,
        state -> Text,
        decided_by -> Nullable<Binary>,
        decided_for -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        decision_reason -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    anomaly_runs (task) {
        task -> Text,
        reached_at -> BigInt,
    }
}
