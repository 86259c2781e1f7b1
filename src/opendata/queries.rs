//! Open data as anybody reads it.

use super::rules::{Kept, Shown, shown};
use super::store::{self, CellRow};
use crate::bulletins::{self, PublishedBulletin};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::reporting::{ProgressBy, ProgressView};
use crate::rulebook::{self, RuleName};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What units bought of a county's goods in a month that has ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenCountyMonth {
    /// The month.
    #[schema(example = "2021-03")]
    pub month: String,
    /// County of production.
    pub county: RegionCode,
    /// Its name when the month was published.
    pub county_name: String,
    /// Whether a figure is suppressed because too few units stand behind it; what is suppressed is absent.
    pub suppressed: bool,
    /// Ordered, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub ordered_fen: Option<Fen>,
    /// Accepted and paid, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub accepted_paid_fen: Option<Fen>,
    /// Completed, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub completed_fen: Option<Fen>,
    /// Orders of which any amount is not nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<i64>,
    /// Units of which any amount is not nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchasers: Option<i64>,
    /// How often the month was published, this time included.
    pub revision: i64,
    /// When the month was published so.
    pub revised_at: At,
}

/// County totals of a year's months that have ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenCountyVolumes {
    /// The year.
    pub year: i64,
    /// Counties by month; where nothing was bought there is no row.
    pub rows: Vec<OpenCountyMonth>,
    /// The sum of what is shown, and of nothing else: no suppressed figure is the difference of two others.
    pub total: OpenTotal,
}

/// The sum of what is shown.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct OpenTotal {
    /// Ordered, in fen.
    #[schema(value_type = i64)]
    pub ordered_fen: Fen,
    /// Accepted and paid, in fen.
    #[schema(value_type = i64)]
    pub accepted_paid_fen: Fen,
    /// Completed, in fen.
    #[schema(value_type = i64)]
    pub completed_fen: Fen,
    /// Rows of which something is suppressed.
    pub suppressed_rows: usize,
}

/// County totals of a year, and when they changed last.
///
/// # Errors
/// When a sum does not fit or the database fails.
pub fn county_volumes(read: &mut Read, year: i64, today: Day) -> Outcome<(OpenCountyVolumes, Option<At>)> {
    let (from, to) = (format!("{year:04}-01"), format!("{year:04}-12"));
    let cells = store::published(read, (&from, &to), None, i64::MAX)?;
    let mut least = Least::on(today);
    let rows = cells.into_iter().map(|cell| view(read, cell, &mut least)).collect::<Outcome<Vec<_>>>()?;
    let sum = |of: fn(&OpenCountyMonth) -> Option<Fen>| Fen::total(rows.iter().filter_map(of));
    let total = OpenTotal {
        ordered_fen: sum(|row| row.ordered_fen)?,
        accepted_paid_fen: sum(|row| row.accepted_paid_fen)?,
        completed_fen: sum(|row| row.completed_fen)?,
        suppressed_rows: rows.iter().filter(|row| row.suppressed).count(),
    };
    let last = store::revised(read, (&from, &to))?.max(least.since());
    Ok((OpenCountyVolumes { year, rows, total }, last))
}

/// One page of all county totals, by month and county.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn county_months(read: &mut Read, today: Day, page: &PageRequest) -> Outcome<Page<OpenCountyMonth>> {
    let cells = store::published(read, ("", "~"), page.keys()?, page.fetch())?;
    let page = Page::cut(cells, page, |cell| vec![cell.month.clone(), cell.county.to_string()]);
    let mut least = Least::on(today);
    page.try_map(|cell| view(read, cell, &mut least))
}

/// When county totals were published last.
///
/// # Errors
/// When the database fails.
pub fn revised_last(read: &mut Read) -> Outcome<Option<At>> {
    store::revised(read, ("", "~"))
}

