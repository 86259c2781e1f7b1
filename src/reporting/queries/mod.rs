//! The reports as they are answered.

pub mod attained;
pub mod certification;
pub mod changes;
pub mod filling;
pub mod kept;
pub mod money;
pub mod progress;
pub mod purchases;

use super::store::Reach;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;

/// Figures of the units that the actor may see.
pub fn reach(actor: &Actor, day: Day) -> Reach {
    let everything = Reach::everything();
    match &actor.scope {
        Scope::Platform => everything,
        Scope::Region(code) => {
            let (from, below) = code.subtree();
            Reach { from, below, under: None }
        }
        Scope::UnitTree(root) => Reach { under: Some((*root, day, i64::MAX)), ..everything },
        Scope::Org(org) => Reach { under: Some((*org, day, 0)), ..everything },
    }
}

/// Whose figures the actor may see, in words.
///
/// # Errors
/// When the database fails.
pub fn whose(read: &mut Read, actor: &Actor) -> Outcome<String> {
    Ok(match &actor.scope {
        Scope::Platform => "全部地区".to_owned(),
        Scope::Region(code) => regions::names(read)?.get(code).cloned().unwrap_or_else(|| code.to_string()),
        Scope::UnitTree(root) => format!("{}及所属单位", identity::organisation(read, *root)?.name),
        Scope::Org(org) => identity::organisation(read, *org)?.name,
    })
}

/// Figures of the actor's units of a region, and of one unit and those below it, where these are named.
fn narrowed(
    read: &mut Read,
    actor: &Actor,
    day: Day,
    region: Option<RegionCode>,
    unit: Option<OrgId>,
) -> Outcome<Reach> {
    let mut reach = reach(actor, day);
    if let Some(code) = region {
        let (from, below) = code.subtree();
        reach.from = reach.from.max(from);
        reach.below = reach.below.min(below);
    }
    let Some(unit) = unit else { return Ok(reach) };
    identity::organisation_in(read, &actor.scope, unit, day)?;
    let depth = if matches!(actor.scope, Scope::Org(_)) { 0 } else { i64::MAX };
    reach.under = Some((unit, day, depth));
    Ok(reach)
}

fn wrong(parameter: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::InvalidParameter, parameter, Message::new(zh, en))
}
