//! Organisations, the unit tree, people, sessions and keys.
//!
//! Owns `organisations`, `unit_closure` and `unit_tree` (who stands above whom, on which days), `contractor_ties` and
//! `payer_ties` (who orders and pays for a unit, on which days), `users`, `memberships`, `sessions`, `refresh_tokens`,
//! `invitations`, `registrations`, `mail_tokens`, `api_keys`, `sign_in_throttle`, `signing_keys`.
//!
//! - Tokens, keys and links are stored as SHA-256 of what was given out; what they are is known only to their holder.
//! - A suspension counts from its commit on: every write loads session, person and memberships in its own transaction.
//! - A unit has one union a day; who pays or orders for it does so on the days of a tie. The unit makes a tie, either side ends it.
//! - Who is named as payer is not asked: it is of the same prefecture or of a region above or below, and it is told.
//! - A unit that was closed or merged is moved no more and takes no units below it; nobody orders or pays for it since then.
//!   The years of a merged unit belong to its successor from the year of the merger on ([`Succession`]).
//! - A unit never stands below itself; changes of the tree claim one row and are entered in the order of their days.
//! - Failed sign-ins slow down the source that fails, never the account.

mod commands;
mod gate;
pub mod http;
mod mails;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    LINK_TOPIC, LinkWanted, NewInvitation, NewOrganisation, Opened, PayerTie, add_membership, check_operator,
    claim_units, create_operator, create_organisation, create_user, end_contractor, end_payer, end_unit,
    enter_organisation, invite, keep_succession, purge, rename_unit, rotate_keys, send_link, set_organisation_standing,
    set_parent, start_session, tie_contractor, tie_payer,
};
pub use gate::Gate;
pub use http::{InvitationRequest, NewOrganisationRequest, Settings};
pub use mails::{tell, tell_office};
pub use queries::{
    Colleague, ancestors, check_stands, colleagues, contractor_serves, has_units_below, holds, is_member, members_with,
    merged_in, nearest_office, operator, organisation, organisation_by_uscc, organisation_in, organisation_named,
    organisations, organisations_of, parent, payers_of, pays_for, person, recipients, region_exists,
    regions_with_office, roles, scope_allows, subtree, succession, tree_contained_since, tree_contains, units_of_union,
    units_served, user_by_email,
};
pub use rules::{Succession, source};
pub use store::{Acts, Organisation, PayerKind, Standing, acts};
