//! Orders as they are shown.

mod allowances;
mod classifications;
mod delivery;
mod facts;
mod flags;
mod payee;
mod replacements;
mod told;

pub use allowances::AllowanceView;
pub(super) use allowances::allowances;
pub use classifications::{ClassificationReply, ClassificationView};
pub use delivery::{AcceptancePhotoView, LotPaperView, PendingAcceptanceView};
pub use facts::{AcceptanceView, ReturnView, ShipmentView, ShortClosureView};
pub(super) use facts::{acceptances, returns, shipments, short_closures};
pub use flags::FlagView;
pub(super) use flags::flags;
pub use payee::OrderPayeeView;
pub(super) use payee::payee;
pub(super) use replacements::replacements;
pub use replacements::{ReplacementView, ReplacementsReply};
pub use told::{ListedOrder, OrderEvent};

use super::approvals::OrderApprovalsView;
use super::disputes::{DisputeView, OwedView};
use super::price_changes::PriceChangeView;
use super::receipts::RecipientView;
use crate::identity::Organisation;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{ListingId, OrderGroupId, OrderId, OrderLineId, OrgId, ProductId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Channel, Fund, LineStanding, Mode, Purpose};
use crate::kernel::time::At;
use crate::ordering::rules::order::OrderState;
use crate::ordering::store::orders::{GroupRow, LineRow, OrderRow};
use crate::ordering::terms::{self, AgreementTerms, Certificate, Delivery, FrozenRule, Origin, Terms};
use crate::platform::http::etag;
use serde::Serialize;
use utoipa::ToSchema;

/// An order of a group, as placing answers it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedOrder {
    /// The order.
    pub id: OrderId,
    /// Its supplier.
    pub supplier_id: OrgId,
    /// Where it stands.
    pub state: OrderState,
    /// Price of what was ordered.
    pub ordered_fen: Fen,
    /// Freight, payable beside the goods.
    pub freight_fen: Fen,
    /// When the supplier must have answered; while the order awaits an approval, when its open step must be decided.
    pub confirm_by: At,
}

/// One request's orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderGroupView {
    /// The group.
    pub id: OrderGroupId,
    /// The buyer's own reference.
    pub client_ref: Option<String>,
    /// When it was placed.
    pub placed_at: At,
    /// One order per supplier.
    pub orders: Vec<PlacedOrder>,
    /// What the buyer is warned of, when it is placed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<CeilingWarning>,
}

/// The unit-year is beyond its ceiling, and the rule `ceiling_mode` only warns.
#[derive(Debug, Serialize, ToSchema)]
pub struct CeilingWarning {
    /// Always `ceiling_exceeded`.
    #[schema(example = "ceiling_exceeded")]
    pub code: &'static str,
    /// The plan's annual total.
    pub ceiling_fen: Fen,
    /// How much is held and accepted beyond it, this order included.
    pub beyond_fen: Fen,
}

impl OrderGroupView {
    /// A group with those of its orders that are shown.
    #[must_use]
    pub(crate) fn new(group: &GroupRow, orders: &[OrderRow]) -> OrderGroupView {
        let placed = |order: &OrderRow| PlacedOrder {
            id: order.id,
            supplier_id: order.supplier_id,
            state: order.state,
            ordered_fen: order.ordered_fen,
            freight_fen: order.freight_fen,
            confirm_by: order.confirm_by,
        };
        OrderGroupView {
            id: group.id,
            client_ref: group.client_ref.clone(),
            placed_at: group.placed_at,
            orders: orders.iter().map(placed).collect(),
            warnings: Vec::new(),
        }
    }
    /// With a warning when the ceiling is exceeded: ceiling and excess.
    #[must_use]
    pub(crate) fn warned(mut self, beyond: Option<(Fen, Fen)>) -> OrderGroupView {
        let warning = |(ceiling_fen, beyond_fen)| CeilingWarning {
            code: Code::CeilingExceeded.as_str(),
            ceiling_fen,
            beyond_fen,
        };
        self.warnings.extend(beyond.map(warning));
        self
    }
}

