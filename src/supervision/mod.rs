//! Supervision (监督): what offices find about suppliers, and what becomes of it.
//!
//! Owns `findings`, `finding_answers`, `finding_decisions`, `complaints`, `complaint_steps`, `inspection_plans`,
//! `inspection_population`, `inspection_pool`, `inspections`, `inspection_inspectors`, `supervision_runs`, `price_watch_months`,
//! `price_alerts`, `supplier_scores`, `supplier_score_parts` and `score_proposals`.
//!
//! Invariants:
//! - A finding moves as `rules::finding_next` says, under the claim of its row; answers and decisions are only added.
//! - An office supervises the suppliers registered in its region; nobody decides about an organisation whose member he is.
//! - How to reach who complained is shown to the office that handles the complaint and to nobody else.
//! - What a draw follows from is frozen and published before it; the seed is encrypted until then (`rules::draw` says how it is
//!   drawn, so that anybody can draw again). Nobody is drawn for an organisation whose member he is.
//! - A month is watched and scored once; its medians, and scores with their parts, are never changed.
//! - No supplier is shown another's price, but the median of several.
//! - The program proposes what follows from a score; the operator decides, after the supplier could answer.
//! - A deadline is never shortened when a calendar is loaded.

mod commands;
pub mod http;
mod medians;
mod prices;
mod queries;
mod rules;
pub(crate) mod schema;
mod seeds;
mod store;
mod subject;

pub use commands::{recompute_deadlines, remind, score_suppliers, watch_prices};
pub use medians::{LikeMedian, LikeMedians, like_medians};
pub use queries::verify_draw_file;
pub use seeds::Seeds;
