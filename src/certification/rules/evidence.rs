//! The three elements (三要素): what their evidence says, and when it is complete.

use super::document::{EvidenceWarning, check_mark};
use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::food_licence::FoodLicence;
use crate::kernel::money::Fen;
use crate::kernel::terms::Mark;
use crate::kernel::time::Day;

crate::text_enum! {
    /// One of the three elements.
    Element {
        /// 质量合格.
        Quality "quality"
        /// 价格不高于同类.
        Price "price"
        /// 带贫机制.
        Linkage "linkage"
    }
}

crate::text_enum! {
    /// What shows that the quality is right.
    QualityProof {
        /// 检验报告.
        InspectionReport "inspection_report"
        /// 食品生产许可证.
        FoodLicence "food_licence"
        /// 承诺达标合格证: fresh produce.
        ConformityPromise "conformity_promise"
        /// 三品一标证书.
        MarkCertificate "mark_certificate"
    }
}

crate::text_enum! {
    /// What shows that the price is not above that of the like goods.
    PriceProof {
        /// 网络链接.
        Link "link"
        /// 合同.
        Contract "contract"
        /// 发票.
        Invoice "invoice"
    }
}

crate::text_enum! {
    /// 带贫减贫机制.
    LinkageKind {
        /// 工资性.
        Wage "wage"
        /// 资产性.
        Asset "asset"
        /// 经营性.
        Business "business"
    }
}

crate::text_enum! {
    /// What shows the linkage.
    LinkageProof {
        /// 带贫协议.
        Agreement "agreement"
        /// 花名册.
        HouseholdList "household_list"
        /// 发放凭证.
        PayoutRecord "payout_record"
    }
}

crate::text_enum! {
    /// Whom the linkage reaches.
    BeneficiaryClass {
        /// 建档立卡户.
        RegisteredPoor "registered_poor"
        /// 脱贫不稳定户.
        UnstableExited "unstable_exited"
        /// 边缘户.
        Borderline "borderline"
        /// 一般户.
        General "general"
    }
}

/// A mark that the product carries (三品一标).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarriedMark {
    /// Which.
    pub mark: Mark,
    /// Its certificate's number; of organic goods the 17 digits of the organic code (有机码).
    #[schema(max_length = 60, min_length = 1, format = "line")]
    pub number: String,
    /// Its last day.
    pub expires_on: Day,
}

/// What quality evidence says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualityFacts {
    /// What it is.
    pub proof: QualityProof,
    /// Number of the report, licence (SC and 14 digits) or promise.
    #[schema(max_length = 60, min_length = 1, format = "line")]
    pub number: Option<String>,
    /// Its last day; required of a food licence.
    pub expires_on: Option<Day>,
    /// Marks that the product carries.
    #[schema(max_items = 10)]
    pub marks: Option<Vec<CarriedMark>>,
}

/// What price evidence says; hidden from the public.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceFacts {
    /// What it is.
    pub proof: PriceProof,
    /// Where the like goods are offered.
    #[schema(max_length = 500, min_length = 8, format = "line", pattern = "^https?://")]
    pub link: Option<String>,
    /// What the like goods cost.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    pub like_price_fen: Fen,
    /// For how much of them.
    #[schema(max_length = 30, min_length = 1, format = "line", example = "500克")]
    pub like_unit: String,
}

/// What linkage evidence says; households and persons are counted apart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkageFacts {
    /// What shows it.
    pub proof: Option<LinkageProof>,
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// Whom it reaches.
    pub class: BeneficiaryClass,
    /// Households reached.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub households: i64,
    /// Persons reached.
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub persons: i64,
    /// What they gain in a year.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub yearly_fen: Fen,
}

/// A piece of evidence: the facts of exactly one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// Quality.
    Quality(QualityFacts),
    /// Price.
    Price(PriceFacts),
    /// Linkage.
    Linkage(LinkageFacts),
}

