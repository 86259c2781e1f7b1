//! Tables of the price watch and of suppliers' scores.

diesel::table! {
    supervision_runs (task, month) {
        task -> Text,
        month -> Text,
        reached -> Nullable<Binary>,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    price_watch_months (month, category, mark, region_code) {
        month -> Text,
        category -> Text,
        mark -> Text,
        region_code -> Text,
        goods -> BigInt,
        suppliers -> BigInt,
        median_fen -> BigInt,
    }
}
diesel::table! {
    price_alerts (id) {
        id -> Binary,
        month -> Text,
        last_month -> Text,
        listing_id -> Binary,
        name -> Text,
        org_id -> Binary,
        org_name -> Text,
        region_code -> Text,
        category -> Text,
        mark -> Text,
        reason -> Text,
        price_fen -> BigInt,
        compared_in -> Nullable<Text>,
        median_fen -> Nullable<BigInt>,
        goods -> Nullable<BigInt>,
        factor_ppm -> Nullable<BigInt>,
        factor_rule_id -> Nullable<Binary>,
        goods_rule_id -> Nullable<Binary>,
        evidence_fen -> Nullable<BigInt>,
        state -> Text,
        settled_by -> Nullable<Text>,
        settled_fen -> Nullable<BigInt>,
        finding_id -> Nullable<Binary>,
        decided_by -> Nullable<Binary>,
        decision_reason -> Nullable<Text>,
        raised_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    supplier_scores (id) {
        id -> Binary,
        month -> Text,
        org_id -> Binary,
        org_name -> Text,
        region_code -> Text,
        points -> BigInt,
        orders -> BigInt,
        orders_rule_id -> Binary,
        step -> Nullable<Text>,
        ladder_rule_id -> Nullable<Binary>,
        finding_id -> Nullable<Binary>,
        computed_at -> BigInt,
    }
}
diesel::table! {
    supplier_score_parts (score_id, place) {
        score_id -> Binary,
        place -> BigInt,
        aspect -> Text,
        part -> Text,
        numerator -> BigInt,
        denominator -> BigInt,
        weight_ppm -> BigInt,
        weight_rule_id -> Binary,
    }
}
diesel::table! {
    score_proposals (id) {
        id -> Binary,
        score_id -> Binary,
        month -> Text,
        org_id -> Binary,
        org_name -> Text,
        region_code -> Text,
        points -> BigInt,
        step -> Text,
        state -> Text,
        proposed_at -> BigInt,
        answer_from -> Text,
        answer_by -> Text,
        answer_provisional -> Bool,
        answer_rule_id -> Binary,
        answer -> Nullable<Text>,
        answered_by -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
        decided_by -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::joinable!(score_proposals -> supplier_scores (score_id));
diesel::allow_tables_to_appear_in_same_query!(supplier_scores, score_proposals);
