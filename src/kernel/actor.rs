//! Who acts: organisation kinds, roles, permissions as types, and the scope a permission yields.

use super::error::{AppError, Code};
use super::ids::{ApiKeyId, OrgId, SessionId, UserId};
use super::region_code::RegionCode;
use super::time::Day;

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

const SELLERS: &[OrgKind] = &[
    OrgKind::Cooperative,
    OrgKind::Enterprise,
    OrgKind::FamilyFarm,
    OrgKind::VillageCollective,
    OrgKind::Workshop,
    OrgKind::AgentTrader,
];
const BUYERS: &[OrgKind] =
    &[OrgKind::BudgetUnit, OrgKind::Contractor, OrgKind::EnterpriseBuyer, OrgKind::SocialOrganisation, OrgKind::Union];
/// Who holds framework agreements: a contractor buys under its unit's.
const HOLDERS: &[OrgKind] =
    &[OrgKind::BudgetUnit, OrgKind::EnterpriseBuyer, OrgKind::SocialOrganisation, OrgKind::Union];
/// Who commits itself to buy at least so much in a year: a budget unit has its plan.
const COMMITTERS: &[OrgKind] = &[OrgKind::EnterpriseBuyer, OrgKind::SocialOrganisation, OrgKind::Union];
const UNITS: &[OrgKind] = &[OrgKind::BudgetUnit];
/// Buyers for whom orders count: a contractor orders for others.
const CHAINED: &[OrgKind] =
    &[OrgKind::BudgetUnit, OrgKind::EnterpriseBuyer, OrgKind::SocialOrganisation, OrgKind::Union];
const OFFICES: &[OrgKind] = &[OrgKind::PovertyOffice];
const FINANCE: &[OrgKind] = &[OrgKind::FinanceBureau];
const AUDITORS: &[OrgKind] = &[OrgKind::AuditBody, OrgKind::PovertyOffice, OrgKind::FinanceBureau];
const OPERATOR: &[OrgKind] = &[OrgKind::Operator];
/// Auditors who may see household data; a finance bureau audits money.
const HOUSEHOLD_AUDITORS: &[OrgKind] = &[OrgKind::AuditBody, OrgKind::PovertyOffice];
const ANY: &[OrgKind] = OrgKind::ALL;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident $text:literal { $($kinds:ident $role:ident),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl Permission for $name {
                const NAME: &'static str = $text;
                const GRANTS: &'static [Grant] = &[$(Grant { kinds: $kinds, role: Role::$role }),*];
            }
        )*
        /// Every permission: its name and who holds it.
        pub const PERMISSIONS: &[(&str, &[Grant])] = &[$(($text, <$name as Permission>::GRANTS)),*];
    };
}

