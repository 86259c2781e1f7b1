//! What supervision asks about prices.

use crate::catalogue::store::{self, DeclaredOutput, LikePrice, Priced};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// What is offered on a day by suppliers that may sell, in the order of the listings' ids.
///
/// # Errors
/// When the database fails.
pub fn offered(on: &mut Read, day: Day) -> Outcome<Vec<Priced>> {
    store::offered(on, day)
}

/// These listings, on sale or not; unknown ids are left out.
///
/// # Errors
/// When the database fails.
pub fn priced(on: &mut Read, ids: &[ListingId]) -> Outcome<Vec<Priced>> {
    store::priced(on, ids)
}

/// The like prices that suppliers declared for what is on sale, oldest first.
///
/// # Errors
/// When the database fails.
pub fn like_prices(on: &mut Read) -> Outcome<Vec<LikePrice>> {
    store::like_prices(on)
}

/// How many listings of a supplier are on sale.
///
/// # Errors
/// When the database fails.
pub fn count_offered(on: &mut Read, org: OrgId) -> Outcome<i64> {
    store::count_offered(on, org)
}

/// Which of these products have a declared yearly output, in kilograms, with their makers.
///
/// # Errors
/// When the database fails.
pub fn declared_outputs(on: &mut Read, ids: &[ProductId]) -> Outcome<Vec<DeclaredOutput>> {
    store::declared_outputs(on, ids)
}
