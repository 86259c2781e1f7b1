//! Tables of supervision.

pub mod watch;

diesel::table! {
    findings (id) {
        id -> Binary,
        source -> Text,
        source_id -> Nullable<Text>,
        subject_kind -> Text,
        subject -> Text,
        subject_name -> Text,
        owner_org -> Binary,
        owner_name -> Text,
        region_code -> Text,
        code -> Text,
        text -> Text,
        state -> Text,
        office -> Text,
        opened_by -> Binary,
        opened_for -> Binary,
        opened_at -> BigInt,
        round -> BigInt,
        due_from -> Text,
        due_on -> Text,
        due_provisional -> Bool,
        due_rule_id -> Binary,
        ended_at -> Nullable<BigInt>,
        updated_at -> BigInt,
        version -> BigInt,
        remind_on -> Nullable<Text>,
        remind_due -> Nullable<Text>,
    }
}
diesel::table! {
    finding_answers (id) {
        id -> Binary,
        finding_id -> Binary,
        round -> BigInt,
        text -> Text,
        file_ids -> Text,
        late -> Bool,
        given_by -> Binary,
        given_at -> BigInt,
    }
}
diesel::table! {
    finding_decisions (id) {
        id -> Binary,
        finding_id -> Binary,
        round -> BigInt,
        decision -> Text,
        reason -> Text,
        office_org -> Binary,
        decided_by -> Binary,
        decided_at -> BigInt,
        due_on -> Nullable<Text>,
        due_rule_id -> Nullable<Binary>,
        to_office -> Nullable<Text>,
    }
}
diesel::table! {
    complaints (id) {
        id -> Binary,
        origin -> Text,
        subject_kind -> Text,
        subject -> Text,
        subject_name -> Text,
        supplier_org -> Binary,
        supplier_name -> Text,
        region_code -> Text,
        office -> Text,
        contact -> Nullable<Text>,
        text -> Text,
        reference_12317 -> Nullable<Text>,
        buyer_org -> Nullable<Binary>,
        filed_by -> Nullable<Binary>,
        filed_at -> BigInt,
        source -> Nullable<Binary>,
        receipt_hash -> Nullable<Binary>,
        state -> Text,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
        reply -> Nullable<Text>,
        handler -> Nullable<Binary>,
        finding_id -> Nullable<Binary>,
        due_from -> Text,
        due_on -> Nullable<Text>,
        due_provisional -> Bool,
        due_rule_id -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        updated_at -> BigInt,
        version -> BigInt,
        remind_on -> Nullable<Text>,
        remind_due -> Nullable<Text>,
    }
}
diesel::table! {
    complaint_steps (id) {
        id -> Binary,
        complaint_id -> Binary,
        event -> Text,
        text -> Nullable<Text>,
        file_ids -> Text,
        office_org -> Binary,
        office -> Text,
        taken_by -> Binary,
        taken_at -> BigInt,
        late -> Bool,
        due_on -> Nullable<Text>,
        due_rule_id -> Nullable<Binary>,
    }
}
diesel::table! {
    inspection_plans (id) {
        id -> Binary,
        office_org -> Binary,
        office_name -> Text,
        region_code -> Text,
        title -> Text,
        kind -> Text,
        category -> Nullable<Text>,
        to_draw -> BigInt,
        per_item -> BigInt,
        population_size -> BigInt,
        population_hash -> Text,
        pool_hash -> Text,
        commitment -> Text,
        sealed_seed -> Binary,
        public_source -> Nullable<Text>,
        draw_on -> Text,
        state -> Text,
        announced_by -> Binary,
        announced_at -> BigInt,
        seed -> Nullable<Text>,
        public_value -> Nullable<Text>,
        drawn_by -> Nullable<Binary>,
        drawn_at -> Nullable<BigInt>,
        version -> BigInt,
    }
}
diesel::table! {
    inspection_population (plan_id, place) {
        plan_id -> Binary,
        place -> BigInt,
        subject -> Text,
        subject_name -> Text,
        owner_org -> Binary,
    }
}
diesel::table! {
    inspection_pool (plan_id, place) {
        plan_id -> Binary,
        place -> BigInt,
        user_id -> Binary,
        conflicts -> Text,
    }
}
diesel::table! {
    inspections (id) {
        id -> Binary,
        plan_id -> Binary,
        drawn_as -> BigInt,
        population_place -> BigInt,
        subject_kind -> Text,
        subject -> Text,
        subject_name -> Text,
        owner_org -> Binary,
        owner_name -> Text,
        region_code -> Text,
        office_org -> Binary,
        state -> Text,
        outcome -> Nullable<Text>,
        text -> Nullable<Text>,
        file_ids -> Text,
        recorded_by -> Nullable<Binary>,
        recorded_at -> Nullable<BigInt>,
        finding_id -> Nullable<Binary>,
        suspended -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    inspection_inspectors (inspection_id, drawn_as) {
        inspection_id -> Binary,
        drawn_as -> BigInt,
        pool_place -> BigInt,
        user_id -> Binary,
    }
}
diesel::allow_tables_to_appear_in_same_query!(inspections, inspection_inspectors);
