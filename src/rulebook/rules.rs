//! Which row of the rule table holds, and what a row may say.

mod draft;

pub use draft::{Draft, check, closes};

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::RuleId;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;

crate::text_enum! {
    /// What a row of the rule table is about.
    RuleName {
        /// 预留比例下限, parts per million of the canteen total.
        MinRatioPpm "min_ratio_ppm"
        /// 无食堂单位工会经费预留下限, parts per million.
        UnionMinRatioPpm "union_min_ratio_ppm"
        /// 不低于上年.
        NotBelowLastYear "not_below_last_year"
        /// 序时进度提醒日, month and day of the plan's year; a first, a second and a third time.
        PlanReminder "plan_reminder"
        /// 填报开始, calendar days before 1 January of the plan's year.
        FillOpensDays "fill_opens_days"
        /// 填报截止日, month and day of the plan's year.
        FillDeadline "fill_deadline"
        /// 关账日, month and day of the year after.
        ClosingDate "closing_date"
        /// 超出全年总额时: refuse or warn.
        CeilingMode "ceiling_mode"
        /// 计入份额的商品: eligible, certified, either, both.
        QuotaProductRule "quota_product_rule"
        /// 公示期, calendar days.
        NoticeDays "notice_days"
        /// 审核期限, working days.
        ReviewDays "review_days"
        /// 审核到期前提醒, working days before the deadline.
        ReviewReminderDays "review_reminder_days"
        /// 审核逾期后再次提醒的间隔, calendar days.
        LateReminderDays "late_reminder_days"
        /// 异议受理期限, working days.
        ObjectionReceiptDays "objection_receipt_days"
        /// 异议处理期限, working days from receipt.
        ObjectionDecisionDays "objection_decision_days"
        /// 认定有效期, calendar days.
        CertificateValidityDays "certificate_validity_days"
        /// 质量合格所需材料, by product category.
        QualityDocuments "quality_documents"
        /// 价格不高于同类所需材料, by product category.
        PriceDocuments "price_documents"
        /// 带贫减贫机制所需材料, by product category.
        LinkageDocuments "linkage_documents"
        /// 材料到期前提醒, calendar days before the last day; a first and a second time.
        DocumentWarningDays "document_warning_days"
        /// 换证窗口, calendar days before the end.
        RenewalWindowDays "renewal_window_days"
        /// 供应商确认期限, working days.
        ConfirmDays "confirm_days"
        /// 验收期限, calendar days.
        InspectionDays "inspection_days"
        /// 付款期限, calendar days; by level of the payer.
        PaymentDays "payment_days"
        /// 约定付款期限的上限, calendar days; by level of the payer.
        PaymentDaysMax "payment_days_max"
        /// 逾期利率, parts per million a day.
        InterestPpmPerDay "interest_ppm_per_day"
        /// 完成须评价.
        RatingRequired "rating_required"
        /// 补录期限, working days.
        LateEntryDays "late_entry_days"
        /// 价格提示倍数, parts per million.
        PriceAlertFactorPpm "price_alert_factor_ppm"
        /// 称重允许误差, parts per million.
        WeightTolerancePpm "weight_tolerance_ppm"
        /// 保管期限, years.
        RetentionYears "retention_years"
        /// 视为已付的答复期限, working days.
        DeemedPaymentDays "deemed_payment_days"
        /// 少于此人数的单位可由主管单位例外准许验收人报告付款, people.
        SmallUnitStaff "small_unit_staff"
        /// 整改期限, working days.
        RectificationDays "rectification_days"
        /// 投诉受理期限, working days.
        ComplaintAcceptDays "complaint_accept_days"
        /// 投诉办结期限（自受理起）, working days.
        ComplaintDecideDays "complaint_decide_days"
        /// 列入黑名单的期限, calendar days by cause; 0 lists nobody, `permanent` lists for good.
        BlacklistDays "blacklist_days"
        /// 黑名单申诉期限, working days.
        AppealDays "appeal_days"
        /// 黑名单申诉决定期限, working days.
        AppealReviewDays "appeal_review_days"
        /// 带贫花名册年度复核截止日, month and day of the year.
        LinkageRecheck "linkage_recheck"
        /// 复核截止前提醒, calendar days before.
        LinkageReminderDays "linkage_reminder_days"
        /// 未报送花名册时再次提醒的间隔, calendar days.
        LinkageReminderInterval "linkage_reminder_interval"
        /// 价格监测至少须有的同类商品, other suppliers' listings.
        PriceWatchMinGoods "price_watch_min_goods"
        /// 供应商评分各方面的权重, parts per million, by aspect.
        ScoreWeightPpm "score_weight_ppm"
        /// 低于此分即采取的措施, points, by step.
        ScoreLadder "score_ladder"
        /// 参加评分至少须有的订单, orders of the month.
        ScoreMinOrders "score_min_orders"
        /// 供应商申辩期限, working days.
        ScoreAnswerDays "score_answer_days"
        /// 数量或单价达到上次的此倍数即提示, times the last one; 0 switches it off.
        AnomalySlipFactor "anomaly_slip_factor"
        /// 单价高于同类中位价的此倍数、或低于其倒数即提示, parts per million; 0 switches it off.
        AnomalyPriceFactorPpm "anomaly_price_factor_ppm"
        /// 当日下单、验收、付款、评价即提示.
        AnomalySameDay "anomaly_same_day"
        /// 一家供应商占单位年度采购额超过此比例即提示, parts per million.
        AnomalySupplierSharePpm "anomaly_supplier_share_ppm"
        /// 年度采购额达到此数才看供应商占比, fen.
        AnomalyShareLeastFen "anomaly_share_least_fen"
        /// 单笔须经审批的金额, fen; 0 where no amount needs an approval.
        ApprovalBandFen "approval_band_fen"
        /// 发货时批次必须附有的证明, by category; `none` where nothing is asked.
        LotPapers "lot_papers"
        /// 拒收是否必须附照片.
        RejectionPhoto "rejection_photo"
        /// 订单达到此数的验收须由两人办理, fen; 0 where one person is enough.
        TwoPersonAcceptanceFen "two_person_acceptance_fen"
        /// 每步审批的期限, working days.
        ApprovalDays "approval_days"
        /// 最后一步审批时: keep what was frozen at placement, or recheck price, season, certificate and admission.
        ApprovalRecheck "approval_recheck"
        /// 几天之内的订单合并看是否拆分, calendar days counted with the first.
        AnomalySplitDays "anomaly_split_days"
        /// 数量相差不超过此比例的视为重复下单, parts per million.
        AnomalySimilarPpm "anomaly_similar_ppm"
        /// 银行流水与报告的付款日期相差不超过此天数才自动入账, calendar days.
        BankMatchDays "bank_match_days"
        /// 开放数据中少于此数采购单位的数不公布, purchasing units.
        OpenDataMinPurchasers "open_data_min_purchasers"
    }
}

