//! Decisions about people: which role fits which organisation, which password will do, who has to wait, which refresh token counts.

mod succession;
mod ties;
mod waiting;

pub use succession::Succession;
pub use ties::{check_last_day, day_after, is_withdrawn, on_common_ground, open, tie_end};
pub use waiting::{Failures, MailKind, Throttle, mail_allowance, throttle};

use crate::kernel::actor::{
    Grant, ManageOrganisation, Oneself, OperatePlatform, OrgKind, PERMISSIONS, Permission, Role,
};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::At;
use std::net::IpAddr;
use std::str::FromStr;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long an access token is good, in milliseconds.
pub const ACCESS_MS: i64 = 10 * MINUTE_MS;
/// How long a session lasts at most, in milliseconds.
pub const SESSION_MS: i64 = 30 * DAY_MS;
/// How long a session lasts unused, in milliseconds.
pub const IDLE_MS: i64 = 14 * DAY_MS;
/// How long an invitation or a registration waits, in milliseconds.
pub const INVITATION_MS: i64 = 7 * DAY_MS;
/// How long a link to a new password is good, in milliseconds.
pub const RESET_MS: i64 = HOUR_MS;
/// How long a person waits before the same mail is sent again, in milliseconds.
pub const MAIL_PAUSE_MS: i64 = MINUTE_MS;
/// Two tabs may refresh at once: within this time a used token is refused, not taken for stolen, in milliseconds.
const RACE_MS: i64 = 10 * SECOND_MS;
/// How long failed sign-ins are remembered, in milliseconds.
pub const FAILURES_MS: i64 = DAY_MS;
/// The longest life of an integration's key, in milliseconds.
pub const KEY_MS: i64 = 366 * DAY_MS;

/// Why an identity command is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The password is too short, too long or too easy to guess.
    WeakPassword,
    /// Organisations of this kind have no such role.
    RoleNotForKind(Role, OrgKind),
    /// A member has at least one role.
    NoRole,
    /// The last administrator of an organisation stays.
    LastAdministrator,
    /// Only budget units stand in the tree.
    NotABudgetUnit,
    /// A unit cannot stand below itself.
    Circle,
    /// Changes of the tree are entered in the order of their days.
    LaterChange,
    /// A key may not hold this permission.
    NotForKeys(String),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let field = AppError::field;
        match refusal {
            Refusal::WeakPassword => field(
                Code::WeakPassword,
                "/password",
                Message::new(
                    "须为 10 至 128 个字符，且不易猜到",
                    "must have 10 to 128 characters and be hard to guess",
                ),
            ),
            Refusal::RoleNotForKind(role, kind) => field(
                Code::RoleNotForKind,
                "/roles",
                Message::new(format!("{kind} 没有岗位 {role}"), format!("{kind} has no role {role}")),
            ),
            Refusal::NoRole => {
                field(Code::RoleNotForKind, "/roles", Message::new("至少一个岗位", "at least one role is needed"))
            }
            Refusal::LastAdministrator => Code::LastAdministrator.into(),
            Refusal::NotABudgetUnit => AppError::new(Code::WrongState)
                .detail("只有预算单位有主管单位和下属单位", "only budget units stand above or below one another"),
            Refusal::Circle => {
                AppError::new(Code::WrongState).detail("单位不能隶属于自己的下属", "a unit cannot stand below itself")
            }
            Refusal::LaterChange => AppError::new(Code::WrongState)
                .detail("已登记更晚的隶属变更", "a later change of this part of the tree is entered already"),
            Refusal::NotForKeys(name) => field(
                Code::ValidationFailed,
                "/permissions",
                Message::new(format!("密钥不能持有权限 {name}"), format!("a key may not hold {name}")),
            ),
        }
    }
}

/// Whether organisations of a kind have a role.
#[must_use]
pub fn role_fits(kind: OrgKind, role: Role) -> bool {
    match role {
        Role::OrgAdmin | Role::Auditor => true,
        Role::Manager | Role::Trader | Role::Acceptor | Role::Payer => kind.buys(),
        Role::Seller => kind.sells(),
        Role::Reviewer => {
            matches!(kind, OrgKind::BudgetUnit | OrgKind::PovertyOffice | OrgKind::FinanceBureau | OrgKind::Operator)
        }
    }
}

