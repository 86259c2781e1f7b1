//! Reads of household linkage.

mod doubles;
mod figures;
mod lists;
mod matches;
mod rechecks;
mod table;

pub use doubles::*;
pub use figures::*;
pub use lists::*;
pub use matches::*;
pub use rechecks::*;

use super::store::Reach;
use crate::kernel::actor::Scope;
use crate::kernel::region_code::RegionCode;

/// Greater than every region code.
const ABOVE_ALL: &str = "~";

/// The counties that a scope and a region asked for have in common.
fn reach(scope: &Scope, asked: Option<RegionCode>) -> Option<Reach> {
    match (scope, asked) {
        (Scope::Region(own), None) => Some(own.subtree()),
        (Scope::Region(own), Some(asked)) if own.contains(&asked) => Some(asked.subtree()),
        (Scope::Region(own), Some(asked)) if asked.contains(own) => Some(own.subtree()),
        (Scope::Platform, Some(asked)) => Some(asked.subtree()),
        (Scope::Platform, None) => Some((String::new(), ABOVE_ALL.to_owned())),
        _ => None,
    }
}