impl Facts {
    /// The element they show.
    #[must_use]
    pub const fn element(&self) -> Element {
        match self {
            Facts::Quality(_) => Element::Quality,
            Facts::Price(_) => Element::Price,
            Facts::Linkage(_) => Element::Linkage,
        }
    }
    /// Whether its files may name households: contracts and lists (花名册) do.
    #[must_use]
    pub const fn shows_households(&self) -> bool {
        matches!(self, Facts::Linkage(_))
    }
    /// The facts of exactly the element named.
    ///
    /// # Errors
    /// Which part is missing or too many.
    pub fn of(
        element: Element,
        quality: Option<QualityFacts>,
        price: Option<PriceFacts>,
        linkage: Option<LinkageFacts>,
    ) -> Result<Facts, AppError> {
        let wrong = |pointer: String, zh: &str, en: &str| {
            AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
        };
        let given = [
            (Element::Quality, quality.is_some()),
            (Element::Price, price.is_some()),
            (Element::Linkage, linkage.is_some()),
        ];
        if let Some((other, _)) = given.iter().find(|(of, is)| *is && *of != element) {
            return Err(wrong(format!("/{other}"), "与所选要素不符", "belongs to another element"));
        }
        let facts = quality.map(Facts::Quality).or(price.map(Facts::Price)).or(linkage.map(Facts::Linkage));
        facts.ok_or_else(|| wrong(format!("/{element}"), "必填", "is required"))
    }
}

/// What is wrong with a piece of evidence; what only deserves a look is returned as warnings.
///
/// # Errors
/// The fields at fault.
pub fn check_evidence(
    facts: &Facts,
    files: usize,
    today: Day,
    region_is_known: impl Fn(&str) -> bool,
) -> Result<Vec<EvidenceWarning>, AppError> {
    let mut wrong = Vec::new();
    let mut warnings = Vec::new();
    if let Facts::Quality(quality) = facts {
        (wrong, warnings) = check_quality(quality, today, region_is_known);
    }
    let mut say =
        |pointer: String, zh: &str, en: &str| wrong.push(FieldError::new(pointer, "invalid", Message::new(zh, en)));
    match facts {
        Facts::Quality(_) if files == 0 => say("/file_ids".to_owned(), "须附文件", "needs a file"),
        Facts::Quality(_) => {}
        Facts::Price(price) => match price.proof {
            PriceProof::Link if price.link.is_none() => say("/price/link".to_owned(), "必填", "is required"),
            PriceProof::Contract | PriceProof::Invoice if files == 0 => {
                say("/file_ids".to_owned(), "须附文件", "needs a file");
            }
            _ => {}
        },
        Facts::Linkage(linkage) => {
            if files == 0 {
                say("/file_ids".to_owned(), "须附带贫协议或花名册", "needs the contract or the list");
            }
            if linkage.persons < linkage.households {
                say("/linkage/persons".to_owned(), "人数不应少于户数", "is less than the households");
            }
        }
    }
    if wrong.is_empty() { Ok(warnings) } else { Err(AppError::invalid(wrong)) }
}

