//! One table of error codes, and the error every command returns: a public half and an inner half that only the log sees.

use super::money::Overflow;
use std::fmt;

/// A text in the two languages of the users; Chinese comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Message {
    /// A message in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Message {
        Message { zh: zh.into(), en: en.into() }
    }
    /// The text in the caller's language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// The caller's language, from Accept-Language; Chinese when not stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文.
    #[default]
    Chinese,
    /// English.
    English,
}

macro_rules! codes {
    ($($variant:ident $status:literal $text:literal $zh:literal $en:literal)*) => {
        /// Every error code a client can meet. README's table is tested against it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $en] $variant),* }
        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];
            /// The stable word in `code`.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Code::$variant => $text),* } }
            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Code::$variant => $status),* } }
            /// The title in Chinese and English.
            #[must_use]
            pub const fn titles(self) -> (&'static str, &'static str) { match self { $(Code::$variant => ($zh, $en)),* } }
        }
    };
}

codes! {
    // The request itself.
    MalformedJson 400 "malformed_json" "请求内容不是有效的 JSON" "The body is not valid JSON"
    MalformedRequest 400 "malformed_request" "请求格式不正确" "The request is malformed"
    InvalidParameter 400 "invalid_parameter" "查询参数或请求头不正确" "A query parameter or header is not valid"
    InvalidCursor 400 "invalid_cursor" "分页游标无效或与筛选条件不符" "The cursor is not valid for these filters"
    OrganisationRequired 400 "organisation_required" "请用 Yigou-Organisation 请求头指明代表哪个单位操作" "Name the organisation you act for in the Yigou-Organisation header"
    IdempotencyKeyRequired 400 "idempotency_key_required" "此操作必须带 Idempotency-Key 请求头" "This operation needs an Idempotency-Key header"
    IdempotencyKeyReused 422 "idempotency_key_reused" "该 Idempotency-Key 已用于另一请求" "The Idempotency-Key was used for another request"
    ValidationFailed 422 "validation_failed" "请求中有字段不符合要求" "Some fields are not valid"
    PayloadTooLarge 413 "payload_too_large" "请求内容过大" "The body is too large"
    UnsupportedMediaType 415 "unsupported_media_type" "不支持的内容类型" "The content type is not supported"
    RequestTimeout 408 "request_timeout" "接收请求超时" "The request took too long to arrive"
    NotAcceptable 406 "not_acceptable" "无法提供所要求的格式" "The requested format is not available"
    MethodNotAllowed 405 "method_not_allowed" "此地址不支持该方法" "The method is not allowed here"
    // Who is asking.
    Unauthenticated 401 "unauthenticated" "请先登录" "Sign in first"
    TokenInvalid 401 "token_invalid" "登录凭证无效或已过期" "The token is not valid or has expired"
    InvalidCredentials 401 "invalid_credentials" "邮箱或密码不正确" "The e-mail address or password is not right"
    SessionRevoked 401 "session_revoked" "登录已失效，请重新登录" "The session has ended; sign in again"
    Forbidden 403 "forbidden" "没有此项权限" "You may not do this"
    SeparationOfDuties 403 "separation_of_duties" "不相容岗位：同一人不得办理前后两个环节" "Separation of duties: the same person may not take both steps"
    NotFound 404 "not_found" "未找到" "Not found"
    TooManyRequests 429 "too_many_requests" "请求过于频繁，请稍后再试" "Too many requests; try again later"
    // State of shared documents.
    IfMatchRequired 428 "if_match_required" "修改前请带 If-Match 请求头" "Send If-Match with this change"
    StaleVersion 412 "stale_version" "内容已被他人修改，请重新读取" "The document has changed; read it again"
    WrongState 409 "wrong_state" "当前状态不允许此操作" "The current state does not allow this"
    AlreadyExists 409 "already_exists" "已存在" "It exists already"
    Expired 409 "expired" "已过期限" "The deadline has passed"
    // Identity.
    WeakPassword 422 "weak_password" "密码过于简单" "The password is too weak"
    LinkInvalid 409 "link_invalid" "链接无效或已过期" "The link is not valid or has expired"
    LastAdministrator 409 "last_administrator" "单位至少保留一名管理员" "An organisation keeps at least one administrator"
    RoleNotForKind 422 "role_not_for_kind" "该类单位没有此岗位" "Organisations of this kind have no such role"
    // Files.
    SheetUnreadable 422 "sheet_unreadable" "无法读取该表格" "The sheet cannot be read"
    FileTypeMismatch 422 "file_type_mismatch" "文件内容与声明的类型不符" "The file is not of the type it claims"
    FileTypeRefused 415 "file_type_refused" "不接受此类文件" "Files of this type are not accepted"
    // Certification.
    SupplierNotAdmitted 409 "supplier_not_admitted" "供应商尚未入驻" "The supplier is not admitted"
    SupplierBlacklisted 409 "supplier_blacklisted" "供应商已列入黑名单" "The supplier is blacklisted"
    CountyNotEligible 409 "county_not_eligible" "该县（区）不在可认定范围" "The county may not certify"
    ApplicantNotAllowed 409 "applicant_not_allowed" "该类主体不能申请认定" "Applicants of this kind are not admitted by the scheme"
    EvidenceMissing 422 "evidence_missing" "三要素材料不齐" "Evidence for the three elements is missing"
    AssignedToOther 409 "assigned_to_other" "该申请由他人承办" "Another reviewer works on it"
    NoticeRunning 409 "notice_running" "公示尚未结束" "The public notice has not ended"
    ObjectionOpen 409 "objection_open" "异议尚未处理完毕" "An objection is still open"
    CertificateNotCurrent 409 "certificate_not_current" "没有有效的认定证书" "There is no certificate in force"
    // Catalogue.
    PriceEvidenceRequired 409 "price_evidence_required" "价格证明不足" "Evidence for the price is missing or does not support it"
    ListingNotOnSale 409 "listing_not_on_sale" "商品未在售" "The listing is not on sale"
    OutOfStock 409 "out_of_stock" "库存不足" "Not enough stock"
    OutOfSeason 409 "out_of_season" "不在供应月份" "Not offered in this month"
    StockBelowHeld 409 "stock_below_held" "库存不能低于已占用数量" "Stock cannot fall below what is held"
    PriceChanged 409 "price_changed" "价格已变动" "The price has changed"
    // Quota.
    UnitEnded 409 "unit_ended" "该预算单位已撤销或合并" "The budget unit was closed or merged"
    FillWindowClosed 409 "fill_window_closed" "不在填报期内" "The fill window is closed"
    BelowFloor 422 "below_floor" "预留份额低于规定比例" "The reserved share is below the required floor"
    CeilingExceeded 409 "ceiling_exceeded" "超出年度采购总额" "The yearly ceiling would be exceeded"
    PlanNotNeeded 409 "plan_not_needed" "该单位无需填报" "This unit files no plan"
    RepresentativeRequired 422 "representative_required" "合用食堂须指明代表单位" "A shared canteen names its representative"
    // Orders.
    QuantityNotWhole 422 "quantity_not_whole" "该商品须按整件订购" "This item is sold in whole units"
    QuantityExceeded 409 "quantity_exceeded" "数量超出可办理范围" "The quantity is more than what is open"
    LotPapersMissing 422 "lot_papers_missing" "该批次缺少必须随货的证明" "A lot lacks a paper that has to come with it"
    WeightOutOfTolerance 409 "weight_out_of_tolerance" "实际重量超出允许误差" "The actual weight is outside the tolerance"
    ClientRefReused 409 "client_ref_reused" "该 client_ref 已用于另一订单" "The client_ref belongs to another order"
    FundNotAllowed 422 "fund_not_allowed" "该单位不能使用此项资金" "This unit may not use the fund"
    PaymentMismatch 422 "payment_mismatch" "付款与订单不符" "The payment does not fit the orders"
    DisputeExceeded 409 "dispute_exceeded" "争议金额超过已验收、未付且无争议的金额" "More is disputed than is accepted, unpaid and undisputed"
    AllowanceExceeded 409 "allowance_exceeded" "折让超过应付金额" "More would be allowed than is owed"
    InvoiceMismatch 422 "invoice_mismatch" "发票与订单、验收不符" "The invoice does not agree with order and acceptance"
    InvoiceDuplicate 409 "invoice_duplicate" "发票号码已登记" "The invoice is registered already"
    ApproversMissing 409 "approvers_missing" "没有足够的审批人" "There are not enough people who may approve this"
    NotCompletedYet 409 "not_completed_yet" "前面的环节尚未完成" "An earlier step is still open"
    AmountTooLarge 422 "amount_too_large" "金额或数量过大" "The amount or quantity is too large"
    // Ledger.
    TransferExists 409 "transfer_exists_with_different_fields" "同号凭证内容不一致" "A transfer with this id has other content"
    TransferResolved 409 "transfer_resolved" "该占用已结清" "The pending transfer is resolved"
    // The server.
    ServerBusy 503 "server_busy" "系统繁忙，请稍后重试" "The server is busy; try again shortly"
    Unavailable 503 "unavailable" "服务暂不可用" "The service is not available"
    OutcomeUnknown 503 "outcome_unknown" "操作结果未知，请用同一 Idempotency-Key 重试" "The outcome is not known; retry with the same Idempotency-Key"
    Internal 500 "internal" "系统内部错误" "Internal error"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One field that is wrong, named by its JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer into the body, or the name of a header or query parameter.
    pub pointer: String,
    /// What is wrong, as a stable word.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: Message,
}

