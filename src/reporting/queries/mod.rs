//! The reports as they are answered.

pub mod certification;
pub mod changes;
pub mod money;
pub mod progress;
pub mod volumes;

use super::store::Reach;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

/// Figures of the units that the actor may see.
fn reach(actor: &Actor, day: Day) -> Reach {
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

fn wrong(parameter: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::InvalidParameter, parameter, Message::new(zh, en))
}
