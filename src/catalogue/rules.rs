//! Pure decisions of the catalogue: origin shares, months, what may be listed, at which price, and which certificate is shown.

pub mod halal;

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{CertificateId, SchemeId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;

crate::text_enum! {
    /// Whether a listing is on sale.
    ListingStatus {
        /// 在售.
        OnSale "on_sale"
        /// 下架: by the supplier, or because nothing entitles it any more.
        Withdrawn "withdrawn"
    }
}

crate::text_enum! {
    /// How a certificate stands to the product it covers.
    CoverStatus {
        /// Counts on its days.
        InForce "in_force"
        /// 暂停: does not count until lifted.
        Suspended "suspended"
        /// Revoked, expired, replaced or annulled.
        Ended "ended"
    }
}

crate::text_enum! {
    /// Which way goods went.
    StockDirection {
        /// Into stock.
        In "in"
        /// Out of stock otherwise than by an order: spoilt, used, sold elsewhere.
        Out "out"
    }
}

/// All shares of an origin together, in parts per million.
pub const WHOLE: i64 = 1_000_000;

/// A county of production and its share; the shares of a product sum to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginShare {
    /// County of production (GB/T 2260).
    pub county: RegionCode,
    /// Share in parts per million; a single origin is 1,000,000.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000)]
    pub ppm: Ppm,
}

/// The months of a year in which a listing is offered, as bits: bit 0 is January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months(i64);

impl Months {
    /// The whole year.
    pub const ALL: Months = Months(0xFFF);

    /// From month numbers 1 to 12; others are left out.
    #[must_use]
    pub fn of(numbers: &[i64]) -> Months {
        Months(numbers.iter().filter(|n| (1..=12).contains(*n)).fold(0, |bits, n| bits | bit(*n)))
    }
    /// From the stored bits.
    #[must_use]
    pub const fn from_bits(bits: i64) -> Months {
        Months(bits & 0xFFF)
    }
    /// The bits to store.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0
    }
    /// The month numbers, ascending.
    #[must_use]
    pub fn numbers(self) -> Vec<i64> {
        (1..=12).filter(|n| self.has(*n)).collect()
    }
    /// Whether a month, 1 to 12, is one of them.
    #[must_use]
    pub fn has(self, month: i64) -> bool {
        (1..=12).contains(&month) && self.0 & bit(month) != 0
    }
}

/// The bit of a month, 1 to 12.
#[must_use]
pub fn bit(month: i64) -> i64 {
    1 << (month - 1).clamp(0, 11)
}

/// A certificate that covers a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    /// The certificate.
    pub certificate_id: CertificateId,
    /// Its number.
    pub number: String,
    /// The scheme it was given under.
    pub scheme_id: SchemeId,
    /// The county that certified; not always the county of origin.
    pub county: RegionCode,
    /// First day in force.
    pub valid_from: Day,
    /// Last day in force.
    pub valid_until: Day,
    /// How it stands.
    pub status: CoverStatus,
    /// Ended for food safety: nothing else entitles the product.
    pub bars: bool,
}

impl Covering {
    /// Whether it counts on a day.
    #[must_use]
    pub fn in_force(&self, day: Day) -> bool {
        self.status == CoverStatus::InForce && self.valid_from <= day && day <= self.valid_until
    }
}

/// The certificate that a listing shows: of those in force on the day the one that lasts longest, else the next to begin.
#[must_use]
pub fn shown(covers: &[Covering], day: Day) -> Option<&Covering> {
    let alive = || covers.iter().filter(|c| c.status == CoverStatus::InForce && day <= c.valid_until);
    let current = alive().filter(|c| c.in_force(day));
    let longest = current.max_by(|a, b| a.valid_until.cmp(&b.valid_until).then_with(|| b.number.cmp(&a.number)));
    longest.or_else(|| alive().min_by(|a, b| a.valid_from.cmp(&b.valid_from).then_with(|| a.number.cmp(&b.number))))
}

/// A product is eligible when its supplier is registered in an 832 county and all of it is produced in such counties:
/// a blend with a share from elsewhere is not a product of eligible counties, and a share of a flag does not exist.
#[must_use]
pub fn is_eligible(supplier_in_832: bool, origins_in_832: impl IntoIterator<Item = bool>) -> bool {
    let mut origins = origins_in_832.into_iter().peekable();
    supplier_in_832 && origins.peek().is_some() && origins.all(|within| within)
}

