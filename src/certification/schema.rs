//! Tables of certification.

pub mod annulments;
pub mod batches;
pub mod documents;
pub mod papers;

diesel::table! {
    certification_schemes (id) {
        id -> Binary,
        name -> Text,
        region_code -> Text,
        number_prefix -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        version -> BigInt,
    }
}
diesel::table! {
    certification_scheme_editions (scheme_id, edition) {
        scheme_id -> Binary,
        edition -> BigInt,
        effective_from -> Text,
        steps -> Text,
        kinds -> Text,
        validity_days -> Nullable<BigInt>,
        renewal_window_days -> Nullable<BigInt>,
        renewal_grace_days -> BigInt,
        source -> Text,
        created_by -> Nullable<Binary>,
        created_at -> BigInt,
    }
}
diesel::table! {
    certification_applications (id) {
        id -> Binary,
        scheme_id -> Binary,
        org_id -> Binary,
        region_code -> Text,
        county -> Text,
        product_id -> Binary,
        product_name -> Text,
        supplier_name -> Text,
        state -> Text,
        step -> BigInt,
        office -> Nullable<Text>,
        renews -> Nullable<Binary>,
        round -> BigInt,
        changed -> Bool,
        created_by -> Binary,
        created_at -> BigInt,
        updated_at -> BigInt,
        submitted_at -> Nullable<BigInt>,
        step_started_on -> Nullable<Text>,
        due_on -> Nullable<Text>,
        due_provisional -> Bool,
        due_rule_id -> Nullable<Binary>,
        version -> BigInt,
        edition -> BigInt,
        lapses -> Bool,
        assigned_to -> Nullable<Binary>,
        remind_on -> Nullable<Text>,
    }
}
diesel::table! {
    certification_assignments (id) {
        id -> Binary,
        application_id -> Binary,
        round -> BigInt,
        step_key -> Text,
        office_org -> Binary,
        assignee -> Nullable<Binary>,
        assigned_by -> Binary,
        reason -> Nullable<Text>,
        at -> BigInt,
    }
}
diesel::table! {
    certification_opinions (id) {
        id -> Binary,
        application_id -> Binary,
        round -> BigInt,
        step_key -> Text,
        office_org -> Binary,
        given_by -> Binary,
        advises -> Text,
        text -> Text,
        at -> BigInt,
    }
}
diesel::table! {
    certification_submissions (application_id, round) {
        application_id -> Binary,
        round -> BigInt,
        submitted_by -> Binary,
        submitted_at -> BigInt,
        requirements -> Text,
    }
}
diesel::table! {
    certification_evidence (id) {
        id -> Binary,
        application_id -> Binary,
        element -> Text,
        file_ids -> Text,
        facts -> Text,
        warnings -> Text,
        replaces -> Nullable<Binary>,
        given_by -> Binary,
        given_at -> BigInt,
    }
}
diesel::table! {
    certification_reviews (id) {
        id -> Binary,
        application_id -> Binary,
        round -> BigInt,
        step -> BigInt,
        step_key -> Text,
        office_org -> Binary,
        reviewer -> Binary,
        decision -> Text,
        reason_code -> Nullable<Text>,
        opinion -> Nullable<Text>,
        due_on -> Nullable<Text>,
        due_rule_id -> Nullable<Binary>,
        decided_at -> BigInt,
    }
}
diesel::table! {
    public_notices (id) {
        id -> Binary,
        application_id -> Binary,
        county -> Text,
        product_name -> Text,
        supplier_name -> Text,
        days -> BigInt,
        opened_on -> Text,
        ends_on -> Text,
        ends_at -> BigInt,
        provisional -> Bool,
        rule_id -> Nullable<Binary>,
        status -> Text,
    }
}
diesel::table! {
    objections (id) {
        id -> Binary,
        notice_id -> Binary,
        application_id -> Binary,
        county -> Text,
        contact -> Text,
        text -> Text,
        filed_at -> BigInt,
        status -> Text,
        consequence -> Nullable<Text>,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        source -> Nullable<Binary>,
        stage -> Text,
        due_on -> Nullable<Text>,
        due_provisional -> Bool,
        due_rule_id -> Nullable<Binary>,
        assigned_to -> Nullable<Binary>,
        received_by -> Nullable<Binary>,
        received_at -> Nullable<BigInt>,
        findings -> Nullable<Text>,
        verified_by -> Nullable<Binary>,
        verified_at -> Nullable<BigInt>,
        reply -> Nullable<Text>,
        receipt -> Nullable<Binary>,
        file_ids -> Text,
        remind_on -> Nullable<Text>,
        remind_due -> Nullable<Text>,
    }
}
diesel::table! {
    certificate_counters (scheme_id, year) {
        scheme_id -> Binary,
        year -> BigInt,
        last -> BigInt,
    }
}
diesel::table! {
    certificates (id) {
        id -> Binary,
        number -> Text,
        scheme_id -> Binary,
        application_id -> Binary,
        org_id -> Binary,
        product_id -> Binary,
        product_name -> Text,
        supplier_name -> Text,
        county -> Text,
        origins -> Text,
        batch -> Text,
        valid_from -> Text,
        valid_until -> Text,
        in_force_until -> Text,
        status -> Text,
        reason_code -> Nullable<Text>,
        safety -> Bool,
        renewed_by -> Nullable<Binary>,
        validity_rule_id -> Nullable<Binary>,
        issued_by -> Binary,
        issued_at -> BigInt,
        version -> BigInt,
        suspended_until -> Nullable<Text>,
    }
}
diesel::table! {
    certificate_events (id) {
        id -> Binary,
        certificate_id -> Binary,
        event -> Text,
        reason_code -> Nullable<Text>,
        reason -> Nullable<Text>,
        safety -> Bool,
        office_org -> Nullable<Binary>,
        user_id -> Nullable<Binary>,
        at -> BigInt,
        until -> Nullable<Text>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(
    certification_schemes,
    certification_scheme_editions,
    certification_applications,
    certification_assignments,
    certification_opinions,
    certification_submissions,
    certification_evidence,
    certification_reviews,
    public_notices,
    objections,
    certificate_counters,
    certificates,
    certificate_events,
);
