//! Tables of the papers of lots, and of what surrounds an acceptance.

use super::{acceptances, orders, shipments};

diesel::table! {
    lot_papers (id) {
        id -> Binary,
        shipment_id -> Binary,
        line_id -> Binary,
        lot -> Text,
        kind -> Text,
        number -> Text,
        issuer -> Text,
        issued_on -> Text,
        expires_on -> Nullable<Text>,
        file_id -> Binary,
        recorded_at -> BigInt,
        recorded_by -> Binary,
    }
}
diesel::table! {
    acceptance_proposals (id) {
        id -> Binary,
        order_id -> Binary,
        content -> Text,
        proposed_by -> Binary,
        second_by -> Binary,
        proposed_at -> BigInt,
        rule_id -> Binary,
        state -> Text,
        decided_by -> Nullable<Binary>,
        decided_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
    }
}
diesel::table! {
    acceptance_photos (acceptance_id, line_no, file_id) {
        acceptance_id -> Binary,
        line_no -> BigInt,
        file_id -> Binary,
    }
}
diesel::joinable!(lot_papers -> shipments (shipment_id));
diesel::joinable!(acceptance_photos -> acceptances (acceptance_id));
diesel::allow_tables_to_appear_in_same_query!(lot_papers, shipments);
diesel::allow_tables_to_appear_in_same_query!(acceptance_photos, acceptances);
diesel::allow_tables_to_appear_in_same_query!(acceptance_proposals, orders);