/// What is wrong with the facts of quality, and what deserves a look.
fn check_quality(
    quality: &QualityFacts,
    today: Day,
    region_is_known: impl Fn(&str) -> bool,
) -> (Vec<FieldError>, Vec<EvidenceWarning>) {
    let (mut wrong, mut warnings) = (Vec::new(), Vec::new());
    let mut say = |pointer: String, message: Message| wrong.push(FieldError::new(pointer, "invalid", message));
    if quality.proof == QualityProof::FoodLicence {
        match quality.number.as_deref().map(FoodLicence::parse) {
            Some(Ok(licence)) => {
                warnings.extend(licence.warnings(region_is_known).into_iter().map(EvidenceWarning::Licence));
            }
            Some(Err(_)) => {
                say("/quality/number".to_owned(), Message::new("应为 SC 加 14 位数字", "must be SC and 14 digits"));
            }
            None => say("/quality/number".to_owned(), Message::new("须填写许可证编号", "names the licence")),
        }
        if quality.expires_on.is_none() {
            say("/quality/expires_on".to_owned(), Message::new("须填写许可证有效期至", "names the licence's last day"));
        }
    }
    if quality.expires_on.is_some_and(|day| day < today) {
        say("/quality/expires_on".to_owned(), Message::new("已过期", "has passed"));
    }
    let marks = quality.marks.as_deref().unwrap_or_default();
    if quality.proof == QualityProof::MarkCertificate && marks.is_empty() {
        say("/quality/marks".to_owned(), Message::new("须填写标志", "names the mark"));
    }
    for (n, carried) in marks.iter().enumerate() {
        let mut at = |field: &str, message| say(format!("/quality/marks/{n}/{field}"), message);
        if carried.mark == Mark::None {
            at("mark", Message::new("须为具体标志", "must be a mark"));
        }
        if carried.expires_on < today {
            at("expires_on", Message::new("已过期", "has passed"));
        }
        match check_mark(carried, today) {
            Ok(doubt) => warnings.extend(doubt),
            Err(message) => at("number", message),
        }
    }
    (wrong, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(proof: QualityProof, number: Option<&str>, marks: Option<Vec<CarriedMark>>) -> Facts {
        Facts::Quality(QualityFacts {
            proof,
            number: number.map(str::to_owned),
            expires_on: Some(Day::ymd(2025, 12, 31)),
            marks,
        })
    }
    fn mark(mark: Mark, day: Day) -> Option<Vec<CarriedMark>> {
        Some(vec![CarriedMark { mark, number: "LB-1".to_owned(), expires_on: day }])
    }
    fn lasting(proof: QualityProof, expires_on: Option<Day>) -> Facts {
        let number = Some("SC10164032300012".to_owned());
        Facts::Quality(QualityFacts { proof, number, expires_on, marks: None })
    }
    fn price(proof: PriceProof, link: Option<&str>) -> Facts {
        let link = link.map(str::to_owned);
        Facts::Price(PriceFacts { proof, link, like_price_fen: Fen::new(1980), like_unit: "500克".to_owned() })
    }
    fn linkage(households: i64, persons: i64) -> Facts {
        let (kind, class) = (LinkageKind::Wage, BeneficiaryClass::RegisteredPoor);
        Facts::Linkage(LinkageFacts { proof: None, kind, class, households, persons, yearly_fen: Fen::new(100) })
    }

    #[test]
    fn evidence_says_what_its_kind_needs() {
        let today = Day::ymd(2021, 3, 1);
        use QualityProof as Q;
        let table: [(Facts, usize, &[&str]); 18] = [
            (quality(Q::InspectionReport, None, None), 1, &[]),
            (quality(Q::InspectionReport, None, None), 0, &["/file_ids"]),
            (quality(Q::FoodLicence, Some("SC10164032300012"), None), 1, &[]),
            (quality(Q::FoodLicence, Some("SC1016403230001"), None), 1, &["/quality/number"]),
            (quality(Q::FoodLicence, None, None), 0, &["/quality/number", "/file_ids"]),
            (quality(Q::MarkCertificate, None, mark(Mark::Green, today)), 1, &[]),
            (
                quality(Q::MarkCertificate, None, mark(Mark::None, today.plus_days(-1))),
                1,
                &["/quality/marks/0/mark", "/quality/marks/0/expires_on"],
            ),
            (quality(Q::MarkCertificate, None, None), 1, &["/quality/marks"]),
            (quality(Q::MarkCertificate, None, mark(Mark::Organic, today)), 1, &["/quality/marks/0/number"]),
            (lasting(Q::FoodLicence, None), 1, &["/quality/expires_on"]),
            (lasting(Q::InspectionReport, None), 1, &[]),
            (lasting(Q::InspectionReport, Some(today)), 1, &[]),
            (lasting(Q::InspectionReport, Some(today.plus_days(-1))), 1, &["/quality/expires_on"]),
            (price(PriceProof::Link, Some("https://shop.example/1")), 0, &[]),
            (price(PriceProof::Link, None), 1, &["/price/link"]),
            (price(PriceProof::Invoice, None), 0, &["/file_ids"]),
            (linkage(12, 40), 1, &[]),
            (linkage(12, 11), 0, &["/file_ids", "/linkage/persons"]),
        ];
        for (facts, files, expected) in table {
            let error = check_evidence(&facts, files, today, |_| true).err();
            let pointers: Vec<String> =
                error.iter().flat_map(|e| e.parts().fields.iter().map(|f| f.pointer.clone())).collect();
            assert_eq!(pointers, expected, "{facts:?}");
        }
    }

    #[test]
    fn a_doubtful_licence_is_a_warning() {
        let facts = quality(QualityProof::FoodLicence, Some("SC10199032300018"), None);
        assert_eq!(check_evidence(&facts, 1, Day::ymd(2021, 3, 1), |_| false).unwrap().len(), 2);
    }

    #[test]
    fn facts_belong_to_the_element_named() {
        let Facts::Linkage(facts) = linkage(1, 2) else { panic!() };
        assert!(Facts::of(Element::Linkage, None, None, Some(facts.clone())).is_ok());
        assert!(Facts::Linkage(facts.clone()).shows_households());
        let wrong = Facts::of(Element::Price, None, None, Some(facts)).unwrap_err();
        assert_eq!(wrong.parts().fields[0].pointer, "/linkage");
        assert_eq!(Facts::of(Element::Price, None, None, None).unwrap_err().parts().fields[0].pointer, "/price");
    }
}
