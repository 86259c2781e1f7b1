//! Reading chains and delegations, and who may decide today.

use super::rules::{self, Approver, Band, Hat, Step};
use super::store::{self, ChainRow, DelegationRow};
use crate::identity::{self, Colleague};
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ApprovalChainId, ApprovalDelegationId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::terms::{Fund, Purpose};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// An edition of a unit's chain of approvals.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalChainView {
    /// Its id.
    pub id: ApprovalChainId,
    /// Whose orders.
    pub unit_id: OrgId,
    /// The first day; it holds until a later edition does.
    pub effective_from: Day,
    /// From which amounts on who approves.
    pub bands: Vec<Band>,
    /// Why, or by which document.
    pub reason: String,
    /// Who entered it; stored for ever.
    pub decided_by: UserId,
    /// For which organisation.
    pub decided_org: OrgId,
    /// When.
    pub decided_at: At,
}

impl ApprovalChainView {
    /// As it is shown.
    ///
    /// # Errors
    /// When the text is not what was written.
    pub fn new(row: ChainRow) -> Outcome<ApprovalChainView> {
        Ok(ApprovalChainView {
            id: row.id,
            unit_id: row.unit_id,
            effective_from: row.effective_from,
            bands: bands(&row)?,
            reason: row.reason,
            decided_by: row.decided_by,
            decided_org: row.decided_org,
            decided_at: row.decided_at,
        })
    }
}

fn bands(row: &ChainRow) -> Outcome<Vec<Band>> {
    serde_json::from_str(&row.bands).map_err(AppError::internal)
}

/// Who approves in whose place.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalDelegationView {
    /// Its id.
    pub id: ApprovalDelegationId,
    /// In which organisation.
    pub org_id: OrgId,
    /// In whose place.
    pub from_user_id: UserId,
    /// Who.
    pub to_user_id: UserId,
    /// The first day.
    pub valid_from: Day,
    /// The last day.
    pub valid_until: Day,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub delegated_at: At,
    /// When it was ended early.
    pub ended_at: Option<At>,
    /// By whom.
    pub ended_by: Option<UserId>,
}

impl From<DelegationRow> for ApprovalDelegationView {
    fn from(row: DelegationRow) -> ApprovalDelegationView {
        ApprovalDelegationView {
            id: row.id,
            org_id: row.org_id,
            from_user_id: row.from_user,
            to_user_id: row.to_user,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            reason: row.reason,
            delegated_at: row.delegated_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        }
    }
}

