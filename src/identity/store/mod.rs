//! SQL of organisations, people and their credentials; it decides nothing.

mod credentials;
mod organisations;
mod payers;
mod people;
mod sessions;
pub mod succession;
mod tree;

pub use credentials::*;
pub use organisations::*;
pub use payers::*;
pub use people::*;
pub use sessions::*;
pub use tree::*;

use crate::kernel::actor::Role;
use crate::kernel::columns::UnknownWord;

crate::text_enum! {
    /// Whether an organisation or a person may act.
    Standing {
        /// May act.
        Active "active"
        /// Stopped by the operator.
        Suspended "suspended"
    }
}

crate::text_enum! {
    /// In which way an organisation pays for a unit.
    PayerKind {
        /// 工会 of the unit; orders for it too.
        Union "union"
        /// 会计核算中心 that keeps the unit's accounts.
        AccountingCentre "accounting_centre"
    }
}

/// Roles as they stand in a column: their words, sorted, with commas between.
#[derive(Debug, Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Roles(pub Vec<Role>);

impl Roles {
    /// Each role once, in the order in which they are declared.
    #[must_use]
    pub fn of(roles: &[Role]) -> Roles {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        Roles(roles)
    }
    fn words(&self) -> String {
        self.0.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",")
    }
    fn parse(text: &str) -> Result<Roles, UnknownWord> {
        text.split(',').filter(|word| !word.is_empty()).map(str::parse).collect::<Result<_, _>>().map(Roles)
    }
}

crate::text_column!(Roles, |v| v.words(), |t| Roles::parse(t));
