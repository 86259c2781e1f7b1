//! Who acts: organisation kinds, roles, permissions as types, and the scope a permission yields.

use super::error::{AppError, Code};
use super::ids::{ApiKeyId, OrgId, SessionId, UserId};
use super::region_code::RegionCode;
use super::time::Day;

mod permissions;

pub use permissions::*;

crate::text_enum! {
    /// What an organisation is (product.md §2).
    OrgKind {
        /// 农民专业合作社.
        Cooperative "cooperative"
        /// 企业.
        Enterprise "enterprise"
        /// 家庭农场.
        FamilyFarm "family_farm"
        /// 村集体.
        VillageCollective "village_collective"
        /// 扶贫车间.
        Workshop "workshop"
        /// 代理商, sells under a producer's mandate.
        AgentTrader "agent_trader"
        /// 预算单位; a supervising unit is a budget unit with units below it.
        BudgetUnit "budget_unit"
        /// 食堂承包方, orders for a unit within its dates.
        Contractor "contractor"
        /// Enterprise that buys.
        EnterpriseBuyer "enterprise_buyer"
        /// 社会组织.
        SocialOrganisation "social_organisation"
        /// 工会.
        Union "union"
        /// 扶贫办 of a region.
        PovertyOffice "poverty_office"
        /// 财政局 of a region.
        FinanceBureau "finance_bureau"
        /// 审计机关 of a region.
        AuditBody "audit_body"
        /// The platform's operator.
        Operator "operator"
    }
}

impl OrgKind {
    /// Whether organisations of this kind sell.
    #[must_use]
    pub const fn sells(self) -> bool {
        matches!(
            self,
            OrgKind::Cooperative
                | OrgKind::Enterprise
                | OrgKind::FamilyFarm
                | OrgKind::VillageCollective
                | OrgKind::Workshop
                | OrgKind::AgentTrader
        )
    }
    /// Whether organisations of this kind buy.
    #[must_use]
    pub const fn buys(self) -> bool {
        matches!(
            self,
            OrgKind::BudgetUnit
                | OrgKind::Contractor
                | OrgKind::EnterpriseBuyer
                | OrgKind::SocialOrganisation
                | OrgKind::Union
        )
    }
}

crate::text_enum! {
    /// What a person does in an organisation.
    Role {
        /// Members, invitations, keys, the organisation's own data.
        OrgAdmin "org_admin"
        /// 管理账号: fills the quota plan.
        Manager "manager"
        /// 交易账号: orders.
        Trader "trader"
        /// 验收: accepts goods.
        Acceptor "acceptor"
        /// Reports payments, registers invoices.
        Payer "payer"
        /// Lists, confirms, ships, confirms payments.
        Seller "seller"
        /// Reviews: applications of an office, plans of a supervising unit or finance bureau.
        Reviewer "reviewer"
        /// Reads everything in scope, writes nothing.
        Auditor "auditor"
    }
}

/// Which rows an actor may see. Every tenant finder takes it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything: the platform's operator.
    Platform,
    /// A region and all below it.
    Region(RegionCode),
    /// A supervising unit and all units below it.
    UnitTree(OrgId),
    /// One organisation.
    Org(OrgId),
}

/// One of a person's memberships, as loaded for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub org_id: OrgId,
    /// Its kind.
    pub kind: OrgKind,
    /// Its region.
    pub region: RegionCode,
    /// The roles held there.
    pub roles: Vec<Role>,
    /// Of a budget unit that was closed or merged: since when.
    pub ended_on: Option<Day>,
}

/// How a request was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A signed-in session.
    Session(SessionId),
    /// An integration's key.
    Key(ApiKeyId),
    /// A command of the program itself (demo, import, job).
    Program,
}

/// An authenticated person with all memberships.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user_id: UserId,
    /// Session or key.
    pub via: Via,
    /// Names of permissions that a key is limited to; `None` for a session.
    pub key_permissions: Option<Vec<String>>,
    /// Memberships in force.
    pub memberships: Vec<Membership>,
}