/// An order without its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its group.
    pub group_id: OrderGroupId,
    /// Where it stands.
    pub state: OrderState,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Who ordered.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// The unit's region.
    pub unit_region: RegionCode,
    /// Who pays.
    pub payer_id: OrgId,
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// How it is bought.
    pub mode: Mode,
    /// Where the goods go.
    pub channel: Channel,
    /// For 以购代捐: the selling households' organisation.
    pub beneficiary_id: Option<OrgId>,
    /// When it was placed.
    pub placed_at: At,
    /// When the supplier must have answered; while the order awaits an approval, when its open step must be decided.
    pub confirm_by: At,
    /// When the supplier confirmed.
    pub confirmed_at: Option<At>,
    /// When it ended or its last line was closed.
    pub closed_at: Option<At>,
    /// Ordered, less what was cancelled or written off.
    pub ordered_fen: Fen,
    /// Freight, payable beside the goods, less what was allowed of it.
    pub freight_fen: Fen,
    /// Accepted.
    pub accepted_fen: Fen,
    /// Of that, returned or allowed.
    pub returned_fen: Fen,
    /// Paid.
    pub paid_fen: Fen,
    /// Of that, refunded.
    pub refunded_fen: Fen,
    /// When it was rated.
    pub rated_at: Option<At>,
    /// The unit-year to which it counts as completed.
    pub completed_year: Option<i64>,
    /// The last change.
    pub updated_at: At,
    /// The entity tag of this state.
    #[schema(example = "\"v3\"")]
    pub etag: String,
}

impl From<&OrderRow> for OrderSummary {
    fn from(row: &OrderRow) -> OrderSummary {
        OrderSummary {
            id: row.id,
            group_id: row.group_id,
            state: row.state,
            supplier_id: row.supplier_id,
            buyer_id: row.buyer_id,
            unit_id: row.unit_id,
            unit_region: row.unit_region,
            payer_id: row.payer_id,
            fund: row.fund,
            purpose: row.purpose,
            mode: row.mode,
            channel: row.channel,
            beneficiary_id: row.beneficiary_id,
            placed_at: row.placed_at,
            confirm_by: row.confirm_by,
            confirmed_at: row.confirmed_at,
            closed_at: row.closed_at,
            ordered_fen: row.ordered_fen,
            freight_fen: row.freight_fen,
            accepted_fen: row.accepted_fen,
            returned_fen: row.returned_fen,
            paid_fen: row.paid_fen,
            refunded_fen: row.refunded_fen,
            rated_at: row.rated_at,
            completed_year: row.completed_year,
            updated_at: row.updated_at,
            etag: etag(row.version),
        }
    }
}

/// A recorded fact and the order after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactReply {
    /// The fact's id.
    #[schema(example = "acc_01h45ytscbebyvny4gc8cr8ma2")]
    pub id: String,
    /// The order after it.
    pub order: OrderSummary,
}

/// A line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    /// The line.
    pub id: OrderLineId,
    /// Its number in the order; commands name lines by it.
    pub line_no: i64,
    /// The listing.
    pub listing_id: ListingId,
    /// The product.
    pub product_id: ProductId,
    /// Its name at placement.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// Its category.
    pub category: Category,
    /// Net weight of one unit in grams.
    pub net_weight_grams: i64,
    /// Whether it is priced by actual weight.
    pub weighed: bool,
    /// By how much the weight may differ.
    pub tolerance_ppm: Ppm,
    /// Price of one unit: at placement, or as both sides changed it since.
    pub unit_price_fen: Fen,
    /// Whether a certificate was in force at placement.
    pub certified: bool,
    /// Whether it was a product of 832 counties at placement.
    pub eligible: bool,
    /// Whether it counts to the plan.
    pub qualifies: bool,
    /// Counties of production.
    pub origins: Vec<Origin>,
    /// Certificates in force at placement.
    pub certificates: Vec<Certificate>,
    /// The certificate by which it was 清真 at placement.
    pub halal_certificate_number: Option<String>,
    /// Where the supplier is registered.
    pub supplier_county: RegionCode,
    /// Which of the order's deliveries, counted from 0.
    pub delivery_no: i64,
    /// Ordered.
    pub quantity: Quantity,
    /// Shipped, less what was rejected and is replaced.
    pub shipped: Quantity,
    /// Accepted.
    pub accepted: Quantity,
    /// Rejected, and not replaced.
    pub rejected: Quantity,
    /// Returned, of what was accepted.
    pub returned: Quantity,
    /// Written off.
    pub short_closed: Quantity,
    /// Price of what was ordered.
    pub line_fen: Fen,
    /// Quota still held.
    pub held_fen: Fen,
    /// Price of what was accepted.
    pub accepted_fen: Fen,
    /// Price of what was returned, and what was allowed.
    pub returned_fen: Fen,
    /// Of it, what was allowed without goods going back.
    pub allowed_fen: Fen,
    /// Nothing more will come.
    pub closed: bool,
    /// What it still counts as, as far as certificates that it froze were annulled since.
    pub standing: LineStanding,
}

