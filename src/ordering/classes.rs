//! As what an order is reported now: what it was placed as, or what an office decided last.

use super::rules::classification::{Class, read};
use super::store::classifications::ClassificationRow;
use super::store::orders::OrderRow;
use std::collections::BTreeSet;

/// The class of an order after these decisions.
pub fn current(order: &OrderRow, decisions: &[ClassificationRow]) -> Class {
    match decisions.last() {
        Some(row) => Class {
            mode: row.mode,
            channel: row.channel,
            mode_term: row.mode_term.clone(),
            channel_term: row.channel_term.clone(),
            tags: read(&row.tags),
        },
        None => Class {
            mode: order.mode,
            channel: order.channel,
            mode_term: None,
            channel_term: None,
            tags: BTreeSet::new(),
        },
    }
}
