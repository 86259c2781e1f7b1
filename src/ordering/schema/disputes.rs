//! Tables of disputes.

use super::orders;

diesel::table! {
    disputes (id) {
        id -> Binary,
        order_id -> Binary,
        kind -> Text,
        side -> Text,
        opened_by -> Binary,
        opened_org -> Binary,
        opened_at -> BigInt,
        amount_fen -> BigInt,
        state -> Text,
        closed_at -> Nullable<BigInt>,
        freed_fen -> BigInt,
        freed_on -> Nullable<Text>,
    }
}
diesel::table! {
    dispute_lines (dispute_id, line_no) {
        dispute_id -> Binary,
        line_no -> BigInt,
        amount_fen -> BigInt,
        withheld_fen -> BigInt,
    }
}
diesel::table! {
    dispute_entries (id) {
        id -> Binary,
        dispute_id -> Binary,
        kind -> Text,
        org_id -> Binary,
        user_id -> Binary,
        at -> BigInt,
        text -> Text,
    }
}
diesel::table! {
    dispute_files (entry_id, file_id) {
        entry_id -> Binary,
        file_id -> Binary,
    }
}
diesel::table! {
    dispute_settlements (id) {
        id -> Binary,
        dispute_id -> Binary,
        side -> Text,
        proposed_by -> Binary,
        proposed_org -> Binary,
        proposed_at -> BigInt,
        remedy -> Text,
        text -> Text,
        state -> Text,
        answered_by -> Nullable<Binary>,
        answered_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    dispute_settlement_lines (settlement_id, line_no) {
        settlement_id -> Binary,
        line_no -> BigInt,
        payable_fen -> BigInt,
    }
}
diesel::joinable!(disputes -> orders (order_id));
diesel::joinable!(dispute_lines -> disputes (dispute_id));
diesel::joinable!(dispute_files -> dispute_entries (entry_id));
diesel::joinable!(dispute_settlement_lines -> dispute_settlements (settlement_id));
diesel::allow_tables_to_appear_in_same_query!(dispute_lines, disputes, orders);
diesel::allow_tables_to_appear_in_same_query!(dispute_entries, dispute_files);
diesel::allow_tables_to_appear_in_same_query!(dispute_settlement_lines, dispute_settlements);