/// The county under which a product is found: its largest share, the first of equals.
#[must_use]
pub fn main_origin(shares: &[OriginShare]) -> Option<RegionCode> {
    let most = shares.iter().map(|s| s.ppm).max()?;
    shares.iter().find(|s| s.ppm == most).map(|s| s.county)
}

/// Why the catalogue refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The shares do not sum to the whole.
    SharesDoNotSum(i64),
    /// The share at this place is not of a county.
    NotACounty(usize),
    /// The county at this place is named twice.
    CountyTwice(usize),
    /// No certificate is in force and the product is not eligible.
    NothingEntitles,
    /// The listing is not on sale.
    NotOnSale,
    /// The listing is on sale already.
    OnSaleAlready,
    /// A higher price needs evidence given since the last raise.
    EvidenceMissing,
    /// The evidence shows like goods at a lower price per kilogram.
    AboveLikeGoods(Fen),
    /// The tolerance is wider than the rule allows.
    ToleranceTooWide(Ppm),
    /// Only weighed goods have a tolerance.
    ToleranceOfCounted,
    /// Goods that are counted come in whole units.
    NotWhole,
    /// A change of stock by nothing.
    NothingMoved,
    /// The month is not one of the listing's.
    OutOfSeason,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let field = |pointer: &str, zh: String, en: String| {
            AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
        };
        let raise = |zh: String, en: String| {
            AppError::field(Code::PriceEvidenceRequired, "/price_fen", Message::new(zh.clone(), en.clone()))
                .detail(zh, en)
        };
        match refusal {
            Refusal::SharesDoNotSum(sum) => field(
                "/origins",
                format!("产地占比合计为 {sum}，应为 {WHOLE}"),
                format!("the shares sum to {sum}, not {WHOLE}"),
            ),
            Refusal::NotACounty(at) => field(
                &format!("/origins/{at}/county"),
                "须为县级行政区划代码".to_owned(),
                "must be the code of a county".to_owned(),
            ),
            Refusal::CountyTwice(at) => field(
                &format!("/origins/{at}/county"),
                "同一县（区）只能出现一次".to_owned(),
                "names a county a second time".to_owned(),
            ),
            Refusal::NothingEntitles => AppError::new(Code::CertificateNotCurrent).detail(
                "既无有效的认定证书，也不属于 832 县产品",
                "no certificate is in force and the product is not eligible",
            ),
            Refusal::NotOnSale => Code::ListingNotOnSale.into(),
            Refusal::OnSaleAlready => AppError::new(Code::WrongState).detail("商品已在售", "the listing is on sale"),
            Refusal::EvidenceMissing => raise(
                "提价前须为本商品提交新的价格证明（POST …/price-evidence）：合同或发票文件、同类商品的网页链接、同类商品每公斤价格，至少一项。每份证明只用于一次提价，上次提价前提交的不能再用；降价无须证明".to_owned(),
                "Before a raise, give new evidence for this listing (POST …/price-evidence), at least one of: a contract or invoice as a file, a link to like goods on offer, the price per kilogram of like goods. Each evidence serves one raise, so what was given before the last raise no longer counts; lowering needs none".to_owned(),
            ),
            Refusal::AboveLikeGoods(like) => raise(
                format!("价格折合每公斤高于价格证明中的同类商品（每公斤 {like} 元）：请降低价格，或提交新的价格证明"),
                format!("Per kilogram, the price is above that of the like goods in the evidence ({like} yuan): ask less, or give new evidence"),
            ),
            Refusal::ToleranceTooWide(most) => {
                field("/tolerance_ppm", format!("不得超过 {}", most.0), format!("may not be more than {}", most.0))
            }
            Refusal::ToleranceOfCounted => field(
                "/tolerance_ppm",
                "只有称重商品有允差".to_owned(),
                "only weighed goods have a tolerance".to_owned(),
            ),
            Refusal::NotWhole => Code::QuantityNotWhole.into(),
            Refusal::NothingMoved => field("/quantity", "须大于零".to_owned(), "must be more than nothing".to_owned()),
            Refusal::OutOfSeason => Code::OutOfSeason.into(),
        }
    }
}

/// Origin shares are positive, of counties, each named once, and sum to the whole.
///
/// # Errors
/// The first thing wrong.
pub fn check_origins(shares: &[OriginShare]) -> Result<(), Refusal> {
    for (at, share) in shares.iter().enumerate() {
        if share.county.level() != RegionLevel::County {
            return Err(Refusal::NotACounty(at));
        }
        if shares.iter().take(at).any(|before| before.county == share.county) {
            return Err(Refusal::CountyTwice(at));
        }
    }
    let sum = shares.iter().fold(0_i64, |sum, s| sum.saturating_add(s.ppm.0));
    if sum != WHOLE || shares.iter().any(|s| s.ppm.0 <= 0) {
        return Err(Refusal::SharesDoNotSum(sum));
    }
    Ok(())
}