permissions! {
    /// Any signed-in person with any role.
    SignedIn "signed_in" { ANY OrgAdmin, ANY Manager, ANY Trader, ANY Acceptor, ANY Payer, ANY Seller, ANY Reviewer, ANY Auditor }
    /// The own account and session; needs no choice of organisation.
    Oneself "oneself" { ANY OrgAdmin, ANY Manager, ANY Trader, ANY Acceptor, ANY Payer, ANY Seller, ANY Reviewer, ANY Auditor }
    /// Open files that may show household data, in scope.
    OpenRestrictedFiles "files.open_restricted" { OFFICES Reviewer, HOUSEHOLD_AUDITORS Auditor }
    /// Read by whom a restricted file was opened, in scope.
    ReadOpenings "files.read_openings" { SELLERS OrgAdmin, SELLERS Seller, BUYERS OrgAdmin, OFFICES Reviewer, HOUSEHOLD_AUDITORS Auditor }
    /// Read all openings of restricted files in scope.
    AuditOpenings "files.audit_openings" { HOUSEHOLD_AUDITORS Auditor }
    /// Members, invitations and keys of the own organisation.
    ManageOrganisation "organisation.manage" { ANY OrgAdmin }
    /// All organisations: create, suspend.
    OperatePlatform "platform.operate" { OPERATOR OrgAdmin }
    /// Rules, calendars, pairings of the own region.
    ManageRules "rules.manage" { OPERATOR OrgAdmin, OFFICES Reviewer, FINANCE Reviewer }
    /// The dictionary of modes, channels, tags and supervised places of the own region.
    ManageClassification "classification.manage" { OPERATOR OrgAdmin, OFFICES Reviewer }
    /// Decide as what orders of units of the own region are reported.
    ClassifyOrders "classification.decide" { OFFICES Reviewer }
    /// Read the audit trail in scope.
    ReadAudit "audit.read" { OPERATOR OrgAdmin, OPERATOR Auditor, AUDITORS Auditor }

    /// Apply for admission as a supplier; for mandates.
    ApplyAsSupplier "admission.apply" { SELLERS Seller }
    /// Recommend suppliers of the own county.
    RecommendSupplier "admission.recommend" { OFFICES Reviewer }
    /// Admit or refuse suppliers.
    ReviewSupplier "admission.review" { OPERATOR Reviewer }
    /// End the admission of a supplier in scope.
    EndAdmission "admission.end" { OPERATOR Reviewer, OFFICES Reviewer }
    /// Read admissions in scope.
    ReadAdmission "admission.read" { SELLERS Seller, OFFICES Reviewer, OFFICES Auditor, OPERATOR Reviewer, OPERATOR Auditor, AUDITORS Auditor }

    /// Apply for certification of a product.
    ApplyForCertification "certification.apply" { SELLERS Seller }
    /// Review applications, end notices, decide objections, suspend and revoke in the own region.
    ReviewCertification "certification.review" { OFFICES Reviewer }
    /// Found, change and end certification schemes of the own region.
    ManageSchemes "certification.manage_schemes" { OPERATOR OrgAdmin, OFFICES Reviewer }
    /// Read applications in scope.
    ReadCertification "certification.read" { SELLERS Seller, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor, OPERATOR Auditor }
    /// Publish batches of the catalogue, at the top of a scheme's region.
    PublishCatalogue "catalogue.publish" { OFFICES Reviewer }

    /// File lists of the households that the own products' linkage reaches.
    FileHouseholds "linkage.file" { SELLERS Seller }
    /// Read lists and yearly re-checks in scope; no household's number is ever shown.
    ReadLinkage "linkage.read" { SELLERS Seller, OFFICES Reviewer, HOUSEHOLD_AUDITORS Auditor }
    /// Settle double claims and check lists in the own region.
    ReviewLinkage "linkage.review" { OFFICES Reviewer }
    /// Double claims, counts and matches in scope.
    OverseeLinkage "linkage.oversee" { OFFICES Reviewer, HOUSEHOLD_AUDITORS Auditor }

    /// Declare activities of purchase in place of donation, and helped sales, of the own organisation.
    DeclareDonations "donations.declare" { HOLDERS Trader, HOLDERS Manager, UNITS Reviewer }
    /// Verify declarations at the place of the own region, and correct them.
    VerifyDonations "donations.verify" { OFFICES Reviewer }
    /// Read declarations in scope.
    ReadDonations "donations.read" { HOLDERS Trader, HOLDERS Manager, HOLDERS Auditor, UNITS Reviewer, OFFICES Reviewer, OFFICES Auditor, FINANCE Reviewer, FINANCE Auditor, AUDITORS Auditor, OPERATOR Auditor, OPERATOR OrgAdmin }

    /// Declare minimum-purchase commitments of the own organisation, revise and withdraw them.
    DeclareCommitments "commitments.declare" { COMMITTERS Trader, COMMITTERS Manager }
    /// Accept or return commitments that were declared to the own office.
    DecideCommitments "commitments.decide" { OFFICES Reviewer }
    /// Read commitments in scope.
    ReadCommitments "commitments.read" { COMMITTERS Trader, COMMITTERS Manager, COMMITTERS Auditor, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor, OPERATOR Auditor }

    /// List suppliers of the own region, lift entries, decide appeals from one level below.
    ManageBlacklist "blacklist.manage" { OFFICES Reviewer }
    /// Appeal against the own organisation's entry.
    AppealBlacklisting "blacklist.appeal" { SELLERS Seller }
    /// Read appeals in scope.
    ReadAppeals "blacklist.read_appeals" { SELLERS Seller, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor }

    /// Products, listings, price evidence, stock.
    ManageCatalogue "catalogue.manage" { SELLERS Seller }

    /// Import the own organisation's products and drafts of their certification in bulk.
    ImportProducts "imports.products" { SELLERS Seller }
    /// Import suppliers, their first person and the draft of their application for admission in bulk.
    ImportSuppliers "imports.suppliers" { OPERATOR OrgAdmin }
    /// Import budget units, their place in the tree and their first people in bulk.
    ImportUnits "imports.units" { OPERATOR OrgAdmin }
    /// Import lists of invoices that were issued or received.
    ImportInvoices "imports.invoices" { SELLERS Seller, BUYERS Payer }
    /// Import activities of purchase in place of donation.
    ImportDonations "imports.donations" { HOLDERS Trader, HOLDERS Manager, UNITS Reviewer }
    /// Read the own organisation's imports.
    ReadImports "imports.read" { SELLERS Seller, BUYERS Payer, HOLDERS Trader, HOLDERS Manager, UNITS Reviewer, OPERATOR OrgAdmin }

    /// Fill and submit the own unit's plan.
    FillPlan "quota.fill" { UNITS Manager }
    /// Review plans: supervising unit and finance bureau.
    ReviewPlan "quota.review" { UNITS Reviewer, FINANCE Reviewer }
    /// Propose transfers of reserve between units directly below the own one.
    ProposeTransfer "quota.transfer" { UNITS Reviewer }
    /// Rename, move, close and merge budget units.
    ChangeUnits "units.change" { UNITS Reviewer, FINANCE Reviewer, OPERATOR OrgAdmin }
    /// Read plans and balances in scope.
    ReadPlans "quota.read" { UNITS Manager, UNITS Trader, UNITS Reviewer, UNITS Auditor, FINANCE Reviewer, FINANCE Auditor, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor, OPERATOR Auditor }

    /// Enter chains of approvals of the own unit and of units below it.
    ManageApprovals "approvals.manage" { CHAINED OrgAdmin, CHAINED Manager }
    /// Approve orders that wait for one, or delegate that.
    DecideApproval "approvals.decide" { CHAINED OrgAdmin, CHAINED Manager, CHAINED Trader, CHAINED Acceptor, CHAINED Payer, UNITS Reviewer }
    /// Read chains of approvals and delegations.
    ReadApprovals "approvals.read" { CHAINED OrgAdmin, CHAINED Manager, CHAINED Trader, CHAINED Acceptor, CHAINED Payer, CHAINED Auditor, UNITS Reviewer }

    /// Place and cancel orders, rate them, close short deliveries.
    PlaceOrder "orders.place" { BUYERS Trader }
    /// Record acceptance and returns.
    AcceptGoods "orders.accept" { BUYERS Acceptor }
    /// Record what a recipient of a donation received: by itself, or by its signed paper.
    ReceiveGoods "orders.receive" { BUYERS Acceptor, BUYERS Trader, BUYERS Manager }
    /// Have purchase certificates issued for the own organisation's orders.
    RequestCertificates "purchase_certificates.request" { BUYERS Trader, BUYERS Payer, BUYERS Manager }
    /// Report payments, register received invoices.
    PayOrder "orders.pay" { BUYERS Payer }
    /// Propose other prices of a placed order, and answer those of the other side.
    ChangePrices "orders.change_prices" { BUYERS Trader, SELLERS Seller }
    /// Let who accepts report the payment as well, in a small unit below the own one.
    GrantException "duties.grant" { UNITS Reviewer }
    /// Confirm, decline, ship, invoice, confirm payments, refund.
    FulfilOrder "orders.fulfil" { SELLERS Seller }
    /// Propose the account to which the own organisation is paid.
    ProposePayeeAccounts "payees.propose" { SELLERS OrgAdmin, SELLERS Seller }
    /// Confirm such an account that another person proposed; the operator where a supplier has a single member.
    ConfirmPayeeAccounts "payees.confirm" { SELLERS OrgAdmin, SELLERS Seller, OPERATOR OrgAdmin }
    /// Read the payee accounts of the own organisation.
    ReadPayeeAccounts "payees.read" { SELLERS OrgAdmin, SELLERS Seller, SELLERS Auditor, OPERATOR OrgAdmin }
    /// Upload the own bank statements and confirm payments by their lines.
    BookBankStatements "banking.book" { SELLERS Seller }
    /// Read the own bank statements.
    ReadBankStatements "banking.read" { SELLERS Seller, SELLERS Auditor }
    /// Read orders in scope.
    ReadOrders "orders.read" { CHAINED OrgAdmin, BUYERS Trader, BUYERS Acceptor, BUYERS Payer, BUYERS Manager, BUYERS Auditor, SELLERS Seller, SELLERS Auditor, UNITS Reviewer, OFFICES Reviewer, OFFICES Auditor, FINANCE Reviewer, FINANCE Auditor, AUDITORS Auditor, OPERATOR Auditor }
    /// Dispute a part of what an order owes; state, settle, withdraw.
    DisputeOrder "disputes.raise" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer, SELLERS Seller }
    /// Record a note of mediation in a dispute of the own region.
    MediateDispute "disputes.mediate" { OPERATOR Reviewer, FINANCE Reviewer }
    /// Read disputes in scope.
    ReadDisputes "disputes.read" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer, BUYERS Manager, BUYERS Auditor, SELLERS Seller, SELLERS Auditor, UNITS Reviewer, OFFICES Reviewer, OFFICES Auditor, FINANCE Reviewer, FINANCE Auditor, AUDITORS Auditor, OPERATOR Reviewer, OPERATOR Auditor }
    /// Propose framework agreements: for the own organisation, a supervising unit also for units below it.
    ProposeAgreement "agreements.propose" { HOLDERS Trader, UNITS Reviewer }
    /// Answer, amend, take back and end framework agreements of the own organisation.
    WorkAgreements "agreements.work" { HOLDERS Trader, UNITS Reviewer, SELLERS Seller }
    /// Read framework agreements in scope.
    ReadAgreements "agreements.read" { BUYERS Trader, BUYERS Manager, BUYERS Auditor, SELLERS Seller, SELLERS Auditor, UNITS Reviewer, FINANCE Reviewer, FINANCE Auditor, AUDITORS Auditor, OPERATOR Auditor }
    /// Draft, submit, amend and withdraw statements of account; file their invoices.
    WriteStatements "statements.write" { SELLERS Seller }
    /// Match a submitted statement with what the own organisation accepted, and confirm it.
    ReconcileStatements "statements.reconcile" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer }
    /// Read statements of account in scope.
    ReadStatements "statements.read" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer, BUYERS Manager, BUYERS Auditor, SELLERS Seller, SELLERS Auditor, UNITS Reviewer, FINANCE Reviewer, FINANCE Auditor, AUDITORS Auditor, OPERATOR Auditor }
    /// Complete an order's steps whatever they are (batch forms check each item's own permission).
    WorkOrders "orders.work" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer, SELLERS Seller }

    /// Open and decide findings, handle complaints, plan and record inspections, in the own region.
    Supervise "supervision.handle" { OFFICES Reviewer }
    /// Answer what was found about the own organisation.
    AnswerFinding "supervision.answer" { SELLERS Seller }
    /// Read findings and inspections in scope.
    ReadSupervision "supervision.read" { SELLERS Seller, OFFICES Reviewer, AUDITORS Auditor, OPERATOR Reviewer, OPERATOR Auditor }
    /// Watch prices and suppliers' scores in scope.
    WatchSuppliers "supervision.watch" { OFFICES Reviewer, AUDITORS Auditor, OPERATOR OrgAdmin, OPERATOR Reviewer, OPERATOR Auditor }
    /// Read proposals that follow from scores: those in scope, or about the own organisation.
    ReadScores "scores.read" { SELLERS Seller, OFFICES Reviewer, AUDITORS Auditor, OPERATOR OrgAdmin, OPERATOR Reviewer, OPERATOR Auditor }
    /// Carry out or dismiss what follows from a supplier's score.
    DecideScores "scores.decide" { OPERATOR OrgAdmin }
    /// Complain about an order of the own organisation.
    FileComplaint "complaints.file" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer }
    /// Read complaints in scope: made by the own organisation, about it, or in the region.
    ReadComplaints "complaints.read" { BUYERS Trader, BUYERS Acceptor, BUYERS Payer, SELLERS Seller, OFFICES Reviewer, AUDITORS Auditor, OPERATOR Reviewer, OPERATOR Auditor }

    /// Read anomalies in scope.
    ReadAnomalies "anomalies.read" { UNITS Reviewer, UNITS Auditor, AUDITORS Auditor, OPERATOR Auditor }
    /// Explain or dismiss anomalies of the own region.
    DecideAnomalies "anomalies.decide" { AUDITORS Auditor, OPERATOR Auditor }

    /// Draft, sign and publish bulletins of the own region, urge units.
    PublishBulletins "bulletins.publish" { FINANCE Reviewer }
    /// What the own organisation is to receive, invoice and confirm.
    ReadReceivables "reports.receivables" { SELLERS Seller, SELLERS Auditor }
    /// What is to be paid in scope.
    ReadPayables "reports.payables" { BUYERS Payer, BUYERS Manager, BUYERS Auditor, UNITS Reviewer, AUDITORS Auditor, FINANCE Reviewer, OPERATOR Auditor }
    /// Overdue payments in scope, from the side of who pays or of who sells.
    ReadOverdue "reports.overdue" { SELLERS Seller, SELLERS Auditor, BUYERS Payer, BUYERS Manager, BUYERS Auditor, UNITS Reviewer, AUDITORS Auditor, FINANCE Reviewer, OPERATOR Auditor }
    /// The own organisation's year statement of purchases.
    ReadPurchases "reports.purchases" { HOLDERS Trader, HOLDERS Payer, HOLDERS Manager, HOLDERS Auditor, UNITS Reviewer }
    /// Read reports in scope.
    ReadReports "reports.read" { UNITS Manager, UNITS Reviewer, UNITS Auditor, FINANCE Reviewer, FINANCE Auditor, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor, OPERATOR Auditor, OPERATOR OrgAdmin }
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
