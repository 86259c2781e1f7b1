//! Which documents the rule table asks for, what those that were brought are good for, and until when.
//!
//! A rule row of an element says `any`, or the documents that are needed: alternatives are joined by `/`, all of several by
//! `+`. `food_licence+inspection_report/mark_certificate` asks for a licence, and for a report or a mark's certificate.

use super::evidence::{CarriedMark, Element, Facts, LinkageProof, PriceProof, QualityProof};
use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::food_licence::FoodLicenceWarning;
use crate::kernel::ids::RuleId;
use crate::kernel::terms::Mark;
use crate::kernel::time::Day;

/// What any one of some documents shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Requirement {
    /// The element that it belongs to.
    pub element: Element,
    /// The documents, any one of which is enough; empty for any document of the element.
    pub any_of: Vec<String>,
    /// The mark whose certificate is asked for, because the product carries it.
    pub mark: Option<Mark>,
    /// The rule row that asks for it; none for a mark, which the product's own claim asks for.
    pub rule_id: Option<RuleId>,
}

/// A document that evidence brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The element that it shows.
    pub element: Element,
    /// Its word; empty where the evidence does not say what it is.
    pub kind: &'static str,
    /// The mark that it certifies.
    pub mark: Option<Mark>,
    /// Its last day; none when it has none.
    pub expires_on: Option<Day>,
}

/// Until when a requirement is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// No document meets it.
    No,
    /// To the end of this day.
    Until(Day),
    /// Nothing that meets it expires.
    Always,
}

impl Met {
    /// The last day, where there is one.
    #[must_use]
    pub const fn last_day(self) -> Option<Day> {
        match self {
            Met::Until(day) => Some(day),
            Met::No | Met::Always => None,
        }
    }
}

impl Facts {
    /// The documents that a piece of evidence brings.
    #[must_use]
    pub fn documents(&self) -> Vec<Brought> {
        let plain = |kind, expires_on| Brought { element: self.element(), kind, mark: None, expires_on };
        match self {
            Facts::Quality(quality) => {
                let carried = quality.marks.iter().flatten().map(|carried| Brought {
                    mark: Some(carried.mark),
                    ..plain(QualityProof::MarkCertificate.as_str(), Some(carried.expires_on))
                });
                let proof = (quality.proof != QualityProof::MarkCertificate)
                    .then(|| plain(quality.proof.as_str(), quality.expires_on));
                proof.into_iter().chain(carried).collect()
            }
            Facts::Price(price) => vec![plain(price.proof.as_str(), None)],
            Facts::Linkage(linkage) => vec![plain(linkage.proof.map_or("", LinkageProof::as_str), None)],
        }
    }
}

