//! As what an order was classified, as it is shown.

use super::OrderSummary;
use crate::kernel::ids::OrgId;
use crate::kernel::terms::{Channel, Mode};
use crate::kernel::time::At;
use crate::ordering::rules::classification::read;
use crate::ordering::store::classifications::ClassificationRow;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A decision of an office: as what an order is reported since.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassificationView {
    /// Counted from 1 in the order.
    pub no: i64,
    /// 四种模式.
    pub mode: Mode,
    /// 五进.
    pub channel: Channel,
    /// The region's own word for the mode.
    pub mode_term: Option<String>,
    /// The region's own word for the channel.
    pub channel_term: Option<String>,
    /// Overlays.
    pub tags: BTreeSet<String>,
    /// Why.
    pub reason: String,
    /// The office.
    pub org_id: OrgId,
    /// When; its amounts are reported under it from this day on.
    pub decided_at: At,
}

impl From<ClassificationRow> for ClassificationView {
    fn from(row: ClassificationRow) -> ClassificationView {
        ClassificationView {
            no: row.no,
            mode: row.mode,
            channel: row.channel,
            mode_term: row.mode_term,
            channel_term: row.channel_term,
            tags: read(&row.tags),
            reason: row.reason,
            org_id: row.org_id,
            decided_at: row.decided_at,
        }
    }
}

/// A decision and the order after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassificationReply {
    /// The decision.
    pub classification: ClassificationView,
    /// The order after it.
    pub order: OrderSummary,
}