/// Editions of a unit's chain, the last one entered first, or only the one of a day. The unit is the actor's own, or one
/// below or above it.
///
/// # Errors
/// `not_found` for another unit.
pub fn chains(
    read: &mut Read,
    actor: &Actor,
    (unit, on): (Option<OrgId>, Option<Day>),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<ApprovalChainView>> {
    let unit = unit.unwrap_or(actor.org_id);
    if unit != actor.org_id && !identity::tree_contains(read, actor.org_id, unit, today)? {
        return Err(Code::NotFound.into());
    }
    let rows = match on {
        Some(day) => store::of_day(read, unit, day)?.into_iter().collect(),
        None => store::editions(read, unit, page.key()?, page.fetch())?,
    };
    Page::cut(rows, page, |row| vec![row.id.to_string()]).try_map(ApprovalChainView::new)
}

/// Delegations of the actor's organisation, the latest first.
///
/// # Errors
/// When the database fails.
pub fn delegations(read: &mut Read, actor: &Actor, page: &PageRequest) -> Outcome<Page<ApprovalDelegationView>> {
    let rows = store::delegations(read, actor.org_id, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(ApprovalDelegationView::from))
}

/// What an order needs, and by which edition of the chain.
#[derive(Debug, Clone)]
pub struct Needed {
    /// The edition that was asked; none where the unit has no chain.
    pub chain: Option<ApprovalChainId>,
    /// The steps, in their order; none when it needs no approval.
    pub steps: Vec<Step>,
}

/// The steps that an order of a unit needs on a day: amount, money, purpose; and the amount from which on every order of the
/// unit needs an approval, 0 when there is none.
///
/// # Errors
/// When the database fails.
pub fn needed(read: &mut Read, unit: OrgId, day: Day, order: (Fen, Fund, Purpose), least: Fen) -> Outcome<Needed> {
    let chain = store::of_day(read, unit, day)?;
    let bands = chain.as_ref().map(bands).transpose()?.unwrap_or_default();
    Ok(Needed { chain: chain.map(|row| row.id), steps: rules::steps(&bands, unit, order, least) })
}

/// Whether a person may act in an organisation and has a role there that decides.
///
/// # Errors
/// When the database fails.
pub fn decides(read: &mut Read, person: UserId, org: OrgId) -> Outcome<bool> {
    let colleagues = identity::colleagues(read, org)?;
    Ok(colleagues.iter().any(|one| one.user_id == person && rules::deciding(&one.roles)))
}

/// As whom a person may decide in an organisation on a day: as itself, and in the place of who delegated to it.
///
/// # Errors
/// When the database fails.
pub fn hats(read: &mut Read, person: UserId, org: OrgId, day: Day) -> Outcome<Vec<Hat>> {
    let (colleagues, delegated) = (identity::colleagues(read, org)?, store::in_force(read, org, day)?);
    Ok(hats_of(person, &colleagues, &delegated))
}

fn hats_of(person: UserId, colleagues: &[Colleague], delegated: &[DelegationRow]) -> Vec<Hat> {
    let hat = |user: UserId, delegation| {
        let found = colleagues.iter().find(|one| one.user_id == user).filter(|one| rules::deciding(&one.roles));
        found.map(|one| Hat { user_id: user, manager: one.roles.contains(&Role::Manager), delegation })
    };
    // Who may not decide at all decides for nobody.
    let Some(own) = hat(person, None) else { return Vec::new() };
    let given = delegated.iter().filter(|row| row.to_user == person);
    std::iter::once(own).chain(given.filter_map(|row| hat(row.from_user, Some(row.id)))).collect()
}

/// Who may take a step on a day, besides the orderer: also in another's place.
///
/// # Errors
/// When the database fails.
pub fn able(read: &mut Read, approvers: &[Approver], orderer: UserId, day: Day) -> Outcome<Vec<Colleague>> {
    let mut able = Vec::new();
    for org in organisations(approvers) {
        let (colleagues, delegated) = (identity::colleagues(read, org)?, store::in_force(read, org, day)?);
        able.extend(
            colleagues
                .iter()
                .filter(|one| {
                    let hats = hats_of(one.user_id, &colleagues, &delegated);
                    rules::decider(approvers, (org, one.user_id, &hats), orderer, &[]).is_ok()
                })
                .cloned(),
        );
    }
    Ok(able)
}

/// The first step, counted from 1, for which there are not as many people as it needs, besides the orderer.
///
/// # Errors
/// When the database fails.
pub fn lacking(read: &mut Read, steps: &[Step], orderer: UserId) -> Outcome<Option<usize>> {
    for (step, place) in steps.iter().zip(1..) {
        // Who belongs to two of the organisations is one person.
        let mut found: BTreeSet<UserId> = BTreeSet::new();
        for org in organisations(&step.approvers) {
            let colleagues = identity::colleagues(read, org)?;
            let may = colleagues.iter().filter(|one| {
                let hats = hats_of(one.user_id, &colleagues, &[]);
                rules::decider(&step.approvers, (org, one.user_id, &hats), orderer, &[]).is_ok()
            });
            found.extend(may.map(|one| one.user_id));
        }
        if i64::try_from(found.len()).unwrap_or(i64::MAX) < step.needed {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

fn organisations(approvers: &[Approver]) -> Vec<OrgId> {
    let mut orgs: Vec<OrgId> = approvers.iter().map(|one| one.org_id).collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs
}
