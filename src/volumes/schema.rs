//! Tables of the volumes slice.

diesel::table! {
    volume_sums (basis, month, county, fund, purpose, mode, mode_term, channel, channel_term, certified, eligible, purchaser_kind, purchaser_region, schemes, tags) {
        basis -> Text,
        month -> Text,
        county -> Text,
        fund -> Text,
        purpose -> Text,
        mode -> Text,
        mode_term -> Text,
        channel -> Text,
        channel_term -> Text,
        certified -> Text,
        eligible -> Text,
        purchaser_kind -> Text,
        purchaser_region -> Text,
        schemes -> Text,
        tags -> Text,
        amount_fen -> BigInt,
    }
}
diesel::table! {
    volume_tail (count_id) {
        count_id -> Binary,
        line_id -> Binary,
        taken -> Bool,
    }
}
diesel::table! {
    pairing_members (pairing_id, org_id, valid_from) {
        pairing_id -> Binary,
        org_id -> Binary,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        added_by -> Binary,
        added_at -> BigInt,
    }
}
diesel::table! {
    volume_folds (id) {
        id -> BigInt,
        folded -> BigInt,
        folded_at -> BigInt,
    }
}
