//! Every permission and who holds it: the one table of the roles.

use super::{Grant, OrgKind, Permission, Role};

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

    /// Enter and close venues of the own region.
    ManageVenues "venues.manage" { OFFICES Reviewer }
    /// Report what the own organisation's venues sold.
    ReportVenueSales "venues.report" { SELLERS Seller, HOLDERS Trader, HOLDERS Manager }
    /// Annul reported sales: of the own venues, or of venues in the own region.
    AnnulVenueSales "venues.annul" { SELLERS Seller, HOLDERS Trader, HOLDERS Manager, OFFICES Reviewer }
    /// Read venues and their sales in scope.
    ReadVenues "venues.read" { SELLERS Seller, SELLERS Auditor, HOLDERS Trader, HOLDERS Manager, HOLDERS Auditor, OFFICES Reviewer, OFFICES Auditor, AUDITORS Auditor, OPERATOR Auditor }

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
    /// Import what the own organisation's venues sold.
    ImportVenueSales "imports.venue_sales" { SELLERS Seller, HOLDERS Trader, HOLDERS Manager }
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