/// Whether a member of such an organisation may hold these roles.
///
/// # Errors
/// The first role that does not fit.
pub fn check_roles(kind: OrgKind, roles: &[Role]) -> Result<(), Refusal> {
    if roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    match roles.iter().find(|role| !role_fits(kind, **role)) {
        Some(role) => Err(Refusal::RoleNotForKind(*role, kind)),
        None => Ok(()),
    }
}

/// What the first person of an organisation that registers itself may do.
#[must_use]
pub fn first_roles(kind: OrgKind) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| role_fits(kind, *role)).collect()
}

/// Whether organisations of this kind register themselves; offices, bureaus and budget units are entered by the operator.
#[must_use]
pub fn registers_itself(kind: OrgKind) -> bool {
    kind != OrgKind::BudgetUnit && (kind.sells() || kind.buys())
}

/// Whether an organisation keeps an administrator when a member's roles become `after` (`None`: the member leaves).
///
/// # Errors
/// When the last administrator would go.
pub fn keeps_administrator(others_administer: bool, before: &[Role], after: Option<&[Role]>) -> Result<(), Refusal> {
    let stays = after.is_some_and(|roles| roles.contains(&Role::OrgAdmin));
    if before.contains(&Role::OrgAdmin) && !stays && !others_administer {
        return Err(Refusal::LastAdministrator);
    }
    Ok(())
}

/// Whether a password will do. `strength` is zxcvbn's score, 0 to 4.
///
/// # Errors
/// When it is too short, too long or too easy.
pub fn check_password(password: &str, strength: u8) -> Result<(), Refusal> {
    let length = password.chars().count();
    if (10..=128).contains(&length) && strength >= 3 { Ok(()) } else { Err(Refusal::WeakPassword) }
}

/// Permissions that stay with people: a key makes no members and no keys.
const FOR_PEOPLE: &[&str] = &[ManageOrganisation::NAME, OperatePlatform::NAME, Oneself::NAME];

/// The permissions that these roles in such an organisation give.
#[must_use]
pub fn permissions_of(kind: OrgKind, roles: &[Role]) -> Vec<&'static str> {
    let gives = |grants: &[Grant]| grants.iter().any(|g| g.kinds.contains(&kind) && roles.contains(&g.role));
    PERMISSIONS.iter().filter(|(_, grants)| gives(grants)).map(|(name, _)| *name).collect()
}

/// Whether a key made by a member with these roles may hold a permission.
#[must_use]
pub fn key_may_hold(kind: OrgKind, roles: &[Role], permission: &str) -> bool {
    !FOR_PEOPLE.contains(&permission) && permissions_of(kind, roles).contains(&permission)
}

/// An address as it is compared.
#[must_use]
pub fn fold_email(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// Where a request comes from, for throttling: one IPv4 address, or the /64 that one IPv6 customer has.
#[must_use]
pub fn source(address: &str) -> String {
    match IpAddr::from_str(address).map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(ip) => ip.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

/// A refresh token and its session, as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshState {
    /// When the token was used before.
    pub used_at: Option<At>,
    /// Until when the token is good.
    pub expires_at: At,
    /// When the session was ended.
    pub revoked_at: Option<At>,
    /// When the session ends by itself.
    pub session_expires_at: At,
}

/// What becomes of a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// A new token takes its place.
    Rotate,
    /// Refused; nothing else happens.
    Refuse,
    /// A used token came back: somebody copied it, so the whole session ends.
    Revoke,
}

