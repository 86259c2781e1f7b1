//! Tables of supervision.

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
