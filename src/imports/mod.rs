//! Bulk imports: a workbook of products with drafts of their certification, of suppliers with drafts of their admission, of
//! budget units with their places in the tree, of invoices, of activities of purchase in place of donation, or of what venues sold.
//!
//! Owns `imports`, `import_rows`, `import_errors` and `import_results`.
//!
//! Invariants:
//! - A row is what the single-record API would be sent: its cells become the published requests, the schemas check them, and the
//!   same commands carry them out. No rule stands here a second time.
//! - All or nothing: every row is tried and undone in short transactions first; when all are right, one transaction writes them
//!   and ends the import. Good rows only: each batch writes its rows and the cursor behind them in one transaction. Either way a
//!   crash leaves no row half done, and none is written twice.
//! - Who imports is asked for its rights in every one of these transactions.
//! - Rows that are one record together (an activity's lines) are one draft: all of them are imported, or none.
//! - What names persons or households is encrypted while it waits, and so is its file.
//! - Files are read in bounded memory (`platform::workbook`), and never inside a transaction.

mod cells;
mod columns;
mod commands;
mod groups;
pub mod http;
mod job;
mod kinds;
mod queries;
mod rows;
mod rules;
pub(crate) mod schema;
mod store;
mod template;

pub use cells::{Fault as CellFault, Holds, Known, narrow, plain, read as read_cell};
pub use commands::{NewImport, TOPIC, begin_at_console};
pub use job::{Parts, advance, look, step};
pub use queries::{ImportErrorView, ImportView, errors, import};
pub use rules::{ImportKind, ImportMode, ImportState};
