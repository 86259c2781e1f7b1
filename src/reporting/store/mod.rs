//! SQL of reports: reads any table, writes none.

pub mod certification;
pub mod changes;
pub mod filling;
pub mod progress;
pub mod purchases;

use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;

/// Whose figures a report may contain, and of whom it was asked.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Unit regions from this code …
    pub from: String,
    /// … below this one.
    pub below: String,
    /// Units under this one, on the day, at most so deep; everybody when there is none.
    pub under: Option<(OrgId, Day, i64)>,
}

impl Reach {
    /// Everybody.
    pub fn everything() -> Reach {
        Reach { from: String::new(), below: "~".to_owned(), under: None }
    }
    /// The day on which units stand under the root, as it is bound.
    pub fn day(&self) -> String {
        self.under.map_or_else(String::new, |(_, day, _)| day.to_string())
    }
    /// The root, as it is bound.
    pub fn root(&self) -> Vec<u8> {
        self.under.map_or_else(Vec::new, |(root, _, _)| root.0.to_vec())
    }
    /// How deep, as it is bound.
    pub fn depth(&self) -> i64 {
        self.under.map_or(0, |(_, _, depth)| depth)
    }
}
