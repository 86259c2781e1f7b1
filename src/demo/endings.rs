//! Where the branches of certification ended, and how the batches of the catalogue differ: read from the database.

use super::plan::{Branch, YEAR};
use super::play::Parts;
use super::trail::{Trail, left, trails};
use super::{Played, end};
use crate::blacklist::{self, AppealStatus, EntryView};
use crate::certification::{
    self, ApplicationView, BatchDiffView, CatalogueBatchView, CertificateStatus, CertificateView, CertificationState,
};
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::page::PageRequest;
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// Where a branch ended.
#[derive(Debug)]
pub struct Ending {
    /// The branch.
    pub branch: Branch,
    /// The product.
    pub product: String,
    /// The certificate's number, or the application's where it ended in none.
    pub number: String,
    /// Where the application stands.
    pub state: CertificationState,
    /// Where its certificate stands.
    pub certificate: Option<CertificateStatus>,
    /// Both in words.
    pub standing: String,
    /// The day on which it came there.
    pub on: Day,
}

/// Where every branch ended.
///
/// # Errors
/// When the database fails, or a branch was not played.
pub async fn endings(parts: &Parts, played: &Played) -> Outcome<Vec<Ending>> {
    // Applicants stand in the order of the branches; a test of the world holds them to it.
    let players: Vec<(Branch, OrgId)> =
        Branch::ALL.iter().copied().zip(played.cast.applicants.iter().map(|house| house.org)).collect();
    parts
        .read(move |read| {
            let orgs: Vec<OrgId> = players.iter().map(|(_, org)| *org).collect();
            let known = trails(read, &orgs)?;
            players
                .into_iter()
                .map(|(branch, org)| ending(read, branch, org, left(known.get(&org), "branch")?))
                .collect()
        })
        .await
}

fn ending(read: &mut Read, branch: Branch, org: OrgId, trail: &Trail) -> Outcome<Ending> {
    let (today, page) = (end().day(), PageRequest::first(1));
    let wanted = certification::wanted_applications(None, None, None, None);
    let latest = certification::applications(read, &Scope::Org(org), &wanted, today, &page)?.items.into_iter().next();
    let latest = left(latest, "application")?;
    let certificate = match trail.noted::<String>("certificate.issued", "number") {
        Some(number) => Some(certification::certificate(read, &number, today)?),
        None => None,
    };
    let listed = match trail.subject("supplier.blacklisted") {
        Some(entry) => Some(blacklist::show(read, entry, today)?),
        None => None,
    };
    let moved = trail.last(&["certification.", "certificate.", "objection.", "blacklist_appeal."]);
    Ok(Ending {
        branch,
        number: certificate.as_ref().map_or_else(|| latest.id.to_string(), |found| found.number.clone()),
        state: latest.state,
        certificate: certificate.as_ref().map(|found| found.status),
        standing: standing(&latest, certificate.as_ref(), listed.as_ref()),
        product: latest.product_name,
        on: left(moved, "end")?.day(),
    })
}

fn standing(latest: &ApplicationView, certificate: Option<&CertificateView>, listed: Option<&EntryView>) -> String {
    let Some(certificate) = certificate else { return words(latest.state).to_owned() };
    let status = if certificate.annulment.is_some() { "自始无效" } else { certificate.status.words().0 };
    let mut text = status.to_owned();
    if certificate.status == CertificateStatus::Valid {
        let renewed = if latest.renewal { "，已换证" } else { "" };
        text = format!("{text}至 {}{renewed}", certificate.valid_until);
    }
    if let Some(entry) = listed {
        let until = entry.until.map_or_else(|| "永久".to_owned(), |until| format!("至 {until}"));
        let appeal = match entry.appeal {
            None => "",
            Some(AppealStatus::Open) => "，申诉待决定",
            Some(AppealStatus::Upheld) => "，申诉成立",
            Some(AppealStatus::Dismissed) => "，申诉不成立",
        };
        text = format!("{text}，黑名单{until}{appeal}");
    }
    text
}

const fn words(state: CertificationState) -> &'static str {
    match state {
        CertificationState::Draft => "草稿",
        CertificationState::InReview => "审核中",
        CertificationState::InNotice => "公示中",
        CertificationState::Returned => "退回补正",
        CertificationState::Rejected => "未通过",
        CertificationState::Withdrawn => "已撤回",
        CertificationState::Approved => "已认定",
    }
}

/// The year's first two batches of the catalogue, and how the second differs from the first.
///
/// # Errors
/// When the database fails, or they were not published.
pub async fn batches(parts: &Parts) -> Outcome<(CatalogueBatchView, BatchDiffView)> {
    let scheme = certification::default_scheme();
    parts
        .read(move |read| {
            let mut all = certification::batches(read, Some(scheme), Some(YEAR), &PageRequest::first(200))?.items;
            // Newest first.
            let (first, second) = (left(all.pop(), "batch")?, left(all.pop(), "second batch")?);
            let diff = certification::batch_diff(read, second.id, first.id, end().day())?;
            Ok((first, diff))
        })
        .await
}
