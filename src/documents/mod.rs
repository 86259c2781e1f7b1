//! Stored files: evidence, photos, bank proofs.
//!
//! Owns `files`, `file_shares` and `file_regions` (to whom else a file was shown) and `anonymous_files` (brought by who is no user). The bytes lie in the object store under a key made from their hash; they are written before the row, so that a
//! row never names bytes that are missing. An upload whose row is lost leaves bytes that nobody can reach.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;
mod vault;

pub use commands::{NewFile, enter, enter_anonymous, share, show_in};
pub use queries::{file, has_room};
pub use store::StoredFile;
pub use vault::Vault;

crate::text_enum! {
    /// Who may open a file.
    FileClass {
        /// Everybody whose scope reaches its organisation, and the other side of the payment or invoice that it proves.
        Evidence "evidence"
        /// May show household data: stored encrypted, opened only by the reviewing office and auditors, each opening logged.
        Restricted "restricted"
        /// Anybody who knows its id.
        Public "public"
    }
}