/// Whether a product may be on sale: a certificate in force or the eligible flag.
///
/// # Errors
/// [`Refusal::NothingEntitles`].
pub fn may_sell(certified: bool, eligible: bool) -> Result<(), Refusal> {
    if certified || eligible { Ok(()) } else { Err(Refusal::NothingEntitles) }
}

/// The tolerance of a listing: the rule's unless the supplier keeps a narrower one; none for counted goods.
///
/// # Errors
/// When it is wider than the rule's, or given for counted goods.
pub fn tolerance(weighed: bool, asked: Option<Ppm>, rule: Ppm) -> Result<Ppm, Refusal> {
    match asked {
        None if weighed => Ok(rule),
        None => Ok(Ppm(0)),
        Some(Ppm(0)) if !weighed => Ok(Ppm(0)),
        Some(_) if !weighed => Err(Refusal::ToleranceOfCounted),
        Some(asked) if asked > rule => Err(Refusal::ToleranceTooWide(rule)),
        Some(asked) => Ok(asked),
    }
}

/// Counted goods come in whole units.
///
/// # Errors
/// [`Refusal::NotWhole`].
pub fn whole_if_counted(weighed: bool, quantity: Quantity) -> Result<(), Refusal> {
    if weighed || quantity.is_whole() { Ok(()) } else { Err(Refusal::NotWhole) }
}

/// A change of stock moves something.
///
/// # Errors
/// [`Refusal::NothingMoved`].
pub fn positive(quantity: Quantity) -> Result<(), Refusal> {
    if quantity > Quantity::ZERO { Ok(()) } else { Err(Refusal::NothingMoved) }
}

/// A price stands beside its evidence: not above that of the like goods, where the evidence names an amount.
///
/// # Errors
/// [`Refusal::AboveLikeGoods`].
pub fn within_evidence(per_kg: Fen, like_per_kg: Option<Fen>) -> Result<(), Refusal> {
    match like_per_kg {
        Some(like) if per_kg > like => Err(Refusal::AboveLikeGoods(like)),
        _ => Ok(()),
    }
}

/// What a change of price does to the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceChange {
    /// Lower or equal: nothing is needed.
    Free,
    /// Higher: the evidence given since the last raise is used up.
    Raised,
}

/// Lowering a price is free; raising it needs evidence given since the last raise.
///
/// # Errors
/// [`Refusal::EvidenceMissing`].
pub fn price_change(old: Fen, new: Fen, has_fresh_evidence: bool) -> Result<PriceChange, Refusal> {
    match (new <= old, has_fresh_evidence) {
        (true, _) => Ok(PriceChange::Free),
        (false, true) => Ok(PriceChange::Raised),
        (false, false) => Err(Refusal::EvidenceMissing),
    }
}

/// Everything that decides whether a listing may be ordered on a day.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// What the supplier says.
    pub status: ListingStatus,
    /// Whether a certificate is in force on the day.
    pub certified: bool,
    /// Whether it is a product of 832 counties.
    pub eligible: bool,
    /// The last day of the producer's mandate; far off for the supplier's own products.
    pub mandated_until: Day,
    /// Whether the supplier is admitted and not stopped by the operator.
    pub supplier_may_sell: bool,
}

/// Whether a listing is really on sale on a day, whatever job has not run yet.
///
/// # Errors
/// Not on sale, supplier stopped, mandate over, or nothing entitles it any more.
pub fn on_sale(standing: Standing, day: Day) -> Result<(), Refusal> {
    let offered = standing.status == ListingStatus::OnSale && standing.supplier_may_sell;
    if !offered || standing.mandated_until < day {
        return Err(Refusal::NotOnSale);
    }
    may_sell(standing.certified, standing.eligible)
}

/// Whether a listing may be ordered on a day: on sale and in season.
///
/// # Errors
/// As [`on_sale`], and out of season.
pub fn orderable(standing: Standing, months: Months, day: Day) -> Result<(), Refusal> {
    on_sale(standing, day)?;
    if months.has(day.month_number()) { Ok(()) } else { Err(Refusal::OutOfSeason) }
}

/// The mandate's last day of a listing that needs none.
#[must_use]
pub fn no_mandate_needed() -> Day {
    Day::ymd(9999, 12, 31)
}

#[cfg(test)]
mod tests;
