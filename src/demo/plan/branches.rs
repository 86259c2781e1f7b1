//! The branches of certification: one application goes every way that an application or a certificate can go.
//!
//! A further branch is one more word of [`Branch`], its diary in [`diary`], and a row of `applicants.csv`.

use super::season::{day, moment};
use crate::certification::{Consequence, EndReason, RejectionReason};
use crate::kernel::region_code::RegionLevel;
use crate::kernel::terms::AnnulmentGround;
use crate::kernel::time::{At, Day};
use RegionLevel::{County, Prefecture, Province};

crate::text_enum! {
    /// Which way an application, or the certificate that it ended in, goes.
    Branch {
        /// Returned for supplement at the county, supplied, certified.
        Supplemented "supplemented"
        /// Rejected at the county.
        RejectedByCounty "rejected_by_county"
        /// Rejected at the prefecture.
        RejectedByPrefecture "rejected_by_prefecture"
        /// Rejected at the province.
        RejectedByProvince "rejected_by_province"
        /// An objection is dismissed, the application goes on.
        ObjectionDismissed "objection_dismissed"
        /// An objection is upheld and returns the application.
        ObjectionReturned "objection_returned"
        /// An objection is upheld and rejects the application.
        ObjectionRejected "objection_rejected"
        /// A material change starts the notice again.
        NoticeRestarted "notice_restarted"
        /// The applicant takes it back.
        Withdrawn "withdrawn"
        /// Suspended until a day, and lifted by it.
        SuspendedToDay "suspended_to_day"
        /// Suspended and lifted by the office.
        SuspendedAndLifted "suspended_and_lifted"
        /// Suspended because a document ended, restored by a new one.
        DocumentEnded "document_ended"
        /// Revoked; the supplier is blacklisted and appeals.
        Revoked "revoked"
        /// Renewed inside its window.
        Renewed "renewed"
        /// Its days are over.
        Expired "expired"
        /// It was never valid.
        Annulled "annulled"
    }
}

impl Branch {
    /// The way in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Branch::Supplemented => "县级退回补正，补正后认定",
            Branch::RejectedByCounty => "县级审核不予通过",
            Branch::RejectedByPrefecture => "市级审核不予通过",
            Branch::RejectedByProvince => "自治区复核不予通过",
            Branch::ObjectionDismissed => "公示异议不成立，继续认定",
            Branch::ObjectionReturned => "公示异议成立，退回补正",
            Branch::ObjectionRejected => "公示异议成立，不予通过",
            Branch::NoticeRestarted => "重大变更，重新公示后认定",
            Branch::Withdrawn => "公示期间申请人撤回",
            Branch::SuspendedToDay => "暂停到期，次日自动恢复",
            Branch::SuspendedAndLifted => "暂停整改，由机关恢复",
            Branch::DocumentEnded => "材料到期暂停，换新后恢复",
            Branch::Revoked => "撤销并列入黑名单，申诉",
            Branch::Renewed => "有效期届满前换证",
            Branch::Expired => "有效期届满",
            Branch::Annulled => "查实骗取认定，自始无效",
        }
    }
}

