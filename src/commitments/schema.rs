//! Tables of minimum-purchase commitments.

diesel::table! {
    purchase_commitments (id) {
        id -> Binary,
        org_id -> Binary,
        org_region -> Text,
        office_id -> Binary,
        office_region -> Text,
        year -> BigInt,
        state -> Text,
        revision -> BigInt,
        in_force -> Nullable<BigInt>,
        since -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    purchase_commitment_revisions (commitment_id, revision) {
        commitment_id -> Binary,
        revision -> BigInt,
        from_month -> Text,
        to_month -> Text,
        amount_fen -> BigInt,
        region_code -> Nullable<Text>,
        supplier_id -> Nullable<Binary>,
        reason -> Nullable<Text>,
        declared_by -> Binary,
        declared_at -> BigInt,
        verdict -> Nullable<Text>,
        answer -> Nullable<Text>,
        decided_by -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
    }
}