impl Requirement {
    /// The requirements of a rule row's value, in its order.
    #[must_use]
    pub fn of_row(element: Element, value: &str, rule_id: RuleId) -> Vec<Requirement> {
        let group = |group: &str| Requirement {
            element,
            any_of: if group == "any" { Vec::new() } else { group.split('/').map(str::to_owned).collect() },
            mark: None,
            rule_id: Some(rule_id),
        };
        let mut asked: Vec<Requirement> = Vec::new();
        for requirement in value.split('+').map(group) {
            // What a row says twice is asked for once.
            if !asked.contains(&requirement) {
                asked.push(requirement);
            }
        }
        asked
    }
    /// What a product's mark asks for; nothing of a product without one.
    #[must_use]
    pub fn of_mark(mark: Mark) -> Option<Requirement> {
        (mark != Mark::None).then_some(Requirement {
            element: Element::Quality,
            any_of: vec![QualityProof::MarkCertificate.as_str().to_owned()],
            mark: Some(mark),
            rule_id: None,
        })
    }
    /// What it asks for, the same for the same documents.
    #[must_use]
    pub fn key(&self) -> String {
        match self.mark {
            Some(mark) => format!("mark:{mark}"),
            None if self.any_of.is_empty() => format!("{}:any", self.element),
            None => format!("{}:{}", self.element, self.any_of.join("/")),
        }
    }
    /// Whether a document meets it, as long as it lasts.
    #[must_use]
    pub fn takes(&self, document: &Brought) -> bool {
        let fits = match self.mark {
            Some(mark) => document.mark == Some(mark),
            None => self.any_of.is_empty() || self.any_of.iter().any(|kind| kind == document.kind),
        };
        document.element == self.element && fits
    }
    /// Until when documents meet it: as long as the one that lasts longest.
    #[must_use]
    pub fn met(&self, documents: &[Brought]) -> Met {
        let fitting = documents.iter().filter(|document| self.takes(document));
        fitting.fold(Met::No, |met, document| match (met, document.expires_on) {
            (Met::Always, _) | (_, None) => Met::Always,
            (Met::No, Some(day)) => Met::Until(day),
            (Met::Until(sooner), Some(day)) => Met::Until(sooner.max(day)),
        })
    }
    /// What it asks for, for people, in Chinese and English.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        if let Some(mark) = self.mark {
            let (zh, en) = mark_words(mark);
            return (format!("{zh}证书"), format!("the certificate of the mark {en}"));
        }
        if self.any_of.is_empty() {
            let (zh, en) = element_words(self.element);
            return (format!("{zh}的证明"), format!("any document of {en}"));
        }
        let words = |side: fn((&'static str, &'static str)) -> &'static str| -> Vec<&'static str> {
            self.any_of.iter().map(|kind| side(document_words(kind))).collect()
        };
        (words(|pair| pair.0).join("或"), words(|pair| pair.1).join(" or "))
    }
}

/// What documents still lack on a day.
///
/// # Errors
/// `evidence_missing`, naming each element and what it lacks, or what of it has expired.
pub fn all_met(requirements: &[Requirement], documents: &[Brought], today: Day) -> Result<(), AppError> {
    let lacking = |requirement: &Requirement| {
        let (zh, en) = requirement.words();
        let (code, message) = match requirement.met(documents) {
            Met::No => ("missing", Message::new(format!("缺少{zh}"), format!("lacks {en}"))),
            Met::Until(day) if day < today => {
                ("expired", Message::new(format!("{zh}已于 {day} 到期"), format!("{en} expired on {day}")))
            }
            Met::Until(_) | Met::Always => return None,
        };
        Some(FieldError::new(format!("/elements/{}", requirement.element), code, message))
    };
    let lacks: Vec<FieldError> = requirements.iter().filter_map(lacking).collect();
    if lacks.is_empty() {
        return Ok(());
    }
    Err(lacks.into_iter().fold(AppError::new(Code::EvidenceMissing), AppError::with_field))
}

/// The next day on which something is due about a requirement that ends: a warning so many days before its last day, or the
/// suspension on the day after. `after` is the last day that was acted on; none before the first.
#[must_use]
pub fn act_on(ends_on: Day, warnings: &[i64], after: Option<Day>, today: Day) -> Day {
    let stages = warnings.iter().map(|days| ends_on.plus_days(-days)).chain([ends_on.plus_days(1)]);
    let open = stages.filter(|day| after.is_none_or(|after| *day > after));
    // Of several stages that have gone by only the last one is told.
    let (past, coming): (Vec<Day>, Vec<Day>) = open.partition(|day| *day <= today);
    past.into_iter().max().or(coming.into_iter().min()).unwrap_or(ends_on.plus_days(1))
}

/// What a reviewer should look at in a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceWarning {
    /// The food licence's number.
    Licence(FoodLicenceWarning),
    /// The number is not written as those of this mark are.
    MarkNumber(Mark),
    /// The organic code was given out in a year that has not come yet.
    OrganicYear(i64),
}