/// Something that is done about an application or its certificate, and how it is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The supplier enters its product.
    Enter,
    /// It applies, under the built-in scheme.
    Apply,
    /// It applies under the scheme for goods of a season.
    ApplyForSeason,
    /// It applies with a licence that ends on a day.
    ApplyWithLicence(Day),
    /// It applies for the renewal of its certificate.
    Renew,
    /// It replaces what was found wanting and hands in again.
    Supply,
    /// It corrects what the notice shows.
    Change,
    /// It takes the application back.
    Withdraw,
    /// The office of a level approves.
    Approve(RegionLevel),
    /// The county returns it for supplement.
    Return(&'static str),
    /// The office of a level rejects it.
    Reject(RegionLevel, RejectionReason, &'static str),
    /// Somebody objects to the notice.
    Object(&'static str),
    /// The county receives the objection and gives it to a reviewer.
    Receive,
    /// The reviewer notes what was found.
    Verify(&'static str),
    /// The county dismisses the objection, with an answer.
    Dismiss(&'static str),
    /// The county upholds it.
    Uphold(Consequence, &'static str),
    /// The supplier puts the product on sale.
    List,
    /// It puts it on sale again.
    Relist,
    /// The county suspends the certificate, until a day or until it is lifted.
    Suspend(EndReason, &'static str, Option<Day>),
    /// The county lifts the suspension.
    Lift(&'static str),
    /// The supplier brings a licence that lasts to a day.
    BringLicence(Day),
    /// The county accepts it.
    AcceptDocument,
    /// The prefecture revokes the certificate.
    Revoke(EndReason, &'static str),
    /// The prefecture decides that it was never valid, by a document.
    Annul(AnnulmentGround, &'static str, &'static str),
    /// The supplier appeals against the blacklisting that followed.
    Appeal(&'static str),
    /// The province dismisses the appeal.
    DismissAppeal(&'static str),
    /// What the program does by itself in the night, and what it leaves in the audit trail.
    Overnight(&'static str),
    /// The province founds the scheme for goods of a season.
    FoundScheme,
    /// The province publishes a batch of the catalogue: document, and the last day of issue.
    Publish(&'static str, Day),
}

impl Act {
    /// What the audit trail keeps of it, by which the next run knows that it was done.
    #[must_use]
    pub const fn trace(self) -> &'static str {
        match self {
            Act::Enter => "product.entered",
            Act::Apply | Act::ApplyForSeason | Act::ApplyWithLicence(_) | Act::Renew | Act::Supply => {
                "certification.submitted"
            }
            Act::Change => "certification.evidence_added",
            Act::Withdraw => "certification.withdrawn",
            Act::Approve(_) => "certification.step_approved",
            Act::Return(_) => "certification.returned",
            Act::Reject(..) => "certification.rejected",
            Act::Object(_) => "objection.filed",
            Act::Receive => "objection.received",
            Act::Verify(_) => "objection.verified",
            Act::Dismiss(_) | Act::Uphold(..) => "objection.decided",
            Act::List => "listing.listed",
            Act::Relist => "listing.relisted",
            Act::Suspend(..) => "certificate.suspended",
            Act::Lift(_) => "certificate.suspension_ended",
            Act::BringLicence(_) => "certificate.document_brought",
            Act::AcceptDocument => "certificate.document_accepted",
            Act::Revoke(..) => "certificate.revoked",
            Act::Annul(..) => "certificate.annulled",
            Act::Appeal(_) => "blacklist_appeal.filed",
            Act::DismissAppeal(_) => "blacklist_appeal.decided",
            Act::Overnight(trace) => trace,
            Act::FoundScheme => "scheme.founded",
            Act::Publish(..) => "catalogue_batch.published",
        }
    }
}

/// An act on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// When.
    pub at: At,
    /// In whose branch; none for what the province does for all.
    pub branch: Option<Branch>,
    /// What.
    pub act: Act,
}

/// An act with its month and day of the year.
type Entry = ((i8, i8), Act);

/// Everything that happens in the branches, by moment.
#[must_use]
pub fn moves() -> Vec<Move> {
    let mut moves: Vec<Move> = province().iter().map(|entry| dated(None, 8 * 60, entry)).collect();
    for (branch, place) in Branch::ALL.iter().zip(0..) {
        // Not everybody comes at the same minute.
        let minute = 9 * 60 + place * 12;
        moves.extend(diary(*branch).iter().map(|entry| dated(Some(*branch), minute, entry)));
    }
    moves.sort_by_key(|planned| planned.at);
    moves
}

fn dated(branch: Option<Branch>, minute: i64, (on, act): &Entry) -> Move {
    let minute = match act {
        Act::Overnight(_) => 30,
        // Suppliers are admitted in the morning.
        Act::Enter => minute + 6 * 60,
        _ => minute,
    };
    Move { at: moment(day(*on), minute), branch, act: *act }
}

/// The scheme is founded in spring; the first batch names January's certificates, the second what came since.
fn province() -> [Entry; 3] {
    [
        ((2, 5), Act::Publish("宁扶办发〔2021〕6号", day((1, 31)))),
        ((3, 15), Act::FoundScheme),
        ((12, 24), Act::Publish("宁扶办发〔2021〕58号", day((12, 23)))),
    ]
}

/// What happens in a branch, in its order.
fn diary(branch: Branch) -> Vec<Entry> {
    let mut entries = vec![((1, 6), Act::Enter)];
    entries.extend(match branch {
        Branch::Supplemented
        | Branch::RejectedByCounty
        | Branch::RejectedByPrefecture
        | Branch::RejectedByProvince
        | Branch::Withdrawn => reviewed(branch),
        Branch::ObjectionDismissed
        | Branch::ObjectionReturned
        | Branch::ObjectionRejected
        | Branch::NoticeRestarted => noticed(branch),
        Branch::SuspendedToDay
        | Branch::SuspendedAndLifted
        | Branch::DocumentEnded
        | Branch::Revoked
        | Branch::Renewed
        | Branch::Annulled
        | Branch::Expired => certified(branch),
    });
    entries
}

/// What the offices decide, and what the applicant does.
fn reviewed(branch: Branch) -> Vec<Entry> {
    match branch {
        Branch::Supplemented => vec![
            ((3, 2), Act::Apply),
            ((3, 5), Act::Return("检验报告未载明辣椒素和二氧化硫残留，请补充检验后重新提交。")),
            ((3, 10), Act::Supply),
            ((3, 12), Act::Approve(County)),
            ((3, 22), Act::Approve(Prefecture)),
            ((3, 25), Act::Approve(Province)),
        ],
        Branch::RejectedByCounty => vec![
            ((3, 8), Act::Apply),
            (
                (3, 16),
                Act::Reject(
                    County,
                    RejectionReason::LinkageNotShown,
                    "带贫协议未载明保底收购价和分红标准，不能证明带贫减贫机制。",
                ),
            ),
        ],
        Branch::RejectedByPrefecture => vec![
            ((6, 15), Act::Apply),
            ((6, 18), Act::Approve(County)),
            (
                (6, 29),
                Act::Reject(
                    Prefecture,
                    RejectionReason::PriceAboveLikeGoods,
                    "礼盒折合单价明显高于本市同等级枸杞，不符合价格要求。",
                ),
            ),
        ],
        Branch::RejectedByProvince => vec![
            ((7, 5), Act::Apply),
            ((7, 8), Act::Approve(County)),
            ((7, 19), Act::Approve(Prefecture)),
            (
                (7, 26),
                Act::Reject(
                    Province,
                    RejectionReason::NotProducedHere,
                    "复核购销台账，部分圆枣购自区外，不符合本地生产的要求。",
                ),
            ),
        ],
        _ => vec![((8, 2), Act::Apply), ((8, 5), Act::Approve(County)), ((8, 9), Act::Withdraw)],
    }
}

/// What happens while the public reads the notice.
fn noticed(branch: Branch) -> Vec<Entry> {
    match branch {
        Branch::ObjectionDismissed => vec![
            ((4, 6), Act::Apply),
            ((4, 9), Act::Approve(County)),
            ((4, 12), Act::Object("反映该合作社的硒砂瓜不是本乡种植，请核实产地。")),
            ((4, 13), Act::Receive),
            ((4, 16), Act::Verify("实地查看贾塘乡双河村种植基地 620 亩，土地流转合同与测产记录一致。")),
            ((4, 19), Act::Dismiss("经核实，产品产自贾塘乡双河村基地，反映的问题不属实。感谢监督。")),
            ((4, 21), Act::Approve(Prefecture)),
            ((4, 26), Act::Approve(Province)),
        ],
        Branch::ObjectionReturned => vec![
            ((11, 29), Act::Apply),
            ((12, 2), Act::Approve(County)),
            ((12, 6), Act::Object("带动农户名单中有两户已迁出本村，户数可能有误。")),
            ((12, 7), Act::Receive),
            ((12, 10), Act::Verify("入户核对，122 户中有 2 户已于上年迁出，其余属实。")),
            ((12, 13), Act::Uphold(Consequence::Return, "带动户数有误，退回更正花名册后重新公示。")),
        ],
        Branch::ObjectionRejected => vec![
            ((5, 10), Act::Apply),
            ((5, 13), Act::Approve(County)),
            ((5, 17), Act::Object("该合作社销售的牛肉多为外地购进分割，不是自养黄牛。")),
            ((5, 18), Act::Receive),
            ((5, 21), Act::Verify("查阅检疫票据，近半年屠宰的 46 头牛中 39 头购自区外。")),
            ((5, 24), Act::Uphold(Consequence::Reject, "产品主要原料不是本地生产，异议成立，不予通过。")),
        ],
        _ => vec![
            ((6, 1), Act::Apply),
            ((6, 4), Act::Approve(County)),
            ((6, 9), Act::Change),
            ((6, 17), Act::Approve(Prefecture)),
            ((6, 22), Act::Approve(Province)),
        ],
    }
}

/// The later life of certificates; all but the one of a season were issued in January.
fn certified(branch: Branch) -> Vec<Entry> {
    let apply = if branch == Branch::DocumentEnded { Act::ApplyWithLicence(day((8, 31))) } else { Act::Apply };
    let mut entries = vec![
        ((1, 7), apply),
        ((1, 8), Act::Approve(County)),
        ((1, 18), Act::Approve(Prefecture)),
        ((1, 20), Act::Approve(Province)),
        ((1, 21), Act::List),
    ];
    match branch {
        Branch::SuspendedToDay => entries.extend([
            ((4, 15), Act::Suspend(EndReason::Quality, "抽检农药残留临近限量，暂停一个月复检。", Some(day((5, 14))))),
            ((5, 15), Act::Overnight("certificate.suspension_ended")),
            ((5, 17), Act::Relist),
        ]),
        Branch::SuspendedAndLifted => entries.extend([
            ((6, 10), Act::Suspend(EndReason::Price, "售价高于申报的同类价格，责令整改。", None)),
            ((7, 8), Act::Lift("已按申报价格调整并公示，整改到位。")),
            ((7, 9), Act::Relist),
        ]),
        Branch::DocumentEnded => entries.extend([
            ((7, 2), Act::Overnight("certificate.document_ending")),
            ((8, 1), Act::Overnight("certificate.document_ending")),
            ((9, 1), Act::Overnight("certificate.suspended")),
            ((9, 6), Act::BringLicence(Day::ymd(2026, 8, 30))),
            ((9, 9), Act::AcceptDocument),
            ((9, 10), Act::Relist),
        ]),
        Branch::Revoked => entries.extend([
            ((8, 18), Act::Revoke(EndReason::DocumentsUntrue, "检验报告编号经检验机构核实为伪造，材料不实。")),
            ((8, 25), Act::Appeal("报告由代办人员提供，本社不知情，恳请从轻处理。")),
            ((9, 15), Act::DismissAppeal("申请单位对所提交材料的真实性负责，列入决定并无不当。")),
        ]),
        Branch::Annulled => entries.extend([(
            (10, 11),
            Act::Annul(
                AnnulmentGround::OriginFalse,
                "追溯耳标和检疫票据，所售羊肉全部购自区外，认定材料系伪造。",
                "吴乡振认〔2021〕9号",
            ),
        )]),
        Branch::Renewed => entries.extend([
            ((11, 24), Act::Renew),
            ((11, 26), Act::Approve(County)),
            ((12, 6), Act::Approve(Prefecture)),
            ((12, 9), Act::Approve(Province)),
        ]),
        _ => return of_season(),
    }
    entries
}

/// A certificate of the scheme for goods of a season ends with its summer.
fn of_season() -> Vec<Entry> {
    vec![
        ((4, 7), Act::ApplyForSeason),
        ((4, 12), Act::Approve(County)),
        ((4, 20), Act::Approve(Prefecture)),
        ((4, 23), Act::Approve(Province)),
        ((4, 26), Act::List),
        ((8, 21), Act::Overnight("certificate.expired")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use std::collections::HashSet;

    #[test]
    fn branches_begin_with_a_product_and_run_forward_within_the_play() {
        let moves = moves();
        assert!(moves.is_sorted_by_key(|planned| planned.at) && moves.iter().all(|planned| planned.at < demo::end()));
        for branch in Branch::ALL {
            let own: Vec<&Move> = moves.iter().filter(|planned| planned.branch == Some(*branch)).collect();
            assert_eq!(own[0].act, Act::Enter, "{branch}");
            assert!(own.len() > 2 && own.windows(2).all(|pair| pair[0].at < pair[1].at), "{branch}");
        }
    }

    #[test]
    fn what_is_done_is_known_by_its_trace_and_moment() {
        let moves = moves();
        let known: HashSet<_> = moves.iter().map(|planned| (planned.branch, planned.act.trace(), planned.at)).collect();
        assert_eq!(known.len(), moves.len());
    }
}