/// What values a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number within bounds.
    Number {
        /// The largest value.
        max: i64,
    },
    /// A whole number within bounds, or `permanent`.
    Term {
        /// The largest value.
        max: i64,
    },
    /// true or false.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A month and day, `MM-DD`.
    MonthDay,
    /// `any`, or which of these documents: alternatives joined by `/`, all of several by `+`.
    Documents(&'static [&'static str]),
    /// `none`, or which of these papers: alternatives joined by `/`, all of several by `+`.
    Papers(&'static [&'static str]),
}

/// Payers that the payment clock tells apart.
const PAYER_LEVELS: &[&str] = &["organ", "institution", "large_enterprise"];
/// The causes for which a supplier may be blacklisted.
const CAUSES: &[&str] = &[
    "food_safety",
    "quality",
    "price",
    "linkage_broken",
    "documents_untrue",
    "no_longer_produced",
    "fraud",
    "documents_expired",
    "other",
];
/// The categories of products.
const CATEGORIES: &[&str] = &[
    "grain_oil",
    "meat",
    "vegetable",
    "fruit",
    "dried_goods",
    "herb_tea",
    "honey",
    "dairy_egg",
    "wine",
    "processed_food",
    "aquatic",
];
/// Documents that show quality, the price, the linkage.
const QUALITY: &[&str] = &["inspection_report", "food_licence", "conformity_promise", "mark_certificate"];
const PRICE: &[&str] = &["link", "contract", "invoice"];
const LINKAGE: &[&str] = &["agreement", "household_list", "payout_record"];
/// Papers that come with a lot.
const LOT_PAPERS: &[&str] = &["conformity", "test_report", "quarantine", "other"];
/// What a score is made of.
const ASPECTS: &[&str] = &["price", "quality", "delivery"];
/// What follows from a low score.
const STEPS: &[&str] = &["warn", "suspend", "remove"];
/// One million: all of it.
const WHOLE_PPM: i64 = 1_000_000;
/// The largest amount that a rule names: ten billion yuan.
const MOST_FEN: i64 = 1_000_000_000_000;