impl LineView {
    fn new(row: &LineRow) -> Outcome<LineView> {
        Ok(LineView {
            id: row.id,
            line_no: row.line_no,
            listing_id: row.listing_id,
            product_id: row.product_id,
            name: row.name.clone(),
            unit: row.unit.clone(),
            category: row.category,
            net_weight_grams: row.net_weight_grams,
            weighed: row.weighed,
            tolerance_ppm: row.tolerance_ppm,
            unit_price_fen: row.unit_price_fen,
            certified: row.certified,
            eligible: row.eligible,
            qualifies: row.qualifies,
            origins: terms::read(&row.origins)?,
            certificates: terms::read(&row.certificates)?,
            halal_certificate_number: None,
            supplier_county: row.supplier_county,
            delivery_no: row.delivery_no,
            quantity: row.quantity,
            shipped: row.shipped,
            accepted: row.accepted,
            rejected: row.rejected,
            returned: row.returned,
            short_closed: row.short_closed,
            line_fen: row.line_fen,
            held_fen: row.held_fen,
            accepted_fen: row.accepted_fen,
            returned_fen: row.returned_fen,
            allowed_fen: row.allowed_fen,
            closed: row.closed,
            standing: row.standing,
        })
    }
}

/// An order with everything that happened to its goods.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub order: ListedOrder,
    /// The buyer's own reference.
    pub client_ref: Option<String>,
    /// Deliveries; lines name theirs by place.
    pub deliveries: Vec<Delivery>,
    /// The rule rows frozen at placement.
    pub rules: Vec<FrozenRule>,
    /// Why this mode.
    pub mode_reason: String,
    /// Whether `confirm_by` rests on a year whose holidays are not loaded; it may become later then, never earlier.
    pub confirm_by_provisional: bool,
    /// The framework agreement that it was called off from.
    pub agreement: Option<AgreementTerms>,
    /// Who gets the goods of a purchase in place of a donation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<RecipientView>,
    /// Lines.
    pub lines: Vec<LineView>,
    /// Shipments, oldest first.
    pub shipments: Vec<ShipmentView>,
    /// Acceptances, oldest first.
    pub acceptances: Vec<AcceptanceView>,
    /// Returns, oldest first.
    pub returns: Vec<ReturnView>,
    /// Allowances, oldest first: parts of the price that are not owed, although no goods went back.
    pub allowances: Vec<AllowanceView>,
    /// Short closures, oldest first.
    pub short_closures: Vec<ShortClosureView>,
    /// What it owes: the part that is due although part is disputed, and the disputed part.
    pub owed: Option<OwedView>,
    /// Disputes about it, oldest first.
    pub disputes: Vec<DisputeView>,
    /// Changes of its prices that were proposed, oldest first.
    pub price_changes: Vec<PriceChangeView>,
    /// As what offices classified it since it was placed, oldest first; the last one holds.
    pub classifications: Vec<ClassificationView>,
    /// Rejected goods that were asked for once more, oldest first.
    pub replacements: Vec<ReplacementView>,
    /// Papers of the lots that were shipped, oldest first.
    pub papers: Vec<LotPaperView>,
    /// Photos of what came.
    pub photos: Vec<AcceptancePhotoView>,
    /// What waits for a second person; until then nothing of it is accepted.
    pub pending_acceptance: Option<PendingAcceptanceView>,
    /// Lines of which a certificate was suspended or revoked before all goods had left; empty once that is over.
    pub flags: Vec<FlagView>,
    /// The approvals that it needs and has; absent where it needs none, and for its supplier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<OrderApprovalsView>,
    /// The account to which it is paid: for its buyer, unit, payer and supplier; absent when none was frozen.
    pub payee: Option<OrderPayeeView>,
    /// Everything that happened to it, with the reasons that were given, oldest first.
    pub history: Vec<OrderEvent>,
}

impl OrderView {
    /// An order and its lines, without facts and history.
    pub(super) fn new(
        row: &OrderRow,
        known: &[Organisation],
        lines: &[LineRow],
        client_ref: Option<String>,
    ) -> Outcome<OrderView> {
        let terms: Terms = terms::read(&row.terms)?;
        Ok(OrderView {
            order: ListedOrder::new(row, known)?,
            client_ref,
            deliveries: terms.deliveries,
            rules: terms.rules,
            mode_reason: terms.mode_reason,
            confirm_by_provisional: terms.confirm_by_provisional,
            agreement: terms.agreement,
            recipient: None,
            lines: lines.iter().map(LineView::new).collect::<Outcome<_>>()?,
            shipments: Vec::new(),
            acceptances: Vec::new(),
            returns: Vec::new(),
            allowances: Vec::new(),
            short_closures: Vec::new(),
            owed: None,
            disputes: Vec::new(),
            price_changes: Vec::new(),
            classifications: Vec::new(),
            replacements: Vec::new(),
            papers: Vec::new(),
            photos: Vec::new(),
            pending_acceptance: None,
            flags: Vec::new(),
            approvals: None,
            payee: None,
            history: Vec::new(),
        })
    }
}