fn view(read: &mut Read, cell: CellRow, least: &mut Least) -> Outcome<OpenCountyMonth> {
    let sums = [
        (cell.ordered_fen, cell.ordered_units),
        (cell.accepted_paid_fen, cell.accepted_paid_units),
        (cell.completed_fen, cell.completed_units),
    ];
    // What is not known may be a single unit's.
    let apart = [cell.ordered_unpaid_units, cell.paid_uncompleted_units, cell.ordered_uncompleted_units]
        .map(|units| units.unwrap_or(1));
    let kept = Kept { sums, apart, orders: cell.orders, purchasers: cell.purchasers };
    let seen: Shown = shown(&kept, least.of(read, cell.county)?);
    let [ordered_fen, accepted_paid_fen, completed_fen] = seen.amounts;
    Ok(OpenCountyMonth {
        suppressed: seen.suppressed(),
        month: cell.month,
        county: cell.county,
        county_name: cell.county_name,
        ordered_fen,
        accepted_paid_fen,
        completed_fen,
        orders: seen.orders,
        purchasers: seen.purchasers,
        revision: cell.revision,
        revised_at: cell.revised_at,
    })
}

/// How many units a figure needs: `open_data_min_purchasers` as it is in force today in the county's province, so that no county
/// shows more of its buyers than the platform does.
struct Least {
    today: Day,
    provinces: BTreeMap<RegionCode, (i64, Day)>,
}

impl Least {
    fn on(today: Day) -> Least {
        Least { today, provinces: BTreeMap::new() }
    }
    fn of(&mut self, read: &mut Read, county: RegionCode) -> Outcome<i64> {
        let province = county.ancestors().into_iter().find(|region| region.level() == RegionLevel::Province);
        let province = province.unwrap_or(county);
        if let Some((least, _)) = self.provinces.get(&province) {
            return Ok(*least);
        }
        let name = RuleName::OpenDataMinPurchasers;
        let rules = rulebook::load(read, &province, self.today, &[name])?;
        let row = rules.row(name)?;
        let least = row.int()?;
        self.provinces.insert(province, (least, row.effective_from));
        Ok(least)
    }
    /// Since when all that were asked for are in force.
    fn since(&self) -> Option<At> {
        self.provinces.values().map(|(_, from)| from.start()).max()
    }
}

/// A published bulletin or correction.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenBulletin {
    /// The number of its document.
    #[schema(example = "宁财便函〔2021〕420号")]
    pub number: String,
    /// The bureau's region.
    pub region_code: RegionCode,
    /// The bureau.
    pub office: String,
    /// The plans' year.
    pub year: i64,
    /// What was known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// Over the table.
    pub title: String,
    /// SHA-256 of the content as the bureau published it, byte for byte.
    pub sha256: String,
    /// Of a correction: the number of the bulletin that it corrects.
    pub corrects: Option<String>,
    /// Of a correction: which one it is, counted from 1.
    pub correction_no: Option<i64>,
    /// When it was published.
    pub published_at: At,
}

impl From<&PublishedBulletin> for OpenBulletin {
    fn from(of: &PublishedBulletin) -> OpenBulletin {
        OpenBulletin {
            number: of.number.clone(),
            region_code: of.region_code,
            office: of.office.clone(),
            year: of.year,
            as_of: of.as_of,
            by: of.by,
            title: of.title.clone(),
            sha256: of.sha256.clone(),
            corrects: of.corrects.clone(),
            correction_no: of.correction_no,
            published_at: of.published_at,
        }
    }
}

/// A published bulletin with its table.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenBulletinTable {
    /// What a list shows of it.
    #[serde(flatten)]
    pub bulletin: OpenBulletin,
    /// The table as it was published.
    pub table: ProgressView,
}

/// Published bulletins and corrections.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn open_bulletins(read: &mut Read, page: &PageRequest) -> Outcome<Page<OpenBulletin>> {
    Ok(bulletins::published_page(read, page)?.map(|of| OpenBulletin::from(&of)))
}

/// The published bulletin of a number; where two bureaus used it, of the one asked for, or the one that was first.
///
/// # Errors
/// `not_found`.
pub fn open_bulletin(read: &mut Read, number: &str, region: Option<RegionCode>) -> Outcome<PublishedBulletin> {
    let found = bulletins::published_as(read, number)?;
    let asked = found.into_iter().find(|of| region.is_none_or(|region| of.region_code == region));
    asked.ok_or_else(|| Code::NotFound.into())
}