/// What is wrong with the number of a mark's certificate, or deserves a look.
///
/// Organic goods carry a 17-digit code (有机码): three digits of the certifying body, two of the year, twelve drawn by chance
/// (《有机产品认证实施规则》), which has no check digit. Green food is numbered `LB-` with a category, ten digits and `A` or `AA`,
/// or by the firm's code `GF` and twelve digits (《绿色食品标志管理办法》); geographical indications `AGI` and five digits, by a
/// trademark of seven or eight digits, or by the announcement that protects them. The last two deserve a look only.
///
/// # Errors
/// What an organic code must look like.
pub fn check_mark(carried: &CarriedMark, today: Day) -> Result<Option<EvidenceWarning>, Message> {
    let number = &carried.number;
    match carried.mark {
        Mark::Organic => {
            let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '－')).collect();
            if digits.len() != 17 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Message::new("有机码应为 17 位数字", "an organic code has 17 digits"));
            }
            let year = 2000 + digits[3..5].parse().unwrap_or(0);
            Ok((year > today.year()).then_some(EvidenceWarning::OrganicYear(year)))
        }
        Mark::Green => Ok((!is_green(number)).then_some(EvidenceWarning::MarkNumber(Mark::Green))),
        Mark::GeographicalIndication => {
            Ok((!is_indication(number)).then_some(EvidenceWarning::MarkNumber(Mark::GeographicalIndication)))
        }
        Mark::None => Ok(None),
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_green(number: &str) -> bool {
    let upper = number.to_ascii_uppercase();
    if let Some(firm) = upper.strip_prefix("GF") {
        return firm.len() == 12 && all_digits(firm);
    }
    let Some((category, rest)) = upper.strip_prefix("LB-").and_then(|rest| rest.split_once('-')) else { return false };
    let serial = rest.trim_end_matches('A');
    let grade = rest.len() - serial.len();
    category.len() == 2 && all_digits(category) && serial.len() == 10 && all_digits(serial) && (1..=2).contains(&grade)
}

fn is_indication(number: &str) -> bool {
    let upper = number.to_ascii_uppercase();
    match upper.strip_prefix("AGI") {
        Some(serial) => serial.len() == 5 && all_digits(serial),
        None => (matches!(upper.len(), 7 | 8) && all_digits(&upper)) || upper.contains("公告"),
    }
}

/// The element for people, in Chinese and English.
#[must_use]
pub const fn element_words(element: Element) -> (&'static str, &'static str) {
    match element {
        Element::Quality => ("质量合格", "quality"),
        Element::Price => ("价格不高于同类", "price"),
        Element::Linkage => ("带贫减贫机制", "linkage"),
    }
}

/// The mark for people, in Chinese and English.
#[must_use]
pub const fn mark_words(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::None => ("无标志", "none"),
        Mark::Green => ("绿色食品", "green food"),
        Mark::Organic => ("有机产品", "organic"),
        Mark::GeographicalIndication => ("农产品地理标志", "geographical indication"),
    }
}

/// A document's word for people, in Chinese and English.
fn document_words(kind: &str) -> (&'static str, &'static str) {
    let (quality, price): (Result<QualityProof, _>, Result<PriceProof, _>) = (kind.parse(), kind.parse());
    let linkage: Result<LinkageProof, _> = kind.parse();
    if let Ok(proof) = quality {
        return match proof {
            QualityProof::InspectionReport => ("检验报告", "an inspection report"),
            QualityProof::FoodLicence => ("食品生产许可证", "a food production licence"),
            QualityProof::ConformityPromise => ("承诺达标合格证", "a promise of conformity"),
            QualityProof::MarkCertificate => ("三品一标证书", "a mark's certificate"),
        };
    }
    if let Ok(proof) = price {
        return match proof {
            PriceProof::Link => ("同类商品链接", "a link to like goods"),
            PriceProof::Contract => ("合同", "a contract"),
            PriceProof::Invoice => ("发票", "an invoice"),
        };
    }
    match linkage {
        Ok(LinkageProof::Agreement) => ("带贫协议", "the agreement with households"),
        Ok(LinkageProof::HouseholdList) => ("花名册", "the list of households"),
        Ok(LinkageProof::PayoutRecord) => ("发放凭证", "records of payouts"),
        Err(_) => ("证明", "a document"),
    }
}

#[cfg(test)]
mod tests;
