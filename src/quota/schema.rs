//! Tables of the plans.

diesel::table! {
    plans (id) {
        id -> Binary,
        unit_id -> Binary,
        year -> BigInt,
        region_code -> Text,
        state -> Text,
        revision -> BigInt,
        in_force -> BigInt,
        late -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    plan_revisions (plan_id, number) {
        plan_id -> Binary,
        number -> BigInt,
        canteen_mode -> Text,
        representative_id -> Nullable<Binary>,
        canteen_total_fen -> Nullable<BigInt>,
        ratio_ppm -> Nullable<BigInt>,
        reserved_fen -> Nullable<BigInt>,
        union_total_fen -> Nullable<BigInt>,
        union_ratio_ppm -> Nullable<BigInt>,
        union_reserved_fen -> Nullable<BigInt>,
        reason -> Text,
        filed_by -> Binary,
        submitted_by -> Nullable<Binary>,
        submitted_at -> Nullable<BigInt>,
        ratio_rule_id -> Nullable<Binary>,
        union_rule_id -> Nullable<Binary>,
        last_year_rule_id -> Nullable<Binary>,
        deadline_rule_id -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    plan_reviews (id) {
        id -> Binary,
        plan_id -> Binary,
        revision -> BigInt,
        step -> Text,
        decision -> Text,
        reason -> Text,
        reviewer_id -> Binary,
        reviewer_org -> Binary,
        at -> BigInt,
    }
}
diesel::table! {
    quota_transfers (id) {
        id -> Binary,
        year -> BigInt,
        giver_id -> Binary,
        taker_id -> Binary,
        supervising_id -> Binary,
        region_code -> Text,
        reserved_fen -> BigInt,
        total_fen -> BigInt,
        reason -> Text,
        document_number -> Text,
        state -> Text,
        proposed_by -> Binary,
        proposed_at -> BigInt,
        opinion -> Text,
        decided_by -> Nullable<Binary>,
        decided_org -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        giver_revision -> Nullable<BigInt>,
        taker_revision -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::joinable!(plan_revisions -> plans (plan_id));
diesel::joinable!(plan_reviews -> plans (plan_id));
diesel::allow_tables_to_appear_in_same_query!(plans, plan_revisions, plan_reviews);
