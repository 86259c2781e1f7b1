//! Tables of the ledger.

diesel::table! {
    ledger_accounts (id) {
        id -> Binary,
        kind -> Text,
        owner_id -> Binary,
        year -> BigInt,
        fund -> Text,
        pending -> BigInt,
        posted -> BigInt,
        limit_amount -> Nullable<BigInt>,
        moves -> BigInt,
        version -> BigInt,
        merged_into -> Nullable<Binary>,
    }
}
diesel::table! {
    ledger_transfers (id) {
        id -> Binary,
        account_id -> Binary,
        phase -> Text,
        amount -> BigInt,
        pending_id -> Nullable<Binary>,
        order_id -> Nullable<Binary>,
        line_id -> Nullable<Binary>,
        code -> Text,
        at -> BigInt,
        day -> Text,
        request_id -> Text,
    }
}
diesel::table! {
    ledger_counts (id) {
        id -> Binary,
        basis -> Text,
        order_id -> Binary,
        line_id -> Binary,
        unit_id -> Binary,
        year -> BigInt,
        fund -> Text,
        amount_fen -> BigInt,
        day -> Text,
        month -> Text,
        correction -> Bool,
        at -> BigInt,
        standing -> Text,
        moved_by -> Nullable<Binary>,
        class_no -> BigInt,
        reclassed -> Bool,
    }
}
diesel::joinable!(ledger_transfers -> ledger_accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(ledger_accounts, ledger_transfers, ledger_counts);
