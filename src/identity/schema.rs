//! Tables of organisations, people and their credentials.
diesel::table! {
    organisations (id) {
        id -> Binary,
        uscc -> Nullable<Text>,
        name -> Text,
        name_key -> Text,
        kind -> Text,
        region_code -> Text,
        staff_count -> BigInt,
        is_sme -> Bool,
        status -> Text,
        version -> BigInt,
        created_at -> BigInt,
        ended_on -> Nullable<Text>,
        successor_id -> Nullable<Binary>,
    }
}
diesel::table! {
    unit_closure (ancestor_id, descendant_id, valid_from) {
        ancestor_id -> Binary,
        descendant_id -> Binary,
        depth -> BigInt,
        valid_from -> Text,
        valid_to -> Text,
    }
}
diesel::table! {
    unit_tree (id) {
        id -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    contractor_ties (contractor_id, unit_id, valid_from) {
        contractor_id -> Binary,
        unit_id -> Binary,
        valid_from -> Text,
        valid_to -> Text,
    }
}
diesel::table! {
    payer_ties (payer_id, unit_id, valid_from) {
        payer_id -> Binary,
        unit_id -> Binary,
        kind -> Text,
        valid_from -> Text,
        valid_to -> Text,
    }
}
diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        status -> Text,
        email_verified_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    memberships (id) {
        id -> Binary,
        user_id -> Binary,
        org_id -> Binary,
        roles -> Text,
        created_at -> BigInt,
    }
}
diesel::table! {
    sessions (id) {
        id -> Binary,
        user_id -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
        issued_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    invitations (id) {
        id -> Binary,
        org_id -> Binary,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        roles -> Text,
        token_hash -> Binary,
        invited_by -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    registrations (id) {
        id -> Binary,
        uscc -> Text,
        org_name -> Text,
        kind -> Text,
        region_code -> Text,
        staff_count -> BigInt,
        is_sme -> Bool,
        email -> Text,
        email_folded -> Text,
        name -> Text,
        token_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    mail_tokens (id) {
        id -> Binary,
        user_id -> Binary,
        token_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    api_keys (id) {
        id -> Binary,
        org_id -> Binary,
        user_id -> Binary,
        name -> Text,
        hint -> Text,
        token_hash -> Binary,
        permissions -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    sign_in_throttle (bucket) {
        bucket -> Binary,
        failures -> BigInt,
        since -> BigInt,
        last_at -> BigInt,
    }
}
diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        created_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(memberships -> organisations (org_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(invitations -> organisations (org_id));
diesel::joinable!(mail_tokens -> users (user_id));
diesel::joinable!(api_keys -> users (user_id));
diesel::joinable!(api_keys -> organisations (org_id));
diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    unit_closure,
    unit_tree,
    contractor_ties,
    payer_ties,
    users,
    memberships,
    sessions,
    refresh_tokens,
    invitations,
    registrations,
    mail_tokens,
    api_keys,
    sign_in_throttle,
    signing_keys,
);
