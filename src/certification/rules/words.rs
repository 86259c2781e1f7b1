//! The words of certification: states, steps, decisions, reasons.

use crate::kernel::region_code::RegionLevel;

crate::text_enum! {
    /// Where an application stands.
    CertificationState {
        /// 草稿: being put together.
        Draft "draft"
        /// 审核中.
        InReview "in_review"
        /// 公示中.
        InNotice "in_notice"
        /// 退回补正.
        Returned "returned"
        /// 未通过.
        Rejected "rejected"
        /// 已撤回 by the applicant.
        Withdrawn "withdrawn"
        /// 已认定.
        Approved "approved"
    }
}

crate::text_enum! {
    /// What happens at a step.
    StepKind {
        /// An office says what it thinks; the application goes on either way.
        Opinion "opinion"
        /// An office decides.
        Review "review"
        /// The public may object.
        Notice "notice"
        /// 备案: an office takes note of what was decided, or its days pass.
        Filing "filing"
    }
}

crate::text_enum! {
    /// Whose office acts at a step.
    StepLevel {
        /// 村.
        Village "village"
        /// 乡镇.
        Township "township"
        /// 县.
        County "county"
        /// 市.
        Prefecture "prefecture"
        /// 省.
        Province "province"
    }
}

crate::text_enum! {
    /// What an office decides.
    CertificationDecision {
        /// 通过.
        Approve "approve"
        /// 退回补正.
        Return "return"
        /// 不予通过.
        Reject "reject"
        /// 不支持: an opinion against it, which decides nothing.
        Object "object"
    }
}

crate::text_enum! {
    /// Why an application is rejected.
    RejectionReason {
        /// 质量不合格.
        QualityNotShown "quality_not_shown"
        /// 价格高于同类.
        PriceAboveLikeGoods "price_above_like_goods"
        /// 没有带贫机制.
        LinkageNotShown "linkage_not_shown"
        /// 材料不实.
        DocumentsUntrue "documents_untrue"
        /// 非本地生产.
        NotProducedHere "not_produced_here"
        /// 异议成立.
        ObjectionUpheld "objection_upheld"
        /// 其他, explained in the opinion.
        Other "other"
    }
}

crate::text_enum! {
    /// What an office decides about an objection.
    ObjectionDecision {
        /// 异议成立.
        Uphold "uphold"
        /// 异议不成立.
        Dismiss "dismiss"
    }
}

crate::text_enum! {
    /// What follows for the application when an objection is upheld.
    Consequence {
        /// 退回补正.
        Return "return"
        /// 不予通过.
        Reject "reject"
    }
}

crate::text_enum! {
    /// Where an objection stands.
    ObjectionStatus {
        /// 待处理: blocks the next step.
        Open "open"
        /// 成立.
        Upheld "upheld"
        /// 不成立.
        Dismissed "dismissed"
    }
}

crate::text_enum! {
    /// Where a document that a certificate rests on stands.
    DocumentState {
        /// 有效: the certificate rests on it.
        Standing "standing"
        /// 待审: brought by the supplier, and not looked at yet.
        Proposed "proposed"
        /// 未接受.
        Refused "refused"
    }
}

crate::text_enum! {
    /// Where a public notice stands.
    NoticeStatus {
        /// 公示中.
        Open "open"
        /// 已结束.
        Ended "ended"
        /// 因重大变更重新公示.
        Restarted "restarted"
        /// 因异议成立或撤回而终止.
        Stopped "stopped"
    }
}

impl StepLevel {
    /// The level of regions.
    #[must_use]
    pub const fn region_level(self) -> RegionLevel {
        match self {
            StepLevel::Village => RegionLevel::Village,
            StepLevel::Township => RegionLevel::Township,
            StepLevel::County => RegionLevel::County,
            StepLevel::Prefecture => RegionLevel::Prefecture,
            StepLevel::Province => RegionLevel::Province,
        }
    }
}
