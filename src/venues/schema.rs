//! Tables of venues and what they sold.

diesel::table! {
    venues (id) {
        id -> Binary,
        operator_id -> Binary,
        kind -> Text,
        name -> Text,
        region_code -> Text,
        place -> Text,
        opened_on -> Text,
        closed_on -> Nullable<Text>,
        closing_reason -> Nullable<Text>,
        office_org -> Binary,
        entered_by -> Binary,
        entered_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    venue_operators (org_id) {
        org_id -> Binary,
        version -> BigInt,
    }
}
diesel::table! {
    venue_sales (id) {
        id -> Binary,
        venue_id -> Binary,
        receipt_no -> Text,
        receipt_key -> Text,
        sold_on -> Text,
        name -> Text,
        product_id -> Nullable<Binary>,
        certificate_id -> Nullable<Binary>,
        certificate_number -> Nullable<Text>,
        origins -> Text,
        quantity -> BigInt,
        unit -> Text,
        amount_fen -> BigInt,
        sourced_fen -> BigInt,
        content -> Text,
        reported_by -> Binary,
        reported_at -> BigInt,
        annulled_by -> Nullable<Binary>,
        annulled_org -> Nullable<Binary>,
        annulled_at -> Nullable<BigInt>,
        annulment_reason -> Nullable<Text>,
    }
}
diesel::table! {
    venue_sources (sale_id, position) {
        sale_id -> Binary,
        position -> BigInt,
        order_id -> Binary,
        line_no -> BigInt,
        quantity -> BigInt,
        amount_fen -> BigInt,
    }
}
diesel::table! {
    venue_entries (id) {
        id -> Binary,
        sale_id -> Binary,
        venue_id -> Binary,
        operator_id -> Binary,
        kind -> Text,
        venue_region -> Text,
        times -> BigInt,
        position -> BigInt,
        county -> Text,
        month -> Text,
        certificate_id -> Nullable<Binary>,
        total_fen -> BigInt,
        sourced_fen -> BigInt,
        recorded_on -> Text,
    }
}
diesel::allow_tables_to_appear_in_same_query!(venues, venue_sales, venue_sources, venue_entries);
