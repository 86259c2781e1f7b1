//! Tables of the catalogue. `listing_search` is not here: it differs between the databases and stands in the store's SQL.

diesel::table! {
    products (id) {
        id -> Binary,
        org_id -> Binary,
        supplier_region -> Text,
        name -> Text,
        category -> Text,
        mark -> Text,
        origins -> Text,
        description -> Text,
        sc_licence -> Nullable<Text>,
        weighed -> Bool,
        created_by -> Binary,
        created_at -> BigInt,
        version -> BigInt,
        yearly_output_kg -> Nullable<BigInt>,
    }
}
diesel::table! {
    product_certificates (product_id, certificate_id) {
        product_id -> Binary,
        certificate_id -> Binary,
        number -> Text,
        scheme_id -> Binary,
        county -> Text,
        valid_from -> Text,
        valid_until -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        bars -> Bool,
    }
}
diesel::table! {
    listings (seq) {
        seq -> BigInt,
        id -> Binary,
        product_id -> Binary,
        org_id -> Binary,
        status -> Text,
        withdrawn_reason -> Nullable<Text>,
        unit -> Text,
        net_weight_grams -> BigInt,
        weighed -> Bool,
        tolerance_ppm -> BigInt,
        price_fen -> BigInt,
        price_per_kg_fen -> BigInt,
        months -> BigInt,
        fresh_evidence_id -> Nullable<Binary>,
        stock_account_id -> Binary,
        name -> Text,
        name_key -> Text,
        supplier_name -> Text,
        supplier_region -> Text,
        county -> Text,
        category -> Text,
        eligible -> Bool,
        certificate_number -> Nullable<Text>,
        certified_from -> Text,
        certified_until -> Text,
        mandate_id -> Nullable<Binary>,
        mandated_until -> Text,
        created_by -> Binary,
        created_at -> BigInt,
        updated_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    price_evidence (id) {
        id -> Binary,
        listing_id -> Binary,
        file_id -> Nullable<Binary>,
        link -> Nullable<Text>,
        like_price_per_kg_fen -> Nullable<BigInt>,
        given_by -> Binary,
        given_at -> BigInt,
    }
}
diesel::table! {
    stock_changes (id) {
        id -> Binary,
        listing_id -> Binary,
        direction -> Text,
        quantity -> BigInt,
        reason -> Text,
        changed_by -> Binary,
        changed_at -> BigInt,
    }
}
diesel::table! {
    halal_certificates (id) {
        id -> Binary,
        product_id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        number -> Text,
        issuer -> Text,
        valid_from -> Text,
        valid_until -> Text,
        file_id -> Binary,
        state -> Text,
        filed_by -> Binary,
        filed_at -> BigInt,
        decided_by -> Nullable<Binary>,
        decided_org -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::joinable!(product_certificates -> products (product_id));
diesel::joinable!(listings -> products (product_id));
diesel::allow_tables_to_appear_in_same_query!(
    products,
    product_certificates,
    halal_certificates,
    listings,
    price_evidence,
    stock_changes
);
