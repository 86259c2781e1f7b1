//! What the audit trail says of an organisation: what an earlier run did, and what came of it.

use crate::audit::{self, Past};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::At;
use crate::platform::db::Read;
use serde_json::Value;
use std::collections::HashMap;
use std::str::FromStr;

/// What was recorded of an organisation, oldest first.
#[derive(Debug, Default)]
pub struct Trail(Vec<Past>);

/// The trails of organisations.
///
/// # Errors
/// When the database fails.
pub fn trails(read: &mut Read, orgs: &[OrgId]) -> Outcome<HashMap<OrgId, Trail>> {
    let mut trails: HashMap<OrgId, Trail> = orgs.iter().map(|org| (*org, Trail::default())).collect();
    for past in audit::business_of(read, orgs)? {
        trails.entry(past.owner_org).or_default().0.push(past);
    }
    Ok(trails)
}

impl Trail {
    /// Whether something was done at a moment.
    #[must_use]
    pub fn did(&self, action: &str, at: At) -> bool {
        self.0.iter().any(|past| past.action == action && past.at == at)
    }

    /// To what something was last done; `None` when it never was.
    #[must_use]
    pub fn subject<T: FromStr>(&self, action: &str) -> Option<T> {
        self.latest(action, |_| true)?.subject.parse().ok()
    }

    /// What was noted when something was last done.
    #[must_use]
    pub fn noted<T: FromStr>(&self, action: &str, key: &str) -> Option<T> {
        word(self.latest(action, |_| true)?, key)?.parse().ok()
    }

    /// What was noted when something was last done that also notes a certain word.
    #[must_use]
    pub fn noted_with<T: FromStr>(&self, action: &str, key: &str, with: (&str, &str)) -> Option<T> {
        word(self.latest(action, |past| word(past, with.0).as_deref() == Some(with.1))?, key)?.parse().ok()
    }

    /// When something whose name begins so was last done.
    #[must_use]
    pub fn last(&self, beginnings: &[&str]) -> Option<At> {
        let fits = |past: &&Past| beginnings.iter().any(|beginning| past.action.starts_with(beginning));
        self.0.iter().rev().find(fits).map(|past| past.at)
    }

    fn latest(&self, action: &str, fits: impl Fn(&Past) -> bool) -> Option<&Past> {
        self.0.iter().rev().find(|past| past.action == action && fits(past))
    }
}

fn word(past: &Past, key: &str) -> Option<String> {
    let details: Value = serde_json::from_str(&past.details).ok()?;
    details.get(key)?.as_str().map(str::to_owned)
}

/// What a step rests on that an earlier one must have left.
///
/// # Errors
/// When it did not.
pub fn left<T>(found: Option<T>, what: &str) -> Outcome<T> {
    found.ok_or_else(|| AppError::internal(format!("the trail knows no {what}")))
}
