//! Tables of purchase certificates.

diesel::table! {
    purchase_certificate_years (year) {
        year -> BigInt,
        last -> BigInt,
    }
}
diesel::table! {
    purchase_certificates (id) {
        id -> Binary,
        number -> Text,
        year -> BigInt,
        place -> BigInt,
        order_id -> Binary,
        edition -> BigInt,
        replaces -> Nullable<Binary>,
        buyer_id -> Binary,
        unit_id -> Binary,
        region_code -> Text,
        recipient_org -> Nullable<Binary>,
        amount_fen -> BigInt,
        content -> Text,
        sha256 -> Text,
        fact_seq -> BigInt,
        receipt_no -> BigInt,
        issued_by -> Binary,
        issued_at -> BigInt,
        issued_on -> Text,
    }
}
diesel::table! {
    purchase_certificate_ends (certificate_id) {
        certificate_id -> Binary,
        cause -> Text,
        ended_on -> Text,
        noted_at -> BigInt,
    }
}