impl RuleName {
    /// The unit its value is in.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        use RuleName as R;
        match self {
            R::MinRatioPpm
            | R::UnionMinRatioPpm
            | R::PriceAlertFactorPpm
            | R::WeightTolerancePpm
            | R::AnomalyPriceFactorPpm
            | R::AnomalySupplierSharePpm
            | R::AnomalySimilarPpm
            | R::ScoreWeightPpm => "ppm",
            R::NotBelowLastYear | R::RatingRequired | R::AnomalySameDay | R::RejectionPhoto => "flag",
            R::AnomalySlipFactor => "times",
            R::AnomalyShareLeastFen | R::ApprovalBandFen | R::TwoPersonAcceptanceFen => "fen",
            R::FillDeadline | R::ClosingDate | R::LinkageRecheck | R::PlanReminder => "month_day",
            R::CeilingMode | R::QuotaProductRule | R::ApprovalRecheck => "choice",
            R::QualityDocuments | R::PriceDocuments | R::LinkageDocuments | R::LotPapers => "documents",
            R::NoticeDays
            | R::LateReminderDays
            | R::CertificateValidityDays
            | R::RenewalWindowDays
            | R::DocumentWarningDays
            | R::InspectionDays
            | R::BlacklistDays
            | R::LinkageReminderDays
            | R::LinkageReminderInterval
            | R::AnomalySplitDays
            | R::FillOpensDays
            | R::BankMatchDays
            | R::PaymentDays
            | R::PaymentDaysMax => "calendar_days",
            R::ReviewDays
            | R::ReviewReminderDays
            | R::ObjectionReceiptDays
            | R::ObjectionDecisionDays
            | R::ConfirmDays
            | R::ApprovalDays
            | R::LateEntryDays
            | R::DeemedPaymentDays
            | R::RectificationDays
            | R::ComplaintAcceptDays
            | R::ComplaintDecideDays
            | R::AppealDays
            | R::AppealReviewDays
            | R::ScoreAnswerDays => "working_days",
            R::InterestPpmPerDay => "ppm_per_day",
            R::RetentionYears => "years",
            R::SmallUnitStaff => "people",
            R::PriceWatchMinGoods => "goods",
            R::ScoreLadder => "points",
            R::ScoreMinOrders => "orders",
            R::OpenDataMinPurchasers => "purchasers",
        }
    }
    /// The values it takes.
    #[must_use]
    pub const fn kind(self) -> ValueKind {
        use RuleName as R;
        match self {
            R::MinRatioPpm
            | R::UnionMinRatioPpm
            | R::WeightTolerancePpm
            | R::AnomalySupplierSharePpm
            | R::AnomalySimilarPpm
            | R::ScoreWeightPpm => ValueKind::Number { max: WHOLE_PPM },
            R::AnomalySlipFactor => ValueKind::Number { max: 1_000 },
            R::AnomalyShareLeastFen | R::ApprovalBandFen | R::TwoPersonAcceptanceFen => {
                ValueKind::Number { max: MOST_FEN }
            }
            R::ScoreLadder => ValueKind::Number { max: 100 },
            R::PriceWatchMinGoods | R::ScoreMinOrders => ValueKind::Number { max: 10_000 },
            R::PriceAlertFactorPpm | R::AnomalyPriceFactorPpm => ValueKind::Number { max: 100 * WHOLE_PPM },
            R::InterestPpmPerDay => ValueKind::Number { max: 10_000 },
            R::RetentionYears => ValueKind::Number { max: 200 },
            R::CertificateValidityDays => ValueKind::Number { max: 3_660 },
            R::BlacklistDays => ValueKind::Term { max: 36_600 },
            R::NotBelowLastYear | R::RatingRequired | R::AnomalySameDay | R::RejectionPhoto => ValueKind::Flag,
            R::FillDeadline | R::ClosingDate | R::LinkageRecheck | R::PlanReminder => ValueKind::MonthDay,
            R::CeilingMode => ValueKind::Choice(&["refuse", "warn"]),
            R::ApprovalRecheck => ValueKind::Choice(&["keep", "recheck"]),
            R::QuotaProductRule => ValueKind::Choice(&["eligible", "certified", "either", "both"]),
            R::QualityDocuments => ValueKind::Documents(QUALITY),
            R::PriceDocuments => ValueKind::Documents(PRICE),
            R::LinkageDocuments => ValueKind::Documents(LINKAGE),
            R::LotPapers => ValueKind::Papers(LOT_PAPERS),
            _ => ValueKind::Number { max: 366 },
        }
    }
    /// The levels it may be narrowed to.
    #[must_use]
    pub const fn levels(self) -> &'static [&'static str] {
        match self {
            RuleName::PaymentDays | RuleName::PaymentDaysMax => PAYER_LEVELS,
            RuleName::BlacklistDays => CAUSES,
            RuleName::QualityDocuments
            | RuleName::PriceDocuments
            | RuleName::LinkageDocuments
            | RuleName::LotPapers => CATEGORIES,
            RuleName::DocumentWarningDays => &["first", "second"],
            RuleName::PlanReminder => &["first", "second", "third"],
            RuleName::ScoreWeightPpm => ASPECTS,
            RuleName::ScoreLadder => STEPS,
            _ => &[],
        }
    }
}