impl FieldError {
    /// Names a wrong field.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Message) -> FieldError {
        FieldError { pointer: pointer.into(), code, detail }
    }
}

/// What a failed command answers. The cause is for the log and has no way into a reply.
#[derive(Debug, Clone)]
pub struct AppError(Box<Parts>);

/// The content of an [`AppError`].
#[derive(Debug, Clone)]
pub struct Parts {
    /// The row of the table.
    pub code: Code,
    /// What happened here, beyond the title.
    pub detail: Option<Message>,
    /// The fields at fault.
    pub fields: Vec<FieldError>,
    /// More members of the problem document (never personal data).
    pub extra: Option<serde_json::Map<String, serde_json::Value>>,
    /// Seconds after which trying again makes sense.
    pub retry_after_s: Option<u64>,
    /// For the log only.
    pub cause: Option<String>,
    /// Whether the database asks to run the whole command again (40001, 40P01).
    pub rerun: bool,
}

/// The result of a command.
pub type Outcome<T> = Result<T, AppError>;

impl AppError {
    /// An error with nothing but its code.
    #[must_use]
    pub fn new(code: Code) -> AppError {
        AppError(Box::new(Parts {
            code,
            detail: None,
            fields: Vec::new(),
            extra: None,
            retry_after_s: None,
            cause: None,
            rerun: false,
        }))
    }
    /// A fault of ours: the client sees a request id, the log sees the cause.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> AppError {
        AppError::new(Code::Internal).cause(cause)
    }
    /// Several fields that are wrong.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> AppError {
        let mut error = AppError::new(Code::ValidationFailed);
        error.0.fields = fields;
        error
    }
    /// One field that is wrong.
    #[must_use]
    pub fn field(code: Code, pointer: impl Into<String>, detail: Message) -> AppError {
        AppError::new(code).at(pointer, detail)
    }
    /// One error for several refusals, of which each names its fields: their common code, or `validation_failed` with each
    /// field's own. A single one stays as it is.
    #[must_use]
    pub fn several(mut refusals: Vec<AppError>) -> AppError {
        if refusals.len() == 1 {
            return refusals.remove(0);
        }
        let mut codes = refusals.iter().map(AppError::code);
        let first = codes.next().unwrap_or(Code::ValidationFailed);
        let common = if codes.all(|code| code == first) { first } else { Code::ValidationFailed };
        let mut all = AppError::new(common);
        all.0.fields = refusals.into_iter().flat_map(|refusal| refusal.0.fields).collect();
        all
    }
    /// Adds a field at fault, with the error's own code.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, detail: Message) -> AppError {
        let code = self.0.code.as_str();
        self.0.fields.push(FieldError::new(pointer, code, detail));
        self
    }
    /// Adds a field at fault, with a code of its own.
    #[must_use]
    pub fn with_field(mut self, field: FieldError) -> AppError {
        self.0.fields.push(field);
        self
    }
    /// Adds what happened here.
    #[must_use]
    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> AppError {
        self.0.detail = Some(Message::new(zh, en));
        self
    }
    /// Adds a member to the problem document.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<serde_json::Value>) -> AppError {
        self.0.extra.get_or_insert_with(serde_json::Map::new).insert(key.to_owned(), value.into());
        self
    }
    /// Adds what only the log may see.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> AppError {
        self.0.cause = Some(cause.to_string());
        self
    }
    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> AppError {
        self.0.retry_after_s = Some(seconds);
        self
    }
    /// Marks a fault after which the database asks to run the command again.
    #[must_use]
    pub fn rerun(mut self) -> AppError {
        self.0.rerun = true;
        self
    }
    /// Puts every pointer below another one: an item of a batch, a line of an order.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> AppError {
        for field in &mut self.0.fields {
            field.pointer = format!("{prefix}{}", field.pointer);
        }
        self
    }
    /// Names a field as the request called it, where it is called otherwise further down.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &str) -> AppError {
        for field in &mut self.0.fields {
            if let Some(before) = field.pointer.strip_suffix(from) {
                field.pointer = format!("{before}{to}");
            }
        }
        self
    }
    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }
    /// Everything, for the one place that renders it.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.0
    }
}

impl From<Code> for AppError {
    fn from(code: Code) -> AppError {
        AppError::new(code)
    }
}
impl From<Overflow> for AppError {
    fn from(_: Overflow) -> AppError {
        AppError::new(Code::AmountTooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_words_with_an_error_status_and_two_titles() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
            assert!((400..=599).contains(&code.status()));
            assert!(!code.titles().0.is_ascii() && code.titles().1.is_ascii(), "{code}");
        }
    }
}
