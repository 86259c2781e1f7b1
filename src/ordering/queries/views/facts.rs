//! What happened to an order's goods, as it is shown.

use crate::kernel::ids::{AcceptanceId, OrderLineId, OrgId, ReturnId, ShipmentId, ShortClosureId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::store::facts::{
    AcceptanceLineRow, AcceptanceRow, ReturnLineRow, ReturnRow, ShipmentLineRow, ShipmentRow, ShortClosureLineRow,
    ShortClosureRow,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Declares the view of a fact and of its lines, and how rows become views.
macro_rules! fact_views {
    ($($(#[$doc:meta])* $list:ident: $view:ident $line:ident of $row:ident $line_row:ident $id:ident {
        $($(#[$fdoc:meta])* $field:ident: $type:ty),* } lines { $($(#[$ldoc:meta])* $lfield:ident: $ltype:ty),* })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $view {
            /// Its id.
            pub id: $id,
            /// The day on which it happened.
            pub occurred_on: Day,
            /// When it was recorded.
            pub recorded_at: At,
            $($(#[$fdoc])* pub $field: $type,)*
            /// Its lines.
            pub lines: Vec<$line>,
        }
        /// A line of it.
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $line {
            /// The order's line.
            pub line_no: i64,
            $($(#[$ldoc])* pub $lfield: $ltype,)*
        }
        /// Gathers rows, which come fact by fact.
        pub(in super::super) fn $list(rows: Vec<($row, $line_row)>, number: impl Fn(OrderLineId) -> i64) -> Vec<$view> {
            let mut views: Vec<$view> = Vec::new();
            for (fact, line) in rows {
                let shown = $line { line_no: number(line.line_id), $($lfield: line.$lfield,)* };
                match views.last_mut().filter(|last| last.id == fact.id) {
                    Some(last) => last.lines.push(shown),
                    None => views.push($view {
                        id: fact.id,
                        occurred_on: fact.occurred_on,
                        recorded_at: fact.recorded_at,
                        $($field: fact.$field,)*
                        lines: vec![shown],
                    }),
                }
            }
            views
        }
    )* };
}

fact_views! {
    /// A shipment.
    shipments: ShipmentView ShipmentLineView of ShipmentRow ShipmentLineRow ShipmentId {
        /// Who recorded it.
        shipped_by: UserId,
        /// Who carries.
        carrier: Option<String>,
        /// The carrier's number.
        tracking: Option<String>
    } lines {
        /// The lot.
        lot: String,
        /// How much.
        quantity: Quantity,
        /// Its weight in grams.
        weight_grams: i64,
        /// When the lot was made or harvested.
        made_on: Option<Day>
    }
    /// An acceptance.
    acceptances: AcceptanceView AcceptanceLineView of AcceptanceRow AcceptanceLineRow AcceptanceId {
        /// Who accepted.
        accepted_by: UserId,
        /// The second person.
        second_by: Option<UserId>
    } lines {
        /// Accepted.
        accepted: Quantity,
        /// Rejected.
        rejected: Quantity,
        /// Why rejected.
        reason: Option<String>,
        /// By how much the accepted amount grew.
        amount_fen: Fen
    }
    /// A return.
    returns: ReturnView ReturnLineView of ReturnRow ReturnLineRow ReturnId {
        /// Who recorded it.
        returned_by: UserId,
        /// Why.
        reason: String
    } lines {
        /// How much.
        quantity: Quantity,
        /// By how much the returned amount grew.
        amount_fen: Fen
    }
    /// A short closure.
    short_closures: ShortClosureView ShortClosureLineView of ShortClosureRow ShortClosureLineRow ShortClosureId {
        /// Who recorded it.
        closed_by: UserId,
        /// For which party.
        closed_by_org: OrgId,
        /// Why.
        reason: String
    } lines {
        /// How much.
        quantity: Quantity
    }
}
