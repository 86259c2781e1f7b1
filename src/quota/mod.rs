//! Plans of reserved shares (预留份额): one per budget unit and year, reviewed, amended, and their live balance.
//!
//! Owns `plans`, `plan_revisions`, `plan_reviews`, `quota_transfers`. What is held and spent stands in the ledger, not here.
//!
//! - A plan's figures are numbered revisions. The approved one stays in force until an amendment is approved.
//! - Buying does not wait for a plan: before the first approval a unit's accounts have no ceiling. The approval sets
//!   the canteen account's ceiling to the year's canteen total; it may lie below what is used already, then only new
//!   orders are refused. Whether it refuses or warns is the rule row `ceiling_mode` on the day of the order.
//! - A unit without a canteen has nothing to spend on one: the approval of its plan sets a ceiling of 0 fen, so that orders
//!   of canteen money are refused (`ceiling_exceeded`).
//! - A shared canteen is planned by its representative, who orders for all that share it, under its own ceiling and in its
//!   own count. Once a member's plan is approved its ceiling is 0 as well, and its orders of canteen money are refused with
//!   `fund_not_allowed`, naming the representative, whatever `ceiling_mode` says. What the member had ordered before stays
//!   with the member; a report shows it as `shared, via X`.
//! - Figures can be approved until the year's books are closed: a closed year keeps its reserves, ceilings and rates.
//! - A merger of units adds the figures in force of the predecessor to those of its successor, in an own revision that is in
//!   force at once, and their ceilings with them; what is being reviewed is decided first, what is only a draft gives way. The
//!   floor of last year is then the sum of what both had reserved.
//! - A transfer gives part of one unit's canteen reserve, and as much of its total as is said, to a sister below the same unit.
//!   The unit above both proposes it, the finance bureau decides it, and its approval brings a revision of both plans into
//!   force. The sums stay. The giver keeps the share that the floor asks of its remaining total, last year's reserve where the
//!   rule says so, and what it holds and has spent where the ceiling refuses. Nobody works on either plan meanwhile.
//! - Whom a member names has filed as a representative, or has not filed yet; two members cannot name each other.
//! - Who files or submits never reviews, and the two reviewers differ.
//! - Every unit of a year is in exactly one class ([`unit_class`], or merged), so classes sum to the units.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    Beyond, Merger, NewPlan, NewTransfer, PlanFigures, amend, beyond, change, file, merge, propose_transfer, review,
    review_transfer, submit,
};
pub use queries::{InForce, PlanView, QuotaView, filed, plan_of, plan_view, planned_units, quota_of, reserved_before};
pub use rules::{CanteenMode, Filing, Part, PlanDecision, PlanState, PlanStep, Reserves, UnitClass, unit_class};
pub use store::PlanRow as Plan;
