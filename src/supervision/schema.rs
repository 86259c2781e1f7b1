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
