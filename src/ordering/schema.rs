//! Tables of orders and of the facts about their goods.

pub mod allowances;
pub mod annulments;
pub mod approvals;
pub mod call_offs;
pub mod classifications;
pub mod delivery;
pub mod disputes;
pub mod duties;
pub mod flags;
pub mod halal;
pub mod money;
pub mod price_changes;
pub mod recipients;
pub mod replacements;

diesel::table! {
    order_groups (id) {
        id -> Binary,
        buyer_org -> Binary,
        client_ref -> Nullable<Text>,
        placed_by -> Binary,
        placed_at -> BigInt,
    }
}
diesel::table! {
    orders (id) {
        id -> Binary,
        group_id -> Binary,
        supplier_id -> Binary,
        supplier_region -> Text,
        buyer_id -> Binary,
        unit_id -> Binary,
        unit_region -> Text,
        payer_id -> Binary,
        fund -> Text,
        purpose -> Text,
        mode -> Text,
        channel -> Text,
        beneficiary_id -> Nullable<Binary>,
        terms -> Text,
        state -> Text,
        confirmed_by -> Nullable<Binary>,
        placed_at -> BigInt,
        placed_day -> Text,
        placed_by -> Binary,
        confirm_by -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        ordered_fen -> BigInt,
        freight_fen -> BigInt,
        accepted_fen -> BigInt,
        returned_fen -> BigInt,
        paid_fen -> BigInt,
        refunded_fen -> BigInt,
        rated_at -> Nullable<BigInt>,
        completed_year -> Nullable<BigInt>,
        updated_at -> BigInt,
        version -> BigInt,
    }
}
diesel::table! {
    order_lines (id) {
        id -> Binary,
        order_id -> Binary,
        line_no -> BigInt,
        listing_id -> Binary,
        product_id -> Binary,
        name -> Text,
        unit -> Text,
        category -> Text,
        supplier_county -> Text,
        origins -> Text,
        certificates -> Text,
        net_weight_grams -> BigInt,
        weighed -> Bool,
        tolerance_ppm -> BigInt,
        unit_price_fen -> BigInt,
        certified -> Bool,
        eligible -> Bool,
        qualifies -> Bool,
        delivery_no -> BigInt,
        quantity -> BigInt,
        shipped -> BigInt,
        accepted -> BigInt,
        rejected -> BigInt,
        returned -> BigInt,
        short_closed -> BigInt,
        line_fen -> BigInt,
        held_fen -> BigInt,
        accepted_fen -> BigInt,
        returned_fen -> BigInt,
        closed -> Bool,
        standing -> Text,
        allowed_fen -> BigInt,
    }
}
diesel::table! {
    shipments (id) {
        id -> Binary,
        order_id -> Binary,
        occurred_on -> Text,
        recorded_at -> BigInt,
        shipped_by -> Binary,
        carrier -> Nullable<Text>,
        tracking -> Nullable<Text>,
    }
}
diesel::table! {
    shipment_lines (shipment_id, line_id, lot) {
        shipment_id -> Binary,
        line_id -> Binary,
        lot -> Text,
        quantity -> BigInt,
        weight_grams -> BigInt,
        made_on -> Nullable<Text>,
    }
}
diesel::table! {
    acceptances (id) {
        id -> Binary,
        order_id -> Binary,
        occurred_on -> Text,
        recorded_at -> BigInt,
        accepted_by -> Binary,
        second_by -> Nullable<Binary>,
    }
}
diesel::table! {
    acceptance_lines (acceptance_id, line_id) {
        acceptance_id -> Binary,
        line_id -> Binary,
        accepted -> BigInt,
        rejected -> BigInt,
        reason -> Nullable<Text>,
        amount_fen -> BigInt,
    }
}
diesel::table! {
    returns (id) {
        id -> Binary,
        order_id -> Binary,
        occurred_on -> Text,
        recorded_at -> BigInt,
        returned_by -> Binary,
        reason -> Text,
    }
}
diesel::table! {
    return_lines (return_id, line_id) {
        return_id -> Binary,
        line_id -> Binary,
        quantity -> BigInt,
        amount_fen -> BigInt,
    }
}
diesel::table! {
    short_closures (id) {
        id -> Binary,
        order_id -> Binary,
        occurred_on -> Text,
        recorded_at -> BigInt,
        closed_by -> Binary,
        closed_by_org -> Binary,
        reason -> Text,
    }
}
diesel::table! {
    short_closure_lines (closure_id, line_id) {
        closure_id -> Binary,
        line_id -> Binary,
        quantity -> BigInt,
    }
}
diesel::joinable!(orders -> order_groups (group_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(shipment_lines -> shipments (shipment_id));
diesel::joinable!(acceptance_lines -> acceptances (acceptance_id));
diesel::joinable!(return_lines -> returns (return_id));
diesel::joinable!(short_closure_lines -> short_closures (closure_id));
diesel::allow_tables_to_appear_in_same_query!(
    acceptance_lines,
    acceptances,
    order_groups,
    order_lines,
    orders,
    return_lines,
    returns,
    shipment_lines,
    shipments,
    short_closure_lines,
    short_closures,
);
