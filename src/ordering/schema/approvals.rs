//! Tables of the approvals that orders wait for.

use super::orders;

diesel::table! {
    order_approval_plans (order_id) {
        order_id -> Binary,
        chain_id -> Nullable<Binary>,
        amount_fen -> BigInt,
        needed -> Text,
        step -> BigInt,
        opened_on -> Text,
    }
}
diesel::table! {
    order_approvers (order_id, step, place) {
        order_id -> Binary,
        step -> BigInt,
        place -> BigInt,
        org_id -> Binary,
        user_id -> Nullable<Binary>,
    }
}
diesel::table! {
    order_approvals (id) {
        id -> Binary,
        order_id -> Binary,
        step -> BigInt,
        verdict -> Text,
        reason -> Nullable<Text>,
        decided_by -> Binary,
        decided_org -> Binary,
        for_user -> Binary,
        delegation_id -> Nullable<Binary>,
        decided_at -> BigInt,
    }
}
diesel::joinable!(order_approval_plans -> orders (order_id));
diesel::joinable!(order_approvals -> orders (order_id));
diesel::allow_tables_to_appear_in_same_query!(order_approval_plans, order_approvers, order_approvals, orders);