/// Two tabs that refresh at the same moment are no thieves: the later one is refused and finds the token of the first.
#[must_use]
pub fn refresh(state: RefreshState, now: At) -> Refresh {
    if state.revoked_at.is_some() || now >= state.session_expires_at {
        return Refresh::Refuse;
    }
    match state.used_at {
        Some(used) if now.0 - used.0 <= RACE_MS => Refresh::Refuse,
        Some(_) => Refresh::Revoke,
        None if now >= state.expires_at => Refresh::Refuse,
        None => Refresh::Rotate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_fit_kinds() {
        use OrgKind as K;
        let table = [
            (K::Cooperative, Role::Seller, true),
            (K::Cooperative, Role::Trader, false),
            (K::BudgetUnit, Role::Manager, true),
            (K::BudgetUnit, Role::Reviewer, true),
            (K::BudgetUnit, Role::Seller, false),
            (K::Contractor, Role::Acceptor, true),
            (K::Contractor, Role::Reviewer, false),
            (K::PovertyOffice, Role::Reviewer, true),
            (K::PovertyOffice, Role::Trader, false),
            (K::AuditBody, Role::Auditor, true),
            (K::AuditBody, Role::Reviewer, false),
            (K::Operator, Role::Reviewer, true),
        ];
        for (kind, role, fits) in table {
            assert_eq!(role_fits(kind, role), fits, "{kind} {role}");
        }
        for kind in K::ALL {
            assert!(role_fits(*kind, Role::OrgAdmin), "{kind}");
            assert_eq!(check_roles(*kind, &first_roles(*kind)), Ok(()));
        }
        assert_eq!(check_roles(K::Union, &[]), Err(Refusal::NoRole));
        assert_eq!(
            check_roles(K::Union, &[Role::Trader, Role::Seller]),
            Err(Refusal::RoleNotForKind(Role::Seller, K::Union))
        );
    }

    #[test]
    fn offices_and_budget_units_do_not_register_themselves() {
        let own: Vec<_> = OrgKind::ALL.iter().filter(|kind| !registers_itself(**kind)).collect();
        use OrgKind as K;
        assert_eq!(own, [&K::BudgetUnit, &K::PovertyOffice, &K::FinanceBureau, &K::AuditBody, &K::Operator]);
    }

    #[test]
    fn the_last_administrator_stays() {
        let admin = [Role::OrgAdmin];
        type Row<'a> = (bool, &'a [Role], Option<&'a [Role]>, bool);
        let table: [Row<'_>; 6] = [
            (false, &admin, None, false),
            (false, &admin, Some(&[Role::Trader]), false),
            (false, &admin, Some(&[Role::OrgAdmin, Role::Trader]), true),
            (true, &admin, None, true),
            (false, &[Role::Trader], None, true),
            (false, &[Role::Trader], Some(&[Role::Payer]), true),
        ];
        for (others, before, after, allowed) in table {
            assert_eq!(keeps_administrator(others, before, after).is_ok(), allowed, "{others} {before:?} {after:?}");
        }
    }

    #[test]
    fn passwords() {
        let long = "x".repeat(129);
        let table = [
            ("Rather-7-long", 4, true),
            ("Rather-7-long", 3, true),
            ("Rather-7-long", 2, false),
            ("Short-7-x", 4, false),
            ("十个汉字也可以当密码", 3, true),
            (long.as_str(), 4, false),
        ];
        for (password, strength, good) in table {
            assert_eq!(check_password(password, strength).is_ok(), good, "{password} {strength}");
        }
    }

    #[test]
    fn sources() {
        let table = [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("", "unknown"),
        ];
        for (address, expected) in table {
            assert_eq!(source(address), expected);
        }
        assert_eq!(fold_email(" Ma.Li@Example.COM "), "ma.li@example.com");
    }

    #[test]
    fn a_used_token_that_comes_back_ends_the_session() {
        let now = At(1_000_000);
        let fresh = RefreshState {
            used_at: None,
            expires_at: At(now.0 + 1),
            revoked_at: None,
            session_expires_at: At(now.0 + 1),
        };
        let used = |ago: i64| RefreshState { used_at: Some(At(now.0 - ago)), ..fresh };
        let table = [
            (fresh, Refresh::Rotate),
            (used(0), Refresh::Refuse),
            (used(10_000), Refresh::Refuse),
            (used(10_001), Refresh::Revoke),
            (RefreshState { expires_at: now, ..fresh }, Refresh::Refuse),
            (RefreshState { session_expires_at: now, ..used(60_000) }, Refresh::Refuse),
            (RefreshState { revoked_at: Some(At(1)), ..used(60_000) }, Refresh::Refuse),
        ];
        for (state, expected) in table {
            assert_eq!(refresh(state, now), expected, "{state:?}");
        }
    }

    #[test]
    fn keys_hold_what_their_maker_holds_but_neither_make_keys_nor_members() {
        let roles = [Role::OrgAdmin, Role::Trader];
        let table = [
            ("orders.read", true),
            ("orders.place", true),
            ("signed_in", true),
            ("orders.accept", false),
            ("organisation.manage", false),
            ("oneself", false),
            ("no.such", false),
        ];
        for (name, may) in table {
            assert_eq!(key_may_hold(OrgKind::BudgetUnit, &roles, name), may, "{name}");
        }
        assert!(!key_may_hold(OrgKind::Operator, &[Role::OrgAdmin], "platform.operate"));
    }
}