/// A person acting for one organisation with one permission; commands take it as proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user_id: UserId,
    /// The organisation acted for.
    pub org_id: OrgId,
    /// Its kind.
    pub kind: OrgKind,
    /// Its region.
    pub region: RegionCode,
    /// What it may see.
    pub scope: Scope,
    /// Of a budget unit that was closed or merged: since when it orders and plans nothing.
    pub ended_on: Option<Day>,
    /// Session or key.
    pub via: Via,
}

impl Actor {
    /// Whoever sits at the console of the machine: reads everything, and signs nothing.
    #[must_use]
    pub const fn console(region: RegionCode) -> Actor {
        Actor {
            user_id: UserId([0; 16]),
            org_id: OrgId([0; 16]),
            kind: OrgKind::Operator,
            region,
            scope: Scope::Platform,
            ended_on: None,
            via: Via::Program,
        }
    }
}

/// Which (kinds, role) hold a permission.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Kinds of organisation.
    pub kinds: &'static [OrgKind],
    /// Role in it.
    pub role: Role,
}

/// A permission is a type: a handler that needs `Call<PlaceOrder>` cannot run without it.
pub trait Permission: Send + Sync + 'static {
    /// The stable name, used for keys and documents.
    const NAME: &'static str;
    /// Who holds it.
    const GRANTS: &'static [Grant];
}

impl Principal {
    /// The organisations for which the person holds the permission, narrowed to the one asked for.
    ///
    /// # Errors
    /// `forbidden` when no membership grants it, `organisation_required` when several do and none is named.
    pub fn act<P: Permission>(&self, asked: Option<OrgId>) -> Result<Actor, AppError> {
        if self.key_permissions.as_ref().is_some_and(|allowed| !allowed.iter().any(|name| name == P::NAME)) {
            return Err(refused::<P>());
        }
        let mut granted = self
            .memberships
            .iter()
            .filter(|m| asked.is_none_or(|org| org == m.org_id))
            .filter_map(|m| role_for(m, P::GRANTS).map(|role| (m, role)));
        let Some((membership, role)) = granted.next() else { return Err(refused::<P>()) };
        if granted.next().is_some() && P::NAME != Oneself::NAME {
            return Err(Code::OrganisationRequired.into());
        }
        Ok(Actor {
            user_id: self.user_id,
            org_id: membership.org_id,
            kind: membership.kind,
            region: membership.region,
            scope: scope_of(membership, role),
            ended_on: membership.ended_on,
            via: self.via,
        })
    }
}

/// Says which permission is missing, so that the person knows what to ask the organisation's administrator for.
fn refused<P: Permission>() -> AppError {
    AppError::new(Code::Forbidden)
        .detail(format!("需要权限 {}，您的岗位没有", P::NAME), format!("needs the permission {}", P::NAME))
}

/// The role that grants the permission here; the widest scope wins when several do.
fn role_for(membership: &Membership, grants: &[Grant]) -> Option<Role> {
    let held = |role: Role| {
        grants.iter().any(|g| g.role == role && g.kinds.contains(&membership.kind)) && membership.roles.contains(&role)
    };
    [Role::Reviewer, Role::Auditor].into_iter().chain(Role::ALL.iter().copied()).find(|role| held(*role))
}

fn scope_of(membership: &Membership, role: Role) -> Scope {
    match membership.kind {
        OrgKind::Operator => Scope::Platform,
        OrgKind::PovertyOffice | OrgKind::FinanceBureau | OrgKind::AuditBody => Scope::Region(membership.region),
        OrgKind::BudgetUnit if matches!(role, Role::Reviewer | Role::Auditor) => Scope::UnitTree(membership.org_id),
        _ => Scope::Org(membership.org_id),
    }
}

#[cfg(test)]
mod tests;