/// A row of the rule table, as far as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// Stored with every decision that used the row.
    pub id: RuleId,
    /// What it is about.
    pub name: RuleName,
    /// Where it holds.
    pub region: Territory,
    /// The level it is narrowed to; empty for all.
    pub level: String,
    /// The fund it is narrowed to; empty for all.
    pub fund: String,
    /// The first day on which it holds.
    pub effective_from: Day,
    /// Its value, in the name's unit.
    pub value: String,
}

/// The rows that hold in one region on one day.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<RuleRow>);

impl Rules {
    /// Takes candidate rows: of the region and those above it, in force on the day.
    #[must_use]
    pub fn new(rows: Vec<RuleRow>) -> Rules {
        Rules(rows)
    }
    /// The row that holds, if there is one: the most specific region, then the row that names the level and fund asked
    /// for, then the latest. A row narrowed to a level or fund that is not asked for does not hold.
    #[must_use]
    pub fn find(&self, name: RuleName, level: Option<&str>, fund: Option<&str>) -> Option<&RuleRow> {
        let fits = |narrowed: &str, asked: Option<&str>| narrowed.is_empty() || asked == Some(narrowed);
        self.0
            .iter()
            .filter(|row| row.name == name && fits(&row.level, level) && fits(&row.fund, fund))
            .max_by_key(|row| (row.region.depth(), !row.level.is_empty(), !row.fund.is_empty(), row.effective_from))
    }
    /// The row that holds for all levels and funds.
    ///
    /// # Errors
    /// When there is none: a gap in the rule table.
    pub fn row(&self, name: RuleName) -> Outcome<&RuleRow> {
        self.row_for(name, None, None)
    }
    /// The row that holds for a level and fund.
    ///
    /// # Errors
    /// When there is none: a gap in the rule table.
    pub fn row_for(&self, name: RuleName, level: Option<&str>, fund: Option<&str>) -> Outcome<&RuleRow> {
        self.find(name, level, fund).ok_or_else(|| AppError::internal(format!("no rule {name} ({level:?}, {fund:?})")))
    }
    /// A number, in the name's unit.
    ///
    /// # Errors
    /// As [`Rules::row`].
    pub fn int(&self, name: RuleName) -> Outcome<i64> {
        self.int_for(name, None, None)
    }
    /// A number for a level and fund, in the name's unit.
    ///
    /// # Errors
    /// As [`Rules::row_for`].
    pub fn int_for(&self, name: RuleName, level: Option<&str>, fund: Option<&str>) -> Outcome<i64> {
        self.row_for(name, level, fund)?.int()
    }
    /// A flag.
    ///
    /// # Errors
    /// As [`Rules::row`].
    pub fn flag(&self, name: RuleName) -> Outcome<bool> {
        let row = self.row(name)?;
        row.value.parse().map_err(|_| row.unreadable())
    }
    /// A word of the name's choices.
    ///
    /// # Errors
    /// As [`Rules::row`].
    pub fn choice(&self, name: RuleName) -> Outcome<&str> {
        self.row(name).map(|row| row.value.as_str())
    }
    /// A word of the name's choices, for a fund.
    ///
    /// # Errors
    /// As [`Rules::row_for`].
    pub fn choice_for(&self, name: RuleName, fund: &str) -> Outcome<&str> {
        self.row_for(name, None, Some(fund)).map(|row| row.value.as_str())
    }
    /// A month and day as the day of a year.
    ///
    /// # Errors
    /// As [`Rules::row`].
    pub fn day_in(&self, name: RuleName, year: i64) -> Outcome<Day> {
        self.row(name)?.day_in(year)
    }
}

impl RuleRow {
    /// Its value as a number.
    ///
    /// # Errors
    /// When it is none: a fault of the table.
    pub fn int(&self) -> Outcome<i64> {
        self.value.parse().map_err(|_| self.unreadable())
    }
    /// Its month and day in a year.
    ///
    /// # Errors
    /// When it is none: a fault of the table.
    pub fn day_in(&self, year: i64) -> Outcome<Day> {
        month_day(&self.value, year).ok_or_else(|| self.unreadable())
    }
    fn unreadable(&self) -> AppError {
        AppError::internal(format!("rule {} of {} has the value {:?}", self.id, self.name, self.value))
    }
}

/// 29 February becomes the last day of February in common years.
fn month_day(text: &str, year: i64) -> Option<Day> {
    let day: Option<Day> = format!("{year:04}-{text}").parse().ok();
    day.or_else(|| if text == "02-29" { format!("{year:04}-02-28").parse().ok() } else { None })
}

#[cfg(test)]
mod tests;
