//! Tables of chains of approvals and of delegations.

diesel::table! {
    approval_chains (id) {
        id -> Binary,
        unit_id -> Binary,
        region_code -> Text,
        effective_from -> Text,
        bands -> Text,
        reason -> Text,
        decided_by -> Binary,
        decided_org -> Binary,
        decided_at -> BigInt,
    }
}
diesel::table! {
    approval_delegations (id) {
        id -> Binary,
        org_id -> Binary,
        from_user -> Binary,
        to_user -> Binary,
        valid_from -> Text,
        valid_until -> Text,
        reason -> Text,
        delegated_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
    }
}
